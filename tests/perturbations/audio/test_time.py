from itertools import pairwise

import numpy as np
import pytest
from scipy import signal

import perturbations as pt
from perturbations._extras import missing
from perturbations.audio._modality import MODALITY
from perturbations.errors import BadSetting, MissingFact

DROPOUT = pt.get("audio/dropout")
RATE = 1000
FACTS = {"rate": RATE}
FULL = {"rate": 16000}


def lost(share, sample="a", samples=20_000, **settings):
    clip = np.ones(samples)
    return (
        DROPOUT.with_settings(**settings)(clip, dose={"share": share}, sample=sample, facts=FACTS)
        == 0
    )


@pytest.mark.parametrize("share", [0.05, 0.4, 0.9])
def test_lost_slots_are_binomial(share):
    slots = 1000
    found = np.array([lost(share, sample=i).mean() for i in range(60)])
    spread = np.sqrt(share * (1 - share) / slots)
    assert abs(found.mean() - share) < 4 * spread / np.sqrt(len(found))
    assert 0.7 < found.std() / spread < 1.3


def test_runs_of_lost_slots_are_geometric():
    edges = np.diff(lost(0.4, samples=400_000).astype(int))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    lengths = (ends[ends > starts[0]][: len(starts) - 1] - starts[: len(starts) - 1]) / 20
    assert (lengths == np.round(lengths)).all()
    assert lengths.mean() == pytest.approx(1 / 0.6, rel=0.05)
    assert np.mean(lengths == 1) == pytest.approx(0.6, abs=0.03)


def test_what_is_lost_stays_lost():
    masks = [lost(share) for share in (0.1, 0.3, 0.6, 1.0)]
    assert all((low <= high).all() for low, high in pairwise(masks))
    assert masks[-1].all()


def test_the_gap_is_in_milliseconds_and_begins_at_any_phase():
    phases = {
        int(np.flatnonzero(np.diff(lost(0.5, sample=i).astype(int)))[0]) % 20 for i in range(40)
    }
    assert len(phases) > 8
    longer = np.flatnonzero(np.diff(lost(0.5, gap=50.0).astype(int)))
    assert (np.diff(longer) % 50 == 0).all()


def test_all_channels_are_lost_together():
    noisy = DROPOUT(np.ones((3, 4000)), 1.0, facts=FACTS)
    assert (noisy == noisy[0]).all()
    assert 0 < np.mean(noisy == 0) < 1


def test_the_report_gives_the_realised_share():
    noisy = DROPOUT.apply(np.ones(5000), 1.0, facts=FACTS)
    assert noisy.report["share"] == np.mean(noisy.value == 0)


def test_rate_and_gap_are_checked():
    with pytest.raises(MissingFact):
        DROPOUT(np.ones(10), 0.5)
    with pytest.raises(MissingFact, match="positive sampling rate"):
        DROPOUT(np.ones(10), 0.5, facts={"rate": 0})
    with pytest.raises(BadSetting, match="gap"):
        DROPOUT.with_settings(gap=0.0)(np.ones(10), 0.5, facts=FACTS)


SHIFT = pt.get("audio/shift")


@pytest.mark.parametrize(("direction", "sign"), [("late", 1), ("early", -1)])
@pytest.mark.parametrize("by", [0.4, 10.0, 33.3, 5000.0])
def test_a_shift_copies_samples_and_leaves_silence(direction, sign, by):
    clip = np.random.default_rng(0).normal(size=(2, 2000))
    noise = SHIFT.with_settings(direction=direction)
    noisy = noise.apply(clip, dose={"by": by}, facts={"rate": 8000})
    steps = min(round(by * 8), 2000)
    expected = np.zeros_like(clip)
    if sign > 0:
        expected[:, steps:] = clip[:, : 2000 - steps]
    else:
        expected[:, : 2000 - steps] = clip[:, steps:]
    assert np.array_equal(expected, noisy.value)
    assert sign * steps / 8 == noisy.report["late_ms"]


def test_audiomentations_shifts_alike():
    audiomentations = pytest.importorskip("audiomentations", reason="extra audio is missing")
    clip = MODALITY.corpus(1)[0]
    theirs = audiomentations.Shift(
        0.05, 0.05, shift_unit="seconds", rollover=False, fade_duration=0.0, p=1.0
    )(clip, 16000)
    ours = SHIFT.with_settings(direction="late")(clip, dose={"by": 50.0}, facts=FULL)
    assert np.array_equal(theirs, ours)


def test_what_is_labelled_moves_with_the_clip():
    clip = np.ones(16000)
    noisy = SHIFT.with_settings(direction="late").apply(clip, dose={"by": 200.0}, facts=FULL)
    assert [0.3, 0.7] == pytest.approx(noisy.mapping.times([0.1, 0.5]).tolist())
    moved = noisy.mapping.move("segments", [[0.0, 0.1], [0.75, 0.9], [0.85, 0.95]])
    assert moved.target == [pytest.approx([0.2, 0.3]), pytest.approx([0.95, 1.0])]
    assert (1, 1) == (moved.lost, moved.clipped)


def band_limited():
    """Return a function of time, a sum of sines below 3 kHz."""
    rng = np.random.default_rng(7)
    frequencies, phases = rng.uniform(80, 3000, 200), rng.uniform(0, 6.3, 200)
    return lambda time: np.sin(2 * np.pi * np.outer(time, frequencies) + phases).mean(axis=1)


DRIFT = pt.get("audio/clock-drift")


@pytest.mark.parametrize(("direction", "sign"), [("faster", 1), ("slower", -1)])
@pytest.mark.parametrize(("skew", "after"), [(100.0, 0.0), (1000.0, 0.0), (50.0, 40.0)])
def test_a_skewed_clock_reads_the_signal_at_its_own_moments(direction, sign, skew, after):
    time = np.arange(16000) / 16000
    sound = band_limited()
    noise = DRIFT.with_settings(direction=direction, after=after)
    noisy = noise.apply(sound(time), dose={"skew": skew}, facts=FULL)
    read = time * (1 + sign * skew * 1e-6) + sign * after * skew * 1e-6
    inside = (read > 0.005) & (read < 0.995)
    assert np.abs(noisy.value - sound(read))[inside].max() < 1e-4
    assert sign * skew == pytest.approx(noisy.report["skew_ppm"])
    for moment in (0.2, 0.5, 0.9):
        there = noisy.mapping.times(moment)
        assert moment == pytest.approx(np.interp(there, time, read), abs=1e-6)


def test_the_delay_by_cross_correlation_is_the_skew_times_the_time():
    sections = signal.butter(4, 3000, fs=16000, output="sos")
    clip = signal.sosfilt(sections, np.random.default_rng(5).normal(size=160_000))
    noisy = DRIFT.with_settings(direction="slower")(clip, dose={"skew": 50.0}, facts=FULL)
    for second in (1, 5, 9):
        part = slice(second * 16000 - 2000, second * 16000 + 2000)
        spectra = np.conj(np.fft.rfft(clip[part], 8192)) * np.fft.rfft(noisy[part], 8192)
        cross = np.fft.irfft(spectra)
        top = int(cross[1:100].argmax()) + 1
        left, middle, right = cross[top - 1 : top + 2]
        late = top + 0.5 * (left - right) / (left - 2 * middle + right)
        assert second * 16000 * 50e-6 == pytest.approx(late, abs=0.1)


JITTER = pt.get("audio/jitter")


@pytest.mark.parametrize("frequency", [200.0, 1000.0, 5000.0])
@pytest.mark.parametrize("spread", [2.0, 10.0])
def test_the_error_of_jitter_grows_with_frequency(frequency, spread):
    clip = np.sin(2 * np.pi * frequency * np.arange(64_000) / 16000)
    found = pt.distance("audio", clip, JITTER(clip, dose={"spread": spread}, facts=FULL))["snr"]
    expected = -20 * np.log10(2 * np.pi * frequency * spread * 1e-6)
    # The spread of a mean square of n normal numbers times a sine squared.
    assert expected == pytest.approx(found, abs=4 * 4.34 * np.sqrt(3.5 / clip.size) + 0.02)


def test_jitter_moves_nothing_in_the_mean():
    clip = band_limited()(np.arange(16000) / 16000)
    found = pt.distance("audio", clip, JITTER(clip, 1.0, facts=FULL), facts=FULL)
    assert 0.0 == pytest.approx(found["lag"], abs=0.01)
    assert JITTER.apply(clip, 1.0, facts=FULL).mapping is None


def needs_audio(name):
    if missing(pt.get(f"audio/{name}").requires):
        pytest.skip("the extra audio is not installed")


def tone(frequency, seconds=2.0):
    return np.sin(2 * np.pi * frequency * np.arange(int(16000 * seconds)) / 16000)


def pitch_of(clip):
    inner = clip[2000:-2000] * np.hanning(clip.size - 4000)
    power = np.abs(np.fft.rfft(inner, 2**18))
    return power.argmax() * 16000 / 2**18


@pytest.mark.parametrize(("direction", "sign"), [("faster", 1), ("slower", -1)])
@pytest.mark.parametrize(("name", "moves"), [("speed", 1), ("time-stretch", 0)])
def test_pace_changes_length_and_speed_changes_pitch_too(name, moves, direction, sign):
    needs_audio(name)
    noise = pt.get(f"audio/{name}", direction=direction)
    noisy = noise.apply(tone(440), dose={"change": 25.0}, facts=FULL)
    pace = 1.25**sign
    assert 32000 / pace == pytest.approx(noisy.value.size, abs=1)
    assert 440 * pace**moves == pytest.approx(pitch_of(noisy.value), rel=0.004)
    assert pace == pytest.approx(noisy.report["pace"])
    assert 1.0 / pace == pytest.approx(float(noisy.mapping.times(1.0)))
    assert noisy.value.size / 16000 == noisy.mapping.after


@pytest.mark.parametrize("name", ["speed", "time-stretch", "pitch-shift"])
@pytest.mark.parametrize("sample", range(4))
def test_bursts_are_where_the_map_says(name, sample):
    needs_audio(name)
    clip = np.zeros(32000, np.float32)
    starts = np.array([0.3, 0.8, 1.3, 1.7])
    for start in starts:
        place = slice(int(start * 16000), int(start * 16000) + 1600)
        clip[place] = np.random.default_rng(1).normal(size=1600) * 0.3
    noisy = pt.get(f"audio/{name}").apply(clip, 0.8, sample=sample, facts=FULL)
    middles = starts + 0.05
    expected = middles if noisy.mapping is None else noisy.mapping.times(middles)
    power = noisy.value.astype(float) ** 2
    time = np.arange(power.size) / 16000
    for moment in expected:
        near = np.abs(time - moment) < 0.15
        assert moment == pytest.approx(np.average(time[near], weights=power[near]), abs=0.012)


@pytest.mark.parametrize(("direction", "sign"), [("up", 1), ("down", -1)])
def test_a_semitone_is_a_twelfth_of_an_octave(direction, sign):
    needs_audio("pitch-shift")
    noise = pt.get("audio/pitch-shift", direction=direction)
    noisy = noise.apply(tone(440), dose={"by": 4.0}, facts=FULL)
    assert 440 * 2 ** (sign * 4 / 12) == pytest.approx(pitch_of(noisy.value), rel=0.004)
    assert sign * 4.0 == noisy.report["semitones"]
    assert 32000 == noisy.value.size


def test_audiomentations_stretches_and_shifts_alike():
    audiomentations = pytest.importorskip("audiomentations", reason="extra audio is missing")
    clip = np.concatenate(MODALITY.corpus(3))
    stretch = audiomentations.TimeStretch(1.1, 1.1, leave_length_unchanged=False, p=1.0)
    ours = pt.get("audio/time-stretch", direction="faster")(clip, dose={"change": 10.0}, facts=FULL)
    theirs = stretch(clip, 16000)
    assert abs(theirs.size - ours.size) <= 1
    shared = min(theirs.size, ours.size)
    assert np.corrcoef(theirs[:shared], ours[:shared])[0, 1] > 0.99
    shift = audiomentations.PitchShift(2, 2, p=1.0)
    up = pt.get("audio/pitch-shift", direction="up")(clip, dose={"by": 2.0}, facts=FULL)
    assert np.array_equal(shift(clip, 16000), up)


def test_a_batch_at_several_lengths_comes_back_as_several_clips():
    needs_audio("speed")
    clips = np.stack([tone(440, 0.2)] * 6)
    noisy = pt.get("audio/speed").batch(clips, 0.8, samples=range(6), facts=FULL)
    assert len({each.size for each in noisy}) == 2


@pytest.mark.parametrize("name", ["shift", "clock-drift", "speed", "time-stretch", "pitch-shift"])
def test_an_unknown_direction_names_the_known(name):
    needs_audio(name)
    noise = pt.get(f"audio/{name}", direction="sideways")
    with pytest.raises(BadSetting, match="one of either"):
        noise(np.ones(900), 0.5, facts=FULL)


def test_the_clocks_cannot_have_met_after_the_clip():
    with pytest.raises(BadSetting, match="at least 0 s"):
        DRIFT.with_settings(after=-1.0)(np.ones(90), 0.5, facts=FULL)


def test_soxr_and_scipy_agree_on_the_speed_of_a_clip():
    needs_audio("speed")
    clip = band_limited()(np.arange(16000) / 16000)
    ours = pt.get("audio/speed", direction="faster")(clip, dose={"change": 25.0}, facts=FULL)
    expected = signal.resample_poly(clip, 4, 5)
    assert np.abs(ours - expected[: ours.size])[200:-200].max() < 5e-3
