"""One sweep on one batch: which values the model sees, and which samples no noise could be put into.

Why: `perturbations` knows single inputs; joint, chained and crossmodal conditions, references and peers of a data
set, and the isolation of a sample that a noise cannot take are the bench's matter. Pure: no files, no model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from noisebench._between import followed, moves_of
from noisebench._each import apply_each, kept_free, protecting
from noisebench._grammar import CROSSMODAL, Part, Sweep
from noisebench._values import Index, Values, collect, one, select
from noisebench.data import Batch, Dataset
from perturbations import Perturbation, modality, sample_keys
from perturbations._containers import to_numpy
from perturbations._modality import Context
from perturbations._moved import Mover
from perturbations.errors import BadValue, NotApplicable

VALUE = "value: "
"""How the reason begins why a clean value is none of its kind: no noise at all is needed to find it."""
DRAWN = "by its draw"
"""What the reason says of a noise that refuses a sample under one draw and takes it under another."""
REDRAWS = 3
"""Other draws that a refused sample is tried with."""
REDRAWN = 1 << 20
"""Replicates from here on belong to no plan."""

Mappings = dict[str, list[Mover]]
"""Input name to where its values went, one for each row."""
Told = list[dict[str, float]]
"""What noise between inputs says that it did, one for each row: the measures that values do not show."""


@dataclass(frozen=True, slots=True)
class Source:
    """Whose values a batch holds: ids hashed once for all cells, and groups."""

    keys: NDArray[np.uint64]
    groups: Sequence[Any] | None = None
    ids: Sequence[str] = ()
    """The ids themselves, for noise that is made sample by sample."""
    spans: Sequence[Any] | None = None
    """The targets whose spans no noise may touch; None where it may."""

    @classmethod
    def of(cls, batch: Batch, *, protect: bool = False) -> Self:
        """Hash the ids of a batch."""
        return cls(
            sample_keys(batch.ids), batch.groups, batch.ids, batch.targets if protect else None
        )

    def __len__(self) -> int:
        return len(self.keys)

    def rows(self, index: Index) -> "Source":
        """Return some of the samples."""
        groups = None if self.groups is None else [self.groups[i] for i in index]
        ids = [self.ids[i] for i in index] if self.ids else ()
        spans = None if self.spans is None else [self.spans[i] for i in index]
        return Source(self.keys[index], groups, ids, spans)


@dataclass(frozen=True, slots=True)
class NoiseContext:
    """What noise may know of the data set besides the values of the batch."""

    modalities: Mapping[str, str]
    facts: Mapping[str, Mapping[str, Any]]
    references: Mapping[str, Any] = field(default_factory=dict)
    """Input name, or the names of several with commas between, to the statistics of the clean values."""
    peers: Any = None
    only: Mapping[str, Any] = field(default_factory=dict)
    """Input name to the view of that input's clean values."""
    seed: int = 0
    moves: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Input name to the kinds of target that move with it."""


@dataclass(frozen=True, slots=True)
class Noised:
    """A batch with noise in it, but for the samples that could not take it."""

    inputs: Values
    rows: Index | None
    """Rows of the batch that `inputs` holds, ascending; None means all."""
    failures: Mapping[int, str]
    """Row of the batch to the reason why it has no noisy value, or no target to score it by."""
    mappings: Mapping[str, Sequence[Mover]] = field(default_factory=dict)
    """Input name to where its values went, one for each row; only of inputs that targets move with."""
    targets: Any = None
    """The batch's targets where they are after the noise; None where they stayed."""
    moved: Mapping[int, dict[str, list[int]]] = field(default_factory=dict)
    """Row of the batch to kind of target to how many there were, how many are lost, how many clipped."""
    told: Sequence[Mapping[str, float]] = ()
    """For each row of `inputs`, the measures that noise between inputs told of it; empty where there is none."""


@dataclass(frozen=True, slots=True)
class _Made:
    """Values on their way through a sweep."""

    values: Values
    mappings: Mappings = field(default_factory=dict)
    told: Told = field(default_factory=list)

    def then(self, values: Values, went: Mappings, told: Told | None = None) -> "_Made":
        """Return these values after another noise: where they went from the beginning, and all that was told."""
        mappings = dict(self.mappings)
        for name, each in went.items():
            before = mappings.get(name)
            pairs = zip(before or (), each, strict=bool(before))
            mappings[name] = [followed(a, b) for a, b in pairs] or each
        both = zip(self.told, told or (), strict=True) if self.told and told else ()
        return _Made(values, mappings, [a | b for a, b in both] or told or self.told)


def context_of(
    dataset: Dataset, *, seed: int = 0, references: Mapping[str, Any] | None = None
) -> NoiseContext:
    """Collect what noise may know of a data set."""
    peers = dataset.peers() if dataset.indexable else None
    return NoiseContext(
        modalities=dataset.modalities,
        facts=dataset.facts,
        references=references or {},
        peers=peers,
        only={name: peers.only(name) for name in dataset.inputs} if peers is not None else {},
        seed=seed,
        moves=dataset.moves,
    )


def make_noise(
    sweep: Sweep,
    severity: float,
    replicate: int,
    inputs: Mapping[str, Any],
    source: Source,
    context: NoiseContext,
) -> Noised:
    """Put a sweep into a batch; a sample that a noise refuses becomes a failure with the reason."""
    try:
        made = _apply(sweep, severity, replicate, inputs, source, context)
    except Exception:  # noqa: BLE001 - any fault of a noise is isolated to its sample below
        good, failures = _isolate(sweep, severity, replicate, inputs, source, context)
    else:
        return Noised(made.values, None, {}, made.mappings, told=made.told)
    made = _Made(select(inputs, good))
    if len(good):
        made = _apply(sweep, severity, replicate, made.values, source.rows(good), context)
    return Noised(made.values, good, failures, made.mappings, told=made.told)


def apply_part(
    part: Part,
    values: Values,
    source: Source,
    severity: float,
    context: NoiseContext,
    *,
    replicate: int = 0,
) -> Values:
    """Put one noise into its inputs; the other inputs stay the very objects that they are."""
    amount = keyed(part, severity, replicate, context)
    return _apply_part(part, _Made(values), source, amount, context).values


def facts_between(
    names: Sequence[str], modalities: Mapping[str, str], facts: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return the facts of several inputs for noise between them: each with its modality."""
    return {name: {"modality": modalities[name], **facts.get(name, {})} for name in names}


def _apply(
    sweep: Sweep,
    severity: float,
    replicate: int,
    inputs: Mapping[str, Any],
    source: Source,
    context: NoiseContext,
) -> _Made:
    made = _Made(dict(inputs))
    for part in sweep.parts:
        amount = keyed(part, severity, replicate, context)
        made = _apply_part(part, made, source, amount, context)
    return made


def _apply_part(
    part: Part, made: _Made, source: Source, amount: dict[str, Any], context: NoiseContext
) -> _Made:
    """Put one noise into its inputs; and say where the values of those went that targets move with."""
    if part.noise.modality == CROSSMODAL:
        return _apply_between(part, made, source, context, amount)
    values, before = made.values, made.mappings
    changed, went = dict(values), {}
    for name in part.inputs:
        arguments = amount | known(part.noise, name, context)
        keys, groups = source.keys, source.groups
        each = name in context.moves and apply_each(
            part.noise, values[name], source, arguments, kept_free(name, source, context, before)
        )
        if each:
            changed[name], went[name] = each
        else:
            changed[name] = part.noise.batch(values[name], samples=keys, groups=groups, **arguments)
    return made.then(changed, went)


def keyed(part: Part, severity: float, replicate: int, context: NoiseContext) -> dict[str, Any]:
    """Return how much of a noise is made, and what its draw is keyed by besides the sample."""
    place = {"input": part.group, "position": part.position}
    return _amount(part, severity) | place | {"seed": context.seed, "replicate": replicate}


def _amount(part: Part, severity: float) -> dict[str, Any]:
    if part.at is None:
        return {"severity": severity}
    return {"severity": part.at} if isinstance(part.at, float) else {"dose": dict(part.at)}


def known(noise: Perturbation, name: str, context: NoiseContext) -> dict[str, Any]:
    """Return what a noise may know of an input."""
    return {
        "facts": context.facts.get(name, {}),
        "reference": context.references.get(name) if noise.declared.reference else None,
        "peers": context.only.get(name) if noise.declared.peers else None,
    }


def _apply_between(
    part: Part, made: _Made, source: Source, context: NoiseContext, arguments: dict[str, Any]
) -> _Made:
    """Put a noise between inputs into them, sample by sample; each says what became of it."""
    values = made.values
    facts = facts_between(part.inputs, context.modalities, context.facts)
    free = {name: kept_free(name, source, context, made.mappings) for name in part.inputs}
    noisy = [
        part.noise.apply(
            {name: one(values[name], row) for name in part.inputs},
            facts=facts
            | {n: protecting(facts[n], free_[row]) for n, free_ in free.items() if free_},
            reference=context.references.get(part.group) if part.noise.declared.reference else None,
            peers=context.peers if part.noise.declared.peers else None,
            sample=source.ids[row],
            group=None if source.groups is None else source.groups[row],
            **arguments,
        )
        for row in range(len(source))
    ]
    changed = values | {
        name: collect([each.value[name] for each in noisy], values[name]) for name in part.inputs
    }
    told = [_told(each.report) for each in noisy]
    moves = {name: kinds for name, kinds in context.moves.items() if name in part.inputs}
    return made.then(changed, moves_of(noisy, part.inputs, moves), told)


def _told(report: Mapping[str, Any]) -> dict[str, float]:
    """Return what of a report is a measure that values do not show."""
    return {
        name: float(report[name])
        for name, measure in modality(CROSSMODAL).measures.items()
        if measure.told and name in report
    }


def _isolate(
    sweep: Sweep,
    severity: float,
    replicate: int,
    inputs: Mapping[str, Any],
    source: Source,
    context: NoiseContext,
) -> tuple[Index, dict[int, str]]:
    """Find the samples that the noise refuses, by halving; every one of them is refused on its own."""
    failures: dict[int, str] = {}
    good: list[int] = []
    pending = [np.arange(len(source))]
    while pending:
        rows = pending.pop()
        try:
            _apply(sweep, severity, replicate, select(inputs, rows), source.rows(rows), context)
        except Exception as error:  # noqa: BLE001 - a third party's noise may raise anything
            if len(rows) == 1:
                one_ = select(inputs, rows), source.rows(rows)
                failures[int(rows[0])] = _failure(error, sweep, severity, replicate, *one_, context)
            else:
                pending += [rows[len(rows) // 2 :], rows[: len(rows) // 2]]
        else:
            good += rows.tolist()
    return np.array(sorted(good), dtype=np.intp), failures


def _failure(
    error: Exception,
    sweep: Sweep,
    severity: float,
    replicate: int,
    inputs: Values,
    source: Source,
    context: NoiseContext,
) -> str:
    """Say why a sample has no noise in it: its value is none of its kind, the noise refuses it, or the noise broke.

    A refusal is one of the value only where other draws are refused as well.
    """
    if not isinstance(error, NotApplicable | BadValue):
        return f"noise {sweep}: {reason(error)}"
    if isinstance(error, BadValue) and (fault := _fault(sweep, inputs, context)):
        return f"{VALUE}{reason(fault)}"
    for other in range(replicate + REDRAWN, replicate + REDRAWN + REDRAWS):
        try:
            _apply(sweep, severity, other, inputs, source, context)
        except Exception:  # noqa: BLE001, S112 - refused again
            continue
        return f"noise {sweep}: {DRAWN}: {reason(error)}"
    return f"noise {sweep}: {reason(error)}"


def _fault(sweep: Sweep, inputs: Values, context: NoiseContext) -> BadValue | None:
    """Return what is wrong with the one clean value of each input, read without any noise."""
    for name in sweep.inputs:
        contract = modality(context.modalities[name])
        value = inputs[name] if contract.columnar else one(inputs[name], 0)
        knows = Context(context.facts.get(name, {}), context.references.get(name))
        try:
            value, _ = to_numpy(value)
            contract.check(value, knows, contract.columnar)
            contract.encode(value, knows, contract.columnar)
        except BadValue as error:
            return error
        except Exception:  # noqa: BLE001, S112 - a fact that only a noise needs
            continue
    return None


def reason(error: BaseException) -> str:
    """Say in one line what an error is."""
    text = "; ".join(" ".join(line.split()) for line in str(error).splitlines() if line.strip())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
