"""Tables of real errors, read from installed packages and users' files."""

import importlib.util
import json
import string
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

from perturbations.errors import BadSetting, MissingExtra, explain
from perturbations.text._distance import levenshtein

ENGLISH = "en"
"""Name of the table of English misspellings that nlpaug carries."""
_FAR = 2
"""Errors of more edits are another word or damage, not a misspelling."""
_NOISE = frozenset(string.punctuation) - {"'", "-"}
"""What a misspelling does not add: rests of markup, and '?' for letters that an encoding lost."""

Table = Mapping[str, tuple[str, ...]]
"""Errors by what is right, in the order of the file."""


def misspellings(table: str) -> Table:
    """Return the misspellings of each word, both in lower case; `table` is "en" or a path.

    Raises:
        MissingExtra: the table is "en" and nlpaug is not installed.
        BadSetting: the file cannot be read, or holds no misspelling.
    """
    path = _shipped("word", "spelling", "spelling_en.txt") if table == ENGLISH else Path(table)
    try:
        stat = path.stat()
        found = _read(path, stat.st_mtime_ns, stat.st_size)
    except (OSError, UnicodeDecodeError) as error:
        hint = f'{error}; "{ENGLISH}" names the built-in English table'
        raise BadSetting(explain("a readable UTF-8 file", "table", table, hint)) from error
    if not found:
        hint = 'a line is "correct error error ...", "wrong->right" or "correct<TAB>error"'
        raise BadSetting(explain("a file with at least one misspelling", "table", table, hint))
    return found


@cache
def confusions() -> Table:
    """Return the look-alikes of each character that nlpaug lists, in both directions, sorted.

    Raises:
        MissingExtra: nlpaug is not installed.
    """
    listed = json.loads(_shipped("char", "ocr", "en.json").read_text(encoding="utf-8"))
    found: dict[str, set[str]] = {}
    for one, others in listed.items():
        for other in others:
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return {character: tuple(sorted(alike)) for character, alike in sorted(found.items())}


@cache
def _shipped(*parts: str) -> Path:
    """Return a data file of nlpaug, which is not imported: that would load pandas and torch."""
    spec = importlib.util.find_spec("nlpaug")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtra(
            "nlpaug is needed for its tables and is not installed\n"
            '  install it with: pip install "noisebench[text]"'
        )
    return Path(spec.submodule_search_locations[0]).joinpath("res", *parts)


@lru_cache(maxsize=8)
def _read(path: Path, changed: int, size: int) -> Table:
    del changed, size  # a file that was rewritten is read again
    found: dict[str, dict[str, None]] = {}
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        for right, wrong in _pairs(line):
            if _is_misspelling(right, wrong):
                found.setdefault(right, {})[wrong] = None
    return {right: tuple(wrong) for right, wrong in found.items()}


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    """Yield the (right, wrong) pairs of a line in lower case; a line of no known form has none."""
    line = line.strip().lower()
    if line.startswith("# "):
        return
    if "->" in line:
        wrong, _, rights = line.partition("->")
        yield from ((right.strip(), wrong.strip()) for right in rights.split(","))
        return
    right, *wrongs = _cells(line)
    yield from ((right, wrong) for wrong in wrongs)


def _cells(line: str) -> Iterable[str]:
    if "\t" in line:
        return [cell.strip() for cell in line.split("\t")]
    return line.split() or [""]


def _is_misspelling(right: str, wrong: str) -> bool:
    if not right or not wrong or right == wrong or len(wrong.split()) > 1:
        return False
    if any(sign in _NOISE and sign not in right for sign in wrong):
        return False
    if wrong[0] in "'-" or wrong[-1] in "'-":
        return False
    return abs(len(right) - len(wrong)) <= _FAR and levenshtein(right, wrong) <= _FAR
