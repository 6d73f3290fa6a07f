"""Gates: demands on curves that pass, fail or stay open, and say why."""

from noisebench.gate._demand import Demand, demand
from noisebench.gate._gate import Gate, gates_of, grid_with
from noisebench.gate._judge import Judgement, judge_curve, judge_curves, opened_audit

__all__ = [
    "Demand",
    "Gate",
    "Judgement",
    "demand",
    "gates_of",
    "grid_with",
    "judge_curve",
    "judge_curves",
    "opened_audit",
]
