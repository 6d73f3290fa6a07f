"""What a curve answers with: frozen records that print as one sentence.

Why: a number without its interval and n invites a wrong claim, so no answer is a bare float.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

Json = dict[str, Any]
"""What `json.dumps` writes without NaN: None stands for NaN and "inf" for infinity."""


LARGE, MANY = 10, 1000
"""From where a number gets one decimal, and from where four digits."""


def number(value: float) -> str:
    """Write a number with three decimals, one where it is large; `?` where there is none."""
    if math.isnan(value):
        return "?"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    text = f"{value:.4g}" if abs(value) >= MANY else f"{value:.{3 if abs(value) < LARGE else 1}f}"
    return text.lstrip("-") if float(text) == 0 else text


def percent(share: float) -> str:
    """Write a share in percent."""
    return f"{100 * share:g} %"


def p_words(p: float) -> str:
    """Write a p-value with two significant digits; below 0.001 nothing is gained by more."""
    if math.isnan(p):
        return "p unknown"
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def span(low: float, high: float) -> str:
    """Write an interval."""
    return f"[{number(low)}, {number(high)}]"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval and the number of samples behind it."""

    value: float
    low: float
    high: float
    n: int
    text: str
    """The sentence that a report shows."""
    p: float = math.nan
    """Of the hypothesis that noise changes nothing, where the value is a change; else NaN."""
    test: str = ""
    """How: McNemar's exact test with mid-p for 0/1 scores, sign flips for fewer than 30 units, or t."""

    def __repr__(self) -> str:
        return self.text

    def __float__(self) -> float:
        return self.value


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The severity at which a share of the performance is lost."""

    severity: float
    """NaN where undefined; the largest severity measured where never reached."""
    low: float
    high: float
    """Infinite where the interval is open above."""
    censored: bool
    """Never reached on the measured severities."""
    drop: float
    n: int
    text: str

    def __repr__(self) -> str:
        return self.text


Writer = Callable[[float, float, float], tuple[str, str]]
"""Writes a value and its interval."""


def two_digits(value: float, low: float, high: float) -> tuple[str, str]:
    """Write a severity and its interval with two decimals."""
    return f"{value:.2f}", f"[{low:.2f}, {high:.2f}]"


def told(
    found: Tolerance, severities: Sequence[float], write: Writer = two_digits
) -> tuple[str, str]:
    """Return a tolerance and its interval in words no finer than what was measured; they are everywhere the same.

    What was never lost is `> 1`, what was lost at the mildest severity already `≤ 0.2`, and so is an end of the interval there.

    Args:
        found: the tolerance; not an undefined one.
        severities: of the curve, from 0.
        write: what lies between.
    """
    first, last = severities[1], severities[-1]
    early, never = f"≤ {first:.3g}", f"> {last:.3g}"
    severity = math.inf if found.censored else found.severity
    low, high = found.low, found.high
    text, interval = write(min(severity, last), min(low, last), min(high, last))
    bottom, _, top = interval.strip("[]").partition(", ")
    if high > last:  # an open interval has no width that would say how many digits are meant
        bottom = f"{min(low, last):.2f}"
    if low >= last or low <= first:
        bottom = never if low >= last else early
    if high > last or high <= first:
        top = early if high <= first else never
    shown = f"[{bottom}, {top}]" if interval and bottom != top else ""
    return never if found.censored else early if severity <= first else text, shown


@dataclass(frozen=True, slots=True)
class Slope:
    """How fast the metric falls: at the start and where it falls fastest, per unit of severity."""

    at_zero: float
    low: float
    high: float
    steepest: float
    start: float
    """Severity at which the steepest step begins."""
    end: float
    p: float
    """Of the hypothesis that the first step changes nothing."""
    text: str

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Knee:
    """The severity after which the curve bends; NaN where no bend is significant."""

    severity: float
    gap: float
    """How much a broken line beats a straight one, as a difference of BIC."""
    p: float
    text: str

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Cliff:
    """The largest loss between neighbouring severities, with an interval that allows for choosing it."""

    start: float
    end: float
    drop: float
    low: float
    high: float
    p: float
    text: str

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Psychometric:
    """A sigmoid of log severity through the curve: where half is lost and how steeply; false where none serves."""

    shape: str
    """`logistic`, `normal` or `Weibull`; empty where none serves."""
    threshold: float
    """Severity at which half of the way from `top` to `floor` is lost; NaN where none serves, as all below."""
    low: float
    high: float
    slope: float
    """Share of that way that is lost there per e-fold of severity."""
    slope_low: float
    slope_high: float
    top: float
    """Fitted value on untouched data; 1 less this is the lapse rate of a share."""
    floor: float
    """What noise takes the value down to: the guess rate."""
    guessed: bool
    """Whether the floor is chance, or the bottom of the range; else it is fitted."""
    p: float
    """Of a misfit as large where the curve has this shape."""
    n: int
    text: str

    def __bool__(self) -> bool:
        return bool(self.shape)

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """What the band is made of where it is widest, and what would narrow it."""

    severity: float
    half: float
    """Half of the width of the band there; NaN where there is none."""
    samples: float
    """Share of the variance that is which samples were drawn; NaN where one replicate does not tell."""
    draws: float
    """Share of it that is how noise fell on them."""
    replicates: int
    wide: bool
    """Whether the band reaches farther than a tenth of the performance above chance."""
    more_samples: int | None
    """Samples (or groups) that would bring it there; None where it is narrow enough, or nothing is known."""
    more_replicates: int | None
    """Replicates of the same samples that would; None where no reasonable number does."""
    text: str

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Monotone:
    """Whether more noise never helps, as far as the data can tell."""

    holds: bool
    distance: float
    """Largest distance to the nearest curve that only gets worse."""
    p: float
    helps: tuple[float, ...]
    """Severities with a significantly better value than some milder severity."""
    text: str

    def __bool__(self) -> bool:
        return self.holds

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Missing:
    """How many outputs are missing, and what was done with them."""

    samples: int
    per_severity: tuple[int, ...]
    excluded: int
    """Samples left out at every severity, because the metric has no worst value."""
    text: str
    """Empty where nothing is missing."""

    def __bool__(self) -> bool:
        return self.samples > 0

    def __repr__(self) -> str:
        return self.text or "nothing missing"


RECORDS = (Estimate, Tolerance, Slope, Knee, Cliff, Psychometric, Uncertainty, Monotone, Missing)


def pack(value: Any) -> Any:
    """Make a value fit for JSON."""
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return value if math.isfinite(value) else ("inf" if value > 0 else "-inf")
    if isinstance(value, tuple | list):
        return [pack(item) for item in value]
    if isinstance(value, dict):
        return {key: pack(item) for key, item in value.items()}
    if isinstance(value, RECORDS):
        return {"kind": type(value).__name__, **pack(asdict(value))}
    return value


def unpack(value: Any) -> Any:
    """Undo `pack` for a record or a list of numbers."""
    if isinstance(value, dict) and "kind" in value:
        return _record(value)
    if isinstance(value, list):
        return tuple(unpack(item) for item in value)
    if value is None:
        return math.nan
    return float(value) if value in ("inf", "-inf") else value


def _record(value: Json) -> Any:
    kind = next(record for record in RECORDS if record.__name__ == value["kind"])
    known = [field.name for field in fields(kind) if field.name in value]
    return kind(**{name: unpack(value[name]) for name in known})
