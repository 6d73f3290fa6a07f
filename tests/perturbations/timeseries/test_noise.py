import numpy as np
import pytest
from scipy import stats

import perturbations as pt
from perturbations.timeseries._modality import fit

NOISE = pt.get("timeseries/additive-noise")
REFERENCE = fit([np.random.default_rng(0).normal(size=(4000, 3)) * [1.0, 10.0, 0.01]], {})


@pytest.mark.parametrize("sigma", [0.1, 1.0])
def test_the_spread_is_sigma_times_the_channels(sigma):
    clean = np.zeros((40_000, 3))
    noisy = NOISE(clean, dose={"sigma": sigma}, reference=REFERENCE)
    ratio = noisy.std(axis=0) / REFERENCE.std
    assert ratio == pytest.approx([sigma] * 3, rel=4 / np.sqrt(2 * len(clean)))
    assert stats.kstest(noisy[:, 0] / noisy[:, 0].std(), "norm").pvalue > 0.001


def test_steps_and_channels_are_independent():
    noisy = NOISE(np.zeros((40_000, 3)), 0.4, reference=REFERENCE)
    assert np.abs(np.corrcoef(noisy.T) - np.eye(3)).max() < 0.02
    assert abs(np.corrcoef(noisy[1:, 0], noisy[:-1, 0])[0, 1]) < 0.02


def test_it_is_proportional_and_missing_stays_missing():
    clean = np.random.default_rng(0).normal(size=(50, 3))
    clean[4:9, 1] = np.nan
    mild, strong = (
        NOISE(clean, dose={"sigma": s}, sample="a", reference=REFERENCE) - clean for s in (0.1, 0.4)
    )
    assert np.allclose(4 * mild, strong, equal_nan=True)
    assert np.array_equal(np.isnan(strong), np.isnan(clean))


def test_a_channel_without_spread_gets_none_and_is_counted():
    flat = np.stack([np.full(30, 7.0), np.arange(30.0)], axis=1)
    noisy = NOISE.apply(flat, 1.0, reference=fit([flat], {}))
    assert (noisy.value[:, 0] == 7.0).all()
    assert (noisy.value[:, 1] != flat[:, 1]).all()
    assert noisy.report == {"flat_channels": 1}
