"""What was found out about the parts of a demand, put together as one verdict.

Why: a demand holds only if all of its parts do, so each may be tested at the full level (intersection-union); that some
part fails is one of many chances to be wrong, so failures are corrected (Holm) over all demands that are judged together.

References: Berger 1982; Holm 1979.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from noisebench.curve import Verdict
from noisebench.curve._records import number, percent, span
from noisebench.curve._verdict import Bounds, announce
from noisebench.gate._demand import Demand, Part

PASS, FAIL, OPEN = "pass", "fail", "inconclusive"


@dataclass(frozen=True, slots=True)
class Found:
    """One part: its state, the value with its bounds, and the samples behind it."""

    part: Part
    state: str
    bounds: Bounds
    n: int
    interval: str
    """The sentence about the interval; empty where there is none."""
    facts: tuple[str, ...] = ()
    needed: tuple[int | None, str] = (None, "")
    """How many samples would decide, and the sentence."""
    worst: tuple[str, ...] = ()
    given_up: bool = False
    """Whether it is open because sampling stopped where its aim was surely missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What all verdicts that are reached together share."""

    claim: str
    about: str = ""
    """The claim as a sentence; empty where it goes without saying."""
    parts: int = 1
    """How many parts of demands are judged together."""
    saved: dict[str, int] = field(default_factory=dict)
    """Sweep to model calls that were not made; empty for a full run."""


def rejected(fails: Callable[[int, float], bool], count: int, level: float) -> frozenset[int]:
    """Return which of several hypotheses Holm's procedure rejects.

    Args:
        fails: whether a hypothesis is rejected at a level of its own.
        count: number of hypotheses.
        level: chance that any true one is rejected.
    """
    found: frozenset[int] = frozenset()
    while len(found) < count:
        alone = level / (count - len(found))
        more = {k for k in range(count) if k not in found and fails(k, alone)}
        if not more:
            break
        found |= more
    return found


def verdict(
    demand: Demand, found: Sequence[Found], setting: Setting, *, reproduce: str = ""
) -> Verdict:
    """Put the parts of a demand together and tell whoever listens."""
    state = _state(found)
    shown = _deciding(found, state)
    name, part, bounds = demand.sweep, shown.part, shown.bounds
    lines = [
        f"{state}: {_headline(demand, shown)}",
        shown.interval,
        shown.needed[1] if state == OPEN else "",
        setting.about,
        _correction(state, len(demand.parts), setting.parts),
        *shown.facts,
        f"worst samples: {', '.join(shown.worst)}" if shown.worst else "",
        f"reproduce: {reproduce}" if reproduce else "",
    ]
    made = Verdict(
        state=state,
        value=bounds.value,
        low=bounds.low,
        high=bounds.high,
        n=shown.n,
        threshold=part.level,
        at=part.severity,
        explanation=tuple(line for line in lines if line),
        worst=shown.worst,
        reproduce=reproduce,
        asked=demand.asked,
        claim=setting.claim,
        needed=shown.needed[0] if state == OPEN else None,
        saved=setting.saved.get(name),
    )
    return announce(name, made)


def between(bounds: Bounds, n: int, confidence: float, *, how: str = "") -> str:
    """Say what the interval is."""
    if bounds.reason:
        return ""
    shown = span(bounds.low, bounds.high)
    return f"interval {shown}, one-sided {percent(confidence)} bounds{how}, n = {n}"


def _state(found: Sequence[Found]) -> str:
    states = {each.state for each in found}
    if FAIL in states:
        return FAIL
    return PASS if states == {PASS} else OPEN


def _deciding(found: Sequence[Found], state: str) -> Found:
    """Return the part that the answer hangs on: the worst one in that state; one that is undefined or given up before others."""
    return min(
        (each for each in found if each.state == state),
        key=lambda each: (
            not each.bounds.reason,
            not each.given_up,
            each.part.better(each.bounds.value),
        ),
    )


def _headline(demand: Demand, shown: Found) -> str:
    part, bounds = shown.part, shown.bounds
    where = " ".join(filter(None, (demand.sweep, part.where)))
    if bounds.reason:
        what = "retention" if part.kind != "worse" else "the difference"
        return f"{where}: {what} is {bounds.reason}"
    if part.kind == "worse":
        side = "worse" if bounds.value >= 0 else "better"
        found = f"{number(abs(bounds.value))} {side} than the baseline"
        return f"{where}: {found}, at most {part.level:g} worse allowed"
    if part.kind == "step":
        lost = f"loses {number(bounds.value)} of the clean performance above chance"
        return f"{where}: {lost}, at most {part.level:g} allowed in a step"
    kept = f"keeps {number(bounds.value)} of the clean performance above chance"
    last = demand.parts[-1].severity
    until = f" up to severity {last:g}" if demand.gate.kind == "tolerance_at_least" else ""
    return f"{where}: {kept}, at least {part.level:g} asked{until}"


def _correction(state: str, own: int, parts: int) -> str:
    said = []
    if own > 1 and state != FAIL:
        said.append(f"all {own} must hold, so passing needs no correction (intersection-union)")
    if parts > 1 and state != PASS:
        said.append(f"failing is corrected over the {parts} numbers judged together (Holm)")
    return "; ".join(said)
