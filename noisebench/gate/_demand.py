"""What a gate asks of one sweep: its parts, all of which must hold, and how to say it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from noisebench.errors import ConfigError, PlanError
from noisebench.gate._gate import Gate
from noisebench.gate._line import Line, retained, step, worse
from perturbations.errors import explain

AIM = 0.4
"""Share of the loss that is allowed which a good model stays within, unless a gate says what it aims at."""

CLOSE = 1e-9
"""Severities nearer than this are the same."""

Kind = Literal["retained", "step", "worse"]


@dataclass(frozen=True, slots=True)
class Part:
    """One number that must be on the right side of a level."""

    kind: Kind
    severity: float
    level: float
    aim: float
    """Level that a good model reaches; the level itself where nothing lies between."""
    start: float = 0.0
    """For a step: the milder severity."""

    @property
    def at_most(self) -> bool:
        """Whether the level is an upper one."""
        return self.kind != "retained"

    @property
    def where(self) -> str:
        """Say at which severity, or over which step."""
        if self.kind == "step":
            return f"from severity {self.start:g} to {self.severity:g}"
        return f"at severity {self.severity:g}"

    def line(self, chance: float, unit: float) -> Line:
        """Return it as a mean above zero.

        Args:
            chance: goodness of the best constant answer.
            unit: goodness per unit of the metric.
        """
        if self.kind == "worse":
            found = worse(self.severity)
            return Line(found.columns, found.plain, found.scaled, 0.0, unit, at_most=True)
        if self.kind == "step":
            return step(self.start, self.severity, chance)
        return retained(self.severity, chance)

    def better(self, value: float) -> float:
        """Return by how much a value is on the right side."""
        return self.level - value if self.at_most else value - self.level


@dataclass(frozen=True, slots=True)
class Demand:
    """All that a gate asks of one sweep."""

    gate: Gate
    sweep: str
    parts: tuple[Part, ...]

    @property
    def asked(self) -> str:
        """Say in a few words what is asked."""
        gate, parts = self.gate, self.parts
        places = ", ".join(f"{part.severity:g}" for part in parts)
        if gate.kind == "retains":
            return f"keeps {gate.retains:g} at {places}"
        if gate.kind == "no_cliff":
            return f"loses at most {gate.no_cliff:g} in a step"
        if gate.kind == "tolerance_at_least":
            return f"loses less than {gate.drop:g} up to {parts[-1].severity:g}"
        where = f" at {places}" if gate.severities else ""
        return f"at most {gate.margin:g} worse than the baseline{where}"


def demand(
    gate: Gate, sweep: str, severities: Sequence[float], doses: Sequence[Any] | None = None
) -> Demand:
    """Take a gate apart for a sweep.

    Args:
        gate: what is asked.
        sweep: of the curve or of the plan.
        severities: those above 0 that are measured, ascending.
        doses: one per severity, where the sweep has doses.

    Raises:
        PlanError: a severity or dose that it names is not measured.
        ConfigError: what it aims at is not better than what it asks.
    """
    if gate.kind == "retains":
        places = [_near(at, severities) for at in gate.severities]
        share = float(gate.retains or 0)
        parts = [_part(gate, "retained", at, share, 1 - AIM * (1 - share)) for at in places]
    elif gate.kind == "tolerance_at_least":
        last, share = _reach(gate, severities, doses), 1 - gate.drop
        inside = [at for at in severities if at <= last + CLOSE]
        parts = [_part(gate, "retained", at, share, 1 - AIM * gate.drop) for at in inside]
    elif gate.kind == "no_cliff":
        most = float(gate.no_cliff or 0)
        pairs = zip((0.0, *severities), severities, strict=False)
        parts = [_part(gate, "step", b, most, AIM * most, start=a) for a, b in pairs]
    else:
        margin = float(gate.margin or 0)
        named = [_near(at, (0.0, *severities)) for at in gate.severities]
        parts = [
            _part(gate, "worse", at, margin, AIM * margin) for at in named or (0.0, *severities)
        ]
    return Demand(gate, sweep, tuple(parts))


def _part(
    gate: Gate, kind: Kind, at: float, level: float, aim: float, *, start: float = 0.0
) -> Part:
    found = Part(kind, at, level, aim if gate.aim is None else gate.aim, start)
    if found.better(found.aim) < 0:
        better = f"at most {level:g}" if found.at_most else f"at least {level:g}"
        hint = "it is what a good model reaches, and so better than what is asked"
        raise ConfigError(explain(f"an aim of {better}", "aim", gate.aim, hint))
    return found


def _near(at: float, severities: Sequence[float]) -> float:
    for severity in severities:
        if abs(severity - at) < CLOSE:
            return severity
    grid = ", ".join(f"{s:g}" for s in severities)
    hint = (
        f"measure at that severity too (severities=[..., {at:g}]; gates=[...] of an audit add theirs), "
        "or ask for one of these"
    )
    raise PlanError(explain(f"a severity that is measured: {grid}", "at", at, hint))


def _reach(gate: Gate, severities: Sequence[float], doses: Sequence[Any] | None) -> float:
    """Return the severity up to which a tolerance is asked: the mildest measured one that is no milder than a dose."""
    asked = gate.tolerance_at_least
    if not isinstance(asked, Mapping):
        return _near(float(asked or 0), severities)
    dose, known = float(asked["dose"]), [_number(each) for each in doses or ()]
    if not known or not all(map(math.isfinite, known)):
        hint = "ask for a severity instead"
        raise PlanError(explain("a noise with doses", "tolerance_at_least", asked, hint))
    rising = known[-1] >= known[0]
    for severity, there in zip(severities, known, strict=True):
        if (there >= dose if rising else there <= dose) or math.isclose(there, dose):
            return severity
    hint = "measure at that severity too"
    expected = f"a dose that is measured: {', '.join(f'{each:g}' for each in known)}"
    raise PlanError(explain(expected, "dose", dose, hint))


def _number(dose: Any) -> float:
    try:
        return float(dose)
    except (TypeError, ValueError):
        return math.nan
