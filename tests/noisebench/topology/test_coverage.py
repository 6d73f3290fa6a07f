"""Measured coverage of the intervals of a topology, by simulation with known truth."""

import numpy as np
import pytest

from noisebench.topology._distances import distances_of
from noisebench.topology._kendall import tau
from noisebench.topology._suite import suite_of
from noisebench.topology._survival import survival_of
from tests.noisebench.topology.planted import noise, planted, profile

pytestmark = pytest.mark.slow

RUNS = 400


def latent(rng, n, weight):
    common = rng.normal(size=(n, 1))
    return weight * common + rng.normal(size=(n, 2))


def limits(weight):
    """Fixed limits, so that all runs measure the same noise."""
    return np.quantile(
        latent(np.random.default_rng(0), 400_000, weight)[:, 0], [0.05, 0.2, 0.4, 0.6]
    )


def codes(rng, n, weight, cuts):
    return np.stack([np.digitize(column, cuts) for column in latent(rng, n, weight).T], 1) * 1.0


@pytest.mark.parametrize(
    ("n", "weight", "cluster"),
    [(60, 0.0, 1), (60, 1.0, 1), (300, 1.0, 1), (300, 3.0, 1), (400, 1.0, 8)],
)
def test_the_distance_by_breaking_severity_is_covered(n, weight, cluster):
    cuts = limits(weight)
    truth = tau(codes(np.random.default_rng(1), 200_000, weight, cuts), _units(200_000)).value[0]
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(RUNS):
        values = np.repeat(codes(rng, n // cluster, weight, cuts), cluster, axis=0)
        groups = np.repeat(np.arange(n // cluster), cluster) if cluster > 1 else None
        made = tau(values, _units(n, groups))
        found = distances_of("", "", ("a", "b"), made, confidence=0.95)
        hits += found.low[0, 1] <= 1 - truth <= found.high[0, 1]
    assert 0.92 <= hits / RUNS <= 0.98


def test_the_mean_breaking_severity_is_covered():
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(RUNS):
        hurt = rng.uniform(0, 1.5, 200)[None] <= np.array([0.25, 0.5, 0.75, 1.0])[:, None]
        one = noise("x", rng.normal(size=200), grid=(0.25, 0.5, 0.75, 1.0))
        one = type(one)("x", one.severities, hurt[:, None], True)
        found = survival_of(one, profile(one)).mean
        # A sixth of the samples in each step of a quarter, a third beyond the last severity.
        truth = (0.125 + 0.375 + 0.625 + 0.875) / 6 + 1 / 3
        hits += found.low <= truth <= found.high
    assert 0.92 <= hits / RUNS <= 0.98


def test_what_a_suite_explains_is_covered():
    """The truth is what suites explain in a far larger sample; choosing the suite costs hardly any coverage."""
    rng = np.random.default_rng(4)
    families = [0, 0, 0, 1, 1, 1]
    truth = suite_of(planted(40_000, families, family=2.0, own=0.4, seed=9))
    assert 2 == len(truth.names)
    hits = 0
    for _ in range(200):
        found = suite_of(planted(500, families, family=2.0, own=0.4, rng=rng))
        hits += found.explained.low <= truth.explained.value <= found.explained.high
    assert hits / 200 > 0.9


def _units(n, groups=None):
    from noisebench.topology._pull import Units

    return Units.make(groups, n)
