"""What noise between inputs knows of clean data: means and levels of every input, and what its own modality fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._containers import is_pandas, to_numpy
from perturbations._modality import modalities, modality
from perturbations.crossmodal._levels import Levels, levels, levels_of
from perturbations.errors import PerturbationError
from perturbations.tabular._fit import fit as fit_table
from perturbations.tabular._reference import TableReference

_CHANNEL_AXIS = {"image": -1, "video": -1, "audio": 0, "timeseries": -1, "pointcloud": -1}
_PLAIN_AXES = {"image": 2, "video": 3, "audio": 1, "timeseries": 1, "pointcloud": 1}
"""Axes of a value that has no channel axis."""


@dataclass(frozen=True, slots=True)
class InputMean:
    """The mean of one input over the clean data, in its own units."""

    modality: str
    channels: tuple[float, ...] = ()
    """Mean of every channel over samples and places; one number when the samples' channels differ."""
    table: TableReference | None = None
    """The columns' statistics, for a table row."""

    def like(self, content: NDArray[Any]) -> NDArray[Any]:
        """Return an array like `content` that holds the mean of its channel everywhere; whole numbers rounded."""
        split = _channels(content, self.modality)
        level = np.array(self.channels)
        if len(level) != len(split):
            level = np.full(len(split), level.mean())
        out = np.empty(split.shape)
        out[...] = level.reshape(-1, *[1] * (split.ndim - 1))
        whole = np.rint(out) if content.dtype.kind in "biu" else out
        return _join(whole, content, self.modality).astype(content.dtype)


@dataclass(frozen=True, slots=True)
class CrossReference:
    """What is known of each input's clean content, by name."""

    inputs: Mapping[str, InputMean]
    """Means, of the inputs that have one."""
    levels: Mapping[str, Levels] = field(default_factory=dict)
    """How bright, loud, long or large contents are; of a table's columns as input.column."""
    own: Mapping[str, Any] = field(default_factory=dict)
    """What the input's own modality fits, for noises of that modality."""

    def to_json(self) -> dict[str, Any]:
        """Return plain data that `from_json` reads back to an equal reference."""
        return {
            "inputs": {
                name: {
                    "modality": mean.modality,
                    "channels": list(mean.channels),
                    "table": None if mean.table is None else mean.table.to_json(),
                }
                for name, mean in self.inputs.items()
            },
            "levels": {name: each.to_json() for name, each in self.levels.items()},
            "own": {name: [kind, each.to_json()] for name, (kind, each) in self.own.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "CrossReference":
        """Read what `to_json` returned."""
        return cls(
            {
                name: InputMean(
                    each["modality"],
                    tuple(each["channels"]),
                    TableReference.from_json(each["table"]) if each["table"] else None,
                )
                for name, each in data["inputs"].items()
            },
            {name: Levels.from_json(each) for name, each in data["levels"].items()},
            {name: (kind, _read_own(kind, each)) for name, (kind, each) in data["own"].items()},
        )

    def of_input(self, name: str) -> Any:
        """Return what the input's own modality has fitted; None where it fits nothing."""
        mean = self.inputs.get(name)
        if mean is not None and mean.table is not None:
            return mean.table
        return self.own[name][1] if name in self.own else None


def fit(values: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]) -> CrossReference:
    """Average every input over clean samples; text and inputs that are always missing have no mean."""
    names = list(values[0]) if len(values) else []
    means: dict[str, InputMean | None] = {}
    known: dict[str, Levels] = {}
    own: dict[str, tuple[str, Any] | None] = {}
    for name in names:
        contents = [value.get(name) for value in values]
        told = facts.get(name) or {}
        means[name] = _mean(contents, told)
        known |= _levels(name, contents, str(told.get("modality", "")))
        own[name] = _own(contents, told)
    return CrossReference(
        {name: mean for name, mean in means.items() if mean is not None},
        known,
        {name: each for name, each in own.items() if each is not None},
    )


def _levels(name: str, contents: Sequence[Any], kind: str) -> dict[str, Levels]:
    rows = [levels(content, kind) for content in contents]
    found = {}
    for part in dict.fromkeys(part for row in rows for part in row):
        made = levels_of([row.get(part) for row in rows])
        if made is not None:
            found[f"{name}{part}"] = made
    return found


def _own(contents: Sequence[Any], facts: Mapping[str, Any]) -> tuple[str, Any] | None:
    """Fit what the input's own modality knows of clean values; contents that it refuses are not of that modality."""
    kind = str(facts.get("modality", ""))
    present = [content for content in contents if content is not None]
    if not present or kind not in modalities() or kind == "tabular":
        return None
    fit_own = modality(kind).fit
    try:
        found = fit_own(present, facts) if fit_own else None
    except PerturbationError:
        return None
    return None if found is None else (kind, found)


def _read_own(kind: str, data: Mapping[str, Any]) -> Any:
    read = modality(kind).read_reference
    return read(data) if read else None


def _mean(contents: Sequence[Any], facts: Mapping[str, Any]) -> InputMean | None:
    modality = str(facts.get("modality", ""))
    present = [content for content in contents if content is not None]
    if not present or modality == "text" or isinstance(present[0], str):
        return None
    if modality == "tabular":
        return InputMean(modality, table=fit_table(present, facts))
    arrays = [array for array in map(_numbers, present) if array is not None]
    split = len({len(_channels(array, modality)) for array in arrays}) == 1
    sums = [_sums(_channels(array, modality) if split else array[None]) for array in arrays]
    if not sums:
        return None
    total, count = np.sum(sums, axis=0)
    return InputMean(modality, tuple((total / np.maximum(count, 1)).tolist()))


def _numbers(content: Any) -> NDArray[Any] | None:
    """Return the content as an array, when it is one with numbers in it."""
    frame = is_pandas(content)
    array = content.to_numpy(dtype="float64", na_value=np.nan) if frame else to_numpy(content)[0]
    numeric = isinstance(array, np.ndarray) and array.dtype.kind in "biuf" and array.size > 0
    return array if numeric else None


def _sums(channels: NDArray[Any]) -> NDArray[np.float64]:
    """Return the sum and the number of the finite elements of every channel, shape (2, channels)."""
    flat = channels.reshape(len(channels), -1).astype(np.float64)
    finite = np.isfinite(flat)
    return np.array([np.where(finite, flat, 0.0).sum(axis=1), finite.sum(axis=1)])


def _channels(content: NDArray[Any], modality: str) -> NDArray[Any]:
    """Return the array with its channels first; one channel when it has no axis for them."""
    if modality in _PLAIN_AXES and content.ndim == _PLAIN_AXES[modality] + 1:
        return np.moveaxis(content, _CHANNEL_AXIS[modality], 0)
    return content[None]


def _join(split: NDArray[Any], content: NDArray[Any], modality: str) -> NDArray[Any]:
    if split.ndim == content.ndim:
        return np.ascontiguousarray(np.moveaxis(split, 0, _CHANNEL_AXIS[modality]))
    first: NDArray[Any] = split[0]
    return first
