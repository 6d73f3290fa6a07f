"""Builds the view of a report from an audit; the only place that reads audits."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from noisebench._became import became
from noisebench._gates import gates_said
from noisebench._left_out import LeftOut
from noisebench._rank import columns, idle_sweeps, noises
from noisebench._sentences import (
    BUDGETS,
    apart_in_time,
    costliest,
    idle,
    moved,
    no_clean_answer,
    nothing_changed,
    shared,
    taken,
    wide,
)
from noisebench._unhooked import unhooked
from noisebench.errors import MetricError
from noisebench.report import _gallery, _glossary, _method, _numbers
from noisebench.report._affinity import affinity_of
from noisebench.report._charts import domain_of
from noisebench.report._curves import curve_view, rank
from noisebench.report._doses import doses_of
from noisebench.report._gates import gates_of
from noisebench.report._invariance import invariance_of
from noisebench.report._literature import literature_of
from noisebench.report._modalities import modalities_of
from noisebench.report._modalities_table import prose
from noisebench.report._slices import slices_of
from noisebench.report._sweeps import KINDS, Inputs, Reading, read
from noisebench.report._text import line, plain
from noisebench.report._topology import topology_of
from noisebench.report._view import CurveView, Facts, Failure, ReportView, Section
from noisebench.report._words import Ground, remarks, verdict


def view(audit: Any) -> ReportView:
    """Return everything that a report of this audit shows."""
    header: Mapping[str, Any] = audit.header
    curves = curves_of(audit)
    higher = all(bool(curve.higher_is_better) for curve in audit.curves.values())
    noise = [curves[name] for name in noises(header, curves)]
    ranked = rank(noise, higher_is_better=higher)
    still = _still(audit, curves)
    ground = _ground(audit, curves, higher=higher, idle=tuple(still))
    swept = tuple(curve for curve in ranked if curve.fixed is None)
    tested = tuple(curve for curve in ranked if curve.name not in still)
    inputs = _inputs(header)
    walls, note = _gallery.walls(audit.samples or (), curves, inputs)
    return ReportView(
        title=line(header.get("name") or "Noise audit", 120),
        verdict=_first(audit, ground) if audit.stopped else _verdict(audit, tested, ground),
        remarks=(
            *(line(each, 2000) for each in taken(audit)),
            *(line(each, 2000) for each in nothing_changed(still)),
            *(line(each, 2000) for each in _asked(audit)),
            *_left(audit, ground),
            *unhooked(header, audit.failures),
            *_state(header),
            *(line(each, 2000) for each in _told(audit)),
            *(line(each, 2000) for each in _most(audit, tested)),
            *(line(each, 2000) for each in shared(audit.curves)),
            *(line(each, 2000) for each in _wide(audit, curves, still)),
            *remarks(ground, _evaluations(ranked, ground)),
        ),
        at_a_glance=(*_glance(header, ground, ranked), *_published(audit, header)),
        gates=gates_of(audit),
        stopped=bool(audit.stopped),
        metric=ground.metric,
        higher_is_better=higher,
        confidence=_numbers.percent(_confidence(audit)),
        domain=domain_of(ranked),
        severities=columns(header, ([p.severity for p in curve.points] for curve in swept)),
        sections=_sections(swept, inputs.modalities),
        ranked=swept,
        fixed=_fixed(curve for curve in ranked if curve.fixed is not None),
        slices=slices_of(audit, ranked),
        modalities=modalities_of(audit, curves),
        doses=doses_of(audit, curves),
        topology=topology_of(audit, curves),
        invariance=invariance_of(audit, curves),
        affinity=affinity_of(audit, curves),
        literature=literature_of(audit),
        walls=walls,
        gallery_note=note,
        failures=_failures(audit.failures),
        failure_effect=_effect(ranked, ground),
        skipped=facts_of(audit.skipped),
        note=" ".join(plain(header.get("note") or "").split()),
        presets=facts_of(header.get("presets")),
        scope=_scope(header),
        limits=_method.LIMITS,
        method=_method.method(
            _numbers.percent(_confidence(audit)), _seed(header), ground, header.get("budget")
        ),
        nondeterminism=_method.nondeterminism(header),
        command=plain(_method.command(header)),
        config=facts_of(header.get("config")),
        versions=facts_of(header.get("versions")),
        hashes=facts_of(header.get("hashes")),
        glossary=_glossary.entries(
            noise
            for name in curves
            for noise in (readings_of(header).get(name) or read(name)).noises
        ),
    )


def _verdict(audit: Any, tested: tuple[CurveView, ...], ground: Ground) -> str:
    """Return the verdict; data whose inputs are apart in time comes before what noise does to it."""
    return " ".join([*(prose(each) for each in apart_in_time(audit)), verdict(tested, ground)])


def _first(audit: Any, ground: Ground) -> str:
    """Say what came out where sampling stopped early: the gates, as no noise was run in full."""
    if ground.broken or math.isnan(ground.clean):
        return verdict((), ground)
    clean = f"{ground.metric} is {ground.clean_words()} on {ground.samples()} without noise"
    asked = "" if audit.located else f"{' '.join(gates_said(audit))} "
    return line(f"{asked}The model's {clean}.", 2000)


def _asked(audit: Any) -> list[str]:
    """Return what is said of the gates beside the verdict."""
    saved = [each for say in BUDGETS if (each := say(audit))]
    return saved if audit.stopped else [*gates_said(audit), *saved]


def _still(audit: Any, curves: Mapping[str, CurveView]) -> list[str]:
    """Return the sweeps that found nothing to change in any sample, by the names that are shown."""
    distortion = audit.distortion if isinstance(audit.distortion, Mapping) else {}
    return [curves[name].name for name in idle_sweeps(distortion) if name in curves]


def _told(audit: Any) -> list[str]:
    """Return what is said of all curves together: targets that moved, samples that no noise could change."""
    distortion = audit.distortion if isinstance(audit.distortion, Mapping) else {}
    by_severity = {k: v for k, v in distortion.items() if isinstance(v, Mapping)}
    known = audit.header.get("sweeps") or ()
    return moved(audit.moved) + idle(by_severity) + became(by_severity, known)


def _most(audit: Any, tested: Sequence[CurveView]) -> list[str]:
    """Say what the worst of the noises that changed something costs; nothing where sampling stopped early."""
    if audit.stopped or not any(curve.tolerance <= 1 for curve in tested):
        return []
    shown = [curve.name for curve in tested]
    found = {name: curve for name, curve in audit.curves.items() if line(name) in shown}
    return costliest(found, min(found, key=lambda name: shown.index(line(name))))


def _wide(audit: Any, curves: Mapping[str, CurveView], still: Iterable[str]) -> list[str]:
    """Say where bands are wide, of the noises that changed something."""
    known, unchanged = noises(audit.header, audit.curves), set(still)
    return wide({n: audit.curves[n] for n in known if curves[n].name not in unchanged})


def _pick(header: Mapping[str, Any], *names: str) -> Any:
    """Return the first of the names found in the header, or one level below it."""
    places = [header, *(header.get(part) for part in ("config", "plan", "data", "model"))]
    for place in places:
        for name in names:
            if isinstance(place, Mapping) and place.get(name) not in (None, ""):
                return place[name]
    return None


def curves_of(audit: Any) -> dict[str, CurveView]:
    """Return the views of all curves by sweep, in the audit's order."""
    distortion = audit.distortion or {}
    inputs = _inputs(audit.header)
    readings = readings_of(audit.header)
    return {
        name: curve_view(
            name,
            readings.get(name) or read(name),
            curve,
            distortion.get(name),
            f"curve-{index + 1}",
            inputs,
        )
        for index, (name, curve) in enumerate(audit.curves.items())
    }


def readings_of(header: Mapping[str, Any]) -> dict[str, Reading]:
    """Return every sweep taken apart, with the inputs that its text form may leave out."""
    return {known["sweep"]: _reading(known) for known in header.get("sweeps") or ()}


def _reading(known: Mapping[str, Any]) -> Reading:
    """Return a sweep taken apart; what the header says goes before what its text does, whose inputs may have any name."""
    found, noises = read(known["sweep"]), tuple(known["noises"])
    title = noises[0] if len(noises) == 1 else found.title
    return replace(found, inputs=tuple(known["inputs"]), noises=noises, title=title)


def _inputs(header: Mapping[str, Any]) -> Inputs:
    """Return what is known of the inputs."""
    return Inputs(_pick(header, "modalities") or {}, _pick(header, "facts") or {})


def _ground(
    audit: Any, curves: Mapping[str, CurveView], *, higher: bool, idle: tuple[str, ...]
) -> Ground:
    """Return what the verdict rests on."""
    clean = _clean(audit)
    failures = _lost(audit).charged(audit.failures or ())
    first = next(iter(curves.values()), None)
    metric = next((curve.metric for curve in audit.curves.values()), None)
    return Ground(
        metric=metric_name(metric or _pick(audit.header, "metric") or "score"),
        higher_is_better=higher,
        clean=math.nan if clean is None else float(clean.value),
        low=math.nan if clean is None else float(clean.low),
        high=math.nan if clean is None else float(clean.high),
        n=0 if clean is None else int(clean.n),
        groups=audit.groups,
        chance=first.chance if first else None,
        replicates=int(_pick(audit.header, "replicates") or 1),
        failures=len(failures),
        skipped=len(audit.skipped or ()),
        idle=idle,
        broken=plain(
            audit.header.get("broken") or ""
            if clean is None
            else no_clean_answer(failures, int(clean.n))
        ),
    )


def _lost(audit: Any) -> LeftOut:
    """Return the samples that no noise came into."""
    return LeftOut(audit.left_out, audit.data_problems)


def _left(audit: Any, ground: Ground) -> tuple[str, ...]:
    """Say which samples curves leave out: faults of the data first."""
    n = _pick(audit.header, "samples") or ground.n
    said = _lost(audit).sentences(int(n), skipped=audit.skipped or ())
    return tuple(line(each, 2000) for each in said)


def _clean(audit: Any) -> Any:
    """Return the clean value, None where no curve could be made."""
    return audit.clean if audit.curves else None


def metric_name(metric: Any) -> str:
    """Return a metric's name from its name or the metric itself."""
    return line(getattr(metric, "name", metric), 60)


def _evaluations(curves: Iterable[CurveView], ground: Ground) -> int:
    """Count model evaluations: the clean pass and every noisy one."""
    noisy = sum(curve.n * (len(curve.points) - 1) for curve in curves)
    return ground.n + noisy * ground.replicates


def _confidence(audit: Any) -> float:
    """Return the level of the bands."""
    curves = audit.curves.values()
    return float(next((getattr(curve, "confidence", 0.95) for curve in curves), 0.95))


def _glance(header: Mapping[str, Any], ground: Ground, curves: tuple[CurveView, ...]) -> Facts:
    """Return the facts under the verdict."""
    chance = "" if ground.chance is None else _numbers.number(ground.chance)
    pairs = [
        (f"clean {ground.metric}", ground.clean_words()),
        ("chance", chance),
        ("samples", _numbers.count(ground.n)),
        ("noise conditions", _numbers.count(len(curves))),
        ("model", line(_described(header.get("model")), 120)),
        ("data", line(_described(header.get("data")), 120)),
    ]
    return tuple((name, text) for name, text in pairs if text)


def _seed(header: Mapping[str, Any]) -> str:
    """Return the seed of all noise."""
    seed = _pick(header, "seed")
    return line(0 if seed is None else seed)


def _state(header: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what the run itself reported: that it is not finished, and its warnings."""
    unfinished = header.get("status", "complete") != "complete" and not header.get("broken")
    first = ("The run is not finished: run the same command again to go on.",) if unfinished else ()
    return first + tuple(line(warning) for warning in header.get("warnings") or ())


def _published(audit: Any, header: Mapping[str, Any]) -> Facts:
    """Return the summary numbers of a preset that was tested at its five levels."""
    if not header.get("presets"):
        return ()
    try:
        found = {"mPC": audit.mpc(), "rPC": audit.rpc()}
    except MetricError:
        return ()
    return tuple((_titled(name, each), _estimated(each)) for name, each in found.items())


def _titled(name: str, estimate: Any) -> str:
    """Return the name of a summary number with what it is over: "mPC under cifar-c, 18 of 19 corruptions"."""
    over = estimate.text.partition(" over ")[2].partition(" at ")[0].partition(" (")[0]
    preset = estimate.text.partition(" under ")[2].partition(":")[0]
    return line(f"{name} under {preset}, {over}" if over else name)


def _estimated(estimate: Any) -> str:
    return _numbers.estimate(estimate.value, estimate.low, estimate.high)


def _described(value: Any) -> str:
    """Return the name of a model or data set from its description."""
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("title") or value.get("kind") or "")
    return "" if value is None else str(value)


def _fixed(curves: Iterable[CurveView]) -> tuple[CurveView, ...]:
    """Order conditions at one dose by noise, inputs and dose."""

    def order(curve: CurveView) -> tuple[str, str, float]:
        return curve.title.partition(" at ")[0], curve.inputs, curve.fixed or 0.0

    return tuple(sorted(curves, key=order))


def _sections(curves: tuple[CurveView, ...], modalities: Mapping[str, str]) -> tuple[Section, ...]:
    """Group curves: one section per input, then joint, chain and between inputs."""
    groups: dict[tuple[int, str, str], list[CurveView]] = {}
    for curve in curves:
        order = list(KINDS).index(curve.kind)
        name = curve.inputs if curve.kind == "single" else ""
        groups.setdefault((order, name, curve.kind), []).append(curve)
    return tuple(
        Section(
            anchor=f"section-{index + 1}",
            title=f"Input {name}" if name else KINDS[kind] or "Curves",
            note=line(modalities.get(name, "")) or _modality_note(members, kind),
            curves=tuple(members),
        )
        for index, ((_, name, kind), members) in enumerate(sorted(groups.items()))
    )


def _modality_note(curves: Iterable[CurveView], kind: str) -> str:
    """Name the modalities in a section of single noises."""
    if kind != "single":
        return ""
    return ", ".join(sorted({curve.title.partition("/")[0] for curve in curves}))


def _failures(failures: Iterable[Mapping[str, Any]] | None) -> tuple[Failure, ...]:
    """Count failures by condition and reason, most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], list[str]] = {}
    for failure in failures or ():
        cell = str(failure["cell"]).rpartition("|r=")[0].removesuffix("|s=0.0")
        key = (cell or str(failure["cell"]), str(failure["reason"]))
        counts[key] += 1
        examples.setdefault(key, []).append(str(failure["id"]))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        Failure(
            condition=line(cell.replace("|s=", ", severity ")),
            reason=line(reason),
            count=number,
            examples=line(", ".join(examples[cell, reason][:3])),
        )
        for (cell, reason), number in ordered
    )


def _effect(curves: tuple[CurveView, ...], ground: Ground) -> str:
    """Say what failures do to the numbers, and what samples left out do."""
    told = [f"{curve.name}: {curve.missing}" for curve in curves if curve.missing]
    if told or not ground.failures:
        return "; ".join(told)
    return (
        "The evaluated set is the same at every severity. A failed evaluation counts as the worst "
        "score where the metric has one; otherwise its sample is left out at every severity."
    )


def facts_of(value: Any) -> Facts:
    """Flatten a mapping into names and texts, nested names joined by a dot."""
    found: list[tuple[str, str]] = []
    for name, item in dict(value or {}).items():
        if isinstance(item, Mapping):
            found += [(f"{line(name, 80)}.{inner}", text) for inner, text in facts_of(item)]
        elif isinstance(item, list | tuple):
            found.append((line(name, 120), line(", ".join(map(str, item)), 5_000)))
        else:
            found.append((line(name, 120), line(item, 600)))
    return tuple(found)


def _scope(header: Mapping[str, Any]) -> Facts:
    """Return what is known of the model and the data."""
    found: list[tuple[str, str]] = []
    for name in ("model", "data"):
        value = header.get(name)
        if isinstance(value, Mapping):
            found += [(f"{name} {inner}", text) for inner, text in facts_of(value)]
        elif value:
            found.append((name, line(value)))
    return tuple(found)
