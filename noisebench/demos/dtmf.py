"""Telephone keys as tones, generated to the standard, and a Goertzel detector."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from noisebench.data import Dataset
from noisebench.demos._demo import Demo, Loaded

NOTE = """\
Generated, not recorded: 480 presses of the 16 telephone keys as pairs of sines at the frequencies of ITU-T Q.23,
sampled at 8 kHz in 32-bit floating point. Within what ITU-T Q.24 tells receivers to accept, every press varies: each
frequency by up to 1.5 %, duration from 40 to 120 ms, level over 22 dB, the upper tone from 8 dB below the lower to 4 dB
above, phases at random. The detector measures the energy at the eight frequencies with Goertzel's recursion in blocks
of 205 samples and names the strongest pair; it never refuses, as a real receiver would. There is no line, speech or
echo in the clean tones, so the clean accuracy says little, and a curve that stays flat under white noise
is what averaging over blocks should give."""

SWEEPS = ("audio/white-noise", "audio/clipping", "audio/dropout", "audio/low-pass")

RATE = 8000
"""Samples a second."""

LOW = (697.0, 770.0, 852.0, 941.0)
"""Frequencies of the keypad's rows in Hz (ITU-T Q.23)."""

HIGH = (1209.0, 1336.0, 1477.0, 1633.0)
"""Frequencies of the keypad's columns in Hz (ITU-T Q.23)."""

KEYS = "123A456B789C*0#D"
"""The keypad, row by row; a target is a position in it."""

PRESSES = 480
"""Presses generated, 30 a key."""

BLOCK = 205
"""Samples a Goertzel block: 25.6 ms, as in most published receivers at 8 kHz."""

SEED = 2324
"""Seed of the generated presses."""


@dataclass(frozen=True)
class GoertzelDetector:
    """The energy at the eight frequencies of the keypad, and the strongest pair."""

    rate: int = RATE

    def __call__(self, clips: Sequence[np.ndarray]) -> np.ndarray:
        """Return (n, 16): the row tone's share of row energy times the column tone's of column energy."""
        return np.stack([self.shares(np.asarray(clip, dtype=np.float64).ravel()) for clip in clips])

    def shares(self, clip: np.ndarray) -> np.ndarray:
        """Return how much of a clip's tone energy each key explains; all alike for silence."""
        energy = goertzel(clip, (*LOW, *HIGH), self.rate) + 1e-20
        low, high = energy[:4], energy[4:]
        return np.outer(low / low.sum(), high / high.sum()).ravel()


def goertzel(clip: np.ndarray, frequencies: Sequence[float], rate: int) -> np.ndarray:
    """Return the energy at each frequency, summed over blocks (Goertzel 1958)."""
    from scipy.signal import lfilter

    blocks = -(-max(len(clip), 1) // BLOCK)
    framed = np.zeros((blocks, BLOCK))
    framed.ravel()[: len(clip)] = clip
    energies = []
    for frequency in frequencies:
        turn = 2.0 * np.cos(2.0 * np.pi * frequency / rate)
        state = lfilter([1.0], [1.0, -turn, 1.0], framed, axis=1)
        last, before = state[:, -1], state[:, -2]
        energies.append(float((last**2 + before**2 - turn * last * before).sum()))
    return np.array(energies)


def presses(count: int, seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Return generated presses as 32-bit clips of different length, and the key of each."""
    rng = np.random.default_rng(seed)
    keys = np.arange(count) % len(KEYS)
    return [press(int(key), rng) for key in keys], keys


def press(key: int, rng: np.random.Generator) -> np.ndarray:
    """Return one press of a key, with the variation that ITU-T Q.24 tells receivers to accept."""
    time = np.arange(int(rng.uniform(0.040, 0.120) * RATE)) / RATE
    off = 1.0 + rng.uniform(-0.015, 0.015, 2)
    phase = rng.uniform(0.0, 2.0 * np.pi, 2)
    low = np.sin(2.0 * np.pi * LOW[key // 4] * off[0] * time + phase[0])
    high = np.sin(2.0 * np.pi * HIGH[key % 4] * off[1] * time + phase[1])
    twist = 10.0 ** (rng.uniform(-8.0, 4.0) / 20.0)
    level = 10.0 ** (rng.uniform(-28.0, -6.0) / 20.0)
    return np.asarray(level * (low + twist * high) / (1.0 + twist), dtype=np.float32)


def load() -> Loaded:
    """Generate the presses; there is nothing to train."""
    clips, keys = presses(PRESSES, SEED)
    data = Dataset(
        {"tone": clips},
        targets=keys,
        ids=[f"press-{i}" for i in range(len(keys))],
        modalities={"tone": "audio"},
        facts={"tone": {"rate": RATE}},
        slices={"duration": ["under 80 ms" if len(c) < 640 else "80 ms or more" for c in clips]},
    )
    return Loaded(GoertzelDetector(), data)


def demo() -> Demo:
    """Return the demo."""
    return Demo(
        name="dtmf",
        title="Telephone tones (generated), Goertzel detector",
        note=NOTE,
        loader=load,
        sweeps=SWEEPS,
        seconds=8.0,
    )
