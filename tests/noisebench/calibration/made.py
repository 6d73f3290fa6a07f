"""Small data with known spreads, and a model of two inputs that shows its features."""

import numpy as np

from noisebench.data import Dataset
from tests.noisebench.small import WORDS, digits


def white(n=128, steps=40, seed=0):
    """Series of independent standard normal readings."""
    series = np.random.default_rng(seed).normal(size=(n, steps, 1))
    return Dataset({"sensor": series}, modalities={"sensor": "timeseries"})


def pairs(n=300):
    """Scanned digits, and their names in a sentence."""
    images, labels = digits(n)
    texts = [f"sample {i} says {WORDS[label]}" for i, label in enumerate(labels)]
    return Dataset({"image": images, "text": texts}, labels, ids=[f"p{i}" for i in range(n)])


class Shows:
    """Reads the word where it is there, and shows features of both inputs."""

    def __init__(self, scale=1.0):
        self.scale, self.shown = scale, 0

    def predict(self, inputs):
        return [
            next((k for k, word in enumerate(WORDS) if word in text), 0) for text in inputs["text"]
        ]

    def embed(self, inputs):
        self.shown += 1
        images = np.stack([np.asarray(image, float).ravel() for image in inputs["image"]])
        texts = np.array([[len(t), *(t.count(c) for c in "aeiou ")] for t in inputs["text"]], float)
        return {"image": self.scale * np.tanh(images / 128 - 1), "text": texts}
