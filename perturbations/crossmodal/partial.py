"""Inputs of which a part is not there: a blind corner, an electrode off, a sentence cut, beams without an echo."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.crossmodal._inputs import check_word, fact, last, put
from perturbations.crossmodal._parts import parts_of
from perturbations.errors import NotApplicable, explain

Value = Mapping[str, Any]


@perturbation(family="absence", coupling="mask", missing=True, measure="part")
def partial_loss(
    value: Value,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 0.9, unit="share of the parts", high=1.0),
    part: str = "",
    fill: str = "zeros",
    facts: Mapping[str, Any],
) -> Noisy | Value:
    """A part of the last input is gone, and the other inputs are right.

    Every part is lost with the probability of the dose, independently; where all would be lost, the one that would be lost last
    remains, as an input without any part is missing. A part lost at one severity is lost at every higher one. Lost sentences
    and words are cut out, lost points are no points; all else becomes zero and keeps its place.

    Severity: the probability that a part is lost.

    Settings:
        part: of a picture or clip "patch" (of a grid of 4 x 4; in all frames), "channel", or "frame"; of a sound "segment"
            (a sixteenth of its time) or "channel"; of a series "channel" or "segment"; of a text "sentence" or "word"; of a
            cloud "beam" (its ring, or one of 16 slices of elevation) or "sector" (one of 16 around the sensor). The first
            of these when it is empty.
        fill: "zeros", or for series "missing": NaN.

    Raises:
        BadSetting: the input has no such parts, or `fill` is another word.
        MissingFact: the modality of the last input is not known.
        NotApplicable: the input has no parts, or only one.

    References:
        Dong et al., Benchmarking Robustness of 3D Object Detection to Common Corruptions, CVPR 2023: fields of view and
        beams that are lost; patches as in DeVries and Taylor, arXiv:1708.04552 (2017); the parts are our choice.
    """
    name = last(value)
    known = {**facts.get(name, {}), "modality": fact(facts, name, "modality", "image")}
    check_word(fill, ("zeros", "missing"), "fill")
    if fill == "missing" and known["modality"] != "timeseries":
        hint = "only readings of a series can be missing one by one: use fill=zeros"
        raise NotApplicable(explain("a series", "modality", known["modality"], hint))
    if value[name] is None:
        return value
    parts = parts_of(value[name], part, fill, name, known)
    if parts.count < 2:
        hint = "set part= to others, or use crossmodal/missing-input"
        expected = f"an input {name!r} of several parts"
        raise NotApplicable(explain(expected, "parts", parts.count, hint))
    numbers = draw.uniform(parts.count, stream="where")
    lost = numbers < share
    lost[numbers.argmax()] = False
    if not lost.any():
        return value
    left = parts.without(lost)
    told = {"parts": parts.count, "part": float(lost.mean())}
    return replace(left, value=put(value, name, left.value), report=told)
