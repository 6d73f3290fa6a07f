"""Statistics of the clean data that some noises need: fitted once, frozen, kept in the ledger."""

from collections.abc import Mapping
from typing import Any

from noisebench._grammar import CROSSMODAL
from noisebench._noise import facts_between
from noisebench._values import one
from noisebench.data import Batch, Dataset
from noisebench.plan import Plan
from perturbations import modality

FITTED_ON = 1024
"""Most samples that are fitted on: the first of the visit, which is in keyed random order."""


def fit_references(dataset: Dataset, plan: Plan) -> dict[str, Any]:
    """Fit what the plan's noises and their distortion measures need, by input or group of inputs."""
    groups = _groups(dataset, plan)
    if not groups:
        return {}
    batch = next(iter(dataset.batches(FITTED_ON, order_seed=plan.seed if plan.keyed else None)))
    return {group: fitted(names, batch, dataset) for group, names in groups.items()}


def to_plain(references: Mapping[str, Any]) -> dict[str, Any]:
    """Return references as plain data."""
    return {group: each.to_json() for group, each in references.items() if each is not None}


def from_plain(data: Mapping[str, Any], dataset: Dataset) -> dict[str, Any]:
    """Read references back."""
    found: dict[str, Any] = {}
    for group, each in data.items():
        read = modality(dataset.modalities.get(group, CROSSMODAL)).read_reference
        if read is not None:
            found[group] = read(each)
    return found


def _groups(dataset: Dataset, plan: Plan) -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for part in (part for sweep in plan.sweeps for part in sweep.parts):
        if part.noise.modality == CROSSMODAL and part.noise.declared.reference:
            groups[part.group] = part.inputs
        for name in part.inputs:
            if modality(dataset.modalities[name]).fit is not None:
                groups[name] = (name,)
    return groups


def fitted(names: tuple[str, ...], batch: Batch, dataset: Dataset) -> Any:
    """Return the statistics of one input, or of several for noise between them."""
    if len(names) == 1:
        name = names[0]
        fit, values = modality(dataset.modalities[name]).fit, _there(batch.inputs[name])
        return fit(values, dataset.facts.get(name, {})) if fit and len(values) else None
    fit = modality(CROSSMODAL).fit
    together = [{n: one(batch.inputs[n], row) for n in names} for row in range(len(batch))]
    facts = facts_between(names, dataset.modalities, dataset.facts)
    return fit(together, facts) if fit else None


def _there(values: Any) -> Any:
    """Return the values of the samples that have the input."""
    if not isinstance(values, list):
        return values
    return [each for each in values if each is not None]
