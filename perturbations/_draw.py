"""The randomness of one sample under one perturbation: keyed, stateless, the same at every severity.

Why: a curve whose samples recover after failing is an artefact of redrawn noise. A draw is a pure function
of what the noise is *for* (seed, perturbation, input, position, scope id, replicate), so it is the same at
every severity and does not depend on batch, order, worker or machine. The k-th number of a named stream is a
function of (key, k) alone (SplitMix64 as a counter hash), so the order of consumption never matters.
"""

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from perturbations._ahead import Ahead

SCHEME = 1
"""Version of the randomness scheme; a change of it changes every noise."""

Shape = int | tuple[int, ...]
Keys = NDArray[np.uint64]

# As arrays of no dimension, since numpy takes single numbers apart at every call.
_GOLDEN = np.array(0x9E3779B97F4A7C15, dtype=np.uint64)
_MIX_1 = np.array(0xBF58476D1CE4E5B9, dtype=np.uint64)
_MIX_2 = np.array(0x94D049BB133111EB, dtype=np.uint64)
_ALL = 2**64 - 1
_WORTH_COMPILING = 8192
"""Fewer words than this come from numpy (the same words), so that short texts never load numba."""
_U30, _U27, _U31, _U11 = (np.array(n, dtype=np.uint64) for n in (30, 27, 31, 11))


_COUNTER = np.arange(1, _WORTH_COMPILING + 1, dtype=np.uint64) * _GOLDEN


def hash64(text: str) -> int:
    """Hash a text to 64 bits (BLAKE2b); lone surrogates are allowed."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def sample_keys(ids: Iterable[object]) -> Keys:
    """Hash sample ids, so that a run hashes each id once and not once a cell."""
    if isinstance(ids, np.ndarray) and ids.dtype == np.uint64:
        return ids
    return np.array([hash64(str(each)) for each in ids], dtype=np.uint64)


def mix(z: Keys) -> Keys:
    """Finalise 64-bit counters into 64-bit numbers (SplitMix64's output function); in place."""
    z ^= z >> _U30
    z *= _MIX_1
    z ^= z >> _U27
    z *= _MIX_2
    z ^= z >> _U31
    return z


def combine(key: Keys, word: int | Keys) -> Keys:
    """Derive a new key from a key and a 64-bit word; not commutative."""
    keys, words = np.asarray(key, dtype=np.uint64), np.asarray(word, dtype=np.uint64)
    if keys.ndim:  # numpy warns of overflow in single numbers only
        return mix(mix(keys + _GOLDEN) + words)
    with np.errstate(over="ignore"):
        return mix(mix(keys + _GOLDEN) + words)


@cache
def _stream(name: str) -> int:
    return hash64(name)


def _combine_int(key: int, word: int) -> int:
    """Do what `combine` does for one key, without an array."""
    return _mix_int((_mix_int((key + int(_GOLDEN)) & _ALL) + word) & _ALL)


def _mix_int(z: int) -> int:
    z = ((z ^ (z >> 30)) * int(_MIX_1)) & _ALL
    z = ((z ^ (z >> 27)) * int(_MIX_2)) & _ALL
    return z ^ (z >> 31)


@dataclass(frozen=True, slots=True)
class Draw:
    """Random numbers for one sample, or for a batch of n samples (then every shape starts with n)."""

    keys: Keys
    """One 64-bit key, shape (), or one per sample, shape (n,)."""
    run: int
    """What the samples of the run have in common; `shared` derives from it."""
    ahead: "Ahead | None" = None
    """Where a batch has made the first numbers of this sample already; they are the same numbers."""
    place: int = 0
    """Which sample of that batch this is."""

    @classmethod
    def of(
        cls,
        samples: Keys,
        *,
        seed: int,
        perturbation: str,
        input: str,
        position: int,
        replicate: int,
    ) -> "Draw":
        """Make the draw of hashed sample ids: a scalar array for one sample, (n,) for a batch."""
        return _DrawOf(samples, _run(seed, perturbation, input, position, replicate))

    @property
    def batched(self) -> bool:
        """Whether this draw serves a batch."""
        return self.keys.ndim == 1

    def __len__(self) -> int:
        return len(self.keys) if self.batched else 1

    def row(self, i: int) -> "Draw":
        """Return the draw of the i-th sample of a batch."""
        return Draw(self.keys[i, ...], self.run) if self.batched else self

    def shared(self, scope: str) -> "Draw":
        """Return a draw that is the same for every sample of the run: a device, the data set."""
        return Draw(combine(np.uint64(self.run), hash64(f"shared\x1f{scope}")), self.run)  # type: ignore[arg-type]

    def key(self, stream: str = "") -> Keys:
        """Return the 64-bit key of a named stream, shape () or (n,), for kernels."""
        if self.batched:
            return combine(self.keys, _stream(stream))
        return np.array(_combine_int(int(self.keys), _stream(stream)), dtype=np.uint64)

    def bits(self, shape: Shape = (), *, stream: str = "") -> Keys:
        """Return 64-bit integers; number k of a sample depends on its key, the stream and k alone."""
        full = (shape,) if isinstance(shape, int) else tuple(shape)
        if self.batched:
            self._check(full)
        inner = math.prod(full[1:] if self.batched else full)
        return _words(np.atleast_1d(self.key(stream)), inner).reshape(full)

    def uniform(self, shape: Shape = (), *, stream: str = "") -> NDArray[np.float64]:
        """Return numbers uniform in [0, 1), 53 bits."""
        if self.ahead is not None and isinstance(shape, int):
            made = self.ahead.uniform(self.place, shape, stream)
            if made is not None:
                return made
        return np.asarray((self.bits(shape, stream=stream) >> _U11) * 2.0**-53)

    def normal(self, shape: Shape = (), *, stream: str = "") -> NDArray[np.float64]:
        """Return standard normal numbers, by the inverse distribution of one uniform each."""
        from perturbations._kernels import normal_quantile

        words = self.bits(shape, stream=stream)
        return np.asarray(normal_quantile(words.reshape(-1))).reshape(words.shape)

    def integers(
        self, low: int, high: int, shape: Shape = (), *, stream: str = ""
    ) -> NDArray[np.int64]:
        """Return integers in [low, high); the bias is below (high - low) / 2**53."""
        if high <= low:
            raise ValueError(f"expected high > low, got low={low}, high={high}")
        span = self.uniform(shape, stream=stream) * (high - low)
        return np.asarray(low + np.floor(span), dtype=np.int64)

    def permutation(self, n: int, *, stream: str = "") -> NDArray[np.int64]:
        """Return a uniform permutation of range(n), shape (n,); one row per sample when batched."""
        shape = (len(self), n) if self.batched else (n,)
        return np.argsort(self.bits(shape, stream=stream), axis=-1, kind="stable")

    def poisson(self, rate: ArrayLike, *, stream: str = "") -> NDArray[np.float64]:
        """Return Poisson counts of the given rates, as quantiles of one uniform each.

        The same uniform serves every rate: counts rise with the rate, and keep their order among equal rates.
        """
        from perturbations._kernels import poisson_quantile

        rates = np.asarray(rate, dtype=np.float64)
        words = self.bits(rates.shape, stream=stream)
        flat = poisson_quantile(np.ascontiguousarray(rates).reshape(-1), words.reshape(-1))
        return np.asarray(flat).reshape(rates.shape)

    def _check(self, shape: Sequence[int]) -> None:
        if not shape or shape[0] != len(self.keys):
            raise ValueError(
                f"expected a shape that starts with the batch size {len(self.keys)}, got {shape}"
            )


class _DrawOf(Draw):
    """The draw of hashed sample ids, whose keys are made when they are asked for: many noises draw nothing."""

    __slots__ = ("_made", "_samples")
    _made: Keys | None
    _samples: Keys

    def __init__(self, samples: Keys, run: int) -> None:
        """Take the hashed ids and what the run has in common."""
        fields = {"_samples": samples, "_made": None, "run": run, "ahead": None, "place": 0}
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    @property
    def keys(self) -> Keys:
        """One 64-bit key per sample."""
        made = self._made
        if made is None:
            made = combine(np.uint64(self.run), self._samples)  # type: ignore[arg-type]
            object.__setattr__(self, "_made", made)
        return made

    def key(self, stream: str = "") -> Keys:
        """Return the 64-bit key of a named stream; of many samples, made in one pass with the keys it derives from."""
        if self._made is not None or self._samples.size < _WORTH_COMPILING:
            return super().key(stream)
        from perturbations._kernels import keyed

        made, key = keyed(self.run, self._samples, _stream(stream))
        object.__setattr__(self, "_made", made)
        return key

    @property
    def batched(self) -> bool:
        """Whether this draw serves a batch."""
        return self._samples.ndim == 1

    def __len__(self) -> int:
        return len(self._samples) if self.batched else 1

    def __reduce__(self) -> tuple[type[Draw], tuple[Keys, int]]:
        return Draw, (self.keys, self.run)


@lru_cache(maxsize=256, typed=True)
def _run(seed: int, perturbation: str, input: str, position: int, replicate: int) -> int:
    return hash64(f"{SCHEME}\x1f{seed}\x1f{perturbation}\x1f{input}\x1f{position}\x1f{replicate}")


def _words(keys: Keys, count: int) -> Keys:
    if keys.size * count >= _WORTH_COMPILING:
        from perturbations._kernels import bits

        return bits(keys, count)
    return mix(keys[:, None] + _COUNTER[:count])
