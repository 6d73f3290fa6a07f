"""The plugin, by running pytest in a project of its own."""

import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

PROJECT = """
import numpy as np
import noisebench as nb
import pytest

LEVELS = np.repeat(np.arange(4), 60)

def model(images):
    return np.clip(np.round(images.mean(axis=(1, 2)) * 3), 0, 3).astype(int)

def pixel(images):
    return np.clip(np.round(images[:, 0, 0] * 3), 0, 3).astype(int)

@pytest.fixture
def data():
    images = np.repeat(LEVELS[:, None, None] / 3, 4, axis=1).repeat(4, axis=2)
    return nb.Dataset({"image": images}, targets=LEVELS)

"""
ROBUST = """
def test_robust(noisebench, data):
    curve = noisebench.curve(model, data, "image/impulse-noise", severities=[0.2])
    assert curve.retains(0.5, at=0.2)
"""
FRAGILE = """
def test_fragile(noisebench, data):
    curve = noisebench.curve(pixel, data, "image/gaussian-noise", severities=[0.4, 1.0])
    assert curve.retains(0.9, at=1.0)
"""


@pytest.fixture
def project(pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(*tests, options=()):
        pytester.makepyfile(PROJECT + "".join(tests))
        return pytester.runpytest_subprocess("-p", "noisebench.pytest_plugin", *options)

    return run


def test_a_kept_demand_passes_and_is_summarised(project):
    result = project(ROBUST)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["*= noisebench =*", "noise*clean*worst*", "image/impulse-noise*0.5 at 0.2: pass"]
    )


def test_a_broken_demand_explains_itself(project):
    result = project(FRAGILE)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*assert <fail: image/gaussian-noise at severity 1: keeps *",
            "*- noisebench -*",
            "fail: image/gaussian-noise at severity 1: keeps * at least 0.9 asked",
            "interval *one-sided 95 % bounds, n = 240",
            "worst samples: *",
            "reproduce: nb.audit(model, data, perturbations=*image/gaussian-noise*",
            "image/gaussian-noise*0.9 at 1: fail",
        ]
    )


def test_an_inconclusive_demand_says_how_many_samples_would_decide(project):
    result = project(FEW)
    result.stdout.fnmatch_lines(["inconclusive: *", "*samples would decide*"])


FEW = FRAGILE.replace("data):", "data):\n    data = data.subset(range(0, 240, 20))").replace(
    "retains(0.9, at=1.0)", "retains(0.5, at=0.4)"
)


def test_an_inconclusive_demand_can_warn_instead(project):
    result = project(FEW, options=["--noisebench-inconclusive", "warn"])
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*InconclusiveWarning: inconclusive: *"])
    broken = project(FRAGILE, options=["--noisebench-inconclusive", "warn"])
    broken.assert_outcomes(failed=1)


def test_every_demand_of_a_curve_can_be_asserted(project, pytester):
    more = """
def test_more(noisebench, data):
    curve = noisebench.curve(pixel, data, "image/gaussian-noise", severities=[0.4, 1.0])
    before = noisebench.curve(model, data, "image/gaussian-noise", severities=[0.4, 1.0])
    assert curve.no_cliff(drop=0.9)
    assert curve.tolerance_at_least(0.4, drop=0.9)
    assert curve.no_worse_than(before, 0.05)
"""
    result = project(more, options=["--junitxml", "out.xml"])
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*assert <fail: image/gaussian-noise at severity 1: * worse than the baseline*",
            "failing is corrected over the 3 numbers judged together (Holm)",
        ]
    )
    said = (pytester.path / "out.xml").read_text()
    assert "noisebench.gate.image/gaussian-noise" in said
    assert "loses at most 0.9 in a step: pass: " in said


def test_a_report_is_kept_where_asked(project, pytester):
    project(ROBUST, FRAGILE, options=["--noisebench-report", "out"])
    found = sorted(path.parent.name for path in pytester.path.glob("out/*/report.html"))
    assert len(found) == 2


def test_the_seed_option_reaches_the_noise(project):
    shown = ROBUST.replace("assert", "assert not curve.reproduce.endswith('seed=7)') and")
    project(shown, options=["--noisebench-seed", "7"]).assert_outcomes(failed=1)
    project(shown).assert_outcomes(passed=1)


def test_workers_send_their_curves_to_the_summary(project):
    result = project(ROBUST, FRAGILE, options=["-p", "xdist.plugin", "-n", "2"])
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["*= noisebench =*", "*image/gaussian-noise*fail*", "*image/impulse-noise*pass*"]
    )


def test_help_has_a_line_for_every_option(project):
    result = project(ROBUST, options=["--help"])
    result.stdout.fnmatch_lines(
        [
            "model robustness to noise:",
            "*--noisebench-report*",
            "*--noisebench-inconclusive*",
            "*--noisebench-seed*",
        ]
    )


def test_a_session_without_the_fixture_prints_nothing_and_loads_no_numpy(project):
    code = "import sys, noisebench.pytest_plugin; print([m for m in ('numpy', 'pydantic', 'rich', 'torch') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()
    result = project("def test_nothing():\n    import sys\n    assert 'numba' not in sys.modules\n")
    assert "= noisebench =" not in result.stdout.str()


def test_unlabelled_data_can_be_gated_by_agreement(project):
    body = ROBUST.replace('"image/impulse-noise", ', '"image/impulse-noise", metric="agreement", ')
    body = body.replace(
        "data):", "data):\n    data = nb.Dataset({'image': data.take(data.ids).inputs['image']})"
    )
    project(body).assert_outcomes(passed=1)


def test_a_curve_may_be_bisected(project):
    body = """
def test_bisected(noisebench, data):
    curve = noisebench.curve(model, data, "image/impulse-noise", budget="bisect", severities=8)
    assert 9 == len(curve)
    assert "allows for what bisection left out" in repr(curve)
    assert curve.retains(0.5, at=0.125)
"""
    project(body).assert_outcomes(passed=1)


LIVE = """
COUNT = [0]

def counting(images):
    COUNT[0] += len(images)
    return model(images)

def test_live(noisebench, data):
    curve = noisebench.curve(counting, data, "image/impulse-noise", budget="auto", severities=[0.2, 1.0])
    assert COUNT == [0]
    assert curve.retains(0.7, at=0.2)
    first = COUNT[0]
    assert first < 160
    assert curve.retains(0.6, at=0.2)
    assert COUNT[0] <= first + 16
    assert curve.no_cliff(drop=0.9)
    assert curve.tolerance_at_least(0.2, drop=0.3)
    assert curve.measured.counts[1] < 240
"""


def test_a_curve_with_a_budget_is_measured_by_what_is_asserted(project):
    result = project(LIVE)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["image/impulse-noise*keeps 0.7 at 0.2: pass (* calls saved)*"])
    assert 1 == result.stdout.str().count("image/impulse-noise")


def test_a_broken_demand_with_a_budget_explains_itself(project):
    body = FRAGILE.replace("severities=[0.4, 1.0]", 'severities=[0.4, 1.0], budget="auto"')
    result = project(body)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*assert <fail: image/gaussian-noise at severity 1: keeps *",
            "interval * that hold whenever one stops, n = * of 240",
            "about these 240 samples under this noise, as a full run would find; * saved *",
        ]
    )


def test_workers_stop_early_too(project, pytester):
    body = FRAGILE.replace("severities=[0.4, 1.0]", 'severities=[0.4, 1.0], budget="auto"')
    options = ["-p", "xdist.plugin", "-n", "2", "--noisebench-report", "out"]
    result = project(LIVE, body, options=options)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*image/gaussian-noise*fail*", "*image/impulse-noise*pass*"])
    assert 2 == len(list(pytester.path.glob("out/*/report.html")))


def test_a_curve_that_nothing_was_asserted_of_says_so(project):
    body = """
def test_nothing(noisebench, data):
    import noisebench as nb
    curve = noisebench.curve(model, data, "image/impulse-noise", budget="auto")
    assert "nothing was asserted" in repr(curve)
    with pytest.raises(nb.DataError, match="measured when something is asserted"):
        curve.measured
    with pytest.raises(nb.DataError, match="retains, no_worse_than, no_cliff and tolerance_at_least"):
        curve.retained(at=0.4)
    with pytest.raises(AttributeError, match="no retaind"):
        curve.retaind
"""
    project(body).assert_outcomes(passed=1)


GROUP = """
def test_group(noisebench, data):
    def never(inputs):
        raise AssertionError("the model was called")
    noisebench.curve(never, data, {!r})
"""


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        ("modalities", "*use noisebench.audit(*perturbations=*modalities*).modalities()*"),
        ("image", "*use noisebench.audit(*, and a curve of it by name*"),
    ],
)
def test_a_curve_of_many_noises_is_refused_before_anything_is_measured(project, selection, said):
    result = project(GROUP.format(selection))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*expected one condition*", said])
    result.stdout.no_fnmatch_line("E *the model was called*")


ACCOUNT = """
def test_account(noisebench):
    from noisebench import Dataset
    labels = np.arange(60) % 2
    streams = {name: (2.0 * labels - 1)[:, None, None] * np.ones((60, 8, 1)) for name in "ab"}
    data = Dataset(streams, labels, modalities=dict.fromkeys("ab", "timeseries"))

    def vote(inputs):
        rows = zip(*inputs.values())
        return [int(sum(v.mean() for v in row if v is not None) > 0) for row in rows]

    audit = noisebench.audit(vote, data, perturbations=["modalities"], severities=[0.2])
    account = audit.modalities()
    assert not [each for each in account.worse_than_absent if each.worse], account
    assert not account.apart, account
    assert 3 == len(account.subsets)
"""


def test_an_account_is_asserted_of_an_audit(project):
    project(ACCOUNT).assert_outcomes(passed=1)
