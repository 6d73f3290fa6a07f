"""What a run that stops early was promised before it began, written in its header, and read back from it.

Why: the same terms decide while the run goes on and when its record is read again, so that both say the same.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from noisebench._known import chance_on, doses, label, reproduce
from noisebench._record import Record
from noisebench.curve import Curve, reference
from noisebench.data import Dataset
from noisebench.errors import MetricError, PlanError
from noisebench.gate import (
    Demand,
    Gate,
    Scale,
    Stopper,
    Terms,
    baseline,
    baseline_curve,
    demand,
    opened_audit,
    scale_of,
    stopped_curve,
)
from noisebench.metrics import Metric, direction
from perturbations.errors import explain

AUTO, BISECT, LOCATE = "auto", "bisect", "locate"
"""The budgets of a run that stops when its gates are decided, of one that follows each sample to where it breaks, and of one
that finds where a tenth is lost."""

CLAIMS = ("set", "population")
"""What a run that stops early may be about."""

THESE_DRAWS = (
    "each of {} replicates is one draw for all samples, and bounds are about these draws alone"
)
"""What a gate that stops early says of noise that all samples share."""

IN_FULL = "run it in full (budget=None); a run directory goes on from where it stopped"
"""What to do where an answer needs a full run."""

FAIL_ERROR = {"set": 1.0, "population": 2.0}
"""Chance of a false failure, in units of that of a false pass."""


def budget_of(
    claim: str, confidence: float, scale: Scale, chance: float | None, *, mode: str = AUTO
) -> dict[str, Any]:
    """Return what the header says of the budget."""
    error = round(1 - confidence, 12)
    return {
        "mode": mode,
        "claim": claim,
        "pass_error": error,
        "fail_error": error * FAIL_ERROR[claim],
        "bounds": [scale.low, scale.high],
        "chance": chance,
    }


def check_budget(
    budget: Any, claim: Any, gates: Sequence[Gate], data: Dataset, *, compose: int = 0
) -> None:
    """Refuse what cannot stop early.

    Raises:
        PlanError: there is nothing to decide, or the data cannot be visited in random order.
    """
    if budget not in (None, AUTO, BISECT, LOCATE):
        hint = (
            "None evaluates everything; auto stops when the gates are decided; bisect follows each sample to where it breaks; "
            "locate finds where a tenth is lost"
        )
        raise PlanError(explain("None, auto, bisect or locate", "budget", budget, hint))
    if claim not in (None, *CLAIMS):
        hint = (
            "set is about these samples under this noise, population about all samples like these"
        )
        raise PlanError(explain(" or ".join(CLAIMS), "claim", claim, hint))
    if budget is None:
        return
    if compose:
        hint = "noises in twos are chosen from full curves; run it in full (budget=None), or with compose=0"
        raise PlanError(explain("no noises in twos, to stop early", "compose", compose, hint))
    if budget == AUTO and not gates:
        hint = "for example gates=[nb.Gate(retains=0.9, at=0.4)]"
        raise PlanError(explain("a gate to decide, to stop early", "gates", (), hint))
    if budget == LOCATE and gates:
        hint = 'budget="auto" decides gates, tolerance_at_least among them'
        raise PlanError(explain("no gates, to locate a loss", "gates", gates[0].kind, hint))
    if not data.indexable:
        hint = "give the data as arrays or lists (or a lazily indexed source), as a stream cannot be visited in random order"
        raise PlanError(explain("indexable data, to stop early", "data", "a stream", hint))
    if budget == BISECT:
        check_bisect(claim, gates)
    elif data.groups is not None and claim == "population":
        hint = 'samples of one group are no independent samples of a population; use claim="set", or run it in full'
        raise PlanError(
            explain("data without groups for a claim about the population", "claim", claim, hint)
        )


def check_bisect(claim: Any, gates: Sequence[Gate]) -> None:
    """Refuse what curves that rest on bisection cannot answer.

    Raises:
        PlanError: the exact value of this test set, or the score of every sample beside a baseline's, is asked for.
    """
    if claim == "set":
        hint = 'bisection estimates; claim="population", or budget="auto" for gates about these samples'
        raise PlanError(explain("a claim about the population, to bisect", "claim", claim, hint))
    if any(gate.no_worse_than is not None for gate in gates):
        hint = (
            'a baseline is met sample by sample; use budget="auto", or run it in full (budget=None)'
        )
        raise PlanError(explain("gates without a baseline, to bisect", "gates", BISECT, hint))


def stopper_of(
    header: Mapping[str, Any],
    metric: Metric,
    gates: Sequence[Gate],
    ids: Sequence[str],
) -> Stopper:
    """Return what decides, before its first sample.

    Args:
        header: of the run.
        metric: the first one.
        gates: what is asked.
        ids: of all samples in the order of the visit; those not yet visited may be left out at the end.
    """
    budget = header["budget"]
    scale = scale_of(metric, budget["bounds"])
    demands = demands_of(header, gates)
    chance, unknown = budget["chance"], budget["chance"] is None and metric.needs_clean
    if not unknown:  # as for a full run
        chance = reference(chance, metric, binary=scale.shares or bool(metric.binary))
    goodness = math.nan if chance is None else float(scale.goodness(np.array([chance]))[0])
    needed = not demands or any(map(_needs_chance, demands))
    if chance is None and not unknown and needed:
        hint = (
            "gate on no_worse_than, or say what the best constant answer scores: nb.Metric(name, function, "
            f"constant=lambda targets: ..., higher_is_better={metric.higher_is_better}){direction(metric)}"
        )
        raise MetricError(
            explain("a known chance level, to stop early", "metric", metric.name, hint)
        )

    def chance_of(predictions: Sequence[Any]) -> float:
        found = chance_on(metric, [label(each) for each in predictions])
        return math.nan if found is None else float(scale.goodness(np.array([found]))[0])

    size = int(header["data"]["samples"])
    terms = Terms(
        demands=demands,
        cells=cells_of(header),
        size=size,
        finite=budget["claim"] == "set",
        scale=scale,
        pass_error=budget["pass_error"],
        fail_error=budget["fail_error"],
        chance=goodness,
        chance_of=chance_of if unknown and needed else None,
        shared={
            each["sweep"]: THESE_DRAWS.format(each["replicates"])
            for each in header["sweeps"]
            if each.get("shared")
        },
        baselines=_baselines(demands, scale, ids, size),
    )
    return Stopper(terms)


def seen(record: Record, metric: Metric, gates: Sequence[Gate]) -> Stopper:
    """Return what decided, once it has seen everything that a record has."""
    stopper = stopper_of(record.header, metric, gates, record.ids)
    for number in record.ledger.done():
        for row in record.ledger.rows(number):
            stopper.see(row)
    stopper.look()
    return stopper


def early_curve(record: Record, stopper: Stopper, sweep: str, *, chosen: bool = False) -> Curve:
    """Return the curve of a sweep whose sampling stopped early; `chosen` where the data chose its severities.

    Raises:
        DataError: no severity of it was run.
    """
    header = record.header
    known = next(each for each in header["sweeps"] if each["sweep"] == sweep)
    levels, metric = doses(known["doses"]), header["metrics"][0]
    chance = header["budget"]["chance"]
    if metric["needs_clean"] and not math.isnan(stopper.chance):
        chance = stopper.terms.scale.score(stopper.chance)
    return stopped_curve(
        stopper, sweep, metric, ids=record.ids, chance=chance,
        confidence=header["config"]["confidence"], seed=header["plan"]["seed"],
        reproduce=reproduce(known, header), unit=known["unit"],
        doses=None if levels is None else dict(zip(known["severities"], levels, strict=True)),
        chosen=chosen,
    )  # fmt: skip


def stopped_words(audit: Any) -> str:
    """Say how far a run that stops early came, and what it saved; empty for a full run."""
    if not audit.stopped or audit.located:
        return ""
    made, full = audit.calls
    states = [each.verdict.state for each in audit.gates]
    open_ = states.count("inconclusive")
    decided = (
        f"{len(states) - open_} of {len(states)} gates are decided"
        if open_
        else "All gates are decided"
    )
    lower = decided[0].lower() + decided[1:]
    if open_ and made < full and audit._stopper.hopeless:  # noqa: SLF001 - a part of the audit in a file of its own
        return (
            f"Sampling stopped early, as the clean data alone show that no share of what is above chance can be judged: {lower} after "
            f"{made:,} of {full:,} noisy model calls, counted by samples. Bands hold whenever one stops."
        )
    if made == full:
        return (
            f"Sampling did not stop early: {lower}, and that took all {full:,} noisy model calls, counted "
            "by samples, that a full run of what they ask about would make. Bands hold whenever one stops."
        )
    return (
        f"Sampling stopped early. {decided} after {made:,} of the {full:,} noisy model calls, counted by samples, that a full run "
        f"of what they ask about would make: {100 * (1 - made / max(full, 1)):.3g} % saved. Bands hold whenever one stops."
    )


def demands_of(header: Mapping[str, Any], gates: Sequence[Gate]) -> tuple[Demand, ...]:
    """Return what gates ask of the sweeps of a plan."""
    sweeps = {each["sweep"]: each for each in header["sweeps"]}
    return tuple(
        demand(gate, name, sweeps[name]["severities"], sweeps[name]["doses"])
        for gate in gates
        for name in gate.chosen(list(sweeps))
    )


def cells_of(header: Mapping[str, Any]) -> dict[tuple[str, float], tuple[int, ...]]:
    """Return the numbers of the cells of every sweep and severity."""
    found: dict[tuple[str, float], list[int]] = {}
    for number, key in enumerate(header["cells"]):
        sweep, severity, _ = key.rsplit("|", 2)
        if number:
            found.setdefault((sweep, float(severity[2:])), []).append(number)
    return {key: tuple(numbers) for key, numbers in found.items()}


def _needs_chance(asked: Demand) -> bool:
    return any(part.kind != "worse" for part in asked.parts)


def _baselines(
    demands: Sequence[Demand], scale: Scale, ids: Sequence[str], size: int
) -> dict[int, dict[float, Any]]:
    """Return the baselines' goodness by demand and column, in the order of the visit."""
    found: dict[int, dict[float, Any]] = {}
    opened: dict[str, Any] = {}
    for number, asked in enumerate(demands):
        before = asked.gate.no_worse_than
        if before is None:
            continue
        audit = opened.setdefault(str(before), opened_audit(before))
        curve = baseline_curve(audit, asked.sweep)
        place = {name: i for i, name in enumerate(ids)}
        chosen = [(place[name], i) for i, name in enumerate(curve.ids) if name in place]
        found[number] = {}
        for part in asked.parts:
            values = np.full(size, np.nan)
            if part.severity not in curve.severities:
                hint = "measure the baseline on the same grid of severities"
                raise PlanError(
                    explain("a baseline at that severity", "severity", part.severity, hint)
                )
            scores = scale.goodness(curve.scores[curve.severities.index(part.severity)])
            for there, here in chosen:
                values[there] = scores[here]
            found[number][baseline(part.severity)] = values
    return found
