"""How numbers are written in reports: one rule for digits, in one place.

Why: an estimate is written so that the width of its interval shows two significant figures where they
are 10 to 35, else one: the rule by which the Particle Data Group rounds. A number without an interval
gets three. More digits would claim more than was measured.

References: Particle Data Group, Review of Particle Physics, introduction, section 5.3 (Rounding).
"""

import math
import re

MISSING = "–"
MINUS = "\N{MINUS SIGN}"
TWO_FIGURES = 3.55
"""Leading digits of a width below which it shows two significant figures."""

LEVEL_DECIMALS = 3
"""Decimals of a level in dB: what is less than a thousandth is nothing."""

THIN = "\N{NARROW NO-BREAK SPACE}"


def _fixed(value: float, decimals: int) -> str:
    """Write with fixed decimals, a true minus sign, no negative zero."""
    if math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    text = f"{value:.{max(decimals, 0)}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def _decimals(width: float) -> int:
    """Decimals at which `width` shows two significant figures up to 35, else one."""
    power = math.floor(math.log10(width))
    leading = width / 10.0**power
    return min(max((1 if leading < TWO_FIGURES else 0) - power, 0), 8)


def number(value: float | None, figures: int = 3) -> str:
    """Write a number without an interval: three significant figures, no trailing zeros."""
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value) or value == 0:
        return _fixed(value, 0)
    magnitude = math.floor(math.log10(abs(value)))
    if magnitude >= 7 or magnitude < -5:
        mantissa, _, exponent = f"{value:.{figures - 1}e}".partition("e")
        return f"{mantissa}e{int(exponent)}".replace("-", MINUS)
    text = _fixed(round(value, figures - 1 - magnitude), max(figures - 1 - magnitude, 0))
    return text.rstrip("0").rstrip(".") if "." in text else text


def estimate(value: float | None, low: float | None, high: float | None) -> str:
    """Write `value [low, high]`; the digits follow from the interval's width."""
    text, interval = parts(value, low, high)
    return f"{text} {interval}" if interval else text


def parts(
    value: float | None, low: float | None, high: float | None, *, more: int = 0
) -> tuple[str, str]:
    """Return the value and its interval as two texts with the same decimals, or with some more."""
    if value is None or math.isnan(value):
        return MISSING, ""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return number(value), ""
    width = high - low
    if not math.isfinite(width) or width <= 0:
        return number(value), f"[{number(low)}, {number(high)}]"
    decimals = _decimals(width) + more
    return _fixed(value, decimals), f"[{_fixed(low, decimals)}, {_fixed(high, decimals)}]"


def read(text: str) -> list[float]:
    """Return the finite numbers in a text that was written here."""
    return [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", text.replace(MINUS, "-"))]


def percent(share: float) -> str:
    """Write a share as a percentage with at most two significant figures below 10 %."""
    if math.isnan(share):
        return MISSING
    hundred = 100 * share
    if 0 < hundred < 0.01:
        return f"< 0.01{THIN}%"
    return f"{number(hundred, 2 if hundred < 10 else 3)}{THIN}%"


def count(value: int) -> str:
    """Write a whole number with thin spaces between thousands."""
    return f"{value:,}".replace(",", THIN)


_MANY = re.compile(r"(?!times)([a-z]{3,})s\b")
"""A unit that begins with a word for several: bits, columns, pairs of columns."""


def quantity(value: float | None, unit: str = "", figures: int = 3) -> str:
    """Write a dose with its unit; the explanation in parentheses is left to the glossary.

    A share of something is written in percent; a level of a published table is a name, not an amount.
    """
    short = unit.split(" (", maxsplit=1)[0].strip()
    if short.startswith("share of ") and value is not None and math.isfinite(value):
        return f"{number(100 * value, figures)}{THIN}% {short.removeprefix('share ')}"
    if short.startswith("dB") and value is not None:
        value = round(value, LEVEL_DECIMALS) if math.isfinite(value) else value
    text = number(value, figures)
    if text == "1" and _MANY.match(short):
        short = _MANY.sub(r"\1", short, count=1)
    if short in {"level", "noise level"}:
        return f"{short} {text}"
    if short in {"%", "°"}:
        return text + (THIN if short == "%" else "") + short
    return f"{text} {short}" if short and text != MISSING else text


def spark(values: list[float], low: float, high: float) -> str:
    """Draw values between low and high as a line of eight block heights."""
    blocks = "▁▂▃▄▅▆▇█"
    span = (high - low) or 1.0
    steps = (
        " " if math.isnan(value) else blocks[min(max(int((value - low) / span * 8), 0), 7)]
        for value in values
    )
    return "".join(steps)
