"""Run the authors' own ImageNet-C and CIFAR-10-C programs and keep their figures.

    git clone https://github.com/hendrycks/robustness
    .venv-compare/bin/python -m pip install wand
    .venv-compare/bin/python -W ignore -m tests.comparison.published robustness/ImageNet-C/create_c

Why: imagecorruptions differs from the published programs in elastic transform and frost, and has no CIFAR-10-C. These need
ImageMagick 6 or 7 and the photographs in their folder, so they are no part of `make compare`; the figures are committed.
Nothing of noisebench is imported here. The programs begin with loaders of data sets, so only their corruptions are run, with
four words replaced that no longer exist in scipy, numpy and scikit-image; no number changes.
"""

import json
import os
import sys
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.comparison.imagecorruptions import DETERMINISTIC, FIELDS, LEVELS, OUT, moments

COMMIT = "8190fe3"
"""Of hendrycks/robustness."""
PROGRAMS = {"imagenet-c": "make_imagenet_c.py", "cifar-c": "make_cifar_c.py"}
DRAWS = {"imagenet-c": 32, "cifar-c": 128}
SLOW = 4
"""Draws of glass blur at 224 pixels, whose moments hardly vary."""
_RENAMED = {
    "scipy.ndimage.interpolation": "scipy.ndimage",
    "np.fromstring": "np.frombuffer",
    "multichannel=True": "channel_axis=-1",
    "np.float_": "np.float64",
}


def main() -> None:
    """Write published.json and published.npz."""
    folder, out = Path(sys.argv[1]).resolve(), OUT.resolve()
    os.chdir(folder)  # where the photographs of frost are looked for
    crops, found = _crops(), {}
    pictures: dict[str, Any] = {f"crop {preset}": crop for preset, crop in crops.items()}
    for preset, program in PROGRAMS.items():
        corruptions, crop = _load(folder / program), crops[preset]
        found[preset] = {name: _moments(corruptions, preset, name, crop) for name in FIELDS}
        if preset == "cifar-c":
            for name in DETERMINISTIC:
                pictures[name] = np.stack([_run(corruptions, name, k, crop) for k in LEVELS])
    from wand.version import MAGICK_VERSION

    report = {
        "commit": COMMIT,
        "ImageMagick": MAGICK_VERSION.split(" Q")[0],
        "versions": {n: version(n) for n in ("numpy", "scipy", "scikit-image", "pillow", "wand")},
        "moments": found,
    }
    text = json.dumps(report, separators=(",", ":")).replace("],", "],\n")
    (out / "published.json").write_text(text + "\n", encoding="utf-8")
    np.savez_compressed(out / "published.npz", **pictures)


def _load(program: Path) -> SimpleNamespace:
    """Return the corruptions of a program."""
    text = program.read_text("utf-8")
    text = text[text.index("# /////////////// Distortion Helpers") :]
    text = text[: text.index("# /////////////// End Distortions")]
    for old, new in _RENAMED.items():
        text = text.replace(old, new)
    names: dict[str, Any] = {"np": np}
    exec(compile(text, str(program), "exec"), names)
    return SimpleNamespace(**names)


def _crops() -> dict[str, Any]:
    from skimage.data import astronaut

    frame = astronaut()[:224, 100:324].copy()
    small = frame.reshape(32, 7, 32, 7, 3).mean(axis=(1, 3))
    return {"imagenet-c": frame, "cifar-c": np.rint(small).astype(np.uint8)}


def _run(corruptions: SimpleNamespace, name: str, level: int, crop: Any, seed: int = 0) -> Any:
    from PIL import Image

    np.random.seed(seed)
    return np.uint8(getattr(corruptions, name)(Image.fromarray(crop), level))


def _moments(
    corruptions: SimpleNamespace, preset: str, name: str, crop: Any
) -> list[dict[str, Any]]:
    draws = SLOW if (preset, name) == ("imagenet-c", "glass_blur") else DRAWS[preset]
    out = []
    for level in LEVELS:
        noisy = [_run(corruptions, name, level, crop, seed) for seed in range(draws)]
        out.append({"draws": draws, **moments(np.stack(noisy).astype(float), crop)})
    return out


if __name__ == "__main__":
    main()
