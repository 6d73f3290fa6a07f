"""How far two texts are apart, counted in edits."""

from collections.abc import Callable, Hashable, Sequence
from functools import cache

Sequences = Sequence[Hashable]


def levenshtein(one: Sequences, two: Sequences) -> int:
    """Return the least number of insertions, deletions and substitutions that turn one into the other.

    By rapidfuzz where it is installed; otherwise by Myers' bit vectors in Python's integers, which is exact as
    well and takes milliseconds for pages.
    """
    return 0 if one == two else _engine()(one, two)


@cache
def _engine() -> Callable[[Sequences, Sequences], int]:
    try:
        from rapidfuzz.distance import Levenshtein
    except ImportError:
        return myers
    return Levenshtein.distance


def myers(one: Sequences, two: Sequences) -> int:
    """Return the Levenshtein distance by bit-parallel dynamic programming (Myers 1999, Hyyrö 2003)."""
    if not one:
        return len(two)
    where: dict[Hashable, int] = {}
    for i, unit in enumerate(one):
        where[unit] = where.get(unit, 0) | 1 << i
    mask, last, score = (1 << len(one)) - 1, 1 << (len(one) - 1), len(one)
    rising, falling = mask, 0
    for unit in two:
        equal = where.get(unit, 0)
        across = (((equal & rising) + rising) ^ rising) | equal
        up, down = falling | ~(across | rising) & mask, rising & across
        score += bool(up & last) - bool(down & last)
        up, down = up << 1 | 1, down << 1
        vertical = equal | falling
        rising, falling = (down | ~(vertical | up)) & mask, up & vertical & mask
    return score


def edit_rate(clean: str, noisy: str) -> float:
    """Return edits per character of the clean text: the character error rate, above 1 if text was added."""
    return levenshtein(clean, noisy) / max(len(clean), 1)


def tokens_changed(clean: str, noisy: str) -> float:
    """Return the share of the clean text's words that differ, place by place.

    Where words were split, merged or lost, edits of the sequence of words are counted instead.
    """
    before, after = clean.split(), noisy.split()
    if len(before) == len(after):
        changed = sum(map(str.__ne__, before, after))
    else:
        changed = levenshtein(before, after)
    return changed / max(len(before), 1)
