"""Runs without a model: scores of samples, told to what decides, cell by cell."""

import numpy as np

from noisebench.gate import Gate, Scale, Stopper, Terms, baseline, demand
from noisebench.ledger import Row

ACCURACY = Scale("accuracy", 0.0, 1.0, higher_is_better=True)


def outcomes(rng, size, drop, *, recovers=0.01):
    """Return clean and noisy 0/1 scores: `drop` more samples break than recover."""
    place = rng.random(size)
    clean = np.where((place >= recovers + drop) & (place < 2 * recovers + drop), 0.0, 1.0)
    noisy = np.where(place < recovers + drop, 0.0, 1.0)
    return clean, noisy


def worse(margin=0.05, *, aim=None):
    """Return a gate whose number is the drop itself: the baseline is the clean answer."""
    return Gate(no_worse_than="before", margin=margin, aim=aim, at=1.0)


def stopper(
    gates, size, *, finite=True, chance=0.0, sweeps=("a",), severities=(1.0,), baselines=None,
    errors=(0.05, None), scale=ACCURACY,
):  # fmt: skip
    """Return what decides about sweeps of one replicate, the cells numbered in their order."""
    demands = tuple(
        demand(gate, sweep, severities) for gate in gates for sweep in gate.chosen(list(sweeps))
    )
    places = [(sweep, severity) for sweep in sweeps for severity in severities]
    fail = errors[1] or (errors[0] if finite else 2 * errors[0])
    return Stopper(
        Terms(
            demands=demands, cells={key: (n + 1,) for n, key in enumerate(places)}, size=size,
            finite=finite, scale=scale, pass_error=errors[0], fail_error=fail, chance=chance,
            baselines={
                k: {baseline(at): values for at, values in each.items()}
                for k, each in (baselines or {}).items()
            },
        )
    )  # fmt: skip


def followed(deciding, scores, *, block=None):
    """Run to the end: every cell gets its next samples while it is wanted."""
    size = deciding.terms.size
    deciding.look()
    while wanted := deciding.wanted():
        start = deciding.reached()
        stop = min(size, start + (block or deciding.step()))
        for cell in wanted:
            deciding.see(Row(cell, start, np.asarray(scores[cell])[start:stop, None]))
        deciding.look()
    return deciding


def states(deciding):
    """Return the state of every demand, and the samples after which it was decided."""
    found = []
    for number in range(len(deciding.terms.demands)):
        own = {each.state for each in deciding.trials if each.demand == number}
        state = next((each for each in ("fail", "missed") if each in own), "")
        state = "pass" if own == {"pass"} else state
        found.append((state, deciding.closed.get(number)))
    return found
