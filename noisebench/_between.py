"""Where the values of inputs went under a noise between them, for the targets that move with one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from perturbations import Noisy
from perturbations._moved import Moved, Mover


@dataclass(frozen=True, slots=True)
class Still:
    """The mapping of a value that nothing moved."""

    def move(self, kind: str, target: Any) -> Moved:  # noqa: ARG002 - whatever kind it is
        """Return the target as it is."""
        return Moved(target, 0, 0, 0)

    def then(self, after: Any) -> Any:
        """Return the other mapping."""
        return after


def followed(before: Any, after: Any) -> Any:
    """Return one mapping followed by another."""
    return before if isinstance(after, Still) else before.then(after)


def moves_of(
    noisy: Sequence[Noisy], inputs: Sequence[str], moves: Mapping[str, Any]
) -> dict[str, list[Mover]]:
    """Return the mapping of every row, for the inputs in `moves` that the noise moved in some row.

    A noise between inputs maps the last one, or says by name which.
    """
    rows = [
        each.mapping if isinstance(each.mapping, Mapping) else {inputs[-1]: each.mapping}
        for each in noisy
    ]
    found = {}
    for name in moves:
        mappings = [row.get(name) for row in rows]
        if any(isinstance(each, Mover) for each in mappings):
            found[name] = [each if isinstance(each, Mover) else Still() for each in mappings]
    return found
