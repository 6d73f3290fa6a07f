"""Frost and spatter: what is on the glass, where it is, and how it grows."""

import numpy as np
import pytest
from scipy.stats import norm

import perturbations as pt
from perturbations import Draw
from perturbations.errors import BadSetting
from perturbations.image.weather._panes import piece
from perturbations.image.weather.frost import _ice, _published_frost
from perturbations.image.weather.spatter import _published_spatter

pytest.importorskip("albumentations", reason="weather needs the extra image")
FROST, WATER = pt.get("image/frost"), pt.get("image/spatter")
MUD = pt.get("image/spatter", liquid="mud")
ALL = [FROST, WATER, MUD]
IMAGE = np.random.default_rng(0).integers(0, 256, (60, 48, 3)).astype(np.uint8)
DRAW = Draw(np.array(5, dtype=np.uint64), 1)


def ice(k, side=96):
    return _ice(Draw(np.array(k, dtype=np.uint64), 1), side, side)


def test_ice_is_dense_at_the_frame_and_thin_in_the_middle():
    pictures = np.stack([ice(k) for k in range(12)])
    assert 0 <= pictures.min() < pictures.max() <= 1
    middle = pictures[:, 32:64, 32:64].mean()
    frame = (pictures.sum() - pictures[:, 16:80, 16:80].sum()) / (12 * (96**2 - 64**2))
    assert frame > 1.25 * middle


def test_ice_has_sharp_needles_and_differs_between_samples():
    one, other = ice(1), ice(2)
    assert np.abs(np.diff(one)).max() > 0.2
    inside = np.s_[16:80, 16:80]
    assert abs(np.corrcoef(one[inside].ravel(), other[inside].ravel())[0, 1]) < 0.4


@pytest.mark.parametrize("weights", [(1, 0.4), (0.8, 0.6), (0.7, 0.7), (0.65, 0.7), (0.6, 0.75)])
def test_frost_is_the_published_blend(weights):
    kept, weight = weights
    wanted = np.clip(kept * IMAGE + weight * piece(DRAW, 60, 48, 3, 1.0), 0, 255)
    assert np.abs(_published_frost(IMAGE, DRAW, *weights, 1.0) - wanted).max() < 0.51
    exact = _published_frost(IMAGE / 255, DRAW, *weights, 1.0)
    np.testing.assert_allclose(exact, wanted / 255, atol=1e-6)


# The mean of each colour of the five photographs, from which the published code picks; and of their pieces of 224 pixels
# the mean spread of grey, and the root mean square difference of two neighbours, all in levels.
MEANS = [(78, 149, 166), (201, 205, 214), (201, 205, 214), (138, 153, 165), (112, 123, 135)]
SPREADS, DIFFERENCES = (15.6, 20.0, 20.0, 26.4, 37.3), (9.9, 12.0, 12.0, 20.1, 27.7)


def test_panes_have_the_brightness_colour_and_grain_that_were_measured():
    pieces = [piece(one, 224, 224, 3, 1.0).astype(float) for one in draws(120)]
    means = np.mean([each.mean(axis=(0, 1)) for each in pieces], axis=0)
    # 120 of panes whose means spread by 55 levels.
    np.testing.assert_allclose(means, np.mean(MEANS, axis=0), atol=16)
    spreads = [each.mean(axis=2).std() for each in pieces]
    assert np.mean(spreads) == pytest.approx(np.mean(SPREADS), rel=0.15)
    steps = [np.sqrt((np.diff(each.mean(axis=2), axis=1) ** 2).mean()) for each in pieces]
    assert np.mean(steps) == pytest.approx(np.mean(DIFFERENCES), rel=0.15)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (700, 400), (40, 1000)])
@pytest.mark.parametrize("channels", [1, 3, 5])
@pytest.mark.parametrize("scale", [1.0, 0.2])
def test_a_piece_fills_any_frame(shape, channels, scale):
    assert piece(DRAW, *shape, channels, scale).shape == (*shape, channels)


def test_pieces_differ_between_samples():
    one, other = (piece(each, 32, 32, 3, 0.2) for each in draws(2))
    assert (one != other).mean() > 0.9


def draws(count):
    return [Draw(np.array(k, dtype=np.uint64), 1) for k in range(count)]


def test_large_frames_magnify_the_ice():
    small, large = ice(3, 256), ice(3, 512)
    shrunk = large.reshape(256, 2, 256, 2).mean(axis=(1, 3))
    assert np.corrcoef(small.ravel(), shrunk.ravel())[0, 1] > 0.97


# Spatter


@pytest.mark.parametrize("covered", [0.1, 0.4])
def test_mud_covers_the_share_that_was_asked_for(covered):
    white = np.ones((160, 160))
    dirt = [(MUD(white, dose={"covered": covered}, sample=i) < 0.5).mean() for i in range(8)]
    # Eight fields of about 160**2 / (4 pi 3**2) independent drops each; the field is wider at the frame.
    assert np.mean(dirt) == pytest.approx(covered, rel=0.2)


def test_mud_is_brown_and_leaves_the_rest_untouched():
    noisy = MUD(IMAGE, 1.0, sample="a")
    untouched = (noisy == IMAGE).all(axis=-1)
    assert 0.3 < untouched.mean() < 0.9
    white = MUD(np.full((80, 80, 3), 255, np.uint8), 1.0, sample="a").reshape(-1, 3)
    darkest = white[white.sum(axis=1).argmin()]
    np.testing.assert_allclose(darkest, [63, 42, 20], atol=2)


@pytest.mark.parametrize("noise", [WATER, MUD])
def test_drops_of_a_mild_severity_grow(noise):
    grey = np.full((96, 96), 0.4)
    touched = [noise(grey, s, sample="a") != grey for s in (0.2, 0.6, 1.0)]
    assert 0 < touched[0].mean() < touched[1].mean() < touched[2].mean()
    assert touched[2][touched[0]].mean() > 0.95


def test_water_is_pale_blue_light():
    added = WATER(np.zeros((80, 80, 3)), 1.0, sample="a")
    assert 0.4 < added.max() <= 0.6 * 238 / 255 + 1e-6
    wet = added[..., 0] > 0.01
    np.testing.assert_allclose(added[wet][:, 0] / added[wet][:, 1], 175 / 238, rtol=1e-3)
    np.testing.assert_allclose(added[..., 1], added[..., 2])


LEVELS = [
    (0.65, 0.3, 4, 0.69, 0.6, 0),
    (0.65, 0.3, 3, 0.68, 0.6, 0),
    (0.65, 0.3, 2, 0.68, 0.5, 0),
    (0.65, 0.3, 1, 0.65, 1.5, 1),
    (0.67, 0.4, 1, 0.65, 1.5, 1),
]


@pytest.mark.parametrize("level", LEVELS)
def test_published_spatter_covers_what_its_constants_say(level):
    loc, scale, sigma, threshold, strength, mud = level
    # A blurred field of normal numbers has the spread scale / (2 sqrt(pi) sigma).
    share = norm.sf((threshold - loc) * 2 * np.sqrt(np.pi) * sigma / scale)
    black, white = np.zeros((224, 224, 3)), np.ones((224, 224, 3))
    if mud:
        covered = (_published_spatter(white, DRAW, *level)[..., 0] < 0.5).mean()
        # The published softening hides what is less than 0.8 opaque: most of drops as small as these.
        assert 0.2 * share < covered < 0.5 * share
    else:
        wet = _published_spatter(black, DRAW, *level)
        assert wet.max() == pytest.approx(strength * 238 / 255, rel=1e-3)
        assert (wet[..., 0] > 0).mean() == pytest.approx(share, abs=0.5 * share)


def test_an_unknown_liquid_is_refused():
    with pytest.raises(BadSetting, match="water, mud"):
        pt.get("image/spatter", liquid="oil")(IMAGE, 0.6, sample="a")


# Both


@pytest.mark.parametrize("noise", ALL)
@pytest.mark.parametrize("channels", [1, 3, 5])
def test_eight_bits_are_the_rounded_floating_point(noise, channels):
    image = np.random.default_rng(4).integers(0, 256, (40, 30, channels)).astype(np.uint8)
    exact = noise(image / 255, 0.6, sample="a")
    assert np.abs(noise(image, 0.6, sample="a") - 255 * exact).max() < 0.52


@pytest.mark.parametrize("noise", ALL)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (2, 3, 3), (5, 1, 4), (4, 6, 5), (3, 700)])
def test_small_and_odd_images_are_defined(noise, shape):
    image = np.random.default_rng(2).integers(0, 256, shape).astype(np.uint8)
    noisy = noise(image, 1.0, sample="a")
    assert (noisy.shape, noisy.dtype) == (image.shape, image.dtype)
    for kind in (np.float32, np.float64):
        assert noise((image / 255).astype(kind), 1.0, sample="a").dtype == kind


@pytest.mark.parametrize("noise", ALL)
def test_what_is_on_the_glass_stays_there(noise):
    assert noise.frames == "fixed"
