"""The audit as one table with a row per cell and sample, for tools that read Parquet."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from noisebench._record import Record
from noisebench.metrics import Metric
from perturbations._extras import require


def write_parquet(record: Record, metrics: Sequence[Metric], path: Path) -> Path:
    """Write id, sweep, severity, replicate, score columns, reason, prediction and target; NaN is missing."""
    arrow = require("pyarrow", extra="parquet")
    parquet = require("pyarrow.parquet", extra="parquet")
    beside = path.with_name(f".{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = None
    try:
        for key in record.header["cells"]:
            table = arrow.table(_columns(record, metrics, key))
            writer = writer or parquet.ParquetWriter(beside, table.schema)
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()
    beside.replace(path)
    return path


def _columns(record: Record, metrics: Sequence[Metric], key: str) -> dict[str, list[Any]]:
    sweep, severity, replicate = key.rsplit("|", 2)
    common = record.common
    ids = [record.ids[i] for i in common]
    scores = record.scores(key)
    reasons, shown = dict(record.failures(key)), record.predictions(key)
    widths = record.header.get("widths") or [1] * len(metrics)
    targets = record.column("target") or [None] * len(ids)
    found: dict[str, list[Any]] = {
        "id": ids,
        "sweep": [sweep] * len(ids),
        "severity": [float(severity[2:])] * len(ids),
        "replicate": [int(replicate[2:])] * len(ids),
    }
    for place, name in enumerate(_names(metrics, widths)):
        found[name] = (
            scores[:, place].tolist() if place < scores.shape[1] else [float("nan")] * len(ids)
        )
    found["reason"] = [reasons.get(name, "") for name in ids]
    found["prediction"] = [json.dumps(shown.get(name)) for name in ids]
    found["target"] = [json.dumps(each) for each in targets]
    return found


def _names(metrics: Sequence[Metric], widths: Sequence[int]) -> list[str]:
    return [
        metric.name if width == 1 else f"{metric.name}.{k}"
        for metric, width in zip(metrics, widths, strict=True)
        for k in range(width)
    ]
