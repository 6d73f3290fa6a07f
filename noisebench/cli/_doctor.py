"""`doctor`: is this installation sound?"""

import importlib.metadata
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from noisebench import __version__
from noisebench.cli._console import console, plain, print_json
from perturbations._extras import PACKAGES, missing

GOLDEN = "911c4a0a62ad170e"
"""First word of the draw below; the same on every machine while the scheme is the same."""


class Finding(NamedTuple):
    """One thing that was looked at."""

    state: str
    """`ok`, `note` (works, with less) or `bad`."""
    what: str
    detail: str


def examine(*, json: bool) -> int:
    """Print what was found; return 5 when something is wrong."""
    found = [*_versions(), *_extras(), *_clashes(), _kernels(), _noise(), _space()]
    if json:
        print_json(
            {
                "sound": all(finding.state != "bad" for finding in found),
                "findings": [finding._asdict() for finding in found],
            }
        )
    else:
        out = console()
        marks = {
            "ok": "[green]ok  [/green]",
            "note": "[yellow]note[/yellow]",
            "bad": "[red]BAD [/red]",
        }
        for finding in found:
            out.print(f"{marks[finding.state]} {plain(finding.what)}: {plain(finding.detail)}")
        bad = sum(finding.state == "bad" for finding in found)
        out.print(f"\n{bad} problem(s)." if bad else "\nNothing is wrong. Next: noisebench demo")
    return 5 if any(finding.state == "bad" for finding in found) else 0


def _versions() -> Iterator[Finding]:
    yield Finding(
        "ok",
        "noisebench",
        f"{__version__} on Python {platform.python_version()}, {platform.platform()}",
    )
    for name in (
        "numpy",
        "scipy",
        "numba",
        "scikit-learn",
        "torch",
        "albumentations",
        "opencv-python-headless",
    ):
        version = _version(name)
        if version:
            yield Finding("ok", name, version)


def _extras() -> Iterator[Finding]:
    for extra in PACKAGES:
        lacks = missing((extra,))
        install = f'pip install "noisebench[{extra}]"'
        yield Finding(
            "note" if lacks else "ok",
            f"extra {extra}",
            f"not installed: {install}" if lacks else "installed",
        )


def _clashes() -> Iterator[Finding]:
    both = [name for name in ("opencv-python", "opencv-python-headless") if _version(name)]
    if len(both) == 2:
        yield Finding(
            "bad", "OpenCV", f"{' and '.join(both)} overwrite each other's files; uninstall one"
        )
    if _version("albumentationsx"):
        yield Finding(
            "bad", "albumentationsx", "AGPL, and hides albumentations 2.0.8; uninstall it"
        )
    version = _version("albumentations")
    if version and version != "2.0.8":
        yield Finding("bad", "albumentations", f"expected 2.0.8, found {version}")


def _kernels() -> Finding:
    from perturbations._jit import cache_is_writable

    if cache_is_writable():
        return Finding("ok", "kernel cache", "compiled kernels are kept")
    return Finding(
        "note",
        "kernel cache",
        "not writable, so kernels compile in every process; set NUMBA_CACHE_DIR",
    )


def _noise() -> Finding:
    from perturbations import Draw, sample_keys

    draw = Draw.of(
        sample_keys(["doctor"])[0], seed=0, perturbation="doctor", input="", position=0, replicate=0
    )
    word = f"{int(draw.bits()):016x}"
    same = word == GOLDEN
    detail = "draws are those of every other machine" if same else f"expected {GOLDEN}, drew {word}"
    return Finding("ok" if same else "bad", "randomness", detail)


def _space() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free / 2**30
    return Finding("ok" if free > 1 else "note", "free space here", f"{free:.1f} GiB")


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
