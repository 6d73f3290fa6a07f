"""The finite, printable, costed set of cells: which noise at which severities, how often, on which data.

Why: what will be measured is decided, shown and hashed before the model is called once. A noise that was reached
through a modality or a pattern and cannot run here is skipped with its reason; so is one of several that are named exactly
and has no meaning for the values. One that is the only one, or lacks a package or a fact, is an error.
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from noisebench._expand import Selection, expand
from noisebench._grammar import Part, Sweep, number_text, parse_sweep
from noisebench._obstacle import obstacle
from noisebench._roles import is_reference, role
from noisebench._skipped import grouped
from noisebench.data import Dataset
from noisebench.data._hash import fingerprint
from noisebench.errors import PlanError
from perturbations import Perturbation
from perturbations.errors import explain

__all__ = [
    "Cell", "Condition", "Part", "Plan", "Selection", "Sweep", "expand", "grid", "make_plan",
    "obstacle", "parse_sweep", "replanned",
]  # fmt: skip

CLEAN = "clean"
"""Key of the untouched condition: severity 0, run once, shared by all curves."""

DISTORTION = ("subset", "all", "none")


@dataclass(frozen=True, slots=True)
class Condition:
    """A sweep at one severity; without a sweep, the untouched data."""

    sweep: Sweep | None
    severity: float

    def __str__(self) -> str:
        return f"{self.sweep or CLEAN}|s={number_text(self.severity)}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One replicate of a condition: the unit of work."""

    condition: Condition
    replicate: int = 0

    @property
    def key(self) -> str:
        """Its text in the ledger."""
        return f"{self.condition}|r={self.replicate}"


@dataclass(frozen=True, slots=True)
class Plan:
    """All that decides what the numbers of a run mean, but for the model."""

    sweeps: tuple[Sweep, ...]
    severities: tuple[float, ...]
    """Ascending, in (0, 1]; severity 0 is the clean cell."""
    replicates: int
    seed: int
    metrics: tuple[str, ...]
    data: str
    """Fingerprint of the data set."""
    size: int | None
    """Number of samples; None for a stream of unknown length."""
    keyed: bool
    """Whether samples are visited in keyed random order rather than in their own."""
    by_data: bool = False
    """Whether that order is fixed by the contents of the data, which nobody chooses, rather than by the seed."""
    distortion: str = "subset"
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Noises that were selected through a group and cannot run here, with the reason."""
    labels: str = ""
    """Hash of the labels that noises go by; empty where none does."""
    own: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Severities of sweeps that have others than the plan's: those of equal dose."""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The clean cell, then every sweep at every severity, replicate by replicate."""
        noisy = (
            Cell(Condition(sweep, severity), replicate)
            for sweep in self.sweeps
            for severity in self.severities_of(sweep)
            for replicate in range(self.replicates_of(sweep))
        )
        return (Cell(Condition(None, 0.0)), *noisy)

    @property
    def order(self) -> str:
        """How samples are visited: `keyed` by the seed, by the `data`, or in their `own` order."""
        if not self.keyed:
            return "own"
        return "data" if self.by_data else "keyed"

    @property
    def order_seed(self) -> int | None:
        """The key of the random order; None where samples keep their own."""
        if not self.keyed:
            return None
        return int(self.data[:15], 16) if self.by_data else self.seed

    def severities_of(self, sweep: Sweep) -> tuple[float, ...]:
        """Return the severities of a sweep: its own, the plan's, or the one at which it is fixed."""
        if not sweep.free:
            return (_fixed_severity(sweep),)
        return self.own.get(str(sweep), sweep.severities or self.severities)

    def replicates_of(self, sweep: Sweep) -> int:
        """Return how often a sweep is repeated; a deterministic one would repeat itself."""
        return 1 if sweep.deterministic else self.replicates

    def model_calls(self, n: int | None = None, *, batch_size: int = 256) -> int:
        """Return how often the model is called on n samples, the rerun of clean samples included."""
        n = self.size if n is None else n
        if n is None:
            raise PlanError(
                explain("a number of samples, as the stream's length is unknown", "n", n)
            )
        return math.ceil(n / batch_size) * len(self.cells) + 1

    def _at(self, sweep: Sweep) -> str:
        """Say at which severities a sweep runs, where it has its own."""
        own = self.own.get(str(sweep), sweep.severities)
        return f" at {', '.join(map(number_text, own))}" if own else ""

    def _account(self) -> list[str]:
        """Say which of the cells an account of modalities compares, where it has what it needs."""
        if not any(map(is_reference, self.sweeps)):
            return []
        counts: Counter[str] = Counter()
        for sweep in self.sweeps:
            cells = len(self.severities_of(sweep)) * self.replicates_of(sweep)
            counts[role(sweep)] += cells
        del counts[""]
        said = "; ".join(f"{words} {count}" for words, count in counts.items())
        return [f"{counts.total()} of them for the account of modalities: {said}"]

    def identity(self) -> dict[str, Any]:
        """Return what two runs must share for one to continue the other."""
        from perturbations._draw import SCHEME

        fuller = [sweep for sweep in self.sweeps if sweep.severities]
        return {
            "scheme": SCHEME,
            "seed": self.seed,
            "replicates": self.replicates,
            "severities": list(self.severities),
            "sweeps": [str(sweep) for sweep in self.sweeps],
            "metric": list(self.metrics),
            "data": self.data,
            "order": self.order,
            "distortion": self.distortion,
            **({"labels": self.labels} if self.labels else {}),
            **({"severities of equal dose": self._own(self.sweeps)} if self.own else {}),
            **({"severities of sweeps": self._own(fuller)} if fuller and not self.own else {}),
        }

    def _own(self, sweeps: Iterable[Sweep]) -> dict[str, list[float]]:
        return {str(sweep): list(self.severities_of(sweep)) for sweep in sweeps}

    def hash(self) -> str:
        """Return the hash of the identity: 32 hexadecimal digits."""
        text = json.dumps(self.identity(), sort_keys=True, separators=(",", ":"))
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def describe(self, *, batch_size: int = 256, seconds: float | None = None) -> str:
        """Return the plan in words: cells, model calls, expected time, and what is skipped.

        Args:
            batch_size: samples in a model call.
            seconds: expected time of the run, from a probe.
        """
        grid = ", ".join(map(number_text, self.severities))
        repeats = _count(self.replicates, "replicate")
        sweeps = f"{_count(len(self.sweeps), 'sweep')} at severities {grid}, {repeats}"
        if not any(sweep.free is not None for sweep in self.sweeps):
            sweeps = f"{_count(len(self.sweeps), 'sweep')} at severities or doses of their own, {repeats}"
        if self.own:
            sweeps = f"{_count(len(self.sweeps), 'sweep')}, {_count(len(self.own), 'noise')} at severities of equal dose, {repeats}"
        lines = [
            f"{len(self.cells)} cells: clean + {sweeps}",
            *(f"  {sweep}{self._at(sweep)}" for sweep in self.sweeps),
            *self._account(),
        ]
        if self.size is not None:
            calls = self.model_calls(batch_size=batch_size)
            lines.append(f"{calls} model calls on batches of {batch_size}, {self.size} samples")
        if seconds is not None:
            lines.append(
                f"about {_duration(seconds)} of noise and model calls, from a probe of two batches; the report takes a few seconds more"
            )
        lines += [f"not tested: {each}" for each in grouped(self.skipped)]
        return "\n".join(lines)


def make_plan(
    dataset: Dataset,
    perturbations: Selection | Iterable[Selection] = "all",
    *,
    metrics: Sequence[str] = ("accuracy",),
    severities: int | Iterable[float] = 5,
    replicates: int = 1,
    seed: int = 0,
    distortion: str = "subset",
) -> Plan:
    """Plan an audit.

    Args:
        dataset: what the noise goes into.
        perturbations: sweeps, names, modalities, patterns, or "all".
        metrics: names, for the record.
        severities: how many equal steps up to 1, or the severities themselves.
        replicates: draws of every noise.
        seed: seed of all noise and of the order of the visit.
        distortion: what distortion is measured on: "subset" (256 samples), "all" or "none".

    Raises:
        PlanError: something asked for cannot be planned on this data.
    """
    _check_whole("replicates", replicates, least=1)
    _check_whole("seed", seed, least=None)
    if distortion not in DISTORTION:
        raise PlanError(explain(f"one of {', '.join(DISTORTION)}", "distortion", distortion))
    at = grid(severities)
    sweeps, skipped = expand(perturbations, dataset, at)
    if not sweeps:
        reasons = "; ".join(f"{name}: {why}" for name, why in skipped.items())
        raise PlanError(
            explain("a noise that can run on this data", "perturbations", perturbations, reasons)
        )
    return Plan(
        sweeps=sweeps,
        severities=at,
        replicates=replicates,
        seed=seed,
        metrics=tuple(metrics),
        data=dataset.fingerprint(),
        size=dataset.size,
        keyed=dataset.indexable,
        distortion=distortion,
        skipped=skipped,
        labels=_labels(dataset, sweeps),
    )


def replanned(
    plan: Plan,
    dataset: Dataset,
    *,
    own: Mapping[str, tuple[float, ...]],
    skipped: Mapping[str, str],
) -> Plan:
    """Return a plan on other samples of the same data, with severities of their own for some sweeps, and without others.

    Args:
        plan: what was planned.
        dataset: the samples to evaluate on.
        own: severities by sweep.
        skipped: sweeps that are not run after all, with the reason.

    Raises:
        PlanError: no sweep is left.
    """
    sweeps = tuple(sweep for sweep in plan.sweeps if str(sweep) not in skipped)
    if not sweeps:
        reasons = "; ".join(f"{name}: {why}" for name, why in skipped.items())
        expected = "a noise that reaches one of the equal doses"
        raise PlanError(explain(expected, "perturbations", [*skipped], reasons))
    return replace(
        plan, sweeps=sweeps, data=dataset.fingerprint(), size=dataset.size, own=dict(own),
        skipped={**plan.skipped, **skipped}, labels=_labels(dataset, sweeps),
    )  # fmt: skip


def _goes_by_labels(noise: Perturbation) -> bool:
    """Tell whether a noise looks at other samples by their labels."""
    looks = noise.declared.needs_peers or noise.settings.get("fill") == "last"
    return looks and bool(noise.settings.get("by"))


def _labels(dataset: Dataset, sweeps: Iterable[Sweep]) -> str:
    """Hash the labels that noises go by: the data's own hash does not say how its samples are labelled."""
    noises = [part.noise for sweep in sweeps for part in sweep.parts]
    names = {str(noise.settings["by"]) for noise in noises if _goes_by_labels(noise)}
    known = dataset.peers() if names and dataset.indexable else None
    return fingerprint({name: known.labels(name) for name in sorted(names)}) if known else ""


def grid(severities: int | Iterable[float]) -> tuple[float, ...]:
    """Return severities ascending in (0, 1]: k equal steps for a number k, or those given.

    Raises:
        PlanError: there is none, or one is not a number in [0, 1].

    Examples:
        >>> grid(5)
        (0.2, 0.4, 0.6, 0.8, 1.0)
    """
    if isinstance(severities, int) and not isinstance(severities, bool):
        _check_whole("severities", severities, least=1)
        return tuple(k / severities for k in range(1, severities + 1))
    if isinstance(severities, str | float) or not isinstance(severities, Iterable):
        hint = "write severities=5 or severities=[0.2, 0.4]"
        raise PlanError(
            explain("a whole number or a list of severities", "severities", severities, hint)
        )
    given = [_severity(each) for each in severities]
    found = tuple(sorted({each for each in given if each > 0}))
    if not found:
        raise PlanError(explain("a severity above 0", "severities", given))
    return found


def _fixed_severity(sweep: Sweep) -> float:
    """Return where a condition without a free severity stands: at its severity, or with doses of its own at the end.

    A dose need not have a severity: it may be negative, beyond the ladder, or one of several. So all conditions of fixed
    doses stand in one place, and what tells them apart is the dose.
    """
    known = [part.at for part in sweep.parts if isinstance(part.at, float)]
    return max(known) if len(known) == len(sweep.parts) else 1.0


def _severity(value: object) -> float:
    number = isinstance(value, int | float) or hasattr(value, "__float__")
    if not number or isinstance(value, bool | str) or not 0 <= float(value) <= 1:  # type: ignore[arg-type]
        hint = "0 is the untouched value, 1 the worst case; a physical amount is noise@dose=number"
        raise PlanError(explain("a severity in [0, 1]", "severities", value, hint))
    return float(value)  # type: ignore[arg-type]


def _check_whole(name: str, value: object, *, least: int | None) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or (least is not None and value < least):  # type: ignore[operator]
        bound = "" if least is None else f" of at least {least}"
        raise PlanError(explain(f"a whole number{bound}", name, value))


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
