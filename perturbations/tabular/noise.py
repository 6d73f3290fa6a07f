"""Measurement error: numbers that are near the truth."""

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.tabular._reference import TableReference
from perturbations.tabular._table import Table, replace_numbers


@perturbation(coupling="additive", measure="displacement")
def numeric_noise(
    value: Table,
    draw: Draw,
    *,
    sigma: Dose = Ladder(0.1, 0.2, 0.4, 0.8, 1.6, unit="column standard deviations"),
    reference: TableReference,
) -> Noisy:
    """Measurement error: every number of a row is off by a little, independently.

    x + sigma * s * z with s the column's standard deviation in the reference and z standard normal: the classical
    error model. The column's reliability falls to 1 / (1 + sigma^2): 0.99, 0.96, 0.86, 0.61 and 0.28 on the ladder.
    Integer columns are rounded to nearest. Missing cells, constant columns and categories stay.

    Severity: standard deviation of the error, in standard deviations of the column.

    References:
        Fuller, Measurement Error Models (1987), section 1.1.
    """
    normal, _ = value.split(draw.normal(value.shape))
    step = sigma * reference.std * normal
    # A column that is constant in the reference has no scale to be wrong by; inf + step stays inf.
    noisy = np.where(reference.std > 0, value.numeric + step, value.numeric)
    realised = float(np.sqrt(np.mean((sigma * normal) ** 2))) if normal.size else 0.0
    return Noisy(replace_numbers(value, noisy), report={"rms": realised})
