"""Noise in series against tsaug: CPU time in one process, one thread (a ratio above 1: ours is faster)."""

import math
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

import perturbations as pt
from tests.benchmarks.clock import cpu

HEAD = ("noise", "ours", "tsaug", "ratio", "bound by")
BATCH, STEPS, CHANNELS, RATE = 64, 1024, 4, 500.0
SEVERITY = 0.6
BAR = 5
"""How many times faster noise with a bar has to be."""
BARRED = ("additive-noise", "drift", "burst-dropout")
SLOWEST_COPIES = 4
"""A noise that takes no longer than this many copies of the series is bound by memory and by calls."""


def _tsaug(name: str, **settings: Any) -> Callable[[], Any]:
    def make() -> Any:
        import tsaug

        return getattr(tsaug, name)(**settings, seed=0)

    return make


PEERS: dict[str, Callable[[], Any]] = {
    "additive-noise": _tsaug("AddNoise", scale=0.2),
    "drift": _tsaug("Drift", max_drift=1.0, n_drift_points=3),
    "burst-dropout": _tsaug("Dropout", p=0.2, size=8, fill=math.nan),
    "burst-dropout(fill=zero)": _tsaug("Dropout", p=0.2, size=8, fill=0.0),
    "burst-dropout(fill=hold)": _tsaug("Dropout", p=0.2, size=8, fill="ffill"),
    "quantisation": _tsaug("Quantize", n_levels=16),
    "downsampling(back=hold)": _tsaug("Pool", size=4),
    "clock-skew": _tsaug("TimeWarp", n_speed_change=1, max_speed_ratio=1.01),
}
"""Noise to the transform of tsaug that comes closest to it at severity 0.6."""


def rows() -> list[tuple[str, ...]]:
    """Return noise, our time a series, tsaug's, the ratio, and what bounds ours."""
    import numba

    numba.set_num_threads(1)
    batch = np.random.default_rng(0).normal(size=(BATCH, STEPS, CHANNELS)).cumsum(axis=1)
    copy = cpu(batch.copy) / BATCH
    names = (name.partition("/")[2] for name in pt.names(modality="timeseries"))
    return [_row(text, batch, copy) for text in sorted({*names, *PEERS})]


def _row(text: str, batch: Any, copy: float) -> tuple[str, ...]:
    noise, keys = pt.get(f"timeseries/{text}"), pt.sample_keys(range(len(batch)))
    known = {"reference": noise.fit(batch), "facts": {"rate": RATE}, "samples": keys}
    ours = cpu(lambda: noise.batch(batch, SEVERITY, **known)) / len(batch)
    bound = "memory" if ours < SLOWEST_COPIES * copy else "compute"
    label = f"{noise} (bar: {BAR}x)" if text.partition("(")[0] in BARRED else str(noise)
    if text not in PEERS or not find_spec("tsaug"):
        said = "tsaug is not installed" if text in PEERS else "has none"
        return label, _us(ours), said, "-", bound
    peer = PEERS[text]()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = cpu(lambda: peer.augment(batch), repeats=3) / len(batch)
    return label, _us(ours), f"{type(peer).__name__} {_us(theirs)}", f"{theirs / ours:.1f}x", bound


def _us(seconds: float) -> str:
    return f"{seconds * 1e6:.{0 if seconds > 1e-5 else 1}f} us"


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row))
