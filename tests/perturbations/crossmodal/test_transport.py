"""Streams that lose frames, stand still, or come out of order."""

import itertools

import numpy as np
import pandas as pd
import pytest

import perturbations as pt
from perturbations.errors import BadSetting, NotApplicable

DROP, FREEZE, ORDER = (
    pt.get(f"crossmodal/{name}") for name in ("frame-drop", "input-freeze", "reordered-frames")
)
N = 400


def put(noise, content=None, kind="video", rate=25.0, sample="s", **given):
    content = np.arange(N).reshape(N, 1, 1) if content is None else content
    facts = {"b": {"modality": kind, "rate": rate}}
    return noise.apply({"a": 0, "b": content}, sample=sample, facts=facts, **given)


def shown(done):
    return np.asarray(done.value["b"]).ravel().astype(int)


def test_the_last_good_frame_stands_where_one_is_lost():
    done = put(DROP, dose={"share": 0.4})
    found = shown(done)
    lost = found != np.arange(N)
    assert not lost[0]
    assert np.array_equal(found, np.maximum.accumulate(np.where(lost, 0, np.arange(N))))
    assert lost.mean() == pytest.approx(done.report["frames"])
    assert abs(lost.sum() - 0.4 * (N - 1)) < 4 * np.sqrt(0.24 * N)
    assert 0.0 == done.report["misalignment"]


def test_lost_frames_may_be_black_and_those_lost_are_nested():
    noise = DROP.with_settings(then="zeros")
    before = set()
    for share in (0.1, 0.3, 0.9, 1.0):
        found = shown(put(noise, np.arange(1, N + 1).reshape(N, 1, 1), dose={"share": share}))
        lost = set(np.flatnonzero(found == 0).tolist())
        assert before <= lost
        before = lost
    assert N - 1 == len(before)


def test_what_closes_up_is_ever_earlier():
    done = put(DROP.with_settings(then="close"), dose={"share": 0.2})
    found = shown(done)
    kept = round(N * (1 - done.report["frames"]))
    assert (np.diff(found[:kept]) >= 1).all()
    assert (found[kept:] == found[kept - 1]).all()
    early = (found[:kept] - np.arange(kept)) * 40.0
    assert early.mean() == pytest.approx(done.report["misalignment"])
    moved = done.mapping.times((found[kept - 1] + 0.5) / 25)
    assert (kept - 0.5) / 25 == pytest.approx(moved)


def test_runs_of_lost_frames_are_as_long_as_was_set():
    long = np.arange(60_000).reshape(-1, 1, 1)
    lost = shown(put(DROP.with_settings(burst=6.0), long, dose={"share": 0.3})) != np.arange(60_000)
    runs = [sum(1 for _ in run) for hit, run in itertools.groupby(lost) if hit]
    assert abs(np.mean(runs) - 6) < 4 * np.sqrt(5 / 6) * 6 / np.sqrt(len(runs))
    spread = np.sqrt(60_000 * 0.21 * (1 + 5 / 6) / (1 / 6))
    assert abs(lost.sum() - 18_000) < 4 * spread


def test_packets_of_sound_are_lost_whole():
    sound = np.arange(1.0, 8001.0)
    done = put(
        DROP.with_settings(then="zeros", packet=25.0), sound, "audio", 8000, dose={"share": 0.3}
    )
    packets = (done.value["b"] == 0).reshape(40, 200)
    assert np.array_equal(packets.any(axis=1), packets.all(axis=1))
    assert packets.all(axis=1).mean() == pytest.approx(done.report["frames"])
    stereo = put(DROP, np.stack([sound, sound]), "audio", 8000, dose={"share": 0.3}).value["b"]
    assert np.array_equal(stereo[0], stereo[1])


@pytest.mark.parametrize("after", ["skip", "late"])
def test_a_stream_that_stands_still_goes_on_where_it_is_said(after):
    done = put(FREEZE.with_settings(after=after), dose={"share": 0.3})
    found = shown(done)
    still = np.flatnonzero(np.diff(found) == 0)
    start, length = int(still[0]) + 1, 120
    assert np.array_equal(still, np.arange(start - 1, start + length - 1))
    assert found[start] == start - 1
    goes_on = found[start + length :]
    expected = np.arange(start + length, N) - (length if after == "late" else 0)
    assert np.array_equal(goes_on, expected)
    assert {"frames": 0.3, "seconds": 4.8} == {
        key: pytest.approx(done.report[key]) for key in ("frames", "seconds")
    }
    late = done.mapping.times((N - 0.5 - (length if after == "late" else 0)) / 25)
    assert (N - 0.5) / 25 == pytest.approx(late)


def test_a_harsher_freeze_begins_at_the_same_step():
    starts = set()
    for share in (0.1, 0.3, 0.5):
        still = np.flatnonzero(np.diff(shown(put(FREEZE, dose={"share": share}))) == 0)
        starts.add(int(still[0]))
        assert share * N == len(still)
    assert 1 == len(starts)


def test_frames_overtake_within_the_window_and_none_is_lost():
    done = put(ORDER, dose={"window": 4.0})
    found = shown(done)
    assert np.array_equal(np.sort(found), np.arange(N))
    away = found - np.arange(N)
    assert 0 < np.abs(away).max() <= 4
    assert (away != 0).mean() == pytest.approx(done.report["frames"])
    assert 40 * np.abs(away).mean() == pytest.approx(done.report["misalignment"])
    assert np.array_equal(shown(put(ORDER, dose={"window": 1.0})), np.arange(N))


def test_readings_change_under_stamps_that_stay():
    stamps = pd.date_range("2026-03-01", periods=N, freq="10ms")
    frame = pd.DataFrame({"x": np.arange(float(N))}, stamps)
    for noise in (DROP, FREEZE, ORDER):
        noisy = put(noise, frame, "timeseries", severity=1.0).value["b"]
        assert noisy.index.equals(stamps)
        assert (noisy["x"] != frame["x"]).any()


def test_a_stream_has_several_frames():
    for noise in (DROP, FREEZE, ORDER):
        with pytest.raises(NotApplicable, match=r"several frames, got frames=1.*\n.*missing-input"):
            put(noise, np.zeros((1, 2, 2)), severity=1.0)
    with pytest.raises(NotApplicable, match="several frames, got frames=1"):
        put(DROP, np.zeros(80), "audio", 8000, severity=1.0)
    with pytest.raises(BadSetting, match="a packet of more than 0 ms"):
        put(DROP.with_settings(packet=0.0), severity=1.0)
    with pytest.raises(BadSetting, match="one of hold, zeros, close"):
        put(DROP.with_settings(then="skip"), severity=1.0)
    with pytest.raises(BadSetting, match="one of skip, late"):
        put(FREEZE.with_settings(after="hold"), severity=1.0)
