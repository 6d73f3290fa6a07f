"""Any transform of audiomentations as a lawful noise.

Why: its transforms draw from the global generators of `random` and numpy, with a probability and a range for each parameter.
Here p is 1, the range of the tied parameter is one point, and both generators are seeded from the sample's draw and restored, under
a lock. Ranges that are not tied are drawn from those seeds, so they are the same at every severity.
"""

import inspect
import random  # the transforms draw from it
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._draw import Draw
from perturbations._extras import require
from perturbations._ladder import Dose, Ladder
from perturbations._perturbation import Perturbation, perturbation
from perturbations.errors import BadDeclaration, BrokenContract, did_you_mean, explain

_GLOBAL_GENERATORS = threading.Lock()
_THIRD_GENERATOR = ("RoomSimulator",)
"""Transforms that draw from a generator inside pyroomacoustics, which cannot be seeded from here."""


def from_audiomentations(
    transform: type | str,
    *,
    name: str,
    parameter: str | tuple[str, ...],
    ladder: Ladder,
    coupling: str = "transform",
    keeps: tuple[str, ...] = ("shape", "dtype"),
    measure: str | None = None,
    exempt: Mapping[str, str] | None = None,
    registered: bool = False,
    **fixed: Any,
) -> Perturbation:
    """Make a noise out of a transform of audiomentations, with one parameter tied to a ladder.

    Args:
        transform: the class, or its name.
        name: the noise's name, "audio/...".
        parameter: the parameter that the dose sets; "snr_db" stands for both min_snr_db and max_snr_db.
        ladder: the doses, in the parameter's unit.
        coupling: how severities relate; see `perturbation`.
        keeps: leave "shape" out for a transform that changes the length.
        measure: distance in which distortion never decreases; the SNR by default.
        exempt: laws that do not hold for it, each with the reason.
        registered: whether `perturbations.get` finds it by name.
        fixed: other arguments of the transform.

    The result is pickled by these arguments. Other threads must not use the global generators while it works.

    Raises:
        MissingExtra: audiomentations is not installed.
        BadDeclaration: there is no such transform or parameter, or it draws from a generator that cannot be seeded.

    Examples:
        >>> noise = from_audiomentations(
        ...     "TanhDistortion", name="audio/tanh", parameter="distortion",
        ...     ladder=Ladder(0.1, 0.3, 0.5, 0.7, 0.9, unit="distortion"),
        ... )
    """
    kind = _transform_class(transform)
    tied = _tied_parameters(kind, parameter)
    _check_fixed(kind, fixed)

    @lru_cache(maxsize=8)
    def build(dose: float) -> Any:
        return kind(**{"p": 1.0} | fixed | dict.fromkeys(tied, dose))

    def noise(clip: NDArray[Any], draw: Draw, *, rate: float, **dose: float) -> NDArray[Any]:
        seed = int(draw.key("audiomentations"))
        with _seeded(seed), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            noisy = _apply(build(*dose.values()), clip, int(rate), seed)
        if "shape" in keeps and noisy.shape != clip.shape:
            hint = 'for a transform that changes the length pass keeps=("dtype",)'
            raise BrokenContract(explain(f"{name} to keep {clip.shape}", "result", noisy, hint))
        return noisy

    dose_name = tied[0].removeprefix("min_").removeprefix("max_")
    _describe(noise, kind, dose_name, ladder)
    made = perturbation(
        name,
        family="audiomentations",
        coupling=coupling,
        keeps=keeps,
        measure=measure,
        exempt=exempt,
        requires=("audio",),
        registered=registered,
    )(noise)
    keywords = {
        "name": name,
        "parameter": parameter,
        "ladder": ladder,
        "coupling": coupling,
        "keeps": keeps,
        "measure": measure,
        "exempt": exempt,
        "registered": registered,
    }
    return replace(made, recipe=(from_audiomentations, (transform,), keywords | fixed))


def _transform_class(transform: type | str) -> type:
    library = require("audiomentations", extra="audio")
    base = library.core.transforms_interface.BaseWaveformTransform
    known = {k: v for k, v in vars(library).items() if inspect.isclass(v) and issubclass(v, base)}
    kind = known.get(transform) if isinstance(transform, str) else transform
    if not (inspect.isclass(kind) and issubclass(kind, base)):
        hint = did_you_mean(str(transform), known)
        expected = "a waveform transform of audiomentations"
        raise BadDeclaration(explain(expected, "transform", transform, hint))
    return kind


def _tied_parameters(kind: type, parameter: str | tuple[str, ...]) -> tuple[str, ...]:
    known = inspect.signature(kind).parameters
    asked = (parameter,) if isinstance(parameter, str) else parameter
    both = (f"min_{asked[0]}", f"max_{asked[0]}")
    tied = both if len(asked) == 1 and all(each in known for each in both) else asked
    for each in tied:
        if each not in known or each == "p":
            expected = f"a parameter of {kind.__name__}"
            raise BadDeclaration(explain(expected, "parameter", each, did_you_mean(each, known)))
    return tied


def _check_fixed(kind: type, fixed: Mapping[str, Any]) -> None:
    known = inspect.signature(kind).parameters
    for key in fixed:
        if key not in known or key == "p":
            hint = "p is always 1" if key == "p" else did_you_mean(key, known)
            expected = f"an argument of {kind.__name__}"
            raise BadDeclaration(explain(expected, "argument", key, hint))
    if kind.__name__ in _THIRD_GENERATOR and fixed.get("use_ray_tracing", True):
        hint = (
            "pass use_ray_tracing=False: ray tracing draws from a generator that cannot be seeded"
        )
        raise BadDeclaration(explain("a transform that can be seeded", "transform", kind, hint))


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed the global generators, and put them back as they were."""
    with _GLOBAL_GENERATORS:
        states = random.getstate(), np.random.get_state()  # noqa: NPY002
        try:
            _seed(seed)
            yield
        finally:
            random.setstate(states[0])
            np.random.set_state(states[1])  # noqa: NPY002


def _seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed([seed & 0xFFFFFFFF, seed >> 32])  # noqa: NPY002


def _apply(transform: Any, clip: NDArray[Any], rate: int, seed: int) -> NDArray[Any]:
    """Run the transform on (C, T); each channel alone, with equal draws, where it is for mono only."""
    if clip.size == 0:
        return clip.copy()
    samples = np.array(clip, dtype=np.float32)
    if len(samples) == 1:
        return np.atleast_2d(transform(samples[0], rate))
    if transform.supports_multichannel:
        return np.asarray(transform(samples, rate))
    channels = []
    for channel in samples:
        _seed(seed)
        channels.append(transform(channel, rate))
    return np.stack(channels)


def _describe(function: Any, kind: type, dose_name: str, ladder: Ladder) -> None:
    """Give the noise function the signature and the docstring that a declaration is read from."""
    paragraph = (inspect.getdoc(kind) or f"{kind.__name__} of audiomentations.").partition("\n\n")[
        0
    ]
    first = " ".join(paragraph.split()).partition(". ")[0].rstrip(".") + "."
    version = require("audiomentations", extra="audio").__version__
    function.__name__ = dose_name
    function.__doc__ = (
        f"{first}\n\nSeverity: {dose_name}, in {ladder.unit}.\n"
        f"References: audiomentations {version}, {kind.__name__}."
    )
    keyword, plain = inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    function.__signature__ = inspect.Signature(
        [
            inspect.Parameter("clip", plain),
            inspect.Parameter("draw", plain),
            inspect.Parameter(dose_name, keyword, default=ladder, annotation=Dose),
            inspect.Parameter("rate", keyword, annotation=float),
        ]
    )
