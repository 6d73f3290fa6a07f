"""Letters in the wrong order, word by word, as in Belinkov & Bisk (2018).

A word is a run of characters between white space, its punctuation with it. Which words are hit and how
their letters fall is drawn once: a higher severity hits the same words, in the same way, and more.
"""

from functools import partial

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import Graphemes, graphemes
from perturbations.text._tokens import chosen, tokens, touched

_WITH_A_MIDDLE = 4
"""A word of fewer characters has no two between its first and its last."""


@perturbation(coupling="mask", keeps=(), measure="tokens_changed", batched=True)
def swap(
    text: str | list[str],
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of words", high=1.0),
) -> Noisy:
    """Two neighbouring letters inside a word trade places, as when fingers get out of step.

    The first and the last character stay. Words of three characters or fewer cannot be hit and are not
    counted; a swap of two equal letters leaves the word as it was.

    Severity: share of the words of four characters or more that are hit.

    References: Belinkov & Bisk, Synthetic and Natural Noise Both Break Neural Machine Translation, ICLR 2018
        ("swap").
    """
    if isinstance(text, list):
        from perturbations.text._packed import swapped_many

        return Noisy(swapped_many(text, draw, share, partial(_swapped, share=share)))
    return _swapped(text, draw, share=share)


def _swapped(text: str, draw: Draw, *, share: float) -> Noisy:
    units = graphemes(text)
    words = [word for word in tokens(units) if word[1] - word[0] >= _WITH_A_MIDDLE]
    edits: list[Edit] = []
    for i, how in touched(draw, len(words), share):
        start, stop = words[i]
        left = start + 1 + int(how * (stop - start - 3))
        one, two = units.parts[left], units.parts[left + 1]
        if one != two:
            edits.append((units.starts[left], units.starts[left + 2], two + one))
    return noised(text, edits, requested=share, eligible=len(words))


@perturbation(coupling="mask", keeps=(), measure="tokens_changed")
def middle_scramble(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of words", high=1.0),
) -> Noisy:
    """The inner letters of a word fall in random order; its first and last character stay.

    Words of three characters or fewer cannot be hit and are not counted. The shuffle is uniform, so it may
    leave a word as it was: with m distinct inner letters, once in m! words.

    Severity: share of the words of four characters or more that are hit.

    References: Belinkov & Bisk, Synthetic and Natural Noise Both Break Neural Machine Translation, ICLR 2018
        ("middle random").
    """
    units = graphemes(text)
    words = [(a + 1, b - 1) for a, b in tokens(units) if b - a >= _WITH_A_MIDDLE]
    return _scrambled(text, units, words, draw, share)


@perturbation(coupling="mask", keeps=(), measure="tokens_changed")
def full_scramble(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of words", high=1.0),
) -> Noisy:
    """All letters of a word fall in random order: only which letters it has is left of it.

    Words of one character cannot be hit and are not counted. The shuffle is uniform, so it may leave a word
    as it was: a word of two different letters every second time.

    Severity: share of the words of two characters or more that are hit.

    References: Belinkov & Bisk, Synthetic and Natural Noise Both Break Neural Machine Translation, ICLR 2018
        ("fully random").
    """
    units = graphemes(text)
    words = [(a, b) for a, b in tokens(units) if b - a > 1]
    return _scrambled(text, units, words, draw, share)


def _scrambled(
    text: str, units: Graphemes, spans: list[tuple[int, int]], draw: Draw, share: float
) -> Noisy:
    """Shuffle the characters of the spans that are hit, by sorting one random number per character."""
    numbers = draw.uniform(len(spans) + len(units.parts), stream="unit")
    order = numbers[len(spans) :].tolist()
    edits: list[Edit] = []
    for i, _ in chosen(numbers[: len(spans)], share):
        start, stop = spans[i]
        clean = units.parts[start:stop]
        noisy = "".join(part for _, part in sorted(zip(order[start:stop], clean, strict=True)))
        if noisy != (clean if isinstance(clean, str) else "".join(clean)):
            edits.append((units.starts[start], units.starts[stop], noisy))
    return noised(text, edits, requested=share, eligible=len(spans))
