"""Measures what one severity of a noise amounts to on the calibration samples, in every axis."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench._distortion import distances, measured_rows
from noisebench._grammar import Sweep
from noisebench._header import native_dose
from noisebench._noise import NoiseContext, Source, make_noise
from noisebench.calibration._encoder import Encoder
from noisebench.calibration._laws import Clean, law_of
from noisebench.calibration._reidentify import bits
from noisebench.calibration._sample import Chosen
from noisebench.calibration._space import Mean, displacement, mean, spread
from noisebench.calibration._table import Point
from noisebench.data import Dataset
from noisebench.errors import CalibrationError
from perturbations import modality
from perturbations.errors import PerturbationError

Floats = NDArray[np.float64]


class NotMeasured(CalibrationError):
    """A noise has no dose on this data."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One severity of one noise, with the features that a detector asks for."""

    point: Point
    rows: NDArray[np.intp]
    """Calibration samples that the noise could be put into."""
    features: Floats
    """Of these, with noise."""
    law: str = ""


@dataclass(frozen=True, slots=True)
class _Input:
    """What is known of one input's clean values."""

    clean: Floats
    candidates: Floats
    unit: float
    known: Clean


@dataclass
class Meter:
    """Puts noise into the calibration samples and measures what became of them."""

    data: Dataset
    chosen: Chosen
    encoder: Encoder
    context: NoiseContext
    axis: str
    calls: int = 0
    """Calls of a model so far."""
    inputs: dict[str, _Input] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Calibration samples."""
        return len(self.chosen.clean)

    def of(self, name: str) -> _Input:
        """Return what is known of an input; its clean features are made once."""
        if name not in self.inputs:
            batch, n = self.chosen.candidates, self.n
            pool = self._features(name, batch.inputs, len(batch))
            values = self.chosen.clean.inputs[name]
            known = Clean(self.data.modalities[name], values, self.data.facts.get(name, {}))
            self.inputs[name] = _Input(pool[:n], pool, spread(pool[:n], name), known)
        return self.inputs[name]

    def clean_bits(self, name: str) -> float:
        """Return the bits by which clean samples are told apart."""
        known = self.of(name)
        return bits(known.clean, known.candidates, self.chosen.own, known.unit)

    def read(self, sweep: Sweep, severity: float) -> Reading:
        """Measure a noise at one severity.

        Raises:
            NotMeasured: no sample can take the noise.
            CalibrationError: noisy values have other features than clean ones.
        """
        (name,) = sweep.inputs
        known, batch = self.of(name), self.chosen.clean
        source = Source.of(batch, protect=self.data.protect)
        noised = make_noise(sweep, severity, 0, batch.inputs, source, self.context)
        rows = np.arange(self.n) if noised.rows is None else np.asarray(noised.rows)
        if not len(rows):
            why = next(iter(noised.failures.values()))
            raise NotMeasured(f"it could be put into none of {self.n} samples: {why}")
        features = self._features(name, noised.inputs, len(rows))
        if features.shape[1] != known.clean.shape[1]:
            raise CalibrationError(
                f"{self.encoder.name}: {known.clean.shape[1]} features of clean {name} and "
                f"{features.shape[1]} with noise; an encoder gives as many of every value"
            )
        moved = displacement(known.clean[rows], features, known.unit)
        left = bits(features, known.candidates, self.chosen.own[rows], known.unit)
        pairs = measured_rows(noised, range(self.n))
        found = distances(name, batch.inputs[name], noised.inputs[name], pairs, self.context)
        law = self._law(sweep, severity, found, known)
        point = Point(
            severity=severity, dose=math.nan, error=math.nan, displacement=moved.value,
            distortion=self._distortion(sweep, found).value, bits=left,
            kept=math.nan if law is None else law[1], native=self._native(sweep, severity), n=len(rows),
        )  # fmt: skip
        dose = self._dose(moved, left, self._distortion(sweep, found), sweep, name)
        point = replace(point, dose=dose.value, error=dose.error)
        return Reading(point, rows, features, "" if law is None else law[0])

    def untouched(self, sweep: Sweep) -> Reading:
        """Return severity 0, which needs no measuring."""
        (name,) = sweep.inputs
        measure, sign = self.measure(sweep)
        clean = math.inf if sign < 0 else 0.0
        point = Point(
            severity=0.0, dose=sign * clean if self.axis == "distortion" else 0.0, error=0.0,
            displacement=0.0, distortion=clean if measure else math.nan,
            bits=self.clean_bits(name), kept=1.0, native=self._native(sweep, 0.0), n=self.n,
        )  # fmt: skip
        return Reading(point, np.arange(self.n), self.of(name).clean)

    def measure(self, sweep: Sweep) -> tuple[str, int]:
        """Return the last noise's own measure of distortion, and its sign."""
        noise = sweep.parts[-1].noise
        known = modality(noise.modality).measures.get(noise.measure)
        return ("", 1) if known is None else (noise.measure, known.sign)

    def _features(self, name: str, inputs: Mapping[str, Any], n: int) -> Floats:
        if self.encoder.calls:
            self.calls += -(-n // self.encoder.batch_size)
        return self.encoder.features(name, inputs, n)

    def _distortion(self, sweep: Sweep, found: list[dict[str, float]]) -> Mean:
        measure, _ = self.measure(sweep)
        numbers = np.array([each.get(measure, math.nan) for each in found], dtype=np.float64)
        if len(numbers) and np.isinf(numbers).all():  # a PSNR of what did not change
            return Mean(math.inf, 0.0)
        return mean(numbers)

    def _dose(self, moved: Mean, left: float, far: Mean, sweep: Sweep, name: str) -> Mean:
        if self.axis == "displacement":
            return moved
        if self.axis == "bits":
            most = self.clean_bits(name)
            return Mean(1 - left / most if most > 0 else math.nan, math.nan)
        sign = self.measure(sweep)[1]
        return Mean(sign * far.value, far.error)

    def _law(
        self, sweep: Sweep, severity: float, found: list[dict[str, float]], known: _Input
    ) -> tuple[str, float] | None:
        if len(sweep.parts) > 1 or not found:
            return None
        (part,) = sweep.parts
        measures = {n: float(np.mean([each.get(n, math.nan) for each in found])) for n in found[0]}
        try:
            doses = part.noise.doses(severity, facts=known.known.facts)
            return law_of(part.noise, measures, doses, known.known)
        except PerturbationError:
            return None

    def _native(self, sweep: Sweep, severity: float) -> float | str | None:
        return native_dose(sweep.free or sweep.parts[0], severity, self.data)
