"""What each input is worth, for a report: findings in words, panels of curves against absence, bars of attribution.

Why: a reader must see at once where noise in an input costs more than the input is worth.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from noisebench.curve._records import Estimate, number, span
from noisebench.modalities import Account, Below, Compensation, Offsets
from noisebench.modalities._sentences import by_reason
from noisebench.report import _numbers
from noisebench.report._charts import domain_of
from noisebench.report._modalities_table import estimate, prose, summary
from noisebench.report._modalities_view import (
    Bar,
    Level,
    ModalitiesView,
    OffsetView,
    Pair,
    Panel,
    Shown,
)
from noisebench.report._text import line
from noisebench.report._view import CurveView

FINDINGS = 6
"""Findings in words that stand open; the others are folded, as tables and charts show them too."""

PANELS = 2
"""Noises on one input that are drawn, the worst first."""

MOST_PANELS = 8
"""Panels drawn at most."""


def modalities_of(audit: Any, curves: Mapping[str, CurveView]) -> ModalitiesView | None:
    """Return the view of an audit's account; None where there is nothing to show."""
    if not audit.multimodal:
        return None
    account: Account = audit.modalities()
    if not account.cells:
        return None
    modalities = audit.header["data"]["modalities"]
    columns, rows = summary(account, modalities)
    return ModalitiesView(
        findings=tuple(prose(each) for each in account.findings[:FINDINGS]),
        more=tuple(prose(each) for each in account.findings[FINDINGS:]),
        open=tuple((prose(what), prose(why)) for what, why in by_reason(account)),
        columns=columns,
        rows=rows,
        panels=_panels(account, curves),
        subsets=_subsets(account),
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
    clean = () if lone.clean is None else ((0.0, lone.clean),)
    return (*clean, *zip(lone.severities, lone.lost, strict=True))


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


def _subsets(account: Account) -> tuple[Bar, ...]:
    """Return a bar for every subset of the inputs; of the whole set it is another one."""
    return tuple(
        Bar(
            name=line(" + ".join(each.inputs) if each.fill else "all inputs", 60),
            noise=line(each.fill or "", 60),
            value=each.value.value,
            low=each.value.low,
            high=each.value.high,
            text=estimate(each.value),
            single=math.nan,
            total=not each.fill,
        )
        for each in account.subsets
    )


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
            text=estimate(part.loss),
            single=part.single.value,
        )
        for part in made.parts
    ]
    total = made.total
    return (
        *bars,
        Bar("all", "noise in all inputs", total.value, total.low, total.high, estimate(total), math.nan, total=True),
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
                prose(_in_full(each.scales[scale]))
                if scale in each.scales
                else f"{_numbers.MISSING} {line(each.undefined.get(scale, ''), 200)}".strip()
                for scale in ("metric", "log-retention", "logit")
            ),
            verdict=each.verdict,
            called=each.verdict in {"overlap", "compound"},
        )
        for each in account.interactions
    )


def _in_full(found: Estimate) -> str:
    """Write an interval with the decimals by which it is called to be on one side of zero."""
    return f"{number(found.value)} {span(found.low, found.high)}"


def _offset(found: Offsets, number: int) -> OffsetView:
    ends = found.offsets[0], found.offsets[-1]
    early = ends[0] if found.early is None or found.early.ms is None else -found.early.ms
    late = ends[1] if found.late is None or found.late.ms is None else found.late.ms
    return OffsetView(
        anchor=f"offset-{number + 1}",
        title=f"{line(found.input, 60)} against the other inputs",
        input=line(found.input, 60),
        outcome=prose(found.text),
        shifted=found.shifted,
        points=tuple(zip(found.offsets, found.value, found.low, found.high, strict=True)),
        level=math.nan if found.level is None else found.level,
        window=(early, late),
        peak=found.best,
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
    clean = tuple(estimate(first[n].clean) if n in first else "" for n in names)
    noisy = [
        Shown(
            line(sweep),
            _numbers.number(worst[sweep]),
            tuple(estimate(found[name].value) if name in found else "" for name in names),
        )
        for sweep, found in rows.items()
    ]
    return (Shown("clean", "", clean), *noisy)


def _cell(account: Account, row: Mapping[str, Any]) -> tuple[str, ...]:
    states: Iterable[str] = (line(row["inputs"].get(name, ""), 200) for name in account.inputs)
    return (*states, *_numbers.parts(row["value"], row["low"], row["high"]))
