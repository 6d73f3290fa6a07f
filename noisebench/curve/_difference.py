"""The paired difference of two curves over the same samples and the same noise."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._bands import Resamples, quantile, resample
from noisebench.curve._bounds import TINY, widen
from noisebench.curve._curve import Curve, need
from noisebench.curve._moments import Moments, moments
from noisebench.curve._paired import unchanged
from noisebench.curve._records import number, p_words, percent, span
from noisebench.curve._sample import Sample
from noisebench.errors import DataError
from perturbations.errors import explain

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Difference:
    """First curve minus second, in units of the metric, with a simultaneous band."""

    first: str
    second: str
    metric: str
    severities: tuple[float, ...]
    estimate: Floats
    low: Floats
    high: Floats
    n: int
    unmatched: int
    """Samples of either curve that the other lacks, left out."""
    confidence: float
    higher_is_better: bool
    p: Floats
    """Per severity, of the hypothesis that the two are the same there; see `test`."""
    test: str
    """How: McNemar's exact test with mid-p, sign flips, or t."""
    p_any: float
    """Of the hypothesis that the two are the same at every severity."""

    @property
    def better(self) -> tuple[str, ...]:
        """Per severity the better curve's name, or `` where the band includes zero."""
        up, down = (self.first, self.second)
        if not self.higher_is_better:
            up, down = down, up
        return tuple(
            up if low > 0 else down if high < 0 else ""
            for low, high in zip(self.low, self.high, strict=True)
        )

    def __repr__(self) -> str:
        place = int(np.argmax(np.abs(self.estimate)))
        shown = span(self.low[place], self.high[place])
        return (
            f"{self.metric}, {self.first} - {self.second}: largest difference "
            f"{number(self.estimate[place])} {shown} at severity {self.severities[place]:g} "
            f"({percent(self.confidence)} simultaneous band, n = {self.n}; "
            f"same at every severity: {p_words(self.p_any)})"
        )


def difference(first: Curve, second: Curve, *, names: tuple[str, str] | None = None) -> Difference:
    """Return first - second, paired over the samples that both have.

    Raises:
        DataError: other severities, another metric, no sample in common, or a curve without scores.
    """
    one, two, unmatched = _align(first, second)
    bootstrap = need(first, "a difference").bootstrap
    drawn = resample((one, two), bootstrap=bootstrap, seed=first.seed)
    known, levels = side_by_side(one, two, drawn), len(first)
    contrast = np.concatenate([np.eye(levels), -np.eye(levels)])
    critical = widen(quantile(drawn, first.confidence, linear=contrast), known.degrees)
    bounds = [known.contrast(i, levels + i, critical) for i in range(levels)]
    estimate, low, high = np.array(bounds).T
    if drawn.units < 2:
        low, high = np.full(levels, -known.width), np.full(levels, known.width)
    tests = [unchanged(known, one, i, levels + i, other=two) for i in range(levels)]
    p = np.array([each.p for each in tests])
    called = names or (first.name or "first", second.name or "second")
    return Difference(
        *called, first.metric, first.severities, estimate, low, high, one.n, unmatched,
        first.confidence, first.higher_is_better, p, tests[-1].test,
        _any(known, drawn, contrast, p),
    )  # fmt: skip


def side_by_side(one: Sample, two: Sample, drawn: Resamples) -> Moments:
    """Return the moments of two samples of the same ids: the levels of the first, then those of the second."""
    both = replace(
        one,
        severities=tuple(float(i) for i in range(len(one.scores) + len(two.scores))),
        scores=one.scores + two.scores,
        binary=one.binary and two.binary,
    )
    return moments(both, drawn, chance=None)


def _any(known: Moments, drawn: Resamples, contrast: Floats, p: Floats) -> float:
    """Return the p-value of no difference anywhere: how often chance alone shows one as large, in standard errors.

    What the number of resamples cannot tell is bounded by the smallest of the p-values times their number.
    """
    centred = np.array([known.centred(line) for line in contrast.T])
    came = np.max(np.abs(centred[:, 0]) / np.maximum(centred[:, 1], TINY))
    draws = drawn.draws @ contrast
    spread = draws.std(axis=0)
    moving = spread > TINY
    if not moving.any() or drawn.units < 2:
        return float(min(p.min() * len(p), 1.0))
    t = np.abs(draws - drawn.estimate @ contrast)[:, moving] / spread[moving]
    drawn_p = float((1 + (t.max(axis=1) >= came).sum()) / (1 + len(t)))
    return float(min(drawn_p, p.min() * len(p)))


def _align(first: Curve, second: Curve) -> tuple[Sample, Sample, int]:
    if first.severities != second.severities or first.metric != second.metric:
        hint = "compare one metric on one grid of severities"
        expected = f"{first.metric} at {first.severities}"
        came = f"{second.metric} at {second.severities}"
        raise DataError(explain(expected, "second", came, hint))
    one, two = need(first, "a difference").sample, need(second, "a difference").sample
    place = {name: i for i, name in enumerate(two.ids)}
    left = [i for i, name in enumerate(one.ids) if name in place]
    if not left:
        raise DataError(explain("samples in common", "ids", two.ids[:3], "use the same data set"))
    right = [place[one.ids[i]] for i in left]
    unmatched = one.n + two.n - 2 * len(left)
    return one.take(np.array(left)), two.take(np.array(right)), unmatched
