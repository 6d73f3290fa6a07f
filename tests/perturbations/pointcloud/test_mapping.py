"""Labels of points go where their points go."""

import numpy as np
import pytest

import perturbations as pt
from perturbations._moved import Mover
from perturbations.errors import BadValue
from perturbations.pointcloud._mapping import NO_LABEL, PointMap
from tests.perturbations.pointcloud.small import HERE, applied, ball, scan

CLOUD = ball(50)
LABELS = np.arange(50) * 10


def test_labels_of_lost_points_are_lost():
    noisy = applied("pointcloud/drop-global", CLOUD, 0.6)
    moved = noisy.mapping.move("points", LABELS)
    assert len(noisy.value) == len(moved.target) == 25
    assert (50, 25, 0) == (moved.count, moved.lost, moved.clipped)
    for point, label in zip(noisy.value, moved.target, strict=True):
        assert np.array_equal(CLOUD[label // 10], point)


def test_added_points_have_no_label():
    noisy = applied("pointcloud/add-local", CLOUD, 0.4)
    moved = noisy.mapping.move("points", LABELS).target
    assert np.array_equal(LABELS, moved[:50])
    assert [NO_LABEL] * 10 == moved[50:].tolist()


def test_points_in_place_of_others_have_no_label():
    noisy = applied("pointcloud/add-local", CLOUD, 0.4, settings={"keep_size": True})
    moved = noisy.mapping.move("points", LABELS)
    same = (noisy.value == CLOUD).all(axis=1)
    assert np.array_equal(np.where(same, LABELS, NO_LABEL), moved.target)
    assert 10 == moved.lost


def test_copies_have_the_label_of_what_they_are_copies_of():
    noisy = applied("pointcloud/drop-local", CLOUD, 1.0, settings={"keep_size": True})
    moved = noisy.mapping.move("points", LABELS).target
    assert np.array_equal(CLOUD[moved // 10], noisy.value)


def test_one_noise_after_another_maps_from_the_clean_cloud():
    first = applied("pointcloud/add-global", CLOUD, 1.0)
    second = applied("pointcloud/drop-global", first.value, 0.6, sample="b")
    moved = first.mapping.then(second.mapping).move("points", LABELS).target
    assert len(moved) == len(second.value)
    for point, label in zip(second.value, moved, strict=True):
        known = CLOUD[label // 10] if label >= 0 else first.value[50:]
        assert (known == point).all(axis=-1).any()


def test_labels_in_a_mapping_and_of_several_numbers_move_alike():
    mapping = PointMap(np.array([2, -1, 0]), 3, np.zeros((1, 3)))
    scores = np.arange(6.0).reshape(3, 2)
    moved = mapping.move("points", {"points": scores, "id": "a"}).target
    assert "a" == moved["id"]
    assert [[4, 5], [-1, -1], [0, 1]] == moved["points"].tolist()
    assert [1] == mapping.lost.tolist()


@pytest.mark.parametrize(
    ("kind", "target", "words"),
    [
        ("boxes", LABELS, "points as kind of target"),
        ("points", LABELS[:9], "a label for each of 50 points"),
        ("points", {"labels": LABELS}, "the field 'points'"),
        ("points", 3, "a label for each of 50 points"),
    ],
)
def test_other_targets_are_refused(kind, target, words):
    mapping = applied("pointcloud/drop-global", CLOUD, 0.6).mapping
    with pytest.raises(BadValue, match=words):
        mapping.move(kind, target)


@pytest.mark.parametrize("name", pt.names(modality="pointcloud"))
def test_every_noise_that_changes_the_number_of_points_says_which(name):
    noisy = pt.get(name).apply(scan(200), 1.0, sample="a", facts=HERE)
    if "shape" not in pt.get(name).keeps:
        assert isinstance(noisy.mapping, Mover)
        assert len(noisy.value) == len(noisy.mapping.source)
