"""Charts of the topology: the map with a small curve at every noise's place, and the tree of noises."""

from typing import Any

from noisebench.report import _charts
from noisebench.report._topology import colour
from noisebench.report._topology_view import Place, TopologyView, Tree

COLOURS = ("var(--series)", "var(--second)", "var(--third)", "var(--fourth)")

WIDE, HIGH = 620, 430
"""Size of the map in px; with many noises it is square."""

GLYPH = (46, 24)
"""Size of a small curve in px; of many noises it is smaller."""

MANY = 24
"""Noises from which small curves are drawn at two thirds."""

ROW = 18
"""Height of a row of the tree in px."""

ACROSS = 380
"""Width of the tree in px."""


def noise_map(view: TopologyView) -> dict[str, Any]:
    """Return the specification of the map: as far apart as noises are different, with ellipses of what is not sure."""
    import altair

    places = view.places
    many = len(places) > MANY
    high, small = (WIDE, 2 / 3) if many else (HIGH, 1.0)
    centre, scale = _fit(places, high)
    glyph = (GLYPH[0] * small, GLYPH[1] * small)

    def put(point: tuple[float, float], dx: float = 0.0, dy: float = 0.0) -> dict[str, float]:
        x = WIDE / 2 + (point[0] - centre[0]) * scale + dx
        y = high / 2 + (point[1] - centre[1]) * scale + dy
        return {"x": round(x, 2), "y": round(y, 2)}

    outlines = [
        put(corner) | {"k": k, "n": i, "c": colour(place.group, COLOURS)}
        for i, place in enumerate(places)
        for k, corner in enumerate((*place.ellipse, place.ellipse[0]))
    ]
    frames = [
        put(place.at, -glyph[0] / 2, -glyph[1] / 2)
        | {"c": colour(place.group, COLOURS), "w": place.short, "t": _tip(place)}
        | {"x2": put(place.at, glyph[0] / 2)["x"], "y2": put(place.at, 0, glyph[1] / 2)["y"]}
        | {"m": put(place.at)["x"], "b": put(place.at, 0, -glyph[1] / 2 - 7)["y"]}
        for place in places
    ]
    curves = [
        put(place.at, (s - 0.5) * (glyph[0] - 6), (r - 0.5) * (glyph[1] - 6))
        | {"s": s, "n": i, "c": colour(place.group, COLOURS)}
        for i, place in enumerate(places)
        for s, r in place.curve
    ]
    layers = [
        _outlines(altair, outlines, high),
        _frames(altair, frames, high),
        _lines(altair, curves, high),
        _names(altair, frames, high),
    ]
    chart = altair.layer(*layers).properties(width=WIDE, height=high).configure(**_charts.CONFIG)
    found: dict[str, Any] = chart.to_dict()
    return found


def _fit(places: tuple[Place, ...], size: int) -> tuple[tuple[float, float], float]:
    """Return centre and px a unit, the same both ways, so that all ellipses and glyphs fit."""
    xs = [x for place in places for x, _ in (place.at, *place.ellipse)]
    ys = [y for place in places for _, y in (place.at, *place.ellipse)]
    wide, high = max(xs) - min(xs) or 1.0, max(ys) - min(ys) or 1.0
    room = WIDE - 2 * GLYPH[0], size - 3 * GLYPH[1]
    centre = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    return centre, min(room[0] / wide, room[1] / high)


def _px(altair: Any, name: str, size: int, axis: str) -> Any:
    """Return an encoding in px of the map."""
    make = altair.X if axis == "x" else altair.Y
    scale = altair.Scale(domain=[0, size], nice=False, zero=False)
    return make(name, type="quantitative", scale=scale, axis=None)


def _across(altair: Any, name: str = "x") -> Any:
    return _px(altair, name, WIDE, "x")


def _up(altair: Any, high: int, name: str = "y") -> Any:
    return _px(altair, name, high, "y")


def _coloured(altair: Any) -> Any:
    return altair.Color("c", type="nominal", scale=None, legend=None)


def _outlines(altair: Any, rows: list[dict[str, Any]], high: int) -> Any:
    mark = altair.Chart(altair.Data(values=rows)).mark_line(
        strokeWidth=0.8, opacity=0.75, strokeDash=[3, 2]
    )
    return mark.encode(
        x=_across(altair),
        y=_up(altair, high),
        order=altair.Order("k", type="quantitative"),
        detail=altair.Detail("n", type="nominal"),
        color=_coloured(altair),
    )


def _frames(altair: Any, rows: list[dict[str, Any]], high: int) -> Any:
    mark = altair.Chart(altair.Data(values=rows)).mark_rect(
        fill="var(--card)", fillOpacity=0.9, strokeWidth=0.8, cornerRadius=3
    )
    return mark.encode(
        x=_across(altair), x2="x2", y=_up(altair, high), y2="y2",
        stroke=altair.Stroke("c", type="nominal", scale=None, legend=None),
        tooltip=altair.Tooltip("t", type="nominal"),
    )  # fmt: skip


def _lines(altair: Any, rows: list[dict[str, Any]], high: int) -> Any:
    mark = altair.Chart(altair.Data(values=rows)).mark_line(strokeWidth=1.8)
    return mark.encode(
        x=_across(altair),
        y=_up(altair, high),
        order=altair.Order("s", type="quantitative"),
        detail=altair.Detail("n", type="nominal"),
        color=_coloured(altair),
    )


def _names(altair: Any, rows: list[dict[str, Any]], high: int) -> Any:
    halo = {"stroke": "var(--card)", "strokeWidth": 3, "strokeJoin": "round"}
    shown = {"fontSize": 10.5, "align": "center", "baseline": "middle"}
    data = altair.Data(values=rows)
    where = {
        "x": _across(altair, "m"),
        "y": _up(altair, high, "b"),
        "text": altair.Text("w", type="nominal"),
    }
    behind = altair.Chart(data).mark_text(**shown, **halo).encode(**where)
    words = altair.Chart(data).mark_text(**shown, fill="var(--ink)").encode(**where)
    return altair.layer(behind, words)


def _tip(place: Place) -> dict[str, str]:
    return {"noise": place.title, "curve": place.outcome}


def tree(shown: Tree) -> dict[str, Any]:
    """Return the specification of the tree: leaves at the left, the distance at which branches join across."""
    import altair

    high = ROW * len(shown.leaves)
    rows = [
        {
            "x": round(each.start[0], 5), "y": each.start[1], "x2": round(each.end[0], 5),
            "y2": each.end[1], "c": colour(each.group, COLOURS),
        }
        for each in shown.lines
    ]  # fmt: skip
    leaves = [
        {"x": 0, "y": leaf.row, "w": leaf.title, "c": colour(leaf.group, COLOURS)}
        for leaf in shown.leaves
    ]
    axis = altair.Axis(title="distance at which they join", grid=True, tickCount=5, format="~g")
    top = max(1.0, shown.top)
    x = altair.X(
        "x", type="quantitative", axis=axis, scale=altair.Scale(domain=[0, top], nice=False)
    )
    y = altair.Y(
        "y", type="quantitative", axis=None,
        scale=altair.Scale(domain=[-0.6, len(shown.leaves) - 0.4], nice=False, reverse=True),
    )  # fmt: skip
    lines = altair.Chart(altair.Data(values=rows)).mark_rule(strokeWidth=1.6, strokeCap="round")
    words = altair.Chart(altair.Data(values=leaves)).mark_text(
        fontSize=10.5, align="right", baseline="middle", dx=-7, limit=210
    )
    chart = altair.layer(
        lines.encode(x=x, y=y, x2="x2", y2="y2", color=_coloured(altair)),
        words.encode(x=x, y=y, text=altair.Text("w", type="nominal"), color=_coloured(altair)),
    )
    found: dict[str, Any] = (
        chart.properties(width=ACROSS, height=high).configure(**_charts.CONFIG).to_dict()
    )
    return found


def describe_map(view: TopologyView) -> str:
    """Say what the map shows, for who cannot see it."""
    places = ", ".join(f"{each.title} ({each.at[0]:.2f}, {each.at[1]:.2f})" for each in view.places)
    return f"Noises in a plane, near where they break the same samples first: {places}. Stress {view.stress}."


def describe_tree(shown: Tree) -> str:
    """Say what the tree shows."""
    leaves = ", ".join(leaf.title for leaf in sorted(shown.leaves, key=lambda leaf: leaf.row))
    return f"Tree of noises by distance, with neighbours beside each other: {leaves}."
