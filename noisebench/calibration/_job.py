"""A calibration at work: every noise is put into the calibration samples and measured, then its severities are found."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from noisebench import __version__
from noisebench._grammar import Sweep
from noisebench._noise import context_of
from noisebench._references import fit_references, from_plain, to_plain
from noisebench.calibration._detect import Detection
from noisebench.calibration._detect import detect as told_apart
from noisebench.calibration._encoder import Encoder
from noisebench.calibration._isotonic import fit
from noisebench.calibration._measure import Meter, NotMeasured
from noisebench.calibration._probe import alike, probe
from noisebench.calibration._rungs import TRIES, Solved, Solver, short
from noisebench.calibration._sample import Chosen, content_of, hashed
from noisebench.calibration._table import UNREACHABLE, Calibration, Doses, Point, Rung, Source
from noisebench.calibration._wanted import ladder_of
from noisebench.data import Dataset
from noisebench.plan import Plan
from perturbations import modality
from perturbations._draw import SCHEME

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a calibration takes at most."""

    noises: int
    samples: int
    levels: int
    """Severities on the grid, without 0."""
    doses: int
    calls_a_level: int
    """Model calls for one severity of one noise; 0 where features need none."""
    clean_calls: int

    @property
    def calls(self) -> int:
        """Model calls at most."""
        return (
            self.noises * (self.levels + self.doses * TRIES) * self.calls_a_level + self.clean_calls
        )

    @property
    def text(self) -> str:
        """The cost in words."""
        checks = f"at most {self.doses * TRIES} more to find {self.doses} doses"
        work = f"{_count(self.noises, 'noise')} on {self.samples} clean samples: {self.levels} severities each, {checks}"
        if not self.calls_a_level:
            return f"{work}; no model calls"
        return f"{work}; at most {self.calls} calls of the encoder"


@dataclass(frozen=True, slots=True)
class Job:
    """A calibration that is ready to run."""

    data: Dataset
    sweeps: tuple[Sweep, ...]
    left_out: dict[str, str]
    chosen: Chosen
    encoder: Encoder
    axis: str
    doses: tuple[float, ...]
    levels: int
    detect: bool
    seed: int

    @property
    def cost(self) -> Cost:
        """What it takes at most."""
        n, many = len(self.chosen.clean), len(self.chosen.candidates)
        size = self.encoder.batch_size
        inputs = {sweep.inputs[0] for sweep in self.sweeps}
        each = -(-n // size) if self.encoder.calls else 0
        clean = -(-many // size) * len(inputs) if self.encoder.calls else 0
        return Cost(len(self.sweeps), n, self.levels - 1, len(self.doses), each, clean)

    @property
    def source(self) -> Source:
        """Which samples are used; how well clean ones are told apart is not known yet."""
        clean = self.chosen.clean
        made = content_of(clean, self.data.inputs)
        return Source(len(clean), hashed(clean.ids), made, len(self.chosen.candidates), math.nan)

    def run(self, progress: Progress | None = None) -> Calibration:
        """Measure everything."""
        plan = Plan(self.sweeps, (1.0,), 1, self.seed, (), "", self.data.size, self.data.indexable)
        # References are read back as a run reads them from its ledger.
        fitted = json.loads(json.dumps(to_plain(fit_references(self.data, plan))))
        references = from_plain(fitted, self.data)
        context = context_of(self.data, seed=self.seed, references=references)
        meter = Meter(self.data, self.chosen, self.encoder, context, self.axis)
        found: dict[str, Doses] = {}
        left = dict(self.left_out)
        for number, sweep in enumerate(self.sweeps):
            if progress is not None:
                progress(number, len(self.sweeps), f"calibrating {sweep}")
            try:
                found[str(sweep)] = self._one(meter, sweep)
            except NotMeasured as error:
                left[str(sweep)] = str(error)
        if progress is not None:
            progress(len(self.sweeps), len(self.sweeps), "calibrated")
        apart = [meter.clean_bits(name) for name in meter.inputs]
        source = replace(self.source, clean_bits=min(apart, default=math.nan))
        return Calibration(
            self.axis, self.doses, found, left, self._described(meter), source, self.seed,
            __version__, SCHEME, meter.calls,
        )  # fmt: skip

    def _described(self, meter: Meter) -> dict[str, Any]:
        known = described(self.encoder)
        if not self.encoder.calls:
            return known
        return known | {"probe": {name: probe(each.clean) for name, each in meter.inputs.items()}}

    def same_features(self, known: Mapping[str, Any]) -> bool:
        """Tell whether features of the first calibration samples are those that a probe holds."""
        return alike(self.encoder, known, self.chosen.clean)

    def _one(self, meter: Meter, sweep: Sweep) -> Doses:
        measure, sign = meter.measure(sweep)
        sign = sign if self.axis == "distortion" else 1
        grid = [short(float(s)) for s in np.linspace(0, 1, self.levels)]
        known = {0.0: meter.untouched(sweep)} | {s: meter.read(sweep, s) for s in grid[1:]}
        line = fit(grid, [known[s].point.dose for s in grid])
        asked = sorted(sign * dose for dose in self.doses)
        solver = Solver(line, known, lambda severity: meter.read(sweep, severity))
        clean = meter.of(sweep.inputs[0]).clean
        rungs = [
            Rung(
                sign * each.dose,
                each.state,
                _turned(each.reading.point, sign),
                self._told(each, clean),
            )
            for each in solver.solve(asked)
        ]
        (name,) = sweep.inputs
        unit = _unit(sweep.parts[-1].noise.modality, measure)
        laws = [each.law for each in known.values() if each.law]
        return Doses(
            str(sweep), name, self.data.modalities[name], (sweep.free or sweep.parts[0]).noise.unit, measure, unit,
            laws[0] if laws else "", line.tau, line.monotone,
            tuple(_turned(known[s].point, sign) for s in grid), tuple(rungs), ladder_of(sweep, self.data),
        )  # fmt: skip

    def _told(self, solved: Solved, clean: Any) -> Detection | None:
        if not self.detect or solved.state == UNREACHABLE:
            return None
        reading = solved.reading
        return told_apart(clean[reading.rows], reading.features, seed=self.seed)


def _turned(point: Point, sign: int) -> Point:
    """Return a point with its dose in the unit that it was asked for."""
    return point if sign > 0 else replace(point, dose=sign * point.dose)


def _unit(kind: str, measure: str) -> str:
    known = modality(kind).measures.get(measure)
    return "" if known is None else known.unit


def described(encoder: Encoder) -> dict[str, str]:
    """Return where features come from as plain data."""
    return {"kind": encoder.kind, "name": encoder.name, "hash": encoder.hash, "note": encoder.note}


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
