"""Noise in all cells of a table at once: a cell's random number is a function of its row's key and its column's place.

Why two vectors: number k of a row is mixed from the row's key plus k times a constant, so rows and columns play the same part.
A kernel therefore runs along memory, whether a table lies row by row (numpy) or column by column (pandas), and takes what
belongs to rows and what belongs to columns as the outer and the inner vector.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import GOLDEN, jit, mix64
from perturbations._kernels import CUBICS, normal_of
from perturbations.tabular._thresholds import BINS, Words

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

TOP = float(np.finfo(np.float64).max)
LOG_2 = math.log10(2.0)
_S11 = np.uint64(11)


class _Lay(NamedTuple):
    """A table along its memory."""

    cells: NDArray[Any]
    outer: Words
    inner: Words
    by_column: bool
    """Whether the outer vector is that of the columns."""

    def sides(self, rows: NDArray[Any], columns: NDArray[Any]) -> tuple[Any, Any]:
        """Return what belongs to the outer and to the inner vector."""
        return (columns, rows) if self.by_column else (rows, columns)


def _places(at: NDArray[np.intp]) -> Words:
    return (at.astype(np.uint64) + np.uint64(1)) * GOLDEN


def _lay(cells: NDArray[Any], keys: Words, at: NDArray[np.intp]) -> _Lay:
    if cells.flags.f_contiguous and not cells.flags.c_contiguous:
        return _Lay(cells.T, _places(at), keys, True)
    return _Lay(np.ascontiguousarray(cells), keys, _places(at), False)


@jit
def _below(outer: Words, inner: Words, outer_edges: Words, inner_edges: Words, out: Mask) -> None:
    for a in range(out.shape[0]):
        for b in range(out.shape[1]):
            edge = min(outer_edges[a], inner_edges[b])
            out[a, b] = mix64(outer[a] + inner[b]) >> _S11 < edge


def below(keys: Words, at: NDArray[np.intp], row_edges: Words, column_edges: Words) -> Mask:
    """Return which numbers of each row, at some places, are below both thresholds; shape (n, columns)."""
    out = np.empty((len(at), len(keys)), dtype=np.bool_)
    if out.size:
        _below(_places(at), keys, column_edges, row_edges, out)
    return out.T


@jit
def _uniform(outer: Words, inner: Words, out: Floats) -> None:
    for a in range(out.shape[0]):
        for b in range(out.shape[1]):
            out[a, b] = np.float64(mix64(outer[a] + inner[b]) >> _S11) * 2.0**-53


def uniform(keys: Words, at: NDArray[np.intp]) -> Floats:
    """Return the numbers in [0, 1) of each row at some places; shape (n, columns)."""
    out = np.empty((len(at), len(keys)))
    if out.size:
        _uniform(_places(at), keys, out)
    return out.T


@jit
def _lose(
    cells: Floats, outer: Words, inner: Words, outer_edges: Words, inner_edges: Words, out: Floats
) -> None:
    for a in range(cells.shape[0]):
        for b in range(cells.shape[1]):
            edge = min(outer_edges[a], inner_edges[b])
            hit = mix64(outer[a] + inner[b]) >> _S11 < edge
            out[a, b] = np.nan if hit else cells[a, b]


def lose(
    cells: Floats, keys: Words, at: NDArray[np.intp], row_edges: Words, column_edges: Words
) -> Floats:
    """Return numbers of which those are NaN whose random number is below both thresholds."""
    lay = _lay(cells, keys, at)
    out = np.empty(lay.cells.shape)
    sides = lay.sides(row_edges, column_edges)
    _lose(lay.cells, lay.outer, lay.inner, *sides, out)
    return out.T if lay.by_column else out


@jit
def _bin(value: float, edges: Floats, j: int) -> int:
    """Return how many of the edges of a column are below the value, in as many steps for every value."""
    low, half = 0, BINS >> 1
    while half > 0:
        low += half * (edges[j, low + half - 1] < value)
        half >>= 1
    return low


@jit
def _fill_bins(values: Floats, edges: Floats, out: NDArray[np.int64]) -> None:
    for i in range(values.size):
        out[i] = _bin(values[i], edges, 0)


def bins(values: Floats, edges: Floats) -> NDArray[np.int64]:
    """Return how many of the edges, fewer than BINS and ascending, are below each value."""
    padded = np.full((1, BINS - 1), np.inf)
    padded[0, : len(edges)] = edges
    out = np.empty(len(values), dtype=np.int64)
    _fill_bins(np.ascontiguousarray(values), padded, out)
    return out


@jit
def _lose_by_value(
    cells: Floats,
    outer: Words,
    inner: Words,
    by_column: bool,
    edges: Floats,
    chances: Words,
    most: Words,
    out: Floats,
) -> None:
    width = cells.shape[1]
    # Most cells are safe whatever they hold: those that are not are looked up together, without guesses gone wrong.
    places, numbers = np.empty(width, dtype=np.int64), np.empty(width, dtype=np.uint64)
    for a in range(cells.shape[0]):
        count = 0
        for b in range(width):
            number = mix64(outer[a] + inner[b]) >> _S11
            out[a, b] = cells[a, b]
            places[count] = b
            numbers[count] = number
            count += number < most[a if by_column else b]
        for c in range(count):
            b = places[c]
            j = a if by_column else b
            # One that is missing falls in the first bin, and stays missing.
            if numbers[c] < chances[j, _bin(cells[a, b], edges, j)]:
                out[a, b] = np.nan


def lose_by_value(
    cells: Floats, keys: Words, at: NDArray[np.intp], edges: Floats, chances: Words
) -> Floats:
    """Return numbers of which some are NaN, each with the chance of the bin of its column that it falls in.

    Args:
        cells: shape (n, columns).
        keys: of the rows.
        at: places of the columns.
        edges: upper ends of the bins, shape (columns, BINS - 1), infinite beyond the last.
        chances: threshold of each bin, shape (columns, BINS).
    """
    lay = _lay(cells, keys, at)
    out = np.empty(lay.cells.shape)
    most = chances.max(axis=1, initial=0)
    _lose_by_value(lay.cells, lay.outer, lay.inner, lay.by_column, edges, chances, most, out)
    return out.T if lay.by_column else out


@jit
def _add_normal(
    cells: Floats,
    outer: Words,
    inner: Words,
    outer_steps: Floats,
    inner_steps: Floats,
    relative: bool,
    cubics: Floats,
    out: Floats,
) -> None:
    for a in range(cells.shape[0]):
        for b in range(cells.shape[1]):
            step = outer_steps[a] * inner_steps[b]
            value = cells[a, b]
            if step == 0.0:
                out[a, b] = value
                continue
            z = normal_of(mix64(outer[a] + inner[b]), cubics)
            if not relative:
                out[a, b] = value + step * z
            elif not math.isfinite(value):
                out[a, b] = value
            else:
                # Beyond the largest float a number saturates: an overflow would be another fault.
                out[a, b] = min(max(value + step * z * value, -TOP), TOP)


def add_normal(
    cells: Floats, keys: Words, at: NDArray[np.intp], steps: Floats, *, relative: bool = False
) -> Floats:
    """Return numbers with a standard normal number times the column's step added, or times the value too."""
    lay = _lay(cells, keys, at)
    out = np.empty(lay.cells.shape)
    sides = lay.sides(np.ones(len(keys)), np.asarray(steps, dtype=np.float64))
    _add_normal(lay.cells, lay.outer, lay.inner, *sides, relative, CUBICS, out)
    return out.T if lay.by_column else out


@jit
def _multiple(value: float, per: float, times: float, base: float) -> float:
    """Return the nearest multiple of `base` steps, of which `per` make one or one makes `times`; saturated."""
    whole = np.rint(value * per / times / base) * base
    return min(max(whole / per * times, -TOP), TOP)


@jit
def _round(cells: Floats, digits: int, powers: Floats, first: int, out: Floats) -> None:
    for a in range(cells.shape[0]):
        for b in range(cells.shape[1]):
            value = cells[a, b]
            out[a, b] = value
            size = abs(value)
            if not 0.0 < size < np.inf:
                continue
            # The power of two tells that of ten but for one.
            place = math.floor(math.frexp(size)[1] * LOG_2) - first
            place = min(max(place, 0), powers.size - 1)
            while place + 1 < powers.size and powers[place + 1] <= size:
                place += 1
            while place > 0 and powers[place] > size:
                place -= 1
            decade = place + first - digits + 1
            # The step of a number below the smallest that has one would vanish.
            if decade < -300:
                continue
            step = powers[decade - first]
            if step < 1.0:
                out[a, b] = _multiple(value, powers[-decade - first], 1.0, 1.0)
            else:
                out[a, b] = _multiple(value, 1.0, step, 1.0)


def round_significant(cells: Floats, digits: int, powers: Floats, first: int) -> Floats:
    """Return numbers rounded to significant digits; `powers` are those of ten from `first` on."""
    lay = _lay(cells, np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.intp))
    out = np.empty(lay.cells.shape)
    _round(lay.cells, digits, powers, first, out)
    return out.T if lay.by_column else out


@jit
def _heap(
    cells: Floats,
    hit: Mask,
    by_column: bool,
    per: Floats,
    times: Floats,
    base: float,
    out: Floats,
) -> None:
    for a in range(cells.shape[0]):
        for b in range(cells.shape[1]):
            value = cells[a, b]
            out[a, b] = value
            if hit[a, b] and math.isfinite(value):
                j = a if by_column else b
                out[a, b] = _multiple(value, per[j], times[j], base)


def heap(cells: Floats, hit: Mask, per: Floats, times: Floats, base: float) -> Floats:
    """Return numbers of which those that are hit are the nearest multiples of `base` steps of their column."""
    lay = _lay(cells, np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.intp))
    out = np.empty(lay.cells.shape)
    _heap(lay.cells, hit.T if lay.by_column else hit, lay.by_column, per, times, base, out)
    return out.T if lay.by_column else out


@jit
def _fill_edits(letters: NDArray[np.int64], lengths: NDArray[np.int64], out: Floats) -> None:
    row = np.empty(letters.shape[1] + 1, dtype=np.int64)
    for first in range(len(lengths)):
        for second in range(first):
            for k in range(lengths[second] + 1):
                row[k] = k
            for i in range(lengths[first]):
                diagonal, row[0] = row[0], i + 1
                for k in range(lengths[second]):
                    above = row[k + 1]
                    change = diagonal + (letters[first, i] != letters[second, k])
                    row[k + 1] = min(change, above + 1, row[k] + 1)
                    diagonal = above
            out[first, second] = out[second, first] = row[lengths[second]]


def edit_distances(letters: NDArray[np.int64], lengths: NDArray[np.int64]) -> Floats:
    """Return the Levenshtein distances between words, given as code points row by row; shape (words, words)."""
    out = np.zeros((len(lengths), len(lengths)))
    _fill_edits(letters, lengths, out)
    return out
