"""What a noise on a stack of clips says of a single one."""

from typing import Any


def single(count: int, **found: Any) -> dict[str, Any]:
    """Return a report of plain numbers: of the only clip. Reports are asked for one clip at a time, so of more it is empty."""
    if count != 1:
        return {}
    return {name: _plain(values[0]) for name, values in found.items()}


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
