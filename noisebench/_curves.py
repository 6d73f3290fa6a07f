"""The curves of an audit by the name of their sweep."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from noisebench.curve import Curve

if TYPE_CHECKING:
    from noisebench._audit import Audit


class Curves(Mapping[str, Curve]):
    """Curves by sweep, each made when first asked for."""

    def __init__(self, audit: "Audit", names: Sequence[str]) -> None:
        self._audit, self._names = audit, tuple(names)

    def __getitem__(self, name: str) -> Curve:
        if name not in self._names:
            raise KeyError(name)
        return self._audit.curve(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
