"""Writes a curve's cliff, monotonicity and missing outputs in a few words."""

import math
from typing import Any

from noisebench.report import _numbers
from noisebench.report._text import line

SIGNIFICANT = 0.05
"""Largest p-value at which a cliff is named."""


def cliff(record: Any) -> str:
    """Say between which severities the curve falls off, if it does."""
    if record is None or math.isnan(float(record.drop)):
        return _numbers.MISSING
    if not float(record.p) < SIGNIFICANT:
        return "none"
    start, end = _numbers.number(float(record.start)), _numbers.number(float(record.end))
    return f"{start}–{end}"


def monotone(record: Any) -> str:
    """Say whether more noise ever helps."""
    if record is None or math.isnan(float(getattr(record, "p", 0.0))):
        return _numbers.MISSING
    if record.holds:
        return "yes"
    helps = ", ".join(_numbers.number(float(severity)) for severity in record.helps)
    return f"no: better at {helps}" if helps else "no"


def missing(record: Any) -> str:
    """Say what was done with missing outputs and samples left out; empty where nothing is missing."""
    return line(record.text, 600) if record is not None else ""
