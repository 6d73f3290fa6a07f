"""MultiBench's noise in audio: how many clips it is put into, how much of it, and the defects that are not reproduced."""

from collections import Counter
from math import sqrt

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadSetting

CLIPS, STEPS = 1500, 400


def noise(*parts, **settings):
    chosen = {"parts": parts} if parts else {}
    return pt.get("multibench/audio", **chosen, **settings)


@pytest.fixture(scope="module")
def clips():
    return np.random.default_rng(2).normal(0, 0.1, (CLIPS, STEPS)) + 1.0


def noisy(made, clips, level):
    return made.batch(clips, level, samples=range(len(clips)))


def chosen(after, clips):
    return (after != clips).any(axis=1)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_the_level_is_the_share_of_clips_that_are_chosen(clips, level):
    hit = chosen(noisy(noise("gaussian"), clips, level), clips).mean()
    assert level == pytest.approx(hit, abs=4 * sqrt(level * (1 - level) / CLIPS))


def test_a_clip_that_is_not_chosen_stays_as_it_is():
    """The program gives back silence for it: at level 0 everywhere, at 0.3 for seven clips in ten."""
    one = np.ones((1, 50), np.float32)
    made = noise()
    sample = next(i for i in range(99) if not made.apply(one, 0.3, sample=i).report["parts"][0])
    np.testing.assert_array_equal(one, made(one, 0.3, sample=sample))
    assert made(one, 0.0) is one


def test_every_part_is_as_likely(clips):
    made = [noise().apply(clip[:20], 1.0, sample=i).report["parts"][0] for i, clip in enumerate(clips)]  # fmt: skip
    for count in Counter(made).values():
        assert 1 / 3 == pytest.approx(count / CLIPS, abs=4 * sqrt(2 / 9 / CLIPS))
    assert 3 == len(set(made))


@pytest.mark.parametrize("level", [0.1, 0.7])
def test_gaussian_noise_is_the_level_times_the_clips_own_rms(clips, level):
    """The program adds the level in units of full scale, whatever the clip."""
    for loudness in (1.0, 1e-3):
        after = noisy(noise("gaussian"), loudness * clips, level)
        hit = chosen(after, loudness * clips)
        added, clean = (after - loudness * clips)[hit], (loudness * clips)[hit]
        ratio = np.sqrt((added**2).mean(axis=1) / (clean**2).mean(axis=1))
        np.testing.assert_allclose(ratio, level, rtol=1e-6)


@pytest.mark.parametrize("part", ["random-drop", "structured-drop"])
@pytest.mark.parametrize("level", [0.1, 0.3, 0.9])
def test_the_share_lost_of_a_clip_is_the_level(clips, part, level):
    """The program drops single moments never (it fails), and by runs 81 % at level 0.3."""
    after = noisy(noise(part), clips, level)
    hit = after[chosen(after, clips)]
    length = 1 if part == "random-drop" else 10
    error = 4 * sqrt(level * (1 - level) * length / hit.size)
    assert level == pytest.approx((hit == 0).mean(), abs=error)
    assert set(np.unique(hit == clips[chosen(after, clips)])) == {False, True}


def test_runs_are_ten_samples_and_begin_anywhere(clips):
    after = noisy(noise("structured-drop"), clips, 0.05)
    lost = after[chosen(after, clips)] == 0
    starts, lengths = [], []
    for row in lost:
        edges = np.flatnonzero(np.diff(row.astype(int), prepend=0, append=0))
        for a, b in zip(edges[::2], edges[1::2], strict=True):
            if 0 < a and b < STEPS:
                starts.append(a % 10)
                lengths.append(b - a)
    assert {10} == {length for length in lengths if length % 10 or length == 10}
    assert set(range(10)) == set(starts)


def test_all_channels_lose_the_same_moments(clips):
    stereo = np.stack([clips[:40], -clips[:40]], axis=1)
    for part in ("random-drop", "structured-drop"):
        after = noise(part).batch(stereo, 0.5, samples=range(40))
        np.testing.assert_array_equal(after[:, 0] == 0, after[:, 1] == 0)


def test_a_joint_level_is_divided(clips):
    few = clips[:60]
    np.testing.assert_array_equal(noisy(noise(), few, 0.3), noisy(noise(divided_by=3.0), few, 0.9))


def test_bad_settings_are_named(clips):
    with pytest.raises(BadSetting, match="did you mean random-drop"):
        noise("random_drop")(clips[0], 0.5)
    with pytest.raises(BadSetting, match="at least one sample"):
        noise(run=0)(clips[0], 0.5)
