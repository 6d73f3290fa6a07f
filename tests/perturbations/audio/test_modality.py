import math

import numpy as np
import pytest

import perturbations as pt
from perturbations.audio._modality import MODALITY
from perturbations.errors import BadValue

FACTS = {"rate": 16000}
NAMES = ("white-noise", "clipping", "dropout", "low-pass", "mp3-compression")


@pytest.mark.parametrize(("label", "value"), MODALITY.bad().items())
def test_what_is_no_clip_is_a_named_error(label, value):
    with pytest.raises(BadValue):
        pt.get("audio/white-noise")(value, 0.4)


@pytest.mark.parametrize(
    ("label", "hint"),
    [
        ("int16", "clip / 32768.0"),
        ("float16", "clip.astype(np.float32)"),
        ("channels last", "pass clip.T"),
        ("NaN", "1 of 400 samples are NaN or infinite"),
        ("a list", "np.asarray(clip)"),
    ],
)
def test_the_error_says_what_to_do(label, hint):
    with pytest.raises(BadValue) as error:
        pt.get("audio/clipping")(MODALITY.bad()[label], 0.4)
    assert hint in str(error.value)
    assert "expected" in str(error.value)


@pytest.mark.parametrize("label", MODALITY.edges())
@pytest.mark.parametrize("name", NAMES)
def test_edge_clips_keep_shape_dtype_and_their_memory(name, label):
    clip = MODALITY.edges()[label]
    before = clip.copy()
    for severity in (0.2, 1.0):
        noisy = pt.get(f"audio/{name}")(clip, severity, facts=FACTS)
        assert (clip.shape, clip.dtype) == (noisy.shape, noisy.dtype)
        assert np.isfinite(noisy).all()
        assert not np.shares_memory(noisy, clip)
    assert np.array_equal(before, clip)


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_of_mixed_lengths_and_channels_equals_one_by_one(name):
    noise = pt.get(f"audio/{name}")
    clips = [*MODALITY.corpus(3), *MODALITY.edges().values()]
    ids = [f"s{i}" for i in range(len(clips))]
    together = noise.batch(clips, 0.6, samples=ids, facts=FACTS)
    for clip, sample, noisy in zip(clips, ids, together, strict=True):
        alone = noise(clip, 0.6, sample=sample, facts=FACTS)
        assert np.array_equal(alone, noisy)
        assert alone.dtype == noisy.dtype


def test_byte_order_is_kept():
    clip = MODALITY.corpus(1)[0].astype(">f4")
    noisy = pt.get("audio/white-noise")(clip, 0.4)
    assert noisy.dtype == clip.dtype
    native = pt.get("audio/white-noise")(clip.astype(np.float32), 0.4)
    assert np.array_equal(native, noisy)


def test_distance_in_closed_form():
    clean = np.ones(100)
    noisy = clean.copy()
    noisy[:10] = 2.0
    found = pt.distance("audio", clean, noisy)
    assert found == pytest.approx({"snr": 10.0, "changed": 0.1})
    assert pt.distance("audio", clean, clean) == {"snr": math.inf, "changed": 0.0}
    assert pt.distance("audio", 0 * clean, noisy)["snr"] == -math.inf
    with pytest.raises(BadValue):
        pt.distance("audio", clean, noisy[:50])


def test_the_corpus_is_of_distinct_sounding_clips():
    clips = MODALITY.corpus(64)
    assert len(clips) == 64
    assert all(clip.dtype == np.float32 and np.abs(clip).max() < 1 for clip in clips)
    assert len({clip.tobytes() for clip in clips}) == 64
    assert min(np.sqrt(np.mean(clip**2)) for clip in clips) > 0.01
