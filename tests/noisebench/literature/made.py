"""Audits made of scores without a run: what summaries read of one."""

from types import SimpleNamespace

import numpy as np

from noisebench.curve import Curve
from noisebench.metrics import get_metric

LEVELS = tuple(k / 10 for k in range(1, 10))


def audit_of(
    scores,
    clean,
    *,
    severities=LEVELS,
    metric="accuracy",
    ids=None,
    name="mine",
    chance=0.5,
    at=None,
    bootstrap=400,
):
    """Return an audit with a sweep for each name of `scores`, (levels, n) under each."""
    found = get_metric(metric)
    curves = {
        sweep: Curve.from_outcomes(
            severities=severities[: len(rows)],
            clean=clean,
            outcomes=rows,
            metric=found,
            ids=ids,
            chance=chance,
            bootstrap=bootstrap,
        )
        for sweep, rows in scores.items()
    }
    sweeps = [
        {
            "sweep": sweep,
            "severities": list(severities[: len(rows)]),
            "parts": [
                {"at": at, "position": position}
                for position, step in enumerate(sweep.split(" > "))
                for _ in step.split(" + ")
            ],
        }
        for sweep, rows in scores.items()
    ]
    config = {"confidence": 0.95, "bootstrap": bootstrap}
    return SimpleNamespace(
        header={"sweeps": sweeps, "config": config, "plan": {"seed": 0}, "name": name},
        metrics=(found,),
        sweeps=tuple(curves),
        curves=curves,
        curve=lambda sweep, metric=None: curves[sweep],
        chance=lambda metric=None: chance,
        stopped=False,
        bisected=False,
        located=False,
        partial=False,
    )


def hits(strength, limits):
    """Return whether samples of some strength are right at each limit, (limits, n)."""
    return (strength > np.asarray(limits)[:, None]).astype(float)


def falling(n, clean, last, seed=0, levels=9):
    """Return clean and noisy hits of a model whose accuracy falls evenly from one value to another."""
    strength = np.random.default_rng(seed).uniform(size=n)
    limits = 1 - np.linspace(clean, last, levels + 1)
    found = hits(strength, limits)
    return found[0], found[1:]
