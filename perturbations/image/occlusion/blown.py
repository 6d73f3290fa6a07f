"""A light too strong to see anything around it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain

Images = NDArray[Any]


@perturbation(native=True, coupling="mask", frames="fixed")
def saturation_block(
    image: Images,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.35, unit="share of the area", high=1.0),
    bloom: float = 0.5,
) -> Noisy:
    """A light too strong for the sensor: a disc turns full white, and its charge spills along the columns.

    Blown out are the pixels with the smallest distance sqrt(dx^2 + (dy / s)^2) from the draw's centre. The stretch of a
    column is s = 1 + bloom e with e exponential of mean 1, drawn once per column: full wells run over into their
    neighbours in the column, so the edge is ragged there and streaks stand out of it. The number of white pixels is
    share times all pixels, rounded up or down by the draw so that its mean is exact; the region grows outwards.

    Severity: 2, 5, 10, 20, 35 % of the area (severity 0.2 to 1).

    Raises:
        BadSetting: `bloom` is negative.

    References:
        Janesick 2001, "Scientific charge-coupled devices" (blooming along the columns). Shares and stretch are our choice.
    """
    if bloom < 0:
        raise BadSetting(explain("a stretch of 0 or more", "bloom", bloom))
    out, (height, width, _) = np.array(image, order="C"), image.shape
    count = int(share * height * width + float(draw.uniform(stream="count")))
    if count:
        distance = _distance(height, width, bloom, draw)
        blown = distance <= np.partition(distance.ravel(), count - 1)[count - 1]
        count = int(np.count_nonzero(blown))
        out[blown] = 255 if out.dtype == np.uint8 else 1
    return Noisy(out, report={"share": count / (height * width)})


def _distance(height: int, width: int, bloom: float, draw: Draw) -> NDArray[np.float32]:
    """Return the distance of each pixel from the light, columns stretched; squared, in pixels."""
    y, x = draw.uniform((2,), stream="centre") * (height, width)
    stretch = 1 - bloom * np.log1p(-draw.uniform((width,), stream="column"))
    down = ((np.arange(height) + 0.5 - y) ** 2).astype(np.float32)
    right = ((np.arange(width) + 0.5 - x) ** 2).astype(np.float32)
    return np.asarray(down[:, None] * (stretch**-2).astype(np.float32) + right)
