"""A noise after itself: two draws do what one draw of the joint dose does, where doses add up."""

import math

import numpy as np
import pytest

from noisebench.topology._breaking import Breaking
from noisebench.topology._itself import LEFT, NOTHING, POWER, VARIANCE, Twice, curve_name, itself_of
from noisebench.topology._pull import Units
from perturbations import get

GRID = (0.2, 0.4, 0.6, 0.8, 1.0)
N = 6000


def dose(name: str, severity: float) -> float:
    return next(iter(get(name).doses(severity, facts={}).values()))


def twice(name, breaks_at, *, at=0.4, once=None, both=None, grid=GRID, curve=True) -> Twice:
    """Return a noise of which a sample breaks where the dose exceeds its limit, in a unit that adds up.

    Args:
        name: of the noise.
        breaks_at: severity to load, and (n,) limits.
        at: severity of each draw.
        once: samples that are left by one draw; by default those whose limit is above the load.
        both: samples that two draws leave; by default those whose limit is above the load of both.
        grid: severities of its curve.
        curve: whether there is one.
    """
    load, limits = breaks_at
    broken = np.stack([limits <= load(s) for s in grid])[:, None]
    known = Breaking(name, grid, broken, True) if curve else None
    return Twice(
        name=f"{name}@{at:g}",
        text=name,
        at=at,
        facts={},
        once=(limits > load(at)).astype(float) if once is None else once,
        both=(limits > 2 * load(at)).astype(float) if both is None else both,
        units=Units.make(None, len(limits)),
        confidence=0.95,
        curve=known,
    )


FINE = tuple(k / 50 for k in range(1, 51))


def limits(load, at=0.3) -> np.ndarray:
    """Return limits of samples of which 4 / 5 survive one draw and 2 / 3 two: more than 16 / 25, as weak ones go first."""
    even = (np.arange(N) + 0.5) / N
    return 4 * load(at) * (1 / even - 1)


@pytest.mark.parametrize(
    ("name", "adds", "unit"),
    [
        ("image/gaussian-noise", VARIANCE, lambda d: d**2),
        ("audio/white-noise", POWER, lambda d: 10 ** (-d / 10)),
        ("tabular/missing", LEFT, lambda d: -math.log1p(-d)),
    ],
)
def test_the_sham_is_additive_in_what_adds_up_for_the_noise(name, adds, unit):
    def load(severity):
        return unit(dose(name, severity))

    found = itself_of(twice(name, (load, limits(load)), at=0.3, grid=FINE))
    assert adds == found.adds
    assert found.additive
    assert found.index.value == pytest.approx(1, abs=0.1)
    assert "as one draw of the joint dose does" in found.text


def test_independence_fails_the_sham():
    """Two draws of one noise break the same weak samples, so more are left than the square of what one leaves."""
    name = "image/gaussian-noise"

    def load(severity):
        return dose(name, severity) ** 2

    found = itself_of(twice(name, (load, limits(load)), at=0.3, grid=FINE))
    assert (0.8, 2 / 3, 0.64) == pytest.approx(
        (found.alone, found.both, found.row()["if_independent"]), abs=1e-3
    )
    assert found.additive


def test_a_noise_whose_second_draw_does_nothing_has_an_index_above_1():
    name = "image/gaussian-noise"

    def load(severity):
        return dose(name, severity) ** 2

    known = limits(load)
    left = (known > load(0.3)).astype(float)
    found = itself_of(twice(name, (load, known), at=0.3, both=left, grid=FINE))
    assert found.index.value == pytest.approx(2, abs=0.15)
    assert not found.additive
    assert "unlike one draw of the joint dose" in found.text


@pytest.mark.parametrize("name", ["image/contrast", "image/rotation", "image/gaussian-blur"])
def test_doses_that_are_not_known_to_add_up_have_no_index(name):
    found = itself_of(twice(name, (lambda s: s, limits(lambda s: s)), at=0.3, grid=FINE))
    assert NOTHING == found.adds
    assert found.index is None
    assert "doses of this noise are not known to add up" in found.text


def test_a_curve_that_never_gets_as_low_leaves_the_index_unsaid():
    name = "image/gaussian-noise"

    def load(severity):
        return dose(name, severity) ** 2

    made = twice(name, (load, limits(load)), at=1.0, both=np.zeros(N))
    found = itself_of(made)
    assert found.index is None
    assert found.additive is None
    assert "its curve never gets as low as 0.000, up to severity 1" in found.text
    assert not any(isinstance(v, float) and math.isnan(v) for v in found.row().values())


def test_without_a_curve_over_the_same_samples_the_index_is_unsaid():
    found = itself_of(
        twice("image/gaussian-noise", (lambda s: s, limits(lambda s: s)), curve=False)
    )
    assert "these samples were not measured at several severities" in found.text


def test_the_curve_of_a_sweep_at_a_severity_is_that_of_the_noise():
    assert "image/fog" == curve_name("image/fog@0.4")
    assert "audio/babble(talkers=3)" == curve_name("audio/babble(talkers=3)@0.25")
