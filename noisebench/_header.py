"""What an audit says of itself: resolved configuration, versions, hashes, data, model, plan, sweeps."""

import datetime as dt
import importlib.metadata
import json
import math
import platform
from collections.abc import Mapping, Sequence
from typing import Any

from noisebench._grammar import CROSSMODAL, Part, Sweep
from noisebench._roles import is_reference, is_undone
from noisebench._understood import understood
from noisebench.data import Dataset
from noisebench.metrics import Metric
from noisebench.models import Model
from noisebench.plan import Plan
from perturbations.errors import PerturbationError

FORMAT = 1
"""Version of the header's fields."""

ORDERS = {"keyed": "keyed random", "data": "random, keyed by the data", "own": "its own"}
"""How an order of the visit is described."""

RUNNING, STOPPED, COMPLETE = "running", "interrupted", "complete"
_PACKAGES = (
    "noisebench", "numpy", "scipy", "numba", "scikit-learn", "torch", "pandas",
    "albumentations", "audiomentations", "nlpaug", "opencv-python-headless", "opencv-python",
)  # fmt: skip


def make_header(
    model: Model,
    dataset: Dataset,
    plan: Plan,
    metrics: Sequence[Metric],
    config: Mapping[str, Any],
) -> dict[str, Any]:
    """Collect the header of a run that begins now."""
    described = dict(model.describe())
    identity = plan.identity()
    header = {
        "format": FORMAT,
        "status": RUNNING,
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "config": dict(config),
        "plan": identity,
        "cells": [cell.key for cell in plan.cells],
        "sweeps": [describe_sweep(sweep, plan, dataset) for sweep in plan.sweeps],
        "skipped": dict(plan.skipped),
        "presets": _presets(plan),
        "metrics": [describe_metric(metric) for metric in metrics],
        "model": described,
        "data": describe_data(dataset, plan),
        "versions": versions(),
        "hashes": {"plan": plan.hash(), "data": plan.data},
    }
    return dict(json.loads(json.dumps(header, default=str)))


def _presets(plan: Plan) -> dict[str, str]:
    """Return what the presets in the plan are and are not."""
    from perturbations import presets

    named = {part.noise.preset for sweep in plan.sweeps for part in sweep.parts} - {None}
    return {
        p.name: f"{p.title.rstrip('.')}. {p.note}" for p in presets().values() if p.name in named
    }


def describe_sweep(sweep: Sweep, plan: Plan, dataset: Dataset) -> dict[str, Any]:
    """Return a sweep as plain data: what a curve and a report need, without the noise itself."""
    axis = sweep.free or sweep.parts[0]
    severities = plan.severities_of(sweep)
    return {
        "sweep": str(sweep),
        "noises": [str(part.noise) for part in sweep.parts],
        "inputs": list(sweep.inputs),
        "modality": axis.noise.modality,
        "family": axis.noise.family,
        "severities": list(severities),
        "replicates": plan.replicates_of(sweep),
        "doses": [native_dose(axis, severity, dataset) for severity in severities],
        "unit": axis.noise.unit,
        "coupling": axis.noise.coupling,
        "exempt": dict(axis.noise.exempt),
        **({"shared": True} if any(part.noise.shared for part in sweep.parts) else {}),
        "reference": is_reference(sweep) or is_undone(sweep),
        "parts": [_part(part, severities, dataset) for part in sweep.parts],
    }


def _part(part: Part, severities: Sequence[float], dataset: Dataset) -> dict[str, Any]:
    """Return one noise of a sweep: what it is, where it acts, and its first dose at every severity of the sweep."""
    return {
        "noise": part.noise.name,
        "text": str(part.noise),
        "settings": dict(part.noise.settings),
        "inputs": list(part.inputs),
        "at": dict(part.at) if isinstance(part.at, tuple) else part.at,
        "position": part.position,
        "doses": [native_dose(part, severity, dataset) for severity in severities],
        **_action(part),
    }


def _action(part: Part) -> dict[str, Any]:
    """Return how a noise acts as a group, where it does."""
    action = part.noise.action
    if action is None:
        return {}
    kept = action.keeps_all(part.noise.settings)
    return {"action": {"group": action.group, "order": action.order, "lossless": kept}}


def describe_metric(metric: Metric) -> dict[str, Any]:
    """Return what a stored score means, also where its metric is the user's own function."""
    return {
        "name": metric.name,
        "unit": metric.unit,
        "higher_is_better": metric.higher_is_better,
        "low": metric.low,
        "high": metric.high,
        "binary": metric.binary,
        "needs_clean": metric.needs_clean,
        **({"assumed": True} if metric.assumed else {}),
    }


def describe_data(dataset: Dataset, plan: Plan) -> dict[str, Any]:
    """Return what is known of the data set."""
    modalities = dict(dataset.modalities)
    inputs = ", ".join(
        name if name == modality else f"{name} ({modality})"
        for name, modality in modalities.items()
    )
    said = understood(dataset, seed=plan.seed)
    samples = "samples" if plan.size is None else f"{plan.size} samples"
    return {
        "name": f"{samples} of {inputs}",
        "samples": plan.size,
        "modalities": modalities,
        "facts": {name: dict(facts) for name, facts in dataset.facts.items() if facts},
        "order": ORDERS[plan.order],
        **({"moves": dataset.moves} if dataset.moves else {}),
        **({"protect": True} if dataset.protect else {}),
        **({"understood": said} if said else {}),
    }


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that decide what numbers come out."""
    found = {"python": platform.python_version(), "platform": platform.platform(terse=True)}
    for package in _PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def native_dose(part: Part, severity: float, dataset: Dataset) -> float | str | None:
    facts: Mapping[str, Any] = {}
    if part.noise.modality != CROSSMODAL:
        facts = dataset.facts.get(part.inputs[0], {})
    try:
        if isinstance(part.at, tuple):
            doses = part.noise.doses(dose=dict(part.at), facts=facts)
        else:
            doses = part.noise.doses(severity if part.at is None else part.at, facts=facts)
    except PerturbationError:
        return None
    first = next(iter(doses.values()))
    return float(first) if math.isfinite(first) else str(first)
