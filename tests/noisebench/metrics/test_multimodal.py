"""Summary numbers of the multimodal literature by hand: who is the same as whom, and which way is better."""

import numpy as np
import pytest

from noisebench.errors import MetricError
from noisebench.metrics import multimodal as m
from noisebench.metrics import robustness

OWN = {"fog": [0.6, 0.4], "blur": [0.8, 0.6]}
BASE = {"fog": [0.4, 0.4], "blur": [0.8, 0.4]}
CLEAN = 0.8


def test_ra_is_the_mean_share_of_the_clean_performance():
    assert 0.625 == pytest.approx(m.resistance_ability(OWN["fog"], CLEAN))
    assert (0.625 + 0.875) / 2 == pytest.approx(m.mean_resistance_ability(OWN, CLEAN))


def test_four_papers_have_one_number():
    kept = m.mean_resistance_ability(OWN, CLEAN)
    assert kept == m.mean_resilience_rate(OWN, CLEAN)
    assert 1 - kept == m.multimodal_impact_score(OWN, CLEAN) == m.relative_corruption_error(OWN, CLEAN)  # fmt: skip
    rpc = robustness.relative_performance_under_corruption(OWN, CLEAN)
    assert kept == pytest.approx(rpc)


def test_mmi_is_the_mean_relative_drop():
    """(0.8 - 0.6) / 0.8 and so on: 0.25, 0.5, 0, 0.25."""
    assert 0.25 == pytest.approx(m.multimodal_impact_score(OWN, CLEAN))


def test_every_corruption_counts_the_same_whatever_its_number_of_levels():
    more = OWN | {"fog": [0.6, 0.4, 0.5, 0.5]}
    assert m.mean_resistance_ability(OWN, CLEAN) == pytest.approx(
        m.mean_resistance_ability(more, CLEAN)
    )


def test_rra_is_the_ratio_of_sums_minus_one():
    assert 0.25 == pytest.approx(m.relative_resistance_ability(OWN["fog"], BASE["fog"]))
    expected = (0.25 + (1.4 / 1.2 - 1)) / 2
    assert expected == pytest.approx(m.mean_relative_resistance_ability(OWN, BASE))
    assert 0 == m.mean_relative_resistance_ability(BASE, BASE)


def test_rra_rewards_a_better_clean_model_that_is_no_more_robust():
    twice = {name: [2 * each for each in levels] for name, levels in BASE.items()}
    assert m.mean_resistance_ability(twice, 1.6) == m.mean_resistance_ability(BASE, 0.8)
    assert 1 == pytest.approx(m.mean_relative_resistance_ability(twice, BASE))


def test_mce_against_a_model_is_the_ratio_of_its_errors():
    expected = 100 * (1.0 / 1.2 + 0.6 / 0.8) / 2
    assert expected == pytest.approx(m.mean_corruption_error_against(OWN, BASE))
    assert 100 == m.mean_corruption_error_against(BASE, BASE)


def test_mce_agrees_with_a_published_row():
    """mIoU of RangeNet-dark21 and of the baseline MinkUNet-18 under fog at three levels: Robo3D publishes 156.27."""
    own, base = {"fog": [0.3335, 0.3088, 0.2888]}, {"fog": [0.6171, 0.5832, 0.4759]}
    assert 156.27 == pytest.approx(m.mean_corruption_error_against(own, base), abs=0.02)
    assert 65.83 == pytest.approx(100 * m.mean_resilience_rate(own, 0.4715), abs=0.02)


def test_a_clean_performance_of_nothing_has_no_shares():
    for clean in (0.0, -0.1, np.nan):
        with pytest.raises(MetricError, match="a positive performance on clean data"):
            m.multimodal_impact_score(OWN, clean)


def test_a_baseline_that_cannot_normalise_is_named():
    with pytest.raises(MetricError, match="a baseline with errors"):
        m.mean_corruption_error_against(OWN, OWN | {"blur": [1.0, 1.0]})
    with pytest.raises(MetricError, match="a baseline that performs"):
        m.mean_relative_resistance_ability(OWN, OWN | {"blur": [0.0, 0.0]})
    with pytest.raises(MetricError, match=r"missing=.blur"):
        m.mean_relative_resistance_ability(OWN, {"fog": [0.4, 0.4]})
    with pytest.raises(MetricError, match="2 levels"):
        m.mean_corruption_error_against(OWN, OWN | {"blur": [0.5]})


def test_bad_numbers_are_named():
    with pytest.raises(MetricError, match=r"shares in \[0, 1\]"):
        m.mean_corruption_error_against({"fog": [60.0]}, {"fog": [0.5]})
    with pytest.raises(MetricError, match="a finite performance"):
        m.mean_resistance_ability({"fog": [np.nan]}, CLEAN)
    with pytest.raises(MetricError, match="a mapping by corruption name"):
        m.mean_resistance_ability([0.5], CLEAN)
