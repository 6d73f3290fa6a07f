"""Which samples models are trained on, and which they are tested on: no sample, and no group, is on both sides.

Why: the side of a sample depends on its id (or its group) alone. So the natural set may hold the same scenes as the clean one:
a scene that was trained on is never tested, whichever of its pictures it is.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench.data import Dataset
from noisebench.errors import DataError
from perturbations import sample_keys
from perturbations._draw import Keys, mix
from perturbations.errors import explain

FEWEST = 2
"""Samples on a side, at least."""

_APART = np.uint64(0x7C3E91A5D2F86B4D)
"""Keeps the choice apart from every other use of the ids."""


@dataclass(frozen=True, slots=True)
class Halves:
    """The two sides of the clean data, and of the natural data where there is any."""

    train: Dataset
    test: Dataset
    natural_train: Dataset | None = None
    natural_test: Dataset | None = None


def halves(data: Dataset, test: Dataset | None, natural: Dataset | None, share: float) -> Halves:
    """Return both sides.

    Args:
        data: to train on; split where `test` is not given.
        test: to test on.
        natural: with the noise of the field in it.
        share: of the units (samples, or groups) that are trained on.

    Raises:
        DataError: data is a stream or has no targets, a side has too few samples, or a sample is on both.
    """
    for name, each in (("data", data), ("test", test), ("natural", natural)):
        _check(name, each, data)
    known = units(data)
    if test is None:
        ranks = _ranks(known)
        distinct = np.unique(ranks)
        last = distinct[max(1, round(share * len(distinct))) - 1]
        mine = ranks <= last
        if mine.sum() < FEWEST or (~mine).sum() < FEWEST:
            kind = "samples" if data.groups is None else "groups"
            hint = "give more data, or a test set: affinity(..., test=held_out)"
            raise DataError(
                explain(f"{2 * FEWEST} {kind} or more to train and test on", "data", data, hint)
            )
        first, second = data.subset(mine), data.subset(~mine)
    else:
        first, second = data, test
        both = sorted(set(known) & set(units(test)))
        if both:
            hint = "what was trained on cannot be tested on"
            raise DataError(explain("a test set of other samples", "ids in both", both[:5], hint))
    if natural is None:
        return Halves(first, second)
    trained, others = set(units(first)), set(units(second))
    seen = np.array(
        [unit in trained or (test is None and unit not in others and r <= last)
         for unit, r in zip(units(natural), _ranks(units(natural)), strict=True)]
    )  # fmt: skip
    if (~seen).sum() < FEWEST:
        hint = "its samples are all among those that are trained on"
        raise DataError(explain("natural samples to test on", "natural", natural, hint))
    return Halves(first, second, _side(natural, seen), natural.subset(~seen))


def _side(natural: Dataset, seen: NDArray[np.bool_]) -> Dataset | None:
    return natural.subset(seen) if seen.sum() >= FEWEST else None


def units(data: Dataset) -> list[str]:
    """Return what each sample belongs to: its group, or itself."""
    own = data.ids if data.groups is None else data.groups
    return [str(each) for each in own]


def _ranks(names: list[str]) -> Keys:
    return mix(sample_keys(names) ^ _APART)


def _check(name: str, data: Any, like: Dataset) -> None:
    if data is None:
        return
    if not isinstance(data, Dataset):
        hint = "make one: nb.Dataset({name: values}, targets=...)"
        raise DataError(explain("a Dataset", name, data, hint))
    if not data.indexable or data.targets is None:
        hint = "models are trained on it: hold it in arrays or lists, with targets"
        raise DataError(explain("indexable data with targets", name, data, hint))
    if data.modalities != like.modalities:
        expected = f"the inputs of the clean data {like.modalities}"
        raise DataError(explain(expected, name, data.modalities))
