"""Key strokes in the wrong order, or too many of them."""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from math import exp, log

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import BREAKS, graphemes
from perturbations.text._layouts import AUTO, has_marks, layout_of, strays
from perturbations.text._tokens import touched

_MOST = (1 - exp(-2)) / 2
"""Share of pairs that are transposed when no further pair can be: pairs that overlap exclude each other."""


@perturbation(coupling="mask", keeps=(), batched=True)
def transposition(
    text: str | list[str],
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="share of neighbouring pairs", high=0.43),
) -> Noisy:
    """Two keys are struck in the wrong order: neighbouring characters trade places, spaces too ("oft he").

    A unit is a pair of neighbouring characters (grapheme clusters) of one line. A pair that shares a character
    with one that was transposed already cannot be: pairs come in random order, each takes its turn if it can,
    and a higher severity goes on from there. A pair of equal characters takes its turn and is not counted.

    Severity: share of the pairs that are transposed; 2 in 100 pairs put 4 in 100 characters out of place. More
        than 0.43 cannot be.

    References: Damerau, A technique for computer detection and correction of spelling errors, CACM 1964
        ("transposition"); the share of turns that gives a share of pairs is that of random sequential adsorption
        of dimers on a line (Flory 1939); anywhere in the text, where Belinkov & Bisk's `swap` is inside words.
    """
    turns = -log(1 - 2 * min(share, _MOST)) / 2
    alone = partial(_transposed, share=share, turns=turns)
    if isinstance(text, list):
        from perturbations.text._packed import transposed_many

        return Noisy(transposed_many(text, draw, turns, alone))
    return alone(text, draw)


def _transposed(text: str, draw: Draw, *, share: float, turns: float) -> Noisy:
    units = graphemes(text)
    parts, starts = units.parts, units.starts
    numbers = draw.uniform(max(len(parts) - 1, 0), stream="unit")
    taken: set[int] = set()
    for i in _in_turn(numbers, turns):
        if taken.isdisjoint((i - 1, i + 1)) and _on_one_line(parts[i], parts[i + 1]):
            taken.add(i)
    edits: list[Edit] = [
        (starts[i], starts[i + 2], parts[i + 1] + parts[i])
        for i in sorted(taken)
        if parts[i] != parts[i + 1]
    ]
    eligible = sum(one != two and _on_one_line(one, two) for one, two in pairwise(parts))
    return noised(text, edits, requested=share, eligible=eligible)


def _in_turn(numbers: np.ndarray[tuple[int], np.dtype[np.float64]], turns: float) -> Iterator[int]:
    """Yield which pairs have their turn, in its order."""
    some = np.flatnonzero(numbers < turns)
    yield from some[np.argsort(numbers[some], kind="stable")].tolist()


def _on_one_line(one: str, two: str) -> bool:
    return one not in BREAKS and two not in BREAKS


@perturbation(coupling="mask", keeps=(), batched=True)
def doubling(
    text: str | list[str],
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="share of characters", high=1.0),
) -> Noisy:
    """A key bounces or is held too long: a character, or the space between two words, is there twice.

    A unit is a character as a reader counts them (grapheme cluster): a letter is doubled with its accents. Line
    breaks are not counted.

    Severity: share of the characters that are doubled.

    References: Karpukhin et al., Training on Synthetic Noise Improves Robustness to Natural Noise in Machine
        Translation, W-NUT 2019 ("insertion"); that it is the same character is our choice.
    """
    alone = partial(_doubled, share=share)
    if isinstance(text, list):
        from perturbations.text._packed import doubled_many

        return Noisy(doubled_many(text, draw, share, alone))
    return alone(text, draw)


def _doubled(text: str, draw: Draw, *, share: float) -> Noisy:
    units = graphemes(text)
    parts, starts = units.parts, units.starts
    edits: list[Edit] = [
        (starts[i + 1], starts[i + 1], parts[i])
        for i, _ in touched(draw, len(parts), share)
        if parts[i] not in BREAKS
    ]
    eligible = len(parts) - sum(map(BREAKS.__contains__, parts))
    return noised(text, edits, requested=share, eligible=eligible)


@perturbation(coupling="mask", keeps=())
def insertion(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="share of characters", high=1.0),
    layout: str = AUTO,
    device: str = "physical",
    language: str | None = None,
) -> Noisy:
    """A finger presses a neighbouring key along with the right one, which comes out before or after it.

    A unit is a character that the layout has a key for; each neighbour is as likely, and before as likely as after.
    A letter that carries combining marks keeps them. After a Korean syllable stands a loose letter: the neighbour of
    its last stroke.

    Severity: share of the characters on the keyboard that bring another one with them.

    Settings:
        layout: as for `text/keyboard-typo`.
        device: "physical" or "mobile".

    Raises:
        BadSetting: no such layout or device.
        NotApplicable: the layout is left to a language that has none, such as Chinese.

    References: Damerau, A technique for computer detection and correction of spelling errors, CACM 1964
        ("insertion"); that it is a neighbouring key is our choice.
    """
    name = layout_of(layout, language)
    near, marks = strays(name, device), has_marks(name, device)
    units = graphemes(text)
    starts = units.starts
    bases = [part[0] for part in units.parts] if marks else units.parts
    edits: list[Edit] = []
    for i, how in touched(draw, len(bases), share):
        options = near.get(bases[i], ())
        if options:
            pick = how * 2 * len(options)
            after = pick >= len(options) or "가" <= bases[i] <= "힣"
            at = starts[i + after]
            edits.append((at, at, options[int(pick) % len(options)]))
    eligible = sum(map(near.__contains__, bases))
    return noised(text, edits, requested=share, eligible=eligible)
