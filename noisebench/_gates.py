"""An audit's gates: judged on its curves, against baselines that were made in the same way."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from noisebench.errors import LedgerError
from noisebench.gate import Gate, Judgement, judge_curves

if TYPE_CHECKING:
    from noisebench._audit import Audit

SAME = {
    "data": "the data set",
    "seed": "the seed",
    "scheme": "the randomness of this noisebench",
}
"""What a baseline must share, so that a sample has the same noise in both."""


def judge(audit: "Audit", gates: Sequence[Gate]) -> tuple[Judgement, ...]:
    """Return what gates ask of an audit's curves, and the answers.

    Raises:
        ConfigError: a gate is about no curve.
        LedgerError: a baseline was made on other data or with other noise.
    """
    if not gates:
        return ()

    def check(before: Any) -> None:
        check_baseline(audit.header, before)

    confidence = audit.header["config"]["confidence"]
    return tuple(judge_curves(audit.curves, gates, confidence=confidence, check=check))


def check_baseline(header: Any, before: Any) -> None:
    """Refuse a baseline that is stale: compared in silence, other data would look like a better or worse model."""
    ours, theirs = header["plan"], before.header["plan"]
    changed = [words for key, words in SAME.items() if ours.get(key) != theirs.get(key)]
    if changed:
        hint = "make the baseline again: run the model before with today's data and seed"
        raise LedgerError(
            f"the baseline {before.directory} is stale: {' and '.join(changed)} changed since\n  {hint}"
        )
