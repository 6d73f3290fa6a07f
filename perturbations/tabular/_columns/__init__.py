"""Columns of every library in one form: read as numbers, labels or moments, and written back where they changed.

Why: numpy arrays, Python objects, pandas extension arrays and the series of other libraries differ in how they read, in how
they mark what is missing and in what they can hold. Each has a class here with the same few methods, and nothing else in
the tabular library knows one from the other.
"""

from perturbations.tabular._columns._column import (
    ANYTHING,
    WORDS,
    Column,
    Floats,
    Ints,
    Kind,
    Labels,
    Mask,
    Writing,
    can_hold,
    ends_of,
    is_missing,
    label_key,
    plain_label,
)
from perturbations.tabular._columns._formatted import FormattedColumn, format_of, formatted
from perturbations.tabular._columns._numpy import ObjectColumn, PlainColumn, array_column, boxed
from perturbations.tabular._columns._pandas import ExtensionColumn
from perturbations.tabular._columns._series import SeriesColumn

__all__ = [
    "ANYTHING",
    "WORDS",
    "Column",
    "ExtensionColumn",
    "Floats",
    "FormattedColumn",
    "Ints",
    "Kind",
    "Labels",
    "Mask",
    "ObjectColumn",
    "PlainColumn",
    "SeriesColumn",
    "Writing",
    "array_column",
    "boxed",
    "can_hold",
    "ends_of",
    "format_of",
    "formatted",
    "is_missing",
    "label_key",
    "plain_label",
]
