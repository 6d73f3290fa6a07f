"""JPEG is what the codec does, channels in the right order."""

import numpy as np
import pytest

import perturbations as pt

cv2 = pytest.importorskip("cv2", reason="JPEG needs the extra image")
JPEG = pt.get("image/jpeg-compression")
COLOUR = cv2.GaussianBlur(
    np.random.default_rng(0).integers(0, 256, (40, 56, 3)).astype(np.uint8), (0, 0), 3
)


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
