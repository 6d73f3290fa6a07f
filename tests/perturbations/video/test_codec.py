"""What a lost packet does to the frames that are predicted from it."""

from itertools import pairwise

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadSetting
from perturbations.video.codec import _lost
from tests.perturbations.video.test_frames import draw_for

RNG = np.random.default_rng(5)
CLIP = RNG.integers(60, 190, (30, 40, 24, 3), dtype=np.uint8)
"""Three rows of blocks of 16, the last one of 8."""


def apply(share, clip=CLIP, sample="s", **settings):
    noise = pt.get("video/codec-loss", **settings)
    return noise.apply(clip, dose={"share": share}, sample=sample)


def test_a_lost_packet_is_wrong_until_the_next_key_frame_and_no_longer():
    found = apply(0.15).value
    wrong = (found != CLIP).reshape(30, 5, 8, -1).any(axis=(2, 3))[:, ::2]
    assert not wrong[0].any()
    begun = 0
    for row in wrong.T:
        for time in range(1, 30):
            if row[time - 1] and time % 12:
                assert row[time], "an error ends without a key frame"
            begun += row[time] and not row[time - 1]
    assert begun > 0


def test_a_lost_difference_stays_missing():
    """One loss at time t, and later frames are off by x(t-1) - x(t)."""
    for i in range(60):
        found = apply(0.02, sample=f"s{i}", key_every=1000)
        error = found.value.astype(int) - CLIP
        rows = [error[:, :16], error[:, 16:32], error[:, 32:]]
        clean = [CLIP[:, :16], CLIP[:, 16:32], CLIP[:, 32:]]
        for off, here in zip(rows, clean, strict=True):
            wrong = np.flatnonzero(off.any(axis=(1, 2, 3)))
            if len(wrong):
                first = wrong[0]
                missed = here[first - 1].astype(int) - here[first]
                assert np.array_equal(missed, off[first])


def test_everything_lost_is_a_freeze_of_the_first_frame():
    assert (apply(1.0).value == CLIP[0]).all()


def test_with_key_frames_only_a_loss_shows_the_frame_before():
    found = apply(0.1, key_every=1).value
    for part in (slice(0, 16), slice(16, 32), slice(32, 40)):
        for time in range(1, 30):
            now = found[time, part]
            assert np.array_equal(now, CLIP[time, part]) or np.array_equal(
                now, found[time - 1, part]
            )


@pytest.mark.parametrize("burst", [None, 1.0, 4.0, 20.0])
def test_the_share_of_losses_is_the_declared_one(burst):
    lost = _lost(draw_for(pt.get("video/codec-loss")).row(0), 60_000, 0.1, burst)
    spread = np.sqrt(0.09 / 60_000 * 2 * (burst or 1))
    assert 0.1 == pytest.approx(lost.mean(), abs=4 * spread)


@pytest.mark.parametrize("burst", [4.0, 20.0])
def test_bursts_are_as_long_as_declared(burst):
    lost = _lost(draw_for(pt.get("video/codec-loss")).row(0), 60_000, 0.05, burst)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], lost.astype(int), [0]])))
    lengths = edges[1::2] - edges[::2]
    assert burst == pytest.approx(lengths.mean(), abs=4 * burst / np.sqrt(len(lengths)))


@pytest.mark.parametrize("burst", [None, 4.0])
def test_losses_of_a_mild_severity_are_losses_of_a_harsher_one(burst):
    draw = draw_for(pt.get("video/codec-loss")).row(0)
    masks = [
        _lost(draw, 3000, share, burst) for share in (0.01, 0.05, 0.2, 0.6, 0.74, 0.76, 0.95, 1)
    ]
    assert all((mild <= harsh).all() for mild, harsh in pairwise(masks))
    assert masks[-1].all()


def test_a_still_clip_shows_no_loss():
    still = np.repeat(CLIP[:1], 20, axis=0)
    found = apply(0.3, still)
    assert np.array_equal(still, found.value)
    assert found.report["share"] > 0.1
    assert 0 == found.report["wrong"]


@pytest.mark.parametrize("block", [1, 7, 16, 500])
def test_any_size_of_block_keeps_the_shape(block):
    assert CLIP.shape == apply(0.1, block=block).value.shape


def test_the_value_stays_in_range():
    flashes = np.zeros((9, 4, 4), np.float32)
    flashes[::2] = 1
    found = apply(0.5, flashes).value
    assert 0 <= found.min() <= found.max() <= 1


@pytest.mark.parametrize(
    "settings", [{"loss": "some"}, {"burst": 0.5}, {"block": 0}, {"key_every": 0}]
)
def test_bad_settings_are_named(settings):
    with pytest.raises(BadSetting, match=next(iter(settings))):
        apply(0.1, **settings)
