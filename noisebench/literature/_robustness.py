"""MultiBench's numbers of one sweep, from curves of one or several models that are resampled together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from noisebench.curve._sample import Sample
from noisebench.literature._levels import Source, other_curve, scores_at
from noisebench.literature._paired import Drawn, Floats, Paired, called, paired, width
from noisebench.literature._summary import Found, Summary, said
from noisebench.metrics import multibench as published

if TYPE_CHECKING:
    from noisebench._audit import Audit

THIS = "this model"
_REFERENCE = ""
"""Stands for the reference among other models: no method can be called so."""
_RELATIVE, _EFFECTIVE = "MultiBench relative robustness", "MultiBench effective robustness"
_CLEAN = "mostly tells how good the model is without noise, and depends on the last level"
_FLOOR = "not normalised by chance: a stronger model has further to fall"
_METHODS = "it changes with every method that is added or left out, and tells nothing of distance"


@dataclass(frozen=True, slots=True, repr=False)
class Robustness:
    """MultiBench's numbers of one sweep."""

    sweep: str
    levels: tuple[float, ...]
    """The noise levels, from 0."""
    relative: Summary
    """Raw area under the curve."""
    retained_area: Summary
    """The same, of what is retained above chance."""
    effective: Summary | None = None
    """Sum of what is lost less than the reference loses; None without a reference."""
    effective_on_retention: Summary | None = None
    """The same, of what is retained above chance."""
    relative_min_max: Summary | None = None
    """On request only."""
    effective_min_max: Summary | None = None
    """On request only."""

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """The numbers that there are, each beside its chance-normalised form."""
        found = (
            self.relative, self.retained_area, self.effective, self.effective_on_retention,
            self.relative_min_max, self.effective_min_max,
        )  # fmt: skip
        return tuple(each for each in found if each is not None)

    def __repr__(self) -> str:
        first = self.relative.estimate
        shown = "; ".join(each.short for each in self.summaries)
        return f"{self.sweep}, noise levels 0 to {self.levels[-1]:g}, n = {first.n}: {shown}"


def robustness(
    audit: "Audit",
    sweep: str,
    at: Sequence[int],
    metric: str,
    reference: Source | None,
    methods: Mapping[str, Source],
) -> Robustness:
    """Return the numbers of one sweep at the levels that stand at these places of its curve."""
    others = dict(methods) | ({} if reference is None else {_REFERENCE: reference})
    found = {
        name: other_curve(source, audit, sweep, metric, len(at)) for name, source in others.items()
    }
    audited = {name: each for name, each in found.items() if isinstance(each, Sample)}
    known = paired([scores_at(audit, sweep, metric, at), *audited.values()], audit)
    curves = dict(zip(audited, known.curves[1:], strict=True))
    for name, each in found.items():
        if isinstance(each, np.ndarray):
            curves[name] = Drawn(each, np.broadcast_to(each, known.curves[0].draws.shape))
    reasons = {name: each for name, each in found.items() if isinstance(each, str)}
    if reference is audit:
        curves[_REFERENCE] = known.curves[0]
    named = (
        "the stored curve" if isinstance(reference, Mapping) else called(reference, "the reference")
    )
    made = _Numbers(sweep, known, curves, reasons, audit.chance(metric), named)
    return made.all(tuple(methods), compared=reference is not None)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Makes the numbers of one sweep."""

    sweep: str
    known: Paired
    others: Mapping[str, Drawn]
    reasons: Mapping[str, str]
    """Why another model has no curve here."""
    chance: float | None
    named: str
    """What the reference is called."""

    def all(self, methods: Sequence[str], *, compared: bool) -> Robustness:
        levels = self.known.sample.severities
        made = Robustness(self.sweep, levels, self._relative(), self._retained_area())
        if compared:
            on_retention = self._on_retention()
            made = replace(made, effective=self._effective(), effective_on_retention=on_retention)
        if methods:
            made = replace(made, relative_min_max=self._min_max(_RELATIVE, methods))
        if methods and compared:
            made = replace(made, effective_min_max=self._min_max(_EFFECTIVE, methods))
        return made

    @property
    def own(self) -> Drawn:
        return self.known.curves[0]

    @property
    def metric(self) -> str:
        return self.known.metric.name

    @property
    def up(self) -> bool:
        return self.known.metric.higher_is_better

    @property
    def _itself(self) -> bool:
        """Whether the reference is this very model, which is 0 by definition and not by measurement."""
        return self.others.get(_REFERENCE) is self.own

    def _relative(self) -> Summary:
        metric, steps = self.known.metric, len(self.own.estimate) - 1
        low, high = (
            None if end is None else published.STEP * steps * end
            for end in (metric.low, metric.high)
        )
        value, draws = (published.area(each) for each in (self.own.estimate, self.own.draws))
        found = self.known.interval(float(value), draws, low=low, high=high)
        most = "" if high is None else f", {high:g} at most"
        what = f"raw area under {self.metric}, not divided{most}"
        return self._said(_RELATIVE, found, what, _CLEAN, up=self.up)

    def _retained_area(self) -> Summary:
        found: Found = self.known.at_chance(self.chance)
        if not found:
            area = self.known.retention(self.chance).area(self.known.confidence)
            found = (area.value, area.low, area.high)
        what = f"mean share of {self.metric} above chance that is retained, 1 where all is"
        return self._said("area of retained performance", found, what, "", up=True)

    def _effective(self) -> Summary:
        found: Found = self.reasons.get(_REFERENCE, "")
        if self._itself:
            found = (0.0, 0.0, 0.0)
        elif not found:
            values, draws = self._gaps(self.own)
            most = 2 * (len(self.own.estimate) - 1) * width(self.known.metric)
            low, high = (-most, most) if np.isfinite(most) else (None, None)
            found = self.known.interval(values, draws, low=low, high=high)
        what = (
            f"sum over levels of {self.metric} minus the reference's, moved to the same clean value; "
            f"the reference, {self.named}, has 0"
        )
        return self._said(_EFFECTIVE, found, what, _FLOOR, up=self.up)

    def _on_retention(self) -> Summary:
        found: Found = (
            self.reasons.get(_REFERENCE, "")
            or self.known.at_chance(self.chance)
            or self._reference_at_chance()
        )
        if not found and self._itself:
            found = (0.0, 0.0, 0.0)
        elif not found:
            own, base = self._retained(self.own), self._retained(self.others[_REFERENCE])
            value, draws = (published.kept_gap(a, b) for a, b in zip(own, base, strict=True))
            most = sum(map(self._most_kept, (self.own, self.others[_REFERENCE])))
            low, high = (-most, most) if np.isfinite(most) else (None, None)
            found = self.known.interval(float(value), draws, low=low, high=high)
        what = (
            f"mean share of {self.metric} above chance that is retained beyond what the reference, "
            f"{self.named}, retains"
        )
        return self._said("effective robustness on retention", found, what, "", up=True)

    def _min_max(self, name: str, methods: Sequence[str]) -> Summary:
        compared = {THIS: self.own} | {n: self.others[n] for n in methods if n in self.others}
        found: Found = "undefined: all methods have the same value, so that the form is 0 / 0"
        made = [self._areas(each) if name == _RELATIVE else self._gaps(each) for each in compared.values()]  # fmt: skip
        values = np.array([value for value, _ in made])
        if values.min() < values.max():
            draws = np.stack([each for _, each in made], axis=1)
            draws = draws[draws.min(axis=1) < draws.max(axis=1)]
            tail = (1 - self.known.confidence) / 2
            value = float(published.scaled(values, higher=self.up)[0])
            shares = [*published.scaled(draws, higher=self.up)[:, 0], value]
            low, high = np.quantile(shares, [tail, 1 - tail])
            found = (value, min(float(low), value), max(float(high), value))
        what = f"1 for the best and 0 for the worst of {', '.join(compared)}"
        return self._said(f"{name}, min-max over methods", found, what, _METHODS, up=True)

    def _areas(self, curve: Drawn) -> tuple[float, Floats]:
        return float(published.area(curve.estimate)), published.area(curve.draws)

    def _gaps(self, curve: Drawn) -> tuple[float, Floats]:
        base = self.others[_REFERENCE]
        value = float(published.gap(curve.estimate, base.estimate))
        return value, published.gap(curve.draws, base.draws)

    def _reference_at_chance(self) -> str:
        base = self.others[_REFERENCE]
        reason = self.known.at_chance(self.chance, base)
        return reason.replace("the model", self.named)

    def _retained(self, curve: Drawn) -> tuple[Floats, Floats]:
        floor = self.known.floor(self.chance) or 0.0
        # A resample may bring the clean performance down to chance; it then says as little as the interval does.
        draws = np.where(curve.draws[:, :1] == floor, curve.estimate, curve.draws)
        return published.retention(curve.estimate, floor), published.retention(draws, floor)

    def _most_kept(self, curve: Drawn) -> float:
        """Return how far apart two samples can be in what a curve retains."""
        clean = float(curve.estimate[0]) - (self.known.floor(self.chance) or 0.0)
        return width(self.known.metric) / abs(clean)

    def _said(self, name: str, found: Found, what: str, caveat: str, *, up: bool) -> Summary:
        levels = self.known.sample.severities
        return said(
            name,
            published.CITATION if name.startswith("MultiBench") else "",
            found,
            self.known.sample.n,
            higher_is_better=up,
            definition=what,
            covers=f"under {self.sweep} at noise levels 0 to {levels[-1]:g}",
            caveat=caveat,
            confidence=self.known.confidence,
        )
