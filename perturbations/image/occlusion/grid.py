"""A mesh in front of the lens: the same piece of the scene is hidden again and again."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain
from perturbations.image.occlusion._patches import level_of

Images = NDArray[Any]
Runs = list[tuple[int, int]]
"""Where holes begin and end along one side, in pixels."""

_SHAPES = ("squares", "bars")


@perturbation(batched=True, native=True, coupling="mask", frames="fixed")
def grid_occlusion(
    image: Images,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.2, 0.3, 0.45, 0.6, unit="share of the area", high=1.0),
    shape: str = "squares",
    period: float = 32.0,
    fill: float = 0.0,
) -> Noisy:
    """A fence, a mesh or a blind in front of the lens: the same piece of the scene is hidden again and again.

    Squares of side sqrt(share) period, or upright and level bars of width (1 - sqrt(1 - share)) period, repeat every
    `period` pixels. The phase is drawn, uniform, so that every pixel is hidden with probability `share`; squares and
    bars grow around their centres. The report states the share that was hidden in this frame.

    Severity: 10, 20, 30, 45, 60 % of the area (severity 0.2 to 1).

    Raises:
        BadSetting: `shape` is not squares or bars, `period` is below 1 px, or `fill` is not a level in [0, 1].

    References:
        Chen et al. 2020, "GridMask data augmentation" (squares). The shares are our choice.
    """
    _check_shape(shape, period)
    level = level_of(fill, image.dtype)
    side = math.sqrt(share) if shape == "squares" else 1 - math.sqrt(1 - share)
    out, hidden = np.array(image, order="C"), 0
    for each, phases in zip(out, draw.uniform((len(out), 2), stream="phase"), strict=True):
        rows, columns = (
            _runs(size, period, side, float(phase))
            for size, phase in zip(each.shape, phases, strict=False)
        )
        paint = _paint_squares if shape == "squares" else _paint_bars
        hidden = paint(each, rows, columns, level)
    return Noisy(out, report={"share": hidden / (out.shape[1] * out.shape[2])})


def _check_shape(shape: str, period: float) -> None:
    if shape not in _SHAPES:
        raise BadSetting(explain(f"one of {', '.join(_SHAPES)}", "shape", shape))
    if not 1 <= period < math.inf:
        raise BadSetting(explain("a period of 1 px or more", "period", period))


def _runs(size: int, period: float, side: float, phase: float) -> Runs:
    """Return where holes begin and end along one side: those pixels whose centres lie in them."""
    centres = (np.arange(-1, int(size / period) + 2) + phase) * period
    begin = np.floor(centres - side * period / 2 + 0.5).clip(0, size).astype(np.int64)
    end = np.floor(centres + side * period / 2 + 0.5).clip(0, size).astype(np.int64)
    return [(b, e) for b, e in zip(begin.tolist(), end.tolist(), strict=True) if b < e]


def _paint_squares(image: Images, rows: Runs, columns: Runs, level: Any) -> int:
    for top, bottom in rows:
        for left, right in columns:
            image[top:bottom, left:right] = level
    return _length(rows) * _length(columns)


def _paint_bars(image: Images, rows: Runs, columns: Runs, level: Any) -> int:
    for top, bottom in rows:
        image[top:bottom] = level
    for left, right in columns:
        image[:, left:right] = level
    height, width = (int(size) for size in image.shape[:2])
    return height * width - (height - _length(rows)) * (width - _length(columns))


def _length(runs: Runs) -> int:
    return sum(end - begin for begin, end in runs)
