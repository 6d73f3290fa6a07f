"""What group actions do to a model: how often its answer changes, and what of the loss could be had back."""

from dataclasses import dataclass
from typing import Any

from noisebench.curve._records import Estimate, pack
from noisebench.invariance._sentences import findings, unanswered
from noisebench.invariance._split import Split
from noisebench.modalities import Unsaid

Tables = dict[str, list[dict[str, Any]]]

CHANGED, APART, ALONG = "changed", "apart", "along"
"""Kinds of error: the share of answers that change, how far numbers move, how far what is found does not move along."""


@dataclass(frozen=True, slots=True)
class Size:
    """One size of an action."""

    severity: float
    dose: str
    """In words, with the unit; empty where there is none."""
    error: Estimate | None
    """Of invariance, or of equivariance where targets move; None where it is unknown."""
    split: Split | None
    """Of the loss; None where the action was not undone."""


@dataclass(frozen=True, slots=True)
class Acted:
    """One group action and how the model takes it."""

    sweep: str
    group: str
    """In words: "turns of the picture"."""
    order: int | None
    """Elements of the group, where it is finite; None for a continuous one."""
    lossless: bool
    """Whether the action takes nothing out of the input, so that all of the loss is missing invariance."""
    kind: str
    """Of the error: "changed", "apart" or "along"."""
    unit: str
    """Of the error."""
    sizes: tuple[Size, ...]
    orbit: Estimate | None
    """Share of the samples whose answer is the same all over the orbit; None where answers should move."""
    values: int
    """Values of each sample on the orbit that was sampled, the untouched one among them."""
    voted: Estimate | None = None
    """The metric of a model that answers as most values of the orbit are answered; None where answers are no labels."""

    @property
    def equivariant(self) -> bool:
        """Whether the answer should move along, rather than stay."""
        return self.kind == ALONG

    @property
    def worst(self) -> Size | None:
        """The size at which most is lost, the largest of several; where nothing is known of losses, of the error."""
        known = [each for each in self.sizes if each.split is not None]
        if known:
            return max(known, key=lambda e: (e.split.total.value if e.split else 0.0, e.severity))
        return self.erring

    @property
    def erring(self) -> Size | None:
        """The size at which the error is largest; None where none is known."""
        known = [each for each in self.sizes if each.error is not None]
        return max(
            known, key=lambda e: (e.error.value if e.error else 0.0, e.severity), default=None
        )

    @property
    def missing(self) -> float:
        """The loss that invariance would spare where most is lost; 0 where that is unknown."""
        worst = self.worst
        return 0.0 if worst is None or worst.split is None else worst.split.missing.value

    def rows(self) -> list[dict[str, Any]]:
        """Return a row per size."""
        return [
            {
                "sweep": self.sweep, "group": self.group, "severity": each.severity, "dose": each.dose,
                "error": self.kind, "unit": self.unit, **_numbers("error", each.error, "value"),
                **({} if each.split is None else each.split.row()),
            }
            for each in self.sizes
        ]  # fmt: skip

    def orbit_row(self) -> dict[str, Any]:
        """Return plain data of the orbit."""
        return {
            "sweep": self.sweep, "group": self.group, "order": self.order, "lossless": self.lossless,
            "values": self.values, **_numbers("consistency", self.orbit), **_numbers("voted", self.voted),
        }  # fmt: skip


def _numbers(name: str, found: Estimate | None, value: str = "") -> dict[str, Any]:
    """Return an estimate as columns."""
    first = f"{name}_{value}" if value else name
    values = (None,) * 4 if found is None else (found.value, found.low, found.high, found.n)
    return dict(zip((first, f"{name}_low", f"{name}_high", f"{name}_n"), values, strict=True))


@dataclass(frozen=True, slots=True, repr=False)
class Invariance:
    """What a model sees as the same, action by action; it prints as sentences, the most useful first."""

    metric: str
    higher_is_better: bool
    confidence: float
    n: int
    """Samples that were evaluated."""
    actions: tuple[Acted, ...] = ()
    """The one whose loss could be spared most comes first."""
    unsaid: tuple[Unsaid, ...] = ()
    """What cannot be said, and why."""

    def __getitem__(self, sweep: str) -> Acted:
        found = [e for e in self.actions if sweep in {e.sweep, e.sweep.partition(":")[2]}]
        if len(found) != 1:
            raise KeyError(f"{sweep!r}; known: {', '.join(e.sweep for e in self.actions)}")
        return found[0]

    @property
    def findings(self) -> tuple[str, ...]:
        """What was found, in plain words."""
        return findings(self)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, then what cannot be said."""
        return (*self.findings, *unanswered(self))

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def to_tables(self) -> Tables:
        """Return everything as rows of plain data, by the name of the part."""
        return {
            "sizes": [row for each in self.actions for row in each.rows()],
            "orbits": [each.orbit_row() for each in self.actions],
            "unsaid": [{"what": each.what, "why": each.why} for each in self.unsaid],
        }

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data without NaN."""
        head = {
            "metric": self.metric, "higher_is_better": self.higher_is_better,
            "confidence": self.confidence, "n": self.n, "sentences": list(self.sentences),
        }  # fmt: skip
        plain: dict[str, Any] = pack(head | self.to_tables())
        return plain
