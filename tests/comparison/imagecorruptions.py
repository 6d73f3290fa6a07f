"""Run imagecorruptions 1.1.2 and keep its figures: `make compare`, in an environment of its own.

Why: it pins another OpenCV wheel and needs an older setuptools, so it can share no environment with noisebench; its figures are
therefore committed, and tests compare with those. Nothing of noisebench is imported here.

Three of its functions fail on a current stack and run with a shim: `gaussian_blur` and `glass_blur` pass `multichannel=` to
scikit-image, which calls it `channel_axis`; `fog` needs `np.float_`. Impulse noise takes scikit-image's own generator,
which is seeded here.
"""

import json
import sys
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.clock import cpu
from tests.benchmarks.image import ALBUMENTATIONS

OUT = Path("reports/comparison")
LEVELS = (1, 2, 3, 4, 5)
DETERMINISTIC = (
    "defocus_blur",
    "zoom_blur",
    "brightness",
    "contrast",
    "pixelate",
    "jpeg_compression",
    "gaussian_blur",
    "saturate",
)
PIXELS = ("gaussian_noise", "shot_noise", "impulse_noise", "speckle_noise")
"""Independent from value to value: compared by histograms of flat grey."""
FIELDS = (
    "glass_blur",
    "motion_blur",
    "snow",
    "frost",
    "fog",
    "elastic_transform",
    "spatter",
)
"""Compared by moments and quantiles over draws."""
GREYS = (32, 128, 224)
SIDE = 128
DRAWS = 48


def main() -> None:
    """Write imagecorruptions.json and .npz."""
    library = _library()
    crop, frame = _photograph()
    levels = {
        name: np.stack([_corrupt(library, name, level, crop) for level in LEVELS])
        for name in DETERMINISTIC
    }
    OUT.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(OUT / "imagecorruptions.npz", crop=crop, **levels)
    report = {
        "versions": {
            name: version(name)
            for name in ("imagecorruptions", "numpy", "scipy", "scikit-image", "pillow")
        },
        "draws": DRAWS,
        "greys": list(GREYS),
        "side": SIDE,
        "histograms": {name: _histograms(library, name) for name in PIXELS},
        "moments": {name: _moments(library, name, crop) for name in FIELDS},
        "speed": _speeds(library, frame),
    }
    text = json.dumps(report, separators=(",", ":")).replace('],"', '],\n"')
    (OUT / "imagecorruptions.json").write_text(text + "\n", encoding="utf-8")


def _library() -> Any:
    """Import imagecorruptions with the shims that it needs."""
    import skimage as sk
    from skimage.filters import gaussian

    setattr(np, "float_", np.float64)
    import imagecorruptions
    from imagecorruptions import corruptions

    def named_axis(image: Any, *others: Any, multichannel: bool = False, **settings: Any) -> Any:
        return gaussian(image, *others, channel_axis=-1 if multichannel else None, **settings)

    corruptions.gaussian = named_axis
    sk.util.random_noise = partial(sk.util.random_noise, rng=np.random.default_rng(0))
    return imagecorruptions


def _photograph() -> tuple[Any, Any]:
    """Return a crop of 64 pixels with detail, and one of 224 to time."""
    from skimage.data import astronaut

    photo = astronaut()
    return photo[60:124, 190:254].copy(), photo[:224, 100:324].copy()


def _corrupt(library: Any, name: str, level: int, image: Any, seed: int = 0) -> Any:
    np.random.seed(seed)
    return library.corrupt(image, severity=level, corruption_name=name)


def _histograms(library: Any, name: str) -> list[list[list[int]]]:
    """Count 8-bit levels, by corruption level and grey."""
    return [
        [
            np.bincount(
                _corrupt(library, name, level, _flat(grey), seed=grey).ravel(), minlength=256
            ).tolist()
            for grey in GREYS
        ]
        for level in LEVELS
    ]


def _flat(grey: int) -> Any:
    return np.full((SIDE, SIDE, 3), grey, dtype=np.uint8)


def _moments(library: Any, name: str, crop: Any) -> list[dict[str, Any]]:
    out = []
    for level in LEVELS:
        noisy = np.stack(
            [_corrupt(library, name, level, crop, seed=seed) for seed in range(DRAWS)]
        ).astype(float)
        out.append(moments(noisy, crop))
    return out


def moments(noisy: Any, clean: Any) -> dict[str, Any]:
    """Return what many draws of a noise do to one image, mean and standard deviation over draws; in 8-bit levels."""
    error = noisy - clean.astype(float)
    rmse = np.sqrt((error**2).mean(axis=(1, 2, 3)))
    bias = error.mean(axis=(1, 2, 3))
    spread = noisy.std(axis=(1, 2, 3))
    return {
        "rmse": [round(float(rmse.mean()), 3), round(float(rmse.std()), 3)],
        "bias": [round(float(bias.mean()), 3), round(float(bias.std()), 3)],
        "spread": [round(float(spread.mean()), 3), round(float(spread.std()), 3)],
        "quantiles": np.quantile(noisy, (0.05, 0.25, 0.5, 0.75, 0.95)).round(2).tolist(),
    }


def _speeds(library: Any, frame: Any) -> dict[str, Any]:
    """Time level 3 at 224 pixels: us, times a memory copy, times albumentations."""
    import cv2

    cv2.setNumThreads(0)
    copy = cpu(frame.copy)
    out = {"memory copy": {"us": round(copy * 1e6, 2)}}
    for name in (*PIXELS, *FIELDS, *DETERMINISTIC):
        ours = cpu(partial(_corrupt, library, name, 3, frame), repeats=3)
        make = ALBUMENTATIONS.get(f"image/{name.replace('_', '-')}")
        peer = cpu(partial(make(), image=frame)) if make else None
        out[name] = {
            "us": round(ours * 1e6, 1),
            "times a copy": round(ours / copy, 1),
            "times albumentations": round(ours / peer, 2) if peer else None,
        }
    return out


if __name__ == "__main__":
    sys.exit(main())
