"""What a format made of the noise, in sentences: what it was too coarse to show, and what it was too small for.

Why: noise below a step of the format leaves a flat curve that looks robust, and a converter that clips gives less noise than
was asked for. Neither shows in the dose.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from noisebench._rank import idle_sweeps
from noisebench._realised import NO_CANDIDATE, UNCHANGED

CLIPPED = "clipped"
"""Measure of distortion: share of the samples that came to full scale."""
SNR, SNR_UNIT = "snr", "dB SNR"

Levels = Mapping[float, Mapping[str, float]]


def became(by_sweep: Mapping[str, Any], sweeps: Iterable[Mapping[str, Any]]) -> list[str]:
    """Say at which severities nothing changed, and how much was clipped.

    Args:
        by_sweep: sweep to severity to the mean of every measure of distortion.
        sweeps: what the header says of each sweep.
    """
    found = {name: each for name, each in by_sweep.items() if isinstance(each, Mapping)}
    return untouched(found) + cut(found, {each["sweep"]: each for each in sweeps})


def untouched(by_sweep: Mapping[str, Levels]) -> list[str]:
    """Say at which severities all measured samples came out as they went in, of noises that change some at others."""
    idle = set(idle_sweeps(by_sweep))
    each = [
        f"{name} at {_severities(still)}"
        for name, levels in by_sweep.items()
        if name not in idle and (still := [s for s, found in levels.items() if _still(found)])
    ]
    if not each:
        return []
    lead = "Came out as they went in, all measured samples"
    return [f"{lead}: {'; '.join(each)}. These points say nothing about the model."]


def cut(by_sweep: Mapping[str, Levels], known: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Say how many samples a converter clipped at the worst severity, and how far that is from the ratio asked for."""
    each = [
        f"{name} {100 * found[CLIPPED]:.3g} % at severity {severity:g}{_departure(found, severity, known.get(name))}"
        for name, levels in by_sweep.items()
        for severity, found in [max(levels.items(), key=_clipped, default=(0.0, {}))]
        if found.get(CLIPPED, 0.0) > 0
    ]
    lead = "The format of the data clips the noise (share of the sound's samples that came to full scale)"
    return [f"{lead}: {'; '.join(each)}."] if each else []


def _still(found: Mapping[str, float]) -> bool:
    return found.get(UNCHANGED) == 1 and found.get(NO_CANDIDATE, 0.0) < 1


def _clipped(item: tuple[float, Mapping[str, float]]) -> float:
    return item[1].get(CLIPPED, 0.0)


def _departure(found: Mapping[str, float], severity: float, known: Mapping[str, Any] | None) -> str:
    """Return the mean ratio that came out beside the one asked for, where the dose is one."""
    if known is None or known.get("unit") != SNR_UNIT or SNR not in found:
        return ""
    doses = dict(zip(known["severities"], known["doses"], strict=True))
    asked = doses.get(severity)
    return "" if asked is None else f" (SNR {found[SNR]:.2f} dB, not {asked:g} dB)"


def _severities(levels: Sequence[float]) -> str:
    shown = [f"{level:g}" for level in levels]
    noun = "severity" if len(shown) == 1 else "severities"
    return f"{noun} {' and '.join(filter(None, [', '.join(shown[:-1]), shown[-1]]))}"
