"""What a report shows, as plain strings and numbers: templates see this and nothing else.

Why: rendering stays pure and testable, and every text from data passes one gate (`_text.plain`) before
any template can reach it.
"""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noisebench.report._affinity_view import AffinityView
    from noisebench.report._doses_view import DosesView
    from noisebench.report._gates import GatesView
    from noisebench.report._invariance_view import InvarianceView
    from noisebench.report._literature import LiteratureView
    from noisebench.report._modalities_view import ModalitiesView
    from noisebench.report._slices import SlicesView
    from noisebench.report._topology_view import TopologyView

Facts = tuple[tuple[str, str], ...]
"""Pairs of a name and what to show beside it."""


@dataclass(frozen=True, slots=True)
class Point:
    """One severity of one curve."""

    severity: float
    dose: str
    """First ladder's dose with its unit; empty where the condition has none."""
    value: float
    low: float
    high: float
    text: str
    interval: str
    below: bool
    """More than a tenth of the performance above chance is gone."""
    distortion: str
    n: int = 0
    """Samples behind it, where severities differ in them; else 0."""


@dataclass(frozen=True, slots=True)
class CurveView:
    """One condition's curve with its descriptors in words."""

    anchor: str
    name: str
    """The sweep in its text form."""
    title: str
    inputs: str
    kind: str
    """`single`, `joint`, `chain` or `between`."""
    unit: str
    dose_ticks: tuple[tuple[float, str], ...]
    """Severity and the dose without unit, for the upper axis."""
    dose_title: str
    """Unit of the upper axis, with the noise's name where several act."""
    points: tuple[Point, ...]
    clean: float
    chance: float | None
    fixed: float | None
    """The one dose that it has instead of severities, so that there is no curve to draw; None where it was swept."""
    n: int
    area: float
    area_parts: tuple[str, str]
    """Area and its interval."""
    tolerance: float
    """Severity at which a tenth is lost; above 1 where that never happens; NaN where undefined."""
    tolerance_parts: tuple[str, str]
    """Tolerated severity, or equal dose, and its interval."""
    tolerance_dose: str
    """What stands beside the tolerance: the dose there, with its unit, and the severity where the tolerance is an equal dose."""
    onset: str
    """From where a tenth is lost, such as `from 0.1 σ (severity 0.3)`; empty where it never is."""
    outcome: str
    """One line under the title: from where it loses a tenth, or that it never does."""
    half: float
    """Severity at which half is lost by a fitted sigmoid; NaN where none serves."""
    half_parts: tuple[str, str]
    """That severity and its interval."""
    fit: str
    """What the sigmoid says, or why none serves."""
    uncertainty: str
    """What the band is made of where it is widest."""
    cliff: str
    monotone: str
    missing: str
    stand_in: str = ""
    """What acts in place of files of the user's; empty where they were given, or none are needed."""
    shared: str = ""
    """What its band knows of other draws, where one is for all samples; else empty."""
    tolerance_order: float = math.nan
    """What sorts tolerances: the severity, or the equal dose."""
    equal: bool = False
    """Whether its area is over doses that are equal for all noises."""


@dataclass(frozen=True, slots=True)
class Section:
    """Curves that belong together: one input, or one way of combining noises."""

    anchor: str
    title: str
    note: str
    curves: tuple[CurveView, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A run of text: `kept`, `removed` or `added`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table row, before and after."""

    name: str
    clean: str
    noisy: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """Clean and noisy signal of one channel as SVG paths in a 240 by 56 box."""

    name: str
    clean: str
    noisy: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One clean or noisy value, drawn in the way of its modality."""

    form: str
    """`image`, `strip`, `text`, `trace`, `row` or `words`."""
    alt: str
    png: str = ""
    """Image as base64 PNG."""
    width: int = 0
    height: int = 0
    changes: tuple[Change, ...] = ()
    traces: tuple[Trace, ...] = ()
    cells: tuple[Cell, ...] = ()
    note: str = ""
    caption: str = ""
    """Which of several inputs this is, and what became of it."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One sample under one noise."""

    title: str
    dose: str
    figures: tuple[Figure, ...]
    distortion: str
    prediction: str
    flipped: bool


@dataclass(frozen=True, slots=True)
class Wall:
    """All exhibits of one input, beside the untouched sample."""

    anchor: str
    title: str
    sample: str
    clean: tuple[Figure, ...]
    exhibits: tuple[Exhibit, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """Evaluations that failed for the same reason under the same condition."""

    condition: str
    reason: str
    count: int
    examples: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What one noise is, from its own declaration."""

    name: str
    summary: str
    ladders: tuple[str, ...]
    facts: Facts
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything that a report shows."""

    title: str
    verdict: str
    remarks: tuple[str, ...]
    at_a_glance: Facts
    gates: "GatesView | None"
    """What was asked of the curves; None where nothing was."""
    stopped: bool
    """Whether sampling stopped early, so that severities have other numbers of samples."""
    metric: str
    higher_is_better: bool
    confidence: str
    domain: tuple[float, float]
    """Common range of every chart's vertical axis."""
    severities: tuple[float, ...]
    sections: tuple[Section, ...]
    ranked: tuple[CurveView, ...]
    """Conditions that were swept, worst first."""
    fixed: tuple[CurveView, ...]
    """Conditions at one dose of their own, by noise and dose."""
    """All curves, worst first."""
    slices: "tuple[SlicesView, ...]"
    """Declared slices, each with its map and curves."""
    modalities: "ModalitiesView | None"
    """What each input is worth; None where the data has one, or nothing was compared."""
    doses: "DosesView | None"
    """Noises at equal dose; None of an audit at equal severities."""
    topology: "TopologyView | None"
    """How the noises relate to each other; None where fewer than two were measured."""
    invariance: "InvarianceView | None"
    """What the model sees as the same; None where no group acted on an input."""
    affinity: "AffinityView | None"
    """Which noise stands for which; None where no models were trained on noise."""
    literature: "LiteratureView | None"
    """Published summary numbers; None where the audit has what none of them needs."""
    walls: tuple[Wall, ...]
    gallery_note: str
    failures: tuple[Failure, ...]
    failure_effect: str
    skipped: Facts
    note: str
    """What readers should know of model and data; may be empty."""
    presets: Facts
    """What the presets in the plan are and are not."""
    scope: Facts
    limits: tuple[str, ...]
    method: tuple[str, ...]
    nondeterminism: str
    command: str
    config: Facts
    versions: Facts
    hashes: Facts
    glossary: tuple[Entry, ...] = field(default=())
