"""What a report shows of group actions, as plain strings and numbers."""

from dataclasses import dataclass

from noisebench.report._view import Facts


@dataclass(frozen=True, slots=True)
class LossBar:
    """The loss under one action where it is largest, taken apart."""

    title: str
    where: str
    lost: float
    missing: float
    total: float
    text: str


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """How often answers change with the size of one action."""

    title: str
    points: tuple[tuple[float, float, str], ...]
    """Severity, error, and both in words."""


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action at one size."""

    title: str
    where: str
    cells: tuple[tuple[str, str], ...]
    """Error, loss, information lost, invariance missing: value and interval."""


@dataclass(frozen=True, slots=True)
class OrbitRow:
    """One action over its orbit."""

    title: str
    group: str
    values: str
    kept: str
    interval: str
    voted: tuple[str, str]
    nothing_lost: bool


@dataclass(frozen=True, slots=True)
class InvarianceView:
    """Everything that a report shows of group actions."""

    findings: tuple[str, ...]
    more: tuple[str, ...]
    open: Facts
    bars: tuple[LossBar, ...]
    lines: tuple[ErrorLine, ...]
    along: bool
    """Whether answers should move along somewhere, rather than stay."""
    orbits: tuple[OrbitRow, ...]
    rows: tuple[ActionRow, ...]
