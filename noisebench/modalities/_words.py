"""How an account writes numbers, inputs and where noise begins to cost too much."""

from collections.abc import Iterable, Sequence

from noisebench.curve._records import number, percent, span
from noisebench.modalities._grid import Grid, Line

FILLS = {
    "absent": "",
    "zeros": " (zeros in its place)",
    "empty": " (nothing in it)",
    "mean": " (its mean in its place)",
    "learned": " (what the model has learned in its place)",
    "last": " (that of the sample before in its place)",
}


def interval(value: float, low: float, high: float) -> str:
    """Write a value with its interval."""
    return f"{number(value)} {span(low, high)}"


def ground(grid: Grid, *, together: bool = False) -> str:
    """Write what an interval rests on."""
    kind = "simultaneous interval" if together else "interval"
    units = grid.answers.moments.units
    groups = "" if grid.answers.sample.groups is None else f" in {units} groups"
    return f"{percent(grid.answers.confidence)} {kind}, n = {grid.n}{groups}"


def listed(names: Iterable[str]) -> str:
    """Join names as a sentence does."""
    first = list(names)
    return first[0] if len(first) == 1 else f"{', '.join(first[:-1])} and {first[-1]}"


def fill_words(fill: str) -> str:
    """Say what the model got in the place of an absent input, where that was something."""
    return FILLS.get(fill, f" ({fill} in its place)")


def place(line: Line, severity: float) -> str:
    """Write a severity with its dose."""
    dose = line.dose(severity) if severity > 0 else ""
    return f"severity {severity:g} ({dose})" if dose else f"severity {severity:g}"


def ordered(names: Iterable[str], inputs: Sequence[str]) -> tuple[str, ...]:
    """Return inputs in the order of the data set."""
    found = set(names)
    return tuple(name for name in inputs if name in found)
