"""How many noisy model calls a gate takes that stops early, in units of a test whose number of samples is fixed in advance."""

import numpy as np

from tests.noisebench.gate.made import followed, outcomes, states, stopper, worse

FIXED = 518
"""Samples of a fixed test of a loss of 0.05 that passes a loss of 0.02 with 90 % and errs in 5 %, where 1 % recovers."""

TOLERANCE, AIM, ALPHA = 0.05, 0.02, 0.05
MANY = 20 * FIXED
"""Samples of the population that are at hand: more than any run needs."""

RUNS = 400
BARS = {0.0: 0.35, 0.01: 0.5, 0.02: None, 0.03: None, 0.05: None, 0.06: 0.5, 0.10: 0.25, 0.20: 0.12}
"""True loss to the largest mean share of the fixed test's calls; near the tolerance there is nothing to save."""

SETS = (FIXED, 2000)
"""Sizes of test sets, of which no more than all can be taken."""


def rows() -> list[tuple[str, str, str]]:
    """Return a row per true loss and claim."""
    found = [_population(drop, bar) for drop, bar in BARS.items()]
    return found + [_set(drop, size) for size in SETS for drop in BARS]


def _population(drop: float, bar: float | None) -> tuple[str, str, str]:
    calls, states_ = runs(drop, MANY, finite=False)
    said = f"{calls.mean() / FIXED:.2f} of {FIXED} calls; {_shares(states_)}"
    return f"population, true loss {drop:g}, {TOLERANCE:g} allowed", said, _bar(bar)


def _set(drop: float, size: int) -> tuple[str, str, str]:
    calls, states_ = runs(drop, size, finite=True)
    said = f"{calls.mean() / size:.2f} of all, at most {calls.max() / size:.2f}; {_shares(states_)}"
    return f"set of {size:,}, drawn with a true loss of {drop:g}", said, "1.00"


def runs(
    drop: float, size: int, *, finite: bool, count: int = RUNS
) -> tuple[np.ndarray, list[str]]:
    """Return the noisy model calls of many runs, and what each decided."""
    rng = np.random.default_rng(0)
    calls, decided = [], []
    for _ in range(count):
        clean, noisy = outcomes(rng, size, drop)
        gate, before = worse(TOLERANCE, aim=AIM), {0: {1.0: clean}}
        deciding = stopper(
            [gate],
            size,
            finite=finite,
            baselines=before,
            errors=(ALPHA, 0.1 if not finite else None),
        )
        followed(deciding, {0: clean, 1: noisy})
        calls.append(deciding.calls()[0])
        decided.append(states(deciding)[0][0] or "open")
    return np.array(calls), decided


def _shares(decided: list[str]) -> str:
    kinds = [kind for kind in ("pass", "fail", "missed", "open") if kind in decided]
    words = {"missed": "misses the aim"}
    return ", ".join(
        f"{words.get(kind, kind)} {100 * decided.count(kind) / len(decided):.3g} %"
        for kind in kinds
    )


def _bar(bar: float | None) -> str:
    return "" if bar is None else f"{bar:.2f}"


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row))
