"""How audits see noise in sound: silence, files, marks that move, the recording of a real instrument."""

import sysconfig
import wave
from pathlib import Path

import numpy as np
import pytest

import noisebench as nb
import perturbations as pt
from noisebench.data import Dataset
from noisebench.errors import PlanError
from noisebench.plan import expand
from perturbations._extras import missing
from perturbations.audio._modality import MODALITY

RATE = 16000
RECORDING = Path(sysconfig.get_path("stdlib")) / "test" / "audiodata" / "pluck-pcm16.wav"
"""A plucked string, 0.3 s in stereo at 11025 Hz, in the tests of Python itself."""


def data(clips, targets=None, **given):
    labels = [0] * len(clips) if targets is None else targets
    facts = {"sound": {"rate": RATE}}
    return Dataset({"sound": clips}, labels, modalities={"sound": "audio"}, facts=facts, **given)


def always(clips):
    return [0] * len(clips)


@pytest.mark.parametrize("name", ["pink-noise", "white-noise", "mains-hum", "babble"])
def test_silent_clips_are_told_as_those_that_noise_could_not_change(name):
    clips = [*MODALITY.corpus(6), np.zeros(400, np.float32), np.zeros(500, np.float32)]
    audit = nb.audit(always, data(clips), perturbations=[f"audio/{name}"], severities=1)
    assert 0.25 == audit.to_table()[-1]["no_candidate"]


def test_a_data_set_of_silence_is_not_called_robust():
    silent = data([np.zeros(400, np.float32)] * 3)
    _, skipped = expand("audio/*-noise", silent)
    assert "nothing in the 3 samples tried" in skipped["audio/white-noise"]
    floor, _ = expand("audio/white-noise(floor=-50)", silent)
    assert 1 == len(floor)


def test_a_missing_recording_is_found_before_anything_runs():
    with pytest.raises(PlanError, match="a sound file or a folder of them"):
        expand('audio/background-noise(file="/no/such/folder")', data(MODALITY.corpus(2)))


def test_segments_move_with_the_clip():
    clips = MODALITY.corpus(4)
    marks = [{"segments": [[0.1, 0.2], [0.35, 0.45]], "kind": ["a", "b"]} for _ in clips]
    dataset = data(clips, marks, moves={"sound": "segments"})
    noise = pt.get("audio/shift", direction="late")
    for clip, mark in zip(clips, dataset.targets, strict=True):
        moved = noise.apply(clip, 1.0, facts={"rate": RATE}).mapping.move("segments", mark)
        assert [0.3, 0.4] == pytest.approx(moved.target["segments"][0])
        assert ["a"] == moved.target["kind"]
        assert (1, 0) == (moved.lost, moved.clipped)


def recording():
    if not RECORDING.is_file():
        pytest.skip("this Python comes without the sounds of its tests")
    with wave.open(str(RECORDING)) as source:
        frames = np.frombuffer(source.readframes(source.getnframes()), "<i2")
        return frames.reshape(-1, source.getnchannels()), source.getframerate()


class Clips(dict):
    @property
    def ids(self):
        return list(self)


@pytest.mark.parametrize("name", pt.names(modality="audio"))
def test_a_real_recording_in_pcm_with_samples_first_takes_every_noise(name):
    clip, rate = recording()
    noise = pt.get(name)
    if missing(noise.requires):
        pytest.skip("an extra is not installed")
    facts = {"rate": rate, "layout": "TC"}
    given = {"peers": Clips(other=clip[::-1].copy())} if noise.declared.peers else {}
    noisy = noise.apply(clip, 0.6, sample="pluck", facts=facts, **given)
    assert np.int16 == noisy.value.dtype
    assert clip.ndim == noisy.value.ndim
    assert "beyond_full_scale" in noisy.report
    found = pt.distance("audio", clip, noisy.value, facts=facts)
    if noise.measure == "snr" and "snr" in noise.ladders and not noisy.report["beyond_full_scale"]:
        assert noise.doses(0.6)["snr"] == pytest.approx(found["snr"], abs=0.05)
    assert found["changed"] > 0 or name in ("audio/polarity", "audio/packet-loss")
