"""What a report shows of noises at equal dose, as plain strings and numbers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """One noise at one measured dose."""

    dose: float
    value: float
    tip: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DoseLine:
    """One noise along an axis of dose, from untouched data on."""

    title: str
    side: int
    """Which input it is in."""
    spots: tuple[Spot, ...]
    end: str
    """What is beyond its last dose, where doses of the ladder are unreachable; else empty."""


@dataclass(frozen=True, slots=True)
class DoseAxis:
    """All noises along one axis of dose."""

    anchor: str
    title: str
    label: str
    """Of the axis."""
    lines: tuple[DoseLine, ...]
    means: tuple[tuple[int, tuple[tuple[float, float], ...]], ...]
    """Input to the mean of its noises at the doses that inputs are compared at."""
    clean: float


@dataclass(frozen=True, slots=True)
class Dot:
    """One noise at one dose: how well it is noticed, and what it leaves."""

    title: str
    side: int
    noise: int
    """Which line it belongs to."""
    auc: float
    kept: float
    kind: str
    named: bool
    """Whether its name is written."""
    tip: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DosesView:
    """Everything that a report shows of noises at equal dose."""

    findings: tuple[str, ...]
    unit: str
    doses: tuple[str, ...]
    features: str
    note: str
    sides: tuple[str, ...]
    """The inputs."""
    axes: tuple[DoseAxis, ...]
    apart: bool
    """Whether every noise has a colour of its own; otherwise every input has."""
    domain: tuple[float, float]
    plane: tuple[Dot, ...]
    rows: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...]
    """Noise, input, and for each dose: the metric, where that is, and what else there is to say."""
