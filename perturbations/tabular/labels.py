"""Labels and texts written otherwise than they should be: misspelt, spaced, in other letters, cut off, misread as bytes.

Why: the category is right and the string is not, so a model that looks it up finds nothing. What writing does to text is the
matter of the text library, and is taken from there.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, Perturbation, get, perturbation
from perturbations._draw import Keys, combine
from perturbations.errors import BadSetting, did_you_mean, explain
from perturbations.tabular._columns import Kind
from perturbations.tabular._reference import TableReference
from perturbations.tabular._report import done
from perturbations.tabular._table import Cells, Columns, Table, uniform_at

WORDS: tuple[Kind, ...] = ("categorical", "text")
TYPOS = (
    "keyboard-typo",
    "transposition",
    "doubling",
    "insertion",
    "drop-character",
    "ocr-confusion",
)
"""Noises of the text library that leave a word readable, as `label-typo` takes them."""
DAMAGE = ("mojibake", "replacement-character", "question-mark")
SPACES = ("trailing", "leading", "doubled", "no-break")
CASES = ("upper", "lower", "title")
_ROUNDS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.0)
"""Doses tried in turn, until a label has changed."""


@perturbation(coupling="mask", measure="changed")
def label_typo(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.4, unit="share of labels and texts", high=1.0),
    kind: str = "keyboard-typo",
    columns: Columns = (),
    language: str | None = None,
    reference: TableReference | None = None,
) -> Noisy:
    """Labels are typed by hand and misspelt: "Adelie" becomes "Afelie", and is no category any more.

    A hit label goes through a noise of the text library at the least of the doses 5, 10, 20, 40, 80 and 100 % that changes
    it: about one typo in a short label, one in twenty characters of a long text. Columns of categories and of text alike;
    a dtype that lists its labels (pandas Categorical, polars Enum) lists the misspelt ones too from then on.

    Severity: the probability that a label is misspelt; the ladder is our choice.

    Settings:
        kind: the noise of the text library: "keyboard-typo", "transposition", "doubling", "insertion", "drop-character"
            or "ocr-confusion".
        columns: names or positions of the columns to change; all categorical and text ones when empty.

    Raises:
        BadSetting: no such kind.
        NotApplicable: there is no column of labels that can hold any word.

    References:
        Christen and Pudjijono, Accurate synthetic generation of realistic personal information, PAKDD 2009: typos in
        records, by keyboard, by ear and by scanner.
    """
    return _written(value, draw, share, columns, _one_of("kind", kind, TYPOS), language)


@perturbation(coupling="mask", measure="changed")
def label_encoding(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of labels beyond ASCII", high=1.0),
    kind: str = "mojibake",
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """An export is read in the wrong encoding: "Müller" becomes "MÃ¼ller", and "café" is another label.

    A hit label goes whole through a noise of the text library. Labels in ASCII stay. A dtype that lists its labels lists the
    damaged ones too.

    Severity: the probability that a label beyond ASCII is damaged; 1 is a file read wrongly as a whole.

    Settings:
        kind: the damage: "mojibake" (UTF-8 read as Windows-1252), "replacement-character" or "question-mark".
        columns: names or positions of the columns to change; all categorical and text ones when empty.

    Raises:
        BadSetting: no such kind.
        NotApplicable: there is no column of labels that can hold any word.

    References:
        WHATWG Encoding Standard (windows-1252).
    """
    name = _one_of("kind", kind, DAMAGE)
    return _respelled(value, draw, share, columns, lambda label: _damaged(name, label))


@perturbation(coupling="mask", measure="changed")
def label_space(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="share of labels and texts", high=1.0),
    kind: str = "any",
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """Blanks that nobody sees: "Adelie " is not "Adelie" to a computer.

    A label gets a blank at its end or its start, its blanks are doubled, or a no-break space of a web page stands at its
    end; each as likely among those that change it. A dtype that lists its labels lists the new ones too.

    Severity: the probability that a label gets a blank; the ladder is our choice.

    Settings:
        kind: "any", "trailing", "leading", "doubled" or "no-break".
        columns: names or positions of the columns to change; all categorical and text ones when empty.

    Raises:
        BadSetting: no such kind.
        NotApplicable: there is no column of labels that can hold any word.

    References:
        Rahm and Do, Data cleaning: problems and current approaches (2000): differing representations of values.
    """
    kinds = SPACES if kind == "any" else (_one_of("kind", kind, SPACES),)
    return _respelled(value, draw, share, columns, lambda label: _spaced(label, kinds))


@perturbation(coupling="mask", measure="changed")
def label_case(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="share of labels and texts", high=1.0),
    kind: str = "any",
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """Capitals differ: "adelie", "ADELIE" and "Adelie" are one thing to people and three to a computer.

    A label is written in capitals, in small letters or with a capital at every word, by Unicode; each as likely among those
    that change it. Labels in scripts without case stay. A dtype that lists its labels lists the new ones too.

    Severity: the probability that a label is written otherwise; the ladder is our choice.

    Settings:
        kind: "any", "upper", "lower" or "title".
        columns: names or positions of the columns to change; all categorical and text ones when empty.

    Raises:
        BadSetting: no such kind.
        NotApplicable: there is no column of labels that can hold any word.

    References:
        Rahm and Do, Data cleaning: problems and current approaches (2000): differing representations of values.
    """
    kinds = CASES if kind == "any" else (_one_of("kind", kind, CASES),)
    return _respelled(value, draw, share, columns, lambda label: _recased(label, kinds))


@perturbation(coupling="codec", measure="changed")
def truncated_label(
    value: Table,
    draw: Draw,
    *,
    length: Dose = Ladder(
        30, 20, 12, 8, 5, unit="characters kept", none=math.inf, scale="integer", low=1.0
    ),
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """A field is too short: a database column, a form or a fixed-width file cuts off what does not fit.

    A label or text that is longer is cut after so many code points; nothing is drawn. A dtype that lists its labels lists
    the short ones too.

    Severity: characters that are kept; the ladder is our choice.

    Settings:
        columns: names or positions of the columns to cut; all categorical and text ones when empty.

    Raises:
        NotApplicable: there is no column of labels that can hold any word.

    References:
        ISO/IEC 9075 (SQL), assignment to character(n): text beyond n is cut off with a warning.
    """
    keep = int(length)
    table = value.only(columns, WORDS, words=True)
    levels = [
        tuple(level[:keep] if free and isinstance(level, str) else level for level in own)
        for own, free in zip(table.levels, table.allowed.labels, strict=True)
    ]
    noisy = replace(table, levels=tuple(levels), labels=table.labels.copy())
    return done(value, noisy, requested=length, eligible=_strings(table))


def _written(
    value: Table, draw: Draw, share: float, columns: Columns, name: str, language: str | None
) -> Noisy:
    """Put a noise of the text library into the labels that are hit, each with its own draw."""
    table = value.only(columns, WORDS, words=True)
    strings = _strings(table)
    hit, noisy = table.hit(draw, share).labels & strings.labels, table
    keys, noise = draw.key("text"), get(f"text/{name}")
    facts = {} if language is None else {"language": language}
    for j in np.flatnonzero(hit.any(axis=0)).tolist():
        rows = hit[:, j]
        labels = list(table.label_objects(j, rows))
        own = combine(keys[rows], int(table.at.labels[j]))
        noisy = noisy.relabelled(j, rows, _mistyped(noise, labels, own, facts))
    return done(value, noisy, requested=share, eligible=strings)


def _mistyped(
    noise: Perturbation, labels: list[str], keys: Keys, facts: dict[str, Any]
) -> list[str]:
    out = list(labels)
    left = np.arange(len(labels))
    for turn, share in enumerate(_ROUNDS):
        texts, own = [labels[i] for i in left], combine(keys[left], turn)
        dose = {"share": min(share, noise.ladders["share"].high)}
        typed = noise.batch(texts, dose=dose, samples=own, facts=facts)
        for i, text in zip(left, typed, strict=True):
            out[i] = text
        left = np.array([i for i in left if out[i] == labels[i]], dtype=np.intp)
        if not len(left):
            break
    return out


def _respelled(
    value: Table, draw: Draw, share: float, columns: Columns, spell: Callable[[str], Sequence[str]]
) -> Noisy:
    """Write the labels that are hit in one of the ways that `spell` knows, each as likely."""
    table = value.only(columns, WORDS, words=True)
    hit, ways, noisy = (
        table.hit(draw, share).labels,
        uniform_at(draw, "way", table.at.labels),
        table,
    )
    able = np.zeros(table.labels.shape, dtype=bool)
    for j in np.flatnonzero(table.allowed.labels).tolist():
        options = [tuple(spell(x)) if isinstance(x, str) else () for x in table.levels[j]]
        able[:, j] = np.array([*map(bool, options), False])[table.labels[:, j]]
        rows = hit[:, j] & able[:, j]
        pairs = zip(table.labels[rows, j].tolist(), ways[rows, j].tolist(), strict=True)
        noisy = noisy.relabelled(j, rows, [options[c][int(u * len(options[c]))] for c, u in pairs])
    return done(value, noisy, requested=share, eligible=table.mark(labels=able))


def _strings(table: Table) -> Cells:
    """Return which labels of open columns are texts with something in them."""
    able = np.zeros(table.labels.shape, dtype=bool)
    for j in np.flatnonzero(table.allowed.labels):
        words = [isinstance(level, str) and level != "" for level in table.levels[j]]
        able[:, j] = np.array([*words, False])[table.labels[:, j]]
    return table.mark(labels=able)


def _spaced(label: str, kinds: Sequence[str]) -> list[str]:
    ways = {
        "trailing": f"{label} ",
        "leading": f" {label}",
        "doubled": label.replace(" ", "  "),
        "no-break": f"{label}\u00a0",
    }
    return [ways[kind] for kind in kinds if label and ways[kind] != label]


def _recased(label: str, kinds: Sequence[str]) -> list[str]:
    ways = {"upper": label.upper(), "lower": label.lower(), "title": label.title()}
    return list(dict.fromkeys(ways[kind] for kind in kinds if ways[kind] != label))


@lru_cache(maxsize=4096)
def _damaged(name: str, label: str) -> tuple[str, ...]:
    if label.isascii():
        return ()
    damaged = get(f"text/{name}")(label, dose={"share": 1.0})
    return () if damaged == label else (damaged,)


def _one_of(setting: str, word: str, known: Sequence[str]) -> str:
    if word not in known:
        hint = did_you_mean(word, known)
        raise BadSetting(explain(f"one of {', '.join(known)}", setting, word, hint))
    return word
