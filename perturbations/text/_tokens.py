"""Where the tokens of a text lie, and which of its units a noise touches."""

import re
from collections.abc import Iterator
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from perturbations._draw import Draw
from perturbations.text._graphemes import Graphemes

_TOKEN = re.compile(r"\S+")
_UPPER = 2.0**26
"""Shifts the upper half of a 53-bit number out, so that its lower half is left."""


def tokens(text: Graphemes) -> list[tuple[int, int]]:
    """Return the (start, stop) of every run of characters that are not white space, in clusters."""
    if isinstance(text.parts, str):
        return [match.span() for match in _TOKEN.finditer(text.parts)]
    return list(_runs(text))


def _runs(text: Graphemes) -> Iterator[tuple[int, int]]:
    position = 0
    for blank, run in groupby(text.parts, key=lambda part: part[0].isspace()):
        start, position = position, position + len(list(run))
        if not blank:
            yield start, position


def touched(draw: Draw, count: int, share: float) -> Iterator[tuple[int, float]]:
    """Yield which of `count` units a noise touches, and a number in [0, 1) that says how.

    A unit is touched where its own number is below the share, so that a larger share touches the same units
    and more; the number's lower 27 bits, which are independent of that, say how, at every share.
    """
    if draw.ahead is not None:
        made = draw.ahead.below(draw.place, count, share, "unit")
        if made is not None:
            return made
    return chosen(draw.uniform(count, stream="unit"), share)


def chosen(numbers: NDArray[np.float64], share: float) -> Iterator[tuple[int, float]]:
    """Yield the units whose number is below the share, each with its second number."""
    where = (numbers < share).nonzero()[0]
    how = numbers[where] * _UPPER % 1.0
    return zip(where.tolist(), how.tolist(), strict=True)
