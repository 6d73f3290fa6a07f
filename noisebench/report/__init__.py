"""Reports: the findings of an audit as one HTML file and as Markdown, pure functions of the audit."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["ReportPaths", "render_html", "render_markdown", "write_report"]


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
    from noisebench.errors import ReportError
    from noisebench.report import _build, _html, _markdown

    folder = Path(directory)
    paths = ReportPaths(folder / "report.html", folder / "report.md")
    view = _build.view(audit)
    pages = {paths.html: _html.render(view), paths.markdown: _markdown.render(view)}
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
