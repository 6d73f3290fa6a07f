"""Turbulence: how far places move, how smoothly, and how that changes with time."""

import numpy as np
import pytest

import perturbations as pt
from perturbations.image.optics.air import _field

TURBULENCE = pt.get("image/turbulence")


def draws(n):
    from perturbations import Draw

    for key in pt.sample_keys(range(n)):
        yield Draw.of(np.asarray(key), seed=0, perturbation="t", input="x", position=0, replicate=0)


def test_displacements_have_the_declared_spread_and_no_mean():
    fields = np.array([_field(40, 60, draw, "down", 0.0) for draw in draws(60)])
    assert fields.std() == pytest.approx(1, abs=0.05)
    assert fields.mean() == pytest.approx(0, abs=0.05)


def test_neighbours_move_together_and_distant_places_do_not():
    fields = np.array([_field(96, 96, draw, "right", 0.0) for draw in draws(60)])
    corner = fields[:, 48, 48]
    near, far = ((corner * fields[:, 48, 48 + d]).mean() / corner.std() ** 2 for d in (2, 40))
    assert near > 0.9
    assert abs(far) < 0.4


def test_the_axes_move_on_their_own():
    pairs = [(_field(48, 48, d, "down", 0.0), _field(48, 48, d, "right", 0.0)) for d in draws(60)]
    assert abs(np.mean([(a * b).mean() for a, b in pairs])) < 0.1


def test_a_ramp_moves_by_the_reported_displacement():
    width = 120
    ramp = np.broadcast_to(np.linspace(0, 1, width), (width, width))
    dose = {"displacement": 2.0, "blur": 0.0}
    noisy = TURBULENCE.apply(ramp, dose=dose, sample="a")
    moved = ((noisy.value - ramp) * (width - 1))[20:-20, 20:-20]
    assert np.abs(moved).max() <= noisy.report["largest displacement"] + 0.05
    assert 0.8 < moved.std() < 4


def test_the_pattern_is_the_same_at_every_dose():
    width = 120
    ramp = np.broadcast_to(np.linspace(0, 1, width), (width, width))
    small, large = (
        TURBULENCE(ramp, dose={"displacement": d, "blur": 0.0}, sample="a") - ramp
        for d in (0.5, 2.0)
    )
    inner = (slice(20, -20),) * 2
    np.testing.assert_allclose(large[inner], 4 * small[inner], atol=0.04 / width)


def test_time_moves_the_pattern_steadily():
    (draw,) = draws(1)
    still, soon, later = (_field(64, 64, draw, "down", t) for t in (0.0, 0.5, 40.0))
    assert np.abs(soon - still).std() < 0.3
    assert np.corrcoef(later.ravel(), still.ravel())[0, 1] < 0.7


def test_nothing_happens_without_dose():
    image = np.random.default_rng(0).integers(0, 256, (12, 10, 3)).astype(np.uint8)
    seen = TURBULENCE(image, dose={"displacement": 0.0, "blur": 0.0}, sample="a")
    np.testing.assert_array_equal(seen, image)
