"""What the bench costs on top of a bare loop that makes the same noise and calls the same model."""

import tempfile
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

import perturbations as pt
from noisebench._rundir import open_ledger
from noisebench.data import Dataset
from noisebench.metrics import get_metric
from noisebench.models import as_model
from noisebench.plan import make_plan
from noisebench.run import execute

BATCH = 256
REPEATS = 7
BAR_CELL, BAR_SAMPLE = 150e-6, 1e-6
"""Seconds that the bench may add for each cell and for each sample of a cell."""


def rows() -> list[tuple[str, str, str]]:
    """Return a row per model and number of workers."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return [
            row
            for case in _cases()
            for workers in (0, 1)
            for row in compare(*case, workers=workers)
        ]


def compare(
    title: str, model: Callable[[Any], Any], data: Dataset, noises: list[str], *, workers: int
) -> list[tuple[str, str, str]]:
    """Time the bench and the bare loop in turn; return the ratio, and what a cell costs on top."""
    plan = make_plan(data, noises, distortion="none")
    bare(model, data, plan, workers)
    bench(model, data, plan, workers)
    pairs = [
        (bare(model, data, plan, workers), bench(model, data, plan, workers))
        for _ in range(REPEATS)
    ]
    # The least of several: what other processes do on the machine only ever adds.
    alone, ours = (min(times) for times in zip(*pairs, strict=True))
    cells, n = len(plan.cells), len(data)
    added = (ours - alone) / cells
    allowed = BAR_CELL + BAR_SAMPLE * n
    name = f"{title}, workers={workers} ({alone / cells / n * 1e6:.1f} µs a sample)"
    return [
        (name, f"{ours / alone:.3f} of the bare loop ({alone:.3f} s, {ours:.3f} s)", "1.05"),
        (f"{name}, added a cell of {n}", f"{added * 1e6:.0f} µs", f"{allowed * 1e6:.0f} µs"),
    ]


def bench(model: Callable[[Any], Any], data: Dataset, plan: Any, workers: int) -> float:
    """Return the seconds of a whole run into a fresh ledger on disk."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = open_ledger(Path(folder), plan, durable=True)
        ready, metric = as_model(model), get_metric("accuracy")
        begun = time.perf_counter()
        execute(ready, data, plan, [metric], ledger, batch_size=BATCH, workers=workers)
        seconds = time.perf_counter() - begun
        ledger.close()
    return seconds


def bare(model: Callable[[Any], Any], data: Dataset, plan: Any, workers: int) -> float:
    """Return the seconds of the same noise, the same model calls and a mean of hits, and nothing else."""
    begun = time.perf_counter()
    hits: dict[str, int] = {}
    again = False
    for batch in data.batches(BATCH, order_seed=plan.seed):
        (name, values), *_ = batch.inputs.items()
        keys = pt.sample_keys(batch.ids)

        def make(cell: Any, values: Any = values, keys: Any = keys, name: str = name) -> Any:
            sweep = cell.condition.sweep
            if sweep is None:
                return values
            return sweep.parts[0].noise.batch(
                values, cell.condition.severity, samples=keys, seed=plan.seed, input=name
            )

        for cell, noisy in _ahead(plan.cells, make, workers):
            right = int((np.asarray(model(noisy)) == batch.targets).sum())
            hits[cell.key] = hits.get(cell.key, 0) + right
        if len(hits) == len(plan.cells) and not again:
            again = bool(len(np.asarray(model(values))))
    return time.perf_counter() - begun


def _ahead(cells: Any, make: Callable[[Any], Any], workers: int) -> Any:
    if not workers:
        yield from ((cell, make(cell)) for cell in cells)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Any] = deque()
        for cell in cells:
            waiting.append((cell, pool.submit(make, cell)))
            if len(waiting) > workers + 1:
                done, future = waiting.popleft()
                yield done, future.result()
        while waiting:
            done, future = waiting.popleft()
            yield done, future.result()


def _cases() -> list[tuple[str, Callable[[Any], Any], Dataset, list[str]]]:
    from sklearn.datasets import load_digits
    from sklearn.ensemble import RandomForestClassifier

    bunch = load_digits()
    images, labels = (bunch.images * 15).astype(np.uint8), bunch.target
    data = Dataset({"image": images}, labels)
    flat = images.reshape(len(images), -1)
    weights = np.linalg.lstsq(flat.astype(np.float64), np.eye(10)[labels], rcond=None)[0]
    forest = RandomForestClassifier(50, random_state=0).fit(flat, labels)
    noises = ["image/gaussian-noise", "image/shot-noise", "image/impulse-noise"]
    return [
        ("linear model on digits", _linear(weights), data, noises),
        ("random forest on digits", lambda x: forest.predict(x.reshape(len(x), -1)), data, noises),
        ("two layers on 96x96 pixels", _two_layers(), _large(images, labels), noises),
    ]


def _linear(weights: Any) -> Callable[[Any], Any]:
    return lambda x: (x.reshape(len(x), -1) @ weights).argmax(axis=1)


def _two_layers() -> Callable[[Any], Any]:
    rng = np.random.default_rng(0)
    first = rng.normal(size=(96 * 96, 256)).astype(np.float32) / 96
    second = rng.normal(size=(256, 10)).astype(np.float32)

    def model(x: Any) -> Any:
        hidden = np.maximum((x.reshape(len(x), -1).astype(np.float32) / 255) @ first, 0)
        return (hidden @ second).argmax(axis=1)

    return model


def _large(images: Any, labels: Any) -> Dataset:
    return Dataset(
        {"image": np.kron(images[:512], np.ones((1, 12, 12), dtype=np.uint8))}, labels[:512]
    )


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row))
