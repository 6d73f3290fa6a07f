"""Marks above and below letters, and letters that differ by a stroke or a length, in many scripts.

These noises act on code points: they take marks off a letter, put others there, or change the letter under its marks,
so they split what a reader counts as one character. That is what they are about.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import NotApplicable, explain
from perturbations.text.scripts._mark_table import (
    SCRIPTS,
    Script,
    body,
    owners,
    script_of,
    swaps,
)
from perturbations.text.scripts._script import (
    Exchange,
    Place,
    demand_known,
    groups_to_options,
    replaced,
)

AUTO = "auto"
_WHICH = {"usual": "usual", "all": "marks"}


@perturbation(coupling="mask", keeps=())
def drop_marks(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.25, 0.5, 1.0, unit="share of marks", high=1.0),
    script: str = AUTO,
    marks: str = "usual",
) -> Noisy:
    """Marks above and below letters are not written: vowels of Arabic and Hebrew, tones of Thai, nuktas of Hindi.

    A unit is a nonspacing mark (category Mn), a code point: it goes, and the letter that carried it stays, so
    characters as a reader counts them are split. Units are the marks that writers do leave out: all of Arabic, Hebrew,
    Syriac and the accents; tones of Thai, Lao and Burmese; of Indic scripts nukta, chandrabindu, anusvara and the
    like, not vowel signs or virama. Signs with a width of their own, such as the aa of Hindi, stay. Precomposed letters (é) carry no mark: only a text in NFD does. The report counts marks by script.

    Severity: share of the marks that are dropped.

    Settings:
        script: whose marks: "arabic", "hebrew", "syriac", "thaana", "devanagari", "bengali", "gurmukhi", "gujarati",
            "tamil", "telugu", "kannada", "malayalam", "sinhala", "thai", "lao", "tibetan", "myanmar", "khmer",
            "latin" (general combining marks, on Greek and Cyrillic too), "kana" (separate voicing marks), or
            "auto": every script of the text.
        marks: "usual" for those that writers leave out, of which Thaana, Tibetan and kana have none; "all" for every
            nonspacing mark of the script.

    Raises:
        BadSetting: no such script or choice of marks, or a script of which no mark is left out usually.
        NotApplicable: the text has nothing of the script, or of any of them.

    References: Unicode 15.0, general category Mn; which marks are usual, and the rungs are our choice.
    """
    demand_known("marks", marks, tuple(_WHICH))
    names = _scripts(text, script, _WHICH[marks])
    known = owners(names, _WHICH[marks])
    at = [i for i, character in enumerate(text) if character in known]
    places: list[Place] = [(i, i + 1, ("",)) for i in at]
    return replaced(text, places, draw, share, scripts=_count(text, at, names))


@perturbation(coupling="mask", keeps=())
def swap_marks(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.4, unit="share of such marks", high=1.0),
    script: str = AUTO,
) -> Noisy:
    """A mark becomes another one of its kind: a short vowel another, a tone another, u the long u.

    A unit is a nonspacing mark that belongs to a group of its script: short vowels and nunations of Arabic, vowels of
    Hebrew that sound alike, tones and vowels above or below of Thai and Lao, short and long vowels of Indic scripts,
    accents. The edit puts another one of its group there, so it acts inside of what a reader counts as one
    character. The report counts such marks by script.

    Severity: share of such marks that become another.

    Settings:
        script: whose marks, as in drop-marks; "auto" is every script of the text.

    Raises:
        BadSetting: no such script, or one without such marks.
        NotApplicable: the text has nothing of the script, or of any of them.

    References: Unicode 15.0, general category Mn; the groups and the rungs are our choice.
    """
    names = _scripts(text, script, "swaps")
    options = _swaps(names)
    at = [i for i, character in enumerate(text) if character in options]
    places = [(i, i + 1, options[text[i]]) for i in at]
    return replaced(text, places, draw, share, scripts=_count(text, at, names))


@perturbation(coupling="mask", keeps=())
def letter_forms(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.4, unit="share of such letters", high=1.0),
    script: str = AUTO,
) -> Noisy:
    """A letter becomes one that looks or sounds alike: alif without its hamza, a short vowel for a long one.

    A unit is a code point of a group of its script: seats of hamza, ta marbuta and ha, ya and alif maqsura at the end
    of a word (Arabic); letters that sound alike, and final forms at the end of a word (Hebrew); letters that differ by
    a notch (Thai); short and long vowels and sibilants (Indic). Marks on the letter stay. The report counts such letters
    by script.

    Severity: share of such letters that become another.

    Settings:
        script: whose letters: "arabic", "hebrew", "thai", "devanagari", "bengali", "gurmukhi", "gujarati", "tamil",
            "telugu", "kannada", "malayalam", "sinhala", or "auto": every script of the text.

    Raises:
        BadSetting: no such script.
        NotApplicable: the text has nothing of the script, or of any of them.

    References: Mohit et al., The First QALB Shared Task on Automatic Text Correction for Arabic, ANLP 2014 (the kinds of
        error in Arabic); the groups and the rungs are our choice.
    """
    names = _scripts(text, script, "forms")
    by_script = {name: _letters(text, name) for name in names}
    places = [place for each in by_script.values() for place in each]
    counts = {name: len(each) for name, each in by_script.items()}
    return replaced(text, sorted(places), draw, share, scripts=counts)


def _scripts(text: str, asked: str, role: str) -> tuple[str, ...]:
    """Return the scripts of a text that a noise is about.

    Raises:
        BadSetting: no such script, or one that has nothing of the role.
        NotApplicable: the text has none of them.
    """
    able = tuple(name for name, script in SCRIPTS.items() if getattr(script, role))
    demand_known("script", asked, (AUTO, *able))
    wanted = able if asked == AUTO else (asked,)
    present = set() if text.isascii() else set(map(script_of, set(text)))
    there = tuple(name for name in wanted if name in present)
    if not there:
        hint = "the noise is about marks and letters of such scripts: leave it out for other texts"
        raise NotApplicable(explain(f"a text in {' or '.join(wanted)}", "text", text, hint))
    return there


def _count(text: str, at: Sequence[int], names: tuple[str, ...]) -> dict[str, int]:
    """Return how many of some marks are of each script of the text."""
    known = owners(names)
    return dict.fromkeys(names, 0) | Counter(known[text[i]] for i in at)


@cache
def _swaps(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return groups_to_options([group for name in names for group in swaps(SCRIPTS[name])])


@cache
def _forms(name: str) -> tuple[Exchange, Exchange]:
    """Return the confusions of letters anywhere, and of those at the end of a word."""
    script = SCRIPTS[name]
    last = groups_to_options(script.last.split())
    anywhere = Exchange.of(groups_to_options(script.forms.split()))
    return anywhere, Exchange(_ending(script, last) if last else re.compile("(?!)"), last)


def _ending(script: Script, last: dict[str, tuple[str, ...]]) -> re.Pattern[str]:
    """Find letters at the end of a word of two letters and more; marks may follow."""
    mark = body(script.marks)
    return re.compile(rf"(?<=[^\W\d_{mark}]|[{mark}])[{''.join(last)}](?=[{mark}]*(?![\w{mark}]))")


def _letters(text: str, name: str) -> list[Place]:
    """Return the letters of one script; of two confusions at one spot, each option of both is as likely."""
    options: dict[int, dict[str, None]] = {}
    for pattern, others in _forms(name):
        for match in pattern.finditer(text):
            options.setdefault(match.start(), {}).update(dict.fromkeys(others[match[0]]))
    return [(start, start + 1, tuple(each)) for start, each in options.items()]
