import math

import numpy as np
import pytest

from perturbations._kernels import peak


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1,), (1000,), (3, 700), (0,)])
def test_the_peak_is_the_largest_magnitude(kind, shape):
    values = np.random.default_rng(0).normal(size=shape).astype(kind)
    assert np.abs(values).max(initial=0.0) == peak(values)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_peak_shows_what_is_not_finite(kind):
    values = np.zeros(5000, dtype=kind)
    values[7] = -np.inf
    assert math.inf == peak(values)
    values[4000] = np.nan
    assert math.isnan(peak(values))
    assert np.finfo(kind).max == peak(np.array([np.finfo(kind).min, 0.0], dtype=kind))
