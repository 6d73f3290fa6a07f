"""Published sets of noises at their published constants, such as ImageNet-C: named collections of one modality.

Why: a preset's noises are not more noises of the world, but fixed readings of noises that the catalogue has. They live beside
it under their own first name, `imagenet-c/fog`, with a level in place of a physical dose, and are never part of `image/*`.
"""

from dataclasses import dataclass

from perturbations.errors import BadDeclaration, explain


@dataclass(frozen=True, slots=True)
class Preset:
    """A published set of noises."""

    name: str
    modality: str
    title: str
    """What it is, in one line."""
    note: str
    """What it is not, and where it departs from what was published."""


_KNOWN: dict[str, Preset] = {}


def preset(name: str, *, modality: str, title: str, note: str) -> Preset:
    """Declare a preset; its noises are then declared as `@perturbation("<preset>/<noise>")`.

    Raises:
        BadDeclaration: the title or the note is missing, or the name is that of a modality.
    """
    if not title.strip() or not note.strip() or name == modality:
        given = {"name": name, "title": title, "note": note}
        raise BadDeclaration(explain("a name of its own, a title and a note", "preset", given))
    _KNOWN[name] = Preset(name, modality, title, note)
    return _KNOWN[name]


def find_preset(name: str) -> Preset | None:
    """Return the preset declared under a name so far; None when there is none."""
    return _KNOWN.get(name)


def known_presets() -> tuple[Preset, ...]:
    """Return the presets declared so far, in order of declaration."""
    return tuple(_KNOWN.values())
