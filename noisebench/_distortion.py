"""What a sweep really changed: the distance of clean and noisy values, on a subset of the samples."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from noisebench._grammar import CROSSMODAL, Sweep
from noisebench._noise import NoiseContext, Noised, facts_between
from noisebench._values import one, take
from perturbations import Context, Perturbation, modality

SUBSET = 256
"""Samples that distortion is measured on by default: the first of the visit, which is in keyed random order."""


def offsets(start: int, n: int, scope: str) -> range:
    """Return which rows of a batch are measured, for the batch's place in the visit."""
    most = {"all": n, "none": 0}.get(scope, min(n, max(0, SUBSET - start)))
    return range(most)


def distortion(
    sweep: Sweep,
    clean: Mapping[str, Any],
    noised: Noised,
    wanted: Sequence[int],
    context: NoiseContext,
) -> dict[int, dict[str, float]]:
    """Return every measure by row of the batch; rows without a noisy value are left out."""
    if not wanted:
        return {}
    pairs = measured_rows(noised, wanted)
    if all(_is_between(part.noise) for part in sweep.parts):
        return {row: _between(sweep, clean, noised, row, at, context) for row, at in pairs}
    found: dict[int, dict[str, float]] = {row: {} for row, _ in pairs}
    for name in sweep.inputs:
        prefix = f"{name}." if len(sweep.inputs) > 1 else ""
        measured = distances(name, clean[name], noised.inputs[name], pairs, context)
        for (row, _), measures in zip(pairs, measured, strict=True):
            found[row] |= {f"{prefix}{measure}": value for measure, value in measures.items()}
    return found


def _is_between(noise: Perturbation) -> bool:
    """Tell whether a noise is measured between inputs; joint noise is measured in each of them, as what it is there."""
    return noise.modality == CROSSMODAL and noise.family != "joint"


def measured_rows(noised: Noised, wanted: Sequence[int]) -> list[tuple[int, int]]:
    """Return the rows of the batch that are wanted and have a noisy value, each with its place among these."""
    n = len(next(iter(noised.inputs.values())))
    rows = range(n) if noised.rows is None else noised.rows.tolist()
    chosen = set(wanted)
    return [(row, place) for place, row in enumerate(rows) if row in chosen]


def distances(
    name: str,
    clean: Any,
    noisy: Any,
    pairs: Sequence[tuple[int, int]],
    context: NoiseContext,
) -> list[dict[str, float]]:
    """Return every measure of one input for some rows and their places: at once where the modality can."""
    known = Context(context.facts.get(name, {}), context.references.get(name))
    kind = context.modalities[name]
    at_once = modality(kind).distances
    if at_once is not None and pairs:
        rows, places = (np.array(each, dtype=np.intp) for each in zip(*pairs, strict=True))
        try:
            return at_once(take(clean, rows), take(noisy, places), known)
        except Exception:  # noqa: BLE001, S110 - one by one, the pair at fault is found
            pass
    return [_distance(kind, one(clean, row), one(noisy, place), known) for row, place in pairs]


def columns(rows: Mapping[int, Mapping[str, float]]) -> dict[str, Any]:
    """Turn measures by row into the ledger's form: offsets, and numbers by measure."""
    if not rows:
        return {}
    names = dict.fromkeys(name for measures in rows.values() for name in measures)
    numbers = {n: [measures.get(n, math.nan) for measures in rows.values()] for n in names}
    return {"at": list(rows), "measures": numbers}


def _between(
    sweep: Sweep,
    clean: Mapping[str, Any],
    noised: Noised,
    row: int,
    place: int,
    context: NoiseContext,
) -> dict[str, float]:
    inputs, noisy = sweep.inputs, noised.inputs
    before = {name: one(clean[name], row) for name in inputs}
    after = {name: one(noisy[name], place) for name in inputs}
    facts = facts_between(inputs, context.modalities, context.facts)
    told = noised.told[place] if noised.told else {}
    return {**_distance(CROSSMODAL, before, after, Context(facts)), **told}


def _distance(name: str, clean: Any, noisy: Any, context: Context) -> dict[str, float]:
    try:
        return {k: float(v) for k, v in modality(name).distance(clean, noisy, context).items()}
    except Exception:  # noqa: BLE001 - a distance without meaning for this pair is missing, not an aborted run
        return {}
