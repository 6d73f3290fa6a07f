"""Cells that are not there: fields left empty, sensors off, joins without a match."""

from dataclasses import replace
from typing import Any

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.tabular._table import Table

NOTHING: Any = None
"""A missing category in the working form."""


@perturbation(coupling="mask", missing=True, measure="missing")
def missing(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.35, 0.5, unit="share of cells", high=1.0),
) -> Noisy:
    """Values are lost completely at random: each cell on its own, whatever it holds.

    A share of cells, not of rows: with p columns a row stays complete with probability (1 - share)^p. A cell lost at
    one severity is lost at every higher one. Numbers become NaN; categories what their column uses (NaN, NA, NaT or
    None). Integer and boolean columns of numpy become float64.

    Severity: the probability that a cell is lost.

    References:
        Rubin, Inference and missing data, Biometrika 63 (1976): missing completely at random.
    """
    lost, lost_text = value.split(draw.uniform(value.shape, stream="where") < share)
    numbers, texts = value.present
    newly = int((lost & numbers).sum() + (lost_text & texts).sum())
    noisy = replace(
        value,
        numeric=np.where(lost, np.nan, value.numeric),
        categorical=np.where(lost_text, NOTHING, value.categorical),
    )
    return Noisy(noisy, report={"missing": newly / max(lost.size + lost_text.size, 1)})
