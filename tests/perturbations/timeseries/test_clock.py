import numpy as np
import pytest
from scipy import signal

import perturbations as pt
from perturbations.errors import BadSetting

SHIFT = pt.get("timeseries/time-shift")
SERIES = np.random.default_rng(3).normal(size=(200, 2))


@pytest.mark.parametrize("edge", ["hold", "wrap"])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.25])
def test_the_peak_of_the_cross_correlation_is_the_shift(edge, share):
    for sample in range(6):
        noisy = SHIFT.with_settings(edge=edge).apply(SERIES, dose={"shift": share}, sample=sample)
        late = noisy.report["steps_late"][0]
        found = signal.correlate(noisy.value[:, 0], SERIES[:, 0]).argmax() - 199
        assert found == late
        assert abs(late) == round(share * 200)


def test_early_and_late_are_equally_likely_and_kept_across_severities():
    signs = []
    for sample in range(200):
        late = [SHIFT.apply(SERIES, s, sample=sample).report["steps_late"][0] for s in (0.3, 1.0)]
        assert np.sign(late[0]) == np.sign(late[1])
        signs.append(np.sign(late[0]))
    assert abs(np.mean(signs)) < 0.3


def test_hold_repeats_the_outermost_step():
    for sample in range(6):
        noisy = SHIFT.apply(SERIES, dose={"shift": 0.1}, sample=sample)
        late = noisy.report["steps_late"][0]
        edge, outer = (
            (noisy.value[:late], SERIES[0]) if late > 0 else (noisy.value[late:], SERIES[-1])
        )
        assert len(edge) == 20
        assert (edge == outer).all()


def test_wrap_keeps_every_value():
    noisy = SHIFT.with_settings(edge="wrap").apply(SERIES, 1.0)
    assert np.array_equal(np.roll(SERIES, noisy.report["steps_late"][0], axis=0), noisy.value)


@pytest.mark.parametrize("edge", ["hold", "wrap"])
def test_the_mapping_says_where_each_step_comes_from(edge):
    noisy = SHIFT.with_settings(edge=edge).apply(SERIES, 1.0)
    assert np.array_equal(SERIES[noisy.mapping], noisy.value)


def test_missing_values_move_along():
    series = SERIES.copy()
    series[100, 0] = np.nan
    noisy = SHIFT.apply(series, 0.6)
    assert np.flatnonzero(np.isnan(noisy.value[:, 0])) == [100 + noisy.report["steps_late"][0]]


def test_a_shift_by_the_whole_length_holds_one_step():
    assert len(np.unique(SHIFT(SERIES[:, 0], dose={"shift": 1.0}))) == 1


def test_the_edge_is_checked():
    with pytest.raises(BadSetting, match="did you mean wrap"):
        SHIFT.with_settings(edge="warp")(SERIES, 0.5)
