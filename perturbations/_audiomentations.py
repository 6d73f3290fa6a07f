"""Any transform of audiomentations as a lawful noise.

Why: its transforms draw from the global generators of `random` and numpy, with a probability and a range for each
parameter. Here p is 1, the range of the tied parameter is one point, and both generators are seeded from the sample's
draw and put back afterwards. Ranges that are not tied are drawn from those seeds: the same at every severity.
"""

import inspect
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from perturbations._declaration import FACTS
from perturbations._draw import Draw
from perturbations._extras import require
from perturbations._global_random import seeded
from perturbations._ladder import Dose, Ladder
from perturbations.errors import (
    BadSetting,
    BrokenContract,
    NotApplicable,
    did_you_mean,
    explain,
)

if TYPE_CHECKING:
    from perturbations._perturbation import Perturbation

_THIRD_GENERATOR = ("RoomSimulator",)
"""Transforms that draw from a generator inside pyroomacoustics, which cannot be seeded from here."""

_KEPT = 8
"""Transforms kept for reuse: one a dose."""


def from_audiomentations(
    transform: str | type[Any],
    *,
    name: str,
    parameter: str | tuple[str, ...],
    ladder: Ladder,
    family: str = "audiomentations",
    coupling: str = "transform",
    keeps: tuple[str, ...] = ("shape", "dtype"),
    measure: str | None = None,
    exempt: Mapping[str, str] | None = None,
    registered: bool = False,
    **fixed: Any,
) -> "Perturbation":
    """Make a noise of an audiomentations transform whose `parameter` is the dose.

    Args:
        transform: name of a transform, such as "TanhDistortion", or the class.
        name: name of the noise, such as "audio/tanh".
        parameter: the argument that the dose sets, or several; "snr_db" stands for min_snr_db and max_snr_db.
            The ladder has its name, with "_dose" behind it where a fact is called so ("rate").
        ladder: doses of the five severities, with their unit.
        family: kind of noise within the modality.
        coupling: how severities relate; most transforms keep their direction and grow ("transform").
        keeps: leave "shape" out for a transform that changes the length.
        measure: distance in which distortion never decreases.
        exempt: laws that do not hold for it, each with the reason.
        registered: whether `perturbations.get` finds it by name.
        fixed: other arguments of the transform.

    The noise needs the input's `rate`. While it works, other threads must not use the global generators.

    Raises:
        MissingExtra: audiomentations is not installed.
        BadSetting: no such transform or argument, or one that draws from a generator that cannot be seeded.

    Examples:
        >>> ladder = Ladder(0.1, 0.3, 0.5, 0.7, 0.9, unit="distortion")
        >>> noise = from_audiomentations(
        ...     "TanhDistortion", name="audio/tanh", parameter="distortion", ladder=ladder
        ... )
        >>> noise.family
        'audiomentations'
    """
    from perturbations import _registry
    from perturbations._decorator import perturbation

    tied = (parameter,) if isinstance(parameter, str) else tuple(parameter)
    items = tuple(sorted(fixed.items()))
    function = _Transformed(transform, tied, ladder, items, whole="shape" in keeps)
    options: dict[str, Any] = {
        "family": family,
        "coupling": coupling,
        "keeps": keeps,
        "measure": measure,
        "exempt": exempt,
    }
    declare = perturbation(name, requires=("audio",), registered=False, **options)
    arguments = {"name": name, "parameter": parameter, "ladder": ladder, **options, **fixed}
    noise = replace(declare(function), recipe=(from_audiomentations, (transform,), arguments))
    if registered:
        _registry.register(noise)
    return noise


@dataclass(frozen=True)
class _Transformed:
    """The function of such a noise: equal when made of equal parts, so that pickles compare equal."""

    transform: str | type[Any]
    parameter: tuple[str, ...]
    ladder: Ladder
    fixed: tuple[tuple[str, Any], ...]
    whole: bool
    """Whether the length must be kept."""
    kind: Any = field(init=False, compare=False)
    """The class."""
    tied: tuple[str, ...] = field(init=False, compare=False)
    """The arguments that the dose sets."""
    kept: dict[float, Any] = field(init=False, compare=False, repr=False, default_factory=dict)
    """Transforms by dose; used under the lock of the global generators only."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", _class(self.transform))
        known = [name for name in inspect.signature(self.kind).parameters if name != "p"]
        object.__setattr__(self, "tied", _both_ends(self.parameter, known))
        self._check_names(known)
        dose_name = _dose_name(self.tied[0])
        object.__setattr__(self, "__signature__", _signature(dose_name, self.ladder))
        object.__setattr__(self, "__name__", self.kind.__name__)
        object.__setattr__(self, "__doc__", self._doc(dose_name))

    def __call__(
        self, clip: NDArray[Any], draw: Draw, *, rate: float, **dose: float
    ) -> NDArray[Any]:
        if clip.size == 0:
            return clip.copy()
        with seeded(int(draw.key("audiomentations"))) as seed, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            transform = self._made(*dose.values())
            seed()
            try:
                noisy = _apply(transform, clip, int(rate), seed)
            except Exception as error:
                hint = f"audiomentations' {self.kind.__name__} says: {error!r}"
                raise NotApplicable(explain("a clip that it takes", "clip", clip, hint)) from error
        if self.whole and noisy.shape != clip.shape:
            hint = 'a transform that changes the length is declared with keeps=("dtype",)'
            expected = f"{self.kind.__name__} to keep the shape {clip.shape}"
            raise BrokenContract(explain(expected, "result", noisy, hint))
        return noisy

    def _check_names(self, known: list[str]) -> None:
        label = self.kind.__name__
        for name in (*self.tied, *(key for key, _ in self.fixed)):
            if name not in known:
                hint = "p is always 1" if name == "p" else did_you_mean(name, known)
                raise BadSetting(explain(f"an argument of {label}", "argument", name, hint))
        if label in _THIRD_GENERATOR and dict(self.fixed).get("use_ray_tracing", True):
            hint = "pass use_ray_tracing=False: ray tracing has a generator that cannot be seeded"
            raise BadSetting(explain("a transform that can be seeded", "transform", label, hint))

    def _made(self, dose: float) -> Any:
        if dose not in self.kept:
            arguments = dict(self.fixed) | dict.fromkeys(self.tied, dose)
            try:
                made = self.kind(**arguments, p=1.0)
            except (TypeError, ValueError, AssertionError) as error:
                expected = f"arguments that {self.kind.__name__} takes"
                raise BadSetting(explain(expected, "arguments", arguments, str(error))) from error
            while len(self.kept) >= _KEPT:
                self.kept.pop(next(iter(self.kept)))
            self.kept[dose] = made
        return self.kept[dose]

    def _doc(self, dose_name: str) -> str:
        version = require("audiomentations", extra="audio").__version__
        rungs = ", ".join(f"{rung:g}" for rung in self.ladder.rungs)
        fixed = "".join(f", {key} = {value}" for key, value in self.fixed)
        return (
            f"{self.kind.__name__} of audiomentations, seeded from the draw{fixed}.\n\n"
            f"Severity: {dose_name} = {rungs} {self.ladder.unit} (severity 0.2 to 1).\n\n"
            f"References:\n    audiomentations {version}, `{self.kind.__name__}`."
        )


def _class(transform: str | type[Any]) -> Any:
    """Return the class of a waveform transform."""
    library = require("audiomentations", extra="audio")
    base = require("audiomentations.core.transforms_interface", extra="audio").BaseWaveformTransform
    known = {n: c for n, c in vars(library).items() if isinstance(c, type) and issubclass(c, base)}
    kind = known.get(transform) if isinstance(transform, str) else transform
    if not (isinstance(kind, type) and issubclass(kind, base)):
        hint = did_you_mean(str(transform), known)
        expected = "a waveform transform of audiomentations"
        raise BadSetting(explain(expected, "transform", transform, hint))
    return kind


def _both_ends(parameter: tuple[str, ...], known: list[str]) -> tuple[str, ...]:
    """Return min_x and max_x for the parameter x where the transform has those."""
    ends = tuple(f"{end}_{parameter[0]}" for end in ("min", "max"))
    return ends if len(parameter) == 1 and set(ends) <= set(known) else parameter


def _dose_name(argument: str) -> str:
    """Return the ladder's name: the argument's, but never a fact's, such as the sampling rate."""
    name = argument.removeprefix("min_").removeprefix("max_")
    return f"{name}_dose" if name in (*FACTS, "reference", "peers", "clip", "draw") else name


def _signature(dose_name: str, ladder: Ladder) -> inspect.Signature:
    kind = inspect.Parameter
    return inspect.Signature(
        [
            kind("clip", kind.POSITIONAL_OR_KEYWORD),
            kind("draw", kind.POSITIONAL_OR_KEYWORD),
            kind(dose_name, kind.KEYWORD_ONLY, default=ladder, annotation=Dose),
            kind("rate", kind.KEYWORD_ONLY, annotation=float),
        ]
    )


def _apply(transform: Any, clip: NDArray[Any], rate: int, seed: Callable[[], None]) -> NDArray[Any]:
    """Run the transform on (C, T); each channel alone, with equal draws, where it is for mono only."""
    samples = np.array(clip, dtype=np.float32, order="C")
    if len(samples) == 1:
        return np.atleast_2d(transform(samples[0], rate))
    if transform.supports_multichannel:
        return np.asarray(transform(samples, rate))
    channels = []
    for channel in samples:
        seed()
        channels.append(transform(channel, rate))
    return np.stack(channels)
