"""The report in a real browser, without a network: no error, every chart alive, readable without script."""

import functools
import http.server
import importlib.util
import re
import shutil
import subprocess
import threading
from pathlib import Path
from types import ModuleType

import pytest

import noisebench as nb
from noisebench.report import render_html
from tests.noisebench.report.test_modalities import Hearer, clicks

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path"),
]


def audits() -> ModuleType:
    """Load the audits made by hand for the report's own tests."""
    path = Path(__file__).parents[1] / "noisebench" / "report" / "conftest.py"
    found = importlib.util.spec_from_file_location("audits_by_hand", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the report with every section and hostile text in it."""
    audit = audits().make_rich()
    audit.header["name"] = "</title><script>document.title = 'owned'</script>"
    first = next(iter(audit.curves.values()))
    first.unit = "</script><img src=x onerror=\"document.title='owned'\">"
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render_html(audit), "utf-8", newline="\n")
    return path


def browse(address: str, profile: Path, *options: str) -> tuple[str, str]:
    """Open an address with every host name unresolvable; return the DOM and the log."""
    done = subprocess.run(
        [
            str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-sync",
            "--disable-background-networking", "--disable-component-update", "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--enable-logging=stderr",
            "--virtual-time-budget=20000", f"--user-data-dir={profile}", *options, "--dump-dom",
            address,
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return done.stdout, done.stderr


def console(log: str) -> list[str]:
    """Return what the page wrote to the console: errors, and refusals by its policy."""
    return [row for row in log.splitlines() if ":CONSOLE" in row]


def test_every_chart_comes_alive_without_errors(page: Path, tmp_path: Path) -> None:
    dom, log = browse(page.as_uri(), tmp_path)
    assert [] == console(log)
    charts = dom.count('data-chart="')
    assert charts > 0
    assert charts == dom.count('data-live="true"')
    assert charts == len(re.findall(r'<svg[^>]*class="marks"', dom))
    assert 'data-charts="ready"' in dom


def test_charts_of_several_inputs_come_alive(tmp_path: Path) -> None:
    sweeps = ["modalities(film=timeseries/time-shift)"]
    audit = nb.audit(Hearer(), clicks(), perturbations=sweeps, severities=[0.5, 1.0], bootstrap=200)
    path = tmp_path / "report.html"
    path.write_text(render_html(audit), "utf-8", newline="\n")
    dom, log = browse(path.as_uri(), tmp_path / "profile")
    assert [] == console(log)
    for anchor in ("input-1", "attribution", "offset-1"):
        assert f'data-chart="{anchor}"' in dom
    assert dom.count('data-chart="') == dom.count('data-live="true"')


def test_hostile_text_does_not_act(page: Path, tmp_path: Path) -> None:
    dom, _ = browse(page.as_uri(), tmp_path)
    assert "owned</title>" not in dom
    assert "<img src=x" not in dom


def test_page_asks_for_nothing_else(page: Path, tmp_path: Path) -> None:
    asked: list[str] = []

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            asked.append(self.path)

    handler = functools.partial(Quiet, directory=str(page.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browse(f"http://127.0.0.1:{server.server_port}/report.html", tmp_path)
        server.shutdown()
    assert {"/report.html"} == set(asked) - {"/favicon.ico"}


def test_charts_are_there_without_script(page: Path) -> None:
    text = re.sub(r"<script.*?</script>", "", page.read_text("utf-8"), flags=re.DOTALL)
    assert text.count('data-chart="') == len(re.findall(r'<svg[^>]*class="marks"', text))


def test_prints(page: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.pdf"
    browse(page.as_uri(), tmp_path / "profile", f"--print-to-pdf={target}")
    assert target.read_bytes().startswith(b"%PDF")
