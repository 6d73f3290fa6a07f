"""Over real photographs, in crops of two sizes, more severity is never less distortion in the mean."""

from functools import cache
from importlib.resources import files

import numpy as np
import pytest

import perturbations as pt

SEVERITIES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
PHOTOGRAPHS = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png")
MONOTONE = [n for n in pt.names(modality="image") if "monotone" not in pt.get(n).exempt]
PER_PHOTOGRAPH = {224: 4, 96: 10}


def decoded(package, name):
    import cv2

    data = np.frombuffer(files(package).joinpath(name).read_bytes(), np.uint8)
    return cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1]


@cache
def crops(side):
    photographs = [decoded("skimage.data", name) for name in PHOTOGRAPHS]
    photographs += [decoded("sklearn.datasets.images", n) for n in ("china.jpg", "flower.jpg")]
    draw = np.random.default_rng(0)
    out = []
    for photograph in photographs:
        for _ in range(PER_PHOTOGRAPH[side]):
            top, left = (int(draw.integers(0, n - side + 1)) for n in photograph.shape[:2])
            out.append(photograph[top : top + side, left : left + side])
    return np.ascontiguousarray(np.stack(out))


@pytest.mark.slow
@pytest.mark.parametrize("side", PER_PHOTOGRAPH)
@pytest.mark.parametrize("name", MONOTONE)
def test_distortion_never_decreases_in_the_mean(name, side):
    noise, clean = pt.get(name), crops(side)
    sign = pt.modality("image").measures[noise.measure].sign
    ids = pt.sample_keys(range(len(clean)))
    means = []
    for severity in SEVERITIES:
        noisy = noise.batch(clean, severity, samples=ids)
        far = [pt.distance("image", a, b)[noise.measure] for a, b in zip(clean, noisy, strict=True)]
        means.append(sign * np.clip(far, -1e6, 1e6).mean())
    assert (np.diff(means) >= -1e-9 * (1 + np.abs(means[:-1]))).all(), np.round(means, 4)
