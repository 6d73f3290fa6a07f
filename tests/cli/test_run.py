"""`run`, `demo` and `report`: exit codes, output, resuming."""

import json
import re
import sys
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

GATE = '[[gates]]\nperturbation = "image/*"\nretains = {retains}\nat = {at}\n'


def calls():
    return next(m.CALLS for n, m in sys.modules.items() if n.startswith("tiny_"))


def test_an_audit_prints_a_table_and_names_its_report(cli, project):
    folder = project()
    said = cli("run")
    assert 0 == said.status, said.err
    assert "image/impulse-noise" in said.out
    assert "report.html" in said.out
    assert "at 0.2" in said.out
    assert (folder / "kept" / "report.html").is_file()


def test_a_second_run_calls_no_model_for_what_is_known(cli, project):
    project()
    cli("run", "audit.toml")
    first = len(calls())
    said = cli("run", "audit.toml")
    assert 0 == said.status
    assert len(calls()) - first <= 2


def test_json_is_one_object(cli, project):
    project(GATE.format(retains=0.3, at=0.2))
    said = cli("run", "audit.toml", "--json")
    found = json.loads(said.out)
    assert {
        "answers",
        "curves",
        "doses",
        "failures",
        "gates",
        "modalities",
        "name",
        "report",
        "run",
        "skipped",
        "verdict",
    } == set(found)
    assert "tiny" == found["name"]
    assert ["pass"] == [gate["state"] for gate in found["gates"]]


@pytest.mark.parametrize(
    ("gate", "repeats", "flags", "status", "state"),
    [
        ({"retains": 0.3, "at": 0.2}, 60, [], 0, "pass"),
        ({"retains": 0.99, "at": 1.0}, 60, [], 1, "fail"),
        ({"retains": 0.9, "at": 0.2}, 2, [], 0, "inconclusive"),
        ({"retains": 0.9, "at": 0.2}, 2, ["--strict"], 6, "inconclusive"),
    ],
)
def test_gates_decide_the_exit_status(cli, project, gate, repeats, flags, status, state):
    project(GATE.format(**gate), repeats=repeats)
    said = cli("run", "audit.toml", *flags)
    asked = f"keeps {gate['retains']:g} at {gate['at']:g}"
    assert re.search(rf"{state} +image/impulse-noise +{asked}", said.out)
    assert status == said.status


def test_a_gate_on_nothing_is_an_error(cli, project):
    project(GATE.format(retains=0.5, at=0.2).replace("image/*", "audio/*"))
    said = cli("run", "audit.toml")
    assert 2 == said.status
    assert "audio/*" in said.err
    assert "tested: image/impulse-noise" in said.err
    assert [] == calls(), "the gate is checked before anything runs"


def test_a_finished_run_says_that_nothing_was_run(cli, project):
    project()
    assert "was complete" not in cli("run").out
    assert "was complete: read again, not run; --fresh begins anew" in cli("run").out


def test_a_passing_gate_shows_what_it_rests_on(cli, project):
    project(GATE.format(retains=0.3, at=0.2), repeats=60)
    said = cli("run").out
    assert re.search(r"pass +image/impulse-noise +keeps 0.3 at 0.2 +\d\.\d+ \[.*\] +240", said)


def test_a_dry_run_prints_the_plan_and_keeps_nothing(cli, project):
    folder = project()
    said = cli("run", "audit.toml", "--dry-run")
    assert 0 == said.status
    assert "3 cells" in said.out
    assert "model calls" in said.out
    assert not (folder / "kept").exists()


def test_a_dry_run_says_what_was_understood_of_a_table(cli):
    said = cli("demo", "cancer", "--dry-run")
    assert 0 == said.status
    assert "table, as understood:\n  numbers (30): mean radius, mean texture" in said.out
    told = json.loads(cli("demo", "cancer", "--dry-run", "--json").out)
    assert ["numbers (30)"] == list(told["understood"]["table"])


def test_a_changed_plan_on_an_old_folder_is_refused_with_the_difference(cli, project):
    project()
    cli("run", "audit.toml")
    said = cli("run", "audit.toml", "--seed", 7)
    assert 2 == said.status
    assert "seed: 0 -> 7" in said.err


def test_fresh_moves_the_old_run_aside(cli, project):
    folder = project()
    cli("run", "audit.toml")
    said = cli("run", "audit.toml", "--seed", 7, "--fresh")
    assert 0 == said.status
    assert (folder / "kept.1" / "report.html").is_file()


def test_a_condition_can_be_a_chain(cli, project):
    project()
    chain = "image/contrast > image/impulse-noise@0.2"
    said = cli("run", "audit.toml", "-n", chain, "--severities", "1", "--json")
    assert chain in said.out


def test_a_report_is_written_again_elsewhere(cli, project):
    folder = project()
    cli("run", "audit.toml")
    said = cli("report", "kept", "--out", "again")
    assert 0 == said.status
    assert (folder / "again" / "report.html").is_file()


def test_a_report_of_no_run_is_an_error(cli, tmp_path):
    said = cli("report", tmp_path / "nothing")
    assert 2 == said.status
    assert "the directory of a run" in said.err


def test_an_interrupted_run_says_how_to_go_on(cli, project, monkeypatch):
    from noisebench.run import Interrupted

    def stop(*args, **kwargs):
        raise Interrupted("interrupted after 1 of 3 steps\n  run the same command again")

    project()
    monkeypatch.setattr("noisebench.cli._run._execute", stop)
    said = cli("run", "audit.toml")
    assert 130 == said.status
    assert "run the same command again" in said.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["run", "digit"], "did you mean digits?"),
        (["run", "nowhere.toml"], "nowhere.toml"),
        (["run", "audit.toml", "-n", "image/impulse-nose"], "did you mean"),
        (["run", "audit.toml", "--severities", "many"], "severities='many'"),
        (["run", "audit.toml", "--severities", "0.2,1.5"], "1.5"),
        (["run", "audit.toml", "--metric", "acuracy"], "accuracy"),
        (["run", "audit.toml", "-n", "audio/white-noise"], "audio"),
        (["demo", "digts"], "digits"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_2(cli, project, words, expected):
    project()
    said = cli(*words)
    assert 2 == said.status
    assert expected in said.err
    assert "Traceback" not in said.err
    assert "" == said.out or "audit of" in said.out


def test_demos_are_listed(cli):
    found = json.loads(cli("demo", "--json").out)["demos"]
    assert "spoken-digits" == found[0]["name"]
    assert "(the default)" in cli("demo").out


def test_a_missing_extra_is_exit_5(cli, monkeypatch):
    from perturbations.errors import MissingExtra

    def fail(name):
        raise MissingExtra('install it with: pip install "noisebench[demo]"')

    monkeypatch.setattr("noisebench.demos.load", lambda name: SimpleNamespace(loaded=fail(name)))
    said = cli("run", "digits")
    assert 5 == said.status
    assert "noisebench[demo]" in said.err


TEXTS = """
import noisebench as nb

def predict(texts):
    return [int("good" in text) for text in texts]

def data():
    return nb.Dataset({"text": ["a good day in town", "a bad day in town"] * 20}, targets=[1, 0] * 20)
"""
OF_TEXTS = """
name = "texts"
run_dir = "kept"
[model]
load = "words_of_texts:predict"
[data]
load = "words_of_texts:data"
[sweep]
perturbations = ["text/keyboard-typo(layout=azertz)"]
severities = [1.0]
"""


@pytest.fixture
def texts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "words_of_texts.py").write_text(TEXTS)
    (tmp_path / "audit.toml").write_text(OF_TEXTS)
    yield tmp_path
    sys.modules.pop("words_of_texts", None)


@pytest.mark.parametrize("flags", [[], ["--dry-run"]])
def test_a_setting_that_a_noise_does_not_take_is_a_mistake_and_no_failure(cli, texts, flags):
    said = cli("run", "audit.toml", *flags)
    assert said.status == 2
    assert "did you mean azerty" in " ".join(said.err.split())
    assert not (texts / "kept").exists()


def test_an_open_gate_fails_where_its_policy_says_so(cli, project):
    gate = GATE.format(retains=0.9, at=0.2)
    project(gate + 'inconclusive = "fail"\n', repeats=2)
    assert 6 == cli("run", "audit.toml").status


def test_gates_are_written_as_junit(cli, project):
    gates = GATE.format(retains=0.9, at=0.2) + "[[gates]]\nno_cliff = 0.01\n"
    folder = project(gates, repeats=60)
    assert 1 == cli("run", "audit.toml", "--junit", "out/gates.xml").status
    suite = ElementTree.parse(folder / "out" / "gates.xml").getroot()[0]
    assert ("2", "1", "0") == tuple(suite.get(k) for k in ("tests", "failures", "skipped"))
    kept, cliff = suite
    assert "keeps 0.9 at 0.2" == kept.get("name")
    assert "tiny.image/impulse-noise" == kept.get("classname")
    assert (
        cliff.find("failure").get("message").startswith("fail: image/impulse-noise from severity")
    )
    found = {each.get("name"): each.get("value") for each in kept.find("properties")}
    assert "pass" == found["noisebench.state"]
    assert "240" == found["noisebench.n"]


def test_an_open_gate_is_skipped_in_junit(cli, project):
    folder = project(GATE.format(retains=0.9, at=0.2), repeats=2)
    cli("run", "audit.toml", "--junit", "gates.xml")
    suite = ElementTree.parse(folder / "gates.xml").getroot()[0]
    assert "1" == suite.get("skipped")
    assert "would decide" in suite[0].find("skipped").get("message")


def test_a_code_host_gets_a_summary(cli, project, monkeypatch):
    folder = project(GATE.format(retains=0.3, at=0.2), repeats=60)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    cli("run", "audit.toml")
    said = (folder / "summary.md").read_text()
    assert "### noisebench tiny: 1 pass" in said
    assert "| pass | image/impulse-noise | keeps 0.3 at 0.2 |" in said


def test_a_gate_against_a_baseline_reads_its_run_directory(cli, project):
    folder = project(repeats=60)
    cli("run", "audit.toml")
    (folder / "kept").rename(folder / "before")
    project('[[gates]]\nno_worse_than = "before"\nmargin = 0.02\n', repeats=60)
    said = cli("run", "audit.toml")
    assert 0 == said.status, said.err
    assert "at most 0.02 worse than the baseline" in said.out
    stale = cli("run", "audit.toml", "--seed", 3, "--fresh")
    assert 2 == stale.status
    assert "is stale: the seed changed since" in stale.err
    gone = cli("run", "audit.toml", "--run-dir", "other", "--seed", 0)
    assert 0 == gone.status
    (folder / "before").rename(folder / "elsewhere")
    assert "the directory of a run" in cli("run", "audit.toml", "--run-dir", "third").err


def test_a_run_may_stop_where_its_gates_are_decided(cli, project):
    project(GATE.format(retains=0.9, at=0.2), repeats=150)
    said = cli("run", "audit.toml", "--budget", "auto")
    assert 0 == said.status, said.err
    assert "1/1 gates decided after" in said.err
    assert re.search(r"The gate passes\.", said.out)
    assert "Sampling stopped early. All gates are decided after" in said.out
    assert "bands that hold whenever one stops" in said.out
    assert len(calls()) < 20
    again = cli("run", "audit.toml", "--budget", "auto")
    assert "was complete: read again, not run" in again.out
    known = json.loads(cli("run", "audit.toml", "--budget", "auto", "--json").out)
    assert known["gates"][0]["saved"] > 300
    assert "set" == known["gates"][0]["claim"]
    full = cli("run", "audit.toml")
    assert "n = 600" in full.out, "a full run goes on in the same folder"


def test_a_budget_and_a_claim_may_stand_in_the_file(cli, project):
    folder = project(repeats=150)
    text = (folder / "audit.toml").read_text()
    lines = text.replace("severities", 'budget = "auto"\nclaim = "population"\nseverities')
    (folder / "audit.toml").write_text(lines + GATE.format(retains=0.9, at=0.2))
    found = json.loads(cli("run", "audit.toml", "--json").out)["gates"]
    assert ["population"] == [each["claim"] for each in found]
    assert "at most: sampling stops where the gates are decided" in cli("run", "--dry-run").out


def test_samples_may_be_followed_to_where_they_break(cli, project):
    project(repeats=150)
    said = cli("run", "audit.toml", "--budget", "bisect")
    assert 0 == said.status, said.err
    assert "Sampling by bisection" in said.out
    assert "only where it shows at which severity" in cli(
        "run", "--dry-run", "--budget", "bisect"
    ).out.replace("\n", " ")


@pytest.mark.parametrize("flags", [[], ["--dry-run"]])
def test_a_budget_without_a_gate_is_a_mistake(cli, project, flags):
    project()
    said = cli("run", "audit.toml", "--budget", "auto", *flags)
    assert 2 == said.status
    assert "a gate to decide, to stop early" in said.err
