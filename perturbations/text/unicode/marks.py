"""Accents: taken off, exchanged, or stored apart from their letters."""

import re
import unicodedata

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text._graphemes import graphemes
from perturbations.text._places import (
    CYRILLIC,
    GREEK,
    LATIN,
    Place,
    demand_script,
    demand_setting,
    replaced,
)
from perturbations.text._substitution import substituted
from perturbations.text.unicode._twins import marked, plain

_MARK = re.compile("[\u0300-\u036f]+")
"""Combining Diacritical Marks, fixed here; the category Mn grows with the Python version."""
_ALPHABET = re.compile(f"[{LATIN}{GREEK}{CYRILLIC}]")
_FORMS = ("NFD", "NFC")
_SETTLED = 0x10000
"""Decompositions below this have not changed since Unicode 6.1, and never will (Unicode's stability policy)."""


@perturbation(coupling="mask", keeps=())
def normalisation_form(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.1, 0.25, 0.5, 0.75, 1.0, unit="share of characters with two forms", high=1.0
    ),
    form: str = "NFD",
) -> Noisy:
    """A letter is stored apart from its accent, or joined with it: the same text in other code points.

    A unit is a character that the form changes and whose other form restores it, Korean syllables among them.
    The edit writes it in that form: at share 1 of "NFD", a text in NFC comes in NFD, and NFC restores it.
    ASCII has one form only: an English text mostly has no unit, and comes back as it is.

    Severity: share of the characters with two forms that change theirs.

    Settings:
        form: "NFD" takes characters apart, "NFC" puts them together.

    Raises:
        BadSetting: no such form.

    References: Unicode Standard Annex 15, Unicode Normalization Forms.
    """
    demand_setting("form", form, _FORMS)
    if text.isascii():
        return replaced(text, [], draw, share)
    units = graphemes(text)
    other = "NFC" if form == "NFD" else "NFD"
    places: list[Place] = []
    for start, part in zip(units.starts, units.parts, strict=False):
        if part.isascii() or ord(max(part)) >= _SETTLED:
            continue
        changed = unicodedata.normalize(form, part)  # type: ignore[arg-type]
        if changed != part and unicodedata.normalize(other, changed) == part:  # type: ignore[arg-type]
            places.append((start, start + len(part), (changed,)))
    return replaced(text, places, draw, share)


@perturbation(coupling="mask", keeps=())
def accents_stripped(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of accented letters", high=1.0),
) -> Noisy:
    """Letters lose their accents, as typed on a keyboard or kept by a system that has none: e for é, и for й.

    A unit is a Latin, Greek or Cyrillic letter with a mark (U+0300 to U+036F after decomposition). The edit
    takes the marks off. Letters that are no letter and mark, such as ł, ø, đ and ß, stay. A text without
    accents has no unit, and comes back as it is.

    Severity: share of the accented letters that lose their marks.

    Raises:
        NotApplicable: no letter of the text is Latin, Greek or Cyrillic.

    References: Náplava et al., Understanding Model Robustness to User-generated Noisy Texts, W-NUT 2021
        ("diacritics").
    """
    demand_script(text, "Latin, Greek or Cyrillic", LATIN, GREEK, CYRILLIC)
    if text.isascii():
        return replaced(text, [], draw, share)
    units = graphemes(text)
    places: list[Place] = []
    for start, part in zip(units.starts, units.parts, strict=False):
        if part.isascii() or not _ALPHABET.match(part):
            continue
        apart = unicodedata.normalize("NFD", part)
        bare = _MARK.sub("", apart)
        if bare != apart:
            places.append((start, start + len(part), (bare,)))
    return replaced(text, places, draw, share)


@perturbation(coupling="mask", keeps=())
def wrong_diacritic(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.02, 0.05, 0.1, 0.25, 0.5, unit="share of letters that take marks", high=1.0
    ),
    letters: str = "all",
) -> Noisy:
    """A letter gets an accent that it should not have, or another one, or none: ä, à or a for á.

    A unit is a letter, stored as one code point, that differs from others only in its marks, in the alphabets
    of Europe and Vietnam. The edit puts one of those there, each as likely and in the same case.

    Severity: share of the letters that take marks and get wrong ones.

    Settings:
        letters: "all", or only those that are "accented" in the clean text.

    Raises:
        NotApplicable: no letter of the text is Latin, Greek or Cyrillic.
        BadSetting: no such kind of letters.

    References: Náplava et al., Understanding Model Robustness to User-generated Noisy Texts, W-NUT 2021
        ("diacritics"); the groups of letters are our own.
    """
    demand_setting("letters", letters, ("all", "accented"))
    demand_script(text, "Latin, Greek or Cyrillic", LATIN, GREEK, CYRILLIC)
    groups = marked()
    if letters == "accented":
        groups = {letter: others for letter, others in groups.items() if letter not in plain()}
    return substituted(text, groups, draw, share)
