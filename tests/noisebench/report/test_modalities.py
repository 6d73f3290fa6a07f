"""The account of modalities in a report: findings first, panels against absence, bars, tables, a curve over offsets."""

import json
import re

import numpy as np
import pytest

import noisebench as nb
from noisebench.report import _html, _modalities_charts, render_markdown
from noisebench.report._build import view
from noisebench.report._markdown import render_versus
from noisebench.report._modalities_charts import below
from noisebench.report._versus import versus

N, STEPS, RATE = 160, 120, 100


def by_inputs(audit):
    return [("+".join(each.inputs), each.value.value) for each in audit.modalities().subsets]


def clicks(late: int = 0) -> nb.Dataset:
    """Two streams with a click each, of which the second one's sign is the label; it comes `late` steps after the first."""
    rng = np.random.default_rng(0)
    at, labels = rng.integers(50, 60, size=N), np.arange(N) % 2
    streams = np.zeros((2, N, STEPS, 1))
    streams[0, np.arange(N), at, 0] = 4.0
    streams[1, np.arange(N), at + late, 0] = 4.0 * (2 * labels - 1)
    names = ("film", "sound")
    return nb.Dataset(
        dict(zip(names, streams, strict=True)),
        labels,
        modalities=dict.fromkeys(names, "timeseries"),
        facts={name: {"rate": RATE} for name in names},
    )


def hear(inputs) -> list[int]:
    """Hear what sounds within 30 ms of the click that is seen; anywhere, where nothing is seen."""
    found = []
    for film, sound in zip(inputs["film"], inputs["sound"], strict=True):
        if sound is None:
            found.append(0)
            continue
        at = None if film is None else int(np.argmax(film[:, 0]))
        part = sound[:, 0] if at is None else sound[max(at - 3, 0) : at + 4, 0]
        found.append(int(part[np.abs(part).argmax()] > 0))
    return found


class Hearer:
    """Shows the energy of each stream's thirds besides."""

    def __init__(self):
        self.predict = hear

    def embed(self, inputs):
        return {
            name: np.stack(
                [[(part**2).sum() + 1 for part in np.array_split(one[:, 0], 3)] for one in rows]
            )
            for name, rows in inputs.items()
        }


@pytest.fixture(scope="module")
def found():
    sweeps = ["modalities(film=timeseries/time-shift)", "film:timeseries/additive-noise"]
    return nb.audit(Hearer(), clicks(), perturbations=sweeps, severities=[0.5, 1.0], bootstrap=200)


def test_findings_come_first_with_true_minus_signs(found):
    shown = view(found).modalities
    assert shown.findings[0].startswith("Worse than absent: ")
    assert not any(re.search(r"[\s\[]-\d", each) for each in shown.findings)


def test_every_input_has_a_row_with_what_is_known_of_it(found):
    shown = view(found).modalities
    account = found.modalities()
    assert ["film", "sound"] == [row.input for row in shown.rows]
    assert shown.columns[0] == "lost when shuffled"
    relied = account.reliance[0].shuffled
    value, interval = shown.rows[0].cells[0]
    assert f"{relied.value:.2f}" == value
    assert f"[{relied.low:.2f}, {relied.high:.2f}]" == interval
    assert [True, False] == [row.lost for row in shown.rows]


def test_a_panel_fills_the_area_below_absence(found):
    shown = view(found).modalities
    panel = next(each for each in shown.panels if each.lost)
    spec = _modalities_charts.panel(panel, shown.domain, "accuracy", "95 %")
    filled = spec["layer"][0]
    rows = filled["data"]["values"]
    assert rows
    assert all(row["y"] <= row["r"] for row in rows)
    assert "area" == filled["mark"]["type"]
    assert {"without film", "chance"} <= {level.name for level in panel.levels}
    levels = [
        row["v"]
        for layer in spec["layer"]
        for row in layer.get("data", {}).get("values", ())
        if "v" in row
    ]
    assert [round(level.value, 6) for level in panel.levels] == levels


def test_a_line_is_cut_where_it_crosses_a_level():
    points = [(0.0, 1.0), (0.5, 0.5), (1.0, 0.9)]
    assert [[(0.25, 0.75), (0.5, 0.5), (0.8125, 0.75)]] == [
        [pytest.approx(each) for each in run] for run in below(points, 0.75)
    ]
    assert [] == below(points, 0.1)
    assert [points] == below(points, 2.0)


def test_bars_add_up_and_carry_their_intervals(found):
    shown = view(found).modalities
    *parts, total = shown.bars
    assert sum(bar.value for bar in parts) == pytest.approx(total.value)
    spec = _modalities_charts.bars(shown, "accuracy")
    rows = next(iter(spec["datasets"].values())) if "datasets" in spec else spec["data"]["values"]
    assert all(row["l"] <= row["v"] <= row["h"] for row in rows)


def test_subsets_of_the_inputs_have_a_picture_a_table_and_a_sentence(found):
    shown = view(found).modalities
    assert ["all inputs", *sorted(("film", "sound"), key=lambda n: -dict(by_inputs(found))[n])] == [
        bar.name for bar in shown.subsets
    ]
    text = json.dumps(_modalities_charts.subsets(shown, "accuracy"), ensure_ascii=False)
    assert all(bar.text in text for bar in shown.subsets)
    assert "| inputs that are there | accuracy |" in render_markdown(found)
    assert any(
        "by the inputs that are there: with all inputs" in e for e in shown.findings + shown.more
    )


def test_the_noisy_input_alone_begins_with_the_clean_one(found):
    panel = next(p for p in view(found).modalities.panels if p.alone)
    assert 0.0 == panel.alone[0][0]
    assert panel.alone[0][1] == dict(by_inputs(found))[panel.input]


def test_names_of_lines_stand_under_the_chart_with_their_values(found):
    shown = view(found).modalities
    page = _html.render(view(found))
    for panel in shown.panels:
        card = page[page.index(f'<figure class="card" id="{panel.anchor}"') :].partition(
            "</figure>"
        )[0]
        assert all(f"{level.name} {level.text}</span>" in card for level in panel.levels)
        spec = json.dumps(_modalities_charts.panel(panel, shown.domain, "accuracy", "95 %"))
        assert '"text"' not in spec


def test_offsets_have_a_curve_with_a_signed_axis(found):
    (shown,) = view(found).modalities.offsets
    assert shown.points[0][0] < 0 < shown.points[-1][0]
    assert not shown.shifted
    text = json.dumps(_modalities_charts.offset(shown, (0, 1), "accuracy"), ensure_ascii=False)
    assert "sound earlier" in text


def test_a_fault_of_synchronisation_is_marked():
    sweeps = ["film,sound:crossmodal/time-offset", "sound,film:crossmodal/time-offset"]
    audit = nb.audit(
        hear, clicks(late=12), perturbations=sweeps, severities=[0.6, 1.0], gallery=False
    )
    (shown,) = view(audit).modalities.offsets
    assert shown.shifted
    assert -130 == shown.peak  # in steps of 10 ms
    assert "fault of synchronisation" in shown.outcome
    assert view(audit).verdict.startswith("In this data sound seems to be about 130 ms late")


def test_embeddings_have_a_row_clean_and_one_a_noise(found):
    shown = view(found).modalities
    assert shown.measures == (
        "alignment of film and sound", "uniformity of film", "uniformity of sound",
    )  # fmt: skip
    assert "clean" == shown.embeddings[0].condition
    assert "film:timeseries/time-shift" in {row.condition for row in shown.embeddings}
    assert all(re.fullmatch(r"[−\d.]+( \[.*\])?", cell) for cell in shown.embeddings[0].cells)
    assert "| clean |" in render_markdown(found)


def test_what_an_input_is_compared_with_is_no_noise(found):
    ranked = [curve.name for curve in view(found).ranked]
    assert not any("missing-input" in name or "mispairing" in name for name in ranked)
    assert not any("missing-input" in line for line in found.verdict)
    assert {"film:timeseries/time-shift", "film,sound:crossmodal/time-offset"} <= set(ranked)


def test_page_and_markdown_show_it_before_the_curves(found, light, monkeypatch):
    for name in ("panel", "bars", "subsets", "offset"):
        monkeypatch.setattr(_modalities_charts, name, lambda *_: {})
    page, text = _html.render(view(found)), render_markdown(found)
    assert page.index('id="modalities"') < page.index('id="curves"')

    assert text.index("## What each input is worth") < text.index("## All conditions")
    assert "| film (timeseries) |" in text
    assert "cells that this rests on" in page


def test_every_chart_is_drawn(found):
    shown = view(found).modalities
    page = _html.render(view(found))
    for anchor in (
        "attribution",
        "subsets",
        *(p.anchor for p in shown.panels),
        *(o.anchor for o in shown.offsets),
    ):
        assert re.search(rf'data-chart="{anchor}"[^>]*><svg', page)


def test_nothing_is_shown_of_an_audit_that_compares_nothing():
    data = clicks()
    audit = nb.audit(
        hear, data, perturbations=["film,sound:crossmodal/mispairing@0.5"], gallery=False
    )
    assert view(audit).modalities is None
    assert "What each input is worth" not in _html.render(view(audit))


def deaf(inputs) -> list[int]:
    """Guess, whatever it is given."""
    return [0] * len(inputs["film"])


def test_a_comparison_shows_what_each_input_is_worth_to_each_model():
    sweeps = ["modalities(film=timeseries/time-shift)"]
    models = {"hears <b>": hear, "waits": Hearer()}
    made = nb.compare(models, clicks(), perturbations=sweeps, severities=[0.5, 1.0], bootstrap=200)
    shown = versus(made)
    assert ["hears <b>", "waits"] == [name for name, _, _ in shown.worth.models]
    for _, finding, rows in shown.worth.models:
        assert finding.startswith("Worse than absent")
        assert ["film", "sound"] == [row.input for row in rows]
        assert all(len(row.cells) == len(shown.worth.columns) for row in rows)
    titles = {contest.title for contest in shown.contests}
    assert not any("missing-input" in each or "mispairing" in each for each in titles)
    page, text = _html.render_versus(shown), render_versus(shown)
    assert "hears <b>" not in page.partition('id="specs"')[0]
    assert "## What each input is worth, model by model" in text
    assert 2 == text.count("| waits | film |") + text.count("| waits | sound |")


def test_a_model_at_chance_stands_beside_one_that_is_not():
    sweeps = ["modalities(film=timeseries/time-shift)"]
    made = nb.compare(
        {"hears": hear, "deaf": deaf},
        clicks(),
        perturbations=sweeps,
        severities=[1.0],
        bootstrap=200,
    )
    _, (name, finding, rows) = versus(made).worth.models
    assert ("deaf", "") == (name, finding)
    assert all(value == "–" for row in rows for value, _ in row.cells)
