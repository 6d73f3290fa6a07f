"""Chooses which of an audit's saved samples a report shows, and draws them by modality."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from noisebench.metrics._times import short
from noisebench.report import _numbers, _picture
from noisebench.report._cloud import cloud
from noisebench.report._glossary import distortion_words
from noisebench.report._pixels import Facts
from noisebench.report._sweeps import Inputs, read
from noisebench.report._text import line
from noisebench.report._view import CurveView, Exhibit, Figure, Wall

BYTES = 1_200_000
"""Bound on the encoded images of one report; further exhibits are left out and counted."""

EACH = 2
"""Severities shown of one noise on one input."""


Draw = Callable[[Any, Any, str, Facts], Figure]
"""From the clean value (None for the untouched sample itself), the noisy one, its alternative text and facts of the input."""


def _signal(modality: str) -> Draw:
    return lambda clean, noisy, alt, facts: _picture.signal(clean, noisy, modality, alt, facts)


DRAWN: Mapping[str, Draw] = {
    "image": lambda _, noisy, alt, facts: _picture.image(noisy, alt, facts),
    "video": lambda _, noisy, alt, facts: _picture.strip(noisy, alt, facts),
    "text": lambda clean, noisy, alt, _: _picture.text(
        noisy if clean is None else clean, noisy, alt
    ),
    "audio": _signal("audio"),
    "timeseries": _signal("timeseries"),
    "pointcloud": cloud,
    "tabular": lambda clean, noisy, alt, _: _picture.row(clean, noisy, alt),
}
"""Modality to the way in which its values are drawn; others are written as words."""


def figure(modality: str, clean: Any, noisy: Any, alt: str, facts: Facts = _picture.NONE) -> Figure:
    """Draw one value; `clean` is None for the untouched sample itself."""
    if modality not in DRAWN:
        return Figure("words", alt, note=line(noisy))
    try:
        return DRAWN[modality](clean, noisy, alt, facts)
    except (TypeError, ValueError) as error:
        return Figure("words", alt, note=f"could not be drawn: {line(error)}")


def figures(record: Mapping[str, Any], inputs: Inputs, *, untouched: bool) -> tuple[Figure, ...]:
    """Draw a record's value, or each input's where it is a mapping between inputs."""
    clean, noisy = record["clean"], record["clean" if untouched else "noisy"]
    word = "clean" if untouched else f"under {line(record['sweep'])}"
    before = None if untouched else clean
    if record["modality"] != "crossmodal" or not isinstance(noisy, Mapping):
        name = line(record["input"])
        facts = inputs.facts.get(record["input"], {})
        return (figure(record["modality"], before, noisy, f"{name} {word}", facts),)
    drawn = []
    for name, value in noisy.items():
        earlier = None if before is None else before.get(name)
        form = inputs.modalities.get(name, _guess(value))
        caption = line(name) if before is None else f"{line(name)}: {_fate(earlier, value)}"
        facts = inputs.facts.get(name, {})
        shown = figure(form, earlier, value, f"{line(name)} {word}", facts)
        drawn.append(replace(shown, caption=caption))
    return tuple(drawn)


def _fate(clean: Any, noisy: Any) -> str:
    """Say what became of one input."""
    if noisy is None:
        return "missing"
    return "as it was" if np.array_equal(np.asarray(clean), np.asarray(noisy)) else "replaced"


def _guess(value: Any) -> str:
    """Guess the modality of an input that the header does not name."""
    if isinstance(value, str):
        return "text"
    dimensions = getattr(value, "ndim", 0)
    return {1: "audio", 2: "timeseries", 3: "image", 4: "video"}.get(dimensions, "")


def _chosen(records: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Keep up to two severities of each noise on each input: a middle one and the highest."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for record in records:
        groups.setdefault((str(record["input"]), str(record["sweep"])), []).append(record)
    kept = []
    for group in groups.values():
        first = group[0]["sample"]
        ordered = sorted(
            (record for record in group if record["sample"] == first),
            key=lambda record: float(record["severity"]),
        )
        if len(ordered) > EACH:
            middle = min(ordered, key=lambda record: abs(float(record["severity"]) - 0.6))
            ordered = [middle, ordered[-1]] if middle is not ordered[-1] else ordered[-EACH:]
        kept += ordered
    return kept


def walls(
    records: Iterable[Mapping[str, Any]],
    curves: Mapping[str, CurveView],
    inputs: Inputs,
) -> tuple[tuple[Wall, ...], str]:
    """Return the gallery, one wall per input, and a note about what was left out."""
    chosen = _chosen(records)
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for record in chosen:
        groups.setdefault((str(record["input"]), str(record["sample"])), []).append(record)
    spent = 0
    left_out = 0
    found: list[Wall] = []
    for (name, sample), members in groups.items():
        exhibits = []
        for record in members:
            shown = exhibit(record, curves, inputs)
            cost = sum(len(drawn.png) for drawn in shown.figures)
            if spent + cost > BYTES:
                left_out += 1
                continue
            spent += cost
            exhibits.append(shown)
        found.append(
            Wall(
                anchor=f"wall-{len(found) + 1}",
                title=line(name.replace(",", ", ")),
                sample=line(sample, 80),
                clean=figures(members[0], inputs, untouched=True),
                exhibits=tuple(exhibits),
            )
        )
    note = f"{left_out} further samples are left out to keep this file small." if left_out else ""
    return tuple(found), note


def exhibit(record: Mapping[str, Any], curves: Mapping[str, CurveView], inputs: Inputs) -> Exhibit:
    """Return one sample under one noise with what the model made of it."""
    sweep, severity = str(record["sweep"]), float(record["severity"])
    reading = read(sweep)
    before, after = record.get("prediction_clean"), record.get("prediction_noisy")
    return Exhibit(
        title=line(reading.title),
        dose=_dose(curves.get(sweep), severity),
        figures=figures(record, inputs, untouched=False),
        distortion=distortion_words(
            record.get("distortion"),
            str(record["modality"]),
            inputs,
            most=1,
            declared=reading.measure(),
            whole=True,
        ),
        prediction=_prediction(before, after, record.get("target")),
        flipped=_flipped(before, after, record.get("target")),
    )


def _flipped(before: Any, after: Any, target: Any) -> bool:
    """Tell whether the answer is another one; of an answer for every frame, some part nearly always is, so none is marked."""
    known = before is not None and after is not None and not _is_frames(target)
    return known and label(before) != label(after)


def _is_frames(target: Any) -> bool:
    """Tell whether a target is a label for each of many frames."""
    if isinstance(target, Mapping):
        return "frames" in target
    array = np.asarray(target) if isinstance(target, np.ndarray | list) else None
    return array is not None and array.ndim == 1 and array.dtype.kind in "biu"


def _dose(curve: CurveView | None, severity: float) -> str:
    """Return severity and dose of an exhibit."""
    text = f"severity {_numbers.number(severity)}"
    for point in curve.points if curve else ():
        if abs(point.severity - severity) < 1e-9 and point.dose:
            return f"{text} · {point.dose}"
    return text


def label(prediction: Any) -> str:
    """Return the label of a compact prediction, which may carry its probability beside it."""
    if isinstance(prediction, list | tuple) and prediction:
        prediction = prediction[0]
    if isinstance(prediction, Mapping):
        prediction = prediction.get("label", next(iter(prediction.values()), ""))
    if isinstance(prediction, float):
        return _numbers.number(prediction)
    return line(prediction, 80)


def _prediction(before: Any, after: Any, target: Any) -> str:
    """Say what the model answered before and after."""
    if after is None:
        return "no prediction recorded"
    said = f"model: {label(after)}"
    if before is not None and label(before) != label(after):
        said = f"model: {label(before)} → {label(after)}"
    if target is None:
        return said
    return f"{said} (true: {short(target) if _is_frames(target) else label(target)})"
