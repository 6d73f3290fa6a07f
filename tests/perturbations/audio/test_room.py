import wave

import numpy as np
import pytest

import perturbations as pt
from perturbations._extras import missing
from perturbations.audio._modality import MODALITY
from perturbations.audio._responses import image_sources
from perturbations.errors import BadSetting

RATE = 16000
FACTS = {"rate": RATE}
HALL = pt.get("audio/reverberation")


def click(seconds=3.0, rate=RATE, at=0, kind=np.float64):
    clip = np.zeros(int(seconds * rate), dtype=kind)
    clip[at] = 1.0
    return clip


def decay_time(tail, rate=RATE, low=-5.0, high=-35.0):
    """Return T60 from the slope of Schroeder's backward integral."""
    left = np.cumsum(tail[::-1] ** 2)[::-1]
    level = 10 * np.log10(left / left[0])
    inside = (level < low) & (level > high)
    slope = np.polyfit(np.flatnonzero(inside) / rate, level[inside], 1)[0]
    return -60.0 / slope


@pytest.mark.parametrize("t60", [0.25, 0.5, 1.2])
@pytest.mark.parametrize("rate", [8000, 44100])
def test_sound_falls_by_sixty_decibels_in_t60(t60, rate):
    found = [
        decay_time(
            HALL(click(rate=rate), dose={"t60": t60}, sample=i, facts={"rate": rate})[1:], rate
        )
        for i in range(12)
    ]
    assert t60 == pytest.approx(
        np.mean(found), rel=4 * np.std(found) / np.mean(found) / 12**0.5 + 0.01
    )
    assert t60 == pytest.approx(np.mean(found), rel=0.05)


@pytest.mark.parametrize(("metres", "volume", "t60"), [(0.5, 100.0, 0.5), (2.0, 60.0, 0.3)])
def test_the_power_of_the_tail_is_that_of_a_diffuse_field(metres, volume, t60):
    noise = HALL.with_settings(metres=metres, volume=volume)
    noisy = noise.apply(click(), dose={"t60": t60}, facts=FACTS)
    assert 1.0 == pytest.approx(noisy.value[0])
    # At the critical distance both are alike; twice as far, the direct sound is 6 dB less.
    critical = np.sqrt(0.161 / (16 * np.pi)) * np.sqrt(volume / t60)
    expected = 20 * np.log10(critical / metres)
    found = -10 * np.log10(np.sum(noisy.value[1:] ** 2))
    assert expected == pytest.approx(found, abs=0.05)
    assert found == pytest.approx(noisy.report["direct_to_reverberant_db"], abs=0.05)


def test_a_tail_is_normal_noise_and_another_on_each_channel():
    noisy = HALL(np.stack([click(), click()]), dose={"t60": 1.0}, facts=FACTS)
    left, right = noisy[:, 1:] / np.exp(-6.9078 * np.arange(1, noisy.shape[1]) / RATE)
    assert abs(np.corrcoef(left[:RATE], right[:RATE])[0, 1]) < 4 / np.sqrt(RATE)
    kurtosis = np.mean(left[:RATE] ** 4) / np.mean(left[:RATE] ** 2) ** 2
    assert 3.0 == pytest.approx(kurtosis, abs=4 * np.sqrt(24 / RATE))


def test_a_tail_is_the_clip_through_the_response():
    clip = np.random.default_rng(0).normal(size=3000)
    response = HALL(click(3000 / RATE), 0.6, sample="x", facts=FACTS)
    expected = np.convolve(clip, response)[:3000]
    assert np.allclose(expected, HALL(clip, 0.6, sample="x", facts=FACTS), atol=1e-5)


def test_a_short_clip_hears_the_beginning_of_the_room():
    short, long = (HALL(click(s), 1.0, sample="x", facts=FACTS) for s in (0.2, 3.0))
    power = np.sum(short[1:] ** 2) / np.sum(long[1 : short.size] ** 2)
    assert 1.0 == pytest.approx(power, abs=0.15)


def test_a_run_of_few_rooms_has_few_rooms():
    noise = HALL.with_settings(rooms=3)
    tails = {noise(click(0.1), 0.6, sample=i, facts=FACTS).tobytes() for i in range(40)}
    assert 3 == len(tails)
    other = {noise(click(0.1), 0.6, sample=i, seed=1, facts=FACTS).tobytes() for i in range(40)}
    assert not tails & other
    batch = noise.batch(np.stack([click(0.1)] * 5), 0.6, samples=range(5), facts=FACTS)
    assert all(each.tobytes() in tails for each in batch)


@pytest.mark.parametrize("metres", [0.1, 0.25, 1.0, 4.0])
def test_the_direct_sound_falls_off_and_the_room_does_not(metres):
    noise = pt.get("audio/distance")
    noisy = noise.apply(click(kind=np.float64), dose={"metres": metres}, facts=FACTS)
    level = min(1.0, 0.25 / metres)
    assert level == pytest.approx(noisy.value[0])
    field = np.sum(noisy.value[1:] ** 2)
    there = 16 * np.pi * metres**2 * 0.5 / (0.161 * 200)
    assert there * level**2 == pytest.approx(field, rel=0.02)


def test_an_echo_is_the_clip_once_more():
    clip = np.random.default_rng(0).normal(size=(2, 4000))
    noisy = pt.get("audio/echo", delay=100.0)(clip, dose={"loss": 6.0}, facts={"rate": 8000})
    expected = clip.copy()
    expected[:, 800:] += 10 ** (-6 / 20) * clip[:, :-800]
    assert np.allclose(expected, noisy)


def test_a_clip_shorter_than_the_delay_has_nothing_to_change():
    noisy = pt.get("audio/echo").apply(np.ones(100), 1.0, facts=FACTS)
    assert np.array_equal(np.ones(100), noisy.value)
    assert 0 == noisy.report["eligible"]


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("reverberation", {"metres": 0.0}),
        ("reverberation", {"volume": -1.0}),
        ("reverberation", {"rooms": -1}),
        ("distance", {"t60": 0.0}),
        ("distance", {"near": 0.0}),
        ("echo", {"delay": 0.0}),
    ],
)
def test_rooms_that_cannot_be_are_refused(name, settings):
    with pytest.raises(BadSetting):
        pt.get(f"audio/{name}", **settings)(np.ones(90), 0.5, facts=FACTS)


RESPONSE = pt.get("audio/impulse-response")


def write(path, table, rate=RATE):
    table = np.atleast_2d(np.asarray(table, float).T).T
    with wave.open(str(path), "wb") as sink:
        sink.setnchannels(table.shape[1])
        sink.setsampwidth(2)
        sink.setframerate(rate)
        sink.writeframes(np.rint(table * 32767).astype("<i2").tobytes())
    return str(path)


def test_a_measured_room_has_its_direct_sound_at_no_delay_and_a_level_of_one(tmp_path):
    measured = np.zeros(400)
    measured[[50, 90, 200]] = 0.5, -0.25, 0.125
    noise = RESPONSE.with_settings(file=write(tmp_path / "hall.wav", measured))
    clip = np.random.default_rng(0).normal(size=2000)
    for wet in (0.4, 1.0):
        expected = clip.copy()
        expected[40:] -= wet * 0.5 * clip[:-40]
        expected[150:] += wet * 0.25 * clip[:-150]
        found = noise(clip, dose={"wet": wet}, facts=FACTS)
        assert np.abs(expected - found).max() < 1e-3


def test_what_comes_before_the_direct_sound_stays_before_it(tmp_path):
    measured = np.zeros(100)
    measured[[20, 30]] = 0.1, 0.8
    noise = RESPONSE.with_settings(file=write(tmp_path / "a.wav", measured))
    found = noise(click(0.05, at=200), 1.0, facts=FACTS)
    assert 0.125 == pytest.approx(found[190], abs=1e-3)


def test_a_response_of_as_many_channels_serves_each_its_own(tmp_path):
    measured = np.zeros((100, 2))
    measured[0], measured[10, 0], measured[20, 1] = 0.8, 0.4, 0.2
    noise = RESPONSE.with_settings(file=write(tmp_path / "a.wav", measured))
    found = noise(np.stack([click(0.05)] * 2), 1.0, facts=FACTS)
    assert found[:, [0, 10, 20]] == pytest.approx(np.array([[1, 0.5, 0], [1, 0, 0.25]]), abs=1e-3)


def test_a_response_at_another_rate_keeps_its_times(tmp_path):
    measured = np.zeros(8000)
    measured[[800, 1600]] = 0.8, 0.4
    noise = RESPONSE.with_settings(file=write(tmp_path / "a.wav", measured, rate=8000))
    found = noise(click(0.5), 1.0, facts=FACTS)
    assert 1600 == 20 + np.abs(found[20:]).argmax()


def test_a_silent_response_is_refused(tmp_path):
    noise = RESPONSE.with_settings(file=write(tmp_path / "a.wav", np.zeros(90)))
    with pytest.raises(BadSetting, match="an impulse response"):
        noise(np.ones(50), 0.5, facts=FACTS)


def test_without_a_file_it_is_an_office():
    times = []
    for i in range(12):
        found = RESPONSE(click(1.0), 1.0, sample=i, facts=FACTS)
        assert 1.0 == pytest.approx(found[0])
        times.append(decay_time(found[1:], high=-25.0))
    assert 0.4 == pytest.approx(np.median(times), rel=0.35)


def test_the_first_reflection_comes_from_the_nearest_wall():
    size, talker, ear = (np.array(each) for each in ([50.0, 50, 50], [2.0, 25, 25], [5.0, 25, 25]))
    found = image_sources(size, talker, ear, 5.0, RATE)
    direct, mirrored = 3.0, 7.0
    places = np.flatnonzero(found)
    assert [round(d / 343 * RATE) for d in (direct, mirrored)] == places[:2].tolist()
    assert 1 / direct == pytest.approx(found[places[0]])
    assert -1 / mirrored < found[places[1]] < 0


SIMULATOR = pt.get("audio/room-simulator")


def needs_simulator():
    if missing(SIMULATOR.requires):
        pytest.skip("the extra room is not installed")


def test_a_modelled_room_has_its_direct_sound_at_no_delay():
    needs_simulator()
    for i in range(4):
        found = SIMULATOR(click(0.5, at=2000), 0.4, sample=i, facts=FACTS)
        assert abs(int(np.abs(found).argmax()) - 2000) <= 1
        assert 0.55 < np.abs(found).max() < 1.1


def test_harder_walls_ring_longer():
    needs_simulator()
    power = [
        np.sum(SIMULATOR(click(0.5), s, sample="a", facts=FACTS)[200:] ** 2)
        for s in (0.2, 0.6, 1.0)
    ]
    assert power == sorted(power)


def test_modelling_leaves_the_global_generators_alone():
    needs_simulator()
    import random

    before = random.getstate(), np.random.get_state()[1].tolist()
    SIMULATOR(MODALITY.corpus(1)[0], 0.6, seed=77, facts=FACTS)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


def test_a_missing_simulator_names_its_extra(monkeypatch):
    import sys

    from perturbations.errors import MissingExtra

    monkeypatch.setitem(sys.modules, "pyroomacoustics", None)
    with pytest.raises(MissingExtra, match=r"noisebench\[room\]"):
        SIMULATOR(np.ones(400), 0.37, sample="never made", facts=FACTS)
