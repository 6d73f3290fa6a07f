"""Telephone prompts that voice actors recorded, and a pretrained detector of speech."""

import os
import wave
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench.data import Dataset
from noisebench.demos._demo import Demo, Loaded, files_of
from perturbations.errors import MissingExtra

NOTE = """\
160 telephone prompts in English, Spanish, French and Italian, 40 each, recorded by three voice actors at 8 kHz (Asterisk
core sounds 1.6.1, CC BY-SA 3.0, from Debian's packages), each put at a random place of 4 seconds of digital silence. Silero
VAD 6.2.3 (MIT), pretrained by its authors and not touched here, says for every 32 ms whether somebody speaks. The truth is
where the clean recording is loud: within 35 dB of the prompt's loudest frame, pauses of up to 160 ms bridged, so clean
errors are mostly frames at the edges of words. Half of the frames are speech, so chance is about a half. Babble is speech: a
frame in which the detector hears it counts as a false alarm, though it is partly right. Ratios to noise are over the whole 4
seconds, half of them digital silence, so that within the speech they are about 3 dB better. Studio speech with silence
around it is easier than any call. The English and the Spanish voice are the same person, so that there are three voices;
prompts of one voice are alike, and intervals resample voices: three of them say little about a fourth. Noise that moves time
moves the truth with it."""

SWEEPS = (
    "audio/white-noise",
    "audio/babble",
    "audio/mains-hum",
    "audio/reverberation",
    "audio/gain",
    "audio/clipping",
    "audio/bit-depth",
    "audio/low-pass",
    "audio/high-pass",
    "audio/mp3-compression",
    "audio/packet-loss",
    "audio/dropout",
    "audio/shift",
    "audio/time-stretch",
)

RATE = 8000
"""Samples a second."""

FRAME = 256
"""Samples of a frame, 32 ms: what the detector reads at 8 kHz."""

CONTEXT = 32
"""Samples of the frame before that the detector reads again."""

FRAMES = 125
"""Frames of a clip: 4 s."""

LANGUAGES = {"en": "English", "es": "Spanish", "fr": "French", "it": "Italian"}

EACH = 40
"""Prompts of each language."""

SHORTEST, LONGEST = 1.2, 3.2
"""Seconds of a prompt."""

LOUD = 10.0 ** (-35.0 / 20.0)
"""Level of a frame with speech, of the loudest frame's."""

BRIDGED = 5
"""Frames of a pause within speech."""

SEED = 8000
"""Seed of the prompts' places."""

FOLDER = Path("/usr/share/asterisk/sounds")
"""Where Debian's packages put the prompts; NOISEBENCH_SPEECH names another folder."""

MODEL = "pip install onnxruntime && pip install --no-deps silero-vad==6.2.3"
PROMPTS = "apt-get install " + " ".join(f"asterisk-core-sounds-{each}-wav" for each in LANGUAGES)


@dataclass(frozen=True)
class SpeechDetector:
    """Silero VAD at 8 kHz: whether there is speech in each frame."""

    path: str
    """The ONNX file."""

    def __call__(self, clips: Any) -> NDArray[np.int64]:
        """Return 1 for speech and 0 for none, one row of frames a clip."""
        return (self.probabilities(clips) >= 0.5).astype(np.int64)

    def probabilities(self, clips: Any) -> NDArray[np.float32]:
        """Return the probability of speech in each frame, (n, frames)."""
        sound = np.asarray(clips, dtype=np.float32)
        session, rate = _session(self.path), np.array(RATE, dtype=np.int64)
        state = np.zeros((2, len(sound), 128), dtype=np.float32)
        context = np.zeros((len(sound), CONTEXT), dtype=np.float32)
        found = []
        for start in range(0, sound.shape[1] - FRAME + 1, FRAME):
            heard = np.concatenate([context, sound[:, start : start + FRAME]], axis=1)
            said, state = session.run(None, {"input": heard, "state": state, "sr": rate})
            found.append(said[:, 0])
            context = heard[:, -CONTEXT:]
        return np.stack(found, axis=1)


@cache
def _session(path: str) -> Any:
    import onnxruntime as runtime

    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return runtime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def prompts(language: str) -> list[Path]:
    """Return the recordings of a language that last from 1.2 to 3.2 s, evenly picked.

    Raises:
        MissingExtra: they are not installed.
    """
    root = Path(os.environ.get("NOISEBENCH_SPEECH") or FOLDER)
    found = sorted(root.glob(f"{language}_*/*.wav"))
    fitting = [path for path in found if SHORTEST <= _seconds(path) <= LONGEST]
    if len(fitting) < EACH:
        raise MissingExtra(
            f"the demo's {LANGUAGES[language]} recordings are not in {root}\n"
            f"  install them with: {PROMPTS}\n"
            "  or unpack those packages and set NOISEBENCH_SPEECH to their folder usr/share/asterisk/sounds"
        )
    return [fitting[i] for i in np.linspace(0, len(fitting) - 1, EACH).astype(int)]


def _seconds(path: Path) -> float:
    with wave.open(str(path)) as source:
        return float(source.getnframes() / source.getframerate())


def recording(path: Path) -> NDArray[np.float32]:
    """Return a prompt as samples of full scale 1."""
    with wave.open(str(path)) as source:
        frames = np.frombuffer(source.readframes(source.getnframes()), dtype="<i2")
    return (frames / 2.0**15).astype(np.float32)


def truth(clip: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return for each frame whether somebody speaks, by the level of the clean recording."""
    framed = clip.reshape(-1, FRAME).astype(np.float64)
    level = np.sqrt(np.mean(framed**2, axis=1))
    loud = np.flatnonzero(level > LOUD * level.max(initial=1e-9))
    speech = np.zeros(len(framed), dtype=np.int64)
    for here, after in zip(loud, [*loud[1:], *loud[-1:]], strict=True):
        speech[here : after if after - here <= BRIDGED + 1 else here + 1] = 1
    speech[loud] = 1
    return speech


def load() -> Loaded:
    """Put each prompt at a random place of a silent clip; there is nothing to train."""
    model = files_of("silero_vad", line=MODEL) / "data" / "silero_vad.onnx"
    files_of("onnxruntime", line=MODEL)
    rng = np.random.default_rng(SEED)
    chosen = [(language, path) for language in LANGUAGES for path in prompts(language)]
    clips = np.zeros((len(chosen), FRAMES * FRAME), dtype=np.float32)
    for clip, (_, path) in zip(clips, chosen, strict=True):
        sound = recording(path)
        start = int(rng.integers(FRAME, clip.size - sound.size - FRAME))
        clip[start : start + sound.size] = sound
    data = Dataset(
        {"speech": clips},
        targets=np.stack([truth(clip) for clip in clips]),
        ids=[f"{language}/{path.stem}" for language, path in chosen],
        modalities={"speech": "audio"},
        facts={"speech": {"rate": RATE}},
        moves={"speech": "frames"},
        groups=[path.parent.name.rpartition("_")[2] for _, path in chosen],
        slices={"language": [LANGUAGES[language] for language, _ in chosen]},
    )
    return Loaded(SpeechDetector(str(model)), data)


def demo() -> Demo:
    """Return the demo."""
    return Demo(
        name="speech",
        title="Telephone prompts, pretrained speech detector (Silero VAD)",
        note=NOTE,
        loader=load,
        sweeps=SWEEPS,
        metric="frame-accuracy",
        seconds=120.0,
    )
