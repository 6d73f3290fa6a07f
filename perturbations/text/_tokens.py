"""Where the tokens of a text lie, and which of its units a noise touches."""

import re
from collections.abc import Iterator
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from perturbations._draw import Draw
from perturbations.text._graphemes import Graphemes

_TOKEN = re.compile(r"\S+")
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)


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


def coins(draw: Draw, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two numbers in [0, 1) for each unit of a text, 32 bits each: whether it is touched, and how.

    A unit is touched where the first number is below the share, so that a larger share touches the same
    units and more; the second number says how, at every share.
    """
    words = draw.bits(count, stream="unit")
    return (words >> _SHIFT) * 2.0**-32, (words & _LOW) * 2.0**-32
