"""The camera moved, turned or came nearer: group actions on the picture, each with its inverse.

Why: every move is one 3x3 matrix (`_mapping` says in which convention), so that boxes, masks and keypoints can go the
same way as the pixels. Pixels are interpolated bilinearly; moves by whole pixels and flips copy them. What comes into
view from outside is unknown: it is black by default (border="constant"), as in the common libraries, so that no object
is seen twice; border="reflect" mirrors the picture (edge pixel included), border="replicate" prolongs its edge. The
doses are our choice: from what is hardly seen to what a careless mount, crop or pose may do. In a video the move is
the same for all frames: the camera has that pose.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations._action import Action
from perturbations._extras import require
from perturbations.errors import BadSetting, did_you_mean, explain
from perturbations.image.geometry._mapping import Geometry
from perturbations.image.geometry._matrices import (
    Matrix,
    about_centre,
    mirror,
    to_corners,
    translation,
    turn,
)
from perturbations.image.geometry._steps import Frame
from perturbations.image.geometry._warp import check_border, warp_into, warped

Images = NDArray[Any]
Report = dict[str, float | str | bool]

_AXES = ("horizontal", "vertical")
_UNIT_SQUARE = ((0, 0), (1, 0), (1, 1), (0, 1))


@perturbation(
    batched=True, native=True, coupling="transform", frames="fixed", requires=("image",),
    action=Action("shifts of the picture", "sum"),
)  # fmt: skip
def shift(
    images: Images,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.15, 0.25, unit="share of the shorter side", high=1.0),
    whole: bool = True,
    border: str = "constant",
) -> Noisy:
    """The camera points beside its subject: everything moves the same way, in a random direction.

    A point p goes to p + d, with |d| = share x shorter side. By default both parts of d are rounded to whole pixels, so
    that pixels are copied and nothing but the place changes; whole=False moves by fractions, which also smooths.
    Severities of a small image may round to the same shift, or to none. Reports the shift in px.

    Severity: 2, 5, 10, 15, 25 % of the shorter side (severity 0.2 to 1).

    Raises:
        BadSetting: the border is not constant, reflect or replicate.

    References:
        Translation as in Hendrycks and Dietterich 2019, ImageNet-P `translate`; the amounts are our choice.
    """

    def matrix(u: NDArray[np.float64], frame: Frame) -> tuple[Matrix, Report]:
        angle, length = 2 * math.pi * float(u[0]), share * min(frame)
        right, down = length * math.cos(angle), length * math.sin(angle)
        if whole:
            right, down = float(round(right)), float(round(down))
        return translation(right, down), {"right, px": right, "down, px": down}

    return _move(images, draw.uniform((len(images), 1), stream="direction"), matrix, border)


@perturbation(
    batched=True, native=True, coupling="transform", frames="fixed", requires=("image",),
    action=Action("turns of the picture", "sum"),
)  # fmt: skip
def rotation(
    images: Images,
    draw: Draw,
    *,
    angle: Dose = Ladder(5, 10, 20, 30, 45, unit="°", high=180.0),
    border: str = "constant",
) -> Noisy:
    """The camera is tilted about its viewing axis: the picture turns about its centre, to a random side.

    The angle is positive anticlockwise, as the picture is seen. Reports the signed angle.

    Severity: 5, 10, 20, 30, 45 degrees (severity 0.2 to 1).

    Raises:
        BadSetting: the border is not constant, reflect or replicate.

    References:
        Rotation as in Hendrycks and Dietterich 2019, ImageNet-P `rotate`; the amounts are our choice.
    """

    def matrix(u: NDArray[np.float64], frame: Frame) -> tuple[Matrix, Report]:
        signed = angle * math.copysign(1.0, u[0] - 0.5)
        return about_centre(turn(signed), frame), {"angle, °": signed}

    return _move(images, draw.uniform((len(images), 1), stream="side"), matrix, border)


@perturbation(
    batched=True, native=True, coupling="transform", frames="fixed", requires=("image",),
    action=Action("zooms of the picture", "product"),
)  # fmt: skip
def scale(
    images: Images,
    draw: Draw,
    *,
    factor: Dose = Ladder(
        1.05, 1.1, 1.25, 1.5, 2.0, unit="x", none=1.0, scale="log", low=1.0, high=16.0
    ),
    direction: str = "both",
    border: str = "constant",
) -> Noisy:
    """The subject is nearer or farther than usual: the picture grows or shrinks about its centre.

    The zoom is `factor` or its inverse, by a fair coin; direction="in" or "out" takes one of them. No low-pass goes before
    the shrinking, as none does in the common libraries. Reports the realised zoom.

    Severity: zoom 1.05, 1.1, 1.25, 1.5, 2 or its inverse (severity 0.2 to 1); its logarithm is interpolated.

    Raises:
        BadSetting: the border is not constant, reflect or replicate, or the direction not both, in or out.

    References:
        Scaling as in Hendrycks and Dietterich 2019, ImageNet-P `scale`; the amounts are our choice.
    """
    _check("direction", direction, ("both", "in", "out"))

    def matrix(u: NDArray[np.float64], frame: Frame) -> tuple[Matrix, Report]:
        grows = direction == "in" or (direction == "both" and u[0] < 0.5)
        zoom = factor if grows else 1 / factor
        return about_centre(np.diag([zoom, zoom, 1.0]), frame), {"zoom, x": zoom}

    return _move(images, draw.uniform((len(images), 1), stream="direction"), matrix, border)


@perturbation(batched=True, native=True, coupling="transform", frames="fixed", requires=("image",))
def shear(
    images: Images,
    draw: Draw,
    *,
    angle: Dose = Ladder(4, 8, 14, 20, 30, unit="°", high=80.0),
    axis: str = "horizontal",
    border: str = "constant",
) -> Noisy:
    """A slanted view: rows slide over each other in proportion to their height, to a random side.

    x goes to x + tan(angle) (y - centre); axis="vertical" slides columns instead. Reports the signed angle.

    Severity: 4, 8, 14, 20, 30 degrees from the upright (severity 0.2 to 1).

    Raises:
        BadSetting: the border is not constant, reflect or replicate, or the axis not horizontal or vertical.

    References:
        Shear as in Hendrycks and Dietterich 2019, ImageNet-P `shear`; the amounts are our choice.
    """
    _check("axis", axis, _AXES)

    def matrix(u: NDArray[np.float64], frame: Frame) -> tuple[Matrix, Report]:
        signed = math.copysign(angle, u[0] - 0.5)
        slide = np.eye(3)
        slide[(0, 1) if axis == "horizontal" else (1, 0)] = math.tan(math.radians(signed))
        return about_centre(slide, frame), {"angle, °": signed}

    return _move(images, draw.uniform((len(images), 1), stream="side"), matrix, border)


@perturbation(batched=True, native=True, coupling="transform", frames="fixed", requires=("image",))
def perspective(
    images: Images,
    draw: Draw,
    *,
    displacement: Dose = Ladder(
        0.02, 0.04, 0.07, 0.11, 0.16, unit="share of the shorter side", high=0.24
    ),
    border: str = "constant",
) -> Noisy:
    """A flat scene seen at an angle: the four corners of the picture move, each its own way.

    Every corner goes `displacement` x shorter side in a drawn direction, and the one projective map of these four pairs
    moves the rest. Below a quarter of the side no map folds. Reports the length in px.

    Severity: corners move by 2, 4, 7, 11, 16 % of the shorter side (severity 0.2 to 1).

    Raises:
        BadSetting: the border is not constant, reflect or replicate.

    References:
        Square to quadrilateral in closed form: Heckbert 1989, "Fundamentals of texture mapping and image warping",
        section 2.2.3; the amounts are our choice.
    """

    def matrix(u: NDArray[np.float64], frame: Frame) -> tuple[Matrix, Report]:
        length = displacement * min(frame)
        corners = [
            (
                x * frame[1] - 0.5 + length * math.cos(turn),
                y * frame[0] - 0.5 + length * math.sin(turn),
            )
            for (x, y), turn in zip(_UNIT_SQUARE, (2 * math.pi * u).tolist(), strict=True)
        ]
        return to_corners(corners, frame), {"corners, px": length}

    return _move(images, draw.uniform((len(images), 4), stream="corners"), matrix, border)


@perturbation(
    batched=True,
    native=True,
    coupling="transform",
    frames="fixed",
    measure="rmse",
    requires=("image",),
    action=Action("mirroring of the picture", "twice", lossless=True),
)
def flip(
    images: Images,
    draw: Draw,
    *,
    share: Dose = Ladder(0.2, 0.4, 0.6, 0.8, 1.0, unit="share of images", high=1.0),
    axis: str = "horizontal",
) -> Noisy:
    """A camera or a reader that mirrors: left and right (or top and bottom) change places in some images.

    A flip is whole or not at all, so the dose is the share of images that are flipped: each has one uniform number, and
    is flipped where it lies below the share; the images of a mild severity stay flipped at a harsher one. No pixel
    changes its value. Reports whether this one is flipped.

    Severity: 20, 40, 60, 80, 100 % of the images (severity 0.2 to 1).

    Raises:
        BadSetting: the axis is not horizontal or vertical.

    References:
        Mirroring of image and label frame as in the usual training augmentation; the shares are our choice.
    """
    _check("axis", axis, _AXES)
    cv2 = require("cv2", extra="image")
    chosen = (draw.uniform(len(images), stream="chosen") < share).tolist()
    code = 1 if axis == "horizontal" else 0
    clean, out = np.ascontiguousarray(images), np.empty(images.shape, dtype=images.dtype)
    for i, flipped in enumerate(chosen):
        if flipped:
            cv2.flip(clean[i], code, out[i])
        else:
            out[i] = clean[i]
    if len(images) > 1:
        return Noisy(out)
    frame = images.shape[1], images.shape[2]
    matrix = mirror(axis, frame) if chosen[0] else np.eye(3)
    return Noisy(out, Geometry.projective(matrix, frame), {"flipped": chosen[0]})


def _move(
    images: Images,
    uniform: NDArray[np.float64],
    matrix: Callable[[NDArray[np.float64], Frame], tuple[Matrix, Report]],
    border: str,
) -> Noisy:
    """Move every image by the matrix of its own numbers; a single image gets mapping and report."""
    check_border(border)
    frame = images.shape[1], images.shape[2]
    made = [matrix(numbers, frame) for numbers in uniform]
    if len(images) > 1:
        out = np.empty(images.shape, dtype=images.dtype)
        for image, (own, _), place in zip(images, made, out, strict=True):
            warp_into(place, image, own, border)
        return Noisy(out)
    own, report = made[0]
    moved = warped(images[0], own, border)[None]
    return Noisy(moved, Geometry.projective(own, frame, border=border), report)


def _check(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        hint = did_you_mean(str(value), known)
        raise BadSetting(explain(f"one of {', '.join(known)}", name, value, hint))
