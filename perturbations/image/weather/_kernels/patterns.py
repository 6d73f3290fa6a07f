"""Compiled loops that grow patterns: plasma clouds, smeared flakes, streaks, frost crystals.

Why: numbers come from counters (key, k), so that the pattern is the same at every severity, in any batch and thread. The
patterns are single-precision planes.
"""

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import bits64, jit, uniform64

Plane = NDArray[np.float32]

_ONE = np.float32(1)
_ZERO = np.float32(0)
_QUARTER = np.float32(0.25)
_LOW_21 = np.uint64((1 << 21) - 1)
_S21, _S42 = np.uint64(21), np.uint64(42)
_STEP_21 = np.float32(2.0**-20)


@jit
def _around_zero(word: np.uint64) -> np.float32:
    """Return the low 21 bits of a word as a number in [-1, 1)."""
    return np.float32(np.int64(word & _LOW_21)) * _STEP_21 - _ONE


@jit
def plasma(key: np.uint64, levels: int, decay: float) -> Plane:
    """Make a periodic cloud of 2**levels pixels a side by midpoint displacement (diamond-square), scaled to [0, 1].

    Every midpoint is the mean of its four neighbours plus w**2 times a number uniform in [-1, 1); the wibble w is divided by
    `decay` at each level. One 64-bit word gives the three new points of a cell.
    """
    cloud = np.zeros((1, 1), dtype=np.float32)
    size, word, wibble = 1, 0, 1.0
    for _ in range(levels):
        spread = np.float32(wibble * wibble)
        finer = np.empty((2 * size, 2 * size), dtype=np.float32)
        across = np.empty((size, size), dtype=np.float32)
        down = np.empty((size, size), dtype=np.float32)
        centre = np.empty((size, size), dtype=np.float32)
        for i in range(size):
            here, below = cloud[i], cloud[(i + 1) % size]
            for j in range(size):
                bits = bits64(key, word + i * size + j)
                across[i, j] = _around_zero(bits) * spread
                down[i, j] = _around_zero(bits >> _S21) * spread
                centre[i, j] = _around_zero(bits >> _S42) * spread
            for j in range(size - 1):
                centre[i, j] += (here[j] + here[j + 1] + (below[j] + below[j + 1])) * _QUARTER
            last = here[size - 1] + here[0] + (below[size - 1] + below[0])
            centre[i, size - 1] += last * _QUARTER
        for i in range(size):
            here, middle, above = cloud[i], centre[i], centre[i - 1]
            below = cloud[(i + 1) % size]
            even, odd = finer[2 * i], finer[2 * i + 1]
            for j in range(size - 1):
                sides = here[j] + here[j + 1] + (middle[j] + above[j])
                across[i, j] += sides * _QUARTER
            last = here[size - 1] + here[0] + (middle[size - 1] + above[size - 1])
            across[i, size - 1] += last * _QUARTER
            first = here[0] + below[0] + (middle[0] + middle[size - 1])
            down[i, 0] += first * _QUARTER
            for j in range(1, size):
                sides = here[j] + below[j] + (middle[j] + middle[j - 1])
                down[i, j] += sides * _QUARTER
            for j in range(size):
                even[2 * j] = here[j]
                even[2 * j + 1] = across[i, j]
                odd[2 * j] = down[i, j]
                odd[2 * j + 1] = middle[j]
        cloud = finer
        word += size * size
        size *= 2
        wibble /= decay
    low, high = cloud[0, 0], cloud[0, 0]
    for level in cloud.reshape(-1):
        low, high = min(low, level), max(high, level)
    return (cloud - low) * (_ONE / max(high - low, np.float32(1e-30)))


@jit
def smear(layer: Plane, down: NDArray[np.int64], right: NDArray[np.int64], weight: Plane) -> Plane:
    """Sum shifted copies of a layer in a fixed order; what lies beyond the edge repeats it.

    A pixel of the result is the sum of weight[t] x layer[y + down[t], x + right[t]].
    """
    height, width = layer.shape
    out = np.zeros((height, width), dtype=np.float32)
    for y in range(height):
        total = out[y]
        for t in range(weight.size):
            row = layer[min(max(y + down[t], 0), height - 1)]
            shift, part = right[t], weight[t]
            first, last = min(max(-shift, 0), width), max(min(width - shift, width), 0)
            for x in range(first):
                total[x] += part * row[0]
            moved = row[first + shift : last + shift] if last > first else row[:0]
            inside = total[first : first + moved.size]
            for x in range(moved.size):
                inside[x] += part * moved[x]
            for x in range(max(last, first), width):
                total[x] += part * row[width - 1]
    return out


@jit
def add_flakes(
    cells: Plane,
    down: NDArray[np.float64],
    right: NDArray[np.float64],
    mean: np.float32,
    scale: np.float32,
    threshold: np.float32,
    out: Plane,
) -> None:
    """Add what reaches the threshold of mean + scale x cells, at most 1, read bilinearly at rows `down`, columns `right`.

    Positions are in cells; the cells are periodic.
    """
    rows, columns = cells.shape
    first, part = np.empty(right.size, np.uint32), np.empty(right.size, np.float32)
    for x in range(right.size):
        whole = np.floor(right[x])
        first[x], part[x] = np.int64(whole) % columns, right[x] - whole
    blend = np.empty(columns + 1, np.float32)
    for y in range(down.size):
        whole = np.floor(down[y])
        share = np.float32(down[y] - whole)
        above, below = cells[np.int64(whole) % rows], cells[(np.int64(whole) + 1) % rows]
        for j in range(columns):
            blend[j] = mean + scale * (above[j] + (below[j] - above[j]) * share)
        blend[columns] = blend[0]
        total = out[y]
        for x in range(right.size):
            j = first[x]
            bright = blend[j] + (blend[j + np.uint32(1)] - blend[j]) * part[x]
            total[x] += min(max(bright, _ZERO), _ONE) * np.float32(bright >= threshold)


@jit
def streaks(
    key: np.uint64, count: int, length: float, slant: float, above: int, fallen: float, out: Plane
) -> None:
    """Draw `count` streaks of rain into `out` (H, W), each the larger of what is there and its own opacity.

    Streak i has a place, a length (0.5 to 1.5 times the mean) and an opacity of its own, in (0.4, 1]; it starts up to `above`
    pixels over the frame, runs down, `slant` pixels to the right for each pixel, and is continued at the other side.
    """
    height, width = out.shape
    tall, wide = np.float64(height + above), np.float64(width)
    for i in range(count):
        place, shape = bits64(key, 2 * i), bits64(key, 2 * i + 1)
        fall = np.float64(place >> np.uint64(32)) * 2.0**-32 * tall + fallen
        start = fall - np.floor(fall / tall) * tall
        side = np.float64(place & np.uint64(0xFFFFFFFF)) * 2.0**-32 * wide + fallen * slant
        own = 0.5 + np.float64(shape >> np.uint64(32)) * 2.0**-32
        opaque = np.float32(0.4 + 0.6 * np.float64(shape & np.uint64(0xFFFFFFFF)) * 2.0**-32)
        top = np.int64(np.floor(start)) - above
        pixels = int(length * own + 0.5)
        for t in range(max(1, pixels)):
            y = top + t
            if 0 <= y < height:
                at = side + slant * t
                at -= np.floor(at / wide) * wide
                x = min(np.int64(at), width - 1)
                part = np.float32(at - x)
                out[y, x] = max(out[y, x], opaque * (_ONE - part))
                x = x + 1 if x + 1 < width else 0
                out[y, x] = max(out[y, x], opaque * part)


@jit
def _needle(
    y: float, x: float, angle: float, length: float, bright: np.float32, out: Plane
) -> None:
    """Draw a straight thin line that fades to its tip; each pixel keeps the brightest."""
    height, width = out.shape
    down, right = np.sin(angle), np.cos(angle)
    fade = np.float32(0.5 / max(length, 1.0))
    for t in range(np.int64(length) + 1):
        row, column = np.int64(np.rint(y + t * down)), np.int64(np.rint(x + t * right))
        if 0 <= row < height and 0 <= column < width:
            level = bright * (_ONE - fade * np.float32(t))
            out[row, column] = max(out[row, column], level)


@jit
def crystals(key: np.uint64, count: int, size: float, out: Plane) -> None:
    """Grow fern-like ice crystals into `out` (H, W): a bent stem, branches at 60 degrees, barbs at 60 degrees on those.

    Four of five start on the frame and head inwards, the others anywhere; `size` is the length of the longest stem in pixels.
    """
    height, width = out.shape
    u = np.empty(6)
    sixty, branching = np.pi / 3, bits64(key, 6 * count)
    for i in range(count):
        for k in range(6):
            u[k] = uniform64(key, 6 * i + k)
        if i % 5 == 4:
            y, x, angle = u[0] * height, u[5] * width, 2 * np.pi * u[1]
        else:
            way = u[0] * 2 * (height + width)
            if way < width:
                y, x, angle = 0.0, way, np.pi / 2
            elif way < 2 * width:
                y, x, angle = height - 1.0, way - width, -np.pi / 2
            elif way < 2 * width + height:
                y, x, angle = way - 2 * width, 0.0, 0.0
            else:
                y, x, angle = way - 2 * width - height, width - 1.0, np.pi
            angle += 2.0 * (u[1] - 0.5)
        length = size * (0.12 + 0.88 * u[2] * u[2])
        bright, bend, reach = np.float32(0.55 + 0.45 * u[3]), 0.03 * (u[4] - 0.5), 0.25 + 0.2 * u[5]
        gap = 4 + np.int64(3 * u[4])
        for t in range(np.int64(length)):
            angle += bend
            y += np.sin(angle)
            x += np.cos(angle)
            _needle(y, x, angle, 0.0, bright, out)
            if t % gap:
                continue
            for side in (-sixty, sixty):
                # No two branches are of one length.
                own = uniform64(branching, 4096 * i + 2 * t + (side > 0))
                branch = reach * (length - t) * (0.35 + 0.9 * own)
                _needle(y, x, angle + side, branch, bright * np.float32(0.85), out)
                down, right = np.sin(angle + side), np.cos(angle + side)
                for s in range(2, np.int64(branch), 3):
                    barb, py, px = 0.3 * (branch - s), y + s * down, x + s * right
                    _needle(py, px, angle + side - sixty, barb, bright * np.float32(0.6), out)
                    _needle(py, px, angle + side + sixty, barb, bright * np.float32(0.6), out)
