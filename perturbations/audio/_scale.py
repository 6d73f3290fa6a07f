"""Full scale: which clips have one, and what refuses those that have not."""

from typing import Any

from numpy.typing import NDArray

from perturbations.audio._modality import check_peak
from perturbations.errors import NotApplicable, explain

LOUDEST = 32.0
"""Peak beyond which full scale is surely not 1: 30 dB too loud."""


def check_full_scale(largest: float, clips: NDArray[Any]) -> None:
    """Check a clip's peak, which may be NaN, for a noise that depends on full scale.

    Raises:
        BadValue: the clip is not finite.
        NotApplicable: it is so loud that its full scale cannot be 1.
    """
    check_peak(largest, clips)
    if largest > LOUDEST:
        hint = (
            "this noise depends on full scale: divide 16-bit levels by 32768, or pass them as int16"
        )
        raise NotApplicable(explain("a clip of full scale 1", "peak", largest, hint))
