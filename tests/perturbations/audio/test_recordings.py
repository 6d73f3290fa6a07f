import wave

import numpy as np
import pytest

import perturbations as pt
from perturbations.audio import _recordings
from perturbations.audio._recordings import LONGEST, Recordings, found, recording
from perturbations.errors import BadSetting, MissingExtra

RATE = 8000
FACTS = {"rate": RATE}
RAMP = np.linspace(-0.9, 0.9, 4000)


def write(path, sound, rate=RATE, width=2):
    """Write PCM; `sound` is (T,) or (T, C)."""
    table = np.atleast_2d(np.asarray(sound, float).T).T
    levels = np.rint(table * (2.0 ** (8 * width - 1) - 1)).astype("<i4")
    raw = np.ascontiguousarray(levels).view(np.uint8).reshape(-1, 4)[:, :width].copy()
    if width == 1:
        raw += np.uint8(128)
    with wave.open(str(path), "wb") as sink:
        sink.setnchannels(table.shape[1])
        sink.setsampwidth(width)
        sink.setframerate(rate)
        sink.writeframes(raw.tobytes())
    return str(path)


def background(file, clip, *, sample="a", rate=RATE, **settings):
    noise = pt.get("audio/background-noise", file=str(file), **settings)
    return noise(clip, dose={"snr": 0.0}, sample=sample, facts={"rate": rate}) - clip


def test_a_stretch_of_the_recording_is_added(tmp_path):
    file = write(tmp_path / "ramp.wav", RAMP)
    noise = background(file, np.ones(1000))
    steps = np.diff(noise)
    assert np.allclose(steps, steps.mean(), atol=3e-4)
    starts = {round(float(background(file, np.ones(1000), sample=i)[0]), 2) for i in range(30)}
    assert len(starts) > 15


def test_a_folder_is_looked_through_to_any_depth(tmp_path):
    (tmp_path / "deep").mkdir()
    write(tmp_path / "a.wav", np.ones(2000))
    write(tmp_path / "deep" / "b.WAV", -np.ones(2000))
    (tmp_path / "notes.txt").write_text("no sound")
    assert ["a.wav", "b.WAV"] == [path.name for path in found(str(tmp_path))]
    signs = {float(np.sign(background(tmp_path, np.ones(50), sample=i)[0])) for i in range(20)}
    assert {1.0, -1.0} == signs


def test_a_new_file_in_a_folder_is_found(tmp_path):
    write(tmp_path / "a.wav", RAMP)
    assert 1 == len(found(str(tmp_path)))
    write(tmp_path / "b.wav", RAMP)
    assert 2 == len(found(str(tmp_path)))


def test_a_recording_at_another_rate_keeps_its_pitch_and_its_moment(tmp_path):
    time = np.arange(44100) / 44100
    file = write(tmp_path / "a.wav", 0.5 * np.sin(2 * np.pi * 440 * time), rate=44100)
    sound = recording(tmp_path / "a.wav", 8000.0)
    assert (1, 8000) == sound.shape
    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(8000) / 8000)
    assert np.abs(sound[0, 500:-500] - expected[500:-500]).max() < 2e-3
    assert 440 == np.argmax(np.abs(np.fft.rfft(background(file, np.ones(8000)))))


def test_a_short_recording_goes_round(tmp_path):
    noise = background(write(tmp_path / "a.wav", RAMP[:100]), np.ones(1000))
    assert np.allclose(noise[:900], noise[100:], atol=1e-6)


def test_silent_stretches_are_passed_over(tmp_path):
    sound = np.zeros(80_000)
    sound[:30_000] = 0.5
    file = write(tmp_path / "a.wav", sound)
    assert all(background(file, np.ones(100), sample=i).any() for i in range(30))


def test_channels_sound_where_they_are_as_many(tmp_path):
    stereo = write(tmp_path / "a.wav", np.stack([np.full(900, 0.5), np.full(900, -0.25)], axis=1))
    both = background(stereo, np.ones((2, 300)))
    assert np.allclose(both[0], -2 * both[1], rtol=1e-3)
    three = background(stereo, np.ones((3, 300)))
    assert np.allclose(three, three[0])


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_without_soundfile_pcm_reads_to_the_same_numbers(tmp_path, monkeypatch, width):
    pytest.importorskip("soundfile", reason="the extra audio is not installed")
    path = tmp_path / "a.wav"
    write(path, np.stack([RAMP, RAMP[::-1]], axis=1), width=width)
    expected = _recordings._read(path)

    def absent(*_, **__):
        raise MissingExtra("soundfile is not there")

    monkeypatch.setattr(_recordings, "require", absent)
    assert np.array_equal(expected.sound, _recordings._read(path).sound)
    assert expected.rate == _recordings._read(path).rate
    (tmp_path / "a.flac").write_bytes(b"fLaC")
    with pytest.raises(MissingExtra):
        _recordings._read(tmp_path / "a.flac")


def test_only_the_first_minutes_of_a_long_recording_are_read(tmp_path):
    write(tmp_path / "a.wav", np.full((LONGEST + 5) * 100, 0.5), rate=100)
    assert LONGEST * 100 == recording(tmp_path / "a.wav", 100.0).shape[1]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder / "no-such.wav", "relative paths start at"),
        (lambda folder: folder, "a folder with sound files"),
        (lambda folder: write(folder / "a.wav", []), "the file holds no samples"),
        (lambda folder: write(folder / "a.wav", np.zeros(900)), "not silent"),
    ],
)
def test_what_is_no_recording_is_a_named_error(tmp_path, make, message):
    with pytest.raises(BadSetting, match=message):
        background(make(tmp_path), np.ones(100))


def test_a_file_that_is_no_sound_names_itself(tmp_path):
    (tmp_path / "broken.wav").write_bytes(b"RIFF of something else")
    with pytest.raises(BadSetting, match=r"broken\.wav"):
        background(tmp_path / "broken.wav", np.ones(100))


def test_the_setting_survives_its_text_form(tmp_path):
    file = write(tmp_path / "a (1), quiet.wav", RAMP)
    noise = pt.get("audio/background-noise", file=file)
    assert noise == pt.get(str(noise))
    assert file == pt.get(str(noise)).settings["file"]


def test_a_draw_finds_the_same_stretch_again(tmp_path):
    write(tmp_path / "a.wav", RAMP)
    one, other = (Recordings(str(tmp_path)) for _ in range(2))
    assert one == other
    noise = background(tmp_path, np.ones(500), sample="s")
    assert np.array_equal(noise, background(tmp_path, np.ones(500), sample="s"))


@pytest.mark.parametrize(
    ("name", "what"),
    [("background-noise", "no recording"), ("impulse-response", "no measured room")],
)
def test_what_acts_without_a_file_is_declared(name, what):
    assert what in pt.get(f"audio/{name}").stand_in
    assert not pt.get(f"audio/{name}(file=mine)").stand_in
    assert not pt.get("audio/white-noise").stand_in
