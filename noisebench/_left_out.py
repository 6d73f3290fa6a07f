"""Samples that curves leave out: no noise came into them, so they say nothing about the model.

Why: a grey picture under a noise of colours counted as the worst score would make a perfect model look broken, and as its
clean score it would look robust. So it leaves the whole curve, the clean point too, and is counted. A value that is not
one of its modality, or a target that cannot move, is a fault of the data: its sample leaves every curve of that input.
A sample whose boxes or spans are all lost somewhere on the ladder has nothing to be found any more; it leaves that curve.

A noise that breaks is another matter. What it spares is hit least, so a curve on the samples that are left would be
too good, whatever the model; that noise is not tested, and no other curve knows of it. It breaks where it raises anything but a
refusal (`NotApplicable`, `BadValue`), and where it refuses a sample under one draw and takes it under another.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from noisebench._moved import GONE
from noisebench._noise import DRAWN, VALUE
from noisebench.plan import CLEAN

NAMED = 5
"""Ids that a sentence names."""

_GOT = re.compile(r", got \w+=.*?\(\w+\)(?:;? |$)")
"""The value that came, as errors show it: it is of a batch of one and says nothing to a reader of many."""

Reasons = Mapping[str, str]
"""Id of a sample to the reason."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Which samples are left out of which curve, and why."""

    by_sweep: Mapping[str, Reasons] = field(default_factory=dict)
    faults: Mapping[str, Reasons] = field(default_factory=dict)
    """Input to the samples whose value or target is at fault."""
    broken: Mapping[str, str] = field(default_factory=dict)
    """Sweep whose noise broke to how often and why; it has no curve."""

    def charged(self, failures: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Return the failures that count: those of samples that are in the curve."""
        everywhere = set.intersection(*map(set, self.by_sweep.values())) if self.by_sweep else set()
        return [
            each
            for each in failures
            if each["id"] not in (self.by_sweep.get(each.get("sweep", ""), ()))
            and not (each.get("sweep") == CLEAN and each["id"] in everywhere)
        ]

    def sentences(self, n: int, *, skipped: Container[str] = ()) -> list[str]:
        """Say what is left out of n samples: faults of the data first, with ids; nothing of sweeps that have no curve."""
        found = []
        for name, reasons in self.faults.items():
            for why, ids in _by_reason(reasons):
                found.append(
                    f"Data problem: {len(ids)} of {_samples(n)} left out of every curve of {name} "
                    f"({_named(ids)}): {why}"
                )
        for sweep, reasons in self.by_sweep.items():
            gone = sweep in skipped or sweep in self.broken
            if not gone and (own := self._own(reasons)):
                found.append(f"{sweep}: {said(own, n)}")
        return found

    def _own(self, reasons: Reasons) -> Reasons:
        """Return what is left out though its data is not at fault."""
        known = {(i, why) for each in self.faults.values() for i, why in each.items()}
        return {i: why for i, why in reasons.items() if (i, why) not in known}


def left_out(failures: Iterable[Mapping[str, Any]], sweeps: Sequence[Mapping[str, Any]]) -> LeftOut:
    """Read off the reasons of failures which samples no noise came into, and which noises broke."""
    inputs = {each["sweep"]: tuple(each["inputs"]) for each in sweeps}
    found: dict[str, dict[str, str]] = {sweep: {} for sweep in inputs}
    faults: dict[str, dict[str, str]] = {}
    crashes: dict[str, dict[str, str]] = {}
    for each in failures:
        sweep, name = each["sweep"], each["id"]
        if sweep not in inputs:
            continue
        why, kind = _why(sweep, each["reason"])
        if why:
            found[sweep].setdefault(name, why)
        if kind == BROKEN:
            crashes.setdefault(sweep, {}).setdefault(name, why)
        if kind == FAULT and len(inputs[sweep]) == 1:
            faults.setdefault(inputs[sweep][0], {}).setdefault(name, why)
    for sweep, names in inputs.items():
        for name in names:
            found[sweep] |= faults.get(name, {})
    return LeftOut(found, faults, {sweep: _crashed(each) for sweep, each in crashes.items()})


def _crashed(reasons: Reasons) -> str:
    """Say on which samples a noise broke, and why on the most of them."""
    why = _by_reason(reasons)[0][0]
    return (
        f"the noise itself failed on {_samples(len(reasons))} ({_named(list(reasons))}), so that a curve would be "
        f"one of the samples that it spared: {why}"
    )


def said(reasons: Reasons, n: int) -> str:
    """Say how many of n samples are left out, and why the most of them are."""
    (why, ids), *others = _by_reason(reasons)
    more = f" (and {len(reasons) - len(ids)} for other reasons)" if others else ""
    return f"{len(reasons)} of {_samples(n)} left out: {why}{more}"


def no_noise(sweep: str, reason: str) -> bool:
    """Tell whether the reason of a failure is that no noise came into the sample."""
    return bool(_why(sweep, reason)[0])


def broke(sweep: str, reason: str) -> str:
    """Return the error of a noise that broke on a sample; nothing for any other reason of a failure."""
    why, kind = _why(sweep, reason)
    return why if kind == BROKEN else ""


FAULT, REFUSED, BROKEN = "fault", "refused", "broken"


def _why(sweep: str, reason: str) -> tuple[str, str]:
    """Return why no noise came into a sample, and whose matter that is; nothing for a failure of the model."""
    if reason.startswith(GONE):
        return reason, REFUSED
    for prefix in (noise := f"noise {sweep}: ", "target: ", VALUE):
        if reason.startswith(prefix):
            drawn, rest = _drawn(reason.removeprefix(prefix))
            error, _, text = rest.partition(": ")
            text = _GOT.sub("; ", text).removesuffix("; ")
            named = error in ("NotApplicable", "BadValue")
            told = (text if text and named else f"{error}: {text}").removesuffix(": ")
            if prefix != noise:
                return told, FAULT
            return (told, REFUSED) if named and not drawn else (f"{told}{drawn}", BROKEN)
    return "", ""


def _drawn(text: str) -> tuple[str, str]:
    """Split off what says that a refusal depends on the draw."""
    lead = f"{DRAWN}: "
    return (" (under some draws)", text.removeprefix(lead)) if text.startswith(lead) else ("", text)


def _by_reason(reasons: Reasons) -> list[tuple[str, list[str]]]:
    counts = Counter(reasons.values())
    return [
        (why, [i for i, each in reasons.items() if each == why]) for why, _ in counts.most_common()
    ]


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return ", ".join(ids[:NAMED]) + more


def _samples(n: int) -> str:
    return f"{n} sample" + "s" * (n != 1)
