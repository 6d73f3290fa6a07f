"""How long a plan takes, from two batches."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from noisebench._noise import Source, context_of, make_noise
from noisebench._references import fit_references
from noisebench._work import Loaded
from noisebench.data import Dataset
from noisebench.models import Model, safe_predict
from noisebench.plan import Plan


def probe(
    model: Model, dataset: Dataset, plan: Plan, *, batch_size: int = 256, workers: int = 1
) -> float:
    """Estimate the seconds that a run of the plan takes, from two batches.

    The model is timed on the second batch; every noise is made twice for up to 64 samples and timed the second time,
    so that compiling does not count.
    """
    order = plan.order_seed
    batches = iter(dataset.batches(batch_size, order_seed=order))
    first = next(batches)
    second = next(batches, first)
    safe_predict(model, first.inputs, len(first))
    call = _seconds(lambda: safe_predict(model, second.inputs, len(second))) / len(second)
    context = context_of(dataset, seed=plan.seed, references=fit_references(dataset, plan))
    few = Loaded(first, 0, Source.of(first, protect=dataset.protect)).part(
        slice(0, min(64, len(first)))
    )
    total = call
    for sweep in plan.sweeps:
        severity, values = plan.severities_of(sweep)[-1], few.batch.inputs
        make = partial(make_noise, sweep, severity, 0, values, few.source, context)
        make()
        noise = _seconds(make) / len(few.batch)
        cells = len(plan.severities_of(sweep)) * plan.replicates_of(sweep)
        total += cells * (max(call, noise) if workers else call + noise)
    return total * (plan.size or len(first))


def _seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
