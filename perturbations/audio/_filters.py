"""Butterworth filters without delay: designed once, run forward and backward.

Why zero phase: a filter that delays would move what is labelled, and by another amount at every frequency. Run twice, its
gain is the square of the Butterworth gain: a half (-6 dB) at an edge.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations.audio._modality import Waveform
from perturbations.errors import BadSetting, NotApplicable, explain

Floats = NDArray[np.float64]

STEEPEST = 12
"""Highest order taken."""
_PASS_ALL = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Design(NamedTuple):
    """A filter as sections of second order, an even number of them."""

    sections: Floats
    """(S, 6)."""
    starts: Floats
    """(S / 2, 4): states of each pair of sections for a constant input of one."""
    ring: int
    """Samples that the filter goes on for, by which a clip is prolonged."""


def low_high(
    clips: Waveform, low: float, high: float, order: int, rate: float, *, stop: bool = False
) -> Waveform:
    """Return clips with what is between two frequencies kept, or with `stop` taken out.

    An edge that is 0 or not below half the sampling rate is none.

    Raises:
        BadSetting: the order is not between 1 and 12.
        NotApplicable: nothing would be left.
    """
    if not 1 <= order <= STEEPEST:
        raise BadSetting(explain(f"an order from 1 to {STEEPEST}", "order", order))
    nyquist = rate / 2
    lower, upper = low > 0.0, high < nyquist
    if low >= nyquist:
        if stop:
            return clips.copy()
        hint = f"at {rate:g} samples a second there is nothing above {nyquist:g} Hz"
        raise NotApplicable(explain(f"an edge below {nyquist:g} Hz", "cutoff", low, hint))
    if not (lower or upper):
        return clips.copy()
    if lower and upper:
        return _run(clips, (low, high), "bandstop" if stop else "bandpass", order, rate)
    high_pass = lower != stop
    return _run(clips, low if lower else high, "high" if high_pass else "low", order, rate)


def _run(
    clips: Waveform, edges: float | tuple[float, float], kind: str, order: int, rate: float
) -> Waveform:
    samples = clips.shape[-1]
    if clips.size == 0:
        return clips.copy()
    from perturbations.audio._kernels.filters import there_and_back

    made = design(order, edges, kind, rate)
    return there_and_back(clips, made.sections, made.starts, min(made.ring, samples - 1))


@lru_cache(maxsize=256)
def design(order: int, edges: float | tuple[float, float], kind: str, rate: float) -> Design:
    """Design a Butterworth filter of a kind that scipy knows: low, high, bandpass or bandstop."""
    from scipy.signal import butter, sosfilt_zi

    sections: NDArray[Any] = butter(order, edges, btype=kind, fs=rate, output="sos")
    states: NDArray[Any] = sosfilt_zi(sections)
    # As scipy prolongs a clip; and by two periods of the lowest edge, which take long to swing in.
    ring = max(3 * (2 * len(sections) + 1), round(2 * rate / np.min(edges)))
    if len(sections) % 2:
        sections = np.concatenate([sections, [_PASS_ALL]])
        states = np.concatenate([states, np.zeros((1, 2))])
    return Design(np.ascontiguousarray(sections), states.reshape(-1, 4), ring)
