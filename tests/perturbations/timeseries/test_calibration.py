import numpy as np
import pandas as pd
import pytest

import perturbations as pt
from perturbations.errors import BadSetting, MissingReference
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


BIAS = pt.get("timeseries/bias")
GAIN = pt.get("timeseries/gain-error")


def test_a_bias_is_the_same_on_every_reading_and_in_units_of_the_spread():
    clean = np.random.default_rng(1).normal(size=(50, 2))
    off = BIAS(clean, dose={"offset": 0.5}, reference=REFERENCE) - clean
    np.testing.assert_allclose(np.abs(off), np.broadcast_to(0.5 * np.array(REFERENCE.std), (50, 2)))
    assert (np.sign(off) == np.sign(off[0])).all()


def test_a_channel_about_zero_is_biased_as_one_about_a_thousand():
    """In units of the mean it would not be at all."""
    wave = np.sin(np.arange(200) * 2 * np.pi / 200)
    offsets = []
    for centre in (0.0, 1000.0):
        series = wave + centre
        off = BIAS(series, dose={"offset": 1.0}, reference=fit([series], {})) - series
        offsets.append(np.abs(off))
    np.testing.assert_allclose(offsets[0], offsets[1], rtol=1e-9)
    assert offsets[0] == pytest.approx(np.full(200, np.sqrt(0.5)))


def test_a_gain_multiplies_each_channel_by_one_factor():
    clean = np.random.default_rng(1).normal(size=(50, 2)) + 3
    factors = np.array([GAIN(clean, dose={"percent": 10}, sample=i) / clean for i in range(100)])
    np.testing.assert_allclose(factors, np.broadcast_to(factors[:, :1], factors.shape))
    assert set(np.round(factors[:, 0].ravel(), 9)) == {0.9, 1.1}
    assert abs((factors[:, 0] > 1).mean() - 0.5) < 4 * 0.5 / np.sqrt(200)


def test_a_gain_about_the_mean_leaves_the_mean():
    clean = np.random.default_rng(1).normal(size=(50, 2)) + 300
    reference = fit([clean], {})
    noisy = GAIN.with_settings(about="mean")(clean, dose={"percent": 50}, reference=reference)
    np.testing.assert_allclose(clean.mean(axis=0), noisy.mean(axis=0))
    ratio = noisy.std(axis=0) / clean.std(axis=0)
    assert set(np.round(ratio, 9)) <= {0.5, 1.5}
    with pytest.raises(MissingReference, match="about"):
        GAIN.with_settings(about="mean")(clean, 0.5)


def test_a_drift_per_second_has_that_slope():
    noise = DRIFT.with_settings(over=1.0)
    series = np.zeros((400, 2))
    path = noise(series, dose={"end": 0.25}, reference=REFERENCE, facts={"rate": 100})
    np.testing.assert_allclose(0.25 * np.arange(400) / 100, np.abs(path[:, 1]) / REFERENCE.std[1])


def test_a_drift_is_a_line_in_time_and_not_in_steps():
    stamps = np.cumsum(np.random.default_rng(3).uniform(0.1, 9, 60))
    flat = pd.DataFrame(np.zeros((60, 2)), index=stamps)
    path = np.abs(np.asarray(DRIFT(flat, dose={"end": 2.0}, reference=REFERENCE)))[:, 0]
    since = stamps - stamps[0]
    np.testing.assert_allclose(2.0 * since / since[-1] * REFERENCE.std[0], path)


def test_a_walk_grows_with_the_root_of_time_and_not_of_steps():
    stamps = np.array([0.0, 1.0, 2.0, 100.0])
    noise = DRIFT.with_settings(kind="walk", over=100.0)
    frames = [pd.DataFrame(np.zeros((4, 2)), index=stamps)] * 2000
    paths = noise.batch(frames, dose={"end": 2.0}, samples=range(2000), reference=REFERENCE)
    spread = np.stack([np.asarray(each) for each in paths]).std(axis=0) / REFERENCE.std
    expected = 2.0 * np.sqrt(stamps / 100.0)
    np.testing.assert_allclose(np.stack([expected, expected], axis=1), spread, rtol=0.08)


def test_the_time_of_a_drift_is_checked():
    with pytest.raises(BadSetting, match="over=-1"):
        DRIFT.with_settings(over=-1.0)(np.ones(5), 0.5, reference=fit([np.ones(5)], {}))
    with pytest.raises(BadSetting, match="did you mean mean"):
        GAIN.with_settings(about="meen")(np.ones(5), 0.5)
