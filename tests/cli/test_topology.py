"""`noisebench topology`: the noises of a run in sentences, tables and JSON."""

import json

import pytest

from tests.noisebench.topology.test_heterogeneity import low
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


# -- maps of several -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    where = tmp_path_factory.mktemp("several")
    audited(run_dir=where / "whole")
    audited(low, run_dir=where / "half")
    return where


def test_several_runs_are_compared_by_their_maps(cli, both):
    said = cli("topology", both / "whole", both / "half")
    assert 0 == said.status
    assert "maps of whole and half" in " ".join(said.out.split()) or "Whole and half" in said.out
    assert "nearest, whole" in said.out


def test_a_folder_of_runs_stands_for_all_of_them(cli, both):
    found = json.loads(cli("topology", both, "--json").out)
    assert [["half", "whole"]] == [each["labels"] for each in found["maps"]]
    assert [] == found["unsaid"]


def test_maps_that_cannot_be_compared_have_their_reason(cli, both, tmp_path):
    audited(noises=NOISES[:2], run_dir=tmp_path / "few")
    said = " ".join(cli("topology", both / "whole", tmp_path / "few").out.split())
    assert "cannot be said: how far the maps of whole and few are apart: it takes 3 noises" in said


def test_noises_in_twos_are_of_one_run(cli, both):
    said = cli("topology", both / "whole", both / "half", "--compose", 12)
    assert 2 == said.status
    assert "one run where noises are measured in twos" in said.err


# -- noises in twos ------------------------------------------------------------------------------------

TWOS = """
name = "tiny"
run_dir = "kept"
[model]
load = "{name}:predict"
[data]
load = "{name}:data"
[sweep]
perturbations = ["image/impulse-noise", "image/brightness", "image/contrast"]
severities = 4
"""


def test_a_budget_measures_noises_in_twos_and_says_first_what_they_cost(cli, project):
    project(toml=TWOS)
    assert 0 == cli("run", "audit.toml").status
    said = cli("topology", "audit.toml", "--compose", 12)
    out = " ".join(said.out.split())
    assert 0 == said.status
    assert out.index("cells: clean + ") < out.index("noises in twos: share of the samples")
    assert "true interaction" in out
    assert "noises after themselves" in out
    assert "noises in twos: share" in " ".join(cli("topology", "kept").out.split())


def test_a_dry_run_of_noises_in_twos_prints_the_cost_alone(cli, project):
    folder = project(toml=TWOS)
    cli("run", "audit.toml")
    said = cli("topology", "audit.toml", "--compose", 12, "--dry-run")
    assert 0 == said.status
    assert "model calls on batches of 256, 120 samples" in " ".join(said.out.split())
    assert not (folder / "kept" / "pairs").exists()


def test_noises_in_twos_need_the_model(cli, folder):
    said = cli("topology", folder, "--compose", 12)
    assert 2 == said.status
    assert "a configuration or a demo, which has a model" in said.err
    assert "--run-dir" in said.err


def test_a_run_that_is_kept_elsewhere_is_measured_in_twos_there(cli, project):
    folder = project(toml=TWOS)
    assert 0 == cli("run", "audit.toml", "--run-dir", "elsewhere").status
    assert 2 == cli("topology", "audit.toml", "--compose", 12).status
    said = cli("topology", "audit.toml", "--run-dir", "elsewhere", "--compose", 12)
    assert 0 == said.status
    assert "noises in twos: share" in " ".join(said.out.split())
    assert (folder / "elsewhere" / "pairs").exists()


def test_the_folder_of_a_run_is_named_once(cli, both):
    assert 2 == cli("topology", both / "whole", "--run-dir", both / "half").status
    assert 2 == cli("topology", both / "whole", both / "half", "--run-dir", both / "half").status


def test_a_budget_may_be_part_of_the_configuration(cli, project):
    folder = project(toml=TWOS + "compose = 12\n")
    dry = " ".join(cli("run", "audit.toml", "--dry-run").out.split())
    assert "then at most 12 cells for noises in twos, chosen from the curves" in dry
    assert 0 == cli("run", "audit.toml").status
    assert (folder / "kept" / "pairs" / "header.json").exists()


def test_a_run_without_two_noises_to_pair_says_so_and_goes_on(cli, project):
    project("compose = 12\n")
    said = cli("run", "audit.toml")
    assert 0 == said.status
    assert "no noises in twos: " in " ".join(said.out.split())
