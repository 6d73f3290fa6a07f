"""Presets: what they hold, how their levels read, and the closed forms of the ones that are no readings of the catalogue."""

import itertools

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadDose, NotApplicable
from perturbations.image.presets import (
    _light_play,
    _waves,
    cifar_c,
    imagenet_c,
    imagenet_c_extra,
)

SIZES = {"imagenet-c": 15, "imagenet-c-extra": 4, "cifar-c": 19, "imagenet-c-bar": 10, "3dcc-2d": 3}
NAMES = [name for preset in SIZES for name in pt.names(preset=preset)]
GREY = np.full((64, 64, 3), 0.5)
CATALOGUE = {
    "gaussian-noise": "sigma",
    "shot-noise": "photons",
    "impulse-noise": "share",
    "brightness": "added",
    "contrast": "factor",
    "pixelate": "kept",
    "jpeg-compression": "quality",
    "gaussian-blur": "sigma",
    "speckle-noise": "sigma",
}


def level(noise, value, number, sample="a"):
    return noise(value, dose={"level": number}, sample=sample)


def rms(values):
    return float(np.sqrt(np.mean(np.square(values))))


@pytest.mark.parametrize(("preset", "count"), SIZES.items())
def test_a_preset_is_whole_and_no_part_of_the_catalogue(preset, count):
    assert len(pt.names(preset=preset)) == count
    assert not set(pt.names(preset=preset)) & set(pt.names(modality="image"))
    assert ("image",) == pt.presets()[preset].modalities


@pytest.mark.parametrize("name", NAMES)
def test_severities_are_the_five_levels(name):
    noise = pt.get(name)
    image = (np.arange(24 * 24 * 3) % 251).astype(np.uint8).reshape(24, 24, 3)
    for number in (1, 2, 3, 4, 5):
        by_severity = noise(image, number / 5, sample="a")
        np.testing.assert_array_equal(level(noise, image, number), by_severity)
    assert noise(image, 0.05, sample="a") is image


@pytest.mark.parametrize("bad", [0.3, 6])
def test_a_level_between_the_levels_is_refused(bad):
    with pytest.raises(BadDose):
        level(pt.get("imagenet-c-bar/sparkles"), GREY, bad)


@pytest.mark.parametrize("module", [imagenet_c, imagenet_c_extra, cifar_c])
def test_tables_have_five_rows(module):
    assert {len(rows) for rows in module.TABLE.values()} == {5}
    assert {len({len(row) for row in rows}) for rows in module.TABLE.values()} == {1}


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_reading_is_the_catalogues_noise_at_that_dose(name):
    extra = name in imagenet_c_extra.TABLE
    reading = pt.get(f"imagenet-c{'-extra' * extra}/{name}")
    noise = pt.get(f"image/{name}")
    rows = (imagenet_c_extra if extra else imagenet_c).TABLE[name]
    ladder = next(iter(noise.ladders))
    image = np.random.default_rng(0).integers(0, 256, (24, 24, 3)).astype(np.uint8)
    for number, (dose,) in enumerate(rows, 1):
        draw = pt.Draw.of(
            pt.sample_keys(["a"]), seed=0, perturbation="p", input="", position=0, replicate=0
        )
        if not noise.batched:
            draw = draw.row(0)
        value = image[None] if noise.batched else image
        np.testing.assert_array_equal(
            reading.function(value, draw, level=number),
            noise.function(value, draw, **{ladder: float(dose)}),
        )


@pytest.mark.parametrize("name", ["imagenet-c-extra/saturate"])
def test_saturation_has_no_meaning_on_grey(name):
    with pytest.raises(NotApplicable):
        level(pt.get(name), GREY[..., 0], 3)


def test_a_plane_wave_has_its_amplitude_at_every_level():
    noise = pt.get("imagenet-c-bar/single-frequency-greyscale")
    for number, tenths in enumerate((1, 1.5, 2, 4.5, 5), 1):
        added = level(noise, GREY, number) - GREY
        assert abs(added).max() == pytest.approx(19.6 * tenths / 255, rel=0.03)
        np.testing.assert_array_equal(added[..., 0], added[..., 2])


def test_rings_span_their_amplitude():
    added = level(pt.get("imagenet-c-bar/cocentric-sine-waves"), GREY, 5) - GREY
    assert np.ptp(added) == pytest.approx(128 / 255, rel=0.05)
    assert rms(added) == pytest.approx(128 / 255 / np.sqrt(12), rel=0.05)


def test_brownish_noise_has_its_spread_in_each_channel_and_none_in_common():
    added = level(pt.get("imagenet-c-bar/brownish-noise"), GREY, 1) - GREY
    for channel in np.moveaxis(added, -1, 0):
        assert channel.std() == pytest.approx(6.4 / 255, rel=1e-6)
    fine = added - np.roll(added, 1, axis=0)
    assert fine.std() < 0.35 * added.std()
    assert abs(np.corrcoef(fine[..., 0].ravel(), fine[..., 1].ravel())[0, 1]) < 0.3


def test_blue_noise_hides_the_normal_share_and_never_two_neighbours():
    noise, lost = pt.get("imagenet-c-bar/blue-noise-sample"), []
    for number, below in enumerate((0.0119, 0.0217, 0.0376, 0.0968, 0.2061), 1):
        black = level(noise, np.ones((128, 128, 1)), number)[..., 0] == 0
        assert black.mean() == pytest.approx(below, rel=0.15)
        lost.append(black)
        both = (black & np.roll(black, 1, axis=0)).mean()
        assert both < 0.5 * black.mean() ** 2 + 1e-4
    assert all((later >= earlier).all() for earlier, later in itertools.pairwise(lost))


def test_half_the_board_is_never_hidden():
    noise = pt.get("imagenet-c-bar/checkerboard-cutout")
    for number, tenths in enumerate((2, 3, 4, 5, 6), 1):
        hidden = [
            (level(noise, np.ones((48, 48, 1)), number, sample=i) < 1).mean() for i in range(40)
        ]
        assert np.mean(hidden) == pytest.approx(tenths / 20, rel=0.2)
        assert max(hidden) < 0.6


def test_perlin_noise_blends_towards_light_grey():
    noise = pt.get("imagenet-c-bar/perlin-noise")
    black, white = (level(noise, np.full((64, 64, 1), x), 1) for x in (0.0, 1.0))
    np.testing.assert_allclose(white - black, 1 - 0.23, atol=1e-12)
    assert black.min() > 0.1149
    assert black.max() <= 0.23


def test_gradient_noise_vanishes_on_its_lattice():
    draw = pt.Draw.of(
        pt.sample_keys(["a"]), seed=0, perturbation="p", input="", position=0, replicate=0
    ).row(0)
    field = _waves.turbulence((56, 56), draw, cells=7, octaves=1)
    assert abs(field[::8, ::8]).max() < 1e-12
    assert field.max() > 0.3


def test_sparkles_are_white_at_five_points_and_grow():
    noise = pt.get("imagenet-c-bar/sparkles")
    images = [level(noise, np.zeros((96, 96, 1)), number) for number in (1, 2, 3, 4, 5)]
    assert images[0].max() > 0.6
    assert all((b >= a - 1e-9).all() for a, b in itertools.pairwise(images))


def test_no_ray_of_a_star_is_shorter_than_asked_for():
    draw = pt.Draw.of(
        pt.sample_keys(["a"]), seed=0, perturbation="p", input="", position=0, replicate=0
    ).row(0)
    free, held = (
        _light_play.star((32, 32), draw, stream="s", low=0, high=1, shortest=least).reach
        for least in (0.0, 1.1)
    )
    assert free.min() < 0.9
    assert held.min() == pytest.approx(1.1)
    np.testing.assert_allclose(held.max(), free.max())


def test_inverse_sparkles_whiten_the_edge_and_keep_the_middle():
    noise = pt.get("imagenet-c-bar/inverse-sparkles")
    seen = np.mean([level(noise, np.zeros((96, 96, 1)), 5, sample=i) for i in range(20)], axis=0)
    assert seen[0, 0, 0] > 0.7
    assert seen[48, 48, 0] < 0.35


def test_caustics_bend_what_is_seen_and_leave_a_flat_field_but_for_light():
    noise = pt.get("imagenet-c-bar/caustic-refraction")
    flat = [rms(level(noise, GREY, number) - GREY) for number in (1, 5)]
    ramp = np.broadcast_to(np.linspace(0, 1, 64)[None, :, None], (64, 64, 3)).copy()
    assert 0 < flat[0] < flat[1]
    assert rms(level(noise, ramp, 5) - ramp) > 0.02


# RMSE in levels that the authors' program makes on a crop of 64 pixels, levels 1 and 5, six draws each.
PUBLISHED = {
    "caustic-refraction": (26.6, 57.8),
    "inverse-sparkles": (38.9, 123.5),
    "sparkles": (15.8, 61.5),
    "perlin-noise": (28.2, 53.8),
    "blue-noise-sample": (10.0, 41.7),
    "plasma-noise": (23.4, 46.5),
    "checkerboard-cutout": (19.7, 39.4),
    "cocentric-sine-waves": (11.0, 35.2),
    "single-frequency-greyscale": (13.8, 61.9),
    "brownish-noise": (7.7, 36.4),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_distortion_is_that_of_the_published_program(name):
    image = _crop()
    noise = pt.get(f"imagenet-c-bar/{name}")
    for number, published in zip((1, 5), PUBLISHED[name], strict=True):
        noisy = [level(noise, image, number, sample=i).astype(float) for i in range(24)]
        assert np.mean([rms(each - image) for each in noisy]) == pytest.approx(published, rel=0.08)


def _crop():
    from perturbations.image._modality import _photo

    photo = _photo("china.jpg")
    if photo is None:
        pytest.skip("no decoder for photographs is installed")
    return np.ascontiguousarray(photo[100:164, 200:264])


def test_iso_noise_adds_the_variances_of_photons_and_readout():
    noise = pt.get("3dcc-2d/iso-noise")
    added = level(noise, np.full((128, 128, 3), 0.3), 1) - 0.3
    assert added.mean() == pytest.approx(0, abs=3e-3)
    assert added.var() == pytest.approx(0.3 / 25 + 0.056**2, rel=0.04)


def test_low_light_squares_dims_and_adds_its_noise():
    noise = pt.get("3dcc-2d/low-light")
    image = np.full((128, 128, 1), 0.5)
    image[0, 0], image[0, 1] = 0.0, 1.0
    for number, dimmed in enumerate((0.6, 0.5, 0.4, 0.3, 0.2), 1):
        seen = level(noise, image, number)[1:]
        assert seen.mean() == pytest.approx(dimmed / 4, rel=0.02)
        assert seen.var() == pytest.approx(dimmed / 4 / 120 + 0.018**2, rel=0.06)


def test_low_light_of_one_level_is_defined():
    seen = level(pt.get("3dcc-2d/low-light"), np.zeros((32, 32, 1)), 5)
    assert seen.mean() < 0.02


def test_color_quant_keeps_the_highest_bits():
    image = np.arange(256, dtype=np.uint8).reshape(16, 16)
    for number, bits in enumerate((5, 4, 3, 2, 1), 1):
        seen = level(pt.get("3dcc-2d/color-quant"), image, number)
        np.testing.assert_array_equal(seen, image & (0xFF << (8 - bits) & 0xFF))
