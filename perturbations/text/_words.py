"""Words and tokens of a text: where they lie, and whether its script divides them at all."""

import re
from functools import cache
from itertools import pairwise

from perturbations.errors import NotApplicable, explain
from perturbations.text._graphemes import extending, graphemes, is_plain
from perturbations.text._tokens import tokens

Span = tuple[int, int]
"""(start, stop) in code points of the clean text."""

UNDIVIDED = (
    "\u0e01-\u0e5b\u0e81-\u0eff\u0f40-\u0fbc\u1000-\u109f\u1780-\u17dd"  # Thai, Lao, Tibetan, Burmese, Khmer
    "\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"  # kana, hanzi
    "\U00020000-\U0003fffd"
)
"""Body of a character class: scripts that put no space between words."""
_BREAK = re.compile("[\n\r\v\f\x85\u2028\u2029]")


def words(text: str) -> list[Span]:
    """Return the runs of characters between white space, their punctuation with them."""
    units = graphemes(text)
    if isinstance(units.parts, str):
        return tokens(units)
    return [(units.starts[a], units.starts[b]) for a, b in tokens(units)]


def need_words(text: str) -> None:
    """Demand a text whose words can be told apart.

    Raises:
        NotApplicable: more than half of its letters are of a script without spaces.
    """
    if text.isascii():
        return
    undivided = len(_undivided().findall(text))
    if 2 * undivided > sum(map(str.isalpha, text)):
        hint = "leave the noise out for this language, or cut its texts into words first"
        expected = "a text in a script that puts spaces between words"
        raise NotApplicable(explain(expected, "text", text, hint))


def units(text: str) -> list[Span]:
    """Return the tokens: words between white space, and each character of a script that puts none between them."""
    if text.isascii() or not _undivided().search(text):
        return words(text)
    cut = _undivided()
    found: list[Span] = []
    clusters = graphemes(text)
    for a, b in tokens(clusters):
        edges = [a]
        for i in range(a, b):
            if cut.match(clusters.parts[i]):
                edges += i, i + 1
        found += [
            (clusters.starts[i], clusters.starts[j]) for i, j in pairwise([*edges, b]) if i < j
        ]
    return found


def core(text: str, span: Span) -> Span:
    """Return a token without the punctuation around it; the token itself where there is nothing else."""
    start, stop = span
    inner = _core(plain=is_plain(text[start:stop])).search(text, start, stop)
    return inner.span() if inner else span


def ends_line(text: str, start: int, stop: int) -> bool:
    """Tell whether a stretch of white space holds the end of a line."""
    return stop - start > 0 and text[start:stop] != " " and bool(_BREAK.search(text, start, stop))


@cache
def _undivided() -> re.Pattern[str]:
    return re.compile(f"[{UNDIVIDED}]")


@cache
def _core(*, plain: bool) -> re.Pattern[str]:
    mark = "" if plain else extending()
    last = rf"[^\W_][{mark}]*" if mark else r"[^\W_]"
    return re.compile(
        rf"[^\W_](?:.*{last})?[{mark}]*" if mark else rf"[^\W_](?:.*{last})?", re.DOTALL
    )
