"""Runs that stop and go on: interrupted, killed, changed, shared."""

import contextlib
import fcntl
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from noisebench.audit import audit, load
from noisebench.errors import LedgerError
from noisebench.run import Interrupted
from tests.noisebench.small import classify, dataset, logical

OPTIONS = {
    "perturbations": ["image/contrast", "image/occlusion"],
    "severities": [0.4, 1.0],
    "batch_size": 16,
}

SCRIPT = textwrap.dedent("""
    import signal, sys, time
    from noisebench.audit import audit
    from tests.noisebench.small import classify, dataset

    # A shell that starts the tests in the background has its children ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def model(images):
        time.sleep(float(sys.argv[2]))
        return classify(images)

    audit(model, dataset(), run_dir=sys.argv[1], perturbations=["image/contrast", "image/occlusion"],
          severities=[0.4, 1.0], batch_size=16)
    print("finished")
""")


class Stop:
    """A model that presses Ctrl-C in the middle."""

    def __init__(self, after):
        self.left = after

    def __call__(self, images):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
        return classify(images)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    found = audit(classify, dataset(), run_dir=tmp_path_factory.mktemp("whole"), **OPTIONS)
    return rows(found.directory)


def rows(directory):
    """Return every row of the ledger, sorted, but for the time at which it was begun."""
    tables = ("meta", "cell", "block", "outcome", "specimen")
    with contextlib.closing(sqlite3.connect(directory / "ledger.sqlite")) as database:
        found = {name: list(database.execute(f"SELECT * FROM {name}")) for name in tables}
    found["meta"] = [row for row in found["meta"] if row[0] != "created"]
    return {name: sorted(map(repr, each)) for name, each in found.items()}


@pytest.mark.parametrize("after", [1, 2, 3, 7, 12, 21])
def test_ctrl_c_leaves_a_resumable_run(tmp_path, undisturbed, after):
    with pytest.raises(Interrupted, match=r"run the same command again, with run_dir="):
        audit(Stop(after), dataset(), run_dir=tmp_path, **OPTIONS)
    assert load(tmp_path).header["status"] == "interrupted"
    assert not load(tmp_path).complete
    audit(classify, dataset(), run_dir=tmp_path, **OPTIONS)
    assert rows(tmp_path) == undisturbed
    assert load(tmp_path).complete


def test_an_interrupted_run_can_be_read(tmp_path):
    with pytest.raises(Interrupted):
        audit(Stop(9), dataset(), run_dir=tmp_path, **OPTIONS)
    found = load(tmp_path)
    assert found["image/contrast"].n == 16
    assert "not finished" in " ".join(found.verdict)


def test_ctrl_c_without_a_directory_says_that_nothing_is_kept():
    with pytest.raises(Interrupted, match="give run_dir="):
        audit(Stop(5), dataset(), **OPTIONS)


def test_a_finished_run_calls_the_model_once_to_know_it(tmp_path):
    audit(classify, dataset(), run_dir=tmp_path, **OPTIONS)
    calls = []

    def model(images):
        calls.append(len(images))
        return classify(images)

    audit(model, dataset(), run_dir=tmp_path, **OPTIONS)
    assert calls == [16]


@pytest.mark.parametrize("size", [5, 16, 60])
def test_resuming_with_another_batch_size(tmp_path, size):
    with pytest.raises(Interrupted):
        audit(Stop(9), dataset(), run_dir=tmp_path, **OPTIONS)
    found = audit(classify, dataset(), run_dir=tmp_path, **(OPTIONS | {"batch_size": size}))
    whole = audit(classify, dataset(), **OPTIONS)
    assert logical(found) == logical(whole)


def test_agreement_resumes(tmp_path):
    options = OPTIONS | {"metric": "agreement"}
    with pytest.raises(Interrupted):
        audit(Stop(9), dataset(), run_dir=tmp_path, **options)
    found = audit(classify, dataset(), run_dir=tmp_path, **options)
    assert logical(found) == logical(audit(classify, dataset(), **options))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": 1}, "seed: 0 -> 1"),
        ({"severities": [0.4, 0.8]}, "severities: added 0.8; removed 1.0"),
        ({"perturbations": ["image/contrast"]}, "sweeps: removed image/occlusion"),
        ({"replicates": 2}, "replicates: 1 -> 2"),
        ({"metric": "f1"}, "metric: added f1; removed accuracy"),
        ({"distortion": "all"}, "distortion: subset -> all"),
    ],
)
def test_a_changed_plan_is_refused_with_the_difference(tmp_path, change, words):
    audit(classify, dataset(), run_dir=tmp_path, **OPTIONS)
    before = rows(tmp_path), (tmp_path / "header.json").read_bytes()
    with pytest.raises(LedgerError, match=words):
        audit(classify, dataset(), run_dir=tmp_path, **(OPTIONS | change))
    assert before == (rows(tmp_path), (tmp_path / "header.json").read_bytes())


def test_changed_data_is_refused(tmp_path):
    audit(classify, dataset(), run_dir=tmp_path, **OPTIONS)
    with pytest.raises(LedgerError, match="data: "):
        audit(classify, dataset(59), run_dir=tmp_path, **OPTIONS)


def test_another_model_is_refused(tmp_path):
    audit(classify, dataset(), run_dir=tmp_path, **OPTIONS)
    before = (tmp_path / "header.json").read_bytes()
    with pytest.raises(LedgerError, match="answers otherwise"):
        audit(lambda images: np.zeros(len(images)), dataset(), run_dir=tmp_path, **OPTIONS)
    assert before == (tmp_path / "header.json").read_bytes()


def test_two_runs_on_one_directory_are_refused(tmp_path):
    with (tmp_path / "run.lock").open("a+") as file:
        file.write("4321\n")
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(LedgerError, match="in use by process 4321"):
            audit(classify, dataset(), run_dir=tmp_path, **OPTIONS)
    audit(classify, dataset(), run_dir=tmp_path, **OPTIONS)


def test_odd_paths_work(tmp_path):
    where = tmp_path / "a run, ünïcode #1?%20" / "deeper"
    audit(classify, dataset(), run_dir=where, **OPTIONS)
    assert load(where).complete


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(LedgerError, match="can be written to"):
        audit(classify, dataset(), run_dir=tmp_path / "taken", **OPTIONS)


def start(directory, pause, **options):
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(directory), str(pause)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    )  # fmt: skip


def progress(directory):
    """Return how many rows are committed; 0 before there is a ledger."""
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(
            sqlite3.connect(f"file:{directory}/ledger.sqlite?mode=ro", uri=True)
        ) as database,
    ):
        return database.execute("SELECT count(*) FROM outcome").fetchone()[0]
    return 0


def wait_for(process, directory, wanted, limit=60):
    begun = time.monotonic()
    while progress(directory) < wanted:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() - begun < limit
        time.sleep(0.01)


@pytest.mark.slow
def test_sigint_in_a_process_of_its_own(tmp_path, undisturbed):
    process = start(tmp_path, 0.1)
    wait_for(process, tmp_path, 2)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "run the same command again" in error
    audit(classify, dataset(), run_dir=tmp_path, **OPTIONS)
    assert rows(tmp_path) == undisturbed


@pytest.mark.slow
@pytest.mark.parametrize("point", range(10))
def test_kill_9_at_a_random_point(tmp_path, undisturbed, point):
    rng = np.random.default_rng(point)
    process = start(tmp_path, 0.1)
    wait_for(process, tmp_path, int(rng.integers(1, 12)))
    time.sleep(float(rng.uniform(0, 0.3)))
    process.kill()
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL
    committed = progress(tmp_path)
    assert 0 < committed < len(undisturbed["outcome"])
    again = start(tmp_path, 0)
    out, error = again.communicate(timeout=60)
    assert (again.returncode, out.strip()) == (0, "finished"), error
    assert rows(tmp_path) == undisturbed
