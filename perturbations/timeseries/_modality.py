"""What a time series is: (T,) or (T, C) time first, float32 or float64, NaN where a value is missing.

Why: sensors differ in unit and spread, so noise is measured in the standard deviation of each channel over the clean
data (`Reference`). What is missing in the clean series stays missing, whatever the noise fills in elsewhere.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations._draw import Draw, sample_keys
from perturbations._modality import Context, Measure, Modality
from perturbations.errors import BadValue, MissingReference, explain

Series = NDArray[np.float64]
"""Series in working form: (T, C), or (n, T, C) for a batch."""

LARGEST = 1e30
"""Largest magnitude taken, so that noisy values and squares stay finite."""

_TAILS = (0.01, 0.99)
"""Probabilities of the quantiles `low` and `high` of a reference."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Statistics of each channel, pooled over all time steps of all clean series; NaN left out."""

    mean: tuple[float, ...]
    std: tuple[float, ...]
    """Standard deviation; 0 for a constant or an all-missing channel."""
    low: tuple[float, ...]
    """The 1 % quantile."""
    high: tuple[float, ...]
    """The 99 % quantile."""

    def to_json(self) -> dict[str, Any]:
        """Return plain data; NaN (an all-missing channel) becomes None."""
        return {k: [None if math.isnan(x) else x for x in v] for k, v in asdict(self).items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Reference":
        """Read what `to_json` returned."""
        return cls(**{k: tuple(math.nan if x is None else x for x in v) for k, v in data.items()})


class _Given(NamedTuple):
    """How the series came, to give it back alike."""

    flat: bool
    dtype: np.dtype[Any]


def spread(reference: Reference, channels: int) -> NDArray[np.float64]:
    """Return the standard deviation of each channel, shape (channels,).

    Raises:
        MissingReference: the reference was fitted on another number of channels.
    """
    if len(reference.std) != channels:
        hint = "fit it on the clean series of this input: noise.fit(series)"
        expected = f"a reference of {channels} channels"
        raise MissingReference(explain(expected, "channels", len(reference.std), hint))
    return np.array(reference.std)


def flat(std: NDArray[np.float64]) -> dict[str, int]:
    """Report how many channels have no spread, so that noise in units of it is none."""
    return {"flat_channels": int(np.count_nonzero(std == 0))}


def fit(values: Sequence[Any], facts: Mapping[str, Any]) -> Reference:
    """Fit the reference on clean series of any lengths.

    Raises:
        BadValue: a value is no series, or they differ in the number of channels.
    """
    for value in values:
        check(value, Context(), False)
    tables = [value[:, np.newaxis] if value.ndim == 1 else value for value in values]
    widths = sorted({table.shape[1] for table in tables})
    if len(widths) != 1:
        raise BadValue(explain("series of one number of channels", "channels", widths))
    pooled = np.concatenate(tables).astype(np.float64)
    columns = [_statistics(column[~np.isnan(column)]) for column in pooled.T]
    mean, std, low, high = zip(*columns, strict=True)
    return Reference(mean, std, low, high)


def _statistics(column: NDArray[np.float64]) -> tuple[float, float, float, float]:
    if not column.size:
        return math.nan, 0.0, math.nan, math.nan
    # The standard deviation of equal numbers is 0, also where their mean is not exact.
    std = float(column.std()) if column.min() < column.max() else 0.0
    low, high = np.quantile(column, _TAILS)
    return float(column.mean()), std, float(low), float(high)


def check(value: Any, context: Context, batched: bool) -> None:
    """Raise BadValue unless `value` is a series (or a stack of n series); NaN is a missing value."""
    if (
        not isinstance(value, np.ndarray)
        or value.dtype.kind != "f"
        or value.dtype.itemsize not in (4, 8)
    ):
        hint = "convert it: np.asarray(series, dtype=float); mark missing values with NaN"
        raise BadValue(explain("a series of float32 or float64", "value", value, hint))
    shape = value.shape[1:] if batched else value.shape
    if len(shape) not in (1, 2) or (len(shape) == 2 and shape[1] == 0):
        hint = "a list holds several series of different lengths"
        raise BadValue(explain("a series of shape (T,) or (T, channels)", "value", value, hint))
    if not np.all(np.isnan(value) | (np.abs(value) <= LARGEST)):
        hint = "mark missing values with NaN"
        expected = f"values of at most {LARGEST:g} in magnitude, none infinite"
        raise BadValue(explain(expected, "value", value, hint))


def encode(value: NDArray[Any], context: Context, batched: bool) -> tuple[Series, _Given]:
    """Return the series as float64 (T, C), and how it came."""
    flat = value.ndim == 1 + batched
    working = value[..., np.newaxis] if flat else value
    return working.astype(np.float64, copy=False), _Given(flat, value.dtype)


def decode(working: Series, given: _Given, context: Context, batched: bool) -> NDArray[Any]:
    """Return the series as it came."""
    value = working[..., 0] if given.flat else working
    return value.astype(given.dtype, copy=False)


def signature(value: Any) -> Hashable:
    """Return shape and dtype; series that share them can be stacked."""
    return getattr(value, "shape", None), str(getattr(value, "dtype", type(value)))


def distance(clean: Any, noisy: Any, context: Context) -> dict[str, float]:
    """Return the root mean square error in channel standard deviations, and the shares changed and newly missing.

    The spread is the reference's, or the clean series' own without one; a channel without spread counts in raw units.
    Pairs with a missing value do not enter the error; when none is left it is NaN.

    Raises:
        BadValue: the series have different shapes.
    """
    if clean.shape != noisy.shape:
        raise BadValue(explain(f"a noisy series of shape {clean.shape}", "noisy", noisy))
    if not clean.size:
        return {"rmse": 0.0, "changed": 0.0, "missing": 0.0}
    before = clean.reshape(len(clean), -1).astype(np.float64)
    after = noisy.reshape(before.shape).astype(np.float64)
    gone, lost = np.isnan(before), np.isnan(after)
    std = spread(context.reference or fit([before], {}), before.shape[1])
    error = ((after - before) / np.where(std > 0, std, 1.0))[~(gone | lost)]
    return {
        "rmse": math.sqrt(np.mean(error**2)) if error.size else math.nan,
        "changed": float(np.mean((before != after) & ~(gone & lost))),
        "missing": float(np.mean(lost & ~gone)),
    }


def edges() -> dict[str, Any]:
    """Return series at the edge of the contract."""
    wave = np.sin(np.arange(40) * 0.4)
    gaps = np.stack([wave, wave + 5.0], axis=1)
    gaps[3:9, 0], gaps[0, 1], gaps[-1, 1] = np.nan, np.nan, np.nan
    read_only = wave.copy()
    read_only.flags.writeable = False
    return {
        "empty": np.zeros(0),
        "empty with channels": np.zeros((0, 3)),
        "one step": np.array([1.5]),
        "one step of three channels": np.array([[1.0, 2.0, 3.0]], dtype=np.float32),
        "two steps": np.array([1.0, -1.0]),
        "constant": np.full((40, 2), 0.1),
        "zeros": np.zeros(40),
        "all missing": np.full(40, np.nan),
        "a channel all missing": np.stack([wave, np.full(40, np.nan)], axis=1),
        "gaps": gaps,
        "float32": wave.astype(np.float32),
        "read-only": read_only,
        "transposed": np.stack([wave, -wave, 2 * wave]).T,
        "every other step": np.repeat(wave, 2)[::2],
    }


def bad() -> dict[str, Any]:
    """Return values that are no series."""
    endless = np.arange(9.0)
    endless[4] = np.inf
    return {
        "integers": np.arange(9),
        "float16": np.arange(9).astype(np.float16),
        "Inf": endless,
        "no channel": np.zeros((9, 0)),
        "three axes": np.zeros((2, 9, 3)),
        "a list": [1.0, 2.0],
        "text": "1, 2, 3",
        "None": None,
    }


def corpus(n: int) -> list[Any]:
    """Return up to 96 synthetic series like those of a worn accelerometer: 96 to 160 steps of three channels.

    They are made, not recorded: gravity, two harmonics of a gait, an arm movement and sensor noise.
    """
    names = [f"series-{i}" for i in range(min(n, 96))]
    draw = Draw.of(
        sample_keys(names), seed=0, perturbation="corpus", input="series", position=0, replicate=0
    )
    return [_gait(draw.row(i)) for i in range(len(names))]


def _gait(draw: Draw) -> NDArray[np.float64]:
    steps = int(draw.integers(96, 161, stream="length"))
    time = np.arange(steps)[:, np.newaxis] / 50.0
    pace, centre = 1.5 + draw.uniform(2, stream="pace") * np.array([1.0, 0.0]) + [0.0, 0.5]
    gravity, phase, gain = draw.uniform((3, 3), stream="body")
    angle = 2 * np.pi * (pace * time + phase)
    walk = np.sin(angle) + 0.4 * np.sin(2 * angle)
    reach = np.exp(-0.5 * ((time - centre) / 0.15) ** 2)
    noise = 0.05 * draw.normal((steps, 3), stream="sensor")
    series: Series = 9.81 * (2 * gravity - 1) + 2 * gain * walk + 4 * (phase - 0.5) * reach + noise
    return series


MODALITY = Modality(
    name="timeseries",
    check=check,
    encode=encode,
    decode=decode,
    measures={
        "rmse": Measure("channel standard deviations", +1),
        "changed": Measure("share of values", +1),
        "missing": Measure("share of values newly missing", +1),
    },
    distance=distance,
    edges=edges,
    bad=bad,
    corpus=corpus,
    signature=signature,
    stack=np.stack,
    fit=fit,
    read_reference=Reference.from_json,
)
