"""A contact sheet: one picture under every noise of its modality or of a preset, side by side with their names."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import perturbations as pt
from noisebench._specimen import replace_file
from noisebench.cli._console import console, plain, progress
from noisebench.cli._files import open_file
from noisebench.cli._noises import natural_order
from noisebench.cli._run import parse_severities
from noisebench.errors import ConfigError
from noisebench.plan import grid
from perturbations._extras import require
from perturbations.errors import PerturbationError, did_you_mean, explain

SIDE = 224
"""Pixels across a picture on the sheet: the size that most constants are published for."""
COLUMNS = 6
LABEL = 22
"""Pixels of the line of text above a picture."""
SEVERITY = 0.6
"""Shown when no severity is asked for."""
QUALITY = 88


class Tile(NamedTuple):
    """A picture on the sheet and what stands above it."""

    caption: str
    picture: Any


def preview_all(
    group: str, file: Path, severities: str | None, out: Path | None, *, seed: int
) -> int:
    """Write a contact sheet of a file under every noise of a group; a row per noise when there are several severities.

    Raises:
        ConfigError: the group is not one of pictures, or the file is none or would be written over.
    """
    noises = _group(group)
    given = parse_severities(severities)
    steps = (SEVERITY,) if given is None else grid(given)
    opened = open_file(noises[0], file, None)
    path = out or Path(f"{file.stem}.{group}.jpg")
    if path.exists() and path.samefile(file):
        raise ConfigError(explain("another file than the one that is read", "out", str(path)))
    clean = _fit(opened.value)
    tiles, refused = [Tile("clean", clean)], []
    with progress(group, unit="noises") as advance:
        for done, noise in enumerate(noises, start=1):
            try:
                tiles += [_tile(noise, clean, severity, seed, file.name) for severity in steps]
            except PerturbationError as error:
                refused.append(f"{noise.name}: {str(error).splitlines()[0]}")
            advance(done, len(noises), noise.name)
    columns = COLUMNS if len(steps) == 1 else len(steps)
    gap = [] if len(steps) == 1 else [Tile("", clean[:0])] * (columns - 1)
    replace_file(path, _jpeg(_sheet([tiles[0], *gap, *tiles[1:]], columns)))
    screen = console()
    for line in refused:
        screen.print(f"[dim]left out: {plain(line)}[/dim]")
    screen.print(f"wrote [bold]{plain(path)}[/bold]: {len(noises) - len(refused)} noises")
    screen.print(
        f"\nNext: one of them at all severities: noisebench preview {plain(noises[0].name)} {plain(file)}"
    )
    return 0


def _group(group: str) -> list[pt.Perturbation]:
    """Return the noises of a modality or preset of pictures, in the order of the catalogue.

    Raises:
        ConfigError: the group is not of pictures.
    """
    presets = pt.presets()
    preset = group if group in presets else None
    if "image" not in (presets[group].modalities if preset else (group,)):
        known = ("image", *(each.name for each in presets.values() if "image" in each.modalities))
        one = f"name one noise: noisebench list {group}"
        hint = one if preset or group in pt.modalities() else did_you_mean(group, known)
        raise ConfigError(explain("image, a preset of images, or one noise", "noise", group, hint))
    names = pt.names(modality="image", preset=preset)
    return sorted(map(pt.get, names), key=natural_order)


def _sheet(tiles: Sequence[Tile], columns: int) -> Any:
    """Return the tiles in rows on white, each under its caption."""
    cv2 = require("cv2", extra="image")
    height, width = (LABEL + SIDE + 6), (SIDE + 6)
    rows = -(-len(tiles) // columns)
    page = np.full((rows * height + 6, columns * width + 6, 3), 255, np.uint8)
    for i, tile in enumerate(tiles):
        if not tile.picture.size:
            continue
        top, left = i // columns * height + 6, i % columns * width + 6
        where = (left, top + LABEL - 7)
        cv2.putText(
            page, tile.caption, where, cv2.FONT_HERSHEY_DUPLEX, 0.42, (20, 20, 20), 1, cv2.LINE_AA
        )
        page[top + LABEL : top + LABEL + SIDE, left : left + SIDE] = tile.picture
    return page


def _tile(noise: pt.Perturbation, clean: Any, severity: float, seed: int, sample: str) -> Tile:
    dose = next(iter(noise.doses(severity).values()))
    noisy = noise(clean, severity, sample=sample, seed=seed)
    short = float(f"{dose:.3g}")
    return Tile(f"{noise.name.partition('/')[2]}  {short:g}", noisy)


def _fit(picture: Any) -> Any:
    """Return the middle of a picture as SIDE x SIDE pixels in colour."""
    cv2 = require("cv2", extra="image")
    if picture.dtype == np.uint16:
        picture = np.rint(picture / 257).astype(np.uint8)
    if picture.ndim == 2:
        picture = np.repeat(picture[..., None], 3, axis=2)
    picture = picture[..., :3]
    height, width = picture.shape[:2]
    short = min(height, width)
    top, left = (height - short) // 2, (width - short) // 2
    square = np.ascontiguousarray(picture[top : top + short, left : left + short])
    way = cv2.INTER_AREA if short > SIDE else cv2.INTER_LINEAR
    return cv2.resize(square, (SIDE, SIDE), interpolation=way)


def _jpeg(page: Any) -> bytes:
    cv2 = require("cv2", extra="image")
    blue_first = np.ascontiguousarray(page[..., ::-1])
    done, data = cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise ConfigError(explain("a sheet of at most 65500 pixels", "severities", page.shape))
    return bytes(data)
