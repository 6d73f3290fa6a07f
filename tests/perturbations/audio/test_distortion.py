import numpy as np
import pytest

import perturbations as pt
from perturbations.audio._kernels.levels import clip_share
from perturbations.audio._modality import MODALITY
from perturbations.errors import BadSetting, BadValue, NotApplicable


class Clips(dict):
    @property
    def ids(self):
        return list(self)


CLIPPING = pt.get("audio/clipping")
BITS = pt.get("audio/bit-depth")


@pytest.mark.parametrize("share", [0.001, 0.01, 0.25, 0.5, 1.0])
@pytest.mark.parametrize("shape", [(999,), (2, 700), (1,)])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_exactly_the_share_of_samples_is_saturated(share, shape, kind):
    clip = np.random.default_rng(5).normal(size=shape).astype(kind)
    noisy = CLIPPING.apply(clip, dose={"share": share})
    expected = int(share * clip.size + 0.5)
    assert noisy.report["saturated"] == expected
    if expected:
        peak = np.abs(noisy.value).max()
        assert peak == noisy.report["threshold"]
        assert np.count_nonzero(np.abs(noisy.value) == peak) == expected


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_threshold_is_the_kth_largest_magnitude(kind):
    rng = np.random.default_rng(9)
    for scale in (1e-20, 1.0, 1e9):
        clips = (scale * rng.standard_cauchy(size=(3, 1, 2001))).astype(kind)
        thresholds = clip_share(clips, 0.03)[1]
        expected = np.sort(np.abs(clips), axis=-1)[:, 0, -60]
        assert np.array_equal(expected, thresholds)


def test_audiomentations_clips_alike():
    audiomentations = pytest.importorskip("audiomentations", reason="extra audio is missing")
    clip = np.random.default_rng(4).normal(size=20_001).astype(np.float32)
    theirs = audiomentations.ClippingDistortion(20, 20, p=1.0)(clip, 16000)
    share = np.mean(theirs != clip)
    ours = CLIPPING(clip, dose={"share": share})
    assert np.abs(theirs - ours).max() < 0.05  # its lower and upper threshold differ


def test_only_samples_beyond_the_threshold_change_and_keep_their_sign():
    clip = MODALITY.corpus(1)[0]
    noisy = CLIPPING(clip, 0.8)
    changed = noisy != clip
    assert (np.abs(clip[changed]) > np.abs(noisy).max()).all()
    assert (np.sign(clip) == np.sign(noisy)).all()


def test_digital_silence_does_not_count():
    tone = np.sin(np.arange(1000) * 0.1) + 0.01
    padded = np.concatenate([np.zeros(9000), tone])
    assert CLIPPING.apply(padded, 1.0).report == CLIPPING.apply(tone, 1.0).report


def test_silence_stays_as_it_is():
    noisy = CLIPPING.apply(np.zeros(50), 1.0)
    assert not noisy.value.any()
    assert noisy.report == {"saturated": 0, "threshold": None, "eligible": 0}


def test_the_threshold_falls_with_severity():
    clip = MODALITY.corpus(1)[0]
    thresholds = [CLIPPING.apply(clip, s).report["threshold"] for s in (0.2, 0.5, 1.0)]
    assert thresholds == sorted(thresholds, reverse=True)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_there_are_two_levels_for_every_bit(bits, kind):
    ramp = np.linspace(-1.5, 1.5, 100_000).astype(kind)
    noisy = BITS(ramp, dose={"bits": bits})
    levels = np.unique(noisy)
    assert np.array_equal(np.arange(-(2 ** (bits - 1)), 2 ** (bits - 1)) / 2 ** (bits - 1), levels)
    inside = np.abs(ramp) < 1 - 2.0 ** (1 - bits)
    assert np.abs(noisy - ramp)[inside].max(initial=0) <= 2.0**-bits + 1e-7


@pytest.mark.parametrize("bits", [4, 6, 8, 10, 12, 16])
def test_a_bit_is_six_decibels(bits):
    # Just below full scale, at a frequency that meets no level twice.
    sine = (1 - 2.0 ** (1 - bits)) * np.sin(np.arange(200_000) * 0.1234567)
    found = pt.distance("audio", sine, BITS(sine, dose={"bits": bits}))["snr"]
    assert 6.02 * bits + 1.76 == pytest.approx(found, abs=0.8 if bits < 6 else 0.2)


def test_silence_stays_silent_and_what_is_too_quiet_falls_silent():
    assert not BITS(np.zeros(50), 1.0).any()
    assert not BITS(np.full(50, 0.06), dose={"bits": 4}).any()
    assert BITS(np.full(50, 0.07), dose={"bits": 4}).all()


def test_what_is_cut_is_counted():
    noisy = BITS.apply(np.array([0.5, 1.5, -2.0, 1.0]), dose={"bits": 8})
    assert 2 == noisy.report["cut"]
    assert [0.5, 1 - 2**-7, -1.0, 1 - 2**-7] == noisy.value.tolist()


def test_many_bits_are_finer_than_single_precision_and_change_next_to_nothing():
    clip = MODALITY.corpus(1)[0]
    assert np.abs(BITS(clip, dose={"bits": 30}) - clip).max() <= 2.0**-24
    assert np.array_equal(clip, BITS(clip, dose={"bits": 60}))


def test_sixteen_bits_of_pcm_stay_as_they_are():
    clip = np.arange(-32768, 32768).astype(np.int16)
    assert np.array_equal(clip, BITS(clip, dose={"bits": 16}))
    assert np.array_equal(
        np.unique(BITS(clip, dose={"bits": 8})), np.arange(-32768, 32768, 256).astype(np.int16)
    )


@pytest.mark.parametrize("name", ["bit-depth", "dc-offset", "mu-law", "a-law"])
def test_levels_of_pcm_in_floating_point_are_refused_with_a_hint(name):
    with pytest.raises(NotApplicable, match="divide 16-bit levels by 32768"):
        pt.get(f"audio/{name}")(np.array([0.0, 20_000.0, -100.0]), 0.6)


@pytest.mark.parametrize(
    "name",
    [n.partition("/")[2] for n in pt.names(modality="audio") if pt.get(n).scans],
)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e20])
def test_noise_that_looks_at_every_sample_refuses_what_is_none(name, kind, bad):
    clips = np.zeros((3, 5000), dtype=kind)
    clips[1, 77] = bad
    noise = pt.get(f"audio/{name}")
    given = {"peers": Clips(other=np.ones(900))} if noise.declared.peers else {}
    with pytest.raises(BadValue):
        noise.batch(clips, 0.6, samples="abc", facts={"rate": 16000}, **given)


def test_an_offset_is_the_dose_up_or_down():
    clip = np.random.default_rng(0).normal(size=(2, 300))
    found = []
    for i in range(40):
        added = pt.get("audio/dc-offset")(clip, dose={"offset": 0.1}, sample=i) - clip
        assert np.allclose(added, added[0, 0])
        found.append(round(float(added[0, 0]), 9))
    assert {0.1, -0.1} == set(found)
    assert 8 < found.count(0.1) < 32


POLARITY = pt.get("audio/polarity")


def test_the_share_of_clips_is_upside_down():
    clips = np.random.default_rng(0).normal(size=(400, 20))
    noisy = POLARITY.batch(clips, dose={"share": 0.3}, samples=range(400))
    turned = np.array([np.array_equal(-a, b) for a, b in zip(clips, noisy, strict=True)])
    assert all(turned[i] or np.array_equal(clips[i], noisy[i]) for i in range(400))
    assert abs(turned.mean() - 0.3) < 4 * np.sqrt(0.3 * 0.7 / 400)


def test_one_channel_alone_may_be_inverted():
    clip = np.random.default_rng(0).normal(size=(3, 50))
    chosen = set()
    for i in range(30):
        noisy = POLARITY.with_settings(channels="one")(clip, 1.0, sample=i)
        turned = [k for k in range(3) if np.array_equal(-clip[k], noisy[k])]
        assert 1 == len(turned)
        chosen |= set(turned)
    assert {0, 1, 2} == chosen
    with pytest.raises(BadSetting, match="did you mean one"):
        POLARITY.with_settings(channels="on")(clip, 1.0)


def test_audiomentations_inverts_alike():
    audiomentations = pytest.importorskip("audiomentations", reason="extra audio is missing")
    clip = MODALITY.corpus(1)[0]
    assert np.array_equal(
        audiomentations.PolarityInversion(p=1.0)(clip, 16000), POLARITY(clip, 1.0)
    )
