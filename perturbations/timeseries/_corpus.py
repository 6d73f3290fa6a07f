"""Clean series for the law suite: the walks of many people, series at the edge of the contract, and what is no series."""

import importlib.util
from typing import Any

import numpy as np

from perturbations._draw import Draw, sample_keys
from perturbations.timeseries._series import Values

RATE = 200.0
"""Readings a second of the corpus."""


def corpus(n: int) -> list[Any]:
    """Return up to 96 synthetic series like those of a worn accelerometer: 240 to 400 steps of three channels.

    They are made, not recorded: gravity, two harmonics of a gait, an arm movement and sensor noise.
    """
    names = [f"series-{i}" for i in range(min(n, 96))]
    draw = Draw.of(
        sample_keys(names), seed=0, perturbation="corpus", input="series", position=0, replicate=0
    )
    return [_gait(draw.row(i)) for i in range(len(names))]


def _gait(draw: Draw) -> Values:
    steps = int(draw.integers(240, 401, stream="length"))
    time = np.arange(steps)[:, np.newaxis] / RATE
    pace, centre = 1.5 + draw.uniform(2, stream="pace") * np.array([1.0, 0.0]) + [0.0, -0.7]
    gravity, phase, gain = draw.uniform((3, 3), stream="body")
    angle = 2 * np.pi * (pace * time + phase)
    walk = np.sin(angle) + 0.4 * np.sin(2 * angle)
    reach = np.exp(-0.5 * ((time - centre) / 0.15) ** 2)
    noise = 0.05 * draw.normal((steps, 3), stream="sensor")
    series: Values = 9.81 * (2 * gravity - 1) + 2 * gain * walk + 4 * (phase - 0.5) * reach + noise
    return series


def edges() -> dict[str, Any]:
    """Return series at the edge of the contract."""
    wave = np.sin(np.arange(40) * 0.4)
    gaps = np.stack([wave, wave + 5.0], axis=1)
    gaps[3:9, 0], gaps[0, 1], gaps[-1, 1] = np.nan, np.nan, np.nan
    read_only = wave.copy()
    read_only.flags.writeable = False
    return {
        "empty": np.zeros(0),
        "empty with channels": np.zeros((0, 3)),
        "one step": np.array([1.5]),
        "one step of three channels": np.array([[1.0, 2.0, 3.0]], dtype=np.float32),
        "two steps": np.array([1.0, -1.0]),
        "constant": np.full((40, 2), 0.1),
        "zeros": np.zeros(40),
        "all missing": np.full(40, np.nan),
        "a channel all missing": np.stack([wave, np.full(40, np.nan)], axis=1),
        "gaps": gaps,
        "float32": wave.astype(np.float32),
        "counts": np.arange(40, dtype=np.uint16) * 1638,
        "codes of a converter": np.rint(100 * gaps[9:-1]).astype(np.int8),
        "read-only": read_only,
        "transposed": np.stack([wave, -wave, 2 * wave]).T,
        "every other step": np.repeat(wave, 2)[::2],
    } | (_frames(gaps) if importlib.util.find_spec("pandas") else {})


def _frames(gaps: Values) -> dict[str, Any]:
    import pandas as pd

    frame = pd.DataFrame(gaps, columns=["x", "y"])
    uneven = np.cumsum(1 + np.arange(40) % 7) / RATE
    summer = pd.date_range("2026-03-29 01:59:59.9", periods=40, freq="5ms", tz="UTC", name="t")
    counts = pd.DataFrame({"adc": np.arange(40, dtype=np.int16), "lux": gaps[:, 1]})
    return {
        "a frame": frame,
        "an empty frame": frame[:0].set_axis(pd.DatetimeIndex([])),
        "a frame of one row": frame[4:5].set_axis(pd.DatetimeIndex(["2026-11-29"])),
        "a frame over the change of the clocks": frame.set_axis(summer.tz_convert("Europe/Berlin")),
        "a frame of uneven seconds": frame.set_axis(uneven),
        "a frame of time differences": frame.set_axis(pd.to_timedelta(uneven, unit="s")),
        "a frame of two dtypes": counts.set_axis(summer),
        "a frame with a moment twice": frame.set_axis(np.minimum(uneven, uneven[30])),
        "a frame out of order": frame.set_axis(uneven).iloc[::-1],
        "a frame of nullable numbers": pd.DataFrame({"n": pd.array([1, None, 3], dtype="Int64")}),
        "a named series": pd.Series(gaps[:, 0], index=summer, name="x"),
    }


def bad() -> dict[str, Any]:
    """Return values that are no series."""
    endless = np.arange(9.0)
    endless[4] = np.inf
    found: dict[str, Any] = {
        "truth values": np.arange(9) > 4,
        "float16": np.arange(9).astype(np.float16),
        "complex numbers": np.arange(9).astype(complex),
        "counts beyond 2**53": np.array([2**60, 1]),
        "Inf": endless,
        "no channel": np.zeros((9, 0)),
        "three axes": np.zeros((2, 9, 3)),
        "a list": [1.0, 2.0],
        "text": "1, 2, 3",
        "None": None,
    }
    if importlib.util.find_spec("pandas"):
        import pandas as pd

        frame = pd.DataFrame({"x": [1.0, 2.0], "label": ["walk", "run"]})
        found |= {
            "a frame with a column of text": frame,
            "a frame with a column of truth values": frame.assign(label=[True, False]),
            "a frame of infinite numbers": frame[["x"]] * np.inf,
            "a frame without columns": frame[[]],
            "a frame indexed by words": frame[["x"]].set_axis(["a", "b"]),
            "a frame with an unknown moment": frame[["x"]].set_axis(
                pd.DatetimeIndex(["2026-11-29", "NaT"])
            ),
        }
    return found
