"""Adjusted p-values and e-values against worked examples, closed testing by brute force, and their error rates."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import false_discovery_control, norm

from noisebench.curve import benjamini_hochberg, benjamini_hochberg_e, holm, holm_e
from noisebench.errors import DataError


def test_holm_equals_the_worked_example() -> None:
    expected = [0.03, 0.06, 0.06, 0.02]
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx(expected)


def test_benjamini_hochberg_equals_scipy() -> None:
    p = np.random.default_rng(0).random(50) ** 3
    assert false_discovery_control(p) == pytest.approx(benjamini_hochberg(p))


def closed(e: list[float], of: int) -> float:
    """Return the smallest average over all sets of claims with this one in it."""
    others = [i for i in range(len(e)) if i != of]
    sets = [s for size in range(len(e)) for s in combinations(others, size)]
    return min(float(np.mean([e[of], *(e[i] for i in s)])) for s in sets)


def test_holm_of_e_values_is_closed_testing_by_averages() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        e = list(rng.exponential(size=6) ** 3)
        assert [closed(e, i) for i in range(6)] == pytest.approx(holm_e(e))


def test_benjamini_hochberg_of_e_values_claims_the_largest_set_that_pays_for_itself() -> None:
    e = [100.0, 3.0, 45.0, 22.0, 0.5]
    claimed = benjamini_hochberg_e(e) >= 1 / 0.1
    assert claimed.tolist() == [True, False, True, True, False]
    assert benjamini_hochberg_e(e)[3] == pytest.approx(22 * 3 / 5)


def test_one_claim_needs_no_adjustment_and_none_gives_none() -> None:
    for adjust in (holm, benjamini_hochberg):
        assert adjust([0.03]) == pytest.approx([0.03])
        assert len(adjust([])) == 0
    for adjust in (holm_e, benjamini_hochberg_e):
        assert adjust([7.0]) == pytest.approx([7.0])
        assert len(adjust([])) == 0


def test_what_could_not_be_tested_is_no_evidence_but_counts() -> None:
    assert holm([0.02, np.nan]) == pytest.approx([0.04, 1.0])
    assert benjamini_hochberg([0.02, np.nan]) == pytest.approx([0.04, 1.0])
    assert holm_e([30.0, np.nan]) == pytest.approx([15.0, 0.0])


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg, holm_e, benjamini_hochberg_e])
def test_what_is_no_evidence_is_refused(adjust: object) -> None:
    with pytest.raises(DataError, match="got"):
        adjust([0.5, -0.1])  # type: ignore[operator]


def test_p_values_above_one_are_refused() -> None:
    with pytest.raises(DataError, match="between 0 and 1"):
        holm([1.5])


@pytest.mark.slow
def test_holm_makes_a_false_claim_in_one_of_twenty_families_and_benjamini_hochberg_one_in_twenty_claims() -> (
    None
):
    """Forty tests that err together, ten of them with something to find."""
    rng, families, shares = np.random.default_rng(2), [], []
    for _ in range(4000):
        z = np.sqrt(0.5) * rng.normal() + np.sqrt(0.5) * rng.normal(size=40)
        z[:10] += 3
        p = norm.sf(z)
        families.append((holm(p)[10:] <= 0.05).any())
        claims = benjamini_hochberg(p) <= 0.05
        shares.append(claims[10:].sum() / max(claims.sum(), 1))
    assert np.mean(families) <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 4000)
    assert np.mean(shares) <= 0.05 + 4 * np.std(shares) / np.sqrt(4000)
    assert np.mean(shares) > 0.005
