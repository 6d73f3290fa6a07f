"""`calibrate`, and `run` at equal dose."""

import json

import pytest

from tests.cli.test_run import calls

BRIGHT = '[sweep]\nperturbations = ["image/brightness", "image/impulse-noise"]\n{more}'


def toml(more=""):
    head = 'name = "tiny"\nrun_dir = "kept"\n[model]\nload = "{name}:predict"\n[data]\nload = "{name}:data"\n'
    return head + BRIGHT.replace("{more}", more)


def test_calibrating_says_what_it_takes_prints_a_table_and_writes_a_lock_file(cli, project):
    folder = project(toml=toml())
    said = cli("calibrate")
    assert 0 == said.status, said.err
    assert "2 noises on 64 clean samples: 8 severities each" in said.out
    assert "no model calls" in said.out
    assert "image/brightness" in said.out
    assert "frozen in noisebench.lock.json" in said.out
    assert (folder / "noisebench.lock.json").is_file()
    assert [] == calls()


def test_a_dry_run_measures_nothing(cli, project):
    folder = project(toml=toml())
    said = cli("calibrate", "--dry-run")
    assert "8 severities each" in said.out
    assert not (folder / "noisebench.lock.json").exists()


def test_a_lock_file_that_is_there_is_kept_until_it_is_made_anew(cli, project):
    folder = project(toml=toml())
    cli("calibrate", "-n", "image/brightness", "--out", "x.json")
    before = (folder / "x.json").read_text()
    again = cli("calibrate", "-n", "image/brightness", "--out", "x.json")
    assert "holds them already" in again.out
    other = cli("calibrate", "-n", "image/flip", "--out", "x.json")
    assert 2 == other.status
    assert "noise image/flip: not calibrated" in other.err
    assert "--fresh" in other.err
    assert before == (folder / "x.json").read_text()
    assert 0 == cli("calibrate", "-n", "image/flip", "--out", "x.json", "--fresh").status
    assert before != (folder / "x.json").read_text()


def test_json_is_one_object(cli, project):
    project(toml=toml())
    said = cli("calibrate", "-n", "image/brightness", "--samples", "20", "--axis", "bits", "--json")
    found = json.loads(said.out)
    assert {"lock", "doses", "left_out"} == set(found)
    assert {"image/brightness"} == {row["sweep"] for row in found["doses"]}


def test_doses_in_the_unit_of_a_distortion(cli, project):
    project(toml=toml())
    said = cli(
        "calibrate",
        "-n",
        "image/impulse-noise",
        "--axis",
        "distortion",
        "--doses",
        "30,20",
        "--json",
    )
    assert 0 == said.status, said.err
    rows = json.loads(said.out)["doses"]
    assert [30.0, 20.0] == [row["dose"] for row in rows]
    assert all(abs(row["reached"] - row["dose"]) < 2 for row in rows if row["state"] == "met")
    assert "say which" in cli("calibrate", "--axis", "distortion", "--out", "y.json").err
    assert "doses (0.1,0.2,0.4)" in cli("calibrate", "--doses", "many", "--out", "y.json").err


def test_an_encoder_of_the_users_own(cli, project, tmp_path):
    project(toml=toml())
    (tmp_path / "my_encoder.py").write_text(
        "def means(x):\n    return x.reshape(len(x), -1) * 1.0\n"
    )
    said = cli("calibrate", "-n", "image/brightness", "--encoder", "my_encoder:means")
    assert 0 == said.status, said.err
    assert "Features: means" in said.out
    both = cli("calibrate", "--encoder", "my_encoder:means", "--raw", "--out", "z.json")
    assert "one of --raw and --encoder" in both.err


def test_a_run_at_the_doses_of_a_lock_file(cli, project):
    folder = project(toml=toml())
    cli("calibrate")
    assert (
        "at severities of equal dose"
        in cli("run", "--lock", "noisebench.lock.json", "--dry-run").out
    )
    assert "name the lock file, too" in cli("run", "--other-data").err
    assert 0 == cli("run", "--lock", "noisebench.lock.json", "--other-data", "--dry-run").status
    said = cli("run", "--lock", "noisebench.lock.json")
    assert 0 == said.status, said.err
    header = json.loads((folder / "kept" / "header.json").read_text())
    assert 64 == header["calibration"]["samples"]["count"]


@pytest.mark.parametrize("where", ["flag", "file"])
def test_a_run_that_calibrates_first(cli, project, where):
    folder = project(toml=toml("calibrated = true\n" if where == "file" else ""))
    flags = ["--calibrated"] if where == "flag" else []
    assert "calibrating first: 2 noises" in cli("run", *flags, "--dry-run").out
    said = cli("run", *flags)
    assert 0 == said.status, said.err
    header = json.loads((folder / "kept" / "header.json").read_text())
    assert {"image/brightness", "image/impulse-noise"} == set(header["calibration"]["noises"])
    assert "ilent and harmful" in said.out
    assert "at dose 0.2" in said.out


def test_a_lock_file_in_the_configuration_lies_beside_it(cli, project, tmp_path, monkeypatch):
    project(toml=toml('calibrated = "noises.lock.json"\n'))
    assert 0 == cli("calibrate", "--out", "noises.lock.json").status
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert 0 == cli("run", tmp_path / "audit.toml").status


def test_gates_at_a_severity_are_measured_besides(cli, project):
    gate = '[[gates]]\nperturbation = "image/brightness"\nretains = 0.1\nat = 0.3\n'
    folder = project(gate, toml=toml("calibrated = true\n"))
    said = cli("run")
    assert "keeps 0.1 at 0.3" in said.out
    header = json.loads((folder / "kept" / "header.json").read_text())
    assert all(0.3 in each["severities"] for each in header["sweeps"])


def test_a_missing_lock_file_says_how_to_make_it(cli, project):
    project(toml=toml())
    said = cli("run", "--lock", "none.json")
    assert 2 == said.status
    assert "make it: noisebench calibrate TARGET --out none.json" in said.err
