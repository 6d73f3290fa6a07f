"""Moves of the camera against closed forms: group laws, exact pixels, borders, edge values."""

import math

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadDose, BadSetting
from perturbations.image._modality import _photo
from perturbations.image.geometry import _matrices
from perturbations.image.geometry._mapping import Geometry

ALL = ("shift", "rotation", "scale", "flip", "shear", "perspective", "elastic-transform")
AFFINE = ("shift", "rotation", "scale", "shear")


def photo(side: int = 96) -> np.ndarray:
    return np.ascontiguousarray(_photo("china.jpg")[100 : 100 + side, 200 : 200 + side])


def apply(name: str, image, severity=0.6, sample="a", **settings):
    return pt.get(f"image/{name}", **settings).apply(image, severity, sample=sample)


def bilinear(image, matrix):
    """Interpolate slowly and plainly; NaN where the pixel shows nothing, or less than whole pixels."""
    height, width = image.shape[:2]
    y, x = np.mgrid[:height, :width]
    u, v, w = np.linalg.inv(matrix) @ np.stack([x.ravel(), y.ravel(), np.ones(x.size)])
    u, v = u / w, v / w
    out = np.full((x.size, image.shape[2]), np.nan)
    ok = (u >= 0) & (v >= 0) & (u <= width - 1) & (v <= height - 1)
    i, j = np.minimum(v[ok].astype(int), height - 2), np.minimum(u[ok].astype(int), width - 2)
    q, p = (u[ok] - j)[:, None], (v[ok] - i)[:, None]
    f = image.astype(float)
    out[ok] = (1 - p) * ((1 - q) * f[i, j] + q * f[i, j + 1])
    out[ok] += p * ((1 - q) * f[i + 1, j] + q * f[i + 1, j + 1])
    return out.reshape(image.shape)


@pytest.mark.parametrize("name", [n for n in ALL if n != "elastic-transform"])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_pixels_are_those_of_plain_bilinear_interpolation_at_the_reported_matrix(name, dtype):
    image = photo(64) if dtype == np.uint8 else (photo(64) / 255).astype(dtype)
    noisy = apply(name, image)
    wanted = bilinear(image, noisy.mapping.matrix)
    kept = np.isfinite(wanted)
    assert kept.mean() > 0.4
    # OpenCV may place samples to 1/32 px, which costs up to a level or two on the sharpest edges.
    error = np.abs(noisy.value[kept] - wanted[kept]) * (1 if dtype == np.uint8 else 255)
    assert error.max() < 8 and error.mean() < 0.6


def test_a_whole_shift_copies_pixels_and_fills_with_black():
    image = photo()
    noisy = apply("shift", image)
    right, down = int(noisy.report["right, px"]), int(noisy.report["down, px"])
    assert (right, down) != (0, 0)
    wanted = np.zeros_like(image)
    for y in range(96):
        for x in range(96):
            if 0 <= y - down < 96 and 0 <= x - right < 96:
                wanted[y, x] = image[y - down, x - right]
    np.testing.assert_array_equal(wanted, noisy.value)


@pytest.mark.parametrize(
    ("border", "row"),
    [
        ("constant", [0, 0, 0, 1, 2]),
        ("replicate", [1, 1, 1, 1, 2]),
        ("reflect", [3, 2, 1, 1, 2]),
    ],
)
def test_borders_of_a_whole_shift(border, row):
    image = np.arange(1, 6, dtype=np.uint8)[None, :, None]
    moved = Geometry.projective([[1, 0, 3], [0, 1, 0], [0, 0, 1]], (1, 5), border=border)
    np.testing.assert_array_equal(row, moved.image(image)[0, :, 0])


@pytest.mark.parametrize("border", ["constant", "replicate", "reflect"])
def test_borders_of_copied_and_interpolated_pixels_agree(border):
    image = photo(40)
    there = np.array([[1, 0, 7.0], [0, 1, -5], [0, 0, 1]])
    almost = there + np.array([[1e-12, 0, 0], [0, 0, 0], [0, 0, 0]])
    frame = (40, 40)
    copied = Geometry.projective(there, frame, border=border).image(image)
    interpolated = Geometry.projective(almost, frame, border=border).image(image)
    np.testing.assert_array_equal(copied, interpolated)


def test_a_quarter_turn_is_rot90():
    image = photo(65)
    noisy = pt.get("image/rotation").apply(image, dose={"angle": 90.0}, sample="a")
    turns = 1 if noisy.report["angle, °"] > 0 else -1
    np.testing.assert_array_equal(np.rot90(image, turns), noisy.value)


def test_positive_angles_turn_anticlockwise_as_seen():
    # A point right of the centre goes up, which is towards smaller y.
    turn = Geometry.projective(_matrices.about_centre(_matrices.turn(30), (101, 101)), (101, 101))
    x, y = turn.points([[100, 50]])[0]
    np.testing.assert_allclose([50 + 50 * math.cos(math.pi / 6), 25], [x, y], atol=1e-12)


def test_rotations_compose_by_adding_angles():
    frame = (50, 80)
    first, second, both = (
        Geometry.projective(_matrices.about_centre(_matrices.turn(a), frame), frame)
        for a in (20, 35, 55)
    )
    np.testing.assert_allclose(both.matrix, first.then(second).matrix, atol=1e-12)


def test_scales_compose_by_multiplying_and_shears_by_adding():
    frame = (50, 80)

    def scale(z):
        return _matrices.about_centre(np.diag([z, z, 1.0]), frame)

    def shear(t):
        return _matrices.about_centre(np.array([[1, t, 0], [0, 1, 0], [0, 0, 1.0]]), frame)

    np.testing.assert_allclose(scale(3.0), scale(2.0) @ scale(1.5), atol=1e-12)
    np.testing.assert_allclose(shear(0.7), shear(0.2) @ shear(0.5), atol=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_the_inverse_undoes_the_mapping(name):
    mapping = apply(name, photo()).mapping
    points = np.random.default_rng(0).uniform(15, 80, (50, 2))
    tolerance = 0.01 if name == "elastic-transform" else 1e-9
    np.testing.assert_allclose(
        points, mapping.inverse().points(mapping.points(points)), atol=tolerance
    )
    if name != "elastic-transform":
        np.testing.assert_allclose(
            np.eye(3), _unit(mapping.then(mapping.inverse()).matrix), atol=1e-9
        )


@pytest.mark.parametrize("name", ALL)
def test_the_inverse_brings_the_interior_of_a_smooth_image_back(name):
    y, x = np.mgrid[:96, :96] / 95
    image = (0.5 + 0.2 * np.sin(5 * x) * np.cos(4 * y))[..., None]
    noisy = apply(name, image, 0.4)
    back = noisy.mapping.inverse().image(noisy.value)
    assert np.abs(back - image)[24:72, 24:72].max() < 0.005


def test_flipping_twice_is_nothing_at_all():
    for axis in ("horizontal", "vertical"):
        noise = pt.get("image/flip", axis=axis)
        image = photo()
        once = noise.apply(image, 1.0, sample="a")
        assert once.report["flipped"]
        np.testing.assert_array_equal(
            image[:, ::-1] if axis == "horizontal" else image[::-1], once.value
        )
        np.testing.assert_array_equal(image, noise(once.value, 1.0, sample="a"))
        np.testing.assert_array_equal(np.eye(3), once.mapping.then(once.mapping).matrix)


def test_the_share_of_flipped_images_is_the_dose_and_flips_stay():
    images, ids = np.arange(2000, dtype=np.uint8)[:, None, None].repeat(2, 2).copy(), range(2000)
    images[:, :, 1] += 1
    before = np.zeros(2000, dtype=bool)
    for severity in (0.2, 0.5, 0.8, 1.0):
        noisy = pt.get("image/flip").batch(images, severity, samples=ids)
        flipped = (noisy != images).any(axis=(1, 2))
        assert abs(flipped.mean() - severity) < 4 * math.sqrt(0.25 / 2000)
        assert not (before & ~flipped).any()
        before = flipped
    assert before.all()


def test_shift_has_the_length_of_the_dose_in_an_even_direction():
    noise = pt.get("image/shift", whole=False)
    image = np.zeros((40, 60), dtype=np.float32)
    ways = [noise.apply(image, 1.0, sample=i).report for i in range(400)]
    steps = np.array([[way["right, px"], way["down, px"]] for way in ways])
    np.testing.assert_allclose(0.25 * 40, np.hypot(*steps.T))
    # Uniform directions: the mean unit vector is near 0, each part with variance 1/2.
    assert np.abs(steps.mean(axis=0) / 10).max() < 4 * math.sqrt(0.5 / 400)


@pytest.mark.parametrize(("name", "key"), [("rotation", "angle, °"), ("shear", "angle, °")])
def test_sides_are_fair_and_the_same_at_every_severity(name, key):
    image = np.zeros((8, 8), dtype=np.uint8)
    signs = []
    for i in range(200):
        mild, harsh = (apply(name, image, s, sample=i).report[key] for s in (0.2, 1.0))
        assert math.copysign(1, mild) == math.copysign(1, harsh)
        signs.append(harsh > 0)
    assert 70 < sum(signs) < 130


def test_perspective_moves_the_corners_by_the_dose_exactly():
    noisy = apply("perspective", np.zeros((50, 80), dtype=np.uint8), 1.0)
    corners = np.array([(-0.5, -0.5), (79.5, -0.5), (79.5, 49.5), (-0.5, 49.5)])
    moved = noisy.mapping.points(corners)
    np.testing.assert_allclose(0.16 * 50, np.hypot(*(moved - corners).T))


def test_perspective_never_folds_up_to_its_highest_dose():
    noise, image = pt.get("image/perspective"), np.zeros((64, 64), dtype=np.uint8)
    y, x = np.mgrid[:64:7, :64:7]
    grid = np.stack([x.ravel(), y.ravel(), np.ones(x.size)])
    for i in range(100):
        matrix = noise.apply(image, dose={"displacement": 0.24}, sample=i).mapping.matrix
        assert np.linalg.det(matrix) > 0
        assert ((matrix @ grid)[2] > 0).all()
    with pytest.raises(BadDose):
        noise(image, dose={"displacement": 0.25})


def test_scale_in_and_out_are_chosen_by_the_setting():
    image = np.zeros((8, 8), dtype=np.uint8)
    for direction, wanted in (("in", {2.0}), ("out", {0.5}), ("both", {2.0, 0.5})):
        zooms = {
            apply("scale", image, 1.0, i, direction=direction).report["zoom, x"] for i in range(20)
        }
        assert wanted == zooms


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "image",
    [
        np.full((1, 1), 7, dtype=np.uint8),
        np.arange(9, dtype=np.uint8)[None],
        np.arange(9, dtype=np.uint8)[:, None, None].repeat(5, 2),
        np.full((6, 7, 3), 255, dtype=np.uint8),
        np.zeros((6, 7, 3), dtype=np.float32),
        np.linspace(0, 1, 6 * 7 * 9).reshape(6, 7, 9),
    ],
    ids=["one pixel", "one row", "five channels", "white", "black float", "nine channels"],
)
def test_edge_values_are_defined(name, image):
    for border in ("constant", "reflect", "replicate") if name != "flip" else ("",):
        settings = {"border": border} if border else {}
        noisy = apply(name, image, 1.0, **settings)
        assert (image.shape, image.dtype) == (noisy.value.shape, noisy.value.dtype)
        if border in ("reflect", "replicate") and image.min() == image.max():
            np.testing.assert_array_equal(image, noisy.value)


@pytest.mark.parametrize("name", ALL)
def test_16_bit_images_move_like_floating_point_ones(name):
    image = photo(32).astype(np.uint16) * 257
    noisy = apply(name, image).value
    assert noisy.dtype == np.uint16
    exact = apply(name, (image / 65535).astype(np.float32)).value
    np.testing.assert_allclose(noisy, exact * 65535, atol=0.51)


@pytest.mark.parametrize("name", ALL)
def test_channels_move_together(name):
    image = photo(32)
    five = np.concatenate([image, image[..., :2]], axis=2)
    noisy = apply(name, five).value
    np.testing.assert_array_equal(noisy[..., :2], noisy[..., 3:])


@pytest.mark.parametrize("name", ALL)
def test_distortion_grows_on_photographs(name):
    crops = [photo(224)[y : y + 96, x : x + 96] for y in (0, 64, 128) for x in (0, 64, 128)]
    noise = pt.get(f"image/{name}")
    sign = -1 if noise.measure == "psnr" else 1
    means = [
        np.mean([sign * min(pt.distance("image", c, noise(c, s, sample=i))[noise.measure], 99) for i, c in enumerate(crops)])
        for s in (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
    ]  # fmt: skip
    assert (np.diff(means) >= 0).all(), means


@pytest.mark.parametrize("name", [*AFFINE, "perspective", "elastic-transform"])
def test_an_unknown_border_is_a_named_error(name):
    with pytest.raises(BadSetting, match="constant, reflect, replicate"):
        apply(name, photo(16), border="wrap")


@pytest.mark.parametrize(
    ("name", "settings"),
    [("flip", {"axis": "x"}), ("shear", {"axis": "x"}), ("scale", {"direction": "up"}), ("elastic-transform", {"smoothness": 0.0})],
)  # fmt: skip
def test_unknown_settings_are_named_errors(name, settings):
    with pytest.raises(BadSetting):
        apply(name, photo(16), **settings)


def _unit(matrix):
    return matrix / matrix[2, 2]
