"""Clocks that differ: offsets and drifts are those of the dose, to a fraction of a sample and with their sign."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import perturbations as pt
from perturbations.errors import BadSetting, NotApplicable

LATE, DRIFT, JITTER, CLOCKS = (
    pt.get(f"crossmodal/{name}")
    for name in ("time-offset", "clock-drift", "offset-jitter", "different-clocks")
)
RATE = 8000


def hiss(n=16_000, seed=0):
    """Return noise below 2 kHz."""
    white = np.fft.rfft(np.random.default_rng(seed).normal(size=n))
    white[n // 4 :] = 0
    return np.fft.irfft(white, n)


def put(noise, content, kind="audio", rate=RATE, sample="s", **given):
    facts = {"b": {"modality": kind} | ({"rate": rate} if rate else {})}
    return noise.apply({"a": 0, "b": content}, sample=sample, facts=facts, **given)


def delay(clean, noisy, rate=RATE):
    """Return by how many ms the noisy sound is late: the slope of the cross-spectrum's phase, by least squares."""
    middle = slice(len(clean) // 8, -len(clean) // 8)
    window = np.hanning(len(clean[middle]))
    a, b = (np.fft.rfft(each[middle] * window) for each in (clean, noisy))
    frequency = np.fft.rfftfreq(len(window), 1 / rate)
    coarse = np.correlate(noisy[middle], clean[middle], "full")
    guess = (int(np.argmax(coarse)) - len(window) + 1) / rate
    cross = b * np.conj(a) * np.exp(2j * np.pi * frequency * guess)
    band = (frequency > 50) & (frequency < 1500)
    weight = np.abs(cross[band])
    slope = (weight * np.angle(cross[band]) * frequency[band]).sum() / (
        weight * frequency[band] ** 2
    ).sum()
    return 1000 * (guess - slope / (2 * np.pi))


@pytest.mark.parametrize("ms", [-90.0, -3.04, 0.33, 12.3456, 125.01])
def test_an_offset_between_samples_is_found_with_its_sign(ms):
    clean = hiss()
    noise = LATE.with_settings(reads="between", fill="zeros")
    done = put(noise, clean, dose={"lag": ms})
    assert ms == pytest.approx(delay(clean, done.value["b"]), abs=0.01)
    assert ms == pytest.approx(done.report["offset_ms"])
    whole = put(LATE.with_settings(fill="zeros"), clean, dose={"lag": ms})
    assert whole.report["offset_ms"] == pytest.approx(delay(clean, whole.value["b"]), abs=0.01)
    assert abs(whole.report["offset_ms"] - ms) <= 500 / RATE


def test_an_exact_offset_of_whole_samples_is_the_rounded_one():
    clean = hiss(4000)
    exact = put(LATE.with_settings(reads="between"), clean, dose={"lag": 5.0}).value["b"]
    assert np.allclose(exact, put(LATE, clean, dose={"lag": 5.0}).value["b"])
    readings = np.sin(np.arange(200) / 15)
    shifted = put(
        LATE.with_settings(reads="between"), readings, "timeseries", 100, dose={"lag": 33.0}
    )
    expected = np.sin((np.arange(200) - 3.3) / 15)
    assert np.allclose(shifted.value["b"][5:], expected[5:], atol=1e-4)


def test_a_clip_has_nothing_between_its_frames():
    with pytest.raises(NotApplicable, match=r"to read between.*\n.*reads=nearest"):
        put(
            LATE.with_settings(reads="between"),
            np.zeros((20, 4, 4), np.uint8),
            "video",
            25,
            dose={"lag": 40},
        )
    with pytest.raises(BadSetting, match="one of nearest, between"):
        put(LATE.with_settings(reads="cubic"), hiss(), severity=0.2)


@pytest.mark.parametrize("direction", ["late", "early"])
def test_a_slow_clock_is_later_every_second(direction):
    clean = hiss(32_000)
    done = put(DRIFT.with_settings(direction=direction), clean, dose={"drift": 0.5})
    sign = 1 if direction == "late" else -1
    noisy = done.value["b"]
    for at in (0.5, 1.5, 3.0):
        part = slice(int((at - 0.4) * RATE), int((at + 0.4) * RATE))
        assert sign * 0.5 * at == pytest.approx(delay(clean[part], noisy[part]), abs=0.03)
    assert sign * 500 == pytest.approx(done.report["drift_ppm"])
    moments = done.mapping.times([1.0, 2.0])
    assert [1 + sign * 0.0005, 2 + sign * 0.001] == pytest.approx(moments, abs=1e-6)


def test_what_the_clocks_had_run_apart_before_counts():
    clean = hiss()
    done = put(DRIFT.with_settings(since=3600.0), clean, dose={"drift": 0.1})
    noisy = done.value["b"]
    part = slice(8000, 16_000)
    assert 360.1 == pytest.approx(delay(clean[part], noisy[part]), abs=0.3)
    with pytest.raises(NotApplicable, match="clocks that leave some of the 2000 ms of 'b'"):
        put(DRIFT.with_settings(since=3600.0), clean, dose={"drift": 1.0})
    with pytest.raises(BadSetting, match="a time of at least 0 s"):
        put(DRIFT.with_settings(since=-1.0), clean, severity=0.2)


def test_frames_and_readings_drift_too():
    clip = np.arange(100, dtype=np.uint8).reshape(100, 1, 1)
    frames = put(DRIFT, clip, "video", 25, dose={"drift": 50.0}).value["b"].ravel()
    assert np.array_equal(frames, np.floor(np.arange(100) / 1.05 + 0.5).astype(int))
    stamps = pd.date_range("2026-03-01", periods=300, freq="10ms")
    frame = pd.DataFrame({"x": np.sin(np.arange(300) / 20)}, stamps)
    noisy = put(DRIFT, frame, "timeseries", None, dose={"drift": 20.0}).value["b"]
    assert noisy.index.equals(stamps)
    assert np.allclose(noisy["x"], np.sin(np.arange(300) / 20 / 1.02), atol=1e-4)


def test_offsets_of_samples_are_normal_and_bounded():
    readings = np.sin(np.arange(400) / 15)
    late = np.array([
        put(JITTER, readings, "timeseries", 100, sample=i, dose={"spread": 40.0}).report["offset_ms"]
        for i in range(1500)
    ])  # fmt: skip
    law = stats.norm(0, 40)
    assert np.abs(late).max() < 120.001
    assert stats.kstest(late[np.abs(late) < 119], law.cdf).pvalue > 1e-3


def test_an_offset_that_wavers_has_the_spread_and_the_time_that_were_set():
    readings = np.zeros(40_000)
    done = put(
        JITTER.with_settings(seconds=0.5), readings, "timeseries", 100, dose={"spread": 20.0}
    )
    moments = np.arange(0.0, 398.0, 0.125)
    away = moments - np.interp(moments, done.mapping.noisy, done.mapping.clean)
    n = len(away) * 0.125 / 1.0  # moments a correlation time apart either way are hardly dependent
    assert abs(away.mean()) < 4 * 0.02 / np.sqrt(n)
    assert abs(away.std() - 0.02) < 4 * 0.02 / np.sqrt(n)
    correlation = np.corrcoef(away[:-4], away[4:])[0, 1]
    assert abs(correlation - np.exp(-1)) < 4 / np.sqrt(n)
    with pytest.raises(BadSetting, match="a correlation time of at least 0 s"):
        put(JITTER.with_settings(seconds=-1.0), readings, "timeseries", 100, severity=0.2)


def test_clocks_are_those_of_devices():
    value = {"camera": np.zeros((4, 4)), "left": hiss(), "text": "x", "right": hiss()}
    facts = {
        "camera": {"modality": "image"},
        "left": {"modality": "audio", "rate": RATE},
        "text": {"modality": "text"},
        "right": {"modality": "audio", "rate": RATE},
    }
    doses = {"offset": 100.0, "skew": 50.0}

    def made(sample, **given):
        return CLOCKS.apply(value, dose=doses, sample=sample, facts=facts, **given)

    done, again = made("a"), made("b")
    assert {"left", "right"} == set(done.mapping)
    late = {name: delay(value[name], done.value[name]) for name in done.mapping}
    assert late["left"] != pytest.approx(late["right"], abs=0.5)
    assert np.array_equal(done.value["left"], again.value["left"])
    assert not np.array_equal(done.value["left"], made("a", seed=1).value["left"])
    assert done.value["text"] is value["text"]
    moved = done.mapping["left"].times([1.0])[0] - 1.0
    assert late["left"] == pytest.approx(1000 * moved, abs=0.2)
    with pytest.raises(NotApplicable, match="name the sampled input last"):
        CLOCKS({"right": value["right"], "text": "x"}, 0.5, sample="a", facts=facts)


def test_pcm_stays_pcm():
    clean = (hiss() * 3000).astype(np.int16)
    noisy = put(DRIFT, clean, severity=0.6).value["b"]
    assert (np.int16, clean.shape) == (noisy.dtype, noisy.shape)
    with pytest.raises(NotApplicable, match="the input 'b': expected a finite clip"):
        put(DRIFT, np.array([np.nan] * 4000), severity=0.6)
