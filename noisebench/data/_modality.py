"""Which modality an input has: declared, or inferred where there is no doubt."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from noisebench.data._column import is_table
from noisebench.errors import DataError
from perturbations import modalities
from perturbations.errors import did_you_mean, explain

MANY_CHANNELS = 16
"""A last axis longer than this holds columns of pixels rather than channels, as far as one can tell."""


@cache
def known_modalities() -> tuple[str, ...]:
    """Return the modalities an input can have: the rooms of `perturbations`, but for crossmodal."""
    return tuple(name for name in modalities() if name != "crossmodal")


def modalities_of(inputs: Mapping[str, Any], declared: Mapping[str, str]) -> dict[str, str]:
    """Return every input's modality.

    Raises:
        DataError: a declared modality is unknown, is declared for an unknown input, or is missing
            where the values alone do not tell.
    """
    for name in declared:
        check_declared(name, declared[name], inputs)
    return {name: declared.get(name) or infer(name, inputs[name]) for name in inputs}


def check_declared(name: str, modality: object, inputs: Mapping[str, Any]) -> None:
    """Refuse a declaration for an unknown input or of an unknown modality."""
    if name not in inputs:
        raise DataError(
            explain(
                "modalities for inputs of the data set",
                "input",
                name,
                did_you_mean(str(name), inputs),
            )
        )
    if modality not in known_modalities():
        known = known_modalities()
        hint = did_you_mean(str(modality), known)
        raise DataError(
            explain(
                f"a modality, one of {', '.join(known)}", f"modalities[{name!r}]", modality, hint
            )
        )


def infer(name: str, values: Any) -> str:
    """Return the modality that name or values leave no doubt about.

    Raises:
        DataError: there is doubt; the message says how to declare it.
    """
    if name in known_modalities():
        return name
    if is_table(values):
        return "tabular"
    if isinstance(values, np.ndarray) and values.dtype == np.uint8:
        pictures = _pictures(values)
        if pictures:
            return pictures
    if is_text(values):
        return "text"
    raise DataError(
        explain(
            f"a declared modality for input {name!r}, because its values fit several",
            name,
            values,
            f'declare it: Dataset(..., modalities={{"{name}": ...}}) with one of '
            f"{', '.join(known_modalities())}",
        )
    )


def _pictures(values: np.ndarray) -> str:
    """Tell images from clips; empty where grey clips and images of many bands look alike."""
    if values.ndim == 5:
        return "video"
    doubtful = values.ndim == 4 and values.shape[1] > 4 and values.shape[3] > MANY_CHANNELS
    return "image" if values.ndim in (3, 4) and not doubtful else ""


def is_text(values: Any) -> bool:
    """Tell whether values are nothing but strings; a lazy source is not read to find out."""
    if isinstance(values, np.ndarray):
        return values.dtype.kind == "U" or (
            values.dtype == object and values.ndim == 1 and all(isinstance(v, str) for v in values)
        )
    return isinstance(values, list | tuple) and all(isinstance(value, str) for value in values)
