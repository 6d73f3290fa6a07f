"""Writes the verdict: one sentence that says what was measured, what hurts most and what does not."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from noisebench.report import _numbers
from noisebench.report._curves import NEVER
from noisebench.report._view import CurveView

FEW_GROUPS = 20
"""With fewer groups, an interval rests on how alike so few are."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What the verdict rests on besides the curves."""

    metric: str
    higher_is_better: bool
    clean: float
    low: float
    high: float
    n: int
    chance: float | None
    replicates: int
    failures: int
    skipped: int
    broken: str = ""
    """Why the model failed on every clean sample; empty when it did not."""
    groups: int | None = None
    """How many groups the samples are of; None where none are declared."""
    idle: tuple[str, ...] = ()
    """Noises that found nothing to change in any sample, which say nothing about the model."""

    def at_chance(self) -> bool:
        """Tell whether the interval of the clean value includes chance, or lies beyond it."""
        if self.chance is None or math.isnan(self.low):
            return False
        return self.low <= self.chance if self.higher_is_better else self.high >= self.chance

    def samples(self) -> str:
        """Write how many samples there are, and of how many groups."""
        return plural(self.n, "sample") + (
            f" in {plural(self.groups, 'group')}" if self.groups else ""
        )

    def clean_words(self) -> str:
        """Write the clean value with its interval."""
        return _numbers.estimate(self.clean, self.low, self.high)


def plural(number: int, noun: str) -> str:
    """Write a count with its noun."""
    ending = "" if number == 1 else "s"
    return f"{_numbers.count(number)} {noun}{ending}"


def listed(names: Sequence[str]) -> str:
    """Join names as a sentence does."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _name(curve: CurveView, *, several: bool) -> str:
    """Return the noise's title, with its input where the data has several."""
    if curve.kind == "joint":
        return curve.name.replace(" + ", " together with ")
    if curve.kind == "chain":
        return curve.name.replace(" > ", " followed by ")
    return f"{curve.title} on {curve.inputs}" if several and curve.inputs else curve.title


def _several(curves: Sequence[CurveView]) -> bool:
    """Tell whether the curves speak of more than one input."""
    return len({curve.inputs for curve in curves}) > 1


def verdict(curves: Sequence[CurveView], ground: Ground) -> str:
    """Return the sentence; `curves` come worst first, without those in which nothing was changed."""
    if ground.broken:
        count = f"all {plural(ground.n, 'clean sample')}" if ground.n else "every clean sample"
        return f"The model failed on {count}, so nothing can be said about noise: {ground.broken}"
    if not curves:
        reasons = [f"{plural(ground.skipped, 'noise')} could not run"] if ground.skipped else []
        if ground.idle:
            reasons.append(f"{listed(ground.idle)} found nothing to change in any sample")
        reason = f": {' and '.join(reasons)}" if reasons else ""
        return f"Nothing was tested{reason}, so this report says nothing about the model."
    if math.isnan(ground.clean):
        return "The model gave no usable answer on clean data, so nothing can be said about noise."
    if ground.at_chance():
        return (
            f"The model is at chance on clean data ({ground.metric} {ground.clean_words()}, chance "
            f"{_numbers.number(ground.chance)}, n = {_numbers.count(ground.n)}), so there is nothing "
            f"for noise to take away and retention is undefined."
        )
    lead = f"On {ground.samples()} the model's {ground.metric} is {ground.clean_words()} when clean"
    scope = f"of {len(curves)} noises tried, " if len(curves) > 1 else ""
    lost = [curve for curve in curves if curve.tolerance <= 1]
    kept = [curve for curve in curves if curve.tolerance >= NEVER]
    if not lost:
        return f"{lead}; {scope}{_flat(curves, kept)}."
    return f"{lead}; {scope}{_worst(lost, curves, ground)}{_withstands(kept, curves)}."


def _worst(lost: Sequence[CurveView], curves: Sequence[CurveView], ground: Ground) -> str:
    """Say which noise hurts most and from which dose on."""
    worst = lost[0]
    hurts = "hurts most, costing" if len(curves) > 1 else "costs"
    return f"{_name(worst, several=_several(curves))} {hurts} {loss(ground)} {worst.onset}"


def loss(ground: Ground) -> str:
    """Name the loss that the report looks for."""
    if ground.chance is not None:
        return f"10 % of the {ground.metric} above chance"
    return f"10 % of the {ground.metric}"


def _withstands(kept: Sequence[CurveView], curves: Sequence[CurveView]) -> str:
    """Say which noises do not cost a tenth anywhere on their ladder."""
    if len(curves) == 1:
        return ""
    if not kept:
        return ", and none of them is withstood over its whole range"
    names = [_name(curve, several=_several(curves)) for curve in kept[::-1][:2]]
    if len(kept) > len(names):
        return f", while {len(kept)} never cost that much, such as {listed(names)}"
    return f", while {listed(names)} never {'costs' if len(names) == 1 else 'cost'} that much"


def _flat(curves: Sequence[CurveView], kept: Sequence[CurveView]) -> str:
    """Say that no noise cost a tenth, as far as that is known."""
    if not kept:
        return "where they cost it 10 % cannot be told from this data"
    last = f"severity {_numbers.number(max(curve.points[-1].severity for curve in curves))}"
    if any(curve.equal for curve in curves):
        last = "the largest dose that each reaches"
    if len(curves) == 1:
        return f"{_name(kept[0], several=False)} costs it less than 10 % up to {last}"
    several = _several(curves)
    if len(kept) < len(curves):
        undecided = len(curves) - len(kept)
        return (
            f"{len(kept)} cost it less than 10 % up to {last}; for {undecided} that cannot be told"
        )
    return f"none costs it 10 % up to {last}; {_name(curves[0], several=several)} comes closest"


def remarks(ground: Ground, evaluations: int) -> tuple[str, ...]:
    """Return what the reader must know beside the verdict."""
    found = []
    if ground.failures:
        share = f" ({_numbers.percent(ground.failures / evaluations)})" if evaluations else ""
        found.append(
            f"{plural(ground.failures, 'evaluation')} failed{share}; they are counted, not dropped."
        )
    if ground.skipped:
        found.append(f"{plural(ground.skipped, 'noise')} could not be tested.")
    if ground.n < 100 and ground.n:
        found.append(f"Only {plural(ground.n, 'sample')}: the bands are wide.")
    if ground.groups and ground.groups < FEW_GROUPS:
        found.append(
            f"Only {plural(ground.groups, 'group')}: the bands say how far a few of them can tell."
        )
    found.append("Synthetic noise is not field data.")
    return tuple(found)
