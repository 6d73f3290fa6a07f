"""Slips of the finger on a physical keyboard."""

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text._layouts import neighbours
from perturbations.text._substitution import substituted


@perturbation(coupling="mask", keeps=(), batched=True)
def keyboard_typo(
    text: str | list[str],
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="share of characters", high=1.0),
    layout: str = "qwerty",
) -> Noisy:
    """A finger lands one key off: a character becomes one of the keys around it.

    Neighbours come from the geometry of the keys; each is as likely. Upper case stays upper case, and what
    the layout has no key for is not touched or counted, nor is white space.

    Severity: share of the characters on the keyboard that are mistyped.

    Args:
        layout: "qwerty", "azerty", "qwertz" or "dvorak".

    Raises:
        BadSetting: no such layout.

    References: Belinkov & Bisk, Synthetic and Natural Noise Both Break Neural Machine Translation, ICLR 2018
        ("keyboard typo"); about 1% of characters are mistyped in practised typing, 5% and more on phones.
    """
    return substituted(text, neighbours(layout), draw, share)
