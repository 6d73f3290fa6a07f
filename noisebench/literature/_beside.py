"""The numbers of several models side by side."""

import math
from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from noisebench.curve._records import number, span


class Tabled(Protocol):
    """Numbers that can be told as rows of plain data."""

    def to_table(self) -> list[dict[str, Any]]:
        """Return a row per number."""
        ...


Numbers = TypeVar("Numbers", bound=Tabled)


class Beside(dict[str, Numbers]):
    """Numbers by model; prints as a table with a column a model."""

    def to_table(self) -> list[dict[str, Any]]:
        """Return a row per model and number."""
        return [{"model": model, **row} for model, each in self.items() for row in each.to_table()]

    def __repr__(self) -> str:
        cells: dict[tuple[str, str], dict[str, str]] = {}
        for row in self.to_table():
            key = (row["sweep"] or "over all noises", row["number"])
            cells.setdefault(key, {})[row["model"]] = _cell(row)
        lines = [["", *self]]
        for group in dict.fromkeys(sweep for sweep, _ in cells):
            lines.append([group])
            lines += [
                [f"  {name}", *(known.get(model, "-") for model in self)]
                for (sweep, name), known in cells.items()
                if sweep == group
            ]
        return _aligned(lines)


def _cell(row: Mapping[str, Any]) -> str:
    if math.isnan(row["value"]):
        return "undefined"
    unit = f" {row['unit']}" if row["unit"] else ""
    return f"{number(row['value'])}{unit} {span(row['low'], row['high'])}"


def _aligned(lines: list[list[str]]) -> str:
    """Pad the cells of every column to the widest; a line of one cell heads a group."""
    full = [line for line in lines if len(line) > 1]
    widths = [max(map(len, column)) for column in zip(*full, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=False)).rstrip()
        for line in lines
    )
