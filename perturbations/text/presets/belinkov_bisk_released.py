"""Belinkov & Bisk's noise as the released program makes it: tokens between white space, punctuation and all."""

from collections.abc import Mapping, Sequence
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Noisy, perturbation, preset
from perturbations.text._layouts import neighbours
from perturbations.text._tables import ENGLISH, lines_by_word
from perturbations.text._words import words
from perturbations.text.presets._per_token import (
    SHARES,
    changed,
    keyed,
    middle_shuffled,
    shuffled,
    swapped,
)

PRESET = preset(
    "belinkov-bisk-released",
    modality="text",
    title="The five noises of Belinkov & Bisk (ICLR 2018) as the released program makes them, on a share of the tokens",
    note="Where program and article differ, the program is followed: tokens are split at white space with their punctuation; only "
    "lower-case letters have keys beside them, and capitals stay untouched, since the statement that would restore "
    "case discards its result; natural errors are looked up as the token stands, the last line of a word counts, and "
    "all its errors do. Departures: "
    "white space stays as it is, letters keep their accents, noise is keyed by sample, and the keyboard is computed "
    "from a layout, because the released table has no licence.",
)


@perturbation(
    "belinkov-bisk-released/swap",
    family="belinkov-bisk-released",
    coupling="mask",
    keeps=(),
    measure="tokens_changed",
)
def swap(text: str, draw: Draw, *, share: Dose = SHARES) -> Noisy:
    """Two neighbouring characters inside a token trade places; the first and the last stay.

    A unit is a run of characters between white space, its punctuation with it.
    All are eligible; one of three characters or fewer stays as it is.

    Severity: share of the tokens that are hit; 1 is the published protocol.

    References: Belinkov & Bisk, Synthetic and Natural Noise Both Break Neural Machine Translation, ICLR 2018 ("swap");
        rungs below 1 are our own choice.
    """
    return changed(text, words(text), draw, share, swapped)


@perturbation(
    "belinkov-bisk-released/middle",
    family="belinkov-bisk-released",
    coupling="mask",
    keeps=(),
    measure="tokens_changed",
)
def middle(text: str, draw: Draw, *, share: Dose = SHARES) -> Noisy:
    """The characters of a token but the first and the last fall in random order.

    A unit is a run of characters between white space, its punctuation with it.
    All are eligible; one of three characters or fewer stays as it is.

    Severity: share of the tokens that are hit; 1 is the published protocol.

    References: Belinkov & Bisk, Synthetic and Natural Noise Both Break Neural Machine Translation, ICLR 2018 ("middle random");
        rungs below 1 are our own choice.
    """
    return changed(text, words(text), draw, share, middle_shuffled)


@perturbation(
    "belinkov-bisk-released/random",
    family="belinkov-bisk-released",
    coupling="mask",
    keeps=(),
    measure="tokens_changed",
)
def random(text: str, draw: Draw, *, share: Dose = SHARES) -> Noisy:
    """All characters of a token fall in random order, its punctuation too.

    A unit is a run of characters between white space, its punctuation with it, and all are
    eligible; a shuffle may give back what was there.

    Severity: share of the tokens that are hit; 1 is the published protocol.

    References: Belinkov & Bisk, Synthetic and Natural Noise Both Break Neural Machine Translation, ICLR 2018 ("fully random");
        rungs below 1 are our own choice.
    """
    return changed(text, words(text), draw, share, shuffled)


@perturbation(
    "belinkov-bisk-released/key",
    family="belinkov-bisk-released",
    coupling="mask",
    keeps=(),
    measure="tokens_changed",
)
def key(text: str, draw: Draw, *, share: Dose = SHARES, layout: str = "qwerty") -> Noisy:
    """One character of every token is the key beside it, if it is a small letter.

    A unit is a run of characters between white space, its punctuation with it, and all are
    eligible. One place is drawn; a capital, a digit or a mark there stays, and the token with it.

    Severity: share of the tokens that are hit; 1 is the published protocol.

    Settings:
        layout: name of a keyboard layout, as in text/keyboard-typo.

    Raises:
        BadSetting: no such layout.

    References: Belinkov & Bisk, Synthetic and Natural Noise Both Break Neural Machine Translation, ICLR 2018 ("keyboard typo");
        rungs below 1 are our own choice.
    """
    return changed(text, words(text), draw, share, partial(_typo, _small(layout)))


@perturbation(
    "belinkov-bisk-released/natural",
    family="belinkov-bisk-released",
    coupling="mask",
    keeps=(),
    measure="tokens_changed",
    requires=("text",),
)
def natural(text: str, draw: Draw, *, share: Dose = SHARES, table: str = ENGLISH) -> Noisy:
    """Tokens are written as learners really wrote them, where token and entry agree to the letter.

    A unit is a run of characters between white space, its punctuation with it, and all are
    eligible. One that is listed as it stands becomes one of its errors, each as likely, near or far.

    Severity: share of the tokens that are hit; 1 is the published protocol.

    Settings:
        table: "en", or the path of a file with a line per word: "correct error error ...".

    Raises:
        MissingExtra: the table is "en" and nlpaug is not installed.
        BadSetting: the file cannot be read, or has a line without an error.

    References: Belinkov & Bisk, Synthetic and Natural Noise Both Break Neural Machine Translation, ICLR 2018 ("natural noise");
        rungs below 1 are our own choice.
    """
    return changed(text, words(text), draw, share, partial(_mistaken, lines_by_word(table)))


def _typo(
    near: Mapping[str, Sequence[str]],
    parts: Sequence[str],
    how: float,
    order: NDArray[np.float64],
) -> Sequence[str]:
    return keyed(near, parts, how)


@cache
def _small(layout: str) -> Mapping[str, tuple[str, ...]]:
    """Return the keys around each small letter."""
    return {key: keys for key, keys in neighbours(layout).items() if key.islower()}


def _mistaken(
    known: Mapping[str, Sequence[str]],
    parts: Sequence[str],
    how: float,
    order: NDArray[np.float64],
) -> Sequence[str]:
    errors = known.get("".join(parts), ())
    return errors[int(how * len(errors))] if errors else parts
