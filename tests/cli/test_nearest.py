"""`nearest`: data from the field named on the command line."""

import json

import numpy as np
import pytest

import perturbations as pt
from noisebench.cli._field import read_field
from noisebench.errors import ConfigError
from tests.noisebench.small import digits

MODULE = """
import numpy as np
import noisebench as nb
from tests.noisebench.small import digits

# Neighbours in the file were written by the same hand.
ORDER = np.random.default_rng(3).permutation(1700)
IMAGES, LABELS = (each[ORDER] for each in digits(1700))

def predict(images):
    return np.zeros(len(images), int)

def data():
    return nb.Dataset({"image": IMAGES[:700]}, targets=LABELS[:700])

def field():
    return nb.Dataset({"image": IMAGES[700:1000]})
"""
TOML = '[model]\nload = "scans_of_mine:predict"\n[data]\nload = "scans_of_mine:data"\n'


@pytest.fixture
def scans(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scans_of_mine.py").write_text(MODULE)
    (tmp_path / "audit.toml").write_text(TOML)
    dark = pt.get("image/contrast").batch(
        digits(600)[0][400:], severity=0.5, samples=[str(i) for i in range(200)], seed=9
    )
    np.save(tmp_path / "dark.npy", dark)
    return tmp_path


def test_it_prints_a_table_and_a_sentence(cli, scans):
    said = cli("nearest", "audit.toml", "dark.npy", "-n", "image/contrast", "-n", "image/flip")
    assert 0 == said.status, said.err
    assert "The 200 samples from the field are nearest to image/contrast at severity" in said.out
    assert "nothing, to other clean data" in said.out


def test_clean_field_data_from_a_module_is_nothing(cli, scans):
    said = cli("nearest", "audit.toml", "scans_of_mine:field", "-n", "image/contrast")
    assert 0 == said.status, said.err
    assert "Nothing: the 256 samples" in said.out


def test_json_is_one_object(cli, scans):
    said = cli("nearest", "audit.toml", "dark.npy", "-n", "image/contrast", "--json")
    found = json.loads(said.out)
    assert "near" == found["state"]
    assert "image/contrast" == found["noises"][0]["noise"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("audit.toml", "nothing.npy"), "data from the field"),
        (("audit.toml", "audit.toml"), "a folder of files, or an .npy file"),
        (("audit.toml", "dark.npy", "--input", "imag"), "did you mean image"),
        (("audit.toml", "scans_of_mine:fild"), "did you mean field"),
        (("audit.toml", "dark.npy", "--features", "-n", "image/contrast"), "shows features"),
    ],
)
def test_what_cannot_be_compared_is_said(cli, scans, words, message):
    said = cli("nearest", *words)
    assert 2 == said.status
    assert message in said.err


def test_an_exported_folder_is_data_from_the_field(cli, scans):
    cli("export", "audit.toml", "out", "-n", "image/contrast", "--severity", "0.6", "--limit", "60")
    said = cli("nearest", "audit.toml", "out/image", "-n", "image/contrast", "-n", "image/shift")
    assert 0 == said.status, said.err
    assert "nearest to image/contrast" in said.out


def test_files_of_each_kind(tmp_path):
    (tmp_path / "a.txt").write_text("one\n\ntwo\n")
    assert ["one", "two"] == read_field(str(tmp_path / "a.txt"), "text", {})
    assert ["one\n\ntwo\n"] == read_field(str(tmp_path), "text", {})
    (tmp_path / "a.csv").write_text("x,y\n1,2\n3,4\n")
    assert [[1.0, 2.0], [3.0, 4.0]] == read_field(
        str(tmp_path / "a.csv"), "tabular", {}, rows=True
    ).tolist()
    assert ["x", "y"] == [*read_field(str(tmp_path / "a.csv"), "tabular", {}).columns]
    (series,) = read_field(str(tmp_path), "timeseries", {"rate": 1.0})
    assert (2, 2) == series.shape


def test_an_empty_folder_and_a_broken_array_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="a folder of image"):
        read_field(str(tmp_path), "image", {})
    (tmp_path / "x.npy").write_bytes(b"no array")
    with pytest.raises(ConfigError, match="an array"):
        read_field(str(tmp_path / "x.npy"), "image", {})
