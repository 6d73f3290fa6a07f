"""Metrics on spans of a text: entities found exactly, counted over the whole corpus."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from noisebench.errors import MetricError
from noisebench.metrics._metric import Metric
from noisebench.metrics._outputs import Floats, size
from noisebench.metrics._places import all_missed, f1, nothing
from perturbations.errors import explain

Found = Counter[tuple[int, int, str]]
"""Spans as (start, end, label), and how often each is named."""

_FORM = 'give {"start": 3, "end": 8, "label": "PER"} or (3, 8, "PER"); labels may be left out'


def span_f1() -> Metric:
    """Micro F1 of spans: one is found when start, end and label are all the same as in the target.

    Outputs and targets are sequences of spans: {"start": ..., "end": ..., "label": ...} or (start, end, label), arrays
    (n, 2), or mappings with "spans" and, when labels count, "labels". A failed sample counts as one in which nothing was
    found; a text without spans in which none are seen is right.
    """
    return Metric(
        "span-f1", _found, unit="share", low=0.0, high=1.0,
        combine=f1, constant=nothing, failure=all_missed, single=f1, show=_shown,
    )  # fmt: skip


def _found(outputs: Any, targets: Any) -> Floats:
    """Return (found, false, missed) spans of each sample."""
    rows = np.full((size(targets), 3), np.nan)
    for place, (output, target) in enumerate(zip(outputs, targets, strict=True)):
        if output is None or target is None:
            continue
        came, wanted = _spans(output, "outputs"), _spans(target, "targets")
        hits = (came & wanted).total()
        rows[place] = hits, came.total() - hits, wanted.total() - hits
    return rows


def _spans(value: Any, name: str) -> Found:
    labels: Any = None
    if isinstance(value, Mapping):
        if "spans" not in value:
            raise MetricError(explain("the field 'spans'", "fields", list(value), _FORM))
        value, labels = value["spans"], value.get("labels")
    try:
        spans = [_span(each) for each in value]
        if labels is not None:
            named = zip(spans, labels, strict=True)
            spans = [(start, stop, str(label)) for (start, stop, _), label in named]
    except (IndexError, KeyError, TypeError, ValueError) as cause:
        raise MetricError(explain("spans with start and end", name, value, _FORM)) from cause
    return Counter(spans)


def _span(span: Any) -> tuple[int, int, str]:
    if isinstance(span, Mapping):
        end = "end" if "end" in span else "stop"
        return int(span["start"]), int(span[end]), str(span.get("label", ""))
    return int(span[0]), int(span[1]), str(span[2]) if len(span) > 2 else ""


def _shown(outputs: Any) -> list[Any]:
    """Say how many spans each output has."""
    return [None if o is None else f"{_spans(o, 'outputs').total()} spans" for o in outputs]
