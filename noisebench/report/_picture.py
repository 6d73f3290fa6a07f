"""Draws single values for the gallery: images and clips as PNG, signals as SVG paths, text and rows as changes.

Why: the standard library is enough for small pictures, so the report needs no imaging package.
"""

import base64
import difflib
import math
import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from noisebench.report import _numbers
from noisebench.report._pixels import Facts, pixels
from noisebench.report._text import line, plain
from noisebench.report._view import Cell, Change, Figure, Trace
from perturbations._frames import is_frame, mappings

NONE: Facts = {}
"""Where nothing is known of an input."""

SIDE = 96
"""Longest side in pixels of an image in the gallery; larger ones are averaged down."""

FRAMES, GAP = 4, 2
"""Frames of a clip that a strip shows, from the first to the last, and the white pixels between them."""

FRAME_SIDE = 64
"""Longest side in pixels of a frame in a strip."""

BOX_WIDTH, BOX_HEIGHT = 240, 56
"""Size of a trace's drawing box in SVG units."""

CHANNELS = 3
"""Channels of a signal drawn."""

CELLS = 8
"""Cells of a row shown, changed ones first."""

SYMBOLS = 400
"""Characters of a text that are compared."""


def png(pixels: np.ndarray) -> bytes:
    """Encode an (H, W), (H, W, 3) or (H, W, 4) uint8 array as PNG.

    References: W3C, Portable Network Graphics specification, section 11.2.
    """
    grid = pixels if pixels.ndim == 3 else pixels[:, :, None]
    height, width, channels = grid.shape
    colour = {1: 0, 3: 2, 4: 6}[channels]
    rows = np.zeros((height, 1 + width * channels), np.uint8)
    rows[:, 1:] = grid.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def _reduced(pixels: np.ndarray, side: int = SIDE) -> np.ndarray:
    """Average blocks of pixels until no side exceeds `side`."""
    step = math.ceil(max(pixels.shape[:2]) / side)
    if step <= 1:
        return pixels
    height, width = (max(size // step, 1) for size in pixels.shape[:2])
    block = pixels[: height * step, : width * step].astype(np.float64)
    block = block.reshape(height, min(step, block.shape[0]), width, min(step, block.shape[1]), -1)
    return np.asarray(np.rint(block.mean(axis=(1, 3))), np.uint8)


def image(value: Any, alt: str, facts: Facts = NONE) -> Figure:
    """Draw an image; enlarged by the browser without smoothing."""
    shown = pixels(value, facts)
    if shown.ndim not in {2, 3} or 0 in shown.shape:
        return Figure("words", alt, note="not an image")
    size = f"{shown.shape[1]} × {shown.shape[0]} px"
    small = _reduced(shown)
    code = base64.b64encode(png(small)).decode("ascii")
    return Figure(
        "image", f"{alt}, {size}", png=code, width=small.shape[1], height=small.shape[0], note=size
    )


def strip(value: Any, alt: str, facts: Facts = NONE) -> Figure:
    """Draw some frames of a clip side by side, evenly spread from the first to the last."""
    clip = np.asarray(value)
    if clip.ndim not in {3, 4} or 0 in clip.shape:
        return Figure("words", alt, note="not a clip")
    chosen = np.unique(np.rint(np.linspace(0, len(clip) - 1, FRAMES)).astype(int))
    frames = [pixels(clip[number], facts) for number in chosen]
    shown = [_reduced(frame, FRAME_SIDE) for frame in frames]
    white = np.full((shown[0].shape[0], GAP, *shown[0].shape[2:]), 255, np.uint8)
    pieces = [piece for frame in shown for piece in (white, frame)][1:]
    joined = np.concatenate(pieces, axis=1)
    code = base64.b64encode(png(joined)).decode("ascii")
    numbers = ", ".join(str(number + 1) for number in chosen)
    size = f"frames {numbers} of {len(clip)}, {frames[0].shape[1]} × {frames[0].shape[0]} px"
    height, width = joined.shape[:2]
    return Figure("strip", f"{alt}, {size}", png=code, width=width, height=height, note=size)


def text(clean: object, noisy: object, alt: str) -> Figure:
    """Show the noisy text with removed and added characters marked."""
    return Figure("text", alt, changes=tuple(changes(str(clean), str(noisy))))


def changes(clean: str, noisy: str) -> list[Change]:
    """Compare two texts word by word; inside a pair of words, their common ends stay."""
    before, after = (re.findall(r"\w+|\s+|[^\w\s]", part[:SYMBOLS]) for part in (clean, noisy))
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    found: list[Change] = []
    for kind, b0, b1, a0, a1 in matcher.get_opcodes():
        old, new = "".join(before[b0:b1]), "".join(after[a0:a1])
        found += [Change("kept", plain(old))] if kind == "equal" else _replaced(old, new)
    if max(len(clean), len(noisy)) > SYMBOLS:
        found.append(Change("kept", " …"))
    return found


def _replaced(old: str, new: str) -> list[Change]:
    """Mark what differs between the common ends of two texts."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    pieces = [
        ("kept", old[:start]),
        ("removed", old[start : len(old) - end]),
        ("added", new[start : len(new) - end]),
        ("kept", old[len(old) - end :]),
    ]
    return [Change(kind, plain(piece)) for kind, piece in pieces if piece]


def signal(clean: Any, noisy: Any, modality: str, alt: str, facts: Facts = NONE) -> Figure:
    """Draw up to three channels, the noisy signal over the clean one, on the clean one's scale."""
    first = facts.get("layout", "CT" if modality == "audio" else "TC") == "CT"
    before, after = (_channels(each, modality, first=first) for each in (clean, noisy))
    total = len(after)
    traces = tuple(
        _trace(before[index] if index < len(before) else None, after[index], index, total)
        for index in range(min(total, CHANNELS))
    )
    if not traces:
        return Figure("words", alt, note="empty signal")
    length = len(after[0])
    note = f"{_numbers.count(length)} {'samples' if modality == 'audio' else 'steps'}"
    if total > CHANNELS:
        note += f"; {CHANNELS} of {total} channels"
    return Figure("trace", alt, traces=traces, note=note)


def _channels(value: Any, modality: str, *, first: bool) -> list[np.ndarray]:
    """Return one float array per channel, which come first or after time."""
    if value is None:
        return []
    array = np.asarray(value)
    array = array.astype(np.float64) / (
        np.iinfo(array.dtype).max if modality == "audio" and array.dtype.kind in "iu" else 1
    )
    if array.ndim <= 1:
        return [array.reshape(-1)]
    grid = array.reshape(array.shape[0], -1)
    return list(grid if first else grid.T)


def _trace(clean: np.ndarray | None, noisy: np.ndarray, index: int, total: int) -> Trace:
    """Draw one channel."""
    both = noisy if clean is None else np.concatenate([clean, noisy])
    finite = both[np.isfinite(both)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    length = max(len(noisy), 0 if clean is None else len(clean))
    name = f"channel {index + 1}" if total > 1 else ""
    before = "" if clean is None else _path(clean, low, high, length)
    return Trace(name, before, _path(noisy, low, high, length))


def _path(values: np.ndarray, low: float, high: float, length: int) -> str:
    """Return SVG path data; gaps where values are missing, extremes kept where there are many."""
    span = high - low or 1.0
    points: list[str] = []
    pen = "M"
    for position, value in _thinned(values):
        if not math.isfinite(value):
            pen = "M"
            continue
        x = BOX_WIDTH * position / max(length - 1, 1)
        y = 2 + (BOX_HEIGHT - 4) * (1 - (value - low) / span)
        points.append(f"{pen}{x:.1f} {y:.1f}")
        pen = "L"
    return "".join(points)


def _thinned(values: np.ndarray) -> list[tuple[float, float]]:
    """Return positions and values; more than 240 become the least and greatest of each block."""
    if len(values) <= BOX_WIDTH:
        return [(float(index), float(value)) for index, value in enumerate(values)]
    edges = np.linspace(0, len(values), BOX_WIDTH // 2 + 1).astype(int)
    found = []
    for start, stop in pairwise(edges.tolist()):
        block = values[start:stop]
        known = block[np.isfinite(block)]
        if not known.size:
            found.append((float(start), math.nan))
            continue
        found += [(float(start), float(known.min())), ((start + stop) / 2, float(known.max()))]
    return found


def row(clean: Any, noisy: Any, alt: str) -> Figure:
    """Show a table row: changed cells first, then some of the others."""
    before, after = _cells(clean), _cells(noisy)
    cells = [
        Cell(line(name, 40), before.get(name, ""), shown, before.get(name, shown) != shown)
        for name, shown in after.items()
    ]
    cells.sort(key=lambda cell: not cell.changed)
    changed = sum(cell.changed for cell in cells)
    note = (
        f"{changed} of {len(cells)} cells changed" if clean is not None else f"{len(cells)} cells"
    )
    return Figure("row", alt, cells=tuple(cells[:CELLS]), note=note)


def _cells(value: Any) -> dict[str, str]:
    """Return column names and shown values of one row in any of its forms."""
    if value is None:
        return {}
    if is_frame(value):
        value = mappings(value)[0]
    if hasattr(value, "iloc"):
        value = value.iloc[0] if getattr(value, "ndim", 1) == 2 else value
        value = value.to_dict()
    if isinstance(value, Mapping):
        return {str(name): _shown(cell) for name, cell in value.items()}
    flat: Sequence[Any] = np.asarray(value, dtype=object).reshape(-1).tolist()
    return {f"column {index + 1}": _shown(cell) for index, cell in enumerate(flat)}


def _shown(cell: Any) -> str:
    """Write one cell; missing is a word."""
    if cell is None or (isinstance(cell, float | np.floating) and math.isnan(cell)):
        return "missing"
    if isinstance(cell, float | np.floating):
        return _numbers.number(float(cell), 4)
    return line(cell, 60)
