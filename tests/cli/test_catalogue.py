"""`list`, `show`, `doctor`, `--help`: what the command line says of itself."""

import json
import subprocess
import sys

import pytest

COMMANDS = ["run", "demo", "list", "show", "preview", "export", "report", "doctor"]


def python(*words):
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)


def test_list_names_every_noise_with_its_dose(cli):
    said = cli("list", "text")
    assert 0 == said.status
    assert "text/keyboard-typo" in said.out
    assert "share of characters" in said.out
    assert "image/" not in said.out


def test_list_as_json_is_one_object(cli):
    found = json.loads(cli("list", "--json").out)["noises"]
    rooms = {"image", "video", "text", "audio", "timeseries", "tabular", "pointcloud", "crossmodal"}
    assert rooms == {each["modality"] for each in found}
    assert all(5 == len(rungs["rungs"]) for each in found for rungs in each["ladders"].values())


def test_list_of_an_unknown_modality_suggests_one(cli):
    said = cli("list", "imgae")
    assert 2 == said.status
    assert "did you mean image" in said.err


def test_list_of_an_unknown_family_finds_nothing(cli):
    said = cli("list", "--family", "cosmic")
    assert 4 == said.status
    assert "cosmic" in said.err


def test_show_prints_ladder_settings_and_source(cli):
    said = cli("show", "image/shot-noise")
    assert 0 == said.status
    for expected in ("image/shot-noise", "photons", "severity", "coupling", "settings"):
        assert expected in said.out


def test_show_as_json_is_one_object(cli):
    assert "image/shot-noise" == json.loads(cli("show", "image/shot-noise", "--json").out)["name"]


def test_show_suggests_the_nearest_noise(cli):
    said = cli("show", "image/shot-nose")
    assert 2 == said.status
    assert "did you mean image/shot-noise" in said.err


def test_doctor_finds_nothing_wrong(cli):
    said = cli("doctor")
    assert 0 == said.status, said.out
    assert "noisebench demo" in said.out
    found = json.loads(cli("doctor", "--json").out)
    assert found["sound"]
    assert "randomness" in {each["what"] for each in found["findings"]}


def test_doctor_complains_of_other_draws(cli, monkeypatch):
    monkeypatch.setattr("noisebench.cli._doctor.GOLDEN", "0")
    said = cli("doctor")
    assert 5 == said.status
    assert "BAD" in said.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(cli, command):
    said = cli(command, "--help")
    assert 0 == said.status
    assert "Usage" in said.out


def test_help_names_every_command(cli):
    said = cli("--help")
    assert [] == [command for command in COMMANDS if command not in said.out]


def test_an_unknown_option_is_exit_2(cli):
    said = cli("list", "--jsn")
    assert 2 == said.status
    assert "--jsn" in said.err


def test_help_loads_no_numpy():
    code = (
        "import sys; from noisebench.cli import main; sys.argv = ['noisebench', '--help']\n"
        "try: main()\n"
        "finally: print(sorted({'numpy', 'pydantic', 'numba', 'pandas'} & set(sys.modules)), file=sys.stderr)"
    )
    done = python("-c", code)
    assert "Usage" in done.stdout
    assert "[]" == done.stderr.strip()


def test_a_process_ends_with_a_sentence_and_a_status(tmp_path):
    done = python("-m", "noisebench", "show", "image/shot-nose")
    assert 2 == done.returncode
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert "" == done.stdout


def test_the_version_is_printed(cli):
    assert cli("--version").out.startswith("noisebench ")


def test_show_says_what_is_needed_besides_the_input(cli):
    said = cli("show", "crossmodal/conflict").out
    assert "needs of the input: labels, the other samples" in said
    said = cli("show", "crossmodal/missing-input-mar").out
    assert "needs of the input: statistics of the clean data" in said
    assert "needs of the input: none" in cli("show", "crossmodal/missing-input").out
    assert "needs of the input: rate\n" in cli("show", "crossmodal/time-offset").out
    assert "needs of the input: fov or focal\n" in cli("show", "crossmodal/extrinsic-rotation").out


def test_noise_between_inputs_is_listed_family_by_family(cli):
    said = cli("list", "crossmodal").out
    places = [
        said.index(f"\n{family}") for family in ("time", "pairing", "space", "absence", "joint")
    ]
    assert sorted(places) == places


def test_show_says_what_stands_in_for_files_of_the_users(cli):
    assert "acts here: a simulated office" in cli("show", "audio/impulse-response").out
    assert "acts here" not in cli("show", "audio/impulse-response(file=mine)").out


def test_show_heads_settings_by_one_word(cli):
    for name in ("audio/white-noise", "tabular/missing", "text/truncation"):
        said = cli("show", name).out
        assert "Settings:" in said and "Args:" not in said, name
