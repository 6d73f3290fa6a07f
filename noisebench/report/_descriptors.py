"""Writes a curve's fit, cliff, monotonicity and missing outputs in a few words."""

import math
from typing import Any

from noisebench.report import _numbers
from noisebench.report._text import line

SIGNIFICANT = 0.05
"""Largest p-value at which a cliff is named."""


def cliff(record: Any, *, least: float = 0.0) -> str:
    """Say between which severities the curve falls off, if it loses at least so much there, and not by chance."""
    if record is None or math.isnan(float(record.drop)):
        return _numbers.MISSING
    if not (float(record.p) < SIGNIFICANT and float(record.drop) >= least):
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


def half(record: Any) -> tuple[str, str]:
    """Return the severity at which half is lost by a fitted sigmoid, and its interval; an end beyond the ladder is open."""
    if record is None or not record:
        return _numbers.MISSING, ""
    low, high = float(record.low), float(record.high)
    if math.isinf(high):
        text, _ = _numbers.parts(float(record.threshold), low, 1.0)
        return text, f"[{_numbers.number(low, 2)}, > 1]"
    return _numbers.parts(float(record.threshold), low, high)


def sentence(record: Any) -> str:
    """Write what a record says as a sentence; empty where there is none."""
    return "" if record is None else line(f"{record.text[:1].upper()}{record.text[1:]}.", 600)


def missing(record: Any) -> str:
    """Say what was done with missing outputs and samples left out; empty where nothing is missing."""
    return line(record.text, 600) if record is not None else ""
