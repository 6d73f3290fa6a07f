"""What an input is worth: the loss when its contents are shuffled across samples, and when it is absent.

Why: a model that never reads an input keeps its score under any noise on it. That is no robustness, and only the
shuffle tells the two apart.

References: Gat et al. 2021 (perceptual score).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from noisebench.curve._records import Estimate
from noisebench.modalities._grid import Grid
from noisebench.modalities._state import SHUFFLED, State, What
from noisebench.modalities._words import fill_words, ground, interval, listed

UNUSED = 0.05
"""Share of the performance above chance: where the loss is surely below it, the model does not use the input (our choice)."""

FLAT = 0.1
"""Share of the performance above chance that a flat curve never loses."""


@dataclass(frozen=True, slots=True)
class Reliance:
    """The loss when one input is shuffled across samples, and when it is absent."""

    input: str
    shuffled: Estimate | None
    """Loss in units of the metric; None where it was not measured."""
    absent: Estimate | None
    fill: str
    """What the model got in the place of the absent input."""
    share: float | None
    """Loss by shuffling as a share of the clean performance above chance; None where that is undefined."""
    most: float | None
    """Upper bound of the share."""
    unused: bool
    """The loss surely is below a twentieth of the performance above chance."""
    flat: tuple[str, ...]
    """Sweeps on the input that never cost a tenth; no robustness where the input is unused."""
    text: str

    def __repr__(self) -> str:
        return self.text

    @property
    def used(self) -> bool:
        """The loss surely is above zero, and may be more than a twentieth."""
        return self.shuffled is not None and self.shuffled.low > 0 and not self.unused

    def row(self) -> dict[str, Any]:
        """Return plain data."""
        found: dict[str, Any] = {"input": self.input}
        for name, loss in (("shuffled", self.shuffled), ("absent", self.absent)):
            pairs = ("", "_low", "_high")
            values = (None,) * 3 if loss is None else (loss.value, loss.low, loss.high)
            found |= {f"{name}{end}": value for end, value in zip(pairs, values, strict=True)}
        n = next((each.n for each in (self.shuffled, self.absent) if each is not None), None)
        rest = {"share": self.share, "unused": self.unused, "flat": list(self.flat), "n": n}
        return found | rest


def reliance(grid: Grid, flat: Mapping[str, tuple[str, ...]]) -> tuple[Reliance, ...]:
    """Return what each input is worth, where it was shuffled or absent.

    Args:
        grid: the cells.
        flat: input to the sweeps on it that never cost a tenth.
    """
    found = [_of(grid, name, flat.get(name, ())) for name in grid.inputs]
    return tuple(each for each in found if each.shuffled or each.absent)


def _of(grid: Grid, name: str, flat: tuple[str, ...]) -> Reliance:
    place = grid.places.get(State.of({name: What(SHUFFLED)}))
    gone = grid.absence(frozenset({name}))
    shuffled = None if place is None else grid.answers.drop(place)
    absent = None if gone is None else grid.answers.drop(gone[0])
    fill = "" if gone is None else gone[1]
    share, most = (None, None) if place is None else _share(grid, place)
    unused = most is not None and most <= UNUSED
    found = Reliance(name, shuffled, absent, fill, share, most, unused, flat, "")
    return _with_text(found, grid)


def _share(grid: Grid, place: int) -> tuple[float | None, float | None]:
    kept = grid.answers.retention.at(place, grid.answers.confidence)
    if math.isnan(kept.value):
        return None, None
    return 1 - kept.value, 1 - kept.low


def _with_text(found: Reliance, grid: Grid) -> Reliance:
    parts = []
    if found.shuffled is not None:
        loss = interval(found.shuffled.value, found.shuffled.low, found.shuffled.high)
        parts.append(f"shuffling {found.input} across samples costs {loss} {grid.metric}")
    if found.absent is not None:
        loss = interval(found.absent.value, found.absent.low, found.absent.high)
        what = "its absence" if parts else f"the absence of {found.input}"
        unit = "" if parts else f" {grid.metric}"
        parts.append(f"{what}{fill_words(found.fill)} costs {loss}{unit}")
    said = f"{', '.join(parts)} ({ground(grid)})"
    if not found.unused:
        return replace(found, text=said)
    flat = f"; its flat curves are no robustness: {listed(found.flat)}" if found.flat else ""
    lead = f"robust because unused: the model does not rely on {found.input}"
    return replace(found, text=f"{lead}: {said}{flat}")
