"""One summary number with everything that a reader needs to know of it."""

import math
from dataclasses import dataclass
from typing import Any

from noisebench.curve import Estimate
from noisebench.curve._records import number, percent, span

Found = tuple[float, float, float] | str
"""Value, low and high, or why there is none."""

_NO_INTERVAL = "no interval: in some resamples there is nothing to divide by"


@dataclass(frozen=True, slots=True, repr=False)
class Summary:
    """A number of the literature, or one that stands beside it; it prints as a sentence."""

    name: str
    citation: str
    """Authors and year; empty for a number of ours."""
    estimate: Estimate
    """Value, interval and n; not a number where undefined, and then its text says why."""
    higher_is_better: bool
    definition: str
    """What it is, in a line."""
    covers: str
    """The noises and severities that it is over."""
    caveat: str
    """What it must not be read as; empty where there is no danger."""
    percent: bool = False
    """Whether the value is in percent."""

    @property
    def title(self) -> str:
        """Name and citation: the only name under which it is exported."""
        return f"{self.name} ({self.citation})" if self.citation else self.name

    @property
    def better(self) -> str:
        """Which direction is better."""
        return f"{'higher' if self.higher_is_better else 'lower'} is better"

    @property
    def short(self) -> str:
        """Name, value and interval."""
        if math.isnan(self.estimate.value):
            return self.estimate.text
        return f"{self.title} {number(self.estimate.value)} {span(self.estimate.low, self.estimate.high)}"

    def __repr__(self) -> str:
        return self.estimate.text

    def __float__(self) -> float:
        return self.estimate.value

    def row(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "number": self.title,
            "value": self.estimate.value,
            "low": self.estimate.low,
            "high": self.estimate.high,
            "n": self.estimate.n,
            "unit": "%" if self.percent else "",
            "higher_is_better": self.higher_is_better,
            "definition": self.definition,
            "covers": self.covers,
            "caveat": self.caveat,
            "undefined": self.estimate.text if math.isnan(self.estimate.value) else "",
        }


def said(
    name: str,
    citation: str,
    found: Found,
    n: int,
    *,
    higher_is_better: bool,
    definition: str,
    covers: str,
    caveat: str,
    confidence: float,
    in_percent: bool = False,
) -> Summary:
    """Return a summary with its sentence.

    Args:
        name: what the paper calls it.
        citation: authors and year.
        found: value, low and high, or why it is undefined.
        n: samples behind it.
        higher_is_better: its direction.
        definition: what it is, in a line.
        covers: the noises and severities that it is over.
        caveat: what it must not be read as.
        confidence: of the interval.
        in_percent: whether the value is in percent.
    """
    title = f"{name} ({citation})" if citation else name
    if isinstance(found, str):
        nan = math.nan
        estimate = Estimate(nan, nan, nan, n, f"{title}: {found}")
    else:
        value, low, high = found
        better = "higher" if higher_is_better else "lower"
        known = not math.isnan(low + high)
        shown = f"{percent(confidence)} interval, n = {n}" if known else f"{_NO_INTERVAL}, n = {n}"
        bounds = f" {span(low, high)}" if known else ""
        text = (
            f"{title}: {number(value)}{' %' * in_percent}{bounds}, {better} is better: {definition}, {covers}"
            f"{'; ' * bool(caveat)}{caveat} ({shown})"
        )
        estimate = Estimate(value, low, high, n, text)
    return Summary(
        name, citation, estimate, higher_is_better, definition, covers, caveat, in_percent
    )
