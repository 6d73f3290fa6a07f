"""An audit's gates: judged on its curves, against baselines that were made in the same way."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from noisebench._known import reproduce
from noisebench.curve import Curve
from noisebench.errors import LedgerError
from noisebench.gate import Gate, Judgement, Stopper, judge_curves, verdicts

if TYPE_CHECKING:
    from noisebench._audit import Audit

SAME = {
    "data": "the data set",
    "seed": "the seed",
    "scheme": "the randomness of this noisebench",
}
"""What a baseline must share, so that a sample has the same noise in both."""


SAID = {
    "pass": ("pass", "passes"),
    "fail": ("fail", "fails"),
    "inconclusive": ("stay open", "stays open"),
}
"""What several gates do, and what one does."""

NAMED = 3
"""Gates that a sentence names."""


def gates_said(audit: "Audit") -> list[str]:
    """Say in a sentence what became of the gates of an audit; nothing where it has none."""
    try:
        return [gate_words(audit.gates)] if audit.gates else []
    except LedgerError as error:
        return [f"The gates cannot be judged any more: {' '.join(str(error).split())}."]


def gate_words(gates: Sequence[Judgement]) -> str:
    """Say how many gates passed, and name those that did not."""
    states = [each.verdict.state for each in gates]
    counts = [f"{n} {SAID[state][n == 1]}" for state in SAID if (n := states.count(state))]
    whole = " and ".join(filter(None, (", ".join(counts[:-1]), counts[-1])))
    lead = f"Of {len(gates)} gates {whole}" if len(gates) > 1 else f"The gate {SAID[states[0]][1]}"
    missed = [
        each for state in ("fail", "inconclusive") for each in gates if each.verdict.state == state
    ]
    named = "; ".join(f"{each.sweep} ({each.verdict.asked})" for each in missed[:NAMED])
    more = f" and {len(missed) - NAMED} more" if len(missed) > NAMED else ""
    return f"{lead}: {named}{more}." if missed else f"{lead}."


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

    config = audit.header["config"]
    return tuple(
        judge_curves(
            audit.curves,
            gates,
            confidence=config["confidence"],
            claim=config.get("claim", "population"),
            check=check,
        )
    )


def judged_early(
    header: Mapping[str, Any], ids: Sequence[str], stopper: Stopper
) -> tuple[Judgement, ...]:
    """Return what gates asked of a run that stops early, and what was decided.

    Args:
        header: of the run.
        ids: in the order of the visit.
        stopper: after everything that there is was seen.
    """
    known = {each["sweep"]: each for each in header["sweeps"]}
    found = verdicts(stopper, ids, lambda sweep: reproduce(known[sweep], header))
    demands = stopper.terms.demands
    return tuple(
        Judgement(asked.gate, asked.sweep, verdict)
        for asked, verdict in zip(demands, found, strict=True)
    )


def check_baseline(header: Any, before: Any) -> None:
    """Refuse a baseline that is stale: compared in silence, other data would look like a better or worse model."""
    if isinstance(before, Curve):  # it does not say how it was made
        return
    ours, theirs = header["plan"], before.header["plan"]
    changed = [words for key, words in SAME.items() if ours.get(key) != theirs.get(key)]
    if changed:
        hint = "make the baseline again: run the model before with today's data and seed"
        raise LedgerError(
            f"the baseline {before.directory} is stale: {' and '.join(changed)} changed since\n  {hint}"
        )
