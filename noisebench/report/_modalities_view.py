"""What a report shows of the account of modalities, as plain strings and numbers."""

from dataclasses import dataclass

from noisebench.report._view import Facts

Row = tuple[float, float, float, float]
"""Place on the axis, value, low, high."""


@dataclass(frozen=True, slots=True)
class Level:
    """A constant line in a panel."""

    name: str
    value: float
    text: str
    kind: str
    """`absent`, `alone` or `chance`."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One noise on one input, against the model without that input."""

    anchor: str
    title: str
    input: str
    outcome: str
    lost: bool
    """Surely worse than absent somewhere."""
    points: tuple[Row, ...]
    worse: tuple[float, ...]
    """Severities at which it surely is worse."""
    levels: tuple[Level, ...]
    alone: tuple[tuple[float, float], ...]
    """(severity, value) with all other inputs absent; empty where that was not measured."""
    alone_name: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One input's part of the loss, or what a subset of the inputs achieves."""

    name: str
    noise: str
    """For a subset, what stands in the place of the others."""
    value: float
    low: float
    high: float
    text: str
    single: float
    """Loss by its noise alone; NaN for the sum."""
    total: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """One input in a row of the table."""

    input: str
    modality: str
    cells: tuple[tuple[str, str], ...]
    """Value and interval, or words, in the order of the view's columns."""
    lost: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """How losses in two inputs combine."""

    inputs: str
    severity: str
    scales: tuple[str, ...]
    verdict: str
    called: bool


@dataclass(frozen=True, slots=True)
class OffsetView:
    """The metric against the time by which an input is late."""

    anchor: str
    title: str
    input: str
    outcome: str
    shifted: bool
    points: tuple[Row, ...]
    level: float
    """The metric at the edges of the window; NaN where undefined."""
    window: tuple[float, float]
    """Ends of the window in ms, signed; an open end is that of the axis."""
    peak: float


@dataclass(frozen=True, slots=True)
class Shown:
    """Measures of the embeddings under one condition."""

    condition: str
    severity: str
    cells: tuple[str, ...]
    """In the order of the view's measures."""


@dataclass(frozen=True, slots=True)
class ModalitiesView:
    """Everything that a report shows of the account."""

    findings: tuple[str, ...]
    more: tuple[str, ...]
    """Findings that are folded."""
    open: Facts
    columns: tuple[str, ...]
    rows: tuple[Summary, ...]
    panels: tuple[Panel, ...]
    subsets: tuple[Bar, ...]
    """The metric with each subset of the inputs there; empty where none was measured."""
    bars: tuple[Bar, ...]
    bars_title: str
    pairs: tuple[Pair, ...]
    offsets: tuple[OffsetView, ...]
    measures: tuple[str, ...]
    """Names of the measures of embeddings; empty where the model shows none."""
    embeddings: tuple[Shown, ...]
    cells: tuple[tuple[str, ...], ...]
    """State of every input, value, interval."""
    inputs: tuple[str, ...]
    n: str
    domain: tuple[float, float]
    """Range of the vertical axes; it holds models without an input, too."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What each input is worth to several models."""

    columns: tuple[str, ...]
    models: tuple[tuple[str, str, tuple[Summary, ...]], ...]
    """Name, first finding, and a row per input."""
