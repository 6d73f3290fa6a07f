"""Streams that are apart in time: by how much, in which direction, and what is left of them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations.crossmodal._corpus import FACTS, corpus
from perturbations.errors import BadSetting, BadValue, MissingFact, NotApplicable

LATE = pt.get("crossmodal/time-offset")


def late(content, ms, *, kind="audio", rate=1000, fill="hold", direction="late", **facts):
    facts = {"b": {"modality": kind, "rate": rate, **facts}}
    noise = LATE.with_settings(fill=fill, direction=direction)
    return noise.apply({"a": 0, "b": content}, dose={"lag": ms}, sample="s", facts=facts)


@pytest.mark.parametrize("fill", ["hold", "zeros"])
@pytest.mark.parametrize(
    ("kind", "shape", "axis"),
    [
        ("audio", (50,), 0),
        ("audio", (2, 50), 1),
        ("timeseries", (50, 3), 0),
        ("timeseries", (50,), 0),
        ("video", (50, 2, 3), 0),
        ("video", (50, 2, 3, 3), 0),
    ],
)
def test_an_offset_moves_time_and_nothing_else(kind, shape, axis, fill):
    clean = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    done = late(clean, 7.0, kind=kind, fill=fill)
    noisy, before = np.moveaxis(done.value["b"], axis, 0), np.moveaxis(clean, axis, 0)
    assert np.array_equal(noisy[7:], before[:-7])
    assert np.array_equal(
        noisy[:7], np.broadcast_to(before[0] if fill == "hold" else 0, noisy[:7].shape)
    )
    assert done.value["b"].shape == shape
    assert done.report == {"offset_ms": 7.0, "misalignment": 7.0}


def test_the_cross_correlation_peaks_at_the_offset():
    clean = np.random.default_rng(0).normal(size=4000).astype(np.float32)
    noisy = late(clean, 40.0, rate=8000, fill="zeros").value["b"]
    peak = int(np.argmax(np.correlate(noisy, clean, mode="full"))) - (len(clean) - 1)
    assert peak == 320


@settings(max_examples=60, deadline=None)
@given(st.floats(0.1, 500), st.floats(1, 48_000), st.integers(0, 30), st.booleans())
def test_the_realised_offset_is_the_nearest_sample(ms, rate, length, early):
    clean = np.arange(float(length))
    try:
        done = late(clean, -ms if early else ms, rate=rate)
    except NotApplicable:
        assert ms * rate / 1000 + 0.5 >= length
        return
    realised = done.report["offset_ms"]
    assert abs(realised - (-ms if early else ms)) <= 500 / rate + 1e-9
    assert done.report["misalignment"] == abs(realised)
    assert done.value["b"].shape == clean.shape


def test_an_offset_of_less_than_half_a_sample_changes_nothing():
    value = late(np.arange(5.0), 4.0, rate=100).value["b"]
    assert np.array_equal(value, np.arange(5.0))


def test_an_offset_that_leaves_nothing_is_refused():
    assert late(np.array([3, 4, 5], dtype=np.int16), 2.0).value["b"].tolist() == [3, 3, 3]
    words = r"leaves some of the 3 ms of the input 'b', got offset_ms=-500.*\n.*crossmodal/missing-input"
    with pytest.raises(NotApplicable, match=words):
        late(np.array([3, 4, 5]), -500.0)
    with pytest.raises(NotApplicable, match="of the 0 ms of the input 'b'"):
        late(np.zeros(0), 5.0)


def test_an_offset_grows_with_severity_and_leaves_other_inputs():
    sample = corpus(1)[0]
    offsets = [
        LATE.apply(sample, s, sample="a", facts=FACTS).report["offset_ms"]
        for s in (0.2, 0.4, 0.6, 0.8, 1.0)
    ]
    assert offsets == [40.0, 80.0, 125.0, 185.0, 400.0]
    assert LATE(sample, 1.0, sample="a", facts=FACTS)["image"] is sample["image"]


@pytest.mark.parametrize(
    ("facts", "error", "words"),
    [
        ({}, MissingFact, "the fact 'modality' of the input 'b'"),
        ({"b": {"modality": "audio"}}, MissingFact, "the fact 'rate' of the input 'b'"),
        ({"b": {"modality": "timeseries"}}, MissingFact, "pass facts={'b': {'rate': 100}}"),
        (
            {"b": {"modality": "audio", "rate": 0}},
            MissingFact,
            "the rate of the input 'b' in Hz, got rate=0",
        ),
        ({"b": {"modality": "image", "rate": 1}}, NotApplicable, "name the sampled input last"),
    ],
)
def test_an_offset_names_what_it_lacks(facts, error, words):
    with pytest.raises(error, match=words):
        LATE({"a": 0, "b": np.zeros(4)}, 0.5, sample="s", facts=facts)


def test_an_offset_needs_an_array_and_a_known_fill():
    with pytest.raises(BadValue, match="expected an array for the input 'b'"):
        late([1.0, 2.0], 5.0)
    with pytest.raises(BadSetting, match="one of hold, zeros"):
        late(np.zeros(3), 5.0, fill="wrap")


@pytest.mark.parametrize("fill", ["hold", "zeros"])
def test_an_early_input_loses_its_beginning(fill):
    clean = np.arange(1.0, 51.0)
    for done in (late(clean, -7.0, fill=fill), late(clean, 7.0, fill=fill, direction="early")):
        noisy = done.value["b"]
        assert np.array_equal(noisy[:-7], clean[7:])
        assert np.array_equal(noisy[-7:], np.full(7, 50.0 if fill == "hold" else 0.0))
        assert done.report == {"offset_ms": -7.0, "misalignment": 7.0}


@pytest.mark.parametrize("offset", [-320, -41, 40, 333])
def test_the_cross_correlation_peaks_at_the_signed_offset(offset):
    clean = np.random.default_rng(1).normal(size=4000)
    noisy = late(clean, offset / 8, rate=8000, fill="zeros").value["b"]
    peak = int(np.argmax(np.correlate(noisy, clean, mode="full"))) - (len(clean) - 1)
    assert offset == peak


def test_channels_may_come_last_in_a_sound():
    clean = np.arange(40.0).reshape(20, 2)
    assert np.array_equal(late(clean, 3.0, layout="TC").value["b"][3:], clean[:-3])


def test_moments_move_with_the_input():
    mapping = late(np.arange(50.0), 7.0).mapping
    assert mapping.times([0.010, 0.048]) == pytest.approx([0.017, np.nan], nan_ok=True)
    mapping = late(np.arange(50.0), -7.0).mapping
    assert mapping.times([0.010, 0.002]) == pytest.approx([0.003, np.nan], nan_ok=True)


def test_readings_move_under_the_stamps_of_a_frame():
    stamps = pd.date_range("2026-03-01", periods=6, freq="10ms")
    clean = pd.DataFrame({"x": np.arange(6.0), "n": np.arange(6)}, stamps)
    noisy = late(clean, 20.0, kind="timeseries", rate=None).value["b"]
    expected = pd.DataFrame({"x": [0.0, 0, 0, 1, 2, 3], "n": [0, 0, 0, 1, 2, 3]}, stamps)
    pd.testing.assert_frame_equal(expected, noisy)
    noisy = late(clean, -10.0, kind="timeseries", rate=None, fill="zeros").value["b"]
    expected = pd.DataFrame({"x": [1.0, 2, 3, 4, 5, 0], "n": [1, 2, 3, 4, 5, 0]}, stamps)
    pd.testing.assert_frame_equal(expected, noisy)


def test_uneven_stamps_show_the_nearest_reading_of_the_shifted_moment():
    clean = pd.DataFrame({"x": np.arange(5.0)}, index=[0.0, 0.1, 0.15, 0.4, 0.5])
    noisy = late(clean, 100.0, kind="timeseries", rate=None).value["b"]
    assert [0, 0, 0, 3, 3] == noisy["x"].tolist()
    with pytest.raises(NotApplicable, match="stamps that ascend"):
        late(clean[::-1], 100.0, kind="timeseries", rate=None)


def test_rows_without_stamps_need_a_rate():
    clean = pd.DataFrame({"x": np.arange(5.0)})
    with pytest.raises(MissingFact, match="the rate, for the input 'b'"):
        late(clean, 10.0, kind="timeseries", rate=None)
    assert [0, 0, 1, 2, 3] == late(clean, 10.0, kind="timeseries", rate=100).value["b"][
        "x"
    ].tolist()


def test_frames_that_were_not_recorded_together_are_refused():
    early, late_ = (
        pd.DataFrame({"x": np.arange(50.0)}, pd.date_range(day, periods=50, freq="100ms", tz=zone))
        for day, zone in (("2026-03-01 12:00", "Europe/Berlin"), ("2026-03-01 12:00", "UTC"))
    )
    facts = {name: {"modality": "timeseries"} for name in "ab"}
    with pytest.raises(NotApplicable) as caught:
        LATE({"a": early, "b": late_}, 0.2, sample="s", facts=facts)
    said = str(caught.value)
    assert "inputs that overlap in time" in said
    assert "b from 2026-03-01 12:00:00 to" in said
    assert "a from 2026-03-01 11:00:00 to" in said
    assert "cut both to the span that they share" in said
    together = {"a": early.tz_convert("UTC"), "b": early.tz_convert("Asia/Tokyo")}
    assert LATE(together, 0.2, sample="s", facts=facts)["a"] is together["a"]
    assert LATE({"a": early.reset_index(drop=True), "b": late_}, 0.2, sample="s", facts=facts)
