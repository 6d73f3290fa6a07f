"""Noise of the readout: rows and columns that pass through their own circuits, one row after the other.

Why: what is common to a row or a column is seen at a hundredth of the strength at which independent pixels are, and
a row that is read later sees a later moment.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain
from perturbations.image.sensor._device import Image, full_scale, mapped

_GAMMA = 2.2
"""Exponent between a rendered value and light."""


@perturbation(batched=True, native=True, coupling="additive")
def row_banding(
    image: Image,
    draw: Draw,
    *,
    sigma: Dose = Ladder(0.005, 0.01, 0.02, 0.04, 0.08, unit="standard deviation (full scale = 1)"),
) -> Image:
    """Faint horizontal stripes, other ones in each picture: all pixels of a row are read with one error.

    Adds one normal number to each row, the same in all columns and channels, then clips to full scale. It is drawn anew
    for every image and every frame of a video; the pattern that stays is `column-banding`.

    Severity: the standard deviation is 0.5, 1, 2, 4, 8 % of full scale (severity 0.2 to 1). Our choice: the row noise of the
    model below at its highest gain is 0.005 % of full scale, so 0.5 % is that of a night picture brightened 100 times.

    References:
        Wei et al. 2020, "A physics-based noise formation model for extreme low-light raw denoising" (the row term).
    """
    rows = draw.normal((len(image), image.shape[1]), stream="rows")
    shift = (full_scale(image.dtype) * sigma * rows).astype(np.float32)[:, :, None, None]
    return mapped(image, lambda values, part: np.add(values, shift[part], out=values))


@perturbation(
    batched=True,
    native=True,
    coupling="additive",
    scope="device",
    frames="fixed",
    exempt={"different-samples": "one device for the whole run"},
)
def column_banding(
    image: Image,
    draw: Draw,
    *,
    sigma: Dose = Ladder(0.005, 0.01, 0.02, 0.04, 0.08, unit="standard deviation (full scale = 1)"),
) -> Image:
    """Faint vertical stripes that stay with the camera: each column has its own amplifier, with its own offset.

    Adds one normal number to each column, the same in all rows and channels, then clips to full scale. The offsets belong to
    the device, and column k has the same one in images of any width; noise that changes is `row-banding`.

    Severity: the standard deviation is 0.5, 1, 2, 4, 8 % of full scale (severity 0.2 to 1). Our choice: as for `row-banding`,
    so that the two compare.

    References:
        EMVA Standard 1288, release 4.0, 2021, section on spatial non-uniformity (the column term).
    """
    columns = draw.row(0).normal(image.shape[2], stream="columns")
    shift = (full_scale(image.dtype) * sigma * columns).astype(np.float32)[:, None]
    return mapped(image, lambda values, _: np.add(values, shift, out=values))


@perturbation(native=True, coupling="transform", frames="fixed")
def rolling_shutter_skew(
    image: Image,
    draw: Draw,
    *,
    skew: Dose = Ladder(2, 4, 8, 16, 32, unit="px between the first and the last row", high=8192.0),
) -> Noisy:
    """A camera that pans while its rows are read one after the other: upright things lean.

    Row r is displaced by skew r / (height - 1) pixels, to the left or to the right as drawn; the first row stays. Values
    are interpolated linearly along the row, and beyond the edge the edge pixel is repeated. A steady pan skews all
    frames of a video alike; the motion from frame to frame is the video's own. The mapping moves boxes, masks and keypoints.

    Severity: 2, 4, 8, 16, 32 px (severity 0.2 to 1). Our choice, for a frame of 224 rows: at 30 ms of readout, a
    pan by a third of a frame to five frames of that width in a second.

    References:
        Liang, Chang and Chen 2008, "Analysis and compensation of rolling shutter effect".
    """
    from perturbations.image.geometry._mapping import Geometry

    height, width, _ = image.shape
    side = -1.0 if float(draw.uniform(stream="direction")) < 0.5 else 1.0
    lean = side * skew / max(height - 1, 1)
    matrix = [[1.0, lean, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    mapping = Geometry.projective(matrix, (height, width), border="replicate")
    return Noisy(_displaced(image, lean * np.arange(height)), mapping, {"skew, px": side * skew})


@perturbation(batched=True, native=True, coupling="transform", frames="moving")
def flicker(
    image: Image,
    draw: Draw,
    *,
    depth: Dose = Ladder(0.1, 0.2, 0.4, 0.6, 0.8, unit="modulation depth of the light", high=1.0),
    lamp: float = 100.0,
    readout: float = 30.0,
    fps: float = 30.0,
    time: float = 0.0,
) -> Image:
    """A lamp on alternating current, seen by a rolling shutter: bright and dark bands that wander over the frames.

    The light on row r is 1 + depth sin(phase + 2 pi lamp t), with t the time at which the row is read, r / height of the
    readout after the frame began. The lamp acts on light: a value x, taken to be light to the power 1 / 2.2, becomes x
    times the light to the power 1 / 2.2, clipped to full scale. The phase is drawn; with `time`, in frames, the bands move.

    Settings: `lamp` flickers a second (twice the mains frequency), `readout` of a frame in ms, `fps` frames a second.

    Severity: (brightest - darkest) / (brightest + darkest) = 0.1, 0.2, 0.4, 0.6, 0.8 (severity 0.2 to 1). Our choice: an
    incandescent lamp is near 0.1, a lamp without a capacitor near 1.

    Raises:
        BadSetting: a frequency or a time is negative or not finite, or `fps` is 0.

    References:
        IEEE Standard 1789, 2015, "Recommended practices for modulating current in high-brightness LEDs" (modulation depth).
    """
    _check_times(lamp, readout, fps)
    phase = draw.uniform((len(image), 1), stream="phase") + lamp / fps * time
    row = np.arange(image.shape[1]) / image.shape[1]
    light = 1 + depth * np.sin(2 * math.pi * (phase + lamp * readout / 1000 * row))
    gain = (np.maximum(light, 0) ** (1 / _GAMMA)).astype(np.float32)[:, :, None, None]
    return mapped(image, lambda values, part: np.multiply(values, gain[part], out=values))


def _displaced(image: Image, shift: NDArray[np.float64]) -> Image:
    from perturbations.image.sensor._device._kernels import displace

    rows = np.ascontiguousarray(image).reshape(len(image), -1)
    out = np.empty(rows.shape, dtype=image.dtype)
    displace(rows, shift, image.shape[2], 0.5 if image.dtype == np.uint8 else 0.0, out)
    return out.reshape(image.shape)


def _check_times(lamp: float, readout: float, fps: float) -> None:
    limits: dict[str, Any] = {"lamp": lamp, "readout": readout, "fps": fps}
    for name, value in limits.items():
        if not (math.isfinite(value) and value >= 0 and (value > 0 or name != "fps")):
            raise BadSetting(explain("a finite number, not negative, and fps above 0", name, value))
