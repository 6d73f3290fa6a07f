"""The second stage of an audit: noises in twos, chosen from the curves of each, added to the run within a budget of cells.

Why: which pairs are worth their cells, and at which severities, is known only when the curves are. The pairs are a run of
their own within the run's directory: same data, same seed, a plan and a ledger of their own, so nothing that was measured
changes. A larger budget later adds to them.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from noisebench._audit import Audit
from noisebench._evaluated import CLEAN_KEY
from noisebench._header import make_header
from noisebench._pairs import pair_sweeps
from noisebench._repeats import check_same_model
from noisebench._rundir import PAIRS, locked, open_ledger
from noisebench._score import Evaluated, Scorer
from noisebench.audit import _run
from noisebench.data import Dataset
from noisebench.errors import DataError, PlanError
from noisebench.metrics import Metric, get_metric
from noisebench.models import Model, as_model, safe_predict
from noisebench.plan import Plan, make_plan
from noisebench.run import Progress
from noisebench.topology import Candidate, candidates
from perturbations.errors import explain

__all__ = ["compose", "plan_pairs"]

LOOKED_AT = 256
"""Clean samples by which the model is known again."""

CELLS = 60
"""Cells by default: the clean pass, and seven noises on one input alone, after themselves and in twos in both orders."""


def compose(
    audit: Audit,
    model: Any,
    data: Dataset,
    *,
    cells: int = CELLS,
    kept: float = 0.8,
    noises: Sequence[str] | None = None,
    listed: bool = False,
    itself: bool = True,
    metrics: Sequence[Metric] | None = None,
    device: Any = None,
    tell: Callable[[str], object] | None = print,
    progress: Progress | None = None,
) -> Audit:
    """Measure noises in twos and add them to an audit; `topology().composition` then says how they combine.

    The same call again continues an interrupted one, one with more cells adds to what is there, and one with fewer keeps it.

    Args:
        audit: finished, of the noises alone.
        model: the one that was audited.
        data: what it was audited on.
        cells: most cells to spend, the clean pass included.
        kept: share of the samples that each noise alone leaves at its severity.
        noises: names of the noises, in the order in which they are wanted; None chooses by groups and by harm.
        listed: measure two noises only in the order of `noises`: that of the world, say optics, sensor, codec, transport.
        itself: measure each noise after itself, too: the sham that shows what an interaction means.
        metrics: what was scored, for metrics of your own, which a run does not keep.
        device: where a torch module runs.
        tell: is told the plan and its cost before anything runs; None tells nobody.
        progress: told of every step.

    Raises:
        PlanError: the run is not finished, or the budget is too small for two noises.
        DataError: the data is not what was audited.
        LedgerError: the model answers otherwise than it did.
    """
    data = _same_data(audit, data)
    chosen = tuple(metrics or (get_metric(each.name) for each in audit.metrics))
    plan, words = _planned(
        audit, data, cells=cells, kept=kept, noises=noises, listed=listed, itself=itself,
    )  # fmt: skip
    config = audit.header["config"] | {
        "perturbations": [str(sweep) for sweep in plan.sweeps],
        "gallery": False,
    }
    if tell is not None:
        tell("\n".join([*words, plan.describe(batch_size=config["batch_size"])]))
    ready = as_model(model, device=device, containers=data.containers)
    _check_model(audit, ready, data, chosen)
    header = make_header(ready, data, plan, chosen, config) | {
        "name": f"noises in twos: {audit.header.get('name', '')}".rstrip(": "), "note": "", "command": "",
    }  # fmt: skip
    if _holds(audit.pairs, plan):
        return audit
    directory = audit.directory / PAIRS
    _grow(directory, plan)
    _run(
        ready,
        data,
        plan,
        chosen,
        header,
        directory,
        durable=not audit.temporary,
        progress=progress,
    )
    return audit.refreshed()


def plan_pairs(
    audit: Audit,
    data: Dataset,
    *,
    cells: int = CELLS,
    kept: float = 0.8,
    noises: Sequence[str] | None = None,
    listed: bool = False,
    itself: bool = True,
) -> Plan:
    """Return the plan that `compose` would run; `describe()` says what it costs."""
    data = _same_data(audit, data)
    return _planned(
        audit, data, cells=cells, kept=kept, noises=noises, listed=listed, itself=itself,
    )[0]  # fmt: skip


def _planned(
    audit: Audit,
    data: Dataset,
    *,
    cells: int,
    kept: float,
    noises: Sequence[str] | None,
    listed: bool,
    itself: bool,
) -> tuple[Plan, list[str]]:
    """Return the plan, and in words why these noises."""
    _check(audit, cells, kept)
    metric = audit.metrics[0].name
    found, left = candidates(audit, metric=metric, kept=kept, noises=noises)
    if len(found) < 2:
        why = "; ".join(map(str, left[:3])) or "one noise was measured"
        raise PlanError(explain("two noises that break samples", "noises", len(found), why))
    plan = _largest(audit, data, found, cells, listed=listed, itself=itself)
    used = [each for each in found if any(each.text == str(sweep) for sweep in plan.sweeps)]
    words = [
        f"{len(used)} of {len(found)} noises in twos, each at the severity at which it leaves {100 * kept:g} % of the "
        "samples, or its highest:",
        *(f"  {each.text} leaves {100 * each.kept:.3g} %" for each in used),
    ]
    return plan, words


def _largest(
    audit: Audit,
    data: Dataset,
    found: Sequence[Candidate],
    cells: int,
    *,
    listed: bool,
    itself: bool,
) -> Plan:
    """Return the plan of as many noises as the budget has cells for."""
    config = audit.header["config"]
    best: Plan | None = None
    for count in range(2, len(found) + 1):
        words = [each.text for each in found[:count]]
        words += ["order=listed"] * listed + ["itself=yes"] * itself
        sweeps, _ = pair_sweeps(f"pairs({', '.join(words)})", data)
        plan = make_plan(
            data, sweeps, metrics=[each.name for each in audit.metrics], severities=config["severities"],
            replicates=config["replicates"], seed=config["seed"], distortion="none",
        )  # fmt: skip
        if len(plan.cells) > cells:
            break
        best = plan
    if best is None:
        raise PlanError(
            explain(f"at least {len(plan.cells)} cells, for two noises", "cells", cells)
        )
    return best


def _check(audit: Audit, cells: object, kept: float) -> None:
    if isinstance(cells, bool) or not isinstance(cells, int):
        raise PlanError(explain("a whole number of cells", "cells", cells))
    if not 0 < kept < 1:
        raise PlanError(explain("a share between 0 and 1", "kept", kept))
    if not audit.complete:
        hint = "run the same audit again with the same run_dir to finish it"
        raise PlanError(explain("a finished audit", "audit", str(audit.directory), hint))


def _same_data(audit: Audit, data: Dataset) -> Dataset:
    """Return the samples that were audited."""
    if not isinstance(data, Dataset):
        raise DataError(explain("the Dataset that was audited", "data", data))
    known = audit.header["hashes"]["data"]
    if data.fingerprint() == known or not data.indexable:
        found = data
    else:
        there = set(audit._record.ids)  # noqa: SLF001 - a part of the audit in a file of its own
        rows = [i for i, name in enumerate(data.ids) if name in there]
        found = data.subset(np.array(rows, dtype=np.intp)) if rows else data
    if found.fingerprint() != known:
        hint = "its inputs, ids or targets differ from those in the run"
        raise DataError(explain("the data that was audited", "data", repr(data), hint))
    return found


def _holds(there: Audit | None, plan: Plan) -> bool:
    """Tell whether all that is planned is measured, with more perhaps."""
    if there is None or not there.complete:
        return False
    wanted = json.loads(json.dumps(plan.identity()))
    known = there.header["plan"]
    more = known | {"sweeps": known["sweeps"][: len(wanted["sweeps"])]}
    return bool(more == wanted)


def _grow(directory: Path, plan: Plan) -> None:
    """Let the pairs of a smaller budget grow into the plan."""
    if not directory.exists():
        return
    with locked(directory), closing(open_ledger(directory, plan, durable=True, grow=True)):
        pass


def _check_model(audit: Audit, model: Model, data: Dataset, metrics: Sequence[Metric]) -> None:
    """Refuse another model than the one that was audited, by its clean predictions on some samples."""
    order = audit.header["plan"]["seed"] if audit.header["plan"]["order"] == "keyed" else None
    batch = next(iter(data.batches(LOOKED_AT, order_seed=order)))
    outcome = safe_predict(model, batch.inputs, len(batch))
    found = Evaluated(outcome.outputs, None, outcome.failures)
    now = Scorer(metrics).score(len(batch), found, batch.targets, found).predictions
    known = audit._record.predictions(CLEAN_KEY)  # noqa: SLF001 - as above
    jitter = float((audit.header.get("nondeterminism") or {}).get("changed", 0.0))
    check_same_model([known.get(name) for name in batch.ids], now, jitter, str(audit.directory))
