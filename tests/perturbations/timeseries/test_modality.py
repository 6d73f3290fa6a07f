import json
import math

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadValue, MissingReference, NotApplicable
from perturbations.timeseries._modality import MODALITY, fit
from perturbations.timeseries._reference import PROBABILITIES, Reference

NAMES = [name.partition("/")[2] for name in pt.names(modality="timeseries")]
MOVED = (
    "time-shift", "clock-skew", "timestamp-jitter", "lost-samples", "duplicated-samples", "reordered-samples", "channel-swap"
)  # fmt: skip
"""Noises with which missing values move along."""
FACTS = {"rate": 200.0}
ARRAYS = {k: v for k, v in MODALITY.edges().items() if isinstance(v, np.ndarray)}


def noisy_of(noise, value, severity, **known):
    """Return a noisy value, or None where the noise says that it has no meaning."""
    try:
        return noise(value, severity, facts=FACTS, **known)
    except NotApplicable:
        return None


@pytest.mark.parametrize(("label", "value"), MODALITY.bad().items())
def test_what_is_no_series_is_a_named_error(label, value):
    with pytest.raises(BadValue, match="expected"):
        pt.get("timeseries/time-shift")(value, 0.4)


def test_the_error_says_what_to_do():
    with pytest.raises(BadValue, match="mark missing values with NaN"):
        pt.get("timeseries/stuck-at")(np.array(["1", "2"]), 0.4)
    with pytest.raises(BadValue, match=r"at most 2\*\*53"):
        pt.get("timeseries/stuck-at")(np.array([2**60]), 0.4)
    with pytest.raises(BadValue, match="a rate in Hz"):
        pt.get("timeseries/stuck-at")(np.ones(5), 0.4, facts={"rate": 0})
    with pytest.raises(BadValue, match="none infinite"):
        pt.get("timeseries/stuck-at")(np.array([1.0, -np.inf]), 0.4)


@pytest.mark.parametrize("label", ARRAYS)
@pytest.mark.parametrize("name", NAMES)
def test_edge_series_keep_shape_dtype_and_what_was_missing(name, label):
    series, noise = ARRAYS[label], pt.get(f"timeseries/{name}")
    before = series.copy()
    for severity in (0.2, 1.0):
        noisy = noisy_of(noise, series, severity, reference=noise.fit([series]))
        if noisy is None:
            continue
        kept = np.float64 if noise.missing and series.dtype.kind in "iu" else series.dtype
        assert (series.shape, kept) == (noisy.shape, noisy.dtype)
        assert not np.shares_memory(noisy, series)
        if name not in MOVED:
            assert np.isnan(noisy[np.isnan(series)]).all()
        if not noise.missing:
            gone = np.isnan(series).any()
            assert gone or not np.isnan(noisy).any()
            if name not in MOVED:
                assert np.array_equal(np.isnan(noisy), np.isnan(series))
    assert np.array_equal(before, series, equal_nan=series.dtype.kind == "f")


@pytest.mark.parametrize("rate", [200, 200.0, np.float32(200), np.int64(200)])
def test_a_rate_may_be_any_number(rate):
    noise = pt.get("timeseries/mains-hum")
    known = {"reference": fit([np.array([-1.0, 1.0])], {}), "dose": {"sigma": 1.0}}
    expected = noise(np.zeros(50), facts={"rate": 200.0}, **known)
    assert np.array_equal(expected, noise(np.zeros(50), facts={"rate": rate}, **known))


def test_counts_are_rounded_and_saturate():
    counts = np.full(400, 250, dtype=np.uint8)
    counts[::2] = 10
    noise = pt.get("timeseries/additive-noise")
    reference = noise.fit([counts])
    whole = noise(counts, dose={"sigma": 0.2}, reference=reference)
    exact = noise(counts.astype(float), dose={"sigma": 0.2}, reference=reference)
    assert np.uint8 == whole.dtype
    np.testing.assert_array_equal(np.clip(np.rint(exact), 0, 255), whole)
    assert {0, 255} <= set(whole.tolist())


def test_counts_that_may_be_missing_become_float():
    noisy = pt.get("timeseries/burst-dropout")(np.arange(200), 0.6)
    assert np.float64 == noisy.dtype
    kept = ~np.isnan(noisy)
    np.testing.assert_array_equal(np.arange(200)[kept], noisy[kept])


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_of_any_lengths_equals_one_by_one(name):
    noise = pt.get(f"timeseries/{name}")
    series = MODALITY.corpus(12)
    assert len({len(each) for each in series}) > 5
    reference = noise.fit(series)
    ids = [f"s{i}" for i in range(len(series))]
    known = {"reference": reference, "facts": FACTS}
    together = noise.batch(series, 0.7, samples=ids, **known)
    for each, sample, noisy in zip(series, ids, together, strict=True):
        assert np.array_equal(noise(each, 0.7, sample=sample, **known), noisy, equal_nan=True)


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_of_one_length_is_an_array(name):
    noise, stack = pt.get(f"timeseries/{name}"), np.random.default_rng(0).normal(size=(5, 30, 2))
    known = {"reference": noise.fit(stack), "facts": FACTS}
    together = noise.batch(stack, 0.7, samples=range(5), **known)
    assert together.shape == stack.shape
    alone = noise(stack[3], 0.7, sample=3, **known)
    assert np.array_equal(alone, together[3], equal_nan=True)


def test_the_reference_is_pooled_over_all_series_and_leaves_nan_out():
    rng = np.random.default_rng(1)
    series = [rng.normal(3, 2, (n, 2)) for n in (10, 50, 200)]
    series[0][3, 1] = np.nan
    pooled = np.concatenate(series)
    reference = fit(series, {})
    assert reference.mean == pytest.approx(np.nanmean(pooled, axis=0))
    assert reference.std == pytest.approx(np.nanstd(pooled, axis=0))
    levels = np.nanquantile(pooled, PROBABILITIES, axis=0)
    np.testing.assert_allclose(levels.T, reference.levels)


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
    with pytest.raises(MissingReference, match="a reference of 3 channels"):
        pt.get("timeseries/saturation")(np.zeros((9, 3)), 0.5, reference=noise.fit([np.zeros(9)]))
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
        ("rmse", "changed", "missing"), 0.0
    )
    with pytest.raises(BadValue):
        pt.distance("timeseries", series, series[:2])


@pytest.mark.parametrize("name", NAMES)
def test_channels_first_is_the_same_series_turned_round(name):
    first = np.cumsum(np.random.default_rng(0).normal(size=(3, 2, 60)), axis=2)
    last, facts = np.ascontiguousarray(np.swapaxes(first, 1, 2)), FACTS | {"layout": "CT"}
    noise, reference = pt.get(f"timeseries/{name}"), fit(last, FACTS)
    assert reference == fit(first, facts)
    try:
        wanted = noise.batch(last, 0.6, samples=range(3), facts=FACTS, reference=reference)
    except NotApplicable as error:
        pytest.skip(f"no meaning for these series: {error}")
    found = noise.batch(first, 0.6, samples=range(3), facts=facts, reference=reference)
    for one, other in zip(wanted, found, strict=True):
        np.testing.assert_array_equal(one.T, other)
    assert noise.apply(first[0], 0.6, facts=facts, reference=reference).value.shape[0] == 2


def test_distances_do_not_depend_on_the_layout():
    clean, noise = np.random.default_rng(0).normal(size=(2, 60, 2))
    noisy = clean + noise
    wanted = pt.distance("timeseries", clean, noisy)
    assert wanted == pt.distance("timeseries", clean.T, noisy.T, facts={"layout": "CT"})


def test_a_series_that_is_surely_the_wrong_way_round_is_refused():
    value, noise = np.random.default_rng(0).normal(size=(2, 80)), pt.get("timeseries/stuck-at")
    with pytest.raises(BadValue, match=r'say facts=\{"layout": "CT"\}'):
        noise(value, 0.4)
    for layout in ("CT", "TC"):
        assert (2, 80) == noise(value, 0.4, facts={"layout": layout}).shape
    with pytest.raises(BadValue, match=r"the fact layout to be TC .* got layout='channels'"):
        noise(value, 0.4, facts={"layout": "channels"})


def test_what_was_understood_of_series_is_said():
    said = MODALITY.describe(np.zeros((3, 2, 80)), {"layout": "CT", "rate": 50.0})
    expected = {"steps": "80", "channels": "2", "layout": "channels first", "times": "at 50 Hz"}
    assert expected == said
    said = MODALITY.describe([np.zeros(1200), np.zeros(80)], {})
    assert ("80 to 1,200", "1", "time first") == (said["steps"], said["channels"], said["layout"])
    assert "no rate is declared" in said["times"]
