"""Data frames come back as data frames, with the index that the fault leaves them with."""

import numpy as np
import pandas as pd
import pytest

import perturbations as pt
from perturbations.errors import BadValue, NotApplicable
from perturbations.timeseries._corpus import edges
from perturbations.timeseries._modality import MODALITY, fit

NAMES = pt.names(modality="timeseries")
FACTS = {"rate": 200.0}
FRAMES = {k: v for k, v in edges().items() if not isinstance(v, np.ndarray)}
RNG = np.random.default_rng(5)
START = pd.Timestamp("2026-03-29 00:59:59", tz="UTC")


def frame_of(steps=300, channels=("x", "y"), seed=0, uneven=True, tz="Europe/Berlin"):
    rng = np.random.default_rng(seed)
    gaps = rng.integers(2, 9, steps) * (1 if uneven else 0) + (0 if uneven else 5)
    index = START + pd.to_timedelta(np.cumsum(gaps), unit="ms")
    readings = rng.normal(size=(steps, len(channels))).cumsum(axis=0)
    return pd.DataFrame(readings, index=index.tz_convert(tz).rename("when"), columns=list(channels))


FRAME = frame_of()


@pytest.mark.parametrize("label", FRAMES)
@pytest.mark.parametrize("name", NAMES)
def test_columns_dtypes_and_index_stay(name, label):
    frame, noise = FRAMES[label], pt.get(name)
    before = frame.copy(deep=True)
    reference = noise.fit([frame])
    try:
        noisy = noise(frame, 0.8, facts=FACTS, reference=reference)
    except NotApplicable:
        return
    assert type(frame) is type(noisy)
    pd.testing.assert_index_equal(frame.index, noisy.index, exact=True)
    dtypes = [frame.dtype] if frame.ndim == 1 else list(frame.dtypes)
    kept = [noisy.dtype] if frame.ndim == 1 else list(noisy.dtypes)
    for old, new in zip(dtypes, kept, strict=True):
        assert new in (old, np.float64) if noise.missing else new == old
    if frame.ndim == 2:
        pd.testing.assert_index_equal(frame.columns, noisy.columns)
    else:
        assert frame.name == noisy.name
    assert frame.equals(before)


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_of_frames_equals_one_by_one(name):
    noise = pt.get(name)
    frames = [frame_of(steps, seed=steps) for steps in (90, 120, 90, 61)]
    frames += [frame_of(90, seed=8, uneven=False), frame_of(90, seed=9, tz="UTC")]
    known = {"reference": noise.fit(frames), "facts": FACTS}
    together = noise.batch(frames, 0.7, samples=range(6), **known)
    assert list is type(together)
    for i, (frame, noisy) in enumerate(zip(frames, together, strict=True)):
        pd.testing.assert_frame_equal(noise(frame, 0.7, sample=i, **known), noisy, check_exact=True)


@pytest.mark.parametrize("name", NAMES)
def test_a_frame_of_even_stamps_gets_the_noise_of_its_array(name):
    noise, frame = pt.get(name), frame_of(uneven=False).tz_localize(None).reset_index(drop=True)
    frame.index = np.arange(len(frame)) / 200.0
    known = {"reference": noise.fit([frame.to_numpy()]), "facts": FACTS}
    noisy = noise(frame, 0.7, sample="a", **known)
    array = noise(frame.to_numpy(), 0.7, sample="a", **known)
    np.testing.assert_allclose(array, noisy.to_numpy(), atol=1e-9)


def test_severity_0_is_the_frame_itself():
    assert pt.get("timeseries/lost-samples")(FRAME, 0.0) is FRAME


def test_a_single_frame_is_no_batch():
    noise = pt.get("timeseries/stuck-at")
    with pytest.raises(BadValue, match=r"noise\.batch\(\[frame\]"):
        noise.batch(FRAME, 0.5, samples=range(len(FRAME)))
    with pytest.raises(BadValue, match=r"noise\.fit\(\[frame\]\)"):
        pt.get("timeseries/bias").fit(FRAME)


@pytest.mark.parametrize(
    ("column", "named"),
    [(["a", "b"], "'label'"), ([True, False], "'label'"), ([1j, 2j], "'label'")],
)
def test_a_column_without_numbers_is_named(column, named):
    frame = pd.DataFrame({"x": [1.0, 2.0], "label": column})
    with pytest.raises(BadValue, match=f"column {named}") as caught:
        pt.get("timeseries/stuck-at")(frame, 0.5)
    assert "frame.drop(columns=['label'])" in str(caught.value)


@pytest.mark.parametrize(
    "index", [["a", "b"], [None, 1.0], pd.MultiIndex.from_tuples([(1, 2), (3, 4)]), [0.0, np.inf]]
)
def test_an_index_that_tells_no_moments_is_a_named_error(index):
    frame = pd.DataFrame({"x": [1.0, 2.0]}, index=index)
    with pytest.raises(BadValue, match="index"):
        pt.get("timeseries/stuck-at")(frame, 0.5)


def test_frames_with_other_columns_are_named_errors():
    other = FRAME.rename(columns={"x": "z"})
    with pytest.raises(BadValue, match=r"columns=\['z', 'y'\]"):
        fit([FRAME, other], {})
    noise = pt.get("timeseries/bias")
    with pytest.raises(BadValue, match=r"the columns \['x', 'y'\]"):
        noise(FRAME[["y", "x"]], 0.5, reference=noise.fit([FRAME]))


def test_dates_count_by_the_hour_of_the_world_and_not_of_the_clock():
    """In the night of the change of the clocks, an hour of the clock is missing."""
    drift = pt.get("timeseries/drift")
    hours = pd.date_range("2026-03-29 00:00", periods=5, freq="h", tz="Europe/Berlin")
    flat = pd.Series(np.zeros(5), index=hours)
    path = drift(flat, dose={"end": 1.0}, reference=fit([np.array([1.0, -1.0])], {}))
    np.testing.assert_allclose([0, 0.25, 0.5, 0.75, 1], path.abs())


def test_whole_numbers_count_readings_where_the_rate_is_known():
    """Rows that were filtered out leave gaps."""
    drift, kept = pt.get("timeseries/drift(over=1)"), [0, 1, 2, 10, 20]
    flat = pd.Series(np.zeros(21)).iloc[kept]
    known = {"dose": {"end": 1.0}, "reference": fit([np.array([1.0, -1.0])], {})}
    np.testing.assert_allclose(np.divide(kept, 10), drift(flat, facts={"rate": 10}, **known).abs())
    np.testing.assert_allclose(kept, drift(flat, **known).abs())
    np.testing.assert_allclose(range(5), drift(flat.reset_index(drop=True), **known).abs())


def test_rows_leave_with_their_stamps():
    noisy = pt.get("timeseries/lost-samples(end=shorten)").apply(FRAME, dose={"share": 0.3})
    assert noisy.report["left"] == [len(noisy.value)]
    pd.testing.assert_frame_equal(FRAME.loc[noisy.value.index], noisy.value, check_freq=False)
    assert 0.5 * len(FRAME) < len(noisy.value) < 0.9 * len(FRAME)


def test_rows_that_come_twice_stand_twice():
    noisy = pt.get("timeseries/duplicated-samples(length=lengthen)")(FRAME, dose={"share": 0.3})
    assert len(noisy) > len(FRAME)
    once = noisy[~noisy.index.duplicated()]
    pd.testing.assert_frame_equal(FRAME, once, check_freq=False)


def test_rows_out_of_order_keep_their_stamps():
    noisy = pt.get("timeseries/reordered-samples(stamps=along)")(FRAME, 0.8)
    assert not noisy.index.is_monotonic_increasing
    pd.testing.assert_frame_equal(FRAME, noisy.sort_index(), check_freq=False)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_wrong_stamps_are_finer_than_those_that_were_rounded(unit):
    index = pd.DatetimeIndex(["2026-11-29", "2026-11-30", "2026-12-01"], name="day").as_unit(unit)
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0]}, index=index)
    noisy = pt.get("timeseries/clock-skew(moves=stamps)").apply(frame, dose={"ppm": 10})
    late = (noisy.value.index - index).total_seconds()
    sign = np.sign(noisy.report["ppm"][0])
    np.testing.assert_allclose([0, sign * 0.864, sign * 1.728], late, atol=1e-6)
    assert "day" == noisy.value.index.name
    assert [1.0, 2.0, 3.0] == noisy.value["x"].tolist()


def test_stamps_that_move_count_as_changed():
    noisy = pt.get("timeseries/timestamp-jitter(moves=stamps)")(FRAME, 0.6)
    found = pt.distance("timeseries", FRAME, noisy)
    assert {"rmse": 0.0, "changed": 0.0, "missing": 0.0} == {k: found[k] for k in list(found)[:3]}
    assert found["stamps"] > 0.99
    assert 0.0 == pt.distance("timeseries", FRAME, FRAME + 1.0)["stamps"]


def test_frames_of_other_lengths_are_compared_by_their_stamps():
    lost = pt.get("timeseries/lost-samples(end=shorten)")(FRAME, dose={"share": 0.3})
    found = pt.distance("timeseries", FRAME, lost)
    assert (0.0, 0.0) == (found["rmse"], found["stamps"])
    assert 1 - len(lost) / len(FRAME) == pytest.approx(found["missing"])
    twice = pt.get("timeseries/duplicated-samples(length=lengthen)")(FRAME, dose={"share": 0.3})
    assert 0.0 == pt.distance("timeseries", FRAME, twice)["changed"]
    with pytest.raises(BadValue, match="a noisy series of shape"):
        pt.distance("timeseries", FRAME.to_numpy(), lost.to_numpy())


@pytest.mark.parametrize("name", ["time-shift", "clock-skew", "timestamp-jitter"])
def test_there_are_no_stamps_to_be_wrong_in_an_array(name):
    with pytest.raises(NotApplicable, match="moves=values"):
        pt.get(f"timeseries/{name}(moves=stamps)")(FRAME.to_numpy(), 0.5)


@pytest.mark.parametrize("name", ["clock-skew", "timestamp-jitter"])
@pytest.mark.parametrize("label", ["a frame with a moment twice", "a frame out of order"])
def test_between_stamps_that_do_not_ascend_nothing_is_read(name, label):
    with pytest.raises(NotApplicable, match="sort the index and drop duplicates"):
        pt.get(f"timeseries/{name}")(FRAMES[label], 0.5)


def test_nullable_numbers_stay_nullable():
    frame = pd.DataFrame({"n": pd.array([1, None, 3, 4], dtype="Int64"), "x": np.arange(4.0)})
    noise = pt.get("timeseries/bias")
    noisy = noise(frame, dose={"offset": 1.0}, reference=noise.fit([frame]))
    assert "Int64" == str(noisy["n"].dtype)
    assert [False, True, False, False] == noisy["n"].isna().tolist()
    assert {1} == set((noisy["n"] - frame["n"]).abs().dropna())
    lost = pt.get("timeseries/burst-dropout")(frame, dose={"share": 1.0})
    assert "Int64" == str(lost["n"].dtype)
    assert lost.isna().all(axis=None)


def test_a_missing_reading_cannot_enter_a_column_of_counts():
    frame = pd.DataFrame({"n": np.arange(4), "x": [0.5, np.nan, 1.5, 2.5]})
    with pytest.raises(NotApplicable, match="astype"):
        pt.get("timeseries/channel-swap")(frame, 1.0)


def test_attributes_and_names_of_columns_stay():
    frame = FRAME.rename_axis(columns="axis")
    frame.attrs["subject"] = 7
    noisy = pt.get("timeseries/stuck-at")(frame, 0.5)
    assert ({"subject": 7}, "axis") == (noisy.attrs, noisy.columns.name)


def test_the_reference_of_frames_knows_their_columns():
    reference = fit([FRAME, FRAME], {})
    assert ("x", "y") == reference.names
    assert reference == MODALITY.read_reference(reference.to_json())


@pytest.mark.parametrize(
    ("label", "frame"), [(k, v) for k, v in MODALITY.bad().items() if hasattr(v, "iloc")]
)
def test_a_bad_frame_is_a_named_error_in_a_batch_too(label, frame):
    with pytest.raises(BadValue, match="expected"):
        pt.get("timeseries/stuck-at").batch([frame, frame], 0.5, samples=range(2))


def test_frames_of_other_rates_share_a_stack():
    fast, slow = (frame_of(uneven=False), frame_of(uneven=False, seed=1))
    slow.index = slow.index[0] + 4 * (slow.index - slow.index[0])
    for name in NAMES:
        noise = pt.get(name)
        known = {"reference": noise.fit([fast, slow]), "dose": None, "severity": 0.8}
        try:
            together = noise.batch([fast, slow], samples=range(2), **known)
        except NotApplicable:  # too slow for the mains or for muscles
            continue
        for i, each in enumerate((fast, slow)):
            alone = noise(each, sample=i, **known)
            pd.testing.assert_frame_equal(alone, together[i], check_exact=True)
