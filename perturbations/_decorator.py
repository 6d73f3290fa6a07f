"""The decorator that makes a noise out of one function."""

from collections.abc import Callable, Mapping
from typing import overload

from perturbations import _registry
from perturbations._action import Action
from perturbations._declaration import (
    check_declared,
    check_stand_ins,
    declaration,
    place,
    undoable,
)
from perturbations._modality import modality as contract_of
from perturbations._perturbation import Function, Perturbation


@overload
def perturbation(name: Function, /) -> Perturbation: ...
@overload
def perturbation(
    name: str | None = None,
    /,
    *,
    family: str | None = None,
    modality: str | None = None,
    coupling: str = "additive",
    batched: bool = False,
    native: bool = False,
    keeps: tuple[str, ...] = ("shape", "dtype"),
    missing: bool = False,
    scope: str = "sample",
    frames: str = "independent",
    measure: str | None = None,
    exempt: Mapping[str, str] | None = None,
    requires: tuple[str, ...] = (),
    registered: bool = True,
    scans: bool = False,
    stand_ins: Mapping[str, str] | None = None,
    action: Action | None = None,
) -> Callable[[Function], Perturbation]: ...
def perturbation(
    name: Function | str | None = None,
    /,
    *,
    family: str | None = None,
    modality: str | None = None,
    coupling: str = "additive",
    batched: bool = False,
    native: bool = False,
    keeps: tuple[str, ...] = ("shape", "dtype"),
    missing: bool = False,
    scope: str = "sample",
    frames: str = "independent",
    measure: str | None = None,
    exempt: Mapping[str, str] | None = None,
    requires: tuple[str, ...] = (),
    registered: bool = True,
    scans: bool = False,
    stand_ins: Mapping[str, str] | None = None,
    action: Action | None = None,
) -> Perturbation | Callable[[Function], Perturbation]:
    """Make a perturbation out of `f(value, draw, *, dose: Dose = Ladder(...), setting=default)`.

    Args:
        name: "modality/name" or "preset/name"; taken from file and function inside this package.
        family: kind of noise within the modality; the name of its file or folder by default.
        modality: kind of data, for a noise of a preset that is for several; else its name says it.
        coupling: how severities relate: mask, additive, count, prefix, transform or codec.
        batched: the function takes (n, ...) and a draw of n keys; one that does not keep the shape may return a list of
            n values of different shapes.
        native: the function takes the dtype as given and returns the same.
        keeps: what the output shares with the input: "shape", "dtype".
        missing: whether missing values may be put in.
        scope: whose randomness it is: sample, device, sequence or group.
        frames: over a sequence of frames: independent (a new draw each), fixed (one draw for all) or moving (one draw,
            and the function follows `time`, the number of the frame).
        measure: distance in which distortion never decreases; the modality's first by default.
        exempt: laws that do not hold for it, each with the reason.
        requires: extras of noisebench that it needs.
        registered: whether `get` finds it by name.
        scans: the function looks at every number anyway, so that no pass before or behind it is needed: it refuses what the
            modality's check would, and gives back finite numbers.
        stand_ins: setting to what acts in place of the user's own, as long as the setting has its default.
        action: how it acts as a group, with its draw held; it then has the setting `undone`, which puts values back.

    Raises:
        BadDeclaration: the signature or a word of the declaration is wrong, or the modality is not one of the preset's.
        UnknownPerturbation: the first part of the name is neither a modality nor a declared preset.
    """

    def make(function: Function) -> Perturbation:
        check_declared(coupling, scope, frames, exempt or {})
        declared = declaration(function)
        if action is not None:
            declared = undoable(function, declared)
        full, kind = place(function, name if isinstance(name, str) else None, family)
        data = _registry.modality_of(full, modality)
        contract = contract_of(data)
        noise = Perturbation(
            name=full,
            modality=data,
            family=kind,
            function=function,
            declared=declared,
            settings=dict(declared.settings),
            coupling=coupling,
            batched=batched or contract.columnar,
            native=native,
            keeps=keeps,
            missing=missing,
            scope=scope,
            frames=frames,
            measure=measure or next(iter(contract.measures)),
            exempt=exempt or {},
            requires=requires,
            scans=scans,
            stand_ins=check_stand_ins(function, declared, stand_ins or {}),
            action=action,
        )
        if registered:
            _registry.register(noise)
        return noise

    return make(name) if callable(name) else make
