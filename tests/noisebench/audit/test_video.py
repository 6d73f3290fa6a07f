"""An audit of a classifier of clips: which way does a scanned digit move?"""

import functools

import numpy as np
import pytest

import noisebench as nb
from noisebench.errors import DataError

WAYS = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}
FRAMES, SIDE = 8, 20
NOISES = ["video/freeze", "video/reorder", "video/gaussian-noise", "video/dead-pixels"]


@functools.cache
def clips(n=60):
    from sklearn.datasets import load_digits

    scans = (load_digits().images[:n] / 16 * 255).astype(np.uint8)
    found = np.zeros((n, FRAMES, SIDE, SIDE), np.uint8)
    for i, scan in enumerate(scans):
        step = list(WAYS.values())[i % 4]
        for time in range(FRAMES):
            y, x = (6 + way * (time - FRAMES // 2) for way in step)
            found[i, time, y : y + 8, x : x + 8] = scan
    return found, [list(WAYS)[i % 4] for i in range(n)]


def direction(batch):
    """Say which way most pixels go from frame to frame."""
    clip = np.asarray(batch, dtype=np.float64)
    fits = [
        (np.roll(clip[:, :-1], way, axis=(2, 3)) * clip[:, 1:]).sum(axis=(1, 2, 3))
        for way in WAYS.values()
    ]
    return [list(WAYS)[k] for k in np.argmax(fits, axis=0)]


@pytest.fixture(scope="module")
def audit():
    values, targets = clips()
    data = nb.Dataset(
        {"clip": values}, targets, modalities={"clip": "video"}, facts={"clip": {"rate": 25}}
    )
    return nb.audit(direction, data, perturbations=NOISES, severities=[0.4, 1.0], bootstrap=200)


def test_shuffled_frames_cost_more_than_noisy_ones(audit):
    assert 1.0 == audit.clean.value
    assert audit["video/reorder"].estimate[-1] < 0.85
    assert audit["video/reorder"].estimate[-1] < audit["video/dead-pixels"].estimate[-1]
    assert not audit.failures
    assert not audit.skipped


def test_distortion_is_measured_in_frames(audit):
    found = audit.distortion["video/freeze"]
    assert {"psnr", "rmse", "changed", "frames-changed", "unchanged"} == set(found[1.0])
    assert 0 < found[0.4]["frames-changed"] < found[1.0]["frames-changed"] <= 0.5


@pytest.mark.slow
def test_the_gallery_shows_frames_side_by_side(audit, tmp_path):
    page = audit.report(tmp_path)
    text = (tmp_path / "report.html").read_text("utf-8")
    assert page
    assert 'class="strip"' in text
    assert "frames 1, 3, 6, 8 of 8, 20 × 20 px" in text


def test_a_stack_of_clips_is_taken_for_clips_where_there_is_no_doubt():
    coloured = np.zeros((2, 5, 32, 32, 3), np.uint8)
    assert {"seen": "video"} == nb.Dataset({"seen": coloured}, [0, 1]).modalities
    assert {"video": "video"} == nb.Dataset({"video": coloured[..., 0]}, [0, 1]).modalities
    with pytest.raises(DataError, match="its values fit several"):
        nb.Dataset({"seen": coloured[..., 0]}, [0, 1])


@pytest.mark.parametrize("shape", [(2, 32, 32, 3), (2, 3, 32, 32), (2, 8, 8), (2, 9, 9, 16)])
def test_images_are_still_taken_for_images(shape):
    assert {"seen": "image"} == nb.Dataset({"seen": np.zeros(shape, np.uint8)}, [0, 1]).modalities
