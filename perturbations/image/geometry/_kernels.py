"""Compiled loops of the fields that bend a picture."""

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit, uniform64


@jit
def signed_uniforms(key: np.uint64, out: NDArray[np.float32]) -> None:
    """Fill `out` with numbers uniform in [-1, 1): twice those of the stream `key`, less one."""
    for k in range(out.size):
        out[k] = np.float32(2 * uniform64(key, k) - 1)
