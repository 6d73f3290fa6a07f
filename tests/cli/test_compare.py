"""`noisebench demo NAME --compare`: several models, one report."""

import json

import pytest

import noisebench as nb
from noisebench import demos
from noisebench.cli import _compare
from noisebench.cli._table import _broken, apart_lines, compare_table
from noisebench.demos._demo import Demo
from noisebench.errors import ConfigError

TEXTS = [f"sample number {i} of some text" for i in range(20)]


@pytest.fixture
def small(monkeypatch):
    def rivals():
        data = nb.Dataset({"text": TEXTS}, targets=[0] * 20)
        return {"sure": lambda t: [0] * len(t), "odd": lambda t: [len(x) % 2 for x in t]}, data

    demo = Demo(
        name="small", title="Small", note="A note.", loader=lambda: None,
        sweeps=("text/drop-character",), severities=(1.0,), rivals=rivals, rivals_note="More.",
    )  # fmt: skip
    monkeypatch.setattr(demos, "load", lambda name: demo)
    return demo


def test_the_report_of_a_comparison_is_written(small, tmp_path, capsys):
    assert 0 == _compare.compare_demo("small", tmp_path / "run", json=True)
    said = json.loads(capsys.readouterr().out)
    assert ["sure", "odd"] == said["models"]
    assert "A note. More." in (tmp_path / "run" / "report.md").read_text("utf-8")
    assert 2 == len(said["differences"])


def test_the_terminal_names_the_largest_sure_difference(small, tmp_path, capsys):
    assert 0 == _compare.compare_demo("small", tmp_path / "run", json=False)
    said = " ".join(capsys.readouterr().out.split())
    assert "accuracy at the highest severity, n = 20" in said
    assert "text/drop-character 1.000" in said
    assert "sure over odd by" in said


def test_a_demo_with_one_model_says_which_have_several():
    with pytest.raises(ConfigError, match="language"):
        _compare.compare_demo("digits", None, json=False)


def test_many_models_get_a_table_of_values_and_a_list_of_sure_differences(monkeypatch):
    data = nb.Dataset({"text": TEXTS}, targets=[0] * 20)
    models = {f"m{i}": (lambda t: [0] * len(t)) for i in range(4)} | {"odd": lambda t: [1] * len(t)}
    found = nb.compare(models, data, perturbations=["text/drop-character"], severities=[1.0])
    table = compare_table(found)
    assert ["noise", *models] == [column.header for column in table.columns]
    [line] = apart_lines(found)
    assert line.startswith("text/drop-character: m0 over odd by 1.000")
    assert [] == apart_lines(nb.compare({"a": models["m0"], "b": models["odd"]}, data, perturbations=["text/drop-character"], severities=[1.0]))  # fmt: skip


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("image/fog", ["image/fog"]),
        ("digit,speech:crossmodal/time-offset@lag=-186", ["digit,speech:crossmodal/", "time-offset@lag=-186"]),
        ("image/contrast > image/gaussian-noise", ["image/contrast > image/", "gaussian-noise"]),
    ],
)  # fmt: skip
def test_a_long_name_is_broken_after_a_sign(name, lines):
    assert lines == _broken(name, 24).split("\n")


def test_a_comparison_is_offered_after_the_line_that_installs_what_it_needs(small, monkeypatch):
    from noisebench.cli import _run

    assert "noisebench demo small --compare" == _run._comparison(small)
    monkeypatch.setattr(_run, "missing", lambda extras: ("torch",))
    assert _run._comparison(small).startswith('pip install "noisebench[torch]" and then ')
