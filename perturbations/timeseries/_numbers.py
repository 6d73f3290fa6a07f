"""Readings as numbers: which there may be, and how they go back into the dtype that they came in."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations.errors import BadValue, NotApplicable, explain

LARGEST = 1e30
"""Largest magnitude of a reading, so that noisy readings and squares stay finite."""
WHOLE = 2**53
"""Largest whole number up to which each has a float64 of its own."""


def check_range(values: NDArray[Any]) -> None:
    """Raise BadValue if a reading is infinite, or too large to add noise to; NaN is missing."""
    if values.dtype.kind in "iu":
        if values.size and not (int(values.min()) >= -WHOLE and int(values.max()) <= WHOLE):
            hint = "convert it: series.astype(float)"
            raise BadValue(explain("counts of at most 2**53 in magnitude", "value", values, hint))
        return
    flat = values.reshape(-1)
    # Where the sum of squares is small enough so is every square; otherwise it is worth a closer look.
    with np.errstate(over="ignore", invalid="ignore"):
        if np.einsum("i,i->", flat, flat) <= LARGEST**2:
            return
    if not np.all(np.isnan(values) | (np.abs(values) <= LARGEST)):
        hint = "mark missing values with NaN"
        expected = f"values of at most {LARGEST:g} in magnitude, none infinite"
        raise BadValue(explain(expected, "value", values, hint))


def cast(values: NDArray[np.float64], dtype: np.dtype[Any], *, missing: bool) -> NDArray[Any]:
    """Return readings in a dtype: whole numbers rounded to nearest and saturated at its ends.

    Where readings may be `missing`, whole numbers stay float64, whether or not one is: a dtype that depends on the draw would
    depend on the batch.

    Raises:
        NotApplicable: one is missing of a dtype that cannot say so, as from another channel of a frame.
    """
    if dtype.kind == "f":
        top = float(np.finfo(dtype).max)
        inside = values if dtype.itemsize == 8 else np.clip(values, -top, top)
        return inside.astype(dtype, copy=False)
    if not missing and np.isnan(values).any():
        hint = "convert it: astype(float)"
        raise NotApplicable(
            explain("readings of a dtype that can be missing", "dtype", str(dtype), hint)
        )
    rounded = np.rint(values)
    ends = np.iinfo(dtype)
    # The last float64 that is not beyond the end, which a 64-bit end rounds up to.
    high = float(ends.max) if dtype.itemsize < 8 else np.nextafter(float(ends.max), 0)
    saturated = np.clip(rounded, float(ends.min), high)
    return saturated if missing else saturated.astype(dtype)
