"""What loading costs: CPU seconds of a fresh process, with the bare process taken off."""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

REPEATS = 7


def cpu_seconds(command: list[str], *, folder: str | None = None) -> float:
    """Return the least CPU seconds (user and system) of several runs of a command."""
    best = float("inf")
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    for _ in range(REPEATS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True, env=environment, cwd=folder)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        best = min(best, spent)
    return best


def rows() -> list[tuple[str, str, str]]:
    """Return what was measured, the figure and the bar."""
    python = [sys.executable, "-c"]
    bare = cpu_seconds([*python, "pass"])
    package = cpu_seconds([*python, "import noisebench"]) - bare
    noise = cpu_seconds([*python, "import perturbations"]) - bare
    helped = cpu_seconds([sys.executable, "-m", "noisebench", "--help"])
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_empty.py").write_text("def test_nothing():\n    pass\n")
        pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        without = cpu_seconds(pytest, folder=folder)
        with_it = cpu_seconds([*pytest, "-p", "noisebench.pytest_plugin"], folder=folder)
    return [
        ("import noisebench", f"{package:.3f} s CPU", "0.2 s"),
        ("import perturbations", f"{noise:.3f} s CPU", "-"),
        ("noisebench --help, whole process", f"{helped:.3f} s CPU", "-"),
        ("the plugin on an empty pytest run", f"{with_it - without:+.3f} s CPU", "0.05 s"),
    ]
