"""The account of modalities: which input fails, which makes up for it, and which was never used."""

from dataclasses import dataclass
from typing import Any

from noisebench.curve._records import Estimate, number, pack
from noisebench.modalities._attribution import Attribution
from noisebench.modalities._below import Below
from noisebench.modalities._compensation import Compensation
from noisebench.modalities._embedding import Embedding
from noisebench.modalities._interaction import Interaction
from noisebench.modalities._offset import Offsets
from noisebench.modalities._reliance import Reliance
from noisebench.modalities._sentences import findings, unanswered
from noisebench.modalities._subsets import Subset

Tables = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Something that the audit cannot answer, and why."""

    what: str
    why: str

    def __repr__(self) -> str:
        return f"{self.what}: {self.why}"


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """What an audit says of its inputs; it prints as sentences, the most useful first.

    Every number has an interval from the same resamples of the samples (or the declared groups), and an n.
    """

    inputs: tuple[str, ...]
    metric: str
    higher_is_better: bool
    confidence: float
    n: int
    clean: Estimate | None = None
    """The metric on untouched data; None where nothing could be compared."""
    chance: float | None = None
    at: float | None = None
    """Severity of `attribution` and `interactions`; None where no grid is complete."""
    worse_than_absent: tuple[Below, ...] = ()
    """Every noise on one input against its absence, the worst first."""
    subsets: tuple[Subset, ...] = ()
    """The model with each subset of its inputs, clean, where those were measured."""
    subsets_text: str = ""
    reliance: tuple[Reliance, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    """One for every severity at which the grid of noisy inputs is complete."""
    interactions: tuple[Interaction, ...] = ()
    """Of every pair of inputs at every such severity."""
    compensation: tuple[Compensation, ...] = ()
    negative_fusion: tuple[Below, ...] = ()
    """Every noise against the best of the other inputs alone; with two inputs the same as `worse_than_absent`."""
    offsets: tuple[Offsets, ...] = ()
    embeddings: tuple[Embedding, ...] = ()
    """Alignment and uniformity, clean and under every noise, where the model has a method `embed`."""
    cells: tuple[dict[str, Any], ...] = ()
    """Every cell that the account rests on, as plain rows."""
    unsaid: tuple[Unsaid, ...] = ()
    """What cannot be said, and why."""

    @property
    def attribution(self) -> Attribution | None:
        """The attribution at the severity `at`."""
        return next((each for each in self.attributions if each.severity == self.at), None)

    @property
    def apart(self) -> tuple[str, ...]:
        """In a sentence each, the inputs that are not in time with the others in the data itself; it comes before all else."""
        return tuple(
            f"In this data {each.input} seems to be {each.lag}: {self.metric} is "
            f"{number(each.value[each.offsets.index(each.best)])} with it {abs(each.best):.0f} ms {'later' if each.best > 0 else 'earlier'}, and "
            f"{number(each.value[each.offsets.index(0.0)])} as the data is."
            for each in self.offsets
            if each.shifted
        )

    @property
    def sentences(self) -> tuple[str, ...]:
        """The findings in words, the most useful first; what cannot be said comes last."""
        return (*self.findings, *unanswered(self))

    @property
    def findings(self) -> tuple[str, ...]:
        """What was found, in words, the most useful first."""
        return findings(self)

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def to_tables(self) -> Tables:
        """Return every finding as rows of plain data, by the name of the part."""
        return {
            "worse_than_absent": [row for each in self.worse_than_absent for row in each.rows()],
            "subsets": [each.row() for each in self.subsets],
            "reliance": [each.row() for each in self.reliance],
            "attribution": [row for each in self.attributions for row in each.rows()],
            "interactions": [each.row() for each in self.interactions],
            "compensation": [row for each in self.compensation for row in each.rows()],
            "negative_fusion": [row for each in self.negative_fusion for row in each.rows()],
            "offsets": [row for each in self.offsets for row in each.rows()],
            "embeddings": [each.row() for each in self.embeddings],
            "cells": [dict(row) for row in self.cells],
            "unsaid": [{"what": each.what, "why": each.why} for each in self.unsaid],
        }

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data without NaN."""
        head = {
            "inputs": list(self.inputs),
            "metric": self.metric,
            "higher_is_better": self.higher_is_better,
            "confidence": self.confidence,
            "n": self.n,
            "chance": self.chance,
            "clean": None if self.clean is None else pack(self.clean),
            "at": self.at,
            "sentences": list(self.sentences),
        }
        plain: dict[str, Any] = pack(head | self.to_tables())
        return plain
