"""Words lost, said twice, out of place, torn apart or run together.

A word is a run of characters between white space, its punctuation with it; scripts that put no space between
words are refused, not reported as robust. White space outside the edits stays byte for byte.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import graphemes
from perturbations.text._places import demand_setting
from perturbations.text._protect import free
from perturbations.text._tokens import chosen, touched
from perturbations.text._words import Span, core, ends_line, need_words, units, words


@perturbation(coupling="mask", keeps=(), measure="tokens_changed")
def drop_word(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.35, 0.5, unit="share of words", high=1.0),
) -> Noisy:
    """A word is left out, with its punctuation and one of the gaps beside it.

    Every word is eligible. Words before the one of a line that would go last take the gap after them along, words
    after it the gap before them, so that no double or trailing space is left. Ends of lines stay.

    Severity: share of the words that are missing.

    Raises:
        NotApplicable: the script puts no spaces between words.

    References: Wei & Zou, EDA: Easy Data Augmentation Techniques, EMNLP 2019 ("random deletion").
    """
    need_words(text)
    spans = words(text)
    numbers = draw.uniform(len(spans), stream="unit")
    reach = _with_gaps(text, spans, numbers.tolist())
    edits: list[Edit] = [(*reach[i], "") for i, _ in chosen(numbers, share)]
    return noised(text, edits, requested=share, eligible=len(spans))


def _with_gaps(text: str, spans: list[Span], numbers: list[float]) -> list[Span]:
    """Return each word with the gap that goes with it."""
    out = list(spans)
    for first, beyond in _lines(text, spans):
        last_to_go = max(range(first, beyond), key=numbers.__getitem__)
        for i in range(first, last_to_go):
            out[i] = spans[i][0], spans[i + 1][0]
        for i in range(last_to_go + 1, beyond):
            out[i] = spans[i - 1][1], spans[i][1]
    return out


def _lines(text: str, spans: list[Span]) -> Iterator[Span]:
    """Yield the (first, beyond) words of every line that has any."""
    first = 0
    for i in range(1, len(spans) + 1):
        if i == len(spans) or ends_line(text, spans[i - 1][1], spans[i][0]):
            yield first, i
            first = i


@perturbation(coupling="mask", keeps=(), measure="tokens_changed")
def repeat_word(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.35, 0.5, unit="share of words", high=1.0),
) -> Noisy:
    """A word is written twice, the the way that a hurried rewrite leaves it.

    Every word is eligible. The word inside its punctuation is put before itself once more, with a space.

    Severity: share of the words that are there twice.

    Raises:
        NotApplicable: the script puts no spaces between words.

    References: our own choice of edit; doubled words are a class of error of GNU diction and of style checkers.
    """
    need_words(text)
    spans = words(text)
    edits: list[Edit] = []
    for i, _ in touched(draw, len(spans), share):
        start, stop = core(text, spans[i])
        edits.append((start, start, text[start:stop] + " "))
    return noised(text, edits, requested=share, eligible=len(spans))


@perturbation(coupling="mask", keeps=(), measure="tokens_changed")
def shuffle_words(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of words", high=1.0),
    window: int = 3,
    facts: Mapping[str, Any] | None = None,
) -> Noisy:
    """Neighbouring words stand in another order.

    The text is cut into windows of about equal length; a window that is hit has its words moved along one random
    cycle, so that each of them leaves its place and none goes further than the window. A unit is a window, every
    word in a window of two or more is eligible, and every gap stays as it is. Protected words keep their places and
    are passed over; entities and answers have no place in the new order, so spans cannot move along.

    Severity: share of the words that lie in a window that is hit.

    Settings:
        window: most words in a window, at least 2; 2 exchanges neighbours.

    Raises:
        NotApplicable: the script puts no spaces between words.
        BadSetting: the window is less than 2.

    References: Lample et al., Unsupervised Machine Translation Using Monolingual Corpora Only, ICLR 2018 (words move
        by at most k places); windows and cycles, which let severities nest, are our own choice.
    """
    if window < 2:
        raise BadSetting(explain("a window of at least 2 words", "window", window))
    need_words(text)
    spans = free(text, words(text), facts or {})
    windows = [(a, b) for a, b in _windows(len(spans), window) if b - a > 1]
    order = draw.uniform(len(spans), stream="order")
    edits: list[Edit] = []
    for i, _ in touched(draw, len(windows), share):
        edits += moved_along(text, spans, _cycle(windows[i], order))
    eligible = sum(b - a for a, b in windows)
    return noised(text, edits, requested=share, eligible=eligible, reorders=True)


def _windows(count: int, window: int) -> Iterator[Span]:
    """Cut `count` words into as few windows as possible, of lengths that differ by one at most."""
    number = -(-count // window)
    for i in range(number):
        yield i * count // number, (i + 1) * count // number


def _cycle(window: Span, order: NDArray[np.float64]) -> list[int]:
    start, stop = window
    return [start + int(i) for i in np.argsort(order[start:stop], kind="stable")]


def moved_along(text: str, spans: list[Span], cycle: list[int]) -> list[Edit]:
    """Return the edits that put each word of a cycle where the next one was, in the order of the text."""
    edits = []
    for source, target in zip(cycle, [*cycle[1:], *cycle[:1]], strict=True):
        new, old = text[slice(*spans[source])], text[slice(*spans[target])]
        if new != old:
            edits.append((*spans[target], new))
    return sorted(edits)


@perturbation(coupling="mask", keeps=())
def split_word(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.35, 0.5, unit="share of words", high=1.0),
) -> Noisy:
    """A space falls into a word: "har bour".

    Words of two characters or more, punctuation not counted, are eligible; each place between two characters
    as a reader counts them is as likely.

    Severity: share of the words of two characters or more that are split.

    Raises:
        NotApplicable: the script puts no spaces between words.

    References: nlpaug 1.1.11, SplitAug; compound splitting is common in learners' German and Swedish.
    """
    need_words(text)
    inner = [core(text, span) for span in words(text)]
    parts = [
        (start, graphemes(text[start:stop]).starts) for start, stop in inner if stop - start > 1
    ]
    parts = [(start, cuts) for start, cuts in parts if len(cuts) > 2]
    edits: list[Edit] = []
    for i, how in touched(draw, len(parts), share):
        start, cuts = parts[i]
        at = start + cuts[1 + int(how * (len(cuts) - 2))]
        edits.append((at, at, " "))
    return noised(text, edits, requested=share, eligible=len(parts))


@perturbation(coupling="mask", keeps=())
def merge_words(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.35, 0.5, unit="share of gaps between words", high=1.0),
) -> Noisy:
    """Two words run together: the gap between them is lost, whole.

    Gaps between two words of one line are eligible; ends of lines are not.

    Severity: share of the gaps that are lost.

    Raises:
        NotApplicable: the script puts no spaces between words.

    References: AugLy 1.0.0, merge_words; which gaps are eligible is our own choice.
    """
    need_words(text)
    spans = words(text)
    gaps = [
        (before[1], after[0])
        for before, after in pairwise(spans)
        if not ends_line(text, before[1], after[0])
    ]
    edits: list[Edit] = [(*gaps[i], "") for i, _ in touched(draw, len(gaps), share)]
    return noised(text, edits, requested=share, eligible=len(gaps))


@perturbation(coupling="mask", keeps=())
def truncation(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.2, 0.35, 0.5, 0.75, unit="share of words", high=1.0),
    side: str = "end",
) -> Noisy:
    """A text breaks off: a field was too short, a message was cut, a page is missing.

    A unit is a word, or a character of a script that puts no space between words; all are eligible. As many go
    as the share says, from one end, each with the gap that held it; whole ones only, and what is left of a
    word is rounded at random, so that the share is right in the mean.

    Severity: share of the words that are cut off.

    Settings:
        side: "end" or "start".

    Raises:
        BadSetting: no such side.

    References: our own choice of edit; model cards name the limit at which a text is cut, and little else happens to
        long documents as often.
    """
    demand_setting("side", side, ("end", "start"))
    spans = units(text)
    count = (
        int(share * len(spans) + float(draw.uniform(stream="part"))) if share < 1 else len(spans)
    )
    edits: list[Edit] = []
    if side == "end":
        cut = range(len(spans) - count, len(spans))
        edits += [(spans[i - 1][1] if i else spans[0][0], spans[i][1], "") for i in cut]
    else:
        starts = [start for start, _ in spans[1 : count + 1]]
        stops = starts if len(starts) == count else [*starts, *(stop for _, stop in spans[-1:])]
        edits += [(spans[i][0], stops[i], "") for i in range(count)]
    return noised(text, edits, requested=share, eligible=len(spans))
