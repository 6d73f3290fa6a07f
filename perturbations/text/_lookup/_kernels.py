"""Compiled look-up of words in a table, over many texts that lie in one buffer of code points."""

import math

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit, uniform64

Codes = NDArray[np.uint32]
Starts = NDArray[np.int64]
Keys = NDArray[np.uint64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int32]

PLAIN, CAPITAL, UPPER = 0, 1, 2
"""How a word is written: as it stands, with a capital, in capitals."""
_BASIS, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
_LOW_BITS = 2.0**26
_APOSTROPHE, _HYPHEN = 39, 45


@jit
def _is_upper(code: int) -> bool:
    return 65 <= code <= 90


@jit
def _is_word(code: int) -> bool:
    return 48 <= code <= 57 or 65 <= code <= 90 or 97 <= code <= 122


@jit
def _lower(code: int) -> int:
    return code + 32 if 65 <= code <= 90 else code


@jit
def _end_of_word(codes: Codes, start: int, stop: int) -> int:
    """Return where a word ends: letters and digits, with apostrophes and hyphens between them."""
    k = start
    while k < stop:
        code = codes[k]
        inner = (
            ((code == _APOSTROPHE) | (code == _HYPHEN)) and k + 1 < stop and _is_word(codes[k + 1])
        )
        if not _is_word(code) and not inner:
            break
        k += 1
    return k


@jit
def hash_word(codes: Codes, start: int, stop: int) -> np.uint64:
    """Hash a word in lower case (FNV-1a by code point)."""
    found = _BASIS
    for k in range(start, stop):
        found = (found ^ np.uint64(_lower(codes[k]))) * _PRIME
    return found


@jit
def fill(slots: Rows, words: Rows, letters: Codes) -> None:
    """Put the words into the slots, by open addressing; a slot holds the number of a word, or -1."""
    mask = np.uint64(slots.size - 1)
    for row in range(words.shape[0]):
        slot = hash_word(letters, words[row, 0], words[row, 1]) & mask
        while slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = row


@jit
def _find(codes: Codes, start: int, stop: int, slots: Rows, words: Rows, letters: Codes) -> int:
    mask = np.uint64(slots.size - 1)
    slot = hash_word(codes, start, stop) & mask
    while slots[slot] >= 0:
        row = slots[slot]
        length = words[row, 1] - words[row, 0]
        if length == stop - start:
            same = True
            for j in range(length):
                same = same and letters[words[row, 0] + j] == _lower(codes[start + j])
            if same:
                return row
        slot = (slot + np.uint64(1)) & mask
    return -1


@jit
def _case(codes: Codes, start: int, stop: int) -> int:
    upper, lower = 0, 0
    for k in range(start, stop):
        upper += _is_upper(codes[k])
        lower += 97 <= codes[k] <= 122
    if upper and not lower and stop - start > 1:
        return UPPER
    return CAPITAL if _is_upper(codes[start]) else PLAIN


@jit
def _pick(chance: float, word: Rows, upto: NDArray[np.float64]) -> int:
    """Return which option of a word the lower bits of a number choose, by weight."""
    low = chance * _LOW_BITS
    number = (low - math.floor(low)) * upto[word[3] - 1]
    option = word[2]
    while option < word[3] - 1 and upto[option] <= number:
        option += 1
    return option


@jit
def look_up(
    codes: Codes,
    starts: Starts,
    keys: Keys,
    share: float,
    wanted: Flags,
    slots: Rows,
    words: Rows,
    letters: Codes,
    options: Rows,
    upto: NDArray[np.float64],
    written: Codes,
    out: Codes,
    ends: Starts,
    changed: Flags,
) -> None:
    """Replace words that are in the table by one of their options, into `out`.

    Args:
        codes: all code points.
        starts: where each text begins.
        keys: a key a text.
        share: how many of the words in the table are replaced.
        wanted: which texts are worked on: those of ASCII.
        slots: numbers of words by hash.
        words: a row each: where its letters begin and end, and where its options do.
        letters: the letters of the words.
        options: a row for each option and case: where it begins and ends in `written`.
        upto: the sum of the weights of a word's options up to each of them.
        written: code points of the options.
        out: room for the result.
        ends: where each text then begins.
        changed: which texts are no longer the same.
    """
    at = 0
    for i in range(keys.size):
        ends[i] = at
        k, stop, unit = starts[i], starts[i + 1], 0
        while k < stop:
            if not wanted[i] or not _is_word(codes[k]):
                out[at] = codes[k]
                at += 1
                k += 1
                continue
            end = _end_of_word(codes, k, stop)
            row = _find(codes, k, end, slots, words, letters)
            chance = 2.0
            if row >= 0:
                chance = uniform64(keys[i], unit)
                unit += 1
            if chance < share:
                pick = 3 * _pick(chance, words[row], upto) + _case(codes, k, end)
                for j in range(options[pick, 0], options[pick, 1]):
                    out[at] = written[j]
                    at += 1
                changed[i] = True
            else:
                for j in range(k, end):
                    out[at] = codes[j]
                    at += 1
            k = end
    ends[keys.size] = at
