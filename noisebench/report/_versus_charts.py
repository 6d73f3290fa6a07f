"""Charts of several models under one noise: their curves with bands, and their paired difference.

Why: a colour is not enough to tell models apart on paper or for everyone, so each has its dash and its mark as well.
"""

from typing import Any

from noisebench.report import _charts, _numbers
from noisebench.report._versus import Contest, Gap, Pair, VersusView

COLOURS = (
    "--series", "--second", "--third", "--fourth", "--fifth", "--sixth", "--seventh", "--eighth",
)  # fmt: skip
DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [12, 3], [4, 2], [9, 3, 2, 3, 2, 3], [1, 4])
MARKS = (
    "circle", "square", "triangle-up", "cross", "diamond", "triangle-down", "triangle-right", "triangle-left",
)  # fmt: skip
LOW = 110
"""Height of a chart of differences in px."""


def curves(contest: Contest, view: VersusView) -> dict[str, Any]:
    """Return the specification of all models' curves under one noise."""
    import altair

    rows = [
        _datum(point.severity, (point.value, point.low, point.high), model)
        | {"t": _tip(view, view.models[model], point)}
        for model, curve in enumerate(contest.curves)
        for point in curve.points
    ]
    models = len(view.models)
    layers = [_bands(altair, models), _lines(altair, models), _points(altair, models)]
    chance = contest.curves[0].chance
    if chance is not None:
        layers.insert(0, _rule(altair, chance, [1.5, 3]))
    if contest.curves[0].dose_ticks:
        layers.insert(0, _charts.dose_axis(altair, contest.curves[0]))
    return _finished(altair, layers, rows, view.domain, view.metric, _charts.HEIGHT)


def difference(pair: Pair, view: VersusView) -> dict[str, Any]:
    """Return the specification of the paired difference of two models."""
    import altair

    rows = [
        _datum(gap.severity, (gap.value, gap.low, gap.high), 0) | {"t": _told(gap, pair, view)}
        for gap in pair.gaps
    ]
    layers = [_rule(altair, 0.0, [6, 4]), _band(altair), _line(altair), _verdicts(altair)]
    for row, gap in zip(rows, pair.gaps, strict=True):
        row["b"] = bool(gap.better)
    return _finished(altair, layers, rows, view.reach, "difference", LOW)


def _datum(severity: float, numbers: tuple[float, float, float], model: int) -> dict[str, Any]:
    value, low, high = map(_charts.json_number, numbers)
    return {"s": severity, "y": value, "l": low, "h": high, "m": str(model)}


def _tip(view: VersusView, model: str, point: Any) -> dict[str, str]:
    tip = {
        "model": model,
        "severity": _numbers.number(point.severity),
        "dose": point.dose,
        view.metric: point.text,
        f"{view.confidence} band": point.interval,
    }
    return {name: text for name, text in tip.items() if text}


def _told(gap: Gap, pair: Pair, view: VersusView) -> dict[str, str]:
    tip = {
        "severity": _numbers.number(gap.severity),
        "dose": gap.dose,
        pair.title: gap.text,
        f"{view.confidence} band": gap.interval,
        "better": gap.better,
        "n": _numbers.count(pair.n),
    }
    return {name: text for name, text in tip.items() if text}


def _models(altair: Any, kind: str, models: int) -> Any:
    """Return the encoding that tells models apart: by colour, dash or mark, which begin again after eight."""
    domain = [str(i) for i in range(models)]
    looks: dict[str, list[Any]] = {
        "color": [f"var({name})" for name in COLOURS],
        "dash": list(DASHES),
        "shape": list(MARKS),
    }
    known = looks[kind]
    scale = [known[i % len(known)] for i in range(models)]
    channel = {"color": altair.Color, "dash": altair.StrokeDash, "shape": altair.Shape}[kind]
    return channel("m", type="nominal", legend=None, scale=altair.Scale(domain=domain, range=scale))


def _x(altair: Any, *, axis: bool = False) -> Any:
    """Return the severity encoding; one layer of a chart carries its axis."""
    return _charts.along(altair, _charts.severity_axis(altair) if axis else None)


def _y(altair: Any, name: str) -> Any:
    return altair.Y(name, type="quantitative")


def _bands(altair: Any, models: int) -> Any:
    mark = altair.Chart().mark_area(opacity=0.15)
    return mark.encode(
        x=_x(altair), y=_y(altair, "l"), y2="h", color=_models(altair, "color", models)
    )


def _lines(altair: Any, models: int) -> Any:
    mark = altair.Chart().mark_line(strokeWidth=2)
    told = {
        "color": _models(altair, "color", models),
        "strokeDash": _models(altair, "dash", models),
    }
    return mark.encode(x=_x(altair, axis=True), y=_y(altair, "y"), **told)


def _points(altair: Any, models: int) -> Any:
    mark = altair.Chart().mark_point(filled=True, opacity=1, stroke="var(--card)", strokeWidth=1)
    return mark.encode(
        x=_x(altair),
        y=_y(altair, "y"),
        color=_models(altair, "color", models),
        shape=_models(altair, "shape", models),
        size=altair.value(52),
        tooltip=altair.Tooltip("t", type="nominal"),
    )


def _rule(altair: Any, level: float, dash: list[float]) -> Any:
    data = altair.Data(values=[{"v": round(level, 6)}])
    mark = altair.Chart(data).mark_rule(color="var(--soft)", strokeDash=dash, strokeWidth=1.2)
    return mark.encode(y=_y(altair, "v"))


def _band(altair: Any) -> Any:
    mark = altair.Chart().mark_area(color="var(--soft)", opacity=0.2)
    return mark.encode(x=_x(altair), y=_y(altair, "l"), y2="h")


def _line(altair: Any) -> Any:
    mark = altair.Chart().mark_line(color="var(--soft)", strokeWidth=1.6)
    return mark.encode(x=_x(altair, axis=True), y=_y(altair, "y"))


def _verdicts(altair: Any) -> Any:
    """Return the measured differences: filled where the band excludes zero."""
    mark = altair.Chart().mark_point(filled=True, opacity=1, strokeWidth=1.4)
    return mark.encode(
        x=_x(altair),
        y=_y(altair, "y"),
        size=altair.value(52),
        stroke=altair.value("var(--ink)"),
        fill={"condition": {"test": "datum.b", "value": "var(--ink)"}, "value": "var(--card)"},
        tooltip=altair.Tooltip("t", type="nominal"),
    )


def _finished(
    altair: Any,
    layers: list[Any],
    rows: list[dict[str, Any]],
    domain: tuple[float, float],
    title: str,
    height: int,
) -> dict[str, Any]:
    chart = altair.layer(*layers, data=altair.Data(values=rows)).resolve_axis(x="independent")
    chart = chart.properties(width=_charts.WIDTH, height=height).configure(**_charts.CONFIG)
    result: dict[str, Any] = chart.to_dict()
    return _charts.with_domain(result, domain, title)
