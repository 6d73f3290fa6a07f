"""Words of many texts replaced by what a table lists for them, in one buffer.

Why: finding a text's words and looking them up costs Python ten microseconds. What comes out is what the plain
function makes; texts beyond ASCII are left to it, as letters there do not keep their number from case to case.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from perturbations._draw import Draw
from perturbations.text._packed import Plain, Same, completed, packed
from perturbations.text._tables import Errors


class Known(Protocol):
    """Errors by word in lower case."""

    def __iter__(self) -> Iterator[str]: ...

    def __getitem__(self, word: str, /) -> Errors: ...


def misspelt_many(
    texts: Sequence[str],
    known: Known,
    draw: Draw,
    share: float,
    plain: Plain,
) -> list[str]:
    """Return the texts with a share of the words that are in the table replaced; `plain` does those beyond ASCII.

    Words are looked up in lower case, and written in the case that they had. A word is letters and digits, with
    apostrophes and hyphens inside.
    """
    from perturbations.text._lookup._kernels import look_up

    table = _table(Same(known))
    pack, ends = packed(texts), np.empty(len(texts) + 1, dtype=np.int64)
    pack.plain[:] = [text.isascii() for text in texts]
    out = np.empty(table.growth * pack.codes.size, dtype=np.uint32)
    where = pack.codes, pack.starts, draw.key("unit"), share, pack.plain
    look_up(*where, *table[:-1], out, ends, pack.changed)
    return completed(pack, pack.unpack(ends, out), draw, plain)


class _Table(NamedTuple):
    """A table of words for the kernel."""

    slots: NDArray[np.int32]
    words: NDArray[np.int32]
    letters: NDArray[np.uint32]
    options: NDArray[np.int32]
    upto: NDArray[np.float64]
    written: NDArray[np.uint32]
    growth: int
    """How many times longer a text may become."""


@lru_cache(maxsize=8)
def _table(same: Same[Known]) -> _Table:
    from perturbations.text._lookup._kernels import fill

    known = same.it
    letters: list[int] = []
    written: list[int] = []
    words: list[tuple[int, int, int, int]] = []
    options: list[tuple[int, int]] = []
    upto: list[float] = []
    growth = 1
    for word in filter(str.isascii, known):
        errors = known[word]
        words.append(
            (len(letters), len(letters) + len(word), len(upto), len(upto) + len(errors.upto))
        )
        letters += map(ord, word)
        upto += errors.upto
        for error in errors.words:
            for cased in (error, error[0].upper() + error[1:], error.upper()):
                options.append((len(written), len(written) + len(cased)))
                written += map(ord, cased)
                growth = max(growth, -(-len(cased) // len(word)))
    slots = np.full(1 << (2 * len(words) + 1).bit_length(), -1, dtype=np.int32)
    rows = np.array(words, dtype=np.int32).reshape(-1, 4)
    text = np.array(letters, dtype=np.uint32)
    fill(slots, rows, text)
    spans = np.array(options, dtype=np.int32).reshape(-1, 2)
    return _Table(
        slots, rows, text, spans, np.array(upto), np.array(written, dtype=np.uint32), growth
    )
