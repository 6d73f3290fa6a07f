"""What a clip is: frames one after the other, TxHxW or TxHxWxC, each of them an image by the image's own contract.

Why: a frame of a clip and an image differ in nothing, so dtypes, range, layout and alpha are the image's rules, asked of its
contract. The facts `layout` and `channels` are those of a frame; `rate`, in frames per second, may be given.
"""

import math
from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._modality import Context, Measure, Modality, modality
from perturbations.errors import BadValue, explain

Clip = NDArray[Any]
"""A clip in working form: (T, H, W, C)."""

_IMAGE = modality("image")
_FRAMES, _SIDE = 6, 24
"""Size of a clip of the corpus."""
_MANY = 16
"""More rows and columns, or more channels, than a reading of the axes should hold by chance."""


def check(value: Any, context: Context, batched: bool) -> None:
    """Raise BadValue unless `value` is a clip, or a stack of n clips."""
    if not isinstance(value, np.ndarray):
        raise BadValue(
            explain("a numpy array", "clip", value, "stack the frames: np.stack(frames)")
        )
    shape = value.shape[1:] if batched else value.shape
    if len(shape) not in (3, 4):
        hint = "noise.batch(clips) takes several" if len(shape) == 5 else "image[None] is one frame"
        raise BadValue(explain("a clip of shape TxHxW or TxHxWxC", "clip", value, hint))
    if 0 in shape:
        hint = "leave it out"
        raise BadValue(explain("at least one frame, pixel and channel", "clip", value, hint))
    if "layout" not in context.facts and "channels" not in context.facts:
        _check_axes(value, shape)
    _IMAGE.check(_frames(value, batched), context, True)


def _check_axes(value: Clip, shape: tuple[int, ...]) -> None:
    """Refuse what is far more likely something else than a clip whose axes nobody named."""
    if len(shape) == 3 and shape[2] in (3, 4) and min(shape[:2]) > _MANY:
        hint = 'one frame is image[None]; say facts={"channels": "grey"} if they are narrow frames'
        raise BadValue(explain("frames first, TxHxW", "clip", value, hint))
    if len(shape) == 4 and shape[0] in (1, 3, 4) and min(shape[1:]) > _MANY:
        hint = 'np.moveaxis(clip, 0, -1) puts channels last; or say facts={"channels": "bands"}'
        raise BadValue(explain("frames first and channels last, TxHxWxC", "clip", value, hint))


def _frames(value: Clip, batched: bool) -> Clip:
    """Return the frames of one clip, or of all clips of a stack, along one leading axis."""
    return value.reshape(-1, *value.shape[2:]) if batched else value


def encode(value: Clip, context: Context, batched: bool) -> tuple[Clip, Any]:
    """Return the frames as images in working form, and the images' own token."""
    working, token = _IMAGE.encode(_frames(value, batched), context, True)
    return working.reshape(*value.shape[: 1 + batched], *working.shape[1:]), token


def decode(working: Clip, token: Any, context: Context, batched: bool) -> Clip:
    """Return the clip as it came."""
    frames: Clip = _IMAGE.decode(_frames(working, batched), token, context, True)
    return frames.reshape(*working.shape[: 1 + batched], *frames.shape[1:])


def distance(clean: Clip, noisy: Clip, context: Context) -> dict[str, float]:
    """Return an image's distances over all frames, and the share of frames in which anything changed."""
    if clean.shape != noisy.shape:
        raise BadValue(explain(f"the clean clip's shape {clean.shape}", "noisy", noisy))
    differ = (clean != noisy).reshape(len(clean), -1).any(axis=1)
    return {**_IMAGE.distance(clean, noisy, context), "frames-changed": float(differ.mean())}


def signature(value: Any) -> Hashable:
    """Return shape and dtype; clips that share them can be stacked."""
    return getattr(value, "shape", type(value)), str(getattr(value, "dtype", ""))


def edges() -> dict[str, Any]:
    """Return clips at the edge of the contract: one frame, still, and every kind of image as three frames."""
    still = np.arange(2 * 5 * 3, dtype=np.uint8).reshape(2, 5, 3) * 8
    clips = {name: _moving(image) for name, image in _IMAGE.edges().items()}
    frozen = clips["read-only"]
    frozen.flags.writeable = False
    return clips | {
        "one frame": still[None].copy(),
        "two frames": np.stack([still, still[:, ::-1]]),
        "one pixel for long": np.arange(40, dtype=np.uint8).reshape(40, 1, 1) * 6,
        "still": np.repeat(still[None], 8, axis=0),
        "every other frame": np.repeat(clips["colour"], 4, axis=0)[::2],
        "not contiguous": np.repeat(_IMAGE.edges()["colour"], 2, axis=1)[None, :, ::2],
    }


def _moving(image: NDArray[Any]) -> Clip:
    return np.stack([np.roll(image, step, axis=min(1, image.ndim - 1)) for step in range(3)])


def bad() -> dict[str, Any]:
    """Return values that are no clip."""
    clip = np.full((2, 4, 5, 3), 0.5, dtype=np.float32)
    broken = clip.copy()
    broken[1, 1, 2, 0] = np.nan
    return {
        "a list of frames": list(clip),
        "no clip": None,
        "no frames": clip[:0],
        "no pixels": clip[:, :0],
        "no channels": clip[..., :0],
        "two axes": clip[0, ..., 0],
        "six axes": clip[None, None],
        "int32": (clip * 200).astype(np.int32),
        "levels as floats": clip * 255,
        "below 0": clip - 1,
        "NaN": broken,
        "one colour image": np.zeros((32, 32, 3), dtype=np.uint8),
        "channels before frames": np.zeros((3, 20, 32, 32), dtype=np.uint8),
        "channels before rows": np.zeros((5, 3, 32, 32), dtype=np.uint8),
    }


def corpus(n: int) -> list[Any]:
    """Return short clips: a camera pans over scanned digits and patches of photos, each at its own speed."""
    return [_pan(image, speeds) for image, speeds in zip(_IMAGE.corpus(n), _speeds(), strict=False)]


def _speeds() -> Iterator[tuple[float, float]]:
    """Yield velocities as shares of the way that is free, on a spiral of golden angles, so that none is still."""
    angle, step = math.pi * (3 - math.sqrt(5)), 0
    while True:
        yield math.sin(step * angle), math.cos(step * angle)
        step += 1


def _pan(image: NDArray[Any], speeds: tuple[float, float]) -> Clip:
    side = min(_SIDE, *image.shape[:2])
    free = np.array(image.shape[:2]) - side
    way = np.linspace(-0.5, 0.5, _FRAMES)[:, None] * np.asarray(speeds) + 0.5
    corners = np.rint(way * free).astype(int).tolist()
    return np.stack([image[y : y + side, x : x + side] for y, x in corners])


MODALITY = Modality(
    name="video",
    check=check,
    encode=encode,
    decode=decode,
    measures={**_IMAGE.measures, "frames-changed": Measure("share of frames", +1)},
    distance=distance,
    edges=edges,
    bad=bad,
    corpus=corpus,
    signature=signature,
    stack=np.stack,
    families=(*_IMAGE.families, "timing", "codec"),
)
