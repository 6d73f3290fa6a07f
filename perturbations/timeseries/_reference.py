"""What noise has to know of the clean series: the spread of every channel, and how its readings are distributed.

Why: sensors differ in unit and spread, so a fault is measured in the standard deviation of its channel over the clean
data, and never in its mean: a channel about zero would have no fault at all.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations.errors import BadValue, MissingReference, explain
from perturbations.timeseries._series import Values

_LOWER = (0, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45)
PROBABILITIES = (*_LOWER, 0.5, *(1 - p for p in reversed(_LOWER)))
"""Probabilities of the quantiles that are kept: those that ladders name, and enough to read between them."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Statistics of each channel, pooled over all steps of all clean series; what is missing is left out."""

    mean: tuple[float, ...]
    std: tuple[float, ...]
    """Standard deviation; 0 for a constant or an all-missing channel."""
    levels: tuple[tuple[float, ...], ...]
    """Per channel, the quantiles at `PROBABILITIES`: from the least reading to the largest."""
    names: tuple[str, ...] | None = None
    """Names of the channels, where the series have any."""

    def to_json(self) -> dict[str, Any]:
        """Return plain data; NaN (an all-missing channel) becomes None."""
        levels = [_plain(each) for each in self.levels]
        names = None if self.names is None else list(self.names)
        return {
            "mean": _plain(self.mean), "std": _plain(self.std), "levels": levels, "names": names
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Reference":
        """Read what `to_json` returned."""
        levels = tuple(_read(each) for each in data["levels"])
        names = data["names"]
        return cls(
            _read(data["mean"]), _read(data["std"]), levels, None if names is None else tuple(names)
        )


def pooled(tables: Sequence[NDArray[Any]], names: tuple[str, ...] | None) -> Reference:
    """Fit the reference on readings (T, C) of clean series of any lengths.

    Raises:
        BadValue: they differ in the number of channels.
    """
    widths = sorted({table.shape[1] for table in tables})
    if len(widths) != 1:
        raise BadValue(explain("series of one number of channels", "channels", widths))
    readings = np.concatenate(tables).astype(np.float64)
    columns = [_statistics(column[~np.isnan(column)]) for column in readings.T]
    mean, std, levels = zip(*columns, strict=True)
    return Reference(mean, std, levels, names)


def spread(reference: Reference, channels: int) -> Values:
    """Return the standard deviation of each channel, shape (channels,).

    Raises:
        MissingReference: the reference was fitted on another number of channels.
    """
    check_channels(reference, channels)
    return np.array(reference.std)


def check_channels(reference: Reference, channels: int) -> None:
    """Raise MissingReference unless the reference was fitted on that many channels."""
    if len(reference.std) != channels:
        hint = "fit it on the clean series of this input: noise.fit(series)"
        expected = f"a reference of {channels} channels"
        raise MissingReference(explain(expected, "channels", len(reference.std), hint))


def means(reference: Reference | None, channels: int, setting: str) -> Values:
    """Return the mean of each channel, which a setting asks for; 0 for an all-missing one.

    Raises:
        MissingReference: there is no reference, or one of another number of channels.
    """
    return np.asarray(np.nan_to_num(_known(reference, channels, setting).mean))


def quantile(
    reference: Reference | None, probability: float, channels: int, setting: str
) -> Values:
    """Return a quantile of each channel, which a setting asks for; NaN for an all-missing one.

    Raises:
        MissingReference: there is no reference, or one of another number of channels.
    """
    levels = _known(reference, channels, setting).levels
    return np.array([np.interp(probability, PROBABILITIES, each) for each in levels])


def _known(reference: Reference | None, channels: int, setting: str) -> Reference:
    if reference is None:
        hint = "pass reference=noise.fit(series), fitted once on the clean data"
        raise MissingReference(
            explain(f"a reference for the setting {setting!r}", "reference", None, hint)
        )
    check_channels(reference, channels)
    return reference


def flat(std: Values) -> dict[str, int]:
    """Report how many channels have no spread, so that noise in units of it is none."""
    return {"flat_channels": int(np.count_nonzero(std == 0))}


def _statistics(column: Values) -> tuple[float, float, tuple[float, ...]]:
    if not column.size:
        return math.nan, 0.0, (math.nan,) * len(PROBABILITIES)
    # The standard deviation of equal numbers is 0, also where their mean is not exact.
    std = float(column.std()) if column.min() < column.max() else 0.0
    return float(column.mean()), std, tuple(np.quantile(column, PROBABILITIES).tolist())


def _plain(numbers: Sequence[float]) -> list[float | None]:
    return [None if math.isnan(x) else x for x in numbers]


def _read(numbers: Sequence[float | None]) -> tuple[float, ...]:
    return tuple(math.nan if x is None else x for x in numbers)
