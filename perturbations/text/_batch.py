"""Noise in many texts at once: their random numbers are made in one call, and packed where a noise can."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from perturbations._ahead import Ahead
from perturbations._draw import Draw
from perturbations._noisy import Noisy

WORTH_COMPILING = 8192
"""Fewer characters than this go one by one, so that a few short texts never load numba."""
_PART = 1 << 16
"""Characters that are worked on at a time: what a processor keeps close."""

Make = Callable[[Any, Draw], Any]


def many(make: Make, values: Sequence[Any], draw: Draw, batched: bool) -> list[str]:  # noqa: FBT001
    """Return the noisy texts, each as it is alone.

    Args:
        make: the noise, of one text and its draw; if batched, of a list and the draw of all as well.
        values: texts.
        draw: the draw of all of them.
        batched: whether the noise takes lists.
    """
    texts = [str(value) for value in values]
    sizes = [len(text) for text in texts]
    if sum(sizes) < WORTH_COMPILING:
        return [_value(make(text, draw.row(i))) for i, text in enumerate(texts)]
    noisy: list[str] = []
    for start, stop in _parts(sizes):
        few, part = texts[start:stop], Draw(draw.keys[start:stop], draw.run)
        if batched:
            noisy += _value(make(few, part))
        else:
            noisy += one_by_one(make, few, part)
    return noisy


def one_by_one(make: Make, texts: Sequence[str], draw: Draw) -> list[str]:
    """Return the noisy texts, whose numbers are made together."""
    rows = Ahead(draw, list(map(len, texts))).rows()
    return [_value(make(text, row)) for text, row in zip(texts, rows, strict=True)]


def _value(noisy: Any) -> Any:
    return noisy.value if isinstance(noisy, Noisy) else noisy


def _parts(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield (start, stop) of texts that together have about as many characters as a part."""
    start, total = 0, 0
    for i, size in enumerate(sizes):
        total += size
        if total >= _PART:
            yield start, i + 1
            start, total = i + 1, 0
    if start < len(sizes):
        yield start, len(sizes)
