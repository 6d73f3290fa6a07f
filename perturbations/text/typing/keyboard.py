"""Slips of the finger onto a neighbouring key."""

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text._layouts import AUTO, has_marks, layout_of, neighbours
from perturbations.text._substitution import substituted


@perturbation(coupling="mask", keeps=(), batched=True)
def keyboard_typo(
    text: str | list[str],
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="share of characters", high=1.0),
    layout: str = AUTO,
    device: str = "physical",
    language: str | None = None,
) -> Noisy:
    """A finger lands one key off: a character becomes one of the keys around it.

    Neighbours come from the geometry of the keys; each is as likely. Upper case stays upper case, and what
    the layout has no key for is not touched or counted, nor is white space. Polish letters on AltGr slip onto
    each other. Where keys type combining marks (Thai, Arabic), a unit is a code point, and marks slip onto marks.
    A Korean syllable is taken apart into its strokes, one of them slips, and it is written again.

    Severity: share of the characters on the keyboard that are mistyped.

    Settings:
        layout: "qwerty", "azerty", "qwertz", "dvorak", "spanish", "italian", "portuguese", "polish" (programmer),
            "czech", "turkish" (Q), "russian", "ukrainian", "hebrew", "arabic" (101), "thai" (Kedmanee) or "korean"
            (2-beolsik); "auto" is that of the input's fact `language`, QWERTY without one.
        device: "physical", or "mobile": the rows of letters of a phone, with the keys at the corners as neighbours.

    Raises:
        BadSetting: no such layout or device.
        NotApplicable: the layout is left to a language that has none, such as Chinese.

    References: Belinkov & Bisk, Synthetic and Natural Noise Both Break Neural Machine Translation, ICLR 2018
        ("keyboard typo"); about 1% of characters are mistyped in practised typing, 5% and more on phones.
    """
    name = layout_of(layout, language)
    by_cluster = not has_marks(name, device)
    return substituted(text, neighbours(name, device), draw, share, by_cluster=by_cluster)
