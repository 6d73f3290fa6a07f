"""Clean samples with many inputs for the law suite: what belongs to one scanned digit, and is not recorded together.

Why: a noise between inputs changes the last of them, and some only know what to do with inputs of one kind. So every
sample has the same inputs, and each of them is the last one in its turn.
"""

import importlib.util
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Sample = dict[str, Any]
RATE = 2000
"""Hz; enough for the tones of the corpus, which end below 500 Hz."""
FACTS = {
    "image": {"modality": "image", "fov": 60.0, "depth": 12.0},
    "video": {"modality": "video", "rate": 25.0, "fov": 60.0, "depth": 12.0},
    "text": {"modality": "text"},
    "row": {"modality": "tabular"},
    "cloud": {"modality": "pointcloud", "sensor": (0.0, 0.0, 0.0)},
    "series": {"modality": "timeseries", "rate": 100.0},
    "frame": {"modality": "timeseries"},
    "audio": {"modality": "audio", "rate": RATE},
}
_SECONDS = 0.8
_MOST = 512
"""Samples that exist: 64 that end in each of eight inputs."""
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def corpus(n: int) -> list[Sample]:
    """Return up to 512 scanned digits, each with a tone, a clip, a caption, a row, a cloud and two series of its own.

    The digits are scikit-learn's copy of the UCI optical recognition set; all else is made from them.
    """
    from sklearn.datasets import load_digits

    data = load_digits()
    makers = _makers()
    found = []
    for i in range(min(n, _MOST)):
        scan, digit = data.images[i], int(data.target[i])
        first = i % len(
            makers
        )  # the first sample ends in the sound, the next in the picture, and so on
        names = [*list(makers)[first:], *list(makers)[:first]]
        found.append({name: makers[name](scan, digit, i) for name in names})
    return found


def labels(n: int) -> Mapping[str, Sequence[Any]]:
    """Return the digits as classes, and sequences of eight samples as groups."""
    from sklearn.datasets import load_digits

    count = min(n, _MOST)
    return {
        "class": load_digits().target[:count].tolist(),
        "group": [i // 8 for i in range(count)],
    }


def edges() -> dict[str, Sample]:
    """Return samples at the edge of the contract."""
    samples = corpus(8)
    first, sound = samples[0], samples[0]["audio"]
    contents = {
        "two inputs": sound,
        "a missing input": None,
        "an empty sound": sound[:0],
        "one audio sample": sound[:1],
        "silence": np.zeros_like(sound),
        "stereo": np.stack([sound, -sound]),
        "16-bit sound": (sound * 2**15).astype(np.int16),
        "a reversed view": sound[::-1],
        "a read-only sound": _frozen(sound),
        "not finite": np.array([np.nan, np.inf, 0.5]),
    }
    found = {
        name: {"image": first["image"], "audio": content} for name, content in contents.items()
    }
    found["many inputs"] = first
    found["the others missing"] = dict.fromkeys(first) | {"image": first["image"], "audio": sound}
    lasts = {
        "image": {"a grey scan": first["image"], "colours": np.dstack([first["image"]] * 3)},
        "video": {"a clip": first["video"], "one frame": first["video"][:1]},
        "text": {"a caption": "ein Bild 🖼", "no words": "", "one sentence": "An eight."},
        "row": {"a row": first["row"], "a row of missing cells": dict.fromkeys(first["row"])},
        "cloud": {"a cloud": first["cloud"], "no points": first["cloud"][:0],
                  "one point": first["cloud"][:1], "points alone": first["cloud"][:, :3]},
        "series": {"a series": first["series"], "one step": first["series"][:1],
                   "gaps": np.where(first["series"] > 1, np.nan, first["series"])},
    }  # fmt: skip
    if "frame" in first:
        lasts["frame"] = {"a frame": first["frame"], "an empty frame": first["frame"][:0]}
    for name, contents in lasts.items():
        found |= {what: {"audio": sound, name: content} for what, content in contents.items()}
    return found


def bad() -> dict[str, Any]:
    """Return values that are not several named inputs."""
    return {
        "nothing": None,
        "one input": {"audio": np.zeros(3)},
        "no input": {},
        "an array": np.zeros((2, 3)),
        "a list": [np.zeros(3), "text"],
        "numbers as names": {0: np.zeros(3), 1: "text"},
    }


def _makers() -> dict[str, Any]:
    makers = {
        "image": _image,
        "video": _video,
        "text": _text,
        "row": _row,
        "cloud": _cloud,
        "series": _series,
        "frame": _frame,
        "audio": _tone,
    }
    if importlib.util.find_spec("pandas") is None:
        del makers["frame"]
    return makers


def _image(scan: NDArray[Any], digit: int, sample: int) -> NDArray[np.uint8]:
    return np.asarray(scan * 15, dtype=np.uint8)


def _video(scan: NDArray[Any], digit: int, sample: int) -> NDArray[np.uint8]:
    """Return 20 frames in which the digit wanders to the right and slowly grows brighter."""
    image = _image(scan, digit, sample)
    frames = [np.roll(image, t // 2, axis=1) // 20 * (t + 1) for t in range(20)]
    return np.asarray(np.stack(frames), dtype=np.uint8)


def _text(scan: NDArray[Any], digit: int, sample: int) -> str:
    """Return a caption of three sentences."""
    ink = round(float(scan.mean()), 1)
    return f"A handwritten {_WORDS[digit]}. Person {sample % 43} wrote it. Its mean ink is {ink}."


def _row(scan: NDArray[Any], digit: int, sample: int) -> dict[str, Any]:
    return {
        "ink": round(float(scan.mean()), 2),
        "person": sample % 43,
        "parity": "even" if digit % 2 == 0 else "odd",
        "round": digit in {0, 6, 8, 9},
    }


def _cloud(scan: NDArray[Any], digit: int, sample: int) -> NDArray[np.float32]:
    """Return a wall of ink in metres, seen from the origin: x forward, y to the left, z up, and the ink as intensity."""
    rows, columns = np.nonzero(scan > 2)
    ahead = 8 + 0.1 * (sample % 23) + 0.05 * columns
    points = [ahead, 0.5 * (3.5 - columns), 0.5 * (3.5 - rows), scan[rows, columns] / 16]
    return np.stack(points, axis=1).astype(np.float32)


def _series(scan: NDArray[Any], digit: int, sample: int) -> NDArray[np.float64]:
    """Return 0.8 s of three channels at 100 Hz: swings by the digit, and an impact whose moment is the sample's."""
    time = np.arange(80)[:, np.newaxis] / 100
    swings = np.sin(2 * np.pi * (1 + 0.4 * digit) * time + np.arange(3))
    impact = 3 * np.exp(-0.5 * ((time - 0.2 - 0.02 * (sample % 19)) / 0.03) ** 2)
    return np.asarray(swings + impact)


def _frame(scan: NDArray[Any], digit: int, sample: int) -> Any:
    """Return the first two channels of such a series as a data frame with dates."""
    import pandas as pd

    stamps = pd.date_range("2026-03-01 12:00", periods=80, freq="10ms")
    return pd.DataFrame(_series(scan, digit, sample + 5)[:, :2], stamps, columns=["x", "y"])


def _tone(scan: NDArray[Any], digit: int, sample: int) -> NDArray[np.float32]:
    """Return a tone: pitch by digit, loudness and onset by sample."""
    time = np.arange(int(RATE * _SECONDS)) / RATE
    onset = 0.05 + 0.01 * (sample % 17)
    envelope = np.where(time < onset, 0.0, np.exp(-3 * (time - onset)))
    loudness = 0.3 + 0.03 * (sample % 13)
    return (loudness * envelope * np.sin(2 * np.pi * (120 + 35 * digit) * time)).astype(np.float32)


def _frozen(sound: Any) -> Any:
    copy = sound.copy()
    copy.flags.writeable = False
    return copy
