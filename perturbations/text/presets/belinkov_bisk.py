"""Belinkov & Bisk's noise as their article describes it: letters of words, whatever their case and punctuation."""

import re
from collections.abc import Sequence
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Noisy, perturbation, preset
from perturbations.text._graphemes import extending, is_plain
from perturbations.text._places import cased_like
from perturbations.text._tables import ENGLISH, Table, misspellings
from perturbations.text._words import Span
from perturbations.text.presets._per_token import (
    SHARES,
    cased_keys,
    changed,
    middle_shuffled,
    shuffled,
    swapped,
    typo,
)

PRESET = preset(
    "belinkov-bisk",
    modality="text",
    title="The five noises of Belinkov & Bisk (ICLR 2018) as described, on a share of the words",
    note="The definitions on your own texts: not their data, and not their random numbers. A word is what stands inside its "
    "punctuation; a letter keeps its case. The keyboard is computed from a layout and the English errors come from nlpaug, "
    "because the released tables have no licence; damaged entries are left out. The preset belinkov-bisk-released "
    "does what the released program does.",
)

_FAR = 99
"""Edits between a word and its error: the article sets no limit."""


@perturbation(
    "belinkov-bisk/swap",
    family="belinkov-bisk",
    coupling="mask",
    keeps=(),
    measure="tokens_changed",
)
def swap(text: str, draw: Draw, *, share: Dose = SHARES) -> Noisy:
    """Two neighbouring letters inside a word trade places; the first and the last stay.

    A unit is a word without the punctuation around it. All words are eligible; one of three letters or fewer stays as
    it is, and so does one whose two letters are equal.

    Severity: share of the words that are hit; 1 is the published protocol.

    References: Belinkov & Bisk, Synthetic and Natural Noise Both Break Neural Machine Translation, ICLR 2018 ("swap");
        rungs below 1 are our own choice.
    """
    return changed(text, _words(text), draw, share, swapped)


@perturbation(
    "belinkov-bisk/middle",
    family="belinkov-bisk",
    coupling="mask",
    keeps=(),
    measure="tokens_changed",
)
def middle(text: str, draw: Draw, *, share: Dose = SHARES) -> Noisy:
    """The letters of a word but the first and the last fall in random order.

    A unit is a word without the punctuation around it. All words are eligible; one of three letters or fewer stays as
    it is, and a shuffle may give back what was there.

    Severity: share of the words that are hit; 1 is the published protocol.

    References: Belinkov & Bisk, Synthetic and Natural Noise Both Break Neural Machine Translation, ICLR 2018 ("middle random");
        rungs below 1 are our own choice.
    """
    return changed(text, _words(text), draw, share, middle_shuffled)


@perturbation(
    "belinkov-bisk/random",
    family="belinkov-bisk",
    coupling="mask",
    keeps=(),
    measure="tokens_changed",
)
def random(text: str, draw: Draw, *, share: Dose = SHARES) -> Noisy:
    """All letters of a word fall in random order.

    A unit is a word without the punctuation around it, and all are eligible; a shuffle may give back what was there.

    Severity: share of the words that are hit; 1 is the published protocol.

    References: Belinkov & Bisk, Synthetic and Natural Noise Both Break Neural Machine Translation, ICLR 2018 ("fully random");
        rungs below 1 are our own choice.
    """
    return changed(text, _words(text), draw, share, shuffled)


@perturbation(
    "belinkov-bisk/key", family="belinkov-bisk", coupling="mask", keeps=(), measure="tokens_changed"
)
def key(text: str, draw: Draw, *, share: Dose = SHARES, layout: str = "qwerty") -> Noisy:
    """One letter of every word is the key beside it.

    A unit is a word without the punctuation around it, and all are eligible. One of its letters that the keyboard has becomes one
    of the keys around it, each as likely; a capital stays a capital.

    Severity: share of the words that are hit; 1 is the published protocol.

    Settings:
        layout: name of a keyboard layout, as in text/keyboard-typo.

    Raises:
        BadSetting: no such layout.

    References: Belinkov & Bisk, Synthetic and Natural Noise Both Break Neural Machine Translation, ICLR 2018 ("keyboard typo");
        rungs below 1 are our own choice.
    """
    near = cased_keys(layout)
    return changed(text, _words(text), draw, share, partial(typo, near))


@perturbation(
    "belinkov-bisk/natural",
    family="belinkov-bisk",
    coupling="mask",
    keeps=(),
    measure="tokens_changed",
    requires=("text",),
)
def natural(text: str, draw: Draw, *, share: Dose = SHARES, table: str = ENGLISH) -> Noisy:
    """Words are written as learners really wrote them.

    A unit is a word without the punctuation around it. All words are eligible; one with listed errors becomes one of them, each as
    likely, and keeps its case.

    Severity: share of the words that are hit; 1 is the published protocol.

    Settings:
        table: the errors, as in text/natural-typo.

    Raises:
        MissingExtra: the table is that of a package that is not installed.
        BadSetting: the file cannot be read, has a line of no known form, or holds no misspelling.

    References: Belinkov & Bisk, Synthetic and Natural Noise Both Break Neural Machine Translation, ICLR 2018 ("natural noise");
        rungs below 1 are our own choice.
    """
    return changed(text, _words(text), draw, share, partial(_mistaken, misspellings(table, _FAR)))


def _mistaken(
    known: Table, parts: Sequence[str], how: float, order: NDArray[np.float64]
) -> Sequence[str]:
    word = "".join(parts)
    errors = known.get(word.lower())
    return parts if errors is None else cased_like(word, errors.pick(how))


def _words(text: str) -> list[Span]:
    return [match.span() for match in _word(plain=is_plain(text)).finditer(text)]


@cache
def _word(*, plain: bool) -> re.Pattern[str]:
    letter = r"[^\W_]" if plain else rf"[^\W_][{extending()}]*+"
    before = "" if plain else rf"(?<![{extending()}])"
    return re.compile(rf"{before}(?:{letter})++(?:['’-](?:{letter})++)*+")
