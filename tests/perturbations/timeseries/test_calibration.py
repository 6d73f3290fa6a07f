import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadSetting
from perturbations.timeseries._modality import fit

DRIFT = pt.get("timeseries/drift")
REFERENCE = fit([np.random.default_rng(0).normal(size=(4000, 2)) * [1.0, 10.0]], {})


def added(steps, end=2.0, kind="linear", sample="a"):
    noise = DRIFT.with_settings(kind=kind)
    clean = np.full((steps, 2), 5.0)
    return (
        noise(clean, dose={"end": end}, sample=sample, reference=REFERENCE) - clean
    ) / REFERENCE.std


def test_a_line_from_zero_to_the_end():
    path = added(101)
    sign = np.sign(path[-1])
    assert np.allclose(path, 2.0 * sign * np.linspace(0, 1, 101)[:, None])


def test_directions_are_drawn_for_each_channel():
    signs = np.array([np.sign(added(3, sample=i)[-1]) for i in range(200)])
    assert np.abs(signs.mean(axis=0)).max() < 0.3
    assert abs(np.mean(signs[:, 0] * signs[:, 1])) < 0.3


def walks(steps):
    noise, clean = DRIFT.with_settings(kind="walk"), np.zeros((2000, steps, 2))
    noisy = noise.batch(clean, dose={"end": 2.0}, samples=range(2000), reference=REFERENCE)
    return noisy / REFERENCE.std


@pytest.mark.parametrize("steps", [2, 50])
def test_a_walk_ends_with_the_given_spread(steps):
    paths = walks(steps)
    assert (paths[:, 0] == 0).all()
    assert paths[:, -1].std(axis=0) == pytest.approx([2.0, 2.0], rel=0.08)


def test_a_walk_grows_as_the_square_root_of_time():
    middle = 2.0 * np.sqrt(25 / 49)
    assert walks(50)[:, 25].std(axis=0) == pytest.approx([middle, middle], rel=0.08)


@pytest.mark.parametrize("kind", ["linear", "walk"])
def test_it_is_proportional(kind):
    assert np.allclose(3 * added(40, 0.5, kind), added(40, 1.5, kind))


def test_one_step_carries_the_end():
    assert np.abs(added(1)) == pytest.approx(np.full((1, 2), 2.0))
    assert added(0).shape == (0, 2)


def test_flat_channels_are_counted_and_missing_stays_missing():
    series = np.stack([np.ones(10), np.arange(10.0)], axis=1)
    series[3, 1] = np.nan
    noisy = DRIFT.apply(series, 1.0, reference=fit([series], {}))
    assert noisy.report == {"flat_channels": 1}
    assert (noisy.value[:, 0] == 1).all()
    assert np.array_equal(np.isnan(noisy.value), np.isnan(series))


def test_the_kind_is_checked():
    with pytest.raises(BadSetting, match="did you mean linear"):
        DRIFT.with_settings(kind="liner")(np.ones(5), 0.5, reference=fit([np.ones(5)], {}))
