"""Summary numbers of benchmarks of corruptions, each by its published definition: CE, mCE, relative mCE, mPC, rPC, FP, mFR.

Why by name: normalisers kept as a list beside a differently ordered list of corruptions have given wrong numbers in public
code. Errors, performances and normalisers are therefore mappings from a corruption's name to its values at levels 1 to 5.
What is not divided by a normaliser is never called mCE here.

References:
    Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common corruptions and perturbations".
    Michaelis et al. 2019, "Benchmarking robustness in object detection: autonomous driving when winter is coming".
    Ren, Pan and Liu 2022, "Benchmarking and analyzing point cloud classification under corruptions" (ModelNet-C).
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench.errors import MetricError
from noisebench.metrics._errors import LEVELS, levels, mean, pairs, ratio, share
from perturbations.errors import explain

__all__ = [
    "ALEXNET",
    "CORRUPTIONS",
    "DGCNN",
    "DGCNN_CLEAN",
    "LEVELS",
    "SEQUENCES",
    "corruption_error",
    "flip_probability",
    "mean_corruption_accuracy",
    "mean_corruption_error",
    "mean_flip_rate",
    "mean_performance_under_corruption",
    "modelnet_c_ce",
    "modelnet_c_mce",
    "modelnet_c_rce",
    "modelnet_c_rmce",
    "relative_corruption_error",
    "relative_mean_corruption_error",
    "relative_performance_under_corruption",
]

Levels = Sequence[float]
"""One number for each of the levels 1 to 5."""

ALEXNET: Mapping[str, tuple[float, ...]] = MappingProxyType({
    "gaussian-noise": (0.69528, 0.82542, 0.93554, 0.98138, 0.99452),
    "shot-noise": (0.71224, 0.85108, 0.93574, 0.98182, 0.99146),
    "impulse-noise": (0.78374, 0.89808, 0.94870, 0.98720, 0.99548),
    "defocus-blur": (0.65624, 0.73202, 0.85036, 0.91364, 0.94714),
    "glass-blur": (0.64308, 0.75054, 0.88806, 0.91622, 0.93344),
    "motion-blur": (0.58430, 0.70048, 0.82108, 0.89750, 0.92638),
    "zoom-blur": (0.70008, 0.76992, 0.80784, 0.84198, 0.87198),
    "snow": (0.71726, 0.88392, 0.86468, 0.91870, 0.94952),
    "frost": (0.61390, 0.79734, 0.88790, 0.89942, 0.93430),
    "fog": (0.67474, 0.76050, 0.84378, 0.87260, 0.94500),
    "brightness": (0.45140, 0.48502, 0.54048, 0.62166, 0.72440),
    "contrast": (0.64548, 0.76150, 0.88874, 0.97760, 0.99270),
    "elastic-transform": (0.52596, 0.70116, 0.55686, 0.64076, 0.80554),
    "pixelate": (0.52218, 0.54620, 0.73728, 0.87092, 0.91262),
    "jpeg-compression": (0.51002, 0.54718, 0.57294, 0.65458, 0.74778),
})  # fmt: skip
"""Top-1 errors of AlexNet on ImageNet-C, levels 1 to 5, as its authors gave them (hendrycks/robustness, issue 10).

AlexNet's error on clean ImageNet is not part of that table and none is assumed here.
"""

CORRUPTIONS: tuple[str, ...] = tuple(ALEXNET)
"""The fifteen corruptions over which mCE is defined, in the order of the leaderboard."""

DGCNN: Mapping[str, float] = MappingProxyType({
    "scale": 0.094, "jitter": 0.316, "rotate": 0.215, "drop-global": 0.248, "drop-local": 0.207, "add-global": 0.295,
    "add-local": 0.275,
})  # fmt: skip
"""Errors of DGCNN on ModelNet-C, each the mean of levels 1 to 5, from the published overall accuracies to 3 decimals."""

DGCNN_CLEAN = 0.074
"""Error of DGCNN on clean ModelNet40, as published to 3 decimals."""

SEQUENCES: tuple[str, ...] = (
    "gaussian-noise", "shot-noise", "motion-blur", "zoom-blur", "snow", "brightness", "translate", "rotate", "tilt", "scale",
)  # fmt: skip
"""The ten kinds of ImageNet-P's sequences, over which mFR is defined."""


def corruption_error(errors: Levels, normaliser: Levels) -> float:
    """Return CE in percent: the sum of the errors over levels 1 to 5, divided by the normaliser's sum.

    Raises:
        MetricError: there are not five errors in [0, 1], or the normaliser makes none.
    """
    return ratio(levels(errors, "errors"), levels(normaliser, "normaliser"), 0.0, 0.0)


def relative_corruption_error(
    errors: Levels, clean_error: float, normaliser: Levels, normaliser_clean_error: float
) -> float:
    """Return relative CE in percent: what corruption adds to the error, against what it adds to the normaliser's.

    Raises:
        MetricError: as for `corruption_error`, or corruption adds nothing to the normaliser's error.
    """
    clean = share(clean_error, "clean_error")
    base = share(normaliser_clean_error, "normaliser_clean_error")
    return ratio(levels(errors, "errors"), levels(normaliser, "normaliser"), clean, base)


def mean_corruption_error(
    errors: Mapping[str, Levels],
    normaliser: Mapping[str, Levels] = ALEXNET,
    corruptions: Sequence[str] = CORRUPTIONS,
) -> float:
    """Return mCE in percent: the mean of CE over the corruptions by name, the fifteen of ImageNet-C where none are named.

    Raises:
        MetricError: a corruption is missing, or errors do not fit; the message names it.
    """
    return mean(corruption_error(own, base) for own, base in pairs(errors, normaliser, corruptions))


def relative_mean_corruption_error(
    errors: Mapping[str, Levels],
    *,
    clean_error: float,
    normaliser_clean_error: float,
    normaliser: Mapping[str, Levels] = ALEXNET,
    corruptions: Sequence[str] = CORRUPTIONS,
) -> float:
    """Return relative mCE in percent: the mean of relative CE over the fifteen corruptions.

    Args:
        errors: the model's errors by corruption, levels 1 to 5.
        clean_error: the model's error on clean data.
        normaliser_clean_error: the normaliser's; for AlexNet no verified number is known here, so it has to be given.
        normaliser: the normaliser's errors by corruption.
        corruptions: those of another benchmark than ImageNet-C.

    Raises:
        MetricError: as for `mean_corruption_error`.
    """
    return mean(
        relative_corruption_error(own, clean_error, base, normaliser_clean_error)
        for own, base in pairs(errors, normaliser, corruptions)
    )


def modelnet_c_ce(errors: Levels, normaliser: float) -> float:
    """Return CE of ModelNet-C: the mean error over levels 1 to 5, divided by the normaliser's mean error.

    It is 1 for the normaliser itself, where CE of ImageNet-C is 100. The published program rounds every accuracy and CE
    to 3 decimals on the way; nothing is rounded here.

    Raises:
        MetricError: there are not five errors in [0, 1], or the normaliser makes none.
    """
    return corruption_error(errors, [share(normaliser, "normaliser")] * LEVELS) / 100


def modelnet_c_rce(
    errors: Levels, clean_error: float, normaliser: float, normaliser_clean_error: float
) -> float:
    """Return RCE of ModelNet-C: what corruption adds to the mean error, against what it adds to the normaliser's.

    Raises:
        MetricError: as for `modelnet_c_ce`, or corruption adds nothing to the normaliser's error.
    """
    base = [share(normaliser, "normaliser")] * LEVELS
    return relative_corruption_error(errors, clean_error, base, normaliser_clean_error) / 100


def modelnet_c_mce(errors: Mapping[str, Levels], normaliser: Mapping[str, float] = DGCNN) -> float:
    """Return mCE of ModelNet-C: the mean of CE over its seven corruptions, by name.

    Args:
        errors: the model's errors by corruption, levels 1 to 5.
        normaliser: mean errors by corruption; DGCNN's published ones.

    Raises:
        MetricError: a corruption is missing, or errors do not fit; the message names it.
    """
    return mean(modelnet_c_ce(own, base) for own, base in pairs(errors, normaliser, tuple(DGCNN)))


def modelnet_c_rmce(
    errors: Mapping[str, Levels],
    *,
    clean_error: float,
    normaliser: Mapping[str, float] = DGCNN,
    normaliser_clean_error: float = DGCNN_CLEAN,
) -> float:
    """Return RmCE of ModelNet-C: the mean of RCE over its seven corruptions, by name.

    Raises:
        MetricError: as for `modelnet_c_mce`.
    """
    return mean(
        modelnet_c_rce(own, clean_error, base, normaliser_clean_error)
        for own, base in pairs(errors, normaliser, tuple(DGCNN))
    )


def mean_performance_under_corruption(performance: Mapping[str, Levels]) -> float:
    """Return mPC: the mean of the performance over all corruptions and levels, in the performance's own unit.

    Raises:
        MetricError: there is no corruption, or corruptions have different numbers of levels.
    """
    rows = [np.asarray(levels, dtype=np.float64) for levels in performance.values()]
    if not rows or {row.shape for row in rows} != {rows[0].shape} or rows[0].size == 0:
        counts = {name: len(levels) for name, levels in performance.items()}
        expected = "the same levels for every corruption"
        raise MetricError(explain(expected, "performance", counts, "{name: [level 1, ...]}"))
    return float(np.mean(rows))


def mean_corruption_accuracy(accuracies: Mapping[str, Levels]) -> float:
    """Return the mean accuracy over all corruptions and levels; 1 minus it is *not* mCE, for nothing normalises it.

    Raises:
        MetricError: as for `mean_performance_under_corruption`.
    """
    for name, row in accuracies.items():
        for each in row:
            share(each, name)
    return mean_performance_under_corruption(accuracies)


def relative_performance_under_corruption(performance: Mapping[str, Levels], clean: float) -> float:
    """Return rPC: mPC divided by the performance on clean data.

    Raises:
        MetricError: as for mPC, or the clean performance is not positive.
    """
    if not clean > 0:
        raise MetricError(explain("a positive performance on clean data", "clean", clean))
    return mean_performance_under_corruption(performance) / float(clean)


def flip_probability(predictions: Sequence[Sequence[Any]], *, noise: bool = False) -> float:
    """Return FP: how often the predicted label changes along a sequence, averaged over the sequences.

    With n frames to a sequence: the mean over sequences of 1 / (n - 1) times the number of frames 2 to n whose label
    differs from that of the frame before; for a `noise` sequence, whose frames do not follow from each other, from that
    of frame 1.

    Args:
        predictions: one sequence of labels per row, all of one length.
        noise: whether the frames are independent corruptions of frame 1.

    Raises:
        MetricError: there is no sequence, one is shorter than two frames, or a label is missing.
    """
    return float(np.mean(flips(predictions, noise=noise)))


def flips(predictions: Sequence[Sequence[Any]], *, noise: bool) -> NDArray[np.float64]:
    """Return each sequence's share of flips, whose mean is the flip probability."""
    rows = [list(row) for row in predictions]
    lengths = sorted({len(row) for row in rows})
    if len(lengths) != 1 or lengths[0] < 2:
        expected = "sequences of one length, of at least two frames"
        raise MetricError(explain(expected, "lengths of predictions", lengths))
    for number, row in enumerate(rows):
        if any(each is None or each != each for each in row):  # noqa: PLR0124 - NaN differs from itself
            hint = "leave the sequence out, and say so"
            raise MetricError(explain("a label for every frame", f"sequence {number}", row, hint))
    before = [row[:1] * (len(row) - 1) if noise else row[:-1] for row in rows]
    return np.array([
        sum(a != b for a, b in zip(row[1:], old, strict=True)) / (len(row) - 1)
        for row, old in zip(rows, before, strict=True)
    ])  # fmt: skip


def mean_flip_rate(
    flip_probabilities: Mapping[str, float], normaliser: Mapping[str, float]
) -> float:
    """Return mFR in percent: the mean over ImageNet-P's ten kinds of FP divided by the normaliser's FP.

    AlexNet's flip probabilities could not be verified here, so the normaliser has to be given.

    Raises:
        MetricError: a kind is missing, or a number does not fit.
    """
    rates = []
    for own, base in pairs(flip_probabilities, normaliser, SEQUENCES):
        if not base > 0:
            raise MetricError(explain("a normaliser that flips", "normaliser", base))
        rates.append(100 * (share(own, "flip_probabilities") / share(base, "normaliser")))
    return mean(rates)
