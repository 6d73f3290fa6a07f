"""Training data with noise in it, as a data set of its own."""

from typing import Any

import numpy as np

from noisebench._grammar import Sweep
from noisebench._moved import move_targets
from noisebench._noise import NoiseContext, Source, make_noise
from noisebench._values import select, take
from noisebench.data import Dataset
from noisebench.errors import DataError


def noisy(data: Dataset, sweep: Sweep | None, severity: float, context: NoiseContext) -> Dataset:
    """Return data with a noise in every sample that can take it; targets that move have moved.

    Raises:
        DataError: no sample can take it.
    """
    if sweep is None:
        return data
    batch = data.take(data.ids)
    source = Source.of(batch, protect=data.protect)
    made = make_noise(sweep, severity, 0, batch.inputs, source, context)
    made = move_targets(made, batch.targets, data.moves)
    rows = np.arange(len(batch)) if made.rows is None else made.rows
    kept = np.array([i for i, row in enumerate(rows) if int(row) not in made.failures], np.intp)
    if not len(kept):
        raise DataError(f"no sample can take it: {next(iter(made.failures.values()))}")
    left = rows[kept]
    targets = batch.targets if made.targets is None else made.targets
    slices: dict[str, Any] = {name: take(each, left) for name, each in batch.slices.items()}
    return Dataset(
        data.restore(select(made.inputs, kept)),
        take(targets, left),
        ids=[batch.ids[row] for row in left],
        modalities=data.modalities,
        facts=data.facts,
        moves=data.moves,
        protect=data.protect,
        groups=None if batch.groups is None else take(batch.groups, left),
        slices=slices,
    )
