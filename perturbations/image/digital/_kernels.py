"""Compiled loops over pixels and over coded bits.

Why: sums are integers, so that they are exact in any order; means are rounded once, to nearest, halves up.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]
Indices = NDArray[np.uint32]
Floats = NDArray[np.float64]

_HALF = 0.5 + 1e-9
"""Rounds halves up: the hair is more than the rounding of a product, less than half a step between means."""


@jit
def pool(
    images: Bytes, rows: Integers, home: Indices, share: Floats, shown: Indices, out: Bytes
) -> None:
    """Fill `out` (n, cells, W C) with the means of the cells of images (n, H, W C), widened to pixels.

    Row i of cells holds the rows of pixels from rows[i] to rows[i + 1]. A value of a row belongs to cell `home` and
    shows cell `shown`; `share` is one over the number of columns in a cell.
    """
    line = images.shape[2]
    sums = np.empty(line, dtype=np.int32)
    totals = np.empty(share.size, dtype=np.int64)
    means = np.empty(share.size, dtype=np.uint8)
    for each in range(out.shape[0] * out.shape[1]):
        image, i = each // out.shape[1], each % out.shape[1]
        sums[:] = 0
        for y in range(rows[i], rows[i + 1]):
            row = images[image, y]
            for k in range(line):
                sums[k] += np.int32(row[k])
        totals[:] = 0
        for k in range(line):
            totals[home[k]] += sums[k]
        part = 1.0 / (rows[i + 1] - rows[i])
        for k in range(share.size):
            means[k] = np.uint8(np.int32(totals[k] * (part * share[k]) + _HALF))
        target = out[image, i]
        for k in range(line):
            target[k] = means[shown[k]]


@jit
def mend(
    coded: Bytes,
    starts: Integers,
    units: Integers,
    blocks: Integers,
    codes: Bytes,
    zeros: Integers,
    out: Bytes,
) -> Any:
    """Read damaged entropy-coded data as a tolerant decoder does, and write what it saw as a sound scan.

    Segment s (between restart markers) is coded[starts[s]:starts[s + 1]] and holds units[s] units, each of the blocks
    whose pairs of Huffman tables are `blocks`. `codes[table, 0 or 1, prefix]` are length and symbol of the code that 16
    bits begin with, `zeros[table]` bits and length of the code of symbol 0 (the same mean again; the end of the block); table
    2 t is for the mean of a block, 2 t + 1 for its details. A block ends at an invalid code or
    after its 64th number; where a segment has no more bits, its blocks repeat the last mean. Returns the bytes written.
    """
    pen = np.zeros(3, dtype=np.int64)
    for s in range(len(units)):
        if s > 0:
            out[pen[2]], out[pen[2] + 1] = 0xFF, 0xD0 + (s - 1) % 8
            pen[2] += 2
        at, end = starts[s] * 8, starts[s + 1] * 8
        for _ in range(units[s]):
            for table in blocks:
                mean, details = 2 * table, 2 * table + 1
                at = _copy_mean(coded, at, end, codes[mean], zeros[mean], pen, out)
                at = _copy_details(coded, at, end, codes[details], zeros[details], pen, out)
        if pen[1]:
            _put((1 << (8 - pen[1])) - 1, 8 - pen[1], pen, out)
    return pen[2]


@jit
def _copy_mean(
    coded: Bytes, at: Any, end: Any, codes: Bytes, zero: Integers, pen: Integers, out: Bytes
) -> Any:
    prefix = _peek(coded, at, 16)
    length, category = np.int64(codes[0, prefix]), np.int64(codes[1, prefix])
    if length and at + length + category <= end:
        _put(_peek(coded, at, length + category), length + category, pen, out)
        return at + length + category
    _put(zero[0], zero[1], pen, out)
    return min(at + 16, end) if length == 0 else end


@jit
def _copy_details(
    coded: Bytes, at: Any, end: Any, codes: Bytes, zero: Integers, pen: Integers, out: Bytes
) -> Any:
    place: Any = 1
    while place < 64:
        prefix = _peek(coded, at, 16)
        length, symbol = np.int64(codes[0, prefix]), np.int64(codes[1, prefix])
        run, category = symbol >> 4, symbol & 15
        if length == 0 or at + length + category > end:
            _put(zero[0], zero[1], pen, out)
            return min(at + 16, end) if length == 0 else end
        place += run + 1
        if symbol == 0 or place > 64 or (category == 0 and (run < 15 or place > 63)):
            _put(zero[0], zero[1], pen, out)
            return at + length + category
        _put(_peek(coded, at, length + category), length + category, pen, out)
        at += length + category
    return at


@jit
def _peek(coded: Bytes, at: int, count: int) -> Any:
    """Return `count` <= 27 bits from bit `at`; after the last byte come zeros."""
    byte = at >> 3
    word = np.int64(0)
    for k in range(5):
        word = word << 8 | (np.int64(coded[byte + k]) if byte + k < coded.size else np.int64(0))
    return word >> (40 - (at & 7) - count) & ((1 << count) - 1)


@jit
def _put(bits: int, count: int, pen: Integers, out: Bytes) -> None:
    """Write `count` bits; `pen` holds the bits not yet written, their count, and the bytes written."""
    pen[0] = pen[0] << count | bits
    pen[1] += count
    while pen[1] >= 8:
        pen[1] -= 8
        byte = pen[0] >> pen[1] & 0xFF
        pen[0] &= (1 << pen[1]) - 1
        out[pen[2]] = byte
        pen[2] += 1
        if byte == 0xFF:
            out[pen[2]] = 0
            pen[2] += 1


@jit
def cut_colours(planes: Bytes, begins: Integers, order: Integers, out: Bytes) -> Any:
    """Write to `out` (C, pixels) the mean of the box of colours that each pixel falls in; returns the number of boxes.

    Boxes are cut one after another until `begins` is full: the one, and across the channel, with the largest sum of
    squared deviations, at its mean there. `order` lists the pixels; in the end it lists them box by box.
    """
    count = begins.size
    spare = np.empty(order.size, dtype=np.int64)
    ends = np.empty(count, dtype=np.int64)
    channel = np.zeros(count, dtype=np.int64)
    spread = np.zeros(count)
    begins[0], ends[0] = 0, order.size
    boxes, worst = 1, 0
    spread[0] = _spread(planes, order, 0, order.size, channel, 0)
    while boxes < count and spread[worst] > 0:
        begin, end = begins[worst], ends[worst]
        middle = _part(planes, channel[worst], order, begin, end, spare)
        ends[worst] = middle
        begins[boxes], ends[boxes] = middle, end
        spread[worst] = _spread(planes, order, begin, middle, channel, worst)
        spread[boxes] = _spread(planes, order, middle, end, channel, boxes)
        boxes += 1
        for box in range(boxes):
            if spread[box] > spread[worst]:
                worst = box
    for box in range(boxes):
        size = ends[box] - begins[box]
        for c in range(planes.shape[0]):
            total = size // 2
            for k in range(begins[box], ends[box]):
                total += np.int64(planes[c, order[k]])
            for k in range(begins[box], ends[box]):
                out[c, order[k]] = total // size
    return boxes


@jit
def _spread(
    planes: Bytes, order: Integers, begin: Any, end: Any, channel: Integers, box: Any
) -> Any:
    """Return the largest sum of squared deviations of a channel, and keep the channel."""
    largest = -1.0
    for c in range(planes.shape[0]):
        total, squares = np.int64(0), np.int64(0)
        for k in range(begin, end):
            value = np.int64(planes[c, order[k]])
            total += value
            squares += value * value
        spread = squares - total * (total / (end - begin))
        if spread > largest:
            largest = spread
            channel[box] = c
    return largest


@jit
def _part(planes: Bytes, c: Any, order: Integers, begin: Any, end: Any, spare: Integers) -> Any:
    """Put the pixels up to the mean of a channel before those above it, both in order; return where these begin."""
    total = np.int64(0)
    for k in range(begin, end):
        total += np.int64(planes[c, order[k]])
    low, high = begin, 0
    for k in range(begin, end):
        if np.int64(planes[c, order[k]]) * (end - begin) <= total:
            order[low] = order[k]
            low += 1
        else:
            spare[high] = order[k]
            high += 1
    for k in range(high):
        order[low + k] = spare[k]
    return low
