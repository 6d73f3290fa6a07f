"""The configuration file."""

import pytest

from noisebench.config import find_config, load_data, load_object, read_config
from noisebench.errors import ConfigError

LEAST = '[model]\nload = "m:f"\n[data]\nload = "m:d"\n'


@pytest.fixture
def written(tmp_path):
    def write(text, name="audit.toml"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


def test_defaults_are_filled_in(written):
    config = read_config(written(LEAST))
    assert ("all", 5, 1, 0, "accuracy") == (
        config.sweep.perturbations,
        config.sweep.severities,
        config.sweep.replicates,
        config.sweep.seed,
        config.sweep.metric,
    )


def test_a_pyproject_has_its_own_table(written):
    text = '[tool.noisebench.model]\nload = "m:f"\n[tool.noisebench.data]\nload = "m:d"\n'
    assert "m:f" == read_config(written(text, "pyproject.toml")).model.load


def test_overrides_replace_keys_of_the_sweep(written):
    config = read_config(
        written(LEAST + "[sweep]\nseed = 3\nreplicates = 2\n"), {"seed": 9, "metric": None}
    )
    assert (9, 2, "accuracy") == (config.sweep.seed, config.sweep.replicates, config.sweep.metric)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            LEAST + "[sweep]\nseverites = 5\n",
            "sweep.severites: unknown key, got 5; did you mean severities",
        ),
        (LEAST + "[[gates]]\nretain = 0.9\nretains = 0.9\nat = 0.4\n", "did you mean retains"),
        (LEAST + "[swep]\nseed = 1\n", "did you mean sweep?"),
        (LEAST + "[sweep]\nseverities = [0.2, 1.2]\n", "1.2"),
        (LEAST + '[sweep]\nseverities = "5x"\n', "sweep.severities"),
        (LEAST + "[sweep]\nreplicates = 0\n", "sweep.replicates"),
        (LEAST + "[[gates]]\nretains = 0.9\n", "gates.0: expected a severity for retains, got at="),
        (LEAST + "[[gates]]\nretains = 1.9\nat = 0.4\n", "got retains=1.9"),
        (LEAST + "[[gates]]\nat = 0.4\n", "expected one demand"),
        (LEAST + "[[gates]]\nretains = 0.9\nat = 0.4\nno_cliff = 0.1\n", "retains and no_cliff"),
        (LEAST + '[[gates]]\nno_worse_than = "before"\n', "expected a margin with no_worse_than"),
        (LEAST + "[[gates]]\ntolerance_at_least = { doze = 1 }\n", "doze: unknown key"),
        (LEAST + '[[gates]]\nno_cliff = 0.1\ninconclusive = "pass"\n', "gates.0.inconclusive"),
        ("sweep = 3\n" + LEAST, "sweep"),
        ('[data]\nload = "m:d"\n', "model: Field required"),
        ("[model\n", "no readable TOML"),
        ("[model]\nload = 3\n[data]\nload = 'm:d'\n", "model.load"),
    ],
)
def test_what_is_wrong_is_said(written, text, expected):
    with pytest.raises(ConfigError, match=r"audit\.toml") as caught:
        read_config(written(text))
    assert expected in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "audit.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="no readable TOML"):
        read_config(tmp_path / "audit.toml")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match="nowhere"):
        read_config(tmp_path / "nowhere.toml")


def test_a_gate_of_a_file_is_a_gate(written, tmp_path):
    text = LEAST + '[[gates]]\nno_worse_than = "before"\nmargin = 0.02\nat = [0.2, 0.4]\n'
    (section,) = read_config(written(text)).gates
    gate = section.gate(tmp_path)
    assert str(tmp_path / "before") == gate.no_worse_than
    assert (0.2, 0.4) == gate.severities


def test_the_nearest_configuration_is_found(written, tmp_path):
    path = written(LEAST)
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert path == find_config(tmp_path / "a" / "b")
    nearer = tmp_path / "a" / "pyproject.toml"
    nearer.write_text("[tool.other]\nx = 1\n")
    assert path == find_config(tmp_path / "a" / "b")
    nearer.write_text('[tool.noisebench]\nname = "x"\n')
    assert nearer == find_config(tmp_path / "a" / "b")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("math", "package.module:object"),
        ("math:", "package.module:object"),
        ("no_such_module_here:f", "a module that can be imported"),
        ("math:sqr", "did you mean sqrt"),
    ],
)
def test_an_object_that_is_not_there_is_said(tmp_path, monkeypatch, spec, expected):
    monkeypatch.setattr("sys.path", list(__import__("sys").path))
    with pytest.raises(ConfigError, match=expected):
        load_object(spec, folder=tmp_path)


def test_a_module_that_lacks_another_module_is_its_own_fault(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.path", list(__import__("sys").path))
    (tmp_path / "breaks_here.py").write_text("import no_such_module_there\n")
    with pytest.raises(ModuleNotFoundError, match="no_such_module_there"):
        load_object("breaks_here:f", folder=tmp_path)


def test_data_must_be_a_dataset(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.path", list(__import__("sys").path))
    with pytest.raises(ConfigError, match=r"noisebench\.Dataset"):
        load_data("math:pi", folder=tmp_path)
