"""Gates in the report: failures first, with their reason, in HTML and in Markdown."""

import math
from types import SimpleNamespace

import pytest

import noisebench as nb
from noisebench.report import _gates, _html, _markdown
from noisebench.report._build import view
from tests.noisebench.small import classify, dataset


@pytest.fixture(scope="module")
def shown():
    audit = nb.audit(
        classify, dataset(), perturbations=["image/contrast", "image/impulse-noise"], severities=[0.4, 1.0],
        gates=[{"retains": 0.5, "at": 0.4}, {"no_cliff": 0.3, "perturbation": "image/impulse-noise"}, {"retains": 0.85, "at": 0.4, "perturbation": "image/contrast", "inconclusive": "fail"}],
        bootstrap=200, distortion="none", gallery=False,
    )  # fmt: skip
    return view(audit)


def test_failures_come_first(shown):
    states = [row.state for row in shown.gates.rows]
    assert states == sorted(states, key=("fail", "inconclusive", "pass").index)
    assert 4 == len(states)
    assert "1 inconclusive, 3 pass" in shown.gates.headline


def test_an_open_gate_says_what_it_counts_as(shown):
    (unsure,) = [row for row in shown.gates.rows if row.noise == "image/contrast" and "0.85" in row.asked]  # fmt: skip
    assert "inconclusive" == unsure.state
    assert "counts as a failure" == unsure.policy
    assert any("samples would decide" in why for why in unsure.why)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((0.1, -0.13, 0.2951), ("0.100", "[−0.130, 0.295]")),
        ((0.1, -0.13, 0.2949), ("0.10", "[−0.13, 0.29]")),
        ((0.12, -0.1, 0.2999), ("0.1200", "[−0.1000, 0.2999]")),
        ((0.12, 0.1, 0.3), ("0.12", "[0.10, 0.30]")),
        ((0.12, 0.12, 0.12), ("0.12", "[0.12, 0.12]")),
        ((0.12, -math.inf, 0.2), ("0.12", "[−∞, 0.2]")),
    ],
)
def test_digits_show_on_which_side_of_the_limit_a_number_is(numbers, expected):
    value, low, high = numbers
    verdict = SimpleNamespace(value=value, low=low, high=high, threshold=0.3)
    assert expected == _gates._shown(verdict)


@pytest.mark.usefixtures("light")
def test_the_page_and_the_markdown_show_them(shown):
    page, text = _html.render(shown), _markdown.render(shown)
    for said in (page, text):
        assert "Gates: " in said
        assert "keeps 0.5 at 0.4" in said
        assert "one-sided" in said
    assert '<a href="#gates">' in page


def test_without_gates_there_is_no_section(audits):
    assert view(audits.audit()).gates is None
