"""An account in sentences, the most useful finding first."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from noisebench.modalities._interaction import COMPOUND, OVERLAP
from noisebench.modalities._words import listed

if TYPE_CHECKING:
    from noisebench.modalities._account import Account
    from noisebench.modalities._below import Below

EACH = 2
"""Noises on one input that are told one by one."""


def findings(account: "Account") -> tuple[str, ...]:
    """Return what was found."""
    found = (
        *_worse(account),
        *(each.text for each in account.reliance if each.unused),
        *(each.text for each in account.offsets if each.shifted),
        *_attributed(account),
        *_together(account, called=True),
        *_fusion(account),
        *((account.subsets_text,) if account.subsets else ()),
        *(each.text for each in account.compensation if any(each.shares)),
        *(each.text for each in account.reliance if not each.unused),
        *(each.text for each in account.offsets if not each.shifted),
        *_embedded(account),
        *_together(account, called=False),
        *_not_worse(account),
    )
    return tuple(map(sentence, found))


def unanswered(account: "Account") -> tuple[str, ...]:
    """Return what cannot be said, each reason once."""
    return tuple(sentence(f"cannot be said: {what}: {why}") for what, why in by_reason(account))


def by_reason(account: "Account") -> tuple[tuple[str, str], ...]:
    """Return what cannot be said and why: questions that have one reason together."""
    found: dict[str, list[str]] = {}
    for each in account.unsaid:
        found.setdefault(each.why, []).append(each.what)
    return tuple(("; ".join(questions), why) for why, questions in found.items())


def sentence(text: str) -> str:
    """Begin with a capital and end with a full stop, unless the text begins with a name that has none."""
    first = text.split(" ", 1)[0]
    begun = text if "/" in first or ":" in first else text[0].upper() + text[1:]
    return f"{begun}."


def _worse(account: "Account") -> Iterator[str]:
    """Tell of the noises that surely are worse than absence, input by input."""
    surely = [each for each in account.worse_than_absent if each.onset is not None]
    for inputs in dict.fromkeys(each.inputs for each in surely):
        members = [each for each in surely if each.inputs == inputs]
        for text in _once(members[:EACH]):
            yield f"worse than absent: {text}: the model should have ignored {listed(inputs)}"
        if len(members) > EACH:
            more = listed(each.noise for each in members[EACH:])
            yield f"worse than absent, too: {more} on {listed(inputs)}"


def _not_worse(account: "Account") -> Iterator[str]:
    """Tell of the inputs in which no noise surely is worse than absence."""
    surely = {each.inputs for each in account.worse_than_absent if each.onset is not None}
    for inputs in dict.fromkeys(each.inputs for each in account.worse_than_absent):
        if inputs not in surely:
            count = sum(each.inputs == inputs for each in account.worse_than_absent)
            tried = "the one noise" if count == 1 else f"none of the {count} noises"
            yield f"{tried} on {listed(inputs)} is {'nowhere ' * (count == 1)}surely worse than its absence"


def _attributed(account: "Account") -> list[str]:
    """Tell of the loss at the account's severity, and shortly at the others."""
    if account.attribution is None:
        return []
    others = [each.short for each in account.attributions if each.severity != account.at]
    more = [f"noise in all inputs costs {', '.join(others)}"] if others else []
    return [account.attribution.text, *more]


def _together(account: "Account", *, called: bool) -> list[str]:
    """Tell of the interactions that are called, or of the others: at the account's severity, and shortly at its others."""
    told = []
    for each in account.interactions:
        if each.severity == account.at and (each.verdict in {OVERLAP, COMPOUND}) == called:
            pair = [e for e in account.interactions if e.inputs == each.inputs and e is not each]
            others = "; ".join(e.short for e in pair)
            told.append(f"{each.text}{f'; {others}' if others else ''}")
    return told


def _embedded(account: "Account") -> list[str]:
    """Tell of the noise that changes each measure of the embeddings most."""
    surely = [e for e in account.embeddings if e.change.low > 0 or e.change.high < 0]
    most: dict[tuple[str, ...], str] = {}
    for each in sorted(surely, key=lambda e: -abs(e.change.value)):
        most.setdefault((each.kind, *each.inputs), each.text)
    return list(most.values())


def _fusion(account: "Account") -> Iterable[str]:
    """Tell of the noises under which a unimodal model does better; with two inputs that is told already."""
    if len(account.inputs) == 2:
        return []
    surely = [each for each in account.negative_fusion if each.onset is not None]
    return [f"negative fusion: {text}" for text in _once(surely[:EACH])]


def _once(found: Sequence["Below"]) -> Iterator[str]:
    """Tell of comparisons; what holds even clean is said once for all noises."""
    even: dict[str, list[Below]] = {}
    for each in found:
        if each.onset == 0:
            even.setdefault(each.against, []).append(each)
    for members in even.values():
        yield ", ".join([members[0].text, *(each.further for each in members[1:])])
    yield from (each.text for each in found if each.onset != 0)
