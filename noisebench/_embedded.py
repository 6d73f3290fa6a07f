"""Alignment and uniformity of a model's embeddings, as numbers of single samples.

Alignment of two inputs: the squared distance of a sample's two embeddings, on the unit sphere. Uniformity of an input: for each
sample the mean of exp(-2 d^2) over the other samples; the logarithm of its mean is the measure.

Why: embeddings are too many to keep, and numbers of samples are enough for paired intervals.

References: Wang and Isola 2020.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench._grammar import Sweep
from noisebench._noise import Noised
from noisebench._roles import ABSENCE
from noisebench._values import select
from noisebench.models import Embedder, copied, reason, unit_rows

Floats = NDArray[np.float64]
Numbers = dict[int, dict[str, float]]

ALIGNMENT, UNIFORMITY = "alignment", "uniformity"

DIGITS = 6
"""Decimals that are kept."""


def shows(sweep: Sweep | None) -> bool:
    """Tell whether all inputs are there under a sweep, so that all have an embedding."""
    return sweep is None or all(part.noise.name != ABSENCE for part in sweep.parts)


def embedded(hook: Embedder, noised: Noised, n: int, wanted: Sequence[int]) -> tuple[Numbers, str]:
    """Return by row of the batch what its embeddings are like, and why there are none.

    Args:
        hook: of the model.
        noised: the batch.
        n: rows of the batch.
        wanted: rows that are measured.
    """
    rows = np.arange(n) if noised.rows is None else noised.rows
    chosen = set(wanted)
    places = np.array([i for i, row in enumerate(rows) if int(row) in chosen], dtype=np.intp)
    if len(places) < 2:
        return {}, ""
    inputs = {name: copied(values) for name, values in select(noised.inputs, places).items()}
    try:
        units = unit_rows(hook(inputs), inputs, len(places))
    except Exception as error:  # noqa: BLE001 - whatever a model's hook raises, the run goes on without it
        return {}, f"the model's embed failed: {reason(error)}"
    made: Numbers = {int(rows[place]): {} for place in places}
    for name, numbers in measures(units).items():
        for row, number in zip(made, numbers.tolist(), strict=True):
            made[row][name] = round(number, DIGITS)
    return made, ""


def measures(units: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return every measure of rows of length 1, by name: `uniformity a`, `alignment a,b`."""
    found: dict[str, Floats] = {}
    for name, rows in units.items():
        squares = np.clip(2 - 2 * (rows @ rows.T), 0, None)
        kernel = np.exp(-2 * squares)
        np.fill_diagonal(kernel, 0.0)
        found[f"{UNIFORMITY} {name}"] = kernel.sum(axis=1) / (len(rows) - 1)
    for one, other in combinations(units, 2):
        if units[one].shape == units[other].shape:
            gap = ((units[one] - units[other]) ** 2).sum(axis=1)
            found[f"{ALIGNMENT} {one},{other}"] = gap
    return found


def packed(numbers: Numbers) -> dict[str, Any]:
    """Return numbers by row in the ledger's form: offsets, and numbers by measure."""
    if not numbers:
        return {}
    names = next(iter(numbers.values()))
    return {"at": list(numbers), **{n: [each[n] for each in numbers.values()] for n in names}}
