"""The finite, printable, costed set of cells: which noise at which severities, how often, on which data.

Why: what will be measured is decided, shown and hashed before the model is called once. A noise that was reached
through a modality or a pattern and cannot run here is skipped with its reason; one named exactly is an error.
"""

import fnmatch
import hashlib
import json
import math
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from noisebench._grammar import (
    CROSSMODAL,
    Part,
    Sweep,
    number_text,
    on_inputs,
    parse_sweep,
    parse_sweeps,
    read_inputs,
)
from noisebench.data import Dataset
from noisebench.errors import PlanError
from perturbations import Perturbation
from perturbations.errors import (
    BadDose,
    MissingExtra,
    MissingFact,
    MissingPeers,
    NotApplicable,
    PerturbationError,
    UnknownPerturbation,
    did_you_mean,
    explain,
)

__all__ = [
    "Cell", "Condition", "Part", "Plan", "Sweep", "expand", "grid", "make_plan", "parse_sweep",
]  # fmt: skip

CLEAN = "clean"
"""Key of the untouched condition: severity 0, run once, shared by all curves."""

DISTORTION = ("subset", "all", "none")
Selection = str | Perturbation | Sweep


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
    distortion: str = "subset"
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Noises that were selected through a group and cannot run here, with the reason."""

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

    def severities_of(self, sweep: Sweep) -> tuple[float, ...]:
        """Return the severities of a sweep: the plan's, or the one at which it is fixed."""
        return self.severities if sweep.free else (_fixed_severity(sweep),)

    def replicates_of(self, sweep: Sweep) -> int:
        """Return how often a sweep is repeated; a deterministic one would repeat itself."""
        return 1 if sweep.deterministic else self.replicates

    def model_calls(self, n: int | None = None, *, batch_size: int = 256) -> int:
        """Return how often the model is called on n samples, the rerun of clean samples included."""
        n = self.size if n is None else n
        if n is None:
            raise PlanError(explain("a number of samples, as the stream's length is unknown", "n", n))
        return math.ceil(n / batch_size) * len(self.cells) + 1

    def identity(self) -> dict[str, Any]:
        """Return what two runs must share for one to continue the other."""
        from perturbations._draw import SCHEME

        return {
            "scheme": SCHEME,
            "seed": self.seed,
            "replicates": self.replicates,
            "severities": list(self.severities),
            "sweeps": [str(sweep) for sweep in self.sweeps],
            "metric": list(self.metrics),
            "data": self.data,
            "order": "keyed" if self.keyed else "own",
            "distortion": self.distortion,
        }

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
        lines = [
            f"{len(self.cells)} cells: clean + {_count(len(self.sweeps), 'sweep')}"
            f" at severities {grid}, {_count(self.replicates, 'replicate')}",
            *(f"  {sweep}" for sweep in self.sweeps),
        ]
        if self.size is not None:
            calls = self.model_calls(batch_size=batch_size)
            lines.append(f"{calls} model calls on batches of {batch_size}, {self.size} samples")
        if seconds is not None:
            lines.append(f"about {_duration(seconds)}, from a probe of two batches")
        lines += [f"not tested: {name}: {reason}" for name, reason in self.skipped.items()]
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
    sweeps, skipped = expand(perturbations, dataset)
    if not sweeps:
        reasons = "; ".join(f"{name}: {why}" for name, why in skipped.items())
        raise PlanError(
            explain("a noise that can run on this data", "perturbations", perturbations, reasons)
        )
    return Plan(
        sweeps=sweeps,
        severities=grid(severities),
        replicates=replicates,
        seed=seed,
        metrics=tuple(metrics),
        data=dataset.fingerprint(),
        size=dataset.size,
        keyed=dataset.indexable,
        distortion=distortion,
        skipped=skipped,
    )


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
        raise PlanError(explain("a whole number or a list of severities", "severities", severities, hint))
    given = [_severity(each) for each in severities]
    found = tuple(sorted({each for each in given if each > 0}))
    if not found:
        raise PlanError(explain("a severity above 0", "severities", given))
    return found


def expand(
    selection: Selection | Iterable[Selection], dataset: Dataset
) -> tuple[tuple[Sweep, ...], dict[str, str]]:
    """Return the sweeps that a selection names on a data set, and what of it cannot run, with reasons.

    "all", a modality ("image", "left:image") and a pattern ("image/*") select groups; anything else is a sweep.

    Raises:
        PlanError: a name, an input or a pattern finds nothing, or a sweep named exactly cannot run.
    """
    items = [selection] if isinstance(selection, str | Perturbation | Sweep) else list(selection)
    if not items:
        raise PlanError(explain("at least one noise", "perturbations", items))
    sweeps: dict[str, Sweep] = {}
    skipped: dict[str, str] = {}
    for item in items:
        names = _group(item, dataset) if isinstance(item, str) else None
        if names is None:
            sweeps |= {str(sweep): sweep for sweep in _exact(item, dataset)}
            continue
        for sweep in _sweeps_of(names[0], names[1], dataset, skipped):
            reason = obstacle(sweep, dataset)
            if reason is None:
                sweeps[str(sweep)] = sweep
            else:
                skipped[str(sweep)] = reason
    return tuple(sweeps.values()), {k: v for k, v in skipped.items() if k not in sweeps}


def obstacle(sweep: Sweep, dataset: Dataset) -> str | None:
    """Return why a sweep cannot run on this data; None when nothing stands in its way."""
    for part in sweep.parts:
        reason = _missing_extra(part.noise) or _missing_context(part, dataset)
        if reason is None and part.noise.modality in (CROSSMODAL, "tabular"):
            reason = _trial(part, dataset)
        if reason is not None:
            return reason
    return None


def _exact(item: Selection, dataset: Dataset) -> tuple[Sweep, ...]:
    if isinstance(item, Sweep):
        found: tuple[Sweep, ...] = (item,)
    elif isinstance(item, Perturbation):
        found = on_inputs(item, dataset)
        if not found:
            raise PlanError(explain(f"data of modality {item.modality}", "noise", str(item)))
    else:
        found = parse_sweeps(item, dataset)
    for sweep in found:
        reason = obstacle(sweep, dataset)
        if reason is not None:
            raise PlanError(explain("a noise that can run on this data", "sweep", str(sweep), reason))
    return found


def _group(item: str, dataset: Dataset) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return (inputs, names of noises) when the item names a group, None when it names a sweep."""
    from perturbations import modalities, names

    inputs, colon, rest = item.partition(":")
    rest = (rest if colon else item).strip()
    if any(sign in rest for sign in "(>+@ "):
        return None
    if rest == "all":
        found = names()
    elif rest in modalities():
        _check_modality(rest, item, dataset)
        found = names(modality=rest)
    elif any(sign in rest for sign in "*?["):
        found = tuple(fnmatch.filter(names(), rest))
    elif "/" in rest:
        return None
    else:
        hint = did_you_mean(rest, (*modalities(), *names()))
        raise PlanError(explain("a noise, a modality, a pattern or all", "perturbation", item, hint))
    if not found:
        raise PlanError(explain("a pattern that some noise matches", "perturbation", item, did_you_mean(rest, names())))
    return (read_inputs(inputs, dataset) if colon else ()), found


def _check_modality(modality: str, item: str, dataset: Dataset) -> None:
    present = set(dataset.modalities.values())
    if modality != CROSSMODAL and modality not in present:
        hint = f"the data set has {', '.join(sorted(present))}"
        raise PlanError(explain(f"an input of modality {modality}", "perturbation", item, hint))
    if modality == CROSSMODAL and len(dataset.inputs) < 2:
        raise PlanError(explain("data with two inputs or more", "perturbation", item))


def _sweeps_of(
    inputs: Sequence[str], names: Sequence[str], dataset: Dataset, skipped: dict[str, str]
) -> Iterable[Sweep]:
    from perturbations import get

    for name in names:
        try:
            noise = get(name)
        except (UnknownPerturbation, MissingExtra) as error:
            skipped[name] = _first_line(error)
            continue
        yield from on_inputs(noise, dataset, of=inputs)


def _missing_extra(noise: Perturbation) -> str | None:
    from perturbations._extras import missing

    lacking = missing(tuple(noise.requires))
    if not lacking:
        return None
    return f'needs pip install "noisebench[{",".join(lacking)}]"'


def _missing_context(part: Part, dataset: Dataset) -> str | None:
    declared = part.noise.declared
    if declared.peers and not dataset.indexable:
        return "needs the other samples, which a stream does not have"
    if part.noise.modality == CROSSMODAL:
        return None
    required = [fact for fact, needed in declared.facts.items() if needed and fact != "facts"]
    required += ["rate" for ladder in part.noise.ladders.values() if ladder.none == "nyquist"]
    for name in part.inputs:
        for fact in required:
            if fact not in dataset.facts.get(name, {}):
                return f'needs the fact {fact!r}: Dataset(..., facts={{"{name}": {{"{fact}": ...}}}})'
    return None


def _trial(part: Part, dataset: Dataset) -> str | None:
    """Try the noise on two samples: whether it has a meaning here can depend on the values."""
    from noisebench._noise import Source, apply_part, context_of

    batch = next(iter(dataset.batches(2, order_seed=None)))
    context = context_of(dataset)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            apply_part(part, dict(batch.inputs), Source.of(batch), 1.0, context)
        except (NotApplicable, MissingFact, MissingExtra, MissingPeers) as error:
            return _first_line(error)
        except Exception:  # a fault of these two samples shows in the run, with its reason
            return None
    return None


def _fixed_severity(sweep: Sweep) -> float:
    return max(_severity_of(part) for part in sweep.parts)


def _severity_of(part: Part) -> float:
    if isinstance(part.at, float):
        return part.at
    for name, dose in part.at or ():
        try:
            return part.noise.ladders[name].severity(dose, {})
        except (BadDose, MissingFact):
            continue
    return 1.0


def _severity(value: object) -> float:
    number = isinstance(value, int | float) or hasattr(value, "__float__")
    if not number or isinstance(value, bool | str) or not 0 <= float(value) <= 1:  # type: ignore[arg-type]
        raise PlanError(explain("a severity in [0, 1]", "severities", value))
    return float(value)  # type: ignore[arg-type]


def _check_whole(name: str, value: object, *, least: int | None) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or (least is not None and value < least):  # type: ignore[operator]
        bound = "" if least is None else f" of at least {least}"
        raise PlanError(explain(f"a whole number{bound}", name, value))


def _first_line(error: Exception) -> str:
    return str(error).replace("\n", "; ")


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
