"""Fixed patterns belong to one device, and have the distribution that they are declared to have."""

import numpy as np
import pytest

import perturbations as pt
from perturbations.image.sensor import _device

PRNU, DSNU, HOT, DEAD, STUCK = (
    pt.get(f"image/{name}")
    for name in ("prnu", "dsnu", "hot-pixels", "dead-pixels", "stuck-pixels")
)
GRAINS, DEFECTS = (PRNU, DSNU), (HOT, DEAD, STUCK)
ALL = GRAINS + DEFECTS
DTYPES = [np.uint8, np.float32, np.float64]


def flat(level, shape=(120, 150, 3), dtype=np.float64):
    return np.full(shape, level, dtype=dtype)


def correlation(a, b):
    return np.corrcoef(a.ravel(), b.ravel())[0, 1]


def grain(noise, level=0.5, **given):
    image = flat(level)
    return noise(image, 0.4, **({"sample": "a"} | given)) - image


@pytest.mark.parametrize("noise", ALL)
def test_every_sample_of_a_run_has_the_same_pattern(noise):
    assert noise.scope == "device"
    assert noise.frames == "fixed"
    np.testing.assert_array_equal(grain(noise, sample="a"), grain(noise, sample="b"))
    batch = noise.batch([flat(0.5)] * 3, 0.4, samples=["a", "b", "c"])
    np.testing.assert_array_equal(batch[2] - 0.5, grain(noise))


@pytest.mark.parametrize("noise", ALL)
@pytest.mark.parametrize("other", [{"seed": 1}, {"replicate": 1}, {"input": "thermal"}])
def test_another_device_has_another_pattern(noise, other):
    bound = 4 / np.sqrt(flat(0).size)
    assert abs(correlation(grain(noise), grain(noise, **other))) < bound + 0.01


@pytest.mark.parametrize("noise", GRAINS)
def test_a_grain_correlates_one_within_a_device_whatever_the_picture(noise):
    first, second = (grain(noise, level) for level in (0.3, 0.6))
    assert correlation(first, second) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("noise", ALL)
def test_images_of_other_sizes_share_the_pattern_where_they_overlap(noise):
    whole = noise(flat(0.5), 0.8, sample="a")
    for shape in ((60, 150, 3), (120, 40, 3), (1, 1, 3), (7, 149, 1)):
        part = noise(flat(0.5, shape), 0.8, sample="b")
        np.testing.assert_array_equal(part, whole[: shape[0], : shape[1], : shape[2]])


@pytest.mark.parametrize("noise", ALL)
def test_a_pattern_made_in_blocks_and_not_kept_is_the_same(noise, monkeypatch):
    whole = noise(flat(0.5), 0.8, sample="a")
    monkeypatch.setattr(_device, "_KEPT", 0)
    monkeypatch.setattr(_device, "_BLOCK", 1000)
    np.testing.assert_array_equal(noise(flat(0.5), 0.8, sample="a"), whole)


def test_prnu_grows_with_the_signal_and_dsnu_does_not():
    for level in (0.1, 0.2, 0.4):
        gain, offset = (
            noise(flat(level), dose=dose, sample="a") - level
            for noise, dose in ((PRNU, {"spread": 0.1}), (DSNU, {"sigma": 0.02}))
        )
        assert gain.std() == pytest.approx(0.1 * level, rel=0.02)
        assert offset.std() == pytest.approx(0.02, rel=0.02)
        assert abs(gain.mean()) < 4 * 0.1 * level / np.sqrt(gain.size)
        assert abs(offset.mean()) < 4 * 0.02 / np.sqrt(offset.size)


def test_grain_is_normal():
    z = (DSNU(flat(0.5), dose={"sigma": 0.05}, sample="a") - 0.5) / 0.05
    assert (z**3).mean() == pytest.approx(0, abs=4 * np.sqrt(15 / z.size))
    assert (z**4).mean() == pytest.approx(3, abs=4 * np.sqrt(96 / z.size))


@pytest.mark.parametrize("noise", GRAINS)
def test_grain_is_independent_between_photosites_and_channels(noise):
    z = grain(noise)
    bound = 4 / np.sqrt(z.size / 3)
    for other in (np.roll(z, 1, 0), np.roll(z, 1, 1), np.roll(z, 1, 2)):
        assert abs(correlation(z, other)) < bound


@pytest.mark.parametrize("noise", GRAINS)
def test_grain_is_proportional_across_severities(noise):
    first = next(iter(noise.ladders))
    mild, harsh = (noise(flat(0.5), dose={first: d}, sample="a") - 0.5 for d in (0.01, 0.04))
    np.testing.assert_allclose(harsh, 4 * mild, rtol=1e-5, atol=5e-7)


def test_black_stays_black_under_prnu_and_brightens_under_dsnu():
    black = flat(0.0, dtype=np.float64)
    assert not PRNU(black, 1.0, sample="a").any()
    # Half of the normal numbers are cut off at black: the mean is sigma / sqrt(2 pi).
    raised = DSNU(black, dose={"sigma": 0.04}, sample="a").mean()
    assert raised == pytest.approx(0.04 / np.sqrt(2 * np.pi), rel=0.02)


@pytest.mark.parametrize("noise", ALL)
def test_uint8_and_float_images_get_the_same_noise(noise):
    image = np.arange(64 * 64 * 3, dtype=np.uint8).reshape(64, 64, 3)
    for severity in (0.1, 0.5, 1.0):
        exact = noise(image / 255, severity, sample="a") * 255
        noisy = noise(image, severity, sample="a").astype(float)
        assert np.abs(noisy - exact).max() <= 0.5 + 1e-3


@pytest.mark.parametrize("noise", DEFECTS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("share", [0.003, 0.1, 0.5])
def test_the_declared_share_of_photosites_is_defective(noise, dtype, share):
    image = flat(100 if dtype == np.uint8 else 0.4, dtype=dtype)
    noisy = noise.apply(image, dose={"share": share}, sample="a")
    hit = int((noisy.value != image).sum())
    error = 4 * np.sqrt(share * (1 - share) * image.size)
    assert noisy.report["photosites"] == pytest.approx(share * image.size, abs=error)
    # A few defects are too weak to be seen: a faint charge, a level that is right by chance.
    assert 0.98 * noisy.report["photosites"] <= hit <= noisy.report["photosites"]


@pytest.mark.parametrize("noise", DEFECTS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_defects_of_a_mild_severity_stay_as_they_are(noise, dtype):
    image = flat(100 if dtype == np.uint8 else 0.4, dtype=dtype)
    before = image
    for severity in (0.1, 0.2, 0.5, 0.9, 1.0):
        after = noise(image, severity, sample="a")
        hit = before != image
        np.testing.assert_array_equal(after[hit], before[hit])
        before = after


@pytest.mark.parametrize("noise", DEFECTS)
def test_a_defect_is_in_one_channel_of_a_pixel(noise):
    hit = noise(flat(0.4), dose={"share": 0.1}, sample="a") != 0.4
    assert (hit[..., 0] & hit[..., 1]).mean() == pytest.approx(0.01, abs=0.003)


def test_dead_photosites_are_black_hot_ones_brighter_stuck_ones_anything():
    image = flat(0.4)
    dead, hot, stuck = (
        noise(image, dose={"share": 0.3}, sample="a") for noise in (DEAD, HOT, STUCK)
    )
    assert set(np.unique(dead)) == {0.0, 0.4}
    assert hot.min() == pytest.approx(0.4)
    levels = stuck[stuck != 0.4]
    assert levels.mean() == pytest.approx(0.5, abs=0.015)
    assert levels.var() == pytest.approx(1 / 12, rel=0.03)


def test_charges_of_hot_photosites_are_exponential():
    lit = HOT(flat(0.0, dtype=np.float64), dose={"share": 1.0}, sample="a")
    assert (lit == 1).mean() == pytest.approx(np.exp(-2), abs=0.006)
    assert np.median(lit) == pytest.approx(0.5 * np.log(2), rel=0.03)


def test_stuck_photosites_show_the_same_level_in_every_picture():
    first, second = (
        STUCK(flat(level), dose={"share": 0.2}, sample=str(level)) for level in (0.25, 0.75)
    )
    hit = first != 0.25
    np.testing.assert_array_equal(first[hit], second[hit])


def test_every_photosite_is_dead_at_share_one():
    assert not DEAD(flat(200, dtype=np.uint8), dose={"share": 1.0}, sample="a").any()


@pytest.mark.parametrize("noise", ALL)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1, 3), (6, 7, 1), (6, 7, 5)])
def test_any_shape_and_depth(noise, shape):
    for dtype, white in ((np.uint8, 255), (np.uint16, 65535), (np.float32, 1)):
        for level in (0, white):
            noisy = noise(np.full(shape, level, dtype), 1.0, sample="a")
            assert noisy.shape == shape
            assert noisy.dtype == dtype
            assert noisy.max() <= white


@pytest.mark.parametrize("noise", ALL)
def test_sixteen_bits_are_finer_than_eight(noise):
    image = np.full((30, 30, 3), 32768, dtype=np.uint16)
    noisy = noise(image, 0.6, sample="a")
    exact = noise(image / 65535, 0.6, sample="a") * 65535
    assert np.abs(noisy - exact).max() < 0.52


@pytest.mark.parametrize("noise", ALL)
def test_distortion_grows_on_a_photograph(noise, photograph):
    found = [
        pt.distance("image", photograph, noise(photograph, s, sample="a"))["psnr"]
        for s in (0.05, 0.2, 0.4, 0.6, 0.8, 1.0)
    ]
    assert np.all(np.diff(found) < 0)


@pytest.fixture
def photograph():
    from perturbations.image._modality import _photo

    photo = _photo("china.jpg")
    if photo is None:
        pytest.skip("no decoder for photographs is installed")
    return np.ascontiguousarray(photo[100:324, 200:424])
