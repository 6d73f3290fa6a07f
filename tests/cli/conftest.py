"""The command line as a user calls it, and a small project to call it on."""

import sys
from typing import NamedTuple

import pytest

from noisebench.cli import main

MODULE = """
import numpy as np
import noisebench as nb

LEVELS = np.repeat(np.arange(4), {repeats})
CALLS = []

def predict(images):
    CALLS.append(len(images))
    return np.clip(np.round(images.mean(axis=(1, 2)) / 85), 0, 3).astype(int)

def data():
    images = np.repeat(LEVELS[:, None, None] * 85, 4, axis=1).repeat(4, axis=2).astype(np.uint8)
    return nb.Dataset({{"image": images}}, targets=LEVELS)

NUMBER = 3
"""
TOML = """
name = "tiny"
run_dir = "kept"
[model]
load = "{name}:predict"
[data]
load = "{name}:data"
[sweep]
perturbations = ["image/impulse-noise"]
severities = [0.2, 1.0]
"""


class Said(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def cli(monkeypatch, capsys):
    def call(*words):
        monkeypatch.setattr(sys, "argv", ["noisebench", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main()
        said = capsys.readouterr()
        return Said(int(stop.value.code or 0), said.out, said.err)

    return call


@pytest.fixture
def project(tmp_path, monkeypatch, request):
    """A folder with audit.toml and the module it names, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    name = f"tiny_{abs(hash(request.node.name)) % 10**8}"

    def write(more="", *, repeats=30, toml=None):
        (tmp_path / f"{name}.py").write_text(MODULE.format(repeats=repeats))
        (tmp_path / "audit.toml").write_text((toml or TOML).format(name=name) + more)
        return tmp_path

    yield write
    sys.modules.pop(name, None)
