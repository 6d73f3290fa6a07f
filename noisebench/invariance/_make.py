"""Reads an audit into what it knows of group actions, and says what is missing for what it does not."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from noisebench._evaluated import CLEAN_KEY
from noisebench._roles import was_undone
from noisebench._stopped import IN_FULL
from noisebench.curve._curve import need
from noisebench.curve._records import Estimate
from noisebench.errors import DataError, MetricError
from noisebench.invariance import _orbit
from noisebench.invariance._invariance import ALONG, APART, CHANGED, Acted, Invariance, Size
from noisebench.invariance._orbit import Unknown
from noisebench.invariance._split import Split, splits
from noisebench.metrics import Metric
from noisebench.modalities import Unsaid
from perturbations._action import UNDONE

if TYPE_CHECKING:
    from noisebench._audit import Audit

Floats = NDArray[np.float64]
Errors = tuple[Estimate | None, ...]

PLAN = 'perturbations=["invariance"] measures those of the data'


def invariance_of(audit: "Audit", *, metric: str) -> Invariance:
    """Return what an audit knows of group actions.

    Args:
        audit: whose cells are compared.
        metric: one of the audit's, that losses are in.
    """
    chosen = next(each for each in audit.metrics if each.name == metric)
    head = {
        "metric": metric, "higher_is_better": chosen.higher_is_better,
        "confidence": audit.header["config"]["confidence"], "n": len(audit.ids),
    }  # fmt: skip
    known = [each for each in audit.header["sweeps"] if _is_action(each)]
    if audit.partial or not known:
        why = f"no sweep of the audit is a group action; {PLAN}"
        if audit.partial:
            why = f"sampling stopped early, so that sizes have other samples; {IN_FULL}"
        return Invariance(**head, unsaid=(Unsaid("what the model sees as the same", why),))
    reader = _Reader(audit, chosen)
    actions = sorted(
        (each for one in known if (each := reader.acted(one)) is not None),
        key=lambda each: (-each.missing, each.sweep),
    )
    return Invariance(**head, actions=tuple(actions), unsaid=tuple(reader.unsaid()))


def _is_action(known: Mapping[str, Any]) -> bool:
    parts = known["parts"]
    return len(parts) == 1 and "action" in parts[0] and not was_undone(known)


@dataclass(frozen=True, slots=True)
class _Told:
    """The error of one action at every size."""

    kind: str
    unit: str
    errors: Errors
    orbit: Estimate | None = None
    voted: Estimate | None = None


class _Reader:
    def __init__(self, audit: "Audit", metric: Metric) -> None:
        self.audit, self.metric = audit, metric
        self.record, self.evaluated = audit._record, audit._evaluated  # noqa: SLF001 - parts of the audit
        self.open: dict[tuple[str, str], list[str]] = {}

    def unsaid(self) -> list[Unsaid]:
        """Return what stays open; actions with one reason together."""
        return [
            Unsaid(f"{what} {', '.join(names)}", why) for (what, why), names in self.open.items()
        ]

    def acted(self, known: Mapping[str, Any]) -> Acted | None:
        """Return what is known of one action; None where nothing is."""
        name, action = known["sweep"], known["parts"][0]["action"]
        told = self._told(known)
        split = self._split(known)
        if told is None and split is None:
            return None
        count = len(known["severities"])
        errors: Errors = (None,) * count if told is None else told.errors
        losses: tuple[Split | None, ...] = (None,) * count if split is None else split
        sizes = tuple(
            Size(severity, _dose(known, k), errors[k], losses[k])
            for k, severity in enumerate(known["severities"])
        )
        return Acted(
            name, action["group"], action["order"], action["lossless"],
            CHANGED if told is None else told.kind, "" if told is None else told.unit, sizes,
            None if told is None else told.orbit, 1 + count * known["replicates"],
            None if told is None else told.voted,
        )  # fmt: skip

    def _told(self, known: Mapping[str, Any]) -> _Told | None:
        """Return the error of an action; None, and why, where it is not known."""
        (name,) = known["inputs"]
        moves = self.audit.header["data"].get("moves", {})
        try:
            return self._along(known) if moves.get(name) else self._changed(known)
        except Unknown as why:
            kind = "equivariance" if moves.get(name) else "invariance"
            self._leave(f"the error of {kind} under", str(why), known["sweep"])
            return None

    def _changed(self, known: Mapping[str, Any]) -> _Told:
        """Return how often answers change, or how far numbers move."""
        name = known["sweep"]
        ids = [self.evaluated.ids[i] for i in self.evaluated.kept(name)]
        if not ids:
            raise Unknown("no sample can have it")
        clean = _of(self.record.predictions(CLEAN_KEY), ids)
        moved = [
            [_of(self.record.predictions(key), ids) for key in keys]
            for keys in self.evaluated.keys(name)
        ]
        _orbit.checked(clean)
        given = self._given(known, ids)
        changed = _orbit.changes(clean, moved)
        orbit = _orbit.consistency(changed, given)
        if _orbit.is_number(clean):
            far = _orbit.distances(clean, moved)
            unit = "of the mean size"
            return _Told(APART, unit, _orbit.errors(far, given, shares=False, unit=unit), orbit)
        found = _orbit.errors(changed, given, shares=True, unit="of the answers")
        return _Told(CHANGED, "of the answers", found, orbit, self._voted(clean, moved, ids, given))

    def _voted(
        self,
        clean: Sequence[Any],
        moved: Sequence[Sequence[Sequence[Any]]],
        ids: Sequence[str],
        given: Mapping[str, Any],
    ) -> Estimate | None:
        """Return what a vote over the orbit is worth; None where answers or targets are no labels."""
        column = self.record.column("target")
        if column is None:
            return None
        wanted = _of(dict(zip(self.evaluated.ids, column, strict=True)), ids)
        try:
            return _orbit.averaged(self.metric, _orbit.voted(clean, moved), wanted, given)
        except Unknown:
            return None

    def _along(self, known: Mapping[str, Any]) -> _Told:
        """Return how far what the model finds does not move along."""
        first = self.audit.metrics[0]
        cells = [
            [self.record.followed(key) for key in keys]
            for keys in self.evaluated.keys(known["sweep"])
        ]
        common = [
            name
            for name in self.evaluated.ids
            if all(name in column for draws in cells for cell in draws for column in _columns(cell))
        ]
        if not common:
            told = self.audit.header.get("warnings") or ()
            said = [each for each in told if "equivariance" in each]
            raise Unknown(
                said[0]
                if said
                else "no sample was measured at every size; distortion= says how many are"
            )
        rows = [
            [np.array([[column[i] for column in cell.values()] for i in common]) for cell in draws]
            for draws in cells
        ]
        return _Told(ALONG, first.unit, _orbit.along(first, rows, self._given(known, common)))

    def _given(self, known: Mapping[str, Any], ids: Sequence[str]) -> dict[str, Any]:
        groups = self.evaluated.groups
        place = {name: i for i, name in enumerate(self.evaluated.ids)}
        header = self.audit.header
        return {
            "severities": known["severities"], "ids": list(ids),
            "groups": None if groups is None else [groups[place[i]] for i in ids],
            "confidence": header["config"]["confidence"],
            "bootstrap": header["config"]["bootstrap"], "seed": header["plan"]["seed"],
        }  # fmt: skip

    def _split(self, known: Mapping[str, Any]) -> tuple[Split, ...] | None:
        """Return the loss taken apart; None, and why, where that cannot be."""
        name, part = known["sweep"], known["parts"][0]
        back = self._undone(known)
        what = "what of the loss is information, and what invariance would spare, under"
        if back is None and not part["action"]["lossless"]:
            hint = f"it was not put back at the same sizes; {PLAN} ({UNDONE}=true)"
            self._leave(what, hint, name)
            return None
        try:
            samples = [
                need(self.audit.curve(each, metric=self.metric.name), "a split").sample
                for each in (name, *([back] if back else []))
            ]
        except (DataError, MetricError) as error:
            self._leave(what, " ".join(str(error).split()), name)
            return None
        header = self.audit.header
        found = splits(
            samples[0], samples[1] if back else None, chance=self.audit.chance(self.metric.name),
            confidence=header["config"]["confidence"], bootstrap=header["config"]["bootstrap"],
            seed=header["plan"]["seed"],
        )  # fmt: skip
        if isinstance(found, str):
            self._leave(what, found, name)
            return None
        return found

    def _undone(self, known: Mapping[str, Any]) -> str | None:
        """Return the sweep in which the same action is undone at the same sizes."""
        if known["parts"][0]["action"]["lossless"]:
            return None
        mine = _same(known)
        return next(
            (
                each["sweep"]
                for each in self.audit.header["sweeps"]
                if was_undone(each) and len(each["parts"]) == 1 and _same(each) == mine
            ),
            None,
        )

    def _leave(self, what: str, why: str, name: str) -> None:
        self.open.setdefault((what, why), []).append(name)


def _same(known: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what a sweep and the one that undoes it share."""
    part = known["parts"][0]
    settings = {k: v for k, v in part["settings"].items() if k != UNDONE}
    return part["noise"], settings, part["inputs"], part["at"], known["severities"]


def _of(answers: Mapping[str, Any], ids: Sequence[str]) -> list[Any]:
    return [answers.get(name) for name in ids]


def _columns(cell: Mapping[str, Mapping[str, float]]) -> list[Mapping[str, float]]:
    """Return the columns of a cell's scores; one without samples where nothing was measured."""
    return list(cell.values()) or [{}]


def _dose(known: Mapping[str, Any], place: int) -> str:
    """Write the dose of one size with its unit."""
    dose = known["doses"][place]
    if not isinstance(dose, int | float) or not math.isfinite(dose):
        return ""
    unit = known["unit"].partition(" (")[0]
    if unit.startswith("share of "):
        return f"{100 * dose:.3g} % {unit.removeprefix('share ')}"
    return f"{dose:.3g}{'' if unit == '°' else ' '}{unit}".strip()
