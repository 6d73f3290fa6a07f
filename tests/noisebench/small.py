"""A small real audit: scanned digits and a nearest-centroid classifier, plus words for their labels."""

import functools

import numpy as np

from noisebench.data import Dataset

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@functools.cache
def digits(n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = (bunch.images[:n] / 16 * 255).astype(np.uint8)
    return images, bunch.target[:n]


def dataset(n: int = 60, **options) -> Dataset:
    images, labels = digits(n)
    return Dataset({"image": images}, labels, ids=[f"d{i}" for i in range(n)], **options)


def pair(n: int = 60) -> Dataset:
    images, labels = digits(n)
    text = [f"this is a {WORDS[label]} here" for label in labels]
    return Dataset({"image": images, "text": text}, labels, groups=[i // 2 for i in range(n)])


def classify(images) -> np.ndarray:
    clean, labels = digits(60)
    centres = np.stack([clean[labels == k].mean(axis=0).ravel() for k in range(10)])
    flat = np.asarray(images, dtype=np.float64).reshape(len(images), -1)
    return ((flat[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)


def read(inputs) -> list[int]:
    """Read the word if it is there, the picture otherwise."""
    seen = classify(np.stack(inputs["image"]))
    return [
        next((k for k, word in enumerate(WORDS) if word in text), int(guess))
        for text, guess in zip(inputs["text"], seen, strict=True)
    ]


def logical(audit) -> dict:
    """Return all that the ledger says, free of how it is cut into blocks."""
    record = audit._record
    found = {}
    for key in audit.header["cells"]:
        outcomes = record.ledger.outcomes(key)
        scores = dict(zip(outcomes.ids, outcomes.scores.tolist(), strict=True))
        shown = dict(zip(outcomes.ids, map(str, outcomes.predictions), strict=True))
        found[key] = (
            repr(sorted(scores.items())),
            dict(outcomes.reasons),
            outcomes.distortion,
            shown,
        )
    return found
