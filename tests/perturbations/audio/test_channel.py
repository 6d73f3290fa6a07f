import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadSetting, MissingFact

LOW_PASS = pt.get("audio/low-pass")
RATE = 16000
FACTS = {"rate": RATE}


def gain(frequency, cutoff, order=4):
    time = np.arange(RATE) / RATE
    tone = np.sin(2 * np.pi * frequency * time)
    noisy = LOW_PASS.with_settings(order=order)(tone, dose={"cutoff": cutoff}, facts=FACTS)
    middle = slice(RATE // 4, 3 * RATE // 4)
    return np.sqrt(np.mean(noisy[middle] ** 2) / np.mean(tone[middle] ** 2))


@pytest.mark.parametrize("frequency", [100.0, 1000.0, 1500.0, 2000.0, 2500.0, 4000.0])
@pytest.mark.parametrize("order", [1, 4])
def test_the_gain_is_the_formula(frequency, order):
    warped = np.tan(np.pi * frequency / RATE) / np.tan(np.pi * 2000.0 / RATE)
    expected = 1 / (1 + warped ** (2 * order))
    assert gain(frequency, 2000.0, order) == pytest.approx(expected, rel=1e-3, abs=1e-6)


def test_it_is_a_half_at_the_cutoff():
    assert gain(500.0, 500.0) == pytest.approx(0.5, abs=1e-3)


def test_nothing_is_delayed():
    click = np.zeros(801)
    click[400] = 1.0
    noisy = LOW_PASS(click, 0.8, facts=FACTS)
    assert noisy.argmax() == 400
    assert np.allclose(noisy, noisy[::-1], atol=1e-9)


def test_a_constant_passes_whole():
    assert np.allclose(LOW_PASS(np.full(50, 0.3), 1.0, facts=FACTS), 0.3)


@pytest.mark.parametrize("rate", [8000, 11025, 44100.0])
def test_a_cutoff_at_or_above_nyquist_leaves_the_clip(rate):
    clip = np.random.default_rng(0).normal(size=300)
    for cutoff in (rate / 2 + 1, rate):
        noisy = LOW_PASS(clip, dose={"cutoff": cutoff}, facts={"rate": rate})
        assert np.array_equal(clip, noisy)
    assert LOW_PASS(clip, dose={"cutoff": rate / 2}, facts={"rate": rate}) is clip


def test_the_first_rung_is_beyond_a_telephone_line():
    clip = np.random.default_rng(0).normal(size=300)
    assert np.array_equal(clip, LOW_PASS(clip, 0.2, facts={"rate": 8000}))
    assert not np.array_equal(clip, LOW_PASS(clip, 0.4, facts={"rate": 8000}))


@pytest.mark.parametrize("samples", [1, 2, 3, 10, 27, 28])
def test_clips_shorter_than_the_filter_are_defined(samples):
    clip = np.random.default_rng(0).normal(size=samples)
    assert np.isfinite(LOW_PASS(clip, 1.0, facts=FACTS)).all()


def test_rate_and_order_are_checked():
    clip = np.ones(30)
    with pytest.raises(MissingFact, match="rate"):
        LOW_PASS(clip, 0.5)
    with pytest.raises(MissingFact, match="positive sampling rate"):
        LOW_PASS(clip, dose={"cutoff": 10.0}, facts={"rate": -1})
    with pytest.raises(BadSetting, match="order from 1 to 12"):
        LOW_PASS.with_settings(order=0)(clip, 0.5, facts=FACTS)
