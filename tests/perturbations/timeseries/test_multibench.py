"""MultiBench's noise in series: each part on its own and all in a row, and the defects that are not reproduced."""

from math import sqrt

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadSetting

SERIES, STEPS = 60, 200
SPREAD = np.array([0.5, 20.0, 3000.0])


@pytest.fixture(scope="module")
def series():
    return 7.0 * SPREAD + SPREAD * np.random.default_rng(4).normal(size=(SERIES, STEPS, 3))


def noise(*parts, **settings):
    chosen = {"parts": parts} if parts else {}
    return pt.get("multibench/timeseries", **chosen, **settings)


def noisy(made, series, level):
    return made.batch(series, level, samples=range(len(series)), reference=made.fit(series))


@pytest.mark.parametrize("level", [0.1, 0.9])
def test_gaussian_noise_is_in_units_of_each_channels_spread(series, level):
    """The program adds the level in raw units: nothing to the third channel, everything to the first."""
    added = noisy(noise("gaussian"), series, level) - series
    std = series.reshape(-1, 3).std(axis=0)
    np.testing.assert_allclose(
        level * std, added.reshape(-1, 3).std(axis=0), rtol=4 / sqrt(2 * SERIES * STEPS)
    )


def test_gaussian_noise_is_on_every_step_and_shared_by_its_channels(series):
    """In the program's affect and MIMIC loaders all steps of a sample get the same offset."""
    added = noisy(noise("gaussian"), series, 0.5) - series
    scaled = added / series.reshape(-1, 3).std(axis=0)
    np.testing.assert_allclose(scaled[..., 0], scaled[..., 2], atol=1e-9)
    within = scaled[..., 0].std(axis=1)
    np.testing.assert_allclose(within, 0.5, rtol=5 / sqrt(2 * STEPS))
    assert 0 == pytest.approx(
        np.mean(scaled[:, 1:, 0] * scaled[:, :-1, 0]) / 0.25, abs=4 / sqrt(SERIES * STEPS)
    )


@pytest.mark.parametrize("level", [0.1, 0.3, 0.9])
def test_random_drop_loses_single_readings(series, level):
    lost = noisy(noise("random-drop"), series, level) == 0
    assert level == pytest.approx(lost.mean(), abs=4 * sqrt(level * (1 - level) / lost.size))
    pairs = (lost[..., 0] & lost[..., 1]).mean()
    assert level**2 == pytest.approx(pairs, abs=4 * sqrt(level**2 / (SERIES * STEPS)))


@pytest.mark.parametrize("level", [0.1, 0.3, 0.9])
def test_structured_drop_loses_whole_steps_and_no_whole_series(series, level):
    """In the program's affect and MIMIC loaders whole samples are lost instead."""
    lost = noisy(noise("structured-drop"), series, level) == 0
    np.testing.assert_array_equal(lost.all(axis=2), lost.any(axis=2))
    error = 4 * sqrt(level * (1 - level) / (SERIES * STEPS))
    assert level == pytest.approx(lost.mean(), abs=error)
    np.testing.assert_allclose(
        lost.mean(axis=(1, 2)), level, atol=5 * sqrt(level * (1 - level) / STEPS)
    )


@pytest.mark.parametrize("level", [0.1, 0.3, 0.5, 0.9])
def test_in_a_row_they_lose_the_complement_of_a_square(series, level):
    share = (noisy(noise(), series, level) == 0).mean()
    expected = 1 - (1 - level) ** 2
    assert expected == pytest.approx(share, abs=4 * sqrt(expected * (1 - expected) * 3 / series.size))  # fmt: skip


def test_parts_are_separable(series):
    """What one part does is the same whether the others are made or not."""
    whole = noisy(noise(), series, 0.4)
    single = {part: noisy(noise(part), series, 0.4) for part in noise().settings["parts"]}
    kept = (single["random-drop"] != 0) & (single["structured-drop"] != 0)
    np.testing.assert_array_equal(np.where(kept, single["gaussian"], 0), whole)


def test_the_clean_series_is_not_written_to(series):
    """The program writes into the array that it is given, so that later levels start from noisy data."""
    before = series.copy()
    noisy(noise(), series, 0.9)
    np.testing.assert_array_equal(before, series)


def test_missing_readings_stay_missing(series):
    gaps = series.copy()
    gaps[:, ::7] = np.nan
    made = noise()
    after = made.batch(gaps, 1.0, samples=range(SERIES), reference=made.fit(gaps))
    np.testing.assert_array_equal(np.isnan(gaps), np.isnan(after))
    assert 0 == np.nanmax(np.abs(after))


def test_a_joint_level_is_divided(series):
    np.testing.assert_array_equal(
        noisy(noise(), series, 0.3), noisy(noise(divided_by=3.0), series, 0.9)
    )


def test_an_unknown_part_is_named(series):
    with pytest.raises(BadSetting, match="did you mean structured-drop"):
        noisy(noise("structural-drop"), series, 0.5)
