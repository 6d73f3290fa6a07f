"""Dirt and drops: how much they cover, what they do to the light, that they stay."""

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadSetting

DIRT, DROPS = pt.get("image/lens-dirt"), pt.get("image/water-drops")


def test_dirt_hides_a_share_of_the_level():
    image = np.random.default_rng(0).random((90, 120, 3)) * 0.5 + 0.5
    weak, strong = (DIRT(image, dose={"opacity": a}, sample="a") for a in (0.2, 0.8))
    lost = 1 - weak / image
    assert lost.max() == pytest.approx(0.2, rel=0.05)
    np.testing.assert_allclose(1 - strong / image, 4 * lost, atol=1e-9)
    np.testing.assert_allclose(lost[..., 0], lost[..., 2], atol=1e-12)


def test_the_report_says_how_much_is_dirty():
    white = np.ones((150, 150))
    noisy = DIRT.apply(white, dose={"opacity": 1.0}, sample="a")
    assert noisy.report["share"] == pytest.approx((noisy.value < 0.9).mean())
    # 16 disks whose mean squared radius is (1.5 % to 6 %)^2 cover 7.9 %, less where they meet or hang over the border.
    shares = [DIRT.apply(white, dose={"opacity": 1.0}, sample=i).report["share"] for i in range(40)]
    assert 0.05 < np.mean(shares) < 0.1


def test_more_specks_hide_more_and_keep_their_places():
    white, dose = np.ones((80, 80)), {"opacity": 0.5}
    few, many = (DIRT.with_settings(specks=n)(white, dose=dose, sample="a") for n in (4, 40))
    assert (many <= few + 1e-12).all()
    assert many.sum() < few.sum()
    with pytest.raises(BadSetting, match="specks"):
        DIRT.with_settings(specks=0)(white, 0.5, sample="a")


@pytest.mark.parametrize("share", [0.05, 0.2, 0.4])
def test_drops_cover_the_declared_share(share):
    image = np.random.default_rng(0).random((150, 200, 3))
    realised = []
    for i in range(20):
        noisy = DROPS.apply(image, dose={"share": share}, sample=i)
        changed = (noisy.value != image).any(axis=-1).mean()
        assert changed == pytest.approx(noisy.report["share"], abs=1e-3)
        realised.append(noisy.report["share"])
    # The next whole drop would be too much; a drop covers 0.3 % of the frame in the mean.
    assert max(realised) <= share
    assert np.mean(realised) == pytest.approx(share, abs=0.008)


def test_the_drops_of_a_mild_severity_stay():
    image = np.random.default_rng(0).random((60, 80, 3))
    mild, harsh = (DROPS(image, s, sample="a") for s in (0.3, 0.9))
    wet = (mild != image).any(axis=-1)
    np.testing.assert_array_equal(mild[wet], harsh[wet])
    assert (harsh != image).any(axis=-1).sum() > wet.sum() > 0


def test_a_drop_shows_the_scene_upside_down_and_three_times_as_wide():
    y, x = np.mgrid[:300, :300] / 300
    image = np.stack([0.25 + 0.5 * x, 0.25 + 0.5 * y, np.full_like(x, 0.5)], axis=-1)
    noisy = DROPS(image, dose={"share": 0.05}, sample="c")
    wet = noisy[..., 2] != 0.5
    wet[:, :-1] &= wet[:, 1:]
    # The blue channel is even, so it shows the rim's shading; without it, slopes are -3 times the scene's.
    shade = noisy[..., 2] / 0.5
    bare = noisy[..., 0] / shade
    slope = np.diff(bare, axis=1) * 600
    inner = wet[:, :-1] & wet[:, 1:] & (shade[:, :-1] > 0.7) & (shade[:, 1:] > 0.7)
    assert inner.sum() > 200
    assert np.median(slope[inner]) == pytest.approx(-3, abs=0.1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (30, 1, 3), (9, 9, 6)])
@pytest.mark.parametrize("noise", [DIRT, DROPS])
def test_small_frames_are_defined(noise, shape):
    image = np.full(shape, 200, np.uint8)
    noisy = noise(image, 1.0, sample="a")
    assert noisy.shape == shape
    assert noisy.max() <= 200


def test_large_frames_are_defined():
    image = np.zeros((400, 500), np.uint8)
    image[:, 250:] = 200
    noisy = DROPS.apply(image, dose={"share": 0.4}, sample="a")
    assert noisy.report["share"] * image.size > 32767
    assert noisy.value.max() == 200
