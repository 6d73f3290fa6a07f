"""Lossy storage is what the codec does, channels in the right order."""

import numpy as np
import pytest

import perturbations as pt

cv2 = pytest.importorskip("cv2", reason="JPEG needs the extra image")
JPEG, WEBP, CHROMA = (
    pt.get(f"image/{name}") for name in ("jpeg-compression", "webp-compression", "jpeg-chroma")
)
SEVERITIES = (0.2, 0.4, 0.6, 0.8, 1.0)
LUMA = np.array([0.299, 0.587, 0.114])
COLOUR = cv2.GaussianBlur(
    np.random.default_rng(0).integers(0, 256, (40, 56, 3)).astype(np.uint8), (0, 0), 3
)


@pytest.fixture(scope="module")
def photographs():
    from importlib.resources import files

    data = files("sklearn.datasets.images").joinpath("china.jpg").read_bytes()
    photo = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    return [np.ascontiguousarray(photo[y : y + 96, x : x + 96]) for y in (0, 200) for x in (0, 300)]


def stored(image, quality, mode):
    data = cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, quality))[1]
    return cv2.imdecode(data, mode)


@pytest.mark.parametrize("severity", [0.2, 0.4, 0.6, 0.8, 1.0])
def test_colour_is_stored_as_red_green_blue(severity):
    quality = JPEG.doses(severity)["quality"]
    wanted = stored(COLOUR[..., ::-1].copy(), int(quality), cv2.IMREAD_COLOR)[..., ::-1]
    np.testing.assert_array_equal(JPEG(COLOUR, severity), wanted)


@pytest.mark.parametrize("channels", [1, 2, 4, 5])
def test_other_images_are_stored_channel_by_channel(channels):
    image = np.concatenate([COLOUR, COLOUR], axis=2)[..., :channels]
    noisy = JPEG(image, 0.6, facts={"channels": "bands"} if channels == 4 else None)
    for i in range(channels):
        wanted = stored(image[..., i].copy(), 15, cv2.IMREAD_GRAYSCALE)
        np.testing.assert_array_equal(noisy[..., i], wanted)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floating_point_images_pass_through_8_bits(dtype):
    noisy = JPEG((COLOUR / 255).astype(dtype), 0.6)
    assert noisy.dtype == dtype
    np.testing.assert_allclose(noisy * 255, JPEG(COLOUR, 0.6), atol=1e-4)


def test_the_mildest_quality_is_100_and_whole():
    doses = [JPEG.doses(s)["quality"] for s in (0.001, 0.1, 0.2, 1.0)]
    assert doses == [100, 62, 25, 7]


def test_an_image_too_long_for_jpeg_is_named():
    with pytest.raises(pt.errors.NotApplicable, match="at most 65500 px a side") as raised:
        JPEG(np.zeros((1, 65501), np.uint8), 0.2)
    assert "crop or tile it" in str(raised.value)


def chequer(a, b, shape=(64, 64)):
    """Return a chequerboard of two colours."""
    odd = np.add.outer(*map(np.arange, shape)) % 2 == 1
    return np.where(odd[..., None], np.uint8(a), np.uint8(b))


@pytest.mark.parametrize("noise", [JPEG, WEBP], ids=str)
def test_a_lower_quality_is_farther_from_a_photograph(noise, photographs):
    mean = [np.mean([loss(noise, image, s) for image in photographs]) for s in SEVERITIES]
    assert all(np.diff(mean) > 0)


def test_webp_is_what_the_codec_does_with_red_first():
    for severity in (0.2, 1.0):
        quality = int(WEBP.doses(severity)["quality"])
        options = (cv2.IMWRITE_WEBP_QUALITY, quality)
        data = cv2.imencode(".webp", COLOUR[..., ::-1].copy(), options)[1]
        wanted = cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1]
        np.testing.assert_array_equal(WEBP(COLOUR, severity), wanted)


def test_an_image_too_long_for_webp_is_named():
    with pytest.raises(pt.errors.NotApplicable, match="at most 16383 px a side for WebP"):
        WEBP(np.zeros((16384, 1), np.uint8), 0.2)


@pytest.mark.parametrize("noise", [JPEG, WEBP], ids=str)
@pytest.mark.parametrize("shape", [(1, 1), (1, 1, 3), (1, 30, 3), (17, 1, 5), (9, 10, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_any_image_keeps_shape_and_type(noise, shape, dtype):
    full = 1 if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max
    noisy = noise(np.full(shape, full * 0.4).astype(dtype), 1.0)
    assert (noisy.shape, noisy.dtype) == (shape, dtype)
    assert np.abs(noisy / full - 0.4).max() < 0.02


def test_colour_detail_goes_and_luma_stays():
    # Two colours of the same luma: the chequerboard lives in the colour planes alone.
    red, green = np.array([178, 90, 90]), np.array([102, 129, 90])
    assert red @ LUMA == pytest.approx(green @ LUMA, abs=0.5)
    image = chequer(red, green)
    noisy = pt.get("image/jpeg-chroma(quality=100)")(image, 0.2).astype(float)
    assert np.abs(noisy @ LUMA - image @ LUMA).max() <= 2
    assert np.abs(noisy - image.mean(axis=(0, 1))).max() <= 3


def test_grey_detail_stays():
    image = chequer((50, 50, 50), (180, 180, 180))
    for severity in SEVERITIES:
        noisy = pt.get("image/jpeg-chroma(quality=100)")(image, severity)
        assert np.abs(noisy.astype(int) - image).max() <= 2


def test_side_2_is_what_jpeg_does_as_420(photographs):
    options = (cv2.IMWRITE_JPEG_QUALITY, 100)
    options += (cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420)
    for image in photographs:
        data = cv2.imencode(".jpg", image[..., ::-1].copy(), options)[1]
        wanted = cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1].astype(int)
        noisy = pt.get("image/jpeg-chroma(quality=100)")(image, dose={"side": 2.0})
        assert np.abs(noisy - wanted).max() <= 8  # several planes are rounded to 8 bits on the way
        assert np.abs(noisy - wanted).mean() < 0.6


def test_chroma_of_a_photograph_falls_with_the_side(photographs):
    mean = [np.mean([loss(CHROMA, image, s) for image in photographs]) for s in SEVERITIES]
    assert all(np.diff(mean) > 0)


@pytest.mark.parametrize("shape", [(1, 1, 3), (5, 7, 3), (1, 33, 3)])
def test_chroma_of_any_size(shape):
    image = np.full(shape, (200, 60, 30), np.uint8)
    for severity in SEVERITIES:
        assert np.abs(CHROMA(image, severity).astype(int) - image).max() <= 4


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 5)])
def test_without_three_channels_there_is_no_chroma(shape):
    with pytest.raises(pt.errors.NotApplicable, match="red, green and blue"):
        CHROMA(np.zeros(shape, np.uint8), 0.4)


def test_a_bad_quality_is_named():
    with pytest.raises(pt.errors.BadSetting, match="a JPEG quality in 1 to 100"):
        pt.get("image/jpeg-chroma", quality=0)(COLOUR, 0.4)


def loss(noise, image, severity):
    return pt.distance("image", image, noise(image, severity))["rmse"]
