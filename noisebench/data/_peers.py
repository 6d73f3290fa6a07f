"""The other clean samples, as a view that noise may read: babble, neighbours, mispairing."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from noisebench.data._column import one, take
from noisebench.errors import DataError
from perturbations.errors import explain


class Peers:
    """The clean samples of a data set, read one at a time by id or by position.

    `peers[3]` and `peers["img-17"]` are mappings from input name to value; `peers.only("speech")`
    is the same view of a single input, whose items are the values themselves. `peers.labels("class")` are the labels of
    a slice, `peers.labels("group")` the groups, as they were declared; targets are not among them.
    """

    __slots__ = ("_input", "_inputs", "_labels", "_places", "ids")

    ids: tuple[str, ...]
    """Ids of all samples, in the data set's own order."""

    def __init__(
        self,
        inputs: Mapping[str, Any],
        ids: tuple[str, ...],
        places: Mapping[str, int],
        *,
        only: str | None = None,
        labels: Mapping[str, Sequence[Any]] | None = None,
    ) -> None:
        self.ids = ids
        self._labels = labels or {}
        self._inputs = inputs
        self._places = places
        self._input = only

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs in view."""
        return (self._input,) if self._input else tuple(self._inputs)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, which: int | str) -> Any:
        row = self.place(which) if isinstance(which, str) else range(len(self.ids))[which]
        if self._input:
            return one(self._inputs[self._input], row)
        return {name: one(values, row) for name, values in self._inputs.items()}

    def labels(self, name: str) -> Sequence[Any] | None:
        """Return one label a sample, in the order of the ids; None where none of that name are declared."""
        return self._labels.get(name)

    def take(self, places: Sequence[int]) -> Any:
        """Return the values of a single input at some positions of `ids`, in a container of the kind that holds all."""
        return take(self._inputs[self.inputs[0]], np.asarray(places, dtype=np.intp))

    def place(self, sample: str) -> int:
        """Return a sample's position in `ids`.

        Raises:
            DataError: no sample has this id.
        """
        if sample not in self._places:
            raise DataError(explain("the id of a sample in the data set", "sample", sample))
        return self._places[sample]

    def only(self, name: str) -> "Peers":
        """Return the view of one input.

        Raises:
            DataError: the data set has no such input.
        """
        if name not in self._inputs:
            raise DataError(explain(f"an input, one of {', '.join(self._inputs)}", "name", name))
        return Peers(self._inputs, self.ids, self._places, only=name, labels=self._labels)
