"""How far a noisy value is from the clean one, in the measures of its modality."""

from collections.abc import Mapping
from typing import Any

from perturbations._containers import to_numpy
from perturbations._modality import Context, Measure, modality


def distance(
    modality_name: str,
    clean: Any,
    noisy: Any,
    *,
    facts: Mapping[str, Any] | None = None,
    reference: Any = None,
) -> dict[str, float]:
    """Return the distortion between a clean and a noisy value, in every measure of the modality.

    Raises:
        UnknownPerturbation: there is no such modality.
        BadValue: a value does not belong to it.

    Examples:
        >>> distance("text", "noise", "nosie")["edit_rate"]
        0.4
    """
    contract = modality(modality_name)
    context = Context(facts or {}, reference)
    return contract.distance(to_numpy(clean)[0], to_numpy(noisy)[0], context)


def measures(modality_name: str) -> Mapping[str, Measure]:
    """Return the measures of a modality by name, with unit and direction; the first is its default."""
    return modality(modality_name).measures
