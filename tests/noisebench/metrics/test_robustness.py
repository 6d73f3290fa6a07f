"""Summary numbers by their published definitions, in closed form."""

import random

import numpy as np
import pytest

from noisebench.errors import MetricError
from noisebench.metrics import robustness as r

DENOMINATORS = {
    "gaussian-noise": 0.886428, "shot-noise": 0.894468, "impulse-noise": 0.922640,
    "defocus-blur": 0.819880, "glass-blur": 0.826268, "motion-blur": 0.785948,
    "zoom-blur": 0.798360, "snow": 0.866816, "frost": 0.826572, "fog": 0.819324,
    "brightness": 0.564592, "contrast": 0.853204, "elastic-transform": 0.646056,
    "pixelate": 0.717840, "jpeg-compression": 0.606500,
}  # fmt: skip
"""The published mean errors of AlexNet, level by level averaged."""
FLAT = dict.fromkeys(r.CORRUPTIONS, (0.5,) * 5)


def test_the_table_gives_the_published_denominators():
    assert DENOMINATORS == {name: round(sum(row) / 5, 6) for name, row in r.ALEXNET.items()}
    assert 15 == len(r.CORRUPTIONS)


def test_alexnet_against_itself_is_exactly_100():
    assert 100 == r.mean_corruption_error(r.ALEXNET)
    found = r.relative_mean_corruption_error(r.ALEXNET, clean_error=0.4, normaliser_clean_error=0.4)
    assert 100 == found
    assert all(100 == r.corruption_error(row, row) for row in r.ALEXNET.values())


def test_half_the_errors_is_half_the_mce():
    half = {name: [each / 2 for each in row] for name, row in r.ALEXNET.items()}
    assert 50 == pytest.approx(r.mean_corruption_error(half))


def test_mce_is_the_mean_of_ratios_of_sums():
    errors = FLAT | {"fog": (0.1, 0.2, 0.3, 0.4, 0.5)}
    ratios = [sum(errors[name]) / (5 * DENOMINATORS[name]) for name in errors]
    assert 100 * np.mean(ratios) == pytest.approx(r.mean_corruption_error(errors))


def test_names_decide_and_not_their_order_or_spelling():
    rows = list(r.ALEXNET.items())
    random.Random(3).shuffle(rows)
    spelt = {name.upper().replace("-", "_"): row for name, row in rows}
    assert 100 == r.mean_corruption_error(spelt)
    more = {**spelt, "speckle-noise": (0.9,) * 5}
    assert 100 == r.mean_corruption_error(more)


def test_relative_ce_is_what_corruption_adds():
    """(5 x 0.5 - 5 x 0.2) over (5 x 0.8 - 5 x 0.4) is 3/4."""
    assert 75 == pytest.approx(r.relative_corruption_error((0.5,) * 5, 0.2, (0.8,) * 5, 0.4))


def test_relative_mce_asks_for_the_clean_errors():
    with pytest.raises(TypeError, match="normaliser_clean_error"):
        r.relative_mean_corruption_error(FLAT, clean_error=0.2)


@pytest.mark.parametrize(
    ("errors", "words"),
    [
        ({k: v for k, v in FLAT.items() if k != "fog"}, "missing of the model=.*fog"),
        (list(FLAT.values()), "a list has no names"),
        (FLAT | {"fog": (0.5,) * 4}, "each of 5 levels"),
        (FLAT | {"fog": (50, 50, 50, 50, 50)}, r"24.2 % is 0.242"),
        (FLAT | {"fog": (0.5, 0.5, float("nan"), 0.5, 0.5)}, r"\[0, 1\]"),
    ],
)
def test_what_is_missing_or_wrong_is_named(errors, words):
    with pytest.raises(MetricError, match=words):
        r.mean_corruption_error(errors)


def test_a_normaliser_needs_errors_of_its_own():
    with pytest.raises(MetricError, match="a normaliser with errors"):
        r.corruption_error((0.1,) * 5, (0,) * 5)
    with pytest.raises(MetricError, match=r"missing of the normaliser=.*snow"):
        r.mean_corruption_error(FLAT, {k: v for k, v in FLAT.items() if k != "snow"})


def test_mpc_and_rpc():
    performance = {"fog": (0.4, 0.2), "snow": (0.3, 0.1)}
    assert 0.25 == pytest.approx(r.mean_performance_under_corruption(performance))
    assert 0.5 == pytest.approx(r.relative_performance_under_corruption(performance, 0.5))
    assert 0.25 == pytest.approx(r.mean_corruption_accuracy(performance))
    with pytest.raises(MetricError, match="positive"):
        r.relative_performance_under_corruption(performance, 0.0)
    for wrong in ({}, {"fog": (0.4, 0.2), "snow": (0.3,)}, {"fog": ()}):
        with pytest.raises(MetricError, match="the same levels"):
            r.mean_performance_under_corruption(wrong)
    with pytest.raises(MetricError, match=r"\[0, 1\]"):
        r.mean_corruption_accuracy({"fog": (40.0,)})


@pytest.mark.parametrize(
    ("sequence", "moving", "noise"),
    [
        ("aaaa", 0, 0),
        ("abab", 3, 2),
        ("abbb", 1, 3),
        ("aabb", 1, 2),
        ("abcd", 3, 3),
        ("abba", 2, 2),
    ],
)
def test_flips_are_counted_from_the_frame_before_and_for_noise_from_the_first(
    sequence, moving, noise
):
    assert moving / 3 == r.flip_probability([sequence])
    assert noise / 3 == r.flip_probability([sequence], noise=True)


def test_flip_probability_is_the_mean_over_sequences():
    assert (1 / 2 + 0 + 1) / 3 == pytest.approx(
        r.flip_probability([(1, 1, 2), (3, 3, 3), (1, 2, 1)])
    )


@pytest.mark.parametrize(
    "sequences", [[], ["a"], ["ab", "abc"], [[1, None]], [[1.0, float("nan")]]]
)
def test_sequences_must_be_whole(sequences):
    with pytest.raises(MetricError):
        r.flip_probability(sequences)


def test_mean_flip_rate_needs_the_ten_kinds_and_a_normaliser():
    flat = dict.fromkeys(r.SEQUENCES, 0.1)
    assert 100 == r.mean_flip_rate(flat, flat)
    assert 50 == pytest.approx(r.mean_flip_rate(flat, dict.fromkeys(r.SEQUENCES, 0.2)))
    with pytest.raises(MetricError, match="tilt"):
        r.mean_flip_rate({k: v for k, v in flat.items() if k != "tilt"}, flat)
    with pytest.raises(MetricError, match="a normaliser that flips"):
        r.mean_flip_rate(flat, flat | {"snow": 0.0})
    with pytest.raises(TypeError):
        r.mean_flip_rate(flat)


def test_public_names_are_sorted_and_exist():
    assert sorted(r.__all__) == r.__all__
    assert all(hasattr(r, name) for name in r.__all__)


def test_dgcnn_against_itself_is_exactly_1():
    same = {name: (error,) * 5 for name, error in r.DGCNN.items()}
    assert 1 == r.modelnet_c_mce(same)
    assert 1 == pytest.approx(r.modelnet_c_rmce(same, clean_error=r.DGCNN_CLEAN))
    assert all(1 == r.modelnet_c_ce((error,) * 5, error) for error in r.DGCNN.values())


def test_the_errors_of_dgcnn_are_those_of_its_published_accuracies():
    accuracies = {
        "scale": 0.906, "jitter": 0.684, "rotate": 0.785, "drop-global": 0.752, "drop-local": 0.793,
        "add-global": 0.705, "add-local": 0.725,
    }  # fmt: skip
    assert {name: round(1 - value, 3) for name, value in accuracies.items()} == dict(r.DGCNN)
    assert round(1 - 0.926, 3) == r.DGCNN_CLEAN


def test_numbers_of_clouds_are_ratios_of_mean_errors():
    """Levels 0.1 to 0.5 have the mean 0.3; (0.3 - 0.05) / (0.4 - 0.1) is 5/6."""
    errors = (0.1, 0.2, 0.3, 0.4, 0.5)
    assert 0.75 == pytest.approx(r.modelnet_c_ce(errors, 0.4))
    assert 5 / 6 == pytest.approx(r.modelnet_c_rce(errors, 0.05, 0.4, 0.1))
    table = {"dropout_global": errors} | {name: errors for name in r.DGCNN if name != "drop-global"}
    assert 0.75 == pytest.approx(r.modelnet_c_mce(table, dict.fromkeys(r.DGCNN, 0.4)))
    rmce = {"clean_error": 0.05, "normaliser_clean_error": 0.1}
    assert 5 / 6 == pytest.approx(r.modelnet_c_rmce(table, normaliser=dict.fromkeys(r.DGCNN, 0.4), **rmce))  # fmt: skip


def test_a_corruption_of_clouds_that_is_missing_is_named():
    with pytest.raises(MetricError, match=r"missing of the model=.jitter"):
        r.modelnet_c_mce({"scale": (0.1,) * 5} | dict.fromkeys([*r.DGCNN][2:], (0.1,) * 5))
    with pytest.raises(MetricError, match="made worse"):
        r.modelnet_c_rce((0.1,) * 5, 0.05, 0.1, 0.1)
