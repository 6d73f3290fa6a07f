"""The nineteen corruptions of ImageNet-C as readings of the catalogue: one recipe each, for any table of constants."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from perturbations import Dose, Draw, Noisy, Perturbation, perturbation
from perturbations._presets import LEVELS, at
from perturbations.image.digital.codec import jpeg_compression
from perturbations.image.digital.resolution import pixelate
from perturbations.image.geometry.elastic import _published_elastic, elastic_transform
from perturbations.image.light.colour import _published_saturate, saturate
from perturbations.image.light.exposure import brightness, contrast
from perturbations.image.optics._published import (
    _published_defocus,
    _published_glass,
    _published_motion,
    _published_zoom,
)
from perturbations.image.optics.blur import defocus_blur, gaussian_blur, motion_blur, zoom_blur
from perturbations.image.optics.glass import glass_blur
from perturbations.image.presets._published import Image, need_colours
from perturbations.image.sensor.pixel import (
    gaussian_noise,
    impulse_noise,
    shot_noise,
    speckle_noise,
)
from perturbations.image.weather.fog import _published_fog, fog
from perturbations.image.weather.frost import _published_frost, frost
from perturbations.image.weather.snow import _published_snow, snow
from perturbations.image.weather.spatter import _published_spatter, spatter

Rows = Sequence[Sequence[float]]
"""Five rows of constants, one for each level."""


_NOT_MONOTONE = {"monotone": "the published table is not: a higher level may distort less"}
_NOT_COUPLED = {
    "spatter": "the published levels change from water to mud",
    "glass-blur": "a pixel is carried along by the swaps after its own, so levels of one draw part",
}


class Recipe(NamedTuple):
    """How the constants of one level make a corruption."""

    like: Perturbation
    """The catalogue's noise of the same name."""
    constants: tuple[str, ...]
    """What the numbers of a row are."""
    make: Callable[..., Image | Noisy]
    """From the image, the draw and one row."""
    as_catalogue: bool = True
    """Whether the algorithm is the catalogue's; if not, it is the published one."""
    batched: bool = False
    """Whether it takes several images at once."""
    but: str = ""
    """Where it departs from the published algorithm on purpose."""


def _same(noise: Perturbation) -> Recipe:
    """Read a catalogue noise at its first dose."""
    name, ladder = next(iter(noise.ladders.items()))

    def make(image: Image, draw: Draw, dose: float) -> Image | Noisy:
        made: Image | Noisy = noise.function(image, draw, **{name: dose})
        return made

    return Recipe(noise, (f"{name} ({ladder.unit})",), make, batched=noise.batched)


def _saturate(image: Image, draw: Draw, factor: float, offset: float) -> Image:
    need_colours(image, "saturation")
    return _published_saturate(image, factor, offset)


def _defocus(image: Image, draw: Draw, radius: float, alias: float) -> Image:
    return _published_defocus(image, radius, alias)


def _glass(image: Image, draw: Draw, sigma: float, reach: float, rounds: float) -> Image:
    return _published_glass(image, draw, sigma, int(reach), int(rounds))


def _motion(image: Image, draw: Draw, radius: float, sigma: float) -> Image:
    return _published_motion(image, draw, int(radius), sigma)


def _zoom(image: Image, draw: Draw, end: float, step: float) -> Image:
    # Half-open, with the rounding of the published ranges, which decides whether the end is in.
    return _published_zoom(image, np.arange(1, end, step).tolist())


def _published(
    like: Perturbation,
    make: Callable[..., Image | Noisy],
    *constants: str,
    batched: bool = False,
    but: str = "",
) -> Recipe:
    return Recipe(like, constants, make, as_catalogue=False, batched=batched, but=but)


RECIPES: Mapping[str, Recipe] = {
    "gaussian-noise": _same(gaussian_noise),
    "shot-noise": _same(shot_noise),
    "impulse-noise": _same(impulse_noise),
    "defocus-blur": _published(defocus_blur, _defocus, "radius (px)", "smoothing sigma (px)"),
    "glass-blur": _published(
        glass_blur,
        _glass,
        *("sigma (px)", "largest displacement (px)", "rounds of swaps"),
        but=", but that pixels change places, where the published code copies one over the other",
    ),
    "motion-blur": _published(motion_blur, _motion, "radius (px)", "sigma (px)"),
    "zoom-blur": _published(zoom_blur, _zoom, "largest magnification (exclusive)", "step"),
    "fog": _published(fog, _published_fog, "amplitude", "wibble decay"),
    "snow": _published(
        snow,
        _published_snow,
        "mean of the flakes' noise",
        "its standard deviation",
        "zoom",
        "threshold",
        "streak radius (px)",
        "streak sigma (px)",
        "share of the picture kept",
    ),
    "frost": _published(
        frost,
        _published_frost,
        *("weight of the picture", "weight of the ice", "scale of the ice"),
        but=", with synthesised ice that measures what the published photographs do",
    ),
    "spatter": _published(
        spatter,
        _published_spatter,
        "mean of the liquid's noise",
        "its standard deviation",
        "blur sigma (px)",
        "threshold",
        "strength",
        "mud (0 is water)",
    ),
    "brightness": _same(brightness),
    "contrast": _same(contrast),
    "elastic-transform": _published(
        elastic_transform, _published_elastic, "alpha (px)", "sigma (px)", "affine jitter (px)"
    ),
    "pixelate": _same(pixelate),
    "jpeg-compression": _same(jpeg_compression),
    "speckle-noise": _same(speckle_noise),
    "gaussian-blur": _same(gaussian_blur),
    "saturate": _published(
        saturate, _saturate, "factor of saturation", "added saturation", batched=True
    ),
}


def declare(
    preset: str,
    table: Mapping[str, Rows],
    *,
    not_monotone: Collection[str],
    not_coupled: Collection[str] = (),
) -> tuple[Perturbation, ...]:
    """Declare the corruptions of a preset from its table of constants."""
    exempt = {name: _NOT_MONOTONE if name in not_monotone else {} for name in table}
    for name in not_coupled:
        exempt[name] = exempt[name] | {"coupled": _NOT_COUPLED[name]}
    return tuple(_reading(preset, name, rows, exempt[name]) for name, rows in table.items())


def _reading(preset: str, name: str, rows: Rows, exempt: Mapping[str, str]) -> Perturbation:
    recipe = RECIPES[name]
    like = recipe.like

    def reading(image: Image, draw: Draw, *, level: Dose = LEVELS) -> Image | Noisy:
        return recipe.make(image, draw, *at(rows, level))

    reading.__doc__ = _document(preset, name, recipe, rows)
    declared = perturbation(
        f"{preset}/{name}",
        family=preset,
        native=like.native,
        batched=recipe.batched,
        coupling=like.coupling,
        frames="independent" if like.frames == "moving" else like.frames,
        exempt={**{k: v for k, v in like.exempt.items() if k == "different-samples"}, **exempt},
        requires=like.requires if recipe.as_catalogue else ("image",),
    )
    return declared(reading)


def _document(preset: str, name: str, recipe: Recipe, rows: Rows) -> str:
    columns = zip(recipe.constants, zip(*rows, strict=True), strict=True)
    constants = "; ".join(f"{what} {', '.join(map(_number, column))}" for what, column in columns)
    how = "At the published constants" if recipe.as_catalogue else "By the published algorithm"
    title = "ImageNet-C" if preset.startswith("imagenet") else "CIFAR-10-C"
    return f"""{recipe.like.summary}

    {how}{recipe.but}; `{recipe.like.name}` is the catalogue's noise, with a severity that is monotone.

    Severity: {constants}; at levels 1 to 5 (severity 0.2 to 1).

    References:
        Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions",
        {title} `{name.replace("-", "_")}`.
    """


def _number(value: Any) -> str:
    return f"{value:.4g}"
