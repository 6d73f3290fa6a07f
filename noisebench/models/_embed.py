"""What a model makes of each input before it fuses them, where it shows that.

A model may have a method `embed(inputs) -> {input: (n, d)}`: for named inputs of n samples, one row a sample for every input
that it shows. It is called beside `predict`, on the same values, for a few hundred samples of every cell.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from noisebench.models._model import Inputs, Model
from noisebench.models._safe import MisfitError

Embedder = Callable[[Inputs], Mapping[str, Any]]


@runtime_checkable
class Embeds(Protocol):
    """A model that shows embeddings of its inputs."""

    def embed(self, inputs: Inputs) -> Mapping[str, Any]:
        """Return (n, d) for every input that is shown; alignment needs equal d."""


def embedder(model: Model) -> Embedder | None:
    """Return what shows a model's embeddings; None where it has no method `embed`."""
    made: Embedder | None = getattr(model, "embedder", None)
    if made is not None:
        return made
    return model.embed if isinstance(model, Embeds) else None


def unit_rows(shown: Mapping[str, Any], inputs: Inputs, n: int) -> dict[str, NDArray[np.float64]]:
    """Return embeddings as rows of length 1.

    Raises:
        MisfitError: they are not rows of finite numbers for inputs of the model.
    """
    if not isinstance(shown, Mapping):
        raise MisfitError(f"expected embeddings by input, got {type(shown).__name__}")
    found: dict[str, NDArray[np.float64]] = {}
    for name, rows in shown.items():
        if name not in inputs:
            raise MisfitError(f"expected embeddings of {', '.join(inputs)}, got {name!r}")
        array = np.asarray(rows, dtype=np.float64)
        if array.ndim != 2 or len(array) != n or not np.isfinite(array).all():
            raise MisfitError(
                f"expected finite embeddings ({n}, d) of {name}, got shape {array.shape}"
            )
        length = np.linalg.norm(array, axis=1, keepdims=True)
        found[name] = array / np.where(length > 0, length, 1.0)
    return found
