"""Makes an account: every finding that the cells allow, and the reason for every one that they do not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from noisebench.curve._records import number, span
from noisebench.errors import PlanError
from noisebench.modalities._account import Account, Unsaid
from noisebench.modalities._attribution import Attribution, attributions, subsets
from noisebench.modalities._below import negative_fusion, worse_than_absent
from noisebench.modalities._compensation import compensations
from noisebench.modalities._embedding import Seen, embeddings
from noisebench.modalities._grid import Grid, grid
from noisebench.modalities._interaction import Interaction, interactions
from noisebench.modalities._offset import offsets
from noisebench.modalities._read import Unread, measured_of, seen_of
from noisebench.modalities._reliance import FLAT, reliance
from noisebench.modalities._state import State
from noisebench.modalities._subsets import in_words, subsets_there
from noisebench.modalities._unsaid import Open
from noisebench.modalities._words import ordered
from perturbations.errors import explain

if TYPE_CHECKING:
    from noisebench._audit import Audit

HALF = 0.5
"""Share of the performance above chance that is left where attribution is made by default: far from floor and ceiling."""


def account_of(audit: "Audit", *, at: float | None, metric: str) -> Account:
    """Return the account of an audit.

    Args:
        audit: whose cells are compared.
        at: severity of attribution and interactions; None takes, of those at which noise in all inputs surely costs
            something, the one at which it leaves nearest to half of the performance above chance.
        metric: one of the audit's.

    Raises:
        PlanError: the data has fewer than two inputs, or the grid of cells is not complete at the severity `at`.
    """
    modalities: Mapping[str, str] = audit.header["data"]["modalities"]
    if len(modalities) < 2:
        hint = "an account is about several inputs of one model"
        raise PlanError(explain("data with two inputs or more", "inputs", list(modalities), hint))
    never = audit.header.get("absent") or ()
    measured, unread = measured_of(audit, metric, never)
    chosen = next(each for each in audit.metrics if each.name == metric)
    config = audit.header["config"]
    known = {"confidence": config["confidence"]}
    cells = None
    if measured:
        chance, seed = audit.chance(metric), audit.header["plan"]["seed"]
        drawn = {"bootstrap": config["bootstrap"], "seed": seed}
        there = [name for name in modalities if name not in never]
        cells = grid(measured, there, chance=chance, **known, **drawn)
    head = {"metric": metric, "higher_is_better": chosen.higher_is_better, **known}
    flat = _flat(audit)
    return account(
        cells, modalities, head, at=at, flat=flat, unread=unread, never=never,
        skipped=audit.header["skipped"], seen=seen_of(audit),
    )  # fmt: skip


def account(
    cells: Grid | None,
    modalities: Mapping[str, str],
    head: Mapping[str, Any],
    *,
    at: float | None = None,
    flat: Mapping[str, tuple[str, ...]] | None = None,
    unread: Sequence[Unread] = (),
    never: Sequence[str] = (),
    skipped: Mapping[str, str] | None = None,
    seen: Seen | None = None,
) -> Account:
    """Return the account of a grid of cells.

    Args:
        cells: None where there is none to compare.
        modalities: of the inputs, by name.
        head: metric, direction and confidence, as fields of the account.
        at: severity of attribution and interactions.
        flat: input to the sweeps on it that never cost a tenth.
        unread: sweeps that cannot serve.
        never: inputs that are missing in every sample.
        skipped: sweeps that could not be planned, with the reason.
        seen: what is known of embeddings; None where the model shows none.

    Raises:
        PlanError: the grid of cells is not complete at the severity `at`.
    """
    known: dict[str, Any] = {**head, "inputs": tuple(modalities), "n": 0}
    if cells is not None:
        clean, chance = cells.clean, cells.answers.retention.reference
        known |= {"n": cells.n, "clean": clean, "chance": chance, "cells": _rows(cells)}
    why = _nothing(cells, unread)
    if cells is None or why:
        # A model may be at chance because its inputs are apart in time, so that is looked at all the same.
        several = cells is not None and cells.answers.moments.units > 1
        apart = offsets(cells) if cells is not None and several else ()
        shifted = tuple(each for each in apart if each.shifted)
        whole = (Unsaid("the account of modalities", why),)
        return Account(**known, offsets=shifted, unsaid=whole)
    made = attributions(cells)
    there = subsets_there(cells)
    found = Account(
        **known,
        at=_severity(cells, made, at),
        worse_than_absent=worse_than_absent(cells),
        subsets=there,
        subsets_text=in_words(there, cells),
        reliance=reliance(cells, flat or {}),
        attributions=made,
        interactions=tuple(each for one in made for each in _interactions(cells, one)),
        compensation=compensations(cells),
        negative_fusion=negative_fusion(cells),
        offsets=offsets(cells),
        embeddings=() if seen is None else embeddings(seen),
    )
    open_ = Open(found, cells, modalities, unread, never, skipped or {})
    return replace(found, unsaid=open_.questions())


def _nothing(cells: Grid | None, unread: Sequence[Unread]) -> str:
    """Return why nothing can be said at all; empty where something can."""
    if cells is None:
        if unread:
            return f"no cell can serve; {unread[0].sweep}: {unread[0].why}"
        return 'the audit has no cell that it needs; audit with perturbations=["modalities"]'
    if cells.answers.moments.units < 2:
        kind = "sample" if cells.answers.sample.groups is None else "group"
        return f"an interval needs at least 2 {kind}s, and there is one {kind}"
    reason = cells.answers.retention.undefined(cells.answers.confidence)
    if reason.endswith("chance"):
        clean, chance = cells.clean, cells.answers.retention.reference or 0.0
        came = f"{cells.metric} {number(clean.value)} {span(clean.low, clean.high)}"
        return (
            f"{reason.removeprefix('undefined: ')} on clean data ({came}, chance {number(chance)}, "
            f"n = {cells.n}), so there is nothing to attribute"
        )
    return ""


def _severity(cells: Grid, made: Sequence[Attribution], at: float | None) -> float | None:
    """Return the severity asked for, or of those with a loss to attribute the one that leaves nearest to half.

    Where no loss is sure, it is the one with the largest.
    """
    grid_of = [each.severity for each in made]
    if at is not None:
        near = [each for each in grid_of if abs(each - at) < 1e-9]
        if not near:
            expected = f"a severity at which every subset of noisy inputs was measured: {grid_of}"
            raise PlanError(explain(expected, "at", at))
        return near[0]
    if not made:
        return None
    clean = float(cells.answers.moments.mean[0])
    floor = cells.answers.retention.reference
    whole = abs(clean - floor) if floor is not None else max(e.total.value for e in made)
    surely = [each for each in made if each.total.low > 0]
    if not surely:
        return max(made, key=lambda each: each.total.value).severity
    return min(surely, key=lambda each: abs(each.total.value - HALF * whole)).severity


def _interactions(cells: Grid, made: Attribution) -> tuple[Interaction, ...]:
    line = next(each for each in cells.lines if each.name == made.sweep)
    state = line.states[line.severities.index(made.severity)]
    names = ordered(line.noisy, cells.inputs)
    places = {chosen: cells.places[each] for chosen, each in subsets(state, names).items()}
    return interactions(cells, places, names, made.severity)


def _rows(cells: Grid) -> tuple[dict[str, Any], ...]:
    """Return every cell with what its inputs are, its value and its interval."""
    sweeps = {place: cells.sweeps.get(state, "") for state, place in cells.places.items()}
    rows = []
    for state, place in cells.places.items():
        value = cells.value(place)
        inputs = {name: _said(state, name) for name in cells.inputs}
        numbers = {"value": value.value, "low": value.low, "high": value.high, "n": value.n}
        rows.append({"inputs": inputs, "sweep": sweeps[place], **numbers})
    return tuple(rows)


def _said(state: State, name: str) -> str:
    what = state.get(name)
    return "clean" if what is None else str(what)


def _flat(audit: "Audit") -> dict[str, tuple[str, ...]]:
    """Return for each input the sweeps on it alone that never cost a tenth of the performance above chance."""
    found: dict[str, list[str]] = {}
    for known in audit.header["sweeps"]:
        name, inputs = known["sweep"], known["inputs"]
        curve = audit.curves.get(name) if len(inputs) == 1 else None
        if curve is not None and curve.tolerance(drop=FLAT).censored:
            found.setdefault(inputs[0], []).append(name)
    return {name: tuple(sweeps) for name, sweeps in found.items()}
