"""How far two texts are apart, counted in edits.

The count is exact up to 20,000 units that differ; longer texts are compared in pieces that are cut where both say the same.
"""

from collections.abc import Callable, Hashable, Sequence
from functools import cache

Sequences = Sequence[Hashable]

LONG = 20_000
"""Units, beside what two texts begin and end with alike, above which they are compared in pieces."""

_PIECE = 2048
"""Units of a piece, about."""
_NEAR = 256
"""Units around its place in which a stretch is looked for without rapidfuzz."""


def levenshtein(one: Sequences, two: Sequences) -> int:
    """Return the least number of insertions, deletions and substitutions that turn one into the other.

    By rapidfuzz where it is installed; otherwise by Myers' bit vectors in Python's integers, which is exact as
    well and takes milliseconds for pages. The time grows with the square of the length, so that where more than
    `LONG` units differ, both are cut into pieces of some 2,000 at places that match: the sum over the pieces is
    never below the least number, and above it only where a cut missed the best match: hardly ever with rapidfuzz, and often without it in texts that
    repeat themselves or lost much.
    """
    if one == two:
        return 0
    if not isinstance(one, str) or not isinstance(two, str):
        one, two = _as_text(one, two)
    one, two = _differing(one, two)
    if min(len(one), len(two)) > LONG:
        return _in_pieces(one, two)
    return _engine()(one, two)


def _as_text(one: Sequences, two: Sequences) -> tuple[str, str]:
    """Return two sequences as texts, a character for each unit."""
    names: dict[Hashable, str] = {}
    for unit in (*one, *two):
        names.setdefault(unit, chr(len(names)))
    return "".join(map(names.__getitem__, one)), "".join(map(names.__getitem__, two))


def _differing(one: str, two: str) -> tuple[str, str]:
    """Return two texts without what they begin and end with alike."""
    head = _alike(one, two, lambda text, n: text[:n])
    one, two = one[head:], two[head:]
    tail = _alike(one, two, lambda text, n: text[len(text) - n :])
    return one[: len(one) - tail], two[: len(two) - tail]


def _alike(one: str, two: str, part: Callable[[str, int], str]) -> int:
    """Return for how many units two texts have the same part, by halving."""
    low, high = 0, min(len(one), len(two))
    while low < high:
        middle = (low + high + 1) // 2
        if part(one, middle) == part(two, middle):
            low = middle
        else:
            high = middle - 1
    return low


def _in_pieces(one: str, two: str) -> int:
    total = start = begin = 0
    while len(one) - start > 2 * _PIECE:
        stop, end = _cut(one, two, start, begin)
        total += _engine()(*_differing(one[start:stop], two[begin:end]))
        start, begin = stop, end
    return total + _engine()(one[start:], two[begin:])


def _cut(one: str, two: str, start: int, begin: int) -> tuple[int, int]:
    """Return where a piece ends in both texts: where the best match of twice as much has its middle."""
    pace = (len(two) - begin) / (len(one) - start)
    stop, end = start + 2 * _PIECE, begin + round(2 * _PIECE * pace)
    matched = _matches(one[start:stop], two[begin:end])
    middle = max((a for a, _, size in matched if size and 0 < a <= _PIECE), default=0)
    for a, b, size in matched:
        if a == middle and size and b:
            return start + a, begin + b
    return start + _PIECE, begin + round(_PIECE * pace)


def _matches(one: str, two: str) -> Sequence[tuple[int, int, int]]:
    """Return (place in one, place in two, length) of what the best match leaves as it is."""
    try:
        from rapidfuzz.distance import Levenshtein
    except ImportError:
        return _stretches(one, two)
    blocks = Levenshtein.editops(one, two).as_matching_blocks()
    return [(block.a, block.b, block.size) for block in blocks]


def _stretches(one: str, two: str) -> Sequence[tuple[int, int, int]]:
    """Return the last stretch before the end of the piece that is found once near the same place."""
    for size in (32, 16, 8):
        for a in range(_PIECE, _PIECE // 2, -1):
            low, high = max(a - _NEAR, 0), a + _NEAR + size
            b = two.find(one[a : a + size], low, high)
            if b >= 0 and two.find(one[a : a + size], b + 1, high) < 0:
                return [(a, b, size)]
    return []


@cache
def _engine() -> Callable[[str, str], int]:
    try:
        from rapidfuzz.distance import Levenshtein
    except ImportError:
        return myers

    def hinted(one: str, two: str) -> int:
        return Levenshtein.distance(one, two, score_hint=abs(len(one) - len(two)) + 64)

    return hinted


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
