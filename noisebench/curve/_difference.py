"""The paired difference of two curves over the same samples and the same noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noisebench.curve._bands import TINY, quantile, resample
from noisebench.curve._curve import Curve, need
from noisebench.curve._moments import moments
from noisebench.curve._records import number, percent, span
from noisebench.curve._sample import Sample
from noisebench.errors import DataError
from perturbations.errors import explain

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Difference:
    """First curve minus second, in units of the metric, with a simultaneous band."""

    first: str
    second: str
    metric: str
    severities: tuple[float, ...]
    estimate: Floats
    low: Floats
    high: Floats
    n: int
    unmatched: int
    """Samples of either curve that the other lacks, left out."""
    confidence: float
    higher_is_better: bool

    @property
    def better(self) -> tuple[str, ...]:
        """Per severity the better curve's name, or `` where the band includes zero."""
        up, down = (self.first, self.second)
        if not self.higher_is_better:
            up, down = down, up
        return tuple(
            up if low > 0 else down if high < 0 else ""
            for low, high in zip(self.low, self.high, strict=True)
        )

    def __repr__(self) -> str:
        place = int(np.argmax(np.abs(self.estimate)))
        shown = span(self.low[place], self.high[place])
        return (
            f"{self.metric}, {self.first} - {self.second}: largest difference "
            f"{number(self.estimate[place])} {shown} at severity {self.severities[place]:g} "
            f"({percent(self.confidence)} simultaneous band, n = {self.n})"
        )


def difference(first: Curve, second: Curve, *, names: tuple[str, str] | None = None) -> Difference:
    """Return first - second, paired over the samples that both have.

    Raises:
        DataError: other severities, another metric, no sample in common, or a curve without scores.
    """
    one, two, unmatched = _align(first, second)
    bootstrap = need(first, "a difference").bootstrap
    drawn = resample((one, two), bootstrap=bootstrap, seed=first.seed)
    levels = len(first)
    contrast = np.concatenate([np.eye(levels), -np.eye(levels)])
    critical = quantile(drawn, first.confidence, linear=contrast)
    estimate = drawn.estimate @ contrast
    spread = (drawn.draws @ contrast).std(axis=0)
    centre, error = _shrunk(one, two, estimate, spread)
    low = np.minimum(centre - critical * error, estimate)
    high = np.maximum(centre + critical * error, estimate)
    if drawn.units < 2:
        low, high = np.full(levels, np.nan), np.full(levels, np.nan)
    called = names or (first.name or "first", second.name or "second")
    return Difference(
        *called, first.metric, first.severities, estimate, low, high, one.n, unmatched,
        first.confidence, first.higher_is_better,
    )  # fmt: skip


def _align(first: Curve, second: Curve) -> tuple[Sample, Sample, int]:
    if first.severities != second.severities or first.metric != second.metric:
        hint = "compare one metric on one grid of severities"
        expected = f"{first.metric} at {first.severities}"
        came = f"{second.metric} at {second.severities}"
        raise DataError(explain(expected, "second", came, hint))
    one, two = need(first, "a difference").sample, need(second, "a difference").sample
    place = {name: i for i, name in enumerate(two.ids)}
    left = [i for i, name in enumerate(one.ids) if name in place]
    if not left:
        raise DataError(explain("samples in common", "ids", two.ids[:3], "use the same data set"))
    right = [place[one.ids[i]] for i in left]
    unmatched = one.n + two.n - 2 * len(left)
    return one.take(np.array(left)), two.take(np.array(right)), unmatched


def _shrunk(one: Sample, two: Sample, estimate: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Return centre and standard error; for 0/1 scores with a pseudo-sample each way."""
    if not (one.binary and two.binary):
        return estimate, np.where(spread > TINY, spread, 0.0)
    n = min(_effective(one), _effective(two))
    centre = n * estimate / (n + 2)
    second = (n * (n * spread**2 + estimate**2) + 2) / (n + 2)
    return centre, np.sqrt(np.maximum(second - centre**2, 0.0) / (n + 2))


def _effective(sample: Sample) -> float:
    drawn = resample((sample,), bootstrap=2, seed=0)
    return float(moments(sample, drawn, chance=None).n_effective.min())
