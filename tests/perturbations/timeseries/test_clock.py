import numpy as np
import pandas as pd
import pytest
from scipy import interpolate, signal

import perturbations as pt
from perturbations.errors import BadSetting

SHIFT = pt.get("timeseries/time-shift")
SERIES = np.random.default_rng(3).normal(size=(200, 2))


@pytest.mark.parametrize("edge", ["hold", "wrap"])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.25])
def test_the_peak_of_the_cross_correlation_is_the_shift(edge, share):
    for sample in range(6):
        noisy = SHIFT.with_settings(edge=edge).apply(SERIES, dose={"shift": share}, sample=sample)
        late = noisy.report["steps_late"][0]
        found = signal.correlate(noisy.value[:, 0], SERIES[:, 0]).argmax() - 199
        assert found == late
        assert abs(late) == round(share * 200)


def test_early_and_late_are_equally_likely_and_kept_across_severities():
    signs = []
    for sample in range(200):
        late = [SHIFT.apply(SERIES, s, sample=sample).report["steps_late"][0] for s in (0.3, 1.0)]
        assert np.sign(late[0]) == np.sign(late[1])
        signs.append(np.sign(late[0]))
    assert abs(np.mean(signs)) < 0.3


def test_hold_repeats_the_outermost_step():
    for sample in range(6):
        noisy = SHIFT.apply(SERIES, dose={"shift": 0.1}, sample=sample)
        late = noisy.report["steps_late"][0]
        edge, outer = (
            (noisy.value[:late], SERIES[0]) if late > 0 else (noisy.value[late:], SERIES[-1])
        )
        assert len(edge) == 20
        assert (edge == outer).all()


def test_wrap_keeps_every_value():
    noisy = SHIFT.with_settings(edge="wrap").apply(SERIES, 1.0)
    assert np.array_equal(np.roll(SERIES, noisy.report["steps_late"][0], axis=0), noisy.value)


@pytest.mark.parametrize("edge", ["hold", "wrap"])
@pytest.mark.parametrize("rate", [None, 50.0])
def test_the_mapping_says_where_each_moment_is(edge, rate):
    facts, period = ({}, 1.0) if rate is None else ({"rate": rate}, 1.0 / rate)
    noisy = SHIFT.with_settings(edge=edge).apply(SERIES, 1.0, facts=facts)
    moved = noisy.mapping.times((np.arange(200) + 0.5) * period) / period - 0.5
    there = np.flatnonzero(~np.isnan(moved))
    assert len(there) == (200 if edge == "wrap" else 160)
    np.testing.assert_array_equal(SERIES[there], noisy.value[np.rint(moved[there]).astype(int)])


def test_missing_values_move_along():
    series = SERIES.copy()
    series[100, 0] = np.nan
    noisy = SHIFT.apply(series, 0.6)
    assert np.flatnonzero(np.isnan(noisy.value[:, 0])) == [100 + noisy.report["steps_late"][0]]


def test_a_shift_by_the_whole_length_holds_one_step():
    assert len(np.unique(SHIFT(SERIES[:, 0], dose={"shift": 1.0}))) == 1


def test_the_edge_is_checked():
    with pytest.raises(BadSetting, match="did you mean wrap"):
        SHIFT.with_settings(edge="warp")(SERIES, 0.5)


SKEW = pt.get("timeseries/clock-skew")
JITTER = pt.get("timeseries/timestamp-jitter")
SLOW = pt.get("timeseries/downsampling")


def smooth(steps, seed=0, keep=0.08):
    """Return noise without the fastest waves, which a cubic reads well."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=steps))
    spectrum[int(keep * steps) :] = 0
    return np.fft.irfft(spectrum, steps)


def lag(clean, noisy):
    """Return by how many steps a series is late, to a fraction of one: the peak of the correlation."""
    cross = np.fft.rfft(noisy) * np.conj(np.fft.rfft(clean))
    fine = np.fft.irfft(cross, 64 * len(clean))
    return (fine.argmax() + 32 * len(clean)) % (64 * len(clean)) / 64 - 32 * len(clean) / 64


@pytest.mark.parametrize("ppm", [300.0, 2000.0])
@pytest.mark.parametrize("sample", range(4))
def test_the_lag_of_a_skewed_clock_grows_with_time(ppm, sample):
    clean = smooth(4000)
    noisy = SKEW.apply(clean, dose={"ppm": ppm}, sample=sample)
    part = noisy.report["ppm"][0] * 1e-6
    assert abs(part) == pytest.approx(ppm * 1e-6)
    for middle in (1000, 3000):
        window = slice(middle - 200, middle + 200)
        taper = np.hanning(400)
        found = lag(clean[window] * taper, noisy.value[window] * taper)
        assert middle * part == pytest.approx(found, abs=0.06)


@pytest.mark.parametrize("sample", range(4))
def test_a_parabola_is_read_exactly_at_skewed_moments(sample):
    stamps = np.cumsum(np.random.default_rng(3).uniform(0.1, 0.9, 80))
    since = stamps - stamps[0]
    parabola = lambda t: 3.0 - 2.0 * t + 0.25 * t**2
    frame = pd.DataFrame({"x": parabola(since)}, index=stamps)
    noisy = SKEW.apply(frame, dose={"ppm": 30_000}, sample=sample)
    moments = since / (1 + noisy.report["ppm"][0] * 1e-6)
    inner = (moments > since[1]) & (moments < since[-2])
    np.testing.assert_allclose(parabola(moments[inner]), noisy.value["x"][inner], rtol=1e-9)
    assert (noisy.value["x"][moments > since[-1]] == frame["x"].iloc[-1]).all()


def test_between_readings_lies_the_cubic_of_hermite():
    """scipy's, with the slopes of parabolas that numpy's gradient takes."""
    stamps = np.cumsum(np.random.default_rng(3).uniform(0.1, 0.9, 50))
    since = stamps - stamps[0]
    x = np.random.default_rng(4).normal(size=50)
    noisy = SKEW.apply(pd.Series(x, index=stamps), dose={"ppm": 50_000})
    moments = since / (1 + noisy.report["ppm"][0] * 1e-6)
    curve = interpolate.CubicHermiteSpline(since, x, np.gradient(x, since))
    expected = np.where(moments < since[-1], curve(np.minimum(moments, since[-1])), x[-1])
    np.testing.assert_allclose(expected, noisy.value, atol=1e-12)


@pytest.mark.parametrize("sample", range(4))
def test_an_uneven_sine_under_a_skewed_clock_is_the_sine_at_skewed_times(sample):
    stamps = np.cumsum(np.random.default_rng(3).uniform(0.02, 0.06, 400))
    since = stamps - stamps[0]
    frame = pd.DataFrame({"x": np.sin(3.0 * since)}, index=stamps)
    known = {"dose": {"ppm": 10_000}, "sample": sample}
    noisy = SKEW.apply(frame, **known)
    part = 1 + noisy.report["ppm"][0] * 1e-6
    inside = since / part < since[-1]
    np.testing.assert_allclose(
        np.sin(3.0 * since / part)[inside], noisy.value["x"][inside], atol=1e-4
    )
    stamped = SKEW.with_settings(moves="stamps")(frame, **known)
    late = stamped.index.to_numpy() - stamps[0]
    np.testing.assert_allclose(np.sin(3.0 * late / part), stamped["x"], atol=1e-9)


def test_the_map_of_a_skewed_clock_is_its_pace():
    noisy = SKEW.apply(smooth(1000), dose={"ppm": 10_000}, facts={"rate": 100.0})
    part = 1 + noisy.report["ppm"][0] * 1e-6
    np.testing.assert_allclose([0, part, 5 * part], noisy.mapping.times([0, 1, 5]))
    assert (10.0, 10.0) == (noisy.mapping.before, noisy.mapping.after)


def test_fast_and_slow_are_equally_likely_and_kept_across_severities():
    signs = [
        np.sign(SKEW.apply(SERIES, s, sample=i).report["ppm"][0])
        for i in range(200)
        for s in (0.3, 1.0)
    ]
    assert (np.array(signs[::2]) == signs[1::2]).all()
    assert abs(np.mean(signs)) < 4 / np.sqrt(200)


def test_between_a_missing_reading_and_another_there_is_none():
    series = np.arange(50.0)
    series[20] = np.nan
    noisy = SKEW.apply(series, dose={"ppm": 10_000})
    moments = np.arange(50) / (1 + noisy.report["ppm"][0] * 1e-6)
    expected = (moments > 19) & (moments < 21)
    np.testing.assert_array_equal(expected, np.isnan(noisy.value))


@pytest.mark.parametrize("jitter", [0.1, 1.0])
def test_jitter_on_a_ramp_is_the_delay_itself(jitter):
    """Bounded by 3 standard deviations, the spread is 0.9866 of what it would be."""
    ramp = np.arange(20_000.0)
    delay = (JITTER(ramp, dose={"jitter": jitter}) - ramp)[10:-10]
    assert jitter * 0.9932 == pytest.approx(delay.std(), rel=4 / np.sqrt(2 * len(delay)))
    assert np.abs(delay).max() <= 3 * jitter + 1e-9
    assert abs(np.corrcoef(delay[1:], delay[:-1])[0, 1]) < 4 / np.sqrt(len(delay))


def test_jitter_is_that_of_the_moment_on_all_channels():
    ramp = np.arange(500.0)[:, None] * [1.0, -3.0]
    delay = (JITTER(ramp, 0.6) - ramp) / [1.0, -3.0]
    np.testing.assert_allclose(delay[5:-5, 0], delay[5:-5, 1], atol=1e-9)


def test_jitter_of_stamps_is_in_intervals_of_the_index():
    index = pd.date_range("2026-11-29", periods=5000, freq="20ms")
    frame = pd.DataFrame({"x": np.arange(5000.0)}, index=index)
    noisy = JITTER.with_settings(moves="stamps").apply(frame, dose={"jitter": 0.5})
    late = (noisy.value.index - index).total_seconds().to_numpy()
    assert 0.01 * 0.9932 == pytest.approx(late.std(), rel=4 / np.sqrt(10_000))
    assert 0.01 == pytest.approx(noisy.report["jitter_s"])
    assert (noisy.value["x"].to_numpy() == frame["x"].to_numpy()).all()


@pytest.mark.parametrize("factor", [1.5, 2, 3.7, 8])
def test_one_reading_in_so_many_is_left(factor):
    series = np.random.default_rng(0).normal(size=(100, 2))
    rows = np.floor(np.arange(np.ceil(100 / factor)) * factor).astype(int)
    alone = SLOW.with_settings(back="rows").apply(series, dose={"factor": factor})
    np.testing.assert_array_equal(series[rows], alone.value)
    held = SLOW.with_settings(back="hold")(series, dose={"factor": factor})
    np.testing.assert_array_equal(
        series[rows[np.searchsorted(rows, np.arange(100), "right") - 1]], held
    )
    lines = SLOW(series, dose={"factor": factor})
    for c in range(2):
        np.testing.assert_allclose(np.interp(np.arange(100), rows, series[rows, c]), lines[:, c])


def test_lines_between_the_readings_are_in_time():
    stamps = np.cumsum(np.random.default_rng(3).uniform(0.1, 9, 61))
    frame = pd.DataFrame({"x": 2.0 * stamps}, index=stamps)
    np.testing.assert_allclose(frame["x"], SLOW(frame, dose={"factor": 4.0})["x"])


def test_a_fast_wave_shows_as_a_slow_one_unless_it_is_averaged():
    wave = np.sin(2 * np.pi * 0.26 * np.arange(1000))
    aliased = SLOW.with_settings(back="rows")(wave, dose={"factor": 4.0})
    found = np.abs(np.fft.rfft(aliased)).argmax() / len(aliased)
    assert 0.04 == pytest.approx(found)
    mean = SLOW.with_settings(back="rows", reads="mean")(wave, dose={"factor": 4.0})
    # A mean of four takes out all but |sin(4 pi f) / (4 sin(pi f))| of a wave.
    expected = abs(np.sin(4 * np.pi * 0.26) / (4 * np.sin(np.pi * 0.26)))
    assert expected == pytest.approx(mean[5:].std() / aliased[5:].std(), rel=0.02)


def test_an_uneven_shift_reads_the_series_at_the_shifted_moments():
    stamps = np.cumsum(np.random.default_rng(3).uniform(0.1, 0.9, 80))
    frame = pd.DataFrame({"x": 2.0 * stamps}, index=stamps)
    for sample in range(4):
        noisy = SHIFT.apply(frame, dose={"shift": 0.1}, sample=sample)
        delay = noisy.report["late_s"][0]
        expected = np.clip(stamps - delay, stamps[0], stamps[-1])
        np.testing.assert_allclose(2.0 * expected, noisy.value["x"])
        stamped = SHIFT.with_settings(moves="stamps")(frame, dose={"shift": 0.1}, sample=sample)
        np.testing.assert_allclose(stamps + delay, stamped.index)


def test_the_settings_of_clocks_are_checked():
    for noise, setting in (
        (SHIFT, "moves"),
        (SKEW, "moves"),
        (JITTER, "moves"),
        (SLOW, "back"),
        (SLOW, "reads"),
    ):
        with pytest.raises(BadSetting, match=f"{setting}='nowhere'"):
            noise.with_settings(**{setting: "nowhere"})(SERIES, 0.5)


def test_a_shift_may_be_in_seconds_whatever_the_length():
    for steps in (100, 400):
        series = np.arange(float(steps))
        noise = SHIFT.with_settings(over=1.0)
        noisy = noise.apply(series, dose={"shift": 0.25}, facts={"rate": 40.0})
        assert 10 == abs(noisy.report["steps_late"][0])
        assert 0.25 == pytest.approx(abs(noisy.report["late_s"][0]))
    beyond = SHIFT.with_settings(over=9.0)(np.arange(5.0), dose={"shift": 1.0})
    assert len(set(beyond)) == 1


def test_jitter_may_be_in_milliseconds():
    noise = JITTER.with_settings(interval=0.001)
    ramp = np.arange(5000.0)
    noisy = noise.apply(ramp, dose={"jitter": 5.0}, facts={"rate": 100.0})
    assert {"jitter_s": 0.005} == noisy.report
    delay = (noisy.value - ramp)[10:-10] / 100.0
    assert 0.005 * 0.9932 == pytest.approx(delay.std(), rel=4 / np.sqrt(10_000))


@pytest.mark.parametrize(("noise", "setting"), [(SHIFT, "over"), (JITTER, "interval")])
def test_times_are_checked(noise, setting):
    with pytest.raises(BadSetting, match=f"{setting}=-1"):
        noise.with_settings(**{setting: -1.0})(SERIES, 0.5)
