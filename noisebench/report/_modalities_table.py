"""The table of what is known of each input, of one model or of several."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from noisebench.errors import PlanError
from noisebench.modalities import Account
from noisebench.report import _numbers
from noisebench.report._modalities_view import Summary, Worth
from noisebench.report._text import line

_MINUS = re.compile(r"(?<=[\s\[])-(?=\d)")
"""A hyphen that stands for a minus sign."""


def worth_of(audits: Mapping[str, Any]) -> Worth | None:
    """Return what each input is worth to each model; None where nothing was compared.

    Attribution is at one severity for all models, that of the first.
    """
    first = next(iter(audits.values()))
    if not first.multimodal or not first.modalities().cells:
        return None
    at = first.modalities().at
    accounts = {name: _account_at(audit, at) for name, audit in audits.items()}
    modalities = first.header["data"]["modalities"]
    columns = dict.fromkeys(
        column for each in accounts.values() for column in summary(each, modalities)[0]
    )
    return Worth(
        tuple(columns),
        tuple(
            (
                line(name, 60),
                next((prose(each) for each in account.findings), ""),
                summary(account, modalities, tuple(columns))[1],
            )
            for name, account in accounts.items()
        ),
    )


def _account_at(audit: Any, at: float | None) -> Account:
    """Return an account at a severity, or at its own where the grid is not complete there."""
    try:
        found: Account = audit.modalities(at=at)
    except PlanError:
        found = audit.modalities()
    return found


def prose(text: str) -> str:
    """Return a sentence with true minus signs, and percent signs that stay with their numbers."""
    shown = _MINUS.sub(_numbers.MINUS, line(text, 2000))
    return shown.replace(" %", f"{_numbers.THIN}%")


def summary(
    account: Account, modalities: Mapping[str, str], columns: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], tuple[Summary, ...]]:
    """Return a table of what is known of each input: these columns, or those of which something is known."""
    made = {name: _known(account, name) for name in account.inputs}
    columns = columns or tuple(
        column for column in next(iter(made.values())) if any(made[n][column] for n in made)
    )
    rows = tuple(
        Summary(
            input=line(name, 60),
            modality=line(modalities.get(name, ""), 40),
            cells=tuple(found.get(column) or (_numbers.MISSING, "") for column in columns),
            lost=any(b.inputs == (name,) and b.worse for b in account.worse_than_absent),
        )
        for name, found in made.items()
    )
    return columns, rows


def _known(account: Account, name: str) -> dict[str, tuple[str, str] | None]:
    """Return what is known of one input: value and interval, or words; None where nothing is."""
    relied = next((each for each in account.reliance if each.input == name), None)
    part = next((p for p in _parts(account) if p.input == name), None)
    at = "" if account.at is None else f" at severity {_numbers.number(account.at)}"
    shuffled, absent = (None, None) if relied is None else (relied.shuffled, relied.absent)
    worse = _worse(account, name)
    return {
        "lost when shuffled": _parted(shuffled, " unused" if relied and relied.unused else ""),
        "lost when absent": _parted(absent),
        f"lost by its noise alone{at}": _parted(part and part.single),
        f"its part of the loss by all noise{at}": _parted(part and part.loss),
        f"made good by the others{at}": _parted(_share(account, name)),
        "worse than absent": (worse, "") if worse else None,
    }


def _parted(found: Any, note: str = "") -> tuple[str, str] | None:
    if found is None:
        return None
    value, interval = _numbers.parts(found.value, found.low, found.high)
    return value + note, interval


def _parts(account: Account) -> Sequence[Any]:
    return account.attribution.parts if account.attribution else ()


def _share(account: Account, name: str) -> Any:
    """Return K of an input at the account's severity, or at the highest that was measured."""
    for each in account.compensation:
        if each.input == name:
            at = account.at if account.at in each.severities else each.severities[-1]
            return each.shares[each.severities.index(at)]
    return None


def _worse(account: Account, name: str) -> str:
    """Say from where noise on an input is worse than its absence."""
    found = [each for each in account.worse_than_absent if each.inputs == (name,)]
    surely = [each for each in found if each.onset is not None]
    if not found:
        return ""
    if not surely:
        return "nowhere surely"
    return "; ".join(
        f"{line(each.noise, 120)} from severity {_numbers.number(each.onset)}" for each in surely
    )


def estimate(found: Any) -> str:
    return "" if found is None else _numbers.estimate(found.value, found.low, found.high)
