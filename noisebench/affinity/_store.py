"""What a training run has found so far, in a ledger: a finished fit is never lost, and never made again."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench._rundir import LEDGER, differences, locked
from noisebench.errors import LedgerError
from noisebench.ledger import BLOCK, Block, Ledger, Row

Floats = NDArray[np.float64]

PLAN, HEAD, FAILED, FITTED = "plan", "affinity", "failed", "fitted"


def key(source: str, target: str) -> str:
    """Return the name of the cell of a model trained on one noise and tested on another."""
    return f"{source} -> {target}"


@contextmanager
def opened(directory: Path, identity: Mapping[str, Any], cells: Sequence[str]) -> Iterator[Ledger]:
    """Open or create the ledger of a training run.

    Raises:
        LedgerError: the directory holds another one; the message names the differences.
    """
    with locked(directory):
        ledger = Ledger(directory / LEDGER)
        try:
            known = ledger.get(PLAN)
            wanted = json.loads(json.dumps(identity))
            if known is None:
                ledger.put(PLAN, wanted)
                ledger.declare(cells)
                ledger.commit()
            elif known != wanted:
                lines = "\n".join(f"  {line}" for line in differences(known, wanted))
                hint = "give another run_dir, or go back to what was begun"
                raise LedgerError(
                    f"the directory {directory} holds models of another plan:\n{lines}\n  {hint}"
                )
            yield ledger
        finally:
            ledger.close()


def keep_samples(ledger: Ledger, start: int, ids: Sequence[str], groups: Any) -> None:
    """Record which samples are tested, from a place on."""
    for first in range(0, len(ids), BLOCK):
        part = slice(first, first + BLOCK)
        facts = {} if groups is None else {"group": [str(each) for each in groups[part]]}
        ledger.write_block(Block(start + first, tuple(ids[part]), facts))


def rows_of(cell: int, start: int, scores: Floats, reasons: Mapping[int, str]) -> list[Row]:
    """Return the scores of one cell as rows of a ledger."""
    found = []
    for first in range(0, len(scores), BLOCK):
        span = range(first, min(first + BLOCK, len(scores)))
        why = {i - first: reasons[i] for i in span if i in reasons}
        found.append(Row(cell, start + first, scores[span.start : span.stop], why))
    return found


def finished(ledger: Ledger, cells: Mapping[str, int], names: Sequence[str]) -> bool:
    """Tell whether all of these cells are there."""
    done = ledger.done()
    return all(done.get(cells[name]) for name in names)
