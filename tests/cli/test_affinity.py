"""`noisebench affinity`: a configuration with a hook becomes a matrix, JSON, and a section of the report."""

import json

import pytest

MODULE = """
import numpy as np
import noisebench as nb
from tests.noisebench.affinity.corners import field, fit, world, Corner

predict = Corner((0, 0)).predict
data = world
natural = field

def broken(data):
    raise ValueError("singular")
"""
TOML = """
name = "corners"
run_dir = "kept"
[model]
load = "{name}:predict"
[data]
load = "{name}:data"
[sweep]
perturbations = ["image/flip@1", "image/flip(axis=vertical)@1"]
[affinity]
fit = "{name}:{hook}"
natural = "{name}:natural"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trainable.py").write_text(MODULE)
    (tmp_path / "audit.toml").write_text(TOML.format(name="trainable", hook="fit"))
    return tmp_path


def test_the_cost_comes_first_and_a_dry_run_trains_nothing(cli, folder):
    said = cli("affinity", "audit.toml", "--dry-run", "--fits", "2")
    assert 0 == said.status
    assert "2 models to fit of 4" in " ".join(said.out.split())
    assert not (folder / "kept").exists()


@pytest.mark.slow
def test_it_prints_the_matrix_and_the_report_has_it(cli, folder):
    assert 0 == cli("run", "audit.toml").status
    said = cli("affinity", "audit.toml")
    words = " ".join(said.out.split())
    assert 0 == said.status
    assert "4 models to fit" in words
    assert "helps most against the natural noise" in words
    assert "trained on" in words
    assert "Which noise stands for which" in (folder / "kept" / "report.html").read_text("utf-8")
    assert (folder / "kept" / "affinity" / "ledger.sqlite").exists()


def test_json_is_one_object(cli, folder):
    said = cli("affinity", "audit.toml", "--json", "--fits", "3", "--noise", "image/flip@1")
    found = json.loads(said.out)
    assert "natural" == found["natural"]
    assert {"clean", "natural", "image/flip@1"} == set(found["sources"])


def test_a_configuration_without_a_hook_says_how_to_write_one(cli, folder):
    text = (folder / "audit.toml").read_text().partition("[affinity]")[0]
    (folder / "audit.toml").write_text(text)
    said = cli("affinity", "audit.toml")
    assert 2 == said.status
    assert "a section [affinity] in the configuration" in said.err
    assert "def fit(data)" in said.err


def test_a_hook_that_fails_is_a_sentence(cli, folder):
    (folder / "audit.toml").write_text(TOML.format(name="trainable", hook="broken"))
    said = cli("affinity", "audit.toml")
    assert 2 == said.status
    assert "the hook fit on clean data failed: ValueError: singular" in " ".join(said.err.split())


def test_an_unknown_key_has_a_hint(cli, folder):
    text = (folder / "audit.toml").read_text().replace("natural =", "naturall =")
    (folder / "audit.toml").write_text(text)
    said = cli("affinity", "audit.toml")
    assert 2 == said.status
    assert "affinity.naturall: unknown key" in " ".join(said.err.split())
    assert "natural" in said.err
