"""Audits made by hand, with the attributes that a report reads."""

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from noisebench.curve import Psychometric, Uncertainty
from noisebench.errors import MetricError
from noisebench.invariance import Invariance
from noisebench.report import _charts
from noisebench.topology import Topology


def estimate(value: float, half: float, n: int = 500) -> SimpleNamespace:
    """Make an estimate."""
    return SimpleNamespace(value=value, low=value - half, high=value + half, n=n, text="")


def fitted(severity: float) -> Psychometric:
    """Make the fit of a curve that falls on after its tolerance, or does not fall."""
    nan = math.nan
    if severity >= 0.9:
        flat = "no fit: flat: nothing is surely lost up to severity 1"
        return Psychometric("", nan, nan, nan, nan, nan, nan, nan, nan, False, nan, 500, flat)
    at = severity + 0.1
    text = f"half of the way from 0.960 to 0.100 is lost at severity {at:.3f}"
    return Psychometric(
        "normal", at, at - 0.03, at + 0.03, 1, 0.8, 1.2, 0.96, 0.1, True, 0.5, 500, text
    )


def curve(
    values: list[float],
    *,
    tolerance: float | None = 0.45,
    chance: float | None = 0.1,
    doses: list[Any] | None = None,
    unit: str = "σ (full scale = 1)",
    metric: str = "accuracy",
    higher: bool = True,
    area: float = 0.7,
    half: float = 0.02,
) -> SimpleNamespace:
    """Make a curve on an even grid; `tolerance=None` means that a tenth is never lost."""
    grid = tuple(round(step / (len(values) - 1), 6) for step in range(len(values)))
    found = SimpleNamespace(
        severity=grid[-1] if tolerance is None else tolerance,
        low=0.9 if tolerance is None else tolerance - 0.1,
        high=math.inf if tolerance is None else tolerance + 0.1,
        censored=tolerance is None,
    )
    return SimpleNamespace(
        severities=grid,
        doses=doses,
        unit=unit,
        metric=metric,
        estimate=np.array(values),
        low=np.array(values) - half,
        high=np.array(values) + half,
        n=500,
        chance=chance,
        clean=estimate(values[0], half),
        higher_is_better=higher,
        confidence=0.95,
        area=estimate(area, 0.03),
        tolerance=lambda drop: found,
        psychometric=fitted(grid[-1] if tolerance is None else tolerance),
        uncertainty=Uncertainty(grid[-1], half, 0.8, 0.2, 2, False, None, None, "± 0.02, widest"),
        answers=(),
        cliff=SimpleNamespace(start=0.4, end=0.6, drop=0.2, p=0.001),
        monotone=SimpleNamespace(holds=True, helps=()),
        missing=None,
    )


SIGMAS = [0.0, 0.08, 0.12, 0.18, 0.26, 0.38]
FALLING = [0.96, 0.95, 0.91, 0.78, 0.52, 0.24]
FLAT = [0.96, 0.96, 0.955, 0.95, 0.955, 0.95]


def no_numbers(**given: Any) -> None:
    """Refuse the summary numbers of the literature, which need scores."""
    raise MetricError("no scores")


def make_audit(curves: dict[str, Any] | None = None, **changes: Any) -> SimpleNamespace:
    """Make an audit of the given curves; other attributes can be replaced by name."""
    if curves is None:
        curves = {
            "image:image/gaussian-noise": curve(FALLING, doses=SIGMAS),
            "image:image/contrast": curve(FLAT, tolerance=None, area=0.99),
        }
    audit = SimpleNamespace(
        header={
            "name": "Digits",
            "command": "noisebench run digits",
            "config": {"seed": 0, "metric": "accuracy", "replicates": 1},
            "versions": {"noisebench": "0.1.0", "numpy": "2.4.6"},
            "hashes": {"data": "9f2c"},
            "data": {"name": "scanned digits", "n": 500},
            "model": {"name": "SVC"},
            "modalities": {"image": "image"},
        },
        curves=curves,
        clean=estimate(0.96, 0.02),
        groups=None,
        distortion={},
        failures=[],
        left_out={},
        data_problems={},
        skipped={},
        moved={},
        slice_sizes={},
        samples=[],
        multimodal=False,
        gates=(),
        stopped=False,
        bisected=False,
        located=False,
        partial=False,
        summaries=no_numbers,
        multibench=no_numbers,
        calibration=None,
        topology=lambda: Topology("accuracy", 0.95, n=0, of=0),
        affinity=None,
        invariance=lambda: Invariance("accuracy", True, 0.95, n=0),
    )
    for name, value in changes.items():
        setattr(audit, name, value)
    return audit


@pytest.fixture(scope="session")
def audits() -> SimpleNamespace:
    """Return the makers of audits: curve, estimate, audit, rich."""
    return SimpleNamespace(curve=curve, estimate=estimate, audit=make_audit, rich=make_rich)


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the slow chart engine by stubs, for tests about the rest of the page."""
    monkeypatch.setattr(_charts, "bundle", lambda: "window.vegaEmbed = null;")
    monkeypatch.setattr(_charts, "spec", lambda curve, *words: {"title": [curve.unit, *words]})
    monkeypatch.setattr(_charts, "static_svg", lambda spec: '<svg viewBox="0 0 1 1"></svg>')


def make_rich() -> SimpleNamespace:
    """Make an audit with every kind of section and exhibit."""
    rng = np.random.default_rng(0)
    grid = np.hypot(*np.meshgrid(np.arange(24) - 11.5, np.arange(24) - 11.5))
    disc = np.clip(1.4 - abs(grid - 7) / 3, 0, 1)
    tone = np.sin(np.arange(4000) / 25) * np.hanning(4000)
    series = np.cumsum(rng.normal(size=(40, 13)), axis=0)
    row = {"mean radius": 14.2, "texture": 20.1, "kind": "b", "area": 645.0}
    sentence = "The quick brown fox jumps over the lazy dog — שלום, ça va?"
    curves = {
        "digit:image/gaussian-noise": curve(FALLING, doses=SIGMAS, area=0.71),
        "digit:image/shot-noise": curve(
            [0.96, 0.95, 0.93, 0.90, 0.82, 0.66],
            doses=[math.inf, 60, 25, 12, 5, 3],
            unit="photons",
            tolerance=0.64,
            area=0.88,
        ),
        "digit:image/contrast": curve(
            FLAT, tolerance=None, area=0.99, doses=[1, 0.4, 0.3, 0.2, 0.1, 0.05], unit="factor"
        ),
        "digit:image/jpeg-compression": curve(
            FLAT, tolerance=None, area=0.98, doses=[100, 25, 18, 15, 10, 7], unit="quality"
        ),
        "speech:audio/white-noise": curve(
            [0.96, 0.93, 0.88, 0.70, 0.45, 0.30],
            doses=[math.inf, 30, 20, 10, 5, 0],
            unit="dB SNR",
            tolerance=0.38,
            area=0.66,
        ),
        "speech:timeseries/burst-dropout": curve(
            [0.96, 0.94, 0.92, 0.89, 0.84, 0.79],
            doses=[0, 0.05, 0.1, 0.2, 0.35, 0.5],
            unit="share of steps",
            tolerance=0.7,
            area=0.85,
        ),
        "note:text/keyboard-typo": curve(
            [0.96, 0.94, 0.90, 0.86, 0.80, 0.71],
            doses=[0, 0.02, 0.05, 0.1, 0.2, 0.3],
            unit="share of characters",
            tolerance=0.55,
            area=0.83,
        ),
        "digit:image/gaussian-noise + speech:audio/white-noise": curve(
            [0.96, 0.9, 0.8, 0.55, 0.3, 0.15], tolerance=0.25, area=0.5
        ),
        "digit:image/contrast > digit:image/jpeg-compression": curve(
            FLAT, tolerance=None, area=0.97
        ),
        "digit,speech:crossmodal/mispairing": curve(
            [0.96, 0.85, 0.72, 0.58, 0.44, 0.31],
            doses=[0, 0.2, 0.4, 0.6, 0.8, 1],
            unit="share of samples",
            tolerance=0.16,
            area=0.55,
        ),
    }

    def record(
        name: str, modality: str, sweep: str, clean: Any, noisy: Any, **more: Any
    ) -> dict[str, Any]:
        return {
            "input": name,
            "modality": modality,
            "sweep": sweep,
            "severity": 0.6,
            "sample": "17",
            "clean": clean,
            "noisy": noisy,
            "distortion": {"psnr": 14.93},
            "prediction_clean": ["0", 0.98],
            "prediction_noisy": ["0", 0.61],
            "target": "0",
            **more,
        }

    noise = rng.normal(size=disc.shape)
    hit = tone.copy()
    hit[1000:1500] = 0
    gap = series.copy()
    gap[10:16] = np.nan
    samples = [
        record("digit", "image", "digit:image/gaussian-noise", disc, disc + 0.18 * noise),
        record(
            "digit",
            "image",
            "digit:image/gaussian-noise",
            disc,
            disc + 0.38 * noise,
            severity=1.0,
            prediction_noisy=["8", 0.55],
        ),
        record("digit", "image", "digit:image/contrast", disc, disc * 0.2 + 0.4),
        record(
            "speech",
            "audio",
            "speech:audio/white-noise",
            tone,
            tone + 0.2 * rng.normal(size=4000),
            distortion={"snr": 10.0},
        ),
        record(
            "steps",
            "timeseries",
            "speech:timeseries/burst-dropout",
            series,
            gap,
            distortion={"missing share": 0.15},
        ),
        record(
            "note",
            "text",
            "note:text/keyboard-typo",
            sentence,
            sentence.replace("quick", "quivk").replace("lazy ", "lzay"),
            distortion={"edit rate": 0.08},
            target=None,
        ),
        record(
            "patient",
            "tabular",
            "patient:tabular/unit-error",
            row,
            {**row, "area": 0.645, "texture": math.nan},
            distortion={"changed cells": 0.5},
        ),
        record(
            "digit,speech",
            "crossmodal",
            "digit,speech:crossmodal/mispairing",
            {"digit": disc, "speech": tone},
            {"digit": disc, "speech": hit},
        ),
    ]
    distortion = {
        name: [{}] + [{"psnr": 30.0 - 4 * step} for step in range(5)]
        for name in curves
        if "image/" in name
    }
    failures = [
        {"cell": "digit:image/contrast|s=0.8|r=0", "id": str(number), "reason": "ValueError: flat"}
        for number in range(37)
    ]
    skipped = {
        "audio/mp3-compression": "needs noisebench[audio]: pip install 'noisebench[audio]'",
        "audio/low-pass": "needs the fact `rate` of input speech",
    }
    modalities = {"digit": "image", "speech": "audio", "note": "text", "steps": "timeseries"}
    audit = make_audit(
        curves, samples=samples, distortion=distortion, failures=failures, skipped=skipped
    )
    audit.header["modalities"] = modalities
    return audit
