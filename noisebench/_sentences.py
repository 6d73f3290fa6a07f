"""An audit in rows and in sentences."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from noisebench.curve import Curve
from noisebench.curve._records import number

if TYPE_CHECKING:
    from noisebench._audit import Audit


def table_rows(audit: "Audit", name: str, curve: Curve) -> Iterator[dict[str, Any]]:
    doses = curve.doses or (None,) * len(curve.severities)
    for i, severity in enumerate(curve.severities):
        yield {
            "sweep": name,
            "severity": severity,
            "dose": doses[i],
            "unit": curve.unit,
            "metric": curve.metric,
            "estimate": float(curve.estimate[i]),
            "low": float(curve.low[i]),
            "high": float(curve.high[i]),
            "n": curve.n,
            "missing": int(curve.missing.per_severity[i]),
            **audit.distortion[name].get(severity, {}),
        }


def verdict(audit: "Audit") -> tuple[str, ...]:
    if not audit.curves:
        return ("No curve could be made.", *(f"{k}: {v}" for k, v in audit.skipped.items()))
    clean = audit.clean
    losses = {name: _loss(curve) for name, curve in audit.curves.items()}
    worst = max(losses, key=lambda name: losses[name])
    interval = f"[{number(clean.low)}, {number(clean.high)}] (n = {clean.n})"
    of = (
        f"Of {len(losses)} noises, {worst} costs most"
        if len(losses) > 1
        else "One noise was tested"
    )
    lines = [
        f"{audit.metrics[0].name} is {number(clean.value)} {interval} on untouched data.",
        f"{of}: {audit.curves[worst]!r}.",
    ]
    if not audit.complete:
        lines.append("The run is not finished; run it again with the same run_dir to go on.")
    if audit.failures:
        lines.append(f"{len(audit.failures)} evaluations failed and count as missing.")
    return (*lines, *(f"Not tested: {name}: {why}" for name, why in audit.skipped.items()))


def _loss(curve: Curve) -> float:
    sign = 1 if curve.higher_is_better else -1
    lost = sign * (curve.estimate[0] - np.asarray(curve.estimate[1:]).mean())
    return float(lost) if math.isfinite(lost) else -math.inf
