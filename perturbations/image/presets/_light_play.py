"""Light that plays over a frame: rays from points, and sunlight through moving water."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw
from perturbations.image.presets._waves import Shape, grid

Field = NDArray[np.float64]


class Star(NamedTuple):
    """A point with rays around it."""

    distance: Field
    """Of every pixel to the point, in pixels."""
    reach: Field
    """Length of the ray in its direction, as a share of the mean length."""
    strength: Field
    """1 in the middle of a ray, 3/4 between two."""


def star(
    shape: Shape, draw: Draw, *, stream: str, low: float, high: float, shortest: float = -math.inf
) -> Star:
    """Draw a star of 50 to 199 rays whose lengths spread by a quarter; its point lies within shares of the frame.

    No ray is shorter than the share `shortest` of the mean length.
    """
    y, x = grid(shape)
    where = low + (high - low) * draw.uniform(2, stream=f"{stream} centre")
    dy, dx = y - where[0] * shape[0], x - where[1] * shape[1]
    rays = 50 + int(150 * draw.uniform(stream=f"{stream} rays"))
    spread = 1 + 0.25 * draw.normal(200, stream=f"{stream} lengths")[:rays]
    lengths = np.maximum(spread, shortest)
    turn = (np.arctan2(dx, dy) + math.pi) / (2 * math.pi) * rays
    ray = np.floor(turn).astype(np.int64)
    part = turn - ray
    here, beyond = lengths[ray % rays], lengths[(ray + 1) % rays]
    return Star(np.hypot(dy, dx), here + part * (beyond - here), 1 - (part - 0.5) ** 2)


def caustics(shape: Shape, draw: Draw) -> Field:
    """Return the bright net that waves throw on the ground under water, in [0, 1], slightly blurred."""
    from scipy.ndimage import gaussian_filter

    time = 0.5 + 1.5 * float(draw.uniform(stream="time"))
    size = min(shape[:2]) * (0.75 + 0.5 * float(draw.uniform(stream="size")))
    y, x = (axis / size % 1 * (2 * math.pi) - 250 + np.zeros(shape[:2]) for axis in grid(shape))
    bent_y, bent_x = y, x
    light = np.ones(shape[:2])
    for wave in range(5):
        t = time * (1 - 3.5 / (wave + 1))
        bent_y, bent_x = (
            y + np.cos(t - bent_y) + np.sin(t + bent_x),
            x + np.sin(t - bent_x) + np.cos(t + bent_y),
        )
        with np.errstate(divide="ignore"):
            light += 200 / np.hypot(y / np.sin(bent_y + t), x / np.cos(bent_x + t))
    net = np.abs(1.17 - (light / 5) ** 1.4) ** 8
    return np.asarray(gaussian_filter(np.clip(net, 0, 1), 1))


def slopes(field: Field) -> tuple[Field, Field]:
    """Return the difference of the two neighbours of every pixel, down and right; beyond the frame is 0."""
    padded = np.pad(field, 1)
    return padded[2:, 1:-1] - padded[:-2, 1:-1], padded[1:-1, 2:] - padded[1:-1, :-2]


def refraction(down: Field, right: Field, ratio: float) -> Field:
    """Return how far light is bent by a surface of these slopes, as a share of the slopes' own direction vector.

    A ray that falls straight down meets the surface at the angle a of its normal and goes on at b, sin b = sin a / ratio;
    it moves by sin(a - b) along the slope. Below a slope of about 0.045 the ray is left alone.
    """
    steepness = np.hypot(down, right)
    angle = np.arctan(steepness)
    bent = np.arcsin(np.sin(angle) / ratio)
    steep = np.cos(angle) < 1 - 1e-3
    return np.where(steep, np.sin(angle - bent) / np.where(steep, steepness, 1), 0.0)
