"""An account in sentences, the most useful finding first."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from noisebench.modalities._interaction import COMPOUND, OVERLAP
from noisebench.modalities._words import listed, plural

if TYPE_CHECKING:
    from noisebench.modalities._account import Account

FIRST = 3
"""Sentences that a terminal shows."""

EACH = 2
"""Noises on one input that are told one by one."""


def sentences(account: "Account") -> tuple[str, ...]:
    """Return what was found, then what cannot be said."""
    found = [
        *_worse(account),
        *(each.text for each in account.reliance if each.unused),
        *(each.text for each in account.offsets if each.shifted),
        *_grid(account),
        *_fusion(account),
        *(each.text for each in account.compensation),
        *(each.text for each in account.reliance if not each.unused),
        *(each.text for each in account.offsets if not each.shifted),
        *_not_worse(account),
    ]
    open_ = [f"cannot be said: {each.what}: {each.why}" for each in account.unsaid]
    return tuple(sentence(each) for each in (*found, *open_))


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
        for each in members[:EACH]:
            yield f"worse than absent: {each.text}: the model should have ignored {listed(inputs)}"
        if len(members) > EACH:
            more = listed(each.noise for each in members[EACH:])
            yield f"worse than absent, too: {more} on {listed(inputs)}"


def _not_worse(account: "Account") -> Iterator[str]:
    """Tell of the inputs in which no noise surely is worse than absence."""
    surely = {each.inputs for each in account.worse_than_absent if each.onset is not None}
    for inputs in dict.fromkeys(each.inputs for each in account.worse_than_absent):
        if inputs not in surely:
            count = sum(each.inputs == inputs for each in account.worse_than_absent)
            yield f"none of {plural(count, 'noise')} on {listed(inputs)} is surely worse than its absence"


def _grid(account: "Account") -> Iterator[str]:
    """Tell of the attribution and of the interactions, those that are called first."""
    if account.attribution is not None:
        yield account.attribution.text
    called = {OVERLAP, COMPOUND}
    here = [each for each in account.interactions if each.severity == account.at]
    yield from (each.text for each in sorted(here, key=lambda each: each.verdict not in called))


def _fusion(account: "Account") -> Iterable[str]:
    """Tell of the noises under which a unimodal model does better; with two inputs that is told already."""
    if len(account.inputs) == 2:
        return []
    surely = [each for each in account.negative_fusion if each.onset is not None]
    return [f"negative fusion: {each.text}" for each in surely[:EACH]]
