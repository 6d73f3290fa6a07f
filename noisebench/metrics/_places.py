"""Metrics on places in a picture: boxes, masks, keypoints.

Why: all of them are counted over the corpus where that is the field's habit (F1, error per keypoint), and per image
where images are alike (overlap of masks), so that a curve can resample images.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from noisebench.errors import MetricError
from noisebench.metrics._metric import Metric
from noisebench.metrics._outputs import Floats, size
from perturbations.errors import explain

OVERLAP = 0.5
"""Intersection over union from which a box is found."""


def iou() -> Metric:
    """Intersection over union of masks (H, W): mean over the labels of an image, then over images.

    Masks are whole numbers or bool. An image's labels are those of its target or its output. Where the target is
    negative nothing is counted; a mask of bool or 0/1 has its background as a label, too.
    """
    return Metric(
        "iou", masks_iou, unit="share", low=0.0, high=1.0, constant=one_label, show=_shapes
    )


def box_f1() -> Metric:
    """F1 of boxes over the corpus: a box is found by one of the same label that overlaps it by an IoU of 0.5 or more.

    Outputs and targets are boxes (n, 4) as x0, y0, x1, y1, or mappings with "boxes" and, when labels count, "labels".
    Outputs with "scores" are matched best first, others in their order, each to the best box left. A failed sample counts
    as one in which nothing was found; an image without boxes in which none are seen is right.
    """
    return Metric(
        "box-f1", _found, unit="share", low=0.0, high=1.0,
        combine=f1, constant=nothing, failure=all_missed, single=f1, show=_counts,
    )  # fmt: skip


def keypoint_error() -> Metric:
    """Distance in px of keypoints (k, 2) to their targets (k, 2), or (k, 3) with visibility: mean over all keypoints.

    Targets that are NaN or not visible are not counted. Outputs and targets may be mappings with "keypoints".
    """
    return Metric(
        "keypoint-error", _distances, unit="px", higher_is_better=False, low=0.0,
        combine=_mean, single=_mean, show=_shapes,
    )  # fmt: skip


def overlaps(first: Floats, second: Floats) -> Floats:
    """Return the intersection over union of every pair of boxes (n, 4) and (m, 4)."""
    a, b = first[:, None], second[None]
    low, high = np.maximum(a[..., :2], b[..., :2]), np.minimum(a[..., 2:], b[..., 2:])
    shared = np.clip(high - low, 0, None).prod(axis=-1)
    areas = [np.clip(each[..., 2:] - each[..., :2], 0, None).prod(axis=-1) for each in (a, b)]
    union = areas[0] + areas[1] - shared
    return np.asarray(np.divide(shared, union, out=np.zeros_like(shared), where=union > 0))


def _pairs(outputs: Any, targets: Any) -> Iterator[tuple[Any, Any]]:
    return zip(outputs, targets, strict=True)


def masks_iou(outputs: Any, targets: Any) -> Floats:
    """Return the mean overlap over the labels of each pair of masks; NaN where one is missing."""
    rows = np.full((size(targets), 1), np.nan)
    for place, (output, target) in enumerate(_pairs(outputs, targets)):
        if output is not None and target is not None:
            rows[place] = _mask_overlap(_mask(output, "outputs"), _mask(target, "targets"))
    return rows


def _mask(value: Any, name: str) -> Floats:
    """Return a label map as numbers; coordinates and scores are none, though they could be compared as such."""
    hint = 'for boxes use metric="box-f1"; of scores for every class return the best label'
    if isinstance(value, Mapping) and not {"mask", "masks"} & set(value):
        raise MetricError(explain("the field mask or masks", name, list(value), hint))
    given = _field(value, ("mask", "masks"))
    host = np.asarray(given.detach().cpu() if hasattr(given, "detach") else given)
    if host.ndim < 2 or host.dtype.kind not in "biu":
        expected = "label maps (H, W) of whole numbers or bool for iou"
        raise MetricError(explain(expected, name, given, hint))
    return host.astype(np.float64)


def _mask_overlap(came: Floats, wanted: Floats) -> float:
    if came.shape != wanted.shape:
        hint = "return a label for every pixel, not a score for every class"
        raise MetricError(explain(f"masks of shape {wanted.shape}", "outputs", came, hint))
    known = wanted >= 0
    came, wanted = came[known], wanted[known]
    found = [
        np.mean((came == label) & (wanted == label)) / np.mean((came == label) | (wanted == label))
        for label in np.union1d(came, wanted)
    ]
    return float(np.mean(found)) if found else float("nan")


def one_label(targets: Any) -> float:
    """Return the overlap of the best single label everywhere."""
    masks = [_mask(target, "targets") for target in targets]
    shares = [
        dict(
            zip(*(part.tolist() for part in np.unique(m[m >= 0], return_counts=True)), strict=True)
        )
        for m in masks
    ]
    labels = set().union(*shares)
    return max(
        float(
            np.mean([each.get(x, 0) / sum(each.values()) / len(each | {x: 0}) for each in shares])
        )
        for x in labels
    )


def _found(outputs: Any, targets: Any) -> Floats:
    """Return (found, false, missed) boxes of each sample."""
    rows = np.full((size(targets), 3), np.nan)
    for place, (output, target) in enumerate(_pairs(outputs, targets)):
        if output is None or target is None:
            continue
        came, wanted = _boxes(output, "outputs"), _boxes(target, "targets")
        fit = overlaps(came, wanted) * same_label(output, target)
        hits = matched(fit, _order(output, came), OVERLAP)
        rows[place] = hits, len(came) - hits, len(wanted) - hits
    return rows


def matched(fit: Floats, order: Sequence[int], least: float) -> int:
    """Count the rows that find a column of their own: each in order the best left, if it fits by `least` or more."""
    hits = 0
    for row in order:
        best = int(fit[row].argmax()) if fit.shape[1] else 0
        if fit.shape[1] and fit[row, best] >= least:
            fit[:, best] = 0
            hits += 1
    return hits


def same_label(output: Any, target: Any) -> Any:
    """Return which pairs have the same label, 1 or 0; 1 where either has no labels."""
    came, wanted = (_field(each, ("labels",), whole=False) for each in (output, target))
    if came is None or wanted is None:
        return 1.0
    return (np.asarray(came)[:, None] == np.asarray(wanted)[None]).astype(np.float64)


def _order(output: Any, boxes: Floats) -> Sequence[int]:
    scores = _field(output, ("scores",), whole=False)
    if scores is None:
        return range(len(boxes))
    found: list[int] = np.argsort(-_numbers(scores, "scores"), kind="stable").tolist()
    return found


def _boxes(value: Any, name: str) -> Floats:
    found = _numbers(_field(value, ("boxes",)), name)
    if not found.size:
        return found.reshape(0, 4)
    if found.ndim != 2 or found.shape[1] != 4:
        hint = 'give boxes (n, 4) as x0, y0, x1, y1, or a mapping with "boxes"'
        raise MetricError(explain("boxes of shape (n, 4)", name, found, hint))
    return found


def f1(counts: Floats) -> Floats:
    """Return F1 of (found, false, missed)."""
    found, false, missed = np.moveaxis(np.asarray(counts, dtype=np.float64), -1, 0)
    whole = 2 * found + false + missed
    # Nothing to be found and nothing claimed is right.
    return np.asarray(np.divide(2 * found, whole, out=np.ones_like(whole), where=whole != 0))


def nothing(_targets: Any) -> float:
    """Return the F1 of finding nothing."""
    return 0.0


def all_missed(like: Floats) -> Floats:
    """Return the counts of a sample in which nothing was found."""
    missed = like[:, 0] + like[:, 2]
    none = np.zeros_like(missed)
    return np.asarray(np.stack([none, none, missed], axis=1))


def _distances(outputs: Any, targets: Any) -> Floats:
    """Return (sum of distances, number of keypoints) of each sample."""
    rows = np.full((size(targets), 2), np.nan)
    for place, (output, target) in enumerate(_pairs(outputs, targets)):
        if output is None or target is None:
            continue
        came, wanted = (
            _numbers(_field(each, ("keypoints",)), name)
            for each, name in ((output, "outputs"), (target, "targets"))
        )
        if came.shape[:-1] != wanted.shape[:-1] or came.shape[-1] not in (2, 3):
            hint = "return x and y of every keypoint, in the order of the targets"
            raise MetricError(explain(f"keypoints {wanted.shape[:-1]} x 2", "outputs", came, hint))
        known = np.isfinite(wanted[..., :2]).all(axis=-1)
        if wanted.shape[-1] == 3:
            known &= wanted[..., 2] > 0
        away = np.hypot(*np.moveaxis(came[..., :2] - wanted[..., :2], -1, 0))[known]
        rows[place] = away.sum(), known.sum()
    return rows


def _mean(sums: Floats) -> Floats:
    """Return the error per keypoint; NaN where no keypoint is known."""
    total, count = np.moveaxis(np.asarray(sums, dtype=np.float64), -1, 0)
    return np.asarray(np.divide(total, count, out=np.full_like(total, np.nan), where=count != 0))


def _field(value: Any, names: Sequence[str], *, whole: bool = True) -> Any:
    """Return the first of some fields of a mapping; of anything else itself, or None where only a field would do."""
    if not isinstance(value, Mapping):
        return value if whole else None
    found = next((value[name] for name in names if name in value), None)
    if found is None and whole:
        raise MetricError(explain(f"the field {' or '.join(names)}", "fields", list(value)))
    return found


def _numbers(value: Any, name: str) -> Floats:
    host = value.detach().cpu() if hasattr(value, "detach") else value
    try:
        return np.asarray(host, dtype=np.float64)
    except (TypeError, ValueError) as cause:
        raise MetricError(explain("numbers", name, value)) from cause


def _counts(outputs: Any) -> list[Any]:
    """Say how many boxes each output has."""
    return [None if each is None else f"{len(_boxes(each, 'outputs'))} boxes" for each in outputs]


def _shapes(outputs: Any) -> list[Any]:
    """Return what is short enough to show: nothing of a mask, and of keypoints the first."""
    return [None if each is None else _first_place(each) for each in outputs]


def _first_place(output: Any) -> Any:
    found = _numbers(_field(output, ("keypoints", "mask", "masks")), "outputs")
    if found.ndim and found.shape[-1] in (2, 3) and found.size:
        return [round(float(each), 1) for each in found.reshape(-1, found.shape[-1])[0]]
    return f"{len(np.unique(found))} labels"
