"""Targets of one sample moved as its image was: boxes, keypoints, masks.

A target is the array itself, or a mapping that holds it under its own name, as detection data sets do:

    boxes      (n, 4) xyxy in px: edges (left, top, right, bottom; the frame is [0, width] x [0, height]). Lost boxes
               are taken out, and with them row k of every field of n rows ("labels", ...).
    keypoints  (..., 2) xy in pixel centres (the middle of the first pixel is (0, 0)), or (..., 3) with visibility.
               Lost ones become NaN, with visibility 0: their rows have a meaning.
    mask       (H, W) labels, or (n, H, W) masks; in a mapping "mask" or "masks". What shows no scene is 0.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from perturbations._moved import Moved, rows_left
from perturbations.errors import BadValue, did_you_mean, explain

if TYPE_CHECKING:
    from perturbations.image.geometry._mapping import Geometry

KINDS = ("boxes", "keypoints", "mask")
_SAMPLED = 4096
"""Pixels of a mask that are followed to tell which regions are cut by the edge."""


def move(geometry: "Geometry", kind: str, target: Any) -> Moved:
    """Move one sample's target.

    Raises:
        BadValue: the kind is unknown, or the target does not have its form.
    """
    if kind not in KINDS:
        raise BadValue(explain("a kind of target", "kind", kind, did_you_mean(kind, KINDS)))
    if not isinstance(target, Mapping):
        return {"boxes": _boxes, "keypoints": _keypoints, "mask": _mask}[kind](geometry, target)
    name = "masks" if kind == "mask" and "mask" not in target else kind
    if name not in target:
        hint = did_you_mean(name, map(str, target))
        raise BadValue(explain(f"a target with the field {name!r}", "target", list(target), hint))
    if kind == "boxes":
        return _boxes_with_fields(geometry, target)
    moved = (_mask if kind == "mask" else _keypoints)(geometry, target[name])
    return Moved({**target, name: moved.target}, moved.count, moved.lost, moved.clipped)


def _boxes(geometry: "Geometry", target: Any) -> Moved:
    xyxy, moved, lost, clipped = _moved_boxes(geometry, target)
    kept = moved[~lost].astype(_float(xyxy.dtype))
    return Moved(_like(kept, target), len(xyxy), int(lost.sum()), clipped)


def _boxes_with_fields(geometry: "Geometry", target: Mapping[str, Any]) -> Moved:
    xyxy, moved, lost, clipped = _moved_boxes(geometry, target["boxes"])
    rows = np.flatnonzero(~lost)
    fields = {name: rows_left(value, rows.tolist(), len(xyxy)) for name, value in target.items()}
    fields["boxes"] = _like(moved[rows].astype(_float(xyxy.dtype)), target["boxes"])
    return Moved(fields, len(xyxy), int(lost.sum()), clipped)


def _moved_boxes(
    geometry: "Geometry", target: Any
) -> tuple[NDArray[Any], NDArray[np.float64], NDArray[np.bool_], int]:
    xyxy = np.asarray(target)
    if not xyxy.size:
        xyxy = xyxy.reshape(0, 4)
    if xyxy.ndim != 2 or xyxy.shape[1] != 4 or xyxy.dtype.kind not in "iuf":
        raise BadValue(explain("boxes of shape (n, 4), xyxy in px", "boxes", target))
    moved = geometry.boxes(xyxy)
    return xyxy, moved.xyxy, moved.lost, int(((moved.kept < 1 - 1e-9) & ~moved.lost).sum())


def _keypoints(geometry: "Geometry", target: Any) -> Moved:
    given = np.asarray(target)
    if given.dtype.kind not in "iuf" or given.ndim < 1 or given.shape[-1] not in (2, 3):
        raise BadValue(
            explain("keypoints of shape (..., 2), or (..., 3) with visibility", "keypoints", target)
        )
    rows = given.reshape(-1, given.shape[-1]).astype(np.float64)
    known = np.isfinite(rows[:, :2]).all(axis=1)
    if rows.shape[1] == 3:
        known &= rows[:, 2] > 0
    seen = np.zeros(len(rows), dtype=bool)
    seen[known] = geometry.seen(rows[known, :2])
    rows[known, :2] = geometry.points(rows[known, :2])
    lost = known & ~seen
    rows[lost, :2] = np.nan
    if rows.shape[1] == 3:
        rows[lost, 2] = 0
    moved = rows.reshape(given.shape).astype(_float(given.dtype))
    return Moved(_like(moved, target), int(known.sum()), int(lost.sum()), 0)


def _mask(geometry: "Geometry", target: Any) -> Moved:
    given = np.asarray(target)
    if given.ndim not in (2, 3) or given.shape[-2:] != geometry.frame:
        expected = f"a mask of the image's height and width {geometry.frame}"
        raise BadValue(explain(expected, "mask", target))
    planes = given.reshape(-1, *geometry.frame)
    moved = np.stack([geometry.mask(plane) for plane in planes]) if len(planes) else planes
    counts = [_regions(geometry, *pair) for pair in zip(planes, moved, strict=True)]
    count, lost, clipped = (
        (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0)
    )
    return Moved(moved.reshape(given.shape), count, lost, clipped)


def _regions(
    geometry: "Geometry", before: NDArray[Any], after: NDArray[Any]
) -> tuple[int, int, int]:
    """Count the labels other than 0, those that are gone, and those cut by the edge."""
    labels = set(np.unique(before).tolist()) - {0}
    lost = labels - set(np.unique(after).tolist())
    stride = max(1, int(np.ceil(np.sqrt(before.size / _SAMPLED))))
    rows, columns = np.mgrid[0 : before.shape[0] : stride, 0 : before.shape[1] : stride]
    seen = geometry.seen(np.stack([columns.ravel(), rows.ravel()], axis=1))
    gone = before[rows.ravel()[~seen], columns.ravel()[~seen]]
    return len(labels), len(lost), len((set(np.unique(gone).tolist()) & labels) - lost)


def _float(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the dtype of moved places, which are no longer whole numbers."""
    return dtype if dtype.kind == "f" else np.dtype(np.float64)


def _like(moved: NDArray[Any], target: Any) -> Any:
    """Give places back as a list where a list was given."""
    return moved.tolist() if isinstance(target, list) else moved
