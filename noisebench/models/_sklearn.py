"""A scikit-learn estimator as a model: probabilities where it has them, else its predictions."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from noisebench.errors import ModelError
from noisebench.models._model import Inputs
from perturbations.errors import explain


@dataclass(frozen=True)
class SklearnModel:
    """A fitted estimator; a DataFrame stays one, so that column names reach the estimator.

    `predict_proba` is used when its columns are the classes 0..k-1, because a column's position
    is then the label that targets hold; otherwise `predict`, whose labels need no translation.
    """

    estimator: Any

    @property
    def name(self) -> str:
        """The estimator's class; of a pipeline, the last step's."""
        return type(_last(self.estimator)).__name__

    @property
    def classes(self) -> tuple[Any, ...] | None:
        """The labels in the order of the probability columns, or None."""
        found = getattr(self.estimator, "classes_", None)
        return tuple(found.tolist()) if isinstance(found, np.ndarray) and found.ndim == 1 else None

    @property
    def gives_probabilities(self) -> bool:
        """Whether `predict` returns one probability column a class."""
        found = self.classes
        numbered = found is not None and found == tuple(range(len(found)))
        return numbered and hasattr(self.estimator, "predict_proba")

    def predict(self, inputs: Inputs) -> Any:
        """Return probabilities (n, classes), or predictions (n,).

        Raises:
            ModelError: there are several inputs, or rows that are not rows of a table.
        """
        rows = self._rows(inputs)
        estimator = self.estimator
        return (
            estimator.predict_proba(rows) if self.gives_probabilities else estimator.predict(rows)
        )

    def describe(self) -> dict[str, Any]:
        """Return kind, class, version-independent settings and what `predict` returns."""
        made = self.estimator
        return {
            "kind": "scikit-learn",
            "name": self.name,
            "settings": " ".join(str(made).split())[:500],
            "features": getattr(made, "n_features_in_", None),
            "outputs": "probabilities" if self.gives_probabilities else "predictions",
        }

    def _rows(self, inputs: Inputs) -> Any:
        if len(inputs) != 1:
            hint = "wrap it in a function of the mapping, or join the inputs into one table"
            raise ModelError(explain(f"one input for {self.name}", "inputs", list(inputs), hint))
        rows = next(iter(inputs.values()))
        if hasattr(self.estimator, "steps") or getattr(rows, "ndim", 2) == 2:
            return rows
        name = next(iter(inputs))
        hint = f"flatten in a function: lambda {name}: model.predict_proba({name}.reshape(len({name}), -1))"
        expected = f"a table of shape (n, columns) for {self.name}"
        raise ModelError(explain(expected, name, rows, hint))


def _last(estimator: Any) -> Any:
    steps = getattr(estimator, "steps", None)
    return _last(steps[-1][1]) if steps else estimator
