import random

import numpy as np
import pytest
from scipy import signal

import perturbations as pt
from perturbations.audio._modality import MODALITY
from perturbations.errors import NotApplicable

pytest.importorskip("audiomentations", reason="the extra audio is not installed")
MP3 = pt.get("audio/mp3-compression")
OPUS = pt.get("audio/opus-compression")
VORBIS = pt.get("audio/vorbis-compression")
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
    found = [pt.distance("audio", clip, MP3(clip, s, facts=FACTS)) for s in (0.4, 0.8, 1.0)]
    ratios, spectra = ([each[name] for each in found] for name in ("snr", "lsd"))
    assert ratios == sorted(ratios, reverse=True)
    assert spectra == sorted(spectra)


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


CODECS = {
    "mp3-compression": {"bitrate": 64},
    "vorbis-compression": {"quality": 8},
    "opus-compression": {"bitrate": 64},
    "gsm": {"codings": 1},
}


def hiss(rate, samples=24_000):
    """Return noise below 1 kHz, which every codec keeps."""
    sections = signal.butter(6, 1000, fs=rate, output="sos")
    made = signal.sosfilt(sections, np.random.default_rng(3).normal(size=samples))
    return (0.2 * made / np.abs(made).max()).astype(np.float32)


def full_lag(clean, noisy):
    """Return the lag in samples, between samples, by the cross-correlation at the full rate."""
    size = 2 * len(clean)
    cross = np.fft.irfft(np.conj(np.fft.rfft(clean, size)) * np.fft.rfft(noisy, size))
    top = int(cross.argmax())
    left, middle, right = cross[top - 1], cross[top], cross[(top + 1) % size]
    between = 0.5 * (left - right) / (left - 2 * middle + right)
    return (top + between + size / 2) % size - size / 2


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 44100, 48000])
@pytest.mark.parametrize("name", CODECS)
def test_no_codec_delays_by_half_a_sample(name, rate):
    clip = hiss(rate)
    noisy = pt.get(f"audio/{name}")(clip, dose=CODECS[name], facts={"rate": rate})
    assert clip.shape == noisy.shape
    # Opus codes the low bands of speech by a model that is not of linear phase.
    assert abs(full_lag(clip, noisy)) < (3.0 if name == "opus-compression" else 0.5)


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
@pytest.mark.parametrize("name", CODECS)
def test_the_last_milliseconds_are_as_good_as_the_rest(name, rate):
    clip = hiss(rate)
    noisy = pt.get(f"audio/{name}")(clip, dose=CODECS[name], facts={"rate": rate})
    levels = [np.sqrt(np.mean(noisy[part] ** 2) / np.mean(clip[part] ** 2)) for part in ENDS]
    assert np.allclose(levels, levels[1], rtol=0.3)


ENDS = (slice(0, 1000), slice(8000, 16000), slice(-1000, None), slice(-250, None))


@pytest.mark.parametrize("name", CODECS)
def test_a_codec_takes_five_channels_one_by_one(name):
    clip = np.stack([hiss(16000) * (i == 3) for i in range(5)])
    noisy = pt.get(f"audio/{name}")(clip, dose=CODECS[name], facts=FACTS)
    assert clip.shape == noisy.shape
    assert np.abs(noisy[3]).max() > 0.1
    assert np.abs(np.delete(noisy, 3, axis=0)).max() < 0.01


def test_the_bit_rate_of_opus_is_about_what_was_asked():
    speech = np.concatenate(MODALITY.corpus(20))
    for asked in (12, 24, 64):
        found = OPUS.apply(speech, dose={"bitrate": asked}, facts=FACTS).report["kbit/s"]
        assert 0.6 * asked < found < 1.5 * asked


def test_better_vorbis_takes_more_bits_and_distorts_less():
    speech = np.concatenate(MODALITY.corpus(6))
    made = [VORBIS.apply(speech, dose={"quality": q}, facts=FACTS) for q in (0, 3, 6, 9)]
    bits = [each.report["kbit/s"] for each in made]
    ratios = [pt.distance("audio", speech, each.value)["snr"] for each in made]
    assert bits == sorted(bits)
    assert ratios == sorted(ratios)


def test_a_long_clip_is_written_in_blocks():
    clip = np.tile(hiss(16000), 20)
    noisy = VORBIS(clip, 0.2, facts=FACTS)
    assert pt.distance("audio", clip, noisy, facts=FACTS)["snr"] > 20


def test_a_rate_that_a_coder_does_not_know_is_named():
    with pytest.raises(NotApplicable, match="rate"):
        VORBIS(hiss(16000), 0.4, facts={"rate": 1_000_000})


def test_opus_takes_any_rate_by_way_of_its_own():
    clip = hiss(44100)
    assert clip.shape == OPUS(clip, 0.4, facts={"rate": 44100}).shape
    assert clip.shape == OPUS(clip, 0.4, facts={"rate": 96000}).shape


def test_the_global_generators_stay_as_they_were():
    before = random.getstate(), np.random.get_state()[1].tolist()
    MP3(MODALITY.corpus(1)[0], 0.6, facts=FACTS)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before
