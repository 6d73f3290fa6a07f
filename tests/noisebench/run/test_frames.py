"""Data frames with an index of times go through a whole audit as they are."""

import numpy as np
import pandas as pd
import pytest

from noisebench.audit import audit
from noisebench.data import Dataset
from noisebench.errors import DataError, PlanError

NOISES = (
    "timeseries/additive-noise",
    "timeseries/burst-dropout",
    "timeseries/mains-hum",
    "timeseries/lost-samples(end=shorten)",
    "timeseries/timestamp-jitter(moves=stamps)",
    "timeseries/bias(period=0.2, schedule=regime)",
)


def walk(i):
    """Return a frame of about a second in local time; people with odd numbers walk faster."""
    steps = 180 + 7 * (i % 5)
    start = pd.Timestamp("2026-03-29 01:59:59", tz="Europe/Berlin") + pd.Timedelta(seconds=i)
    index = pd.date_range(start, periods=steps, freq="5ms", name="when")
    wave = np.sin(np.arange(steps) * (0.05 + 0.1 * (i % 2)))
    noise = np.random.default_rng(i).normal(size=(2, steps))
    return pd.DataFrame({"x": wave + 0.01 * noise[0], "y": noise[1]}, index=index)


FRAMES = [walk(i) for i in range(24)]
LABELS = [i % 2 for i in range(24)]


def data(frames=FRAMES, **options):
    return Dataset({"imu": frames}, LABELS, modalities={"imu": "timeseries"}, **options)


def pace(frames):
    """Tell fast from slow by the mean step of x in a second."""
    assert list is type(frames)
    out = []
    for frame in frames:
        assert ["x", "y"] == list(frame.columns)
        assert "Europe/Berlin" == str(frame.index.tz)
        steps = frame["x"].diff().abs() / np.abs(frame.index.to_series().diff().dt.total_seconds())
        out.append(int(steps.median() > 12.0))
    return out


def test_a_model_gets_the_frames_that_the_noise_makes():
    found = audit(pace, data(), perturbations=NOISES, severities=[0.4, 1.0], workers=0)
    assert [] == found.failures
    assert set(NOISES) == {name.removeprefix("imu:") for name in found.curves}
    for curve in found.curves.values():
        assert 24 == curve.n
        assert 1.0 == curve.estimate[0]
    assert found["timeseries/additive-noise"].estimate[-1] < 0.8
    # Readings that are gone with their stamps, and a bias, leave the pace as it was.
    for name in ("lost-samples(end=shorten)", "bias(period=0.2, schedule=regime)"):
        assert found[f"timeseries/{name}"].estimate[-1] > 0.9, name


def test_all_noise_of_series_runs_on_frames():
    found = audit(lambda x: [0] * len(x), data(), perturbations="timeseries", severities=[1.0])
    assert [] == found.failures
    assert {} == found.skipped
    assert len(found.curves) >= 26
    drawn = [each for each in found.samples if each["modality"] == "timeseries"]
    assert drawn
    assert all(isinstance(each["noisy"], np.ndarray) for each in drawn)
    assert all(2 == each["clean"].ndim for each in drawn)


def test_a_model_that_writes_to_a_frame_writes_to_a_copy():
    def writes(frames):
        for frame in frames:
            frame.iloc[:, 0] = 0.0
        return [0] * len(frames)

    before = [frame.copy() for frame in FRAMES]
    found = audit(writes, data(), perturbations="timeseries/bias", severities=[1.0], workers=0)
    assert all(map(pd.DataFrame.equals, before, FRAMES))
    assert any("changed its input 'imu'" in each for each in found.header["warnings"])


def test_the_stamps_are_part_of_the_data():
    later = [frame.set_axis(frame.index + pd.Timedelta("1ns")) for frame in FRAMES]
    assert data().fingerprint() == data([frame.copy() for frame in FRAMES]).fingerprint()
    assert data().fingerprint() != data(later).fingerprint()


def test_moments_move_with_the_frames():
    moving = Dataset(
        {"imu": FRAMES},
        [np.array([0.1, 0.4])] * 24,
        modalities={"imu": "timeseries"},
        moves={"imu": "times"},
    )
    seen = []

    def marks(frames):
        return [np.zeros(2)] * len(frames)

    def off(outputs, targets):
        seen.extend(np.ravel(t).tolist() for t in targets)
        return np.zeros(len(targets))

    audit(
        marks,
        moving,
        perturbations="timeseries/clock-skew",
        severities=[1.0],
        metric=off,
        workers=0,
    )
    moved = {tuple(np.round(each, 6)) for each in seen}
    assert {(0.1, 0.4), (0.11, 0.44), (0.09, 0.36)} == moved


def test_a_frame_is_one_series_and_not_several():
    with pytest.raises(DataError, match="a list with one frame a sample"):
        Dataset({"imu": FRAMES[0]}, modalities={"imu": "timeseries"})


def test_a_column_that_is_no_number_ends_the_plan_with_its_name():
    labelled = [frame.assign(activity="walk") for frame in FRAMES]
    with pytest.raises(PlanError, match="column 'activity'"):
        audit(pace, data(labelled), perturbations="timeseries/bias", severities=[1.0])
