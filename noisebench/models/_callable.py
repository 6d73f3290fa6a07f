"""A function, or any object with `predict`, as a model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from noisebench.data import Container
from noisebench.data._column import restore
from noisebench.models._model import Inputs, argument, name_of, origin_of


@dataclass(frozen=True)
class CallableModel:
    """A function of a batch: it gets the values of the one input, or the mapping of several."""

    function: Callable[[Any], Any]
    of: Any = None
    """The object whose method this is; None for a bare function."""

    containers: Mapping[str, Container] = field(default_factory=dict)
    """What held the data's values: tensors go to the function as tensors."""

    @property
    def name(self) -> str:
        """The function's name, or the class of the object."""
        return name_of(self.function if self.of is None else self.of)

    @property
    def absent(self) -> Any:
        """What the function, or its object, declares for absent inputs; None where it declares nothing."""
        return getattr(self.function if self.of is None else self.of, "absent", None)

    def predict(self, inputs: Inputs) -> Any:
        """Call the function."""
        return self.function(argument(self._given(inputs)))

    @property
    def embedder(self) -> Callable[[Inputs], Any] | None:
        """What shows embeddings: a method `embed` of the object or the function; None where it has none."""
        hook = getattr(self.function if self.of is None else self.of, "embed", None)
        return (lambda inputs: hook(self._given(inputs))) if callable(hook) else None

    def _given(self, inputs: Inputs) -> Inputs:
        """Return the values in the containers that the data had."""
        kept = self.containers
        return {n: restore(v, kept[n]) if n in kept else v for n, v in inputs.items()}

    def describe(self) -> dict[str, Any]:
        """Return kind, name and where the function is defined."""
        defined = origin_of(self.function if self.of is None else self.of)
        return {"kind": "callable", "name": self.name, "defined": defined}
