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
