"""Charts of slices: a map of noise by slice, and a strip of small curves for one noise."""

import math
from typing import Any

from noisebench.report import _charts, _numbers
from noisebench.report._slices import SlicesView, Strip

STEP = (62, 24)
"""Width and height of a cell of the map in px."""
SMALL_WIDTH, SMALL_HEIGHT, ACROSS = 132, 74, 6


def heat(view: SlicesView) -> dict[str, Any]:
    """Return the specification of the map: the darker a cell, the more is lost; the number is what is kept."""
    import altair

    slices, noises = list(view.marked), [_short(row.title) for row in view.rows]
    values = [
        {
            "s": slices[i],
            "n": noise,
            "k": _charts.json_number(1 - min(max(cell.value, 0.0), 1.0)),
            "v": cell.text,
            "t": _tip(row.title, cell),
        }
        for row, noise in zip(view.rows, noises, strict=True)
        for i, cell in enumerate(row.cells)
    ]
    axis = altair.Axis(title=None, domain=False, ticks=False, labelLimit=220)
    across = altair.X("n", type="nominal", sort=noises, axis=axis.copy())
    across["axis"]["labelAngle"] = -35
    across["axis"]["orient"] = "top"
    down = altair.Y("s", type="nominal", sort=slices, axis=axis)
    tooltip = altair.Tooltip("t", type="nominal")
    shade = altair.Opacity(
        "k", type="quantitative", legend=None, scale=altair.Scale(domain=[0, 1], range=[0.03, 0.8])
    )
    cells = altair.Chart().mark_rect(color="var(--loss)", stroke="var(--card)", strokeWidth=2)
    words = altair.Chart().mark_text(color="var(--ink)", fontSize=10.5)
    chart = altair.layer(
        cells.encode(x=across, y=down, opacity=shade, tooltip=tooltip),
        words.encode(x=across, y=down, text=altair.Text("v", type="nominal"), tooltip=tooltip),
        data=altair.Data(values=values),
    )
    size = {"width": STEP[0] * len(noises), "height": STEP[1] * len(slices)}
    found: dict[str, Any] = chart.properties(**size).configure(**_charts.CONFIG).to_dict()
    return found


def strip(shown: Strip, domain: tuple[float, float]) -> dict[str, Any]:
    """Return the specification of one noise's curves, slice by slice; the thin line is the curve of all samples."""
    import altair

    order = [title for title, _ in shown.slices]
    whole = {severity: _charts.json_number(value) for severity, value in shown.whole}
    values = [
        {
            "f": title,
            "s": severity,
            "y": _charts.json_number(value),
            "l": _charts.json_number(low),
            "h": _charts.json_number(high),
            "a": whole.get(severity),
        }
        for title, points in shown.slices
        for severity, value, low, high in points
    ]
    ticks = altair.Axis(title=None, values=[0, 0.5, 1], grid=False, format="~g")
    x = altair.X("s", type="quantitative", axis=ticks, scale=altair.Scale(domain=[0, 1]))
    scale = altair.Scale(domain=list(domain), nice=False, zero=False)
    side = altair.Axis(title=None, tickCount=3, format="~g")

    def y(name: str) -> Any:
        return altair.Y(name, type="quantitative", scale=scale, axis=side)

    every = altair.Chart().mark_line(color="var(--soft)", strokeWidth=1, strokeDash=[3, 2])
    band = altair.Chart().mark_area(color="var(--series)", opacity=0.17)
    curve = altair.Chart().mark_line(color="var(--series)", strokeWidth=2)
    layers = altair.layer(
        band.encode(x=x, y=y("l"), y2="h"), every.encode(x=x, y=y("a")), curve.encode(x=x, y=y("y"))
    ).properties(width=SMALL_WIDTH, height=SMALL_HEIGHT)
    header = altair.Header(title=None, labelColor="var(--ink)", labelFontSize=10, labelPadding=3)
    chart = layers.facet(
        altair.Facet("f", type="nominal", sort=order, header=header),
        columns=ACROSS,
        data=altair.Data(values=values),
        spacing=14,
    )
    found: dict[str, Any] = chart.configure(**_charts.CONFIG).to_dict()
    return found


def describe(view: SlicesView) -> str:
    """Say what the map shows, for who cannot see it."""
    known = [(c.value, row.title, c) for row in view.rows for c in row.cells if c.value == c.value]
    if not known:
        return "Nothing is known of any slice."
    value, noise, cell = min(known, key=lambda each: each[0])
    return (
        f"Share kept at severity {_numbers.number(view.severity)} for {len(view.labels)} slices under "
        f"{len(view.rows)} noises; the least is {_numbers.number(value)}, {cell.slice} under {noise}."
    )


def _tip(title: str, cell: Any) -> dict[str, str]:
    tip = {
        "noise": title,
        "slice": cell.slice,
        "kept": cell.text if not math.isnan(cell.value) else "",
        "note": cell.why,
        "interval": cell.interval,
        "n": _numbers.count(cell.n),
    }
    return {name: text for name, text in tip.items() if text}


def _short(title: str) -> str:
    """Return a noise's title without its modality, where it is one noise."""
    return title if " " in title else title.rpartition("/")[2]
