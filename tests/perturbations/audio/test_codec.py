import random

import numpy as np
import pytest

import perturbations as pt
from perturbations.audio._modality import MODALITY
from perturbations.errors import NotApplicable

pytest.importorskip("audiomentations", reason="the extra audio is not installed")
MP3 = pt.get("audio/mp3-compression")
FACTS = {"rate": 16000}


def lag(clean, noisy):
    reach = 400
    inner = clean[reach:-reach].astype(np.float64)
    return int(np.argmax(np.correlate(noisy.astype(np.float64), inner, "valid"))) - reach


@pytest.mark.parametrize("severity", [0.1, 0.4, 0.8])
def test_length_and_timing_are_kept(severity):
    for clip in MODALITY.corpus(4):
        noisy = MP3(clip, severity, facts=FACTS)
        assert noisy.shape == clip.shape
        assert lag(clip, noisy) == 0


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000])
def test_every_rate_of_the_standard_is_taken(rate):
    clip = MODALITY.corpus(1)[0]
    assert MP3(clip, 0.6, facts={"rate": rate}).shape == clip.shape


def test_another_rate_does_not_apply():
    with pytest.raises(NotApplicable, match="resample the clip"):
        MP3(MODALITY.corpus(1)[0], 0.6, facts={"rate": 10000})


def test_the_bit_rate_is_one_of_the_standard_and_at_least_the_dose():
    clip = MODALITY.corpus(1)[0]
    for dose, expected in ((8, 8), (9, 16), (33.0, 40), (64, 64), (300, 320)):
        assert MP3.apply(clip, dose={"bitrate": dose}, facts=FACTS).report == {"bitrate": expected}


def test_fewer_bits_distort_more():
    clip = MODALITY.corpus(1)[0]
    ratios = [pt.distance("audio", clip, MP3(clip, s, facts=FACTS))["snr"] for s in (0.4, 0.8, 1.0)]
    assert ratios == sorted(ratios, reverse=True)


@pytest.mark.parametrize("channels", [1, 2, 5])
def test_channels_stay_apart(channels):
    tone = 0.5 * np.sin(np.arange(4000) * 0.2).astype(np.float32)
    clip = np.stack([tone * (i == 0) for i in range(channels)])
    noisy = MP3(clip, 0.2, facts=FACTS)
    assert noisy.shape == clip.shape
    assert np.abs(noisy[1:]).max(initial=0) < 0.05


def test_a_clip_beyond_full_scale_is_not_cut():
    tone = 3.0 * np.sin(np.arange(4000) * 0.2)
    assert np.abs(MP3(tone, 0.2, facts=FACTS)).max() > 2.8


def test_the_global_generators_stay_as_they_were():
    before = random.getstate(), np.random.get_state()[1].tolist()
    MP3(MODALITY.corpus(1)[0], 0.6, facts=FACTS)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before
