"""Characters that were never typed."""

from functools import partial

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import BREAKS, graphemes
from perturbations.text._tokens import touched


@perturbation(coupling="mask", keeps=(), batched=True)
def drop_character(
    text: str | list[str],
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
    if isinstance(text, list):
        from perturbations.text._packed import dropped_many

        return Noisy(dropped_many(text, draw, share, partial(_dropped, share=share)))
    return _dropped(text, draw, share=share)


def _dropped(text: str, draw: Draw, *, share: float) -> Noisy:
    units = graphemes(text)
    parts, starts = units.parts, units.starts
    edits: list[Edit] = [
        (starts[i], starts[i + 1], "")
        for i, _ in touched(draw, len(parts), share)
        if parts[i] not in BREAKS
    ]
    eligible = len(parts) - sum(map(BREAKS.__contains__, parts))
    return noised(text, edits, requested=share, eligible=eligible)
