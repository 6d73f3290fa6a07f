"""What the presets of images share: five levels, and tables that are read by level."""

from collections.abc import Sequence
from typing import Any, TypeVar

from numpy.typing import NDArray

from perturbations import Ladder
from perturbations.errors import BadDose, NotApplicable, explain

Image = NDArray[Any]
Constants = TypeVar("Constants")

LEVELS = Ladder(1, 2, 3, 4, 5, unit="level", scale="integer", high=5)
"""The published levels; severity 0.2 to 1, the nearest one between them."""


def at(table: Sequence[Constants], level: float) -> Constants:
    """Return the constants of a level.

    Raises:
        BadDose: the level is not 1, 2, 3, 4 or 5.
    """
    if level not in {1, 2, 3, 4, 5}:
        raise BadDose(explain("a whole level from 1 to 5", "level", level))
    return table[int(level) - 1]


def need_colours(image: Image, noise: str) -> None:
    """Demand red, green and blue.

    Raises:
        NotApplicable: the image has other channels.
    """
    if image.shape[-1] != 3:
        hint = "leave this noise out for images of other channels"
        raise NotApplicable(explain(f"red, green and blue for {noise}", "image", image, hint))
