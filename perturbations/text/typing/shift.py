"""Shift pressed too early or too late, and Caps Lock left on."""

from functools import cache

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import NotApplicable, explain
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import graphemes
from perturbations.text._spoken import main_language
from perturbations.text._substitution import substituted
from perturbations.text._tokens import tokens, touched
from perturbations.text.casing import TURKIC, lower, upper

_CASED = 0x1E944
"""The last script with case, Adlam, ends before this."""
_LONGEST = 5
"""Words after which Caps Lock is noticed at the latest; each number of words from one on is as likely."""


@perturbation(coupling="mask", keeps=(), batched=True)
def shift_slip(
    text: str | list[str],
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="share of letters with case", high=1.0),
    language: str | None = None,
) -> Noisy:
    """Shift comes a moment too early or too late: a letter is in the other case.

    A unit is a letter that has exactly one form in the other case, which leads back to it (not "ß" or a final
    sigma); its accents stay. In Turkish and Azeri, i goes with İ and ı with I.

    Severity: share of such letters that are in the other case.

    Raises:
        NotApplicable: the text has letters, all of a script without case.

    References: Náplava et al., Understanding Model Robustness to User-generated Noisy Texts, W-NUT 2021
        ("casing"); the unit is our choice.
    """
    for each in [text] if isinstance(text, str) else text:
        _demand_case(each)
    return substituted(text, _other_case(_turkic(language)), draw, share, by_cluster=False)


@perturbation(coupling="mask", keeps=(), measure="tokens_changed")
def caps_lock(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.25, 0.5, 1.0, unit="share of words", high=1.0),
    language: str | None = None,
) -> Noisy:
    """Caps Lock is hit by mistake: the next words are in the other case, "hELLO tHERE".

    A unit is a word: what lies between white space. Runs of one to five words begin anywhere, as likely before
    each word, also before the first of the text; runs may overlap. Letters as in `text/shift-slip`, so words
    without any are not counted.

    Severity: share of the words that are typed with Caps Lock on.

    Raises:
        NotApplicable: the text has letters, all of a script without case.

    References: Náplava et al., Understanding Model Robustness to User-generated Noisy Texts, W-NUT 2021
        ("casing"); the runs are our choice.
    """
    _demand_case(text)
    units, other = graphemes(text), text.translate(_translation(_turkic(language)))
    words = [(units.starts[start], units.starts[stop]) for start, stop in tokens(units)]
    hit: set[int] = set()
    for start, how in touched(draw, len(words) + _LONGEST - 1 if words else 0, _beginnings(share)):
        first = start - _LONGEST + 1
        hit.update(range(max(first, 0), min(first + 1 + int(how * _LONGEST), len(words))))
    cased = [text[a:b] != other[a:b] for a, b in words]
    typed = [words[i] for i in sorted(hit) if cased[i]]
    edits: list[Edit] = [(a, b, other[a:b]) for a, b in typed]
    return noised(text, edits, requested=share, eligible=sum(cased))


@cache
def _beginnings(share: float) -> float:
    """Return the share of words before which a run begins, so that `share` of the words lie in some run."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle, outside = (low + high) / 2, 1.0
        for reach in range(1, _LONGEST + 1):
            outside *= 1 - middle * reach / _LONGEST
        low, high = (middle, high) if 1 - outside < share else (low, middle)
    return high


def _turkic(language: str | None) -> str | None:
    """Return the language if i and ı are two letters in it."""
    code = main_language(language)
    return code if code in TURKIC else None


@cache
def _other_case(turkic: str | None = None) -> dict[str, tuple[str, ...]]:
    """Return the other case of each letter that has one of one character, and is that one's other case."""
    found: dict[str, tuple[str, ...]] = {}
    for letter in map(chr, range(_CASED)):
        other = letter.swapcase()
        if other != letter and len(other) == 1 and other.swapcase() == letter:
            found[letter] = (other,)
    if turkic:
        found |= {small: (upper(turkic)(small),) for small in "iı"}
        found |= {capital: (lower(turkic)(capital),) for capital in "İI"}
    return found


@cache
def _translation(turkic: str | None) -> dict[int, str]:
    return {ord(letter): other for letter, (other,) in _other_case(turkic).items()}


def _demand_case(text: str) -> None:
    if text.isascii() or not any(map(str.isalpha, text)):
        return
    if not any(map(_other_case().__contains__, text)):
        expected = "a text in a script that has upper and lower case"
        raise NotApplicable(explain(expected, "text", text))
