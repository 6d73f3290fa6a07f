"""The per-sample scores behind a curve: shapes, missing rows, resampling units.

Why: the evaluated set is the same at every severity. A failed sample counts as the worst value where
the metric has one (accuracy 0, the empty text for WER); otherwise the sample leaves every severity and
is counted. Nothing is dropped at one severity only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._records import Missing
from noisebench.errors import DataError
from noisebench.metrics import Metric
from perturbations.errors import explain

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LARGEST = 1e150
"""Scores beyond this are no numbers that anything can be said of: their squares overflow."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Scores of n samples at every severity, the clean one first."""

    metric: Metric
    severities: tuple[float, ...]
    ids: tuple[str, ...]
    scores: tuple[Floats, ...]
    """Per severity an array (replicates, n, k); one replicate at severity 0."""
    groups: Ints | None
    binary: bool
    missing: Missing
    shared: bool = False
    """Whether all samples have the same draw in a replicate."""

    @property
    def n(self) -> int:
        """Number of samples kept."""
        return len(self.ids)

    @property
    def replicates(self) -> int:
        """Number of draws of the noise; the clean pass has one."""
        return max(len(rows) for rows in self.scores)

    def units(self) -> Ints:
        """Return the resampling unit of each sample: its group, or itself."""
        return np.arange(self.n) if self.groups is None else self.groups

    def statistics(self, level: int) -> Floats:
        """Return (n, K) statistics at one severity, averaged over replicates."""
        rows = self.scores[level]
        flat = self.metric.statistics(rows.reshape(-1, rows.shape[2]))
        return np.asarray(flat.reshape(*rows.shape[:2], -1).mean(axis=0), dtype=np.float64)

    def per_sample(self) -> Floats:
        """Return (levels, n): one number per sample, averaged over replicates."""
        return np.stack([self._single(rows) for rows in self.scores])

    def _single(self, rows: Floats) -> Floats:
        flat = self.metric.per_sample(rows.reshape(-1, rows.shape[2]))
        return np.asarray(flat.reshape(rows.shape[:2]).mean(axis=0), dtype=np.float64)

    def take(self, places: Ints) -> "Sample":
        """Return the samples at these places."""
        groups = None if self.groups is None else self.groups[places]
        if groups is not None:
            groups = np.unique(groups, return_inverse=True)[1].astype(np.int64)
        return replace(
            self,
            ids=tuple(self.ids[place] for place in places),
            scores=tuple(rows[:, places] for rows in self.scores),
            groups=groups,
        )


def gather(
    *,
    metric: Metric,
    severities: Sequence[float],
    clean: Any,
    outcomes: Any,
    ids: Sequence[Any] | None,
    groups: Sequence[Any] | None,
) -> Sample:
    """Check and align scores.

    Raises:
        DataError: shapes, severities, ids or groups do not fit together, or no sample is left.
    """
    grid = _grid(severities)
    scores = _shape(_finite(clean), _finite(outcomes))
    n = scores[0].shape[1]
    if len(scores) != len(grid):
        raise DataError(
            explain(f"outcomes of {len(grid) - 1} severities", "outcomes", np.asarray(outcomes))
        )
    names = tuple(str(i) for i in (range(n) if ids is None else ids))
    sample = Sample(
        metric=metric,
        severities=grid,
        ids=names,
        scores=scores,
        groups=None if groups is None else _codes(groups, n),
        binary=_binary(metric, scores),
        missing=Missing(0, (0,) * len(grid), 0, ""),
    )
    if len(names) != n or len(set(names)) != n:
        hint = "one distinct id per sample"
        raise DataError(explain(f"{n} distinct ids", "ids", list(names), hint))
    return _complete(sample)


def joined_levels(samples: Sequence[Sample]) -> Sample:
    """Return one sample whose levels are the clean pass, then those of all."""
    first = samples[0]
    scores = (first.scores[0], *(rows for each in samples for rows in each.scores[1:]))
    return replace(
        first,
        severities=tuple(float(level) for level in range(len(scores))),
        scores=scores,
        binary=all(each.binary for each in samples),
        missing=Missing(0, (0,) * len(scores), 0, ""),
    )


def _finite(scores: Any) -> Floats:
    """Return scores with NaN for what is too large to be squared: it counts as missing."""
    rows = np.asarray(scores, dtype=np.float64)
    return np.where(np.abs(rows) > LARGEST, np.nan, rows)


def _grid(severities: Sequence[float]) -> tuple[float, ...]:
    grid = [float(s) for s in severities]
    if grid and grid[0] == 0:
        hint = "leave severity 0 out: it is the clean pass"
        raise DataError(explain("severities above 0", "severities", grid, hint))
    rising = all(a < b for a, b in zip([0.0, *grid], [*grid, 1.0 + 1e-9], strict=True))
    if not grid or not rising:
        hint = "for example [0.2, 0.4, 0.6, 0.8, 1.0]"
        raise DataError(explain("ascending severities in (0, 1]", "severities", grid, hint))
    return (0.0, *grid)


def _shape(clean: Floats, outcomes: Floats) -> tuple[Floats, ...]:
    """Return (replicates, n, k) for the clean pass and for each severity."""
    if clean.ndim not in (1, 2) or clean.shape[0] == 0:
        hint = "clean scores are (n,) or (n, k), at least one sample"
        raise DataError(explain("scores of the clean pass", "clean", clean, hint))
    rows = clean.reshape(len(clean), -1)
    n, k = rows.shape
    tail = outcomes.shape[1:]
    if tail in {(n,), (n, k)} and (clean.ndim == 2 or len(tail) == 1):
        levels = (
            outcomes.reshape(len(outcomes), 1, n, k)
            if outcomes.size == len(outcomes) * n * k
            else None
        )
    elif (len(tail) == 2 and tail[1] == n and k == 1) or (len(tail) == 3 and tail[1:] == (n, k)):
        levels = outcomes.reshape(len(outcomes), tail[0], n, k)
    else:
        levels = None
    if levels is None or levels.size == 0:
        hint = f"(levels, {n}) or (levels, replicates, {n}), and a last axis of {k} as in clean"
        raise DataError(explain("outcomes for each clean sample", "outcomes", outcomes, hint))
    return (rows[None], *levels)


def _codes(groups: Sequence[Any], n: int) -> Ints:
    if len(groups) != n:
        raise DataError(explain(f"one group for each of {n} samples", "groups", list(groups)))
    return np.unique([str(group) for group in groups], return_inverse=True)[1].astype(np.int64)


def _binary(metric: Metric, scores: tuple[Floats, ...]) -> bool:
    """Tell whether every known score is 0 or 1, for a metric that allows this reading."""
    if metric.binary is False:
        return False
    return all(bool(np.all((rows == 0) | (rows == 1) | np.isnan(rows))) for rows in scores)


def _complete(sample: Sample) -> Sample:
    """Fill failures with the worst value, and leave out the samples that have none."""
    gone = [np.asarray(np.isnan(rows).any(axis=2), dtype=np.bool_) for rows in sample.scores]
    per_level = tuple(int(lost.any(axis=0).sum()) for lost in gone)
    failed = np.any([lost.any(axis=0) for lost in gone], axis=0)
    if not failed.any():
        return sample
    filled = _fill(sample, gone)
    open_ = np.any([np.isnan(rows).any(axis=(0, 2)) for rows in filled], axis=0)
    left = np.flatnonzero(~open_)
    if not len(left):
        raise DataError(
            explain(
                "at least one sample with an output",
                "samples",
                sample.n,
                "every sample is missing at some severity; see the reasons in the failures",
            )
        )
    missing = _missing(int(failed.sum()), per_level, int(open_.sum()), sample)
    return replace(sample, scores=filled, missing=missing).take(left)


def _fill(sample: Sample, gone: list[NDArray[np.bool_]]) -> tuple[Floats, ...]:
    donor = _donors(sample.scores, gone)
    worst = sample.metric.worst(donor)
    if sample.metric.binary is None and sample.binary and np.isnan(worst).all():
        worst = np.full_like(donor, 0.0 if sample.metric.higher_is_better else 1.0)
    return tuple(
        np.where(lost[:, :, None], worst[None], rows)
        for rows, lost in zip(sample.scores, gone, strict=True)
    )


def _donors(scores: tuple[Floats, ...], gone: list[NDArray[np.bool_]]) -> Floats:
    """Return for each sample one row that is not missing, NaN where all are."""
    donor = np.full_like(scores[0][0], np.nan)
    for rows, lost in zip(scores, gone, strict=True):
        for replicate, absent in zip(rows, lost, strict=True):
            wanted = np.isnan(donor).any(axis=1) & ~absent
            donor[wanted] = replicate[wanted]
    return np.asarray(donor, dtype=np.float64)


def _missing(failed: int, per_level: tuple[int, ...], excluded: int, sample: Sample) -> Missing:
    parts = []
    if failed > excluded:
        parts.append(f"{failed - excluded} counted as the worst value")
    if excluded:
        parts.append(f"{excluded} left out at every severity, as there is no worst value")
    text = f"{failed} of {sample.n} samples have no output at some severity: {'; '.join(parts)}"
    return Missing(failed, per_level, excluded, text)
