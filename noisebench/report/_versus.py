"""What a report of several models under the same noise shows, and how it is built from a comparison."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from noisebench._left_out import LeftOut
from noisebench._rank import noises
from noisebench._sentences import idle
from noisebench.report import _method, _numbers
from noisebench.report._build import curves_of, facts_of, metric_name, readings_of
from noisebench.report._charts import domain_of
from noisebench.report._glossary import entries
from noisebench.report._literature import LiteratureView, literature_of_models
from noisebench.report._maps import MapsView, maps_of
from noisebench.report._modalities_table import worth_of
from noisebench.report._modalities_view import Worth
from noisebench.report._sweeps import read
from noisebench.report._text import line, plain
from noisebench.report._view import CurveView, Entry, Facts
from noisebench.report._words import listed, plural


@dataclass(frozen=True, slots=True)
class Gap:
    """The paired difference of two models at one severity."""

    severity: float
    dose: str
    value: float
    low: float
    high: float
    text: str
    interval: str
    better: str
    """The model that is better; empty where the band includes zero."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The paired difference of two models under one noise."""

    first: str
    second: str
    gaps: tuple[Gap, ...]
    n: int
    note: str
    """What was left out; empty where nothing was."""

    @property
    def title(self) -> str:
        """What is subtracted from what."""
        return f"{self.first} − {self.second}"

    @property
    def largest(self) -> float:
        """The largest difference either way."""
        return max((abs(gap.value) for gap in self.gaps if gap.value == gap.value), default=0.0)

    @property
    def apart(self) -> bool:
        """Whether one model is surely better than the other at some severity."""
        return any(gap.better for gap in self.gaps)

    @property
    def outcome(self) -> str:
        """Say in one line which model is better, and from which severity on."""
        found = {gap.better: gap.severity for gap in reversed(self.gaps) if gap.better}
        told = [f"{m} is better from severity {_numbers.number(s)}" for m, s in found.items()]
        return "; ".join(told) or "no difference shown: every band includes zero"


@dataclass(frozen=True, slots=True)
class Contest:
    """All models under one noise."""

    anchor: str
    title: str
    inputs: str
    curves: tuple[CurveView, ...]
    """One a model, in the order of the models."""
    pairs: tuple[Pair, ...]

    @property
    def better(self) -> str:
        """Who is surely better than whom at the last severity, the largest difference first."""
        last = [(pair, pair.gaps[-1]) for pair in self.pairs if pair.gaps[-1].better]
        last.sort(key=lambda each: -abs(each[1].value))
        told = [
            f"{gap.better} than {pair.second if gap.better == pair.first else pair.first} by {gap.text.lstrip(_numbers.MINUS)}"
            for pair, gap in last
        ]
        return "; ".join(told)

    @property
    def largest(self) -> float:
        """The largest difference of any two models."""
        return max((pair.largest for pair in self.pairs), default=0.0)


@dataclass(frozen=True, slots=True)
class VersusView:
    """Everything that a report of a comparison shows."""

    title: str
    verdict: str
    remarks: tuple[str, ...]
    at_a_glance: Facts
    models: tuple[str, ...]
    metric: str
    higher_is_better: bool
    confidence: str
    domain: tuple[float, float]
    reach: tuple[float, float]
    """Common range of the charts of differences."""
    severities: tuple[float, ...]
    contests: tuple[Contest, ...]
    """The noises that were swept, the one with the largest difference first."""
    fixed: tuple[Contest, ...]
    """The conditions at one dose of their own."""
    worth: Worth | None
    """What each input is worth to each model; None where the data has one, or nothing was compared."""
    maps: tuple[MapsView, ...]
    """How the maps of the noises differ, of every two models; none where fewer than three noises were measured."""
    literature: LiteratureView | None
    """Published summary numbers of every model; None where the audits have what none of them needs."""
    note: str
    limits: tuple[str, ...]
    method: tuple[str, ...]
    reproduce: tuple[tuple[str, Facts], ...]
    glossary: tuple[Entry, ...]


def versus(comparison: Any) -> VersusView:
    """Return everything that a report of this comparison shows."""
    audits: Mapping[str, Any] = comparison.audits
    models = tuple(line(name, 60) for name in audits)
    contests = _contests(comparison)
    swept = tuple(contest for contest in contests if contest.curves[0].fixed is None)
    first = next(iter(audits.values()))
    curves = tuple(curve for contest in contests for curve in contest.curves)
    gaps = [gap for contest in swept for pair in contest.pairs for gap in pair.gaps]
    metric = metric_name(first.metrics[0])
    confidence = _numbers.percent(float(first.header["config"]["confidence"]))
    return VersusView(
        title=line(comparison.name or f"{listed(models)} under the same noise"),
        verdict=_verdict(audits, contests, models, metric),
        remarks=_remarks(audits, first),
        at_a_glance=_glance(audits, contests),
        models=models,
        metric=metric,
        higher_is_better=bool(first.metrics[0].higher_is_better),
        confidence=confidence,
        domain=domain_of(curves),
        reach=_reach(gaps),
        severities=tuple(sorted({gap.severity for gap in gaps if gap.severity > 0})),
        contests=swept,
        fixed=tuple(contest for contest in contests if contest not in swept),
        worth=worth_of(audits),
        maps=maps_of(comparison, curves_of(first)),
        literature=literature_of_models(comparison),
        note=" ".join(plain(comparison.note).split()),
        limits=_method.LIMITS,
        method=_words(confidence, int(first.header["plan"]["seed"])),
        reproduce=tuple(
            (f"{title} of {model}", facts_of(audit.header.get(key)))
            for model, audit in zip(models, audits.values(), strict=True)
            for title, key in (("Model", "model"), ("Versions", "versions"), ("Hashes", "hashes"))
        ),
        glossary=entries(n for sweep in comparison.sweeps for n in _noises(first, sweep)),
    )


def _contests(comparison: Any) -> tuple[Contest, ...]:
    views = [curves_of(audit) for audit in comparison.audits.values()]
    found = []
    first = next(iter(comparison.audits.values()))
    noise = noises(first.header, comparison.sweeps)
    for number, (sweep, pairs) in enumerate(comparison.differences.items()):
        if sweep not in noise:
            continue
        curves = tuple(view[sweep] for view in views)
        shown = tuple(_pair(pair, each, curves[0]) for pair, each in pairs.items())
        anchor = f"noise-{number + 1}"
        found.append(Contest(anchor, curves[0].title, curves[0].inputs, curves, shown))
    return tuple(sorted(found, key=lambda contest: -contest.largest))


def _pair(names: tuple[str, str], found: Any, curve: CurveView) -> Pair:
    first, second = (line(name, 60) for name in names)
    doses = {point.severity: point.dose for point in curve.points}
    rows = zip(found.severities, found.estimate, found.low, found.high, found.better, strict=True)
    gaps = []
    for severity, value, low, high, better in rows:
        text, interval = _numbers.parts(float(value), float(low), float(high))
        numbers = float(value), float(low), float(high)
        shown = line(better, 60)
        gaps.append(Gap(severity, doses.get(severity, ""), *numbers, text, interval, shown))
    left = f"{plural(found.unmatched, 'sample')} of only one of them left out"
    return Pair(first, second, tuple(gaps), int(found.n), left if found.unmatched else "")


def _verdict(
    audits: Mapping[str, Any], contests: Sequence[Contest], models: Sequence[str], metric: str
) -> str:
    """Say how the models do when clean, and under how many noises which of them is better."""
    if not contests:
        return "Under no noise do all models have a curve, so nothing is compared."
    clean = [_clean(audit) for audit in audits.values()]
    said = listed([f"{m} {text}" for m, text in zip(models, clean, strict=True)])
    lead = f"{metric[:1].upper()}{metric[1:]} when clean: {said}."
    wins = dict.fromkeys(models, 0)
    split, alike = 0, 0
    for contest in contests:
        better = {gap.better for p in contest.pairs for gap in p.gaps if gap.better}
        split, alike = split + (len(better) > 1), alike + (not better)
        for model in better:
            wins[model] += 1
    of = plural(len(contests), "noise")
    if not any(wins.values()):
        return f"{lead} Of {of}, none tells the models apart."
    order = sorted((m for m in models if wins[m]), key=lambda model: -wins[model])
    if len(models) == 2:
        told = [f"{model} is better at some severity under {wins[model]}" for model in order]
        both = f" ({split} change sides)" if split else ""
        rest = f"; {alike} {'does' if alike == 1 else 'do'} not tell them apart" if alike else ""
        return f"{lead} Of {of}, {listed(told)}{both}{rest}."
    told = [f"{model} under {wins[model]}" for model in order]
    never = [model for model in models if not wins[model]]
    rest = f"; {listed(never)} under none" if never else ""
    return (
        f"{lead} Of {of}, so many show that a model is better than at least one other at some severity: "
        f"{listed(told)}{rest}; {alike} tell no two models apart."
    )


def _clean(audit: Any) -> str:
    clean = audit.clean
    return _numbers.estimate(clean.value, clean.low, clean.high)


def _remarks(audits: Mapping[str, Any], first: Any) -> tuple[str, ...]:
    left_out = LeftOut(first.left_out, first.data_problems)
    found = [*left_out.sentences(first.clean.n), *idle(first.distortion)]
    for model, audit in audits.items():
        if failed := LeftOut(audit.left_out, audit.data_problems).charged(audit.failures):
            count = plural(len(failed), "evaluation")
            found.append(f"{count} of {model} failed; they are counted, not dropped.")
        if not audit.complete:
            found.append(f"The run of {model} is not finished.")
    if first.clean.n < 100:
        found.append(f"Only {plural(first.clean.n, 'sample')}: the bands are wide.")
    return tuple(line(each, 2000) for each in (*found, "Synthetic noise is not field data."))


def _glance(audits: Mapping[str, Any], contests: Sequence[Contest]) -> Facts:
    first = next(iter(audits.values()))
    pairs = [(f"clean, {model}", _clean(audit)) for model, audit in audits.items()]
    data = first.header.get("data")
    pairs += [
        ("samples", _numbers.count(first.clean.n)),
        ("noise conditions", _numbers.count(len(contests))),
        ("data", str(data.get("name") or "") if isinstance(data, Mapping) else ""),
    ]
    return tuple((line(name, 80), line(text, 120)) for name, text in pairs if text)


def _reach(gaps: Iterable[Gap]) -> tuple[float, float]:
    """Return a range around zero that holds every band."""
    numbers = [abs(x) for gap in gaps for x in (gap.low, gap.value, gap.high) if math.isfinite(x)]
    most = 1.05 * max(numbers, default=1.0) or 1.0
    return -most, most


def _words(confidence: str, seed: int) -> tuple[str, ...]:
    return (
        f"Every model saw the very same noisy samples (seed {seed}): the noise of a sample is a keyed function that "
        "knows nothing of the model. So differences are taken sample by sample, and what is hard for all models cancels.",
        f"Bands of curves and of differences are simultaneous {confidence} bands over all severities. The band of a "
        "difference is narrower than two bands side by side would suggest; it alone tells whether models differ.",
        "A model is called better where the band of the difference excludes zero. Bands are not adjusted for the "
        "number of noises or of pairs of models.",
    )


def _noises(audit: Any, sweep: str) -> Sequence[str]:
    return (readings_of(audit.header).get(sweep) or read(sweep)).noises
