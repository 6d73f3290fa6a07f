"""Small answers about what an audit's header holds."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from noisebench.errors import MetricError
from noisebench.metrics import Metric, get_metric

MOST_LABELS = 50
"""Most labels of a slice; a target with more of them is not a label."""


def metric_of(known: Mapping[str, Any]) -> Metric:
    try:
        return get_metric(known["name"])
    except MetricError:
        fields = {k: known[k] for k in ("unit", "higher_is_better", "low", "high", "binary")}
        return Metric(
            known["name"], _not_here, needs_clean=known["needs_clean"],
            assumed=known.get("assumed", False), **fields,
        )  # fmt: skip


def _not_here(outputs: Any, targets: Any) -> Any:  # noqa: ARG001 - the form of a scorer
    raise MetricError("the user's own metric is not stored with the audit; its scores are")


def means(known: Mapping[str, Any], name: str) -> bool:
    sweep = known["sweep"]
    if name == sweep.partition(":")[2]:
        return True
    noises = [each.partition("(")[0] for each in known["noises"]]
    inputs = ",".join(known["inputs"])
    return [name] in (noises, known["noises"], [f"{inputs}:{n}" for n in known["noises"]])


def cell_facts(key: str) -> dict[str, Any]:
    sweep, severity, replicate = key.rsplit("|", 2)
    return {"sweep": sweep, "severity": float(severity[2:]), "replicate": int(replicate[2:])}


def doses(doses: Sequence[Any]) -> list[float] | None:
    return None if any(each is None for each in doses) else [float(each) for each in doses]


def label(prediction: Any) -> Any:
    return prediction[0] if isinstance(prediction, list | tuple) and prediction else prediction


def chance_on(metric: Metric, known: Sequence[Any] | None) -> float | None:
    """Return the best constant predictor's value on some targets or labels; None where there is none."""
    if not known or any(each is None for each in known):
        return None
    try:
        return metric.chance(np.asarray(known) if not isinstance(known[0], str) else known)
    except (MetricError, TypeError, ValueError):
        return None


def chance_of_places(metrics: Sequence[Metric], targets: Any) -> dict[str, float]:
    """Return by metric the best constant predictor's value on targets that are too big for a record, such as frames or masks.

    Only of metrics between two bounds: one number as the answer to everything means nothing for an error of many.
    """
    found: dict[str, float] = {}
    for metric in metrics:
        if metric.needs_clean or metric.low is None or metric.high is None:
            continue
        try:
            value = metric.chance(targets)
        except (MetricError, TypeError, ValueError):
            continue
        if value is not None and np.isfinite(value):
            found[metric.name] = value
    return found


def are_labels(targets: Sequence[Any]) -> bool:
    kinds = all(isinstance(each, int | str | bool) for each in targets)
    return kinds and 1 < len(set(targets)) <= min(MOST_LABELS, max(2, len(targets) // 2))


def reproduce(known: Mapping[str, Any], header: Mapping[str, Any]) -> str:
    config = header["config"]
    return (
        f"nb.audit(model, data, perturbations=[{known['sweep']!r}], metric={config['metric']!r}, "
        f"severities={known['severities']}, replicates={config['replicates']}, seed={config['seed']})"
    )
