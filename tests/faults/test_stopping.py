"""Runs that stop early, interrupted and killed: they come to the same answers from what the ledger has."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

import noisebench as nb
from noisebench.run import Interrupted
from tests.faults.test_resume import progress, wait_for

LEVELS = np.repeat(np.arange(4), 100)
OPTIONS = {
    "perturbations": ["image/gaussian-noise", "image/contrast", "image/impulse-noise"],
    "severities": [0.4, 1.0], "budget": "auto", "bootstrap": 200,
    "gates": [{"retains": 0.9, "at": 0.4}, {"no_cliff": 0.25}],
}  # fmt: skip

SCRIPT = textwrap.dedent("""
    import sys, time
    import noisebench as nb
    from tests.faults.test_stopping import OPTIONS, data, model

    def slow(images):
        time.sleep(float(sys.argv[2]))
        return model(images)

    nb.audit(slow, data(), run_dir=sys.argv[1], **OPTIONS)
    print("finished")
""")


def data():
    images = np.repeat(LEVELS[:, None, None] / 3, 4, axis=1).repeat(4, axis=2)
    return nb.Dataset({"image": images}, targets=LEVELS)


def model(images):
    return np.clip(np.round(images[:, :2, :2].mean(axis=(1, 2)) * 3), 0, 3).astype(int)


class Stop:
    """Presses Ctrl-C in the middle."""

    def __init__(self, after):
        self.left = after

    def __call__(self, images):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
        return model(images)


def said(audit):
    return [str(each.verdict) for each in audit.gates]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    found = nb.audit(model, data(), run_dir=tmp_path_factory.mktemp("whole"), **OPTIONS)
    assert {"pass", "fail"} == {each.verdict.state for each in found.gates}
    return found


@pytest.mark.parametrize("after", [1, 2, 9, 23, 40])
def test_ctrl_c_and_on_again_is_one_run(tmp_path, undisturbed, after):
    with pytest.raises(Interrupted, match=r"run the same command again, with run_dir="):
        nb.audit(Stop(after), data(), run_dir=tmp_path, **OPTIONS)
    assert not nb.load(tmp_path).complete
    found = nb.audit(model, data(), run_dir=tmp_path, **OPTIONS)
    assert said(undisturbed) == said(found)
    assert undisturbed.calls == found.calls
    assert found.complete


def test_an_interrupted_run_can_be_read(tmp_path):
    with pytest.raises(Interrupted):
        nb.audit(Stop(20), data(), run_dir=tmp_path, **OPTIONS)
    found = nb.load(tmp_path)
    assert "inconclusive" in {each.verdict.state for each in found.gates}
    assert "not finished" in " ".join(found.verdict)
    found.report()


@pytest.mark.parametrize("batch_size", [5, 16, 400])
def test_resuming_with_another_batch_size_decides_the_same(tmp_path, undisturbed, batch_size):
    with pytest.raises(Interrupted):
        nb.audit(Stop(15), data(), run_dir=tmp_path, **OPTIONS)
    found = nb.audit(model, data(), run_dir=tmp_path, batch_size=batch_size, **OPTIONS)
    whole = nb.audit(model, data(), batch_size=batch_size, **OPTIONS)
    strip = lambda audit: [
        (e.sweep, e.verdict.asked, e.verdict.state, e.verdict.n) for e in audit.gates
    ]
    assert strip(undisturbed) == strip(found) == strip(whole)


@pytest.mark.parametrize("workers", [0, 3])
def test_workers_change_nothing(tmp_path, undisturbed, workers):
    found = nb.audit(model, data(), workers=workers, **OPTIONS)
    assert said(undisturbed) == said(found)
    assert undisturbed.calls == found.calls


@pytest.mark.slow
@pytest.mark.parametrize("point", range(6))
def test_kill_9_at_a_random_point(tmp_path, undisturbed, point):
    rng = np.random.default_rng(point)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}

    def start(pause):
        return subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(tmp_path), str(pause)],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    process = start(0.1)
    wait_for(process, tmp_path, int(rng.integers(1, 20)))
    time.sleep(float(rng.uniform(0, 0.3)))
    process.kill()
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL
    assert progress(tmp_path) > 0
    again = start(0)
    out, error = again.communicate(timeout=60)
    assert (again.returncode, out.strip()) == (0, "finished"), error
    found = nb.load(tmp_path)
    assert said(undisturbed) == said(found)
    assert undisturbed.calls == found.calls
