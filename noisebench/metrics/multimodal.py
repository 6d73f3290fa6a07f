"""Summary numbers of the multimodal literature, each by its published definition: MMI, RA, mRA, RRA, mRRA, RCE, mRR, mCE.

Why: four papers give one number four names. With the same corruptions and levels, MMI and RCE are the share of the
clean performance that is lost, mRA and mRR the share that is kept, so MMI = RCE = 1 - mRA = 1 - mRR. None knows of chance: a model
that guesses keeps everything, and a metric without a zero has no such share. RRA compares raw performances, so a model that is better
without noise wins it without being more robust.

Performances are mappings from a corruption's name to its values at the levels; every corruption counts the same, whatever its number of levels.

References:
    Qiu et al. 2022, "Benchmarking robustness of multimodal image-text models under distribution shift": MMI.
    Beemelmanns et al. 2024, "MultiCorrupt: a multi-modal robustness dataset and benchmark": RA, mRA, RRA, mRRA.
    Dong et al. 2023, "Benchmarking robustness of 3D object detection to common corruptions": RCE.
    Kong et al. 2023, "Robo3D: towards robust and reliable 3D perception against corruptions": mCE against a model, mRR.
    Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions": CE.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from noisebench.errors import MetricError
from perturbations.errors import explain

__all__ = [
    "mean_corruption_error_against",
    "mean_relative_resistance_ability",
    "mean_resilience_rate",
    "mean_resistance_ability",
    "multimodal_impact_score",
    "relative_corruption_error",
    "relative_resistance_ability",
    "resistance_ability",
]

Levels = Sequence[float]
"""One performance for each level of a corruption."""
Floats = NDArray[np.float64]


def resistance_ability(performance: Levels, clean: float) -> float:
    """Return RA of one corruption: the mean over its levels of the performance, as a share of the clean one.

    Raises:
        MetricError: there is no level, or the clean performance is not positive.
    """
    if not clean > 0:
        hint = "a share of it has no meaning"
        raise MetricError(explain("a positive performance on clean data", "clean", clean, hint))
    return float(_levels(performance, "performance").mean() / clean)


def mean_resistance_ability(performance: Mapping[str, Levels], clean: float) -> float:
    """Return mRA: the mean of RA over the corruptions; 1 is nothing lost, higher is better."""
    return _mean([resistance_ability(each, clean) for each in _rows(performance)])


def mean_resilience_rate(performance: Mapping[str, Levels], clean: float) -> float:
    """Return mRR of Robo3D, which is mRA; the paper writes it in percent."""
    return mean_resistance_ability(performance, clean)


def multimodal_impact_score(performance: Mapping[str, Levels], clean: float) -> float:
    """Return MMI: the mean over perturbations of (clean - perturbed) / clean; 0 is nothing lost, lower is better."""
    return 1 - mean_resistance_ability(performance, clean)


def relative_corruption_error(performance: Mapping[str, Levels], clean: float) -> float:
    """Return RCE of Dong et al.: (clean - mean over corruptions and levels) / clean, lower is better.

    It is another number than the relative corruption error of ImageNet-C, in `noisebench.metrics.robustness`.
    """
    return 1 - mean_resistance_ability(performance, clean)


def relative_resistance_ability(performance: Levels, baseline: Levels) -> float:
    """Return RRA of one corruption: the sum over levels, over the baseline's, minus 1; above 0 is better than it.

    The paper's tables have it times 100.

    Raises:
        MetricError: the levels differ in number, or the baseline's performances add up to nothing.
    """
    own, base = _pair(performance, baseline)
    if not base.sum() > 0:
        hint = "nothing can be divided by it"
        raise MetricError(explain("a baseline that performs", "baseline", list(baseline), hint))
    return float(own.sum() / base.sum() - 1)


def mean_relative_resistance_ability(
    performance: Mapping[str, Levels], baseline: Mapping[str, Levels]
) -> float:
    """Return mRRA: the mean of RRA over the corruptions."""
    pairs = _pairs(performance, baseline)
    return _mean([relative_resistance_ability(own, base) for own, base in pairs])


def mean_corruption_error_against(
    performance: Mapping[str, Levels], baseline: Mapping[str, Levels]
) -> float:
    """Return mCE against a baseline model, in percent: errors 1 - performance, summed over levels, over the baseline's.

    100 is the baseline, lower is better. Performances are shares in [0, 1].

    Raises:
        MetricError: corruptions or levels differ, a performance is no share, or the baseline makes no error under a corruption.
    """
    ratios = []
    for own, base in _pairs(performance, baseline):
        errors, normaliser = (1 - each for each in _pair(own, base))
        if min(errors.min(), normaliser.min()) < 0 or max(errors.max(), normaliser.max()) > 1:
            hint = "24.2 % is 0.242"
            raise MetricError(explain("shares in [0, 1]", "performance", [*own, *base], hint))
        if not normaliser.sum() > 0:
            hint = "the baseline has to be made worse by every corruption"
            raise MetricError(explain("a baseline with errors", "baseline", list(base), hint))
        ratios.append(100 * float(errors.sum() / normaliser.sum()))
    return _mean(ratios)


def _rows(performance: Mapping[str, Levels]) -> list[Levels]:
    if not isinstance(performance, Mapping) or not performance:
        hint = "{name: [level 1, ...], ...}"
        raise MetricError(explain("a mapping by corruption name", "performance", performance, hint))
    return list(performance.values())


def _pairs(
    performance: Mapping[str, Levels], baseline: Mapping[str, Levels]
) -> list[tuple[Levels, Levels]]:
    _rows(performance)
    missing = [name for name in performance if name not in baseline]
    if missing:
        expected = f"a baseline under all of {', '.join(performance)}"
        raise MetricError(explain(expected, "missing", ", ".join(missing)))
    return [(own, baseline[name]) for name, own in performance.items()]


def _pair(own: Levels, base: Levels) -> tuple[Floats, Floats]:
    found, other = _levels(own, "performance"), _levels(base, "baseline")
    if len(found) != len(other):
        raise MetricError(explain(f"{len(found)} levels", "baseline", list(base)))
    return found, other


def _levels(values: Levels, what: str) -> Floats:
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1 or not len(found) or not np.isfinite(found).all():
        raise MetricError(explain("a finite performance for each level", what, values))
    return found


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
