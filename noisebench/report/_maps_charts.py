"""Two maps of the same noises in one picture: where each noise lies for one model, and an arm to where it lies for the other."""

from typing import Any

from noisebench.report import _charts
from noisebench.report._maps import MapsView

WIDE, HIGH = 660, 460
"""Size in px."""

EDGE = 60
"""Room for names at the edge, in px."""

ONE, OTHER = "var(--series)", "var(--second)"


def both(view: MapsView) -> dict[str, Any]:
    """Return the specification: dots of both models, joined noise by noise; names at those that moved most."""
    import altair

    ends = [point for step in view.steps for point in (step.start, step.end)]
    xs, ys = ([point[axis] for point in ends] for axis in (0, 1))
    centre = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    room = (WIDE - 2 * EDGE) / (max(xs) - min(xs) or 1), (HIGH - EDGE) / (max(ys) - min(ys) or 1)
    scale = min(room)

    def put(point: tuple[float, float], names: tuple[str, str] = ("x", "y")) -> dict[str, float]:
        return {
            names[0]: round(WIDE / 2 + (point[0] - centre[0]) * scale, 2),
            names[1]: round(HIGH / 2 + (point[1] - centre[1]) * scale, 2),
        }

    rows = [
        put(step.start) | put(step.end, ("x2", "y2"))
        | {"w": step.short, "t": {"noise": step.title, "moved": step.apart + "*" * step.sure}}
        for step in view.steps
    ]  # fmt: skip
    x, y = _px(altair, "x", WIDE), _px(altair, "y", HIGH)
    tip = altair.Tooltip("t", type="nominal")
    base = altair.Chart(altair.Data(values=rows))
    halo = {"stroke": "var(--card)", "strokeWidth": 3, "strokeJoin": "round"}
    words = {"fontSize": 10.5, "align": "center", "baseline": "bottom", "dy": -7}
    named = {"x": x, "y": y, "text": altair.Text("w", type="nominal")}
    layers = [
        base.mark_rule(color="var(--soft)", strokeWidth=1, opacity=0.7).encode(x=x, x2="x2", y=y, y2="y2"),
        base.mark_point(filled=True, opacity=1, size=46, color=OTHER, shape="square").encode(
            x=_px(altair, "x2", WIDE), y=_px(altair, "y2", HIGH), tooltip=tip
        ),
        base.mark_point(filled=True, opacity=1, size=52, color=ONE).encode(x=x, y=y, tooltip=tip),
        base.mark_text(**words, **halo).encode(**named),
        base.mark_text(**words, fill="var(--ink)").encode(**named),
    ]  # fmt: skip
    chart = altair.layer(*layers).properties(width=WIDE, height=HIGH).configure(**_charts.CONFIG)
    found: dict[str, Any] = chart.to_dict()
    return found


def _px(altair: Any, name: str, size: int) -> Any:
    """Return an encoding in px of the picture."""
    make = altair.X if name.startswith("x") else altair.Y
    scale = altair.Scale(domain=[0, size], nice=False, zero=False)
    return make(name, type="quantitative", scale=scale, axis=None)


def describe(view: MapsView) -> str:
    """Say what the picture shows, for who cannot see it."""
    moved = ", ".join(f"{row[0]} by {row[3]}" for row in view.rows)
    return (
        f"Where each noise lies for {view.labels[0]} and for {view.labels[1]}; it moved: {moved}."
    )
