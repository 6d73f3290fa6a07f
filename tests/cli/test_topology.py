"""`noisebench topology`: the noises of a run in sentences, tables and JSON."""

import json

import pytest

from tests.noisebench.topology.test_runs import NOISES, audited


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("topology") / "run"
    audited(run_dir=where)
    return where


def test_it_says_what_was_found_and_shows_the_distances(cli, folder):
    said = cli("topology", folder)
    assert 0 == said.status
    assert "breaking severity distance: 1 - Kendall's tau-b" in " ".join(said.out.split())
    assert "what the suite predicts of the others" in " ".join(said.out.split())
    for name in NOISES[:3]:
        assert name in said.out


def test_what_cannot_be_said_has_its_reason(cli, folder):
    said = " ".join(cli("topology", folder).out.split())
    assert "cannot be said: how alike noises are in failure:" in said
    assert "audit with replicates=2 or more" in said


def test_json_is_one_object(cli, folder):
    said = cli("topology", folder, "--json")
    found = json.loads(said.out)
    assert "accuracy" == found["metric"]
    assert found["names"] == [row["noise"] for row in found["map"]]


def test_a_folder_without_a_run_is_a_mistake(cli, tmp_path):
    said = cli("topology", tmp_path)
    assert 2 == said.status
    assert "the directory of a run" in said.err


def test_a_metric_that_was_not_scored_is_a_mistake(cli, folder):
    said = cli("topology", folder, "--metric", "f1")
    assert 2 == said.status
    assert "a metric of this audit" in said.err
