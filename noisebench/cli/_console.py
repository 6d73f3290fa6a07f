"""Where the command line writes: results to standard output, progress and remarks to standard error."""

import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

Progress = Callable[[int, int, str], None]


def console(*, error: bool = False) -> "Console":
    """Return a console; its width is the terminal's, or 120 columns where there is none."""
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else 120
    return Console(stderr=error, width=width, highlight=False, soft_wrap=False)


def plain(text: object) -> str:
    """Return text that a terminal shows as it is: no markup, no control characters."""
    from rich.markup import escape

    kept = "".join(
        c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in str(text)
    )
    return escape(kept)


def print_json(value: Any) -> None:
    """Print one JSON object to standard output, in ASCII: any terminal and any pipe takes it."""
    sys.stdout.write(json.dumps(strict(value), indent=2, allow_nan=False) + "\n")


def strict(value: Any) -> Any:
    """Return plain data that JSON can hold: NaN becomes null, infinity the word, what is unknown its text."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): strict(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [strict(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value if isinstance(value, float | int | str | bool) or value is None else str(value)


@contextmanager
def progress(title: str, *, unit: str = "steps") -> Iterator[Progress]:
    """Show how far a run is: a bar on a terminal, a line every tenth elsewhere."""
    if not sys.stderr.isatty():
        yield _lines(title, unit)
        return
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        TextColumn(f"{{task.completed}}/{{task.total}} {unit}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("[dim]{task.fields[what]}"),
    )
    with Bar(*columns, console=console(error=True), transient=False) as bar:
        task = bar.add_task(title, total=None, what="")

        def advance(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total or None, what=plain(what))

        yield advance


def _lines(title: str, unit: str) -> Progress:
    said = -1

    def advance(done: int, total: int, what: str) -> None:
        nonlocal said
        tenth = 10 * done // max(total, 1)
        if tenth > said:
            said = tenth
            line = f"{title}: {done}/{total or '?'} {unit} {what}"
            sys.stderr.write(line.rstrip() + "\n")
            sys.stderr.flush()

    return advance
