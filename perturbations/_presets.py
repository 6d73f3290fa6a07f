"""Published sets of noises at their published constants, such as ImageNet-C: named collections, most of one modality.

Why: a preset's noises are not more noises of the world, but fixed readings of noises that the catalogue has. They live beside
it under their own first name, `imagenet-c/fog`, with a level in place of a physical dose, and are never part of `image/*`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from perturbations._declaration import Setting
from perturbations._ladder import Ladder
from perturbations.errors import BadDeclaration, BadDose, explain

Constants = TypeVar("Constants")

LEVELS = Ladder(1, 2, 3, 4, 5, unit="level", scale="integer", high=5)
"""The levels of a published set; severity 0.2 to 1, the nearest one between them."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A published set of noises."""

    name: str
    modalities: tuple[str, ...]
    """The kinds of data that its noises are for."""
    title: str
    """What it is, in one line."""
    note: str
    """What it is not, and where it departs from what was published."""
    joint: Mapping[str, Setting] | None = None
    """Settings of its noises where each input has its own at once; None where the set has no such condition."""


_KNOWN: dict[str, Preset] = {}


def preset(
    name: str,
    *,
    modality: str | tuple[str, ...],
    title: str,
    note: str,
    joint: Mapping[str, Setting] | None = None,
) -> Preset:
    """Declare a preset; its noises are then declared as `@perturbation("<preset>/<noise>")`.

    A preset for several modalities names them all, and each of its noises says its own: `@perturbation(..., modality=)`.

    Args:
        name: of the preset, the first part of its noises' names.
        modality: what its noises are for.
        title: what it is, in one line.
        note: what it is not.
        joint: settings of its noises, one for each modality, where all inputs are noisy at once.

    Raises:
        BadDeclaration: the title or the note is missing, or the name is that of a modality.
    """
    modalities = (modality,) if isinstance(modality, str) else tuple(modality)
    if not title.strip() or not note.strip() or not modalities or name in modalities:
        given = {"name": name, "modality": modalities, "title": title, "note": note}
        raise BadDeclaration(explain("a name of its own, a title and a note", "preset", given))
    _KNOWN[name] = Preset(name, modalities, title, note, joint)
    return _KNOWN[name]


def find_preset(name: str) -> Preset | None:
    """Return the preset declared under a name so far; None when there is none."""
    return _KNOWN.get(name)


def known_presets() -> tuple[Preset, ...]:
    """Return the presets declared so far, in order of declaration."""
    return tuple(_KNOWN.values())


def at(table: Sequence[Constants], level: float) -> Constants:
    """Return the published constants of a level.

    Raises:
        BadDose: the level is not 1, 2, 3, 4 or 5.
    """
    if level not in {1, 2, 3, 4, 5}:
        raise BadDose(explain("a whole level from 1 to 5", "level", level))
    return table[int(level) - 1]
