"""Every noise of images is a noise of clips; what it does over time is what the image noise declares as `frames`.

Why: rain, sensors and lenses do to each frame what they do to a photograph, so there is one mechanism and no second
catalogue. The noises are taken from the registry, because the libraries of two modalities never import each other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from perturbations import Draw, Noisy, Perturbation
from perturbations._draw import combine
from perturbations._registry import _KNOWN, _load_modality, register
from perturbations.errors import BadDeclaration, explain
from perturbations.video._modality import Clip

Function = Callable[..., Any]

_OVER_TIME = {
    "independent": "every frame has a draw of its own.",
    "fixed": "all frames of a clip share one draw, so the pattern stands still.",
    "moving": "a clip has one draw, and what it makes moves on from frame to frame.",
    "device": "all frames share the draw of the one camera, so the pattern stands still.",
}


def lift(noise: Perturbation) -> Perturbation:
    """Return the noise of clips that puts an image noise into every frame: `image/fog` becomes `video/fog`.

    Ladders, settings, coupling and exemptions are the image noise's. The noises of the catalogue are lifted already;
    this is for noises of your own, and for those of `from_albumentations`.

    Raises:
        BadDeclaration: it is no noise of images, or it needs the other images of the data set.
    """
    if noise.modality != "image" or noise.declared.peers:
        hint = "a noise of another modality, or one that needs peers, has no meaning frame by frame"
        raise BadDeclaration(explain("a noise of single images", "noise", noise.name, hint))
    return replace(_lifted(noise), recipe=(lift, (noise,), {}))


def _lifted(noise: Perturbation) -> Perturbation:
    declared = noise.declared
    facts = {fact: needed for fact, needed in declared.facts.items() if fact != "time"}
    return replace(
        noise,
        name=f"video/{noise.name.partition('/')[2]}",
        modality="video",
        function=_over_time(noise.function, noise.name, _frames_of(noise), noise.batched),
        declared=replace(declared, facts=facts),
        batched=False,
        recipe=None,
    )


def _frames_of(noise: Perturbation) -> str:
    """Return what the noise does over time; a device has one pattern whatever else is said."""
    if noise.scope == "device" and noise.frames == "independent":
        return "device"
    timeless = noise.frames == "moving" and "time" not in noise.declared.facts
    return "fixed" if timeless else noise.frames


@cache
def _over_time(function: Function, name: str, frames: str, batched: bool) -> Function:  # noqa: FBT001
    """Return the function of clips that calls a function of images for every frame, or for all of them at once."""

    def lifted(clip: Clip, draw: Draw, **arguments: Any) -> Any:
        keys = _keys(draw, len(clip), frames)
        if batched and frames != "moving":
            found = function(clip, keys, **arguments)
            if frames == "independent" or len(clip) == 1:
                return found
            # A batched noise gives mapping and report for a single image only; the first frame's hold for all.
            first = _noisy(function(clip[:1], Draw(keys.keys[:1], draw.run), **arguments))
            return replace(first, value=_noisy(found).value)
        made = []
        for number in range(len(clip)):
            here = slice(number, number + 1) if batched else number
            moved = {"time": float(number)} if frames == "moving" else {}
            own = Draw(keys.keys[here, ...], draw.run)
            made.append(_noisy(function(clip[here], own, **arguments, **moved)))
        return _gathered(made, batched=batched, still=frames in {"fixed", "device"})

    lifted.__name__ = name.partition("/")[2].replace("-", "_")
    lifted.__doc__ = _doc(function.__doc__ or "", name, frames)
    return lifted


def _keys(draw: Draw, count: int, frames: str) -> Draw:
    if frames == "independent":
        return Draw(combine(draw.key("frame"), np.arange(count, dtype=np.uint64)), draw.run)
    return Draw(np.broadcast_to(draw.keys, (count,)), draw.run)


def _noisy(found: Any) -> Noisy:
    return found if isinstance(found, Noisy) else Noisy(found)


def _gathered(made: Sequence[Noisy], *, batched: bool, still: bool) -> Noisy:
    """Put frames together: reports are lists where the frames differ; mappings come frame by frame, unless it is one."""
    values = [each.value for each in made]
    mappings = tuple(each.mapping for each in made)
    mapping = None if all(each is None for each in mappings) else mappings
    return Noisy(
        np.concatenate(values) if batched else np.stack(values),
        mapping=mappings[0] if still else mapping,
        report=_merged([each.report for each in made]),
    )


def _merged(reports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for name in reports[0]:
        numbers = [report.get(name) for report in reports]
        same = all(repr(each) == repr(numbers[0]) for each in numbers)
        merged[name] = numbers[0] if same else numbers
    return merged


def _doc(text: str, name: str, frames: str) -> str:
    first, _, rest = text.strip().partition("\n")
    over_time = f"    In a clip: `{name}` in every frame; {_OVER_TIME[frames]}"
    return f"{first}\n\n{over_time}\n{rest}"


def _register() -> None:
    """Make the clip's form of every image noise of this package known."""
    _load_modality("image")
    for name, noise in sorted(_KNOWN.items()):
        ours = noise.function.__module__.startswith("perturbations.image.")
        if ours and name.startswith("image/") and not noise.declared.peers:
            register(_lifted(noise))


_register()
