"""Noises at equal dose, in words that follow from the numbers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from noisebench.curve._records import number, percent, span
from noisebench.doses._measured import HARM, NOTICED, Measured
from noisebench.doses._versus import DISPLACEMENT, SAME, Side, Versus

if TYPE_CHECKING:
    from noisebench.doses._account import EqualDoses

SHOWN = 4
"""Noises that are named one by one."""


def findings(found: "EqualDoses") -> tuple[str, ...]:
    """Return what follows."""
    lines = [versus_words(each) for each in found.versus]
    lines += [silent_words(found), *_unreachable(found)]
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
    lacking = [side for side in found.sides if not side.doses]
    if lacking:
        names = " and ".join(_axis(side) for side in lacking)
        return f"{asked} It cannot be said: half of the noises of both reach no dose in common in {names}."
    numbers = "; ".join(_side(side, found) for side in found.sides)
    scope = f"({percent(found.confidence)} intervals, n = {found.n})"
    if found.alike:
        return f"{asked} They differ by less than {number(SAME)} on both axes of dose: {numbers} {scope}."
    if not found.better:
        return f"{asked} It is not said, as {_disagree(found.sides)}: {numbers} {scope}."
    answer = "Yes" if found.better == found.first else "No, less"
    pivots = sorted({side.pivot for side in found.sides if side.pivot})
    hangs = f" It hangs on {' and '.join(pivots)}: without it the sign turns." if pivots else ""
    return f"{asked} {answer}, on both axes of dose: {numbers} {scope}.{hangs}"


def _side(side: Side, found: Versus) -> str:
    counts = "{} and {}".format(*map(len, side.noises))
    more = "more" if side.value >= 0 else "less"
    low, high = sorted((abs(side.low), abs(side.high)))
    interval = span(low, high) if side.sign else span(side.low, side.high)
    size = number(abs(side.value)) if side.sign else number(side.value)
    much = f"{size} {interval} {more}" if side.sign else f"{size} {interval}"
    doses = f"{_dose(side, 0)} to {_dose(side, -1)}"
    left = f", {len(side.short)} do not reach that far" if side.short else ""
    return (
        f"at {_axis(side)} {doses} noise in {found.first} leaves {much} of the performance above chance "
        f"than noise in {found.second} ({counts} noises{left})"
    )


def _axis(side: Side) -> str:
    return (
        "a displacement of features of" if side.axis == DISPLACEMENT else "a share of bits lost of"
    )


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
        return (
            f"Silent and harmful: none of {looked} noises and doses where both are decided (surely costs {percent(HARM)} "
            f"and surely is told from clean in fewer than {percent(NOTICED)} of pairs)."
        )
    named = sorted(worst.values(), key=lambda each: each.kept)
    parts = [_silent(each) for each in named[:SHOWN]]
    more = f"; and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    return f"Silent and harmful, so that no guard at the input stops it: {'; '.join(parts)}{more}."


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
