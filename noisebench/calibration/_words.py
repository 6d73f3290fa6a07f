"""A calibration in sentences."""

from noisebench._skipped import grouped
from noisebench.calibration._sample import FEWEST
from noisebench.calibration._table import Calibration

OTHER_DATA = (
    "Doses were measured on other data: severities are equal in dose there, none of these samples is set aside, "
    "and how well noise is detected here is not known."
)
"""What an audit says of doses that were measured on other data."""

EACH = 12
"""Noises that are told one by one."""


def sentences(found: Calibration) -> tuple[str, ...]:
    """Return what was measured, on what, what of it the reader should know, and the noises one by one."""
    return (*head(found), *remarks(found), *noises(found))


def head(found: Calibration) -> tuple[str, ...]:
    """Return what was measured and on what."""
    reached = sum(bool(each.reached) for each in found.noises.values())
    ladder = ", ".join(f"{dose:g}" for dose in found.doses)
    source = found.source
    most = f"log2 {source.candidates} = {source.most_bits:.3g}"
    lines = [
        f"Doses {ladder} ({found.unit}) of {len(found.noises)} noises on {source.count} clean samples; "
        f"{reached} reach at least one of them.",
        f"Features: {found.encoder['name']}{'; ' if found.encoder['note'] else ''}{found.encoder['note']}.",
        f"Bits kept: by finding a noisy sample among {source.candidates} clean ones, so at most {most}.",
    ]
    if source.count < FEWEST:
        lines.append(f"Only {source.count} samples: doses are rough; {FEWEST} or more are better.")
    return tuple(lines)


def remarks(found: Calibration) -> tuple[str, ...]:
    """Return what the reader should know of single noises, and which have no dose."""
    lines = [f"{line}." for each in found.noises.values() for line in each.remarks]
    lines += [f"No dose: {each}." for each in grouped(found.left_out)]
    return tuple(lines)


def noises(found: Calibration) -> tuple[str, ...]:
    """Return the severities of the first noises."""
    lines = [f"{each.text}." for each in found.noises.values()]
    more = len(lines) - EACH
    return (*lines[:EACH], *([f"and {more} more; see to_table()."] if more > 0 else []))
