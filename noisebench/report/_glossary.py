"""Explains the noises of a report from their own declarations in `perturbations`."""

import inspect
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from noisebench._became import CLIPPED
from noisebench._realised import REALISED, UNCHANGED
from noisebench.report import _numbers
from noisebench.report._sweeps import Inputs
from noisebench.report._text import line
from noisebench.report._view import Entry, Facts

_HEADINGS = re.compile(
    r"^(References?|Severity|Source|Settings|Raises|Examples?|Returns|Notes?):\s*", re.MULTILINE
)

COUPLINGS = {
    "mask": "mask: what is hit at a severity is hit at every higher one",
    "additive": "additive: the same noise, grown in proportion",
    "count": "count: the same draw read from a wider distribution",
    "prefix": "prefix: the same edits in the same order, more of them",
    "transform": "transform: the same direction, further",
    "codec": "codec: no chance involved",
}


def entries(names: Iterable[str]) -> tuple[Entry, ...]:
    """Return one entry per distinct text form of a noise, in order of name."""
    return tuple(entry(name) for name in sorted(set(names)))


def entry(name: str) -> Entry:
    """Return what is known of a noise; a noise that is not installed here is named only."""
    import perturbations
    from perturbations.errors import PerturbationError

    try:
        noise = perturbations.get(name)
    except (PerturbationError, ValueError):
        return Entry(line(name), "Not known to this installation.", (), (), ())
    doc = inspect.cleandoc(noise.doc or "")
    return Entry(
        name=line(name),
        summary=line(noise.summary),
        ladders=tuple(_ladder(key, ladder) for key, ladder in dict(noise.ladders).items()),
        facts=_facts(noise, doc),
        references=_section(doc, ("Reference", "References", "Source")),
    )


def ladder_dose(name: str, severity: float, facts: Mapping[str, Any]) -> float:
    """Return the first dose of a noise at a severity; NaN where it is unknown here."""
    import perturbations
    from perturbations.errors import PerturbationError

    try:
        doses = perturbations.get(name).doses(severity, facts=dict(facts))
    except (PerturbationError, ValueError):
        return math.nan
    dose = next(iter(doses.values()), math.nan)
    return float(dose) if math.isfinite(dose) else math.nan


def whole_doses(name: str) -> bool:
    """Tell whether the first dose of a noise takes whole numbers only, so that there is nothing between two of them."""
    import perturbations
    from perturbations.errors import PerturbationError

    try:
        ladders = perturbations.get(name).ladders
    except (PerturbationError, ValueError):
        return False
    return next(iter(ladders.values())).scale == "integer"


def ladder_unit(name: str) -> str:
    """Return the unit of a noise's first ladder; empty where it is unknown here."""
    import perturbations
    from perturbations.errors import PerturbationError

    try:
        return line(perturbations.get(name).unit, 80)
    except (PerturbationError, ValueError):
        return ""


def distortion_words(
    measures: Mapping[str, float] | None,
    modality: str,
    inputs: Inputs,
    *,
    most: int = 2,
    declared: str = "",
    whole: bool = False,
) -> str:
    """Write the first measures with their units, such as `PSNR 18.2 dB`.

    A measure of one input among several comes as `input.measure`; the one that the noise declares leads. The share of
    the samples that came out unchanged is told last, where there are some.
    """
    found = measures or {}
    shown = [
        (name, float(value))
        for name, value in found.items()
        if not math.isnan(value) and name not in (*REALISED, CLIPPED)
    ]
    shown.sort(key=lambda pair: pair[0].rpartition(".")[2] != declared)
    told = [_measured(name, value, modality, inputs) for name, value in shown[:most]]
    if (clipped := found.get(CLIPPED, 0.0)) > 0:
        told.append(f"{_numbers.percent(clipped)} clipped")
    unchanged = found.get(UNCHANGED, 0.0)
    if unchanged > 0:
        told.append("unchanged" if whole else f"{_numbers.percent(unchanged)} unchanged")
    return ", ".join(told)


def _measured(name: str, value: float, modality: str, inputs: Inputs) -> str:
    """Write one measure."""
    owner, dot, measure = name.rpartition(".")
    known = _measures(inputs.modalities.get(owner, modality) if dot else modality)
    lead = f"{line(owner, 40)} " if dot else ""
    return f"{lead}{_measure_name(measure)} {_numbers.quantity(value, _unit(known.get(measure)))}"


def _measures(modality: str) -> Mapping[str, Any]:
    """Return the measures of a modality; empty where it has none here."""
    from perturbations.distance import measures
    from perturbations.errors import PerturbationError

    try:
        return measures(modality)
    except (PerturbationError, ValueError):
        return {}


def _measure_name(name: str) -> str:
    """Write a measure's name; abbreviations in capitals."""
    shown = line(name, 40).replace("_", " ")
    return shown.upper() if shown in {"psnr", "rmse", "snr", "ssim", "mae"} else shown


def _unit(measure: Any) -> str:
    """Return a measure's unit; empty where it is unknown here."""
    return "" if measure is None else line(measure.unit or "", 60)


def _ladder(name: str, ladder: Any) -> str:
    """Write a ladder: its rungs at severity 0.2 to 1.0 and what no noise is."""
    rungs = getattr(ladder, "rungs", None) or ()
    shown = ", ".join(_numbers.number(float(rung)) for rung in rungs)
    return line(f"{name}: {shown} {ladder.unit or ''}; none = {_none(ladder.none)}")


def _none(value: object) -> str:
    """Write the dose that is no noise."""
    if isinstance(value, int | float) and not math.isnan(value):
        return _numbers.number(float(value))
    return str(value)


def _facts(noise: Any, doc: str) -> Facts:
    """Return family, coupling, severity text and exemptions."""
    pairs = [
        ("family", f"{noise.modality} / {noise.family}"),
        ("across severities", COUPLINGS.get(str(noise.coupling), str(noise.coupling))),
        ("severity", " ".join(_section(doc, ("Severity",)))),
        ("exempt from", _exemptions(noise.exempt)),
    ]
    return tuple((name, line(text)) for name, text in pairs if text)


def _exemptions(exempt: Any) -> str:
    """Write the laws that a noise need not keep, with the reasons."""
    items = exempt.items() if hasattr(exempt, "items") else exempt or ()
    return "; ".join(
        ": ".join(map(str, pair)) if isinstance(pair, tuple) else str(pair) for pair in items
    )


def _section(doc: str, titles: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines of a docstring's section."""
    found: list[str] = []
    inside = False
    for row in doc.splitlines():
        heading = _HEADINGS.match(row)
        inside = heading[1] in titles if heading else inside and bool(row.strip())
        text = line(row[heading.end() :] if heading else row)
        if inside and text:
            _append(found, text)
    return tuple(found)


def _append(found: list[str], text: str) -> None:
    """Add a line, or continue the one before where that is no finished sentence."""
    if found and not found[-1].endswith((".", ")")):
        found[-1] = f"{found[-1]} {text}"
    else:
        found.append(text)
