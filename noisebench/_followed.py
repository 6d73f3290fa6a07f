"""How far a model's outputs go along with a group action: f(g x) scored against f(x), moved as targets are.

What is scored is not how right the model is, but whether it finds in the moved picture what it found in the clean one. A
model that is wrong in the same way wherever things are is perfectly equivariant.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from noisebench._moved import moved_target
from noisebench._noise import Noised, reason
from noisebench._score import Evaluated
from noisebench.metrics import Metric

Numbers = dict[int, dict[str, float]]


def followed(
    metric: Metric,
    found: Evaluated,
    clean: Evaluated,
    noised: Noised,
    moves: Mapping[str, Sequence[str]],
    wanted: Sequence[int],
) -> tuple[Numbers, str]:
    """Return by row of the batch the columns of its score, and why there are none.

    Args:
        metric: that targets are scored with.
        found: outputs for the moved values.
        clean: outputs for the clean values.
        noised: the batch, with where its values went.
        moves: input to the kinds of target that move with it.
        wanted: rows that are measured.
    """
    good = [row for row in wanted if row not in found.failures and row not in clean.failures]
    if not good or clean.outputs is None or not len(clean.outputs):
        return {}, ""
    rows = np.array(good, dtype=np.intp)
    places = rows if noised.rows is None else np.searchsorted(noised.rows, rows)
    try:
        before = clean.at(rows)
        went = [
            moved_target(before[i], noised.mappings, int(place), moves)
            for i, place in enumerate(places)
        ]
        scores = metric.scores(found.at(rows), went)
    except Exception as error:  # noqa: BLE001 - outputs are the user's own, and need not have the form of a target
        return (
            {},
            f"outputs could not be moved like targets, so that equivariance is unknown: {reason(error)}",
        )
    kept = ~np.isnan(scores).any(axis=1)
    named = {
        int(row): {str(column): float(value) for column, value in enumerate(each)}
        for row, each in zip(rows[kept], scores[kept], strict=True)
    }
    return named, ""
