"""Two maps of the same noises in one picture: where each noise lies for one model, and an arm to where it lies for the other."""

from typing import Any

from noisebench.report import _charts
from noisebench.report._maps import MapsView

WIDE, HIGH, HIGHER = 1040, 460, 760
"""Size in px: as wide as the page; higher for many noises, as a unit is as high as it is wide."""

MANY = 16
"""Noises above which the picture is higher."""

LETTER, TALL = 5.9, 12.0
"""Room that a letter of a name takes, and its height, in px."""

MARK = 5.0
"""Half the size of a dot, in px."""

EDGE = 60
"""Room for names at the edge, in px."""

ONE, OTHER = "var(--series)", "var(--second)"


def both(view: MapsView) -> dict[str, Any]:
    """Return the specification: dots of both models, joined noise by noise; names at those that moved most."""
    import altair

    high = HIGH if len(view.steps) <= MANY else HIGHER
    ends = [point for step in view.steps for point in (step.start, step.end)]
    xs, ys = ([point[axis] for point in ends] for axis in (0, 1))
    centre = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    room = (WIDE - 2 * EDGE) / (max(xs) - min(xs) or 1), (high - EDGE) / (max(ys) - min(ys) or 1)
    scale = min(room)

    def put(point: tuple[float, float], names: tuple[str, str] = ("x", "y")) -> dict[str, float]:
        return {
            names[0]: round(WIDE / 2 + (point[0] - centre[0]) * scale, 2),
            names[1]: round(high / 2 + (point[1] - centre[1]) * scale, 2),
        }

    ends_px = [(put(step.start), put(step.end)) for step in view.steps]
    marks = [_box(end["x"], end["y"], 2 * MARK, 2 * MARK) for both_ in ends_px for end in both_]
    names = _names(view, [start for start, _ in ends_px], marks, high)
    rows = [
        put(step.start) | put(step.end, ("x2", "y2"))
        | names[i] | {"t": {"noise": step.title, "moved": step.apart + "*" * step.sure}}
        for i, step in enumerate(view.steps)
    ]  # fmt: skip
    x, y = _px(altair, "x", WIDE), _px(altair, "y", high)
    tip = altair.Tooltip("t", type="nominal")
    base = altair.Chart(altair.Data(values=rows))
    halo = {"stroke": "var(--card)", "strokeWidth": 3, "strokeJoin": "round"}
    words = {"fontSize": 10.5, "align": "center", "baseline": "middle"}
    named = {
        "x": _px(altair, "xw", WIDE),
        "y": _px(altair, "yw", high),
        "text": altair.Text("w", type="nominal"),
    }
    layers = [
        base.mark_rule(color="var(--soft)", strokeWidth=1, opacity=0.7).encode(x=x, x2="x2", y=y, y2="y2"),
        base.mark_point(filled=True, opacity=1, size=46, color=OTHER, shape="square").encode(
            x=_px(altair, "x2", WIDE), y=_px(altair, "y2", high), tooltip=tip
        ),
        base.mark_point(filled=True, opacity=1, size=52, color=ONE).encode(x=x, y=y, tooltip=tip),
        base.mark_text(**words, **halo).encode(**named),
        base.mark_text(**words, fill="var(--ink)").encode(**named),
    ]  # fmt: skip
    chart = altair.layer(*layers).properties(width=WIDE, height=high).configure(**_charts.CONFIG)
    found: dict[str, Any] = chart.to_dict()
    return found


Box = tuple[float, float, float, float]


def _box(x: float, y: float, wide: float, high: float) -> Box:
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _clear(box: Box, others: list[Box], bottom: float) -> bool:
    """Tell whether a box lies in the picture, and on no other."""
    left, low, right, up = box
    inside = left >= 0 and low >= 0 and right <= WIDE and up <= bottom
    return inside and not any(
        left < other[2] and right > other[0] and low < other[3] and up > other[1]
        for other in others
    )


def _names(
    view: MapsView, dots: list[dict[str, float]], marks: list[Box], high: int
) -> list[dict[str, str | float]]:
    """Return what is written for each noise and where: beside its dot on the first side with room; nothing where there is none."""
    taken = list(marks)
    found: list[dict[str, str | float]] = []
    for step, dot in zip(view.steps, dots, strict=True):
        wide = LETTER * len(step.short)
        across, up = wide / 2 + MARK + 3, TALL / 2 + MARK + 2
        sides = [(0.0, -up), (0.0, up), (across, 0.0), (-across, 0.0)]
        boxes = [_box(dot["x"] + dx, dot["y"] + dy, wide, TALL) for dx, dy in sides]
        free = next((i for i, box in enumerate(boxes) if _clear(box, taken, high)), None)
        dx, dy = sides[free or 0]
        if free is not None:
            taken.append(boxes[free])
        word = "" if free is None else step.short
        found.append({"w": word, "xw": round(dot["x"] + dx, 2), "yw": round(dot["y"] + dy, 2)})
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
