"""Numbers in the wrong unit: grams for kilograms, cents for euros, milliseconds for seconds."""

import math

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain
from perturbations.tabular._reference import TableReference
from perturbations.tabular._table import Table, replace_numbers


@perturbation(coupling="mask", measure="changed")
def unit_error(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.25, 0.5, 1.0, unit="share of rows", high=1.0),
    factor: float = 1000.0,
    reference: TableReference,
) -> Noisy:
    """One number of a row is in another unit: it is multiplied by a constant factor.

    The column is drawn per row among the numbers that are present and not zero, and is the same at every severity. The
    reference says which columns are numeric. Integer columns are rounded to nearest, and saturate.

    Severity: the probability that a row has such a cell; 1 is a source that changed its unit.

    Raises:
        BadSetting: the factor is not a positive finite number other than 1.

    References:
        Schelter et al., JENGA (EDBT 2021): scaling by 10, 100 or 1000.
    """
    if not (math.isfinite(factor) and factor > 0 and factor != 1):
        hint = "such as 1000.0 (kilo for unit), 0.001, 10.0 or 100.0"
        raise BadSetting(explain("a positive finite number other than 1", "factor", factor, hint))
    hit = draw.uniform((len(value), 1), stream="where") < share
    order, _ = value.split(draw.uniform(value.shape, stream="column"))
    open_to = np.isfinite(value.numeric) & (value.numeric != 0)
    order = np.where(open_to, order, 2.0)
    chosen = open_to & (order == order.min(axis=1, keepdims=True, initial=3.0)) & hit
    # Beyond the largest float the cell saturates: an overflow would be another fault.
    top = np.finfo(np.float64).max / max(factor, 1.0)
    wrong = np.clip(value.numeric, -top, top) * factor
    noisy = replace_numbers(value, np.where(chosen, wrong, value.numeric))
    return Noisy(noisy, report={"rows": float(chosen.any(axis=1).mean()) if len(value) else 0.0})
