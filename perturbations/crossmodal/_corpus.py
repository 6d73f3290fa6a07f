"""Clean samples with two inputs for the law suite: a scanned digit and a tone that goes with it."""

from typing import Any

import numpy as np

Sample = dict[str, Any]
RATE = 2000
"""Hz; enough for the tones of the corpus, which end below 500 Hz."""
FACTS = {"image": {"modality": "image"}, "audio": {"modality": "audio", "rate": RATE}}
_SECONDS = 0.8


def corpus(n: int) -> list[Sample]:
    """Return up to 1797 scanned digits, each with a made tone: pitch by digit, loudness and onset by sample.

    The digits are scikit-learn's copy of the UCI optical recognition set.
    """
    from sklearn.datasets import load_digits

    data = load_digits()
    count = min(n, len(data.images))
    return [
        {"image": (data.images[i] * 15).astype(np.uint8), "audio": _tone(int(data.target[i]), i)}
        for i in range(count)
    ]


def edges() -> dict[str, Sample]:
    """Return samples at the edge of the contract."""
    first = corpus(1)[0]
    sound = first["audio"]
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
    found = {name: first | {"audio": content} for name, content in contents.items()}
    found["three inputs"] = {"caption": "ein Bild 🖼", **first}
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


def _tone(digit: int, sample: int) -> Any:
    time = np.arange(int(RATE * _SECONDS)) / RATE
    onset = 0.05 + 0.01 * (sample % 17)
    envelope = np.where(time < onset, 0.0, np.exp(-3 * (time - onset)))
    loudness = 0.3 + 0.03 * (sample % 13)
    return (loudness * envelope * np.sin(2 * np.pi * (120 + 35 * digit) * time)).astype(np.float32)


def _frozen(sound: Any) -> Any:
    copy = sound.copy()
    copy.flags.writeable = False
    return copy
