"""What a band is made of: components with known truth, and samples and replicates that do what was promised."""

import json
import math

import numpy as np
import pytest
from scipy.special import expit

from noisebench.curve import Curve
from noisebench.curve._split import split


def shares(
    n: int, replicates: int, *, seed: int = 0, spread: float = 1.0, **settings: object
) -> tuple[Curve, float]:
    """Make a curve of samples that are right with a probability of their own; with it the true share of draws."""
    rng = np.random.default_rng(seed)
    p = expit(1 + spread * rng.normal(size=n))
    noisy = (rng.random((replicates, n)) < p).astype(float)
    clean = (rng.random(n) < 0.97).astype(float)
    within = float((p * (1 - p)).mean()) / replicates
    curve = Curve.from_outcomes(
        severities=[1.0], clean=clean, outcomes=noisy[None], **{"chance": 0.1, "bootstrap": 200, **settings}
    )  # type: ignore[arg-type]  # fmt: skip
    return curve, within / (within + p.var())


@pytest.mark.parametrize(("replicates", "spread"), [(2, 0.5), (3, 2.0), (10, 4.0)])
def test_the_share_of_draws_is_found(replicates: int, spread: float) -> None:
    curve, expected = shares(5000, replicates, spread=spread)
    found = curve.uncertainty
    assert found.draws == pytest.approx(expected, abs=0.05)
    assert found.samples + found.draws == pytest.approx(1)
    assert found.replicates == replicates


def test_components_in_closed_form() -> None:
    rows = np.array([[1.0, 0.0, 0.0, 1.0], [1.0, 1.0, 0.0, 1.0]])
    curve = Curve.from_outcomes(severities=[1.0], clean=np.ones(4), outcomes=rows[None])
    assert curve.answers is not None
    parts = split(curve.answers.sample, curve.answers.moments, 1)
    assert parts.draws == pytest.approx(0.5 / (2 * 4**2))
    assert parts.total == pytest.approx(np.var([1, 0.5, 0, 1], ddof=1) / 4)


def test_one_replicate_does_not_tell() -> None:
    found = shares(60, 1)[0].uncertainty
    assert math.isnan(found.draws)
    assert found.wide
    assert "one replicate does not tell how much is how noise fell on them" in str(found)
    assert found.more_replicates is None


def test_noise_without_chance_in_it_has_no_draws() -> None:
    rows = (np.random.default_rng(0).random(200) < 0.7).astype(float)
    curve = Curve.from_outcomes(
        severities=[1.0], clean=np.ones(200), outcomes=[[rows] * 3], chance=0.1
    )
    assert curve.uncertainty.draws == 0
    assert "all of it is which samples were drawn, as 3 replicates are the same" in str(
        curve.uncertainty
    )


@pytest.mark.parametrize(("n", "replicates", "spread"), [(60, 2, 4.0), (40, 2, 0.5), (80, 1, 1.0)])
def test_as_many_samples_or_replicates_as_were_named_bring_the_band_there(
    n: int, replicates: int, spread: float
) -> None:
    curve = shares(n, replicates, spread=spread)[0]
    found, goal = curve.uncertainty, 0.1 * (float(curve.estimate[0]) - 0.1)
    assert found.wide
    assert found.more_samples is not None
    more = shares(found.more_samples, replicates, spread=spread, seed=1)[0].uncertainty
    assert goal == pytest.approx(more.half, rel=0.2)
    if found.more_replicates is not None:
        again = shares(n, found.more_replicates, spread=spread)[0].uncertainty
        assert goal == pytest.approx(again.half, rel=0.2)
        assert f"or {found.more_replicates} replicates of these" in str(found)


def test_where_samples_are_what_is_uncertain_no_number_of_replicates_would_do() -> None:
    found = shares(60, 2, spread=4.0)[0].uncertainty
    assert found.more_replicates is None
    assert "no number of replicates alone would bring it below ± 0.1" in str(found)


def test_a_narrow_band_asks_for_nothing() -> None:
    found = shares(2000, 2)[0].uncertainty
    assert not found.wide
    assert found.more_samples is found.more_replicates is None
    assert "would bring it" not in str(found)


def test_draws_that_move_all_samples_together_are_told() -> None:
    rng = np.random.default_rng(0)
    p = np.array([0.9, 0.5, 0.8, 0.6])[:, None]
    noisy = (rng.random((4, 300)) < p).astype(float)
    curve = Curve.from_outcomes(
        severities=[1.0], clean=np.ones(300), outcomes=noisy[None], chance=0
    )
    assert "draws move samples together (p < 0.001), which no band here holds" in str(
        curve.uncertainty
    )


def test_draws_are_shared_by_the_samples_of_a_group() -> None:
    rng = np.random.default_rng(0)
    p = rng.beta(6, 2, size=1000)
    noisy = np.repeat(rng.random((3, 1000)) < p, 5, axis=1).astype(float)
    made = {"severities": [1.0], "clean": np.ones(5000), "outcomes": noisy[None], "chance": 0.0}
    curve = Curve.from_outcomes(**made, groups=np.repeat(np.arange(1000), 5))
    within = float((p * (1 - p)).mean()) / 3
    assert curve.uncertainty.draws == pytest.approx(within / (within + p.var()), abs=0.1)


def test_a_rate_of_counts_is_taken_by_its_gradient() -> None:
    rng = np.random.default_rng(0)
    words = rng.integers(3, 12, size=3000)
    rate = rng.beta(2, 6, size=3000)
    wrong = rng.binomial(words, rate, size=(4, 3000))
    rows = np.stack([wrong, np.broadcast_to(words, wrong.shape)], axis=-1).astype(float)
    curve = Curve.from_outcomes(
        severities=[1.0], clean=rows[0] * [0, 1], outcomes=rows[None], metric="wer", chance=1.0
    )
    total = wrong.sum(axis=1) / words.sum()
    within = float((words * rate * (1 - rate)).sum()) / words.sum() ** 2 / 4
    between = float((words**2 * (rate - total.mean()) ** 2).sum()) / words.sum() ** 2
    assert curve.uncertainty.draws == pytest.approx(within / (within + between), abs=0.03)


def test_all_right_still_names_a_number_of_samples() -> None:
    ones = np.ones(20)
    curve = Curve.from_outcomes(severities=[1.0], clean=ones, outcomes=[[ones, ones]], chance=0.5)
    found = curve.uncertainty
    assert found.more_samples is not None
    assert found.more_samples < 20 * (found.half / 0.05) ** 2
    json.dumps(curve.to_json(), allow_nan=False)


def test_without_chance_nothing_is_called_wide() -> None:
    loss = np.random.default_rng(0).exponential(size=(2, 30))
    curve = Curve.from_outcomes(severities=[1.0], clean=loss[0], outcomes=loss[1:], metric="mae")
    assert not curve.uncertainty.wide
    assert str(curve.uncertainty).startswith("± ")


@pytest.mark.slow
def test_draws_that_each_sample_has_for_itself_are_seldom_called_shared() -> None:
    said = ["together" in str(shares(80, 3, seed=seed)[0].uncertainty) for seed in range(400)]
    assert np.mean(said) <= 0.01 + 4 * np.sqrt(0.01 * 0.99 / 400)
