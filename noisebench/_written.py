"""How noises that act together and one after the other are written: a text that reads as it acts.

Noises on inputs that have nothing to do with each other are joined by +, each input with its own chain in brackets:
(image/contrast > image/gaussian-noise) + timeseries/spikes. A step that acts on inputs which several noises were in follows
brackets around them: (a:image/fog + b:audio/hum) > a,b:crossmodal/mispairing.

Why: written step by step, a noise that follows in one input would seem to follow in all.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Placed(NamedTuple):
    """A noise in its place."""

    position: int
    """In the chain; of noises at one position, none share an input."""
    inputs: tuple[str, ...]
    text: str


def in_order(parts: Iterable[Placed]) -> list[int]:
    """Return the places of parts in one order for all that act alike: by position, then by what was named first."""
    known = list(parts)
    first = {i: min(group) for group in _groups(known) for i in group}
    return sorted(range(len(known)), key=lambda i: (known[i].position, first[i], i))


def written(parts: Sequence[Placed]) -> str:
    """Return the text of parts that are in order."""
    if len(parts) == 1:
        return parts[0].text
    groups = [[parts[i] for i in group] for group in _groups(parts)]
    if len(groups) > 1 and all(map(_from_the_start, groups)):
        return " + ".join(map(_bracketed, groups))
    last = max(part.position for part in parts)
    before = [part for part in parts if part.position < last]
    after = [part for part in parts if part.position == last]
    return f"{_before(before)} > {_bracketed(after)}"


def _before(parts: Sequence[Placed]) -> str:
    """Write what comes before a step: a chain goes on, joint noise is in brackets."""
    groups = _groups(parts)
    joint = len(groups) > 1 and all(_from_the_start([parts[i] for i in g]) for g in groups)
    return f"({written(parts)})" if joint else written(parts)


def _bracketed(parts: Sequence[Placed]) -> str:
    """Write parts as one member of joint noise, or as one step."""
    if len({part.position for part in parts}) == 1:
        text = " + ".join(part.text for part in parts)
    else:
        text = written(parts)
    return text if len(parts) == 1 else f"({text})"


def _from_the_start(parts: Sequence[Placed]) -> bool:
    """Tell whether parts are at the positions from 0 on, with none left out."""
    positions = {part.position for part in parts}
    return positions == set(range(len(positions)))


def _groups(parts: Sequence[Placed]) -> list[list[int]]:
    """Return the places of parts that share inputs, directly or through others; what is named first comes first."""
    groups: list[tuple[set[str], list[int]]] = []
    for i, part in enumerate(parts):
        touched = set(part.inputs)
        joined = [group for group in groups if group[0] & touched]
        groups = [group for group in groups if group not in joined]
        inputs = touched.union(*(group[0] for group in joined))
        groups.append((inputs, sorted([i, *(place for group in joined for place in group[1])])))
    return sorted(places for _, places in groups)
