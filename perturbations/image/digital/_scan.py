"""The entropy-coded part of a JPEG file: taken out, damaged, read tolerantly and put back.

Why: a decoder of damaged files differs from version to version, prints to the terminal, and may give up. Here the coded
bits are read by the rules of the standard alone; what was read is written as a sound file, which any decoder decodes.
Headers, restart markers and byte stuffing arrive whole; without damage the file stays the same, byte for byte.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]

_START_OF_FRAME, _TABLES, _RESTART, _START_OF_SCAN = 0xC0, 0xC4, 0xDD, 0xDA


class Scan(NamedTuple):
    """A baseline JPEG file with one scan, its coded bits without markers and stuffing."""

    header: Bytes
    coded: Bytes
    starts: Integers
    """First byte of each segment of `coded`, and its end."""
    units: Integers
    """Minimum coded units in each segment."""
    blocks: Integers
    """For each block of a unit, the number of its pair of Huffman tables."""
    codes: Bytes
    """(tables, 2, 65536): length and symbol of the code that 16 bits begin with."""
    zeros: Integers
    """(tables, 2): the code of symbol 0 and its length."""

    def mended(self, coded: Bytes) -> Bytes:
        """Return the sound file of what a tolerant decoder sees in damaged bits."""
        from perturbations.image.digital._kernels import mend

        # A block that repeats the last mean takes less than 32 bits; stuffing may double everything.
        room = 2 * (coded.size + 4 * len(self.blocks) * int(self.units.sum())) + 3 * len(self.units)
        out = np.empty(room, dtype=np.uint8)
        written = mend(coded, *self[2:], out)
        return np.concatenate([self.header, out[:written], np.array([0xFF, 0xD9], np.uint8)])


def scan_of(file: Bytes) -> Scan:
    """Take the scan out of a file that OpenCV wrote."""
    raw, at, tables, interval = file.tobytes(), 2, b"", 0
    blocks, units = [0], 0
    while True:
        marker, size = raw[at + 1], int.from_bytes(raw[at + 2 : at + 4])
        body = raw[at + 4 : at + 2 + size]
        at += 2 + size
        if marker == _START_OF_FRAME:
            blocks, units = _units(body)
        elif marker == _TABLES:
            tables += body
        elif marker == _RESTART:
            interval = int.from_bytes(body)
        elif marker == _START_OF_SCAN:
            break
    coded, starts = _unstuffed(file[at:-2])
    held = np.full(len(starts) - 1, interval or units)
    held[-1] = units - held[:-1].sum()
    return Scan(file[:at], coded, starts, held, np.array(blocks), *_codes(tables))


def _units(frame: bytes) -> tuple[list[int], int]:
    """Return the blocks of a unit, by table, and the number of units; component 0 uses tables 0, others 1."""
    height, width = int.from_bytes(frame[1:3]), int.from_bytes(frame[3:5])
    factors = [(each >> 4, each & 15) for each in frame[7::3]]
    if len(factors) == 1:
        return [0], -(-height // 8) * -(-width // 8)
    down, right = (max(f[i] for f in factors) * 8 for i in (1, 0))
    blocks = [int(i > 0) for i, (h, v) in enumerate(factors) for _ in range(h * v)]
    return blocks, -(-height // down) * -(-width // right)


def _unstuffed(scan: Bytes) -> tuple[Bytes, Integers]:
    """Drop the zeros after 0xFF and the restart markers; return the bytes and where segments begin and end."""
    after = np.flatnonzero(scan[:-1] == 0xFF) + 1
    marks = after[scan[after] != 0]
    kept = np.ones(len(scan), dtype=np.bool_)
    kept[after] = False
    kept[marks - 1] = False
    coded = scan[kept]
    edges = np.cumsum(kept)[marks - 1] if len(marks) else marks
    return coded, np.concatenate([[0], edges, [len(coded)]]).astype(np.int64)


@lru_cache(maxsize=8)
def _codes(tables: bytes) -> tuple[Bytes, Integers]:
    """Read Huffman tables (ITU-T T.81, annex C): consecutive codes, the shorter ones first."""
    out, zeros = np.zeros((4, 2, 65536), dtype=np.uint8), np.zeros((4, 2), dtype=np.int64)
    while tables:
        kind, counts = tables[0], tables[1:17]
        symbols, code = tables[17 : 17 + sum(counts)], 0
        lengths = np.repeat(np.arange(1, 17), list(counts)).tolist()
        table = 2 * (kind & 15) + (kind >> 4)
        for length, symbol in zip(lengths, symbols, strict=True):
            step = 1 << (16 - length)
            out[table, :, code : code + step] = [[length], [symbol]]
            if symbol == 0:
                zeros[table] = code >> (16 - length), length
            code += step
        tables = tables[17 + len(symbols) :]
    return out, zeros
