"""The tree, the cut by stability and the map find what was planted, and nothing in what has no structure."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from noisebench.topology._distances import apart
from noisebench.topology._groups import groups_of
from noisebench.topology._kendall import tau
from noisebench.topology._linkage import merges, square
from noisebench.topology._make import topology
from noisebench.topology._map import classical, map_of, procrustes, smacof, stress
from noisebench.topology._pull import Pulled, Units
from tests.noisebench.topology.planted import planted, profile

ALIKE = 0.5
"""Luck in the strengths of noises of one family; they are some 0.3 apart."""


def distances(made):
    return apart(tau(made.severities, made.units))


def found(made):
    groups = groups_of(made.names, distances(made))
    return [group.members for group in groups.alike], groups.alone


def test_average_linkage_joins_the_nearest_and_averages_over_pairs():
    tree = merges(np.array([1.0, 4.0, 5.0, 6.0, 5.0, 2.0]))
    assert [(1.0, 2), (2.0, 2), (5.0, 4)] == [(each.height, len(each.members)) for each in tree]


def test_two_planted_families_are_found():
    expected = [("a0", "a1", "a2", "a3"), ("b0", "b1", "b2", "b3")]
    assert (expected, ()) == found(planted(500, [0] * 4 + [1] * 4, own=ALIKE))


def test_a_noise_of_its_own_stands_alone_beside_a_family():
    expected = ([("a0", "a1", "a2"), ("b0", "b1")], ("c0",))
    assert expected == found(planted(1000, [0, 0, 0, 1, 1, 2], own=ALIKE))


def test_nested_families_are_told_apart():
    rng = np.random.default_rng(8)
    made = planted(2000, [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3], own=ALIKE, rng=rng)
    assert [3, 3, 3, 3] == [len(group) for group in found(made)[0]]


def test_a_family_whose_members_are_nearly_unrelated_is_no_group():
    """However surely they are nearer to each other than to the rest."""
    made = planted(2000, [0] * 3 + [1] * 3, shared=0.0, own=1.2)
    assert distances(made).value.min() > 0.5
    assert ([], ()) == found(made)


def test_no_two_members_of_a_group_are_more_than_half_way_to_unrelated():
    loose = planted(2000, [0, 0, 0, 1, 1], shared=0.0, own=0.4)
    far = planted(2000, [0, 0, 0, 1, 1], shared=0.0, own=1.2)
    names = ("a0", "a1", "b0", "b1")
    apart_ = [*(loose.only(names)).noises, far.only(["a2"]).noises[0]]
    made = profile(*apart_)
    assert [("a0", "a1"), ("b0", "b1")] == found(made)[0]


def test_a_noise_that_is_near_one_of_a_group_does_not_stand_alone():
    kin = planted(2000, [0, 0, 1, 2], shared=0.0, own=0.4)
    said = [each for each in topology(kin).findings if "stands alone" in each]
    assert said
    assert "1 more has none within 0.5" in said[0]
    near = planted(2000, [0, 0, 0, 0], shared=0.0, own=0.4)
    assert not any("stands alone" in each for each in topology(near).findings)


@pytest.mark.parametrize("shared", [0.0, 1.0])
def test_noises_that_are_all_equally_near_have_no_groups(shared):
    assert ([], ()) == found(planted(400, range(8), shared=shared, family=0.0))


def test_groups_and_map_do_not_depend_on_the_order_of_noises():
    made = planted(500, [0] * 3 + [1] * 3, own=ALIKE)
    turned = made.only(made.names[::-1])
    assert {frozenset(each) for each in found(made)[0]} == {frozenset(e) for e in found(turned)[0]}


def test_points_of_a_plane_are_mapped_exactly_up_to_a_turn():
    places = np.random.default_rng(0).normal(size=(7, 2))
    made = Pulled(pdist(places), np.zeros((50, 21)), Units.make(None, 50))
    shown = map_of([f"n{i}" for i in range(7)], made)
    assert np.isclose(0, shown.stress, atol=1e-6)
    assert np.allclose(pdist(places), pdist(shown.places), atol=1e-6)
    assert not shown.poor


def test_smacof_never_has_more_stress_than_where_it_began():
    target = square(np.random.default_rng(1).uniform(0.5, 1.5, 45), 10)
    start = classical(target)
    assert stress(target, smacof(target[None], start[None], 200)[0]) < stress(target, start)


def test_procrustes_undoes_a_turn_a_mirror_and_a_move():
    places = np.random.default_rng(2).normal(size=(6, 2))
    moved = places @ np.array([[0.6, 0.8], [0.8, -0.6]]) + 3.0
    assert np.allclose(places, procrustes(moved, places))


def test_an_ellipse_holds_its_noise_in_95_percent_of_resamples_and_shrinks_with_more_samples():
    sizes = []
    for n in (200, 3200):
        shown = map_of("abcdef", distances(planted(n, range(6), family=0.0)))
        sizes.append(np.mean([np.hypot(*each.first) for each in shown.ellipses]))
    assert 3.0 < sizes[0] / sizes[1] < 5.0


@pytest.mark.slow
def test_chance_alone_makes_groups_in_fewer_than_one_data_set_in_twenty():
    rng = np.random.default_rng(11)
    cases = [(100, 6), (300, 4), (300, 8), (300, 16), (1000, 5), (200, 30)]
    runs = 60
    hits = sum(
        bool(found(planted(n, range(m), family=0.0, rng=rng))[0])
        for n, m in cases
        for _ in range(runs)
    )
    assert hits <= 0.05 * runs * len(cases)


@pytest.mark.slow
def test_two_families_are_found_in_most_data_sets_of_100_samples():
    rng = np.random.default_rng(12)
    whole = [
        len(found(planted(100, [0] * 4 + [1] * 4, own=ALIKE, rng=rng))[0]) == 2 for _ in range(60)
    ]
    assert np.mean(whole) > 0.6
