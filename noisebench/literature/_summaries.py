"""MMI, mRA, RCE, mRR of an audit, and mCE and mRRA of one audit against another."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from noisebench.curve._bands import Resamples
from noisebench.curve._bounds import ratio
from noisebench.errors import MetricError
from noisebench.literature._paired import (
    Floats,
    Paired,
    called,
    matching,
    metric_of,
    paired,
    plain_sweeps,
    scores_of,
)
from noisebench.literature._summary import Found, Summary, said
from perturbations.errors import did_you_mean, explain

if TYPE_CHECKING:
    from noisebench._audit import Audit

QIU, BEEMELMANNS = "Qiu et al. 2022", "Beemelmanns et al. 2024"
DONG, KONG = "Dong et al. 2023", "Kong et al. 2023"
HENDRYCKS = "Hendrycks and Dietterich 2019"

_RAW = "not normalised by chance: a model that guesses loses nothing"
_STRONG = "raw performances are compared: a model that is better without noise scores higher without being more robust"


@dataclass(frozen=True, slots=True, repr=False)
class Summaries(Mapping[str, Summary]):
    """Summary numbers by name and citation; the name alone will do where it is clear."""

    found: tuple[Summary, ...]
    by_sweep: Mapping[str, Mapping[str, Summary]] = field(default_factory=dict)
    """Of each noise on its own: sweep to name and citation to the number, such as RA, RRA and CE."""
    missing: str = ""
    """Which numbers need more than was given."""

    def __getitem__(self, name: str) -> Summary:
        fitting = [each for each in self.found if name in {each.title, each.name}]
        if len(fitting) == 1:
            return fitting[0]
        known = [each.title for each in self.found]
        hint = f"say which: {' or '.join(e.title for e in fitting)}" if fitting else self.missing
        hint = hint or did_you_mean(name, [*known, *(each.name for each in self.found)])
        raise MetricError(explain("a summary number of this audit", "name", name, hint))

    def __iter__(self) -> Iterator[str]:
        return iter([each.title for each in self.found])

    def __len__(self) -> int:
        return len(self.found)

    def __contains__(self, name: object) -> bool:
        return any(name in {each.title, each.name} for each in self.found)

    def __repr__(self) -> str:
        return "\n".join([*map(repr, self.found), *filter(None, [self.missing])])

    def to_table(self) -> list[dict[str, Any]]:
        """Return a row per number: over all noises first, then noise by noise."""
        rows = [{"sweep": None, **each.row()} for each in self.found]
        rows += [
            {"sweep": sweep, **each.row()}
            for sweep, numbers in self.by_sweep.items()
            for each in numbers.values()
        ]
        return rows


def summaries_of(
    audit: "Audit",
    *,
    baseline: "Audit | None" = None,
    metric: str | None = None,
    sweeps: Iterable[str] | None = None,
) -> Summaries:
    """Return the summary numbers of an audit.

    Args:
        audit: of the model.
        baseline: of the model that mCE and mRRA compare with, on the same data and noises.
        metric: one of the audit's, of which higher is better; the first by default.
        sweeps: names or patterns of the noises that are averaged; by default all single ones whose severity varies.

    Raises:
        MetricError: no noise is left, or the metric is a loss.
    """
    scored = metric_of(audit, metric)
    if not scored.higher_is_better:
        hint = "these numbers are of performances; take accuracy or another score"
        raise MetricError(explain("a metric where higher is better", "metric", scored.name, hint))
    names = _chosen(audit, baseline, sweeps)
    samples = [scores_of(audit, name, scored.name) for name in names]
    if baseline is not None:
        samples += [scores_of(baseline, name, scored.name) for name in names]
    known = paired(samples, audit)
    covers, chance = _covers(audit, names), audit.chance(scored.name)
    return _Make(known, names, covers, chance, baseline, itself=baseline is audit).all()


def _chosen(
    audit: "Audit", baseline: "Audit | None", sweeps: Iterable[str] | None
) -> tuple[str, ...]:
    own = plain_sweeps(audit)
    wanted = list(own) if sweeps is None else matching(own, sweeps)
    if baseline is not None:
        other = plain_sweeps(baseline)
        wanted = [name for name in wanted if other.get(name) == own[name]]
    if not wanted:
        hint = "audit both models on the same noises and severities: nb.compare" * (
            baseline is not None
        )
        expected = "a sweep of one noise whose severity varies"
        raise MetricError(explain(expected, "sweeps", list(own), hint))
    return tuple(wanted)


def _covers(audit: "Audit", names: Sequence[str]) -> str:
    grids = {plain_sweeps(audit)[name] for name in names}
    noises = names[0] if len(names) == 1 else f"{len(names)} noises"
    if len(grids) > 1:
        return f"over {noises}, each at its own severities"
    grid = next(iter(grids))
    at = f"severity {grid[0]:g}" if len(grid) == 1 else f"{len(grid)} severities to {grid[-1]:g}"
    return f"over {noises} at {at}"


@dataclass(frozen=True, slots=True)
class _Make:
    """Makes the numbers of one pair of audits."""

    known: Paired
    """The model's curves, then the baseline's."""
    names: tuple[str, ...]
    covers: str
    chance: float | None
    baseline: "Audit | None"
    itself: bool
    """Whether the baseline is this very model, which is 100 % by definition and not by measurement."""

    def all(self) -> Summaries:
        rows = range(len(self.names))
        found = [*self._kept_by_name(self._kept(list(rows)), self.covers)]
        by_sweep: dict[str, dict[str, Summary]] = {}
        for row in rows:
            over = f"over {self.names[row]}"
            numbers = [*self._alone(row, over)]
            if self.baseline is not None:
                numbers += self._against([row], over, mean="")
            by_sweep[self.names[row]] = {each.title: each for each in numbers}
        if self.baseline is None:
            return Summaries(
                tuple(found),
                by_sweep,
                "mCE and mRRA need another model: audit.summaries(baseline=other_audit)",
            )
        open_ = f"mCE needs a score in [0, 1], which {self.known.metric.name} is not"
        against = self._against(list(rows), self.covers)
        return Summaries((*found, *against), by_sweep, "" if self._has_errors else open_)

    @property
    def _has_errors(self) -> bool:
        """Whether 1 minus the performance is a share of errors."""
        return (self.known.metric.low, self.known.metric.high) == (0.0, 1.0)

    def _kept(self, rows: Sequence[int]) -> Found:
        """Return the share of the clean performance that is kept, with Fieller's bounds, or why there is none."""
        reason = self.known.at_chance(self.chance)
        if reason:
            return reason
        noisy = [self.known.curves[row] for row in rows]
        estimate = np.array([noisy[0].estimate[0], np.mean([c.estimate[1:].mean() for c in noisy])])
        means = np.mean([c.draws[:, 1:].mean(axis=1) for c in noisy], axis=0)
        draws = np.stack([noisy[0].draws[:, 0], means], axis=1)
        made = self.known.moments(Resamples(estimate, draws, self.known.units))
        low, high = ratio(*made.pair(np.array([0.0, 1.0])), made.critical(self.known.confidence))
        if not estimate[0] > 0 or math.isnan(low):
            return "undefined: the performance on clean data may be zero"
        value = float(estimate[1] / estimate[0])
        return value, min(low, value), max(high, value)

    def _kept_by_name(self, kept: Found, covers: str) -> Iterator[Summary]:
        lost = kept if isinstance(kept, str) else (1 - kept[0], 1 - kept[2], 1 - kept[1])
        share = "share of the clean performance that is"
        for name, citation, up in (
            ("MMI", QIU, False),
            ("mRA", BEEMELMANNS, True),
            ("RCE", DONG, False),
            ("mRR", KONG, True),
        ):
            yield self._said(
                name,
                citation,
                kept if up else lost,
                up=up,
                what=f"mean {share} {'kept, 1 where all is' if up else 'lost, 0 where nothing is'}",
                covers=covers,
                caveat=_RAW,
            )

    def _alone(self, row: int, covers: str) -> Iterator[Summary]:
        kept = self._kept([row])
        what = "mean share of the clean performance that is kept, 1 where all is"
        yield self._said("RA", BEEMELMANNS, kept, up=True, what=what, covers=covers, caveat=_RAW)

    def _against(self, rows: Sequence[int], covers: str, mean: str = "m") -> list[Summary]:
        """Return the numbers that compare with the baseline: RRA and CE, or their means over noises."""
        name = called(self.baseline, "the baseline")
        found = [
            self._said(
                f"{mean}RRA",
                BEEMELMANNS,
                self._ratio(rows, errors=False),
                up=True,
                what=f"performance summed over severities, over that of {name}, minus 1, so that {name} has 0",
                covers=covers,
                caveat=_STRONG,
            )
        ]
        if self._has_errors:
            found.append(
                self._said(
                    f"{mean}CE",
                    f"{HENDRYCKS}; {KONG}",
                    self._ratio(rows, errors=True),
                    up=False,
                    what=f"errors summed over severities, over those of {name}, which has 100 %",
                    covers=covers,
                    caveat="ratios of errors: where the baseline hardly errs, little decides",
                    in_percent=True,
                )
            )
        return found

    def _ratio(self, rows: Sequence[int], *, errors: bool) -> Found:
        """Return the mean over noises of a ratio of sums, with its interval, or why there is none."""
        own, base = (
            self._sums(rows, 0, errors=errors),
            self._sums(rows, len(self.names), errors=errors),
        )
        empty = [self.names[row] for row, each in zip(rows, base, strict=True) if each[0] <= 0]
        what = "makes no error" if errors else "performs at nothing"
        if empty:
            return f"undefined: the baseline {what} under {', '.join(empty)}"
        value = float(np.mean([a[0] / b[0] for a, b in zip(own, base, strict=True)]))
        with np.errstate(divide="ignore", invalid="ignore"):
            draws = np.mean([a[1:] / b[1:] for a, b in zip(own, base, strict=True)], axis=0)
        scale, shift = (100.0, 0.0) if errors else (1.0, 1.0)
        if self.itself:
            return (scale - shift,) * 3
        if not np.isfinite(draws).all():
            return scale * value - shift, math.nan, math.nan
        made = self.known.interval(value, draws, low=0.0, high=None)
        return tuple(scale * each - shift for each in made)  # type: ignore[return-value]

    def _sums(self, rows: Sequence[int], start: int, *, errors: bool) -> list[Floats]:
        """Return for each noise the sum over severities: the estimate first, then the resamples."""
        found = []
        for row in rows:
            curve = self.known.curves[start + row]
            values = np.concatenate([curve.estimate[None], curve.draws])[:, 1:]
            found.append((1 - values if errors else values).sum(axis=1))
        return found

    def _said(
        self,
        name: str,
        citation: str,
        found: Found,
        *,
        up: bool,
        what: str,
        covers: str,
        caveat: str,
        in_percent: bool = False,
    ) -> Summary:
        return said(
            name,
            citation,
            found,
            self.known.sample.n,
            higher_is_better=up,
            definition=f"{what} ({self.known.metric.name})",
            covers=covers,
            caveat=caveat,
            confidence=self.known.confidence,
            in_percent=in_percent,
        )
