"""What stands in the way of a noise on given data: a package, a fact, other samples, or values that it cannot take."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from noisebench._grammar import CROSSMODAL, Part, Sweep
from noisebench._values import present
from noisebench.data import Batch, Dataset
from perturbations import Perturbation
from perturbations.errors import (
    BadDose,
    BadSetting,
    BadValue,
    MissingExtra,
    MissingFact,
    MissingPeers,
    NotApplicable,
)

_SPREAD = 128
"""Samples from all over the data that it is tried on besides."""

TRIED = 8
"""Samples that a noise may refuse before it counts as having no meaning for the data."""

_OF_THE_CONDITION = (BadSetting, BadDose, MissingFact, MissingExtra, MissingPeers)
"""What no other sample can mend."""

LOOKED = 64
"""Samples that a noise of a group is tried on to find one in which it has something to change."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a sweep cannot run."""

    why: str
    in_values: bool = False
    """Whether it lies in the values, which cannot take this noise, and not in what was asked for or is not installed."""


def obstacle(sweep: Sweep, dataset: Dataset, severities: Sequence[float] = (1.0,)) -> str | None:
    """Return why a sweep cannot run on this data; None when nothing stands in its way."""
    found = find_obstacle(sweep, dataset, severities)
    return None if found is None else found.why


def find_obstacle(
    sweep: Sweep, dataset: Dataset, severities: Sequence[float] = (1.0,)
) -> Obstacle | None:
    """Return what stands in the way of a sweep on this data at the highest of the severities; None when nothing does."""
    for part in sweep.parts:
        if lacking := _missing_extra(part.noise) or _missing_context(part, dataset):
            return Obstacle(lacking)
        found = _trial(part, dataset, max(severities))
        if found is not None:
            return found
    return None


def _missing_extra(noise: Perturbation) -> str | None:
    from perturbations._extras import missing

    lacking = missing(tuple(noise.requires))
    if not lacking:
        return None
    return f'needs pip install "noisebench[{",".join(lacking)}]"'


def _missing_context(part: Part, dataset: Dataset) -> str | None:
    declared = part.noise.declared
    if declared.needs_peers and not dataset.indexable:
        return "needs the other samples, which a stream does not have"
    if part.noise.modality == CROSSMODAL:
        return None
    required = [fact for fact, needed in declared.facts.items() if needed and fact != "facts"]
    required += ["rate" for ladder in part.noise.ladders.values() if ladder.none == "nyquist"]
    for name in part.inputs:
        for fact in required:
            if fact not in dataset.facts.get(name, {}):
                return (
                    f'needs the fact {fact!r}: Dataset(..., facts={{"{name}": {{"{fact}": ...}}}})'
                )
    return None


def _trial(part: Part, dataset: Dataset, severity: float) -> Obstacle | None:
    """Try the noise on a few samples until one takes it: whether it has a meaning here depends on the values.

    Samples of one kind often stand together (a language, a site), so that some from all over the data are tried as well
    before a noise is said to have no meaning here.
    """
    first = next(iter(dataset.batches(TRIED, order_seed=None)))
    refused = _refusal(part, dataset, first, severity)
    if not isinstance(refused, NotApplicable) or not dataset.indexable or len(dataset) <= TRIED:
        return None if refused is None else _refused(refused, len(first))
    spread = _spread(dataset, _SPREAD)
    refused = _refusal(part, dataset, spread, severity)
    return None if refused is None else _refused(refused, len(spread))


def _spread(dataset: Dataset, most: int) -> Batch:
    """Return samples from all over the data; the first ones of a stream."""
    if not dataset.indexable:
        return next(iter(dataset.batches(most, order_seed=None)))
    places = np.linspace(0, len(dataset) - 1, min(most, len(dataset))).astype(int)
    return dataset.take([dataset.ids[i] for i in np.unique(places)])


def nothing_to_change(sweep: Sweep, dataset: Dataset) -> str | None:
    """Return a reason where a noise finds nothing to change in any sample: its curve would look robust.

    So it is where it counts its candidates and there are none, and where the input that it changes is always missing.
    """
    (part,) = sweep.parts
    if part.noise.modality == CROSSMODAL:
        batch, name = _spread(dataset, LOOKED), part.inputs[-1]
        gone = not present(batch.inputs[name])
        return f"{name} is missing in all {len(batch)} samples tried" if gone else None
    if _candidates(part, dataset, _spread(dataset, 1)) != 0:
        return None
    batch = _spread(dataset, LOOKED)
    if _candidates(part, dataset, batch) != 0:
        return None
    return f"nothing in the {len(batch)} samples tried that it could change"


def _candidates(part: Part, dataset: Dataset, batch: Batch) -> float | None:
    """Return how many candidates the noise found, up to the first; None where it does not say."""
    from noisebench._noise import context_of, keyed, known
    from noisebench._values import one

    context = context_of(dataset)
    amount = keyed(part, 1.0, 0, context)
    for row, name in ((row, name) for row in range(len(batch)) for name in part.inputs):
        try:
            noisy = part.noise.apply(
                one(batch.inputs[name], row),
                sample=batch.ids[row],
                group=None if batch.groups is None else batch.groups[row],
                **amount,
                **known(part.noise, name, context),
            )
        except NotApplicable:
            continue
        except Exception:  # noqa: BLE001 - a fault shows in the run, with its reason
            return None
        found = noisy.report.get("eligible")
        if found is None or found > 0:
            return None if found is None else float(found)
    return 0.0


def _refused(error: Exception, tried: int) -> Obstacle:
    why = first_line(error)
    if isinstance(error, BadValue):
        why = f"refused all of the first {tried} samples: {why}"
    return Obstacle(why, in_values=not isinstance(error, _OF_THE_CONDITION))


def _references(part: Part, dataset: Dataset) -> dict[str, Any]:
    """Return what a noise between inputs knows of clean data, from samples all over it."""
    from noisebench._references import fitted

    return {part.group: fitted(part.inputs, _spread(dataset, _SPREAD), dataset)}


def _refusal(part: Part, dataset: Dataset, batch: Batch, severity: float) -> Exception | None:
    """Return why every sample of a batch is refused; None when one is not, or for a fault that the run will show.

    A noise between inputs that may know the clean data, and does without it in most settings, is told of it where it refuses.
    """
    declared, between = part.noise.declared, part.noise.modality == CROSSMODAL
    known = _references(part, dataset) if between and declared.needs_reference else {}
    refused = _refused_all(part, dataset, batch, severity, known)
    if refused is None or known or not (between and declared.reference):
        return refused
    return _refused_all(part, dataset, batch, severity, _references(part, dataset))


def _refused_all(
    part: Part, dataset: Dataset, batch: Batch, severity: float, references: Mapping[str, Any]
) -> Exception | None:
    from noisebench._noise import Source, apply_part, context_of
    from noisebench._values import select

    context = context_of(dataset, references=references)
    source = Source.of(batch, protect=dataset.protect)
    refused: Exception | None = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for row in range(len(batch)):
            index = np.array([row])
            try:
                apply_part(part, select(batch.inputs, index), source.rows(index), severity, context)
            except _OF_THE_CONDITION as error:
                return error
            except (BadValue, NotApplicable) as error:
                refused = error
            except Exception:  # noqa: BLE001 - any other fault shows in the run, with its reason
                return None
            else:
                return None
    return refused


def first_line(error: Exception) -> str:
    return "; ".join(line.strip() for line in str(error).splitlines())
