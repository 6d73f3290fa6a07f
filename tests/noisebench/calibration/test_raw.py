"""Raw features of every modality: what they tell apart, what they leave, and that they are the same everywhere."""

import math

import numpy as np
import pandas as pd
import pytest

import perturbations as pt
from noisebench.calibration._raw import COORDINATES, grams, raw_features
from noisebench.calibration._space import displacement, spread

KINDS = ("image", "video", "text", "audio", "timeseries", "tabular", "pointcloud")


def corpus(kind, n=24):
    values = pt.modality(kind).corpus(n)
    return pd.DataFrame(values) if kind == "tabular" else values


@pytest.mark.parametrize("kind", KINDS)
def test_features_are_one_finite_row_a_value_and_do_not_depend_on_the_batch(kind):
    values, facts = corpus(kind), pt.modality(kind).facts
    encode = raw_features(kind, values, facts)
    found = encode(values)
    few = values.iloc[3:5] if kind == "tabular" else values[3:5]
    assert len(found) == len(values)
    assert found.shape[1] <= COORDINATES
    assert np.isfinite(found).all()
    assert found[3:5].tolist() == encode(few).tolist()
    assert spread(found, kind) > 0


def test_pixels_are_in_standard_deviations_of_their_channel():
    images = np.random.default_rng(0).integers(0, 256, (50, 6, 6, 3)).astype(np.uint8)
    found = raw_features("image", images, {})(images)
    assert found.reshape(-1, 3).mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert found.reshape(-1, 3).std(axis=0) == pytest.approx(1)


def test_smaller_values_are_filled_up_with_the_mean():
    series = [np.arange(4.0), np.arange(6.0)]
    encode = raw_features("timeseries", series, {})
    found = encode(series)
    assert (2, 12) == found.shape
    assert [0, 0] == found[0, 4:6].tolist()
    assert found[0, :4] == pytest.approx(found[1, :4])


def test_a_missing_reading_is_one_aside_of_the_mean():
    series = [np.array([-1.0, 1.0, -1.0, 1.0])]
    encode = raw_features("timeseries", series, {})
    gone = encode([np.array([-1.0, np.nan, -1.0, 1.0])])
    assert math.sqrt(2) == pytest.approx(np.linalg.norm(encode(series) - gone))


def test_two_labels_are_one_apart_and_so_is_a_missing_cell():
    table = pd.DataFrame({"colour": ["red", "blue", "red"], "size": [1.0, 2.0, 3.0]})
    encode = raw_features("tabular", table, {})
    base = encode(table)[0]
    for other in ("blue", "green", None):
        changed = table.copy()
        changed.loc[0, "colour"] = other
        assert np.linalg.norm(encode(changed)[0] - base) == pytest.approx(1.0)


def test_numbers_of_a_table_are_in_standard_deviations():
    table = pd.DataFrame({"size": [1.0, 2.0, 3.0], "weight": [10.0, 20.0, 60.0]})
    encode = raw_features("tabular", table, {})
    changed = table.assign(weight=table["weight"] + 2 * table["weight"].std(ddof=0))
    assert np.linalg.norm(encode(changed) - encode(table), axis=1) == pytest.approx(2.0)


def test_grams_tell_spelling_and_leave_an_empty_text_at_zero():
    found = grams(["the cat sat", "the cat sat", "the cat sit", "quite another line", ""])
    assert found[0].tolist() == found[1].tolist()
    assert np.linalg.norm(found[:4], axis=1) == pytest.approx(1)
    assert 0 == np.linalg.norm(found[4])
    near, far = (np.linalg.norm(found[0] - found[i]) for i in (2, 3))
    assert 0 < near < far


def test_grams_of_a_text_are_those_of_any_machine():
    # A change of these changes every dose, and must change VERSION.
    found = grams(["noise"])[0]
    places = [58, 72, 1343, 1666, 2067, 2357, 2668, 2928, 2997, 3040, 3049, 3921]
    assert places == np.flatnonzero(found).tolist()
    assert found.max() == pytest.approx(1 / math.sqrt(12))


def test_clouds_have_no_order():
    cloud = np.random.default_rng(0).normal(size=(50, 3))
    encode = raw_features("pointcloud", [cloud, cloud + 1], {})
    one, other = encode([cloud, cloud[::-1]])
    assert one == pytest.approx(other)
    assert np.linalg.norm(encode([cloud + 1]) - one) > 0.1
    assert np.isfinite(encode([cloud[:0]])).all()


def test_a_choice_of_coordinates_keeps_ratios_of_distances():
    images = np.random.default_rng(0).integers(0, 256, (20, 80, 80, 3)).astype(np.uint8)
    noisy = pt.get("image/gaussian-noise").batch(images, 0.6, samples=range(20))
    encode = raw_features("image", images, {})
    flat = images.reshape(20, -1) / 255
    whole = displacement(flat, noisy.reshape(20, -1) / 255, spread(flat, "image"))
    few = displacement(encode(images), encode(noisy), spread(encode(images), "image"))
    assert encode(images).shape == (20, COORDINATES)
    assert whole.value == pytest.approx(few.value, rel=0.02)
