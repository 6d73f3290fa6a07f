"""What models that were trained on one noise are worth under another; every cell with its interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from noisebench.affinity._sentences import findings, unanswered
from noisebench.curve._records import Estimate, pack
from noisebench.modalities import Unsaid

Tables = dict[str, list[dict[str, Any]]]

CLEAN, NATURAL = "clean", "natural"
"""Names of what is no noise of a library: untouched data, and data with the noise of the field."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """A model that was trained on one noise, under another."""

    source: str
    """What it was trained on."""
    target: str
    """What it was tested on."""
    value: Estimate
    gain: Estimate
    """What it is better by than the model that was trained on clean data; `p` of no difference."""
    adjusted: float
    """p, adjusted over all cells of the matrix (Benjamini and Hochberg); NaN where it is no claim."""
    recovered: Estimate | None
    """Gain as a share of that of training on the target itself; None where that gains nothing for sure."""
    wins: Estimate
    """Mean share of the samples in which it beats another model under the target; ties count half."""
    affinity: float
    """Ordinal weight among all models under the target; they add up to 1."""

    @property
    def helps(self) -> bool:
        """Whether it surely is better than the model that was trained on clean data, over all cells."""
        return self.gain.value > 0 and self.adjusted <= 0.05

    @property
    def harms(self) -> bool:
        """Whether it surely is worse."""
        return self.gain.value < 0 and self.adjusted <= 0.05

    def row(self) -> dict[str, Any]:
        """Return plain data."""
        found: dict[str, Any] = {"source": self.source, "target": self.target}
        for name, each in (
            ("value", self.value), ("gain", self.gain), ("recovered", self.recovered), ("wins", self.wins),
        ):  # fmt: skip
            three = (None,) * 3 if each is None else (each.value, each.low, each.high)
            found |= dict(zip((name, f"{name}_low", f"{name}_high"), three, strict=True))
        more = {"p": self.gain.p, "adjusted": self.adjusted, "affinity": self.affinity}
        return found | more | {"n": self.value.n}


@dataclass(frozen=True, slots=True)
class Predictor:
    """How far one synthetic noise stands for the natural one."""

    noise: str
    gain: Estimate | None
    """Of training on it, under the natural noise; None where it was not trained on."""
    recovered: Estimate | None
    """That gain as a share of what training on natural noise gains."""
    models: Estimate | None
    """Rank correlation over models of their values under it and under the natural noise; None with fewer than 4 models."""
    samples: Estimate | None
    """Correlation over samples of the clean model's scores under both; None where they are of other samples."""

    def row(self) -> dict[str, Any]:
        """Return plain data."""
        found: dict[str, Any] = {"noise": self.noise}
        for name in ("gain", "recovered", "models", "samples"):
            each = getattr(self, name)
            three = (None,) * 3 if each is None else (each.value, each.low, each.high)
            found |= dict(zip((name, f"{name}_low", f"{name}_high"), three, strict=True))
        return found


@dataclass(frozen=True, slots=True, repr=False)
class Affinity:
    """Which noise stands for which: the matrix of models by noises; it prints as sentences."""

    metric: str
    higher_is_better: bool
    confidence: float
    at: float
    """Severity in training and test."""
    sources: tuple[str, ...]
    """What models were trained on, `clean` first."""
    targets: tuple[str, ...]
    """What they were tested on."""
    transfers: Mapping[tuple[str, str], Transfer]
    n: int
    """Samples of a test."""
    trained_on: int
    """Samples of a training set."""
    natural: str | None = None
    predictors: tuple[Predictor, ...] = ()
    """The one whose training helps most against the natural noise comes first."""
    cover: tuple[str, ...] = ()
    """The fewest noises, found greedily, that recover four fifths of what training on each noise itself would gain."""
    cost: str = ""
    unsaid: tuple[Unsaid, ...] = ()
    """What cannot be said, and why."""

    def __getitem__(self, pair: tuple[str, str]) -> Transfer:
        return self.transfers[pair]

    @property
    def noises(self) -> tuple[str, ...]:
        """The noises that were trained on, the natural one among them."""
        return tuple(each for each in self.sources if each != CLEAN)

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
            "transfers": [each.row() for each in self.transfers.values()],
            "predictors": [each.row() for each in self.predictors],
            "unsaid": [{"what": each.what, "why": each.why} for each in self.unsaid],
        }

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data without NaN."""
        head = {
            "metric": self.metric, "higher_is_better": self.higher_is_better, "confidence": self.confidence,
            "at": self.at, "sources": list(self.sources), "targets": list(self.targets), "n": self.n,
            "trained_on": self.trained_on, "natural": self.natural, "cover": list(self.cover),
            "cost": self.cost, "sentences": list(self.sentences),
        }  # fmt: skip
        plain: dict[str, Any] = pack(head | self.to_tables())
        return plain
