"""What published noises of single tokens share: every token may be hit, and how one is changed."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw, Ladder, Noisy
from perturbations.text._edits import Edit, noised
from perturbations.text._graphemes import graphemes
from perturbations.text._layouts import neighbours
from perturbations.text._tokens import touched
from perturbations.text._words import Span

SHARES = Ladder(0.2, 0.4, 0.6, 0.8, 1.0, unit="share of tokens hit", high=1.0)
"""The protocol hits every token, severity 1; it has no milder form."""
_WITH_A_MIDDLE = 4

Change = Callable[[Sequence[str], float, NDArray[np.float64]], Sequence[str]]
"""From the characters of a token, a number in [0, 1) and one number for each character to its noisy characters."""


def changed(text: str, spans: list[Span], draw: Draw, share: float, change: Change) -> Noisy:
    """Hit a share of the tokens; `share` of the report is that of the tokens that really changed."""
    order = draw.uniform(len(text), stream="order")
    edits: list[Edit] = []
    for i, how in touched(draw, len(spans), share):
        start, stop = spans[i]
        clean = text[start:stop]
        noisy = "".join(change(graphemes(clean).parts, how, order[start:stop]))
        if noisy != clean:
            edits.append((start, stop, noisy))
    return noised(text, edits, requested=share, eligible=len(spans))


def swapped(parts: Sequence[str], how: float, order: NDArray[np.float64]) -> Sequence[str]:
    """Exchange two neighbours, neither of them the first or the last."""
    if len(parts) < _WITH_A_MIDDLE:
        return parts
    left = 1 + int(how * (len(parts) - 3))
    return [*parts[:left], parts[left + 1], parts[left], *parts[left + 2 :]]


def middle_shuffled(parts: Sequence[str], how: float, order: NDArray[np.float64]) -> Sequence[str]:
    """Put all characters but the first and the last in random order."""
    if len(parts) < _WITH_A_MIDDLE:
        return parts
    return [parts[0], *shuffled(parts[1:-1], how, order), parts[-1]]


def shuffled(parts: Sequence[str], how: float, order: NDArray[np.float64]) -> Sequence[str]:
    """Put all characters in random order, which may be the one they had."""
    places = np.argsort(order[: len(parts)], kind="stable")
    return [parts[i] for i in places.tolist()]


def keyed(near: Mapping[str, Sequence[str]], parts: Sequence[str], how: float) -> Sequence[str]:
    """Replace the character at one random place by a key beside it, if it has any."""
    place, rest = divmod(how * len(parts), 1.0)
    index = int(place)
    options = near.get(parts[index], ())
    if not options:
        return parts
    return [*parts[:index], options[int(rest * len(options))], *parts[index + 1 :]]


def typo(
    near: Mapping[str, Sequence[str]],
    parts: Sequence[str],
    how: float,
    order: NDArray[np.float64],
) -> Sequence[str]:
    """Hit one of the letters that the keyboard has."""
    places = [i for i, part in enumerate(parts) if part in near]
    if not places:
        return parts
    index, rest = divmod(how * len(places), 1.0)
    place = places[int(index)]
    return [*parts[:place], *keyed(near, [parts[place]], rest), *parts[place + 1 :]]


@cache
def cased_keys(layout: str) -> Mapping[str, tuple[str, ...]]:
    """Return the keys around each letter of a keyboard, and the same for capitals."""
    near = {
        key: keys
        for key, keys in neighbours(layout).items()
        if key.isalpha() and key == key.lower()
    }
    upper = {
        key.upper(): tuple(each.upper() for each in keys)
        for key, keys in near.items()
        if len(key.upper()) == 1 and key.upper() != key
    }
    return near | upper
