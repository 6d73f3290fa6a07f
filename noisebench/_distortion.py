"""What a sweep really changed: the distance of clean and noisy values, on a subset of the samples."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from noisebench._grammar import CROSSMODAL, Sweep
from noisebench._noise import NoiseContext, Noised, facts_between
from noisebench._values import one
from perturbations import Context, modality

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
    n = len(next(iter(noised.inputs.values())))
    rows = np.arange(n) if noised.rows is None else noised.rows
    chosen = set(wanted)
    return {
        int(row): _measures(sweep, clean, noised, int(row), place, context)
        for place, row in enumerate(rows)
        if int(row) in chosen
    }


def columns(rows: Mapping[int, Mapping[str, float]]) -> dict[str, Any]:
    """Turn measures by row into the ledger's form: offsets, and numbers by measure."""
    if not rows:
        return {}
    names = dict.fromkeys(name for measures in rows.values() for name in measures)
    numbers = {n: [measures.get(n, math.nan) for measures in rows.values()] for n in names}
    return {"at": list(rows), "measures": numbers}


def _measures(
    sweep: Sweep,
    clean: Mapping[str, Any],
    noised: Noised,
    row: int,
    place: int,
    context: NoiseContext,
) -> dict[str, float]:
    inputs, noisy = sweep.inputs, noised.inputs
    if all(part.noise.modality == CROSSMODAL for part in sweep.parts):
        before = {name: one(clean[name], row) for name in inputs}
        after = {name: one(noisy[name], place) for name in inputs}
        facts = facts_between(inputs, context.modalities, context.facts)
        told = noised.told[place] if noised.told else {}
        return {**_distance(CROSSMODAL, before, after, Context(facts)), **told}
    found: dict[str, float] = {}
    for name in inputs:
        known = Context(context.facts.get(name, {}), context.references.get(name))
        before, after = one(clean[name], row), one(noisy[name], place)
        measured = _distance(context.modalities[name], before, after, known)
        prefix = f"{name}." if len(inputs) > 1 else ""
        found |= {f"{prefix}{measure}": value for measure, value in measured.items()}
    return found


def _distance(name: str, clean: Any, noisy: Any, context: Context) -> dict[str, float]:
    try:
        return {k: float(v) for k, v in modality(name).distance(clean, noisy, context).items()}
    except Exception:  # noqa: BLE001 - a distance without meaning for this pair is missing, not an aborted run
        return {}
