"""What a function's signature and docstring declare about the noise it makes."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from perturbations._action import UNDONE
from perturbations._ladder import Dose, Ladder
from perturbations.errors import BadDeclaration, BadSetting, did_you_mean, explain

FACTS = ("rate", "kinds", "language", "time", "fields", "sensor", "facts")
COUPLINGS = ("mask", "additive", "count", "prefix", "transform", "codec")
FACTS_AND_CONTEXT = frozenset({*FACTS, "reference", "peers"})
SCOPES = ("sample", "device", "sequence", "group")
FRAMES = ("independent", "fixed", "moving")
EXEMPTABLE = ("coupled", "monotone", "different-samples", "keeps-shape")
Setting = str | int | float | bool | None | tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """The parts of a noise function's signature."""

    ladders: Mapping[str, Ladder]
    settings: Mapping[str, Setting]
    """Settings and their defaults."""
    facts: Mapping[str, bool]
    """Facts asked for, and whether each is required."""
    reference: bool
    """Whether statistics of the clean data are used."""
    needs_reference: bool
    """Whether there is no noise without them."""
    peers: bool
    """Whether the other clean samples are used."""
    needs_peers: bool
    """Whether there is no noise without them."""


def declaration(function: Callable[..., Any]) -> Declaration:
    """Read the signature `f(value, draw, *, dose: Dose = Ladder(...), setting=default, fact)`.

    Raises:
        BadDeclaration: the signature has no ladder, or a setting without default.
    """
    parameters = list(inspect.signature(function).parameters.values())
    keywords = [p for p in parameters if p.kind is p.KEYWORD_ONLY]
    if len(parameters) - len(keywords) != 2:
        raise _bad(function, "two positional parameters, the value and the draw")
    ladders = {p.name: p.default for p in keywords if isinstance(p.default, Ladder)}
    if not FACTS_AND_CONTEXT.isdisjoint(ladders):
        raise _bad(function, f"other names for ladders than {', '.join(sorted(FACTS_AND_CONTEXT))}")
    if not ladders:
        raise _bad(function, f"a keyword-only parameter of type {Dose.__name__} with a Ladder")
    rest = [p for p in keywords if p.name not in ladders and p.name not in FACTS_AND_CONTEXT]
    for parameter in rest:
        if parameter.default is parameter.empty:
            raise _bad(function, f"a default for the setting {parameter.name!r}")
    return Declaration(
        ladders=ladders,
        settings={p.name: p.default for p in rest},
        facts={p.name: p.default is p.empty for p in keywords if p.name in FACTS},
        reference=any(p.name == "reference" for p in keywords),
        needs_reference=any(p.name == "reference" and p.default is p.empty for p in keywords),
        peers=any(p.name == "peers" for p in keywords),
        needs_peers=any(p.name == "peers" and p.default is p.empty for p in keywords),
    )


def undoable(function: Callable[..., Any], declared: Declaration) -> Declaration:
    """Return the declaration of a group action: it has one dose, and the setting that undoes it.

    Raises:
        BadDeclaration: it has several ladders, or a setting of that name already.
    """
    if len(declared.ladders) > 1 or UNDONE in declared.settings:
        raise _bad(function, f"one ladder for a group action, and no setting {UNDONE!r} of its own")
    return replace(declared, settings={**declared.settings, UNDONE: False})


def place(function: Callable[..., Any], name: str | None, family: str | None) -> tuple[str, str]:
    """Return the full name and the family: from the file inside this package, as given outside it."""
    path = function.__module__.split(".")
    if name is None and path[0] == "perturbations" and len(path) in (3, 4):
        return f"{path[1]}/{function.__name__.replace('_', '-')}", family or path[2]
    if name is None:
        hint = '@perturbation("image/my-noise", family="sensor")'
        raise BadDeclaration(explain("a name for a noise outside this package", "name", name, hint))
    return name, family or path[-1].strip("_")


def check_declared(coupling: str, scope: str, frames: str, exempt: Mapping[str, str]) -> None:
    """Check the words that a declaration may use.

    Raises:
        BadDeclaration: an unknown coupling, scope, way over time or exemption.
    """
    for word, known, what in (
        (coupling, COUPLINGS, "coupling"),
        (scope, SCOPES, "scope"),
        (frames, FRAMES, "frames"),
    ):
        if word not in known:
            raise BadDeclaration(explain(f"one of {', '.join(known)}", what, word))
    for law, reason in exempt.items():
        if law not in EXEMPTABLE or not reason:
            expected = f"a reason for one of {', '.join(EXEMPTABLE)}"
            raise BadDeclaration(explain(expected, "exempt", {law: reason}))


def check_stand_ins(
    function: Callable[..., Any], declared: Declaration, stand_ins: Mapping[str, str]
) -> Mapping[str, str]:
    """Return what stands in for settings, which must be settings of the noise.

    Raises:
        BadDeclaration: one is none.
    """
    if not set(stand_ins) <= set(declared.settings):
        raise _bad(
            function, f"settings named {', '.join(stand_ins)}, which something stands in for"
        )
    return stand_ins


def _bad(function: Callable[..., Any], expected: str) -> BadDeclaration:
    signature = f"{function.__name__}{inspect.signature(function)}"
    return BadDeclaration(explain(expected, "function", signature))


def check_setting(noise: str, defaults: Mapping[str, Any], key: str, value: object) -> None:
    """Check that a noise has a setting, and that a value is of its type.

    Raises:
        BadSetting: it has not, or the value is of another type.
    """
    if key not in defaults:
        hint = did_you_mean(key, defaults) if defaults else f"{noise} has no settings"
        raise BadSetting(explain(f"a setting of {noise}", "setting", key, hint))
    default = defaults[key]
    same = isinstance(value, type(default)) or default is None or value is None
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        same = True
    if not same or (isinstance(value, bool) and not isinstance(default, bool | None)):
        hint = "write several in brackets, one too: [age]" if isinstance(default, tuple) else ""
        kind = "a list" if isinstance(default, tuple) else type(default).__name__
        raise BadSetting(explain(f"{kind} for {noise}", key, value, hint))
