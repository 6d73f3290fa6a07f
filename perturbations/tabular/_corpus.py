"""Clean rows for the law suite: measured wines with the troubles of real tables, and rows at the edge."""

import datetime as dt
import importlib.util
from typing import Any

import numpy as np

Row = dict[str, Any]
CULTIVARS = ("barolo", "grignolino", "barbera")
_ZONE = dt.timezone(dt.timedelta(hours=1))


def corpus(n: int) -> list[Row]:
    """Return up to 178 wines: numbers, categories, text, dates, truth values, a constant, and missing cells.

    The measurements are scikit-learn's copy of the UCI wine data; `proline` is whole there, and what follows it is derived.
    """
    from sklearn.datasets import load_wine

    data = load_wine()
    # Rows come sorted by cultivar; a fixed stride of 53, coprime to 178, mixes them.
    order = (np.arange(len(data.data)) * 53) % len(data.data)
    return [_row(data, int(i), place) for place, i in enumerate(order[:n])]


def edges() -> dict[str, Any]:
    """Return rows at the edge of the contract, with the columns of the corpus."""
    row = corpus(1)[0]
    found: dict[str, Any] = {
        "a mapping": row,
        "all missing": dict.fromkeys(row),
        "all NaN": dict.fromkeys(row, float("nan")),
        "infinite numbers": row | {"alcohol": float("inf"), "ash": float("-inf")},
        "huge numbers": row | {"alcohol": 1e308, "proline": 2**60},
        "zero": row | {"alcohol": 0.0, "ash": -0.0},
        "numpy numbers": row | {"alcohol": np.float32(12.5), "proline": np.int16(750)},
        "odd text": row | {"cultivar": "\U0001f377 שלום \ud800"},
        "ends of the calendar": row
        | {"bottled": dt.date.min, "tasted": dt.datetime(9999, 12, 31, 23, tzinfo=_ZONE)},
        "a leap day": row | {"bottled": dt.date(2024, 2, 29)},
        "unknown category": row | {"cultivar": "riesling"},
        "an object array": _objects(row),
        "a read-only array": _frozen(_objects(row)),
    }
    if importlib.util.find_spec("pandas") is not None:
        import pandas as pd

        found["a series"] = pd.Series(row, dtype=object)
        cultivar = pd.CategoricalDtype([*CULTIVARS])
        found["a frame"] = pd.DataFrame([row]).astype({"cultivar": cultivar})
    if importlib.util.find_spec("polars") is not None:
        import polars as pl

        found["a polars frame"] = pl.DataFrame([row])
    if importlib.util.find_spec("pyarrow") is not None:
        import pyarrow as pa

        found["an arrow table"] = pa.Table.from_pylist([row])
    return found


def bad() -> dict[str, Any]:
    """Return values that are not one row."""
    return {
        "a number": 3.5,
        "text": "1,2,3",
        "a list of numbers": [1.0, 2.0],
        "a scalar array": np.array(1.0),
        "two rows": np.zeros((2, 3)),
        "complex numbers": np.zeros(3, dtype=complex),
        "nothing": None,
    }


def _row(data: Any, i: int, place: int) -> Row:
    cells = dict(zip(data.feature_names, map(float, data.data[i]), strict=True))
    row: Row = {name: cells[name] for name in data.feature_names if name != "proline"}
    row["proline"] = int(cells["proline"])
    row["Säure"] = None if place % 11 == 3 else cells["malic_acid"] / 10
    row["cultivar"] = None if place % 13 == 5 else CULTIVARS[int(data.target[i])]
    row["strong"] = cells["alcohol"] > 13
    row["vintages"] = 1
    row["comment"] = None
    row["note"] = (
        f"Dégustation n° {place + 1}: {cells['hue']:.2f} de nuance, {cells['flavanoids']:.1f} de tanin"
    )
    row["region"] = ("Langhe", "Asti", "Monferrato Casalese", "Côtes de Toscane")[place % 4]
    row["bottled"] = (
        None if place % 17 == 9 else dt.date(1985 + place % 23, 1 + place % 12, 1 + place % 28)
    )
    row["tasted"] = dt.datetime(2024, 1, 7, 14, 30, tzinfo=_ZONE) + dt.timedelta(
        days=place, minutes=7 * place
    )
    return row


def _objects(row: Row) -> Any:
    cells = np.empty(len(row), dtype=object)
    cells[:] = list(row.values())
    return cells


def _frozen(cells: Any) -> Any:
    cells.flags.writeable = False
    return cells
