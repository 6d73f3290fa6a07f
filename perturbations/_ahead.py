"""The first random numbers of many samples, made in one compiled call.

Why: keying and hashing one sample's few numbers costs ten times what they are worth in a text of a hundred
characters. Number k of a sample is a function of its key, the stream and k, so it may as well be made early.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations._draw import Draw, combine, hash64


class _Hits(NamedTuple):
    """The numbers below a share: of which unit of which sample, and their lower bits."""

    starts: list[int]
    units: list[int]
    how: list[float]


@dataclass(slots=True, eq=False)
class Ahead:
    """Numbers of the samples of one batch, made for all of them when the first one asks."""

    draw: Draw
    """The draw of the batch."""
    sizes: Sequence[int]
    """How many units each sample has; twice as many numbers are made, for noises that order units too."""
    _starts: NDArray[np.int64] = field(init=False)
    _numbers: dict[str, NDArray[np.float64]] = field(init=False, default_factory=dict)
    _hits: dict[tuple[str, float], _Hits] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._starts = np.array(list(accumulate(self.sizes, initial=0)), dtype=np.int64)

    def rows(self) -> Iterator[Draw]:
        """Yield the draw of each sample."""
        keys, run = self.draw.keys, self.draw.run
        for i in range(len(self.sizes)):
            yield Draw(keys[i, ...], run, self, i)

    def uniform(self, place: int, count: int, stream: str) -> NDArray[np.float64] | None:
        """Return the first numbers of a sample in [0, 1), or None if fewer were made."""
        if count > 2 * self.sizes[place]:
            return None
        numbers = self._numbers.get(stream)
        if numbers is None:
            from perturbations._kernels import uniforms

            numbers = uniforms(self._keys(stream), 2 * self._starts)
            self._numbers[stream] = numbers
        start = 2 * self._starts[place]
        return numbers[start : start + count].copy()

    def below(
        self, place: int, count: int, share: float, stream: str
    ) -> Iterator[tuple[int, float]] | None:
        """Yield which of a sample's first numbers are below the share, and their lower bits as a number in [0, 1).

        None if fewer numbers were made.
        """
        if count > self.sizes[place]:
            return None
        hits = self._hits.get((stream, share))
        if hits is None:
            hits = self._hits[stream, share] = self._below(share, stream)
        start, stop = hits.starts[place], hits.starts[place + 1]
        if count < self.sizes[place]:
            stop = bisect_left(hits.units, count, start, stop)
        return zip(hits.units[start:stop], hits.how[start:stop], strict=True)

    def _below(self, share: float, stream: str) -> _Hits:
        from perturbations._kernels import below

        ends, units, how = below(self._keys(stream), self._starts, share)
        return _Hits(ends.tolist(), units.tolist(), how.tolist())

    def _keys(self, stream: str) -> NDArray[np.uint64]:
        return combine(self.draw.keys, hash64(stream))
