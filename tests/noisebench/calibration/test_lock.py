"""The lock file: it reads back as it was, and is refused where anything that it depends on is another."""

import functools
import json

import pytest

import noisebench as nb
from noisebench.calibration import _wanted as wanted
from noisebench.calibration import read
from noisebench.errors import CalibrationError
from perturbations import Dose, Ladder, perturbation
from tests.noisebench.calibration.made import Shows, pairs

NOISES = ["image/contrast", "text/swap"]


@functools.cache
def content():
    return nb.calibrate(pairs(), NOISES, samples=32)


@pytest.fixture
def lock(tmp_path):
    return content().save(tmp_path / "kept" / "noises.lock.json")


def again(lock, noises=NOISES, **options):
    return nb.calibrate(pairs(), noises, lock=lock, **{"samples": 32} | options)


def refused(call, *said):
    with pytest.raises(CalibrationError) as error:
        call()
    for each in (*said, "noisebench calibrate TARGET --fresh"):
        assert each in str(error.value)


def test_it_reads_back_as_it_was(lock):
    found = read(lock)
    assert found.to_json() == read(lock).to_json()
    assert found == again(lock)
    assert found.to_json() == content().to_json()
    text = lock.read_text()
    found.save(lock)
    assert text == lock.read_text()
    assert "p0" not in text, "ids of samples are nobody's business"


def test_it_saves_the_work(lock):
    model = Shows()
    path = lock.with_name("own.json")
    first = again(path, model=model)
    shown = model.shown
    assert first.to_json() == again(path, model=model).to_json()
    # The model counts its calls, so that its hash is another: it is asked what it makes of a few samples.
    assert shown + 2 == model.shown


def test_it_is_text_that_a_review_can_read(lock):
    content = json.loads(lock.read_text())
    assert {
        "format",
        "noisebench",
        "scheme",
        "doses",
        "encoder",
        "samples",
        "noises",
        "hash",
    } <= set(content)
    assert max(map(len, lock.read_text().splitlines())) < 1000
    assert [0.05, 0.1, 0.2, 0.4, 0.8] == [
        r["dose"] for r in content["noises"]["image/contrast"]["rungs"]
    ]


def test_another_version_is_refused(lock, monkeypatch):
    monkeypatch.setattr(wanted, "__version__", "9.9")
    refused(lambda: again(lock), "was calibrated for something else", "noisebench: 0.1.0 -> 9.9")


def test_a_noise_that_is_not_in_it_is_refused(lock):
    refused(lambda: again(lock, [*NOISES, "image/flip"]), "noise image/flip: not calibrated ->")


def test_fewer_noises_than_are_in_it_are_fine(lock):
    assert again(lock, ["image/contrast"]) == read(lock)


def made(top):
    @perturbation("image/made-for-lock", family="made", registered=False, coupling="transform")
    def made_for_lock(image, draw, *, much: Dose = Ladder(0.1, 0.2, 0.3, 0.4, top, unit="share")):
        """Gets dark.

        Severity: share of the light that is gone.

        References: none.
        """
        return image * (1 - much)

    return made_for_lock


def test_another_ladder_under_the_same_name_is_refused(tmp_path):
    path = tmp_path / "x.json"
    again(path, [made(0.9)])
    assert again(path, [made(0.9)])
    refused(lambda: again(path, [made(0.8)]), "noise image/made-for-lock:")


def test_other_settings_are_another_noise(lock):
    refused(lambda: again(lock, ["image/contrast", "text/keyboard-typo(layout=azerty)"]), "azerty")


def test_other_features_are_refused(tmp_path):
    path = tmp_path / "x.json"
    again(path, model=Shows())
    refused(lambda: again(path, model=Shows(scale=2.0)), "features: model features of Shows")
    refused(lambda: again(path, encoder="input"), "-> input raw input")


def test_other_samples_doses_or_seed_are_refused(lock):
    refused(lambda: again(lock, samples=31), "calibration samples: 32 of hash")
    refused(
        lambda: again(lock, doses=[0.1, 0.3]), "doses: [0.05, 0.1, 0.2, 0.4, 0.8] -> [0.1, 0.3]"
    )
    refused(lambda: again(lock, seed=7), "seed: 0 -> 7")
    refused(lambda: again(lock, axis="bits"), "axis: displacement -> bits")


def test_on_purpose_it_is_made_anew(lock):
    found = again(lock, doses=[0.1, 0.3], fresh=True)
    assert (0.1, 0.3) == found.doses == read(lock).doses


def test_an_edited_file_is_refused(lock):
    content = json.loads(lock.read_text())
    content["noises"]["image/contrast"]["rungs"][0]["point"][0] = 0.5
    lock.write_text(json.dumps(content))
    refused(lambda: read(lock), "was edited or damaged")


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00", "null"])
def test_what_is_no_lock_file_is_refused(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text)
    refused(lambda: read(path), "is no readable lock file")


def test_a_file_of_another_format_is_refused(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{"format": 99}')
    refused(lambda: read(path), "a lock file of format 1")


def test_a_missing_file_says_how_to_make_it(tmp_path):
    with pytest.raises(CalibrationError, match="make it: noisebench calibrate TARGET --out"):
        read(tmp_path / "none.json")


def test_a_file_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CalibrationError, match="cannot be written"):
        again(tmp_path / "file" / "x.json")
