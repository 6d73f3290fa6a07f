"""Judges what gates ask of curves: of one curve for an assertion, or of all curves of an audit together."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noisebench.curve import Curve, Verdict
from noisebench.curve._verdict import POPULATION
from noisebench.errors import DataError, PlanError
from noisebench.gate._demand import Demand, demand
from noisebench.gate._fixed import judged
from noisebench.gate._gate import Gate
from noisebench.gate._paired import Pair, pair
from perturbations.errors import explain


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a gate asked of a sweep, and the answer."""

    gate: Gate
    sweep: str
    verdict: Verdict

    @property
    def blocks(self) -> bool:
        """Whether it should stop a release: a failure, or an open answer where the gate says that it fails."""
        state = self.verdict.state
        return state == "fail" or (state == "inconclusive" and self.gate.inconclusive == "fail")


def judge_curve(
    curve: Curve, gate: Gate, *, baseline: Any = None, confidence: float | None = None
) -> Verdict:
    """Judge what one gate asks of one curve; a test asserts on the answer."""
    asked = demand(gate, curve.name, curve.severities[1:], _doses(curve))
    pairs = {} if baseline is None else {0: pair(curve, baseline_curve(baseline, curve.name))}
    level = curve.confidence if confidence is None else confidence
    return judged([asked], {curve.name: curve}, pairs, confidence=level)[0]


def judge_curves(
    curves: Mapping[str, Curve],
    gates: Sequence[Gate],
    *,
    confidence: float,
    claim: str = POPULATION,
    check: Any = None,
) -> list[Judgement]:
    """Judge what gates ask of the curves of an audit, all together.

    Args:
        curves: by sweep.
        gates: what is asked.
        confidence: of every bound.
        claim: `population` or `set`.
        check: called with the audit of every baseline; raises where it is no baseline of this one.

    Raises:
        ConfigError: a gate is about no curve.
    """
    demands: list[Demand] = []
    pairs: dict[int, Pair] = {}
    opened: dict[str, Any] = {}
    for gate in gates:
        for name in gate.chosen(list(curves)):
            curve = curves[name]
            if gate.no_worse_than is not None:
                before = opened.setdefault(
                    str(gate.no_worse_than), opened_audit(gate.no_worse_than)
                )
                if check is not None:
                    check(before)
                pairs[len(demands)] = pair(curve, baseline_curve(before, name))
            demands.append(demand(gate, name, curve.severities[1:], _doses(curve)))
    verdicts = judged(demands, curves, pairs, confidence=confidence, claim=claim)
    return [
        Judgement(asked.gate, asked.sweep, verdict)
        for asked, verdict in zip(demands, verdicts, strict=True)
    ]


def opened_audit(baseline: Any) -> Any:
    """Return an audit, or read it from its run directory."""
    if isinstance(baseline, str | Path):
        # By name: an audit knows its gates, not the other way round.
        return importlib.import_module("noisebench.audit").load(baseline)
    return baseline


def baseline_curve(baseline: Any, name: str) -> Curve:
    """Return the curve to compare with: itself, or an audit's of this name.

    Raises:
        DataError: it is neither a curve nor an audit, or lacks samples.
        PlanError: the audit has no such curve.
    """
    if isinstance(baseline, Curve):
        return _whole(baseline, f"the curve of {baseline.name}")
    audit = opened_audit(baseline)
    if not hasattr(audit, "curves"):
        hint = "give a curve, an audit or the run directory of one"
        raise DataError(explain("a baseline", "baseline", baseline, hint))
    if name not in audit.curves:
        hint = f"the baseline has {', '.join(audit.curves)}"
        raise PlanError(explain("a noise that the baseline was tested on", "noise", name, hint))
    found: Curve = audit.curves[name]
    return _whole(found, str(getattr(audit, "directory", "given")))


def _whole(found: Curve, said: str) -> Curve:
    """Refuse a baseline of which severities have other numbers of samples."""
    if found.counts is not None:
        hint = "run the baseline in full (budget=None, with the same run directory it goes on from where it stopped)"
        raise DataError(
            f"the baseline {said} had a budget, and lacks samples at some severities\n  {hint}"
        )
    return found


def _doses(curve: Curve) -> tuple[Any, ...] | None:
    """Return one dose per severity above 0."""
    return None if curve.doses is None else tuple(curve.doses[1:])
