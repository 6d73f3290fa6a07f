"""What every input of a cell is: clean, noisy, absent, shuffled across samples, or moved in time.

Why: an account compares cells by what they do to which input, however their sweeps are written. A chain that ends in an
absence, a fixed severity and the last point of a free sweep may all be the same state.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from noisebench._roles import ABSENCE, OFFSETS, SHUFFLE

NOISY, ABSENT, SHUFFLED, MOVED = "noisy", "absent", "shuffled", "moved"

Amount = float | tuple[tuple[str, float], ...]
"""A severity, or doses by name."""


@dataclass(frozen=True, slots=True)
class What:
    """What one input is in a cell, other than clean."""

    kind: str
    noises: tuple[tuple[str, Amount], ...] = ()
    """Noises in the order of the chain, each with its amount."""
    fill: str = ""
    """What the model gets in the place of an absent input."""
    offset: float = 0.0
    """Milliseconds by which the input is late."""

    def __str__(self) -> str:
        if self.kind == NOISY:
            return " > ".join(f"{text} at {_said(amount)}" for text, amount in self.noises)
        if self.kind == ABSENT and self.fill != "absent":
            return f"absent ({self.fill})"
        return f"{self.offset:+g} ms" if self.kind == MOVED else self.kind


@dataclass(frozen=True, slots=True)
class State:
    """What all inputs of a cell are; those that are not named are clean."""

    inputs: frozenset[tuple[str, What]] = frozenset()

    @classmethod
    def of(cls, inputs: Mapping[str, What]) -> "State":
        """Return the state of a mapping from input to what it is."""
        return cls(frozenset(inputs.items()))

    def being(self, kind: str) -> frozenset[str]:
        """Return the inputs that are of a kind."""
        return frozenset(name for name, what in self.inputs if what.kind == kind)

    def get(self, name: str) -> What | None:
        """Return what an input is; None where it is clean."""
        return dict(self.inputs).get(name)

    def only(self, names: Iterable[str]) -> "State":
        """Return the state in which these inputs are what they are here, and the others clean."""
        kept = set(names)
        return State(frozenset(pair for pair in self.inputs if pair[0] in kept))

    def without(self, names: Iterable[str]) -> "State":
        """Return the state in which these inputs are clean, and the others what they are here."""
        gone = set(names)
        return State(frozenset(pair for pair in self.inputs if pair[0] not in gone))


CLEAN = State()


def state_of(
    parts: Sequence[Mapping[str, Any]],
    place: int,
    severity: float,
    *,
    realised: float | None = None,
) -> State | None:
    """Return the state of a sweep's cell, from the header's record of its parts.

    None for what is no state of whole inputs: an input that is gone or shuffled in some samples only, and noises between
    inputs that an account does not read.

    Args:
        parts: of the sweep, in the order in which they act.
        place: of the severity among the sweep's.
        severity: of the cell.
        realised: ms by which an input was moved in time, of whatever sign; the dose where that is not known.
    """
    found: dict[str, What] = {}
    for part in parts:
        changed = _changed(part, place, severity, found, realised)
        if changed is None:
            return None
        found |= changed
    return State.of(found)


def _changed(
    part: Mapping[str, Any],
    place: int,
    severity: float,
    before: Mapping[str, What],
    realised: float | None,
) -> dict[str, What] | None:
    noise, inputs = part["noise"], part["inputs"]
    if noise == ABSENCE:
        return _absent(part, place)
    if noise in {SHUFFLE, *OFFSETS} and inputs[-1] not in before:
        return _moved(part, place, realised)
    if noise.startswith("crossmodal/"):
        return None
    pair = (part["text"], _amount(part["at"], severity))
    found = {name: _noisier(before.get(name), pair) for name in inputs}
    return None if None in found.values() else found  # type: ignore[return-value]


def _absent(part: Mapping[str, Any], place: int) -> dict[str, What] | None:
    if part["doses"][place] != 1:
        return None
    settings = part["settings"]
    gone = What(ABSENT, fill=str(settings.get("fill", "absent")))
    return dict.fromkeys(part["inputs"][-int(settings.get("lost", 1)) :], gone)


def _moved(part: Mapping[str, Any], place: int, realised: float | None) -> dict[str, What] | None:
    dose, last = float(part["doses"][place]), part["inputs"][-1]
    if part["noise"] == SHUFFLE:
        return {last: What(SHUFFLED)} if dose == 1 else None
    sign = -1 if part["settings"].get("direction") == "early" else 1
    late = sign * OFFSETS[part["noise"]] * dose
    return {last: What(MOVED, offset=late if realised is None else math.copysign(realised, late))}


def _noisier(before: What | None, pair: tuple[str, Amount]) -> What | None:
    if before is None:
        return What(NOISY, (pair,))
    return What(NOISY, (*before.noises, pair)) if before.kind == NOISY else None


def _amount(at: Any, severity: float) -> Amount:
    if at is None:
        return round(float(severity), 12)
    return tuple(sorted(at.items())) if isinstance(at, Mapping) else round(float(at), 12)


def _said(amount: Amount) -> str:
    if isinstance(amount, tuple):
        return ", ".join(f"{name} = {value:g}" for name, value in amount)
    return f"severity {amount:g}"
