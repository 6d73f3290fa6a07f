"""Which way a noise goes that has two."""

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw
from perturbations.errors import BadSetting, did_you_mean, explain


def signs(
    draw: Draw, count: int, direction: str, known: tuple[str, str, str]
) -> NDArray[np.float64]:
    """Return +1 or -1 for each clip: drawn for the first direction known, +1 for the second, -1 for the third.

    Raises:
        BadSetting: there is no such direction.
    """
    if direction not in known:
        hint = did_you_mean(direction, known)
        raise BadSetting(explain(f"one of {', '.join(known)}", "direction", direction, hint))
    if direction != known[0]:
        return np.full(count, 1.0 if direction == known[1] else -1.0)
    number = draw.uniform((count,), stream="direction")
    return np.where(number < 0.5, -1.0, 1.0)
