"""Losses located without a model: samples that break around a severity, told to what locates them."""

import numpy as np

from noisebench._locate import Locate
from noisebench.gate import Scale, Stopped, Stopper, Terms
from noisebench.ledger import Row

GRID = tuple(np.linspace(1 / 16, 1, 16))


def located(truth, *, chance=0.0, most=100, grid=GRID):
    """Run both stages on (1 + levels, size) scores."""
    size = truth.shape[1]
    cells = {("a", s): (k,) for k, s in enumerate(grid, 1)}
    terms = Terms(
        demands=(), cells=cells, size=size, finite=False, scale=Scale("accuracy", 0, 1, True),
        pass_error=0.05, fail_error=0.1, chance=chance,
    )  # fmt: skip
    found = Locate(Stopper(terms), cells)
    for span in found.spans(most):
        while wanted := found.wanted(span):
            for cell, places in wanted.items():
                found.see(Row(cell, int(places[0]), truth[cell, places][:, None]))
            found.look()
    found.stopper.judge_clean(size)
    return found


def falling(rng, size, *, at=0.4, width=0.15, grid=GRID):
    """Return scores of samples that break around a severity."""
    ends = rng.logistic(at, width / 4, size)
    return (np.array([0.0, *grid])[:, None] < np.maximum(ends, 1e-9)).astype(float)


def tolerance(found, drop=0.1):
    grid = found.stopper.severities("a")
    counts = {s: n for s in grid if (n := found.stopper.count("a", s))}
    numbers = (found.stopper.count("a", 0.0), *counts.values())
    seen = Stopped(found.stopper, "a", (0.0, *counts), numbers, (), 0.95, 17)
    return seen.tolerance(drop, 0.95)
