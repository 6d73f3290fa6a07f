"""Misspellings that people really made."""

import re
from functools import cache

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import extending, is_plain
from perturbations.text._tables import ENGLISH, misspellings
from perturbations.text._tokens import touched


@perturbation(coupling="mask", keeps=(), measure="tokens_changed", requires=("text",))
def natural_typo(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.1, 0.25, 0.5, 0.75, 1.0, unit="share of words with a known misspelling", high=1.0
    ),
    table: str = ENGLISH,
) -> Noisy:
    """A word is written as somebody once wrote it wrong: misspelt, confused, a letter too few.

    Errors are real ones, looked up: only from the right spelling to the wrong one, at most two edits away,
    each listed error of a word as likely. Case and the punctuation around the word stay. Some errors are
    words themselves ("form" for "from"); the report counts them.

    Severity: share of the words with a listed misspelling that are misspelt.

    Args:
        table: "en" for the English learners' table that nlpaug carries, or the path of a file with a line
            per word: "correct error error ..." (charNMT-noise), "wrong->right, right" (codespell), or
            "correct<TAB>error".

    Raises:
        MissingExtra: the table is "en" and nlpaug is not installed.
        BadSetting: the file cannot be read, or holds no pair.

    References: Belinkov & Bisk, Synthetic and Natural Noise Both Break Neural Machine Translation, ICLR 2018
        ("natural noise").
    """
    known = misspellings(table)
    found = [
        (word, known.get(word[0].lower())) for word in _word(plain=is_plain(text)).finditer(text)
    ]
    words = [(word, errors) for word, errors in found if errors]
    edits: list[Edit] = []
    real = 0
    for i, how in touched(draw, len(words), share):
        word, errors = words[i]
        error = errors[int(how * len(errors))]
        real += error in known
        edits.append((*word.span(), _cased_like(word[0], error)))
    return noised(text, edits, requested=share, eligible=len(words), real_words=real)


def _cased_like(word: str, error: str) -> str:
    if word.isupper() and len(word) > 1:
        return error.upper()
    return error[0].upper() + error[1:] if word[0].isupper() else error


@cache
def _word(*, plain: bool) -> re.Pattern[str]:
    """Find words with inner apostrophes, whole: not a part of one that a combining mark continues."""
    if plain:
        return re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
    mark = extending()
    return re.compile(rf"(?<![^\W_])(?<![{mark}])[^\W_]++(?:['-][^\W_]++)*+(?![{mark}])")
