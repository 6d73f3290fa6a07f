"""A cloud on a grid."""

import numpy as np
import pytest

from tests.perturbations.pointcloud.small import ball, make, rms, scan

CLOUD = ball(3000) * [4, 2, 1] + 7


@pytest.mark.parametrize(("severity", "cells"), [(0.2, 256), (0.6, 64), (1.0, 16)])
def test_coordinates_stand_on_a_grid_of_the_longest_side(severity, cells):
    noisy = make("pointcloud/position-quantisation", CLOUD, severity)
    step = np.ptp(CLOUD, axis=0).max() / cells
    place = (noisy - CLOUD.min(axis=0)) / step
    np.testing.assert_allclose(np.rint(place), place, atol=1e-9)
    assert cells == round(place.max())
    assert step / np.sqrt(12) == pytest.approx(rms(noisy - CLOUD), rel=0.05)


def test_other_columns_and_single_points_stay():
    assert np.array_equal(
        scan(9)[:, 3:], make("pointcloud/position-quantisation", scan(9), 1.0)[:, 3:]
    )
    assert np.array_equal(CLOUD[:1], make("pointcloud/position-quantisation", CLOUD[:1], 1.0))
