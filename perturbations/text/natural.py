"""Misspellings that people really made."""

import re
from functools import cache, partial

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import NotApplicable, explain
from perturbations.text._batch import one_by_one
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import extending, is_plain
from perturbations.text._places import cased_like
from perturbations.text._spoken import main_language
from perturbations.text._tables import ENGLISH, LANGUAGES, Table, misspellings
from perturbations.text._tokens import touched

_MANY = 50_000
"""Words of a table that takes longer to sift as a whole than a batch takes."""


@perturbation(coupling="mask", keeps=(), measure="tokens_changed", requires=("text",), batched=True)
def natural_typo(
    text: str | list[str],
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.1, 0.25, 0.5, 0.75, 1.0, unit="share of words with a known misspelling", high=1.0
    ),
    table: str = ENGLISH,
    most: int = 2,
    language: str | None = None,
) -> Noisy:
    """A word is written as somebody once wrote it wrong: misspelt, confused, a letter too few.

    A unit is a word with its inner apostrophes and hyphens; words with a listed error near enough are eligible. Errors
    are real ones, looked up: only from the right spelling to the wrong one, with the listed weights, or each as
    likely where there are none. Case and the punctuation around the word stay. Some errors are words
    themselves ("form" for "from"); the report counts them.

    Severity: share of the words with a listed misspelling that are misspelt.

    Settings:
        table: "en" for the English learners' table that nlpaug carries, "codespell" for the dictionary of an installed
            codespell, "augmentex" or "augmentex-ru" for the weighted tables of an installed augmentex, or the path of a
            file with a line per word: "correct error error ..." (charNMT-noise), "wrong->right" or
            "wrong->right, right," (codespell), or "correct<TAB>error" with a weight in a third column where there is one
            (a first line of just these words is a heading).
        most: most edits between a word and its error; more are another word or damage.

    Raises:
        MissingExtra: the table is that of a package that is not installed.
        BadSetting: the file cannot be read, has a line of no known form, or holds no misspelling.
        NotApplicable: the table is a named one, and the language of the text is another than its own (Russian for
            "augmentex-ru", English for the others). A text without a known language is taken to be of the table's.

    References: Belinkov & Bisk, Synthetic and Natural Noise Both Break Neural Machine Translation, ICLR 2018
        ("natural noise").
    """
    _demand_language(table, language)
    known = misspellings(table, most)
    alone = partial(_misspelt, known=known, share=share)
    if isinstance(text, list):
        if len(known.raw) > _MANY:
            return Noisy(one_by_one(alone, text, draw))
        from perturbations.text._lookup import misspelt_many

        return Noisy(misspelt_many(text, known, draw, share, alone))
    return alone(text, draw)


def _demand_language(table: str, language: str | None) -> None:
    """Raise NotApplicable if a package's table is of another language than the text."""
    own = LANGUAGES.get(table)
    if own and language is not None and main_language(language) != own:
        hint = f"the table {table!r} is of {own!r}: give the path of a table of this language"
        raise NotApplicable(explain(f"a text in {own!r}", "language", language, hint))


def _misspelt(text: str, draw: Draw, *, known: Table, share: float) -> Noisy:
    found = [
        (word, known.get(word[0].lower())) for word in _word(plain=is_plain(text)).finditer(text)
    ]
    words = [(word, errors) for word, errors in found if errors]
    edits: list[Edit] = []
    real = 0
    for i, how in touched(draw, len(words), share):
        word, errors = words[i]
        error = errors.pick(how)
        real += error in known.raw
        edits.append((*word.span(), cased_like(word[0], error)))
    return noised(text, edits, requested=share, eligible=len(words), real_words=real)


@cache
def _word(*, plain: bool) -> re.Pattern[str]:
    """Find words with inner apostrophes, whole: not a part of one that a combining mark continues."""
    if plain:
        return re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
    mark = extending()
    return re.compile(rf"(?<![^\W_])(?<![{mark}])[^\W_]++(?:['-][^\W_]++)*+(?![{mark}])")
