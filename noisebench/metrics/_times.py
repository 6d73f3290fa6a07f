"""Metrics on places in time: labels of frames, segments and events of a sound or a series.

Why: all of them are counted over the corpus, as speech and sound-event detection do, so that a long clip counts for more
than a short one and a clip without events needs no special case.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from noisebench.errors import MetricError
from noisebench.metrics._metric import Metric
from noisebench.metrics._outputs import Floats, size
from noisebench.metrics._places import all_missed, f1, matched, nothing, same_label
from perturbations.errors import explain

OVERLAP = 0.5
"""Intersection over union from which a segment is found."""

STRIP = 20
"""Most blocks of a strip of frames."""
BLOCKS = "▁▂▃▄▅▆▇█"

COLLAR = 0.2
"""Seconds that an event may be off by: the collar of DCASE's event-based scores."""


def frame_accuracy() -> Metric:
    """Share of labelled frames whose label is right, over the corpus.

    Outputs and targets are labels (F,) of equal parts of a clip, or mappings with "frames"; targets below 0 are not counted.
    A frame that the output has none for is wrong, one beyond the target's end is not counted.
    """
    return Metric(
        "frame-accuracy", _right, unit="share", low=0.0, high=1.0,
        combine=_ratio, constant=_commonest, failure=_none_right, single=_ratio, show=_shown,
    )  # fmt: skip


def frame_f1() -> Metric:
    """F1 of the frames labelled 1 (speech, event), over the corpus; as `frame-accuracy` reads them, all other labels are 0.

    A failed sample counts as one in which nothing was found.
    """
    return Metric(
        "frame-f1", _detected, unit="share", low=0.0, high=1.0,
        combine=f1, constant=_all_positive, failure=all_missed, single=f1, show=_shown,
    )  # fmt: skip


def segment_f1() -> Metric:
    """F1 of segments over the corpus: found by one of the same label that overlaps it by an IoU of 0.5 or more.

    Outputs and targets are segments (n, 2) as start and stop, or mappings with "segments" and, when labels count, "labels".
    """
    return Metric(
        "segment-f1", partial(_found, field="segments"), unit="share", low=0.0, high=1.0,
        combine=f1, constant=nothing, failure=all_missed, single=f1, show=_shown,
    )  # fmt: skip


def event_f1() -> Metric:
    """F1 of events over the corpus: found by one of the same label at most 0.2 s away, each by another.

    Outputs and targets are times (n,) in seconds, or mappings with "times" and, when labels count, "labels".
    """
    return Metric(
        "event-f1", partial(_found, field="times"), unit="share", low=0.0, high=1.0,
        combine=f1, constant=nothing, failure=all_missed, single=f1, show=_shown,
    )  # fmt: skip


def _right(outputs: Any, targets: Any) -> Floats:
    """Return (right, counted) frames of each sample."""
    rows = np.full((size(targets), 2), np.nan)
    for place, (output, target) in enumerate(zip(outputs, targets, strict=True)):
        if output is not None and target is not None:
            came, wanted = _aligned(output, target)
            rows[place] = (came == wanted).sum(), len(wanted)
    return rows


def _detected(outputs: Any, targets: Any) -> Floats:
    """Return (found, false, missed) frames of each sample."""
    rows = np.full((size(targets), 3), np.nan)
    for place, (output, target) in enumerate(zip(outputs, targets, strict=True)):
        if output is not None and target is not None:
            came, wanted = (each == 1 for each in _aligned(output, target))
            rows[place] = (came & wanted).sum(), (came & ~wanted).sum(), (~came & wanted).sum()
    return rows


def _aligned(output: Any, target: Any) -> tuple[Floats, Floats]:
    """Return the labels that came and those that were wanted, of the frames that count; NaN where none came."""
    came, wanted = _frames(output, "outputs"), _frames(target, "targets")
    held = np.full(len(wanted), np.nan)
    held[: min(len(came), len(wanted))] = came[: len(wanted)]
    known = wanted >= 0
    return held[known], wanted[known]


def _frames(value: Any, name: str) -> Floats:
    labels = _field(value, "frames", name)
    if labels.ndim != 1 or (labels != np.round(labels)).any():
        hint = "return one label a frame, not a score for every class"
        raise MetricError(explain("labels (frames,) of whole numbers", name, labels, hint))
    return labels


def _ratio(counts: Floats) -> Floats:
    right, counted = np.moveaxis(np.asarray(counts, dtype=np.float64), -1, 0)
    return np.asarray(
        np.divide(right, counted, out=np.full_like(right, np.nan), where=counted != 0)
    )


def _none_right(like: Floats) -> Floats:
    return np.stack([np.zeros(len(like)), like[:, 1]], axis=1)


def _counts(targets: Any) -> dict[float, int]:
    labels = [_frames(each, "targets") for each in targets if each is not None]
    known = np.concatenate(labels) if labels else np.zeros(0)
    values, counts = np.unique(known[known >= 0], return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def _commonest(targets: Any) -> float:
    counts = _counts(targets)
    return max(counts.values()) / sum(counts.values()) if counts else float("nan")


def _all_positive(targets: Any) -> float:
    """Return the F1 of calling every frame 1."""
    counts = _counts(targets)
    positive = counts.get(1.0, 0)
    return 2 * positive / (positive + sum(counts.values())) if positive else 0.0


def _found(outputs: Any, targets: Any, *, field: str) -> Floats:
    """Return (found, false, missed) segments or events of each sample."""
    rows = np.full((size(targets), 3), np.nan)
    near = _overlaps if field == "segments" else _closeness
    for place, (output, target) in enumerate(zip(outputs, targets, strict=True)):
        if output is None or target is None:
            continue
        came, wanted = _places(output, field, "outputs"), _places(target, field, "targets")
        fit = near(came, wanted) * same_label(output, target)
        hits = matched(
            fit, np.argsort(-fit.max(axis=1, initial=0), kind="stable").tolist(), OVERLAP
        )
        rows[place] = hits, len(came) - hits, len(wanted) - hits
    return rows


def _places(value: Any, field: str, name: str) -> Floats:
    places = _field(value, field, name)
    columns = 2 if field == "segments" else 1
    if not places.size:
        return np.zeros((0, columns))
    places = places[:, None] if places.ndim == 1 and columns == 1 else places
    if places.ndim != 2 or places.shape[1] != columns:
        expected = "segments (n, 2) of start and stop" if columns == 2 else "times (n,) in seconds"
        raise MetricError(explain(expected, name, places))
    return places


def _overlaps(came: Floats, wanted: Floats) -> Floats:
    a, b = came[:, None], wanted[None]
    low, high = np.maximum(a[..., 0], b[..., 0]), np.minimum(a[..., 1], b[..., 1])
    shared = np.clip(high - low, 0, None)
    union = (a[..., 1] - a[..., 0]) + (b[..., 1] - b[..., 0]) - shared
    return np.asarray(np.divide(shared, union, out=np.zeros_like(shared), where=union > 0))


def _closeness(came: Floats, wanted: Floats) -> Floats:
    """Return 1 for events at the same moment, OVERLAP at the collar, less further away."""
    away = np.abs(came[:, None, 0] - wanted[None, :, 0])
    return np.asarray(1.0 - (1.0 - OVERLAP) * away / COLLAR)


def _field(value: Any, field: str, name: str) -> Floats:
    if isinstance(value, Mapping):
        if field not in value:
            raise MetricError(explain(f"the field {field!r}", f"fields of {name}", list(value)))
        value = value[field]
    host = value.detach().cpu() if hasattr(value, "detach") else value
    try:
        return np.asarray(host, dtype=np.float64)
    except (TypeError, ValueError) as cause:
        raise MetricError(explain(f"{field} as numbers", name, value)) from cause


def _shown(outputs: Any) -> list[Any]:
    """Say what each output has, in short."""
    return [None if each is None else short(each) for each in outputs]


def short(output: Any) -> str:
    """Say how many segments or events there are, or where along the clip frames are not 0, as a strip, and how many."""
    for field in ("segments", "times"):
        if isinstance(output, Mapping) and field in output:
            return f"{len(output[field])} {field}"
    held = np.asarray(output["frames"] if isinstance(output, Mapping) else output)
    if held.ndim == 1 and held.dtype.kind in "biu":
        starts = np.diff(np.concatenate([[0], (held > 0).astype(int)])) == 1
        runs = int(starts.sum())
        return f"{_strip(held > 0)} {int((held > 0).sum())} of {len(held)} frames in {runs} run{'s' * (runs != 1)}"
    return f"{len(held)} places in time"


def _strip(found: Any) -> str:
    """Draw frames as a line of blocks, each as high as the share of its frames that are found."""
    parts = np.array_split(found, min(STRIP, len(found))) if len(found) else []
    return "".join(BLOCKS[round(float(part.mean()) * (len(BLOCKS) - 1))] for part in parts)
