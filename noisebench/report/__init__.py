"""Reports: the findings of an audit as one HTML file and as Markdown, pure functions of the audit."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["ReportPaths", "render_html", "render_markdown", "write_comparison", "write_report"]


@dataclass(frozen=True, slots=True)
class ReportPaths:
    """Where a report was written."""

    html: Path
    markdown: Path


def render_html(audit: Any) -> str:
    """Return the report as one HTML page that needs no network."""
    from noisebench.report import _build, _html

    return _html.render(_build.view(audit))


def render_markdown(audit: Any) -> str:
    """Return the report as Markdown."""
    from noisebench.report import _build, _markdown

    return _markdown.render(_build.view(audit))


def write_report(audit: Any, directory: str | Path) -> ReportPaths:
    """Write `report.html` and `report.md` into the directory, which is made if it is missing.

    Raises:
        ReportError: the directory cannot be written.
    """
    from noisebench.report import _build, _html, _markdown

    view = _build.view(audit)
    return _write(Path(directory), _html.render(view), _markdown.render(view))


def write_comparison(comparison: Any, directory: str | Path) -> ReportPaths:
    """Write `report.html` and `report.md` of a comparison into the directory, which is made if it is missing.

    Raises:
        ReportError: the directory cannot be written.
    """
    from noisebench.report import _html, _markdown, _versus

    view = _versus.versus(comparison)
    return _write(Path(directory), _html.render_versus(view), _markdown.render_versus(view))


def _write(folder: Path, html: str, markdown: str) -> ReportPaths:
    from noisebench.errors import ReportError

    paths = ReportPaths(folder / "report.html", folder / "report.md")
    pages = {paths.html: html, paths.markdown: markdown}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in pages.items():
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ReportError(
            f"Expected a writable directory, directory={str(folder)!r}: {error}. "
            f"Name another one with --output."
        ) from error
    return paths
