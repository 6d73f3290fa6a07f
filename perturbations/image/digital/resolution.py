"""Noise of too few numbers: fewer pixels than the scene deserves, fewer colours."""

import math
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.image.digital._files import on_levels

Images = NDArray[Any]
Bytes = NDArray[np.uint8]
Indices = NDArray[np.int64]
Floats = NDArray[np.float64]


class Cells(NamedTuple):
    """How the pixels of one side are pooled into cells and shown again."""

    edges: Indices
    """Cell i is the mean of the pixels from edges[i] to edges[i + 1]."""
    shown: Indices
    """The cell that each pixel shows."""


class Interleaved(NamedTuple):
    """Cells of a row, by its values rather than by its pixels; what the kernel reads."""

    home: NDArray[np.uint32]
    """The cell that a value is pooled into."""
    share: Floats
    """One over the number of pixels of the row that a cell holds."""
    shown: NDArray[np.uint32]
    """The cell that a value shows."""


@perturbation(batched=True, native=True, coupling="codec", frames="fixed")
def pixelate(
    image: Images,
    draw: Draw,
    *,
    kept: Dose = Ladder(
        0.6, 0.5, 0.4, 0.3, 0.25, unit="share of the side kept", none=1.0, high=1.0
    ),
) -> Images:
    """A small picture shown large: squares of one colour, as after a thumbnail or a censor's mosaic.

    A side of n pixels becomes int(kept n) cells, at least one. A cell is the mean of the whole pixels whose centres lie
    in it, rounded once to nearest; each pixel then shows the cell that holds its centre. That is Pillow's box filter
    both ways (which rounds twice, after rows and after columns, and may differ by one level). Shrinking to the nearest
    pixel, as some libraries do, is another noise: it aliases. Nothing is drawn.

    Severity: 60, 50, 40, 30, 25 % of each side (severity 0.2 to 1).

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        ImageNet-C `pixelate`.
    """
    rows, columns = _cells(image.shape[1], kept), _cells(image.shape[2], kept)
    if image.dtype == np.uint8:
        return np.take(_pooled(image, rows, kept), rows.shown, axis=1)
    means = _means(_means(image.astype(np.float64), rows, 1), columns, 2)
    return means[:, rows.shown][:, :, columns.shown].astype(image.dtype)


@perturbation(native=True, coupling="codec", frames="fixed")
def colour_quantisation(
    image: Images,
    draw: Draw,
    *,
    colours: Dose = Ladder(
        64, 32, 16, 8, 4, unit="colours", none=math.inf, scale="reciprocal", low=1
    ),
) -> Noisy:
    """A picture with a palette, as GIF or an old display shows it: bands of even colour where it was smooth.

    The colours of the image itself are cut into boxes: again and again the box with the largest sum of squared
    deviations in one channel, across that channel, at its mean, until there are as many boxes as colours (rounded to a
    whole number) or no box has two colours. Every pixel becomes its box's mean, rounded to 8 bits; no dithering. Each
    cut refines the last palette, so more colours are never farther from the picture. Works for any number of channels;
    floating-point images are read at 8 bits. Nothing is drawn. The report states the boxes. (The bits of a sensor's
    converter are another noise: they do not follow the picture.)

    Severity: 64, 32, 16, 8, 4 colours (severity 0.2 to 1); 1 / colours is interpolated.

    References:
        Heckbert 1982, "Color image quantization for frame buffer display" (median cut; cuts at the mean of the worst
        box are our choice, since then the error falls with every cut). The numbers of colours are our choice.
    """
    report = {"colours": 0}
    noisy = on_levels(image, partial(_cut, count=max(1, round(colours)), report=report))
    return Noisy(noisy, report=report)


def _cut(image: Bytes, count: int, report: dict[str, int]) -> Bytes:
    from perturbations.image.digital._kernels import cut_colours

    planes = np.ascontiguousarray(image.reshape(-1, image.shape[2]).T)
    pixels, out = planes.shape[1], np.empty_like(planes)
    begins = np.empty(min(count, pixels), dtype=np.int64)
    report["colours"] = int(cut_colours(planes, begins, np.arange(pixels), out))
    return out.T.reshape(image.shape)


def _pooled(images: Images, rows: Cells, kept: float) -> Images:
    """Return 8-bit images (n, cells, W, C): one row for each row of cells."""
    from perturbations.image.digital._kernels import pool

    count, _, width, channels = images.shape
    out = np.empty((count, len(rows.edges) - 1, width, channels), dtype=np.uint8)
    source = np.ascontiguousarray(images).reshape(count, -1, width * channels)
    layout = _interleaved(width, kept, channels)
    pool(source, rows.edges, *layout, out.reshape(*out.shape[:2], -1))
    return out


@lru_cache(maxsize=64)
def _cells(size: int, kept: float) -> Cells:
    count = max(1, int(size * kept))
    scale = size / count
    edges = np.array([int(i * scale + 0.5) for i in range(count + 1)], dtype=np.int64)
    shown = np.array([int((x + 0.5) / scale) for x in range(size)], dtype=np.int64)
    return Cells(edges, np.minimum(shown, count - 1))


@lru_cache(maxsize=64)
def _interleaved(size: int, kept: float, channels: int) -> Interleaved:
    """Lay the cells of a row out over its values, channel after channel of each pixel."""
    cells, channel = _cells(size, kept), np.arange(channels)
    home = np.repeat(np.arange(len(cells.edges) - 1), np.diff(cells.edges))
    spread = [(each[:, None] * channels + channel).ravel() for each in (home, cells.shown)]
    share = np.repeat(1 / np.diff(cells.edges), channels)
    return Interleaved(spread[0].astype(np.uint32), share, spread[1].astype(np.uint32))


def _means(images: Floats, cells: Cells, axis: int) -> Floats:
    sums = np.add.reduceat(images, cells.edges[:-1], axis=axis)
    counts = np.diff(cells.edges).reshape((-1, 1, 1) if axis == 1 else (-1, 1))
    return np.asarray(sums / counts)
