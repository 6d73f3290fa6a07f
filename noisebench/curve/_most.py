"""Which of several noises costs most, with an interval that allows for having chosen it, and which may cost as much.

Why: the largest of many estimates is likely to have come out too large, and its own interval does not know that it was
picked. One that holds for all noises at once does.

References: Romano and Wolf 2005 (maximum of resampled statistics); Hsu 1984 (comparisons with the best).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._answers import Answers
from noisebench.curve._bands import Resamples, quantile, resample
from noisebench.curve._bounds import TINY, widen
from noisebench.curve._curve import Curve
from noisebench.curve._level import Level
from noisebench.curve._records import Estimate, number, percent, span

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Most:
    """The noise that costs most of those that were compared."""

    name: str
    loss: Estimate
    """On average over its severities, or over equal doses where they are known, in units of the metric."""
    rivals: tuple[str, ...]
    """Others that may cost as much: the one that truly costs most is it or among these, at the confidence of the curves."""


def most(curves: Mapping[str, Curve], name: str) -> Most | None:
    """Return what the noise that came out worst costs on average over its severities.

    Args:
        curves: all that it was chosen from.
        name: of the worst.

    Returns:
        None where a curve has no scores to resample, or one sample.
    """
    found = {
        each: curve.answers for each, curve in curves.items() if isinstance(curve.answers, Answers)
    }
    if len(found) < len(curves) or any(each.moments.units < 2 for each in found.values()):
        return None
    lines = {each: _line(known, curves[each].level) for each, known in found.items()}
    chosen, confidence, drawn = found[name], curves[name].confidence, _losses(found, lines)
    critical = widen(quantile(drawn, confidence), chosen.moments.degrees)
    value, low, high = chosen.moments.combined(lines[name], critical)
    level = curves[name].level
    over = level.words if level else f"over severity 0 to {chosen.sample.severities[-1]:g}"
    choice = f", allowing for the choice among {len(curves)}" if len(curves) > 1 else ""
    text = (
        f"{number(value)} {span(low, high)} {chosen.sample.metric.name} on average {over} "
        f"({percent(confidence)} interval{choice})"
    )
    names = list(found)
    rivals = _rivals(drawn, names.index(name), confidence)
    loss = Estimate(value, low, high, chosen.sample.n, text)
    return Most(name, loss, tuple(names[place] for place in rivals))


def _line(known: Answers, level: Level | None) -> Floats:
    """Return the contrast of the clean value and the mean: over equal doses, or severities by trapezoids; a loss is positive."""
    at = np.asarray(known.sample.severities)
    half = np.diff(at) / 2 / at[-1]
    line = -(np.append(half, 0.0) + np.insert(half, 0, 0.0))
    if level is not None:
        line = -level.weights(known.sample.severities)
    line[0] += 1
    return np.asarray(known.sign * line)


def _losses(found: Mapping[str, Answers], contrasts: Mapping[str, Floats]) -> Resamples:
    """Return the loss under every noise, drawn together where all have the same samples.

    Where they differ, each is drawn alone, which takes noises for less alike than they are and so allows for more.
    """
    every = list(found.values())
    lines = [contrasts[name] for name in found]
    if len({each.sample.ids for each in every}) == 1:
        drawn = resample(tuple(each.sample for each in every), bootstrap=every[0].bootstrap, seed=0)
        cuts = np.cumsum([len(line) for line in lines])[:-1]
        parts = np.split(drawn.draws, cuts, axis=1)
    else:
        parts = [each.resamples.draws for each in every]
    draws = np.stack([part @ line for part, line in zip(parts, lines, strict=True)], axis=1)
    losses = np.array([each.moments.mean @ line for each, line in zip(every, lines, strict=True)])
    return Resamples(losses, draws, min(each.moments.units for each in every))


def _rivals(drawn: Resamples, worst: int, confidence: float) -> list[int]:
    """Return the noises that the worst one is not surely worse than, over all of them at once."""
    gap, draws = drawn.estimate[worst] - drawn.estimate, drawn.draws[:, [worst]] - drawn.draws
    error = draws.std(axis=0)
    moving = error > TINY
    if not moving.any():
        return [i for i in np.flatnonzero(gap <= TINY).tolist() if i != worst]
    t = (draws[:, moving] - gap[moving]) / error[moving]
    critical = float(np.quantile(t.max(axis=1), confidence))
    return [i for i in np.flatnonzero(gap <= critical * error).tolist() if i != worst]
