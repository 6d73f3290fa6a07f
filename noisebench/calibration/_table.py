"""What a calibration found: for every noise the dose at every severity, and the severities of equal dose."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from noisebench._grammar import number_text
from noisebench.calibration._detect import Detection
from noisebench.errors import CalibrationError
from perturbations.errors import did_you_mean, explain

MET, STEPPED, UNREACHABLE = "met", "between steps", "unreachable"

AXES = {
    "displacement": "feature displacement, 1 = as far as another sample",
    "bits": "share of the bits lost",
    "distortion": "distortion",
}
"""What doses may be measured in, with the unit."""


@dataclass(frozen=True, slots=True)
class Point:
    """What one severity of one noise amounts to, in every axis."""

    severity: float
    dose: float
    """On the calibration's axis."""
    error: float
    """Standard error over the calibration samples; NaN where it is not known."""
    displacement: float
    distortion: float
    """In the noise's own measure; NaN where it has none here, infinite for a PSNR without noise."""
    bits: float
    """Kept, by re-identification among the candidates."""
    kept: float
    """Share of information kept by a formula; NaN where there is none."""
    native: float | str | None
    """Dose of the noise's own ladder."""
    n: int
    """Samples that the noise could be put into."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One of the equal doses: at which severity a noise gives it, if it does."""

    dose: float
    state: str
    """`met`, `between steps` (of a noise whose dose jumps; the nearest), or `unreachable`."""
    point: Point
    """What was measured there; of an unreachable dose, at the end that is nearest to it."""
    detection: Detection | None = None
    """How well a classifier tells noisy from clean there; None where that was not asked."""

    @property
    def severity(self) -> float | None:
        """The severity; None where the noise never gives the dose."""
        return None if self.state == UNREACHABLE else self.point.severity

    @property
    def text(self) -> str:
        """The rung in words."""
        at = number_text(self.point.severity)
        if self.state == UNREACHABLE:
            return f"{self.dose:g} is unreachable ({self.point.dose:.3g} at severity {at})"
        near = f", in steps: {self.point.dose:.3g}" if self.state == STEPPED else ""
        return f"{self.dose:g} at severity {at}{near}"


@dataclass(frozen=True, slots=True)
class Doses:
    """One noise: its doses along severities, and the severities of equal dose."""

    sweep: str
    input: str
    modality: str
    unit: str
    """Of the native dose."""
    measure: str
    """The noise's own measure of distortion, and its unit."""
    measure_unit: str
    law: str
    """The formula that says how much information is kept; empty where there is none."""
    tau: float
    """Kendall's tau of dose and severity; NaN where the noise changes nothing."""
    monotone: bool
    grid: tuple[Point, ...]
    """Ascending from severity 0."""
    rungs: tuple[Rung, ...]
    ladder: str
    """Hash of the noise's declaration and of the facts of its input."""

    @property
    def severities(self) -> tuple[float, ...]:
        """Severities of the doses that are reached, ascending."""
        return tuple(each.point.severity for each in self.reached)

    @property
    def reached(self) -> tuple[Rung, ...]:
        """The rungs that the noise reaches."""
        return tuple(each for each in self.rungs if each.state != UNREACHABLE)

    def at(self, severity: float) -> Rung | None:
        """Return the equal dose that a severity gives; None where it is none of them."""
        return next((each for each in self.reached if each.point.severity == severity), None)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the reader should know of this noise's doses."""
        last = self.grid[-1]
        if math.isnan(self.tau):
            return (f"{self.sweep} changes nothing that is measured here at any severity",)
        found = []
        if not self.monotone:
            found.append(
                f"{self.sweep} is not dose-monotone (Kendall's tau {self.tau:.2f}): "
                f"the largest dose so far is taken"
            )
        if not self.reached:
            found.append(
                f"{self.sweep} reaches no dose of the ladder: {last.dose:.3g} at severity 1"
            )
        return tuple(found)

    @property
    def text(self) -> str:
        """The rungs in words."""
        return f"{self.sweep}: {'; '.join(each.text for each in self.rungs)}"

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Source:
    """Which clean samples doses were measured on."""

    count: int
    ids: tuple[str, ...]
    """Hashes of their ids."""
    hash: str
    """Of ids and values."""
    candidates: int
    """Clean samples among which a noisy one was looked for."""
    clean_bits: float
    """Bits by which clean samples are told apart: log2 of the candidates, less where some are alike."""

    @property
    def most_bits(self) -> float:
        """The bits that no noise can exceed."""
        return math.log2(max(self.candidates, 1))


@dataclass(frozen=True, slots=True, repr=False)
class Calibration:
    """Doses that can be compared: every noise's measured dose, and the severities at which it is equal.

    It prints as sentences. `severity` gives a noise's severity at a dose, `save` freezes all of it in a lock file.
    """

    axis: str
    """`displacement`, `bits` or `distortion`."""
    doses: tuple[float, ...]
    """The equal doses."""
    noises: Mapping[str, Doses]
    """By sweep."""
    left_out: Mapping[str, str]
    """Sweeps that have no dose on one axis, with the reason."""
    encoder: Mapping[str, Any]
    """`kind`, `name`, `hash` and `note` of where features come from, and what they are of the first samples: `probe`."""
    source: Source
    seed: int
    version: str
    """Of noisebench."""
    scheme: int
    """Of the randomness."""
    calls: int = field(default=0, compare=False)
    """Calls of a model that it took."""
    elsewhere: bool = False
    """Whether it is meant for data that it was not measured on; see `for_other_data`."""

    @classmethod
    def load(cls, path: Any) -> "Calibration":
        """Read a lock file.

        Raises:
            CalibrationError: there is none, it is damaged or was edited, or another version wrote it.
        """
        from noisebench.calibration._lock import read

        return read(path)

    def for_other_data(self) -> "Calibration":
        """Return it for data that it was not measured on, such as the validation set of the next release.

        Only the severities are taken over: no sample of the other data is set aside, how well noise is detected is not told,
        and the audit says that doses are those of other data.
        """
        noises = {
            sweep: replace(each, rungs=tuple(replace(rung, detection=None) for rung in each.rungs))
            for sweep, each in self.noises.items()
        }
        return replace(self, noises=noises, elsewhere=True)

    @property
    def unit(self) -> str:
        """What a dose of 1 is."""
        return AXES[self.axis]

    def __getitem__(self, sweep: str) -> Doses:
        if sweep not in self.noises:
            reason = self.left_out.get(sweep)
            hint = f"it has no dose: {reason}" if reason else did_you_mean(sweep, self.noises)
            raise CalibrationError(explain("a noise that was calibrated", "sweep", sweep, hint))
        return self.noises[sweep]

    def severity(self, sweep: str, dose: float) -> float:
        """Return the severity at which a noise gives one of the equal doses.

        Raises:
            CalibrationError: the noise was not calibrated, the dose is none of the ladder, or it is unreachable.
        """
        rung = next((each for each in self[sweep].rungs if math.isclose(each.dose, dose)), None)
        if rung is None:
            expected = f"a dose of the ladder: {', '.join(f'{each:g}' for each in self.doses)}"
            raise CalibrationError(explain(expected, "dose", dose))
        if rung.severity is None:
            raise CalibrationError(f"{sweep}: {rung.text}")
        return rung.severity

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was measured, on what, and what the reader should know, in words."""
        from noisebench.calibration._words import sentences

        return sentences(self)

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def to_table(self) -> list[dict[str, Any]]:
        """Return a row per noise and dose: state, severity, native dose, and every axis."""
        return [row for each in self.noises.values() for row in rows(each)]

    def to_json(self) -> dict[str, Any]:
        """Return plain data without NaN."""
        from noisebench.calibration._lock import to_plain

        return to_plain(self)

    def save(self, path: Any) -> Any:
        """Freeze everything in a lock file, which `nb.audit(calibrated=path)` reads; return its path."""
        from noisebench.calibration._lock import write

        return write(self, path)


def rows(found: Doses) -> Sequence[dict[str, Any]]:
    """Return a row per rung of one noise."""
    return [
        {
            "sweep": found.sweep, "input": found.input, "dose": each.dose, "state": each.state,
            "severity": each.severity, "reached": each.point.dose, "error": each.point.error,
            "native": each.point.native, "unit": found.unit,
            "displacement": each.point.displacement, found.measure or "distortion": each.point.distortion,
            "bits": each.point.bits, "kept": each.point.kept, "law": found.law,
            "auc": each.detection.auc if each.detection else math.nan,
            "p": each.detection.p if each.detection else math.nan,
        }
        for each in found.rungs
    ]  # fmt: skip
