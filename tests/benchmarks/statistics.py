"""What the statistics of a curve cost: the band of 10,000 samples at 11 severities, and every answer beside it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from noisebench.curve import Curve, _bands
from tests.benchmarks.clock import cpu

N, BAR = 10_000, "50 ms"
GRID = np.linspace(0, 1, 11)


def rows() -> list[tuple[str, str, str]]:
    """Return a row per kind of score."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return [
            (f"band of {N} samples x 11 severities, {title}", f"{1e3 * cpu(call):.0f} ms", BAR)
            for title, call in _cases()
        ]


def _cases() -> list[tuple[str, Callable[[], Any]]]:
    rng = np.random.default_rng(0)
    ease, luck = 2 * rng.normal(size=N), rng.random((3, N))
    hits = np.array([luck < 1 / (1 + np.exp(8 * s - 4 - ease)) for s in GRID]).astype(float)
    loss = np.logaddexp(0, 8 * GRID[:, None] - 4 - ease)
    words = rng.integers(3, 12, size=N)
    wrong = np.stack([rng.binomial(words, 0.02 + 0.5 * s) for s in GRID])
    counts = np.stack([wrong, np.broadcast_to(words, wrong.shape)], axis=-1).astype(float)
    return [
        ("accuracy, the first curve of an audit", _first(_curve(hits[0, 0], hits[1:, 0]))),
        ("accuracy", _curve(hits[0, 0], hits[1:, 0])),
        ("accuracy, three replicates", _curve(hits[0, 0], hits[1:])),
        ("log-loss", _curve(loss[0], loss[1:], metric="log-loss")),
        ("word error rate", _curve(counts[0], counts[1:], metric="wer")),
    ]


def _curve(clean: Any, noisy: Any, metric: str = "accuracy") -> Callable[[], Curve]:
    return lambda: Curve.from_outcomes(
        severities=GRID[1:], clean=clean, outcomes=noisy, metric=metric
    )


def _first(call: Callable[[], Curve]) -> Callable[[], Curve]:
    """Return a call that draws its resamples anew, which the other curves of an audit share."""

    def again() -> Curve:
        _bands._weights.cache_clear()
        return call()

    return again


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row))
