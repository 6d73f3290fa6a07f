"""Failure correlation where noises keep the same share: freed of the chance of their draws, or refused with the reason."""

import numpy as np
import pytest

from noisebench.topology._breaking import Breaking
from noisebench.topology._failure import (
    Match,
    correlation,
    failure_distances,
    matched,
    reliability,
)
from noisebench.topology._pull import Units
from tests.noisebench.topology.planted import noise, profile, strengths


def drawn(name, strength, rng, *, draws, luck):
    """A noise whose every draw adds luck of its own to what the samples are."""
    each = [strength + luck * rng.normal(size=len(strength)) for _ in range(draws)]
    return noise(name, *each, deterministic=False)


def test_the_share_is_matched_by_a_line_between_severities():
    hurt = np.zeros((2, 1, 100), bool)
    hurt[0, 0, :10], hurt[1, 0, :50] = True, True
    found = matched(Breaking("x", (0.4, 0.8), hurt, True), 0.8)
    assert np.allclose([0.5, 1, 0.25], [found.severity, found.place, found.part])


def test_a_noise_that_never_gets_as_low_is_not_matched():
    found = matched(Breaking("x", (1.0,), np.zeros((1, 1, 50), bool), True), 0.8)
    assert "it keeps 100 % of the samples at severity 1, and never as little as 80 %" == found
    assert not isinstance(found, Match)


def test_a_noise_that_is_far_below_at_its_mildest_is_left_out():
    hurt = np.ones((1, 1, 60), bool)
    hurt[0, 0, :12] = False
    one = Breaking("harsh", (0.5,), hurt, True)
    two = noise("a", strengths(60, [0])[:, 0])
    assert "harsh: it keeps only 20 % at its mildest severity, 0.5" in failure_distances(
        profile(one, two)
    )


def test_identical_noises_are_at_distance_0_and_independent_ones_at_1():
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(2, 4000))
    found = failure_distances(profile(noise("a", one), noise("b", one), noise("c", other)))
    assert np.isclose(0, found["a", "b"].value)
    assert found["a", "c"].low <= 1 <= found["a", "c"].high
    assert "where each keeps 80 % of the samples" in found.meaning


def test_random_noises_on_the_same_weakness_are_near_although_their_draws_differ():
    rng = np.random.default_rng(1)
    weak = rng.normal(size=3000)
    pair = [drawn(name, weak, rng, draws=4, luck=1.0) for name in "ab"]
    found = failure_distances(profile(*pair))
    raw, _ = correlation(*(p.broken.mean(axis=(0, 1)) for p in pair))
    assert 1 - raw > 0.2
    assert abs(found["a", "b"].value) < 0.12


def test_the_reliability_of_several_draws_is_that_of_their_mean():
    rng = np.random.default_rng(2)
    weak = rng.normal(size=6000)
    broken = np.stack([weak + rng.normal(size=6000) < -1 for _ in range(4)]).astype(float)
    more = np.stack([weak + rng.normal(size=6000) < -1 for _ in range(4)]).astype(float)
    expected, _ = correlation(broken.mean(axis=0), more.mean(axis=0))
    found = reliability(broken, Units.make(None, 6000))
    assert np.isclose(expected, found.value[0], atol=0.03)


def test_a_noise_whose_draws_break_unrelated_samples_is_refused_with_its_reliability():
    rng = np.random.default_rng(3)
    lucky = drawn("luck", np.zeros(1000), rng, draws=3, luck=1.0)
    fixed = [noise(name, rng.normal(size=1000)) for name in "ab"]
    found = failure_distances(profile(lucky, *fixed))
    assert ("a", "b") == found.names
    assert "below 0.2: other draws break other samples" in found.left_out[0].why


def test_one_draw_of_a_random_noise_has_no_known_reliability():
    rng = np.random.default_rng(4)
    made = [drawn(name, rng.normal(size=300), rng, draws=1, luck=1.0) for name in "ab"]
    assert "audit with replicates=2 or more" in failure_distances(profile(*made))


def test_a_deterministic_noise_has_reliability_1_at_one_draw():
    rng = np.random.default_rng(5)
    made = [noise(name, rng.normal(size=300)) for name in "ab"]
    assert ("a", "b") == failure_distances(profile(*made)).names


def test_the_share_that_more_noises_can_be_brought_to_is_taken():
    rng = np.random.default_rng(6)
    mild = np.zeros((1, 1, 200), bool)
    mild[0, 0, :50] = True
    made = [Breaking(n, (1.0,), rng.permuted(mild, axis=2), True) for n in "ab"]
    harsh = [noise(name, rng.normal(size=200), grid=(0.5, 1.0)) for name in "cde"]
    assert "keeps 50 %" in failure_distances(profile(*harsh, *made[:1])).meaning
    assert "keeps 80 %" in failure_distances(profile(*harsh[:1], *made), kept=0.8).meaning


@pytest.mark.slow
@pytest.mark.parametrize("draws", [1, 3])
def test_intervals_cover_the_failure_correlation(draws):
    """With luck of its own in every draw, the truth is the correlation of what is behind the draws."""
    rng = np.random.default_rng(7)
    truth = _behind(draws)
    hits, runs = 0, 300
    for _ in range(runs):
        load = rng.normal(size=(400, 1))
        weak = load + rng.normal(size=(400, 2))
        luck = 0.0 if draws == 1 else 1.0
        pair = [
            drawn(name, column, rng, draws=draws, luck=luck)
            for name, column in zip("ab", weak.T, strict=True)
        ]
        if draws == 1:
            pair = [Breaking(each.name, each.severities, each.broken, True) for each in pair]
        found = failure_distances(profile(*pair), kept=0.8)["a", "b"]
        hits += found.low <= truth <= found.high
    assert 0.91 <= hits / runs <= 0.985


def _behind(draws: int) -> float:
    rng = np.random.default_rng(8)
    load = rng.normal(size=(200_000, 1))
    weak = load + rng.normal(size=(200_000, 2))
    luck = 0.0 if draws == 1 else 1.0
    pair = [
        drawn(name, column, rng, draws=max(draws, 2) if luck else 1, luck=luck)
        for name, column in zip("ab", weak.T, strict=True)
    ]
    if draws == 1:
        pair = [Breaking(each.name, each.severities, each.broken, True) for each in pair]
    return failure_distances(profile(*pair), kept=0.8)["a", "b"].value
