"""What a clip is, and what is refused."""

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadValue

CLIP = (np.arange(5 * 8 * 9 * 3) % 251).astype(np.uint8).reshape(5, 8, 9, 3)


def noisy(clip, name="video/gaussian-noise", severity=0.4, **facts):
    return pt.get(name)(clip, severity, sample="c", facts=facts)


def test_a_clip_of_16_bits_comes_back_in_16_bits():
    clip = CLIP.astype(np.uint16) * 257
    found = noisy(clip)
    assert (np.uint16, clip.shape) == (found.dtype, found.shape)
    assert (found % 257 != 0).any()


def test_alpha_is_left_alone_in_every_frame():
    clip = np.concatenate([CLIP, CLIP[..., :1] + 1], axis=-1)
    found = noisy(clip)
    assert np.array_equal(clip[..., 3], found[..., 3])
    assert not np.array_equal(clip[..., :3], found[..., :3])


def test_four_bands_are_noisy_when_it_is_said():
    clip = np.concatenate([CLIP, CLIP[..., :1]], axis=-1)
    assert (noisy(clip, channels="bands")[..., 3] != clip[..., 3]).any()


def test_channels_first_is_the_same_noise():
    last = noisy(CLIP)
    first = noisy(np.moveaxis(CLIP, -1, 1), layout="CHW")
    assert np.array_equal(last, np.moveaxis(first, 1, -1))


@pytest.mark.parametrize("name", ["video/gaussian-noise", "video/occlusion", "video/frame-drop"])
def test_a_stack_of_clips_equals_clip_by_clip(name):
    noise, clips = pt.get(name), np.stack([CLIP, CLIP[::-1], 255 - CLIP])
    stacked = noise.batch(clips, 0.8, samples="abc")
    for sample, clip, found in zip("abc", clips, stacked, strict=True):
        assert np.array_equal(noise(clip, 0.8, sample=sample), found)


def test_distance_counts_the_frames_that_changed():
    other = CLIP.copy()
    other[1, 0, 0, 0] = CLIP[1, 0, 0, 0] - 51
    found = pt.distance("video", CLIP, other)
    assert 1 / 5 == found["frames-changed"]
    assert 1 / CLIP.size == found["changed"]
    assert 0.2 / np.sqrt(CLIP.size) == pytest.approx(found["rmse"])


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.zeros((64, 64, 3), np.uint8), r"image\[None\]"),
        (np.zeros((3, 20, 64, 64), np.uint8), "moveaxis"),
        (np.zeros((9, 3, 64, 64), np.uint8), "CHW"),
        (np.zeros((2, 9, 8, 7, 3), np.uint8), "noise.batch"),
        (np.zeros((8, 8), np.uint8), "TxHxW"),
        (CLIP[:0], "at least one frame"),
        (CLIP.astype(np.float32), "divide it by 255"),
        ([CLIP[0]], "np.stack"),
    ],
)
def test_what_is_no_clip_is_said(value, words):
    with pytest.raises(BadValue, match=words):
        noisy(value)


def test_narrow_frames_and_many_bands_are_taken_when_it_is_said():
    assert noisy(np.zeros((64, 64, 3), np.uint8), channels="grey").shape == (64, 64, 3)
    assert noisy(np.zeros((3, 20, 32, 32), np.uint8), layout="HWC").shape == (3, 20, 32, 32)


def test_the_corpus_moves():
    clips = pt.modality("video").corpus(64)
    assert 64 == len(clips)
    assert all((clip[0] != clip[-1]).any() for clip in clips)
    assert {1, 3} == {1 if clip.ndim == 3 else clip.shape[3] for clip in clips}
