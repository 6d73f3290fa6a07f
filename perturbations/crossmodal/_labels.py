"""Labels of the samples that a noise goes by: classes, clients, sequences; as somebody has declared them.

Why: which samples are of one class is known from the targets, but a noise that read them would hide what the result rests
on. So labels are declared by name, as a slice of the data set or as its groups, and become part of the plan.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Peers
from perturbations._noisy import Labelled
from perturbations.crossmodal._remember import Remembered
from perturbations.errors import MissingFact, explain

UNLABELLED = -1
"""Code of a sample without a label."""
Codes = NDArray[np.int64]
_known: Remembered[Codes] = Remembered()


def labels_of(peers: Peers, by: str) -> Sequence[Any]:
    """Return one label a sample, in the order of the ids.

    Raises:
        MissingFact: none of that name are declared.
    """
    found = known_labels(peers, by)
    if found is None:
        example = "groups=labels" if by == "group" else f'slices={{"{by}": labels}}'
        hint = (
            f"declare them, Dataset(..., {example}), or name others with by=; targets are not read"
        )
        raise MissingFact(explain(f"labels named {by!r} of the samples", "by", by, hint))
    return found


def known_labels(peers: Peers, by: str) -> Sequence[Any] | None:
    """Return the labels; None where none of that name are declared."""
    return peers.labels(by) if isinstance(peers, Labelled) else None


def codes_of(peers: Peers, by: str) -> Codes:
    """Return labels as numbers, made once.

    Raises:
        MissingFact: none of that name are declared.
    """
    return _known.get(peers, by, lambda: coded(labels_of(peers, by)))


def coded(labels: Sequence[Any]) -> Codes:
    """Return labels as numbers from 0, in the order of their text; a sample whose label is missing is unlabelled."""
    texts = [None if _is_missing(label) else str(label) for label in labels]
    known = {text: code for code, text in enumerate(sorted({t for t in texts if t is not None}))}
    return np.array([UNLABELLED if t is None else known[t] for t in texts], dtype=np.int64)


def _is_missing(label: Any) -> bool:
    return label is None or (isinstance(label, float | np.floating) and bool(np.isnan(label)))
