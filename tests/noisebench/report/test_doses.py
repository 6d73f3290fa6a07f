"""Noises at equal dose in a report: sentences, curves on two axes of dose, harm beside detection, and what is unreachable."""

import math

import pytest

import noisebench as nb
from noisebench.doses._measured import SILENT_HARMFUL
from noisebench.report import _doses_charts, _html, _markdown
from noisebench.report._build import view
from tests.noisebench.calibration.made import Shows, pairs

NOISES = [
    "image/contrast",
    "image/gaussian-noise",
    "image/occlusion",
    "text/drop-character",
    "text/swap",
]


@pytest.fixture(scope="module")
def run():
    return nb.audit(Shows(), pairs(), perturbations=NOISES, calibrated=True, bootstrap=100)


@pytest.fixture(scope="module")
def shown(run):
    return view(run)


def test_an_audit_at_equal_severities_has_no_such_part():
    found = nb.audit(Shows(), pairs(30), perturbations=["image/contrast"], bootstrap=100)
    assert view(found).doses is None
    assert 'id="doses"' not in _html.render(view(found))


def test_a_table_of_severities_has_no_column_that_one_noise_alone_fills(run, shown):
    assert () == shown.severities
    assert len(run.curves) == len(shown.ranked)


def test_every_noise_starts_at_the_clean_level_and_rises_in_dose(run, shown):
    for axis in shown.doses.axes:
        assert len(run.curves) == len(axis.lines)
        for line in axis.lines:
            assert (0.0, run.clean.value) == (line.spots[0].dose, line.spots[0].value)
        if axis.anchor == "doses-displacement":
            for line in axis.lines:
                doses = [spot.dose for spot in line.spots]
                assert sorted(doses) == doses


def test_a_noise_ends_at_its_last_dose_and_says_what_is_unreachable(run, shown):
    gone = {each.sweep for each in run.doses().unreachable}
    (axis, _) = shown.doses.axes
    assert len(gone) == sum("unreachable" in line.end for line in axis.lines)
    cells = [cell for _, _, row in shown.doses.rows for cell in row]
    assert len(run.doses().unreachable) == sum("unreachable" == text for text, _, _ in cells)
    ends = [
        layer
        for layer in _doses_charts.axis(axis, shown.doses, "accuracy")["layer"]
        if layer["mark"].get("shape") == "cross"
    ]
    assert 1 == len(ends)


def test_the_chart_ends_no_line_beyond_what_was_measured(run, shown):
    most = max(m.displacement for m in run.doses().measured if m.severity is not None)
    spec = _doses_charts.axis(shown.doses.axes[0], shown.doses, "accuracy")
    domain = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert most == pytest.approx(domain[1], rel=1e-6)


def test_means_are_in_units_of_the_metric(run, shown):
    axis = shown.doses.axes[0]
    (versus,) = run.doses().versus
    assert {0, 1} == {side for side, _ in axis.means}
    for side, points in axis.means:
        name = shown.doses.sides[side]
        curves = [
            run.curves[sweep]
            for sweep in versus.sides[0].noises[[versus.first, versus.second].index(name)]
        ]
        low = min(curve.estimate.min() for curve in curves)
        assert all(low - 1e-9 <= value <= run.clean.value + 1e-9 for _, value in points)


def test_the_plane_has_a_dot_for_every_noise_and_dose_that_was_reached(run, shown):
    reached = [m for m in run.doses().measured if m.severity is not None and math.isfinite(m.kept)]
    assert len(reached) == len(shown.doses.plane)
    named = {dot.title for dot in shown.doses.plane if dot.named and dot.kind == SILENT_HARMFUL}
    assert bool(run.doses().silent) == bool(named)


def test_it_is_on_the_page_and_in_markdown(shown):
    page = _html.render(shown)
    assert 'href="#doses"' in page
    for anchor in ("doses-displacement", "doses-bits", "doses-plane"):
        assert f'data-chart="{anchor}"' in page
    assert "Is image more robust than text here?" in page
    text = _markdown.render(shown)
    assert "## At equal dose" in text
    assert "Is image more robust than text here?" in text


def test_each_of_a_few_noises_of_one_input_has_a_colour_and_a_name():
    found = view(
        nb.audit(Shows(), pairs(), perturbations=NOISES[:3], calibrated=True, bootstrap=100)
    )
    assert found.doses.apart
    for chart in (
        _doses_charts.axis(found.doses.axes[0], found.doses, "accuracy")["layer"][0],
        _doses_charts.plane(found.doses)["layer"][1],
    ):
        assert 3 == len({row["c"] for row in chart["data"]["values"]})
    legend = _html.render(found).split('id="doses-title"')[1].split("</ul>")[0]
    assert all(name in legend for name in NOISES[:3])
    assert all(f'class="model-{number}"' in legend for number in range(3))
    assert "style=" not in legend  # the page's own policy would drop it


def test_where_means_of_inputs_are_drawn_colours_are_of_inputs(shown):
    assert not shown.doses.apart
    rows = _doses_charts.axis(shown.doses.axes[0], shown.doses, "accuracy")["layer"][0]
    assert 2 == len({row["c"] for row in rows["data"]["values"]})


def test_what_is_harmful_or_noticed_is_named_once_a_noise(run, shown):
    named = [dot.title for dot in shown.doses.plane if dot.named]
    assert len(set(named)) == len(named) > 0
