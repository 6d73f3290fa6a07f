"""What a report shows of models that were trained on noise, as plain strings and numbers."""

from dataclasses import dataclass

from noisebench.report._view import Facts


@dataclass(frozen=True, slots=True)
class GainCell:
    """A model that was trained on the noise of the row, under that of the column."""

    row: int
    column: int
    value: float
    """What it gains against the model that was trained on clean data."""
    text: str
    tip: str


@dataclass(frozen=True, slots=True)
class GainRow:
    """One model under one noise."""

    source: str
    target: str
    cells: tuple[tuple[str, str], ...]
    """Value, gain, share of what training on the noise itself gains, wins: each with its interval."""
    weight: str


@dataclass(frozen=True, slots=True)
class PredictorRow:
    """How far one synthetic noise stands for the natural one."""

    noise: str
    cells: tuple[tuple[str, str], ...]
    """Gain, share, rank correlation over models, correlation over samples: each with its interval."""


@dataclass(frozen=True, slots=True)
class AffinityView:
    """Everything that a report shows of models that were trained on noise."""

    findings: tuple[str, ...]
    open: Facts
    at: str
    n: str
    trained_on: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    cells: tuple[GainCell, ...]
    natural: str
    """The noise that stands for the natural one; empty where data do."""
    predictors: tuple[PredictorRow, ...]
    rows: tuple[GainRow, ...]
