"""What each input is worth, for a report: findings in words, panels of curves against absence, bars of attribution.

Why: a reader must see at once where noise in an input costs more than the input is worth.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from noisebench.errors import PlanError
from noisebench.modalities import Account, Below, Compensation, Offsets
from noisebench.report import _numbers
from noisebench.report._charts import domain_of
from noisebench.report._text import line
from noisebench.report._view import CurveView, Facts

FINDINGS = 6
"""Findings in words that stand open; the others are folded, as tables and charts show them too."""

PANELS = 2
"""Noises on one input that are drawn, the worst first."""

MOST_PANELS = 8
"""Panels drawn at most."""

_MINUS = re.compile(r"(?<=[\s\[])-(?=\d)")
"""A hyphen that stands for a minus sign."""

Row = tuple[float, float, float, float]
"""Place on the axis, value, low, high."""


@dataclass(frozen=True, slots=True)
class Level:
    """A constant line in a panel."""

    name: str
    value: float
    text: str
    kind: str
    """`absent`, `alone` or `chance`."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One noise on one input, against the model without that input."""

    anchor: str
    title: str
    input: str
    outcome: str
    lost: bool
    """Surely worse than absent somewhere."""
    points: tuple[Row, ...]
    worse: tuple[float, ...]
    """Severities at which it surely is worse."""
    levels: tuple[Level, ...]
    alone: tuple[tuple[float, float], ...]
    """(severity, value) with all other inputs absent; empty where that was not measured."""
    alone_name: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One input's part of the loss."""

    name: str
    noise: str
    value: float
    low: float
    high: float
    text: str
    single: float
    """Loss by its noise alone; NaN for the sum."""
    total: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """One input in a row of the table."""

    input: str
    modality: str
    cells: tuple[tuple[str, str], ...]
    """Value and interval, or words, in the order of the view's columns."""
    lost: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """How losses in two inputs combine."""

    inputs: str
    severity: str
    scales: tuple[str, ...]
    verdict: str
    called: bool


@dataclass(frozen=True, slots=True)
class OffsetView:
    """The metric against the time by which an input is late."""

    anchor: str
    title: str
    input: str
    outcome: str
    shifted: bool
    points: tuple[Row, ...]
    level: float
    """The metric at the edges of the window; NaN where undefined."""
    window: tuple[float, float]
    """Ends of the window in ms, signed; an open end is that of the axis."""
    peak: float


@dataclass(frozen=True, slots=True)
class Shown:
    """Measures of the embeddings under one condition."""

    condition: str
    severity: str
    cells: tuple[str, ...]
    """In the order of the view's measures."""


@dataclass(frozen=True, slots=True)
class ModalitiesView:
    """Everything that a report shows of the account."""

    findings: tuple[str, ...]
    more: tuple[str, ...]
    """Findings that are folded."""
    open: Facts
    columns: tuple[str, ...]
    rows: tuple[Summary, ...]
    panels: tuple[Panel, ...]
    bars: tuple[Bar, ...]
    bars_title: str
    pairs: tuple[Pair, ...]
    offsets: tuple[OffsetView, ...]
    measures: tuple[str, ...]
    """Names of the measures of embeddings; empty where the model shows none."""
    embeddings: tuple[Shown, ...]
    cells: tuple[tuple[str, ...], ...]
    """State of every input, value, interval."""
    inputs: tuple[str, ...]
    n: str
    domain: tuple[float, float]
    """Range of the vertical axes; it holds models without an input, too."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What each input is worth to several models."""

    columns: tuple[str, ...]
    models: tuple[tuple[str, str, tuple[Summary, ...]], ...]
    """Name, first finding, and a row per input."""


def worth_of(audits: Mapping[str, Any]) -> Worth | None:
    """Return what each input is worth to each model; None where nothing was compared.

    Attribution is at one severity for all models, that of the first.
    """
    first = next(iter(audits.values()))
    if not first.multimodal or not first.modalities().cells:
        return None
    at = first.modalities().at
    accounts = {name: _account_at(audit, at) for name, audit in audits.items()}
    modalities = first.header["data"]["modalities"]
    columns = dict.fromkeys(
        column for each in accounts.values() for column in _summary(each, modalities)[0]
    )
    return Worth(
        tuple(columns),
        tuple(
            (
                line(name, 60),
                next((_prose(each) for each in account.findings), ""),
                _summary(account, modalities, tuple(columns))[1],
            )
            for name, account in accounts.items()
        ),
    )


def _account_at(audit: Any, at: float | None) -> Account:
    """Return an account at a severity, or at its own where the grid is not complete there."""
    try:
        found: Account = audit.modalities(at=at)
    except PlanError:
        found = audit.modalities()
    return found


def modalities_of(audit: Any, curves: Mapping[str, CurveView]) -> ModalitiesView | None:
    """Return the view of an audit's account; None where there is nothing to show."""
    if not audit.multimodal:
        return None
    account: Account = audit.modalities()
    if not account.cells:
        return None
    modalities = audit.header["data"]["modalities"]
    columns, rows = _summary(account, modalities)
    return ModalitiesView(
        findings=tuple(_prose(each) for each in account.findings[:FINDINGS]),
        more=tuple(_prose(each) for each in account.findings[FINDINGS:]),
        open=tuple((_prose(each.what), _prose(each.why)) for each in account.unsaid),
        columns=columns,
        rows=rows,
        panels=_panels(account, curves),
        bars=_bars(account),
        bars_title=_bars_title(account),
        pairs=_pairs(account),
        offsets=tuple(_offset(each, i) for i, each in enumerate(account.offsets)),
        measures=_measures(account),
        embeddings=_embeddings(account),
        cells=tuple(_cell(account, row) for row in account.cells),
        inputs=tuple(line(name, 60) for name in account.inputs),
        n=_numbers.count(account.n),
        domain=domain_of(tuple(curves.values())),
    )


def _prose(text: str) -> str:
    """Return a sentence with true minus signs, and percent signs that stay with their numbers."""
    shown = _MINUS.sub(_numbers.MINUS, line(text, 2000))
    return shown.replace(" %", f"{_numbers.THIN}%")


def _summary(
    account: Account, modalities: Mapping[str, str], columns: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], tuple[Summary, ...]]:
    """Return a table of what is known of each input: these columns, or those of which something is known."""
    made = {name: _known(account, name) for name in account.inputs}
    columns = columns or tuple(
        column for column in next(iter(made.values())) if any(made[n][column] for n in made)
    )
    rows = tuple(
        Summary(
            input=line(name, 60),
            modality=line(modalities.get(name, ""), 40),
            cells=tuple(found.get(column) or (_numbers.MISSING, "") for column in columns),
            lost=any(b.inputs == (name,) and b.worse for b in account.worse_than_absent),
        )
        for name, found in made.items()
    )
    return columns, rows


def _known(account: Account, name: str) -> dict[str, tuple[str, str] | None]:
    """Return what is known of one input: value and interval, or words; None where nothing is."""
    relied = next((each for each in account.reliance if each.input == name), None)
    part = next((p for p in _parts(account) if p.input == name), None)
    at = "" if account.at is None else f" at severity {_numbers.number(account.at)}"
    shuffled, absent = (None, None) if relied is None else (relied.shuffled, relied.absent)
    worse = _worse(account, name)
    return {
        "lost when shuffled": _parted(shuffled, " unused" if relied and relied.unused else ""),
        "lost when absent": _parted(absent),
        f"lost by its noise alone{at}": _parted(part and part.single),
        f"its part of the loss by all noise{at}": _parted(part and part.loss),
        f"made good by the others{at}": _parted(_share(account, name)),
        "worse than absent": (worse, "") if worse else None,
    }


def _parted(found: Any, note: str = "") -> tuple[str, str] | None:
    if found is None:
        return None
    value, interval = _numbers.parts(found.value, found.low, found.high)
    return value + note, interval


def _parts(account: Account) -> Sequence[Any]:
    return account.attribution.parts if account.attribution else ()


def _share(account: Account, name: str) -> Any:
    """Return K of an input at the account's severity, or at the highest that was measured."""
    for each in account.compensation:
        if each.input == name:
            at = account.at if account.at in each.severities else each.severities[-1]
            return each.shares[each.severities.index(at)]
    return None


def _worse(account: Account, name: str) -> str:
    """Say from where noise on an input is worse than its absence."""
    found = [each for each in account.worse_than_absent if each.inputs == (name,)]
    surely = [each for each in found if each.onset is not None]
    if not found:
        return ""
    if not surely:
        return "nowhere surely"
    return "; ".join(
        f"{line(each.noise, 120)} from severity {_numbers.number(each.onset)}" for each in surely
    )


def _estimate(found: Any) -> str:
    return "" if found is None else _numbers.estimate(found.value, found.low, found.high)


def _panels(account: Account, curves: Mapping[str, CurveView]) -> tuple[Panel, ...]:
    """Return panels: per input the worst noises, and the one that stands for it."""
    chosen: list[Below] = []
    standing = {each.sweep for each in account.compensation}
    for name in account.inputs:
        mine = [each for each in account.worse_than_absent if each.inputs == (name,)]
        first = [each for each in mine if each.sweep in standing]
        worst = [each for each in mine if each.worse and each.sweep not in standing]
        chosen += [*first, *worst, *mine][:PANELS] if first or worst else mine[:1]
    unique = list({each.sweep: each for each in chosen if each.sweep in curves}.values())
    return tuple(
        _panel(each, account, curves[each.sweep], i) for i, each in enumerate(unique[:MOST_PANELS])
    )


def _panel(found: Below, account: Account, curve: CurveView, number: int) -> Panel:
    points = tuple((p.severity, p.value, p.low, p.high) for p in curve.points)
    lone = next((each for each in account.compensation if each.sweep == found.sweep), None)
    name = found.inputs[0]
    return Panel(
        anchor=f"input-{number + 1}",
        title=line(found.noise),
        input=line(name, 60),
        outcome=_outcome(found),
        lost=bool(found.worse),
        points=points,
        worse=found.worse,
        levels=_levels(found, account),
        alone=_alone(lone),
        alone_name=line(f"{name} alone", 60),
    )


def _alone(lone: Compensation | None) -> tuple[tuple[float, float], ...]:
    if lone is None:
        return ()
    return tuple(zip(lone.severities, lone.lost, strict=True))


def _levels(found: Below, account: Account) -> tuple[Level, ...]:
    """Return the constant lines of a panel: without the input, the best other input alone, chance."""
    text = _numbers.number(found.reference)
    levels = [Level(line(found.against, 60), found.reference, text, "absent")]
    if len(account.inputs) > 2:
        best = [e for e in account.negative_fusion if e.sweep == found.sweep]
        levels += [
            Level(line(e.against, 60), e.reference, _numbers.number(e.reference), "alone")
            for e in best
        ]
    if account.chance is not None:
        levels.append(Level("chance", account.chance, _numbers.number(account.chance), "chance"))
    return tuple(levels)


def _outcome(found: Below) -> str:
    """Say in one line how the noise compares with absence."""
    name = found.inputs[0]
    if found.onset is None:
        return f"nowhere surely worse than without {name}"
    if found.onset == 0:
        return f"even clean, worse than without {name}"
    return f"worse than without {name} from severity {_numbers.number(found.onset)}"


def _bars(account: Account) -> tuple[Bar, ...]:
    made = account.attribution
    if made is None:
        return ()
    bars = [
        Bar(
            name=line(part.input, 60),
            noise=line(part.noise, 120),
            value=part.loss.value,
            low=part.loss.low,
            high=part.loss.high,
            text=_estimate(part.loss),
            single=part.single.value,
        )
        for part in made.parts
    ]
    total = made.total
    return (
        *bars,
        Bar("all", "noise in all inputs", total.value, total.low, total.high, _estimate(total), math.nan, total=True),
    )  # fmt: skip


def _bars_title(account: Account) -> str:
    made = account.attribution
    if made is None:
        return ""
    return f"noise in all inputs at severity {_numbers.number(made.severity)}"


def _pairs(account: Account) -> tuple[Pair, ...]:
    return tuple(
        Pair(
            inputs=line(" and ".join(each.inputs), 120),
            severity=_numbers.number(each.severity),
            scales=tuple(
                _estimate(each.scales[scale])
                if scale in each.scales
                else f"{_numbers.MISSING} {line(each.undefined.get(scale, ''), 200)}".strip()
                for scale in ("metric", "log-retention", "logit")
            ),
            verdict=each.verdict,
            called=each.verdict in {"overlap", "compound"},
        )
        for each in account.interactions
    )


def _offset(found: Offsets, number: int) -> OffsetView:
    ends = found.offsets[0], found.offsets[-1]
    early = ends[0] if found.early is None or found.early.ms is None else -found.early.ms
    late = ends[1] if found.late is None or found.late.ms is None else found.late.ms
    return OffsetView(
        anchor=f"offset-{number + 1}",
        title=f"{line(found.input, 60)} against the other inputs",
        input=line(found.input, 60),
        outcome=_prose(found.text),
        shifted=found.shifted,
        points=tuple(zip(found.offsets, found.value, found.low, found.high, strict=True)),
        level=math.nan if found.level is None else found.level,
        window=(early, late),
        peak=found.peak,
    )


def _measures(account: Account) -> tuple[str, ...]:
    """Name what is known of embeddings, alignments first."""
    names = dict.fromkeys((e.kind, e.inputs) for e in account.embeddings)
    return tuple(f"{kind} of {' and '.join(inputs)}" for kind, inputs in sorted(names))


def _embeddings(account: Account) -> tuple[Shown, ...]:
    """Return a row for clean data and one for every noise, at its highest severity."""
    names = sorted(dict.fromkeys((e.kind, e.inputs) for e in account.embeddings))
    worst: dict[str, float] = {}
    for each in account.embeddings:
        worst[each.sweep] = max(each.severity, worst.get(each.sweep, 0.0))
    rows: dict[str, dict[tuple[str, tuple[str, ...]], Any]] = {sweep: {} for sweep in worst}
    for each in account.embeddings:
        if each.severity == worst[each.sweep]:
            rows[each.sweep][each.kind, each.inputs] = each
    if not rows:
        return ()
    first = next(iter(rows.values()))
    clean = tuple(_estimate(first[n].clean) if n in first else "" for n in names)
    noisy = [
        Shown(
            line(sweep),
            _numbers.number(worst[sweep]),
            tuple(_estimate(found[name].value) if name in found else "" for name in names),
        )
        for sweep, found in rows.items()
    ]
    return (Shown("clean", "", clean), *noisy)


def _cell(account: Account, row: Mapping[str, Any]) -> tuple[str, ...]:
    states: Iterable[str] = (line(row["inputs"].get(name, ""), 200) for name in account.inputs)
    return (*states, *_numbers.parts(row["value"], row["low"], row["high"]))
