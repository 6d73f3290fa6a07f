"""Odd data through a whole audit: a defined result, or an error that says what to do."""

import numpy as np
import pytest

from noisebench.audit import audit
from noisebench.data import Dataset
from noisebench.errors import DataError, PlanError
from tests.noisebench.small import digits


def constant(values):
    return [0] * (len(values) if not isinstance(values, dict) else len(next(iter(values.values()))))


def run(data, noises, **options):
    return audit(constant, data, perturbations=noises, severities=[0.5, 1.0], **options)


def test_one_sample():
    found = run(Dataset({"image": digits()[0][:1]}, [0]), ["image/contrast"])
    assert found["image/contrast"].n == 1
    assert found.failures == []


def test_one_sample_has_nobody_to_be_mispaired_with():
    data = Dataset({"image": digits()[0][:1], "text": ["a"]}, [0])
    with pytest.raises(PlanError, match="at least two samples"):
        run(data, ["image,text:crossmodal/mispairing"])
    found = run(data, ["crossmodal", "text/swap"])
    assert "at least two samples" in found.skipped["image,text:crossmodal/mispairing"]


def test_empty_data():
    with pytest.raises(DataError, match="sample"):
        Dataset({"image": digits()[0][:0]}, [])


PICTURES = {
    "1x1": np.full((3, 1, 1), 7, np.uint8),
    "one row": np.full((3, 1, 9), 7, np.uint8),
    "grey with an axis": np.full((3, 8, 8, 1), 7, np.uint8),
    "four channels": np.full((3, 8, 8, 4), 7, np.uint8),
    "float": np.full((3, 8, 8), 0.5, np.float32),
    "not contiguous": np.full((8, 8, 3), 7, np.uint8).transpose(2, 0, 1),
    "ragged": [np.full((4 + i, 5), 7, np.uint8) for i in range(3)],
}


@pytest.mark.parametrize("kind", PICTURES)
def test_odd_pictures(kind):
    data = Dataset({"image": PICTURES[kind]}, [0, 0, 0], modalities={"image": "image"})
    found = run(data, ["image/contrast", "image/occlusion", "image/impulse-noise"])
    assert found.failures == []
    assert [curve.n for curve in found.curves.values()] == [3, 3, 3]


def test_read_only_pictures():
    images = digits()[0][:4].copy()
    images.flags.writeable = False
    assert run(Dataset({"image": images}, [0] * 4), ["image/contrast"]).failures == []


def test_a_picture_that_is_no_number_is_a_row_with_a_reason():
    images = np.full((4, 8, 8), 0.5, np.float32)
    images[2, 3, 3] = np.nan
    found = run(Dataset({"image": images}, [0] * 4), ["image/contrast"])
    assert {(f["id"], f["sweep"]) for f in found.failures} == {("2", "image/contrast")}
    assert found["image/contrast"].n == 3
    assert list(found.data_problems["image"]) == ["2"]


def test_odd_texts():
    texts = ["", "a", "👩‍👩‍👧", "مرحبا بالعالم", "\ud800 lone", "tab\tand\nline", "e\u0301" * 3]
    found = run(Dataset({"text": texts}, [0] * len(texts)), "text")
    assert all("NotApplicable" in each["reason"] for each in found.failures)
    for name, curve in found.curves.items():
        assert curve.n + len(found.left_out.get(name, ())) == len(texts)


def test_odd_sounds():
    sounds = [np.zeros(50, np.float32), np.ones(1, np.float32), np.full(50, 0.3, np.float32)]
    data = Dataset({"audio": sounds}, [0] * 3, facts={"audio": {"rate": 8000}})
    found = run(data, ["audio/white-noise", "audio/clipping", "audio/dropout", "audio/low-pass"])
    assert all(curve.n == 3 for curve in found.curves.values())
    assert all(failure["reason"] for failure in found.failures)


def test_odd_series_and_tables():
    series = np.ones((4, 20, 2))
    series[1] = np.nan
    table = np.column_stack([np.ones(4), np.full(4, np.nan), np.arange(4.0)])
    data = Dataset(
        {"s": series, "t": table}, [0] * 4, modalities={"s": "timeseries", "t": "tabular"}
    )
    found = run(data, ["timeseries", "tabular"])
    assert all(curve.n == 4 for curve in found.curves.values())
    assert all(failure["reason"] for failure in found.failures)


def test_odd_clouds():
    """One cloud is empty, one a single point, one all in one place: no noise fails on them."""
    clouds = [np.zeros((0, 3)), np.ones((1, 3)), np.ones((9, 3)), np.eye(3).repeat(4, axis=0)]
    data = Dataset(
        {"c": clouds},
        [0] * 4,
        modalities={"c": "pointcloud"},
        facts={"c": {"sensor": (0.0, 0.0, 0.0)}},
    )
    found = run(data, ["pointcloud", "modelnet-c"])
    assert not found.failures
    assert all(curve.n == 4 for curve in found.curves.values())
    assert {
        "pointcloud/beam-loss",
        "pointcloud/intensity-noise",
        "pointcloud/weak-return-loss",
    } == set(found.skipped)


def test_a_cloud_that_is_none_is_a_row_with_a_reason():
    clouds = [np.ones((9, 3)) * np.arange(9)[:, None] for _ in range(4)]
    clouds[2] = clouds[2].copy()
    clouds[2][4, 1] = np.nan
    clouds[3] = np.ones((3, 500))
    data = Dataset({"c": clouds}, [0] * 4, modalities={"c": "pointcloud"})
    found = run(data, ["pointcloud/jitter"])
    problems = found.data_problems["c"]
    assert ["2", "3"] == sorted(problems)
    assert "1 point(s) have NaN" in problems["2"]
    assert "cloud.T" in problems["3"]
    assert found["pointcloud/jitter"].n == 2
