"""Noises at equal dose, in words that follow from the numbers."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from noisebench.calibration._words import OTHER_DATA
from noisebench.curve._records import number, percent, span
from noisebench.doses._measured import HARM, NOTICED, Measured
from noisebench.doses._versus import BITS, DISPLACEMENT, ENOUGH, SAME, Side, Versus

if TYPE_CHECKING:
    from noisebench.doses._account import EqualDoses

SHOWN = 4
"""Noises that are named one by one."""


def findings(found: "EqualDoses") -> tuple[str, ...]:
    """Return what follows."""
    lines = [versus_words(each) for each in found.versus]
    lines += [silent_words(found), *_unreachable(found)]
    if found.elsewhere:
        lines.append(OTHER_DATA)
    if found.inside:
        lines.append(
            f"{found.inside} samples were both calibrated on and evaluated: too few others would have been left."
        )
    return tuple(line for line in lines if line)


def question(found: Versus) -> str:
    """Return the question, by modality where the two differ."""
    if found.modalities[0] == found.modalities[1]:
        return f"Is {found.first} more robust than {found.second} here?"
    first, second = (
        kind if name == kind else f"{kind} ({name})"
        for kind, name in zip(found.modalities, (found.first, found.second), strict=True)
    )
    return f"Is {first} more robust than {second} here?"


def versus_words(found: Versus) -> str:
    """Answer the question with both axes, or say why not."""
    asked = question(found)
    if found.reason:
        return f"{asked} It cannot be said: {found.reason}."
    if not all(side.doses for side in found.sides):
        names = " and ".join(_AXES[side.axis][0] for side in found.sides if not side.doses)
        few = f"half of the noises of each, or {ENOUGH} of them,"
        return f"{asked} It cannot be said: there is no dose of {names} that {few} reach."
    return f"{asked} {_answer(found)} {_numbers(found)}"


def _answer(found: Versus) -> str:
    if found.alike:
        return f"They differ by less than {number(SAME)} on both axes of dose."
    if not found.better:
        return f"It is not said, as {_disagree(found.sides)}."
    pivots = sorted({side.pivot for side in found.sides if side.pivot})
    hangs = (
        f"; but it hangs on {' and '.join(pivots)}, without which the sign turns" if pivots else ""
    )
    return f"{'Yes' if found.better == found.first else 'No, less'}, on both axes of dose{hangs}."


_AXES = {
    DISPLACEMENT: ("displacement", "at a displacement of {}"),
    BITS: ("bits lost", "where {} of the bits are lost"),
}
"""Axis to what doses on it are called."""


def _numbers(found: Versus) -> str:
    """Return both differences with how many noises they are of."""
    parts = "; ".join(_side(side) for side in found.sides)
    return (
        f"Noise in {found.first} leaves, against noise in {found.second}, {parts} "
        f"(share of the performance above chance, {percent(found.confidence)} intervals, n = {found.n})."
    )


def _side(side: Side) -> str:
    short = len(side.short)
    counts = "{} and {} noises".format(*map(len, side.noises))
    left = f"{short} others do" if short > 1 else "1 other does"
    counts += f"; {left} not reach that far" if short else ""
    low, high = (_dose(side, place) for place in (0, -1))
    doses = low if low == high else f"{low} to {high}"
    return f"{side.value:+.3f} [{side.low:+.3f}, {side.high:+.3f}] {_AXES[side.axis][1].format(doses)} ({counts})"


def _dose(side: Side, place: int) -> str:
    dose = side.doses[place]
    return f"{dose:g}" if side.axis == DISPLACEMENT else percent(round(dose, 3))


def _disagree(sides: Sequence[Side]) -> str:
    signs = [side.sign for side in sides]
    if all(signs):
        return "the two axes of dose contradict each other"
    if any(signs):
        return "only one of the two axes of dose decides it"
    return "neither axis of dose decides it"


def silent_words(found: "EqualDoses") -> str:
    """Name what does harm and is not noticed; say so where nothing is, and nothing where nobody looked."""
    if not any(each.pairs for each in found.measured):
        return ""
    worst: dict[str, Measured] = {}
    for each in found.silent:
        if each.sweep not in worst or each.kept < worst[each.sweep].kept:
            worst[each.sweep] = each
    if not worst:
        looked = sum(each.kind != "" for each in found.measured)
        if not looked:
            return f"Which noise is silent and harmful cannot be said: {_undecided(found)}."
        return (
            f"Silent and harmful: none of {looked} noises and doses where both are decided (surely costs {percent(HARM)} "
            f"and surely is told from clean in fewer than {percent(NOTICED)} of pairs)."
        )
    named = sorted(worst.values(), key=lambda each: each.kept)
    parts = [_silent(each) for each in named[:SHOWN]]
    more = f"; and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    return f"Silent and harmful, so that a guard that reads the same features lets it pass: {'; '.join(parts)}{more}."


def _undecided(found: "EqualDoses") -> str:
    """Say why no noise is surely on one side of harm and of detection."""
    reached = [each for each in found.measured if each.severity is not None]
    if all(math.isnan(each.kept) for each in reached):
        return "the model has no performance above chance to lose, or none that is known"
    n, pairs = max(each.n for each in reached), max(each.pairs for each in reached)
    return (
        f"with {n} samples, {pairs} of them for detectors, no noise is surely on one side of both"
    )


def _silent(each: Measured) -> str:
    return (
        f"{each.sweep} at dose {each.dose:g} (severity {each.severity:.3g}) keeps {number(each.kept)} "
        f"{span(each.kept_low, each.kept_high)} and is told from clean with AUC {each.auc:.2f} "
        f"[{each.auc_low:.2f}, {each.auc_high:.2f}] ({each.pairs} pairs)"
    )


def _unreachable(found: "EqualDoses") -> list[str]:
    sweeps = dict.fromkeys(each.sweep for each in found.unreachable)
    if not sweeps:
        return []
    most = {each.sweep: each for each in found.unreachable}
    named = [f"{name} (up to {most[name].reached:.3g})" for name in [*sweeps][:SHOWN]]
    more = f" and {len(sweeps) - SHOWN} more" if len(sweeps) > SHOWN else ""
    return [
        f"Not every dose is reached: {', '.join(named)}{more}; their curves end where they end."
    ]
