"""What gates asked and what came out, for the report: failures first, each with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from noisebench.errors import LedgerError
from noisebench.report import _numbers
from noisebench.report._text import line

ORDER = ("fail", "inconclusive", "pass")
"""States in the order in which they are shown."""

MOST_DIGITS = 5
"""So many more digits at most."""

MARKS = {"fail": "✗", "inconclusive": "?", "pass": "✓"}


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate on one noise."""

    state: str
    mark: str
    noise: str
    asked: str
    value: str
    interval: str
    n: int
    policy: str
    """What an open answer does; empty for any other."""
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GatesView:
    """All gates of an audit."""

    headline: str
    note: str
    rows: tuple[GateRow, ...]


def gates_of(audit: Any) -> GatesView | None:
    """Return the gates of an audit; None where nothing was asked."""
    try:
        gates: Sequence[Any] = audit.gates
    except LedgerError:  # a baseline that is gone: the sentences say so
        return None
    if not gates:
        return None
    states = [each.verdict.state for each in gates]
    counts = [f"{states.count(state)} {state}" for state in ORDER if state in states]
    ordered = sorted(gates, key=lambda each: ORDER.index(each.verdict.state))
    return GatesView(", ".join(counts), _note(audit), tuple(map(_row, ordered)))


def _row(each: Any) -> GateRow:
    verdict = each.verdict
    value, interval = _shown(verdict)
    unsure = verdict.state == "inconclusive"
    return GateRow(
        state=verdict.state,
        mark=MARKS[verdict.state],
        noise=line(each.sweep),
        asked=line(verdict.asked),
        value=value,
        interval=interval,
        n=int(verdict.n),
        policy=f"counts as a {_policy(each)}" if unsure else "",
        why=tuple(line(text, 600) for text in verdict.explanation),
    )


def _shown(verdict: Any) -> tuple[str, str]:
    """Write the value and its interval with as many digits as show on which side of the limit each number is."""
    numbers = verdict.value, verdict.low, verdict.high
    for more in range(MOST_DIGITS):
        texts = _numbers.parts(*numbers, more=more)
        shown = [_numbers.read(each) for each in texts]
        read = [number for found in shown for number in found]
        if len(read) < len(numbers) or all(
            (written > verdict.threshold) == (known > verdict.threshold)
            and (written < verdict.threshold) == (known < verdict.threshold)
            for written, known in zip(read, numbers, strict=True)
        ):
            return texts
    return _numbers.parts(*numbers)


def _policy(each: Any) -> str:
    return "failure" if each.gate.inconclusive == "fail" else "warning"


def _given_up(audit: Any) -> str:
    """Say when sampling stops without an answer."""
    budget = audit.header.get("budget") or {}
    if not audit.stopped or budget.get("claim") != "population":
        return ""
    return " (also where sampling stopped because the aim is surely missed, though what is asked may be kept)"


def _note(audit: Any) -> str:
    whenever = ", which holds whenever one stops," if audit.stopped else ""
    confidence = _numbers.percent(float(audit.header["config"].get("confidence", 0.95)))
    return (
        f"A gate passes where the one-sided {confidence} bound{whenever} shows what was asked, fails where the bound on the other side "
        f"shows the opposite, and is inconclusive in between{_given_up(audit)}. All numbers of one gate must hold, so passing needs no "
        "correction; failing is corrected over everything judged here (Holm)."
    )
