"""The append-only record of a run: one SQLite file, one row per (cell, block of at most 256 samples).

Why: a run may be killed at any moment and must lose little and lie never. Rows are written in transactions (WAL,
synchronous), carry a checksum, hold no clock time, and are never changed: resuming is skipping what exists, and a
resumed ledger equals an undisturbed one row for row.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np

from noisebench._rows import (
    Block,
    Outcomes,
    Row,
    checksum,
    dump,
    dump_map,
    gathered,
    merged,
    pack,
    unnamed,
    unpack,
)
from noisebench.errors import LedgerError
from perturbations.errors import explain

__all__ = ["BLOCK", "SCHEMA", "Block", "Ledger", "Outcomes", "Row"]

SCHEMA = 1
"""Version of the tables; a newer one is refused."""

APPLICATION = 0x6E6F6973
"""SQLite's application id of our files ("nois"), so that a foreign database is never written to."""

BLOCK = 256
"""Most samples in one row."""

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL, crc INTEGER NOT NULL);
CREATE TABLE cell (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
CREATE TABLE block (start INTEGER, count INTEGER, ids TEXT NOT NULL, facts TEXT NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (start, count));
CREATE TABLE outcome (cell INTEGER NOT NULL, start INTEGER NOT NULL, count INTEGER NOT NULL, scores BLOB NOT NULL,
    reasons TEXT NOT NULL, distortion TEXT NOT NULL, predictions TEXT NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (cell, start));
CREATE TABLE specimen (cell INTEGER NOT NULL, name TEXT NOT NULL, record TEXT NOT NULL, arrays BLOB NOT NULL,
    crc INTEGER NOT NULL, PRIMARY KEY (cell, name));
"""


class Ledger:
    """A ledger open for reading and, unless `read_only`, for appending."""

    def __init__(self, path: Path | str, *, read_only: bool = False, durable: bool = True) -> None:
        """Open or create a ledger.

        Args:
            path: the file.
            read_only: never write; the file must exist.
            durable: wait for the disk at each commit; otherwise a power cut (not a kill) may lose the last ones.

        Raises:
            LedgerError: the file is not a ledger, is damaged, is from a newer version, or cannot be opened.
        """
        self.path = Path(path)
        existed = self.path.exists() and self.path.stat().st_size > 0
        if read_only and not existed:
            raise LedgerError(explain("a ledger", "path", str(self.path), "run the audit first"))
        if existed:
            _check_magic(self.path)
        self._closed = False
        with self._words("opened"):
            self._db = _connect(self.path, read_only=read_only)
            try:
                self._prepare(existed=existed, read_only=read_only, durable=durable)
            except BaseException:
                self._db.close()
                raise

    def _prepare(self, *, existed: bool, read_only: bool, durable: bool) -> None:
        if existed:
            self._check_identity()
        if not read_only:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")
        if not existed:
            self._create()

    def _check_identity(self) -> None:
        application = self._db.execute("PRAGMA application_id").fetchone()[0]
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if application != APPLICATION:
            hint = "give another run_dir; this file was not written by noisebench"
            raise LedgerError(explain("a noisebench ledger", "path", str(self.path), hint))
        if version > SCHEMA:
            hint = f"this noisebench reads up to version {SCHEMA}; install a newer one"
            raise LedgerError(explain(f"a ledger of version {SCHEMA}", "version", version, hint))
        problem = self._db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if problem != "ok":
            raise self._damaged(problem)

    def _create(self) -> None:
        script = f"PRAGMA application_id={APPLICATION}; PRAGMA user_version={SCHEMA};"
        self._db.executescript(f"BEGIN IMMEDIATE; {script} {_TABLES} COMMIT;")

    # -- what the run is ---------------------------------------------------------------------------------

    def put(self, key: str, value: Any) -> None:
        """Record a fact of the run under a key, replacing an earlier one, in the open transaction."""
        text = dump(value)
        self._write(
            "INSERT OR REPLACE INTO meta VALUES (?, ?, ?)", (key, text, checksum(key, text))
        )

    def get(self, key: str) -> Any:
        """Return what was recorded under a key; None when there is nothing."""
        with self._words("read"):
            row = self._db.execute("SELECT value, crc FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else json.loads(self._intact(row[1], key, row[0])[1])

    def declare(self, keys: Sequence[str]) -> None:
        """Record the cells of the plan; the index of a key is the cell's number."""
        for number, key in enumerate(keys):
            self._write("INSERT OR IGNORE INTO cell VALUES (?, ?)", (number, key))

    def cells(self) -> dict[str, int]:
        """Return the cells by key."""
        with self._words("read"):
            return dict(self._db.execute("SELECT key, id FROM cell ORDER BY id").fetchall())

    # -- what came out -----------------------------------------------------------------------------------

    def write_block(self, block: Block) -> None:
        """Record the samples of a block, once for all cells."""
        ids, facts = dump(block.ids), dump(block.facts)
        values = (block.start, len(block.ids), ids, facts, checksum(str(block.start), ids, facts))
        self._write("INSERT OR IGNORE INTO block VALUES (?, ?, ?, ?, ?)", values)

    def write(self, row: Row) -> None:
        """Record one cell's outcomes on one block, in the open transaction."""
        count = len(row.scores)
        if count > BLOCK:
            raise LedgerError(explain(f"at most {BLOCK} samples in a row", "count", count))
        scores = pack(row.scores)
        texts = (dump_map(row.reasons), dump_map(row.distortion), dump(row.predictions))
        crc = checksum(f"{row.cell}/{row.start}/{count}", *texts, data=scores)
        values = (row.cell, row.start, count, scores, *texts, crc)
        self._write("INSERT INTO outcome VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

    def write_specimen(
        self, cell: int, name: str, record: Mapping[str, Any], arrays: bytes
    ) -> None:
        """Record one clean and noisy value for the gallery."""
        text = dump(record)
        values = (cell, name, text, arrays, checksum(f"{cell}/{name}", text, data=arrays))
        self._write("INSERT OR IGNORE INTO specimen VALUES (?, ?, ?, ?, ?)", values)

    def commit(self) -> None:
        """Make everything written so far survive the end of the process."""
        if self._db.in_transaction:
            with self._words("written"):
                self._db.execute("COMMIT")

    def done(self) -> dict[int, list[tuple[int, int]]]:
        """Return the ranges [start, stop) of samples that each cell has."""
        ranges: dict[int, list[tuple[int, int]]] = {}
        with self._words("read"):
            rows = self._db.execute("SELECT cell, start, count FROM outcome ORDER BY cell, start")
            for cell, start, count in rows:
                ranges.setdefault(cell, []).append((start, start + count))
        return {cell: merged(each) for cell, each in ranges.items()}

    def blocks(self) -> list[Block]:
        """Return the samples in the order of the visit, each once."""
        found: list[Block] = []
        reached = 0
        with self._words("read"):
            rows = self._db.execute(
                "SELECT start, ids, facts, crc FROM block ORDER BY start, count"
            )
            for start, ids, facts, crc in rows:
                self._intact(crc, str(start), ids, facts)
                block = unnamed(reached, Block(start, tuple(json.loads(ids)), json.loads(facts)))
                if block is not None:
                    found.append(block)
                    reached = block.start + len(block.ids)
        return found

    def rows(self, cell: int) -> Iterator[Row]:
        """Yield the rows of a cell in the order of the visit, each checked."""
        sql = "SELECT start, count, scores, reasons, distortion, predictions, crc FROM outcome"
        with self._words("read"):
            found = self._db.execute(f"{sql} WHERE cell = ? ORDER BY start", (cell,)).fetchall()
        for start, count, scores, reasons, distortion, predictions, crc in found:
            texts = (reasons, distortion, predictions)
            self._intact(crc, f"{cell}/{start}/{count}", *texts, data=scores)
            yield Row(
                cell,
                start,
                unpack(scores, count),
                {int(k): v for k, v in json.loads(reasons or "{}").items()},
                json.loads(distortion or "{}"),
                json.loads(predictions),
            )

    def specimens(self) -> list[tuple[dict[str, Any], bytes]]:
        """Return the gallery's records, in the order of the cells."""
        sql = "SELECT cell, name, record, arrays, crc FROM specimen ORDER BY cell, name"
        with self._words("read"):
            rows = self._db.execute(sql).fetchall()
        return [
            (json.loads(self._intact(crc, f"{cell}/{name}", text, data=data)[1]), data)
            for cell, name, text, data, crc in rows
        ]

    def outcomes(self, key: str) -> Outcomes:
        """Return all that is known of one cell."""
        rows = list(self.rows(self.cells()[key]))
        ids = self.ids()
        width = max((row.scores.shape[1] for row in rows), default=1)
        names = [ids[row.start + i] for row in rows for i in range(len(row.scores))]
        return Outcomes(
            ids=tuple(names),
            scores=np.concatenate([row.scores for row in rows] or [np.empty((0, width))]),
            reasons={ids[row.start + i]: why for row in rows for i, why in row.reasons.items()},
            distortion=gathered(rows, ids),
            predictions=tuple(each for row in rows for each in row.predictions),
        )

    def ids(self) -> dict[int, str]:
        """Return the sample id at each place of the visit."""
        return {
            block.start + i: name for block in self.blocks() for i, name in enumerate(block.ids)
        }

    # -- the file ----------------------------------------------------------------------------------------

    def copy(self, path: Path) -> None:
        """Write a copy of the whole ledger, complete or not at all."""
        beside = path.with_name(f".{path.name}.part")
        beside.unlink(missing_ok=True)
        with self._words("copied"), closing(sqlite3.connect(beside)) as other:
            self._db.backup(other)
        beside.replace(path)

    def seal(self) -> None:
        """Leave one self-contained file that opens from read-only places too."""
        self.commit()
        with self._words("sealed"):
            self._db.execute("PRAGMA journal_mode=DELETE")

    def close(self) -> None:
        """Commit and close; a second call does nothing."""
        try:
            if not self._closed:
                self.commit()
        finally:
            self._closed = True
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, sql: str, values: tuple[Any, ...]) -> None:
        with self._words("written"):
            if not self._db.in_transaction:
                self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(sql, values)

    @contextmanager
    def _words(self, verb: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            hint = "check free space and permissions; what was committed before is safe"
            raise LedgerError(
                f"the ledger {self.path} could not be {verb}: {error}\n  {hint}"
            ) from error
        except sqlite3.DatabaseError as error:
            raise self._damaged(str(error)) from error

    def _intact(self, crc: int, *texts: str, data: bytes = b"") -> tuple[str, ...]:
        if crc != checksum(*texts, data=data):
            raise self._damaged("a row does not match its checksum")
        return texts

    def _damaged(self, problem: str) -> LedgerError:
        hint = "move the run directory away and run again, or restore it from a copy"
        return LedgerError(f"the ledger {self.path} is damaged: {problem}\n  {hint}")


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    uri = path.resolve().as_uri()
    if not read_only:
        return sqlite3.connect(
            uri, uri=True, isolation_level=None, timeout=5, check_same_thread=False
        )
    # A sealed file opens as it is, even where its directory cannot be written to.
    sealed = not path.with_name(path.name + "-wal").exists()
    mode = "mode=ro&immutable=1" if sealed else "mode=ro"
    return sqlite3.connect(f"{uri}?{mode}", uri=True, isolation_level=None, check_same_thread=False)


def _check_magic(path: Path) -> None:
    with path.open("rb") as file:
        magic = file.read(16)
    if magic != b"SQLite format 3\x00":
        hint = "the file is damaged or foreign; give another run_dir"
        raise LedgerError(explain("a noisebench ledger (SQLite)", "path", str(path), hint))
