"""The declared form in which the severities of a noise hang together, one check for each form."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._laws._compare import cells, changed, digest, numbers, same
from perturbations._laws._specimen import Specimen
from perturbations._time_map import TimeMap

SEVERITIES = (0.1, 0.3, 0.6, 1.0)
_SAMPLES = 12
_MOMENTS = 64


def check_coupled(case: Specimen) -> str:
    """Check the declared coupling; return what is wrong, or nothing."""
    return _FORMS[case.noise.coupling](case)


def _mask(case: Specimen) -> str:
    for value, sample in zip(case.values[:_SAMPLES], case.ids[:_SAMPLES], strict=True):
        before: set[Any] = set()
        for severity in SEVERITIES:
            after = _touched(case, value, sample, severity)
            if not before <= after:
                lost = len(before - after)
                return f"{lost} places of {sample} changed below severity {severity:g} otherwise than at it"
            before = after
    return ""


def _prefix(case: Specimen) -> str:
    for value, sample in zip(case.values[:_SAMPLES], case.ids[:_SAMPLES], strict=True):
        before: tuple[Any, ...] = ()
        for severity in SEVERITIES:
            after = tuple(case.apply(value, severity, sample).mapping or ())
            if after[: len(before)] != before:
                return f"edits of {sample} at severity {severity:g} do not begin with those below"
            before = after
    return ""


def _additive(case: Specimen) -> str:
    for value, sample in zip(case.values[:_SAMPLES], case.ids[:_SAMPLES], strict=True):
        clean = _unrounded(value)
        added = [numbers(case.make(clean, s, sample)) - numbers(clean) for s in SEVERITIES]
        kept = np.isfinite(added[-1]) & ~_clipped(case, numbers(clean) + added[-1])
        first, last = added[0][kept], added[-1][kept]
        if not kept.any() or not np.abs(last).max() > 0:
            continue
        for part in (first, *(each[kept] for each in added[1:-1])):
            factor = float(part @ last) / float(last @ last)
            error = np.abs(part - factor * last).max() / np.abs(last).max()
            if not (0 <= factor <= 1 + 1e-6 and error < 1e-4):
                return (
                    f"noise of {sample} is not proportional across severities (error {error:.2g})"
                )
    return ""


def _count(case: Specimen) -> str:
    for value, sample in zip(case.values[:_SAMPLES], case.ids[:_SAMPLES], strict=True):
        clean = numbers(value)
        low, high = (numbers(case.make(value, s, sample)) for s in (0.4, 0.8))
        for level in np.unique(clean)[:40]:
            here = clean == level
            if not _keeps_order(low[here], high[here]):
                return f"equal places of {sample} change order between severities 0.4 and 0.8"
    return ""


def _transform(case: Specimen) -> str:
    own, other = [], []
    for value, sample in zip(case.values, case.ids, strict=True):
        before, after, redrawn = (
            _displacement(case, value, sample, s, r) for s, r in ((0.6, 0), (1.0, 0), (1.0, 1))
        )
        if before is None or after is None or redrawn is None:
            continue
        own.append(_cosine(before, after))
        other.append(_cosine(before, redrawn))
    gain = np.array(own) - np.array(other)
    random = bool(np.abs(gain).max(initial=0) > 1e-9)
    if random and gain.mean() < 2 * gain.std() / np.sqrt(len(gain)):
        return "two severities of one draw are no closer than two draws"
    if not random and own and np.mean(own) < 0:
        return "a higher severity goes the other way"
    return ""


def _codec(case: Specimen) -> str:
    for value in case.values[:_SAMPLES]:
        if not same(case.make(value, 1.0, "a"), case.make(value, 1.0, "b", seed=1)):
            return "the result depends on the draw"
    return ""


_FORMS: dict[str, Callable[[Specimen], str]] = {
    "mask": _mask,
    "additive": _additive,
    "count": _count,
    "prefix": _prefix,
    "transform": _transform,
    "codec": _codec,
}


def _touched(case: Specimen, value: Any, sample: str, severity: float) -> set[Any]:
    """Return the places that changed, each with what stands there now."""
    noisy = case.apply(value, severity, sample)
    if noisy.mapping is not None and not isinstance(noisy.mapping, np.ndarray):
        return set(noisy.mapping)
    after = cells(noisy.value)
    return {(int(i), digest(after[i])) for i in np.flatnonzero(changed(value, noisy.value))}


def _displacement(
    case: Specimen, value: Any, sample: str, severity: float, replicate: int
) -> NDArray[np.float64] | None:
    made = case.apply(value, severity, sample, replicate=replicate)
    mapping = made.mapping
    if isinstance(mapping, dict) and mapping:  # of several inputs, by name
        mapping = list(mapping.values())[-1]
    if isinstance(mapping, TimeMap):
        return _delay(mapping)
    noisy = made.value
    if isinstance(value, dict):
        value, noisy = (list(each.values())[-1] for each in (value, noisy))
    before, after = numbers(value), numbers(noisy)
    if before.shape != after.shape:
        return None
    return np.asarray(np.nan_to_num(after - before))


def _delay(mapping: TimeMap) -> NDArray[np.float64]:
    """Return by how much moments of the value are late; what swings comes back to itself, moments do not."""
    moments = np.linspace(0.0, mapping.before, _MOMENTS)
    return mapping.times(moments) - moments


def _cosine(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    known = np.isfinite(a) & np.isfinite(b)  # moments that are lost have no place
    a, b = a[known], b[known]
    norm = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / norm if norm > 0 else 1.0


def _keeps_order(low: NDArray[np.float64], high: NDArray[np.float64]) -> bool:
    order = np.lexsort((high, low))
    low, high = low[order], np.maximum.accumulate(high[order])
    steps = np.flatnonzero(np.diff(low) > 0)
    later = np.minimum.accumulate(high[::-1])[::-1]
    return bool((high[steps] <= later[steps + 1] + 1e-9).all())


def _unrounded(value: Any) -> Any:
    """Return an 8-bit image as floating point, where noise is added without rounding."""
    if isinstance(value, np.ndarray) and value.dtype == np.uint8:
        return value / 255.0
    return value


def _clipped(case: Specimen, value: NDArray[np.float64]) -> NDArray[np.bool_]:
    if case.noise.modality not in ("image", "video"):
        return np.zeros(value.shape, dtype=bool)
    return np.asarray((value <= 0) | (value >= 1))
