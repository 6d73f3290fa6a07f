"""Letters of another script, and signs of compatibility, that look like the ones they stand for."""

import re

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text._places import (
    ARMENIAN,
    CYRILLIC,
    GREEK,
    LATIN,
    Place,
    demand_script,
    demand_setting,
    replaced,
    spans,
)
from perturbations.text._substitution import substituted
from perturbations.text.unicode._twins import SCRIPTS, twins

_FULL = {chr(point): (chr(point + 0xFEE0),) for point in range(0x21, 0x7F)}
"""The full-width forms of ASCII, U+FF01 to U+FF5E."""
_LIGATURES = {"ffi": "ﬃ", "ffl": "ﬄ", "ff": "ﬀ", "fi": "ﬁ", "fl": "ﬂ", "st": "ﬆ"}
_JOINED = re.compile("|".join(_LIGATURES))


@perturbation(coupling="mask", keeps=())
def homoglyph(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.25, 0.5, unit="share of letters with a twin", high=1.0),
    script: str = "any",
) -> Noisy:
    """A letter is another script's that looks the same: Cyrillic а for Latin a, Greek ο for o.

    A unit is a letter with a twin of the same skeleton (UTS #39); the edit puts one of its twins there, each as
    likely. Latin letters become Cyrillic, Greek, Armenian or Cherokee ones, and those become Latin.

    Severity: share of the letters with a twin that are exchanged.

    Settings:
        script: "any", or only "cyrillic" or "greek" twins.

    Raises:
        NotApplicable: no letter of the text is Latin, Cyrillic, Greek or Armenian.
        BadSetting: no such script.

    References: Unicode Technical Standard 39, Unicode Security Mechanisms, section 4; the list of twins is our
        own, fixed by code points.
    """
    demand_setting("script", script, tuple(SCRIPTS))
    demand_script(text, "Latin, Cyrillic or Greek", LATIN, CYRILLIC, GREEK, ARMENIAN)
    return substituted(text, twins(script), draw, share)


@perturbation(coupling="mask", keeps=())
def full_width(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.25, 0.5, unit="share of ASCII characters", high=1.0),
) -> Noisy:
    """A character comes in the width of Chinese and Japanese type: Ａ for A, １ for 1.

    A unit is a visible ASCII character (U+0021 to U+007E); the edit puts its full-width form there (U+FF01 to
    U+FF5E). Spaces stay. Compatibility normalisation (NFKC) restores the text.

    Severity: share of the visible ASCII characters that are wide.

    References: Unicode Standard Annex 11, East Asian Width; Unicode Standard Annex 15 (NFKC).
    """
    return substituted(text, _FULL, draw, share)


@perturbation(coupling="mask", keeps=())
def ligature(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of joined pairs", high=1.0),
) -> Noisy:
    """Letters that print joins come as one character, as copied from a PDF: ﬁ for fi.

    A unit is one of ffi, ffl, ff, fi, fl and st in lower case, the longest from the left. The edit puts the
    ligature there (U+FB00 to U+FB06). Compatibility normalisation (NFKC) restores the text.

    Severity: share of these pairs and triples that are one character.

    References: the Unicode Standard, Alphabetic Presentation Forms (U+FB00).
    """
    places: list[Place] = [
        (start, stop, (_LIGATURES[text[start:stop]],)) for start, stop in spans(_JOINED, text)
    ]
    return replaced(text, places, draw, share)
