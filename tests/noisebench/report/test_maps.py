"""How two models' maps of the noises differ, in the report of a comparison."""

import json
import re

import numpy as np
import pytest

import noisebench as nb
from noisebench.report import _html, _maps_charts
from noisebench.report._versus import versus
from tests.noisebench.topology.test_heterogeneity import low
from tests.noisebench.topology.test_runs import NOISES, above, margins


def compared(models, noises=NOISES):
    return nb.compare(
        models, margins(), perturbations=noises, severities=[0.25, 0.5, 0.75, 1.0], bootstrap=200,
        distortion="none", gallery=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def both():
    return compared({"whole": above, "half": low})


@pytest.fixture(scope="module")
def shown(both):
    return versus(both)


def test_the_sentences_are_those_of_the_comparison(both, shown):
    found = both.heterogeneity("whole", "half")
    (maps,) = shown.maps
    assert len(found.sentences) == len(maps.sentences)
    assert len(found.names) == len(maps.steps) == len(maps.rows)


def test_the_noise_that_moved_most_comes_first(shown):
    sizes = [float(row[3]) for row in shown.maps[0].rows]
    assert sorted(sizes, reverse=True) == sizes


def test_both_maps_are_drawn_on_one_scale(shown):
    (maps,) = shown.maps
    rows = _maps_charts.both(maps)["data"]["values"]
    px = np.array([[[e["x"], e["y"]], [e["x2"], e["y2"]]] for e in rows])
    units = np.array([[step.start, step.end] for step in maps.steps])
    gaps = np.linalg.norm(np.diff(px.reshape(-1, 2), axis=0), axis=1)
    known = np.linalg.norm(np.diff(units.reshape(-1, 2), axis=0), axis=1)
    assert gaps == pytest.approx(known * (gaps.sum() / known.sum()), abs=0.05)


def test_names_lie_on_no_other_name_and_there_is_one_wherever_there_is_room(shown):
    (maps,) = shown.maps
    rows = [e for e in _maps_charts.both(maps)["data"]["values"] if e["w"]]
    assert len(rows) >= len(maps.steps) / 2
    boxes = [(e["xw"], e["yw"], 2.9 * len(e["w"])) for e in rows]
    for i, (x, y, half) in enumerate(boxes):
        for x2, y2, half2 in boxes[:i]:
            assert abs(x - x2) >= half + half2 or abs(y - y2) >= 11


def test_the_map_has_its_stress(both, shown):
    found = both.heterogeneity("whole", "half")
    assert all(0 <= each < 1 for each in found.stress)
    said = " and ".join(f"{each:.2f}" for each in found.stress)
    assert f"Stress {said}: " in _html.render_versus(shown)


def test_the_page_has_the_section_with_a_description(shown):
    page = _html.render_versus(shown)
    assert "How the models' maps of the noises differ" in page
    assert "Where each noise lies for whole and for half" in page
    specs = json.loads(re.search(r'id="specs">(.*?)</script>', page, re.DOTALL)[1])
    assert "maps-1" in specs


def test_markdown_has_the_sentences_and_a_row_for_each_noise(both, tmp_path):
    text = both.report(tmp_path).markdown.read_text()
    part = text[text.index("maps of the noises differ") :]
    for name in both.heterogeneity("whole", "half").names:
        assert f"| {name} |" in part


def test_a_map_that_cannot_be_told_has_its_reason():
    luck = compared(
        {"whole": above, "luck": lambda series: [i % 3 % 2 for i in range(len(series))]}
    )
    page = _html.render_versus(versus(luck))
    assert "Cannot be said: luck:" in page
    assert "nan" not in page[page.index('id="maps"') : page.index('id="scope"')].lower()


def test_two_noises_have_no_map_to_compare():
    assert () == versus(compared({"whole": above, "half": low}, NOISES[:2])).maps
