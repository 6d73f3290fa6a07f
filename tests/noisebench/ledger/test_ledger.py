"""The ledger: what is written comes back, what is damaged or foreign is refused."""

import sqlite3

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from noisebench.errors import LedgerError
from noisebench.ledger import BLOCK, SCHEMA, Block, Ledger, Row, pack, unpack


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.sqlite"


def filled(path, rows=3):
    with Ledger(path) as ledger:
        ledger.declare(["clean", "noisy"])
        ledger.put("plan", {"seed": 0})
        for start in range(0, rows * 2, 2):
            ledger.write_block(Block(start, (f"s{start}", f"s{start + 1}"), {"target": [0, 1]}))
            scores = np.array([[1.0], [np.nan]])
            distortion = {"at": [0], "measures": {"psnr": [float("inf")]}}
            row = Row(1, start, scores, {1: "it broke"}, distortion, [("cat", 0.9), None])
            ledger.write(row)
    return path


def test_what_is_written_comes_back(path):
    with Ledger(filled(path)) as ledger:
        found = ledger.outcomes("noisy")
        assert found.ids == ("s0", "s1", "s2", "s3", "s4", "s5")
        assert np.array_equal(found.scores[:, 0], [1, np.nan] * 3, equal_nan=True)
        assert found.reasons == {"s1": "it broke", "s3": "it broke", "s5": "it broke"}
        assert found.distortion == {"psnr": {"s0": np.inf, "s2": np.inf, "s4": np.inf}}
        assert found.predictions[:2] == (["cat", 0.9], None)
        assert ledger.done() == {1: [(0, 6)]}
        assert ledger.get("plan") == {"seed": 0}
        assert ledger.get("nothing") is None


def test_a_cell_without_rows_is_empty(path):
    with Ledger(filled(path)) as ledger:
        assert ledger.outcomes("clean").scores.shape == (0, 1)


def test_uncommitted_rows_are_lost_and_committed_ones_kept(path):
    ledger = Ledger(path)
    ledger.declare(["clean"])
    ledger.write(Row(0, 0, np.ones((1, 1))))
    ledger.commit()
    ledger.write(Row(0, 1, np.ones((1, 1))))
    with Ledger(path, read_only=True) as other:
        assert other.done() == {0: [(0, 1)]}
    ledger.close()


def test_overlapping_blocks_name_every_sample_once(path):
    with Ledger(path) as ledger:
        ledger.write_block(Block(0, ("a", "b", "c"), {"target": [0, 1, 2]}))
        ledger.write_block(Block(2, ("c", "d"), {"target": [2, 3]}))
        ledger.write_block(Block(1, ("b",), {"target": [1]}))
        assert ledger.ids() == {0: "a", 1: "b", 2: "c", 3: "d"}
        assert [block.facts["target"] for block in ledger.blocks()] == [[0, 1, 2], [3]]


def test_a_row_is_at_most_a_block(path):
    with Ledger(path) as ledger, pytest.raises(LedgerError, match="at most 256"):
        ledger.write(Row(0, 0, np.zeros((BLOCK + 1, 1))))


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=6)))
@settings(max_examples=50, deadline=None)
def test_packing_loses_nothing(scores):
    assert np.array_equal(scores, unpack(pack(scores), len(scores)), equal_nan=True)


@given(st.integers(0, 1))
@settings(max_examples=5, deadline=None)
def test_zeros_and_ones_take_four_bytes(value):
    assert len(pack(np.full((256, 1), float(value)))) == 1 + 4 * 256


def test_a_missing_ledger_is_named(path):
    with pytest.raises(LedgerError, match="expected a ledger"):
        Ledger(path, read_only=True)


@pytest.mark.parametrize("content", [b"hello, this is a text file", b"{}", b"\x00" * 4096])
def test_a_foreign_file_is_refused_and_left_alone(path, content):
    path.write_bytes(content)
    with pytest.raises(LedgerError, match="give another run_dir"):
        Ledger(path)
    assert path.read_bytes() == content


def test_a_foreign_database_is_refused_and_left_alone(path):
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE mine (x)")
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="not written by noisebench"):
        Ledger(path)
    assert path.read_bytes() == before


def test_a_newer_ledger_is_refused(path):
    filled(path)
    other = sqlite3.connect(path)
    other.execute(f"PRAGMA user_version={SCHEMA + 1}")
    other.close()
    with pytest.raises(LedgerError, match="install a newer one"):
        Ledger(path)


def test_a_changed_row_is_never_read(path):
    filled(path)
    other = sqlite3.connect(path)
    other.execute("UPDATE outcome SET scores = ? WHERE start = 2", (pack(np.zeros((2, 1))),))
    other.commit()
    other.close()
    with Ledger(path) as ledger, pytest.raises(LedgerError, match="checksum"):
        ledger.outcomes("noisy")


def test_a_copy_is_equal_and_sealed(path, tmp_path):
    with Ledger(filled(path)) as ledger:
        ledger.copy(tmp_path / "copy.sqlite")
        with Ledger(tmp_path / "copy.sqlite", read_only=True) as copy:
            assert copy.outcomes("noisy").ids == ledger.outcomes("noisy").ids


def test_a_sealed_ledger_opens_in_a_read_only_directory(path):
    with Ledger(filled(path)) as ledger:
        ledger.seal()
    assert [path] == list(path.parent.iterdir())
    with Ledger(path, read_only=True) as ledger:
        assert len(ledger.outcomes("noisy").ids) == 6
    assert [path] == list(path.parent.iterdir())


def test_closing_twice_does_nothing(path):
    ledger = Ledger(path)
    ledger.close()
    ledger.close()


def test_a_full_disk_is_said_and_what_was_committed_stays(path):
    ledger = Ledger(path)
    ledger.declare(["clean"])
    ledger.write(Row(0, 0, np.ones((1, 1))))
    ledger.commit()
    pages = ledger._db.execute("PRAGMA page_count").fetchone()[0]
    ledger._db.execute(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(LedgerError, match="check free space"):
        for start in range(1, 100):
            ledger.write(Row(0, start, np.ones((1, 1)), predictions=["x" * 3000]))
    ledger.close()
    with Ledger(path, read_only=True) as again:
        assert again.done()[0][0][0] == 0
