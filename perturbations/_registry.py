"""All perturbations by name; modality folders and entry points are read when they are first asked for."""

import difflib
import importlib
import importlib.metadata
import pkgutil
import warnings
from functools import cache
from typing import TYPE_CHECKING

from perturbations import _text_form
from perturbations._modality import modalities, modality
from perturbations._presets import Preset, find_preset, known_presets
from perturbations.errors import BadDeclaration, UnknownPerturbation, did_you_mean, explain

if TYPE_CHECKING:
    from perturbations._perturbation import Perturbation

GROUP = "noisebench.perturbations"
"""Entry-point group: each entry names a module whose import declares perturbations."""

_KNOWN: dict[str, "Perturbation"] = {}


def register(noise: "Perturbation") -> None:
    """Make a perturbation known by its name; a later one of the same name replaces it."""
    _KNOWN[noise.name] = noise


def known(name: str) -> "Perturbation | None":
    """Return the perturbation registered under a name so far, without loading anything."""
    return _KNOWN.get(name)


def get(text: str, **settings: object) -> "Perturbation":
    """Return a perturbation by name or text form, with settings.

    Raises:
        UnknownPerturbation: there is none of that name; the message names the closest.
        BadSetting: a setting is unknown or cannot be read.

    Examples:
        >>> str(get("text/keyboard-typo", layout="azerty"))
        'text/keyboard-typo(layout=azerty)'
    """
    if "/" not in text:
        raise UnknownPerturbation(_explain_unknown(text))
    name, written = _text_form.read(text)
    noise = _find(name)
    chosen = written | settings
    return noise.with_settings(**chosen) if chosen else noise


def names(
    *, modality: str | None = None, family: str | None = None, preset: str | None = None
) -> tuple[str, ...]:
    """Return the names of all perturbations, sorted; of one modality and family when given.

    The noises of presets are left out unless `preset` names one: they are readings of noises that are there already.

    Raises:
        UnknownPerturbation: there is no such modality or preset.
    """
    _load_all()
    for asked, known, what in (
        (modality, modalities(), "modality"),
        (preset, presets(), "preset"),
    ):
        if asked is not None and asked not in known:
            hint = did_you_mean(asked, {*modalities(), *presets()})
            raise UnknownPerturbation(explain(f"a {what}", what, asked, hint))
    found = (
        noise
        for noise in _KNOWN.values()
        if modality in (None, noise.modality)
        and family in (None, noise.family)
        and noise.preset == preset
    )
    return tuple(sorted(noise.name for noise in found))


def presets() -> dict[str, Preset]:
    """Return all presets by name: published sets of noises at their published constants."""
    _load_all()
    return {each.name: each for each in known_presets()}


def modality_of(name: str, declared: str | None = None) -> str:
    """Return the modality of a noise: the first part of its name, or what the preset of that name is for.

    Raises:
        BadDeclaration: another one is declared, or none where the preset has several.
    """
    first = name.partition("/")[0]
    found = find_preset(first)
    allowed = found.modalities if found else (first,)
    chosen = allowed[0] if declared is None and len(allowed) == 1 else declared
    if chosen not in allowed:
        hint = f'@perturbation("{name}", modality="{allowed[0]}")'
        raise BadDeclaration(explain(f"one of {', '.join(allowed)}", "modality", declared, hint))
    return chosen


def _find(name: str) -> "Perturbation":
    first = name.partition("/")[0]
    if name not in _KNOWN and first in modalities():
        _load_modality(first)
    if name not in _KNOWN:
        _load_all()
    if name not in _KNOWN:
        raise UnknownPerturbation(_explain_unknown(name))
    return _KNOWN[name]


def _explain_unknown(name: str) -> str:
    """Say which names are close; a name without its modality is looked for in all of them."""
    bare = {each.partition("/")[2]: each for each in reversed(names())}
    first = name.partition("/")[0]
    listed = names(preset=first) if first in presets() else names()
    hint = did_you_mean(name, listed)
    if "/" not in name:
        close = difflib.get_close_matches(name.partition("(")[0], bare, n=3, cutoff=0.6)
        hint = f"did you mean {' or '.join(bare[each] for each in close)}?" if close else hint
    return explain("the name of a perturbation, modality/name", "name", name, hint)


@cache
def _load_modality(name: str) -> None:
    modality(name)
    _load_package(f"perturbations.{name}")


def _load_package(name: str) -> None:
    """Import the modules of a package, and of the packages in it: a family is a file or a folder."""
    package = importlib.import_module(name)
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("_"):
            continue
        importlib.import_module(f"{name}.{module.name}")
        if module.ispkg:
            _load_package(f"{name}.{module.name}")


def _load_all() -> None:
    for each in modalities():
        _load_modality(each)
    _load_entry_points()


@cache
def _load_entry_points() -> None:
    for entry in importlib.metadata.entry_points(group=GROUP):
        try:
            entry.load()
        except Exception as error:  # noqa: BLE001 - a broken third party must not end the catalogue
            warnings.warn(
                f"{GROUP} entry {entry.name!r} could not be loaded: {error}", stacklevel=2
            )
