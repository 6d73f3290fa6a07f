"""One keyed cycle through the data set decides who is mispaired with whom."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import perturbations as pt
from perturbations import _derangement
from perturbations._derangement import derangement, pairing
from perturbations._draw import Draw
from perturbations.errors import NotApplicable


def shared(seed):
    keys = pt.sample_keys(["a"])
    draw = Draw.of(keys, seed=seed, perturbation="x", input="", position=0, replicate=0)
    return draw.row(0).shared("dataset")


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 300), st.integers(0, 10_000))
def test_it_is_one_cycle_without_fixed_points(n, seed):
    partner = derangement(n, shared(seed))
    assert sorted(partner) == list(range(n))
    assert (partner != np.arange(n)).all()
    place, steps = int(partner[0]), 1
    while place != 0:
        place, steps = int(partner[place]), steps + 1
    assert steps == n


def test_every_cycle_is_equally_likely():
    found = Counter(tuple(derangement(4, shared(seed)).tolist()) for seed in range(1200))
    cycles = [p for p in permutations(range(4)) if _is_one_cycle(p)]
    assert len(cycles) == 6
    assert stats.chisquare([found[cycle] for cycle in cycles]).pvalue > 0.001


def test_the_same_key_gives_the_same_cycle():
    assert np.array_equal(derangement(50, shared(3)), derangement(50, shared(3)))
    assert not np.array_equal(derangement(50, shared(3)), derangement(50, shared(4)))


@pytest.mark.parametrize("n", [0, 1])
def test_a_lone_sample_has_no_partner(n):
    with pytest.raises(NotApplicable, match=f"expected at least two samples, got n={n}"):
        derangement(n, shared(0))


class Peers:
    def __init__(self, ids):
        self.ids = ids

    def __len__(self):
        return len(self.ids)


def test_pairings_are_made_once_and_few_are_kept(monkeypatch):
    made = []
    make = _derangement._pair
    monkeypatch.setattr(_derangement, "_pair", lambda *a: made.append(1) or make(*a))
    peers = Peers([str(i) for i in range(10)])
    draws = [
        Draw.of(
            pt.sample_keys(["3"]), seed=seed, perturbation="x", input="", position=0, replicate=0
        ).row(0)
        for seed in range(12)
    ]
    for draw in draws:
        pairing(peers, draw)
        pairing(peers, draw)
    assert len(made) == 12
    assert len(_derangement._pairings) == _derangement._KEPT


def test_the_order_of_the_data_set_does_not_matter():
    draw = Draw.of(
        pt.sample_keys(["3"]), seed=0, perturbation="x", input="", position=0, replicate=0
    ).row(0)
    ids = [str(i) for i in range(30)]
    assert pairing(Peers(ids), draw).of(draw) == pairing(Peers(ids[::-1]), draw).of(draw)


def test_a_batch_finds_the_places_and_partners_of_its_samples():
    peers = Peers([str(i) for i in range(30)])
    draw = Draw.of(
        pt.sample_keys(["7", "nobody", "0"]),
        seed=0, perturbation="x", input="", position=0, replicate=0,
    )  # fmt: skip
    found = pairing(peers, draw)
    assert found.places(draw).tolist() == [7, -1, 0]
    assert [peers.ids[i] for i in found.partners(draw)] == [found.of(draw.row(i)) for i in range(3)]


def _is_one_cycle(p):
    place, steps = p[0], 1
    while place != 0 and steps < 5:
        place, steps = p[place], steps + 1
    return place == 0 and steps == len(p)
