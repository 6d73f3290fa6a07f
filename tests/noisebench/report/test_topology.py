"""The topology of noises in a report: findings in words, a map with small curves, a tree, the suite, and what is missing."""

import json
import re

import numpy as np
import pytest

from noisebench.report import _html, _topology_charts, render_markdown
from noisebench.report._build import view
from noisebench.report._topology import short_of, topology_of
from tests.noisebench.topology.test_runs import NOISES, audited


@pytest.fixture(scope="module")
def run():
    return audited(replicates=2)


@pytest.fixture(scope="module")
def shown(run):
    return view(run)


def test_findings_come_first_and_have_true_minus_signs(shown):
    assert shown.topology.findings
    assert not any(re.search(r"[\s\[]-\d", each) for each in shown.topology.findings)


def test_every_noise_has_a_place_with_its_curve_from_clean_on(run, shown):
    places = shown.topology.places
    assert list(run.topology().names) == [place.name for place in places]
    for place in places:
        assert 0 == place.curve[0][0]
        assert all(-1e-9 <= share <= 1 + 1e-9 for _, share in place.curve)


def test_an_ellipse_is_closed_about_its_place(shown):
    for place in shown.topology.places:
        centre = np.mean(place.ellipse, axis=0)
        assert np.allclose(place.at, centre, atol=1e-9)


def test_the_map_has_one_scale_for_both_axes(shown):
    """Distances mean something only where a unit is as wide as it is high."""
    spec = _topology_charts.noise_map(shown.topology)
    frames = spec["layer"][1]["data"]["values"]
    places = shown.topology.places
    px = np.array([(each["m"], (each["y"] + each["y2"]) / 2) for each in frames])
    units = np.array([place.at for place in places])
    across, up = ((px - px[0]) / np.where(units == units[0], np.nan, units - units[0])).T
    assert np.allclose(np.nanmean(across), across[1:], atol=0.5)
    assert np.allclose(np.nanmean(across), np.nanmean(up), rtol=0.01)


def test_the_tree_ends_at_every_noise_and_joins_at_its_heights(run, shown):
    drawn, groups = shown.topology.tree, run.topology().groups
    assert len(groups.names) == len(drawn.leaves)
    assert {merge.height for merge in groups.merges} <= {line.end[0] for line in drawn.lines}
    assert sorted(leaf.row for leaf in drawn.leaves) == list(range(len(groups.names)))


def test_neighbours_in_the_tree_are_beside_each_other(run, shown):
    first = run.topology().groups.merges[0]
    names = [run.topology().groups.names[i] for i in first.members]
    rows = [leaf.row for leaf in shown.topology.tree.leaves if leaf.title in names]
    assert 1 == abs(rows[0] - rows[1])


def test_the_page_has_both_charts_with_a_description_and_the_table(run, shown):
    page = _html.render(shown)
    for place in ("noise-map", "noise-tree"):
        assert f'data-chart="{place}"' in page
    assert "How the noises relate to each other" in page
    assert "Noises in a plane, near where they break the same samples first" in page
    specs = json.loads(re.search(r'id="specs">(.*?)</script>', page, re.DOTALL)[1])
    assert {"noise-map", "noise-tree"} <= set(specs)


def test_markdown_has_the_findings_and_the_distances(run):
    text = render_markdown(run)
    assert "## How the noises relate to each other" in text
    assert "Breaking severity distance" in text


def test_what_cannot_be_said_has_its_reason():
    made = audited(noises=[*NOISES[:2], "timeseries/time-shift"])
    page = _html.render(view(made))
    assert "Cannot be said: where timeseries/time-shift lies" in page
    assert "nan" not in page[page.index('id="topology"') : page.index('id="table"')].lower()


def test_a_single_noise_has_no_section():
    made = audited(noises=NOISES[:1])
    assert topology_of(made, {}) is None
    assert "How the noises relate" not in _html.render(view(made))


def test_a_short_name_drops_modality_and_settings():
    assert "burst-dropout" == short_of("timeseries/burst-dropout(fill=zero)")
    assert "image/fog > image/jpeg" == short_of("image/fog > image/jpeg")


# -- noises in twos ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def twos():
    return audited(compose=24)


def test_every_two_noises_have_a_cell_with_the_true_interaction(twos):
    found, shown = twos.topology().composition, topology_of(twos, {}).pairs
    heat = shown.interaction
    assert len(found.pairs) == len(heat.cells) == len(shown.rows)
    for cell in heat.cells:
        assert cell.column < cell.row
        one, other = found.noises[cell.row], found.noises[cell.column]
        pair = found.of(one, other)
        assert pair.interaction.value == cell.value
        assert pair.sure == cell.text.endswith("*")


def test_an_order_effect_is_read_with_the_noise_of_the_row_first(twos):
    found, shown = twos.topology().composition, topology_of(twos, {}).pairs
    for cell in shown.order.cells:
        one, other = found.noises[cell.row], found.noises[cell.column]
        pair = found.of(one, other)
        sign = 1 if pair.first == one else -1
        assert sign * pair.order.value == cell.value


def test_the_page_draws_the_pairs_and_tells_of_the_sham(twos):
    page = _html.render(view(twos))
    part = page[page.index('id="pairs"') : page.index('id="suite"')]
    for place in ("noise-pairs", "noise-order"):
        assert f'data-chart="{place}"' in part
    assert "True interaction of every two noises" in part
    assert "The sham" in part
    assert "nan" not in part.lower().replace("resonan", "")


def test_markdown_has_a_row_for_every_pair(twos):
    text = render_markdown(twos)
    rows = [each for each in text.splitlines() if " × " in each and each.startswith("|")]
    assert len(twos.topology().composition.pairs) == len(rows)


def test_pairs_alone_have_a_section_too():
    made = audited(noises=["pairs(timeseries/bias, timeseries/spikes, at=0.5)"])
    page = _html.render(view(made))
    assert 'data-chart="noise-pairs"' in page
    assert 'data-chart="noise-map"' not in page
    assert "Cannot be said: the topology of noises" in page
