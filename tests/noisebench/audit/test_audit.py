"""Audits: what is read off a run, saved, loaded, exported."""

import json

import numpy as np
import pytest

from noisebench.audit import audit, load
from noisebench.data import Dataset
from noisebench.errors import (
    ConfigError,
    DataError,
    LedgerError,
    MetricError,
    ModelError,
    PlanError,
)
from tests.noisebench.small import classify, dataset, digits

SWEEPS = ["image/contrast", "image/occlusion", "image/contrast > image/jpeg-compression"]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    data = dataset(slices={"half": ["first" if i < 30 else "second" for i in range(60)]})
    where = tmp_path_factory.mktemp("run")
    return audit(classify, data, perturbations=SWEEPS, metric=["accuracy", "f1"], run_dir=where)


def test_curves_by_text_form_and_by_name(found):
    assert tuple(found.curves) == tuple(SWEEPS)
    assert found["image/occlusion"] is found.curves["image/occlusion"]
    assert found["image/occlusion"].severities == (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    assert found["image/occlusion"].doses[0] is None
    assert found["image/occlusion"].unit


def test_a_short_name_must_be_unambiguous():
    two = Dataset(
        {"a": digits()[0], "b": digits()[0]}, digits()[1], modalities={"a": "image", "b": "image"}
    )
    result = audit(
        lambda x: classify(x["a"]),
        two,
        perturbations=["image/contrast", "a:image/occlusion"],
        severities=1,
    )
    assert result["image/occlusion"].name == "a:image/occlusion"
    assert result["a:image/contrast"].name == "a:image/contrast"
    with pytest.raises(PlanError, match="a:image/contrast or b:image/contrast"):
        result["image/contrast"]


def test_unknown_names_get_a_hint(found):
    with pytest.raises(PlanError, match="did you mean image/occlusion"):
        found["image/occlusoin"]
    with pytest.raises(MetricError, match="metric of this audit"):
        found.curve("image/contrast", metric="rmse")


def test_clean_and_chance_are_drawn_from_the_data(found):
    assert found.clean.value == found["image/contrast"].estimate[0]
    labels = digits()[1]
    assert found["image/contrast"].chance == np.bincount(labels).max() / 60


def test_slices_by_column_and_by_target(found):
    slices = found.slices("image/occlusion")
    assert set(slices) == {"half", "target"}
    halves = slices["half"]
    mean = (halves["first"].estimate + halves["second"].estimate) / 2
    assert np.allclose(mean, found["image/occlusion"].estimate)
    assert sum(curve.n for curve in slices["target"].values()) == 60


def test_the_header_is_strict(found):
    header = found.header
    assert header["status"] == "complete"
    assert header["hashes"]["plan"] and header["hashes"]["data"]
    assert header["data"]["samples"] == 60
    assert header["model"]["name"] == "classify"
    assert {"noisebench", "numpy", "python"} <= set(header["versions"]) | {"noisebench"}
    assert header["config"]["severities"] == [0.2, 0.4, 0.6, 0.8, 1.0]


def test_the_table_has_a_row_per_point(found):
    rows = found.to_table()
    assert len(rows) == 3 * 6
    assert rows[1]["sweep"] == "image/contrast" and rows[1]["severity"] == 0.2
    assert rows[1]["psnr"] > 0 and rows[1]["low"] <= rows[1]["estimate"] <= rows[1]["high"]
    json.dumps(rows)


def test_the_gallery_shows_the_same_sample_everywhere(found):
    records = found.samples
    assert len({record["sample"] for record in records}) == 1
    assert {(r["sweep"], r["severity"]) for r in records} == {
        (s, at) for s in SWEEPS for at in (0.4, 1.0)
    }
    first = records[0]
    assert first["clean"].dtype == np.uint8 and first["noisy"].shape == (8, 8)
    assert first["prediction_clean"] == classify(first["clean"][None])[0]
    assert first["prediction_noisy"] == classify(first["noisy"][None])[0]


def test_the_gallery_is_written_as_files(found):
    arrays = np.load(found.directory / "gallery" / "arrays.npz")
    records = json.loads((found.directory / "gallery" / "samples.json").read_text())
    for record, plain in zip(found.samples, records, strict=True):
        assert np.array_equal(arrays[plain["noisy"]["array"]], record["noisy"])


def test_a_saved_audit_is_the_same(found, tmp_path):
    found.save(tmp_path / "copy")
    again = load(tmp_path / "copy")
    assert again.to_table() == found.to_table()
    assert again.header == found.header
    assert len(again.samples) == len(found.samples)
    with pytest.raises(LedgerError, match="a new directory"):
        found.save(tmp_path / "copy")


def test_a_run_without_a_directory_is_an_audit_too(tmp_path):
    result = audit(classify, dataset(), perturbations=["image/contrast"], severities=1)
    where = result.directory
    assert where.exists()
    result.save(tmp_path / "kept")
    del result
    assert not where.exists()
    assert load(tmp_path / "kept")["image/contrast"].n == 60


def test_parquet_has_a_row_per_cell_and_sample(found, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")
    path = found.export_parquet(tmp_path / "out" / "scores.parquet")
    rows = parquet.read_table(path).to_pylist()
    assert len(rows) == (1 + 2 * 5 + 5) * 60
    clean = [row for row in rows if row["sweep"] == "clean"]
    assert np.mean([row["accuracy"] for row in clean]) == found.clean.value
    assert {"id", "severity", "replicate", "reason", "prediction", "target"} <= set(rows[0])


def test_a_users_metric_survives_loading(tmp_path):
    def margin(outputs, targets):
        return -np.abs(np.asarray(outputs) - np.asarray(targets)).astype(float)

    options = {"perturbations": ["image/contrast"], "severities": 2, "metric": margin}
    made = audit(classify, dataset(), run_dir=tmp_path, **options)
    assert load(tmp_path).to_table() == made.to_table()
    assert load(tmp_path).metrics[0].name == "margin"


def test_the_verdict_is_in_sentences(found):
    assert found.verdict[0].startswith("accuracy is ")
    assert "costs most" in found.verdict[1]


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"batch_size": 0}, PlanError, "batch_size"),
        ({"workers": -1}, PlanError, "workers"),
        ({"metric": []}, MetricError, "metric"),
        ({"metric": ["accuracy", "accuracy"]}, MetricError, "different names"),
        ({"metric": "accuracyy"}, MetricError, "accuracy"),
        ({"perturbations": "imag"}, PlanError, "image"),
    ],
)
def test_bad_arguments_are_named(options, error, words):
    with pytest.raises(error, match=words):
        audit(classify, dataset(), **options)


def test_data_must_be_a_dataset():
    with pytest.raises(DataError, match=r"nb.Dataset"):
        audit(classify, {"image": digits()[0]})


def test_no_audit_is_no_audit(tmp_path):
    with pytest.raises(LedgerError, match="the directory of a run"):
        load(tmp_path)
    (tmp_path / "header.json").write_text("{")
    with pytest.raises(LedgerError, match="is damaged"):
        load(tmp_path)


def test_everything_failing_leaves_an_audit_that_says_so(tmp_path):
    def broken(images):
        raise RuntimeError("no weights")

    with pytest.raises(ModelError, match=r"all 60 clean samples.*RuntimeError: no weights"):
        audit(
            broken, dataset(), perturbations=["image/contrast"], severities=1, metric="log-loss",
            run_dir=tmp_path,
        )  # fmt: skip
    result = load(tmp_path)
    assert len(result.curves) == 0
    assert "image/contrast" in result.skipped
    assert len(result.failures) == 60
    assert "failed on every clean sample" in result.verdict[0]
    assert "no weights" in result.report(tmp_path / "report").html.read_text()


def test_failing_for_many_reasons_is_run_to_the_end():
    def moody(images):
        raise RuntimeError(f"not this one: {np.asarray(images).sum()}")

    result = audit(moody, dataset(), perturbations=["image/contrast"], severities=1)
    assert len(result.failures) == 2 * 60
    result = audit(
        moody, dataset(), perturbations=["image/contrast"], severities=1, metric="log-loss"
    )
    assert "No curve" in result.verdict[0]


def test_compare_shares_the_draws(tmp_path):
    from noisebench.compare import compare

    def blind(images):
        return np.where(np.arange(len(images)) % 2, classify(images), 0)

    models = {"sees": classify, "half/blind": blind}
    found = compare(
        models, dataset(), perturbations=["image/contrast"], severities=2, run_dir=tmp_path
    )
    gap = found.difference("image/contrast", "sees", "half/blind")
    assert gap.estimate[0] == pytest.approx(
        found["sees"].clean.value - found["half/blind"].clean.value
    )
    assert (
        found["sees"].samples[0]["noisy"].tobytes()
        == found["half/blind"].samples[0]["noisy"].tobytes()
    )
    assert len(found.to_table()) == 3
    assert (tmp_path / "half-blind" / "ledger.sqlite").exists()
    assert "2 models" in repr(found)
    with pytest.raises(ConfigError, match="sees"):
        found["see"]


@pytest.mark.parametrize("models", [{"one": classify}, [], {"a b": classify, "a-b": classify}])
def test_compare_needs_two_names(models):
    from noisebench.compare import compare

    with pytest.raises(ConfigError):
        compare(models, dataset())


def test_groups_are_counted_wherever_n_is_said():
    from noisebench.report._build import view

    labels = np.arange(40) % 2
    images = np.repeat(labels * 200, 64).astype(np.uint8).reshape(40, 8, 8)
    data = Dataset({"image": images}, targets=labels, groups=[f"p{i // 4}" for i in range(40)])
    made = audit(
        lambda batch: (batch.mean(axis=(1, 2)) > 100).astype(int),
        data, perturbations=["image/gaussian-noise"], severities=[0.4],
    )  # fmt: skip
    assert made.groups == 10
    assert "(n = 40 in 10 groups)" in made.verdict[0]
    page = view(made)
    assert "40 samples in 10 groups" in page.verdict
    assert any("The 10 declared groups are resampled" in each for each in page.method)
    assert any("Only 10 groups" in each for each in page.remarks)
