"""Point-spread functions, and the sums that apply them.

Why: a disk is even inside, so a row of it is the difference of two running sums, whatever its length; a streak is one
pixel wide, so it is a plain sum of shifted rows. Both are exact on 8-bit images, which are rounded once, at the end.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations.image.optics._plane import Floats, Image, mirror, restore

Shifts = NDArray[np.int64]
Border = Callable[[int, int], Shifts]

_LARGEST_IN_LEVELS = 32
"""Wider kernels have weights too small for 23 bits."""


class Taps(NamedTuple):
    """A point-spread function as a list of shifts with weights that sum to 1."""

    down: Shifts
    right: Shifts
    weight: Floats


class Spans(NamedTuple):
    """A point-spread function that is symmetric up-down and left-right, as nested spans of rows.

    Row `dy` has the spans `first[dy]` to `first[dy + 1]`; a span reaches `reach` pixels to either side.
    """

    first: Shifts
    reach: Shifts
    weight: Floats
    levels: NDArray[np.uint32]
    """The weights in units of 2**-23."""


def line(length: float, angle: float) -> Taps:
    """Sample a line through the origin once a pixel along the axis that it is closer to; the ends first.

    A tap's weight is how much of its pixel's step along that axis the line covers, so that the streak grows smoothly.
    """
    down, right = math.sin(angle), math.cos(angle)
    steep = max(abs(down), abs(right))
    half = length * steep / 2
    last = max(math.ceil(half - 0.5), 0)
    inner = np.arange(1 - last, last)
    step = np.concatenate([[-last, last], inner]) if last else np.array([0])
    weight = np.ones(len(step))
    if last:
        weight[:2] = half - (last - 0.5)
    y, x = (np.rint(step * (part / steep)).astype(np.int64) for part in (down, right))
    return Taps(y, x, weight / weight.sum())


@lru_cache(maxsize=32)
def disk(radius: float) -> Floats:
    """Return the area of each pixel that a disk at the origin covers, as a kernel of sum 1."""
    reach = math.ceil(radius + 0.5)
    edge = np.arange(-reach, reach + 2, dtype=np.float64) - 0.5
    corner = _quadrant(edge[:, None], edge[None, :], radius)
    area = corner[1:, 1:] - corner[:-1, 1:] - corner[1:, :-1] + corner[:-1, :-1]
    area = np.where(area > 1e-12 * area.max(), area, 0.0)
    return np.asarray(area / area.sum())


def _quadrant(y: Floats, x: Floats, radius: float) -> Floats:
    """Return the signed area of the disk over the rectangle from the origin to (x, y)."""
    a, b = np.minimum(np.abs(x), radius), np.minimum(np.abs(y), radius)
    # Right of the crossing the circle, not the line y = b, bounds the area.
    crossing = np.minimum(np.sqrt(np.maximum(radius**2 - b**2, 0.0)), a)
    area = crossing * b + _under_circle(a, radius) - _under_circle(crossing, radius)
    return np.asarray(np.sign(x) * np.sign(y) * area)


def _under_circle(x: Floats, radius: float) -> Floats:
    height = np.sqrt(np.maximum(radius**2 - x**2, 0.0))
    return np.asarray((x * height + radius**2 * np.arcsin(np.clip(x / radius, -1, 1))) / 2)


def spans_of(kernel: Floats) -> Spans:
    """Take a kernel, symmetric both ways, of sum 1 or a little more, apart into spans."""
    middle = len(kernel) // 2
    whole = np.rint(kernel * 2.0**23).astype(np.int64)
    whole[middle, middle] += round(kernel.sum() * 2.0**23) - whole.sum()
    exact, levels = (_edges(each[middle:, middle:]) for each in (kernel, whole))
    # A jump below the rounding of the weights is none.
    there = (np.abs(levels) > 2) | (np.abs(exact) > 2.0**-22)
    first, reach, weight, units = [0], [], [], []
    for dy in range(middle + 1):
        at = np.flatnonzero(there[dy])
        blank = [0] * (len(at) % 2)
        reach += [*at, *blank]
        weight += [*exact[dy, at], *blank]
        units += [*levels[dy, at], *blank]
        first.append(len(reach))
    integers = np.array(units, dtype=np.int64).astype(np.uint32)
    return Spans(np.array(first), np.array(reach, np.int64), np.array(weight, float), integers)


def _edges(quadrant: NDArray[Any]) -> NDArray[Any]:
    """Return how much the weight drops to the right of each pixel."""
    return np.asarray(quadrant - np.pad(quadrant, ((0, 0), (0, 1)))[:, 1:])


def convolve_spans(image: Image, shape: Spans, border: Border = mirror) -> Image:
    """Convolve an image (H, W, C) by a symmetric kernel."""
    from perturbations.image.optics._kernels import spans

    height, width, channels = image.shape
    reach = len(shape.first) - 2
    rows, columns = border(height, reach), border(width, reach)
    flat = np.ascontiguousarray(image).reshape(height, -1)
    exact = image.dtype == np.uint8 and reach <= _LARGEST_IN_LEVELS
    kind = np.uint32 if exact else np.float64
    sums = np.empty((len(rows), (len(columns) + 1) * channels), dtype=kind)
    values = flat if exact else flat.astype(np.float64)
    spans.running_sums(values, rows, columns, channels, sums)
    if exact:
        out = np.empty(flat.shape, dtype=np.uint8)
        spans.spans_of_levels(sums, shape.first, shape.reach, shape.levels, channels, out)
        return out.reshape(image.shape)
    blurred = np.empty(flat.shape, dtype=np.float64)
    spans.spans_of_values(sums, shape.first, shape.reach, shape.weight, channels, blurred)
    return restore(blurred.reshape(image.shape), image.dtype)


def convolve_line(image: Image, taps: Taps) -> Image:
    """Average an image along a line, the ends of which come first in `taps`."""
    if image.dtype != np.uint8 or len(taps.weight) < 3:
        return convolve(image, taps)
    from perturbations.image.optics._kernels.taps import extend, streak

    height, width, channels = image.shape
    reach_y, reach_x = int(np.abs(taps.down).max()), int(np.abs(taps.right).max())
    rows, columns = mirror(height, reach_y), mirror(width, reach_x)
    # As 16 bits, since widening costs more than adding.
    extended = np.empty((len(rows), len(columns) * channels), dtype=np.uint16)
    flat = np.ascontiguousarray(image).reshape(height, -1)
    extend(flat, rows, columns, channels, extended)
    outer, inner = np.float32(taps.weight[0]), np.float32(taps.weight[2])
    places = (reach_y - taps.down) * extended.shape[1] + (reach_x - taps.right) * channels
    out = np.empty(flat.shape, dtype=np.uint8)
    streak(extended, places, inner, outer, out)
    return out.reshape(image.shape)


def _extended(image: Image, rows: Shifts, columns: Shifts, kind: type) -> Image:
    """Return the pixels `rows` and `columns`; between two margins, `columns` are all in order."""
    width = image.shape[1]
    reach = (len(columns) - width) // 2
    out: Image = np.empty((len(rows), len(columns), image.shape[2]), dtype=kind)
    out[:, reach : reach + width] = image[rows]
    for margin in (slice(0, reach), slice(reach + width, None)):
        out[:, margin] = image[rows[:, None], columns[margin]]
    return out


def convolve(image: Image, taps: Taps, border: Border = mirror) -> Image:
    """Convolve an image (H, W, C) by any kernel; 8-bit images are rounded once, at the end."""
    from perturbations.image.optics._kernels.taps import spread

    kind = np.float64 if image.dtype == np.float64 else np.float32
    height, width, channels = image.shape
    reach = int(max(np.abs(taps.down).max(), np.abs(taps.right).max()))
    rows, columns = border(height, reach), border(width, reach)
    padded = _extended(image, rows, columns, kind).reshape(len(rows), -1)
    blank = -len(taps.weight) % 4
    down = np.pad(reach - taps.down, (0, blank))
    right = np.pad((reach - taps.right) * channels, (0, blank))
    out = np.empty((height, width * channels), dtype=kind)
    spread(padded, down, right, np.pad(taps.weight, (0, blank)).astype(kind), out)
    return restore(out.reshape(image.shape), image.dtype)
