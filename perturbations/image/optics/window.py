"""What sits on the lens or on the glass before it: dirt and water drops."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain
from perturbations.image.optics._plane import Floats, Image, Places, floats, resample, restore

_MOST_SPECKS = 256
_DROPS = 256
_ROW = 1024
_MAGNIFIED = 3.0


@perturbation(native=True, coupling="additive", frames="fixed")
def lens_dirt(
    image: Image,
    draw: Draw,
    *,
    opacity: Dose = Ladder(0.15, 0.3, 0.5, 0.7, 0.9, unit="share of the level hidden", high=1.0),
    specks: int = 16,
) -> Noisy:
    """Dust and dried drops on the lens: out-of-focus dark specks, in the same places through a clip.

    Each value x becomes x (1 - a d): d is what the specks cover, soft disks whose places, sizes (1.5 to 6 % of the
    longer side) and densities (a half to 1) are the draw's and the same at every severity; where two meet, they
    multiply. The report states the share of the frame that is darkened by more than a tenth of a.

    Severity: a = 15, 30, 50, 70, 90 % (severity 0.2 to 1).

    Raises:
        BadSetting: `specks` is not 1 to 256.

    References:
        Willson et al. 2005, "An optical model for image artifacts produced by dust particles on lenses" (the shadow
        of a speck is a disk of the aperture's shape); sizes and numbers are our choice.
    """
    if not 1 <= specks <= _MOST_SPECKS:
        raise BadSetting(explain(f"1 to {_MOST_SPECKS} specks", "specks", specks))
    height, width, _ = image.shape
    clear = np.ones((height, width), dtype=np.float32)
    for y, x, size, density in draw.uniform((specks, 4), stream="specks"):
        _cover(clear, y, x, 0.015 + 0.045 * size, 0.5 + 0.5 * density)
    values = floats(image)
    values *= 1 - values.dtype.type(opacity) * (1 - clear[..., None])
    covered = float(np.mean(clear < 0.9))
    return Noisy(restore(values, image.dtype), report={"share": covered})


def _cover(clear: NDArray[np.float32], y: float, x: float, size: float, density: float) -> None:
    """Multiply what is clear by what one speck lets through: a disk whose edge is a third of it wide."""
    side = max(clear.shape)
    radius = max(size * side, 0.5)
    box = _box(y * clear.shape[0], x * clear.shape[1], 1.2 * radius, clear.shape)
    distance = np.hypot(box.down, box.right) / radius
    edge = np.clip((7 / 6 - distance) * 3, 0, 1)
    clear[box.rows, box.columns] *= 1 - density * edge * edge * (3 - 2 * edge)


class Box(NamedTuple):
    """The part of a frame around a point, and the distance of its pixels from the point."""

    rows: slice
    columns: slice
    down: Floats
    right: Floats


def _box(y: float, x: float, reach: float, shape: tuple[int, ...]) -> Box:
    rows, columns = (
        slice(max(int(c - reach), 0), max(min(int(c + reach) + 2, side), 0))
        for c, side in ((y, shape[0]), (x, shape[1]))
    )
    down = (np.arange(rows.start, rows.stop, dtype=np.float64) + 0.5 - y)[:, None]
    right = (np.arange(columns.start, columns.stop, dtype=np.float64) + 0.5 - x)[None, :]
    return Box(rows, columns, down, right)


@perturbation(native=True, coupling="mask", frames="fixed", requires=("image",))
def water_drops(
    image: Image,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.3, 0.4, unit="share of the area", high=1.0),
) -> Noisy:
    """Rain drops on the lens or the windscreen: each is a small lens that shows the scene upside down.

    Drops of 1.5 to 7 % of the longer side in radius lie in a drawn order, earlier ones on top; as many as cover
    `share` of the frame (up to 256) are there, so those of a mild severity stay at a harsher one. In a drop at
    distance d from its middle stands the scene at -3 d, mirrored beyond the border, and darker towards the rim. The
    report states number and share.

    Severity: 5, 10, 20, 30, 40 % of the area (severity 0.2 to 1).

    References:
        Roser and Geiger 2009, "Video-based raindrop detection for improved image registration" (a drop refracts a
        wide part of the scene, inverted); the magnification, sizes and shares are our choice.
    """
    height, width, _ = image.shape
    random = draw.uniform((_DROPS, 3), stream="drops")
    side = max(height, width)
    drops = np.stack(
        [random[:, 0] * height, random[:, 1] * width, _radius(random[:, 2]) * side], axis=1
    )
    owner, present = _owners(drops, height, width, share)
    y, x = np.nonzero(owner >= 0)
    out = np.array(image, order="C")
    if len(y):
        out[y, x] = _seen_in(image, drops[owner[y, x]], y, x)
    return Noisy(out, report={"drops": present, "share": len(y) / owner.size})


def _radius(uniform: Floats) -> Floats:
    """Return many small and few large radii."""
    return np.asarray(0.015 + 0.055 * uniform**3)


def _owners(drops: Floats, height: int, width: int, share: float) -> tuple[NDArray[np.int64], int]:
    """Return the first drop that covers each pixel, or -1, and how many drops cover at most `share`."""
    owner = np.full((height, width), -1, dtype=np.int64)
    left = share * height * width
    for i, (y, x, radius) in enumerate(drops):
        box = _box(y, x, radius, (height, width))
        here = owner[box.rows, box.columns]
        new = (box.down**2 + box.right**2 < radius * radius) & (here < 0)
        left -= np.count_nonzero(new)
        if left < 0:
            return owner, i
        here[new] = i
    return owner, len(drops)


def _seen_in(image: Image, drops: Floats, y: NDArray[np.int64], x: NDArray[np.int64]) -> Image:
    """Return what is seen at pixels (y, x), each in its drop."""
    down, right = y + 0.5 - drops[:, 0], x + 0.5 - drops[:, 1]
    # OpenCV takes no more than 32,767 places a row.
    padded = np.zeros((2, -(-len(y) // _ROW) * _ROW), dtype=np.float32)
    padded[0, : len(y)] = drops[:, 1] - _MAGNIFIED * right - 0.5
    padded[1, : len(y)] = drops[:, 0] - _MAGNIFIED * down - 0.5
    places = Places(padded[0].reshape(-1, _ROW), padded[1].reshape(-1, _ROW))
    seen = floats(resample(image, places).reshape(-1, image.shape[2])[: len(y)])
    rim = (down**2 + right**2) / drops[:, 2] ** 2
    return restore(seen * (1 - 0.4 * rim * rim)[:, None], image.dtype)
