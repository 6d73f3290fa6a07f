"""Audits of models of clouds: what shape is it, and which part is each point of."""

import functools

import numpy as np
import pytest

import noisebench as nb
import perturbations as pt
from noisebench.errors import DataError, MetricError
from perturbations.pointcloud._shapes import SHAPES

KINDS = ("table", "chair", "ring", "block")
EACH = 30
NOISES = [
    "pointcloud/jitter",
    "pointcloud/drop-local",
    "pointcloud/add-global",
    "pointcloud/rotation",
    "pointcloud/self-occlusion",
]


@functools.cache
def clouds(first=0, each=EACH, ragged=False):
    """Return normalised clouds of four kinds, and the kind of each."""
    made, kinds = [], []
    for number in range(first, first + each):
        for kind in KINDS:
            draw = pt.Draw.of(
                pt.sample_keys([f"{kind}-{number}"]),
                seed=0, perturbation="made", input="", position=0, replicate=0,
            ).row(0)  # fmt: skip
            points = SHAPES[kind](128 + (7 * number) % 64 * ragged, draw)
            points = points - points.mean(axis=0)
            made.append((points / np.linalg.norm(points, axis=1).max()).astype(np.float32))
            kinds.append(kind)
    return (made if ragged else np.stack(made)), kinds


def features(cloud):
    """Return what a small model sees of a cloud of any size: heights, distances and spreads, sorted."""
    xyz = np.asarray(cloud, dtype=np.float64)[:, :3]
    if not len(xyz):
        return np.zeros(24)
    level = np.linspace(0.05, 0.95, 7)
    parts = [xyz[:, 2], np.hypot(xyz[:, 0], xyz[:, 1]), np.linalg.norm(xyz, axis=1)]
    return np.concatenate([*(np.quantile(part, level) for part in parts), xyz.std(axis=0)])


@functools.cache
def model():
    """Train a classifier on other clouds than are tested."""
    from sklearn.ensemble import RandomForestClassifier

    made, kinds = clouds(first=1000, each=60)
    forest = RandomForestClassifier(40, random_state=0).fit([features(c) for c in made], kinds)
    return lambda batch: forest.predict([features(cloud) for cloud in batch])


def dataset(ragged=False):
    values, kinds = clouds(ragged=ragged)
    return nb.Dataset({"cloud": values}, kinds, modalities={"cloud": "pointcloud"})


@pytest.fixture(scope="module")
def audit():
    return nb.audit(model(), dataset(), perturbations=NOISES, severities=[0.4, 1.0], bootstrap=200)


def test_a_model_of_shapes_is_right_on_clean_clouds_and_loses_to_noise(audit):
    assert audit.clean.value > 0.9
    assert not audit.failures
    assert not audit.skipped
    lost = {name: audit.clean.value - curve.estimate[-1] for name, curve in audit.curves.items()}
    assert "pointcloud/rotation" == max(lost, key=lost.get)
    assert lost["pointcloud/rotation"] > 0.15
    assert lost["pointcloud/self-occlusion"] > 0.03


def test_distortion_is_measured_in_radii_and_shares(audit):
    found = audit.distortion["pointcloud/jitter"]
    assert 0.02 * np.sqrt(3) == pytest.approx(found[0.4]["displacement"], rel=0.05)
    assert 0.05 * np.sqrt(3) == pytest.approx(found[1.0]["displacement"], rel=0.05)
    found = audit.distortion["pointcloud/drop-local"]
    assert 0.5 == pytest.approx(found[1.0]["changed"], abs=0.01)
    assert 0.05 == pytest.approx(audit.distortion["pointcloud/add-global"][1.0]["added"], abs=0.01)


def test_clouds_of_different_sizes_are_audited_alike():
    ragged = nb.audit(
        model(), dataset(ragged=True), perturbations=NOISES, severities=[1.0], bootstrap=100
    )
    assert 1 < len({len(cloud) for cloud in clouds(ragged=True)[0]})
    assert ragged.clean.value > 0.85
    assert not ragged.failures


def test_noise_of_lidars_is_left_out_where_no_sensor_is_known():
    audit = nb.audit(
        model(), dataset(), perturbations=["pointcloud"], severities=[1.0], bootstrap=100
    )
    assert "needs the fact 'sensor'" in audit.skipped["pointcloud/fog"]
    assert "a column of intensity" in audit.skipped["pointcloud/intensity-noise"]
    assert "a column of rings" in audit.skipped["pointcloud/beam-loss"]
    assert "pointcloud/jitter" in audit.curves
    assert not audit.failures


def test_a_cloud_named_like_its_modality_needs_no_declaration():
    values, kinds = clouds()
    assert {"pointcloud": "pointcloud"} == nb.Dataset({"pointcloud": values}, kinds).modalities
    with pytest.raises(DataError, match="its values fit several"):
        nb.Dataset({"cloud": values}, kinds)


@pytest.mark.slow
def test_the_gallery_shows_two_views_of_a_cloud(audit, tmp_path):
    audit.report(tmp_path)
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "128 points, all of them moved (orange)" in text
    assert "gone from their place (grey)" in text
    assert "share of the radius" in text


@pytest.mark.slow
def test_modelnet_c_has_every_number_against_dgcnn():
    audit = nb.audit(model(), dataset(), perturbations=["modelnet-c"], bootstrap=200)
    mce, rmce = audit.mce("dgcnn"), audit.relative_mce("dgcnn")
    assert 0 < mce.low < mce.value < mce.high
    assert rmce.low < rmce.value < rmce.high
    errors = {
        name.partition("/")[2]: 1 - np.array(curve.estimate[1:])
        for name, curve in audit.curves.items()
    }
    assert {7} == {len(errors)}
    expected = np.mean([errors[n].mean() / e for n, e in nb.metrics.robustness.DGCNN.items()])
    assert expected == pytest.approx(mce.value)
    assert "mCE of modelnet-c against DGCNN" in mce.text


def test_a_torch_model_of_fixed_size_gets_tensors():
    torch = pytest.importorskip("torch", reason="the extra torch is not installed")

    class Mean(torch.nn.Module):
        """A toy in the form of PointNet: a layer for each point, then the largest over points."""

        def __init__(self):
            super().__init__()
            self.each, self.all = torch.nn.Linear(3, 16), torch.nn.Linear(16, 4)

        def forward(self, points):
            assert points.shape[1:] == (128, 3)
            return self.all(torch.relu(self.each(points)).amax(dim=1))

    torch.manual_seed(0)
    values, kinds = clouds()
    data = nb.Dataset(
        {"cloud": torch.from_numpy(values)},
        [KINDS.index(kind) for kind in kinds],
        modalities={"cloud": "pointcloud"},
    )
    sized = ["pointcloud/drop-local(keep_size=true)", "pointcloud/add-local(keep_size=true)"]
    audit = nb.audit(Mean(), data, perturbations=sized, severities=[1.0], bootstrap=100)
    assert not audit.failures


def parts(batch):
    """Say of every point whether it is above the middle of its cloud."""
    return [(np.asarray(cloud)[:, 2] > 0).astype(int) for cloud in batch]


@pytest.mark.parametrize("ragged", [False, True])
def test_labels_of_points_move_with_them(ragged):
    values, _ = clouds(ragged=ragged)
    targets = [{"points": each} for each in parts(values)]
    data = nb.Dataset(
        {"cloud": values}, targets, modalities={"cloud": "pointcloud"}, moves={"cloud": "points"}
    )
    noises = ["pointcloud/drop-global", "pointcloud/add-local", "pointcloud/translation"]
    audit = nb.audit(
        parts, data, perturbations=noises, metric="point-iou", severities=[1.0], bootstrap=100
    )
    assert 1.0 == audit.clean.value
    assert 1.0 == audit["pointcloud/drop-global"].estimate[-1]
    assert 1.0 == audit["pointcloud/add-local"].estimate[-1]
    assert audit["pointcloud/translation"].estimate[-1] < 0.95
    moved = audit.moved["pointcloud/drop-global"][1.0]["points"]
    assert 0.75 == pytest.approx(moved["lost"], abs=0.01)


def test_labels_of_points_want_their_own_metric():
    values, _ = clouds()
    data = nb.Dataset(
        {"cloud": values},
        parts(values),
        modalities={"cloud": "pointcloud"},
        moves={"cloud": "points"},
    )
    with pytest.raises(MetricError, match="point-iou"):
        nb.audit(parts, data, perturbations=["pointcloud/jitter"], metric="iou")


@pytest.mark.parametrize(
    ("facts", "words"),
    [({"sensr": (0, 0, 0)}, "did you mean sensor"), ({"field": ("a",)}, "did you mean fields")],
)
def test_misspelt_facts_are_said(facts, words):
    values, kinds = clouds()
    with pytest.raises(DataError, match=words):
        nb.Dataset(
            {"cloud": values}, kinds, modalities={"cloud": "pointcloud"}, facts={"cloud": facts}
        )
