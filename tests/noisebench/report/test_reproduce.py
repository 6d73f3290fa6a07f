"""The report says how its audit is made again: by the command that made it, or by the call in Python."""

import numpy as np

import noisebench as nb
from noisebench.report._build import view
from tests.noisebench.small import classify, dataset


def near(outputs, targets):
    return np.abs(np.asarray(outputs) - np.asarray(targets)) < 2


def made(**options):
    return nb.audit(
        classify,
        dataset(),
        perturbations="image/contrast",
        severities=[0.5, 1.0],
        seed=3,
        **options,
    )


def test_an_audit_made_in_python_shows_a_call_that_makes_the_same():
    found = made(metric=["accuracy", near], bootstrap=500)
    shown = view(found).command
    assert "severities=[0.5, 1.0]" in shown and "metric=['accuracy', near]" in shown
    known = {"nb": nb, "model": classify, "data": dataset(), "near": near}
    again = eval(shown, known)
    assert again.to_table() == found.to_table()


def test_no_file_is_named_that_is_not_there(tmp_path):
    paths = made().report(tmp_path)
    assert "audit.toml" not in paths.html.read_text() + paths.markdown.read_text()
    assert "perturbations=[&#39;image/contrast&#39;]" in paths.html.read_text()


def test_the_command_is_shown_where_there_is_one():
    assert view(made(command="noisebench run mine.toml")).command == "noisebench run mine.toml"
