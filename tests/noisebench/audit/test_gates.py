"""Gates of an audit: said in the call, kept in the header, judged together."""

import pytest

import noisebench as nb
from noisebench.errors import ConfigError, LedgerError, PlanError
from tests.noisebench.small import classify, dataset

OPTIONS = {
    "perturbations": ["image/contrast", "image/impulse-noise"],
    "severities": [0.4, 1.0],
    "bootstrap": 200,
    "distortion": "none",
    "gallery": False,
}


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    return nb.audit(classify, dataset(), run_dir=tmp_path_factory.mktemp("before"), **OPTIONS)


def test_answers_are_the_same_when_an_audit_is_read_again(tmp_path, before):
    gates = [
        nb.Gate(retains=0.5, at=0.3),
        nb.Gate(no_worse_than=before.directory, margin=0.2, at=0.4),
    ]
    found = nb.audit(classify, dataset(), run_dir=tmp_path, gates=gates, **OPTIONS)
    assert (0.0, 0.3, 0.4, 1.0) == found["image/contrast"].severities
    with pytest.raises(PlanError, match=r"a baseline at severity 0\.3"):
        _ = found.gates


def test_a_baseline_may_be_an_audit_or_its_directory(tmp_path, before):
    asked = {"margin": 0.2, "at": 0.4}
    for number, baseline in enumerate((before, before.directory, str(before.directory))):
        gates = [nb.Gate(no_worse_than=baseline, **asked)]
        run_dir = tmp_path / str(number)
        found = nb.audit(classify, dataset(), run_dir=run_dir, gates=gates, **OPTIONS)
        assert ["pass"] * 2 == [each.verdict.state for each in found.gates]
        again = nb.load(run_dir)
        assert [str(e.verdict) for e in found.gates] == [str(e.verdict) for e in again.gates]


@pytest.mark.parametrize(
    ("gates", "error", "words"),
    [
        ([{"perturbation": "audio/*", "no_cliff": 0.1}], ConfigError, "tested: image/contrast"),
        ([{"retain": 1}], ConfigError, "did you mean retains"),
        ([{"no_worse_than": "nowhere", "margin": 0.1}], LedgerError, "the directory of a run"),
        ([{"no_worse_than": "nowhere", "margin": 0.1, "at": 0.7}], PlanError, None),
    ],
)
def test_a_gate_that_cannot_be_judged_is_refused_before_the_model_is_called(gates, error, words):
    def never(images):
        raise AssertionError("the model was called")

    with pytest.raises(error if words else (PlanError, LedgerError), match=words):
        nb.audit(never, dataset(), gates=gates, **OPTIONS)


def test_a_stale_baseline_is_refused(before):
    gates = [nb.Gate(no_worse_than=before, margin=0.1)]
    with pytest.raises(LedgerError, match="is stale: the data set changed since"):
        nb.audit(classify, dataset(50), gates=gates, **OPTIONS)
    with pytest.raises(LedgerError, match="is stale: the seed changed since"):
        nb.audit(classify, dataset(), gates=gates, seed=1, **OPTIONS)


def test_without_gates_nothing_is_judged(before):
    assert () == before.gates
    assert "gates" not in before.header["config"]
