"""The one way kernels are compiled, and the counter-based generator that they share.

Why: numba is imported at the first call of a kernel, never before, so this module is imported only by the
private `_kernels` modules. Without fastmath a kernel gives the same bits one by one and in a batch.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_TO_UNIT = 2.0**-53


def cache_is_writable() -> bool:
    """Tell whether compiled kernels can be kept, in NUMBA_CACHE_DIR or beside their source."""
    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or Path(__file__).parent)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def jit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile `function` at its first call; keep the machine code where a cache can be written."""
    import numba

    compiled: Callable[..., Any] = numba.njit(
        cache=cache_is_writable(), nogil=True, boundscheck=False
    )(function)
    return compiled


@jit
def mix64(z: np.uint64) -> np.uint64:
    """Finalise a 64-bit counter into a 64-bit number (SplitMix64's output function)."""
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@jit
def bits64(key: np.uint64, k: int) -> np.uint64:
    """Return the k-th 64-bit number of the stream `key`."""
    return mix64(key + (np.uint64(k) + np.uint64(1)) * GOLDEN)


@jit
def uniform64(key: np.uint64, k: int) -> float:
    """Return the k-th number of the stream `key`, uniform in [0, 1) with 53 bits."""
    # Signed, since there is no instruction that makes a float of an unsigned number.
    return np.float64(np.int64(bits64(key, k) >> _S11)) * _TO_UNIT
