"""Scanned handwritten digits and a support vector machine."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from noisebench.data import Dataset
from noisebench.demos._demo import Demo, Loaded

NOTE = """\
1,797 handwritten digits of 43 people, scanned and reduced to 8 by 8 pixels of 17 grey levels (Alpaydin and
Kaynak 1998, UCI machine learning repository, CC BY 4.0; bundled with scikit-learn), here interpolated to 32 by 32
pixels of 8 bits, the size that the constants of CIFAR-10-C are for. A support vector machine, which reads 8 by 8 means,
is trained on half of them and audited on the other half. The split is random, so the same people wrote both
halves; interpolated scans are smoother than photographs, so blurs cost less here than they would there."""

GROWN = 4
"""Pixels across that one pixel of a scan becomes."""

SWEEPS = (
    "cifar-c",
    "image/shift",
    "image/rotation",
    "image/scale",
    "image/shear",
    "image/occlusion",
    "image/random-erase",
    "image/row-banding",
    "image/dead-pixels",
    "image/low-light",
    "image/diffusion",
)


@dataclass(frozen=True)
class DigitReader:
    """A support vector machine on 8 by 8 means of 32 by 32 images."""

    machine: Any

    def __call__(self, images: Any) -> np.ndarray:
        """Return probabilities (n, 10)."""
        return np.asarray(self.machine.predict_proba(means(images)))


def scanned() -> tuple[np.ndarray, np.ndarray]:
    """Return the 1,797 scanned digits as unsigned 8-bit images (n, 8, 8), and their labels."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = np.rint(bunch.images * (255.0 / 16.0)).astype(np.uint8)
    return images, bunch.target.astype(np.int64)


def grown(images: np.ndarray) -> np.ndarray:
    """Return images interpolated linearly to GROWN times their size."""
    from scipy.ndimage import zoom

    larger = zoom(images.astype(float), (1, GROWN, GROWN), order=1, grid_mode=True, mode="nearest")
    return np.asarray(np.rint(larger), dtype=np.uint8)


def pixels(images: Any) -> np.ndarray:
    """Return images as rows of floats in [0, 1]."""
    return np.asarray(images, dtype=np.float64).reshape(len(images), -1) / 255.0


def means(images: Any) -> np.ndarray:
    """Return the means of blocks of GROWN by GROWN pixels, as rows of floats in [0, 1]."""
    rows = np.asarray(images, dtype=np.float64)
    side = rows.shape[1] // GROWN
    return pixels(rows.reshape(len(rows), side, GROWN, side, GROWN).mean(axis=(2, 4)))


def halves() -> tuple[np.ndarray, np.ndarray]:
    """Return which scans are trained on, and which are audited."""
    from sklearn.model_selection import train_test_split

    labels = scanned()[1]
    train, test = train_test_split(
        np.arange(len(labels)), test_size=0.5, stratify=labels, random_state=0
    )
    return train, np.sort(test)


def training() -> tuple[np.ndarray, np.ndarray]:
    """Return the images (n, 32, 32) that are trained on, and their labels."""
    scans, labels = scanned()
    train, _ = halves()
    return grown(scans)[train], labels[train]


def load() -> Loaded:
    """Train on half of the scans and keep the other half."""
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.svm import SVC

    seen, known = training()
    machine = CalibratedClassifierCV(SVC(C=10.0, gamma=0.02), ensemble=False, cv=3)
    machine.fit(means(seen), known)
    scans, labels = scanned()
    _, test = halves()
    ids = [f"scan-{i}" for i in test]
    data = Dataset({"image": grown(scans)[test]}, targets=labels[test], ids=ids)
    return Loaded(DigitReader(machine), data)


def demo() -> Demo:
    """Return the demo."""
    return Demo(
        name="digits",
        title="Scanned digits, support vector machine",
        note=NOTE,
        loader=load,
        sweeps=SWEEPS,
        seconds=25.0,
    )
