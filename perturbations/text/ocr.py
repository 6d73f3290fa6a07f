"""Misread print: what optical character recognition makes of look-alike characters."""

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text._substitution import substituted
from perturbations.text._tables import confusions


@perturbation(coupling="mask", keeps=(), requires=("text",), batched=True)
def ocr_confusion(
    text: str | list[str],
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.02, 0.05, 0.1, 0.25, 0.5, unit="share of characters with a look-alike", high=1.0
    ),
) -> Noisy:
    """A scanner takes a character for its look-alike: 0 for O, 1 for l, 5 for 8, C for G.

    Look-alikes are nlpaug's English table, read both ways; each of a character is as likely. It knows single
    characters only (no "rn" for "m").

    Severity: share of the characters with a look-alike that are misread. About a quarter of the characters
        of English have one: the ladder goes from 0.5% (clean print) to 12% (old print) of all characters.

    Raises:
        MissingExtra: nlpaug is not installed.

    References: nlpaug 1.1.11, res/char/ocr/en.json.
    """
    return substituted(text, confusions(), draw, share)
