"""Fog, rain and snow: the physics in closed form, and by simulation of every drop."""

import itertools
import math

import numpy as np
import pytest
from scipy import integrate

from perturbations.pointcloud import _fog, weather
from tests.perturbations.pointcloud.small import HERE, applied, make, scan, sphere

SCAN = scan(3000)
REACH = np.linalg.norm(SCAN[:, :3], axis=1)


@pytest.mark.parametrize(
    ("visibility", "alpha"),
    [(600, 0.005), (300, 0.01), (150, 0.02), (100, 0.03), (50, 0.06)],
)
def test_the_ladder_is_the_published_extinction(visibility, alpha):
    assert alpha == pytest.approx(_fog.extinction(visibility), rel=0.002)


@pytest.mark.parametrize("place", [2.0, 4.7, 10.0, 40.0])
def test_the_answer_of_fog_is_the_integral_over_the_pulse(place):
    """By adaptive quadrature; the table adds 201 moments of the pulse."""
    alpha, tau = 0.06, _fog.PULSE

    def integrand(t):
        r = place - _fog.LIGHT * t / 2
        seen = min(max((r - 0.9) / 0.1, 0.0), 1.0)
        return math.sin(math.pi * t / (2 * tau)) ** 2 * math.exp(-2 * alpha * r) / r**2 * seen

    end = min(2 * tau, 2 * (place - 0.9) / _fog.LIGHT)
    expected = integrate.quad(integrand, 0, end, limit=200)[0]
    found = _fog._answers(alpha)[round(place / _fog.STEP)]
    assert expected == pytest.approx(found, rel=0.02)


def test_a_target_hides_the_fog_behind_it():
    table = _fog.answer(50.0)
    assert 0 == table.strength[5]
    assert (np.diff(table.strength) >= 0).all()
    assert 2.0 == pytest.approx(table.range[20])
    assert (table.range[100:] == table.range[100]).all()


def test_fog_echoes_are_beyond_one_distance_and_stand_near_the_sensor():
    noisy = applied("pointcloud/fog", SCAN, 1.0)
    after = np.linalg.norm(noisy.value[:, :3], axis=1)
    echoes = noisy.mapping.lost
    assert len(echoes) == noisy.report["fog echoes"]
    bound = REACH[echoes].min()
    assert 35 < bound < 37
    assert np.array_equal(np.flatnonzero(REACH >= bound), echoes)
    assert 4.6 * 0.7 < after[echoes].min() < after[echoes].max() < 4.6 * 1.5
    kept = REACH < bound
    assert np.array_equal(SCAN[kept, :3], noisy.value[kept, :3])


@pytest.mark.parametrize(("severity", "alpha"), [(0.4, 0.01), (1.0, 0.06)])
def test_echoes_are_weakened_both_ways(severity, alpha):
    noisy = applied("pointcloud/fog", SCAN, severity)
    kept = noisy.mapping.source >= 0
    expected = SCAN[kept, 3] * np.exp(-2 * alpha * REACH[kept])
    np.testing.assert_allclose(expected, noisy.value[kept, 3], rtol=0.05)


def test_thicker_fog_answers_for_more():
    found = [set(applied("pointcloud/fog", SCAN, s).mapping.lost.tolist()) for s in (0.8, 0.9, 1.0)]
    assert all(milder <= harsher for milder, harsher in itertools.pairwise(found))


def test_extinction_of_rain_is_that_of_its_drops():
    for fall in (1.0, 10.0, 50.0):
        slope = 4.1 * fall**-0.21
        drops = weather.Fall(8000.0, slope, 0.02).drops()
        area = integrate.quad(lambda d, s=slope: 8000 * np.exp(-s * d) * math.pi / 4 * d**2, 0, 60)[
            0
        ]
        assert 2 * area * 1e-6 == pytest.approx(drops[4])
        count = integrate.quad(lambda d, s=slope: 8000 * np.exp(-s * d), 0.05, 60)[0]
        assert count == pytest.approx(drops[0])


def test_water_reflects_two_percent():
    assert 0.0198 == pytest.approx(weather._fresnel(1.328), rel=0.01)


def echoes_by_simulation(fall, reach, bright, trials, rng):
    """Return the share of beams in which a drop is stronger than the target, drop by drop, and where they stand."""
    slope = 4.1 * fall**-0.21
    count = 8000 * math.exp(-slope * 0.05) / slope
    alpha = math.pi * 1e-6 * 8000 / slope**3
    volume = math.pi / 3 * reach * (reach * 1.5e-3) ** 2
    target = max(bright * math.exp(-2 * alpha * reach) / reach**2, 0.9 / 200**2)
    found = []
    for _ in range(trials):
        n = rng.poisson(count * volume)
        place = reach * rng.uniform(size=n) ** (1 / 3)
        size = 0.05 + rng.exponential(1 / slope, n)
        cover = np.minimum((size / (3.0 * place)) ** 2, 1)
        power = 0.0198 * np.exp(-2 * alpha * place) / place**2 * cover * (place > 1.5)
        if n and power.max() > target:
            found.append(place[power.argmax()])
    return len(found) / trials, found


@pytest.mark.parametrize(("fall", "reach", "bright"), [(50.0, 30.0, 0.1), (25.0, 60.0, 0.2)])
def test_drops_answer_as_often_as_when_every_drop_is_simulated(fall, reach, bright):
    n = 4000
    cloud = np.concatenate([sphere(n) * reach, np.full((n, 1), bright)], axis=1)
    noisy = applied("pointcloud/rain", cloud, dose={"fall": fall})
    share, places = echoes_by_simulation(fall, reach, bright, n, np.random.default_rng(3))
    ours = noisy.report["echoes of drops"] / n
    assert share > 0.02
    assert share == pytest.approx(ours, abs=4 * np.sqrt(2 * share / n))
    after = np.linalg.norm(noisy.value[:, :3], axis=1)
    spread = np.std(places) / np.sqrt(len(places))
    assert np.mean(places) == pytest.approx(after[after < reach / 2].mean(), abs=6 * spread)


def test_dark_distant_points_are_lost_and_the_weakest_first():
    cloud = np.concatenate([sphere(500) * 100, np.geomspace(0.05, 1, 500)[:, None]], axis=1)
    noisy = applied("pointcloud/snow", cloud, 0.6)
    gone = noisy.mapping.lost
    assert 0 < len(gone) < 300
    assert gone.max() < 1.3 * len(gone) + 20


def test_ranges_become_less_certain():
    cloud = np.concatenate([sphere(2000) * 60, np.full((2000, 1), 0.5)], axis=1)
    after = np.linalg.norm(make("pointcloud/rain", cloud, 0.8)[:, :3], axis=1)
    hard = after[after > 50] - 60
    slope = 4.1 * 25**-0.21
    alpha = math.pi * 1e-6 * 8000 / slope**3
    clear = 0.5 / 60**2
    sigma = 0.09 * math.sqrt(0.5 * (0.9 / 200**2) / clear * (math.exp(2 * alpha * 60) - 1))
    assert sigma == pytest.approx(hard.std(), rel=0.08)


@pytest.mark.parametrize("name", ["rain", "snow"])
def test_a_little_weather_is_little(name):
    noisy = applied(f"pointcloud/{name}", SCAN, 0.001)
    assert noisy.report["lost"] < 10
    assert noisy.report["echoes of drops"] < 20


@pytest.mark.parametrize("name", ["fog", "rain", "snow"])
def test_clouds_without_intensities_have_weather_too(name):
    noisy = applied(f"pointcloud/{name}", SCAN[:, :3], 1.0, facts=HERE)
    assert not np.array_equal(SCAN[:, :3], noisy.value)
    assert 3 == noisy.value.shape[1]
