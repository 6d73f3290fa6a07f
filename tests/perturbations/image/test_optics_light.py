"""Stray light: what is added, and what is only spread."""

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadSetting

FLARE, GLARE = pt.get("image/lens-flare"), pt.get("image/glare")


def test_flare_only_adds_light_in_proportion():
    dark = np.zeros((60, 80, 3))
    weak, strong = (FLARE(dark, dose={"strength": s}, sample="a") for s in (0.1, 0.4))
    assert weak.min() >= 0
    np.testing.assert_allclose(strong, 4 * weak, atol=1e-9)


def test_the_lamp_has_the_declared_strength_and_place():
    noise = FLARE.with_settings(ghosts=0)
    noisy = noise.apply(np.zeros((101, 151)), dose={"strength": 0.5}, sample="a")
    y, x = noisy.report["lamp"]
    brightest = np.unravel_index(noisy.value.argmax(), noisy.value.shape)
    assert noisy.value.max() == pytest.approx(0.5, rel=0.02)
    assert brightest == pytest.approx((y * 101 - 0.5, x * 151 - 0.5), abs=1)
    assert 0.1 <= y <= 0.9
    assert 0.1 <= x <= 0.9


def test_the_lamp_moves_with_the_sample_and_not_with_severity():
    image = np.zeros((20, 20), np.uint8)
    lamps = [FLARE.apply(image, s, sample=i).report["lamp"] for i in range(4) for s in (0.2, 1.0)]
    assert len(set(lamps)) == 4
    assert lamps[::2] == lamps[1::2]


def test_ghosts_lie_on_the_line_through_the_centre():
    """Light that the lamp itself does not give is symmetric about the line from the lamp through the centre."""
    dark, dose = np.zeros((201, 201)), {"strength": 0.5}
    whole = FLARE.apply(dark, dose=dose, sample="a")
    ghosts = whole.value - FLARE.with_settings(ghosts=0)(dark, dose=dose, sample="a")
    y, x = np.mgrid[-100:101, -100:101]
    lamp = (np.array(whole.report["lamp"]) - 0.5) * 201
    across = (y * lamp[1] - x * lamp[0]) / np.hypot(*lamp)
    assert ghosts.sum() > 1
    assert abs((ghosts * across).sum() / ghosts.sum()) < 0.1
    # A ghost's radius is at most 7.5 % of the longer side.
    assert np.abs(across[ghosts > 1e-9]).max() < 0.076 * 201 + 1.5


@pytest.mark.parametrize("count", [-1, 33])
def test_the_number_of_ghosts_is_bounded(count):
    with pytest.raises(BadSetting, match="ghosts"):
        FLARE.with_settings(ghosts=count)(np.zeros((4, 4)), 0.5, sample="a")


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_glare_keeps_the_light_and_lifts_the_blacks(share):
    image = np.zeros((200, 200))
    image[80:120, 80:120] = 1.0
    light = GLARE(image, dose={"share": share}, sample="a") ** 2.2
    assert light.mean() == pytest.approx(0.04, rel=0.02)
    # Far from the square only the even half of what is scattered arrives.
    assert light[0, 0] == pytest.approx(share * 0.04 / 2, rel=0.02)
    # At its centre the halo is a gaussian of 16 pixels over a square of 40.
    from scipy.special import erf

    halo = erf(20 / 16 / np.sqrt(2)) ** 2
    wanted = 1 - share + share * (halo + 0.04) / 2
    assert light[100, 100] == pytest.approx(wanted, rel=0.02)


def test_even_light_is_no_glare():
    for image in (np.full((9, 30, 3), 77, np.uint8), np.full((20, 9), 0.3)):
        np.testing.assert_allclose(GLARE(image, 1.0, sample="a"), image, atol=1e-5)


def test_linear_data_and_bad_powers():
    image = np.zeros((50, 50))
    image[:25] = 1
    linear = GLARE.with_settings(gamma=1.0)(image, 0.8, sample="a")
    assert linear.mean() == pytest.approx(0.5, abs=1e-3)
    with pytest.raises(BadSetting, match="power"):
        GLARE.with_settings(gamma=-1.0)(image, 0.5, sample="a")
