"""What a content looks like, in a fixed number of figures: near contents of one modality have near figures.

Why: a hard negative is a sample that could be taken for this one. Any distance that people would roughly agree with finds
it: a picture by its coarse grey levels, a sound by its levels over time and pitch, a text by its letters in threes.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._containers import is_pandas, to_numpy
from perturbations._draw import hash64
from perturbations.errors import NotApplicable, explain

Floats = NDArray[np.float64]

_GRID = 8
"""Rows and columns of a picture, and parts of a sound in time."""
_BANDS = 16
"""Bands of pitch, each as many octaves wide."""
_PARTS = 32
"""Parts of a series in time."""
_WORDS = 256
"""Figures of a text, and of the categories of a row."""
_QUANTILES = 16
"""Figures of each column of a cloud."""


def features(content: Any, kind: str, name: str) -> Floats:
    """Return figures of a content.

    Raises:
        NotApplicable: contents of its kind have none.
    """
    if kind == "tabular" or isinstance(content, Mapping):
        return _of_row(content)
    if isinstance(content, str):
        return _of_texts([content[i : i + 3] for i in range(max(len(content) - 2, 1))])
    array = _array(content)
    if kind not in _FIGURES or array is None:
        hint = f"name an input of {', '.join((*_FIGURES, 'text', 'tabular'))} with like="
        raise NotApplicable(
            explain(f"an input {name!r} whose contents can be near", kind, content, hint)
        )
    return _FIGURES[kind](np.nan_to_num(array, posinf=0.0, neginf=0.0))


def _array(content: Any) -> Floats | None:
    frame = is_pandas(content)
    array = content.to_numpy(dtype="float64", na_value=np.nan) if frame else to_numpy(content)[0]
    numeric = isinstance(array, np.ndarray) and array.dtype.kind in "biuf" and array.size > 0
    return array.astype(np.float64) if numeric else None


def _of_image(image: Floats) -> Floats:
    grey = image.mean(axis=-1) if image.ndim == 3 else image
    return _pooled(_pooled(grey, 0, _GRID), 1, _GRID).ravel()


def _of_video(clip: Floats) -> Floats:
    grey = clip.mean(axis=-1) if clip.ndim == 4 else clip
    return _pooled(_pooled(_pooled(grey, 0, 4), 1, _GRID), 2, _GRID).ravel()


def _of_sound(clip: Floats) -> Floats:
    mono = clip.mean(axis=0) if clip.ndim == 2 else clip
    size = -(-len(mono) // _GRID)
    parts = np.pad(mono, (0, size * _GRID - len(mono))).reshape(_GRID, size)
    power = np.abs(np.fft.rfft(parts, axis=1)) ** 2
    edges = np.geomspace(1, power.shape[1], _BANDS + 1).astype(int) - 1
    bands = np.add.reduceat(power, np.minimum(edges[:-1], power.shape[1] - 1), axis=1)
    floor = 1e-6 * float(bands.max()) + 1e-300  # what is 60 dB below the loudest band is silence
    return np.asarray(np.log(bands + floor)).ravel()


def _of_series(series: Floats) -> Floats:
    return _pooled(series if series.ndim == 2 else series[:, np.newaxis], 0, _PARTS).ravel()


def _of_cloud(cloud: Floats) -> Floats:
    return np.quantile(cloud, np.linspace(0, 1, _QUANTILES), axis=0).ravel()


def _of_row(row: Any) -> Floats:
    """Return the numbers of a row, and counts of its categories; numbers are those of the first cells that are some."""
    cells = row.iloc[0].to_dict() if is_pandas(row) and row.ndim == 2 else dict(row)
    number = [_number(cell) for cell in cells.values()]
    words = [
        f"{key}={cell}" for (key, cell), n in zip(cells.items(), number, strict=True) if n is None
    ]
    return np.concatenate([[n or 0.0 for n in number], 3 * _of_texts(words)])


def _number(cell: Any) -> float | None:
    if isinstance(cell, bool | np.bool_) or not isinstance(cell, int | float | np.number):
        return None
    return float(cell) if np.isfinite(cell) else 0.0


def _of_texts(words: list[str]) -> Floats:
    """Return how often each word occurs, in 256 figures, as a vector of length 1."""
    counts = np.zeros(_WORDS)
    for word in words:
        counts[hash64(word) % _WORDS] += 1
    return counts / max(float(np.sqrt((counts**2).sum())), 1.0)


def _pooled(array: Floats, axis: int, parts: int) -> Floats:
    """Return means over equal parts of an axis; where it is shorter, elements count for several."""
    length = array.shape[axis]
    starts = np.arange(parts) * length // parts
    stops = np.maximum(np.append(starts[1:], length), starts + 1)
    sums = np.add.reduceat(array, starts, axis=axis)
    shape = [1] * array.ndim
    shape[axis] = parts
    return np.asarray(sums / (stops - starts).reshape(shape))


_FIGURES: dict[str, Callable[[Floats], Floats]] = {
    "image": _of_image,
    "video": _of_video,
    "audio": _of_sound,
    "timeseries": _of_series,
    "pointcloud": _of_cloud,
}
