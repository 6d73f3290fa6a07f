"""Tables of real errors, read from installed packages and users' files; none is part of this one.

A table is read once for each state of its file. What is looked up is right spelling -> wrong ones, with the weight of
each; errors that are too far from the word, or damage, are left out when a word is first looked up.
"""

import importlib.util
import json
import math
import re
import string
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from perturbations.errors import BadSetting, MissingExtra, explain
from perturbations.text._distance import levenshtein

ENGLISH = "en"
"""Name of the table of English misspellings that nlpaug carries."""
CODESPELL = "codespell"
AUGMENTEX = {"augmentex": "eng", "augmentex-ru": "rus"}
"""Names of augmentex's tables, and the folders that hold them."""
NAMED = (ENGLISH, CODESPELL, *AUGMENTEX)
LANGUAGES = {ENGLISH: "en", CODESPELL: "en", "augmentex": "en", "augmentex-ru": "ru"}
"""Languages of the named tables."""
_NOISE = frozenset(string.punctuation) - {"'", "-"}
"""What a misspelling does not add: rests of markup, and '?' for letters that an encoding lost."""
_FORMS = 'a line is "correct error error ...", "wrong->right" or "correct<TAB>error<TAB>weight"'

_HEADING = re.compile(r"correct\s*\t\s*error(\s*\t\s*weight)?", re.IGNORECASE)

Raw = Mapping[str, Mapping[str, float]]
"""Weights of the listed errors of each word, as the file has them."""


class Errors(NamedTuple):
    """The errors of one word."""

    words: tuple[str, ...]
    upto: tuple[float, ...]
    """The sum of the weights of the errors up to each of them."""

    def pick(self, number: float) -> str:
        """Return the error at a number in [0, 1), each with a chance in proportion to its weight."""
        place = bisect_right(self.upto, number * self.upto[-1])
        return self.words[min(place, len(self.words) - 1)]


@dataclass(frozen=True, slots=True)
class Table:
    """Errors by what is right, both in lower case."""

    raw: Raw
    most: int
    """Most edits between a word and its error."""
    _kept: dict[str, Errors | None] = field(default_factory=dict, compare=False)

    def get(self, word: str) -> Errors | None:
        """Return the errors of a word, or None if it has none that are near enough."""
        if word not in self._kept:
            self._kept[word] = self._sift(word)
        return self._kept[word]

    def __getitem__(self, word: str) -> Errors:
        errors = self.get(word)
        if errors is None:
            raise KeyError(word)
        return errors

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.get(word) is not None

    def __iter__(self) -> Iterator[str]:
        return (word for word in self.raw if word in self)

    def _sift(self, word: str) -> Errors | None:
        listed = self.raw.get(word, {})
        near = {
            wrong: weight
            for wrong, weight in listed.items()
            if weight > 0 and _is_misspelling(word, wrong, self.most)
        }
        return Errors(tuple(near), tuple(accumulate(near.values()))) if near else None


def misspellings(table: str, most: int = 2) -> Table:
    """Return the misspellings of each word, both in lower case.

    Args:
        table: "en", "codespell", "augmentex", "augmentex-ru", or the path of a file.
        most: most edits between a word and its error.

    Raises:
        MissingExtra: the table is that of a package that is not installed.
        BadSetting: the file cannot be read, has a line of no known form, or holds no misspelling.
    """
    if most < 1:
        raise BadSetting(explain("at least 1 edit", "most", most))
    found = _sifted(table, most, *_state(table))
    if next(iter(found), None) is None:
        expected = f"a file with at least one misspelling of at most {most} edits"
        raise BadSetting(explain(expected, "table", table, _FORMS))
    return found


def lines_by_word(table: str) -> Mapping[str, tuple[str, ...]]:
    """Return the errors of each word as its last line in a charNMT-noise file has them: any case, near or far.

    Raises:
        MissingExtra: the table is "en" and nlpaug is not installed.
        BadSetting: the file cannot be read, or has a line without an error.
    """
    return _lines_by_word(table, *_state(table))


def _path(table: str) -> Path:
    if table == ENGLISH:
        return _shipped("word", "spelling", "spelling_en.txt")
    if table == CODESPELL:
        return _installed("codespell_lib", "codespell").joinpath("data", "dictionary.txt")
    if table in AUGMENTEX:
        folder = AUGMENTEX[table]
        return _installed("augmentex", "augmentex").joinpath(
            "static_data", folder, "pc", "orfo_words.json"
        )
    return Path(table)


def _state(table: str) -> tuple[int, int]:
    try:
        path = _path(table)
        stat = path.stat()
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder")
    except (OSError, ValueError) as error:
        hint = f"{error}; {', '.join(map(repr, NAMED))} name tables of packages"
        raise BadSetting(explain("a readable UTF-8 file", "table", table, hint)) from error
    return stat.st_mtime_ns, stat.st_size


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


def _installed(module: str, package: str) -> Path:
    """Return the folder of an installed package, which is not imported: only its data are read."""
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtra(
            f"{package} is needed for its table of errors and is not installed\n"
            f"  install it with: pip install {package}"
        )
    return Path(spec.submodule_search_locations[0])


@lru_cache(maxsize=8)
def _sifted(table: str, most: int, changed: int, size: int) -> Table:
    raw = _listed(table, changed, size)
    lower: dict[str, dict[str, float]] = {}
    for right, wrongs in raw.items():
        into = lower.setdefault(right.lower(), {})
        for wrong, weight in wrongs.items():
            into[wrong.lower()] = max(weight, into.get(wrong.lower(), 0.0))
    return Table(lower, most)


@lru_cache(maxsize=8)
def _listed(table: str, changed: int, size: int) -> Raw:
    del changed, size  # a file that was rewritten is read again
    path = _path(table)
    if path.suffix == ".json":
        return _weighted(path, table)
    found: dict[str, dict[str, float]] = {}
    reader = _pairs if table not in NAMED else _lenient
    for number, line in _lines(path, table):
        if number == 1 and _HEADING.fullmatch(line):
            continue
        try:
            for right, wrong, weight in reader(line):
                into = found.setdefault(right, {})
                into[wrong] = max(weight, into.get(wrong, 0.0))
        except ValueError as error:
            expected = f"line {number} of {path} to be a misspelling"
            hint = f"{error}; {_FORMS}"
            raise BadSetting(explain(expected, "line", line, hint)) from error
    return found


@lru_cache(maxsize=8)
def _lines_by_word(table: str, changed: int, size: int) -> Mapping[str, tuple[str, ...]]:
    del changed, size
    path = _path(table)
    found: dict[str, tuple[str, ...]] = {}
    for number, line in _lines(path, table):
        right, *wrongs = line.split()
        if not wrongs:
            expected = f"line {number} of {path} to be a word and its errors"
            raise BadSetting(explain(expected, "line", line, "there is no error after the word"))
        found[right] = tuple(wrongs)
    return found


def _lines(path: Path, table: str) -> Iterator[tuple[int, str]]:
    """Yield the number and the text of every line that says something."""
    for number, row in enumerate(_bytes(path, table).splitlines(), start=1):
        try:
            line = row.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError as error:
            hint = f"line {number}: {error}"
            raise BadSetting(explain("a readable UTF-8 file", "table", table, hint)) from error
        if line and line != "#" and not line.startswith("# "):
            yield number, line


def _bytes(path: Path, table: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadSetting(explain("a readable UTF-8 file", "table", table, str(error))) from error


def _weighted(path: Path, table: str) -> Raw:
    """Read augmentex's form: {right: [[errors], [weights]]}."""
    found: dict[str, dict[str, float]] = {}
    right = ""
    try:
        for right, pair in json.loads(_bytes(path, table)).items():
            found[right] = {
                str(wrong): _weight(weight) for wrong, weight in zip(*pair, strict=True)
            }
    except (ValueError, TypeError, AttributeError) as error:
        where = f" at {right!r}" if right else ""
        hint = f"{error}{where}"
        expected = f'{path} to be JSON, {{"right": [["wrong", ...], [weight, ...]], ...}}'
        raise BadSetting(explain(expected, "table", table, hint)) from error
    return found


Triple = tuple[str, str, float]
"""What is right, what is wrong, and the weight of that error."""


def _lenient(line: str) -> Iterator[Triple]:
    """Read a line of a package's table, whose few odd lines are nothing that a user could mend."""
    try:
        yield from _pairs(line)
    except ValueError:
        return


def _pairs(line: str) -> Iterator[Triple]:
    form: Callable[[str], Iterator[Triple]] = _from_words
    if "->" in line:
        form = _from_arrow
    elif "\t" in line:
        form = _from_cells
    return form(line)


def _from_arrow(line: str) -> Iterator[Triple]:
    """Read codespell's form: candidates end with a comma; what follows the last comma is a remark."""
    wrong, _, rest = line.partition("->")
    wrong = wrong.strip()
    rights = [right.strip() for right in rest.split(",")]
    if len(rights) > 1:
        rights.pop()
    if not wrong or not all(rights):
        raise ValueError("one side of the arrow is empty")
    yield from ((right, wrong, 1.0) for right in rights)


def _from_cells(line: str) -> Iterator[Triple]:
    right, *cells = (cell.strip() for cell in line.split("\t"))
    if len(cells) > 2:
        raise ValueError(f"there are {len(cells) + 1} columns")
    if not right or not all(cells):
        raise ValueError("a cell is empty")
    yield right, cells[0], _weight(*cells[1:])


def _weight(written: str | float = 1.0) -> float:
    try:
        weight = float(written)
    except (TypeError, ValueError):
        raise ValueError(f"the weight {written!r} is no number") from None
    if not 0 <= weight < math.inf:
        raise ValueError("a weight is a finite number of at least 0")
    return weight


def _from_words(line: str) -> Iterator[Triple]:
    right, *wrongs = line.split()
    if not wrongs:
        raise ValueError("there is no error after the word")
    yield from ((right, wrong, 1.0) for wrong in wrongs)


def _is_misspelling(right: str, wrong: str, most: int) -> bool:
    if not right or not wrong or right == wrong or any(map(str.isspace, right + wrong)):
        return False
    if any(sign in _NOISE and sign not in right for sign in wrong):
        return False
    if wrong[0] in "'-" or wrong[-1] in "'-":
        return False
    return abs(len(right) - len(wrong)) <= most and levenshtein(right, wrong) <= most
