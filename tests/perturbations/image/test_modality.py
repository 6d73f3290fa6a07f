"""What counts as an image, how it comes back, and how distortion is measured."""

import math

import numpy as np
import pytest

import perturbations as pt
from perturbations._modality import modality

CONTRACT = modality("image")
NAMES = [
    "gaussian-noise",
    "shot-noise",
    "impulse-noise",
    "motion-blur",
    "defocus-blur",
    "contrast",
    "jpeg-compression",
    "occlusion",
]
NOISES = [pt.get(f"image/{name}") for name in NAMES]
IMPULSE = pt.get("image/impulse-noise")


@pytest.mark.parametrize("noise", NOISES, ids=NAMES)
def test_edge_values_keep_shape_and_dtype(noise):
    for severity in (0.05, 1.0):
        for label, value in CONTRACT.edges().items():
            noisy = noise(value, severity, sample="a")
            assert (noisy.shape, noisy.dtype) == (value.shape, value.dtype), label


@pytest.mark.parametrize("noise", NOISES, ids=NAMES)
def test_channels_first_is_channels_last_moved(noise):
    image = np.random.default_rng(0).integers(0, 256, (3, 12, 14)).astype(np.uint8)
    last = noise(np.moveaxis(image, 0, -1), 0.6, sample="a")
    first = noise(image, 0.6, sample="a", facts={"layout": "CHW"})
    np.testing.assert_array_equal(first, np.moveaxis(last, -1, 0))
    both = noise.batch(np.stack([image] * 2), 0.6, samples="ab", facts={"layout": "CHW"})
    np.testing.assert_array_equal(both[0], first)


@pytest.mark.parametrize("noise", NOISES, ids=NAMES)
def test_a_list_of_unequal_images_equals_one_by_one(noise):
    images = [*CONTRACT.corpus(4), *(v for k, v in CONTRACT.edges().items() if k != "one row")]
    batch = noise.batch(images, 0.7, samples=range(len(images)))
    for i, image in enumerate(images):
        np.testing.assert_array_equal(batch[i], noise(image, 0.7, sample=i))


MESSAGES = {
    "a list": ("expected a numpy array", "np.asarray(image)"),
    "no image": ("expected a numpy array", "None"),
    "no pixels": ("at least one pixel and one channel", "(0, 5, 3)"),
    "no channels": ("at least one pixel and one channel", "(4, 5, 0)"),
    "one axis": ("an image of shape HxW or HxWxC", "(5,)"),
    "five axes": ("an image of shape HxW or HxWxC", "(1, 1, 4, 5, 3)"),
    "int32": ("dtype uint8, uint16, float32 or float64", "astype(np.uint8)"),
    "bool": ("dtype uint8, uint16, float32 or float64", "* 255"),
    "float16": ("dtype uint8, uint16, float32 or float64", "image.astype(np.float32)"),
    "levels as floats": ("values in [0, 1] (they span 127.5 to 127.5)", "divide it by 255"),
    "below 0": ("values in [0, 1] (they span -0.5 to -0.5)", "into the model"),
    "NaN": ("finite values (1 are NaN or infinite)", "np.nan_to_num"),
    "infinite": ("finite values (1 are NaN or infinite)", "leave the image out"),
    "channels first": ("channels last, HxWxC", 'facts={"layout": "CHW"}'),
}


@pytest.mark.parametrize("label", MESSAGES)
def test_a_bad_value_is_named_with_what_to_do(label):
    value = CONTRACT.bad()[label]
    with pytest.raises(pt.errors.BadValue) as raised:
        IMPULSE(value, 0.5)
    for part in MESSAGES[label]:
        assert part in str(raised.value)


def test_every_bad_value_has_a_message():
    assert set(MESSAGES) == set(CONTRACT.bad())


def test_a_bad_value_in_a_batch_is_named():
    good = np.full((2, 4, 5), 0.5)
    good[1, 2, 3] = np.nan
    with pytest.raises(pt.errors.BadValue, match="NaN"):
        IMPULSE.batch(good, 0.5, samples=[0, 1])


def test_an_unknown_layout_is_named():
    with pytest.raises(pt.errors.BadValue, match="layout to be HWC or CHW"):
        IMPULSE(np.zeros((3, 4, 5)), 0.5, facts={"layout": "NCHW"})


@pytest.mark.parametrize("noise", NOISES, ids=NAMES)
def test_alpha_is_untouched(noise):
    image = np.random.default_rng(0).integers(0, 256, (12, 14, 4)).astype(np.uint8)
    noisy = noise(image, 0.6, sample="a")
    np.testing.assert_array_equal(noisy[..., 3], image[..., 3])
    np.testing.assert_array_equal(noisy[..., :3], noise(image[..., :3], 0.6, sample="a"))
    first = noise(np.moveaxis(image, -1, 0), 0.6, sample="a", facts={"layout": "CHW"})
    np.testing.assert_array_equal(np.moveaxis(first, 0, -1), noisy)


def test_four_bands_are_said_and_all_of_them_get_noise():
    image = np.full((30, 30, 4), 99, np.uint8)
    noisy = IMPULSE(image, 1.0, sample="a", facts={"channels": "bands"})
    assert (noisy != image).any(axis=(0, 1)).all()


def test_grey_with_alpha_is_said():
    image = np.full((30, 30, 2), 99, np.uint8)
    noisy = IMPULSE(image, 1.0, sample="a", facts={"channels": "grey-alpha"})
    assert (noisy[..., 0] != 99).any()
    assert (noisy[..., 1] == 99).all()


@pytest.mark.parametrize("channels", ["BGR", "BGRA"])
@pytest.mark.parametrize(
    "name", ["saturate", "white-balance", "jpeg-compression", "gaussian-noise"]
)
def test_blue_first_is_red_first_reversed(name, channels):
    noise = pt.get(f"image/{name}")
    image = np.random.default_rng(0).integers(0, 256, (12, 14, len(channels))).astype(np.uint8)
    order = [2, 1, 0, 3][: len(channels)]
    noisy = noise(image, 0.6, sample="a", facts={"channels": channels})
    expected = noise(np.ascontiguousarray(image[..., order]), 0.6, sample="a")[..., order]
    np.testing.assert_array_equal(noisy, expected)


def test_three_bands_are_no_colours():
    image = np.random.default_rng(0).integers(0, 256, (12, 14, 3)).astype(np.uint8)
    for name in ("saturate", "white-balance", "raw-noise", "chromatic-aberration", "jpeg-chroma"):
        with pytest.raises(pt.errors.NotApplicable):
            pt.get(f"image/{name}")(image, 0.6, sample="a", facts={"channels": "bands"})
    jpeg = pt.get("image/jpeg-compression")
    noisy = jpeg(image, 0.6, sample="a", facts={"channels": "bands"})
    assert noisy.shape == image.shape
    for band in range(3):
        np.testing.assert_array_equal(noisy[..., band], jpeg(image[..., band], 0.6, sample="a"))


@pytest.mark.parametrize("bands", [2, 5, 6, 13])
def test_bands_first_are_not_taken_for_rows(bands):
    image = np.zeros((bands, 40, 40), np.uint8)
    with pytest.raises(pt.errors.BadValue, match="channels last"):
        IMPULSE(image, 0.5)
    assert IMPULSE(image, 0.5, facts={"layout": "CHW"}).shape == image.shape


@pytest.mark.parametrize("said", ["RGB", "CMYK", "grey"])
def test_a_wrong_word_for_the_channels_is_named(said):
    with pytest.raises(pt.errors.BadValue, match="channels"):
        IMPULSE(np.zeros((4, 5, 4), np.uint8), 0.5, facts={"channels": said})


@pytest.mark.parametrize("noise", NOISES, ids=NAMES)
def test_sixteen_bits_are_the_floating_point_image_rounded_to_nearest(noise):
    image = np.random.default_rng(0).integers(0, 65536, (12, 14, 3)).astype(np.uint16)
    noisy = noise(image, 0.6, sample="a")
    plain = noise((image / np.float32(65535)).astype(np.float32), 0.6, sample="a")
    np.testing.assert_array_equal(noisy, np.rint(plain * 65535).astype(np.uint16))


def test_every_level_of_sixteen_bits_survives():
    every = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    working, token = CONTRACT.encode(every, pt.Context(native=True), False)
    back = CONTRACT.decode(working, token, pt.Context(native=True), False)
    np.testing.assert_array_equal(back, every)


def test_many_channels_are_allowed_when_said():
    image = np.zeros((3, 4, 30), np.uint8)
    assert IMPULSE(image, 1.0, facts={"layout": "HWC"}).shape == image.shape


def test_distances_in_closed_form():
    clean = np.zeros((10, 10), np.uint8)
    noisy = clean.copy()
    noisy[0] = 51
    measured = pt.distance("image", clean, noisy)
    assert measured["rmse"] == pytest.approx(math.sqrt(0.1 * 0.04))
    assert measured["psnr"] == pytest.approx(-10 * math.log10(0.1 * 0.04))
    assert measured["changed"] == pytest.approx(0.1)
    as_floats = pt.distance("image", clean / 255, noisy / 255)
    assert as_floats == pytest.approx(measured)


def test_an_equal_image_has_no_distortion():
    image = np.full((3, 3), 0.5)
    assert pt.distance("image", image, image.copy()) == {
        "psnr": math.inf,
        "rmse": 0.0,
        "changed": 0.0,
    }


def test_the_corpus_has_enough_real_images():
    corpus = CONTRACT.corpus(64)
    assert len(corpus) == 64
    for image in corpus:
        CONTRACT.check(image, pt.Context(), False)
        assert image.std() > 0
