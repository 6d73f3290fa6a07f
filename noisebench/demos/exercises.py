"""Shoulder exercises of ten people with a smartwatch, and a classifier that has not met half of them."""

import warnings
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from noisebench.data import Dataset
from noisebench.demos._demo import Demo, Loaded, files_of

NOTE = """\
Ten people doing seven shoulder exercises with a smartwatch at the wrist (Burns et al. 2018; bundled with seglearn, BSD-3): three
axes of acceleration in g and three of rotation in rad/s, 50 Hz, cut into windows of 4 seconds. A logistic regression
on means, spreads, quantiles and steps of each axis is trained on five of the people and audited on the windows of the other
five. Windows of one person are alike, so intervals resample people and not windows: five people say little, and
the bands are as wide as that. A missing value is left out of the statistics, a missing axis becomes the
training mean. No statement about physiotherapy."""

SWEEPS = (
    "timeseries/additive-noise",
    "timeseries/bias",
    "timeseries/drift",
    "timeseries/baseline-wander",
    "timeseries/channel-swap",
    "timeseries/polarity-flip",
    "timeseries/missing-channel",
    "timeseries/electrode-off",
    "timeseries/spikes",
    "timeseries/stuck-at",
    "timeseries/quantisation",
    "timeseries/downsampling",
)

RATE = 50.0
"""Samples a second."""

STEPS = 200
"""Samples of a window: 4 s."""

AXES = ("ax", "ay", "az", "wx", "wy", "wz")

EXERCISES = (
    "pendulum",
    "abduction",
    "forward elevation",
    "internal rotation",
    "external rotation",
    "trapezius extension",
    "upright row",
)

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


class Windows(NamedTuple):
    """Windows of all people."""

    series: NDArray[np.float64]
    """(n, 200, 6)"""
    exercise: NDArray[np.int64]
    person: NDArray[np.int64]
    ids: list[str]


@dataclass(frozen=True)
class ExerciseReader:
    """A classifier on statistics of each axis."""

    classifier: Any

    def __call__(self, windows: Any) -> NDArray[np.str_]:
        """Return the name of the exercise in each window."""
        rows = np.stack([statistics(np.asarray(each, dtype=np.float64)) for each in windows])
        return np.asarray(self.classifier.predict(rows))


def statistics(window: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return mean, spread, quantiles and mean step of each axis of (T, 6); NaN for an axis without a value."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # an axis without a value is NaN, as it should be
        steps = np.nanmean(np.abs(np.diff(window, axis=0)), axis=0)
        spread = np.nanstd(window, axis=0)
        quantiles = np.nanquantile(window, QUANTILES, axis=0)
        return np.concatenate([np.nanmean(window, axis=0), spread, *quantiles, steps])


def read() -> Windows:
    """Return every whole window of every recording."""
    path = files_of("seglearn") / "data" / "watch_dataset.npy"
    held = np.load(path, allow_pickle=True).item()  # the package's own file
    recordings = list(zip(held["X"], held["y"], held["subject"], strict=True))
    parts = [
        (series[k * STEPS : (k + 1) * STEPS], exercise, person, f"{number}-{k}")
        for number, (series, exercise, person) in enumerate(recordings)
        for k in range(len(series) // STEPS)
    ]
    series, exercise, person, names = zip(*parts, strict=True)
    ids = [f"person-{p}/recording-{name}" for p, name in zip(person, names, strict=True)]
    return Windows(np.stack(series), np.array(exercise), np.array(person), ids)


def load() -> Loaded:
    """Train on the people with odd numbers and keep the others."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    windows = read()
    known = windows.person % 2 == 1
    classifier = make_pipeline(
        SimpleImputer(), StandardScaler(), LogisticRegression(C=0.3, max_iter=2000)
    )
    rows = np.stack([statistics(each) for each in windows.series[known]])
    names = np.array([EXERCISES[i] for i in windows.exercise])
    classifier.fit(rows, names[known])
    test = np.flatnonzero(~known)
    data = Dataset(
        {"watch": windows.series[test]},
        targets=names[test],
        ids=[windows.ids[i] for i in test],
        modalities={"watch": "timeseries"},
        facts={"watch": {"rate": RATE}},
        groups=windows.person[test],
        slices={
            "person": [f"person {i}" for i in windows.person[test]],
            "exercise": names[test],
        },
    )
    return Loaded(ExerciseReader(classifier), data)


def demo() -> Demo:
    """Return the demo."""
    return Demo(
        name="exercises",
        title="Exercises with a smartwatch, people the classifier has not met",
        note=NOTE,
        loader=load,
        sweeps=SWEEPS,
        seconds=30.0,
    )
