"""Reads the text form of a sweep for display: which inputs, which noises, how they are combined."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from noisebench._grammar import in_brackets, scan
from perturbations import Perturbation
from perturbations.errors import PerturbationError

_SIGN = re.compile(r"\s+([+>])\s+")
_FIXED = re.compile(r"@[^()]*$")

KINDS = {
    "single": "",
    "joint": "Several noises at once",
    "chain": "Noises in a chain",
    "between": "Noise between inputs",
}


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the audit's header says of the data set's inputs, by name."""

    modalities: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Some ladders need them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A sweep's text form taken apart."""

    inputs: tuple[str, ...]
    noises: tuple[str, ...]
    """Text forms of the noises, without fixed severities."""
    kind: str
    fixed: bool = False
    """A part has a severity or dose of its own."""
    title: str = ""
    """The text form without inputs, and without fixed severities."""

    def modality(self) -> str:
        """Return the modality that the distortion of this sweep is measured in."""
        noise = self._noise()
        return noise.modality if noise else "".join(self.noises[-1:]).partition("/")[0]

    def measure(self) -> str:
        """Return the measure that the last noise declares; nothing for a noise that is not known here."""
        noise = self._noise()
        return noise.measure if noise else ""

    def stand_in(self) -> str:
        """Return what acts in place of what the user has not given; empty where there is nothing of the kind."""
        known = filter(None, map(_noise, self.noises))
        return "; ".join(noise.stand_in for noise in known if noise.stand_in)

    def _noise(self) -> Perturbation | None:
        """Return the last noise; None when it is not known here."""
        return _noise(self.noises[-1]) if self.noises else None


def _noise(text: str) -> Perturbation | None:
    from perturbations import get

    try:
        return get(text)
    except PerturbationError:
        return None


def read(sweep: str) -> Reading:
    """Take the text form apart; unknown forms come back as one noise without input."""
    parts, joints, title = _parts(sweep.strip())
    inputs: list[str] = []
    noises: list[str] = []
    for part in parts:
        names, noise = _part(part)
        inputs += [name for name in names if name not in inputs]
        noises.append(_FIXED.sub("", noise))
    fixed = any(_FIXED.search(part) for part in parts)
    return Reading(tuple(inputs), tuple(noises), _kind(joints, inputs), fixed, title)


def _parts(sweep: str) -> tuple[list[str], list[str], str]:
    """Split at the signs between parts, also in brackets around several; return the signs, and the text without inputs too."""
    outside = [free for _, free in scan(sweep)]
    found = [sign for sign in _SIGN.finditer(sweep) if outside[sign.start(1)]]
    starts, stops = [0, *(sign.end() for sign in found)], [*(sign.start() for sign in found), None]
    pieces: list[str] = []
    signs = [sign[1] for sign in found]
    title = ""
    for place, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        piece = sweep[start:stop]
        title += f" {signs[place - 1]} " if place else ""
        if in_brackets(piece):
            inner, more, text = _parts(piece[1:-1])
            pieces, signs, title = pieces + inner, signs + more, f"{title}({text})"
        else:
            pieces.append(piece)
            title += _FIXED.sub("", _part(piece)[1])
    return pieces, signs, title


def _part(part: str) -> tuple[list[str], str]:
    """Split `a,b:image/fog` into its inputs and its noise."""
    head, colon, tail = part.partition(":")
    if not colon or "(" in head or "/" in head:
        return [], part
    return [name.strip() for name in head.split(",") if name.strip()], tail


def _kind(joints: list[str], inputs: list[str]) -> str:
    """Name how the parts are combined."""
    if "+" in joints:
        return "joint"
    if ">" in joints:
        return "chain"
    return "single" if len(inputs) <= 1 else "between"
