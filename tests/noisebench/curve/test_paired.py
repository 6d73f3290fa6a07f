"""Tests of no change against brute force, published examples and other implementations, and how often they err."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import binomtest, permutation_test

from noisebench.curve import Curve, difference
from noisebench.curve._paired import mcnemar, sign_flip


@pytest.mark.parametrize(("broke", "mended"), [(7, 1), (6, 16), (3, 0), (40, 12), (1, 0)])
def test_mid_p_is_the_exact_p_less_half_of_what_was_seen(broke: int, mended: int) -> None:
    exact = binomtest(broke, broke + mended).pvalue
    seen = 2 * binomtest(broke, broke + mended, alternative="less").pvalue
    seen -= 2 * binomtest(broke - 1, broke + mended, alternative="less").pvalue if broke else 0
    assert min(exact - seen / 2, 1) == pytest.approx(mcnemar(broke, mended))


@pytest.mark.parametrize(("broke", "mended", "expected"), [(1, 7, 0.039), (6, 16, 0.0347)])
def test_mid_p_equals_published_examples(broke: int, mended: int, expected: float) -> None:
    """Fagerland, Lydersen and Laake 2013."""
    assert expected == pytest.approx(mcnemar(broke, mended), abs=5e-4)


def test_as_many_mended_as_broken_are_no_change() -> None:
    assert mcnemar(0, 0) == mcnemar(5, 5) == 1.0


def test_sign_flips_of_few_units_are_all_tried() -> None:
    moved = np.array([0.4, 1.1, -0.2, 0.8, 0.9, 0.3])
    sums = [abs(float(np.dot(signs, moved))) for signs in product([-1, 1], repeat=6)]
    expected = np.mean([each >= abs(moved.sum()) - 1e-12 for each in sums])
    assert expected == pytest.approx(sign_flip(moved))


def test_sign_flips_of_more_units_agree_with_scipy() -> None:
    moved = np.random.default_rng(0).normal(0.4, 1, size=25)
    expected = permutation_test(
        (moved, np.zeros(25)), lambda a, b, axis: (a - b).mean(axis=axis), vectorized=True,
        permutation_type="samples", n_resamples=20_000, rng=np.random.default_rng(1),
    ).pvalue  # fmt: skip
    assert expected == pytest.approx(sign_flip(moved), abs=4 * np.sqrt(expected / 9999) + 1e-4)


def test_no_movement_is_no_evidence() -> None:
    assert sign_flip(np.zeros(8)) == 1.0


def test_a_drop_says_which_test_it_has() -> None:
    rows = np.array([np.arange(200) < 160, np.arange(200) < 150]).astype(float)
    drop = Curve.from_outcomes(severities=[1.0], clean=rows[0], outcomes=rows[1:]).drop(at=1.0)
    assert drop.p == pytest.approx(2 * 0.5**10 * 0.5)
    assert drop.test == "McNemar, mid-p"
    assert "no change: p < 0.001, McNemar, mid-p" in str(drop)


def test_few_samples_flip_signs_and_many_take_t() -> None:
    rng = np.random.default_rng(0)
    for n, test in ((12, "sign flips"), (60, "t of 60 units")):
        loss = rng.exponential(size=n)
        more = loss + rng.normal(0.3, 0.2, size=n)
        curve = Curve.from_outcomes(severities=[1.0], clean=loss, outcomes=[more], metric="mae")
        drop = curve.drop(at=1.0)
        assert drop.test == test
        assert drop.p < 0.01


def test_groups_are_flipped_as_a_whole() -> None:
    right = np.repeat([1.0, 1.0, 1.0, 1.0], 50)
    wrong = right.copy()
    wrong[:40] = 0
    curve = Curve.from_outcomes(
        severities=[1.0], clean=right, outcomes=[wrong], groups=np.repeat(np.arange(4), 50)
    )
    assert curve.drop(at=1.0).test == "sign flips"
    assert curve.drop(at=1.0).p == 1.0


def test_two_models_are_tested_pair_by_pair() -> None:
    base = np.arange(300) < 240
    made = {"severities": [0.5, 1.0], "ids": range(300)}
    rows = np.array([base, np.arange(300) < 180]).astype(float)
    one = Curve.from_outcomes(**made, clean=base.astype(float), outcomes=rows, name="one")
    two = Curve.from_outcomes(
        **made, clean=base.astype(float), outcomes=[rows[0], rows[0]], name="two"
    )
    found = difference(one, two)
    assert found.p == pytest.approx([1.0, 1.0, mcnemar(60, 0)])
    assert found.p_any <= 3 * mcnemar(60, 0)
    assert found.test == "McNemar, mid-p"
    assert "same at every severity: p < 0.001" in repr(found)


def test_all_right_and_then_all_wrong_is_a_change_as_far_as_so_few_can_tell() -> None:
    rows = np.stack([np.ones(3), np.zeros(3)])
    for metric, expected in (("accuracy", 0.125), ("iou", 0.25)):
        curve = Curve.from_outcomes(
            severities=[1.0], clean=rows[0], outcomes=rows[1:], metric=metric
        )
        assert curve.drop(at=1.0).p == pytest.approx(expected)
        assert curve.cliff.p >= 0.25


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["shares", "few losses", "many losses", "groups"])
def test_equal_values_are_called_different_one_time_in_twenty(kind: str) -> None:
    """Noise changes single samples, and nothing in the mean."""
    said = []
    for trial in range(1000):
        rng = np.random.default_rng(trial)
        made: dict[str, object] = {}
        if kind == "shares":
            right = rng.random((2, 120)) < np.repeat([[0.85], [0.85]], 120, axis=1)
            first, second = right.astype(float)
        elif kind == "groups":
            skill = rng.beta(6, 2, size=40)[:, None]
            first, second = (rng.random((2, 40, 5)) < skill).astype(float).reshape(2, -1)
            made["groups"] = np.repeat(np.arange(40), 5)
        else:
            n = 15 if kind == "few losses" else 80
            first = 2 + rng.exponential(size=n)
            second = first + rng.normal(0, 0.3, size=n)
            made["metric"] = "mae"
        curve = Curve.from_outcomes(
            severities=[1.0], clean=first, outcomes=[second], bootstrap=100, seed=trial, **made
        )  # type: ignore[arg-type]
        said.append(curve.drop(at=1.0).p <= 0.05)
    assert np.mean(said) <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 1000)
    assert np.mean(said) >= 0.02
