"""What the bench asks of a model, and what every adapter needs."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any, Protocol, runtime_checkable

Inputs = Mapping[str, Any]
"""Input name to n values."""


@runtime_checkable
class Model(Protocol):
    """Anything that predicts from named inputs and can say what it is.

    It may also have `absent`: what stands for an input that is not there, by name (see `_absent`).
    """

    @property
    def name(self) -> str:
        """A short name for tables."""

    def predict(self, inputs: Inputs) -> Any:
        """Return n outputs for n values of every input."""

    def describe(self) -> dict[str, Any]:
        """Return plain facts for the audit's header; equal models say the same."""


def argument(inputs: Inputs) -> Any:
    """Return what a user's function is called with: the value itself of one input, else the mapping."""
    return next(iter(inputs.values())) if len(inputs) == 1 else dict(inputs)


def name_of(thing: Any) -> str:
    """Return a readable name of a function, method, partial or object."""
    inner = getattr(thing, "func", thing)
    name = getattr(inner, "__name__", None)
    if name is None:
        return type(inner).__name__
    owner = getattr(inner, "__self__", None)
    if owner is None or isinstance(owner, ModuleType):
        return str(name)
    return f"{owner.__name__ if isinstance(owner, type) else type(owner).__name__}.{name}"


def origin_of(thing: Any) -> str:
    """Return where a function or an object's class is defined, such as `my_pkg.models.predict`."""
    inner = getattr(thing, "func", thing)
    named = inner if hasattr(inner, "__qualname__") else type(inner)
    return f"{named.__module__}.{named.__qualname__}"
