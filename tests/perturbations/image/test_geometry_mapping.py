"""Points, boxes, masks and images moved by a mapping, in closed form."""

import numpy as np
import pytest

import perturbations as pt
from perturbations._moved import Mover
from perturbations.errors import BadValue
from perturbations.image.geometry import _matrices
from perturbations.image.geometry._mapping import Geometry
from perturbations.image.geometry._polygon import area, clip
from perturbations.image.geometry._steps import displacement

FRAME = (40, 60)


def shift(right, down=0.0, border="constant"):
    return Geometry.projective([[1, 0, right], [0, 1, down], [0, 0, 1]], FRAME, border=border)


def turn(degrees, frame=FRAME):
    return Geometry.projective(_matrices.about_centre(_matrices.turn(degrees), frame), frame)


def mirror(axis="horizontal"):
    return Geometry.projective(_matrices.mirror(axis, FRAME), FRAME)


def elastic(severity=1.0, frame=FRAME):
    return pt.get("image/elastic-transform").apply(np.zeros(frame, np.uint8), severity).mapping


def test_a_shift_by_three_pixels_moves_a_point_by_exactly_three():
    np.testing.assert_array_equal([[13, 5]], shift(3).points([[10, 5]]))
    image = np.zeros(FRAME, np.uint8)
    image[5, 10] = 200
    moved = shift(3).image(image)
    assert moved[5, 13] == 200 == moved.sum()


def test_a_mirror_takes_first_to_last_pixel_and_left_edge_to_right_edge():
    np.testing.assert_array_equal([[59, 0], [0, 0]], mirror().points([[0, 0], [59, 0]]))
    np.testing.assert_array_equal([[50, 3, 60, 9]], mirror().boxes([[0, 3, 10, 9]]).xyxy)
    np.testing.assert_array_equal([[0, 31, 10, 37]], mirror("vertical").boxes([[0, 3, 10, 9]]).xyxy)


def test_a_box_follows_the_pixels_that_it_encloses():
    image = np.zeros(FRAME, np.uint8)
    image[10:20, 15:40] = 255
    for mapping in (shift(-7, 4), mirror(), mirror("vertical"), turn(90, FRAME)):
        moved = mapping.image(image) > 127
        rows, columns = np.flatnonzero(moved.any(1)), np.flatnonzero(moved.any(0))
        edges = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
        np.testing.assert_allclose([edges], mapping.boxes([[15, 10, 40, 20]]).xyxy, atol=1e-9)


def test_boxes_are_clipped_counted_and_lost_by_their_own_area():
    found = shift(20).boxes([[0, 0, 10, 10], [30, 0, 50, 10], [41, 0, 51, 10], [39.5, 0, 49.5, 9]])
    np.testing.assert_allclose(
        [[20, 0, 30, 10], [50, 0, 60, 10], [60, 0, 60, 10], [59.5, 0, 60, 9]], found.xyxy
    )
    np.testing.assert_allclose([1, 0.5, 0, 0.05], found.kept, atol=1e-12)
    np.testing.assert_array_equal([False, False, True, True], found.lost)


def test_a_turned_box_keeps_its_own_area_though_its_hull_is_cut():
    # A square whose diamond has one corner a little outside: a small triangle of it is lost.
    frame, side = (101, 101), 40.0
    half = side / np.sqrt(2)
    found = turn(45, frame).boxes([[50.5 - 20, 50.5 - 20, 50.5 + 20, 50.5 + 20]])
    np.testing.assert_allclose([50.5 - half, 50.5 + half], found.xyxy[0, [0, 2]])
    assert found.kept[0] == 1
    beside = turn(45, frame).then(Geometry.projective([[1, 0, 27], [0, 1, 0], [0, 0, 1]], frame))
    out = 50.5 + half + 27 - 101
    expected = 1 - out**2 / side**2
    np.testing.assert_allclose(expected, beside.boxes([[30.5, 30.5, 70.5, 70.5]]).kept[0])


def test_what_one_step_cuts_off_the_next_does_not_bring_back():
    there_and_back = shift(20).then(shift(-20))
    found = there_and_back.boxes([[30, 0, 50, 10], [0, 0, 10, 10]])
    np.testing.assert_allclose([0.5, 1.0], found.kept)
    np.testing.assert_array_equal([False, True], there_and_back.seen([[45, 0], [5, 0]]))
    image = np.full(FRAME, 9, np.uint8)
    assert (there_and_back.image(image)[:, 40:] == 0).all()
    np.testing.assert_array_equal(image[:, :40], there_and_back.image(image)[:, :40])


def test_boxes_without_area_count_by_their_centre():
    found = shift(20).boxes([[50, 5, 50, 5], [5, 5, 5, 9]])
    np.testing.assert_array_equal([True, False], found.lost)


def test_no_boxes_are_no_boxes():
    found = turn(20).boxes(np.zeros((0, 4)))
    assert found.xyxy.shape == (0, 4) and found.lost.shape == (0,)


def test_areas_of_polygons_and_of_their_part_in_the_frame():
    triangle = np.array([[-1.5, -0.5], [3.5, -0.5], [-1.5, 4.5]])
    assert area(triangle) == 12.5
    np.testing.assert_allclose(8.0, area(clip(triangle, (10, 10))))
    assert len(clip(triangle - 20, (10, 10))) == 0


def test_masks_move_by_the_nearest_label_as_the_image_does():
    labels = np.random.default_rng(0).integers(1, 200, FRAME).astype(np.uint8)
    for border in ("constant", "reflect", "replicate"):
        mapping = shift(17, -6, border)
        np.testing.assert_array_equal(mapping.image(labels), mapping.mask(labels))
    np.testing.assert_array_equal(mirror().image(labels), mirror().mask(labels))
    made = set(np.unique(turn(33).mask(labels, fill=0)).tolist())
    assert made <= set(np.unique(labels).tolist()) | {0}
    assert (shift(20).mask(labels, fill=255)[:, :20] == 255).all()
    assert shift(20).mask(labels > 100).dtype == bool


def test_a_moved_mask_overlaps_a_moved_blob():
    y, x = np.mgrid[: FRAME[0], : FRAME[1]]
    disk = ((x - 33) ** 2 + (y - 18) ** 2 < 81).astype(np.uint8)
    for mapping in (turn(25), elastic(), turn(25).then(elastic()).then(shift(4))):
        image = mapping.image(disk * np.uint8(255)) > 127
        mask = mapping.mask(disk) > 0
        assert (image & mask).sum() / (image | mask).sum() > 0.95


def test_elastic_points_go_where_the_pixels_went():
    mapping = elastic(1.0, (96, 96))
    y, x = np.mgrid[:96, :96]
    before = np.array([[30, 40], [60, 25], [50, 70]])
    for point in before:
        blob = np.exp(-((x - point[0]) ** 2 + (y - point[1]) ** 2) / 2.0)
        moved = mapping.image(blob)
        centre = np.array([(x * moved).sum(), (y * moved).sum()]) / moved.sum()
        assert np.abs(centre - mapping.points([point])[0]).max() < 0.35


def test_elastic_points_are_solved_to_a_hundredth_of_a_pixel_at_the_harshest_severity():
    worst = 0.0
    for sample in range(5):
        image = np.zeros((96, 128), np.uint8)
        mapping = pt.get("image/elastic-transform").apply(image, 1.0, sample=sample).mapping
        y, x = np.mgrid[:96:5, :128:5]
        points = np.stack([x.ravel(), y.ravel()], axis=1).astype(float)
        moved = mapping.points(points)
        back = moved + displacement(mapping.steps[0].field, mapping.frame, moved)
        worst = max(worst, float(np.abs(back - points).max()))
    assert worst < 0.01


def test_the_realised_displacement_is_the_dose():
    noisy = pt.get("image/elastic-transform").apply(np.zeros((64, 90), np.uint8), 0.6)
    field = noisy.mapping.steps[0].field
    np.testing.assert_allclose(0.01 * 64, np.sqrt((field**2).sum(axis=0).mean()), rtol=1e-5)
    np.testing.assert_allclose(0.64, noisy.report["rms, px"])


def test_one_projective_step_gives_the_noises_own_pixels():
    image = np.random.default_rng(1).integers(0, 255, (*FRAME, 3)).astype(np.uint8)
    for name in ("shift", "rotation", "scale", "shear", "perspective", "flip"):
        noisy = pt.get(f"image/{name}").apply(image, 0.8, sample="b")
        np.testing.assert_array_equal(noisy.value, noisy.mapping.image(image))


def test_steps_compose_in_order():
    points = [[10.0, 20.0], [31.0, 7.0]]
    both = turn(30).then(shift(5))
    np.testing.assert_allclose(shift(5).points(turn(30).points(points)), both.points(points))
    np.testing.assert_allclose(points, both.inverse().points(both.points(points)), atol=1e-9)
    assert both.then(elastic()).matrix is None


def test_geometries_of_different_frames_do_not_compose():
    with pytest.raises(BadValue, match="frame"):
        turn(30).then(turn(30, (8, 8)))


def test_moving_detection_targets_takes_lost_rows_out_of_every_field():
    target = {
        "boxes": np.array([[0, 0, 10, 10], [45, 0, 55, 10], [30, 0, 50, 10]]),
        "labels": [7, 8, 9],
        "iscrowd": np.array([0, 1, 0]),
        "image": "a.png",
    }
    moved = shift(20).move("boxes", target)
    np.testing.assert_array_equal([[20, 0, 30, 10], [50, 0, 60, 10]], moved.target["boxes"])
    assert moved.target["labels"] == [7, 9] and moved.target["image"] == "a.png"
    assert moved.target["iscrowd"].tolist() == [0, 0]
    assert (moved.count, moved.lost, moved.clipped) == (3, 1, 1)
    assert target["boxes"].shape == (3, 4)


def test_moving_keypoints_marks_lost_ones_as_missing():
    moved = shift(20).move("keypoints", np.array([[5, 5, 2], [50, 5, 2], [50, 5, 0]]))
    np.testing.assert_array_equal([[25, 5, 2], [np.nan, np.nan, 0], [50, 5, 0]], moved.target)
    assert (moved.count, moved.lost) == (2, 1)
    assert shift(20).move("keypoints", {"keypoints": [[1, 2]]}).target == {
        "keypoints": [[21.0, 2.0]]
    }


def test_moving_masks_counts_regions_lost_and_cut():
    labels = np.zeros(FRAME, np.int64)
    labels[0:5, 0:5], labels[0:5, 50:58], labels[10:20, 30:50] = 1, 2, 3
    moved = shift(20).move("mask", labels)
    assert (moved.count, moved.lost, moved.clipped) == (3, 1, 1)
    assert set(np.unique(moved.target)) == {0, 1, 3}
    stack = shift(20).move("mask", {"masks": np.stack([labels == 1, labels == 2])})
    assert (stack.count, stack.lost) == (2, 1)
    assert stack.target["masks"].dtype == bool


@pytest.mark.parametrize(
    ("kind", "target", "match"),
    [
        ("box", np.zeros((1, 4)), "did you mean boxes"),
        ("boxes", np.zeros((2, 5)), "shape \\(n, 4\\)"),
        ("boxes", [[10, 10, 4, 4]], "convert x, y, width, height"),
        ("boxes", [[1.0, 2.0, np.nan, 4.0]], "finite numbers"),
        ("boxes", {"bboxes": []}, "did you mean bboxes"),
        ("keypoints", np.zeros((3, 4)), "visibility"),
        ("mask", np.zeros((4, 4)), "height and width \\(40, 60\\)"),
    ],
)
def test_targets_of_another_form_are_named_errors(kind, target, match):
    with pytest.raises(BadValue, match=match):
        turn(10).move(kind, target)


def test_a_geometry_moves_targets():
    assert isinstance(turn(3), Mover)
    assert not isinstance((1, 2), Mover)


@pytest.mark.parametrize(
    ("boxes", "match"),
    [
        ([[0, 0, np.nan, 4]], "finite numbers"),
        ([[0, 0, np.inf, 4]], "finite numbers"),
        ([[5, 0, 4, 4]], "left <= right"),
        ([[0, 5, 4, 4]], "top <= bottom"),
    ],
)
def test_boxes_that_are_none_are_refused(boxes, match):
    with pytest.raises(BadValue, match=match):
        Geometry((6, 8)).boxes(boxes)


@pytest.mark.parametrize("shape", [(8, 6), (6, 9), (3, 6, 8), (48,), ()])
def test_masks_of_another_size_are_refused(shape):
    with pytest.raises(BadValue, match=r"height and width .6, 8."):
        Geometry((6, 8)).mask(np.zeros(shape, int))


def test_points_are_pixel_centres_and_boxes_are_edges():
    turned = Geometry.projective([[-1, 0, 7], [0, 1, 0], [0, 0, 1]], (6, 8))  # mirrors 8 columns
    np.testing.assert_allclose([[7, 0]], turned.points([[0, 0]]))
    np.testing.assert_allclose([[7, 0, 8, 1]], turned.boxes([[0, 0, 1, 1]]).xyxy)
    np.testing.assert_allclose([[0, 0, 8, 6]], turned.boxes([[0, 0, 8, 6]]).xyxy)
