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


@jit
def replace(
    codes: Codes,
    starts: Starts,
    keys: Keys,
    share: float,
    wanted: Flags,
    first: NDArray[np.int32],
    sources: NDArray[np.uint32],
    options: NDArray[np.int32],
    written: Codes,
    out: Codes,
    ends: Starts,
    changed: Flags,
) -> None:
    """Replace the sources that are found, the longest from the left, by one of their options, into `out`.

    Args:
        codes: all code points.
        starts: where each text begins.
        keys: a key a text.
        share: how many of the sources found are replaced.
        wanted: which texts are worked on.
        first: where the sources that begin with a code point begin in `sources`; the next one's begin ends them.
        sources: a row each: its length, its code points, and at last where its options begin and end.
        options: a row each: where it begins and ends in `written`.
        written: code points of the options.
        out: room for the result.
        ends: where each text then begins.
        changed: which texts are no longer the same.
    """
    longest = sources.shape[1] - 3
    at = 0
    for i in range(keys.size):
        ends[i] = at
        k, stop, unit = starts[i], starts[i + 1], 0
        while k < stop:
            code = codes[k]
            found = -1
            if wanted[i] and code < first.size - 1:
                for row in range(first[code], first[code + 1]):
                    length = sources[row, 0]
                    if k + length > stop:
                        continue
                    same = True
                    for j in range(1, length):
                        same = same and codes[k + j] == sources[row, 1 + j]
                    if same:
                        found = row
                        break
            if found < 0:
                out[at] = code
                at += 1
                k += 1
                continue
            length = sources[found, 0]
            chance = uniform64(keys[i], unit)
            unit += 1
            if chance < share:
                begin, end = sources[found, longest + 1], sources[found, longest + 2]
                pick = begin + int(_low(chance) * (end - begin))
                for j in range(options[pick, 0], options[pick, 1]):
                    out[at] = written[j]
                    at += 1
                changed[i] = True
            else:
                for j in range(length):
                    out[at] = codes[k + j]
                    at += 1
            k += length
    ends[keys.size] = at


@jit
def transpose(
    codes: Codes,
    starts: Starts,
    keys: Keys,
    turns: float,
    wanted: Flags,
    kinds: NDArray[np.uint8],
    changed: Flags,
) -> None:
    """Exchange neighbours, in place: each pair takes its turn in the order of its number, if no neighbour did.

    A pair waits only for those of smaller numbers beside it; so from every pair one goes right while numbers fall,
    and decides on the way back.
    """
    for i in range(keys.size):
        if not wanted[i]:
            continue
        start, pairs = starts[i], starts[i + 1] - starts[i] - 1
        before, taken_before = 2.0, False
        k = 0
        while k < pairs:
            last = k
            low = _turn(codes, start, kinds, keys[i], k, turns)
            while last + 1 < pairs:
                following = _turn(codes, start, kinds, keys[i], last + 1, turns)
                if following >= low:
                    break
                low, last = following, last + 1
            blocked = taken_before and before < _turn(codes, start, kinds, keys[i], k, turns)
            taken, end_taken = False, False
            for back in range(last, k - 1, -1):
                number = _turn(codes, start, kinds, keys[i], back, turns)
                taken = number < turns and not taken and not (back == k and blocked)
                if back == last:
                    end_taken = taken
                left, right = start + back, start + back + 1
                if taken and codes[left] != codes[right]:
                    codes[left], codes[right] = codes[right], codes[left]
                    changed[i] = True
            before, taken_before = low, end_taken
            k = last + 1


@jit
def _turn(
    codes: Codes, start: int, kinds: NDArray[np.uint8], key: np.uint64, pair: int, turns: float
) -> float:
    """Return a pair's number; 1 if it has no turn."""
    if (kinds[codes[start + pair]] | kinds[codes[start + pair + 1]]) & BREAKS:
        return 1.0
    number = uniform64(key, pair)
    return number if number < turns else 1.0


@jit
def double(
    codes: Codes,
    starts: Starts,
    keys: Keys,
    share: float,
    wanted: Flags,
    kinds: NDArray[np.uint8],
    out: Codes,
    ends: Starts,
    changed: Flags,
) -> None:
    """Write characters twice, into `out`; `ends` says where each text then begins."""
    at = 0
    for i in range(keys.size):
        ends[i] = at
        for k in range(starts[i], starts[i + 1]):
            code = codes[k]
            out[at] = code
            at += 1
            if wanted[i] and uniform64(keys[i], k - starts[i]) < share and not kinds[code] & BREAKS:
                out[at] = code
                at += 1
                changed[i] = True
    ends[keys.size] = at
