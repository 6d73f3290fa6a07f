"""Charts of noises in twos: a triangle of cells, coloured by what every two do beyond what either does."""

from typing import Any

from noisebench.report import _charts
from noisebench.report._topology_view import Heat

STEP = (58, 26)
"""Width and height of a cell in px."""

LEAST = 0.1
"""Value from which a cell may be as dark as one can be: a weak pattern is not to look strong."""

LABEL = 250
"""Most width of a name in px."""


def heat(shown: Heat) -> dict[str, Any]:
    """Return the specification of a triangle; the darker a cell, the farther from 0."""
    import altair

    numbered = [f"{i + 1} {name}" for i, name in enumerate(shown.names)]
    columns = [str(i + 1) for i in range(len(numbered) - 1)]
    values = [
        {
            "r": numbered[cell.row], "c": str(cell.column + 1), "k": abs(cell.value), "v": cell.text, "t": cell.tip,
            "f": "var(--loss)" if cell.value < 0 else "var(--third)",
        }
        for cell in shown.cells
    ]  # fmt: skip
    axis = altair.Axis(title=None, domain=False, ticks=False, labelLimit=LABEL, grid=False)
    down = altair.Y(
        "r", type="nominal", sort=numbered, scale=altair.Scale(domain=numbered), axis=axis
    )
    across = altair.X(
        "c", type="nominal", sort=columns, scale=altair.Scale(domain=columns), axis=axis.copy()
    )
    across["axis"]["orient"] = "top"
    across["axis"]["labelAngle"] = 0
    tooltip = altair.Tooltip("t", type="nominal")
    shade = altair.Opacity(
        "k", type="quantitative", legend=None,
        scale=altair.Scale(domain=[0, max(shown.top, LEAST)], range=[0.04, 0.75]),
    )  # fmt: skip
    colour = altair.Color("f", type="nominal", scale=None, legend=None)
    cells = altair.Chart().mark_rect(stroke="var(--card)", strokeWidth=2)
    words = altair.Chart().mark_text(color="var(--ink)", fontSize=10.5)
    chart = altair.layer(
        cells.encode(x=across, y=down, color=colour, opacity=shade, tooltip=tooltip),
        words.encode(x=across, y=down, text=altair.Text("v", type="nominal"), tooltip=tooltip),
        data=altair.Data(values=values),
    )
    size = {"width": STEP[0] * len(columns), "height": STEP[1] * len(numbered)}
    found: dict[str, Any] = chart.properties(**size).configure(**_charts.CONFIG).to_dict()
    return found


def describe(shown: Heat, what: str) -> str:
    """Say what the triangle shows, for who cannot see it."""
    cells = "; ".join(
        f"{shown.names[cell.row]} and {shown.names[cell.column]} {cell.text}"
        for cell in shown.cells
    )
    return f"{what}: {cells}."
