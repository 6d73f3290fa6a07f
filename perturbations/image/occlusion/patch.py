"""Patches: something in the way, or pieces of the picture that are lost."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain
from perturbations.image.occlusion._patches import Patch, cut, level_of, patch

Images = NDArray[Any]

_FILLS = ("noise", "mean", "black")


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
    level = level_of(fill, image.dtype)
    count, height, width, _ = image.shape
    out = np.array(image, order="C")
    frame, hidden = Patch(0, height, 0, width), Patch(0, 0, 0, 0)
    for each, (y, x) in zip(out, draw.uniform((count, 2), stream="centre").tolist(), strict=True):
        hidden = patch(share, y, x, frame).rounded()
        each[hidden.top : hidden.bottom, hidden.left : hidden.right] = level
    return Noisy(out, report={"share": hidden.area / frame.area, **hidden._asdict()})


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
    out = np.array(image, order="C")
    frame = Patch(0.0, float(out.shape[1]), 0.0, float(out.shape[2]))
    places = draw.uniform((len(out), pieces), stream="cut").tolist()
    centres = draw.uniform((len(out), pieces, 2), stream="centre").tolist()
    patches = [
        [
            patch(share, y, x, piece).rounded()
            for (y, x), piece in zip(near, cut(frame, own[1:]), strict=True)
        ]
        for own, near in zip(places, centres, strict=True)
    ]
    if fill == "noise":
        _fill_noise(out, draw, patches)
    else:
        _fill_even(out, image, patches, mean=fill == "mean")
    hidden = sum(each.area for each in patches[-1])
    return Noisy(out, report={"share": hidden / (out.shape[1] * out.shape[2])})


def _fill_noise(out: Images, draw: Draw, patches: list[list[Patch]]) -> None:
    """Put uniform noise into patches; value k of an image reads lane k of its numbers: 8 bits, or 32 for floating point."""
    from perturbations.image.occlusion._kernels import grain

    count, height, width, channels = out.shape
    edges = np.array(patches, dtype=np.int64) * (1, 1, channels, channels)
    rows, keys = out.reshape(count, height, width * channels), draw.key("grain")
    noise = rows if out.dtype == np.uint8 else np.zeros(rows.shape, dtype=np.uint32)
    room = np.empty(rows.shape[2] * noise.itemsize // 8 + 2, dtype=np.uint64)
    grain(keys, edges, room.view(noise.dtype), noise)
    if noise is rows:
        return
    for image, lanes, places in zip(rows, noise, edges.tolist(), strict=True):
        for top, bottom, left, right in places:
            image[top:bottom, left:right] = lanes[top:bottom, left:right] * 2.0**-32


def _fill_even(out: Images, image: Images, patches: list[list[Patch]], *, mean: bool) -> None:
    for each, clean, places in zip(out, image, patches, strict=True):
        colour = _mean(clean) if mean else each.dtype.type(0)
        for top, bottom, left, right in places:
            each[top:bottom, left:right] = colour


def _mean(image: Images) -> Images:
    mean = image.mean(axis=(0, 1), dtype=np.float64)
    return np.asarray(np.rint(mean) if image.dtype == np.uint8 else mean, dtype=image.dtype)
