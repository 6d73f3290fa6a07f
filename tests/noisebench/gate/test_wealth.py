"""The e-process: valid however often one looks, order-free for a population, settled at the end of a finite set."""

import math

import numpy as np
import pytest

from noisebench.gate._wealth import Bets, Wealth, designed, log_wealth, spread

DROPS = np.array([-1.0, 0.0, 1.0])
TOLERANCE, AIM = 0.05, 0.02


def drops(rng, streams, length, drop, recovers=0.01):
    """Return drops of 0/1 scores: the clean answer right and the noisy one wrong, or the reverse."""
    chances = [recovers, 1 - 2 * recovers - drop, recovers + drop]
    return rng.choice(DROPS, size=(streams, length), p=chances)


def bettor(values, chances):
    return Wealth(float(values.min()), designed(values, chances, float(values.min())))


def test_one_bet_in_closed_form():
    bets = Bets(np.array([0.5]), np.array([1.0]))
    _, path = Wealth(-0.8, bets).grown(np.array([0.2, -0.8, 0.2]))
    up, down = math.log(1 + 0.5 * 0.2 / 0.8), math.log(0.5)
    assert [up, up + down, 2 * up + down] == pytest.approx(path)


def test_two_bets_share_the_capital():
    bets = Bets(np.array([0.1, 0.9]), np.array([0.25, 0.75]))
    _, path = Wealth(-1.0, bets).grown(np.array([1.0, 1.0]))
    assert math.log(0.25 * 1.1**2 + 0.75 * 1.9**2) == pytest.approx(path[-1])


def test_growing_in_parts_is_growing_at_once():
    values = TOLERANCE - drops(np.random.default_rng(0), 1, 900, 0.01)[0]
    for size in (None, 900):
        wealth, parts = Wealth(-0.95, spread(), size), []
        _, whole = wealth.grown(values)
        for start in range(0, 900, 37):
            wealth, path = wealth.grown(values[start : start + 37])
            parts.append(path)
        assert whole == pytest.approx(np.concatenate(parts))
        assert wealth.seen == 900


def test_no_values_change_nothing():
    wealth = Wealth(-0.95, spread())
    after, path = wealth.grown(np.empty(0))
    assert after is wealth
    assert 0 == len(path)


def test_for_a_population_the_order_does_not_matter_and_three_counts_are_enough():
    rng = np.random.default_rng(1)
    values = TOLERANCE - drops(rng, 1, 700, 0.02)[0]
    wealth = Wealth(-0.95, spread())
    _, path = wealth.grown(values)
    _, other = wealth.grown(rng.permutation(values))
    assert path[-1] == pytest.approx(other[-1])
    kinds, counts = np.unique(values, return_counts=True)
    assert 3 == len(kinds)
    assert path[-1] == pytest.approx(log_wealth(kinds, counts, -0.95, spread()))


def test_streams_side_by_side_are_streams_alone():
    values = TOLERANCE - drops(np.random.default_rng(2), 5, 200, 0.05)
    for size in (None, 200):
        wealth = Wealth(-0.95, spread(), size)
        _, together = wealth.grown(values)
        for row, path in zip(values, together, strict=True):
            assert path == pytest.approx(wealth.grown(row)[1])


@pytest.mark.parametrize("drop", [TOLERANCE, 0.06, 0.2])
def test_wealth_does_not_grow_in_the_mean_where_the_doubted_is_true(drop):
    """Its mean after 50 values is at most 1; that of capped wealth too, without heavy tails."""
    values = TOLERANCE - drops(np.random.default_rng(3), 20_000, 50, drop)
    _, path = Wealth(-0.95, spread()).grown(values)
    capped = np.minimum(np.exp(path[:, -1]), 20)
    assert capped.mean() <= 1 + 4 * capped.std() / math.sqrt(len(capped))


def test_a_finite_set_is_settled_once_the_rest_cannot_change_the_sign():
    values = np.array([0.05] * 19 + [-0.95])
    _, path = Wealth(-0.95, spread(), 20).grown(values)
    assert math.isinf(path[-1])
    _, path = Wealth(-0.95, spread(), 20).grown(values[::-1])
    assert math.isinf(path[-1])
    assert not math.isinf(path[-2])
    _, path = Wealth(-0.95, spread(), 20).grown(np.array([0.05] * 20))
    assert 19 == int(np.argmax(np.isinf(path))) + 1, "from where one more break cannot matter"


def test_a_finite_set_that_is_below_zero_never_settles():
    rng = np.random.default_rng(4)
    values = np.array([0.05] * 189 + [-0.95] * 11)
    assert values.sum() < 0
    for _ in range(50):
        _, path = Wealth(-0.95, spread(), 200).grown(rng.permutation(values))
        assert not np.isinf(path).any()


def test_the_sum_of_tenths_counts_as_zero():
    values = np.array([0.1] * 9 + [-0.9])
    _, path = Wealth(-0.9, spread(), 10).grown(values)
    assert math.isinf(path[-1])


@pytest.mark.parametrize("side", ["pass", "fail"])
def test_false_alarms_at_the_thresholds_stay_below_the_level_at_any_look(side):
    """2,000 streams, looked at after every value, at the very value that the other side would stop at."""
    rng = np.random.default_rng(5)
    streams, length = 2000, 1500
    if side == "pass":
        drop, level = TOLERANCE, 0.05
        values = TOLERANCE - DROPS
        chances = np.array([0.01, 0.96, 0.03])
        seen = TOLERANCE - drops(rng, streams, length, drop)
    else:
        drop, level = AIM, 0.10
        values = DROPS - AIM
        chances = np.array([0.01, 0.93, 0.06])
        seen = drops(rng, streams, length, drop) - AIM
    wealth = bettor(values, chances)
    alarms = np.zeros(streams, dtype=bool)
    for start in range(0, streams, 250):
        _, path = wealth.grown(seen[start : start + 250])
        alarms[start : start + 250] = (path >= math.log(1 / level)).any(axis=-1)
    assert 0 < alarms.mean() <= level + 3 * math.sqrt(level * (1 - level) / streams)


@pytest.mark.parametrize("kept", [True, False])
def test_a_finite_set_is_judged_as_in_full_in_all_but_a_few_orders(kept):
    """500 items, 24 or 26 of which more break than may: near the tolerance, where it is hardest."""
    rng = np.random.default_rng(6)
    size, level = 500, 0.05
    broken = 24 if kept else 27
    items = np.zeros(size)
    items[: broken + 5], items[-5:] = 1, -1
    assert kept == bool(items.mean() <= TOLERANCE)
    orders = np.stack([rng.permutation(items) for _ in range(400)])
    _, keeps = Wealth(TOLERANCE - 1, spread(), size).grown(TOLERANCE - orders)
    _, breaks = Wealth(-1 - TOLERANCE, spread(), size).grown(orders - TOLERANCE)
    enough = math.log(1 / level)
    first = [np.where((p >= enough).any(1), (p >= enough).argmax(1), size) for p in (keeps, breaks)]
    right = first[0] < first[1] if kept else first[1] < first[0]
    assert right.mean() >= 1 - level - 3 * math.sqrt(level * (1 - level) / len(orders))
    assert (np.minimum(*first) < size).all()
