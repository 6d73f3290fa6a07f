"""What the presets of images share besides their levels."""

from typing import Any

from numpy.typing import NDArray

from perturbations.errors import NotApplicable, explain

Image = NDArray[Any]


def need_colours(image: Image, noise: str) -> None:
    """Demand red, green and blue.

    Raises:
        NotApplicable: the image has other channels.
    """
    if image.shape[-1] != 3:
        hint = "leave this noise out for images of other channels"
        raise NotApplicable(explain(f"red, green and blue for {noise}", "image", image, hint))
