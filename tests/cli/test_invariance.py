"""`noisebench invariance`: what a model sees as the same, in sentences, a table and JSON."""

import json

import pytest

import noisebench as nb
from tests.noisebench.small import classify, dataset


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("invariance") / "run"
    nb.audit(
        classify, dataset(), perturbations=["invariance"], severities=[0.5, 1.0], bootstrap=200, run_dir=where
    )  # fmt: skip
    return where


def test_it_takes_losses_apart_and_shows_every_size(cli, folder):
    said = cli("invariance", folder)
    words = " ".join(said.out.split())
    assert 0 == said.status
    assert "is missing invariance" in words
    assert "takes nothing out of the input" in words
    for name in ("image/flip", "image/rotation", "image/scale", "image/shift"):
        assert name in said.out


def test_json_is_one_object(cli, folder):
    found = json.loads(cli("invariance", folder, "--json").out)
    assert {"sizes", "orbits", "unsaid", "sentences", "n"} <= set(found)
    assert 8 == len(found["sizes"])


def test_a_folder_without_a_run_is_a_mistake(cli, tmp_path):
    said = cli("invariance", tmp_path)
    assert 2 == said.status
    assert "the directory of a run" in said.err


def test_a_noise_says_how_it_acts(cli):
    said = " ".join(cli("show", "image/rotation").out.split())
    assert "acts as a group: turns of the picture; undone=true puts it back" in said
    assert "acts as a group" not in cli("show", "image/fog").out
