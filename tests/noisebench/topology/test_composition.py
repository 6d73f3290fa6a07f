"""How two noises combine: the excess over independence in its two parts, the order, and many pairs at once."""

import math
from dataclasses import replace

import numpy as np
import pytest

from noisebench.topology._composition import composition_of
from noisebench.topology._sentences import _combined
from tests.noisebench.topology.squares import chained, crossed, independent

N = 4000


def one(cells):
    (pair,) = composition_of(cells).pairs
    return pair


# -- laws that are known in closed form ----------------------------------------------------------------


def test_independent_failures_have_neither_excess_nor_interaction():
    """Every combination of the two as often as independence says, so that all is exact."""
    first = np.repeat([1, 1, 1, 1, 0], 5)
    second = np.tile([1, 1, 1, 1, 0], 5)
    pair = one(crossed({"a": first, "b": second}, {("a", "b"): first * second}))
    assert 0.64 == pytest.approx(pair.both.value)
    assert [0.0] * 3 == pytest.approx(
        [pair.excess.value, pair.shared.value, pair.interaction.value], abs=1e-12
    )


def test_noises_that_break_the_same_samples_share_difficulty_and_do_not_interact():
    """Identical failures: what both leave is what either leaves, r, so the excess is r - r^2."""
    left = np.repeat([1, 0], [80, 20])
    pair = one(crossed({"a": left, "b": left}, {("a", "b"): left, ("b", "a"): left}))
    assert 0.8 - 0.64 == pytest.approx(pair.excess.value) == pytest.approx(pair.shared.value)
    assert 0 == pair.interaction.value
    assert not pair.sure


def test_samples_that_only_both_break_are_all_interaction():
    """Neither breaks any alone, the two break a quarter."""
    whole = np.ones(100)
    left = np.repeat([1, 0], [75, 25])
    pair = one(crossed({"a": whole, "b": whole}, {("a", "b"): left}))
    assert (-0.25, 0.0, -0.25) == (pair.excess.value, pair.shared.value, pair.interaction.value)
    assert pair.sure


def test_noises_that_undo_each_other_have_an_interaction_above_0():
    first, second = np.repeat([1, 0], [50, 50]), np.repeat([0, 1], [50, 50])
    pair = one(crossed({"a": first, "b": second}, {("a", "b"): np.ones(100)}))
    assert 1.0 == pair.interaction.value
    assert pair.sure


def test_a_planted_order_effect_is_the_difference_of_the_orders():
    left, right = np.repeat([1, 0], [60, 40]), np.repeat([1, 0], [80, 20])
    whole = np.ones(100)
    pair = one(crossed({"a": whole, "b": whole}, {("a", "b"): left, ("b", "a"): right}))
    assert -0.2 == pytest.approx(pair.order.value)
    assert 0.7 == pytest.approx(pair.both.value)
    assert pair.ordered


def test_orders_that_leave_the_same_samples_have_no_effect():
    pair = one(chained(np.random.default_rng(0), 200))
    assert 0 == pair.order.value
    assert not pair.ordered


def test_what_has_one_order_has_no_order_effect():
    left = np.repeat([1, 0], [60, 40])
    pair = one(crossed({"a": left, "b": left}, {("a", "b"): left}))
    assert (None, None, None) == (pair.backward, pair.order, pair.order_p)
    assert not pair.ordered


# -- the same from samples -----------------------------------------------------------------------------


def test_a_difficulty_that_both_share_is_not_taken_for_interaction():
    pair = one(independent(np.random.default_rng(1), N, 2, weak=2.0))
    assert pair.shared.low > 0.05
    assert 0 == pair.interaction.value


@pytest.mark.parametrize(("more", "first"), [(0.15, 0.0), (0.0, 0.1)])
def test_what_is_planted_is_found_with_its_size(more, first):
    pair = one(chained(np.random.default_rng(2), N, more=more, first=first))
    together = 0.64 * (1 - more)
    assert pair.order.low <= -together * first <= pair.order.high
    assert pair.interaction.low <= together * (1 - first / 2) - 0.64 <= pair.interaction.high
    assert pair.sure
    assert bool(first) == pair.ordered


def test_the_excess_is_always_the_sum_of_its_parts():
    for seed in range(20):
        pair = one(chained(np.random.default_rng(seed), 60, more=0.3, first=0.2))
        assert pair.excess.value == pytest.approx(pair.shared.value + pair.interaction.value)


def test_verdicts_are_called_where_both_scales_agree():
    rng = np.random.default_rng(3)
    assert "as independent" == one(_redrawn(rng, 60, 2, 0.0)).verdict
    assert "better than independent" == one(independent(rng, N, 2, weak=3.0)).verdict
    whole, few = np.repeat([1, 0], [90, 10]), np.repeat([1, 0], [20, 80])
    assert (
        "worse than independent"
        == one(crossed({"a": whole, "b": whole}, {("a", "b"): few}, clean=20)).verdict
    )


def test_losses_that_multiply_but_do_not_add_on_the_logit_depend_on_the_scale():
    """Few are wrong without noise, so the logit asks for far fewer right answers than the product of shares does."""
    rng = np.random.default_rng(4)
    left = np.stack([rng.random(N) < 0.5, rng.random(N) < 0.5])
    found = one(crossed({"a": left[0], "b": left[1]}, {("a", "b"): left[0] & left[1]}, clean=4))
    assert abs(found.scales["log-retention"].value) < 0.1
    assert found.scales["logit"].value > 1
    assert "depends on the scale" == found.verdict


def test_a_clean_logit_that_no_wrong_sample_bounds_is_hardly_known():
    """One more right and one more wrong of 100: a variance of 102^2 / 101 / 102."""
    cells = independent(np.random.default_rng(3), 100, 2)
    found = one(cells).scales["logit"]
    assert (found.high - found.low) / 2 > 1.96


def test_what_may_be_chance_has_no_scale_and_no_verdict():
    left = np.repeat([1, 0], [52, 48])
    found = one(crossed({"a": left, "b": left}, {("a", "b"): left}, chance=0.5))
    assert {"log-retention": "what both leave may be chance"} == found.undefined
    assert "cannot be told" == found.verdict


# -- the edges -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "both"), [(1, 1, 1), (0, 0, 0), (1, 1, 0), (1, 0, 0), (0, 0, 1)]
)
def test_all_broken_or_none_has_intervals_with_width_and_no_nan(first, second, both):
    n = 30
    made = [np.full(n, value) for value in (first, second, both)]
    found = composition_of(
        crossed({"a": made[0], "b": made[1]}, {("a", "b"): made[2], ("b", "a"): made[2]})
    )
    row = found.rows()[0]
    numbers = [value for value in row.values() if isinstance(value, float)]
    assert all(map(math.isfinite, numbers))
    for name in ("both", "excess", "interaction", "order"):
        assert row[f"{name}_low"] < row[f"{name}_high"]
        assert row[f"{name}_low"] <= row[name] <= row[f"{name}_high"]


def test_groups_of_samples_make_intervals_wider():
    rng = np.random.default_rng(5)
    base = chained(rng, 40, more=0.2)
    many = {name: np.repeat(left, 10) for name, left in base.kept.items()}

    def spread(groups):
        single = {"a": many["a@0.5"], "b": many["b@0.5"]}
        both = {("a", "b"): many["a@0.5 > b@0.5"], ("b", "a"): many["b@0.5 > a@0.5"]}
        found = one(crossed(single, both, groups=groups)).interaction
        return found.high - found.low

    assert spread(np.repeat(np.arange(40), 10)) > 2.5 * spread(None)


def test_pairs_come_with_the_strongest_true_interaction_first():
    rng = np.random.default_rng(6)
    single = {name: rng.random(N) < 0.8 for name in "abc"}
    both = {
        (x, y): single[x] & single[y] & (rng.random(N) >= 0.3 * (x + y == "bc")) for x, y in ("ab", "ac", "bc")
    }  # fmt: skip
    found = composition_of(crossed(single, both))
    assert ("b@0.5", "c@0.5") == (found.pairs[0].first, found.pairs[0].second)
    assert found.of("c@0.5", "b@0.5") is found.pairs[0]
    assert {"a@0.5", "b@0.5", "c@0.5"} == set(found.noises)


def test_a_pair_reads_as_a_sentence_with_both_parts():
    said = repr(one(chained(np.random.default_rng(7), N, more=0.2)))
    for part in ("both leave", "if they were independent", "shared difficulty", "true interaction"):
        assert part in said


# -- error rates, by simulation ------------------------------------------------------------------------


def told(verdict):
    """Return the sentence on two noises that surely break samples that neither breaks alone."""
    known = composition_of(chained(np.random.default_rng(5), N, more=0.2, first=0.3))
    return next(
        _combined(replace(known, pairs=tuple(replace(p, verdict=verdict) for p in known.pairs)))
    )


def test_two_noises_combine_worst_only_where_no_scale_says_otherwise():
    assert "combine worst" in told("worse than independent")
    for verdict in ("depends on the scale", "cannot be told"):
        assert "worst" not in told(verdict)
        assert f"whether losses combine worse {verdict}" in told(verdict)
    assert "combine worse" not in told("as independent")


def test_what_both_leave_is_said_for_both_orders():
    known = composition_of(chained(np.random.default_rng(5), N, more=0.2, first=0.3)).pairs[0]
    assert known.backward is not None
    orders = [f"{100 * each.value:.0f}" for each in (known.forward, known.backward)]
    assert f"in the mean of both orders ({orders[0]} and {orders[1]} %)" in told(known.verdict)


@pytest.mark.slow
@pytest.mark.parametrize("weak", [0.0, 2.0])
def test_of_many_pairs_that_do_not_interact_hardly_any_family_has_one_called(weak):
    """Draws anew in each cell: r_ij is J in the mean, not in every sample; 15 pairs, 300 families."""
    rng = np.random.default_rng(8)
    wrong = 0
    for _ in range(300):
        cells = _redrawn(rng, 200, 6, weak)
        wrong += any(pair.sure for pair in composition_of(cells).pairs)
    assert wrong / 300 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 300)


@pytest.mark.slow
def test_of_the_pairs_that_are_called_few_are_false():
    """Three of fifteen pairs interact; the share of false calls is at most 5 % in the mean, and the true are found."""
    rng = np.random.default_rng(9)
    shares, hits = [], 0
    for _ in range(200):
        cells = _redrawn(rng, 400, 6, 1.0, planted={("x0", "x1"), ("x2", "x3"), ("x4", "x5")})
        called = [pair for pair in composition_of(cells).pairs if pair.sure]
        true = sum(pair.first[:2] + pair.second[:2] in {"x0x1", "x2x3", "x4x5"} for pair in called)
        shares.append((len(called) - true) / max(len(called), 1))
        hits += true
    assert np.mean(shares) <= 0.05 + 3 * np.std(shares) / math.sqrt(200)
    assert hits / 600 > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("n", [40, 400])
def test_intervals_of_both_parts_are_covered(n):
    rng = np.random.default_rng(10)
    inside = {"interaction": 0, "order": 0, "excess": 0}
    truth = {
        "interaction": 0.64 * 0.8 * 0.95 - 0.64,
        "order": -0.64 * 0.8 * 0.1,
        "excess": 0.64 * 0.8 * 0.95 - 0.64,
    }
    for _ in range(500):
        pair = one(chained(rng, n, more=0.2, first=0.1))
        for name, value in truth.items():
            found = getattr(pair, name)
            inside[name] += found.low <= value <= found.high
    # Where two or three samples differ between orders, one more for and one against is much: wider than need be.
    most = 1.0 if n == 40 else 0.985
    assert all(0.92 <= hits / 500 <= most for hits in inside.values()), inside


def _redrawn(rng, n, count, weak, planted=frozenset()):
    """Return noises whose cells are all drawn anew, given how weak a sample is."""
    from scipy.special import ndtr, ndtri

    load = weak * rng.normal(size=n)
    survives = ndtr(load + ndtri(0.8) * math.sqrt(1 + weak**2))
    names = [f"x{i}" for i in range(count)]
    single = {name: rng.random(n) < survives for name in names}
    both = {}
    for a in names:
        for b in names:
            if a < b:
                drawn = rng.random((2, n)) < survives**2 * (0.75 if (a, b) in planted else 1.0)
                both[a, b], both[b, a] = drawn
    return crossed(single, both)
