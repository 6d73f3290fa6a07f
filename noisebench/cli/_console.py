"""Where the command line writes: results to standard output, progress and remarks to standard error."""

import json
import sys
from collections.abc import Callable, Iterator
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

    kept = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in str(text))
    return escape(kept)


def print_json(value: Any) -> None:
    """Print one JSON object to standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """Show how far a run is: a bar on a terminal, a line every tenth elsewhere."""
    if not sys.stderr.isatty():
        yield _lines(title)
        return
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} steps"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("[dim]{task.fields[what]}"),
    )
    with Bar(*columns, console=console(error=True), transient=False) as bar:
        task = bar.add_task(title, total=None, what="")

        def advance(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, what=plain(what))

        yield advance


def _lines(title: str) -> Progress:
    said = -1

    def advance(done: int, total: int, what: str) -> None:
        nonlocal said
        tenth = 10 * done // max(total, 1)
        if tenth > said:
            said = tenth
            sys.stderr.write(f"{title}: {done}/{total} steps {what}\n")
            sys.stderr.flush()

    return advance
