"""Curves as Vega-Lite charts: one specification serves the static picture and the live one.

Why: colours are CSS variables, so the same drawing follows dark mode and paper; the static SVG is in the
page already, and the script replaces it by one with tooltips. Nothing is fetched.
"""

import functools
import math
from typing import Any

from noisebench.report import _numbers
from noisebench.report._view import CurveView

VEGA_LITE = "6.4"
WIDTH = 268
HEIGHT = 150

CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "aria": False,
    "axis": {
        "labelColor": "var(--soft)",
        "titleColor": "var(--soft)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "gridColor": "var(--grid)",
        "labelFontSize": 10,
        "titleFontSize": 10,
        "titleFontWeight": "normal",
        "titlePadding": 4,
        "tickSize": 3,
    },
}


@functools.cache
def bundle() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script that needs no network."""
    import vl_convert

    script = vl_convert.javascript_bundle(
        snippet="window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE
    )
    return str(script).replace("\r\n", "\n").replace("\r", "\n")


def static_svg(spec: dict[str, Any]) -> str:
    """Draw a specification as SVG markup without running a browser."""
    import vl_convert

    svg = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])
    return str(svg)


def spec(
    curve: CurveView, domain: tuple[float, float], metric: str, confidence: str
) -> dict[str, Any]:
    """Return the Vega-Lite specification of one curve's small multiple."""
    import altair

    layers = [_band(altair), *_levels(altair, curve), _line(altair), _points(altair)]
    if curve.dose_ticks:
        layers.insert(0, dose_axis(altair, curve))
    rows = [_row(point, curve, metric, confidence) for point in curve.points]
    chart = altair.layer(*layers, data=altair.Data(values=rows)).resolve_axis(x="independent")
    chart = chart.properties(width=WIDTH, height=HEIGHT).configure(**CONFIG)
    result: dict[str, Any] = chart.to_dict()
    return with_domain(result, domain, metric)


def _row(point: Any, curve: CurveView, metric: str, confidence: str) -> dict[str, Any]:
    """Return one datum: positions for the marks, words for the tooltip."""
    tip = {
        "severity": _numbers.number(point.severity),
        "dose": point.dose,
        metric: point.text,
        f"{confidence} band": point.interval,
        "n": _numbers.count(curve.n),
        "distortion": point.distortion,
    }
    return {
        "s": point.severity,
        "y": json_number(point.value),
        "l": json_number(point.low),
        "h": json_number(point.high),
        "b": point.below,
        "t": {name: text for name, text in tip.items() if text},
    }


def json_number(value: float) -> float | None:
    """Return a rounded number, None where JSON has no word for it."""
    return round(value, 6) if math.isfinite(value) else None


def along(altair: Any, axis: Any) -> Any:
    """Return the severity encoding with the given axis."""
    return altair.X("s", type="quantitative", axis=axis, scale=altair.Scale(domain=[0, 1]))


def severity_axis(altair: Any) -> Any:
    """Return the lower axis."""
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
    return altair.Axis(title="severity", orient="bottom", values=ticks, grid=False, format="~g")


def dose_axis(altair: Any, curve: CurveView) -> Any:
    """Return an unseen layer that carries the upper axis: doses with their unit."""
    ticks = curve.dose_ticks
    axis = altair.Axis(
        title=curve.dose_title,
        orient="top",
        values=[severity for severity, _ in ticks],
        labelExpr=_labels([(severity, text) for severity, text in ticks]),
        labelOverlap="greedy",
        labelFlush=True,
        grid=False,
        domain=False,
        titleLimit=WIDTH,
    )
    return altair.Chart().mark_rule(opacity=0).encode(x=along(altair, axis))


def _labels(ticks: list[tuple[float, str]]) -> str:
    """Return a Vega expression that names each tick; the texts are ours: digits and signs."""
    chain = "''"
    for severity, text in reversed(ticks):
        chain = f"abs(datum.value - {severity:.6f}) < 1e-6 ? '{text}' : {chain}"
    return chain


def _band(altair: Any) -> Any:
    """Return the confidence band."""
    return (
        altair.Chart()
        .mark_area(color="var(--series)", opacity=0.17)
        .encode(
            x=along(altair, None),
            y=altair.Y("l", type="quantitative"),
            y2="h",
        )
    )


def _levels(altair: Any, curve: CurveView) -> list[Any]:
    """Return the clean level, dashed, and the chance level, dotted."""
    levels = [(curve.clean, [6, 4]), (curve.chance, [1.5, 3])]
    return [
        altair.Chart(altair.Data(values=[{"v": round(level, 6)}]))
        .mark_rule(color="var(--soft)", strokeDash=dash, strokeWidth=1.2)
        .encode(y=altair.Y("v", type="quantitative"))
        for level, dash in levels
        if level is not None and math.isfinite(level)
    ]


def _line(altair: Any) -> Any:
    """Return the curve."""
    return (
        altair.Chart()
        .mark_line(color="var(--series)", strokeWidth=2)
        .encode(
            x=along(altair, severity_axis(altair)),
            y=altair.Y("y", type="quantitative"),
        )
    )


def _points(altair: Any) -> Any:
    """Return the measured points: a disc, or a diamond where more than a tenth is lost."""
    return (
        altair.Chart()
        .mark_point(filled=True, opacity=1, stroke="var(--card)", strokeWidth=1)
        .encode(
            x=along(altair, None),
            y=altair.Y("y", type="quantitative"),
            shape={"condition": {"test": "datum.b", "value": "diamond"}, "value": "circle"},
            size={"condition": {"test": "datum.b", "value": 85}, "value": 48},
            color={
                "condition": {"test": "datum.b", "value": "var(--loss)"},
                "value": "var(--series)",
            },
            tooltip=altair.Tooltip("t", type="nominal"),
        )
    )


def with_domain(chart: dict[str, Any], domain: tuple[float, float], metric: str) -> dict[str, Any]:
    """Give every layer the common vertical range and one axis."""
    axis = {"title": metric, "tickCount": 4, "format": "~g", "titleLimit": HEIGHT}
    for layer in chart["layer"]:
        y = layer["encoding"].get("y")
        if y is not None:
            y["scale"] = {"domain": list(domain), "nice": False, "zero": False}
            y["axis"] = axis
    return chart


def domain_of(curves: tuple[CurveView, ...]) -> tuple[float, float]:
    """Return the vertical range that holds every band: 0 to 1 where all values fit."""
    values = [
        number
        for curve in curves
        for point in curve.points
        for number in (point.low, point.value, point.high, curve.chance)
        if number is not None and math.isfinite(number)
    ]
    if not values or (min(values) >= 0 and max(values) <= 1):
        return 0.0, 1.0
    low, high = min(values), max(values)
    margin = 0.05 * (high - low or abs(high) or 1.0)
    return (0.0 if 0 <= low < 0.3 * high else low - margin), high + margin
