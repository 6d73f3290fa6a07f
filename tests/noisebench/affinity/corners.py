"""A world in which training on a noise fixes that noise and no other: the answer stands in a corner, which a flip moves."""

import numpy as np

import noisebench as nb

ACROSS, DOWN = "image/flip@1", "image/flip(axis=vertical)@1"
CORNERS = {"clean": (0, 0), ACROSS: (0, -1), DOWN: (-1, 0)}
"""Where the answer stands under each noise."""


def pictures(n=200, seed=0):
    """Pictures whose corners are bright or dark by chance; the first one is the answer."""
    rng = np.random.default_rng(seed)
    images = np.full((n, 6, 6), 120, dtype=np.uint8)
    bits = rng.random((n, 2, 2)) < 0.5
    for i, row in enumerate((0, -1)):
        for j, column in enumerate((0, -1)):
            images[:, row, column] = 255 * bits[:, i, j]
    return images, bits[:, 0, 0].astype(int)


def world(n=200, **options):
    images, answers = pictures(n)
    return nb.Dataset({"image": images}, answers, ids=[f"w{i}" for i in range(n)], **options)


def field(n=200, flip=np.flipud):
    """The same scenes, as a camera of the field saw them."""
    images, answers = pictures(n)
    turned = np.stack([flip(image) for image in images])
    return nb.Dataset({"image": turned}, answers, ids=[f"w{i}" for i in range(n)])


class Corner:
    """Reads one corner."""

    def __init__(self, place):
        self.place = place

    def predict(self, images):
        return [int(image[self.place] > 128) for image in images]


def fit(data):
    """Read the corner in which the answer stands in the training data."""
    batch = data.take(data.ids)
    wanted = np.asarray(batch.targets)
    places = [(row, column) for row in (0, -1) for column in (0, -1)]
    right = [
        np.mean(np.array(Corner(at).predict(batch.inputs["image"])) == wanted) for at in places
    ]
    return Corner(places[int(np.argmax(right))])
