"""Many texts in one buffer of code points, and the noises that are made there.

Why: Python takes microseconds for a text of a hundred characters, a compiled loop a fraction of one. What comes out
is what the plain functions make, text by text; a text with clusters of several code points is left to them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from perturbations._draw import Draw
from perturbations._noisy import Noisy
from perturbations.text._batch import one_by_one
from perturbations.text._graphemes import BREAKS, joining

Plain = Callable[[str, Draw], Noisy]
"""A noise of one text."""
_CODES = 0x110000


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Texts in one buffer."""

    texts: Sequence[str]
    codes: NDArray[np.uint32]
    """All code points, one text after the other; kernels write here."""
    starts: NDArray[np.int64]
    plain: NDArray[np.bool_]
    """Whether every cluster of a text is one code point."""
    changed: NDArray[np.bool_]

    def unpack(
        self,
        ends: NDArray[np.int64] | None = None,
        out: NDArray[np.uint32] | None = None,
    ) -> list[str]:
        """Return the texts as they are now; those that were not changed are the ones given."""
        found = np.asarray(self.starts if ends is None else ends)
        whole = (
            (self.codes if out is None else out)[: found[-1]]
            .tobytes()
            .decode("utf-32-le", "surrogatepass")
        )
        spans = pairwise(found.tolist())
        rows = zip(self.texts, self.changed.tolist(), spans, strict=True)
        return [whole[start:stop] if new else text for text, new, (start, stop) in rows]


def packed(texts: Sequence[str], *, by_cluster: bool = True) -> Packed:
    """Put texts into one buffer; if not by cluster, every text counts as plain."""
    from perturbations.text._kernels import find_plain

    joined = "".join(texts)
    buffer = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).copy()
    starts = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(text) for text in texts], out=starts[1:])
    plain = np.ones(len(texts), dtype=np.bool_)
    if by_cluster and not (joined.isascii() and "\r\n" not in joined):
        find_plain(buffer, starts, kinds(), plain)
    return Packed(texts, buffer, starts, plain, np.zeros(len(texts), dtype=np.bool_))


def substituted_many(
    texts: Sequence[str],
    confusions: Mapping[str, tuple[str, ...]],
    draw: Draw,
    share: float,
    plain: Plain,
    *,
    by_cluster: bool = True,
) -> list[str]:
    """Return the texts with a share of the characters replaced; `plain` does the texts with clusters."""
    from perturbations.text._kernels import substitute

    table = _table(Same(confusions))
    if table is None:
        return one_by_one(plain, texts, draw)
    pack = packed(texts, by_cluster=by_cluster)
    substitute(pack.codes, pack.starts, draw.key("unit"), share, pack.plain, *table, pack.changed)
    return completed(pack, pack.unpack(), draw, plain)


def dropped_many(texts: Sequence[str], draw: Draw, share: float, plain: Plain) -> list[str]:
    """Return the texts with a share of the characters left out, but for line breaks."""
    from perturbations.text._kernels import drop

    pack, ends = packed(texts), np.empty(len(texts) + 1, dtype=np.int64)
    drop(pack.codes, pack.starts, draw.key("unit"), share, pack.plain, kinds(), ends, pack.changed)
    return completed(pack, pack.unpack(ends), draw, plain)


def swapped_many(texts: Sequence[str], draw: Draw, share: float, plain: Plain) -> list[str]:
    """Return the texts with two neighbours exchanged inside a share of their words."""
    from perturbations.text._kernels import swap

    pack = packed(texts)
    swap(pack.codes, pack.starts, draw.key("unit"), share, pack.plain, kinds(), pack.changed)
    return completed(pack, pack.unpack(), draw, plain)


def transposed_many(texts: Sequence[str], draw: Draw, turns: float, plain: Plain) -> list[str]:
    """Return the texts with neighbours exchanged, of pairs whose number is below `turns`."""
    from perturbations.text._kernels import transpose

    pack = packed(texts)
    transpose(pack.codes, pack.starts, draw.key("unit"), turns, pack.plain, kinds(), pack.changed)
    return completed(pack, pack.unpack(), draw, plain)


def doubled_many(texts: Sequence[str], draw: Draw, share: float, plain: Plain) -> list[str]:
    """Return the texts with a share of the characters twice, but for line breaks."""
    from perturbations.text._kernels import double

    pack, ends = packed(texts), np.empty(len(texts) + 1, dtype=np.int64)
    out = np.empty(2 * pack.codes.size, dtype=np.uint32)
    where = pack.codes, pack.starts, draw.key("unit"), share, pack.plain, kinds()
    double(*where, out, ends, pack.changed)
    return completed(pack, pack.unpack(ends, out), draw, plain)


def replaced_many(
    texts: Sequence[str],
    known: Mapping[str, tuple[str, ...]],
    draw: Draw,
    share: float,
    plain: Plain,
) -> list[str]:
    """Return the texts with a share of the sources in `known`, the longest from the left, replaced by an option.

    A source is one or more code points, and so is an option; `plain` does the texts with clusters.
    """
    from perturbations.text._kernels import replace

    table = _sources(Same(known))
    pack, ends = packed(texts), np.empty(len(texts) + 1, dtype=np.int64)
    out = np.empty(table.growth * pack.codes.size, dtype=np.uint32)
    where = pack.codes, pack.starts, draw.key("unit"), share, pack.plain
    replace(*where, *table[:-1], out, ends, pack.changed)
    return completed(pack, pack.unpack(ends, out), draw, plain)


def completed(pack: Packed, noisy: list[str], draw: Draw, plain: Plain) -> list[str]:
    """Put in the texts that the kernel passed over."""
    rest = np.flatnonzero(~pack.plain).tolist()
    if rest:
        part = Draw(draw.keys[rest], draw.run)
        made = one_by_one(plain, [pack.texts[i] for i in rest], part)
        for i, text in zip(rest, made, strict=True):
            noisy[i] = text
    return noisy


@cache
def kinds() -> NDArray[np.uint8]:
    """Return what each code point is, as bits; see `_kernels`."""
    from perturbations.text import _kernels

    table = np.zeros(_CODES, dtype=np.uint8)
    for low, high in joining():
        table[low : high + 1] |= _kernels.JOINS
    for code in (i for i in range(0x3001) if chr(i).isspace()):
        table[code] |= _kernels.BLANK
    for end in BREAKS:
        table[ord(end[-1])] |= _kernels.BREAKS
    return table


class _Table(NamedTuple):
    """What each code point may become."""

    first: NDArray[np.int32]
    number: NDArray[np.int32]
    options: NDArray[np.uint32]


_T = TypeVar("_T")


class Same(Generic[_T]):
    """An object that equals itself alone, so that what was made of it is found again."""

    __slots__ = ("it",)

    def __init__(self, it: _T) -> None:
        self.it = it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.it is other.it

    def __hash__(self) -> int:
        return id(self.it)


@lru_cache(maxsize=32)
def _table(same: Same[Mapping[str, tuple[str, ...]]]) -> _Table | None:
    """Return the confusions by code point; None where one has several code points."""
    confusions = same.it
    if any(len(part) != 1 for one, more in confusions.items() for part in (one, *more)):
        return None
    size = max(map(ord, confusions), default=-1) + 1
    first, number = np.zeros(size, dtype=np.int32), np.zeros(size, dtype=np.int32)
    options: list[int] = []
    for one, more in confusions.items():
        first[ord(one)], number[ord(one)] = len(options), len(more)
        options += map(ord, more)
    return _Table(first, number, np.array(options, dtype=np.uint32))


class _Sources(NamedTuple):
    """What strings of code points may become; see `_kernels.replace`."""

    first: NDArray[np.int32]
    sources: NDArray[np.uint32]
    options: NDArray[np.int32]
    written: NDArray[np.uint32]
    growth: int
    """How many times longer a text may become."""


@lru_cache(maxsize=32)
def _sources(same: Same[Mapping[str, tuple[str, ...]]]) -> _Sources:
    known = same.it
    order = sorted(known, key=lambda source: (ord(source[0]), -len(source), source))
    longest = max(map(len, order), default=1)
    rows = np.zeros((len(order), longest + 3), dtype=np.uint32)
    spans: list[tuple[int, int]] = []
    written: list[int] = []
    for row, source in zip(rows, order, strict=True):
        row[0], row[1 : 1 + len(source)] = len(source), list(map(ord, source))
        row[longest + 1] = len(spans)
        for option in known[source]:
            spans.append((len(written), len(written) + len(option)))
            written += map(ord, option)
        row[longest + 2] = len(spans)
    heads = [ord(source[0]) for source in order]
    first = np.searchsorted(heads, np.arange(max(heads, default=0) + 2))
    growth = max((len(o) for source in order for o in known[source]), default=1)
    return _Sources(
        first.astype(np.int32),
        rows,
        np.array(spans, dtype=np.int32).reshape(-1, 2),
        np.array(written, dtype=np.uint32),
        max(growth, 1),
    )
