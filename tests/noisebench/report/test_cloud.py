"""A point cloud is drawn as two views; what is new and what is gone have their own colours."""

import base64

import numpy as np
import pytest

from noisebench.report import _cloud, _gallery
from tests.noisebench.report.test_picture import decoded

CLOUD = np.random.default_rng(0).normal(size=(400, 3))
SCAN = np.concatenate([CLOUD * 20, CLOUD[:, :2]], axis=1).astype(np.float32)
FACTS = {"sensor": (0.0, 0.0, 0.0)}


def drawn(clean, noisy, facts=None):
    figure = _gallery.figure("pointcloud", clean, noisy, "x", facts or {})
    assert "strip" == figure.form
    return figure, decoded(base64.b64decode(figure.png), 4)


def colours(pixels):
    return {tuple(row) for row in pixels.reshape(-1, 4).tolist() if row[3]}


def test_a_clean_cloud_is_two_views_in_one_colour():
    figure, pixels = drawn(None, CLOUD)
    assert (_cloud.SIDE, 2 * _cloud.SIDE + _cloud.GAP) == (figure.height, figure.width)
    assert {_cloud._STAYED} == colours(pixels)
    assert "400 points" == figure.note
    left, right = pixels[:, : _cloud.SIDE], pixels[:, -_cloud.SIDE :]
    assert not np.array_equal(left, right)
    for view in (left, right):
        rows, columns = np.nonzero(view[..., 3])
        assert max(np.ptp(rows), np.ptp(columns)) > 0.75 * _cloud.SIDE


def test_lost_points_are_grey_and_added_ones_orange():
    figure, pixels = drawn(CLOUD, np.concatenate([CLOUD[:300], CLOUD[:5] * 0.3]))
    assert {_cloud._STAYED, _cloud._NEW, _cloud._GONE} == colours(pixels)
    assert figure.note.startswith("305 points, 5 new or moved (orange), 100 gone")


def test_where_all_points_moved_it_says_so():
    figure, pixels = drawn(CLOUD, CLOUD + 0.01)
    assert "400 points, all of them moved (orange)" == figure.note
    assert _cloud._STAYED not in colours(pixels)


def test_a_scan_is_seen_from_above():
    """Of points in a plane through the sensor the first view shows nothing of the height."""
    upright = np.array([[5.0, 1.0, z] for z in np.linspace(-9, 9, 50)])
    flat = np.array([[x, 1.0, 0.0] for x in np.linspace(-9, 9, 50)])
    _, pixels = drawn(None, np.concatenate([upright, flat]), FACTS)
    rows, columns = np.nonzero(pixels[:, : _cloud.SIDE, 3])
    assert np.ptp(rows) < 5
    assert np.ptp(columns) > 50


def test_the_frame_is_the_clean_clouds():
    """A cloud that grew leaves the frame; the clean one underneath stays where it was."""
    _, clean = drawn(None, CLOUD)
    _, large = drawn(CLOUD, CLOUD * 3)
    ours, theirs = (each[..., 3] == _cloud._GONE[3] for each in (large, large))
    shadow = ours | (large[..., :3] == _cloud._NEW[:3]).all(axis=2)
    assert theirs.any()
    assert (clean[..., 3] > 0)[~shadow].sum() == 0


@pytest.mark.parametrize(
    ("clean", "noisy", "words"),
    [
        (CLOUD, CLOUD[:0], "0 points, 400 gone"),
        (None, CLOUD[:0], "no points"),
        (CLOUD[:0], CLOUD[:0], "no points"),
        (CLOUD, np.zeros(3), "not a point cloud"),
        (None, "text", "not a point cloud"),
        (None, np.zeros((5, 3)), "5 points"),
        (None, np.zeros((1, 3)), "1 points"),
    ],
)
@pytest.mark.parametrize("facts", [{}, FACTS])
def test_anything_is_drawn_or_said(clean, noisy, words, facts):
    assert words in _gallery.figure("pointcloud", clean, noisy, "x", facts).note


def test_a_scan_of_many_points_is_a_small_picture():
    many = np.random.default_rng(0).normal(size=(200_000, 4)).astype(np.float32) * 30
    figure = _gallery.figure("pointcloud", many, many[::2], "x", FACTS)
    assert len(figure.png) < 40_000


def test_other_columns_are_of_no_account():
    dim = SCAN * [1, 1, 1, 0.5, 1]
    assert "400 points" == _gallery.figure("pointcloud", SCAN, dim.astype(np.float32), "x").note
