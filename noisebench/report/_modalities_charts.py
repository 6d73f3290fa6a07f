"""Charts of the account of modalities: curves against absence, bars of attribution, a curve over offsets in time."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from noisebench.report import _charts, _numbers
from noisebench.report._modalities_view import Bar, Level, ModalitiesView, OffsetView, Panel

BAR = 26
"""Height of a bar in px."""

WIDE = 640
"""Width of the charts that stand alone in px."""

STROKES = {"absent": [6, 3], "alone": [2, 2], "chance": [1.5, 3]}


def panel(
    shown: Panel, domain: tuple[float, float], metric: str, confidence: str
) -> dict[str, Any]:
    """Return the specification of one noise on one input; the area below its absence is filled."""
    import altair

    rows = [
        {
            "s": s, "y": _charts.json_number(y), "l": _charts.json_number(low),
            "h": _charts.json_number(high), "b": s in shown.worse,
            "t": {
                "severity": _numbers.number(s),
                metric: _numbers.parts(y, low, high)[0],
                f"{confidence} band": _numbers.parts(y, low, high)[1],
            },
        }
        for s, y, low, high in shown.points
    ]  # fmt: skip
    x = _charts.along(altair, _charts.severity_axis(altair))
    bare = _charts.along(altair, None)
    layers = [
        _losses(altair, shown, bare),
        altair.Chart().mark_area(color="var(--series)", opacity=0.17).encode(x=bare, y=_y(altair, "l"), y2="h"),
        *_levels(altair, shown.levels),
        *_alone(altair, shown, bare),
        altair.Chart().mark_line(color="var(--series)", strokeWidth=2).encode(x=x, y=_y(altair, "y")),
        _points(altair, bare),
    ]  # fmt: skip
    chart = altair.layer(*layers, data=altair.Data(values=rows)).resolve_axis(x="independent")
    size = {"width": _charts.WIDTH, "height": _charts.HEIGHT}
    found: dict[str, Any] = chart.properties(**size).configure(**_charts.CONFIG).to_dict()
    return _charts.with_domain(found, domain, metric)


def _y(altair: Any, name: str) -> Any:
    return altair.Y(name, type="quantitative")


def _points(altair: Any, x: Any) -> Any:
    """Return the measured points: diamonds where the noise surely is worse than absence."""
    worse = {"test": "datum.b"}
    return (
        altair.Chart()
        .mark_point(filled=True, opacity=1, stroke="var(--card)", strokeWidth=1)
        .encode(
            x=x,
            y=_y(altair, "y"),
            shape={"condition": {**worse, "value": "diamond"}, "value": "circle"},
            size={"condition": {**worse, "value": 85}, "value": 48},
            color={"condition": {**worse, "value": "var(--loss)"}, "value": "var(--series)"},
            tooltip=altair.Tooltip("t", type="nominal"),
        )
    )


def _losses(altair: Any, shown: Panel, x: Any) -> Any:
    """Return the area between the curve and absence, where the curve is below."""
    absent = next(level.value for level in shown.levels if level.kind == "absent")
    rows = [
        {"s": round(s, 6), "y": _charts.json_number(y), "r": round(absent, 6), "g": group}
        for group, part in enumerate(below([(s, y) for s, y, _, _ in shown.points], absent))
        for s, y in part
    ]
    return (
        altair.Chart(altair.Data(values=rows))
        .mark_area(color="var(--loss)", opacity=0.3)
        .encode(x=x, y=_y(altair, "y"), y2="r", detail=altair.Detail("g", type="nominal"))
    )


def below(points: Sequence[tuple[float, float]], level: float) -> list[list[tuple[float, float]]]:
    """Return the runs of a broken line below a level, with the places where it crosses the level."""
    runs: list[list[tuple[float, float]]] = []
    current: list[tuple[float, float]] = []
    if points and points[0][1] < level:
        current.append(points[0])
    for (s0, y0), (s1, y1) in pairwise(points):
        if (y0 < level) != (y1 < level):
            crossing = s0 + (s1 - s0) * (level - y0) / (y1 - y0)
            current.append((crossing, level))
        if y1 < level:
            current.append((s1, y1))
        elif current:
            runs.append(current)
            current = []
    return [*runs, current] if current else runs


def _levels(altair: Any, levels: Sequence[Level]) -> list[Any]:
    """Return constant lines; their names stand under the chart, where no curve crosses them."""
    layers = []
    for level in levels:
        data = altair.Data(values=[{"v": round(level.value, 6)}])
        strong = level.kind != "chance"
        rule = altair.Chart(data).mark_rule(
            color="var(--ink)" if strong else "var(--soft)",
            strokeDash=STROKES[level.kind],
            strokeWidth=1.4 if strong else 1.2,
        )
        layers.append(rule.encode(y=_y(altair, "v")))
    return layers


def _alone(altair: Any, shown: Panel, x: Any) -> list[Any]:
    """Return the curve of the noisy input without the others."""
    if not shown.alone:
        return []
    rows = [{"s": s, "y": _charts.json_number(y)} for s, y in shown.alone]
    line = altair.Chart(altair.Data(values=rows)).mark_line(
        color="var(--second)", strokeWidth=1.4, strokeDash=[4, 2]
    )
    return [line.encode(x=x, y=_y(altair, "y"))]


def bars(view: ModalitiesView, metric: str) -> dict[str, Any]:
    """Return the specification of the attribution: a bar an input with its interval, and the sum."""
    rows = [
        {
            "n": _label(bar), "a": _charts.json_number(bar.single),
            "t": {"input": bar.name, "noise": bar.noise, f"{metric} lost": bar.text},
        }
        for bar in view.bars
    ]  # fmt: skip
    return _barred(view.bars, rows, f"{metric} lost", marked=True)


def subsets(view: ModalitiesView, metric: str) -> dict[str, Any]:
    """Return the specification of what each subset of the inputs achieves: a bar with its interval, and its value."""
    rows = [{"n": bar.name, "t": {"inputs": bar.name, metric: bar.text}} for bar in view.subsets]
    return _barred(view.subsets, rows, metric)


def _barred(
    shown: Sequence[Bar], rows: Sequence[dict[str, Any]], title: str, *, marked: bool = False
) -> dict[str, Any]:
    """Return the specification of bars with intervals and their numbers; with a mark where each would be by itself."""
    import altair

    names = [row["n"] for row in rows]
    values = [
        row
        | {"v": round(bar.value, 6), "l": round(bar.low, 6), "h": round(bar.high, 6)}
        | {"w": bar.text, "k": bar.total}
        for row, bar in zip(rows, shown, strict=True)
    ]
    low = min(0.0, *(bar.low for bar in shown))
    marks = [bar.single for bar in shown if not math.isnan(bar.single)]
    high = max(*(bar.high for bar in shown), *marks, 0.0)
    scale = altair.Scale(domain=[low, high + 0.3 * (high - low)], nice=False)
    across = altair.Axis(title=title, tickCount=5, format="~g", grid=True)
    x = altair.X("v", type="quantitative", scale=scale, axis=across)
    down = altair.Y(
        "n", type="nominal", sort=names, axis=altair.Axis(title=None, ticks=False, domain=False, labelLimit=260, labelColor="var(--ink)"),
    )  # fmt: skip
    tooltip = altair.Tooltip("t", type="nominal")
    colour = {"condition": {"test": "datum.k", "value": "var(--soft)"}, "value": "var(--series)"}
    whisker = altair.Chart().mark_rule(color="var(--ink)", strokeWidth=1.4)
    tick = altair.Chart().mark_tick(color="var(--loss)", thickness=2.5, size=BAR - 8)
    words = altair.Chart().mark_text(color="var(--ink)", fontSize=10.5, align="left", dx=6)
    chart = altair.layer(
        altair.Chart().mark_bar(height=BAR - 10, opacity=0.75).encode(x=x, y=down, color=colour, tooltip=tooltip),
        whisker.encode(x=altair.X("l", type="quantitative"), x2="h", y=down),
        *([tick.encode(x=altair.X("a", type="quantitative"), y=down)] if marked else []),
        words.encode(x=altair.X("h", type="quantitative"), y=down, text=altair.Text("w", type="nominal")),
        data=altair.Data(values=values),
    )  # fmt: skip
    size = {"width": WIDE, "height": BAR * len(names)}
    found: dict[str, Any] = chart.properties(**size).configure(**_charts.CONFIG).to_dict()
    return found


def _label(bar: Bar) -> str:
    return bar.noise if bar.total else f"{bar.name}: {bar.noise}"


def offset(shown: OffsetView, domain: tuple[float, float], metric: str) -> dict[str, Any]:
    """Return the specification of the curve over signed offsets, with the window and the best offset."""
    import altair

    rows = [
        {
            "x": ms, "y": _charts.json_number(y), "l": _charts.json_number(low),
            "h": _charts.json_number(high), "b": shown.shifted and ms == shown.peak,
            "t": {"offset": f"{ms:+g} ms", metric: _numbers.estimate(y, low, high)},
        }
        for ms, y, low, high in shown.points
    ]  # fmt: skip
    ends = [shown.points[0][0], shown.points[-1][0]]
    axis = altair.Axis(
        title=f"{shown.input} earlier   ←   offset in ms   →   {shown.input} later",
        grid=False,
        format="+d",
    )
    scale = altair.Scale(domain=ends, nice=False)
    x = altair.X("x", type="quantitative", axis=axis, scale=scale)
    worse = {"test": "datum.b"}
    layers = [
        *_window(altair, shown, x),
        altair.Chart().mark_area(color="var(--series)", opacity=0.17).encode(x=x, y=_y(altair, "l"), y2="h"),
        altair.Chart(altair.Data(values=[{"x": 0}])).mark_rule(color="var(--soft)").encode(x=x),
        altair.Chart().mark_line(color="var(--series)", strokeWidth=2).encode(x=x, y=_y(altair, "y")),
        altair.Chart().mark_point(filled=True, opacity=1, stroke="var(--card)", strokeWidth=1).encode(
            x=x, y=_y(altair, "y"),
            shape={"condition": {**worse, "value": "diamond"}, "value": "circle"},
            size={"condition": {**worse, "value": 110}, "value": 48},
            color={"condition": {**worse, "value": "var(--loss)"}, "value": "var(--series)"},
            tooltip=altair.Tooltip("t", type="nominal"),
        ),
    ]  # fmt: skip
    chart = altair.layer(*layers, data=altair.Data(values=rows))
    size = {"width": WIDE, "height": 190}
    found: dict[str, Any] = chart.properties(**size).configure(**_charts.CONFIG).to_dict()
    return _charts.with_domain(found, domain, metric)


def _window(altair: Any, shown: OffsetView, x: Any) -> list[Any]:
    """Return the tolerated window as a field, and the level that ends it."""
    if math.isnan(shown.level):
        return []
    start, end = shown.window
    field = altair.Chart(altair.Data(values=[{"x": start, "e": end}]))
    level = altair.Chart(altair.Data(values=[{"v": round(shown.level, 6)}]))
    return [
        field.mark_rect(color="var(--third)", opacity=0.12).encode(x=x, x2="e"),
        level.mark_rule(color="var(--soft)", strokeDash=[6, 4], strokeWidth=1.2).encode(
            y=_y(altair, "v")
        ),
    ]


def describe_panel(shown: Panel, metric: str) -> str:
    """Say what a panel shows, for who cannot see it."""
    values = ", ".join(f"{_numbers.number(s)}: {_numbers.number(y)}" for s, y, _, _ in shown.points)
    levels = ", ".join(f"{level.name} {level.text}" for level in shown.levels)
    return f"{metric} under {shown.title} on {shown.input} by severity: {values}; {levels}. {shown.outcome}."


def describe_bars(view: ModalitiesView, metric: str) -> str:
    """Say what the bars show."""
    parts = ", ".join(f"{_label(bar)} {bar.text}" for bar in view.bars)
    return f"{metric} lost by {view.bars_title}, by input: {parts}."


def describe_subsets(view: ModalitiesView, metric: str) -> str:
    """Say what the subsets achieve."""
    return f"{metric} by the inputs that are there: {', '.join(f'{b.name} {b.text}' for b in view.subsets)}."


def describe_offset(shown: OffsetView, metric: str) -> str:
    """Say what the curve over offsets shows."""
    values = ", ".join(f"{ms:+g} ms: {_numbers.number(y)}" for ms, y, _, _ in shown.points)
    return f"{metric} by the time by which {shown.input} is late: {values}. {shown.outcome}"
