"""What became of the dose that was asked for: which samples came out as they went in, and which could not but do so.

Why: a sentence without a letter to misspell is not robust to misspelling. Such samples count in a curve, so the reader has
to be told how many they are. A noise says how many candidates it found in its report, as `eligible`.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from noisebench._grammar import CROSSMODAL, Sweep
from noisebench._noise import NoiseContext, Noised, Source, keyed, known
from noisebench._values import one

UNCHANGED = "unchanged"
"""Share of the samples that the noise left as they were."""
NO_CANDIDATE = "no_candidate"
"""Share of the samples in which there was nothing that it could change."""
REALISED = (UNCHANGED, NO_CANDIDATE)


def realised(
    sweep: Sweep,
    severity: float,
    replicate: int,
    inputs: Mapping[str, Any],
    noised: Noised,
    wanted: Sequence[int],
    source: Source,
    context: NoiseContext,
) -> dict[int, dict[str, float]]:
    """Return by row whether it is unchanged, and whether that is for want of a candidate, where the noise says so."""
    n = len(next(iter(noised.inputs.values())))
    rows = range(n) if noised.rows is None else noised.rows.tolist()
    places = {row: place for place, row in enumerate(rows)}
    measured = [row for row in wanted if row in places]
    found: dict[int, dict[str, float]] = {}
    says: bool | None = None
    for row in measured:
        at = places[row]
        still = all(
            same(one(inputs[name], row), one(noised.inputs[name], at)) for name in sweep.inputs
        )
        found[row] = {UNCHANGED: float(still)}
        if says is False or (says and not still):
            continue
        eligible = _eligible(sweep, severity, replicate, inputs, row, source, context)
        says = eligible is not None if says is None else says
        if says and still:
            found[row][NO_CANDIDATE] = math.nan if eligible is None else float(eligible == 0)
    if says:
        for each in found.values():
            each.setdefault(NO_CANDIDATE, 0.0)
    return found


def same(before: Any, after: Any) -> bool:
    """Tell whether two values are equal; what is missing in both is."""
    if before is after:
        return True
    if hasattr(before, "equals") and hasattr(before, "iloc"):
        return bool(before.equals(after))
    if isinstance(before, str) or isinstance(after, str):
        return bool(before == after)
    one_, two = np.asarray(before), np.asarray(after)
    if one_.shape != two.shape or one_.dtype.kind == "O":
        return bool(one_.shape == two.shape and (one_ == two).all())
    return bool(np.array_equal(one_, two, equal_nan=one_.dtype.kind in "fc"))


def _eligible(
    sweep: Sweep,
    severity: float,
    replicate: int,
    inputs: Mapping[str, Any],
    row: int,
    source: Source,
    context: NoiseContext,
) -> float | None:
    """Return how many candidates all noises of a sweep found in one sample; None where one does not say."""
    total = 0.0
    values = {name: one(inputs[name], row) for name in sweep.inputs}
    group = None if source.groups is None else source.groups[row]
    for part in sweep.parts:
        if part.noise.modality == CROSSMODAL:
            return None
        amount = keyed(part, severity, replicate, context)
        for name in part.inputs:
            facts = known(part.noise, name, context)
            try:
                noisy = part.noise.apply(
                    values[name], sample=source.ids[row], group=group, **amount, **facts
                )
            except Exception:  # noqa: BLE001 - a third party's noise may raise anything; then nothing is known
                return None
            if "eligible" not in noisy.report:
                return None
            total += float(noisy.report["eligible"])
            values[name] = noisy.value
    return total
