"""What became of the dose that was asked for: which samples came out as they went in, and which could not but do so.

Why: a sentence without a letter to misspell is not robust to misspelling. Such samples count in a curve, so the reader has
to be told how many they are. A noise says how many candidates it found in its report, as `eligible`.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from noisebench._distortion import distances, measured_rows
from noisebench._grammar import CROSSMODAL, Sweep
from noisebench._noise import NoiseContext, Noised, Source, keyed, known
from noisebench._values import one, select
from perturbations import modality
from perturbations._frames import is_frame, same_frames

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
    pairs = measured_rows(noised, wanted)
    still = _still(sweep, inputs, noised, pairs, context)
    found = {row: {UNCHANGED: float(still[row])} for row, _ in pairs}
    rows = [row for row, _ in pairs]
    # The first says whether the noise counts its candidates at all; a sample that changed had one.
    asked = [row for row in rows if still[row] or row == rows[0]]
    eligible = _eligible_rows(sweep, severity, replicate, inputs, asked, source, context)
    if not asked or eligible[asked[0]] is None:
        return found
    for row in rows:
        count = eligible.get(row)
        idle = math.nan if count is None else float(count == 0)
        found[row][NO_CANDIDATE] = idle if still[row] else 0.0
    return found


def _still(
    sweep: Sweep,
    inputs: Mapping[str, Any],
    noised: Noised,
    pairs: Sequence[tuple[int, int]],
    context: NoiseContext,
) -> dict[int, bool]:
    """Return by row whether all inputs came out as they went in."""
    still = {row: True for row, _ in pairs}
    for name in sweep.inputs:
        before, after = inputs[name], noised.inputs[name]
        kind = context.modalities.get(name, CROSSMODAL)
        if modality(kind).distances is None:
            equal = [same(one(before, row), one(after, place)) for row, place in pairs]
        else:
            measured = distances(name, before, after, pairs, context)
            equal = [bool(found) and not any(found.values()) for found in measured]
        for (row, _), each in zip(pairs, equal, strict=True):
            still[row] &= each
    return still


def same(before: Any, after: Any) -> bool:
    """Tell whether two values are equal; what is missing in both is."""
    if before is after:
        return True
    if is_frame(before):
        return same_frames(before, after)
    if hasattr(before, "equals") and hasattr(before, "iloc"):
        return bool(before.equals(after))
    if isinstance(before, str) or isinstance(after, str):
        return bool(before == after)
    one_, two = np.asarray(before), np.asarray(after)
    if one_.shape != two.shape or one_.dtype.kind == "O":
        return bool(one_.shape == two.shape and (one_ == two).all())
    return bool(np.array_equal(one_, two, equal_nan=one_.dtype.kind in "fc"))


def _eligible_rows(
    sweep: Sweep,
    severity: float,
    replicate: int,
    inputs: Mapping[str, Any],
    rows: Sequence[int],
    source: Source,
    context: NoiseContext,
) -> dict[int, float | None]:
    """Return by row how many candidates all noises of a sweep found; None where one does not say.

    Where the first row has no answer, no other is asked.
    """
    if rows and all(modality(part.noise.modality).columnar for part in sweep.parts):
        return _eligible_at_once(sweep, severity, replicate, inputs, rows, source, context)
    found: dict[int, float | None] = {}
    for row in rows:
        found[row] = _eligible(sweep, severity, replicate, inputs, row, source, context)
        if found[rows[0]] is None:
            break
    return found


def _eligible_at_once(
    sweep: Sweep,
    severity: float,
    replicate: int,
    inputs: Mapping[str, Any],
    rows: Sequence[int],
    source: Source,
    context: NoiseContext,
) -> dict[int, float | None]:
    index = np.array(rows, dtype=np.intp)
    values, some = select(inputs, index), source.rows(index)
    total = np.zeros(len(rows))
    for part in sweep.parts:
        amount = keyed(part, severity, replicate, context)
        for name in part.inputs:
            facts = known(part.noise, name, context)
            try:
                noisy = part.noise.apply_batch(
                    values[name], samples=some.keys, groups=some.groups, **amount, **facts
                )
                total += np.asarray(noisy.report["eligible"])
            except Exception:  # noqa: BLE001 - a third party's noise may raise anything; then nothing is known
                return dict.fromkeys(rows)
            values[name] = noisy.value
    return dict(zip(rows, total.tolist(), strict=True))


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
