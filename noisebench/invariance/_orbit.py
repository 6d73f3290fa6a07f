"""Whether a model answers alike for a value and for what a group makes of it, from the answers that a run keeps.

Invariance error: E d(f(g x), f(x)). For labels and texts d is 1 where the answer is another one. For numbers it is their
distance, as a share of the mean size of the clean answers. Orbit consistency: the share of the samples whose answer is
the same for every value that was made of them; numbers are the same within 0.1 %.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench._known import label
from noisebench._score import same_prediction
from noisebench.curve import Curve
from noisebench.curve._records import Estimate, number, percent, span
from noisebench.errors import DataError, MetricError
from noisebench.metrics import Metric, get_metric

Floats = NDArray[np.float64]
Answer = Any

MEASURABLE = (str, bool, int, float)


class Unknown(Exception):
    """Why a number cannot be had."""


def is_number(answers: Sequence[Answer]) -> bool:
    """Tell whether answers are numbers rather than labels or texts."""
    return any(isinstance(each, float) for each in answers if each is not None)


def checked(answers: Sequence[Answer]) -> None:
    """Refuse what is no answer of its own.

    Raises:
        Unknown: the run keeps of each output too little to compare.
    """
    known = [each for each in answers if each is not None]
    whole = all(
        isinstance(each, MEASURABLE) or (isinstance(each, list | tuple) and _labelled(each))
        for each in known
    )
    if not known or not whole:
        raise Unknown(
            "a run keeps labels, texts and numbers of a model, and of other outputs only their scores"
        )


def _labelled(answer: Sequence[Any]) -> bool:
    """Tell whether an answer is a label with its probability."""
    return len(answer) == 2 and isinstance(answer[0], int | str)


def changes(clean: Sequence[Answer], moved: Sequence[Sequence[Sequence[Answer]]]) -> Floats:
    """Return (levels, draws, n): 1 where the answer is another one; NaN where there is none.

    Args:
        clean: n answers.
        moved: levels of draws of n answers.
    """
    return _compared(
        clean, moved, lambda before, after: 0.0 if same_prediction(before, after) else 1.0
    )


def distances(clean: Sequence[Answer], moved: Sequence[Sequence[Sequence[Answer]]]) -> Floats:
    """Return (levels, draws, n): how far each number moved, as a share of the mean size of the clean ones.

    Raises:
        Unknown: all clean answers are zero.
    """
    size = float(np.mean([abs(each) for each in clean if each is not None]))
    if not size > 0 or not math.isfinite(size):
        raise Unknown("all of its clean answers are zero, so that nothing is large against them")
    return _compared(clean, moved, lambda before, after: abs(after - before) / size)


def _compared(
    clean: Sequence[Answer],
    moved: Sequence[Sequence[Sequence[Answer]]],
    far: Callable[[Any, Any], float],
) -> Floats:
    return np.array(
        [
            [
                [
                    math.nan if None in (a, b) else far(a, b)
                    for a, b in zip(clean, draw, strict=True)
                ]
                for draw in draws
            ]
            for draws in moved
        ]
    )


APART = Metric("invariance error", lambda *_: np.empty(0), higher_is_better=False, low=0.0)
"""How far numbers move."""


def errors(
    found: Floats, known: Mapping[str, Any], *, shares: bool, unit: str
) -> tuple[Estimate, ...]:
    """Return the error at every size, with a simultaneous band.

    Args:
        found: (levels, draws, n) errors.
        known: severities, ids, groups, confidence, bootstrap and seed.
        shares: whether an error is 0 or 1.
        unit: of the error, for the words.

    Raises:
        Unknown: no sample has an answer at every size.
    """
    metric = get_metric("agreement") if shares else APART
    outcomes = 1 - found if shares else found
    start = np.ones(found.shape[2]) if shares else np.zeros(found.shape[2])
    curve = _curve(metric, start, outcomes, known)
    values = np.stack([curve.estimate, curve.low, curve.high])[:, 1:]
    if shares:
        values = 1 - values[[0, 2, 1]]
    return tuple(_said(column, curve.n, known, unit) for column in values.T)


def consistency(found: Floats, known: Mapping[str, Any]) -> Estimate:
    """Return the share of the samples whose answer never changes; `found` are changes, (levels, draws, n).

    Raises:
        Unknown: no sample has an answer at every size.
    """
    never = np.where(np.isnan(found).any(axis=(0, 1)), np.nan, 1 - found.max(axis=(0, 1)))
    one = {**known, "severities": [1.0]}
    curve = _curve(get_metric("agreement"), np.ones(len(never)), never[None], one)
    value = curve.value(at=1.0)
    return _said(np.array([value.value, value.low, value.high]), curve.n, known, "", "interval")


def _curve(metric: Metric, clean: Floats, outcomes: Floats, known: Mapping[str, Any]) -> Curve:
    try:
        return Curve.from_outcomes(clean=clean, outcomes=outcomes, metric=metric, **known)
    except (DataError, MetricError) as error:
        raise Unknown(" ".join(str(error).split())) from error


def _said(
    three: Floats, n: int, known: Mapping[str, Any], unit: str, kind: str = "simultaneous band"
) -> Estimate:
    value, low, high = (float(each) + 0.0 for each in three)
    ground = f"{percent(known['confidence'])} {kind}, n = {n}"
    words = " ".join(filter(None, (number(value), span(low, high), unit)))
    return Estimate(value, low, high, n, f"{words} ({ground})")


def voted(clean: Sequence[Answer], moved: Sequence[Sequence[Sequence[Answer]]]) -> list[Answer]:
    """Return for each sample the answer that most values of its orbit get; of several, the one that came first."""
    values = [clean, *(draw for draws in moved for draw in draws)]
    return [
        Counter(label(each) for each in row if each is not None).most_common(1)[0][0]
        if any(each is not None for each in row)
        else None
        for row in zip(*values, strict=True)
    ]


def averaged(
    metric: Metric, answers: Sequence[Answer], targets: Sequence[Any], known: Mapping[str, Any]
) -> Estimate:
    """Return the metric of a model that answers as most values of the orbit are answered, so that it is invariant on it.

    Raises:
        Unknown: the metric reads other outputs than labels, or there are no labels to score by.
    """
    if metric.needs_clean or any(each is None for each in (*answers, *targets)):
        raise Unknown("not every sample has an answer and a target that are labels")
    try:
        scores = metric.scores(np.asarray(answers), np.asarray(targets))
    except Exception as error:
        raise Unknown(f"{metric.name} does not read labels alone") from error
    one = {**known, "severities": [1.0]}
    curve = _curve(metric, scores, scores[None], one)
    value = curve.value(at=1.0)
    return _said(np.array([value.value, value.low, value.high]), curve.n, known, "", "interval")


def along(
    metric: Metric, rows: Sequence[Sequence[Floats]], known: Mapping[str, Any]
) -> tuple[Estimate, ...]:
    """Return the error of equivariance at every size: what is found does not move along with the input.

    Where the metric ends at 1 it is 1 less the score of f(g x) against f(x) moved by g; of a distance it is the distance.

    Args:
        metric: that the outputs were scored with.
        rows: levels of draws of (n, k) scores.
        known: as for `errors`.

    Raises:
        Unknown: nothing was measured, or the metric has no best value.
    """
    if metric.higher_is_better and metric.high is None:
        raise Unknown(
            f"{metric.name} has no best value, so that nothing says how far one is from it"
        )
    outcomes = np.stack([np.stack(draws) for draws in rows])
    curve = _curve(metric, outcomes[0, 0], outcomes, known)
    values = np.stack([curve.estimate, curve.low, curve.high])[:, 1:]
    if metric.higher_is_better:
        values = (metric.high or 0.0) - values[[0, 2, 1]]
    unit = "" if metric.unit == "share" else metric.unit
    return tuple(_said(column, curve.n, known, unit) for column in values.T)
