"""What making noise gives back besides the noisy value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Noisy:
    """A noisy value, how places in the clean one map to it, and what was really done."""

    value: Any
    mapping: Any = None
    """Alignment spans, an index map or geometry; None when places do not move."""
    report: Mapping[str, Any] = field(default_factory=dict)
    """Realised numbers, such as the share of cells that changed."""


class Peers(Protocol):
    """The other clean samples of a data set, by id.

    Those that hold all values in one container may also have `take(places)`, which returns some of them in one like it.
    """

    @property
    def ids(self) -> Sequence[str]:
        """Ids of all samples, in the data set's order."""

    def __len__(self) -> int: ...

    def __getitem__(self, sample: str) -> Any:
        """Return the clean value of a sample."""


@runtime_checkable
class Labelled(Protocol):
    """Peers that also know labels of the samples, as somebody has declared them: classes, groups."""

    def labels(self, name: str) -> Sequence[Any] | None:
        """Return one label a sample, in the order of the ids; None where none of that name are declared."""
