"""MultiBench's numbers: hand examples, the figures that its script gives for its own curves, and what is wrong with them."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from noisebench.errors import MetricError
from noisebench.metrics import multibench as m

CURVES = {
    "LF": [0.7521, 0.6849, 0.6534, 0.6326, 0.6012, 0.5623, 0.5429, 0.5192, 0.4538, 0.4566],
    "EF": [0.7360, 0.6811, 0.6234, 0.5217, 0.5197, 0.4987, 0.4629, 0.4581, 0.4530, 0.4415],
    "GradBlend": [0.7543, 0.7233, 0.7003, 0.6487, 0.6122, 0.5809, 0.5784, 0.5528, 0.5029, 0.4802],
    "MulT": [0.8337, 0.7524, 0.7048, 0.6659, 0.6302, 0.5706, 0.5821, 0.5317, 0.5032, 0.4921],
    "MCTN": [0.7790, 0.7200, 0.6721, 0.6554, 0.5632, 0.5021, 0.4789, 0.4633, 0.4611, 0.4412],
}
"""Accuracy on MOSI with noise in the text, from `eval_scripts/robustness.py` of pliang279/MultiBench at 49f9be2 (MIT licence)."""

SCRIPT = {
    "LF": (0.525465, 0.0),
    "EF": (0.480735, -0.3019),
    "GradBlend": (0.551675, 0.2530),
    "MulT": (0.560380, -0.4083),
    "MCTN": (0.512620, -0.3917),
}
"""What that script's two helper functions return for them."""


@pytest.mark.parametrize("method", CURVES)
def test_the_stored_curves_give_the_figures_of_the_script(method):
    relative, effective = SCRIPT[method]
    assert relative == pytest.approx(m.relative_robustness(CURVES[method]), abs=1e-9)
    assert effective == pytest.approx(
        m.effective_robustness(CURVES[method], CURVES["LF"]), abs=1e-9
    )


def test_relative_robustness_is_the_trapezoids_of_width_a_tenth():
    """(1 + 0.5) / 2 x 0.1 + (0.5 + 0.2) / 2 x 0.1."""
    assert 0.11 == pytest.approx(m.relative_robustness([1.0, 0.5, 0.2]))
    assert np.trapezoid(CURVES["LF"], dx=0.1) == pytest.approx(m.relative_robustness(CURVES["LF"]))
    assert 0.9 == pytest.approx(m.relative_robustness([1.0] * 10))


def test_relative_robustness_depends_on_the_last_level_and_its_normalised_form_does_not():
    flat = [0.8] * 11
    assert m.relative_robustness(flat) > m.relative_robustness(flat[:10])
    assert 1 == m.retained_area(flat, 0.5) == m.retained_area(flat[:10], 0.5)


def test_effective_robustness_moves_the_reference_to_the_same_clean_value():
    """0.9 and 0.6 against 0.7 + 0.2 and 0.6 + 0.2."""
    assert -0.2 == pytest.approx(m.effective_robustness([0.9, 0.6], [0.7, 0.6]))
    assert 0 == m.effective_robustness(CURVES["LF"], CURVES["LF"])
    higher = [each + 0.1 for each in CURVES["LF"]]
    assert 0 == pytest.approx(m.effective_robustness(higher, CURVES["LF"]))


def test_retention_is_above_chance_and_turns_no_sign_for_losses():
    """(0.75 - 0.5) / (1 - 0.5) is a half; a loss of 1 that rises to 2 towards 3 is a half too."""
    assert 0.75 == pytest.approx(m.retained_area([1.0, 0.75], 0.5))
    assert 0.75 == pytest.approx(m.retained_area([1.0, 2.0], 3.0))
    found = m.effective_robustness_on_retention([1.0, 0.75], [0.6, 0.58], 0.5)
    assert 0.5 - 0.8 == pytest.approx(found)


def test_the_min_max_form_is_one_for_the_best_and_zero_for_the_worst():
    values = {"a": 0.2, "b": 0.5, "c": 0.3}
    assert {"a": 0.0, "b": 1.0, "c": pytest.approx(1 / 3)} == m.min_max(values)
    losses = m.min_max(values, higher_is_better=False)
    assert {"a": 1.0, "b": 0.0, "c": pytest.approx(2 / 3)} == losses


def test_the_min_max_form_turns_the_sign_of_every_loss():
    """The script does so on its finance tasks only: on its robotics tasks half the error scores lower."""
    better, worse = m.relative_robustness([1.0, 2.0]), m.relative_robustness([2.0, 4.0])
    found = m.min_max({"half": better, "whole": worse}, higher_is_better=False)
    assert found["half"] > found["whole"]


def test_the_min_max_form_changes_with_the_methods():
    two = m.min_max({"a": 0.50, "b": 0.51})
    three = m.min_max({"a": 0.50, "b": 0.51, "c": 0.60})
    assert (1, pytest.approx(0.1)) == (two["b"], three["b"])


def test_equal_methods_have_no_min_max_form():
    """The script gives NaN, from 0 / 0."""
    with pytest.raises(MetricError, match="different values"):
        m.min_max({"a": 0.5, "b": 0.5})
    with pytest.raises(MetricError, match="different values"):
        m.min_max({"a": 0.5})


def test_bad_curves_are_named():
    for bad in ([], [0.5], [0.5, np.nan], [[0.5, 0.4]], [0.5, np.inf]):
        with pytest.raises(MetricError, match="finite performances"):
            m.relative_robustness(bad)
    with pytest.raises(MetricError, match="3 levels"):
        m.effective_robustness([0.9, 0.8, 0.7], [0.9, 0.8])
    with pytest.raises(MetricError, match="another clean performance than chance"):
        m.retained_area([0.5, 0.5], 0.5)


def test_raw_effective_robustness_blames_strong_models_and_its_normalised_form_does_not():
    """Models whose shares kept have nothing to do with their strength: any rank correlation with it is an artefact."""
    rng, chance, levels = np.random.default_rng(8), 0.5, np.arange(10) / 10
    raw, normalised = [], []
    for _ in range(200):
        clean = rng.uniform(0.6, 0.95, size=12)
        kept = np.exp(-levels[:, None] * rng.uniform(1.5, 2.5, size=12)).T
        curves = chance + (clean[:, None] - chance) * kept
        rest = range(1, 12)
        raw.append(
            spearmanr(clean[1:], [m.effective_robustness(curves[i], curves[0]) for i in rest])[0]
        )
        fair = [m.effective_robustness_on_retention(curves[i], curves[0], chance) for i in rest]
        normalised.append(spearmanr(clean[1:], fair)[0])
    assert np.median(raw) < -0.6
    assert np.mean(np.array(raw) < 0) > 0.9
    assert abs(np.mean(normalised)) < 4 / np.sqrt(200 * 10)
