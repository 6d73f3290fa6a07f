"""What a time series is: readings (T,) or (T, C), time first, or a data frame with an index of times; NaN where one is missing.

Arrays may be (C, T) where the fact `layout` is "CT". One with far more channels than steps was surely given the wrong way round,
and is refused unless the fact says which way it is.

Why: readings are numbers of any sensor: float32, float64, or whole numbers such as counts and codes of a converter, which
are rounded and saturated when they go back. What is missing in the clean series stays missing, whatever the noise fills in
elsewhere. Times are those of the index, else follow from the fact `rate` in Hz; without either, steps are counted.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations._containers import is_pandas
from perturbations._modality import Context, Measure, Modality
from perturbations.errors import BadValue, explain
from perturbations.timeseries import _frames
from perturbations.timeseries._corpus import RATE, bad, corpus, edges
from perturbations.timeseries._numbers import cast, check_range
from perturbations.timeseries._reference import Reference, pooled, spread
from perturbations.timeseries._series import Series, Values

FAMILIES = (
    "noise",
    "interference",
    "calibration",
    "faults",
    "wiring",
    "converter",
    "clock",
    "gaps",
    "link",
)
"""The way of a reading: around the sensor, in it, along its wires, into numbers with a moment each, and over the link."""


_TOO_MANY_CHANNELS = 8
"""A series with more than this many times as many channels as steps was given the wrong way round; our choice."""
_FEW_CHANNELS = 8
"""So many channels are believed of a series of any length."""
_LAYOUTS = ("TC", "CT")


class _Given(NamedTuple):
    """How the series came, to give them back alike."""

    flat: bool
    dtype: np.dtype[Any]
    frames: Sequence[Any] | None
    channels_first: bool = False


def fit(values: Sequence[Any], facts: Mapping[str, Any]) -> Reference:
    """Fit the reference on clean series of any lengths.

    Raises:
        BadValue: a value is no series, or they differ in their channels.
    """
    if is_pandas(values):
        hint = "a frame is one series: noise.fit([frame])"
        raise BadValue(explain("several series, such as a list of frames", "values", values, hint))
    for value in values:
        check(value, Context(facts), False)
    named = sorted({_frames.channel_names(value) for value in values if is_pandas(value)})
    if len(named) > 1:
        hint = "give all frames the same columns in the same order"
        raise BadValue(explain(f"the columns {list(named[0])}", "columns", list(named[1]), hint))
    layout = _layout(facts)
    return pooled([_table(value, layout) for value in values], named[0] if named else None)


def check(value: Any, context: Context, batched: bool) -> None:
    """Raise BadValue unless `value` is a series (or several of one shape); NaN is a missing value."""
    _check_rate(context.facts.get("rate"))
    if isinstance(value, list) and batched:
        for each in value:
            _check_frame(each, context)
    elif is_pandas(value):
        _check_frame(value, context)
    else:
        _check_array(value, batched, _layout(context.facts))


def _layout(facts: Mapping[str, Any]) -> str | None:
    """Return the layout that is declared, if one is."""
    layout = facts.get("layout")
    if layout is not None and layout not in _LAYOUTS:
        expected = "the fact layout to be TC (steps, channels) or CT (channels, steps)"
        raise BadValue(explain(expected, "layout", layout))
    return layout


def _check_rate(rate: Any) -> None:
    number = isinstance(rate, Real) and not isinstance(rate, bool)
    if rate is not None and not (number and 0 < rate < math.inf):
        raise BadValue(explain("a rate in Hz, above 0", "rate", rate))


def _check_frame(frame: Any, context: Context) -> None:
    if not is_pandas(frame):
        raise BadValue(explain("a series", "value", frame, "make it an array or a data frame"))
    _frames.check_frame(frame)
    known = getattr(context.reference, "names", None)
    if known is not None and known != _frames.channel_names(frame):
        hint = "give all frames the same columns in the same order"
        given = list(_frames.channel_names(frame))
        raise BadValue(explain(f"the columns {list(known)}", "columns", given, hint))


def _check_array(value: Any, batched: bool, layout: str | None) -> None:
    kind = value.dtype.kind if isinstance(value, np.ndarray) else ""
    if kind not in {"f", "i", "u"} or (kind == "f" and value.dtype.itemsize not in (4, 8)):
        hint = "convert it: np.asarray(series, dtype=float); mark missing values with NaN"
        raise BadValue(explain("a series of float32, float64 or counts", "value", value, hint))
    shape = value.shape[1:] if batched else value.shape
    steps, channels = (*shape, 1)[:2] if layout != "CT" or len(shape) < 2 else shape[::-1]
    if len(shape) not in (1, 2) or channels == 0:
        hint = "a list holds several series of different lengths"
        raise BadValue(explain("a series of shape (T,) or (T, channels)", "value", value, hint))
    if layout is None and channels > max(_TOO_MANY_CHANNELS * steps, _FEW_CHANNELS) and steps:
        hint = 'say facts={"layout": "CT"} if it is (channels, T), or "TC" if it really has so many channels'
        raise BadValue(explain("a series of shape (T, channels), time first", "value", value, hint))
    check_range(value)


def encode(value: Any, context: Context, batched: bool) -> tuple[Series, _Given]:
    """Return n series (one, when not batched) as float64 (n, T, C) with their moments, and how they came."""
    value = value if batched else stack([value])
    if isinstance(value, list):
        read = [_frames.read(frame, context.facts.get("rate")) for frame in value]
        values, seconds, clocks = zip(*read, strict=True)
        series = Series(_fixed(np.stack(values)), _together(seconds), _together(clocks))
        return series, _Given(False, np.dtype(np.float64), value)
    flat = value.ndim == 2
    turned = not flat and _layout(context.facts) == "CT"
    working = value[..., np.newaxis] if flat else _turned(value, turned)
    given = _Given(flat, value.dtype, None, turned)
    return Series(_fixed(np.ascontiguousarray(working, dtype=np.float64))), given


def _turned(value: Any, turned: bool) -> Any:
    """Return arrays with their last two axes swapped, where they are to be."""
    return np.ascontiguousarray(np.swapaxes(value, -1, -2)) if turned else value


def _together(each: Sequence[Values | None]) -> Values | None:
    known = [one for one in each if one is not None]
    return _fixed(np.stack(known)) if known else None


def _fixed(values: Values) -> Values:
    view = values.view()
    view.flags.writeable = False
    return view


def decode(working: Series | Values, given: _Given, context: Context, batched: bool) -> Any:
    """Return the series as they came: an array, or a list where their lengths part."""
    noisy = working if isinstance(working, Series) else Series(working)
    rows = _rows(noisy, given, context)
    return rows if batched else rows[0]


def _rows(noisy: Series, given: _Given, context: Context) -> Any:
    if given.frames is not None:
        return [_frame(frame, noisy, i, context) for i, frame in enumerate(given.frames)]
    values = cast(noisy.values, given.dtype, missing=context.missing)
    value = values[..., 0] if given.flat else values
    if noisy.lengths is None:
        return _turned(value, given.channels_first)
    rows = [row[:length] for row, length in zip(value, noisy.lengths.tolist(), strict=True)]
    return [_turned(row, given.channels_first) for row in rows]


def _frame(frame: Any, noisy: Series, i: int, context: Context) -> Any:
    length = noisy.values.shape[1] if noisy.lengths is None else int(noisy.lengths[i])
    rows = None if noisy.rows is None else noisy.rows[i, :length]
    late = None if noisy.late is None else noisy.late[i, :length]
    return _frames.write(frame, noisy.values[i, :length], rows, late, missing=context.missing)


def held(before: Series, after: Any) -> tuple[Values, Any]:
    """Return the readings of both; where rows or time have moved, a gap of the clean series may be anywhere in it."""
    if not isinstance(after, Series):
        return before.values, after
    gaps = before.missing.any(axis=(1, 2), keepdims=True)
    return np.where(gaps, np.nan, before.values), after.values


def signature(value: Any) -> Hashable:
    """Return shape and dtype, of frames also columns and index; series that share them can be stacked."""
    if is_pandas(value):
        return _frames.signature(value)
    return getattr(value, "shape", None), str(getattr(value, "dtype", type(value)))


def stack(values: Sequence[Any]) -> Any:
    """Stack arrays of one signature; frames stay a list."""
    return np.stack(values) if isinstance(values[0], np.ndarray) else list(values)


def distance(clean: Any, noisy: Any, context: Context) -> dict[str, float]:
    """Return the root mean square error in channel standard deviations, and the shares changed and newly missing.

    The spread is the reference's, or the clean series' own without one; a channel without spread counts in raw units.
    Pairs with a missing value do not enter the error; when none is left it is NaN. Frames also have the share of stamps that
    changed; where they differ in length, rows are compared by their stamps, and one that left is missing.

    Raises:
        BadValue: the series have different shapes, or stamps that tell no rows.
    """
    if is_pandas(clean) and len(clean) != len(noisy) and clean.index.is_unique:
        noisy = noisy[~noisy.index.duplicated()].reindex(clean.index)
    layout = _layout(context.facts)
    if clean.shape != noisy.shape:
        hint = "of a noise that changes the length, only frames can be compared, by their stamps"
        raise BadValue(explain(f"a noisy series of shape {clean.shape}", "noisy", noisy, hint))
    stamps = {"stamps": _stamps_changed(clean, noisy)} if is_pandas(clean) else {}
    before, after = (_table(each, layout).astype(np.float64) for each in (clean, noisy))
    if not before.size:
        return {"rmse": 0.0, "changed": 0.0, "missing": 0.0} | stamps
    gone, lost = np.isnan(before), np.isnan(after)
    std = spread(context.reference or fit([before], {}), before.shape[1])
    error = ((after - before) / np.where(std > 0, std, 1.0))[~(gone | lost)]
    return {
        "rmse": math.sqrt(np.mean(error**2)) if error.size else math.nan,
        "changed": float(np.mean((before != after) & ~(gone & lost))),
        "missing": float(np.mean(lost & ~gone)),
    } | stamps


def _stamps_changed(clean: Any, noisy: Any) -> float:
    return float(np.mean(clean.index != noisy.index)) if len(clean) else 0.0


def _table(value: Any, layout: str | None) -> NDArray[Any]:
    if is_pandas(value):
        return _frames.read(value, None)[0]
    return np.asarray(value[:, np.newaxis] if value.ndim == 1 else _turned(value, layout == "CT"))


def describe(values: Any, facts: Mapping[str, Any]) -> Mapping[str, str]:
    """Say how long the series are, how many channels they have, and where their times come from.

    Raises:
        BadValue: a value is no series.
    """
    each = list(values)
    for value in each:
        check(value, Context(facts), False)
    layout = _layout(facts)
    shapes = [_table(value, layout).shape for value in each]
    steps, channels = (sorted({shape[axis] for shape in shapes}) for axis in (0, 1))
    rate = facts.get("rate")
    stamped = any(is_pandas(value) for value in each)
    times = "by the index of each" if stamped else "counted in steps, as no rate is declared"
    return {
        "steps": " to ".join(f"{n:,}" for n in dict.fromkeys((steps[0], steps[-1]))),
        "channels": " or ".join(map(str, channels)),
        "layout": "frames" if stamped else "channels first" if layout == "CT" else "time first",
        "times": times if rate is None else f"at {rate:g} Hz",
    }


MODALITY = Modality(
    name="timeseries",
    check=check,
    encode=encode,
    decode=decode,
    held=held,
    measures={
        "rmse": Measure("channel standard deviations", +1),
        "changed": Measure("share of values", +1),
        "missing": Measure("share of values newly missing", +1),
        "stamps": Measure("share of stamps changed", +1),
    },
    distance=distance,
    edges=edges,
    bad=bad,
    corpus=corpus,
    facts={"rate": RATE},
    signature=signature,
    stack=stack,
    fit=fit,
    describe=describe,
    read_reference=Reference.from_json,
    families=FAMILIES,
)
