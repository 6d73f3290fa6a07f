"""A run directory: the identity of a run, and the lock that lets one process at a time write to it."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from noisebench._specimen import replace_file
from noisebench.errors import LedgerError
from noisebench.ledger import Ledger
from noisebench.plan import Plan

LEDGER = "ledger.sqlite"
HEADER = "header.json"
GALLERY = "gallery"
AFFINITY = "affinity"
"""Folder of the models that were trained on noise, where there are any."""
PAIRS = "pairs"
"""A run of its own within a run: noises in twos, chosen when the curves of each were known."""
LOCK = "run.lock"


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold the directory; the lock ends with the process, however it ends.

    Raises:
        LedgerError: another process runs here, or the directory cannot be written to.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        file = (directory / LOCK).open("a+", encoding="utf-8")
    except OSError as error:
        hint = "give a run_dir that can be written to"
        raise LedgerError(
            f"the run directory {directory} cannot be used: {error}\n  {hint}"
        ) from error
    with file:
        _hold(file, directory)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _hold(file: Any, directory: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: SQLite's own lock still keeps the ledger whole
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        hint = "wait for it, end it, or give another run_dir"
        raise LedgerError(
            f"the run directory {directory} is in use by process {holder}\n  {hint}"
        ) from error
    except OSError:  # a file system without locks, such as some network mounts
        return


def open_ledger(directory: Path, plan: Plan, *, durable: bool, grow: bool = False) -> Ledger:
    """Open or create the directory's ledger for this plan.

    Args:
        directory: of the run.
        plan: of the run.
        durable: wait for the disk at each commit.
        grow: let a plan take the place of one that it begins with; cells keep their numbers, and new ones come after them.

    Raises:
        LedgerError: the directory holds another plan's run; the message names the differences.
    """
    ledger = Ledger(directory / LEDGER, durable=durable)
    try:
        known = ledger.get("plan")
        if known is None or (grow and _begins(plan, known)):
            ledger.put("plan", plan.identity())
            ledger.declare([cell.key for cell in plan.cells])
            ledger.commit()
        else:
            _check_same_plan(directory, known, plan)
    except BaseException:
        ledger.close()
        raise
    return ledger


def _begins(plan: Plan, known: Mapping[str, Any]) -> bool:
    """Tell whether a plan begins with the sweeps of another, and is the same otherwise."""
    identity = json.loads(json.dumps(plan.identity()))
    before = known["sweeps"]
    return bool(
        identity | {"sweeps": before} == known and identity["sweeps"][: len(before)] == before
    )


def visited_by_data(directory: Path | str | None) -> bool:
    """Tell whether a run began here in an order fixed by its data, as one does that may stop early: a full run goes on in it."""
    if directory is None or not (Path(directory) / LEDGER).exists():
        return False
    with closing(Ledger(Path(directory) / LEDGER, read_only=True)) as ledger:
        return bool((ledger.get("plan") or {}).get("order") == "data")


def _check_same_plan(directory: Path, known: Mapping[str, Any], plan: Plan) -> None:
    identity = json.loads(json.dumps(plan.identity()))
    if known != identity:
        raise LedgerError(_changed(directory, known, identity))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Say field by field how two plans differ."""
    lines: list[str] = []
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, list) and isinstance(new, list):
            lines += _changed_list(name, old, new)
        else:
            lines.append(f"{name}: {old} -> {new}")
    return lines


def _changed_list(name: str, old: list[Any], new: list[Any]) -> list[str]:
    added = [str(each) for each in new if each not in old]
    removed = [str(each) for each in old if each not in new]
    words = [f"added {', '.join(added)}"] if added else []
    words += [f"removed {', '.join(removed)}"] if removed else []
    return [f"{name}: {'; '.join(words) or 'another order'}"]


def _changed(directory: Path, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    lines = "\n".join(f"  {line}" for line in differences(before, after))
    return (
        f"the run directory {directory} holds a run of another plan:\n{lines}\n"
        f"  give another run_dir, go back to the plan that was begun, or begin afresh (noisebench run --fresh)"
    )


def write_header(directory: Path, header: Mapping[str, Any]) -> None:
    """Write the header, complete or not at all."""
    text = json.dumps(header, indent=1, ensure_ascii=True, default=str)
    replace_file(directory / HEADER, text.encode())
