"""The answer to a demand on a curve: pass, fail or inconclusive, and why."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from noisebench.curve._records import number, percent, span

POWER = 0.8416
"""Normal quantile of 80 %: the samples named would decide four times in five."""

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

    def __bool__(self) -> bool:
        return self.state == "pass"

    def __repr__(self) -> str:
        return f"<{'; '.join(self.explanation[:2])}>"

    def __str__(self) -> str:
        return "\n".join(self.explanation)


Listener = Callable[[str, Verdict], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def heard(listener: Listener) -> Iterator[None]:
    """Call `listener(name of the curve, verdict)` for every verdict reached inside."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@dataclass(frozen=True, slots=True)
class Bounds:
    """One-sided bounds of retained performance at one severity."""

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
    if state == "inconclusive":
        lines.append(_needed(bounds, threshold, n))
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
    )
    listener = _listener.get()
    if listener is not None:
        listener(name, verdict)
    return verdict


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


def _needed(bounds: Bounds, threshold: float, n: int) -> str:
    """Say about how many samples would decide, if the value stays where it is."""
    if bounds.reason:
        return "no number of samples is known to decide"
    away = bounds.value - threshold
    half = bounds.value - bounds.low if away >= 0 else bounds.high - bounds.value
    if abs(away) < 1e-9 or math.isnan(half):
        return "the value is the demand itself: no number of samples would decide"
    needed = n * (half / bounds.critical * (bounds.critical + POWER) / away) ** 2
    if needed > ENDLESS:
        return "the value is too close to the demand: more than ten million samples would decide"
    rounded = _round_up(max(needed, n + 1))
    return f"about {rounded:,} samples would decide (4 times in 5, if the value stays)"


def _round_up(count: float) -> int:
    """Round up to two significant digits."""
    step: int = 10 ** max(int(math.log10(count)) - 1, 0)
    return int(math.ceil(count / step) * step)
