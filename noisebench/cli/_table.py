"""The curves of an audit as a table on a terminal, and what the gates say."""

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from noisebench._rank import columns, noises, worst_first
from noisebench._sentences import n_words
from noisebench.cli._console import plain
from noisebench.curve._records import told

if TYPE_CHECKING:
    from rich.table import Table

    from noisebench.audit import Audit
    from noisebench.compare import Comparison
    from noisebench.curve import Curve, Difference

BARS = "▁▂▃▄▅▆▇█"
FINDINGS = 3
"""Findings of the account of modalities that are shown."""

NAMES = 36
"""Columns of a sweep's name before it is broken after a sign."""

MANY = 4
"""Models from which a table has no room for their differences."""

LINES = 8
"""Differences of many models that are written out."""

WIDE = 150
"""Columns from which every severity has room."""


def curve_table(audit: "Audit", width: int) -> "Table":
    """Return a table of all curves, the worst first: estimates with intervals, and where 10 % are lost."""
    from rich.table import Table

    shown_of = {name: audit.curves[name] for name in noises(audit.header, audit.curves)}
    curves = [(name, audit.curves[name]) for name in worst_first(shown_of)]
    metric = audit.metrics[0]
    low, high = (
        f"{audit.header['config']['confidence']:.0%} bands{' that hold whenever one stops' * audit.stopped}",
        n_words(audit.clean.n, audit.groups),
    )
    title = f"{metric.name} by severity ({low}, {high}); clean {_interval(audit.clean)}"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("noise", overflow="fold")
    table.add_column("curve")
    rows = [curve.severities for _, curve in curves if not _fixed(curve)]
    shown = _shown(columns(audit.header, rows or [curve.severities for _, curve in curves]), width)
    for severity in shown:
        table.add_column(f"at {severity:g}", justify="right", no_wrap=True)
    doses = dose_columns(audit, width)
    for dose in doses:
        table.add_column(f"at dose {dose:g}", justify="right", no_wrap=True)
    equal = any(curve.level is not None and curve.level.line for _, curve in curves)
    table.add_column(f"loses 10 % at{' dose' * equal}", overflow="fold")
    if audit.stopped:
        table.add_column("n", justify="right", no_wrap=True)
    for name, curve in curves:
        cells = [_at(curve, severity) for severity in shown]
        cells += [at_dose(audit, name, dose) for dose in doses]
        cells.append(_tolerance(curve))
        cells += [_counts(curve)] if audit.stopped else []
        table.add_row(plain(_broken(name, NAMES)), _spark(curve), *map(plain, cells))
    return table


def account_lines(audit: "Audit") -> list[str]:
    """Return the first findings of the account of modalities, where the audit compared its inputs."""
    if not audit.multimodal:
        return []
    return list(audit.modalities().findings[:FINDINGS])


def compare_table(found: "Comparison") -> "Table":
    """Return a table of several models: their values at the highest severity, and where two are surely apart.

    With many models it has no room for the differences; `apart_lines` has them.
    """
    from rich.table import Table

    first, many = next(iter(found.audits.values())), len(found.audits) >= MANY
    title = f"{first.metrics[0].name} at the highest severity, n = {first.clean.n}"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("noise", overflow="fold", min_width=26 if many else None)
    for model in found.audits:
        table.add_column(plain(model), justify="right")
    if not many:
        table.add_column("largest sure difference", overflow="fold")
    for sweep, (_, said) in _apart(found):
        curves = [found.audits[model].curve(sweep) for model in found.audits]
        values = [f"{curve.estimate[-1]:.3f}" for curve in curves]
        values += [] if many else [said or "none"]
        table.add_row(plain(_broken(sweep, 26 if many else NAMES)), *map(plain, values))
    return table


def apart_lines(found: "Comparison") -> list[str]:
    """Return the largest differences of many models that are sure, one line a noise; none where the table has them."""
    if len(found.audits) < MANY:
        return []
    lines = [f"{sweep}: {said}" for sweep, (_, said) in _apart(found) if said]
    rest = len(lines) - LINES
    return lines[:LINES] + ([f"and {rest} more in the report"] if rest > 0 else [])


def _apart(found: "Comparison") -> list[tuple[str, tuple[float, str]]]:
    """Return every noise with its largest sure difference, the largest first."""
    first = next(iter(found.audits.values()))
    noise = noises(first.header, found.sweeps)
    gaps = {n: _largest(pairs.values()) for n, pairs in found.differences.items() if n in noise}
    return sorted(gaps.items(), key=lambda each: -each[1][0])


def _broken(name: str, width: int) -> str:
    """Break a long name of a sweep after its signs, as it has no spaces to break at."""
    lines = [""]
    for piece in re.findall(r"[^/,:+>@(]+[/,:+>@(]*\s*|[/,:+>@(]+\s*", name):
        if lines[-1] and len(lines[-1]) + len(piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(each.rstrip() for each in lines)


def _largest(pairs: Iterable["Difference"]) -> tuple[float, str]:
    """Return the largest difference whose band leaves zero out, and how to say it; 0 where there is none."""
    size, said = 0.0, ""
    for pair in pairs:
        for place, better in enumerate(pair.better):
            gap = abs(float(pair.estimate[place]))
            if better and gap > size:
                worse = pair.second if better == pair.first else pair.first
                band = f"[{abs(pair.low[place]):.3f}, {abs(pair.high[place]):.3f}]"
                if pair.estimate[place] < 0:
                    band = f"[{abs(pair.high[place]):.3f}, {abs(pair.low[place]):.3f}]"
                size = gap
                said = f"{better} over {worse} by {gap:.3f} {band} at {pair.severities[place]:g}"
    return size, said


def dose_columns(audit: "Audit", width: int) -> tuple[float, ...]:
    """Return the equal doses that a table has columns for; none of an audit at equal severities."""
    if audit.calibration is None or audit.partial:
        return ()
    return _shown(audit.calibration.doses, width)


def at_dose(audit: "Audit", name: str, dose: float) -> str:
    """Return a curve's value at one of the equal doses; the word where the noise does not reach it."""
    known = None if audit.calibration is None else audit.calibration.noises.get(name)
    rung = next((each for each in known.rungs if each.dose == dose), None) if known else None
    if rung is None:
        return "-"
    return "unreachable" if rung.severity is None else _at(audit.curves[name], rung.severity)


def _shown(severities: tuple[float, ...], width: int) -> tuple[float, ...]:
    if width >= WIDE or len(severities) <= 2:
        return severities[:6]
    return (severities[(len(severities) - 1) // 2], severities[-1])


def _at(curve: "Curve", severity: float) -> str:
    if _fixed(curve) and severity == 1:
        severity = curve.severities[-1]
    if severity not in list(curve.severities):
        return "-"
    i = list(curve.severities).index(severity)
    return f"{curve.estimate[i]:.3f} [{curve.low[i]:.3f}, {curve.high[i]:.3f}]"


def _counts(curve: "Curve") -> str:
    counts = sorted({curve.n} if curve.counts is None else set(curve.counts))
    return f"{counts[0]}" if len(counts) == 1 else f"{counts[0]}-{counts[-1]}"


def _interval(estimate: Any) -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def _fixed(curve: "Curve") -> bool:
    """Tell whether a curve is of one fixed dose, so that there is no severity to read off."""
    return len(curve.severities) == 2 and curve.counts is None


def _tolerance(curve: "Curve") -> str:
    if _fixed(curve):
        return "-"
    found = curve.tolerance(drop=0.1)
    if math.isnan(found.severity):
        return "-"
    level = curve.level
    if level is None or not level.line:
        return " ".join(filter(None, told(found, curve.severities)))
    doses = [level.dose(severity) for severity in curve.severities]
    place = told(found, curve.severities)[0]
    return f"{' '.join(filter(None, told(level.told(found), doses)))} (severity {place})"


def _spark(curve: "Curve") -> str:
    values = [float(v) for v in curve.estimate if math.isfinite(v)]
    top = max(values, default=0.0)
    bottom = min(0.0, *values) if values else 0.0
    span = (top - bottom) or 1.0
    return "".join(BARS[min(7, int(8 * (v - bottom) / span))] for v in values)
