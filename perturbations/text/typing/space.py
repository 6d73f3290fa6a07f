"""The space bar missed, hit a key too early or too late, or hit by mistake."""

from itertools import pairwise

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import NotApplicable, explain
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import Graphemes, graphemes
from perturbations.text._tokens import tokens, touched

_UNSPACED = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0x20000, 0x323AF),
)  # fmt: skip
"""Thai and Lao, Burmese, Khmer, kana, Chinese characters: scripts that put no spaces between words."""

_MOVED, _EXTRA = 1, 2


@perturbation(coupling="mask", keeps=())
def space_slip(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.4, unit="share of spaces", high=1.0),
) -> Noisy:
    """The space bar is missed ("thecat"), hit one key off ("th ecat", "thec at"), or hit once more ("the c at").

    A unit is a single space between two words. In a third of the slips it is lost; in a third it trades places with
    the character before or after it; in a third it stays, and another one splits the word after it. A space
    does not move past a word of one character, nor is that split: it is lost instead.

    Severity: share of the spaces between words with a slip.

    Raises:
        NotApplicable: the text has no space between words because its script writes none.

    References: Náplava et al., Understanding Model Robustness to User-generated Noisy Texts, W-NUT 2021
        ("whitespace"); the three kinds and their shares are our choice.
    """
    units = graphemes(text)
    words = tokens(units)
    gaps = [
        (left, right)
        for left, right in pairwise(words)
        if right[0] - left[1] == 1 and units.parts[left[1]] == " "
    ]
    if not gaps:
        _demand_spaces(text)
    edits = [_slip(units, *gaps[i], how) for i, how in touched(draw, len(gaps), share)]
    return noised(text, edits, requested=share, eligible=len(gaps))


def _slip(units: Graphemes, left: tuple[int, int], right: tuple[int, int], how: float) -> Edit:
    parts, starts, at = units.parts, units.starts, left[1]
    kind, rest = int(how * 3), how * 3 % 1.0
    letters = right[1] - right[0]
    if kind == _EXTRA and letters > 1:
        inside = starts[right[0] + 1 + int(rest * (letters - 1))]
        return inside, inside, " "
    ways = [
        *([(starts[at - 1], starts[at + 1], " " + parts[at - 1])] if at - left[0] > 1 else []),
        *([(starts[at], starts[at + 2], parts[at + 1] + " ")] if letters > 1 else []),
    ]
    if kind == _MOVED and ways:
        return ways[int(rest * len(ways))]
    return starts[at], starts[at + 1], ""


def _demand_spaces(text: str) -> None:
    unspaced = not text.isascii() and any(
        low <= ord(character) <= high for character in text for low, high in _UNSPACED
    )
    if unspaced:
        expected = "a text with spaces between words, of a script that writes them"
        raise NotApplicable(explain(expected, "text", text))
