"""What a model sees as the same, in plain words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from noisebench.curve._records import Estimate, number, percent, span
from noisebench.modalities._sentences import sentence

if TYPE_CHECKING:
    from noisebench.invariance._invariance import Acted, Invariance, Size

ALL = 0.95
"""Share of the loss from which it is told as the whole."""


def findings(found: "Invariance") -> tuple[str, ...]:
    """Return what was found: first what could be had back, then how often answers change."""
    split = [each for each in found.actions if each.worst and each.worst.split]
    told = (
        *(_split(each, found) for each in split),
        *(text for each in found.actions for text in _erring(each)),
    )
    return tuple(map(sentence, told))


def unanswered(found: "Invariance") -> tuple[str, ...]:
    """Return what cannot be said."""
    return tuple(sentence(f"cannot be said: {each.what}: {each.why}") for each in found.unsaid)


def place(size: "Size") -> str:
    """Write a size with its dose."""
    where = f"severity {size.severity:g}"
    return f"{where} ({size.dose})" if size.dose else where


def _split(each: "Acted", found: "Invariance") -> str:
    size = each.worst
    assert size is not None
    assert size.split is not None
    total, lost, missing = size.split.total, size.split.lost, size.split.missing
    ground = f"{percent(found.confidence)} simultaneous intervals, n = {total.n}"
    lead = f"{each.sweep} at {place(size)}"
    if total.low <= 0 <= total.high and missing.low <= 0:
        return f"{lead} costs no {found.metric} that shows: {_interval(total)} ({ground})"
    if total.value <= 0:
        return f"{lead} costs no {found.metric}: {_interval(total)} ({ground})"
    head = f"{lead} costs {_interval(total)} {found.metric}"
    if each.lossless:
        return f"{head}, and takes nothing out of the input: all of it is missing invariance ({ground})"
    return (
        f"{head}: {_interval(missing)} is missing invariance, which putting the input back would spare, and "
        f"{_interval(lost)} is information lost with what was cut off or blurred ({ground})"
    )


def _erring(each: "Acted") -> Iterator[str]:
    size = each.erring
    if size is None:
        return
    assert size.error is not None
    if each.kind == "along":
        what = (
            f"under {each.sweep}, what the model finds is off by {size.error.text} at {place(size)}"
        )
        yield f"{what} from what it found before, moved along"
        return
    if each.kind == "apart":
        moved = f"{percent(round(size.error.value, 4))}"
        yield (
            f"{each.sweep} moves the answer by {moved} of its mean size at {place(size)}: {size.error.text}"
        )
        return
    kept = "" if each.orbit is None else f"; {_all_over(each, each.orbit)}"
    yield f"{each.sweep} changes {_share(size.error)} of the answers at {place(size)}{kept}"


def _all_over(each: "Acted", orbit: Estimate) -> str:
    vote = ""
    if each.voted is not None:
        vote = f", and a vote over them would have {_interval(each.voted)}"
    return (
        f"{_share(orbit)} of the samples keep theirs for all {each.values} values of the orbit that was sampled{vote} "
        f"(n = {orbit.n})"
    )


def _interval(found: Estimate) -> str:
    return f"{number(found.value)} {span(found.low, found.high)}"


def _share(found: Estimate) -> str:
    low, value, high = (f"{100 * each:.1f}" for each in (found.low, found.value, found.high))
    return f"{value} % [{low}, {high}]"
