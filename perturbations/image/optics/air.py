"""Air between camera and scene that bends light: heat haze."""

import math

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations._extras import require
from perturbations.image.optics._plane import Floats, Image, Map, Places, gaussian, resample

_WAVES = 24
_NODES = 96
"""The field is computed on a grid of at most so many nodes a side."""
_LONGEST, _SHORTEST = 0.5, 1 / 16
"""Wavelengths, as shares of the longer side."""
_SPEED = 0.01
"""How far the wind carries the field in a frame, as a share of the longer side."""


@perturbation(native=True, coupling="transform", frames="moving", requires=("image",))
def turbulence(
    image: Image,
    draw: Draw,
    *,
    displacement: Dose = Ladder(0.5, 1, 1.5, 2.5, 4, unit="px (rms)", high=256.0),
    blur: Dose = Ladder(0.4, 0.6, 0.8, 1.0, 1.3, unit="px", high=64.0),
    time: float = 0.0,
) -> Noisy:
    """Hot air over a road or a long path through the atmosphere: the picture wobbles and softens.

    Every place is displaced by a smooth random field of rms `displacement` in each direction and then blurred by a
    gaussian of `blur` pixels. The field is a sum of 24 plane waves with lengths between 1/16 and 1/2 of the longer
    side, log-uniform, their heights as length^(5/6) (Kolmogorov's law for the tilt between two points). Over a video
    the wind carries the field by 1 % of the longer side a frame, and short waves change by themselves (`time` in
    frames).

    Severity: 0.5, 1, 1.5, 2.5, 4 px with 0.4, 0.6, 0.8, 1.0, 1.3 px blur (severity 0.2 to 1).

    References:
        Roggemann and Welsh 1996, "Imaging through turbulence" (image motion and blur; the 5/3 law). Schwartzman et
        al. 2017, "Turbulence-induced 2D correlated image distortion". The amounts are our choice.
    """
    height, width, _ = image.shape
    shift_y, shift_x = (_field(height, width, draw, axis, time) for axis in ("down", "right"))
    y = np.arange(height, dtype=np.float32)[:, None] + np.float32(displacement) * shift_y
    x = np.arange(width, dtype=np.float32)[None, :] + np.float32(displacement) * shift_x
    moved = gaussian(resample(image, Places(x, y)), blur)
    farthest = displacement * float(np.sqrt((shift_x**2 + shift_y**2).max()))
    return Noisy(moved, report={"largest displacement": farthest})


def _field(height: int, width: int, draw: Draw, axis: str, time: float) -> Map:
    """Return a smooth field of variance 1 over draws, one number per pixel."""
    cv2 = require("cv2", extra="image")
    side = max(height, width)
    step = max(math.ceil(side / _NODES), 1)
    random = draw.uniform((_WAVES, 4), stream=f"waves {axis}")
    length = _LONGEST * (_SHORTEST / _LONGEST) ** random[:, 0]
    angle, wind = 2 * math.pi * random[:, 1], 2 * math.pi * float(draw.uniform(stream="wind"))
    waves = 2 * math.pi / length[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    carried = (waves[:, 0] * math.sin(wind) + waves[:, 1] * math.cos(wind)) * _SPEED
    own = (random[:, 3] - 0.5) * _SPEED * 2 * math.pi / length
    phase = 2 * math.pi * random[:, 2] - (carried + own) * time
    height_of = length ** (5 / 6)
    height_of *= math.sqrt(2) / math.sqrt(float((height_of**2).sum()))
    coarse = _sum_waves(
        np.arange(-(-height // step)) * step / side,
        np.arange(-(-width // step)) * step / side,
        (waves, phase, height_of),
    )
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))


def _sum_waves(y: Floats, x: Floats, waves: tuple[Floats, Floats, Floats]) -> Map:
    """Sum plane waves over a grid: cos(a + b) = cos a cos b - sin a sin b is two products of a column and a row."""
    vector, phase, height = waves
    down = y[:, None] * vector[:, 0] + phase
    right = x[:, None] * vector[:, 1]
    columns = np.concatenate([np.cos(down) * height, -np.sin(down) * height], axis=1)
    rows = np.concatenate([np.cos(right), np.sin(right)], axis=1)
    # Not a matrix product, whose order of summation is the library's.
    return np.asarray(np.einsum("yk,xk->yx", columns, rows, optimize=False), dtype=np.float32)
