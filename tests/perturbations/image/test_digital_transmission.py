"""Blocks are lost in slices; bits flip in the file; every picture that arrives has its shape."""

from itertools import pairwise

import numpy as np
import pytest

import perturbations as pt
from perturbations._draw import Draw, sample_keys
from perturbations.image.digital._files import decode, encode
from perturbations.image.digital._scan import scan_of
from perturbations.image.digital.transmission import _places

LOSS = pt.get("image/block-loss")
RANDOM = np.random.default_rng(0).integers(0, 256, (150, 170, 3)).astype(np.uint8)
DTYPES = [np.uint8, np.uint16, np.float32, np.float64]
coded = pytest.mark.skipif(
    __import__("importlib.util").util.find_spec("cv2") is None, reason="JPEG needs the extra image"
)


def draw(sample):
    keys = sample_keys([sample])
    return Draw.of(keys, seed=0, perturbation="p", input="", position=0, replicate=0).row(0)


@pytest.mark.parametrize("share", [0.02, 0.2, 0.35, 0.8])
def test_the_share_of_blocks_is_the_declared_one(share):
    image = np.zeros((224, 224, 3), np.uint8)
    for sample in range(10):
        noisy = LOSS.apply(image, dose={"share": share}, sample=sample)
        assert noisy.report["blocks"] in (int(196 * share), int(196 * share) + 1)
        assert noisy.report["share"] == (noisy.value != 0).mean() == noisy.report["blocks"] / 196


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (8, 8), (20, 40)])
def test_the_mean_share_is_exact_at_any_size(size):
    image, n = np.zeros(size, np.uint8), 600
    found = [LOSS.apply(image, 1.0, sample=i).report["blocks"] for i in range(n)]
    count = -(-size[0] // 16) * -(-size[1] // 16)
    assert np.mean(found) == pytest.approx(0.35 * count, abs=2.5 / np.sqrt(n))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(150, 170, 3), (37, 53), (17, 90, 5), (1, 1), (1, 200)])
def test_lost_blocks_are_grey_and_stay_lost(dtype, shape):
    full = 1 if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max
    image = np.full(shape, full // 4 if full > 1 else 0.25).astype(dtype)
    for sample in range(4):
        noisy = [LOSS(image, s, sample=sample) for s in np.arange(0.1, 1.01, 0.15)]
        for milder, harsher in pairwise(noisy):
            assert milder.dtype == dtype
            lost = milder != image
            assert not (lost & (harsher == image)).any()
            assert np.abs(harsher[lost] / full - 0.5).max(initial=0) <= 0.5 / 255


def test_blocks_are_lost_to_the_end_of_the_slice():
    run, columns = 5, 40
    noise = pt.get("image/block-loss", run=run)
    for sample in range(20):
        lost = noise(np.zeros((16, 16 * columns)), 1.0, sample=sample)[0, ::16] > 0
        ends = np.flatnonzero(lost[:-1] & ~lost[1:])
        assert len(set(ends % run)) <= 1
        assert lost.sum() in (14, 15)


def test_a_copy_is_the_block_to_the_left():
    image = RANDOM[:144, :160]
    noise = pt.get("image/block-loss(concealment=copy)")
    for sample in range(10):
        lost = (LOSS(image, 0.8, sample=sample) == 128).all(axis=2)[::16, ::16]
        copied = noise(image, 0.8, sample=sample)
        for row, column in np.argwhere(lost):
            y, x = 16 * row, 16 * column
            left = (y, x - 16) if column else (y - 16, x)
            wanted = copied[left[0] : left[0] + 16, left[1] : left[1] + 16] if row + column else 128
            np.testing.assert_array_equal(
                copied[y : y + 16, x : x + 16], np.broadcast_to(wanted, (16, 16, 3))
            )


def test_copies_fit_at_ragged_borders():
    noise = pt.get("image/block-loss(concealment=copy, run=1)")
    for sample in range(20):
        assert noise(RANDOM[:37, :53], 1.0, sample=sample).shape == (37, 53, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image/block-loss(run=0)", "a slice of at least one block"),
        ("image/block-loss(concealment=blur)", "one of grey, copy"),
        ("image/bit-errors(quality=101)", "a JPEG quality in 1 to 100"),
        ("image/bit-errors(restart=-1)", "0 to 65535 coded units"),
    ],
)
def test_bad_settings_are_named(text, message):
    with pytest.raises(pt.errors.BadSetting, match=message):
        pt.get(text)(RANDOM, 1.0)


@coded
@pytest.mark.parametrize("shape", [(150, 170, 3), (150, 170, 1), (1, 1, 3), (9, 8, 1), (16, 33, 3)])
@pytest.mark.parametrize("quality", [1, 30, 90, 100])
@pytest.mark.parametrize("restart", [0, 1, 3])
def test_without_damage_a_file_stays_the_same(shape, quality, restart):
    cv2 = pytest.importorskip("cv2", reason="JPEG needs the extra image")
    options = (cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_RST_INTERVAL, restart)
    file = encode(RANDOM[: shape[0], : shape[1], : shape[2]], ".jpg", options)
    scan = scan_of(file)
    np.testing.assert_array_equal(scan.mended(scan.coded), file)


@coded
def test_no_flips_are_what_the_codec_does():
    noisy = pt.get("image/bit-errors").apply(RANDOM, dose={"errors": 1e-12}, sample="a")
    quality_90 = pt.get("image/jpeg-compression")(RANDOM, dose={"quality": 90.0})
    assert noisy.report["flips"] == 0
    np.testing.assert_array_equal(noisy.value, quality_90)


@coded
@pytest.mark.parametrize("quality", [10, 95])
@pytest.mark.parametrize("restart", [0, 4])
def test_any_damage_decodes_to_the_same_shape_without_a_word(quality, restart, capfd):
    noise = pt.get("image/bit-errors", quality=quality, restart=restart)
    for sample in range(50):
        noisy = noise(RANDOM[:40, :56], dose={"errors": 0.01}, sample=sample)
        assert noisy.shape == (40, 56, 3)
    assert capfd.readouterr() == ("", "")


@coded
def test_pure_garbage_is_read_to_the_end(capfd):
    scan = scan_of(encode(RANDOM[:64, :64], ".jpg", ()))
    rng = np.random.default_rng(1)
    for _ in range(50):
        garbage = rng.integers(0, 256, scan.coded.size).astype(np.uint8)
        assert decode(scan.mended(garbage), (64, 64, 3)).shape == (64, 64, 3)
    for level in (0, 255):
        even = np.full_like(scan.coded, level)
        assert decode(scan.mended(even), (64, 64, 3)).shape == (64, 64, 3)
    assert capfd.readouterr() == ("", "")


class Bits:
    """Reads the bits of one segment of a scan as the standard says, and objects to anything unsound."""

    def __init__(self, coded, codes):
        self.left = "".join(f"{byte:08b}" for byte in coded)
        self.codes = codes

    def symbol(self, table):
        prefix = int(self.left[:16].ljust(16, "0"), 2)
        length, symbol = self.codes[table, :, prefix].tolist()
        assert 0 < length <= len(self.left)
        self.left = self.left[length:]
        return symbol

    def skip(self, count):
        assert count <= len(self.left)
        self.left = self.left[count:]

    def block(self, table):
        self.skip(self.symbol(2 * table))
        place = 1
        while place < 64 and (symbol := self.symbol(2 * table + 1)):
            self.skip(symbol & 15)
            place += (symbol >> 4) + 1
        assert place <= 64


@coded
@pytest.mark.parametrize("channels", [1, 3])
def test_a_mended_file_is_sound(channels):
    cv2 = pytest.importorskip("cv2", reason="JPEG needs the extra image")
    options = (cv2.IMWRITE_JPEG_QUALITY, 60, cv2.IMWRITE_JPEG_RST_INTERVAL, 2)
    scan = scan_of(encode(RANDOM[:48, :64, :channels], ".jpg", options))
    rng = np.random.default_rng(2)
    for _ in range(4):
        garbage = rng.integers(0, 256, scan.coded.size).astype(np.uint8)
        mended = scan_of(scan.mended(garbage))
        assert mended.units.tolist() == scan.units.tolist()
        for begin, end, units in zip(mended.starts, mended.starts[1:], mended.units, strict=False):
            bits = Bits(mended.coded[begin:end], mended.codes)
            for table in mended.blocks.tolist() * int(units):
                bits.block(table)
            assert len(bits.left) < 8
            assert "0" not in bits.left


@coded
def test_with_restarts_damage_ends_at_the_next_marker():
    # 4 units of 16 px: a row of 64 px is a segment, and so is every row of units.
    cv2 = pytest.importorskip("cv2", reason="JPEG needs the extra image")
    options = (cv2.IMWRITE_JPEG_QUALITY, 90, cv2.IMWRITE_JPEG_RST_INTERVAL, 4)
    image = cv2.GaussianBlur(RANDOM[:96, :64], (0, 0), 2)
    file = encode(image, ".jpg", options)
    scan, clean = scan_of(file), decode(file, image.shape)
    assert len(scan.units) == 6
    for at in range(scan.starts[2], scan.starts[3] - 2, 7):
        flipped = scan.coded.copy()
        flipped[at] ^= 0x20
        rows = (decode(scan.mended(flipped), image.shape) != clean).any(axis=(1, 2))
        # Colour is at half resolution and interpolated across the border of the units.
        assert not rows[:31].any()
        assert not rows[49:].any()


@coded
def test_flips_are_poisson_and_stay():
    bits, rates = 100_000, (1e-5, 5e-5, 1e-4)
    counts = []
    for sample in range(400):
        places = [_places(bits, rate, draw(sample), "0").tolist() for rate in rates]
        for fewer, more in pairwise(places):
            assert more[: len(fewer)] == fewer
        counts.append(len(places[-1]))
    assert np.mean(counts) == pytest.approx(10, abs=4 * np.sqrt(10 / 400))
    assert np.var(counts) == pytest.approx(10, rel=0.3)


@coded
@pytest.mark.parametrize("shape", [(1, 1), (9, 30), (30, 9, 3), (20, 20, 5)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_bit_errors_keep_shape_and_type(shape, dtype):
    full = 1 if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max
    image = (np.resize(RANDOM, shape) / 255 * full).astype(dtype)
    noisy = pt.get("image/bit-errors").apply(image, dose={"errors": 0.001}, sample="a")
    assert (noisy.value.shape, noisy.value.dtype) == (shape, dtype)
    assert noisy.report["bits"] > 0
