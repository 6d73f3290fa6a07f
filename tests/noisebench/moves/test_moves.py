"""Declared targets move with the picture: a real detector, segmenter and pose model under geometric noise."""

import numpy as np
import pytest

import noisebench as nb
from noisebench._grammar import parse_sweep
from noisebench._moved import counted, move_targets, shares
from noisebench._noise import Noised, Source, context_of, make_noise
from noisebench.errors import DataError, MetricError
from noisebench.metrics import get_metric

SIDE, HALF = 64, 5


def scene(seed: int, *, away: int = 24) -> tuple[np.ndarray, np.ndarray]:
    """Return an image of bright squares of 11 px apart from each other, and their boxes."""
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 40, (SIDE, SIDE, 3)).astype(np.uint8)
    centres = np.array([(x, y) for x in (20, 20 + away) for y in (20, 20 + away)])
    centres = centres[: rng.integers(1, 5)] + rng.integers(-2, 3, (1, 2))
    for x, y in centres:
        image[y - HALF : y + HALF + 1, x - HALF : x + HALF + 1] = 220
    return image, np.concatenate([centres - HALF, centres + HALF + 1], axis=1).astype(float)


def detect(images) -> list[dict]:
    """Find bright blobs by threshold and connected parts."""
    from scipy.ndimage import find_objects, label

    found = []
    for image in images:
        parts = find_objects(label(image[..., 0] > 110)[0])
        boxes = [(c.start, r.start, c.stop, r.stop) for r, c in parts]
        found.append({"boxes": np.array(boxes, dtype=float).reshape(-1, 4)})
    return found


def scenes(n: int = 24, **options) -> nb.Dataset:
    images, boxes = zip(*(scene(i) for i in range(n)), strict=True)
    targets = [{"boxes": each, "labels": np.ones(len(each))} for each in boxes]
    return nb.Dataset({"image": np.stack(images)}, targets=targets, **options)


def audit(data, noise, metric="box-f1", model=detect, **options):
    return nb.audit(
        model, data, perturbations=noise, metric=metric, severities=[0.4, 1.0], **options
    )


@pytest.mark.parametrize("noise", ["image/shift", "image/flip", "image/scale(direction=in)"])
def test_a_perfect_detector_stays_perfect_when_boxes_move_and_looks_broken_when_they_do_not(noise):
    moving, still = audit(scenes(moves={"image": "boxes"}), [noise]), audit(scenes(), [noise])
    assert moving.clean.value == still.clean.value == 1
    assert moving[noise].estimate[-1] > 0.9
    assert still[noise].estimate[-1] < 0.6
    assert not still.moved


def test_lost_and_clipped_boxes_are_counted_and_said():
    images, boxes = zip(*(scene(i) for i in range(12)), strict=True)
    data = nb.Dataset({"image": np.stack(images)}, targets=list(boxes), moves={"image": "boxes"})
    found = audit(data, ["image/shift"])
    noise, lost, clipped = nb_shift(), 0, 0
    for name, image, each in zip(data.ids, images, boxes, strict=True):
        moved = noise.apply(image, 1.0, sample=name, input="image").mapping.boxes(each)
        lost += moved.lost.sum()
        clipped += ((moved.kept < 1) & ~moved.lost).sum()
    count = sum(map(len, boxes))
    kinds = found.moved["image/shift"][1.0]
    assert {"count": count, "lost": lost / count, "clipped": clipped / count} == kinds["boxes"]
    assert lost + clipped > 0
    said = next(line for line in found.verdict if "moved" in line)
    assert "image/shift at severity 1: boxes" in said and "% lost" in said and f"of {count}" in said
    last = found.to_table()[-1]
    assert last["boxes lost"] == lost / count and last["boxes clipped"] == clipped / count


def test_counts_reach_the_report():
    from noisebench.report._build import view

    found = audit(scenes(8, moves={"image": "boxes"}), ["image/shift"])
    remark = next(each for each in view(found).remarks if "Targets moved" in each)
    assert "image/shift at severity 1: boxes" in remark


def test_pixels_are_the_same_with_and_without_moving_targets():
    plain, moving = scenes(6), scenes(6, moves={"image": "boxes"})
    for text in ("image/rotation", "image/shift > image/rotation", "image/gaussian-noise"):
        made = []
        for data in (plain, moving):
            batch, sweep = data.take(data.ids), parse_sweep(text, data)
            noised = make_noise(sweep, 0.6, 0, batch.inputs, Source.of(batch), context_of(data))
            made.append(noised.inputs["image"])
        np.testing.assert_array_equal(*made)
    assert not noised.mappings


def test_chains_compose_their_mappings():
    data = scenes(4, moves={"image": "boxes"})
    batch = data.take(data.ids)
    sweep = parse_sweep("image/flip@1.0 > image/gaussian-noise > image/shift", data)
    noised = make_noise(sweep, 0.6, 0, batch.inputs, Source.of(batch), context_of(data))
    flip, shift = nb_get("image/flip"), nb_shift()
    for row, name in enumerate(data.ids):
        image = batch.inputs["image"][row]
        first = flip.apply(image, 1.0, sample=name, input="image").mapping
        second = shift.apply(image, 0.6, sample=name, input="image", position=2).mapping
        np.testing.assert_allclose(
            second.matrix @ first.matrix, noised.mappings["image"][row].matrix
        )


def test_a_segmenter_and_a_pose_model_are_scored_where_things_are():
    images = np.stack([scene(i)[0] for i in range(12)])
    masks = (images[..., 0] > 110).astype(np.uint8)
    centres = np.stack([scene(i)[1][:1, :2] + HALF for i in range(12)])

    def segment(batch):
        return (np.asarray(batch)[..., 0] > 110).astype(np.uint8)

    moving = nb.Dataset({"image": images}, targets=masks, moves={"image": "mask"})
    found = audit(moving, ["image/rotation"], "iou", segment)
    assert found["image/rotation"].estimate[-1] > 0.9
    still = audit(nb.Dataset({"image": images}, targets=masks), ["image/rotation"], "iou", segment)
    assert still["image/rotation"].estimate[-1] < 0.8
    assert found.moved["image/rotation"][1.0]["mask"]["count"] == 12

    pose = nb.Dataset({"image": images}, targets=centres, moves={"image": "keypoints"})

    def locate(batch):
        # The first blob of the clean scene stands at the top left; a shift keeps it there.
        first = [
            each["boxes"][np.argmin(each["boxes"][:, :2].sum(axis=1))] for each in detect(batch)
        ]
        return np.array([[(box[:2] + box[2:] - 1) / 2] for box in first])

    found = audit(pose, ["image/shift"], "keypoint-error", locate)
    assert found.clean.value == 0
    assert found["image/shift"].estimate[1] < 0.5


def test_a_target_that_cannot_move_is_a_failure_with_its_reason():
    images, boxes = zip(*(scene(i) for i in range(6)), strict=True)
    targets = [*boxes[:-1], np.zeros((2, 3))]
    data = nb.Dataset({"image": np.stack(images)}, targets=targets, moves={"image": "boxes"})
    batch = data.take(data.ids)
    sweep = parse_sweep("image/shift", data)
    noised = make_noise(sweep, 0.6, 0, batch.inputs, Source.of(batch), context_of(data))
    moved = move_targets(noised, batch.targets, data.moves)
    assert list(moved.failures) == [5] and "shape (n, 4)" in moved.failures[5]
    assert sorted(moved.moved) == [0, 1, 2, 3, 4]


def test_a_bad_target_is_a_fault_of_the_data_and_not_of_the_model():
    images, boxes = zip(*(scene(i) for i in range(6)), strict=True)
    targets = [*boxes[:-1], np.array([[1, 2, np.nan, 4]])]
    data = nb.Dataset({"image": np.stack(images)}, targets=targets, moves={"image": "boxes"})
    found = audit(data, ["image/shift", "image/contrast"])
    assert found["image/shift"].n == 5 == found["image/contrast"].n
    assert "finite numbers" in found.data_problems["image"]["5"]
    assert found.clean.value == 1


def test_targets_of_another_kind_than_declared_end_the_run_with_a_named_error():
    images = np.stack([scene(i)[0] for i in range(4)])
    data = nb.Dataset({"image": images}, targets=[0, 1, 2, 3], moves={"image": "boxes"})
    with pytest.raises(DataError, match="no target could move"):
        audit(data, ["image/shift"], same, lambda batch: np.zeros(len(batch), int))


def same(outputs, targets):
    return np.asarray(outputs) == np.asarray(targets)


@pytest.mark.parametrize(
    ("metric", "moves", "fitting"),
    [
        ("accuracy", "boxes", "box-f1"),
        ("iou", "box", "box-f1"),
        ("box-f1", "keypoints", "keypoint-error"),
        ("exact-match", "masks", "iou"),
        ("f1", ["mask", "boxes"], "iou.*or.*box-f1"),
    ],
)
def test_a_metric_that_cannot_score_moved_targets_names_those_that_can(metric, moves, fitting):
    with pytest.raises(MetricError, match=fitting):
        audit(scenes(4, moves={"image": moves}), ["image/shift"], metric)


def test_other_words_for_the_kinds_are_understood():
    for word, kind in (("masks", "mask"), ("box", "boxes"), ("keypoint", "keypoints")):
        assert scenes(4, moves={"image": word}).moves == {"image": (kind,)}


def test_a_users_metric_that_always_fails_is_told_its_signature():
    def mine(outputs):
        return outputs

    with pytest.raises(MetricError, match=r"\(outputs, targets\) -> one score per sample"):
        audit(scenes(4, moves={"image": "boxes"}), ["image/shift"], mine)


def test_noise_that_moves_nothing_leaves_targets_alone():
    data = scenes(3, moves={"image": "boxes"})
    noised = Noised({"image": data.take(data.ids).inputs["image"]}, None, {})
    assert move_targets(noised, data.targets, data.moves) is noised


def test_an_interrupted_count_is_the_sum_of_its_blocks(tmp_path):
    data = scenes(20, moves={"image": "boxes"})
    whole = audit(data, ["image/shift"])
    calls = []

    def tired(images):
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return detect(images)

    with pytest.raises(KeyboardInterrupt):
        audit(data, ["image/shift"], model=tired, run_dir=tmp_path / "run", batch_size=7, workers=0)
    tired.__name__ = "tired"
    resumed = audit(data, ["image/shift"], model=tired, run_dir=tmp_path / "run", batch_size=5)
    assert whole.moved == resumed.moved


@pytest.mark.parametrize(
    ("moves", "targets", "match"),
    [
        ("boxes", [0, 1], "name the input"),
        ({"picture": "boxes"}, [0, 1], "did you mean|known"),
        ({"image": "boxs"}, [0, 1], "did you mean boxes"),
        ({"image": "boxes"}, None, "targets"),
        ({"image": "boxes", "thermal": ["mask", "boxes"]}, [0, 1], "the one input"),
    ],
)
def test_declarations_that_cannot_be_meant_are_named_errors(moves, targets, match):
    images = np.zeros((2, 8, 8, 3), np.uint8)
    with pytest.raises(DataError, match=match):
        nb.Dataset(
            {"image": images, "thermal": images},
            targets=targets,
            modalities={"thermal": "image"},
            moves=moves,
        )


def test_moves_are_kept_by_parts_and_told_apart_by_the_fingerprint():
    data = scenes(4, moves={"image": ["boxes", "mask"]})
    assert data.moves == {"image": ("mask", "boxes")} == data.subset([0, 1]).moves
    assert data.fingerprint() != scenes(4).fingerprint()


def test_streams_declare_moves_too():
    records = [{"inputs": {"image": scene(i)[0]}, "target": scene(i)[1]} for i in range(5)]
    data = nb.Dataset.stream(records, modalities={"image": "image"}, moves={"image": "boxes"})
    found = audit(data, ["image/shift"])
    assert found["image/shift"].estimate[-1] > 0.9 and found.moved


def test_counts_add_up():
    total = counted([{"boxes": [3, 1, 0]}, {"boxes": [1, 0, 1], "mask": [2, 0, 0]}])
    assert total == {"boxes": [4, 1, 1], "mask": [2, 0, 0]}
    assert shares(total)["boxes"] == {"count": 4, "lost": 0.25, "clipped": 0.25}


def test_metric_names_are_listed():
    assert [get_metric(name).name for name in ("iou", "box-f1", "keypoint-error")]


def nb_get(name):
    import perturbations as pt

    return pt.get(name)


def nb_shift():
    return nb_get("image/shift")
