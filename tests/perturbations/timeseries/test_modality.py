import json
import math

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadValue, MissingReference
from perturbations.timeseries._modality import MODALITY, Reference, fit

NAMES = ("additive-noise", "burst-dropout", "drift", "stuck-at", "spikes", "time-shift")


@pytest.mark.parametrize(("label", "value"), MODALITY.bad().items())
def test_what_is_no_series_is_a_named_error(label, value):
    with pytest.raises(BadValue, match="expected"):
        pt.get("timeseries/time-shift")(value, 0.4)


def test_the_error_says_what_to_do():
    with pytest.raises(BadValue, match="mark missing values with NaN"):
        pt.get("timeseries/stuck-at")(np.arange(5), 0.4)
    with pytest.raises(BadValue, match="none infinite"):
        pt.get("timeseries/stuck-at")(np.array([1.0, -np.inf]), 0.4)


@pytest.mark.parametrize("label", MODALITY.edges())
@pytest.mark.parametrize("name", NAMES)
def test_edge_series_keep_shape_dtype_and_what_was_missing(name, label):
    series, noise = MODALITY.edges()[label], pt.get(f"timeseries/{name}")
    before = series.copy()
    for severity in (0.2, 1.0):
        noisy = noise(series, severity, reference=noise.fit([series]))
        assert (series.shape, series.dtype) == (noisy.shape, noisy.dtype)
        assert not np.shares_memory(noisy, series)
        if name != "time-shift":
            assert np.isnan(noisy[np.isnan(series)]).all()
        if not noise.missing:
            assert np.array_equal(np.isnan(noisy), np.isnan(series))
    assert np.array_equal(before, series, equal_nan=True)


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_of_any_lengths_equals_one_by_one(name):
    noise = pt.get(f"timeseries/{name}")
    series = MODALITY.corpus(12)
    assert len({len(each) for each in series}) > 5
    reference = noise.fit(series)
    ids = [f"s{i}" for i in range(len(series))]
    together = noise.batch(series, 0.7, samples=ids, reference=reference)
    for each, sample, noisy in zip(series, ids, together, strict=True):
        assert np.array_equal(
            noise(each, 0.7, sample=sample, reference=reference), noisy, equal_nan=True
        )


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_of_one_length_is_an_array(name):
    noise, stack = pt.get(f"timeseries/{name}"), np.random.default_rng(0).normal(size=(5, 30))
    reference = noise.fit(stack)
    together = noise.batch(stack, 0.7, samples=range(5), reference=reference)
    assert together.shape == stack.shape
    alone = noise(stack[3], 0.7, sample=3, reference=reference)
    assert np.array_equal(alone, together[3], equal_nan=True)


def test_the_reference_is_pooled_over_all_series_and_leaves_nan_out():
    rng = np.random.default_rng(1)
    series = [rng.normal(3, 2, (n, 2)) for n in (10, 50, 200)]
    series[0][3, 1] = np.nan
    pooled = np.concatenate(series)
    reference = fit(series, {})
    assert reference.mean == pytest.approx(np.nanmean(pooled, axis=0))
    assert reference.std == pytest.approx(np.nanstd(pooled, axis=0))
    assert reference.low == pytest.approx(np.nanquantile(pooled, 0.01, axis=0))
    assert reference.high == pytest.approx(np.nanquantile(pooled, 0.99, axis=0))


def test_channels_without_spread_have_standard_deviation_zero():
    series = np.stack([np.full(7, 0.1), np.full(7, np.nan)], axis=1)
    reference = fit([series], {})
    assert reference.std == (0.0, 0.0)
    assert reference.mean[0] == pytest.approx(0.1)
    assert math.isnan(reference.mean[1])


def test_the_reference_survives_json():
    reference = fit([MODALITY.edges()["a channel all missing"]], {})
    text = json.dumps(reference.to_json(), allow_nan=False)
    assert Reference.from_json(json.loads(text)) == reference


def test_a_reference_of_other_channels_is_a_named_error():
    noise = pt.get("timeseries/additive-noise")
    with pytest.raises(MissingReference, match="a reference of 3 channels"):
        noise(np.zeros((9, 3)), 0.5, reference=noise.fit([np.zeros((9, 2))]))
    with pytest.raises(MissingReference, match=r"noise\.fit"):
        noise(np.zeros((9, 3)), 0.5)
    with pytest.raises(BadValue, match="one number of channels"):
        noise.fit([np.zeros((9, 2)), np.zeros(9)])


def test_a_batch_without_reference_is_fitted_on_itself_and_says_so():
    noise, stack = (
        pt.get("timeseries/additive-noise"),
        np.random.default_rng(0).normal(size=(5, 30)),
    )
    with pytest.warns(pt.FittedOnBatch):
        noisy = noise.batch(stack, 0.7, samples=range(5))
    assert np.array_equal(
        noisy, noise.batch(stack, 0.7, samples=range(5), reference=noise.fit(stack))
    )


def test_distance_in_closed_form():
    clean = np.stack([np.tile([0.0, 2.0], 4), np.tile([0.0, 20.0], 4)], axis=1)
    noisy = clean.copy()
    noisy[:2, 0] += 3.0
    noisy[5, 1] = np.nan
    found = pt.distance("timeseries", clean, noisy)
    assert found == pytest.approx(
        {"rmse": math.sqrt(18.0 / 15), "changed": 3 / 16, "missing": 1 / 16}
    )
    scaled = pt.distance("timeseries", clean, noisy, reference=fit([3.0 * clean], {}))
    assert scaled["rmse"] == pytest.approx(found["rmse"] / 3)


def test_distance_where_nothing_can_be_compared():
    series = np.arange(4.0)
    gone = np.full(4, np.nan)
    assert math.isnan(pt.distance("timeseries", series, gone)["rmse"])
    assert pt.distance("timeseries", gone, gone)["changed"] == 0.0
    assert pt.distance("timeseries", series[:0], series[:0]) == dict.fromkeys(
        MODALITY.measures, 0.0
    )
    with pytest.raises(BadValue):
        pt.distance("timeseries", series, series[:2])
