import math

import numpy as np
import pytest

import perturbations as pt
from perturbations._extras import missing
from perturbations.audio._modality import MODALITY
from perturbations.errors import BadValue, MissingFact, NotApplicable

FACTS = {"rate": 16000}
NAMES = [
    name.partition("/")[2]
    for name in pt.names(modality="audio")
    if not missing(tuple(pt.get(name).requires))
]


class Clips(dict):
    @property
    def ids(self):
        return list(self)


MOVED = ("shift", "clock-drift", "speed", "time-stretch", "wow-and-flutter")
PEERS = Clips({f"peer-{i}": clip for i, clip in enumerate(MODALITY.corpus(12))})


def known(name, **facts):
    """Return what a noise may need besides the clip."""
    peers = {"peers": PEERS} if pt.get(f"audio/{name}").declared.peers else {}
    return peers | {"facts": FACTS | facts}


@pytest.mark.parametrize(("label", "value"), MODALITY.bad().items())
def test_what_is_no_clip_is_a_named_error(label, value):
    with pytest.raises(BadValue):
        pt.get("audio/white-noise")(value, 0.4)


@pytest.mark.parametrize(
    ("label", "hint"),
    [
        ("int8", "clip / 128.0"),
        ("uint8", "(clip.astype(np.float32) - 128) / 128"),
        ("float16", "clip.astype(np.float32)"),
        ("channels last", '{"layout": "TC"}'),
        ("NaN", "1 of 400 samples are NaN or infinite"),
        ("a list", "np.asarray(clip)"),
    ],
)
def test_the_error_says_what_to_do(label, hint):
    with pytest.raises(BadValue) as error:
        pt.get("audio/clipping")(MODALITY.bad()[label], 0.4)
    assert hint in str(error.value)
    assert "expected" in str(error.value)


@pytest.mark.parametrize("name", NAMES)
def test_edge_clips_keep_shape_dtype_and_their_memory(name):
    noise = pt.get(f"audio/{name}")
    for label, clip in MODALITY.edges().items():
        before = clip.copy()
        for severity in (0.2, 1.0):
            noisy = noise(clip, severity, sample=label, **known(name))
            if "shape" in noise.keeps:
                assert clip.shape == noisy.shape, label
            assert clip.dtype == noisy.dtype, label
            assert np.isfinite(noisy).all(), label
            assert not np.shares_memory(noisy, clip), label
        assert np.array_equal(before, clip), label


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_of_mixed_lengths_and_channels_equals_one_by_one(name):
    noise = pt.get(f"audio/{name}")
    clips = [*MODALITY.corpus(3), *MODALITY.edges().values()]
    ids = [f"s{i}" for i in range(len(clips))]
    together = noise.batch(clips, 0.6, samples=ids, **known(name))
    for clip, sample, noisy in zip(clips, ids, together, strict=True):
        alone = noise(clip, 0.6, sample=sample, **known(name))
        assert np.array_equal(alone, noisy)
        assert alone.dtype == noisy.dtype


@pytest.mark.parametrize("rate", [8000, 11025, 22050.0, 44100, 96000, 192000])
@pytest.mark.parametrize("name", NAMES)
def test_every_rate_gives_a_finite_clip_or_a_reason(name, rate):
    clip = np.tile(MODALITY.corpus(1)[0], round(rate / 16000) or 1)
    noise = pt.get(f"audio/{name}")
    for severity in (0.2, 1.0):
        try:
            noisy = noise(clip, severity, **known(name, rate=rate))
        except NotApplicable as error:
            assert "rate" in str(error)
            assert rate > 48000
            continue
        assert np.isfinite(noisy).all()
        assert not np.array_equal(clip, noisy) or severity < 1 or "band" in name or "pass" in name


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_rate_is_a_named_error_or_not_needed(name):
    noise = pt.get(f"audio/{name}")
    needed = noise.declared.facts.get("rate", False)
    given = known(name) | {"facts": {}}
    if needed:
        with pytest.raises(MissingFact, match="rate"):
            noise(MODALITY.corpus(1)[0], 0.6, **given)
    else:
        assert np.isfinite(noise(MODALITY.corpus(1)[0], 0.6, **given)).all()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_late_unless_the_noise_says_so(name):
    noise = pt.get(f"audio/{name}")
    says = noise.apply(MODALITY.corpus(1)[0], 0.6, **known(name)).mapping is not None
    assert says == (name in MOVED)
    if says or name == "pitch-shift":  # of which no sample is like the one before
        return
    lags = [
        pt.distance("audio", clip, noise(clip, 0.4, sample=str(i), **known(name)), facts=FACTS)[
            "lag"
        ]
        for i, clip in enumerate(MODALITY.corpus(8))
    ]
    lags = [lag for lag in lags if not np.isnan(lag)]
    assert not lags or np.median(lags) < 0.5


def test_byte_order_is_kept():
    clip = MODALITY.corpus(1)[0].astype(">f4")
    noisy = pt.get("audio/white-noise")(clip, 0.4)
    assert noisy.dtype == clip.dtype
    native = pt.get("audio/white-noise")(clip.astype(np.float32), 0.4)
    assert np.array_equal(native, noisy)


PCM = {np.int16: 2.0**15, np.int32: 2.0**31}


@pytest.mark.parametrize(("kind", "scale"), PCM.items())
def test_pcm_is_the_floating_point_clip_rounded(kind, scale):
    levels = np.rint(MODALITY.corpus(1)[0] * (scale / 2)).astype(kind)
    floating = levels / scale
    if kind is np.int16:
        floating = floating.astype(np.float32)
    noisy = pt.get("audio/white-noise")(levels, 0.6)
    assert kind == noisy.dtype
    expected = np.rint(pt.get("audio/white-noise")(floating, 0.6) * scale)
    assert np.array_equal(expected, noisy)


@pytest.mark.parametrize(("kind", "scale"), PCM.items())
def test_pcm_is_cut_at_full_scale_and_the_report_says_how_often(kind, scale):
    loud = np.full(400, scale - 1).astype(kind)
    loud[::2] = -scale
    noisy = pt.get("audio/white-noise").apply(loud, 1.0)
    assert (-scale, scale - 1) == (noisy.value.min(), noisy.value.max())
    assert 150 < noisy.report["beyond_full_scale"] < 250
    quiet = pt.get("audio/white-noise").apply((loud // 100).astype(kind), 0.2)
    assert 0 == quiet.report["beyond_full_scale"]
    assert "beyond_full_scale" not in pt.get("audio/white-noise").apply(loud / scale, 1.0).report


@pytest.mark.parametrize(("kind", "scale"), PCM.items())
def test_what_the_converter_clips_is_a_measure_of_pcm_alone(kind, scale):
    loud = np.rint(0.9 * scale * np.sin(np.arange(4000) / 9)).astype(kind)
    noisy = pt.get("audio/white-noise").apply(loud, 1.0)
    found = pt.distance("audio", loud, noisy.value)
    assert noisy.report["beyond_full_scale"] / 4000 == pytest.approx(found["clipped"], abs=1e-3)
    assert 0.2 < found["clipped"] < 0.35 and found["snr"] > 1.0
    assert "clipped" not in pt.distance("audio", loud / scale, noisy.value / scale)
    assert 0 == pt.distance("audio", loud, loud)["clipped"]


def test_noise_below_a_step_of_pcm_changes_nothing_and_the_report_says_so():
    quiet = np.rint(3 * np.sin(np.arange(4000) / 9)).astype(np.int16)
    assert 0 == pt.get("audio/white-noise").apply(quiet, 0.2).report["samples_changed"]
    assert 0 < pt.get("audio/white-noise").apply(quiet, 1.0).report["samples_changed"] < 4000


@pytest.mark.parametrize("name", NAMES)
def test_a_layout_that_is_declared_is_the_other_one_turned_round(name):
    clips = np.stack([np.stack(MODALITY.corpus(4)[i : i + 2]) for i in range(3)])
    last = np.ascontiguousarray(np.swapaxes(clips, 1, 2))
    noise, facts = pt.get(f"audio/{name}"), {"facts": FACTS | {"layout": "TC"}}
    given = known(name) | {"peers": Clips({n: c[:, None] for n, c in PEERS.items()})}
    if not noise.declared.peers:
        del given["peers"]
    first = noise(clips[0], 0.6, **known(name))
    turned = noise(last[0], 0.6, **given | facts)
    assert np.array_equal(first.T, turned)
    assert turned.flags.c_contiguous
    stacked = noise.batch(last, 0.6, samples=["", "b", "c"], **given | facts)
    assert np.array_equal(turned, stacked[0])


def test_a_layout_is_believed_as_far_as_it_can_be_meant():
    noise = pt.get("audio/white-noise")
    array = np.ones((100, 4))
    assert array.shape == noise(array, 0.4, facts={"layout": "CT"}).shape
    with pytest.raises(BadValue, match='"layout": "TC"'):
        noise(array, 0.4)
    with pytest.raises(BadValue, match='"layout": "CT"'):
        noise(np.ones((2, 4000)), 0.4, facts={"layout": "TC"})
    with pytest.raises(BadValue, match=r"CT \(channels, samples\) or TC"):
        noise(array, 0.4, facts={"layout": "CHW"})


def test_distance_in_closed_form():
    clean = np.ones(100)
    noisy = clean.copy()
    noisy[:10] = 2.0
    found = pt.distance("audio", clean, noisy)
    assert 10.0 == pytest.approx(found["snr"])
    assert 0.1 == found["changed"]
    assert 10 * np.log10(1.3) == pytest.approx(found["level"])
    assert np.isnan(found["lag"])
    same = pt.distance("audio", clean, clean, facts=FACTS)
    assert {"snr": math.inf, "changed": 0.0, "level": 0.0, "lsd": 0.0, "lag": 0.0} == same
    assert pt.distance("audio", 0 * clean, noisy)["snr"] == -math.inf
    with pytest.raises(BadValue, match="1 channel"):
        pt.distance("audio", clean, np.stack([noisy, noisy]))


def test_what_one_clip_is_longer_by_counts_as_silence_in_the_other():
    clean = np.ones(100)
    assert -10 * np.log10(0.25) == pytest.approx(pt.distance("audio", clean, clean[:75])["snr"])
    assert 0.2 == pt.distance("audio", clean, np.ones(125))["changed"]


@pytest.mark.parametrize("decibel", [-20.0, 6.0, 30.0])
def test_a_gain_is_its_own_level_and_spectral_distance(decibel):
    clean = np.random.default_rng(0).normal(size=(2, 20_000))
    found = pt.distance("audio", clean, clean * 10 ** (decibel / 20), facts=FACTS)
    assert abs(decibel) == pytest.approx(found["level"])
    assert abs(decibel) == pytest.approx(found["lsd"], abs=0.01)
    assert 0.0 == pytest.approx(found["lag"], abs=1e-3)


def test_the_spectral_distance_does_not_hear_polarity():
    clean = MODALITY.corpus(1)[0]
    found = pt.distance("audio", clean, -clean, facts=FACTS)
    assert 0.0 == found["lsd"]
    assert -10 * np.log10(4) == pytest.approx(found["snr"])


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
@pytest.mark.parametrize("late", [-0.1, 0.0125, 0.2])
def test_the_lag_is_found_to_a_sample_of_the_coarse_rate(rate, late):
    moved = round(late * rate)
    sound = np.convolve(np.random.default_rng(1).normal(size=2 * rate), np.ones(20) / 20)
    start, stop = rate // 2, 3 * rate // 2
    clean, noisy = sound[start:stop], sound[start - moved : stop - moved]
    found = pt.distance("audio", clean, noisy, facts={"rate": rate})["lag"]
    assert abs(moved) / rate * 1000 == pytest.approx(found, abs=0.1)


def test_clips_that_have_nothing_in_common_have_no_lag():
    one, other = np.random.default_rng(2).normal(size=(2, 40_000))
    assert np.isnan(pt.distance("audio", one, other, facts=FACTS)["lag"])


def test_pcm_and_layouts_are_as_far_apart_as_the_clips_they_hold():
    clean = np.rint(np.stack(MODALITY.corpus(2)) * 2.0**15).astype(np.int16)
    noisy = pt.get("audio/white-noise")(clean, 0.6)
    expected = pt.distance("audio", clean / 2.0**15, noisy / 2.0**15, facts=FACTS)
    found = pt.distance("audio", clean.T, noisy.T, facts=FACTS | {"layout": "TC"})
    assert expected | {"clipped": 0.0} == pytest.approx(found, rel=1e-5)


def test_the_corpus_is_of_distinct_sounding_clips():
    clips = MODALITY.corpus(64)
    assert len(clips) == 64
    assert all(clip.dtype == np.float32 and np.abs(clip).max() < 1 for clip in clips)
    assert len({clip.tobytes() for clip in clips}) == 64
    assert min(np.sqrt(np.mean(clip**2)) for clip in clips) > 0.01
