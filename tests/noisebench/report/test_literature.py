"""The summary numbers of the literature in a report: cited, with intervals, caveats, and words where undefined."""

import numpy as np
import pytest

import noisebench as nb
from noisebench.report import _html, _markdown, _versus_charts
from noisebench.report._build import view
from noisebench.report._literature import literature_of, literature_of_models
from noisebench.report._versus import versus
from tests.noisebench.literature.made import audit_of, falling
from tests.noisebench.small import classify, dataset, pair, read

LEVELS = [k / 10 for k in range(1, 10)]


@pytest.fixture(scope="module")
def audit():
    return nb.audit(
        read, pair(40), perturbations=["multibench", "image/contrast"], severities=LEVELS, bootstrap=100, gallery=False, distortion="none",
    )  # fmt: skip


@pytest.fixture(scope="module")
def shown(audit):
    return literature_of(audit)


def test_one_number_of_four_papers_stands_in_two_rows(shown):
    table = shown.tables[0]
    assert [
        ("MMI (Qiu et al. 2022)", "RCE (Dong et al. 2023)"),
        ("mRA (Beemelmanns et al. 2024)", "mRR (Kong et al. 2023)"),
    ] == [row.titles for row in table.rows]
    assert ["lower", "higher"] == [row.better for row in table.rows]
    assert table.note.startswith("Over 3 noises at 9 severities to 0.9, n = 40.")
    assert ("MMI, mRA, RCE, mRR: not normalised by chance: a model that guesses loses nothing.",) == table.caveats  # fmt: skip


def test_values_and_intervals_are_the_audits(audit, shown):
    estimate = audit.summaries()["mRA"].estimate
    value, interval = shown.tables[0].rows[1].cells[0]
    assert float(value) == pytest.approx(estimate.value, abs=0.006)
    assert interval.startswith("[")


def test_multibench_has_its_own_noises_alone_and_all_at_once_each_beside_its_normalised_form(shown):
    table = shown.tables[1]
    joint = "multibench/image(divided_by=3) + multibench/text(divided_by=3)"
    assert ["multibench/image", "multibench/text", joint] == [r.group for r in table.rows[::2]]
    assert {
        ("MultiBench relative robustness (Liang et al. 2021)",),
        ("area of retained performance",),
    } == {row.titles for row in table.rows}
    assert table.note.startswith("At noise levels 0 to 0.9, in steps of 0.1")


def test_what_needs_another_model_is_said(shown):
    assert [
        "mCE and mRRA need another model: audit.summaries(baseline=other_audit)",
        "MultiBench effective robustness needs a late-fusion model: audit.multibench(reference=other_audit)",
    ] == list(shown.needs)


@pytest.mark.parametrize("render", [_html.render, _markdown.render])
def test_the_page_shows_them(audit, render, light):
    text = render(view(audit))
    for part in (
        "Summary numbers of the literature",
        "MMI (Qiu et al. 2022), RCE (Dong et al. 2023)",
        "MultiBench relative robustness (Liang et al. 2021)",
        "mostly tells how good the model is without noise",
        "audit.multibench(reference=other",
    ):
        assert part in text.replace("\\", "")


def test_an_undefined_number_is_a_dash_and_a_reason():
    clean, rows = falling(200, 0.5, 0.5)
    found = literature_of(_with_methods(audit_of({"image/fog": rows}, clean)))
    assert {("–", "undefined: the model is at chance")} == {row.cells[0] for row in found.tables[0].rows}  # fmt: skip


def test_losses_and_single_levels_have_no_section():
    clean = np.random.default_rng(0).uniform(size=30)
    audit = audit_of({"image/fog": clean + np.ones((9, 1))}, clean, metric="mae")
    assert literature_of(_with_methods(audit)) is None


def test_other_noises_at_multibenchs_levels_have_no_table():
    found = nb.audit(classify, dataset(30), perturbations="image/contrast", severities=LEVELS, bootstrap=100)  # fmt: skip
    assert ["Over all noises"] == [table.title for table in literature_of(found).tables]


@pytest.fixture(scope="module")
def compared():
    late = {"late": lambda x: classify(np.stack(x["image"])), "reader": read}
    return nb.compare(late, pair(40), perturbations="multibench", severities=LEVELS, bootstrap=100, gallery=False, distortion="none")  # fmt: skip


def test_a_comparison_has_a_column_for_every_model_and_the_first_is_the_baseline(compared):
    found = literature_of_models(compared)
    assert ("late", "reader") == found.models
    over_all, multibench = found.tables
    mce = next(row for row in over_all.rows if row.titles[0].startswith("mCE"))
    assert "100" == mce.cells[0][0].partition("\N{NARROW NO-BREAK SPACE}")[0]
    assert 4 * 3 == len(multibench.rows)
    effective = [row for row in multibench.rows if "effective robustness (" in row.titles[0]]
    assert {"0"} == {row.cells[0][0].partition(".")[0].lstrip("\N{MINUS SIGN}") for row in effective}  # fmt: skip
    assert "is late, the first model" in found.needs[0]


@pytest.mark.parametrize("render", [_html.render_versus, _markdown.render_versus])
def test_the_page_of_a_comparison_shows_them(compared, render, light, monkeypatch):
    for name in ("curves", "difference"):
        monkeypatch.setattr(_versus_charts, name, lambda *given: {})
    text = render(versus(compared))
    for part in ("Summary numbers of the literature", "the reference, late, has 0", "100"):
        assert part in text


def _with_methods(audit):
    from noisebench.literature import multibench_of, summaries_of

    audit.summaries = lambda **given: summaries_of(audit, **given)
    audit.multibench = lambda **given: multibench_of(audit, **given)
    return audit
