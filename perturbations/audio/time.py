"""Time that is lost or moved."""

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.audio._modality import Waveform
from perturbations.audio._rate import hertz
from perturbations.errors import BadSetting, explain


@perturbation(coupling="mask", measure="changed")
def dropout(
    clip: Waveform,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.4, unit="share of time", high=1.0),
    gap: float = 20.0,
    rate: float,
) -> Noisy:
    """Packets lost on the way: slots of `gap` milliseconds fall silent on all channels.

    Each slot is lost with probability `share`, independently, so runs of lost slots are geometric and the share of
    time lost is right in expectation. The first slot begins at a drawn phase. A slot lost at one severity is lost
    at every higher one.

    Severity: share of time lost.

    Raises:
        BadSetting: `gap` is not positive.

    References: ITU-T G.191, random frame erasure.
    """
    if not gap > 0:
        raise BadSetting(explain("a gap of more than 0 ms", "gap", gap))
    samples = clip.shape[-1]
    slot = max(1, round(gap * hertz(rate) / 1000.0))
    phase = int(draw.uniform(stream="phase") * slot)
    lost = draw.uniform(samples // slot + 2, stream="slots") < share
    noisy = clip.copy()
    silent = 0
    for start in (np.flatnonzero(lost) * slot - phase).tolist():
        gone = slice(max(start, 0), max(min(start + slot, samples), 0))
        noisy[:, gone] = 0.0
        silent += max(gone.stop - gone.start, 0)
    return Noisy(noisy, report={"share": silent / max(samples, 1)})
