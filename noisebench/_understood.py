"""What was understood of data that leaves room for doubt, such as which columns of a table are numbers."""

from noisebench.data import Dataset
from perturbations import modality
from perturbations.errors import PerturbationError

LOOKED_AT = 1024
"""Samples of a table that are looked at: the first of the visit."""
FEW = 64
"""Samples that are looked at where none come as rows of a table."""


def understood(dataset: Dataset, *, seed: int = 0) -> dict[str, dict[str, str]]:
    """Return by input what its modality says of the values, by heading; nothing where there is no doubt.

    Args:
        dataset: what is looked at.
        seed: of the order of the visit.
    """
    asked = [n for n in dataset.inputs if modality(dataset.modalities[n]).describe is not None]
    if not asked:
        return {}
    order = seed if dataset.indexable else None
    rows = any(modality(dataset.modalities[name]).columnar for name in asked)
    batch = next(iter(dataset.batches(LOOKED_AT if rows else FEW, order_seed=order)))
    found: dict[str, dict[str, str]] = {}
    for name in asked:
        describe = modality(dataset.modalities[name]).describe
        try:
            said = describe(batch.inputs[name], dataset.facts.get(name, {})) if describe else {}
        except PerturbationError as error:
            said = {"not understood": str(error)}
        found[name] = dict(said)
    return found
