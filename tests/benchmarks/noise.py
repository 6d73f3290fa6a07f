"""Noise against the fastest peer: ratios of CPU time in one process (above 1: ours is faster)."""

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import perturbations as pt

WINDOW = 0.05


def cpu(call: Callable[[], Any], *, repeats: int = 5) -> float:
    """Return the least CPU seconds a call takes, over windows of at least 50 ms."""
    call()
    count, spent = 1, 0.0
    while spent < WINDOW:
        start = time.process_time()
        for _ in range(count):
            call()
        spent = time.process_time() - start
        count *= 2
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        for _ in range(count):
            call()
        best = min(best, (time.process_time() - start) / count)
    return best


def rows() -> list[tuple[str, str, str]]:
    """Return noise, ours, and the ratio to the peer."""
    import cv2
    import numba

    cv2.setNumThreads(0)
    numba.set_num_threads(1)
    return [*_images(), *_audio(), *_text()]


def _row(name: str, unit: str, ours: float, peer: float, who: str) -> tuple[str, str, str]:
    return name, f"{ours * 1e6:.0f} us / {unit}", f"{peer / ours:.1f}x ({who} {peer * 1e6:.0f} us)"


def _images() -> list[tuple[str, str, str]]:
    import albumentations as A
    import cv2
    import sklearn.datasets

    photograph = Path(sklearn.datasets.__file__).parent / "images" / "china.jpg"
    image = np.ascontiguousarray(cv2.imread(str(photograph))[100:324, 200:424])
    peers = {
        "image/gaussian-noise": A.GaussNoise(std_range=(0.18, 0.18), p=1),
        "image/shot-noise": A.ShotNoise(scale_range=(0.3, 0.3), p=1),
        "image/impulse-noise": A.SaltAndPepper(amount=(0.09, 0.09), p=1),
        "image/motion-blur": A.MotionBlur(blur_limit=(15, 15), p=1),
        "image/defocus-blur": A.Defocus(radius=(6, 6), alias_blur=(0.5, 0.5), p=1),
        "image/contrast": A.RandomBrightnessContrast((0, 0), (-0.8, -0.8), p=1),
        "image/jpeg-compression": A.ImageCompression(quality_range=(15, 15), p=1),
    }
    batch = np.stack([image] * 8)
    keys = pt.sample_keys(range(8))
    out = []
    for name, transform in peers.items():
        noise = pt.get(name)
        ours = cpu(lambda n=noise: n.batch(batch, 0.6, samples=keys)) / 8
        peer = cpu(lambda t=transform: t(image=image))
        out.append(_row(name, "224x224x3", ours, peer, "albumentations"))
    return out


def _audio() -> list[tuple[str, str, str]]:
    import audiomentations as am

    clip = np.sin(np.arange(80_000) * 0.05).astype(np.float32) * 0.5
    facts = {"rate": 16_000}
    peers = {
        "audio/white-noise": am.AddGaussianSNR(min_snr_db=10, max_snr_db=10, p=1.0),
        "audio/clipping": am.ClippingDistortion(10, 10, p=1.0),
        "audio/low-pass": am.LowPassFilter(2000, 2000, zero_phase=True, p=1.0),
    }
    out = []
    for name, transform in peers.items():
        noise = pt.get(name)
        ours = cpu(lambda n=noise: n(clip, 0.6, sample="a", facts=facts))
        peer = cpu(lambda t=transform: t(clip, 16_000))
        out.append(_row(name, "80,000 samples", ours, peer, "audiomentations"))
    return out


def _text() -> list[tuple[str, str, str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import nlpaug.augmenter.char as nac
    lines = pt.modality("text").corpus(100)
    keys = pt.sample_keys(range(len(lines)))
    peers = {
        "text/keyboard-typo": nac.KeyboardAug(),
        "text/swap": nac.RandomCharAug(action="swap"),
    }
    out = []
    for name, augmenter in peers.items():
        noise = pt.get(name)
        ours = cpu(lambda n=noise: n.batch(lines, 0.6, samples=keys)) / len(lines)
        peer = cpu(lambda a=augmenter: [a.augment(line) for line in lines]) / len(lines)
        out.append(_row(name, "sentence", ours, peer, "nlpaug"))
    return out
