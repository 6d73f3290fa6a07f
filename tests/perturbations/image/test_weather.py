"""Fog, haze, snow and rain: closed forms, nesting, and how they move with time."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.ndimage import zoom
from scipy.stats import norm

import perturbations as pt
from perturbations import Draw
from perturbations.errors import BadSetting
from perturbations.image.weather.fog import _cloud, _published_fog
from perturbations.image.weather.rain import _streaks
from perturbations.image.weather.snow import _add_flakes, _magnified, _published_snow

pytest.importorskip("albumentations", reason="weather needs the extra image")
FOG, HAZE, SNOW, RAIN = (pt.get(f"image/{n}") for n in ("fog", "haze", "snow", "rain"))
MOVING = [FOG, SNOW, RAIN]
IMAGE = np.random.default_rng(0).integers(0, 256, (60, 48, 3)).astype(np.uint8)
DRAW = Draw(np.array(5, dtype=np.uint64), 1)


def shift_between(before, after):
    """Return the (down, right) by which a periodic picture moved: the peak of the cross-correlation."""
    spectrum = np.fft.fft2(after - after.mean()) * np.conj(np.fft.fft2(before - before.mean()))
    peak = np.unravel_index(np.fft.ifft2(spectrum).real.argmax(), before.shape)
    return tuple((p + n // 2) % n - n // 2 for p, n in zip(peak, before.shape, strict=True))


# Haze


@pytest.mark.parametrize("depth", [0.1, 0.9, 3.0])
def test_haze_is_koschmieders_law(depth):
    t = math.exp(-depth)
    wanted = IMAGE / 255 * t + 0.85 * (1 - t)
    np.testing.assert_allclose(HAZE(IMAGE / 255, dose={"depth": depth}), wanted, atol=1e-12)
    assert np.abs(HAZE(IMAGE, dose={"depth": depth}) - 255 * wanted).max() < 0.501


def test_depths_of_haze_add_up():
    x = IMAGE / 255
    twice = HAZE(HAZE(x, dose={"depth": 0.4}), dose={"depth": 0.5})
    np.testing.assert_allclose(twice, HAZE(x, dose={"depth": 0.9}), atol=1e-12)


def test_an_airlight_beyond_full_scale_is_refused():
    with pytest.raises(BadSetting, match="airlight"):
        pt.get("image/haze", airlight=1.5)(IMAGE, 0.6)


# Fog


def test_a_cloud_spans_the_whole_scale_and_wraps_around():
    cloud = _cloud(DRAW, 64, 64, 1.7, 0.0)
    assert (cloud.min(), cloud.max()) == (0, 1)
    step = np.abs(np.diff(cloud, axis=0)).mean()
    assert np.abs(cloud[0] - cloud[-1]).mean() < 3 * step


def test_a_smaller_decay_is_a_rougher_cloud():
    steps = [np.abs(np.diff(_cloud(DRAW, 256, 256, d, 0.0))).mean() for d in (3.0, 2.0, 1.4)]
    assert steps[0] < steps[1] < steps[2]


@pytest.mark.parametrize("amplitude", [1.5, 3.0])
def test_fog_is_the_published_formula(amplitude):
    x = IMAGE / 255
    cloud = _cloud(DRAW, 60, 48, 1.7, 0.0)[..., None]
    wanted = (x + amplitude * cloud) * x.max() / (x.max() + amplitude)
    np.testing.assert_allclose(_published_fog(x, DRAW, amplitude, 1.7), wanted, atol=1e-6)
    assert np.abs(_published_fog(IMAGE, DRAW, amplitude, 1.7) - 255 * wanted).max() < 0.51


def test_fog_lifts_a_dark_scene_and_keeps_its_brightest_value_as_the_limit():
    dark = np.full((64, 64), 0.1)
    dark[0, 0] = 0.9
    means = [FOG(dark, dose={"amplitude": a, "decay": 1.7}, sample="a").mean() for a in (0.5, 2, 3)]
    assert 0.1 < means[0] < means[1] < means[2] < 0.9
    assert FOG(dark, 1.0, sample="a").max() <= 0.9 + 1e-6


def test_frames_larger_than_the_largest_cloud_get_it_magnified():
    noisy = FOG(np.zeros((2, 2100), np.uint8) + np.uint8(200), 0.6, sample="a")
    assert noisy.shape == (2, 2100)
    assert noisy.std() > 1


def test_a_drifting_cloud_is_the_cloud_further_on():
    still = np.asarray(_cloud(DRAW, 128, 128, 1.5, 0.0))
    moved = np.asarray(_cloud(DRAW, 128, 128, 1.5, 12.0))
    assert math.hypot(*shift_between(still, moved)) == pytest.approx(12, abs=0.8)


# Snow


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_the_share_of_flake_cells_is_the_dose(share):
    grid = np.arange(200.0)
    flakes = np.zeros((200, 200), np.float32)
    mean = 0.5 + 0.3 * norm.ppf(share)
    _add_flakes(DRAW, "near", (200, 200), grid, grid, (mean, 0.3, 0.5), flakes)
    assert (flakes > 0).mean() == pytest.approx(share, abs=4 * math.sqrt(share / 40_000))
    assert flakes[flakes > 0].min() >= 0.5
    assert flakes.max() <= 1


def test_flakes_of_a_mild_severity_grow():
    black = np.zeros((64, 64))
    fallen = [SNOW(black, dose={"flakes": f, "kept": 1.0}, sample="a") for f in (0.05, 0.1, 0.3)]
    for mild, harsh in pairwise(fallen):
        assert (harsh >= mild - 1e-6).all()
        assert (harsh > 0).mean() > (mild > 0).mean()


def test_without_flakes_snow_bleaches_as_published():
    x = IMAGE / 255
    grey = (x @ [0.299, 0.587, 0.114])[..., None]
    wanted = np.clip(0.7 * x + 0.3 * np.maximum(x, 1.5 * grey + 0.5), 0, 1)
    dose = {"flakes": 0.0, "kept": 0.7}
    np.testing.assert_allclose(SNOW(x, dose=dose, sample="a"), wanted, atol=1e-6)
    assert np.abs(SNOW(IMAGE, dose=dose, sample="a") - 255 * wanted).max() < 0.51


@pytest.mark.parametrize("channels", [1, 3, 5])
@pytest.mark.parametrize("noise", MOVING)
def test_eight_bits_are_the_rounded_floating_point(noise, channels):
    image = np.random.default_rng(4).integers(0, 256, (40, 30, channels)).astype(np.uint8)
    exact = noise(image / 255, 0.6, sample="a")
    assert np.abs(noise(image, 0.6, sample="a") - 255 * exact).max() < 0.52


LEVELS = [
    (0.1, 0.3, 3, 0.5, 10, 4, 0.8),
    (0.2, 0.3, 2, 0.5, 12, 4, 0.7),
    (0.55, 0.3, 4, 0.9, 12, 8, 0.7),
    (0.55, 0.3, 4.5, 0.85, 12, 8, 0.65),
    (0.55, 0.3, 2.5, 0.85, 12, 12, 0.55),
]


@pytest.mark.parametrize("level", LEVELS)
def test_published_snow_is_symmetric_under_a_half_turn(level):
    black = np.zeros((96, 80, 3))
    noisy = _published_snow(black, DRAW, *level)
    added = noisy[..., 0] - (1 - level[-1]) * 0.5
    np.testing.assert_allclose(added, added[::-1, ::-1], atol=1e-6)
    assert 0 <= added.min() < added.max() <= 1


@pytest.mark.parametrize(("side", "factor"), [(64, 4.5), (224, 2.5), (32, 1.75), (32, 1), (2, 3)])
def test_published_flakes_are_the_middle_of_a_linear_zoom(side, factor):
    cells, places = _magnified(side, factor)
    grown = zoom(np.arange(cells, dtype=float), factor, order=1)
    trim = (len(grown) - side) // 2
    np.testing.assert_allclose(places, grown[trim : trim + side], atol=1e-9)


def test_the_mean_of_published_snow_is_that_of_its_flakes():
    level = (0.2, 0.3, 1.0, 0.5, 12, 4, 1.0)
    noisy = [
        _published_snow(np.zeros((90, 90, 3)), Draw(np.array(k, np.uint64), 1), *level)
        for k in range(6)
    ]
    x = np.linspace(0.5, 2.5, 20_001)
    # Twice, for the layer and its half turn; cut off at full scale first.
    wanted = 2 * np.trapezoid(np.minimum(x, 1) * norm.pdf(x, 0.2, 0.3), x)
    assert np.mean(noisy) == pytest.approx(wanted, rel=0.04)


# Rain


def test_streaks_of_a_mild_severity_stay():
    mild = _streaks(DRAW, (100, 80), 15, 10, 0.0)
    harsh = _streaks(DRAW, (100, 80), 60, 20, 0.0)
    assert (harsh >= mild).all()
    assert 0 < (mild > 0).mean() < (harsh > 0).mean() < 1
    assert harsh.max() <= 0.6


def test_the_length_of_streaks_is_the_dose():
    shape, drops, length = (200, 200), 20, 16.0
    draws = [Draw(np.array(k, np.uint64), 1) for k in range(20)]
    opacity = np.mean([_streaks(draw, shape, drops, length, 0.0) for draw in draws])
    # Each row of a streak spreads an opacity of 0.7 x 0.6 over two pixels; a few of them coincide.
    wanted = drops / 10_000 * length * 0.7 * 0.6
    assert 0.9 * wanted < opacity < 1.03 * wanted


def test_rain_is_bright_before_the_dark_and_gone_before_the_sky():
    assert RAIN(np.zeros((64, 64)), 1.0, sample="a").mean() > 0.1
    dose = {"drops": 100, "length": 20, "veil": 0.0}
    sky = np.full((64, 64), 0.85)
    np.testing.assert_allclose(RAIN(sky, dose=dose, sample="a"), sky, atol=1e-6)


# Time


@pytest.mark.parametrize("noise", MOVING)
def test_the_first_frame_is_the_still_image_and_the_next_is_not(noise):
    still = noise(IMAGE, 0.6, sample="a")
    np.testing.assert_array_equal(noise(IMAGE, 0.6, sample="a", facts={"time": 0.0}), still)
    later = noise(IMAGE, 0.6, sample="a", facts={"time": 2.0})
    assert not np.array_equal(later, still)


def test_rain_falls_at_its_speed_along_its_slant():
    black = np.zeros((192, 192))
    dose = {"drops": 30, "length": 14, "veil": 0.0}
    frames = [RAIN(black, dose=dose, sample="a", facts={"time": t}) for t in (0.0, 1.0)]
    down, right = shift_between(*frames)
    assert down == 24
    assert abs(right) <= 24 * math.tan(math.radians(20)) + 1


def test_snow_falls_at_its_speed():
    black = np.zeros((96, 96))
    dose = {"flakes": 0.1, "kept": 1.0}
    ways = set()
    for sample in range(8):
        frames = [SNOW(black, dose=dose, sample=sample, facts={"time": t}) for t in (0.0, 2.0)]
        down, right = shift_between(*frames)
        assert down >= abs(right) - 1
        ways.add(round(math.hypot(down, right) / 6))
    # Far flakes fall half as fast as near ones; either may give the peak.
    assert ways == {1, 2}


@pytest.mark.parametrize("noise", [*MOVING, HAZE])
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (2, 3, 3), (5, 1, 4), (4, 6, 5)])
def test_small_and_odd_images_are_defined(noise, shape):
    image = np.random.default_rng(2).integers(0, 256, shape).astype(np.uint8)
    noisy = noise(image, 1.0, sample="a")
    assert (noisy.shape, noisy.dtype) == (image.shape, image.dtype)
    for kind in (np.float32, np.float64):
        assert noise((image / 255).astype(kind), 1.0, sample="a").dtype == kind


@pytest.mark.parametrize("name", ["fog", "haze", "snow", "rain", "frost", "spatter"])
def test_sixteen_bits_and_channels_first_get_the_same_weather(name):
    noise = pt.get(f"image/{name}")
    exact = noise(IMAGE / 255, 0.6, sample="a")
    wide = noise(IMAGE.astype(np.uint16) * 257, 0.6, sample="a")
    assert wide.dtype == np.uint16
    # Single precision may put a pixel of an outline or a threshold elsewhere.
    assert np.quantile(np.abs(wide / 65535 - exact), 0.999) < 1e-4
    planes = np.moveaxis(IMAGE, -1, 0)
    swapped = noise(planes, 0.6, sample="a", facts={"layout": "CHW"})
    np.testing.assert_array_equal(np.moveaxis(swapped, 0, -1), noise(IMAGE, 0.6, sample="a"))


@pytest.mark.parametrize("published", [_published_fog, _published_snow])
def test_published_levels_take_any_memory_order(published):
    level = (2.0, 2.0) if published is _published_fog else LEVELS[0]
    mirrored = IMAGE[:, ::-1]
    wanted = published(np.ascontiguousarray(mirrored), DRAW, *level)
    np.testing.assert_array_equal(published(mirrored, DRAW, *level), wanted)
