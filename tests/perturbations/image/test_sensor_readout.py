"""What rows and columns have in common, and what is seen later because it is read later."""

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadSetting

ROWS, COLUMNS, SKEW, FLICKER = (
    pt.get(f"image/{name}")
    for name in ("row-banding", "column-banding", "rolling-shutter-skew", "flicker")
)
ALL = (ROWS, COLUMNS, SKEW, FLICKER)


def flat(level, shape=(400, 500, 3), dtype=np.float64):
    return np.full(shape, level, dtype=dtype)


def test_row_means_have_the_declared_variance():
    sigma = 0.03
    means = np.concatenate(
        [ROWS(flat(0.5), dose={"sigma": sigma}, sample=s).mean(axis=(1, 2)) for s in range(10)]
    )
    # The variance of a variance estimate of n normal numbers is 2 sigma^4 / (n - 1).
    assert means.var() == pytest.approx(sigma**2, rel=4 * np.sqrt(2 / means.size))
    assert means.mean() == pytest.approx(0.5, abs=4 * sigma / np.sqrt(means.size))


def test_a_row_is_constant_and_rows_are_independent():
    noise = ROWS(flat(0.5), 0.6, sample="a") - 0.5
    assert np.ptp(noise, axis=(1, 2)).max() < 1e-7
    row = noise[:, 0, 0]
    assert abs(np.corrcoef(row[1:], row[:-1])[0, 1]) < 4 / np.sqrt(row.size)


def test_row_noise_is_new_in_every_frame():
    assert ROWS.frames == "independent"
    a, b = (ROWS(flat(0.5), 0.6, sample=s)[:, 0, 0] for s in "ab")
    assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(a.size)


def test_columns_belong_to_the_device():
    a, b = (COLUMNS(flat(0.5), 0.6, sample=s) - 0.5 for s in "ab")
    np.testing.assert_array_equal(a, b)
    assert np.ptp(a, axis=(0, 2)).max() < 1e-7
    other = COLUMNS(flat(0.5), 0.6, sample="a", seed=1) - 0.5
    assert abs(np.corrcoef(a[0, :, 0], other[0, :, 0])[0, 1]) < 4 / np.sqrt(500)
    narrow = COLUMNS(flat(0.5, (3, 40, 1)), 0.6, sample="c") - 0.5
    np.testing.assert_array_equal(narrow, a[:3, :40, :1])


def test_column_means_have_the_declared_variance():
    sigma = 0.03
    columns = COLUMNS(flat(0.5, (1, 8000)), dose={"sigma": sigma}, sample="a")
    assert columns.var() == pytest.approx(sigma**2, rel=4 * np.sqrt(2 / columns.size))


@pytest.mark.parametrize("noise", [ROWS, COLUMNS])
def test_banding_is_proportional_across_severities(noise):
    mild, harsh = (noise(flat(0.5), dose={"sigma": s}, sample="a") - 0.5 for s in (0.01, 0.04))
    np.testing.assert_allclose(harsh, 4 * mild, rtol=1e-5, atol=5e-7)


@pytest.mark.parametrize("noise", ALL)
def test_uint8_and_float_images_get_the_same_noise(noise):
    image = np.arange(64 * 64 * 3, dtype=np.uint8).reshape(64, 64, 3)
    for severity in (0.1, 0.5, 1.0):
        exact = noise(image / 255, severity, sample="a") * 255
        noisy = noise(image, severity, sample="a").astype(float)
        assert np.abs(noisy - exact).max() <= 0.5 + 1e-3


def centre(row):
    """Centre of gravity of a bright line on black."""
    return (np.arange(row.size) * row).sum() / row.sum()


@pytest.mark.parametrize("skew", [1.0, 5.5, 20.0])
def test_an_upright_line_leans_with_the_declared_slope(skew):
    image = np.zeros((101, 121, 3))
    image[:, 59:62] = 1
    noisy = SKEW.apply(image, dose={"skew": skew}, sample="a")
    found = [centre(row) for row in noisy.value[..., 1]]
    slope, top = np.polyfit(np.arange(101), found, 1)
    assert top == pytest.approx(60, abs=1e-9)
    assert slope == pytest.approx(noisy.report["skew, px"] / 100, abs=1e-9)
    assert abs(noisy.report["skew, px"]) == skew
    np.testing.assert_array_equal(noisy.value[0], image[0])


def test_both_directions_are_drawn():
    signs = [
        SKEW.apply(flat(0.5, (4, 4)), 0.4, sample=i).report["skew, px"] > 0 for i in range(100)
    ]
    assert 30 < sum(signs) < 70


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("sample", range(4))
def test_skew_is_linear_interpolation_with_the_edge_pixel_repeated(dtype, sample):
    rng = np.random.default_rng(sample)
    image = rng.random((9, 12, 3))
    image = np.rint(image * 255).astype(np.uint8) if dtype == np.uint8 else image.astype(dtype)
    noisy = SKEW.apply(image, dose={"skew": 30.0}, sample=sample)
    for row in range(9):
        from_where = np.arange(12) - noisy.report["skew, px"] * row / 8
        for channel in range(3):
            wanted = np.interp(from_where, np.arange(12), image[row, :, channel])
            error = np.abs(noisy.value[row, :, channel] - wanted).max()
            assert error <= (0.5 + 1e-9 if dtype == np.uint8 else 1e-6)


def test_skew_tells_where_places_went():
    image = np.zeros((101, 121))
    image[80, 60] = 1
    noisy = SKEW.apply(image, dose={"skew": 10.0}, sample="a")
    ((x, y),) = noisy.mapping.points([[60, 80]])
    assert y == 80
    assert x == pytest.approx(centre(noisy.value[80]))


def brightest(frame, lamp=100.0, readout=30.0):
    """Fit a sinusoid in row time to the light on each row: depth, phase, residual."""
    light = (frame[:, 0, 0] / 0.5) ** 2.2
    angle = 2 * np.pi * lamp * readout / 1000 * np.arange(len(light)) / len(light)
    parts = np.stack([np.ones_like(angle), np.sin(angle), np.cos(angle)], axis=1)
    fit, *_ = np.linalg.lstsq(parts, light, rcond=None)
    return np.hypot(*fit[1:]) / fit[0], np.arctan2(fit[2], fit[1]), light - parts @ fit


@pytest.mark.parametrize("depth", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("lamp", [100.0, 120.0, 50.0])
def test_flicker_has_the_declared_depth_and_period_in_light(depth, lamp):
    frame = FLICKER.with_settings(lamp=lamp)(flat(0.5), dose={"depth": depth}, sample="a")
    found, _, residual = brightest(frame, lamp)
    assert found == pytest.approx(depth, rel=1e-5)
    assert np.abs(residual).max() < 1e-5
    assert np.ptp(frame, axis=(1, 2)).max() < 1e-7


def test_full_modulation_reaches_black_and_keeps_it_defined():
    frame = FLICKER(flat(0.5), dose={"depth": 1.0}, sample="a")
    assert np.isfinite(frame).all()
    assert frame.min() < 0.03


def test_bands_wander_with_time_and_start_as_in_a_still():
    assert FLICKER.frames == "moving"
    still = FLICKER(flat(0.5), 0.6, sample="a")
    frames = [FLICKER(flat(0.5), 0.6, sample="a", facts={"time": float(t)}) for t in range(4)]
    np.testing.assert_array_equal(frames[0], still)
    phases = np.unwrap([brightest(frame)[1] for frame in frames])
    # 100 flickers a second at 30 frames a second: three and a third a frame.
    np.testing.assert_allclose(np.diff(phases), 2 * np.pi / 3, atol=1e-4)
    np.testing.assert_allclose(frames[3], still, atol=1e-5)


def test_a_lamp_in_step_with_the_frames_stands_still():
    locked = FLICKER.with_settings(lamp=90.0)
    a, b = (locked(flat(0.5), 0.6, sample="a", facts={"time": t}) for t in (0.0, 7.0))
    np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize(
    "setting", [{"lamp": -1.0}, {"readout": float("nan")}, {"fps": 0.0}, {"lamp": float("inf")}]
)
def test_impossible_times_are_refused(setting):
    with pytest.raises(BadSetting, match=next(iter(setting))):
        FLICKER.with_settings(**setting)(flat(0.5, (2, 2)), 0.5, sample="a")


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
def test_distortion_grows_on_a_photograph(noise, photograph):
    found = [
        np.mean(
            [
                pt.distance("image", photograph, noise(photograph, s, sample=i))["psnr"]
                for i in range(3)
            ]
        )
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
