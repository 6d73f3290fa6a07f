"""Some samples of a data set, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Batch:
    """Some samples of a data set, side by side; row k of every field belongs to `ids[k]`."""

    ids: tuple[str, ...]
    """Stable names of the samples, from the data set."""

    inputs: Mapping[str, Any]
    """Input name to n values: an array, a list or a data frame."""

    targets: Any = None
    """n targets (an array or a list), or None for unlabelled data."""

    groups: Any = None
    """n group labels, or None."""

    slices: Mapping[str, Any] = field(default_factory=dict)
    """Slice name to n labels."""

    def __len__(self) -> int:
        return len(self.ids)
