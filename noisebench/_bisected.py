"""A run that followed its samples to where they break, read back: its curves, and what it saved."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from noisebench._evaluated import Evaluated
from noisebench._known import doses, reproduce
from noisebench._left_out import said
from noisebench._record import Record
from noisebench._search import CHECK, MOST, Search
from noisebench.curve import Curve, Missing
from noisebench.curve._bisected import Followed, bisected_curve
from noisebench.errors import DataError, MetricError
from noisebench.metrics import Metric
from perturbations.errors import explain

WHY = "samples were followed to where they break, and not measured at every severity"
"""Why some answers are not given."""

NAMED = 3
"""Noises that a sentence names."""


def search_of(header: Mapping[str, Any], metric: Metric) -> Search:
    """Return what follows the samples of a run, before the first of them.

    Raises:
        MetricError: scores of samples are not 0 or 1.
    """
    if metric.binary is False:
        hint = "bisect with a metric such as accuracy or agreement, or run it in full (budget=None)"
        raise MetricError(
            explain("scores of 0 or 1, to see where a sample breaks", "metric", metric.name, hint)
        )
    found: dict[str, dict[int, list[int]]] = {each["sweep"]: {} for each in header["sweeps"]}
    for number, key in enumerate(header["cells"]):
        sweep, _, replicate = key.rsplit("|", 2)
        if number:
            found[sweep].setdefault(int(replicate[2:]), []).append(number)
    grid = {sweep: tuple(map(tuple, by.values())) for sweep, by in found.items()}
    return Search(grid, int(header["data"]["samples"]), metric.name)


def searched(record: Record, metric: Metric) -> Search:
    """Return what followed the samples, once it has seen everything that a record has."""
    search = search_of(record.header, metric)
    for number in record.ledger.done():
        for row in record.ledger.rows(number):
            search.see(row)
    search.look()
    return search


def followed_curve(evaluated: Evaluated, search: Search, sweep: str, metric: Metric) -> Curve:
    """Return the curve of a sweep.

    Raises:
        DataError: the run is not finished, or no noise came into any sample.
    """
    if not search.complete:
        hint = "run the audit again with the same run_dir to go on"
        raise DataError(f"not every sample was followed to where it breaks yet\n  {hint}")
    if search.full(sweep):
        return evaluated.curve(sweep, metric, None, sweep)
    header, known = evaluated.record.header, evaluated.sweeps[sweep]
    lost, failed = search.lost(sweep), search.lost(sweep, failed=True)
    kept = np.flatnonzero(~lost)
    left = {evaluated.ids[i]: "no noise came into it" for i in np.flatnonzero(lost)}
    if not len(kept):
        raise DataError(said(left, search.size))
    check = np.flatnonzero(kept < search.checked)
    outcomes, groups = search.followed(sweep)[:, :, kept], evaluated.groups
    curve = bisected_curve(
        Followed(
            clean=(search.scores[0][kept] > 0).astype(np.float64),
            outcomes=outcomes,
            checked=check,
            measured=search.measured(sweep)[:, :, kept[check]],
        ),
        metric,
        severities=known["severities"],
        groups=None if groups is None else [groups[i] for i in kept],
        ids=[evaluated.ids[i] for i in kept],
        chance=evaluated.chance(metric),
        name=sweep,
        confidence=header["config"]["confidence"],
        bootstrap=header["config"]["bootstrap"],
        seed=header["plan"]["seed"],
        doses=doses(known["doses"]),
        unit=known["unit"],
        reproduce=reproduce(known, header),
    )
    return _with_missing(curve, int(failed[kept].sum()), said(left, search.size) if left else "")


def _with_missing(curve: Curve, failed: int, left: str) -> Curve:
    from dataclasses import replace

    text = f"{failed} of {curve.n} samples have no output at some severity: counted as wrong"
    words = "; ".join(filter(None, (left, text if failed else "")))
    if not words:
        return curve
    counts = (0,) * len(curve.severities)
    return replace(curve, missing=Missing(failed, counts, 0, words))


def bisected_words(audit: Any) -> str:
    """Say what following samples saved, on what it rests, and what was measured in full; empty for another run."""
    if not audit.bisected:
        return ""
    search: Search = audit._search  # noqa: SLF001 - a part of the audit in a file of its own
    made, full = search.calls()
    saved = 100 * (1 - made / max(full, 1))
    by_worst = sorted(search.grid, key=search.comes_back, reverse=True)
    whole = [name for name in by_worst if search.full(name)]
    rest = [name for name in by_worst if not search.full(name)]
    lines = [
        f"Sampling by bisection: {made:,} of the {full:,} noisy model calls, counted by samples, that a full run would make: "
        f"{saved:.3g} % saved."
    ]
    if rest:
        lines.append(
            f"Each sample was followed to the severity at which it breaks; {search.checked:,} of {search.size:,}, drawn at random, "
            f"were measured at every severity. What that showed corrects the curves and widens their bands, which hold "
            f"whatever bisection left out: at most {100 * search.comes_back(rest[0]):.2g} % of samples come back after they broke."
        )
    if whole:
        named = "; ".join(
            f"{name} ({100 * search.comes_back(name):.2g} %)" for name in whole[:NAMED]
        )
        more = f" and {len(whole) - NAMED} more" if len(whole) > NAMED else ""
        lines.append(
            f"Measured in full, as more than {100 * MOST:g} % come back or some samples cannot have the noise: {named}{more}."
        )
    return " ".join(lines)


def method_words(confidence: str) -> tuple[str, str]:
    """Say how samples were followed, and what the bands are."""
    sampled = (
        f"All samples were evaluated clean. {100 * CHECK:g} % of them, the first of a random order that the contents of the data "
        "fix, were evaluated at every severity. Every other one was asked only at the severities that show where it breaks, as the "
        "same noise at a higher severity is the same noise, stronger. A noise under which more than "
        f"{100 * MOST:g} % of the check come back after they broke was measured in full."
    )
    bands = (
        f"Bands are simultaneous {confidence} bands of a difference estimator: the mean error of following samples, seen on the "
        "check, corrects the curve; how much it varies widens the band; and one sample each way is added that the check may have "
        "missed. The number of samples was fixed in advance, and which severities a sample was asked at does not enter, so that "
        "the bands hold although sampling stopped early for most samples."
    )
    return sampled, bands
