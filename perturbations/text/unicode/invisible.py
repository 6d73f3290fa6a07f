"""Characters that nobody sees: of no width, or turning the direction of what stands between them."""

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text._graphemes import graphemes
from perturbations.text._places import Place, changed, demand_setting, replaced
from perturbations.text._tokens import tokens

ZERO_WIDTH = {
    "zero-width-space": "\u200b",
    "non-joiner": "\u200c",
    "joiner": "\u200d",
    "word-joiner": "\u2060",
    "byte-order-mark": "\ufeff",
}
BIDI = {
    "override": (("\u202d", "\u202c"), ("\u202e", "\u202c")),
    "embedding": (("\u202a", "\u202c"), ("\u202b", "\u202c")),
    "isolate": (("\u2066", "\u2069"), ("\u2067", "\u2069"), ("\u2068", "\u2069")),
}
"""Controls of direction, opening and closing: left to right, right to left, and by the first strong character."""


@perturbation(coupling="mask", keeps=())
def zero_width(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.01, 0.02, 0.05, 0.1, 0.3, unit="share of places between characters", high=1.0
    ),
    kind: str = "any",
) -> Noisy:
    """Invisible characters stand between the visible ones, as pasted from web pages or put in to pass a filter.

    A unit is a place between two characters as a reader counts them (grapheme clusters stay whole). The edit
    puts one of U+200B, U+200C, U+200D, U+2060 and U+FEFF there, each as likely. Taking these five out restores
    a text that had none. In joined scripts the joiners may change the shape of letters.

    Severity: share of the places that hold an invisible character.

    Settings:
        kind: "any", or one of "zero-width-space", "non-joiner", "joiner", "word-joiner", "byte-order-mark".

    Raises:
        BadSetting: no such kind.

    References: Boucher et al., Bad Characters: Imperceptible NLP Attacks, IEEE S&P 2022 ("invisible
        characters").
    """
    demand_setting("kind", kind, ("any", *ZERO_WIDTH))
    options = tuple(ZERO_WIDTH.values()) if kind == "any" else (ZERO_WIDTH[kind],)
    places: list[Place] = [(at, at, options) for at in graphemes(text).starts[1:-1]]
    return replaced(text, places, draw, share)


@perturbation(coupling="mask", keeps=())
def bidi_control(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.25, 0.5, unit="share of words", high=1.0),
    kind: str = "any",
) -> Noisy:
    """Controls of writing direction stand around words; a screen may show them backwards, memory keeps their order.

    A unit is a run without white space. The edit puts an opening control before it and the closing one after
    it, so that all are balanced: overrides and embeddings (U+202A, B, D, E with U+202C), isolates (U+2066 to
    U+2068 with U+2069), each pair as likely. Taking the controls out restores a text that had none.

    Severity: share of the words that are wrapped.

    Settings:
        kind: "any", or only "override", "embedding" or "isolate".

    Raises:
        BadSetting: no such kind.

    References: Unicode Standard Annex 9, the Bidirectional Algorithm; Boucher et al., Bad Characters:
        Imperceptible NLP Attacks, IEEE S&P 2022 ("reorderings").
    """
    demand_setting("kind", kind, ("any", *BIDI))
    pairs = [pair for name, found in BIDI.items() if kind in ("any", name) for pair in found]
    units = graphemes(text)
    words = [
        (units.starts[first], text[units.starts[first] : units.starts[last]])
        for first, last in tokens(units)
    ]

    def wrapped(word: str) -> list[str]:
        return [f"{opened}{word}{closed}" for opened, closed in pairs]

    return changed(text, words, wrapped, draw, share)
