import numpy as np
import pytest

import perturbations as pt
from perturbations.audio._modality import MODALITY

CLIPPING = pt.get("audio/clipping")


@pytest.mark.parametrize("share", [0.001, 0.01, 0.25, 0.5, 1.0])
@pytest.mark.parametrize("shape", [(999,), (2, 700), (1,)])
def test_exactly_the_share_of_samples_is_saturated(share, shape):
    clip = np.random.default_rng(5).normal(size=shape)
    noisy = CLIPPING.apply(clip, dose={"share": share})
    expected = int(share * clip.size + 0.5)
    assert noisy.report["saturated"] == expected
    if expected:
        peak = np.abs(noisy.value).max()
        assert peak == noisy.report["threshold"]
        assert np.count_nonzero(np.abs(noisy.value) == peak) == expected


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
