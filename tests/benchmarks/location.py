"""How well two stages place the loss of a tenth, against an even grid with as many model calls."""

import numpy as np

from noisebench.curve._bands import falling as never_rising
from tests.noisebench.run.located import GRID, falling, located, tolerance

RUNS = 200
SIZES = (120, 600)
"""Samples at hand: about 700 and 3,400 calls."""

WIDTH, AT = 0.3, 0.4


def rows() -> list[tuple[str, str, str]]:
    """Return a row per number of samples."""
    return [_row(size) for size in SIZES]


def _row(size: int) -> tuple[str, str, str]:
    rng, levels = np.random.default_rng(0), np.array([0.0, *GRID])
    many = falling(rng, 400_000, at=AT, width=WIDTH).mean(axis=1)
    true = _crossing(many, levels)
    two, even, whole, calls = [], [], [], []
    for _ in range(RUNS):
        truth = falling(rng, size, at=AT, width=WIDTH)
        found = located(truth, most=size)
        calls.append(found.calls()[0])
        two.append(tolerance(found).severity - true)
        as_many = round(calls[-1] / len(GRID))
        even.append(_crossing(truth[:, :as_many].mean(axis=1), levels) - true)
        whole.append(_crossing(truth.mean(axis=1), levels) - true)
    error = [float(np.sqrt(np.mean(np.square(each)))) for each in (two, even, whole)]
    used = float(np.mean(calls))
    said = (
        f"{used:,.0f} calls ({used / size / len(GRID):.2f} of the full grid): root mean square error {error[0]:.4f} in two stages, "
        f"{error[1]:.4f} on an even grid with as many calls, {error[2]:.4f} on the full grid"
    )
    return (
        f"severity of the loss of a tenth, {size} samples, {len(GRID)} severities",
        said,
        "the even grid's",
    )


def _crossing(means: np.ndarray, levels: np.ndarray) -> float:
    fit = never_rising(means / means[0])
    place = int(np.argmax(fit <= 0.9))
    share = (fit[place - 1] - 0.9) / (fit[place - 1] - fit[place])
    return float(levels[place - 1] + share * (levels[place] - levels[place - 1]))


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row))
