"""Any transform of albumentations as a lawful noise.

Why: albumentations draws its parameters from a range and its randomness from a stream that depends on the order of calls.
Here one parameter is pinned to the dose, the probability is 1, and the transform's own generators are replaced by ones
seeded from the draw for every sample, so neither order nor thread matters, and neither `random` nor
`numpy.random` is touched.
"""

import inspect
import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from perturbations._draw import Draw
from perturbations._extras import require
from perturbations._ladder import Dose, Ladder
from perturbations.errors import BadSetting, NotApplicable, did_you_mean, explain

if TYPE_CHECKING:
    from perturbations._perturbation import Perturbation

_OWN = ("p", "always_apply", "strict")
"""Arguments of a transform that are not the caller's to set."""


def from_albumentations(
    transform: str | type[Any],
    *,
    name: str,
    parameter: str,
    ladder: Ladder,
    family: str = "albumentations",
    coupling: str = "transform",
    measure: str | None = None,
    exempt: Mapping[str, str] | None = None,
    registered: bool = False,
    **fixed: Any,
) -> "Perturbation":
    """Make a noise of an albumentations 2.0.8 transform whose `parameter` is the dose.

    Args:
        transform: name of a transform, such as "GaussNoise", or a class that works like one.
        name: name of the noise, such as "image/film-grain".
        parameter: the argument that the dose sets; a range becomes the point (dose, dose).
        ladder: doses of the five severities, with their unit.
        family: kind of noise within the modality.
        coupling: how severities relate; most transforms keep their direction and grow ("transform").
        measure: distance in which distortion never decreases.
        exempt: laws that do not hold for it, each with the reason.
        registered: whether `perturbations.get` finds it by name.
        fixed: other arguments of the transform.

    Raises:
        MissingExtra: albumentations is not installed.
        BadSetting: no such transform or argument, or a value that the transform refuses.

    Examples:
        >>> ladder = Ladder(0.08, 0.12, 0.18, 0.26, 0.38, unit="standard deviation")
        >>> noise = from_albumentations(
        ...     "GaussNoise", name="image/grain", parameter="std_range", ladder=ladder
        ... )
        >>> noise.family
        'albumentations'
    """
    from perturbations import _registry
    from perturbations._decorator import perturbation

    label = transform if isinstance(transform, str) else transform.__name__
    function = _Transformed(transform, label, parameter, ladder, tuple(sorted(fixed.items())))
    options: dict[str, Any] = {
        "family": family,
        "coupling": coupling,
        "measure": measure,
        "exempt": exempt,
    }
    declare = perturbation(name, native=True, requires=("image",), registered=False, **options)
    arguments = {"name": name, "parameter": parameter, "ladder": ladder, **options, **fixed}
    noise = replace(declare(function), recipe=(from_albumentations, (transform,), arguments))
    if registered:
        _registry.register(noise)
    return noise


@dataclass(frozen=True)
class _Transformed:
    """The function of such a noise: equal when made of equal parts, so that pickles compare equal."""

    transform: str | type[Any]
    label: str
    parameter: str
    ladder: Ladder
    fixed: tuple[tuple[str, Any], ...]
    ranged: bool = field(init=False)
    """Whether the parameter takes a range; then the dose is given as (dose, dose)."""

    def __post_init__(self) -> None:
        self._check_names()
        object.__setattr__(self, "_local", threading.local())
        object.__setattr__(self, "ranged", self._takes_range())
        self._kept(self._first_dose())
        object.__setattr__(self, "__signature__", self._signature())
        object.__setattr__(self, "__name__", self.label)
        object.__setattr__(self, "__doc__", self._doc())

    def __call__(self, image: Any, draw: Draw, **dose: float) -> Any:
        transform = self._kept(dose[self.parameter])
        seed = int(draw.key("albumentations"))
        transform.set_random_state(np.random.default_rng(seed), random.Random(seed))  # noqa: S311
        kind = np.uint8 if image.dtype == np.uint8 else np.float32
        given = np.array(image, dtype=kind, order="C")
        try:
            noisy = transform(image=given)["image"]
        except Exception as error:
            hint = f"albumentations' {self.label} says: {error}"
            raise NotApplicable(explain("an image that it takes", "image", image, hint)) from error
        if noisy.dtype == np.float32:
            noisy = np.clip(noisy, 0, 1).astype(image.dtype, copy=False)
        flat = noisy.ndim == 2 and image.ndim == 3
        return np.ascontiguousarray(noisy[..., None] if flat else noisy)

    def _class(self) -> Any:
        if not isinstance(self.transform, str):
            return self.transform
        library = require("albumentations", extra="image")
        base = library.BasicTransform
        known = [n for n, c in vars(library).items() if isinstance(c, type) and issubclass(c, base)]
        if self.transform not in known:
            hint = did_you_mean(self.transform, known)
            raise BadSetting(
                explain("a transform of albumentations", "transform", self.transform, hint)
            )
        return getattr(library, self.transform)

    def _first_dose(self) -> float:
        first = self.ladder.rungs[0]
        return int(first) if self.ladder.scale == "integer" else first

    def _takes_range(self) -> bool:
        """Tell whether the parameter is a range: by its default, or because the transform accepts one.

        Asking is for transforms that check their arguments; others would take anything.
        """
        default = inspect.signature(self._class().__init__).parameters[self.parameter].default
        if isinstance(default, tuple) or "InitSchema" not in vars(self._class()):
            return isinstance(default, tuple)
        object.__setattr__(self, "ranged", True)
        try:
            self._make(self._first_dose())
        except (TypeError, ValueError):
            return False
        return True

    def _check_names(self) -> None:
        known = [n for n in inspect.signature(self._class().__init__).parameters if n != "self"]
        known = [name for name in known if name not in _OWN]
        for name in (self.parameter, *(key for key, _ in self.fixed)):
            if name not in known:
                hint = did_you_mean(name, known)
                raise BadSetting(explain(f"an argument of {self.label}", "argument", name, hint))

    def _make(self, dose: float) -> Any:
        pinned = (dose, dose) if self.ranged else dose
        return self._class()(**dict(self.fixed), **{self.parameter: pinned}, p=1.0)

    def _kept(self, dose: float) -> Any:
        """Make the transform, or take this thread's last one: making one costs as much as using it."""
        kept: dict[float, Any] = vars(self)["_local"].__dict__
        if dose not in kept:
            try:
                made = self._make(dose)
            except (TypeError, ValueError) as error:
                given = {**dict(self.fixed), self.parameter: dose}
                raise BadSetting(
                    explain(f"arguments that {self.label} takes", "arguments", given, str(error))
                ) from error
            kept.clear()
            kept[dose] = made
        return kept[dose]

    def _signature(self) -> inspect.Signature:
        kind = inspect.Parameter
        return inspect.Signature(
            [
                kind("image", kind.POSITIONAL_OR_KEYWORD),
                kind("draw", kind.POSITIONAL_OR_KEYWORD),
                kind(self.parameter, kind.KEYWORD_ONLY, default=self.ladder, annotation=Dose),
            ]
        )

    def _doc(self) -> str:
        rungs = ", ".join(f"{rung:g}" for rung in self.ladder.rungs)
        fixed = "".join(f", {key} = {value}" for key, value in self.fixed)
        return (
            f"{self.label} of albumentations, seeded from the draw{fixed}.\n\n"
            f"Severity: {self.parameter} = {rungs} {self.ladder.unit} (severity 0.2 to 1).\n\n"
            f"References:\n    albumentations 2.0.8, `{self.label}`."
        )
