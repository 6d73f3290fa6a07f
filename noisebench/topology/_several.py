"""Maps beside each other: of two runs, of the slices of one, of its inputs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from noisebench.curve._multiplicity import benjamini_hochberg
from noisebench.metrics import Metric
from noisebench.modalities import Unsaid
from noisebench.topology._difference import REST
from noisebench.topology._heterogeneity import Heterogeneity, heterogeneity_of
from noisebench.topology._make import sound_profile
from noisebench.topology._profile import Profile
from noisebench.topology._regions import Regions, regions_of

if TYPE_CHECKING:
    from noisebench._audit import Audit

Known = Heterogeneity | Regions | Unsaid

INPUTS = "inputs"
"""What is compared where inputs are; slices go by their names."""

MOST = 8
"""Labels of a slice that are compared with the rest; of more, the largest."""


def between(
    first: "Audit", second: "Audit", labels: tuple[str, str], *, metric: str
) -> Heterogeneity | Unsaid:
    """Return how far the maps of two audits are apart, or why that cannot be said."""
    what = f"how far the maps of {labels[0]} and {labels[1]} are apart"
    profiles = []
    for audit, label in zip((first, second), labels, strict=True):
        chosen = next((each for each in audit.metrics if each.name == metric), None)
        why = f"{metric} was not scored" if chosen is None else sound_profile(audit, chosen)
        if isinstance(why, str):
            return Unsaid(what, f"{label}: {why}")
        profiles.append(why)
    found = heterogeneity_of(profiles[0], profiles[1], labels)
    return Unsaid(what, found) if isinstance(found, str) else found


def within(audit: "Audit", *, metric: Metric, by: Sequence[str]) -> tuple[Known, ...]:
    """Return how far the maps of inputs or slices of an audit are apart, and why where that cannot be said.

    Args:
        audit: whose noises are compared.
        metric: one of the audit's.
        by: `inputs`, and names of declared slices.
    """
    if not by:
        return ()
    profile = sound_profile(audit, metric)
    if isinstance(profile, str):
        return (Unsaid(f"how far maps of {' and '.join(by)} are apart", profile),)
    found: list[Known] = []
    for name in by:
        found += _inputs(profile) if name == INPUTS else _slices(audit, profile, name)
    return tuple(found)


def _inputs(profile: Profile) -> list[Known]:
    made = regions_of(profile)
    if isinstance(made, str):
        return [Unsaid("how far the maps of inputs are apart", made)]
    return list(made)


def _slices(audit: "Audit", profile: Profile, name: str) -> list[Known]:
    """Return how far the map of each slice is from that of all other samples; p-values adjusted over the slices."""
    labels = dict(zip(audit.ids, audit.labels(name), strict=True))
    own = np.array([str(labels[each]) for each in profile.ids])
    found = list(_each(profile, name, own))
    made = [each for each in found if isinstance(each, Heterogeneity)]
    adjusted = iter(benjamini_hochberg([each.p for each in made]).tolist())
    return [replace(e, p=next(adjusted)) if isinstance(e, Heterogeneity) else e for e in found]


def _each(
    profile: Profile, name: str, own: "np.ndarray[tuple[int], np.dtype[np.str_]]"
) -> Iterator[Known]:
    values, counts = np.unique(own, return_counts=True)
    if len(values) < 2:
        yield Unsaid(
            f"how far the maps of {name} are apart", "all samples that can break are in one slice"
        )
        return
    order = values[np.argsort(-counts, kind="stable")][:MOST]
    # Two slices are each other's rest.
    for value in order[:1] if len(values) == 2 else order:
        title = f"{name} {value}"
        rest = f"{name} {values[values != value][0]}" if len(values) == 2 else REST
        parts = [profile.take(np.flatnonzero(rows)) for rows in (own == value, own != value)]
        made = heterogeneity_of(parts[0], parts[1], (title, rest))
        if isinstance(made, str):
            yield Unsaid(f"how far the map of {title} is from that of {rest}", made)
        else:
            yield made
