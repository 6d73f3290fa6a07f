"""In which slices a noise found nothing that it could change."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from noisebench._realised import NO_CANDIDATE
from noisebench._record import Record


def idle_by_slice(record: Record, keys: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return by declared slice and label the largest share, over cells, of measured samples without a candidate."""
    names = [record.ids[i] for i in record.common]
    columns = {column: list(map(str, labels)) for column, labels in record.slices().items()}
    most: dict[str, dict[str, float]] = {column: {} for column in columns}
    for key in keys:
        flags = record.measured(key, NO_CANDIDATE)
        for column, labels in columns.items():
            for label, share in _shares(names, labels, flags).items():
                most[column][label] = max(most[column].get(label, 0.0), share)
    return most


def _shares(
    names: Sequence[str], labels: Sequence[str], flags: Mapping[str, float]
) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for name, label in zip(names, labels, strict=True):
        flag = flags.get(name, math.nan)
        if not math.isnan(flag):
            found.setdefault(label, []).append(flag)
    return {label: float(np.mean(each)) for label, each in found.items()}
