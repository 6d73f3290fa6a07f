"""Names and labels of tables as plain data, and back."""

import importlib
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from perturbations.errors import BadValue, explain
from perturbations.tabular._columns import plain_label


def plain(value: Any) -> Any:
    """Return a JSON form of a column name or a label; other types than JSON's become {type: text}.

    Raises:
        BadValue: there is no such form.
    """
    value = plain_label(value)
    if isinstance(value, float):
        return value if np.isfinite(value) else {"float": repr(value)}
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, tuple):
        return {"tuple": [plain(part) for part in value]}
    if isinstance(value, np.datetime64 | np.timedelta64):
        return {value.dtype.str: int(value.astype(np.int64))}
    name = type(value).__name__
    if isinstance(value, datetime | date | time) or name == "Timedelta":
        return {name: value.isoformat()}
    if name in _WRITERS:
        return {name: _WRITERS[name](value)}
    hint = "declare the column as text, or turn its cells into text, numbers or dates"
    raise BadValue(explain("a category that can be stored", "value", value, hint))


def unplain(value: Any) -> Any:
    """Read what `plain` returned."""
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    if kind in ("Timestamp", "Timedelta"):
        return getattr(importlib.import_module("pandas"), kind)(text)
    if kind[1:2] in ("M", "m"):
        return np.int64(text).astype(kind)
    return _READERS[kind](text)


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "bytes": bytes.hex,
    "timedelta": lambda span: span // timedelta(microseconds=1),
    "Decimal": str,
    "complex": repr,
    "Period": lambda period: [str(period), period.freqstr],
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "float": float,
    "tuple": lambda parts: tuple(unplain(part) for part in parts),
    "bytes": bytes.fromhex,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda count: timedelta(microseconds=count),
    "Decimal": Decimal,
    "complex": complex,
    "Period": lambda parts: importlib.import_module("pandas").Period(*parts),
}
