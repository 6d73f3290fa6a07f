"""Bits kept by finding a noisy sample among clean ones: limits, and a case whose information is known."""

import math

import numpy as np
import pytest

from noisebench.calibration._reidentify import bits
from noisebench.calibration._space import spread

RNG = np.random.default_rng(2)


def kept(clean, noisy, candidates=None):
    pool = clean if candidates is None else candidates
    return bits(noisy, pool, np.arange(len(noisy)), spread(pool, "x"))


@pytest.mark.parametrize("k", [2, 64, 256])
def test_untouched_samples_keep_all_bits_and_never_more_than_there_are_candidates(k):
    clean = RNG.normal(size=(k, 5))
    assert math.log2(k) == pytest.approx(kept(clean, clean), abs=0.01)
    assert kept(clean, clean) <= math.log2(k)


def test_noise_that_leaves_nothing_keeps_no_bits():
    clean = RNG.normal(size=(200, 5))
    assert kept(clean, RNG.normal(size=(200, 5)) * 3) == pytest.approx(0, abs=0.15)


def test_only_the_half_that_is_left_is_found():
    # 16 places of 16 samples each; noise leaves the place and nothing else: log2 16 of log2 256 bits.
    place = np.repeat(np.eye(16) * 10, 16, axis=0)
    clean = np.concatenate([place, RNG.normal(size=(256, 4))], axis=1)
    noisy = np.concatenate([place, RNG.normal(size=(256, 4))], axis=1)
    found = kept(clean, noisy)
    assert 4.0 == pytest.approx(found, abs=0.35)
    assert found <= 8.0


def test_candidates_that_look_alike_are_told_apart_by_no_one():
    clean = np.repeat(RNG.normal(size=(32, 3)), 2, axis=0)
    assert 5.0 == pytest.approx(kept(clean, clean), abs=0.02)


def test_a_few_samples_that_are_taken_for_others_cost_some_bits_and_not_all():
    clean = RNG.normal(size=(128, 8))
    noisy = clean.copy()
    noisy[:4] = clean[4:8]
    found = kept(clean, noisy)
    assert 5.5 < found < 7.0


def test_more_noise_keeps_fewer_bits():
    clean, noise = RNG.normal(size=(128, 3)), RNG.normal(size=(128, 3))
    found = [kept(clean, clean + s * noise) for s in (0, 0.05, 0.2, 0.5, 1.0, 3.0)]
    assert found == sorted(found, reverse=True)


def test_more_candidates_than_samples():
    pool = RNG.normal(size=(256, 6))
    assert 8.0 == pytest.approx(kept(pool[:64], pool[:64], pool), abs=0.01)
