"""MultiBench's noise in images: ten changes of light, grain and pose, each made with the same probability."""

from collections.abc import Callable, Mapping
from functools import reduce
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Noisy, perturbation
from perturbations._multibench import LEVEL, Parts, chosen, within
from perturbations.image.geometry._mapping import Geometry
from perturbations.image.geometry._matrices import about_centre, mirror, translation, turn
from perturbations.image.geometry._steps import Frame
from perturbations.image.geometry._warp import warped
from perturbations.image.presets._published import Image, need_colours

Floats = NDArray[np.float64]

PARTS = (
    "grayscale", "contrast", "invert", "white-balance", "tint",
    "salt-pepper", "gaussian", "rotate", "flip", "crop",
)  # fmt: skip
"""In the order of the protocol."""

LUMA = np.array([0.299, 0.587, 0.114])
"""What red, green and blue count in a grey level (ITU-R BT.601)."""

KELVIN: Mapping[int, tuple[int, int, int]] = MappingProxyType({
    1000: (255, 56, 0), 1500: (255, 109, 0), 2000: (255, 137, 18), 2500: (255, 161, 72),
    3000: (255, 180, 107), 3500: (255, 196, 137), 4000: (255, 209, 163), 4500: (255, 219, 186),
    5000: (255, 228, 206), 5500: (255, 236, 224), 6000: (255, 243, 239), 6500: (255, 249, 253),
    7000: (245, 243, 255), 7500: (235, 238, 255), 8000: (227, 233, 255), 8500: (220, 229, 255),
    9000: (214, 225, 255), 9500: (208, 222, 255), 10000: (204, 219, 255),
})  # fmt: skip
"""Red, green and blue of white under a black body's light, by its temperature in K: the published table."""

TINTS = ((1.0, 0.0, 0.0), (0.0, 128 / 255, 0.0), (0.0, 0.0, 1.0))
"""Red, green and blue as web colours, as published."""

TINT, CONTRAST, TURN, WINDOW = 0.3, 0.5, 20.0, 0.8
"""Share of the tint, contrast left, largest angle in degrees, share of each side that is kept."""

_COLOUR = {"grayscale": "a grey picture", "white-balance": "white balance", "tint": "a tint"}


@perturbation(
    "multibench/image",
    family="multibench",
    modality="image",
    coupling="transform",
    measure="rmse",
    frames="fixed",
    requires=("image",),
    exempt={"monotone": "as published: parts undo each other, so a higher level may distort less"},
)
def image(image: Image, draw: Draw, *, level: Dose = LEVEL, parts: Parts = PARTS, divided_by: float = 1.0) -> Noisy:  # fmt: skip
    """A picture that went through many hands: faded, inverted, tinted, grainy, turned, mirrored, cut, any of them at once.

    Each part is made with probability `level`, in this order: grayscale; contrast halved about the mean grey level;
    invert; white-balance, a light of one of 19 temperatures; tint, 30 % of red, green or blue; salt-pepper, a share
    `level` of the pixels turns white or black; gaussian, normal noise of `level` times the picture's own standard
    deviation; rotate, by -20 to 20 degrees; flip, left to right; crop, a window of 80 % of each side, enlarged.
    What comes into view from outside is black. Pictures without colours have no grayscale, white balance and tint.
    The report names the parts that were made.

    Departures from the program: noise is in units of the picture's spread (there, sigma is `level` on a scale of
    255, which rounds to nothing); salt is white (there it is 1 of 255, so that both are pepper), and it hits the
    share it names; both leave a picture its colours; a crop keeps height and width in their places, the angle is
    what its code draws, and no value wraps around.

    Severity: the protocol's noise level, 0 to 1: the probability of each part, and the amount of salt, pepper and gaussian.

    Settings:
        parts: some of these ten.
        divided_by: what the level is divided by first; see multibench/text.

    Raises:
        BadSetting: there is no such part, or the divisor is below 1.
        NotApplicable: only parts that change colours are asked for, and there are none.

    References: Liang et al. 2021, MultiBench: Multiscale Benchmarks for Multimodal Representation Learning (visual imperfections).
    """
    amount, wanted = within(level, divided_by), _fitting(image, chosen(parts, PARTS))
    number = draw.uniform(len(PARTS), stream="parts")
    made = [name for name in wanted if number[PARTS.index(name)] < amount]
    noisy, spread = image, float(image.std(dtype=np.float64))
    for name in made:
        if name in _PIXELS:
            noisy = _PIXELS[name](noisy, draw, amount, spread)
    noisy = np.asarray(noisy, dtype=image.dtype)
    moves = [_MOVES[name](draw, image.shape[:2]) for name in made if name in _MOVES]
    # One matrix for all moves: what one takes out of the frame, the later ones never bring back.
    matrix = reduce(lambda before, after: after @ before, moves, np.eye(3))
    if moves:
        noisy = warped(noisy, matrix, "constant")
    return Noisy(noisy, Geometry.projective(matrix, image.shape[:2]), {"parts": ", ".join(made)})


def _fitting(image: Image, wanted: Parts) -> Parts:
    """Return the parts that have a meaning for the image's channels."""
    if image.shape[-1] == 3:
        return wanted
    if all(name in _COLOUR for name in wanted):
        need_colours(image, _COLOUR[wanted[0]])
    return tuple(name for name in wanted if name not in _COLOUR)


def _gray(image: Image, draw: Draw, amount: float, spread: float) -> Image:
    return np.broadcast_to((image @ LUMA)[..., None], image.shape)


def _faded(image: Image, draw: Draw, amount: float, spread: float) -> Image:
    grey = image @ LUMA if image.shape[-1] == 3 else np.ascontiguousarray(image)
    mean = float(grey.mean(dtype=np.float64))
    return np.asarray(mean + CONTRAST * (image - mean))


def _inverted(image: Image, draw: Draw, amount: float, spread: float) -> Image:
    return np.asarray(1 - image)


def _balanced(image: Image, draw: Draw, amount: float, spread: float) -> Image:
    lights = np.array(list(KELVIN.values())) / 255
    return np.asarray(image * lights[int(draw.uniform(stream="white-balance") * len(lights))])


def _tinted(image: Image, draw: Draw, amount: float, spread: float) -> Image:
    colour = np.array(TINTS[int(draw.uniform(stream="tint") * len(TINTS))])
    return np.asarray((1 - TINT) * image + TINT * colour)


def _salted(image: Image, draw: Draw, amount: float, spread: float) -> Image:
    hit = draw.uniform(image.shape[:2], stream="salt-pepper") < amount
    white = draw.uniform(image.shape[:2], stream="salt") < 0.5
    return np.where(hit[..., None], white[..., None], image)


def _grained(image: Image, draw: Draw, amount: float, spread: float) -> Image:
    noise = draw.normal(image.shape, stream="gaussian")
    return np.asarray(np.clip(image + amount * spread * noise, 0, 1))


def _turned(draw: Draw, frame: Frame) -> Floats:
    return about_centre(turn(TURN * (2 * float(draw.uniform(stream="rotate")) - 1)), frame)


def _mirrored(draw: Draw, frame: Frame) -> Floats:
    return mirror("horizontal", frame)


def _cropped(draw: Draw, frame: Frame) -> Floats:
    down, right = ((1 - WINDOW) * draw.uniform(2, stream="crop") * frame).tolist()
    corner = translation(-0.5, -0.5) @ np.diag([1 / WINDOW, 1 / WINDOW, 1.0])
    return np.asarray(corner @ translation(0.5 - right, 0.5 - down))


_PIXELS: Mapping[str, Callable[[Image, Draw, float, float], Image]] = {
    "grayscale": _gray,
    "contrast": _faded,
    "invert": _inverted,
    "white-balance": _balanced,
    "tint": _tinted,
    "salt-pepper": _salted,
    "gaussian": _grained,
}
_MOVES: Mapping[str, Callable[[Draw, Frame], Floats]] = {
    "rotate": _turned,
    "flip": _mirrored,
    "crop": _cropped,
}
