"""Noise against the fastest peer: CPU time in one process, one thread (a ratio above 1: ours is faster)."""

import json
import time
import warnings
from collections.abc import Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import perturbations as pt
from tests.benchmarks.clock import cpu
from tests.benchmarks.image import ALBUMENTATIONS, CODEC, KORNIA

HEAD = ("noise", "ours", "fastest peer", "ratio", "bound by")
BATCH = 8
SEVERITY = 0.6
SLOWEST_COPIES = 4
"""A noise that takes no longer than this many copies of the image is bound by memory and by calls."""

Row = tuple[str, ...]


class Peer(NamedTuple):
    """A transform of another library, and how long it took."""

    library: str
    seconds: float


def rows() -> list[Row]:
    """Return noise, our time, the fastest peer's, the ratio, and what bounds ours."""
    import cv2
    import numba

    cv2.setNumThreads(0)
    numba.set_num_threads(1)
    return [*_images(), *_small_images(), *_imagenet_c(), *_text()]


def _row(name: str, ours: float, peers: list[Peer], bound: str) -> Row:
    fastest = min(peers, key=lambda peer: peer.seconds)
    others = "" if find_spec("kornia") or name not in KORNIA else ", kornia is not installed"
    return (
        name,
        _us(ours),
        f"{fastest.library} {_us(fastest.seconds)}{others}",
        f"{fastest.seconds / ours:.2f}x",
        bound,
    )


def _us(seconds: float) -> str:
    return f"{seconds * 1e6:.{0 if seconds > 1e-5 else 1}f} us"


def photograph() -> Any:
    """Return 224 x 224 pixels of scikit-learn's photograph of a temple."""
    import cv2
    import sklearn.datasets

    path = Path(sklearn.datasets.__file__).parent / "images" / "china.jpg"
    return np.ascontiguousarray(cv2.imread(str(path))[100:324, 200:424, ::-1])


def _images() -> list[Row]:
    image = photograph()
    copy = cpu(np.stack([image] * BATCH).copy) / BATCH
    known = set(pt.names(modality="image"))
    elsewhere = _imagecorruptions(image)
    out = []
    for name in sorted(known & {*ALBUMENTATIONS, *KORNIA, *elsewhere}):
        ours = _ours(name, image)
        bound = "memory" if ours < SLOWEST_COPIES * copy else "compute"
        peers = _peers(name, image)
        if name in elsewhere:
            peers.append(Peer("imagecorruptions*", elsewhere[name]))
        out.append(_row(name, ours, peers, "codec" if name in CODEC else bound))
    return out


def _imagecorruptions(image: Any) -> dict[str, float]:
    """Return what imagecorruptions takes, by noise: measured in its own environment, brought here as so many copies."""
    report = json.loads(Path("reports/comparison/imagecorruptions.json").read_text("utf-8"))
    copy = cpu(image.copy)
    return {
        f"image/{name.replace('_', '-')}": copy * found["times a copy"]
        for name, found in report["speed"].items()
        if "times a copy" in found
    }


def _ours(name: str, image: Any, dose: Mapping[str, float] | None = None) -> float:
    batch, keys = np.stack([image] * BATCH), pt.sample_keys(range(BATCH))
    noise = pt.get(name)
    severity = None if dose else SEVERITY
    return cpu(lambda: noise.batch(batch, severity, samples=keys, dose=dose)) / BATCH


def _peers(name: str, image: Any) -> list[Peer]:
    out = []
    batch = np.stack([image] * BATCH)  # as many different places in memory as ours reads
    if name in ALBUMENTATIONS:
        transform = ALBUMENTATIONS[name]()
        spent = cpu(lambda: [transform(image=each)["image"] for each in batch], repeats=3)
        out.append(Peer(f"albumentations {type(transform).__name__}", spent / BATCH))
    if name in KORNIA and find_spec("kornia"):
        other = KORNIA[name]()
        out.append(Peer(f"kornia {type(other).__name__}", _kornia(other, [image] * BATCH)))
    return out


def _kornia(transform: Any, images: list[Any]) -> float:
    """Time a batch of floating-point tensors; making them is not counted."""
    import torch

    torch.set_num_threads(1)
    stacked = np.stack(images).astype(np.float32) / 255
    batch = torch.from_numpy(np.ascontiguousarray(np.moveaxis(stacked, -1, 1)))
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cpu(partial(transform, batch), repeats=3) / len(images)


def _small_images() -> list[Row]:
    """Measure a batch of small images, where calls cost more than pixels."""
    from sklearn.datasets import load_digits

    scans = np.kron(load_digits().images, np.ones((4, 4)))[..., None] * (255 / 16)
    batch, keys = scans.astype(np.uint8), pt.sample_keys(range(len(scans)))
    noise = pt.get("image/gaussian-noise")
    ours = cpu(lambda: noise.batch(batch, SEVERITY, samples=keys)) / len(batch)
    transform = ALBUMENTATIONS["image/gaussian-noise"]()
    one_by_one = cpu(lambda: [transform(image=each) for each in batch[:64]]) / 64
    peers = [Peer("albumentations", one_by_one)]
    if find_spec("kornia"):
        peers.append(Peer("kornia", _kornia(KORNIA["image/gaussian-noise"](), list(batch))))
    label = f"image/gaussian-noise, {len(batch)} grey images of 32x32 (bar: 1.5 us)"
    return [_row(label, ours, peers, "compute")]


def _imagenet_c() -> list[Row]:
    """Sum the fifteen of ImageNet-C at level 3."""
    image = photograph()
    each = {name: _ours(name, image, {"level": 3}) for name in pt.names(preset="imagenet-c")}
    theirs = _imagecorruptions(image)
    slowest = sorted(each, key=lambda name: -each[name])[:3]
    parts = ", ".join(f"{name.partition('/')[2]} {_us(each[name])}" for name in slowest)
    total = sum(each.values())
    peer = sum(theirs[name.replace("imagenet-c", "image")] for name in each)
    return [
        (
            f"imagenet-c, all {len(each)} at level 3 (bar: 8 ms)",
            f"{total * 1e3:.2f} ms",
            f"imagecorruptions* {peer * 1e3:.0f} ms",
            f"{peer / total:.0f}x",
            f"slowest: {parts}",
        )
    ]


def _text() -> list[Row]:
    from perturbations.text._sentences import SENTENCES

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import nlpaug.augmenter.char as nac
        import nlpaug.augmenter.word as naw
    lines = [line for line in SENTENCES if line.isascii()] * 4
    keys = pt.sample_keys(range(len(lines)))
    peers = {
        "text/keyboard-typo": nac.KeyboardAug(),
        "text/swap": nac.RandomCharAug(action="swap"),
        "text/drop-character": nac.RandomCharAug(action="delete"),
        "text/ocr-confusion": nac.OcrAug(),
        "text/natural-typo": naw.SpellingAug(),
        "text/drop-word": naw.RandomWordAug(action="delete"),
        "text/split-word": naw.SplitAug(),
    }
    out = []
    for name, augmenter in peers.items():
        noise, few = pt.get(name), lines[:100]
        ours = cpu(lambda n=noise: n.batch(lines, SEVERITY, samples=keys)) / len(lines)
        peer = cpu(lambda a=augmenter: [a.augment(line) for line in few], repeats=3) / len(few)
        out.append(_row(f"{name}, a sentence", ours, [Peer("nlpaug", peer)], "compute"))
    return [*out, _million()]


def _million() -> Row:
    """Measure one million short sentences, ids hashed, through one noise."""
    count = 1_000_000
    lines = [f"the {i % 977} quick brown foxes jump over a lazy dog" for i in range(count)]
    noise, start = pt.get("text/keyboard-typo"), time.process_time()
    noise.batch(lines, SEVERITY, samples=range(count))
    spent = time.process_time() - start
    return "text/keyboard-typo, 1,000,000 sentences", f"{spent:.1f} s", "bar 10 s", "-", "compute"
