"""Reads a training run into the matrix of models by noises, and what follows from it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench._known import metric_of
from noisebench._rundir import LEDGER
from noisebench.affinity._affinity import CLEAN, NATURAL, Affinity, Predictor, Transfer
from noisebench.affinity._natural import FEWEST, over_models, over_samples
from noisebench.affinity._ordinal import duels, weights
from noisebench.affinity._store import FAILED, FITTED, HEAD, key
from noisebench.curve import Curve, benjamini_hochberg
from noisebench.curve._answers import Answers
from noisebench.curve._bounds import normal, ratio, widen
from noisebench.curve._curve import need
from noisebench.curve._records import Estimate, number, percent, span
from noisebench.errors import DataError, LedgerError
from noisebench.ledger import Ledger
from noisebench.modalities import Unsaid
from noisebench.topology._pull import Pulled, Units
from perturbations.errors import explain

Floats = NDArray[np.float64]

ENOUGH = 0.8
"""Share of what training on a noise itself gains, from which another one stands for it (our choice)."""


def affinity_of(directory: Path | str) -> Affinity:
    """Return what a training run has found.

    Raises:
        LedgerError: there is none, or it was interrupted before it ended.
    """
    path = Path(directory) / LEDGER
    if not path.exists():
        hint = "nb.affinity(..., run_dir=...) makes one"
        raise LedgerError(explain("the directory of a training run", "path", str(directory), hint))
    ledger = Ledger(path, read_only=True)
    try:
        return _Reader(ledger).affinity()
    finally:
        ledger.close()


@dataclass(frozen=True, slots=True)
class _Column:
    """All models under one noise: levels in the order of the sources."""

    answers: Answers
    sources: tuple[str, ...]

    def place(self, source: str) -> int:
        return self.sources.index(source)


class _Reader:
    def __init__(self, ledger: Ledger) -> None:
        head = ledger.get(HEAD)
        if head is None or ledger.get(FITTED) is None:
            hint = "run the same call again with the same run_dir to go on"
            raise LedgerError(
                explain("a finished training run", "path", str(ledger.path.parent), hint)
            )
        self.head: Mapping[str, Any] = head
        self.metric = metric_of(head["metric"])
        self.failed: Mapping[str, str] = ledger.get(FAILED) or {}
        done = set(ledger.get(FITTED))
        self.sources = tuple(each for each in head["sources"] if each in done)
        self.targets = tuple(head["targets"])
        blocks = ledger.blocks()
        ids = [name for block in blocks for name in block.ids]
        groups = [g for block in blocks for g in block.facts.get("group", [None] * len(block.ids))]
        first = head["sizes"][0]
        self.parts = (slice(0, first), slice(first, None))
        self.ids, self.groups = ids, groups
        cells = ledger.cells()
        self.scores = {
            (source, target): np.concatenate(
                [row.scores for row in ledger.rows(cells[key(source, target)])]
            )
            for source in self.sources
            for target in self.targets
        }
        self.open: list[Unsaid] = []

    def affinity(self) -> Affinity:
        head = self.head
        known = {
            "metric": self.metric.name, "higher_is_better": self.metric.higher_is_better,
            "confidence": head["confidence"], "at": head["at"], "sources": self.sources,
            "targets": self.targets, "n": head["sizes"][0], "trained_on": head["trained_on"],
            "natural": head["natural"], "cost": head["cost"],
        }  # fmt: skip
        self._say_what_is_not_there()
        if why := self._nothing():
            self.open.insert(0, Unsaid("which noise stands for which", why))
            return Affinity(**known, transfers={}, unsaid=tuple(self.open))
        transfers = self._adjusted(
            {
                (source, target): self._transfer(source, target)
                for target in self.targets
                for source in self.sources
            }
        )
        return Affinity(
            **known,
            transfers=transfers,
            predictors=self._predictors(transfers),
            cover=self._cover(transfers),
            unsaid=tuple(self.open),
        )

    # -- what cannot be said -----------------------------------------------------------------------------

    def _say_what_is_not_there(self) -> None:
        for source, why in self.failed.items():
            self.open.append(Unsaid(f"what training on {source} is worth", why))
        for name, why in self.head["skipped"].items():
            self.open.append(Unsaid(f"anything about {name}", why))
        left = [
            each
            for each in self.head["sources"]
            if each not in self.sources and each not in self.failed
        ]
        if left:
            why = f"the budget was {self.head['fits']} models; fits= takes more, and those that are there are kept"
            self.open.append(Unsaid(f"what training on {', '.join(left)} is worth", why))

    def _nothing(self) -> str:
        """Return why nothing can be compared; empty where something can."""
        if len(self.sources) < 2:
            return "it takes a model that was trained on clean data and one that was trained on a noise"
        try:
            clean = self.columns[CLEAN].answers
        except DataError as error:
            return " ".join(str(error).split())
        if clean.moments.units < 2:
            return "an interval needs at least 2 samples or groups to test on"
        why = clean.retention.undefined(clean.confidence)
        if why.endswith("chance"):
            value = clean.value(0)
            return f"trained on clean data, {why.removeprefix('undefined: ')} on clean data: {value.text}"
        return ""

    # -- the matrix --------------------------------------------------------------------------------------

    @cached_property
    def columns(self) -> dict[str, _Column]:
        """Every noise with all models under it, over samples that all have."""
        return {target: self._column(target) for target in self.targets}

    def _column(self, target: str) -> _Column:
        apart = target == NATURAL and self.head["apart"]
        part = self.parts[1 if apart else 0]
        groups = self.groups[part]
        rows = [self.scores[source, target] for source in self.sources]
        curve = Curve.from_outcomes(
            # One level a model; what a curve has as severities only counts them.
            severities=[(k + 1) / len(rows) for k in range(len(rows) - 1)] or [1.0],
            clean=rows[0],
            outcomes=np.stack(rows[1:] or rows)[:, None],
            metric=self.metric,
            name=target,
            ids=self.ids[part],
            groups=None if groups[0] is None else groups,
            chance=self.head["chance"][1 if apart else 0],
            confidence=self.head["confidence"],
            bootstrap=self.head["bootstrap"],
            seed=self.head["seed"],
        )
        return _Column(need(curve, "an affinity"), self.sources)

    def _transfer(self, source: str, target: str) -> Transfer:
        column = self.columns[target]
        place, known = column.place(source), column.answers
        won = self._won[target]
        value = known.value(place)
        drop = known.drop(place)
        gain = Estimate(
            -drop.value + 0.0, -drop.high + 0.0, -drop.low + 0.0, drop.n,
            self._said(-drop.value + 0.0, -drop.high + 0.0, -drop.low + 0.0, drop.n),
            drop.p if place else math.nan, drop.test if place else "",
        )  # fmt: skip
        return Transfer(
            source, target,
            Estimate(value.value, value.low, value.high, value.n,
                     self._said(value.value, value.low, value.high, value.n)),
            gain, math.nan, self._recovered(column, source, target), won[0][place], float(won[1][place]),
        )  # fmt: skip

    def _said(self, value: float, low: float, high: float, n: int) -> str:
        said = f"{percent(self.head['confidence'])} interval, n = {n}"
        return f"{number(value)} {span(low, high)} ({said})"

    def _recovered(self, column: _Column, source: str, target: str) -> Estimate | None:
        """Return a gain as a share of that of training on the target itself, where that surely is one."""
        if target not in self.sources or target == CLEAN:
            return None
        known, own, mine = column.answers, column.place(target), column.place(source)
        critical = widen(normal(known.confidence), known.moments.degrees)
        lines = np.zeros((2, len(known.moments.mean)))
        for row, place in enumerate((own, mine)):
            lines[row, place] += known.sign
            lines[row, 0] -= known.sign
        mean, cov = lines @ known.moments.mean, lines @ known.moments.cov @ lines.T
        if not mean[0] > 0 or -known.drop(own).high <= 0:
            return None
        low, high = ratio(mean, cov, critical)
        if math.isnan(low) or math.isnan(high):
            return None
        value = float(mean[1] / mean[0])
        low, high = min(low, value), max(high, value)
        return Estimate(
            value, low, high, known.sample.n, self._said(value, low, high, known.sample.n)
        )

    @cached_property
    def _won(self) -> dict[str, tuple[list[Estimate], Floats]]:
        """How often each model wins under each noise, and its ordinal weight."""
        found = {}
        for target, column in self.columns.items():
            sample = column.answers.sample
            fought = duels(column.answers.sign * sample.per_sample())
            others = ~np.eye(len(fought), dtype=bool)
            mine = [row[keep].mean(axis=0) for row, keep in zip(fought, others, strict=True)]
            made = Units.make(sample.groups, sample.n, seed=self.head["seed"])
            means = np.array([each.mean() for each in mine])
            pulled = Pulled.of(means, (each - each.mean() for each in mine), made)
            half = pulled.critical(self.head["confidence"]) * pulled.error
            wins = [
                self._share(float(v), float(max(v - h, 0)), float(min(v + h, 1)), sample.n)
                for v, h in zip(means, np.nan_to_num(half, nan=1.0), strict=True)
            ]
            found[target] = (wins, weights(fought.mean(axis=2)))
        return found

    def _share(self, value: float, low: float, high: float, n: int) -> Estimate:
        return Estimate(value, low, high, n, self._said(value, low, high, n))

    def _adjusted(
        self, found: Mapping[tuple[str, str], Transfer]
    ) -> dict[tuple[str, str], Transfer]:
        """Return the cells with p-values adjusted over all that compare a model with the one of clean data."""
        from dataclasses import replace

        claims = [pair for pair in found if pair[0] != CLEAN]
        adjusted = benjamini_hochberg(found[pair].gain.p for pair in claims)
        return dict(found) | {
            pair: replace(found[pair], adjusted=float(p))
            for pair, p in zip(claims, adjusted, strict=True)
        }

    # -- what follows ------------------------------------------------------------------------------------

    def _cover(self, transfers: Mapping[tuple[str, str], Transfer]) -> tuple[str, ...]:
        """Return the fewest noises, found greedily, that stand for all that can be gained."""
        wanted = [
            each for each in self.targets
            if (each, each) in transfers and each not in {CLEAN, NATURAL} and transfers[each, each].helps
        ]  # fmt: skip
        stands = {
            source: {
                target for target in wanted
                if (found := transfers[source, target].recovered) is not None and found.value >= ENOUGH
            }
            for source in self.sources if source not in {CLEAN, NATURAL, self.head["natural"]}
        }  # fmt: skip
        chosen: list[str] = []
        open_ = {each for each in wanted if any(each in known for known in stands.values())}
        while open_:
            best = max(stands, key=lambda each: len(stands[each] & open_))
            chosen.append(best)
            open_ -= stands[best]
        return tuple(chosen)

    def _predictors(self, transfers: Mapping[tuple[str, str], Transfer]) -> tuple[Predictor, ...]:
        """Return what every synthetic noise says of the natural one."""
        natural = self.head["natural"]
        if natural is None:
            return ()
        if len(self.sources) < FEWEST:
            why = f"it takes {FEWEST} models, and there are {len(self.sources)}"
            self.open.append(Unsaid("whether a noise orders models as the natural one does", why))
        found = [
            self._predictor(each, natural, transfers)
            for each in self.targets
            if each not in {CLEAN, natural}
        ]
        if all(each.samples is None for each in found):
            why = "natural and clean data share too few ids, or the model is right or wrong in all of them"
            self.open.append(
                Unsaid("whether a noise breaks the samples that the natural one breaks", why)
            )
        if natural not in self.sources:
            self.open.append(
                Unsaid(
                    "what share of the gain of training on natural noise others have",
                    "no model was trained on it",
                )
            )
        return tuple(
            sorted(found, key=lambda each: -math.inf if each.gain is None else -each.gain.value)
        )

    def _predictor(
        self, noise: str, natural: str, transfers: Mapping[tuple[str, str], Transfer]
    ) -> Predictor:
        samples = self.columns[noise].answers.sample, self.columns[natural].answers.sample
        known = {
            "confidence": self.head["confidence"], "bootstrap": self.head["bootstrap"],
            "seed": self.head["seed"],
        }  # fmt: skip
        cell = transfers.get((noise, natural))
        several: Sequence[str] = self.sources
        return Predictor(
            noise,
            None if cell is None else cell.gain,
            None if cell is None else cell.recovered,
            over_models(*samples, **known) if len(several) >= FEWEST else None,
            over_samples(*samples, **known),
        )
