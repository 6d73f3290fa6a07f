"""The report of a comparison: both models in one chart, paired differences with their bands, nothing fetched."""

import json
import re

import numpy as np
import pytest

import noisebench as nb
from noisebench.errors import ReportError
from noisebench.report import _html, _versus_charts
from noisebench.report._versus import versus

TEXTS = [f"{'good' if i % 2 else 'poor'} example of a text with the number {i}" for i in range(60)]
TARGETS = [i % 2 for i in range(60)]


def exact(texts):
    """Need the very word."""
    return [int("good" in text.split()) for text in texts]


def loose(texts):
    """Take any text with an o twice before the e's word ends as good, and never fail on a typo elsewhere."""
    return [int(text.startswith(("good", "goo", "god", "ogod", "gdoo"))) for text in texts]


def compared(**options):
    data = nb.Dataset({"text": TEXTS}, targets=TARGETS)
    models = options.pop("models", {"exact": exact, "loose <b>": loose})
    noises = ["text/drop-character", "text/full-scramble"]
    return nb.compare(
        models, data, perturbations=noises, severities=[0.4, 1.0], bootstrap=200, **options
    )


@pytest.fixture(scope="module")
def found():
    return compared(name="Two readers", note="Written for a test.")


def test_every_noise_has_all_curves_and_all_pairs(found):
    view = versus(found)
    assert ("exact", "loose <b>") == view.models
    assert {"text/drop-character", "text/full-scramble"} == {c.title for c in view.contests}
    for contest in view.contests:
        assert 2 == len(contest.curves)
        [pair] = contest.pairs
        difference = found.difference(contest.curves[0].name, "exact", "loose <b>")
        np.testing.assert_array_equal(difference.estimate, [gap.value for gap in pair.gaps])
        np.testing.assert_array_equal(difference.low, [gap.low for gap in pair.gaps])
        assert difference.better == tuple(gap.better for gap in pair.gaps)
        assert 60 == pair.n


def test_the_noise_that_tells_models_apart_comes_first(found):
    largest = [contest.largest for contest in versus(found).contests]
    assert sorted(largest, reverse=True) == largest


def test_the_verdict_counts_the_noises_under_which_a_model_is_better():
    same = compared(models={"a": exact, "b": exact})
    assert "none tells the models apart" in versus(same).verdict
    view = versus(compared())
    won = sum(any(g.better == "loose <b>" for p in c.pairs for g in p.gaps) for c in view.contests)
    assert won
    assert f"loose <b> is better at some severity under {won}" in view.verdict


def test_one_chart_holds_both_models_and_another_their_difference(found):
    view = versus(found)
    contest = view.contests[0]
    spec = _versus_charts.curves(contest, view)
    rows = next(iter(spec["datasets"].values())) if "datasets" in spec else spec["data"]["values"]
    assert {"0", "1"} == {row["m"] for row in rows if "m" in row}
    assert 6 == len(rows)
    below = _versus_charts.difference(contest.pairs[0], view)
    assert [-view.reach[1], view.reach[1]] == below["layer"][0]["encoding"]["y"]["scale"]["domain"]


def test_files_are_written_and_fetch_nothing(found, tmp_path):
    paths = found.report(tmp_path / "new")
    page, text = paths.html.read_text("utf-8"), paths.markdown.read_text("utf-8")
    assert "<b>" not in page.split("<script")[0].replace("loose &lt;b&gt;", "")
    assert not re.search(r'(?:src|href)="https?:', page)
    specs = json.loads(re.search(r'id="specs">(.*?)</script>', page, re.DOTALL)[1])
    assert {"noise-1", "noise-1-1", "noise-2", "noise-2-1"} == set(specs)
    assert 4 == page.count("data-chart=")
    for words in ("Two readers", "Written for a test.", "exact − loose", "excludes zero"):
        assert words in page
        assert words in text
    for row in found.to_table():
        assert f"{row['n']}" in text


def test_three_models_have_three_pairs(light):
    view = versus(compared(models={"a": exact, "b": loose, "c": lambda texts: [0] * len(texts)}))
    assert {3} == {len(contest.pairs) for contest in view.contests}
    assert "a − c" in _html.render_versus(view)


def test_a_comparison_that_is_kept_nowhere_needs_a_directory(found, tmp_path, light):
    with pytest.raises(ReportError, match="directory"):
        found.report()
    kept = compared(run_dir=tmp_path / "runs")
    assert tmp_path / "runs" / "report.html" == kept.report().html


@pytest.fixture(scope="module")
def ten():
    """Ten models, half of which answer nothing but 1 where the text is long."""
    models = {f"m{i}": (exact if i % 2 else (lambda texts: [1 for _ in texts])) for i in range(10)}
    return compared(models=models)


def test_each_of_ten_models_has_a_line_of_its_own(ten):
    view = versus(ten)
    spec = _versus_charts.curves(view.contests[0], view)
    lines = [
        layer["encoding"]["color"]["scale"]
        for layer in spec["layer"]
        if layer["mark"]["type"] == "line" and "color" in layer["encoding"]
    ]
    assert [[str(i) for i in range(10)]] == [scale["domain"] for scale in lines]
    assert 8 == len(set(lines[0]["range"]))


def test_of_many_pairs_those_that_are_apart_are_drawn_and_the_others_counted(ten):
    view = versus(ten)
    contest = view.contests[0]
    apart = [pair for pair in contest.pairs if pair.apart]
    page = _html.render_versus(view)
    drawn = re.findall(rf'data-chart="{contest.anchor}-\d+"', page)
    assert min(3, len(apart)) == len(drawn)
    assert f"{45 - len(apart)} of 45 pairs of models: no difference shown." in page
    assert "so many show that a model is better than at least one other" in view.verdict


def test_a_condition_at_one_dose_is_a_row_and_no_curve():
    data = nb.Dataset({"text": TEXTS}, targets=TARGETS)
    sweeps = ["text/drop-character@share=0.3", "text/full-scramble"]
    found = nb.compare(
        {"exact": exact, "loose": loose}, data, perturbations=sweeps, severities=[0.4, 1.0]
    )
    view = versus(found)
    assert ["text/full-scramble"] == [contest.title for contest in view.contests]
    [alone] = view.fixed
    assert alone.title.startswith("text/drop-character at 30")
    assert (0.4, 1.0) == view.severities
    page = _html.render_versus(view)
    assert alone.title in page
    assert f'data-chart="{alone.anchor}"' not in page
