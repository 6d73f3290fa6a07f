"""What the topology of 40 noises on 2,000 samples costs beyond their sweep: reading the run, and every part of it."""

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import noisebench as nb
import perturbations as pt

N, NOISES, BAR = 2000, 40, "20 s"


def rows() -> list[tuple[str, str, str]]:
    """Return one row."""
    with tempfile.TemporaryDirectory() as folder:
        _sweep(Path(folder))
        began, worked = time.perf_counter(), time.process_time()
        found = nb.load(folder).topology()
        spent, cpu = time.perf_counter() - began, time.process_time() - worked
    placed = len(found.names)
    what = f"topology of {NOISES} noises x {N} samples, {placed} of which have a place"
    return [(what, f"{spent:.1f} s, {cpu:.1f} s of CPU", BAR)]


def _sweep(folder: Path) -> None:
    images, labels = _digits()
    centres = np.stack([images[labels == k].mean(axis=0).ravel() for k in range(10)])

    def nearest(shown: Any) -> Any:
        flat = np.asarray(shown, dtype=np.float64).reshape(len(shown), -1)
        return (flat @ centres.T - (centres**2).sum(axis=1) / 2).argmax(axis=1)

    data = nb.Dataset({"image": images}, labels)
    nb.audit(
        nearest, data, perturbations=_noises(data), severities=5, replicates=2, run_dir=folder,
        distortion="none", gallery=False,
    )  # fmt: skip


def _digits() -> tuple[Any, Any]:
    from sklearn.datasets import load_digits

    bunch = load_digits()
    rows = np.arange(N) % len(bunch.images)
    images = (bunch.images[rows] * 15.9375).astype(np.uint8)
    return images.repeat(2, axis=1).repeat(2, axis=2), bunch.target[rows]


def _noises(data: nb.Dataset) -> list[str]:
    """Return the first noises of the catalogue that grey pictures can have."""
    from noisebench.plan import make_plan

    sweeps = [str(each) for each in make_plan(data, ["image"]).sweeps]
    return [name for name in sweeps if name in pt.names()][:NOISES]


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row))
