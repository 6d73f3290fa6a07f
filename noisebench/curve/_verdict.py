"""The answer to a demand on a curve: pass, fail or inconclusive, and why."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from noisebench.curve._records import number, percent, span

POWER = 0.8416
"""Normal quantile of 80 %: the samples named would decide four times in five."""

POPULATION = "population"
"""The claim of a verdict about all samples like these, not only these."""

ENDLESS = 10_000_000
"""Beyond this many samples the value is too close to the demand to be told apart."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a curve retains what was asked; true only where that is shown."""

    state: str
    """`pass`, `fail` or `inconclusive`."""
    value: float
    low: float
    high: float
    n: int
    threshold: float
    at: float
    explanation: tuple[str, ...]
    """Why, line by line."""
    worst: tuple[str, ...]
    """Ids of samples that broke, those that broke earliest first."""
    reproduce: str
    asked: str = ""
    """What was demanded, in a few words."""
    claim: str = ""
    """What the answer is about: the population that the samples come from, or this test set."""
    needed: int | None = None
    """About how many samples would decide; None where that is known already, or where no number would."""
    saved: int | None = None
    """Model calls, counted by samples, that were not made because it was decided before; None for a full run."""
    tolerated: bool = False
    """Whether an inconclusive answer counts as true, with a warning: the policy of a test session."""

    def __bool__(self) -> bool:
        return self.state == "pass" or (self.tolerated and self.state == "inconclusive")

    def __repr__(self) -> str:
        return f"<{'; '.join(self.explanation[:2])}>"

    def __str__(self) -> str:
        return "\n".join(self.explanation)


Listener = Callable[[str, Verdict], None]


@dataclass(frozen=True, slots=True)
class _Audience:
    listener: Listener
    tolerant: bool


_audience: ContextVar[_Audience | None] = ContextVar("audience", default=None)


@contextmanager
def heard(listener: Listener, *, tolerant: bool = False) -> Iterator[None]:
    """Call `listener(name of the curve, verdict)` for every verdict reached inside.

    Args:
        listener: told of every verdict.
        tolerant: whether an inconclusive verdict counts as true inside.
    """
    token = _audience.set(_Audience(listener, tolerant))
    try:
        yield
    finally:
        _audience.reset(token)


def announce(name: str, verdict: Verdict) -> Verdict:
    """Tell whoever listens of a verdict on the curve of this name; return it with the listener's policy."""
    audience = _audience.get()
    if audience is None:
        return verdict
    heeded = replace(verdict, tolerated=audience.tolerant)
    audience.listener(name, heeded)
    return heeded


@dataclass(frozen=True, slots=True)
class Bounds:
    """One-sided bounds of what is asked about, such as retained performance at one severity."""

    value: float
    low: float
    high: float
    critical: float
    reason: str
    """Why they are undefined; empty where they are not."""


def decide(
    bounds: Bounds,
    *,
    name: str,
    threshold: float,
    at: float,
    n: int,
    confidence: float,
    facts: tuple[str, ...],
    worst: tuple[str, ...],
    reproduce: str,
) -> Verdict:
    """Judge by the bounds: pass from the lower one, fail from the upper one, else inconclusive."""
    state = _state(bounds, threshold)
    lines = [_headline(state, bounds, name, threshold, at)]
    if not bounds.reason:
        shown = span(bounds.low, bounds.high)
        lines.append(f"interval {shown}, one-sided {percent(confidence)} bounds, n = {n}")
    count, words = needed(bounds, threshold, n)
    if state == "inconclusive":
        lines.append(words)
    lines.extend(facts)
    if worst:
        lines.append(f"worst samples: {', '.join(worst)}")
    if reproduce:
        lines.append(f"reproduce: {reproduce}")
    verdict = Verdict(
        state=state,
        value=bounds.value,
        low=bounds.low,
        high=bounds.high,
        n=n,
        threshold=threshold,
        at=at,
        explanation=tuple(line for line in lines if line),
        worst=worst,
        reproduce=reproduce,
        asked=f"keeps {threshold:g} at {at:g}",
        claim=POPULATION,
        needed=count if state == "inconclusive" else None,
    )
    return announce(name, verdict)


def _state(bounds: Bounds, threshold: float) -> str:
    if bounds.low >= threshold:
        return "pass"
    return "fail" if bounds.high < threshold else "inconclusive"


def _headline(state: str, bounds: Bounds, name: str, threshold: float, at: float) -> str:
    where = f"{name} at severity {at:g}" if name else f"severity {at:g}"
    if bounds.reason:
        return f"{state}: {where}: retention is {bounds.reason}"
    kept = f"keeps {number(bounds.value)} of the clean performance above chance"
    return f"{state}: {where}: {kept}, at least {threshold:g} asked"


def needed(bounds: Bounds, threshold: float, n: int) -> tuple[int | None, str]:
    """Return about how many samples would decide, if the value stays where it is, and say so; None where no number would."""
    if bounds.reason:
        return None, "no number of samples is known to decide"
    away = bounds.value - threshold
    half = bounds.value - bounds.low if away >= 0 else bounds.high - bounds.value
    if math.isinf(half):
        return None, "no number of samples is known to decide"
    if abs(away) < 1e-9 or math.isnan(half):
        return None, "the value is the demand itself: no number of samples would decide"
    wanted = n * (half / bounds.critical * (bounds.critical + POWER) / away) ** 2
    if wanted > ENDLESS:
        return (
            None,
            "the value is too close to the demand: more than ten million samples would decide",
        )
    rounded = round_up(max(wanted, n + 1))
    return (
        rounded,
        f"about {rounded:,} samples would decide (4 times in 5, if the value stays)",
    )


def round_up(count: float) -> int:
    """Round up to two significant digits."""
    step: int = 10 ** max(int(math.log10(count)) - 1, 0)
    return int(math.ceil(count / step) * step)
