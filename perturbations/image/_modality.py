"""What an image is: uint8, uint16, or floating point in [0, 1]; HxW or HxWxC, or CxHxW when the fact `layout` says so.

One channel is grey, three are red, green and blue, four are red, green, blue and alpha; any other number, and any number
with the fact `channels` = "bands", are bands of equal standing. OpenCV's order is declared: "BGR", "BGRA". Alpha is no light: no
noise sees or changes it, not even one that moves the picture (its mapping moves alpha as a mask).
"""

import math
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations._modality import Context, Measure, Modality
from perturbations.errors import BadValue, explain

Image = NDArray[Any]

_FULL_SCALE = {"uint8": 255, "uint16": 65535, "float32": 1, "float64": 1}
"""The value of full light, by dtype."""
_TYPES = {np.uint8, np.uint16, np.float32, np.float64}
_LAYOUTS = ("HWC", "CHW")
_MANY_CHANNELS = 16
"""With more channels than this, an image whose layout was not declared may well be CxHxW, and is refused."""
_CHANNELS = {"grey": 1, "grey-alpha": 2, "RGB": 3, "BGR": 3, "RGBA": 4, "BGRA": 4, "bands": None}
"""What the fact `channels` may say, and how many channels that is."""
_OUT_OF_RANGE = "rescale it to [0, 1]; if it was normalised by a mean and a spread, put that step into the model"
FAMILIES = (
    "weather",
    "light",
    "occlusion",
    "geometry",
    "optics",
    "sensor",
    "digital",
    "diffusion",
)
"""The way of the light: the scene, what is in front of the camera, its pose, its lens, its sensor, the file."""


class Token(NamedTuple):
    """How an image came, so that the noisy one is given back the same way."""

    dtype: np.dtype[Any]
    grey: bool
    """HxW, without a channel axis."""
    channels_first: bool
    alpha: Image | None
    """The alpha channel, (..., H, W, 1), as it came."""
    blue_first: bool = False
    padded: bool = False
    """Three bands came with a fourth for the way, so that no noise takes them for colours."""


def _layout(context: Context) -> str | None:
    layout = context.facts.get("layout")
    if layout is not None and layout not in _LAYOUTS:
        raise BadValue(explain("the fact layout to be HWC or CHW", "layout", layout))
    return layout


def _has_alpha(count: int, context: Context) -> bool:
    """Tell whether the last of `count` channels is alpha."""
    said = context.facts.get("channels")
    if said is None:
        return count == 4
    if said not in _CHANNELS or _CHANNELS[said] not in (None, count):
        hint = f"one of {', '.join(_CHANNELS)}; bands are any number, without alpha"
        raise BadValue(
            explain(f"the fact channels to fit {count} channel(s)", "channels", said, hint)
        )
    return said in ("grey-alpha", "RGBA", "BGRA")


def _check(value: Any, context: Context, batched: bool) -> None:
    if not isinstance(value, np.ndarray):
        raise BadValue(explain("a numpy array", "image", value, "convert it: np.asarray(image)"))
    _check_shape(value, context, batched)
    if value.dtype.type not in _TYPES:
        expected = "dtype uint8, uint16, float32 or float64"
        raise BadValue(explain(expected, "image", value, _dtype_hint(value.dtype)))
    if value.dtype.kind == "f":
        _check_range(value)


def _check_shape(value: Image, context: Context, batched: bool) -> None:
    layout, shape = _layout(context), value.shape[1:] if batched else value.shape
    if len(shape) not in (2, 3):
        hint = "noise.batch(images) takes several" if value.ndim == 4 and not batched else ""
        raise BadValue(explain("an image of shape HxW or HxWxC", "image", value, hint))
    if 0 in shape:
        raise BadValue(
            explain("at least one pixel and one channel", "image", value, "leave it out")
        )
    if layout is None and len(shape) == 3 and shape[2] > _MANY_CHANNELS:
        hint = 'say facts={"layout": "CHW"}, or {"layout": "HWC"} if it really has so many channels'
        raise BadValue(explain("channels last, HxWxC", "image", value, hint))
    _has_alpha(_count(shape, layout), context)


def _count(shape: tuple[int, ...], layout: str | None) -> int:
    return 1 if len(shape) == 2 else shape[0 if layout == "CHW" else 2]


def _dtype_hint(dtype: np.dtype[Any]) -> str:
    if dtype == np.bool_:
        return "scale it: image.astype(np.uint8) * 255"
    if dtype.kind in "iu":
        return "cast it if its levels are 0 to 255: image.astype(np.uint8)"
    return (
        "cast it: image.astype(np.float32)" if dtype.kind == "f" else "give grey levels or colours"
    )


def _check_range(value: Image) -> None:
    low, high = float(value.min()), float(value.max())
    if low >= 0 and high <= 1:
        return
    if math.isnan(low) or math.isinf(low) or math.isinf(high):
        bad = int(np.count_nonzero(~np.isfinite(value)))
        hint = "replace them, for example by np.nan_to_num, or leave the image out"
        raise BadValue(explain(f"finite values ({bad} are NaN or infinite)", "image", value, hint))
    hint = "divide it by 255" if low >= 0 and 2 < high <= 255 else _OUT_OF_RANGE
    raise BadValue(
        explain(f"values in [0, 1] (they span {low:g} to {high:g})", "image", value, hint)
    )


def _encode(value: Image, context: Context, batched: bool) -> tuple[Image, Token]:
    grey = value.ndim - batched == 2
    first = not grey and _layout(context) == "CHW"
    image = value[..., None] if grey else value
    if first:
        image = np.moveaxis(image, -3, -1)
    alpha = None
    if _has_alpha(image.shape[-1], context):
        image, alpha = image[..., :-1], image[..., -1:]
    said, count = context.facts.get("channels"), image.shape[-1]
    blue_first, padded = said in ("BGR", "BGRA"), said == "bands" and count == 3
    if blue_first:
        image = image[..., ::-1]
    if padded:
        image = np.concatenate([image, image[..., -1:]], axis=-1)
    if value.dtype == np.uint16 or (value.dtype == np.uint8 and not context.native):
        image = image / np.float32(_FULL_SCALE[value.dtype.name])
    return image, Token(value.dtype, grey, first, alpha, blue_first, padded)


def _decode(working: Image, token: Token, context: Context, batched: bool) -> Image:
    native = context.native and working.dtype == token.dtype
    image = working if native else _to_dtype(working, token.dtype)
    if token.blue_first or token.padded:
        image = np.ascontiguousarray(image[..., ::-1] if token.blue_first else image[..., :3])
    if token.alpha is not None:
        image = np.concatenate([image, token.alpha], axis=-1)
    if token.channels_first:
        return np.ascontiguousarray(np.moveaxis(image, -1, -3))
    return image[..., 0] if token.grey else image


def _to_dtype(working: Image, dtype: np.dtype[Any]) -> Image:
    image: Image = np.clip(working, 0, 1)
    if dtype.kind == "u":
        image = np.rint(image * _FULL_SCALE[dtype.name])
    return image.astype(dtype, copy=False)


def _distance(clean: Image, noisy: Image, context: Context) -> dict[str, float]:
    if clean.shape != noisy.shape:
        raise BadValue(explain(f"the clean image's shape {clean.shape}", "noisy", noisy))
    full = float(_FULL_SCALE[clean.dtype.name])
    error = np.subtract(noisy, clean, dtype=np.float64).ravel() / full
    mean_square = float(np.mean(error * error))
    psnr = -10 * math.log10(mean_square) if mean_square > 0 else math.inf
    changed = float(np.count_nonzero(error) / error.size)
    return {"psnr": psnr, "rmse": math.sqrt(mean_square), "changed": changed}


def _edges() -> dict[str, Image]:
    ramp = np.arange(7 * 10 * 5, dtype=np.uint8).reshape(7, 10, 5)
    colour = np.ascontiguousarray(ramp[..., :3])
    frozen = colour.copy()
    frozen.flags.writeable = False
    return {
        "one pixel": np.full((1, 1), 99, dtype=np.uint8),
        "one row": ramp[:1, :, 0].copy(),
        "one column": ramp[:, :1, :3].copy(),
        "grey": ramp[..., 0].copy(),
        "one channel": ramp[..., :1].copy(),
        "colour": colour,
        "four channels": ramp[..., :4].copy(),
        "five channels": ramp,
        "read-only": frozen,
        "not contiguous": ramp[::2, ::-1, :3],
        "float32": (colour / 255).astype(np.float32),
        "float64": ramp[..., 0] / 255,
        "uint16": colour.astype(np.uint16) * 257 + 3,
        "black": np.zeros((6, 9, 3), dtype=np.uint8),
        "white": np.full((6, 9, 3), 255, dtype=np.uint8),
        "white float": np.ones((6, 9), dtype=np.float32),
    }


def _bad() -> dict[str, Any]:
    image = np.full((4, 5, 3), 0.5, dtype=np.float32)
    broken, infinite = image.copy(), image.copy()
    broken[1, 2, 0], infinite[1, 2, 0] = np.nan, np.inf
    return {
        "a list": [[0, 255]],
        "no image": None,
        "no pixels": np.zeros((0, 5, 3), dtype=np.uint8),
        "no channels": np.zeros((4, 5, 0), dtype=np.uint8),
        "one axis": np.zeros(5, dtype=np.uint8),
        "five axes": np.zeros((1, 1, 4, 5, 3), dtype=np.uint8),
        "int32": np.zeros((4, 5), dtype=np.int32),
        "bool": np.zeros((4, 5), dtype=np.bool_),
        "float16": image.astype(np.float16),
        "levels as floats": image * 255,
        "below 0": image - 1,
        "NaN": broken,
        "infinite": infinite,
        "channels first": np.zeros((3, 32, 32), dtype=np.uint8),
    }


def _corpus(n: int) -> list[Image]:
    """Return scanned digits and patches of photos by turns; digits only where no decoder is installed."""
    digits, patches = _digits(), _photo_patches()
    if not patches:
        return list(digits[:n])
    pairs = zip(digits, patches, strict=False)
    return [image for pair in pairs for image in pair][:n]


@cache
def _digits() -> tuple[Image, ...]:
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits

    scans = load_digits().images[:256] * (255 / 16)
    grown = zoom(scans, (1, 4, 4), order=1, grid_mode=True, mode="nearest")
    return tuple(np.rint(grown).astype(np.uint8))


@cache
def _photo_patches(side: int = 48) -> tuple[Image, ...]:
    photos = [_photo(name) for name in ("china.jpg", "flower.jpg")]
    return tuple(
        np.ascontiguousarray(photo[y : y + side, x : x + side])
        for y in range(0, 427 - side, side)
        for x in range(0, 640 - side, side)
        for photo in photos
        if photo is not None
    )


def _photo(name: str) -> Image | None:
    """Decode a photo that scikit-learn ships, by whatever decoder is installed."""
    from importlib.resources import files
    from importlib.util import find_spec

    path = files("sklearn.datasets.images").joinpath(name)
    if find_spec("cv2"):
        import cv2

        blue_first = np.asarray(cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), 1))
        return blue_first[..., ::-1]
    if find_spec("PIL"):
        from sklearn.datasets import load_sample_image

        return np.asarray(load_sample_image(name))
    return None


MODALITY = Modality(
    name="image",
    check=_check,
    encode=_encode,
    decode=_decode,
    measures={
        "psnr": Measure("dB", -1),
        "rmse": Measure("of full scale", +1),
        "changed": Measure("share of values", +1),
    },
    distance=_distance,
    edges=_edges,
    corpus=_corpus,
    signature=lambda value: (
        getattr(value, "shape", type(value)),
        str(getattr(value, "dtype", "")),
    ),
    stack=np.stack,
    unstack=list,
    bad=_bad,
    families=FAMILIES,
)
