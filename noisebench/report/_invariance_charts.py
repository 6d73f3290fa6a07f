"""Charts of group actions: losses taken apart as bars, and how often answers change with the size of the action."""

from typing import Any

from noisebench.report import _charts, _numbers
from noisebench.report._invariance_view import InvarianceView

BAR = 26
"""Height of a bar in px."""

WIDE = 380
"""Width of a chart in px."""

HIGH = 230
"""Height of the chart of errors in px."""

COLOURS = ("var(--series)", "var(--second)", "var(--third)", "var(--fourth)")
DASHES = ([1, 0], [6, 3], [2, 2])

DRAWN = 12
"""Lines drawn at most; the table has them all."""

PARTS = (("information lost", "var(--soft)"), ("invariance missing", "var(--loss)"))


def losses(view: InvarianceView, metric: str) -> dict[str, Any]:
    """Return the specification of the losses: a bar an action, the part that invariance would spare at its end."""
    import altair

    names = [bar.title for bar in view.bars]
    rows: list[dict[str, Any]] = []
    for bar in view.bars:
        start = 0.0
        for (part, colour), value in zip(PARTS, (bar.lost, bar.missing), strict=True):
            tip = {"action": bar.title, "at": bar.where, part: _numbers.number(value)}
            ends = {"a": round(start, 6), "b": round(start + value, 6)}
            rows.append({"n": bar.title, "c": colour, "t": tip, **ends})
            start += value
    most = max(*(bar.total for bar in view.bars), 1e-9)
    axis = altair.Axis(title=f"{metric} lost", tickCount=5, format="~g", grid=True)
    scale = altair.Scale(domain=[0, 1.05 * most], nice=False)
    down = altair.Y(
        "n", type="nominal", sort=names, axis=altair.Axis(title=None, ticks=False, domain=False, labelLimit=210, labelColor="var(--ink)"),
    )  # fmt: skip
    chart = altair.Chart(altair.Data(values=rows)).mark_bar(height=BAR - 10, opacity=0.85)
    made = chart.encode(
        x=altair.X("a", type="quantitative", axis=axis, scale=scale), x2="b", y=down,
        color=altair.Color("c", type="nominal", scale=None, legend=None),
        tooltip=altair.Tooltip("t", type="nominal"),
    )  # fmt: skip
    found: dict[str, Any] = (
        made.properties(width=WIDE, height=BAR * len(names)).configure(**_charts.CONFIG).to_dict()
    )
    return found


def errors(view: InvarianceView) -> dict[str, Any]:
    """Return the specification of the errors: a line an action, named at its end."""
    import altair

    shown = view.lines[:DRAWN]
    rows = [
        {
            "s": s, "y": round(y, 6), "n": number, "c": COLOURS[number % len(COLOURS)],
            "d": number // len(COLOURS), "t": {"action": each.title, "severity": _numbers.number(s), "error": text},
        }
        for number, each in enumerate(shown)
        for s, y, text in each.points
    ]  # fmt: skip
    top = max(0.05, *(y for each in shown for _, y, _ in each.points))
    x = altair.X(
        "s", type="quantitative", scale=altair.Scale(domain=[0, 1], nice=False),
        axis=altair.Axis(title="severity", grid=False, tickCount=5, format="~g"),
    )  # fmt: skip
    axis = altair.Axis(title="error", tickCount=5, format="~g", grid=True)
    y = altair.Y(
        "y", type="quantitative", axis=axis, scale=altair.Scale(domain=[0, 1.05 * top], nice=False)
    )
    colour = altair.Color("c", type="nominal", scale=None, legend=None)
    dash = altair.StrokeDash(
        "d", type="nominal", legend=None,
        scale=altair.Scale(domain=list(range(len(DASHES))), range=[list(d) for d in DASHES]),
    )  # fmt: skip
    detail = altair.Detail("n", type="nominal")
    data = altair.Data(values=rows)
    lines = altair.Chart(data).mark_line(strokeWidth=2)
    points = altair.Chart(data).mark_point(
        filled=True, opacity=1, size=40, stroke="var(--card)", strokeWidth=1
    )
    chart = altair.layer(
        lines.encode(x=x, y=y, color=colour, strokeDash=dash, detail=detail),
        points.encode(x=x, y=y, color=colour, tooltip=altair.Tooltip("t", type="nominal")),
        _names(altair, _ends(view, top), x, y),
    )
    found: dict[str, Any] = (
        chart.properties(width=WIDE - 120, height=HIGH).configure(**_charts.CONFIG).to_dict()
    )
    return found


def _ends(view: InvarianceView, top: float) -> list[dict[str, Any]]:
    """Return the names at the ends of the lines, kept apart so that none covers another."""
    shown = list(enumerate(view.lines[:DRAWN]))
    least, reached = 1.05 * top * 13 / HIGH, -1.0
    at: dict[int, float] = {}
    for number, each in sorted(shown, key=lambda pair: pair[1].points[-1][1]):
        at[number] = reached = max(each.points[-1][1], reached + least)
    over = max(0.0, reached - 1.05 * top)
    return [
        {
            "s": each.points[-1][0], "y": round(at[number] - over, 6),
            "w": each.title.rpartition("/")[2], "c": COLOURS[number % len(COLOURS)],
        }
        for number, each in shown
    ]  # fmt: skip


def _names(altair: Any, rows: list[dict[str, Any]], x: Any, y: Any) -> Any:
    words = altair.Chart(altair.Data(values=rows)).mark_text(
        fontSize=10.5, align="left", baseline="middle", dx=7, clip=False
    )
    colour = altair.Color("c", type="nominal", scale=None, legend=None)
    return words.encode(x=x, y=y, text=altair.Text("w", type="nominal"), color=colour)


def describe_losses(view: InvarianceView, metric: str) -> str:
    """Say what the bars show, for who cannot see them."""
    parts = ", ".join(f"{bar.title} at {bar.where}: {bar.text}" for bar in view.bars)
    return f"{metric} lost under group actions, taken apart: {parts}."


def describe_errors(view: InvarianceView) -> str:
    """Say what the lines show."""
    parts = "; ".join(
        f"{each.title}: {', '.join(f'{_numbers.number(s)}: {text}' for s, _, text in each.points)}"
        for each in view.lines
    )
    return f"Error by severity: {parts}."
