"""What a report shows of the topology of noises, as plain strings and numbers."""

from dataclasses import dataclass

from noisebench.report._view import Facts

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A noise on the map."""

    name: str
    short: str
    """What the map writes at its place."""
    title: str
    at: Point
    ellipse: tuple[Point, ...]
    """Closed outline of where it may be."""
    curve: tuple[Point, ...]
    """Severity and share of the common range, for the glyph."""
    group: int | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of the tree, from one place to another; distance across, rows down."""

    start: Point
    end: Point
    group: int | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """A noise at the foot of the tree."""

    title: str
    row: float
    group: int | None


@dataclass(frozen=True, slots=True)
class Tree:
    """Noises joined by the mean distance of their branches."""

    lines: tuple[Line, ...]
    leaves: tuple[Leaf, ...]
    top: float
    """The largest distance."""


@dataclass(frozen=True, slots=True)
class GroupView:
    """Noises that behave alike."""

    number: int
    members: str
    stability: str
    p: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the suite knows of a noise that is not in it."""

    name: str
    by: str
    explained: str
    interval: str


@dataclass(frozen=True, slots=True)
class HeatCell:
    """What is known of two noises."""

    row: int
    column: int
    value: float
    text: str
    """With a star where it surely is not 0."""
    tip: dict[str, str]


@dataclass(frozen=True, slots=True)
class Heat:
    """A triangle of cells, a noise a row."""

    names: tuple[str, ...]
    cells: tuple[HeatCell, ...]
    top: float
    """The largest value, whatever its sign."""


@dataclass(frozen=True, slots=True)
class CompositionView:
    """Noises in twos."""

    interaction: Heat
    order: Heat | None
    """None where nothing has two orders."""
    rows: tuple[tuple[str, ...], ...]
    """First, second, both, if independent, shared difficulty, true interaction, order effect, verdict."""
    itself: tuple[tuple[str, ...], ...]
    """Noise, once, twice, if independent, index, what adds up."""
    open: Facts
    n: str


@dataclass(frozen=True, slots=True)
class TopologyView:
    """Everything that a report shows of the topology."""

    findings: tuple[str, ...]
    between: tuple[str, ...]
    """How far the maps of inputs and of slices are apart."""
    open: Facts
    n: str
    of: str
    places: tuple[Place, ...]
    numbered: bool
    """Whether the map writes numbers, which the tree explains."""
    span: str
    """What the small curves range over, from the worst value of any to the best."""
    stress: str
    poor: bool
    tree: Tree | None
    groups: tuple[GroupView, ...]
    suite: tuple[tuple[str, str], ...]
    """Noises of the suite, each with the share of the variance of the rest that all so far predict."""
    enough: bool
    """Whether the suite predicts as much of the rest as is asked for."""
    predicted: tuple[Prediction, ...]
    pairs: CompositionView | None
    survival: tuple[tuple[str, ...], ...]
    """Noise, mean breaking severity, interval, share never broken, share recovered."""
    matrices: tuple[tuple[str, str, tuple[str, ...], tuple[tuple[str, ...], ...]], ...]
    """Kind and meaning of distances, names, and rows of cells."""
