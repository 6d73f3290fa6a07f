"""Gates: demands on curves that pass, fail or stay open, and say why; decided early where that is asked."""

from noisebench.gate._demand import Demand, demand
from noisebench.gate._early import verdicts
from noisebench.gate._gate import Gate, gates_of, grid_with
from noisebench.gate._judge import (
    Judgement,
    baseline_curve,
    judge_curve,
    judge_curves,
    opened_audit,
)
from noisebench.gate._line import baseline
from noisebench.gate._scale import Scale, scale_of
from noisebench.gate._stopped import WHY as STOPPED_WHY
from noisebench.gate._stopped import Stopped, stopped_curve
from noisebench.gate._stopping import Stopper, Terms

__all__ = [
    "STOPPED_WHY",
    "Demand",
    "Gate",
    "Judgement",
    "Scale",
    "Stopped",
    "Stopper",
    "Terms",
    "baseline",
    "baseline_curve",
    "demand",
    "gates_of",
    "grid_with",
    "judge_curve",
    "judge_curves",
    "opened_audit",
    "scale_of",
    "stopped_curve",
    "verdicts",
]
