"""Whether a model repeats itself, and whether a resumed run has the model that it began with."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from noisebench._score import Scored, same_prediction
from noisebench.errors import LedgerError

TOLERATED = 0.02
"""Share of clean predictions that may differ on resume: another machine rounds otherwise."""


def repeatability(first: Scored, second: Scored) -> dict[str, Any]:
    n = len(second.predictions)
    pairs = zip(first.predictions[:n], second.predictions, strict=True)
    changed = sum(not same_prediction(a, b) for a, b in pairs)
    same_form = first.scores[:n].shape == second.scores.shape
    gap = np.abs(first.scores[:n] - second.scores) if same_form else np.empty(0)
    finite = gap[np.isfinite(gap)]
    return {
        "changed": changed / max(1, n),
        "score_difference": float(finite.max()) if len(finite) else 0.0,
        "samples": n,
    }


def check_same_model(
    earlier: Sequence[Any], now: Sequence[Any], jitter: float, directory: str
) -> None:
    """Refuse a model that does not give the clean predictions that a run began with.

    Raises:
        LedgerError: more of them differ than the model's own nondeterminism explains.
    """
    pairs = list(zip(earlier, now, strict=False))
    changed = sum(not same_prediction(a, b) for a, b in pairs) / max(1, len(pairs))
    if changed > TOLERATED + 3 * jitter:
        hint = "give another run_dir, or the model that the run was begun with"
        raise LedgerError(
            f"the run in {directory} was begun with a model that answers otherwise: "
            f"{changed:.0%} of {len(pairs)} clean predictions differ\n  {hint}"
        )
