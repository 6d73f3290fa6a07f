"""Noise in sound against audiomentations: CPU time a clip of 5 s at 16 kHz, in one process and one thread."""

import tempfile
import warnings
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import perturbations as pt
from perturbations._extras import missing
from perturbations.audio._modality import MODALITY
from tests.benchmarks.clock import cpu

HEAD = ("noise", "ours", "audiomentations", "ratio", "bar", "bound by")
RATE = 16_000
SAMPLES = 80_000
BATCH = 32
SEVERITY = 0.6
SLOWEST_COPIES = 4
"""A noise that takes no longer than this many copies of the clip is bound by memory."""

Row = tuple[str, ...]
Make = Callable[[Path], Callable[[Any], Any]]


def _peer(name: str, *arguments: Any, **settings: Any) -> Make:
    """Return what makes a transform of audiomentations; "{wav}" in a setting is the path of a recording."""

    def make(folder: Path) -> Callable[[Any], Any]:
        import audiomentations

        placed = {k: str(folder / "hiss.wav") if v == "{wav}" else v for k, v in settings.items()}
        transform = getattr(audiomentations, name)(*arguments, **placed, p=1.0)
        return lambda clip: transform(clip, RATE)

    return make


def _there_and_back(folder: Path) -> Callable[[Any], Any]:
    import audiomentations

    down, up = (audiomentations.Resample(rate, rate, p=1.0) for rate in (5280, RATE))
    return lambda clip: up(down(clip, RATE), 5280)


P = _peer
COLOUR = {"min_snr_db": 20.0, "max_snr_db": 20.0}
SLOPE = {"zero_phase": True, "min_rolloff": 48, "max_rolloff": 48}
PEERS: dict[str, Make] = {
    "white-noise": P("AddGaussianSNR", 20.0, 20.0),
    "pink-noise": P("AddColorNoise", **COLOUR, min_f_decay=-3.01, max_f_decay=-3.01),
    "brown-noise": P("AddColorNoise", **COLOUR, min_f_decay=-6.02, max_f_decay=-6.02),
    "blue-noise": P("AddColorNoise", **COLOUR, min_f_decay=3.01, max_f_decay=3.01),
    "violet-noise": P("AddColorNoise", **COLOUR, min_f_decay=6.02, max_f_decay=6.02),
    "background-noise": P("AddBackgroundNoise", sounds_path="{wav}", **COLOUR),
    "impulse-response": P("ApplyImpulseResponse", ir_path="{wav}", leave_length_unchanged=True),
    "reverberation": P("ApplyImpulseResponse", ir_path="{wav}", leave_length_unchanged=True),
    "room-simulator": P("RoomSimulator", use_ray_tracing=False, max_order=10),
    "gain": P("Gain", -12, -12),
    "level-drift": P("GainTransition", -12, 12),
    "clipping": P("ClippingDistortion", 10, 10),
    "bit-depth": P("BitCrush", 8, 8),
    "polarity": P("PolarityInversion"),
    "low-pass": P("LowPassFilter", 2000, 2000, **SLOPE),
    "high-pass": P("HighPassFilter", 600, 600, **SLOPE),
    "band-pass": P(
        "BandPassFilter",
        1000,
        1000,
        min_bandwidth_fraction=1.0,
        max_bandwidth_fraction=1.0,
        **SLOPE,
    ),
    "band-stop": P(
        "BandStopFilter",
        1000,
        1000,
        min_bandwidth_fraction=1.0,
        max_bandwidth_fraction=1.0,
        zero_phase=True,
        min_rolloff=24,
        max_rolloff=24,
    ),
    "telephone-band": P(
        "BandPassFilter",
        1010,
        1010,
        min_bandwidth_fraction=1.9,
        max_bandwidth_fraction=1.9,
        **SLOPE,
    ),
    "downsampling": _there_and_back,
    "aliasing": P("Aliasing", 5280, 5280),
    "mp3-compression": P("Mp3Compression", 32, 32),
    "dropout": P("TimeMask", 0.1, 0.1),
    "shift": P("Shift", 0.01, 0.01, rollover=False),
    "time-stretch": P("TimeStretch", 1.2, 1.2, leave_length_unchanged=False),
    "pitch-shift": P("PitchShift", 2.0, 2.0),
}
"""Noise to the transform that does the same, at the closest setting to severity 0.6."""

SETTINGS = {
    "time-stretch": {"direction": "faster"},
    "pitch-shift": {"direction": "up"},
    "shift": {"direction": "late"},
}
"""Where the peer has no draw, ours has none."""

FILTERS = ("low-pass", "high-pass", "band-pass", "band-stop", "telephone-band")
BARS = {"white-noise": "5x", "bit-depth": "3x"} | dict.fromkeys(FILTERS, "1.5x")
WRAPPED = ("mp3-compression", "time-stretch", "pitch-shift", "room-simulator")
"""Bound by a library that does the work for both."""


def rows() -> list[Row]:
    """Return noise, our time, the peer's, the ratio, the bar, and what bounds ours."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), tempfile.TemporaryDirectory() as folder:
        _write_hiss(Path(folder) / "hiss.wav")
        return [_row(name, Path(folder)) for name in PEERS if _installed(name)]


def _installed(name: str) -> bool:
    return not missing(("audio", *pt.get(f"audio/{name}").requires))


def _row(name: str, folder: Path) -> Row:
    clips = np.stack([_clip(i) for i in range(BATCH)])
    each = [clip.copy() for clip in clips]  # in as many places in memory as ours
    noise, keys = pt.get(f"audio/{name}"), pt.sample_keys(range(BATCH))
    noise = noise.with_settings(**SETTINGS.get(name, {}))
    if "file" in noise.settings:
        noise = noise.with_settings(file=str(folder / "hiss.wav"))
    facts = {"rate": RATE}
    ours = cpu(lambda: noise.batch(clips, SEVERITY, samples=keys, facts=facts)) / BATCH
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        transform = PEERS[name](folder)
        theirs = cpu(lambda: [transform(clip) for clip in each], repeats=3) / BATCH
    bound = "memory" if ours < SLOWEST_COPIES * cpu(clips.copy) / BATCH else "compute"
    bound = "the peer's engine" if name in WRAPPED else bound
    return (
        f"audio/{name}",
        f"{ours * 1e6:.0f} us",
        f"{theirs * 1e6:.0f} us",
        f"{theirs / ours:.2f}x",
        BARS.get(name, ""),
        bound,
    )


def _clip(i: int) -> Any:
    """Return 5 s of clips of the corpus, one after the other."""
    several = MODALITY.corpus(96) * 4
    return np.concatenate(several[8 * i : 8 * i + 10])[:SAMPLES]


def _write_hiss(path: Path) -> None:
    """Write half a second of noise that dies away: a recording, and a response of a room."""
    fade = np.exp(-6.9 * np.arange(RATE // 2) / (RATE // 2))
    levels = np.random.default_rng(0).normal(size=RATE // 2) * fade * 3000
    levels[0] = 30000
    with wave.open(str(path), "wb") as sink:
        sink.setnchannels(1)
        sink.setsampwidth(2)
        sink.setframerate(RATE)
        sink.writeframes(np.rint(levels).astype("<i2").tobytes())


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row), flush=True)
