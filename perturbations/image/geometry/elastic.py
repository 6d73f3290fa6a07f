"""The picture bent smoothly, as paper, tissue or a warm road bends what is seen."""

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations._extras import require
from perturbations.errors import BadSetting, explain
from perturbations.image.geometry._mapping import Geometry
from perturbations.image.geometry._steps import Elastic, Frame, Projective
from perturbations.image.geometry._warp import check_border, remapped

Image = NDArray[Any]
Planes = NDArray[np.float32]
"""(2, rows, columns): displacement x and y."""

_CELLS = 2.0
"""Grid cells to one smoothing length: bilinear between them, the field keeps its shape within 3 %."""
_REACH = 3.0
"""Published kernels end at three standard deviations."""
_SHORT = 48
"""Longest kernel, in px to each side, that is applied tap by tap."""


@perturbation(native=True, coupling="transform", frames="fixed", requires=("image",))
def elastic_transform(
    image: Image,
    draw: Draw,
    *,
    displacement: Dose = Ladder(
        0.003,
        0.006,
        0.01,
        0.014,
        0.02,
        unit="rms displacement (share of the shorter side)",
        high=0.5,
    ),
    smoothness: float = 0.05,
    border: str = "reflect",
) -> Noisy:
    """Something soft moved: small parts of the picture are shifted, stretched and squeezed, smoothly.

    The new pixel p shows p + d(p). d is uniform noise smoothed by a Gaussian with a standard deviation of `smoothness` x
    shorter side, on a grid of half that width with bilinear values between, and brought to the root mean square length
    `displacement` x shorter side exactly. The field is the same at every severity and only grows. Outside the frame the
    picture is mirrored by default; border="constant" is black, "replicate" prolongs the edge. Reports rms and largest
    displacement in px.

    Five per cent of the side is smoother than the published fields, where neighbours overtake each other: only a field that
    does not fold has an inverse, and so moves boxes and points. smoothness=0.01 has imagecorruptions' fields, whose rms
    displacement is 1.4, 1.9, 2.4, 2.9, 3.5 px at any size. ImageNet-C's own constants are not monotone, and are kept for
    its preset.

    Severity: rms displacement 0.3, 0.6, 1, 1.4, 2 % of the shorter side (severity 0.2 to 1).

    Raises:
        BadSetting: the smoothness is not positive, or the border not constant, reflect or replicate.

    References:
        Simard, Steinkraus and Platt 2003, "Best practices for convolutional neural networks"; the amounts are our choice.
    """
    check_border(border)
    if not (math.isfinite(smoothness) and smoothness > 0):
        raise BadSetting(explain("a positive share of the side", "smoothness", smoothness))
    frame, side = (image.shape[0], image.shape[1]), min(image.shape[:2])
    field = _smooth(draw, frame, smoothness * side)
    square = float(np.einsum("kij,kij->", field, field, dtype=np.float64)) / field[0].size
    field *= np.float32(displacement * side / math.sqrt(max(square, 1e-30)))
    report = {
        "rms, px": displacement * side,
        "largest, px": float(np.sqrt((field * field).sum(axis=0).max())),
    }
    return Noisy(
        _bent(image, field, border), Geometry(frame, (Elastic(field, frame, border),)), report
    )


def _smooth(draw: Draw, frame: Frame, sigma: float) -> Planes:
    """Return smoothed noise on a grid whose cells are sigma / _CELLS wide, or a pixel."""
    cv2 = require("cv2", extra="image")
    rows, columns = (max(1, math.ceil(size / max(1.0, sigma / _CELLS))) for size in frame)
    noise = (2 * draw.uniform((2, rows, columns), stream="field") - 1).astype(np.float32)
    across, down = sigma * columns / frame[1], sigma * rows / frame[0]
    smoothed = [
        cv2.GaussianBlur(plane, (0, 0), sigmaX=across, sigmaY=down, borderType=cv2.BORDER_REFLECT)
        for plane in noise
    ]
    return np.stack(smoothed)


def _bent(image: Image, field: Planes, border: str) -> Image:
    cv2 = require("cv2", extra="image")
    height, width = image.shape[:2]
    size = (width, height)
    x, y = (cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in field)
    x += np.arange(width, dtype=np.float32)
    y += np.arange(height, dtype=np.float32)[:, None]
    return remapped(image, x, y, border)


def _published_elastic(
    image: Image, draw: Draw, alpha: float, sigma: float, affine: float
) -> Noisy:
    """Bend an image as ImageNet-C and CIFAR-C do, at one level's published constants, all in pixels.

    First an affine map takes three points, a third of the shorter side from the centre, to places up to `affine` px beside
    them (uniform, x and y apart; border mirrored without the edge pixel). Then each pixel p shows p + d(p): d is uniform
    noise in (-1, 1) smoothed by a Gaussian of `sigma` px that ends at three standard deviations, times `alpha`; bilinear,
    border mirrored with the edge pixel. The stored data set truncates to 8 bits; here, as everywhere, results are rounded.

    Of images that are not square the published code confuses the centre's row and column; this one does not.

    The published tables give alpha, sigma, affine in shares of 244 (ImageNet-C) and 32 (CIFAR-C): multiply them first.
    """
    cv2 = require("cv2", extra="image")
    frame = image.shape[0], image.shape[1]
    matrix = _jitter(draw, frame, affine)
    source = np.ascontiguousarray(image)
    if image.dtype == np.uint8:
        source = source.astype(np.float32)  # two interpolations, one rounding
    tilted = cv2.warpAffine(
        source, matrix[:2], frame[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    ).reshape(image.shape)
    field = _published_field(draw, frame, alpha, sigma)
    moved = _bent_exactly(tilted, field)
    moved = _rounded(moved) if image.dtype == np.uint8 else np.clip(moved, 0, 1, out=moved)
    steps = (Projective(matrix, "reflect"), Elastic(field, frame, "reflect"))
    return Noisy(moved, Geometry(frame, steps), {"alpha, px": alpha, "sigma, px": sigma})


def _rounded(levels: Image) -> Image:
    """Clip levels, none of which is below zero by more than a rounding, and round them to nearest."""
    flat = require("cv2", extra="image").convertScaleAbs(levels.reshape(len(levels), -1))
    return np.asarray(flat).reshape(levels.shape)


def _jitter(draw: Draw, frame: Frame, affine: float) -> NDArray[np.float64]:
    """Return the affine map of three points to places up to `affine` px beside them."""
    x, y, reach = frame[1] // 2, frame[0] // 2, max(1, min(frame) // 3)
    before = np.array([(x + reach, y + reach), (x + reach, y - reach), (x - reach, y - reach)])
    after = before + affine * (2 * draw.uniform((3, 2), stream="affine") - 1)
    lifted = np.column_stack([before, np.ones(3)])
    matrix = np.eye(3)
    matrix[:2] = np.linalg.solve(lifted, after).T
    return matrix


def _published_field(draw: Draw, frame: Frame, alpha: float, sigma: float) -> Planes:
    from perturbations.image.geometry._kernels import signed_uniforms

    noise = np.empty((2, *frame), dtype=np.float32)
    signed_uniforms(draw.key("field")[()], noise.reshape(-1))
    if alpha == 0 or sigma <= 0:
        return noise * np.float32(alpha)
    if _REACH * sigma > _SHORT:
        from scipy.fft import dctn, idctn

        down, across = (_gain(size, sigma) for size in frame)
        gain = np.float32(alpha) * down[:, None] * across
        return np.asarray(idctn(gain * dctn(noise, axes=(1, 2)), axes=(1, 2)), dtype=np.float32)
    cv2 = require("cv2", extra="image")
    taps = _kernel(sigma)
    field = np.empty_like(noise)
    for plane, smooth in zip(noise, field, strict=True):
        smooth[...] = cv2.sepFilter2D(plane, -1, taps, taps, borderType=cv2.BORDER_REFLECT)
    return np.multiply(field, np.float32(alpha), out=field)


def _kernel(sigma: float) -> NDArray[np.float64]:
    reach = int(_REACH * sigma + 0.5)
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return np.asarray(taps / taps.sum())


@lru_cache(maxsize=16)
def _gain(size: int, sigma: float) -> NDArray[np.float32]:
    """Return how much of each cosine of a mirrored line a Gaussian leaves.

    Mirrored borders make cosines (DCT-II) its eigenvectors, so a kernel far longer than the image costs no more.
    """
    taps = _kernel(sigma)
    shifts = np.arange(len(taps)) - len(taps) // 2
    wave = np.pi * np.arange(size) / size
    return np.asarray(np.cos(wave[:, None] * shifts) @ taps, dtype=np.float32)


def _bent_exactly(image: Image, field: Planes) -> Image:
    cv2 = require("cv2", extra="image")
    height, width = image.shape[:2]
    x = field[0] + np.arange(width, dtype=np.float32)
    y = field[1] + np.arange(height, dtype=np.float32)[:, None]
    moved = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(moved).reshape(image.shape)
