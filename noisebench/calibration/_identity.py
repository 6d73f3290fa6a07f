"""What a model or an encoder is, as a short hash of what it has learned and where it is defined.

Why: doses measured through features mean nothing for other features. The hash reads numbers and settings that can be
reached from the object: parameters of torch, fitted attributes, fields, what a function encloses. Addresses and pickles
never enter it. Numbers count to 5 significant digits, so that the last bits of another machine do not.
"""

import contextlib
import functools
import types
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from noisebench.data._column import is_tensor, to_numpy
from noisebench.data._hash import Fingerprint

DEEPEST = 6
"""Objects within objects that are looked into."""

DIGITS = 5


def identity(thing: Any) -> str:
    """Return the hash: 16 hexadecimal digits."""
    made = Fingerprint()
    _add(made, thing, 0, set())
    return made.hexdigest()[:16]


def _add(made: Fingerprint, thing: Any, depth: int, seen: set[int]) -> None:
    if isinstance(thing, str | bytes | bool | int | type(None)):
        made.add(thing)
    elif isinstance(thing, float | np.ndarray | np.generic) or is_tensor(thing):
        made.add(_rounded(to_numpy(thing) if is_tensor(thing) else np.asarray(thing)))
    elif depth < DEEPEST and id(thing) not in seen:
        seen.add(id(thing))
        made.add(f"{type(thing).__module__}.{type(thing).__qualname__}")
        for name, part in _parts(thing):
            made.add(name)
            _add(made, part, depth + 1, seen)


def _rounded(numbers: np.ndarray) -> np.ndarray:
    """Return numbers with few significant digits; what is no number as text."""
    if numbers.dtype.kind in "biu":
        return numbers
    if numbers.dtype.kind not in "fc":
        return np.asarray([str(each) for each in numbers.ravel()])
    values = np.asarray(numbers, dtype=np.complex128 if numbers.dtype.kind == "c" else np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        power = np.floor(np.log10(np.abs(values)))
        scale = 10.0 ** (DIGITS - 1 - np.where(np.isfinite(power), power, 0))
        return np.where(np.isfinite(power), np.rint(values * scale) / scale, values) + 0.0


def _parts(thing: Any) -> Iterator[tuple[str, Any]]:
    """Yield what an object is made of, by name, in an order of its own."""
    if isinstance(thing, Mapping):
        yield from ((str(key), thing[key]) for key in sorted(thing, key=str))
    elif isinstance(thing, list | tuple):
        yield from ((str(i), each) for i, each in enumerate(thing))
    elif callable(getattr(thing, "state_dict", None)):
        yield from _parts(thing.state_dict())
    elif isinstance(thing, functools.partial):
        yield from (("function", thing.func), ("given", thing.args), ("by name", thing.keywords))
    elif isinstance(thing, types.MethodType):
        yield from (("function", thing.__func__.__qualname__), ("self", thing.__self__))
    elif isinstance(thing, types.FunctionType):
        yield from _enclosed(thing)
    else:
        yield from _fields(thing)


def _enclosed(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield what a function is called and what it reads besides its arguments; not classes, modules and what others define."""
    yield "name", f"{function.__module__}.{function.__qualname__}"
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=False)
    for name, cell in cells:
        with contextlib.suppress(ValueError):  # not assigned yet
            yield name, cell.cell_contents
    for name in sorted(set(_names(function.__code__))):
        found = function.__globals__.get(name)
        foreign = getattr(found, "__module__", None) != function.__module__
        if isinstance(found, types.ModuleType | type | types.BuiltinFunctionType):
            continue
        if not (isinstance(found, types.FunctionType) and foreign):
            yield name, found


def _names(code: types.CodeType) -> Iterator[str]:
    """Yield the global names in a function and in the functions within it."""
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield from _names(each)


def _fields(thing: Any) -> Iterator[tuple[str, Any]]:
    known = dict(getattr(thing, "__dict__", {}))
    for kind in type(thing).__mro__:
        slots = getattr(kind, "__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if hasattr(thing, name):
                known.setdefault(name, getattr(thing, name))
    if isinstance(thing, type | types.ModuleType):
        known = {}
    yield from ((name, known[name]) for name in sorted(known) if not name.startswith("__"))
