"""Renders a view as Markdown that reads well on a code host: no pictures, nothing active."""

from collections.abc import Callable

from jinja2 import Environment, PackageLoader, StrictUndefined

from noisebench.report import _numbers
from noisebench.report._text import fence, markdown
from noisebench.report._versus import VersusView
from noisebench.report._view import CurveView, ReportView


def render(view: ReportView) -> str:
    """Return the report as Markdown."""
    return _rendered("report.md.j2", view)


def render_versus(view: VersusView) -> str:
    """Return the report of a comparison as Markdown."""
    return _rendered("versus.md.j2", view)


def _rendered(template: str, view: ReportView | VersusView) -> str:
    environment = Environment(
        loader=PackageLoader("noisebench.report"),
        autoescape=False,  # noqa: S701 - `finalize` escapes every value for Markdown
        finalize=_escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        count=_numbers.count, number=_numbers.number, sparkline=_sparkline(view), block=_block
    )
    return environment.get_template(template).render(view=view)


class _Raw(str):
    """Markdown that we wrote ourselves."""

    __slots__ = ()


def _escaped(value: object) -> str:
    """Escape every value that a template writes."""
    return str(value) if isinstance(value, _Raw) else markdown(value)


def _block(text: str) -> _Raw:
    """Return a code block."""
    return _Raw(fence(text))


def _sparkline(view: ReportView | VersusView) -> Callable[[CurveView], str]:
    """Return a filter that draws a curve in the report's common range."""

    def draw(curve: CurveView) -> str:
        return _numbers.spark([point.value for point in curve.points], *view.domain)

    return draw
