"""Patterns of waves and of random phases, over a frame of any size; lengths are shares of its shorter side."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw

Field = NDArray[np.float64]
Shape = tuple[int, ...]


def grid(shape: Shape) -> tuple[Field, Field]:
    """Return the row of every pixel as a column, and its column as a row."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    return rows.astype(np.float64), columns.astype(np.float64)


def rings(shape: Shape, draw: Draw) -> Field:
    """Return a sawtooth from -1/2 to 1/2 of the distance to a point; the rings bulge with the angle."""
    y, x = grid(shape)
    side = min(shape[:2])
    centre, petals, bulge, width = (
        draw.uniform(2, stream="centre") * (shape[0], shape[1]),
        10 * float(draw.uniform(stream="petals")),
        side / 10 * float(draw.uniform(stream="bulge")),
        side / 10 * (1 - float(draw.uniform(stream="width"))),
    )
    angle = np.arctan2(x - centre[1], y - centre[0])
    distance = np.hypot(x - centre[1], y - centre[0]) + bulge * np.sin(petals * angle)
    return np.asarray(distance / width % 1 - 0.5)


def plane_wave(shape: Shape, draw: Draw) -> Field:
    """Return one sine of a random frequency below one cycle every two pixels."""
    y, x = grid(shape)
    fast = math.pi * float(2 * draw.uniform(stream="frequency") - 1)
    slow = abs(fast) * float(2 * draw.uniform(stream="slant") - 1)
    down, right = (fast, slow) if draw.uniform(stream="axis") < 0.5 else (slow, fast)
    return np.sin(y * down + x * right + 2 * math.pi * float(draw.uniform(stream="phase")))


def plasma(shape: Shape, draw: Draw) -> Field:
    """Return three colours of sines whose argument was bent several times, (H, W, 3) in [-1, 1]."""
    y, x = (axis + np.zeros(shape[:2]) for axis in grid(shape))
    time = 6 * math.pi * float(draw.uniform(stream="time"))
    folds = 4 + int(3 * draw.uniform(stream="folds"))
    decay = 2.25 - (0.5 + 0.5 * float(draw.uniform(stream="sharpness")))
    size = min(shape[:2]) * (0.075 + 0.125 * float(draw.uniform(stream="scale")))
    x, y = x / size, y / size
    for fold in range(folds):
        shift = time / 1.15**fold
        across, down = (np.cos(y * 1.93**fold + shift), np.sin(x * 1.93**fold + shift))
        x, y = (
            x + (across - 0.3 * down) / decay**fold,
            y + (down + 0.3 * across) / decay**fold,
        )
    middle = (x + y + math.sin(time)) / 2
    return np.stack([np.sin(x - time), np.sin(middle), np.sin(y + time)], axis=-1)


def spectral(
    shape: Shape, draw: Draw, amplitude: Callable[[Field], Field], *, stream: str
) -> Field:
    """Return noise of unit spread with random phases and a given amplitude at each frequency, in cycles a frame."""
    down, right = (np.fft.fftfreq(size, 1 / size) for size in shape[:2])
    strength = amplitude(np.hypot(down[:, None], right[None, :]))
    turn = 2j * math.pi * draw.uniform(strength.shape, stream=stream)
    noise = np.fft.ifft2(strength * np.exp(turn)).real
    return np.asarray(noise / max(noise.std(), 1e-12))


def turbulence(shape: Shape, draw: Draw, cells: float, octaves: int) -> Field:
    """Sum the size of gradient noise over octaves, each twice as fine and half as strong."""
    y, x = (axis * (cells / min(shape[:2])) for axis in grid(shape))
    total = np.zeros(shape[:2])
    for octave in range(octaves):
        noise = _gradient_noise(y * 2**octave, x * 2**octave, draw, f"octave {octave}")
        total += np.abs(noise) / 2**octave
    return total


def _gradient_noise(y: Field, x: Field, draw: Draw, stream: str) -> Field:
    """Interpolate 1.5 times the slopes of random unit gradients on a lattice (Perlin 1985).

    As published, a gradient points to a random place of a square, so that diagonals are a little more frequent.
    """
    top, left = np.floor(y).astype(np.int64), np.floor(x).astype(np.int64)
    lattice = (int(top.max()) + 2, int(left.max()) + 2)
    aim = 2 * draw.uniform((2, *lattice), stream=stream) - 1
    steep, level = aim / np.maximum(np.hypot(*aim), 1e-12)
    down, right = y - top, x - left

    def corner(below: int, beside: int) -> Any:
        at = (top + below, left + beside)
        return steep[at] * (down - below) + level[at] * (right - beside)

    ease_down, ease_right = (part * part * (3 - 2 * part) for part in (down, right))
    upper = corner(0, 0) + ease_right * (corner(0, 1) - corner(0, 0))
    lower = corner(1, 0) + ease_right * (corner(1, 1) - corner(1, 0))
    return np.asarray(1.5 * (upper + ease_down * (lower - upper)))
