"""The hooks: options, the fixture, what a failure says, the summary; results travel from xdist workers."""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from noisebench.pytest_plugin._session import Bench, Results

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

RESULTS = pytest.StashKey[Results]()
"""What the benches of this process found."""

BENCH = pytest.StashKey[Bench]()
"""The bench of one test."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, all with one prefix.

    See https://docs.pytest.org/en/stable/reference/reference.html#pytest.hookspec.pytest_addoption
    """
    group = parser.getgroup("noisebench", "model robustness to noise")
    group.addoption(
        "--noisebench-report",
        metavar="DIR",
        help="keep every audit under DIR and write its report there",
    )
    group.addoption(
        "--noisebench-inconclusive",
        choices=("fail", "warn"),
        default="fail",
        help="what an inconclusive verdict does to its test (fail)",
    )
    group.addoption(
        "--noisebench-seed", metavar="N", type=int, default=0, help="seed of all noise (0)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Prepare a place for results, and listen to xdist workers, if there will be any."""
    config.stash[RESULTS] = Results()
    config.pluginmanager.register(_Workers(config), "noisebench-workers")


@pytest.fixture
def noisebench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Measure how a model takes noise: `noisebench.curve(model, data, noise)`, `noisebench.audit(...)`."""
    bench = Bench(
        test=request.node.nodeid,
        results=request.config.stash[RESULTS],
        seed=request.config.getoption("--noisebench-seed"),
        folder=request.config.getoption("--noisebench-report"),
        tolerant=request.config.getoption("--noisebench-inconclusive") == "warn",
    )
    request.node.stash[BENCH] = bench
    with bench.listening():
        yield bench


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to a failed test what its verdicts say.

    See https://docs.pytest.org/en/stable/reference/reference.html#pytest.hookspec.pytest_runtest_makereport
    """
    report = yield
    bench = item.stash.get(BENCH, None)
    if bench is not None and call.when == "call":
        item.user_properties.extend(bench.properties())  # JUnit reads those of the last report
        if report.failed and bench.explanations():
            report.sections.append(("noisebench", "\n\n".join(bench.explanations())))
    return report


def pytest_terminal_summary(terminalreporter: "TerminalReporter", config: pytest.Config) -> None:
    """Print a table of all curves at the end."""
    results = config.stash[RESULTS]
    if results.rows and not hasattr(config, "workerinput"):
        terminalreporter.section("noisebench", sep="=")
        for line in results.lines(terminalreporter._tw.fullwidth):  # noqa: SLF001 - no public width
            terminalreporter.write_line(line)


class _Workers:
    """Carries results from xdist workers, which print nothing themselves, to the controller."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    @pytest.hookimpl
    def pytest_sessionfinish(self) -> None:
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output["noisebench"] = self.config.stash[RESULTS].rows

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        rows = getattr(node, "workeroutput", {}).get("noisebench", [])
        self.config.stash[RESULTS].rows.extend(rows)
