"""Compiled loops over many texts that lie in one buffer of code points.

Number k of a text is `uniform64(key, k)`, as in a draw: these loops give the same noise as the plain functions.
"""

import math

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit, uniform64

Codes = NDArray[np.uint32]
Starts = NDArray[np.int64]
Keys = NDArray[np.uint64]
Flags = NDArray[np.bool_]

JOINS, BLANK, BREAKS = np.uint8(1), np.uint8(2), np.uint8(4)
"""What a code point may be: part of a longer cluster, white space, the end of a line."""
_LOW_BITS = 2.0**26
_SHORTEST = 4
"""Characters of the shortest word that has two between its first and its last."""


@jit
def _low(number: float) -> float:
    """Return the lower bits of a number in [0, 1) as a number in [0, 1)."""
    shifted = number * _LOW_BITS
    return shifted - math.floor(shifted)


@jit
def find_plain(codes: Codes, starts: Starts, kinds: NDArray[np.uint8], plain: Flags) -> None:
    """Flag the texts in which every cluster is one code point."""
    for i in range(plain.size):
        flag = True
        for k in range(starts[i], starts[i + 1]):
            code = codes[k]
            if kinds[code] & JOINS or (code == 10 and k > starts[i] and codes[k - 1] == 13):
                flag = False
                break
        plain[i] = flag


@jit
def substitute(
    codes: Codes,
    starts: Starts,
    keys: Keys,
    share: float,
    wanted: Flags,
    first: NDArray[np.int32],
    number: NDArray[np.int32],
    options: Codes,
    changed: Flags,
) -> None:
    """Replace characters that have options, in place."""
    for i in range(keys.size):
        if not wanted[i]:
            continue
        for k in range(starts[i + 1] - starts[i]):
            chance = uniform64(keys[i], k)
            if chance >= share:
                continue
            code = codes[starts[i] + k]
            if code < number.size and number[code] > 0:
                pick = int(_low(chance) * number[code])
                codes[starts[i] + k] = options[first[code] + pick]
                changed[i] = True


@jit
def drop(
    codes: Codes,
    starts: Starts,
    keys: Keys,
    share: float,
    wanted: Flags,
    kinds: NDArray[np.uint8],
    ends: Starts,
    changed: Flags,
) -> None:
    """Leave characters out, in place; `ends` says where each text then begins."""
    at = 0
    for i in range(keys.size):
        ends[i] = at
        for k in range(starts[i], starts[i + 1]):
            code = codes[k]
            if wanted[i] and uniform64(keys[i], k - starts[i]) < share and not kinds[code] & BREAKS:
                changed[i] = True
                continue
            codes[at] = code
            at += 1
    ends[keys.size] = at


@jit
def swap(
    codes: Codes,
    starts: Starts,
    keys: Keys,
    share: float,
    wanted: Flags,
    kinds: NDArray[np.uint8],
    changed: Flags,
) -> None:
    """Exchange two neighbours inside words of four characters or more, in place."""
    for i in range(keys.size):
        if not wanted[i]:
            continue
        words, start, stop = 0, starts[i], starts[i + 1]
        for k in range(starts[i], stop + 1):
            if k < stop and not kinds[codes[k]] & BLANK:
                continue
            if k - start >= _SHORTEST:
                chance = uniform64(keys[i], words)
                words += 1
                if chance < share:
                    left = start + 1 + int(_low(chance) * (k - start - 3))
                    one, two = codes[left], codes[left + 1]
                    if one != two:
                        codes[left], codes[left + 1] = two, one
                        changed[i] = True
            start = k + 1
