"""What a sweep is for: noise, or a condition that noise is compared with, in which an input is gone or shuffled everywhere.

Why: a model without one of its inputs does worse than under most noise. To call that the worst noise would say nothing;
it is what the account of modalities compares noise with.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from noisebench._grammar import CROSSMODAL, Part, Sweep
from perturbations._action import UNDONE

ABSENCE = "crossmodal/missing-input"
SHUFFLE = "crossmodal/mispairing"
OFFSET = "crossmodal/time-offset"
OFFSETS = {OFFSET: 1, "itu-r-bt1359/sound-early": -1, "itu-r-bt1359/sound-late": -1}
"""Noises that move an input in time, by how many ms it is late for each of their dose."""

IN_TIME = ("audio", "timeseries", "video")
"""Modalities whose values are sampled in time."""

TOTAL = {"share": 1.0}
"""Dose at which these act on every sample."""


def is_reference(sweep: Sweep) -> bool:
    """Tell whether an input is gone or shuffled in every sample, whatever the severity."""
    return any(everywhere(part) for part in sweep.parts)


def role(sweep: Sweep) -> str:
    """Say what a sweep does to which inputs; empty for other noise between inputs."""
    whole = {part.noise.name for part in sweep.parts if everywhere(part)}
    between = {part.noise.name for part in sweep.parts if part.noise.modality == CROSSMODAL}
    noisy = {n for part in sweep.parts if part.noise.modality != CROSSMODAL for n in part.inputs}
    if between:
        words = {ABSENCE: "inputs absent", SHUFFLE: "an input shuffled across samples"}
        kind = next((words[name] for name in words if name in whole), "")
        if between <= set(OFFSETS):
            return "inputs apart in time"
        return "noise in one input, the others absent" if noisy and ABSENCE in whole else kind
    return "noise in one input" if len(noisy) == 1 else "noise in several inputs"


def is_undone(sweep: Sweep) -> bool:
    """Tell whether a sweep puts values back after a group action, which what the action costs is compared with."""
    return any(bool(part.noise.settings.get(UNDONE)) for part in sweep.parts)


def was_undone(known: Mapping[str, Any]) -> bool:
    """Tell the same of a sweep as a header describes it."""
    return any(part["settings"].get(UNDONE) for part in known["parts"])


def acts(sweep: Sweep) -> bool:
    """Tell whether a sweep is a group action, which a model may follow."""
    return all(part.noise.action is not None for part in sweep.parts) and not is_undone(sweep)


def everywhere(part: Part) -> bool:
    """Tell whether a part takes its input away, or another sample's in its place, in every sample."""
    if part.noise.name not in {ABSENCE, SHUFFLE} or part.at is None:
        return False
    return part.at == 1.0 or dict(part.at if isinstance(part.at, tuple) else ()) == TOTAL


def left_open(sweeps: Iterable[Sweep]) -> tuple[str, ...]:
    """Return the inputs whose place a noise may leave open for what the model has learned."""
    parts = [
        part
        for sweep in sweeps
        for part in sweep.parts
        if part.noise.modality == CROSSMODAL and part.noise.settings.get("fill") == "learned"
    ]
    names = [
        name
        for part in parts
        for name in part.inputs[-int(part.noise.settings.get("lost", len(part.inputs))) :]
    ]
    return tuple(dict.fromkeys(names))
