"""MultiBench's noise in text: longer words are misspelt in one of five ways."""

import re
from collections.abc import Sequence
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Noisy, perturbation
from perturbations._multibench import LEVEL, Parts, chosen, within
from perturbations.text._graphemes import extending, is_plain
from perturbations.text._words import Span, need_words
from perturbations.text.presets._per_token import (
    Change,
    cased_keys,
    changed,
    middle_shuffled,
    swapped,
    typo,
)

PARTS = ("swap", "shuffle", "typo", "repeat", "omit")
SHORTEST = 5
"""Letters of the shortest word that may be hit."""


@perturbation(
    "multibench/text",
    family="multibench",
    modality="text",
    coupling="mask",
    keeps=(),
    measure="tokens_changed",
)
def text(text: str, draw: Draw, *, level: Dose = LEVEL, parts: Parts = PARTS, divided_by: float = 1.0) -> Noisy:  # fmt: skip
    """Longer words are misspelt, each in one of five ways: what hurried typing does to a review or a transcript.

    A word is a run of letters; one of five or more is hit with probability `level`, by one of the parts, each as
    likely: swap (two inner neighbours trade places), shuffle (the inner letters fall in random order), typo (a key
    beside the right one), repeat (a letter twice), omit (an inner letter is missing). A shuffle, or a swap of equal
    letters, may give back what was there.

    Departures from the program: the text is not rewritten first (there, all of it is lower-cased, digits become N,
    addresses L, markup goes and punctuation is set apart, at level 0 too, so that its clean text is not clean); a
    letter keeps its case; the keyboard is computed from a layout. As there, short words are never hit, so that
    level 1 is far from all words.

    Severity: the protocol's noise level, 0 to 1: the probability of a longer word to be hit.

    Settings:
        parts: some of these five.
        divided_by: what the level is divided by first: 3 in the joint sweep of the affect data sets.

    Raises:
        BadSetting: there is no such part, or the divisor is below 1.
        NotApplicable: the text is of a script that puts no spaces between words.

    References: Liang et al. 2021, MultiBench: Multiscale Benchmarks for Multimodal Representation Learning (text imperfections).
    """
    need_words(text)
    share = within(level, divided_by)
    return changed(text, _words(text), draw, share, partial(_one_of, _ways(parts)))


def _one_of(
    ways: Sequence[Change], letters: Sequence[str], how: float, order: NDArray[np.float64]
) -> Sequence[str]:
    index, rest = divmod(how * len(ways), 1.0)
    return ways[int(index)](letters, rest, order)


@cache
def _ways(parts: Parts) -> tuple[Change, ...]:
    slip = partial(typo, cased_keys("qwerty"))
    ways: tuple[Change, ...] = (swapped, middle_shuffled, slip, _repeated, _omitted)
    known = dict(zip(PARTS, ways, strict=True))
    return tuple(known[name] for name in chosen(parts, PARTS))


def _repeated(letters: Sequence[str], how: float, order: NDArray[np.float64]) -> Sequence[str]:
    place = int(how * len(letters))
    return [*letters[:place], letters[place], *letters[place:]]


def _omitted(letters: Sequence[str], how: float, order: NDArray[np.float64]) -> Sequence[str]:
    place = 1 + int(how * (len(letters) - 2))
    return [*letters[:place], *letters[place + 1 :]]


def _words(text: str) -> list[Span]:
    return [match.span() for match in _word(plain=is_plain(text)).finditer(text)]


@cache
def _word(*, plain: bool) -> re.Pattern[str]:
    mark = "" if plain else f"[{extending()}]*+"
    before = "" if plain else f"(?<![{extending()}])"
    return re.compile(rf"{before}(?:[^\W\d_]{mark}){{{SHORTEST},}}+")
