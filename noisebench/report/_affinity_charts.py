"""Chart of models that were trained on noise: a cell for every training under every noise."""

from typing import Any

from noisebench.report import _charts
from noisebench.report._affinity_view import AffinityView

STEP = (56, 27)
"""Width and height of a cell in px."""

LEAST = 0.1
"""Gain from which a cell may be as dark as one can be: a weak pattern is not to look strong."""

LABEL = 230
"""Most width of a name in px."""


def gains(view: AffinityView, metric: str) -> dict[str, Any]:
    """Return the specification of the matrix: trained on the row, tested under the column."""
    import altair

    rows = list(view.sources)
    columns = [_column(k, name) for k, name in enumerate(view.targets)]
    values = [
        {
            "r": rows[cell.row], "c": columns[cell.column], "k": round(abs(cell.value), 6), "v": cell.text,
            "f": "var(--loss)" if cell.value < 0 else "var(--third)", "t": {f"{metric} gained": cell.tip},
        }
        for cell in view.cells
    ]  # fmt: skip
    top = max(*(abs(cell.value) for cell in view.cells), LEAST)
    axis = {"title": None, "domain": False, "ticks": False, "grid": False, "labelLimit": LABEL}
    down = altair.Y(
        "r", type="nominal", sort=rows, scale=altair.Scale(domain=rows), axis=altair.Axis(**axis)
    )
    across = altair.X(
        "c", type="nominal", sort=columns, scale=altair.Scale(domain=columns),
        axis=altair.Axis(**axis, orient="top", labelAngle=-40, labelAlign="left"),
    )  # fmt: skip
    shade = altair.Opacity(
        "k",
        type="quantitative",
        legend=None,
        scale=altair.Scale(domain=[0, top], range=[0.04, 0.75]),
    )
    colour = altair.Color("f", type="nominal", scale=None, legend=None)
    tooltip = altair.Tooltip("t", type="nominal")
    cells = altair.Chart().mark_rect(stroke="var(--card)", strokeWidth=2)
    words = altair.Chart().mark_text(color="var(--ink)", fontSize=10.5)
    chart = altair.layer(
        cells.encode(x=across, y=down, color=colour, opacity=shade, tooltip=tooltip),
        words.encode(x=across, y=down, text=altair.Text("v", type="nominal"), tooltip=tooltip),
        data=altair.Data(values=values),
    )
    size = {"width": STEP[0] * len(columns), "height": STEP[1] * len(rows)}
    found: dict[str, Any] = chart.properties(**size).configure(**_charts.CONFIG).to_dict()
    return found


def _column(place: int, name: str) -> str:
    """Name a column shortly; two noises of one name keep apart."""
    return name.rpartition("/")[2] if "/" in name else name or str(place)


def describe(view: AffinityView, metric: str) -> str:
    """Say what the matrix shows, for who cannot see it."""
    cells = "; ".join(
        f"{view.sources[cell.row]} under {view.targets[cell.column]} {cell.text}"
        for cell in view.cells
    )
    return f"{metric} gained by training on a noise, against training on clean data: {cells}."
