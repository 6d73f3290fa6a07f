"""The page shows everything, fetches nothing, and nothing from data acts in it."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from types import SimpleNamespace as Makers
from typing import Any

import pytest

from noisebench.report import _html, render_html, render_markdown, write_report

PAYLOADS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "</title><svg onload=alert(1)>",
    "<!--<script>",
    "]]><script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "javascript:alert(1)",
    "\u2028</script\n>",
    "&lt;script&gt;",
    "<style>*{display:none}</style>",
    "\u202ecod.exe",
    "\x1b]8;;https://evil.example\x07x",
    "\0<b>",
    "\ud800<b>",
    "=HYPERLINK('x')",
    "[x](https://evil.example) ![y](https://evil.example/p.png) `a` | b",
]


class Page(HTMLParser):
    """Collects the elements and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: dict[str, int] = {}
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value or "" for name, value in attrs if name == "id"]


def _set_header(name: str) -> Callable[[Any, str], None]:
    return lambda audit, text: audit.header.__setitem__(name, text)


def _rename_noise(audit: Any, text: str) -> None:
    audit.curves = {f"digit:image/{text}": next(iter(audit.curves.values()))}


def _rename_input(audit: Any, text: str) -> None:
    sweep = f"{text}:image/contrast"
    audit.curves = {sweep: next(iter(audit.curves.values()))}
    known = {"sweep": sweep, "inputs": [text], "noises": ["image/contrast"]}
    audit.header["sweeps"] = [known]


def _unit(audit: Any, text: str) -> None:
    for curve in audit.curves.values():
        curve.unit = text


def _metric(audit: Any, text: str) -> None:
    for curve in audit.curves.values():
        curve.metric = text


def _sample(**fields: Any) -> Callable[[Any, str], None]:
    def put(audit: Any, text: str) -> None:
        record = {
            "input": "note", "modality": "text", "sweep": "note:text/swap", "severity": 0.6,
            "sample": "1", "clean": "clean", "noisy": "noisy", "distortion": {"edit_rate": 0.1},
            "prediction_clean": "a", "prediction_noisy": "b", "target": "c",
        }  # fmt: skip
        shown = {name: make(text) for name, make in fields.items()}
        audit.samples = [record | shown]

    return put


SINKS: dict[str, Callable[[Any, str], None]] = {
    "title": _set_header("name"),
    "command": _set_header("command"),
    "config": lambda audit, text: audit.header["config"].update({text: text}),
    "model": lambda audit, text: audit.header["model"].update(name=text),
    "data": lambda audit, text: audit.header["data"].update(name=text),
    "version": lambda audit, text: audit.header["versions"].update({text: text}),
    "warning": lambda audit, text: audit.header.update(warnings=[text]),
    "noise": _rename_noise,
    "input": _rename_input,
    "unit": _unit,
    "metric": _metric,
    "failure": lambda audit, text: audit.failures.append(
        {"cell": text, "id": text, "reason": text}
    ),
    "skipped": lambda audit, text: audit.skipped.update({text: text}),
    "sample text": _sample(noisy=str),
    "sample id": _sample(sample=str),
    "prediction": _sample(prediction_noisy=str),
    "target": _sample(target=str),
    "measure": _sample(distortion=lambda text: {text: 1.0}),
    "row": _sample(modality=lambda _: "tabular", clean=lambda _: {}, noisy=lambda t: {t: t}),
    "undrawable": _sample(modality=lambda _: "image", noisy=str),
}


@pytest.mark.usefixtures("light")
@pytest.mark.parametrize("sink", SINKS)
def test_hostile_text_stays_text(sink: str, audits: Makers) -> None:
    harmless = audits.audit()
    SINKS[sink](harmless, "harmless")
    usual = Page(render_html(harmless))
    for payload in PAYLOADS:
        audit = audits.audit()
        SINKS[sink](audit, payload)
        text = render_html(audit)
        page = Page(text)
        assert usual.tags == page.tags, payload
        assert usual.attributes == page.attributes, payload
        assert not set("\0\x1b\u202e\u2028") & set(text), payload
        text.encode("utf-8")


@pytest.mark.parametrize("sink", SINKS)
def test_hostile_text_stays_text_in_markdown(sink: str, audits: Makers) -> None:
    for payload in PAYLOADS:
        audit = audits.audit()
        SINKS[sink](audit, payload)
        text = render_markdown(audit)
        outside = re.sub(r"^(`{3,})text\n.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
        tags = set(re.findall(r"<[^>\s]*", outside))
        assert tags <= {"<details", "</details", "<summary", "</summary"}, payload
        assert not re.search(r"(?<!\\)\]\(|://|(?<!\\)`", outside), payload
        widths = {len(re.findall(r"(?<!\\)\|", row)) for row in _table(outside)}
        assert len(widths) <= 1, payload
        text.encode("utf-8")


def _table(text: str) -> list[str]:
    """Return the rows of the first table of curves."""
    body = text.partition("## All conditions")[2].partition("## ")[0]
    return [row for row in body.splitlines() if row.startswith("|")]


@pytest.mark.usefixtures("light")
def test_page_fetches_nothing(audits: Makers) -> None:
    text = render_html(audits.rich())
    loads = re.findall(r"(?:src|href|action|data|srcset|poster)\s*=\s*[\"']([^\"']*)", text)
    assert all(link.startswith(("#", "data:image/png;base64,")) for link in loads)
    assert not re.search(r"@import|url\(|<link|<iframe|<object", text)


@pytest.mark.usefixtures("light")
def test_policy_allows_only_what_is_in_the_page(audits: Makers) -> None:
    text = render_html(audits.rich())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    allowed = policy[1].replace("&#39;", "'")
    assert allowed.startswith("default-src 'none'; ")
    assert not re.search("unsafe|http", allowed)
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert 2 == len(scripts)
    for script in scripts:
        assert f"'{_html.digest(script)}'" in allowed
    assert not re.search(
        r"\sstyle\s*=|\son[a-z]+\s*=", re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    )


@pytest.mark.usefixtures("light")
def test_page_has_every_section_and_unique_ids(audits: Makers) -> None:
    page = Page(render_html(audits.rich()))
    assert len(page.ids) == len(set(page.ids))
    wanted = {"curves", "table", "gallery", "failures", "scope", "method", "reproduce", "glossary"}
    assert wanted <= set(page.ids)


@pytest.mark.usefixtures("light")
@pytest.mark.parametrize("changes", [{}, {"samples": None}, {"distortion": None}])
def test_empty_audit_still_renders(changes: dict[str, Any], audits: Makers) -> None:
    audit = audits.audit({}, clean=None, **changes)
    audit.header = {}
    assert "Nothing was tested" in render_html(audit)
    assert "Nothing was tested" in render_markdown(audit)


@pytest.mark.usefixtures("light")
def test_worst_curves_are_drawn_and_all_are_in_the_table(
    audits: Makers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_html, "CHARTS", 3)
    text = render_html(audits.rich())
    assert 3 == text.count("data-chart=")
    assert "7 further conditions" in text


@pytest.mark.slow
def test_rendering_is_pure_and_small(audits: Makers, tmp_path: Any) -> None:
    paths = write_report(audits.rich(), tmp_path / "a")
    again = write_report(audits.rich(), tmp_path / "b")
    assert paths.html.read_bytes() == again.html.read_bytes()
    assert paths.markdown.read_bytes() == again.markdown.read_bytes()
    gallery = sum(map(len, re.findall(r"base64,([^\"]*)", paths.html.read_text("utf-8"))))
    assert paths.html.stat().st_size - gallery <= 1_500_000


def test_markdown_table_has_a_row_per_condition(audits: Makers) -> None:
    rows = _table(render_markdown(audits.rich()))
    assert 2 + 10 == len(rows)
    assert 1 == len({len(re.findall(r"(?<!\\)\|", row)) for row in rows})


def test_failures_are_grouped_and_counted(audits: Makers) -> None:
    text = render_markdown(audits.rich())
    assert "| digit:image/contrast, severity 0.8 | 37 | ValueError: flat | 0, 1, 2 |" in text


def test_the_note_on_the_data_is_shown_and_escaped(audits: Makers) -> None:
    audit = audits.rich()
    audit.header["note"] = "Paired by <b>label</b>,\nnot recorded together."
    assert "Paired by &lt;b&gt;label&lt;/b&gt;, not recorded together." in render_html(audit)
    assert "not recorded together" in render_markdown(audit)
    assert "<b>" not in render_markdown(audit)
