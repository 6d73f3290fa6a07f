"""A damaged record is refused or read truly: never other numbers."""

import numpy as np
import pytest

from noisebench.errors import LedgerError
from noisebench.ledger import Block, Ledger, Row

ROWS = 8


def answers(path):
    """Return everything that a reader would take from the ledger."""
    with Ledger(path, read_only=True) as ledger:
        found = ledger.outcomes("cell")
        return found.ids, found.scores.tobytes(), found.predictions, ledger.get("plan")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "ledger.sqlite"
    with Ledger(path) as ledger:
        ledger.declare(["cell"])
        ledger.put("plan", {"seed": 0})
        rng = np.random.default_rng(0)
        for start in range(0, ROWS * 64, 64):
            ids = tuple(f"s{start + i}" for i in range(64))
            ledger.write_block(Block(start, ids, {"target": list(range(64))}))
            ledger.write(Row(0, start, rng.random((64, 2)), predictions=list(range(64))))
        ledger.seal()
    return path


@pytest.mark.parametrize("seed", range(25))
def test_a_flipped_bit(whole, tmp_path, seed):
    data = bytearray(whole.read_bytes())
    rng = np.random.default_rng(seed)
    data[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(bytes(data))
    try:
        found = answers(path)
    except LedgerError:
        return
    assert found == answers(whole)


@pytest.mark.parametrize("seed", range(25))
def test_a_cut_file(whole, tmp_path, seed):
    data = whole.read_bytes()
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(data[: int(np.random.default_rng(seed).integers(1, len(data)))])
    with pytest.raises(LedgerError):
        answers(path)
