"""ModelNet-C: the published definitions in closed form, and the distortion that the published program makes."""

import itertools

import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

import perturbations as pt
from perturbations.errors import BadDose, BadSetting
from perturbations.pointcloud._shapes import SHAPES
from perturbations.pointcloud.presets._atoms import turns
from tests.perturbations.pointcloud.small import applied, rms, scan

NAMES = ("scale", "jitter", "rotate", "drop-global", "drop-local", "add-global", "add-local")
DRAWS = 60


def level(name, cloud, number, sample="a", **settings):
    return pt.get(f"modelnet-c/{name}", **settings)(cloud, dose={"level": number}, sample=sample)


def chair(count=1024):
    """Return a chair in the unit sphere."""
    draw = pt.Draw.of(
        pt.sample_keys(["chair"]), seed=0, perturbation="p", input="", position=0, replicate=0
    )
    points = SHAPES["chair"](count, draw.row(0))
    points = points - points.mean(axis=0)
    return points / np.linalg.norm(points, axis=1).max()


CHAIR = chair()


def test_the_preset_has_the_seven_and_none_is_in_the_catalogue():
    assert {f"modelnet-c/{name}" for name in NAMES} == set(pt.names(preset="modelnet-c"))
    assert not set(pt.names(preset="modelnet-c")) & set(pt.names())
    assert ("pointcloud",) == pt.presets()["modelnet-c"].modalities


@pytest.mark.parametrize("name", NAMES)
def test_severities_are_the_five_levels(name):
    noise = pt.get(f"modelnet-c/{name}")
    for number in range(1, 6):
        by_severity = noise(CHAIR, number / 5, sample="a")
        np.testing.assert_array_equal(level(name, CHAIR, number), by_severity)
    with pytest.raises(BadDose, match="level"):
        level(name, CHAIR, 6)


# Chamfer distance of this chair from itself, in its radius, under the authors' program: levels 1 and 5, 400 draws each.
PUBLISHED = {
    "scale": (0.0517, 0.0670),
    "jitter": (0.0148, 0.0400),
    "rotate": (0.0287, 0.1050),
    "drop-global": (0.0038, 0.0187),
    "drop-local": (0.0043, 0.0488),
    "add-global": (0.0016, 0.0077),
    "add-local": (0.0036, 0.0132),
}


@pytest.mark.parametrize("name", NAMES)
def test_distortion_is_that_of_the_published_program(name):
    """Within 4 standard errors of both means, and 2 % more for what is on purpose otherwise."""
    for number, published in zip((1, 5), PUBLISHED[name], strict=True):
        far = [chamfer(CHAIR, level(name, CHAIR, number, sample=i)) for i in range(DRAWS)]
        error = np.std(far) * (1 / np.sqrt(DRAWS) + 1 / np.sqrt(400)) + 0.0001
        assert published == pytest.approx(np.mean(far), abs=4 * error + 0.02 * published)


def chamfer(a, b):
    return (cKDTree(b).query(a)[0].mean() + cKDTree(a).query(b)[0].mean()) / 2


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("drop-global", (768, 640, 512, 384, 256)),
        ("drop-local", (924, 824, 724, 624, 524)),
        ("add-global", (1034, 1044, 1054, 1064, 1074)),
        ("add-local", (1124, 1224, 1324, 1424, 1524)),
    ],
)
def test_counts_are_the_published_ones(name, counts):
    assert counts == tuple(len(level(name, CHAIR, number)) for number in range(1, 6))
    half = chair(512)
    halves = [len(level(name, half, number)) for number in range(1, 6)]
    assert [count / 2 for count in counts] == halves


@pytest.mark.parametrize("name", ["drop-global", "drop-local"])
def test_a_level_drops_what_the_ones_below_drop(name):
    found = [
        set(applied(f"modelnet-c/{name}", CHAIR, number / 5).mapping.lost.tolist())
        for number in range(1, 6)
    ]
    assert all(milder < harsher for milder, harsher in itertools.pairwise(found))


def test_the_cloud_is_normalised_after_scaling():
    for number in (1, 5):
        noisy = level("scale", CHAIR, number)
        assert 1 == pytest.approx(np.linalg.norm(noisy, axis=1).max())
        np.testing.assert_allclose(0, noisy.mean(axis=0), atol=1e-12)


@pytest.mark.parametrize(("number", "most"), [(1, 1.6), (5, 2.0)])
def test_axes_are_scaled_uniformly_between_the_inverse_and_the_factor(number, most):
    """After normalising, only the proportions of the factors are left."""
    ratios = []
    for sample in range(300):
        noisy = level("scale", CHAIR, number, sample)
        factors = (noisy.std(axis=0) / CHAIR.std(axis=0)).tolist()
        ratios += [a / b for a, b in itertools.permutations(factors, 2)]
    assert max(ratios) <= most**2
    assert max(ratios) > 0.8 * most**2


def test_turns_are_the_published_product():
    angles = np.random.default_rng(0).uniform(-0.5, 0.5, size=(10, 3))
    for matrix, (a, b, c) in zip(turns(angles), angles, strict=True):
        expected = Rotation.from_euler("xyz", [a, b, c]).as_matrix().T  # a row times Rz Ry Rx
        np.testing.assert_allclose(expected, matrix, atol=1e-15)


@pytest.mark.parametrize(("number", "bound"), [(1, 6), (5, 30)])
def test_a_rotation_stays_one_and_its_angles_are_uniform(number, bound):
    angles = []
    for sample in range(300):
        noisy = level("rotate", CHAIR, number, sample)
        matrix = np.linalg.lstsq(CHAIR, noisy, rcond=None)[0]
        np.testing.assert_allclose(np.eye(3), matrix.T @ matrix, atol=1e-10)
        assert 1 == pytest.approx(np.linalg.det(matrix))
        angles.append(Rotation.from_matrix(matrix).as_euler("xyz", degrees=True))
    assert np.abs(angles).max() <= bound
    assert bound / np.sqrt(3) == pytest.approx(rms(angles), rel=4 * 0.9 / np.sqrt(2 * 900))


def test_jitter_has_the_published_spread():
    for number in (1, 3, 5):
        noise = level("jitter", CHAIR, number) - CHAIR
        assert 0.01 * number == pytest.approx(rms(noise), rel=4 / np.sqrt(2 * 3072))


def test_clumps_stay_in_the_sphere():
    added = level("add-local", CHAIR, 5)[1024:]
    assert np.linalg.norm(added, axis=1).max() <= 1 + 1e-12


@pytest.mark.parametrize("name", ["scale", "jitter", "rotate", "add-global", "add-local"])
def test_any_cloud_is_hit_as_a_normalised_one_is(name):
    elsewhere = CHAIR * 7 + [100.0, -20.0, 3.0]
    noisy = level(name, elsewhere, 3)
    np.testing.assert_allclose(level(name, CHAIR, 3) * 7 + [100.0, -20.0, 3.0], noisy, atol=1e-9)


@pytest.mark.parametrize("name", ["scale", "jitter", "rotate", "add-global", "add-local"])
def test_a_cloud_may_be_taken_as_it_is(name):
    """In the unit sphere about the origin it makes no difference; elsewhere it does."""
    np.testing.assert_allclose(
        level(name, CHAIR, 3), level(name, CHAIR, 3, frame="given"), atol=1e-9
    )
    large = CHAIR * 3 + 1
    assert not np.allclose(level(name, large, 3), level(name, large, 3, frame="given"))


def test_taken_as_it_is_a_scaled_cloud_ends_in_the_unit_sphere():
    noisy = level("scale", CHAIR * 30 + 9, 4, frame="given")
    assert 1 == pytest.approx(np.linalg.norm(noisy, axis=1).max())


def test_another_frame_is_refused():
    with pytest.raises(BadSetting, match="did you mean cloud"):
        level("jitter", CHAIR, 3, frame="clouds")


@pytest.mark.parametrize("name", NAMES)
def test_other_columns_stay_with_their_points(name):
    cloud = scan(300)
    noisy = pt.get(f"modelnet-c/{name}").apply(cloud, 1.0, sample="a")
    source = np.arange(300) if noisy.mapping is None else noisy.mapping.source
    kept = source >= 0
    assert np.array_equal(cloud[source[kept], 3:], noisy.value[kept, 3:])
