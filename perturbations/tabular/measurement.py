"""Numbers that are not the truth: errors of instruments and readers, outliers, lost signs, coarse readings."""

from dataclasses import replace

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain
from perturbations.tabular._columns import Floats, Mask
from perturbations.tabular._numbers import (
    FIRST,
    POWERS,
    TOP,
    Pick,
    able,
    altered,
    scale,
    steps,
)
from perturbations.tabular._reference import TableReference
from perturbations.tabular._report import done
from perturbations.tabular._table import Cells, Columns, Table, uniform_at


def on_numbers(value: Table, columns: Columns) -> Table:
    """Return the table with its numeric columns open.

    Raises:
        NotApplicable: there is none.
    """
    return value.only(columns, ("numeric",))


@perturbation(coupling="additive", measure="displacement")
def numeric_noise(
    value: Table,
    draw: Draw,
    *,
    sigma: Dose = Ladder(0.1, 0.2, 0.4, 0.8, 1.6, unit="column standard deviations"),
    columns: Columns = (),
    reference: TableReference,
) -> Noisy:
    """Measurement error: every number of a row is off by a little, independently.

    x + sigma * s * z with s the column's standard deviation in the reference and z standard normal: the classical
    error model. The column's reliability falls to 1 / (1 + sigma^2): 0.99, 0.96, 0.86, 0.61 and 0.28 on the ladder.
    Integer columns are rounded to nearest. Missing cells, constant columns and other kinds of column stay.

    Severity: standard deviation of the error, in standard deviations of the column.

    Settings:
        columns: names or positions of the columns to change; all numeric ones when empty.

    Raises:
        NotApplicable: there is no numeric column.

    References:
        Fuller, Measurement Error Models (1987), section 1.1.
    """
    from perturbations.tabular._kernels import add_normal

    table = on_numbers(value, columns)
    # A column that is constant in the reference has no scale to be wrong by; inf + step stays inf.
    spread = np.where(table.allowed.numbers, reference.std, 0.0)
    noisy = add_normal(table.numbers, draw.key(), table.at.numbers, sigma * spread)
    return _added(value, replace(table, numbers=noisy), sigma, spread)


@perturbation(coupling="additive", measure="displacement")
def proportional_noise(
    value: Table,
    draw: Draw,
    *,
    sigma: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.4, unit="standard deviation / value"),
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """Measurement error that grows with what is measured: large amounts are known to a few per cent only.

    x + sigma * x * z with z standard normal, independently: the multiplicative error model, of coefficient of variation
    sigma. Zeros, missing cells and other kinds of column stay. Integer columns are rounded to nearest.

    Severity: standard deviation of the error, as a share of the value.

    Settings:
        columns: names or positions of the columns to change; all numeric ones when empty.

    Raises:
        NotApplicable: there is no numeric column.

    References:
        Carroll et al., Measurement Error in Nonlinear Models (2006): multiplicative measurement error.
    """
    from perturbations.tabular._kernels import add_normal

    table = on_numbers(value, columns)
    step = np.where(table.allowed.numbers, sigma, 0.0)
    noisy = add_normal(table.numbers, draw.key(), table.at.numbers, step, relative=True)
    added = replace(table, numbers=noisy)
    return done(value, added, requested=sigma, eligible=lambda: table.mark(numbers=_nonzero(table)))


@perturbation(coupling="mask", measure="changed")
def outlier(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="share of numbers", high=1.0),
    distance: float = 10.0,
    columns: Columns = (),
    reference: TableReference,
) -> Noisy:
    """Gross errors: a glitch, a slip or a foreign record puts single numbers far outside the rest of their column.

    x + distance * s or x - distance * s, each as likely, with s the column's standard deviation in the reference. Constant
    columns, missing cells and other kinds of column stay. Integer columns are rounded and saturate.

    Severity: the probability that a number is hit. One to ten per cent of gross errors is the rule in routine data (Hampel
    et al. 1986, section 1.2); 20 % is our choice of the worst.

    Settings:
        distance: how far it is off, in standard deviations of the column; 10 is our choice.
        columns: names or positions of the columns to change; all numeric ones when empty.

    Raises:
        BadSetting: the distance is not positive and finite.
        NotApplicable: there is no numeric column.

    References:
        Tukey, A survey of sampling from contaminated distributions (1960).
        Hampel et al., Robust Statistics (1986).
    """
    if not 0 < distance < np.inf:
        raise BadSetting(explain("a positive finite number", "distance", distance))
    table = on_numbers(value, columns)
    eligible = able(table) & (reference.std > 0)
    side = uniform_at(draw, "side", table.at.numbers)

    def far(numbers: Floats, pick: Pick) -> Floats:
        away = np.where(pick(side) < 0.5, -distance, distance) * pick(reference.std)
        return np.asarray(np.clip(numbers + away, -TOP, TOP))

    noisy = altered(table.numbers, table.hit(draw, share).numbers & eligible, far)
    return done(
        value,
        replace(table, numbers=noisy),
        requested=share,
        eligible=table.mark(numbers=eligible),
    )


@perturbation(coupling="mask", measure="changed")
def sign_flip(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.25, 0.5, unit="share of numbers", high=1.0),
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """A sign is lost or the other convention is used: debit for credit, west for east, below for above.

    x becomes -x. Zeros, missing cells and other kinds of column stay; unsigned integer columns saturate at 0. The same draw
    twice gives the clean row back.

    Severity: the probability that a number is hit.

    Settings:
        columns: names or positions of the columns to change; all numeric ones when empty.

    Raises:
        NotApplicable: there is no numeric column.

    References:
        our own choice of edit and ladder; Rahm and Do, Data cleaning: problems and current approaches (2000) list
        differing conventions of sources.
    """
    table = on_numbers(value, columns)
    eligible = _nonzero(table)
    hit = table.hit(draw, share).numbers & eligible
    flipped = table.numbers.copy(order="K")
    np.negative(flipped, out=flipped, where=hit)
    noisy = replace(table, numbers=flipped)
    return done(value, noisy, requested=share, eligible=table.mark(numbers=eligible))


@perturbation(coupling="codec", measure="displacement")
def rounding(
    value: Table,
    draw: Draw,
    *,
    digits: Dose = Ladder(
        5, 4, 3, 2, 1, unit="significant digits", none=17.0, scale="integer", low=1.0, high=17.0
    ),
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """Numbers are recorded with few digits: a form has no room for more, a display shows no more, a report rounds.

    Every number is rounded to its nearest with so many significant digits, half to even; nothing is drawn. Numbers that
    have no more digits stay, as do missing cells and other kinds of column.

    Severity: significant digits that are left: 5, 4, 3, 2, 1.

    Settings:
        columns: names or positions of the columns to round; all numeric ones when empty.

    Raises:
        NotApplicable: there is no numeric column.

    References:
        Heitjan and Rubin, Ignorability and coarse data, Annals of Statistics 19 (1991): rounding as coarsening.
    """
    from perturbations.tabular._kernels import round_significant

    table = on_numbers(value, columns)
    rounded = round_significant(table.numbers, int(digits), POWERS, FIRST)
    chosen = (
        rounded if table.open.all() else np.where(table.allowed.numbers, rounded, table.numbers)
    )
    noisy = replace(table, numbers=chosen)
    return done(
        value, noisy, requested=digits, eligible=lambda: table.mark(numbers=_nonzero(table))
    )


@perturbation(coupling="mask", measure="changed")
def heaping(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of numbers", high=1.0),
    base: int = 5,
    columns: Columns = (),
    reference: TableReference,
) -> Noisy:
    """People prefer round numbers: ages end in 0 or 5, blood pressures in 0.

    A number becomes the nearest multiple of `base` units of its column's last digit: of 5 years for ages in years, of 0.5 kg
    for weights in tenths. The last digit is that of the clean values, down to a thousandth of their spread. Multiples
    stay, as do missing cells and other kinds of column.

    Severity: the probability that a number is heaped.

    Settings:
        base: multiples of how many units, such as 5 or 10.
        columns: names or positions of the columns to change; all numeric ones when empty.

    Raises:
        BadSetting: the base is below 2.
        NotApplicable: there is no numeric column.

    References:
        Heitjan and Rubin, Inference from coarse data via multiple imputation with application to age heaping, JASA 85
        (1990).
    """
    from perturbations.tabular._kernels import heap

    if base < 2:
        hint = "5 for heaps at 0 and 5, 10 for heaps at 0"
        raise BadSetting(explain("a base of at least 2", "base", base, hint))
    table = on_numbers(value, columns)
    per, times = scale(steps(reference))

    def heaped(hit: Mask) -> Floats:
        return heap(table.numbers, hit, per, times, float(base))

    def eligible() -> Cells:
        return table.mark(numbers=able(table) & (heaped(able(table)) != table.numbers))

    noisy = replace(table, numbers=heaped(table.hit(draw, share).numbers))
    return done(value, noisy, requested=share, eligible=eligible)


def _nonzero(table: Table) -> Mask:
    return np.asarray(able(table) & (table.numbers != 0))


def _added(value: Table, noisy: Table, sigma: float, spread: Floats) -> Noisy:
    """Return the noisy table, with the root mean square of each row's errors in standard deviations."""

    def rms() -> Floats:
        told = np.isfinite(value.numbers) & (spread > 0)
        error = np.zeros(value.numbers.shape)
        error[told] = noisy.numbers[told] - value.numbers[told]
        square = (error / np.where(spread > 0, spread, 1.0)) ** 2
        return np.asarray(np.sqrt(square.sum(axis=1) / np.maximum(told.sum(axis=1), 1)))

    able = value.mark(numbers=np.isfinite(value.numbers) & (spread > 0))
    return done(value, noisy, requested=sigma, eligible=able, rms=rms)
