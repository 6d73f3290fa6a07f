"""Reads an audit into the cells that an account compares, and says which cannot serve and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from noisebench._evaluated import CLEAN_KEY
from noisebench._roles import ABSENCE, SHUFFLE, was_undone
from noisebench._written import Placed, written
from noisebench.curve._curve import need
from noisebench.errors import DataError, MetricError
from noisebench.modalities._embedding import Seen
from noisebench.modalities._grid import Measured
from noisebench.modalities._state import State, state_of

if TYPE_CHECKING:
    from noisebench._audit import Audit

FEWEST = 0.5
"""Share of the evaluated samples that a sweep must have; with fewer the whole account would rest on too few."""

MISALIGNMENT = "misalignment"
"""The measure of how far an input was really moved in time."""

BROKEN = 0.5
"""Share of failed evaluations from which a cell says more about the failure than about its inputs."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A sweep that an account cannot use."""

    sweep: str
    states: tuple[State, ...]
    """That it was meant to measure."""
    why: str
    failure: str = ""
    """What the model raised, where that is why."""


def measured_of(
    audit: "Audit", metric: str, never: Sequence[str]
) -> tuple[list[Measured], list[Unread]]:
    """Return the sweeps that an account can read, and those that cannot serve, with the reason.

    Args:
        audit: to read.
        metric: one of the audit's.
        never: inputs that are missing in every sample, which no cell can change.
    """
    found: list[Measured] = []
    unread: list[Unread] = []
    failed = _failed(audit)
    for known in audit.header["sweeps"]:
        if was_undone(known):
            continue
        name = known["sweep"]
        moved = audit.distortion[name]
        read = (
            state_of(
                known["parts"], place, severity, realised=moved.get(severity, {}).get(MISALIGNMENT)
            )
            for place, severity in enumerate(known["severities"])
        )
        states = tuple(state and state.without(never) for state in read)
        if not any(state and state.inputs for state in states):
            continue
        made = _measured(audit, known, states, metric, failed)
        if isinstance(made, Unread):
            unread.append(made)
        else:
            found.append(made)
    return found, unread


def _measured(
    audit: "Audit",
    known: Mapping[str, Any],
    states: tuple[State | None, ...],
    metric: str,
    failed: Mapping[str, Counter[str]],
) -> Measured | Unread:
    name = known["sweep"]
    meant = tuple(each for each in states if each)
    reasons = failed.get(name)
    evaluations = len(audit.ids) * len(known["severities"]) * known["replicates"]
    if reasons and reasons.total() > BROKEN * evaluations:
        why, times = reasons.most_common(1)[0]
        said = f"the model failed on {reasons.total()} of {evaluations} evaluations, such as ({times} times): {why}"
        return Unread(name, meant, said, failure=why)
    try:
        sample = need(audit.curve(name, metric=metric), "an account").sample
    except (DataError, MetricError) as error:
        return Unread(name, meant, " ".join(str(error).split()))
    if sample.n < FEWEST * len(audit.ids):
        why = f"only {sample.n} of {len(audit.ids)} samples can have this noise"
        return Unread(name, meant, why)
    return Measured(
        name=name,
        severities=tuple(known["severities"]),
        states=states,
        sample=sample,
        title=_title(known),
        doses=_doses(known),
    )


def seen_of(audit: "Audit") -> Seen | None:
    """Return what an audit knows of the model's embeddings; None where the model shows none."""
    record = audit._record  # noqa: SLF001 - a part of the audit in a package of its own
    clean = record.embedded(CLEAN_KEY)
    if not clean:
        return None
    noisy = [
        (known["sweep"], _title(known) or known["sweep"], severity, found)
        for known in audit.header["sweeps"]
        for severity, (first, *_) in audit._evaluated.by_severity(known["sweep"])  # noqa: SLF001 - as above
        if (found := record.embedded(first))
    ]
    groups = record.columns.get("group")
    by_id = None if groups is None else dict(zip(record.ids, groups, strict=True))
    return Seen(clean, noisy, by_id, audit.header["config"]["confidence"])


def _failed(audit: "Audit") -> dict[str, Counter[str]]:
    """Return by sweep how often the model failed, by reason."""
    found: dict[str, Counter[str]] = {}
    for each in audit.failures:
        if each["id"] not in audit.left_out.get(each["sweep"], ()):
            found.setdefault(each["sweep"], Counter())[each["reason"]] += 1
    return found


def _title(known: Mapping[str, Any]) -> str:
    """Return the noises of a sweep without inputs, and without what takes inputs away or shuffles them."""
    parts = [
        Placed(part["position"], tuple(part["inputs"]), part["text"] + _fixed(part["at"]))
        for part in known["parts"]
        if part["noise"] not in {ABSENCE, SHUFFLE}
    ]
    return written(parts) if parts else ""


def _fixed(at: Any) -> str:
    if at is None:
        return ""
    pairs = at.items() if isinstance(at, Mapping) else ()
    return "@" + (",".join(f"{name}={value:g}" for name, value in pairs) or f"{at:g}")


def _doses(known: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the doses of the noise in words, where it is one with one dose."""
    noises = [part for part in known["parts"] if part["noise"] not in {ABSENCE, SHUFFLE}]
    if len(noises) != 1 or any(not isinstance(each, float | int) for each in known["doses"]):
        return ()
    unit = known["unit"].partition(" (")[0]
    if unit.startswith("share of "):
        whole = unit.removeprefix("share ")
        return tuple(f"{100 * float(dose):.3g} % {whole}" for dose in known["doses"])
    return tuple(f"{float(dose):.3g} {unit}".strip() for dose in known["doses"])
