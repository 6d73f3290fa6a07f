import numpy as np
import pytest

import perturbations as pt
from perturbations.audio._modality import MODALITY
from perturbations.errors import BadSetting

GAIN = pt.get("audio/gain")
DRIFT = pt.get("audio/level-drift")
CONTROL = pt.get("audio/automatic-gain")
RATE = 16000
FACTS = {"rate": RATE}


@pytest.mark.parametrize(("direction", "sign"), [("up", 1), ("down", -1)])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_gain_is_its_decibels(direction, sign, kind):
    clip = MODALITY.corpus(1)[0].astype(kind)
    noisy = GAIN.with_settings(direction=direction)(clip, dose={"change": 7.0})
    assert np.allclose(noisy, clip * 10 ** (sign * 7 / 20), rtol=1e-6)


def test_a_gain_goes_either_way_and_says_which():
    found = [GAIN.apply(np.ones(9), 0.6, sample=i).report["change"] for i in range(60)]
    assert {12.0, -12.0} == set(found)
    assert 12 < found.count(12.0) < 48


def test_audiomentations_gains_alike():
    audiomentations = pytest.importorskip("audiomentations", reason="extra audio is missing")
    clip = MODALITY.corpus(1)[0]
    theirs = audiomentations.Gain(-12.0, -12.0, p=1.0)(clip, RATE)
    ours = GAIN.with_settings(direction="down")(clip, dose={"change": 12.0})
    assert np.allclose(theirs, ours, rtol=1e-6)


def test_a_drift_stays_within_its_swing_and_uses_it():
    clip = np.ones(30 * RATE)
    decibel = 20 * np.log10(DRIFT(clip, dose={"swing": 6.0}, facts=FACTS))
    assert np.abs(decibel).max() <= 6.0 + 1e-9
    assert np.abs(decibel).max() > 5.0
    assert abs(decibel.mean()) < 4 * 6 / np.sqrt(3) / np.sqrt(60)


def test_a_drift_is_smooth_and_the_same_on_all_channels():
    clip = np.ones((2, 4 * RATE))
    left, right = 20 * np.log10(DRIFT(clip, dose={"swing": 6.0}, facts=FACTS))
    assert np.array_equal(left, right)
    # Half a cosine of 12 dB within half a second is no steeper than this.
    assert np.abs(np.diff(left)).max() * RATE < np.pi / 2 * 12 / 0.5 * 1.05


def test_a_faster_drift_turns_more_often():
    clip = np.ones(8 * RATE)
    turns = []
    for every in (0.2, 1.0):
        noisy = DRIFT.with_settings(every=every)(clip, 0.6, facts=FACTS)
        turns.append(np.count_nonzero(np.diff(np.sign(np.log(noisy)))))
    assert turns[0] > 2 * turns[1]
    with pytest.raises(BadSetting, match="above 0 s"):
        DRIFT.with_settings(every=0.0)(clip, 0.6, facts=FACTS)


@pytest.mark.parametrize("level", [-40.0, -20.0, -6.0])
@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_a_steady_tone_comes_to_the_level_aimed_at(level, strength):
    tone = np.sqrt(2) * 10 ** (level / 20) * np.sin(np.arange(3 * RATE) * 0.9)
    noisy = CONTROL(tone, dose={"strength": strength}, facts=FACTS)
    found = 10 * np.log10(np.mean(noisy[-RATE:] ** 2))
    assert level + strength * (-20.0 - level) == pytest.approx(found, abs=0.5)


def test_it_begins_at_no_gain_and_takes_its_time():
    quiet = np.sqrt(2) * 0.01 * np.sin(np.arange(RATE) * 0.9)
    noisy = CONTROL(quiet, 1.0, facts=FACTS)
    gain = np.abs(noisy).reshape(-1, 160).max(axis=1) / np.abs(quiet).reshape(-1, 160).max(axis=1)
    assert gain[0] == pytest.approx(1.0, abs=0.1)
    # From -20 to -40 dB the follower falls by 20 dB, 0.43 dB in every ms of 100 ms / 10 dB.
    reached = np.argmax(gain > 10 ** (10 / 20)) * 0.01
    assert 0.23 == pytest.approx(reached, abs=0.05)


def test_the_largest_gain_is_a_bound():
    quiet = np.sqrt(2) * 1e-4 * np.sin(np.arange(3 * RATE) * 0.9)
    noisy = CONTROL.with_settings(most=12.0)(quiet, 1.0, facts=FACTS)
    assert np.abs(noisy).max() <= np.abs(quiet).max() * 10 ** (12 / 20) * 1.0001
    assert not CONTROL(np.zeros(500), 1.0, facts=FACTS).any()


def test_channels_are_controlled_together():
    clip = np.stack([np.full(RATE, 0.5), np.full(RATE, 0.01)])
    left, right = CONTROL(clip, 1.0, facts=FACTS)
    assert np.allclose(left / 0.5, right / 0.01)


@pytest.mark.parametrize(
    "settings",
    [{"attack": 0.0}, {"release": -1.0}, {"most": 200.0}, {"target": -np.inf}, {"target": 3.0}],
)
def test_settings_of_the_control_are_checked(settings):
    with pytest.raises(BadSetting):
        CONTROL.with_settings(**settings)(np.ones(9), 0.5, facts=FACTS)
