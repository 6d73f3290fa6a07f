"""Cells with known scores, written shortly: `a~` is noisy, `a0` absent, `a?` shuffled, `a+120` late by 120 ms."""

import re

import numpy as np

from noisebench.curve._sample import gather
from noisebench.metrics import get_metric
from noisebench.modalities._grid import Grid, Measured, grid
from noisebench.modalities._make import account
from noisebench.modalities._state import ABSENT, MOVED, NOISY, SHUFFLED, State, What

WORD = re.compile(r"(?P<name>[a-z]+)(?P<sign>[~0?+-])(?P<number>\d*)")


def what(sign: str, number: str, severity: float, name: str) -> What:
    if sign == "~":
        return What(NOISY, ((f"image/{name}", severity),))
    if sign == "0":
        return What(ABSENT, fill="absent")
    return What(SHUFFLED) if sign == "?" else What(MOVED, offset=float(sign + number))


def state(text: str, severity: float = 1.0) -> State:
    """Read a state, such as `a~ b0`."""
    words = [WORD.fullmatch(word) for word in text.split()]
    return State.of({w["name"]: what(w["sign"], w["number"], severity, w["name"]) for w in words})


def share(value: float, n: int = 2000) -> np.ndarray:
    """Return 0/1 scores of n samples, of which the first are right: the better cell is right wherever a worse one is."""
    return (np.arange(n) < round(value * n)).astype(float)


def cells(
    clean,
    sweeps: dict,
    *,
    inputs=("a", "b"),
    chance=None,
    severities=(1.0,),
    metric="accuracy",
    groups=None,
    bootstrap=400,
    confidence=0.95,
) -> Grid:
    """Make a grid; a value is a share of right answers, scores of samples, or a list of either, one a severity."""
    first = np.asarray(clean) if np.ndim(clean) else share(clean)
    found = []
    for text, values in sweeps.items():
        rows = values if isinstance(values, list) else [values]
        at = severities if len(rows) == len(severities) else (1.0,)
        outcomes = np.stack([np.asarray(v) if np.ndim(v) else share(v, len(first)) for v in rows])
        sample = gather(
            metric=get_metric(metric), severities=at, clean=first, outcomes=outcomes,
            ids=None, groups=groups,
        )  # fmt: skip
        states = tuple(state(text, severity) for severity in at)
        found.append(Measured(text, tuple(at), states, sample, title=text))
    return grid(found, inputs, chance=chance, bootstrap=bootstrap, confidence=confidence)


def told(made: Grid, modalities=None, **options):
    """Return the account of a grid."""
    known = modalities or dict.fromkeys(made.inputs, "image")
    head = {"metric": made.metric, "higher_is_better": made.sign > 0, "confidence": 0.95}
    return account(made, known, head, **options)
