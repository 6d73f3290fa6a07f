"""Noise of things in the way: part of the scene is not seen.

Why: every noise here grows, so what a mild severity hides stays hidden, by the same values, at a harsher one. The dose is
the hidden share of the area, at any size of the frame; the report states the realised one (whole pixels).
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain

Images = NDArray[Any]
Runs = list[tuple[int, int]]
"""Where holes begin and end along one side, in pixels."""

_FILLS = ("noise", "mean", "black")
_SHAPES = ("squares", "bars")


class Patch(NamedTuple):
    """Edges of a rectangle, in pixels."""

    top: Any
    bottom: Any
    left: Any
    right: Any

    @property
    def area(self) -> Any:
        """Pixels inside."""
        return (self.bottom - self.top) * (self.right - self.left)

    def rounded(self) -> "Patch":
        """Return the pixels whose centres lie inside."""
        return Patch(*(int(edge + 0.5) for edge in self))


@perturbation(batched=True, native=True, coupling="mask", frames="fixed")
def occlusion(
    image: Images,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.3, 0.4, unit="share of the area", high=1.0),
    fill: float = 0.5,
) -> Noisy:
    """Something in front of the lens: an even patch of the frame's proportions hides part of the picture.

    The centre is the draw's; the patch grows around it, and where it meets the border it grows on the other sides, so
    the hidden share is the declared one up to whole pixels. The report states the share that was hidden.

    Severity: 5, 10, 20, 30, 40 % of the area (severity 0.2 to 1).

    Raises:
        BadSetting: `fill`, the level of the patch in [0, 1], is outside.

    References:
        Zhong et al. 2020, "Random erasing data augmentation" (patches of 2 to 40 % of the area).
    """
    level = _level(fill, image.dtype)
    count, height, width, _ = image.shape
    out = np.array(image, order="C")
    frame, patch = Patch(0, height, 0, width), Patch(0, 0, 0, 0)
    for each, (y, x) in zip(out, draw.uniform((count, 2), stream="centre").tolist(), strict=True):
        patch = _patch(share, y, x, frame).rounded()
        each[patch.top : patch.bottom, patch.left : patch.right] = level
    return Noisy(out, report={"share": patch.area / frame.area, **patch._asdict()})


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
    level = _level(fill, image.dtype)
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


@perturbation(batched=True, native=True, coupling="mask")
def random_erase(
    image: Images,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.3, 0.4, unit="share of the area", high=1.0),
    fill: str = "noise",
    pieces: int = 4,
) -> Noisy:
    """Several pieces of the picture are lost: rectangles of noise, of the mean colour or of black.

    The frame is cut at random into `pieces` rectangles (the largest first, across its longer side, at 30 to 70 % of
    it), and in each of them a patch of its proportions covers `share` of it; so patches never overlap, and the hidden
    share is the declared one up to whole pixels. Cuts and centres are the draw's. Noise is uniform, independent for
    every value, and the same at every severity; the mean is that of the clean image, channel by channel.

    Severity: 5, 10, 20, 30, 40 % of the area (severity 0.2 to 1).

    Raises:
        BadSetting: `fill` is not noise, mean or black, or there is no piece.

    References:
        Zhong et al. 2020, "Random erasing data augmentation" (one rectangle of 2 to 40 % of the area, filled with noise).
    """
    if fill not in _FILLS:
        raise BadSetting(explain(f"one of {', '.join(_FILLS)}", "fill", fill))
    if pieces < 1:
        raise BadSetting(explain("at least one piece", "pieces", pieces))
    out, hidden = np.array(image, order="C"), 0
    cuts = draw.uniform((len(out), pieces), stream="cut").tolist()
    centres = draw.uniform((len(out), pieces, 2), stream="centre").tolist()
    grain = _grain(out, draw) if fill == "noise" else None
    for i, each in enumerate(out):
        frames = _cut(Patch(0.0, float(each.shape[0]), 0.0, float(each.shape[1])), cuts[i][1:])
        placed = zip(centres[i], frames, strict=True)
        patches = [_patch(share, y, x, frame).rounded() for (y, x), frame in placed]
        colour = _mean(image[i]) if fill == "mean" else each.dtype.type(0)
        for top, bottom, left, right in patches:
            inside = slice(top, bottom), slice(left, right)
            each[inside] = colour if grain is None else _scaled(grain[i][inside], each.dtype)
        hidden = sum(patch.area for patch in patches)
    return Noisy(out, report={"share": hidden / (out.shape[1] * out.shape[2])})


@perturbation(native=True, coupling="mask", frames="fixed")
def saturation_block(
    image: Images,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.35, unit="share of the area", high=1.0),
    bloom: float = 0.5,
) -> Noisy:
    """A light too strong for the sensor: a disc turns full white, and its charge spills along the columns.

    Blown out are the pixels with the smallest distance sqrt(dx^2 + (dy / s)^2) from the draw's centre. The stretch of a
    column is s = 1 + bloom e with e exponential of mean 1, drawn once per column: full wells run over into their
    neighbours in the column, so the edge is ragged there and streaks stand out of it. The number of white pixels is
    share times all pixels, rounded up or down by the draw so that its mean is exact; the region grows outwards.

    Severity: 2, 5, 10, 20, 35 % of the area (severity 0.2 to 1).

    Raises:
        BadSetting: `bloom` is negative.

    References:
        Janesick 2001, "Scientific charge-coupled devices" (blooming along the columns). Shares and stretch are our choice.
    """
    if bloom < 0:
        raise BadSetting(explain("a stretch of 0 or more", "bloom", bloom))
    out, (height, width, _) = np.array(image, order="C"), image.shape
    count = int(share * height * width + float(draw.uniform(stream="count")))
    if count:
        distance = _distance(height, width, bloom, draw)
        blown = distance <= np.partition(distance.ravel(), count - 1)[count - 1]
        count = int(np.count_nonzero(blown))
        out[blown] = 255 if out.dtype == np.uint8 else 1
    return Noisy(out, report={"share": count / (height * width)})


def _level(fill: float, dtype: np.dtype[Any]) -> Any:
    if not 0 <= fill <= 1:
        raise BadSetting(explain("a level in [0, 1]", "fill", fill))
    return dtype.type(np.rint(255 * fill)) if dtype == np.uint8 else dtype.type(fill)


def _check_shape(shape: str, period: float) -> None:
    if shape not in _SHAPES:
        raise BadSetting(explain(f"one of {', '.join(_SHAPES)}", "shape", shape))
    if not 1 <= period < math.inf:
        raise BadSetting(explain("a period of 1 px or more", "period", period))


def _patch(share: float, y: float, x: float, frame: Patch) -> Patch:
    """Return the patch that covers `share` of the frame, grown around the centre (x, y) of [0, 1)."""
    half = _half_side(share, y, x)
    height, width = frame.bottom - frame.top, frame.right - frame.left
    return Patch(
        frame.top + max(y - half, 0.0) * height,
        frame.top + min(y + half, 1.0) * height,
        frame.left + max(x - half, 0.0) * width,
        frame.left + min(x + half, 1.0) * width,
    )


def _half_side(share: float, y: float, x: float) -> float:
    """Return the half side of the square around (x, y) that covers `share` of the unit square; rises with share.

    A side of half h is min(h, c) + min(h, 1 - c) long, so the area is a quadratic in h between the four distances.
    """
    tall, wide = (y, 1 - y), (x, 1 - x)
    for h in sorted((*tall, *wide)):
        if (min(h, y) + min(h, 1 - y)) * (min(h, x) + min(h, 1 - x)) >= share:
            break
    else:
        return 1.0
    (up, across), (high, broad) = (
        [sum(d >= h for d in sides) for sides in (tall, wide)],
        [sum(d for d in sides if d < h) for sides in (tall, wide)],
    )
    a, b, c = up * across, high * across + broad * up, share - high * broad
    return 2 * c / (b + math.sqrt(b * b + 4 * a * c))


def _cut(frame: Patch, cuts: list[float]) -> list[Patch]:
    """Cut a frame into one piece more than there are cuts: the largest piece first, across its longer side."""
    pieces = [frame]
    for cut in cuts:
        largest = max(range(len(pieces)), key=lambda i: pieces[i].area)
        top, bottom, left, right = pieces.pop(largest)
        part = 0.3 + 0.4 * cut
        if bottom - top > right - left:
            y = top + part * (bottom - top)
            pieces += [Patch(top, y, left, right), Patch(y, bottom, left, right)]
        else:
            x = left + part * (right - left)
            pieces += [Patch(top, bottom, left, x), Patch(top, bottom, x, right)]
    return pieces


def _grain(images: Images, draw: Draw) -> Images:
    """Return uniform noise for every value: 8 bits of a word for 8-bit images, 32 for others."""
    kind = np.uint8 if images.dtype == np.uint8 else np.uint32
    size = math.prod(images.shape[1:])
    words = draw.bits((len(images), -(-size * np.dtype(kind).itemsize // 8)), stream="grain")
    return np.asarray(words.view(kind)[:, :size].reshape(images.shape))


def _scaled(grain: Images, dtype: np.dtype[Any]) -> Images:
    return grain if dtype == np.uint8 else np.asarray(grain * 2.0**-32, dtype=dtype)


def _mean(image: Images) -> Images:
    mean = image.mean(axis=(0, 1), dtype=np.float64)
    return np.asarray(np.rint(mean) if image.dtype == np.uint8 else mean, dtype=image.dtype)


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


def _distance(height: int, width: int, bloom: float, draw: Draw) -> NDArray[np.float32]:
    """Return the distance of each pixel from the light, columns stretched; squared, in pixels."""
    y, x = draw.uniform((2,), stream="centre") * (height, width)
    stretch = 1 - bloom * np.log1p(-draw.uniform((width,), stream="column"))
    down = ((np.arange(height) + 0.5 - y) ** 2).astype(np.float32)
    right = ((np.arange(width) + 0.5 - x) ** 2).astype(np.float32)
    return np.asarray(down[:, None] * (stretch**-2).astype(np.float32) + right)
