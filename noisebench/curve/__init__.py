"""Curves: how a metric falls with severity, with honest uncertainty."""

from noisebench.curve._answers import reference
from noisebench.curve._curve import Curve
from noisebench.curve._difference import Difference, difference
from noisebench.curve._multiplicity import (
    benjamini_hochberg,
    benjamini_hochberg_e,
    holm,
    holm_e,
)
from noisebench.curve._records import (
    Cliff,
    Estimate,
    Knee,
    Missing,
    Monotone,
    Psychometric,
    Slope,
    Tolerance,
    Uncertainty,
)
from noisebench.curve._verdict import Verdict, heard

__all__ = [
    "Cliff",
    "Curve",
    "Difference",
    "Estimate",
    "Knee",
    "Missing",
    "Monotone",
    "Psychometric",
    "Slope",
    "Tolerance",
    "Uncertainty",
    "Verdict",
    "benjamini_hochberg",
    "benjamini_hochberg_e",
    "difference",
    "heard",
    "holm",
    "holm_e",
    "reference",
]
