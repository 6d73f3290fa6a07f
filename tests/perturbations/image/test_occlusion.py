"""What hides the picture hides the share that it says, grows, and stays in the frame."""

from itertools import pairwise

import numpy as np
import pytest

import perturbations as pt
from perturbations.image.occlusion._patches import Patch, cut

OCCLUSION, GRID, ERASE, BLOWN = (
    pt.get(f"image/{name}")
    for name in ("occlusion", "grid-occlusion", "random-erase", "saturation-block")
)
ALL = (
    OCCLUSION,
    GRID,
    pt.get("image/grid-occlusion(shape=bars)"),
    ERASE,
    pt.get("image/random-erase(fill=mean)"),
    pt.get("image/random-erase(fill=black)"),
    BLOWN,
)
SIZES = [(1, 1), (2, 2), (8, 8), (1, 40), (37, 53), (224, 224)]
every = pytest.mark.parametrize("noise", ALL, ids=str)


def probe(shape, noise, dtype=np.uint8):
    """Return an image of a level that the noise never paints, but by chance in a noisy fill."""
    level = 200 if noise.name == "image/occlusion" or "grid" in noise.name else 1
    image = (
        np.full(shape, level / 255, dtype) if dtype != np.uint8 else np.full(shape, level, dtype)
    )
    if "mean" in str(noise):  # the mean of levels 1 and 3 is 2, which is neither
        image.reshape(-1)[::2] = 3
    return image


@every
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_report_is_what_is_hidden(noise, size):
    image = probe((*size, 3), noise)
    for sample in range(4):
        noisy = noise.apply(image, 1.0, sample=sample)
        seen = (noisy.value != image).any(axis=2).mean()
        tolerance = 1e-3 if noise is ERASE else 1e-9  # three bytes of noise may happen to be right
        if not (size == (1, 1) and "mean" in str(noise)):
            assert noisy.report["share"] == pytest.approx(seen, abs=tolerance)


@pytest.mark.parametrize("severity", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("noise", [OCCLUSION, ERASE, BLOWN], ids=str)
@pytest.mark.parametrize("shape", [(200, 300, 3), (224, 224), (8192, 3)])
def test_the_hidden_share_is_the_declared_one(noise, severity, shape):
    share = noise.doses(severity)["share"]
    image = np.zeros(shape, np.uint8)
    pieces = 4 if noise is ERASE else 1
    slack = 1 / image[..., :1].size if noise is BLOWN else pieces * (1 / shape[0] + 1 / shape[1])
    for sample in range(5):
        realised = noise.apply(image, severity, sample=sample).report["share"]
        assert realised == pytest.approx(share, abs=slack)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (8, 8)], ids=str)
@pytest.mark.parametrize("noise", [GRID, ALL[2], BLOWN], ids=str)
def test_the_mean_share_is_exact_at_any_size(noise, size):
    share, n = 0.3, 1500
    image = np.zeros(size, np.uint8)
    found = [noise.apply(image, dose={"share": share}, sample=i).report["share"] for i in range(n)]
    assert np.mean(found) == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / n))


@every
@pytest.mark.parametrize("shape", [(37, 53), (20, 31, 5), (1, 1), (1, 9)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_what_is_hidden_stays_hidden_by_the_same_values(noise, shape, dtype):
    image = probe(shape, noise, np.uint8)
    image = image.astype(dtype) if dtype == np.uint8 else (image / 255).astype(dtype)
    for sample in range(3):
        noisy = [noise(image, s, sample=sample) for s in np.arange(0.1, 1.01, 0.15)]
        assert all(each.dtype == dtype for each in noisy)
        for milder, harsher in pairwise(noisy):
            hidden = milder != image
            np.testing.assert_array_equal(milder[hidden], harsher[hidden])


@every
def test_the_whole_frame_at_share_one(noise):
    image = np.full((7, 5, 3), 3, np.uint8)
    noisy = noise.apply(image, dose={"share": 1.0}, sample="a")
    assert noisy.report["share"] == 1
    if noise.settings.get("fill") != "mean":
        assert (noisy.value != image).any(axis=2).all()


def test_patches_lie_all_over_the_frame():
    image = np.zeros((50, 50), np.uint8)
    times = sum(OCCLUSION(image, 0.2, sample=i) > 0 for i in range(400))
    assert times.min() > 0
    reports = [OCCLUSION.apply(image, 0.2, sample=i).report for i in range(50)]
    assert any(r["top"] == 0 for r in reports)
    assert any(r["right"] == 50 for r in reports)


def test_levels_are_settings():
    assert pt.get("image/occlusion(fill=1)")(np.zeros((9, 9)), 1.0, sample="a").max() == 1
    assert OCCLUSION(np.zeros((9, 9), np.uint8), 1.0, sample="a").max() == 128
    assert pt.get("image/grid-occlusion(fill=1)")(np.zeros((9, 9)), 1.0, sample="a").max() == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image/occlusion(fill=2.0)", r"expected a level in \[0, 1\], got fill=2"),
        ("image/grid-occlusion(fill=-1.0)", r"a level in \[0, 1\]"),
        ("image/grid-occlusion(shape=dots)", "one of squares, bars"),
        ("image/grid-occlusion(period=0.5)", "1 px or more"),
        ("image/random-erase(fill=white)", "one of noise, mean, black"),
        ("image/random-erase(pieces=0)", "at least one piece"),
        ("image/saturation-block(bloom=-1.0)", "a stretch of 0 or more"),
    ],
)
def test_bad_settings_are_named(text, message):
    with pytest.raises(pt.errors.BadSetting, match=message):
        pt.get(text)(np.zeros((9, 9)), 1.0)


@pytest.mark.parametrize(("shape", "share"), [("squares", 0.25), ("bars", 0.4375)])
def test_a_grid_that_fits_the_frame_hides_exactly_its_share(shape, share):
    noise = pt.get("image/grid-occlusion", shape=shape, period=16.0, fill=1.0)
    for sample in range(20):
        hidden = noise(np.zeros((64, 96)), dose={"share": share}, sample=sample)
        assert hidden.mean() == pytest.approx(share, abs=1e-9)
        np.testing.assert_array_equal(hidden[:-16, :-16], hidden[16:, 16:])


def test_erased_pieces_are_apart_and_as_many_as_asked():
    from scipy.ndimage import label

    image = np.ones((120, 160), np.uint8)
    for pieces in (1, 2, 4, 7):
        noise = pt.get("image/random-erase", pieces=pieces, fill="black")
        counts = [label(noise(image, 0.4, sample=i) == 0)[1] for i in range(30)]
        assert max(counts) == pieces


def test_the_noise_of_a_piece_is_uniform():
    noisy = ERASE(np.zeros((256, 256, 3), np.uint8), dose={"share": 1.0}, sample="a")
    counts = np.bincount(noisy.ravel(), minlength=256)
    assert ((counts - noisy.size / 256) ** 2 / (noisy.size / 256)).sum() < 255 + 5 * np.sqrt(510)
    unit = ERASE(np.zeros((99, 99), np.float32), dose={"share": 1.0}, sample="a")
    assert unit.mean() == pytest.approx(0.5, abs=5 / np.sqrt(12 * unit.size))
    assert unit.var() == pytest.approx(1 / 12, rel=0.05)


def test_the_mean_is_each_channels_own():
    image = np.zeros((40, 40, 3), np.uint8)
    image[:20, :, 0], image[..., 1] = 255, 77
    noisy = pt.get("image/random-erase(fill=mean)")(image, dose={"share": 1.0}, sample="a")
    assert (noisy == (128, 77, 0)).all()


def test_without_blooming_the_light_is_a_disc():
    noisy = pt.get("image/saturation-block(bloom=0.0)")(
        np.zeros((400, 400)), dose={"share": 0.01}, sample="b"
    )
    rows, columns = np.flatnonzero(noisy.any(axis=1)), np.flatnonzero(noisy.any(axis=0))
    radius = np.sqrt(0.01 / np.pi) * 400
    assert len(rows) == pytest.approx(2 * radius, abs=2)
    assert len(columns) == pytest.approx(2 * radius, abs=2)


def test_blooming_spills_along_the_columns():
    taller = 0
    for sample in range(20):
        noisy = BLOWN(np.zeros((300, 300), np.uint8), dose={"share": 0.01}, sample=sample)
        assert set(np.unique(noisy)) == {0, 255}
        taller += np.count_nonzero(noisy.any(axis=1)) > np.count_nonzero(noisy.any(axis=0))
    assert taller >= 18


def test_the_frame_is_cut_across_its_longer_side_and_not_near_the_border():
    frame = Patch(0.0, 10.0, 0.0, 20.0)
    assert cut(frame, [0.0]) == [Patch(0, 10, 0, 6), Patch(0, 10, 6, 20)]
    assert cut(frame, [1.0]) == [Patch(0, 10, 0, 14), Patch(0, 10, 14, 20)]
    halves = [Patch(0, 10, 0, 10), Patch(0, 10, 10, 20)]
    assert cut(frame, [0.5]) == halves
    # Of two equal pieces the first is cut; a square is cut upright.
    assert cut(frame, [0.5, 0.5]) == [halves[1], Patch(0, 10, 0, 5), Patch(0, 10, 5, 10)]
