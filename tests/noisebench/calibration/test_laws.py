"""The share of information that noise keeps, against formulas written out and independent counts."""

import math

import numpy as np
import pandas as pd
import pytest

import perturbations as pt
from noisebench.calibration._laws import (
    FORMULAS,
    Clean,
    binary_entropy,
    erasure,
    law_of,
    substitution,
)
from noisebench.calibration._spectrum import information, kept, spectrum

RNG = np.random.default_rng(3)
IMAGES = RNG.integers(0, 256, (64, 8, 8)).astype(np.uint8)


def mutual_information(joint):
    joint = joint / joint.sum()
    apart = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    there = joint > 0
    return float((joint[there] * np.log2(joint[there] / apart[there])).sum())


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("q", [2, 5, 26])
def test_substitution_is_the_information_of_its_channel(share, q):
    channel = np.full((q, q), share / (q - 1))
    np.fill_diagonal(channel, 1 - share)
    expected = mutual_information(channel / q) / math.log2(q)
    assert expected == pytest.approx(substitution(share, q), abs=1e-12)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_erasure_is_the_information_of_its_channel(share):
    channel = np.concatenate([(1 - share) * np.eye(4), np.full((4, 1), share)], axis=1) / 4
    assert mutual_information(channel) / 2 == pytest.approx(erasure(share), abs=1e-12)


def test_a_coin_has_one_bit_and_one_symbol_has_nothing_to_lose():
    assert (0, 1, 0) == (binary_entropy(0.0), binary_entropy(0.5), binary_entropy(1.0))
    assert 1.0 == substitution(0.4, 1)


@pytest.mark.parametrize("sigma", [0.1, 1.0])
def test_white_signals_keep_what_one_gaussian_channel_keeps(sigma):
    signals = 2 * RNG.normal(size=(4000, 16, 1))
    step = 0.01
    whole = 0.5 * math.log2(1 + 4 / (step**2 / 12))
    expected = 0.5 * math.log2(1 + 4 / (sigma**2 + step**2 / 12)) / whole
    assert expected == pytest.approx(kept(spectrum(list(signals)), sigma, step), rel=0.01)


def test_the_spectrum_holds_the_variance_of_the_signal():
    signals = RNG.normal(size=(300, 8, 6, 3)).cumsum(axis=1)
    expected = signals.var(axis=0, ddof=1).sum()
    assert expected == pytest.approx(spectrum(list(signals)).sum())


def test_redundant_pixels_hold_less_information_than_as_many_free_ones():
    free = RNG.normal(size=(500, 16, 1))
    smooth = np.repeat(RNG.normal(size=(500, 4, 1)), 4, axis=1)
    assert information(spectrum(list(smooth)), 0.01) < 0.75 * information(
        spectrum(list(free)), 0.01
    )


def test_equal_channels_are_one_channel():
    grey = RNG.normal(size=(400, 8, 1))
    same = np.repeat(grey, 3, axis=2)
    found = spectrum(list(same)).reshape(8, 3)
    assert 0 == pytest.approx(found[:, :2].max(), abs=1e-9)
    assert 3 * spectrum(list(grey)).sum() == pytest.approx(found.sum())


def test_a_constant_keeps_all_of_nothing():
    assert 1.0 == kept(spectrum([np.ones((4, 1))] * 5), 0.5, 0.01)


def law(name, values, kind, *, facts=None, measures=None, severity=0.6, **settings):
    noise = pt.get(name, **settings)
    facts = facts or {}
    doses = noise.doses(severity, facts=facts)
    return law_of(noise, measures or {}, doses, Clean(kind, values, facts))


def test_quantisation_keeps_its_share_of_the_bits():
    assert ("quantisation", 4 / 8) == law("image/quantisation", IMAGES, "image")
    clips = (RNG.normal(size=(4, 800)) * 3000).astype(np.int16)
    assert ("quantisation", 8 / 16) == law("audio/bit-depth", clips, "audio")


def test_bits_of_floats_are_those_of_the_grid_that_they_are_on():
    assert 8 == Clean("image", IMAGES / 255, {}).bits
    assert 8 == Clean("image", (IMAGES / 255).astype(np.float32), {}).bits
    assert 24 == Clean("image", RNG.random((3, 8, 8)), {}).bits
    pcm = np.round(RNG.normal(size=(3, 100)) * 1000) / 2**15
    assert 16 == Clean("audio", list(pcm), {}).bits
    assert Clean("text", ["a"], {}).bits is None


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("image/flip", "image", IMAGES),
        ("audio/polarity", "audio", RNG.normal(size=(3, 100)) / 9),
        ("audio/gain", "audio", RNG.normal(size=(3, 100)) / 9),
        ("pointcloud/rotation", "pointcloud", RNG.normal(size=(3, 40, 3))),
    ],
)
def test_what_can_be_undone_keeps_everything(name, kind, value):
    assert ("invertible", 1.0) == law(name, value, kind)


def test_a_gain_that_clips_cannot_be_undone():
    clips = (RNG.normal(size=(4, 800)) * 3000).astype(np.int16)
    assert law("audio/gain", clips, "audio") is None


def test_gaussian_noise_keeps_less_the_stronger_it_is():
    found = [law("image/gaussian-noise", IMAGES, "image", severity=s)[1] for s in (0.05, 0.2, 1.0)]
    assert 1 > found[0] > found[1] > found[2] > 0


def test_white_noise_at_a_ratio_is_gaussian_noise_of_that_power():
    clips = [row / 4 for row in RNG.normal(size=(50, 256))]
    known = Clean("audio", clips, {})
    noise = pt.get("audio/white-noise")
    snr = noise.doses(0.6)["snr"]
    expected = kept(known.spectrum, math.sqrt(known.power) * 10 ** (-snr / 20), known.step)
    assert ("additive Gaussian", expected) == law("audio/white-noise", clips, "audio")


def test_whatever_only_takes_away_is_an_erasure():
    table = pd.DataFrame({"a": [1.0, 2.0]})
    gone = {"changed": 0.3, "missing": 0.3, "displacement": 0.0}
    assert ("erasure", 0.7) == law("tabular/missing", table, "tabular", measures=gone)
    both = gone | {"changed": 0.5}
    assert law("tabular/shifted-cells", table, "tabular", measures=both) is None


def test_flags_are_flipped_like_coins_where_there_is_nothing_but_flags():
    flags = pd.DataFrame({"a": [True, False], "b": [False, False]})
    share = pt.get("tabular/flag-flip").doses(0.6)["share"]
    assert ("substitution", substitution(share, 2)) == law("tabular/flag-flip", flags, "tabular")
    assert law("tabular/flag-flip", flags.assign(c=[1.0, 2.5]), "tabular") is None


def test_tokens_of_a_text_are_symbols():
    share = pt.get("text/random-tokens").doses(0.6)["share"]
    found = law("text/random-tokens", ["one two three four", "five six"], "text")
    expected = (substitution(share, 4) + substitution(share, 2)) / 2
    assert ("substitution", pytest.approx(expected)) == found


def test_noise_without_a_formula_has_none():
    assert law("image/gaussian-blur", IMAGES, "image") is None


def test_formulas_are_of_noises_that_exist():
    assert set(FORMULAS) <= set(pt.names())
