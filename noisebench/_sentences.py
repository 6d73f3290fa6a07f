"""An audit in rows and in sentences."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from noisebench._became import became
from noisebench._bisected import bisected_words
from noisebench._gates import gates_said
from noisebench._locate import located_words
from noisebench._rank import comparable, idle_sweeps, noises, worst_first
from noisebench._roles import OFFSETS
from noisebench._skipped import grouped
from noisebench._stopped import stopped_words
from noisebench._unhooked import unhooked
from noisebench.curve import Curve
from noisebench.curve._most import Most, most
from noisebench.curve._records import number
from noisebench.plan import CLEAN

if TYPE_CHECKING:
    from noisebench._audit import Audit

RIVALS = 3
"""Noises named that may cost as much as the worst."""


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
            "n": curve.n if curve.counts is None else curve.counts[i],
            "missing": int(curve.missing.per_severity[i]),
            "left_out": len(audit.left_out.get(name, ())),
            **_equal(audit, name, severity),
            **audit.distortion[name].get(severity, {}),
            **_left(audit.moved.get(name, {}).get(severity, {})),
        }


def _equal(audit: "Audit", name: str, severity: float) -> dict[str, float | None]:
    """Return what a severity of a calibrated audit amounts to, in the axes that noises share."""
    if audit.calibration is None:
        return {}
    known = audit.calibration.noises.get(name)
    rung = None if known is None else known.at(severity)
    if known is None or (rung is None and severity > 0):
        return dict.fromkeys(("equal_dose", "displacement", "bits"))
    point = known.grid[0] if rung is None else rung.point
    dose = 0.0 if rung is None else rung.dose
    return {"equal_dose": dose, "displacement": point.displacement, "bits": point.bits}


def n_words(n: int, groups: int | None) -> str:
    """Write a sample size, with the number of groups that intervals resample."""
    return f"n = {n}" if groups is None else f"n = {n} in {groups} groups"


BUDGETS = (stopped_words, bisected_words, located_words)
"""What says what a budget saved, each for its own kind of run."""


def verdict(audit: "Audit") -> tuple[str, ...]:
    if why := audit.header.get("broken"):
        return (f"The model failed on every clean sample, so nothing else was run: {why}",)
    if not audit.curves:
        return ("No curve could be made.", *grouped(audit.skipped))
    clean = audit.clean
    still = [name for name in idle_sweeps(audit.distortion) if name in audit.curves]
    noise = noises(audit.header, audit.curves)
    tested = {name: audit.curves[name] for name in noise if name not in still}
    interval = f"[{number(clean.low)}, {number(clean.high)}] ({n_words(clean.n, audit.groups)})"
    lines = [f"{audit.metrics[0].name} is {number(clean.value)} {interval} on untouched data."]
    failures = audit._left_out.charged(audit.failures)  # noqa: SLF001 - a part of the audit in a file of its own
    broken = no_clean_answer(failures, clean.n)
    if broken:
        lines = [f"The model failed on all {clean.n} clean samples: {broken}"]
    else:
        lines += taken(audit)
        lines += apart_in_time(audit)
        lines += nothing_changed(still)
        # Where sampling stopped early, severities differ between noises, so that none is worse than another.
        lines += [] if audit.stopped else _costs(tested)
    n = len(audit._record.ids)  # noqa: SLF001 - as above
    lines += audit._left_out.sentences(n, skipped=audit.skipped)  # noqa: SLF001 - as above
    lines += shared(audit.curves)
    lines += moved(audit.moved) + idle(audit.distortion)
    lines += became(audit.distortion, audit.header["sweeps"])
    lines += gates_said(audit)
    lines += [each for say in BUDGETS if (each := say(audit))]
    if not audit.complete:
        lines.append("The run is not finished; run it again with the same run_dir to go on.")
    if failures:
        lines += [_failed(failures), *unhooked(audit.header, failures)]
    lines += audit.header.get("warnings") or []
    return (*lines, *(f"Not tested: {each}" for each in grouped(audit.skipped)))


def taken(audit: Any) -> list[str]:
    """Say of every metric that is a bare function which way it was taken."""
    return [
        f'{each["name"]} is a function, taken as higher is better; nb.Metric("{each["name"]}", function, '
        "higher_is_better=False) says otherwise."
        for each in audit.header.get("metrics") or ()
        if each.get("assumed")
    ]


def apart_in_time(audit: Any) -> list[str]:
    """Say which inputs are not in time with the others in the data itself, where they were moved against each other."""
    parts = [part for each in audit.header.get("sweeps") or () for part in each.get("parts", ())]
    if not audit.multimodal or not any(part["noise"] in OFFSETS for part in parts):
        return []
    return list(audit.modalities().apart)


def _costs(curves: Mapping[str, Curve]) -> list[str]:
    found = comparable(curves)
    losses = [_loss(curve) for curve in found.values()]
    if not losses:
        return []
    over = "equal doses" if any(curve.level for curve in found.values()) else "severities"
    none = f"No noise that was tested lowers it in the mean over {over}."
    return [_worst(found) if max(losses) > 0 else none, *wide(curves)]


def _worst(curves: Mapping[str, Curve]) -> str:
    worst = worst_first(curves)[0]
    several = f"Of {len(curves)} noises, {worst} costs most"
    found = most(curves, worst)
    loss = f", {found.loss}" if found is not None and len(curves) > 1 else ""
    return f"{several if len(curves) > 1 else 'One noise was tested'}{loss}: {curves[worst]!r}.{_rivals(found)}"


def costliest(curves: Mapping[str, Curve], name: str) -> list[str]:
    """Say what the noise that came out worst of several costs on average, allowing for the choice, and what may cost as much."""
    among = comparable(curves)
    found = most(among, name) if len(among) > 1 and name in among else None
    if found is None:
        return []
    return [f"{name} costs {found.loss}.{_rivals(found)}"]


def _rivals(found: Most | None) -> str:
    """Say which noises may cost as much as the one that came out worst."""
    if found is None or not found.rivals:
        return ""
    shown = ", ".join(found.rivals[:RIVALS])
    more = "" if len(found.rivals) <= RIVALS else f" and {len(found.rivals) - RIVALS} more"
    return f" As far as these samples can tell, {shown}{more} may cost as much."


def wide(curves: Mapping[str, Any]) -> list[str]:
    """Say under how many noises the band is too wide to find a tolerance, and what would narrow the widest one.

    Curves without scores, as of a run that stopped early, have no such account.
    """
    found = {name: each.uncertainty for name, each in curves.items() if each.answers is not None}
    open_ = {name: each for name, each in found.items() if each.wide}
    if not open_:
        return []
    widest = max(open_, key=lambda name: open_[name].half)
    of = f"The band is wide under {len(open_)} of {len(found)} noises, the widest under {widest}"
    return [f"{of if len(found) > 1 else f'The band under {widest} is wide'}: {open_[widest]}."]


def shared(curves: Mapping[str, Any]) -> list[str]:
    """Say which noises have one draw for all samples, and what intervals know of others; those of one kind together."""
    told: dict[str, list[str]] = {}
    for name, curve in curves.items():
        if text := getattr(curve, "shared", ""):
            told.setdefault(text, []).append(name)
    return [f"{', '.join(names)}: {text}." for text, names in told.items()]


def nothing_changed(sweeps: Sequence[str]) -> list[str]:
    """Say which noises found nothing to change in any sample: their curves are flat for want of noise."""
    if not sweeps:
        return []
    curve = "its curve says" if len(sweeps) == 1 else "their curves say"
    return [
        f"Found nothing that could be changed in any measured sample: {', '.join(sweeps)}; {curve} nothing about the model."
    ]


def moved(
    by_sweep: Mapping[str, Mapping[float, Mapping[str, Mapping[str, float]]]],
) -> list[str]:
    """Say how many targets left the frame at the worst severity, where they moved with their input."""
    each = [
        f"{name} at severity {max(found):g}: "
        + ", ".join(_kept(kind, shares) for kind, shares in found[max(found)].items())
        for name, found in by_sweep.items()
    ]
    return [f"Targets moved with their input. {'; '.join(each)}."] if each else []


def idle(by_sweep: Mapping[str, Mapping[float, Mapping[str, float]]]) -> list[str]:
    """Say in how many samples there was nothing that a noise could change; they are no evidence of robustness."""
    shares = {name: _most(found, "no_candidate") for name, found in by_sweep.items()}
    each = [f"{name} {100 * share:.3g} %" for name, share in shares.items() if share > 0]
    if not each:
        return []
    lead = "Share of the measured samples that had nothing that the noise could change"
    return [f"{lead}: {'; '.join(each)}. They count as unchanged, not as robust."]


def _most(found: Mapping[float, Mapping[str, float]], share: str) -> float:
    return max((each.get(share, 0.0) for each in found.values()), default=0.0)


def _kept(kind: str, shares: Mapping[str, float]) -> str:
    lost, clipped = (f"{100 * shares[what]:.3g}" for what in ("lost", "clipped"))
    return f"{kind} {lost} % lost, {clipped} % clipped (of {shares['count']:g})"


def _left(kinds: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    return {
        f"{kind} {what}": shares[what]
        for kind, shares in kinds.items()
        for what in ("lost", "clipped")
    }


def no_clean_answer(failures: Sequence[Mapping[str, Any]], n: int) -> str:
    """Return the most frequent reason when the model failed on every clean sample, else nothing."""
    reasons = Counter(each["reason"] for each in failures if each.get("sweep") == CLEAN)
    return str(reasons.most_common(1)[0][0]) if n and reasons.total() >= n else ""


def _failed(failures: Sequence[Mapping[str, Any]]) -> str:
    """Say how many evaluations have no output, and the most frequent reason."""
    why, times = Counter(each["reason"] for each in failures).most_common(1)[0]
    count = f"{len(failures)} evaluations" if len(failures) > 1 else "1 evaluation"
    return f"{count} failed and count as the worst value where it is known, such as ({times} times): {why}"


def _loss(curve: Curve) -> float:
    sign = 1 if curve.higher_is_better else -1
    values = np.asarray(curve.estimate)
    mean = (
        values[1:].mean() if curve.level is None else curve.level.weights(curve.severities) @ values
    )
    lost = sign * (values[0] - mean)
    return float(lost) if math.isfinite(lost) else -math.inf
