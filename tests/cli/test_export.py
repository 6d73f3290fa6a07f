"""`export`: noisy copies of a data set."""

import csv
import hashlib
import io
import json
import sys

import numpy as np
import pytest

import noisebench as nb
import perturbations as pt
from noisebench.cli._folder import slug
from noisebench.cli._run import Job

SENTENCES = [
    "the quick brown fox jumps over the lazy dog",
    "half \ud800 a pair of some words here",
    "",
]
PICTURES = (np.arange(3 * 6 * 5).reshape(3, 6, 5) * 2).astype(np.uint8)
CLIPS = np.sin(np.arange(3 * 50).reshape(3, 50) / 7)


@pytest.fixture
def export(cli, tmp_path, monkeypatch):
    """Export a data set that is given rather than named."""

    def call(data, *words):
        job = Job(
            name="t",
            title="t",
            note="",
            model=None,
            data=data,
            arguments={"seed": 5},
            run_dir=tmp_path,
        )
        monkeypatch.setattr("noisebench.cli._export.make_job", lambda target, options: job)
        return cli("export", "t", tmp_path / "out", *words), tmp_path / "out"

    return call


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text())


def picture(path):
    cv2 = pytest.importorskip("cv2", reason="extra image is not installed")
    return cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)


def test_pictures_are_those_that_the_noise_makes(export):
    data = nb.Dataset({"image": PICTURES}, targets=[0, 1, 2], ids=["a", "../b", "c/d"])
    said, out = export(data, "-n", "image/gaussian-noise", "--severity", "0.6", "--replicate", "2")
    assert 0 == said.status, said.err
    found = manifest(out)
    expected = pt.get("image/gaussian-noise").batch(
        PICTURES, 0.6, samples=data.ids, seed=5, replicate=2, input="image"
    )
    for row, name in enumerate(data.ids):
        place = found["samples"][name]["inputs"]["image"]
        path = out / place["file"]
        assert path.resolve().is_relative_to(out.resolve())
        assert place["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert row == found["samples"][name]["target"]
        assert np.array_equal(expected[row], picture(path))
    assert (0.6, 5, 2) == (found["severity"], found["seed"], found["replicate"])
    assert 0.18 == found["parts"][0]["doses"]["sigma"]["dose"]
    assert data.fingerprint() == found["fingerprint"]
    assert "psnr" in found["samples"]["a"]["distortion"]
    assert "numpy" in found["versions"]


def test_what_is_written_is_what_a_run_shows_to_the_model(export):
    seen = []

    def model(inputs):
        seen.append(np.array(inputs))
        return np.zeros(len(inputs), int)

    rows = np.random.default_rng(0).normal(size=(40, 3))
    data = nb.Dataset({"table": rows}, targets=np.zeros(40, int), modalities={"table": "tabular"})
    nb.audit(model, data, perturbations="tabular/numeric-noise", severities=[0.4], seed=5)
    said, out = export(data, "-n", "tabular/numeric-noise", "--severity", "0.4")
    assert 0 == said.status, said.err
    written = np.load(out / manifest(out)["tables"]["table"]["file"])
    noisy = next(each for each in seen if not set(map(tuple, each)) <= set(map(tuple, rows)))
    assert set(map(tuple, noisy)) == set(map(tuple, written))


def test_targets_that_move_are_written_where_they_are(export):
    boxes = [np.array([[0, 0, 4, 4.0]]), np.array([[0.0, 0, 1, 1], [2, 2, 5, 6]]), np.zeros((0, 4))]
    targets = [{"boxes": each, "labels": list(range(len(each)))} for each in boxes]
    data = nb.Dataset({"image": PICTURES}, targets=targets, moves={"image": "boxes"})
    said, out = export(data, "-n", "image/flip", "--severity", "1")
    assert 0 == said.status, said.err
    written = [each["target"] for each in manifest(out)["samples"].values()]
    assert [[[1, 0, 5, 4]], [[4, 0, 5, 1], [0, 2, 3, 6]], []] == [each["boxes"] for each in written]
    assert [[0], [0, 1], []] == [each["labels"] for each in written]


def test_texts_keep_every_byte(export):
    data = nb.Dataset({"text": SENTENCES}, targets=[0, 1, 2])
    said, out = export(data, "-n", "text/swap > text/drop-character", "--severity", "1")
    assert 0 == said.status, said.err
    first = pt.get("text/swap").batch(SENTENCES, 1.0, samples=data.ids, seed=5, input="text")
    expected = pt.get("text/drop-character").batch(
        first, 1.0, samples=data.ids, seed=5, input="text", position=1
    )
    for row, name in enumerate(data.ids):
        path = out / manifest(out)["samples"][name]["inputs"]["text"]["file"]
        text = path.read_bytes().decode()
        assert expected[row] == (json.loads(text) if path.suffix == ".json" else text)


def test_a_joint_condition_writes_all_inputs(export):
    data = nb.Dataset(
        {"image": PICTURES, "speech": CLIPS},
        modalities={"speech": "audio"},
        facts={"speech": {"rate": 8000}},
    )
    words = "image/impulse-noise + audio/white-noise@0.2"
    said, out = export(data, "-n", words, "--seed", "1", "--limit", "2")
    assert 0 == said.status, said.err
    found = manifest(out)
    assert ["0", "1"] == list(found["samples"])
    expected = pt.get("audio/white-noise").batch(
        CLIPS, 0.2, samples=data.ids, seed=1, input="speech", facts={"rate": 8000}
    )
    assert np.array_equal(
        expected[1], np.load(out / found["samples"]["1"]["inputs"]["speech"]["file"])
    )


@pytest.mark.parametrize("fill", ["absent", "learned"])
def test_an_absent_input_is_null(export, fill):
    data = nb.Dataset({"image": PICTURES, "text": ["a b", "c d", "e f"]})
    noise = f"crossmodal/missing-input(fill={fill})"
    said, out = export(data, "-n", noise, "--severity", "1")
    assert 0 == said.status, said.err
    values = [
        value for each in manifest(out)["samples"].values() for value in each["inputs"].values()
    ]
    assert None in values


def test_a_frame_becomes_one_csv_with_ids(export):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pandas.DataFrame({"id": [1.5, 2.5, np.nan], "city": ["Oslo", None, "Rome"]})
    data = nb.Dataset({"t": frame}, ids=["a", "b", "c"])
    said, out = export(data, "-n", "tabular/missing", "--severity", "0")
    assert 0 == said.status, said.err
    found = manifest(out)
    text = (out / found["tables"]["t"]["file"]).read_text()
    assert [
        ["_id", "id", "city"],
        ["a", "1.5", "Oslo"],
        ["b", "2.5", ""],
        ["c", "", "Rome"],
    ] == list(csv.reader(io.StringIO(text)))
    assert {"row": 1} == found["samples"]["b"]["inputs"]["t"]


def test_a_series_in_a_frame_becomes_a_csv_with_its_stamps(export):
    pd = pytest.importorskip("pandas", reason="extra demo is not installed")
    index = pd.date_range("2026-11-29", periods=3, freq="s", tz="Europe/Berlin", name="when")
    frames = [pd.DataFrame({"x": [i, 1.5, 2.5]}, index=index) for i in range(3)]
    data = nb.Dataset({"imu": frames}, [0] * 3, modalities={"imu": "timeseries"})
    said, out = export(data, "-n", "timeseries/stuck-at", "--severity", "0")
    assert 0 == said.status, said.err
    place = manifest(out)["samples"]["2"]["inputs"]["imu"]
    rows = list(csv.reader(io.StringIO((out / place["file"]).read_text())))
    assert ["when", "x"] == rows[0]
    assert ["2026-11-29 00:00:01+01:00", "1.5"] == rows[2]
    assert [3, 1] == place["shape"]


def test_a_sample_that_refuses_the_noise_is_a_failure_with_a_reason(export):
    clips = [CLIPS[0], np.full(50, np.nan), CLIPS[2]]
    data = nb.Dataset(
        {"speech": clips}, modalities={"speech": "audio"}, facts={"speech": {"rate": 8000}}
    )
    said, out = export(data, "-n", "audio/white-noise")
    assert 0 == said.status, said.err
    found = manifest(out)
    assert ["1"] == list(found["failures"])
    assert "NaN" in found["failures"]["1"]
    assert "inputs" not in found["samples"]["1"]
    assert "1 samples could not" in said.out


def test_nothing_half_written_is_left(export, tmp_path, monkeypatch):
    def fail(*args):
        raise RuntimeError("disk on fire")

    monkeypatch.setattr("noisebench.cli._folder.Folder.finish", fail)
    with pytest.raises(RuntimeError):
        export(nb.Dataset({"text": SENTENCES}), "-n", "text/swap")
    assert [] == list(tmp_path.iterdir())


def test_only_an_empty_or_new_folder_is_filled(export, tmp_path):
    data = nb.Dataset({"text": SENTENCES})
    (tmp_path / "out").mkdir()
    assert 0 == export(data, "-n", "text/swap")[0].status
    said, _ = export(data, "-n", "text/swap")
    assert 2 == said.status
    assert "new or empty" in said.err


def test_a_mistake_in_the_condition_is_a_sentence(export, tmp_path):
    said, _ = export(nb.Dataset({"text": SENTENCES}), "-n", "text/swop")
    assert 2 == said.status
    assert "did you mean" in said.err
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "CON", "a" * 500, "", "..", "\ud800", "ü b", "/"]
)
def test_a_slug_is_a_safe_name(name):
    found = slug(name)
    assert found.isascii()
    assert 0 < len(found) <= 60
    assert not set(found) & set("/\\.: ")


def test_slugs_differ_where_names_do():
    assert slug("a b") != slug("a-b") != slug("A-b")


def test_a_config_is_a_target(cli, project):
    folder = project()
    said = cli("export", "audit.toml", "out", "-n", "image/contrast", "--limit", 3)
    assert 0 == said.status, said.err
    assert 3 == len(manifest(folder / "out")["samples"])
    assert not any(m.CALLS for n, m in sys.modules.items() if n.startswith("tiny_"))
