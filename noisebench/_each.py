"""Noise made sample by sample, where targets move with the values or spans are kept free of noise."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from noisebench._values import collect, one
from perturbations import Perturbation, modality, project_spans
from perturbations._moved import NO_PLACE, Mover
from perturbations.errors import NotApplicable

if TYPE_CHECKING:
    from noisebench._noise import Mappings, NoiseContext, Source


def apply_each(
    noise: Perturbation,
    values: Any,
    source: "Source",
    arguments: dict[str, Any],
    free: Sequence[Sequence[Any]] | None,
) -> tuple[Any, list[Mover]] | None:
    """Return noisy values made one by one, each with its mapping; None where there is none that moves targets.

    A noise has mappings for all values or for none, so the first sample tells.

    Args:
        noise: what to apply.
        values: of one input.
        source: whose they are.
        arguments: of the noise.
        free: spans of each value that the noise may not touch.

    Raises:
        NotApplicable: the noise puts what the targets mark in each other's places.
    """
    rows, mappings = [], []
    align = modality(noise.modality).align
    for row, sample in enumerate(source.ids):
        group = None if source.groups is None else source.groups[row]
        known = arguments
        if free is not None:
            known = arguments | {"facts": protecting(arguments["facts"], free[row])}
        value = one(values, row)
        noisy = noise.apply(value, sample=sample, group=group, **known)
        moved = noisy.mapping
        if moved is None and align is not None:
            moved = align(value, noisy.value)
        if not isinstance(moved, Mover):
            return None
        if getattr(moved, "reorders", False):
            raise NotApplicable(NO_PLACE)
        rows.append(noisy.value)
        mappings.append(moved)
    return (collect(rows, values), mappings) if rows else None


def kept_free(
    name: str, source: "Source", context: "NoiseContext", before: "Mappings"
) -> list[Sequence[Any]] | None:
    """Return the spans that no noise may touch, each where earlier noises of the sweep have moved it."""
    if source.spans is None or "spans" not in context.moves.get(name, ()):
        return None
    found = [each["spans"] if isinstance(each, Mapping) else each for each in source.spans]
    if name in before:
        pairs = zip(found, before[name], strict=True)
        found = [project_spans(spans, mapping) for spans, mapping in pairs]
    return found


def protecting(facts: Mapping[str, Any], spans: Sequence[Any]) -> dict[str, Any]:
    """Return facts that protect some spans besides what they protect already."""
    known = facts.get("protect", ())
    several = tuple(known) if isinstance(known, tuple | list) else (known,)
    return {**facts, "protect": (*several, *spans)}
