"""Noise of transmission: coded pictures that arrive with gaps and errors."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations._extras import require
from perturbations.errors import BadSetting, explain
from perturbations.image.digital._files import check_side, decode, encode, on_levels
from perturbations.image.digital._scan import scan_of
from perturbations.image.digital.codec import LONGEST_JPEG

Image = NDArray[Any]
Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]

_BLOCK = 16
"""Side of a macroblock, in pixels."""
_CONCEALMENTS = ("grey", "copy")


@perturbation(native=True, coupling="mask")
def block_loss(
    image: Image,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.35, unit="share of the blocks", high=1.0),
    run: int = 8,
    concealment: str = "grey",
) -> Noisy:
    """A broken transmission: runs of 16 x 16 blocks do not arrive, from an error to the end of the slice.

    The blocks of the frame, row after row, are sent in slices of `run` blocks (the first may be shorter: the phase is
    the draw's). Slices break in the draw's order, each from its end backwards, so that lost blocks stay lost at a
    harsher severity. The number of lost blocks is share times all, rounded up or down by the draw so that its mean is
    exact. A lost block is mid-grey, or with concealment=copy the block to its left as the decoder shows it (the one
    above at the left border, mid-grey in the corner); a copy follows what is lost beside it, so there values may change
    with severity. The report states the share of the area and the blocks.

    Severity: 2, 5, 10, 20, 35 % of the blocks (severity 0.2 to 1).

    Raises:
        BadSetting: `run` is below 1, or `concealment` is not grey or copy.

    References:
        ITU-T H.264 (macroblocks and slices). The shares and the run are our choice.
    """
    if run < 1:
        raise BadSetting(explain("a slice of at least one block", "run", run))
    if concealment not in _CONCEALMENTS:
        raise BadSetting(explain(f"one of {', '.join(_CONCEALMENTS)}", "concealment", concealment))
    out = np.array(image, order="C")
    height, width, _ = out.shape
    rows, columns = -(-height // _BLOCK), -(-width // _BLOCK)
    lost = _lost(rows * columns, share, run, draw)
    grey = out.dtype.type(128 if out.dtype == np.uint8 else 0.5)
    area = 0
    for row, column in zip(*(each.tolist() for each in np.divmod(lost, columns)), strict=True):
        block = out[row * _BLOCK : (row + 1) * _BLOCK, column * _BLOCK : (column + 1) * _BLOCK]
        area += block.shape[0] * block.shape[1]
        block[...] = _shown(out, row, column, block.shape) if concealment == "copy" else grey
    return Noisy(out, report={"share": area / (height * width), "blocks": len(lost)})


@perturbation(
    native=True,
    coupling="prefix",
    exempt={
        "coupled": "flips are a prefix in the coded bits, not in pixels: one flip moves all that follow it"
    },
    requires=("image",),
)
def bit_errors(
    image: Image,
    draw: Draw,
    *,
    errors: Dose = Ladder(
        1e-5, 2e-5, 1 / 30_000, 5e-5, 1e-4, unit="bit errors per coded bit", high=0.01
    ),
    quality: int = 90,
    restart: int = 4,
) -> Noisy:
    """Bits of the sent or stored file flip: shifted colours and torn blocks from there to the next restart.

    The image is encoded as JPEG (colour at half resolution) and bits of the entropy-coded data are flipped, as a
    Poisson process of `errors` per bit whose places the draw orders: a harsher severity adds flips to the same ones. The
    damaged data are read by the rules of the standard: a block ends at an invalid code or after its 64th number, and
    blocks for which no bits are left repeat the last mean; so every file decodes, to the same shape. Headers and
    restart markers arrive whole. `restart` is the number of coded units (16 x 16 px in colour, 8 x 8 in grey) between
    restart markers, as a sender over a bad channel sets them; with 0, as in most stored files, damage runs on to the end
    of the picture. With a number of channels that is neither 1 nor 3 each channel is a file of its own.
    Floating-point images pass through 8 bits. The report states flips and coded bits.

    Severity: one error in 100000, 50000, 30000, 20000, 10000 bits (severity 0.2 to 1).

    Raises:
        BadSetting: `quality` is not in 1 to 100, or `restart` not in 0 to 65535.
        NotApplicable: a side is longer than 65500 pixels, which JPEG cannot store.

    References:
        ITU-T T.81 (1992), annexes C and F; Kar et al. 2022, "3D common corruptions and data augmentation", `bit_error`
        (one in as many, there of a video stream; that bits are counted, and a still picture's, is our choice).
    """
    if not 1 <= quality <= 100:
        raise BadSetting(explain("a JPEG quality in 1 to 100", "quality", quality))
    if not 0 <= restart <= 65535:
        raise BadSetting(explain("0 to 65535 coded units", "restart", restart))
    check_side(image[None], LONGEST_JPEG, "JPEG")
    report = {"flips": 0, "bits": 0}
    damage = partial(
        _damaged, draw=draw, rate=errors, quality=quality, restart=restart, report=report
    )
    noisy = on_levels(image, damage)
    return Noisy(noisy, report=report)


def _lost(count: int, share: float, run: int, draw: Draw) -> Integers:
    """Return the numbers of the lost blocks in raster order."""
    block = np.arange(count)
    phase = int(draw.integers(0, run, stream="phase"))
    sliced = (block + phase) // run
    order = np.lexsort((-block, draw.permutation(int(sliced[-1]) + 1, stream="slice")[sliced]))
    lost = int(share * count + float(draw.uniform(stream="count")))
    return np.sort(order[:lost])


def _shown(image: Image, row: int, column: int, shape: tuple[int, ...]) -> Image:
    """Return what a decoder shows in the place of a lost block: a copy of a neighbour."""
    if row == column == 0:
        return np.full(shape, 128 if image.dtype == np.uint8 else 0.5, dtype=image.dtype)
    up, left = (row, column - 1) if column else (row - 1, column)
    return image[up * _BLOCK :, left * _BLOCK :][: shape[0], : shape[1]]


def _damaged(
    image: Bytes, draw: Draw, rate: float, quality: int, restart: int, report: dict[str, int]
) -> Bytes:
    cv2 = require("cv2", extra="image")
    options = (cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_RST_INTERVAL, restart)
    out = np.empty(image.shape, dtype=np.uint8)
    channels = image.shape[2]
    planes = [slice(0, 3)] if channels == 3 else [slice(i, i + 1) for i in range(channels)]
    for plane in planes:
        scan = scan_of(encode(image[..., plane], ".jpg", options))
        places = _places(8 * scan.coded.size, rate, draw, f"{plane.start}")
        coded = scan.coded.copy()
        np.bitwise_xor.at(coded, places >> 3, (0x80 >> (places & 7)).astype(np.uint8))
        out[..., plane] = decode(scan.mended(coded), image[..., plane].shape)
        report["flips"] += len(places)
        report["bits"] += 8 * scan.coded.size
    return out


def _places(bits: int, rate: float, draw: Draw, stream: str) -> Integers:
    """Return the bits that flip: the arrivals of a Poisson process over the rate, each at a place of its own."""
    expected = rate * bits
    enough = int(expected + 12 * expected**0.5) + 32
    arrivals = np.cumsum(-np.log1p(-draw.uniform((enough,), stream=f"arrival-{stream}")))
    count = int(np.searchsorted(arrivals, expected, side="right"))
    return draw.integers(0, bits, (enough,), stream=f"place-{stream}")[:count]
