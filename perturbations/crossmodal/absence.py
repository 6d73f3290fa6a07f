"""Inputs that are not there: a camera off, a microphone unplugged, a field never sent."""

from collections.abc import Mapping
from typing import Any

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.crossmodal._inputs import check_word, last, mean, put, zeros
from perturbations.crossmodal._reference import CrossReference

FILLS = ("absent", "zeros", "mean")


@perturbation(coupling="mask", missing=True, measure="changed")
def missing_input(
    value: Mapping[str, Any],
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of samples", high=1.0),
    fill: str = "absent",
    reference: CrossReference | None = None,
) -> Noisy | Mapping[str, Any]:
    """The last input is gone, the others are right; `fill` says what the model gets in its place.

    absent: None. zeros: zeros of the same shape, an empty text, a row of zeros without categories. mean: the mean of
    each channel over the clean data, the same at every place (a picture of one colour, a constant signal; a row of
    column means and most frequent categories); text has none. An input that is None already stays so.

    Severity: the probability that a sample loses the input.

    Raises:
        BadSetting: `fill` is another word.
        NotApplicable: the content has no zero or no mean.

    References:
        Ma et al., Are Multimodal Transformers Robust to Missing Modality?, CVPR 2022.
    """
    check_word(fill, FILLS, "fill")
    name = last(value)
    content = value[name]
    if content is None or draw.uniform(stream="where") >= share:
        return value
    filled = None
    if fill == "zeros":
        filled = zeros(content, name)
    if fill == "mean":
        filled = mean(content, name, reference.inputs.get(name) if reference else None)
    return Noisy(put(value, name, filled), report={"lost": name})
