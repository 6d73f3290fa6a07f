"""Places of a text that no noise may touch, such as entities and label words, by the facts of the input.

    protect        a regular expression, a span (start, stop), or a tuple of them
    protect_words  whole words, in any case: ("positive", "negative")

Why: a typo in the word that the label stands for, or in the entity that is asked for, is another task and no noise. It
is enforced here for every noise, whatever it knows of protection: edits that touch a protected place are dropped. What
stands right beside the place touches it, too: with the space before it gone, a word is no longer a word.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from perturbations._modality import Context
from perturbations._noisy import Noisy
from perturbations.errors import BadValue, explain
from perturbations.text._edits import Edit, Edits
from perturbations.text._spans import offsets

PROTECT, WORDS = "protect", "protect_words"

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Scripts that put no spaces between words: a word of them, or beside them, needs no border."""
_PIECES = re.compile(r"\S+\s*|\s+")

Spans = Sequence[tuple[int, int]]


def guard(context: Context) -> Callable[[str, Any], Noisy] | None:
    """Return what takes the edits of protected places out of a noisy text; None where nothing is protected.

    Raises:
        BadValue: the facts are no regular expressions, spans or words.
    """
    patterns, spans = _declared(context.facts)
    if not patterns and not spans:
        return None

    def guarded(clean: str, result: Any) -> Noisy:
        noisy = result if isinstance(result, Noisy) else Noisy(result)
        edits = noisy.mapping if isinstance(noisy.mapping, Edits) else align(clean, noisy.value)
        return _spared(clean, noisy, edits, protected(clean, patterns, spans))

    return guarded


def protected(text: str, patterns: Sequence[re.Pattern[str]], spans: Spans) -> Spans:
    """Return the protected places of a text, in order; those of no length are none.

    Raises:
        BadValue: a span is not in the text.
    """
    for start, stop in spans:
        if stop > len(text):
            expected = f"protected spans within the text's {len(text)} code points"
            raise BadValue(explain(expected, PROTECT, (start, stop)))
    found = [match.span() for pattern in patterns for match in pattern.finditer(text)]
    return sorted((a, b) for a, b in (*found, *spans) if a < b)


def free(text: str, units: Spans, facts: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return the units of a text that touch no protected place, for a noise that has to spare them itself.

    Why: of words that change places, one edit alone cannot be dropped without losing one and doubling another.

    Raises:
        BadValue: the facts are no regular expressions, spans or words.
    """
    patterns, spans = _declared(facts)
    if not patterns and not spans:
        return list(units)
    edits = ((start, stop, "") for start, stop in units)
    places = protected(text, patterns, spans)
    return [(start, stop) for start, stop, _ in _untouching(edits, places)]


def align(clean: str, noisy: str) -> Edits:
    """Return edits that turn one text into the other, for a noise that gives none: word by word.

    Why words: a noise of a third party may have rewritten all of a long text, and letters are then matched by accident.
    """
    before, after = _PIECES.findall(clean), _PIECES.findall(noisy)
    starts = [0]
    for piece in before:
        starts.append(starts[-1] + len(piece))
    changes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    edits: list[Edit] = []
    for tag, a, b, c, d in changes:
        if tag == "equal":
            continue
        # As many words as before are taken one by one, so that one protected word does not spare its neighbours.
        each = zip(range(a, b), after[c:d], strict=True) if b - a == d - c else ()
        edits += [(starts[i], starts[i + 1], new) for i, new in each] or [
            (starts[a], starts[b], "".join(after[c:d]))
        ]
    return Edits(tuple(_trimmed(clean, edit) for edit in edits), size=len(clean), text=clean)


def _trimmed(clean: str, edit: Edit) -> Edit:
    """Return an edit without what is the same before and after at its ends."""
    start, stop, new = edit
    old = clean[start:stop]
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    return start + head, stop - tail, new[head : len(new) - tail]


def _common(one: str, two: str) -> int:
    """Return how many characters two texts begin with alike."""
    pairs = enumerate(zip(one, two, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(two)))


def _spared(clean: str, noisy: Noisy, edits: Edits, spans: Spans) -> Noisy:
    kept = tuple(_untouching(edits, spans))
    whole = len(kept) == len(edits)
    mapping = edits if whole else replace(edits, edits=kept)
    if mapping is edits and noisy.mapping is edits:
        return noisy
    report = {**noisy.report, "edits": len(kept), "protected": len(edits) - len(kept)}
    eligible = report.get("eligible")
    if "share" in report:
        report["share"] = len(kept) / eligible if eligible else None
    return replace(noisy, value=mapping.apply(clean), mapping=mapping, report=report)


def _untouching(edits: Iterable[Edit], spans: Spans) -> Iterator[Edit]:
    """Yield the edits that touch no span, nor its border."""
    place, reach = 0, -1
    for edit in edits:
        start, stop, _ = edit
        while place < len(spans) and spans[place][0] <= stop:
            reach = max(reach, spans[place][1])
            place += 1
        if start > reach:
            yield edit


def _declared(facts: Mapping[str, Any]) -> tuple[list[re.Pattern[str]], list[tuple[int, int]]]:
    patterns: list[re.Pattern[str]] = []
    spans: list[tuple[int, int]] = []
    for each in _several(facts.get(PROTECT)):
        if isinstance(each, re.Pattern):
            patterns.append(each)
        elif isinstance(each, str):
            patterns.append(_compiled(each))
        else:
            spans.append(offsets(each))
    words = _several(facts.get(WORDS))
    if words:
        patterns.append(_whole(tuple(map(_word, words))))
    return patterns, spans


def _several(fact: Any) -> Sequence[Any]:
    """Return a fact as a sequence, be it one pattern, one span, or several of either."""
    if fact is None:
        return ()
    one = isinstance(fact, str | re.Pattern | Mapping)
    pair = isinstance(fact, tuple) and len(fact) == 2 and all(isinstance(x, int) for x in fact)
    if one or pair:
        return (fact,)
    try:
        return tuple(fact)
    except TypeError:
        hint = "give a regular expression, a span (start, stop), or a tuple of them"
        raise BadValue(explain("what to protect", PROTECT, fact, hint)) from None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        hint = f"{error}; re.escape makes one of a fixed text, and {WORDS} takes words as they are"
        raise BadValue(explain("a regular expression", PROTECT, pattern, hint)) from None


def _word(word: Any) -> str:
    if not isinstance(word, str) or not word:
        raise BadValue(explain("words that are not empty", WORDS, word))
    return word


@lru_cache(maxsize=64)
def _whole(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of any of some words, the longest first, not within a longer word."""
    choice = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    letter = rf"[^\W{_UNSPACED}]"
    return re.compile(f"(?<!{letter})(?:{choice})(?!{letter})", re.IGNORECASE)
