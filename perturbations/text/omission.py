"""Characters that were never typed."""

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import graphemes
from perturbations.text._tokens import touched

_BREAKS = frozenset({"\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029"})
"""Ends of lines and pages: structure, not typing."""


@perturbation(coupling="mask", keeps=())
def drop_character(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="share of characters", high=1.0),
) -> Noisy:
    """A key press is missed: a character, or the space between two words, is not there.

    A character is what a reader counts as one: a letter with its accents or an emoji sequence goes whole or
    stays whole (grapheme clusters, UAX #29). Line breaks stay and are not counted.

    Severity: share of the characters that are missing.

    References: Karpukhin et al., Training on Synthetic Noise Improves Robustness to Natural Noise in Machine
        Translation, W-NUT 2019 ("deletion").
    """
    units = graphemes(text)
    parts, starts = units.parts, units.starts
    edits: list[Edit] = [
        (starts[i], starts[i + 1], "")
        for i, _ in touched(draw, len(parts), share)
        if parts[i] not in _BREAKS
    ]
    eligible = len(parts) - sum(map(_BREAKS.__contains__, parts))
    return noised(text, edits, requested=share, eligible=eligible)
