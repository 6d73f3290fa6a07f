"""Renders a view as one HTML file that opens offline.

Why: the content security policy allows exactly the two scripts and the one style sheet that are in the
file, by hash, and nothing else; a text that slipped through could still not run or fetch anything.
"""

import base64
import functools
import hashlib
import math
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from noisebench.errors import ReportError
from noisebench.report import (
    _affinity_charts,
    _charts,
    _composition_charts,
    _doses_charts,
    _invariance_charts,
    _maps_charts,
    _modalities_charts,
    _numbers,
    _slice_charts,
    _topology_charts,
    _versus_charts,
)
from noisebench.report._doses_view import DosesView
from noisebench.report._invariance_view import InvarianceView
from noisebench.report._modalities_view import ModalitiesView
from noisebench.report._text import script_json
from noisebench.report._topology_view import TopologyView
from noisebench.report._versus import VersusView
from noisebench.report._view import CurveView, ReportView

CHARTS = 24
"""Curves drawn at most, worst first; the table has them all."""


PAIRS = 3
"""Paired differences drawn at most under one noise, those that are surely apart and the largest; the table has them all."""


@functools.cache
def environment() -> Environment:
    """Return the template environment: everything escaped, unknown names are errors."""
    made = Environment(
        loader=PackageLoader("noisebench.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(count=_numbers.count, number=_numbers.number, sort_key=sort_key)
    return made


def sort_key(value: float) -> str:
    """Return a number for a sortable cell; unknown sorts last."""
    return "9e9" if math.isnan(value) else f"{value:.6g}"


def _asset(name: str) -> str:
    """Read a style sheet or script of the report."""
    return resources.files("noisebench.report").joinpath("templates", name).read_text("utf-8")


def digest(text: str) -> str:
    """Return the source expression that allows exactly this inline text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()


def _inline(text: str) -> Markup:
    """Mark our own script or style as safe to inline, after checking that it cannot end early."""
    lowered = text.lower()
    if "</script" in lowered or "</style" in lowered or "<!--" in lowered:
        raise ReportError("A bundled script or style contains a closing tag; it cannot be inlined.")
    return Markup(text)  # noqa: S704 - ours, and checked above


def _drawn(view: ReportView) -> dict[str, dict[str, Any]]:
    """Return the specifications of the curves that are drawn, by anchor."""
    return {
        curve.anchor: _charts.spec(curve, view.domain, view.metric, view.confidence)
        for curve in view.ranked[:CHARTS]
    }


def alt(curve: CurveView, view: ReportView) -> str:
    """Describe a chart in words, for who cannot see it."""
    values = ", ".join(f"{_numbers.number(p.severity)}: {p.text}" for p in curve.points)
    return f"{view.metric} under {curve.name} by severity: {values}. {curve.outcome}."


def render(view: ReportView) -> str:
    """Return the page."""
    alts = {curve.anchor: alt(curve, view) for curve in view.ranked}
    specs = _drawn(view)
    for column in view.slices:
        specs[column.anchor] = _slice_charts.heat(column)
        alts[column.anchor] = _slice_charts.describe(column)
        for each in column.strips:
            specs[each.anchor] = _slice_charts.strip(each, view.domain)
            alts[each.anchor] = f"{view.metric} under {each.title} by severity, slice by slice"
    if view.modalities is not None:
        _draw_modalities(view, view.modalities, specs, alts)
    if view.doses is not None:
        _draw_doses(view.metric, view.doses, specs, alts)
    if view.topology is not None:
        _draw_topology(view.topology, specs, alts)
    if view.invariance is not None:
        _draw_invariance(view.invariance, view.metric, specs, alts)
    if view.affinity is not None and view.affinity.cells:
        specs["affinity-gains"] = _affinity_charts.gains(view.affinity, view.metric)
        alts["affinity-gains"] = _affinity_charts.describe(view.affinity, view.metric)
    return page("report.html.j2", view, specs, alts)


def _draw_modalities(
    view: ReportView,
    shown: ModalitiesView,
    specs: dict[str, dict[str, Any]],
    alts: dict[str, str],
) -> None:
    """Add the charts of the account of modalities."""
    for panel in shown.panels:
        specs[panel.anchor] = _modalities_charts.panel(
            panel, shown.domain, view.metric, view.confidence
        )
        alts[panel.anchor] = _modalities_charts.describe_panel(panel, view.metric)
    if shown.bars:
        specs["attribution"] = _modalities_charts.bars(shown, view.metric)
        alts["attribution"] = _modalities_charts.describe_bars(shown, view.metric)
    if shown.subsets:
        specs["subsets"] = _modalities_charts.subsets(shown, view.metric)
        alts["subsets"] = _modalities_charts.describe_subsets(shown, view.metric)
    for each in shown.offsets:
        specs[each.anchor] = _modalities_charts.offset(each, shown.domain, view.metric)
        alts[each.anchor] = _modalities_charts.describe_offset(each, view.metric)


def _draw_doses(
    metric: str, shown: DosesView, specs: dict[str, dict[str, Any]], alts: dict[str, str]
) -> None:
    """Add the charts of noises at equal dose."""
    for each in shown.axes:
        specs[each.anchor] = _doses_charts.axis(each, shown, metric)
        alts[each.anchor] = _doses_charts.describe_axis(each, shown, metric)
    if shown.plane:
        specs["doses-plane"] = _doses_charts.plane(shown)
        alts["doses-plane"] = _doses_charts.describe_plane(shown)


def _draw_topology(
    shown: TopologyView, specs: dict[str, dict[str, Any]], alts: dict[str, str]
) -> None:
    """Add the charts of the topology of noises."""
    if shown.places:
        specs["noise-map"] = _topology_charts.noise_map(shown)
        alts["noise-map"] = _topology_charts.describe_map(shown)
    if shown.tree is not None:
        specs["noise-tree"] = _topology_charts.tree(shown.tree)
        alts["noise-tree"] = _topology_charts.describe_tree(shown.tree)
    if shown.pairs is not None:
        for place, known, what in (
            ("noise-pairs", shown.pairs.interaction, "True interaction of every two noises"),
            (
                "noise-order",
                shown.pairs.order,
                "Share left with the first noise first less with it last",
            ),
        ):
            if known is not None:
                specs[place] = _composition_charts.heat(known)
                alts[place] = _composition_charts.describe(known, what)


def _draw_invariance(
    shown: InvarianceView, metric: str, specs: dict[str, dict[str, Any]], alts: dict[str, str]
) -> None:
    """Add the charts of group actions."""
    if shown.bars:
        specs["action-losses"] = _invariance_charts.losses(shown, metric)
        alts["action-losses"] = _invariance_charts.describe_losses(shown, metric)
    if shown.lines:
        specs["action-errors"] = _invariance_charts.errors(shown)
        alts["action-errors"] = _invariance_charts.describe_errors(shown)


def render_versus(view: VersusView) -> str:
    """Return the page of a comparison."""
    specs: dict[str, dict[str, Any]] = {}
    alts: dict[str, str] = {}
    for contest in view.contests[:CHARTS]:
        specs[contest.anchor] = _versus_charts.curves(contest, view)
        alts[contest.anchor] = f"{view.metric} of {', '.join(view.models)} under {contest.title}"
        pairs = list(enumerate(contest.pairs, start=1))
        drawn = sorted(pairs, key=lambda each: (not each[1].apart, -each[1].largest))[:PAIRS]
        for number, pair in drawn if len(view.models) == 2 else [p for p in drawn if p[1].apart]:
            name = f"{contest.anchor}-{number}"
            specs[name] = _versus_charts.difference(pair, view)
            values = ", ".join(f"{_numbers.number(g.severity)}: {g.text}" for g in pair.gaps)
            alts[name] = f"{pair.title} under {contest.title} by severity: {values}"
    for maps in view.maps:
        if maps.steps:
            specs[maps.anchor] = _maps_charts.both(maps)
            alts[maps.anchor] = _maps_charts.describe(maps)
    return page("versus.html.j2", view, specs, alts)


def page(template: str, view: Any, specs: dict[str, dict[str, Any]], alts: dict[str, str]) -> str:
    """Return a page of charts that opens offline.

    Args:
        template: its name.
        view: what it shows.
        specs: chart specifications by the name of their place.
        alts: what the charts show, in words.
    """
    script = _charts.bundle() if specs else ""
    behaviour, style = _asset("report.js"), _asset("report.css")
    allowed = " ".join(f"'{digest(text)}'" for text in (script, behaviour) if text)
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src '{digest(style)}'; img-src data:; "
        f"base-uri 'none'; form-action 'none'"
    )
    return (
        environment()
        .get_template(template)
        .render(
            view=view,
            policy=policy,
            style=_inline(style),
            bundle=_inline(script),
            behaviour=_inline(behaviour),
            specs=Markup(script_json(specs)),  # noqa: S704 - escaped for script elements
            charts={anchor: Markup(_charts.static_svg(spec)) for anchor, spec in specs.items()},  # noqa: S704
            alts=alts,
        )
    )
