"""What a cloud is, and what is refused."""

import numpy as np
import pytest

import perturbations as pt
from perturbations import testing as laws
from perturbations.errors import BadValue, MissingFact, NotApplicable
from perturbations.pointcloud._fields import names_of
from tests.perturbations.pointcloud.small import HERE, ball, make, scan

CLOUD = ball(40)
NAMES = pt.names(modality="pointcloud")


def test_the_catalogue_has_every_family_in_the_order_of_the_echo():
    families = {pt.get(name).family for name in NAMES}
    assert families == set(pt.modality("pointcloud").families)


@pytest.mark.parametrize("name", NAMES)
def test_columns_that_are_no_coordinates_are_never_moved(name):
    """Intensities change where light or its measurement does; rings never; and rows stay with their points."""
    cloud = scan(300)
    noisy = pt.get(name).apply(cloud, 1.0, sample="a", facts=HERE)
    source = np.arange(300) if noisy.mapping is None else noisy.mapping.source
    kept = source >= 0
    assert np.array_equal(cloud[source[kept], 4], noisy.value[kept, 4])
    if name.partition("/")[2] not in ("fog", "rain", "snow", "intensity-noise"):
        assert np.array_equal(cloud[source[kept], 3], noisy.value[kept, 3])


@pytest.mark.parametrize("name", NAMES)
def test_a_cloud_of_32_bits_has_the_same_noise(name):
    cloud = scan(300).astype(np.float32)
    wide = make(name, cloud.astype(np.float64), 0.6)
    narrow = make(name, cloud, 0.6)
    assert np.float32 == narrow.dtype
    assert np.array_equal(wide.astype(np.float32), narrow)


@pytest.mark.parametrize("name", NAMES)
def test_a_stack_equals_cloud_by_cloud(name):
    clouds = np.stack([scan(200, seed=seed) for seed in range(3)])
    noise = pt.get(name)
    stacked = noise.batch(clouds, 0.8, samples="abc", facts=HERE)
    for sample, cloud, found in zip("abc", clouds, stacked, strict=True):
        assert np.array_equal(noise(cloud, 0.8, sample=sample, facts=HERE), found)


SIZED = [name for name in NAMES if "keep_size" in pt.get(name).settings]


@pytest.mark.parametrize("name", SIZED)
@pytest.mark.parametrize("severity", [0.2, 1.0])
def test_a_cloud_keeps_its_size_where_it_is_asked_to(name, severity):
    clouds = np.stack([scan(200, seed=seed) for seed in range(3)])
    noise = pt.get(name, keep_size=True)
    stacked = noise.batch(clouds, severity, samples="abc", facts=HERE)
    assert clouds.shape == stacked.shape
    for sample, cloud, found in zip("abc", clouds, stacked, strict=True):
        assert np.array_equal(noise(cloud, severity, sample=sample, facts=HERE), found)


@pytest.mark.parametrize("name", [name for name in SIZED if "add" not in name])
def test_what_keeps_its_size_has_no_other_points_than_what_does_not(name):
    """Rain and snow move points besides; but they move them alike in both."""
    cloud = scan(300)
    smaller = make(name, cloud, 0.8)
    same_size = make(name, cloud, 0.8, settings={"keep_size": True})
    assert len(smaller) < len(cloud)
    assert {*map(bytes, smaller)} == {*map(bytes, same_size)}


SIZED_TOO = [
    *SIZED,
    *(n for n in pt.names(preset="modelnet-c") if "keep_size" in pt.get(n).settings),
]


@pytest.mark.slow
@laws.parametrize([pt.get(name, keep_size=True) for name in SIZED_TOO])
def test_noise_that_keeps_the_size_is_as_lawful(noise, law):
    law(noise)


def test_the_size_of_a_cloud_stays_by_default_out_of_the_text_form():
    assert "pointcloud/drop-global" == str(pt.get("pointcloud/drop-global"))
    assert "pointcloud/drop-global(keep_size=true)" == str(
        pt.get("pointcloud/drop-global", keep_size=True)
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.ones((9, 3), int), r"cloud.astype\(np.float32\)"),
        (np.ones((3, 500)), r"pass cloud.T"),
        (np.ones((500, 40)), "name them"),
        (np.ones((9, 2)), "columns are x, y, z"),
        (np.ones((4, 9, 3)), r"noise.batch\(clouds\)"),
        (np.full((9, 3), np.nan), r"9 point\(s\) have NaN"),
        (np.full((9, 3), 1e15), "subtract a common origin"),
        ([[1.0, 2.0, 3.0]], r"np.asarray\(cloud\)"),
    ],
)
def test_what_is_no_cloud_is_said(value, words):
    with pytest.raises(BadValue, match=words):
        make("pointcloud/jitter", value, 0.5)


def test_many_columns_are_taken_when_they_are_named():
    cloud = np.concatenate([CLOUD, np.ones((40, 30))], axis=1)
    fields = tuple(f"f{i}" for i in range(30))
    assert cloud.shape == make("pointcloud/jitter", cloud, 0.5, facts={"fields": fields}).shape


@pytest.mark.parametrize("fields", [("intensity", "ring"), ("x", "y", "z", "a", "b"), (1,)])
def test_fields_that_do_not_fit_are_said(fields):
    with pytest.raises(BadValue, match=r"the fact fields to name 1 column"):
        make("pointcloud/jitter", scan(9)[:, :4], 0.5, facts={"fields": fields})


@pytest.mark.parametrize("sensor", [(0, 0), (0, 0, np.nan), "here", 3])
def test_a_sensor_that_is_no_place_is_said(sensor):
    with pytest.raises(BadValue, match="the fact sensor to be x, y, z"):
        make("pointcloud/jitter", CLOUD, 0.5, facts={"sensor": sensor})


def test_fields_are_guessed_as_kitti_and_nuscenes_store_them():
    assert [(), ("intensity",), ("intensity", "ring"), ()] == [
        names_of(None, w) for w in (3, 4, 5, 6)
    ]
    assert ("r", "g") == names_of(("x", "y", "z", "r", "g"), 5) == names_of(("r", "g"), 5)
    assert ("time",) == names_of("time", 4)


def test_noise_of_lidars_needs_to_know_where_the_sensor_is():
    with pytest.raises(MissingFact, match=r"the fact 'sensor' for pointcloud/range-noise"):
        make("pointcloud/range-noise", CLOUD, 0.5, facts={})


def test_noise_of_intensities_needs_some():
    with pytest.raises(NotApplicable, match="a column of intensity"):
        make("pointcloud/intensity-noise", CLOUD, 0.5)
    named = make(
        "pointcloud/intensity-noise", scan(9), 0.5, facts={"fields": ("ring", "intensity")}
    )
    assert np.array_equal(scan(9)[:, 3], named[:, 3])
    assert not np.array_equal(scan(9)[:, 4], named[:, 4])


def test_the_corpus_is_half_scans_and_half_objects():
    clouds = pt.modality("pointcloud").corpus(64)
    assert {(0, 5), (1, 3)} == {(i % 2, cloud.shape[1]) for i, cloud in enumerate(clouds)}
    assert all(300 < len(cloud) < 1200 for cloud in clouds)
    assert len({len(cloud) for cloud in clouds}) > 30


def test_scans_of_the_corpus_are_what_a_lidar_sees():
    for cloud in pt.modality("pointcloud").corpus(64)[::2]:
        reach = np.linalg.norm(cloud[:, :3], axis=1)
        up = np.degrees(np.arcsin(cloud[:, 2] / reach))
        assert 1 < reach.min() < reach.max() < 121
        assert cloud[:, 2].min() == pytest.approx(-1.8, abs=0.1)  # the ground
        assert np.abs(up - (-24 + 28 * cloud[:, 4] / 15)).max() < 0.01
        assert (0 <= cloud[:, 3]).all() and (cloud[:, 3] <= 1).all()
