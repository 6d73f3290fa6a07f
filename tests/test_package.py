"""The two packages as a whole: names, imports, layers, the README."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import noisebench
import perturbations
import perturbations.testing

ROOT = Path(__file__).parents[1]
HEAVY = (
    "numba",
    "scipy",
    "sklearn",
    "pandas",
    "torch",
    "cv2",
    "albumentations",
    "altair",
    "typer",
    "rich",
    "pydantic",
)


def fresh(code):
    """Run code in a fresh interpreter and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return done.stdout.strip()


@pytest.mark.parametrize("package", [noisebench, perturbations])
def test_public_names_are_sorted_and_exist(package):
    assert sorted(package.__all__) == package.__all__
    assert all(hasattr(package, name) for name in package.__all__)
    assert set(package.__all__) <= set(dir(package))


def test_importing_the_bench_loads_nothing_heavy():
    code = f"import sys, noisebench; print([m for m in {(*HEAVY, 'numpy')} if m in sys.modules])"
    assert "[]" == fresh(code)


def test_importing_the_noises_loads_numpy_and_nothing_heavier():
    code = f"import sys, perturbations; print([m for m in {HEAVY} if m in sys.modules])"
    assert "[]" == fresh(code)


def test_putting_noise_into_text_loads_nothing_heavy():
    code = (
        "import sys, perturbations as pt; pt.get('text/swap')('a noisy sentence', 1.0, sample='a');"
        f"print([m for m in {HEAVY} if m in sys.modules])"
    )
    assert "[]" == fresh(code)


def test_a_function_is_not_hidden_by_the_module_of_its_name():
    code = "import noisebench.compare, noisebench.audit; import noisebench as nb; print(callable(nb.audit), callable(nb.compare))"
    assert "True True" == fresh(code)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        noisebench.nope


@pytest.mark.slow
def test_imports_point_one_way():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout


PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


def run_blocks(page):
    """Execute what a page shows, block by block, tests apart; return how many blocks there were."""
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    runnable = [block for block in blocks if "def test_" not in block]
    for block in runnable:
        exec(compile(block, page.name, "exec"), {"__name__": "page"})
    return len(runnable)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_shows_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_blocks(page) >= 1


@pytest.mark.slow
def test_the_readme_makes_a_report(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run_blocks(ROOT / "README.md") >= 3
    assert "n = 897" in capsys.readouterr().out
    assert (tmp_path / "reports/runs/readme/report.html").is_file()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages_point_at_files_that_exist(page):
    text = page.read_text(encoding="utf-8")
    targets = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
    assert [link for link in targets if not (page.parent / link).exists()] == []


def test_the_readme_names_every_page():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES[1:] if f"docs/{page.name}" not in readme] == []


def test_the_readme_begins_with_the_two_commands():
    commands = re.findall(r"^make \w+", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert ["make audit", "make test"] == commands[:2]


def test_torch_is_pinned_for_every_install():
    pins = (ROOT / "constraints.txt").read_text().splitlines()
    assert "torch==2.13.0" in pins
    assert all("==" in line for line in pins if line and not line.startswith("#"))
    assert not {"opencv-python", "albumentationsx"} & {
        line.partition("==")[0].lower() for line in pins
    }
