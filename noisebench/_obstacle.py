"""What stands in the way of a noise on given data: a package, a fact, other samples, or values that it cannot take."""

import warnings
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


def obstacle(sweep: Sweep, dataset: Dataset) -> str | None:
    """Return why a sweep cannot run on this data; None when nothing stands in its way."""
    for part in sweep.parts:
        reason = _missing_extra(part.noise) or _missing_context(part, dataset)
        if reason is None:
            reason = _trial(part, dataset)
        if reason is not None:
            return reason
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


def _trial(part: Part, dataset: Dataset) -> str | None:
    """Try the noise on a few samples until one takes it: whether it has a meaning here depends on the values.

    Samples of one kind often stand together (a language, a site), so that some from all over the data are tried as well
    before a noise is said to have no meaning here.
    """
    first = next(iter(dataset.batches(TRIED, order_seed=None)))
    refused = _refusal(part, dataset, first)
    if not isinstance(refused, NotApplicable) or not dataset.indexable or len(dataset) <= TRIED:
        return None if refused is None else _refused(refused, len(first))
    spread = _spread(dataset, _SPREAD)
    refused = _refusal(part, dataset, spread)
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


def _refused(error: Exception, tried: int) -> str:
    if isinstance(error, BadValue):
        return f"refused all of the first {tried} samples: {first_line(error)}"
    return first_line(error)


def _references(part: Part, dataset: Dataset) -> dict[str, Any]:
    """Return what a noise between inputs must know of clean data, from samples all over it."""
    if part.noise.modality != CROSSMODAL or not part.noise.declared.needs_reference:
        return {}
    from noisebench._references import fitted

    return {part.group: fitted(part.inputs, _spread(dataset, _SPREAD), dataset)}


def _refusal(part: Part, dataset: Dataset, batch: Batch) -> Exception | None:
    """Return why every sample of a batch is refused; None when one is not, or for a fault that the run will show."""
    from noisebench._noise import Source, apply_part, context_of
    from noisebench._values import select

    context = context_of(dataset, references=_references(part, dataset))
    source = Source.of(batch, protect=dataset.protect)
    refused: Exception | None = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for row in range(len(batch)):
            index = np.array([row])
            try:
                apply_part(part, select(batch.inputs, index), source.rows(index), 1.0, context)
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
