"""Charts of noises at equal dose: curves on an axis of dose, and harm beside detection."""

from typing import Any

from noisebench.doses._measured import HARM, NOTICED, SILENT_HARMFUL
from noisebench.report import _charts
from noisebench.report._doses_view import DoseAxis, DosesView, Dot

WIDE, HIGH = 430, 250
"""Size of a chart in px."""

COLOURS = tuple(
    f"var(--{name})"
    for name in ("series", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
)
"""Colours of noises, or of inputs."""

TICKS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Doses that the axis writes; their places are those of square roots, so that 0 has one."""


def axis(shown: DoseAxis, view: DosesView, metric: str) -> dict[str, Any]:
    """Return the specification of all noises along one axis of dose."""
    import altair

    thin = 0.35 if any(mean for _, mean in shown.means) else 0.8
    rows = [
        {"x": round(spot.dose, 5), "y": round(spot.value, 6), "n": number, "c": _colour(number if view.apart else each.side), "t": dict(spot.tip)}
        for number, each in enumerate(shown.lines)
        for spot in each.spots
    ]  # fmt: skip
    ends = [
        {
            "x": round(each.spots[-1].dose, 5), "y": round(each.spots[-1].value, 6), "c": _colour(number if view.apart else each.side),
            "t": {"noise": each.title, "dose": each.end},
        }
        for number, each in enumerate(shown.lines)
        if each.end
    ]  # fmt: skip
    x, y = _across(altair, shown), _up(altair, view, metric)
    colour = altair.Color("c", type="nominal", scale=None, legend=None)
    tip = altair.Tooltip("t", type="nominal")
    data = altair.Data(values=rows)
    line = altair.Chart(data).mark_line(strokeWidth=1.1, opacity=thin)
    layers = [
        line.encode(x=x, y=y, color=colour, detail=altair.Detail("n", type="nominal")),
        altair.Chart(data).transform_filter("datum.x > 0").mark_point(filled=True, size=14, opacity=thin).encode(
            x=x, y=y, color=colour, tooltip=tip
        ),
        altair.Chart(altair.Data(values=ends)).mark_point(filled=False, shape="cross", size=34, strokeWidth=1.1).encode(
            x=x, y=y, color=colour, tooltip=tip
        ),
        *_means(altair, shown, x, y, colour),
        altair.Chart(altair.Data(values=[{"y": round(shown.clean, 6)}])).mark_rule(
            color="var(--soft)", strokeDash=[6, 4], strokeWidth=1.2
        ).encode(y=y),
    ]  # fmt: skip
    chart = altair.layer(*layers).properties(width=WIDE, height=HIGH).configure(**_charts.CONFIG)
    found: dict[str, Any] = chart.to_dict()
    return found


def _means(altair: Any, shown: DoseAxis, x: Any, y: Any, colour: Any) -> list[Any]:
    """Return the mean of each input, thick."""
    rows = [
        {"x": dose, "y": round(value, 6), "c": _colour(side)}
        for side, points in shown.means
        for dose, value in points
    ]
    if not rows:
        return []
    data = altair.Data(values=rows)
    return [
        altair.Chart(data).mark_line(strokeWidth=3.5).encode(x=x, y=y, color=colour),
        altair.Chart(data).mark_point(filled=True, size=60, opacity=1).encode(x=x, y=y, color=colour),
    ]  # fmt: skip


def _across(altair: Any, shown: DoseAxis) -> Any:
    last = max((each.spots[-1].dose for each in shown.lines), default=1.0)
    scale = altair.Scale(type="sqrt", domain=[0, max(last, TICKS[0])], nice=False, clamp=False)
    ticks = [0, *(tick for tick in TICKS if tick <= last)]
    percent = shown.anchor.endswith("bits")
    ruler = altair.Axis(
        title=shown.label,
        values=ticks,
        grid=False,
        format=".0%" if percent else "~g",
    )
    return altair.X("x", type="quantitative", scale=scale, axis=ruler)


def _up(altair: Any, view: DosesView, metric: str) -> Any:
    scale = altair.Scale(domain=list(view.domain), nice=False, zero=False)
    ruler = altair.Axis(title=metric, tickCount=5, format="~g")
    return altair.Y("y", type="quantitative", scale=scale, axis=ruler)


def _colour(side: int) -> str:
    return COLOURS[side % len(COLOURS)]


def plane(view: DosesView) -> dict[str, Any]:
    """Return the specification of harm beside detection; the field of what is silent and harmful is filled."""
    import altair

    low = min([0.9, *(dot.kept for dot in view.plane)]) - 0.03
    high = max([1.0, *(dot.kept for dot in view.plane)]) + 0.02
    left = min([0.4, *(dot.auc for dot in view.plane)])
    x = _share(altair, "x", [left, 1.0], "how well a detector notices it (AUC; 0.5 = not at all)")
    y = _share(altair, "y", [low, high], "kept of the performance above chance")
    field = altair.Data(values=[{"x": left, "x2": NOTICED, "y": low, "y2": 1 - HARM}])
    rows = [
        {
            "x": round(dot.auc, 4), "y": round(dot.kept, 4), "c": _colour(dot.noise if view.apart else dot.side),
            "n": dot.title if dot.named else "", "right": dot.auc > (left + 1) / 2,
            "s": 70 if dot.kind == SILENT_HARMFUL else 18, "t": dict(dot.tip),
        }
        for dot in view.plane
    ]  # fmt: skip
    data = altair.Data(values=rows)
    colour = altair.Color("c", type="nominal", scale=None, legend=None)
    layers = [
        altair.Chart(field).mark_rect(color="var(--loss)", opacity=0.1).encode(
            x=x, x2="x2", y=y, y2="y2"
        ),
        altair.Chart(data).mark_point(filled=True, opacity=0.65).encode(
            x=x, y=y, color=colour, size=altair.Size("s", type="quantitative", scale=None, legend=None),
            tooltip=altair.Tooltip("t", type="nominal"),
        ),
        *(
            altair.Chart(data).transform_filter(test).mark_text(
                color="var(--ink)", fontSize=10.5, align=side, dx=shift
            ).encode(x=x, y=y, text=altair.Text("n", type="nominal"))
            for test, side, shift in (("!datum.right", "left", 8), ("datum.right", "right", -8))
        ),
    ]  # fmt: skip
    chart = altair.layer(*layers).properties(width=WIDE, height=HIGH).configure(**_charts.CONFIG)
    found: dict[str, Any] = chart.to_dict()
    return found


def _share(altair: Any, name: str, domain: list[float], title: str) -> Any:
    make = altair.X if name == "x" else altair.Y
    scale = altair.Scale(domain=domain, nice=False, zero=False)
    ruler = altair.Axis(title=title, tickCount=6, format="~g", grid=name == "y")
    return make(name, type="quantitative", scale=scale, axis=ruler)


def describe_axis(shown: DoseAxis, view: DosesView, metric: str) -> str:
    """Say what the curves show, for who cannot see them."""
    ends = sum(bool(each.end) for each in shown.lines)
    parts = [
        f"{view.sides[side]}: {', '.join(f'{dose:g}: {value:.3f}' for dose, value in points)}"
        for side, points in shown.means
    ]
    means = f" Means by input and dose: {'; '.join(parts)}." if parts else ""
    return f"{metric} of {len(shown.lines)} noises by {shown.label}; {ends} end before the last dose.{means}"


def describe_plane(view: DosesView) -> str:
    """Say what the plane shows."""
    named = ", ".join(_said(d) for d in view.plane if d.named and d.kind == SILENT_HARMFUL)
    silent = f"silent and harmful: {named}" if named else "none is surely silent and harmful"
    return f"Performance kept against the AUC of a detector for {len(view.plane)} noises and doses; {silent}."


def _said(dot: Dot) -> str:
    return f"{dot.title} (AUC {dot.auc:.2f}, keeps {dot.kept:.2f})"
