"""Inputs that are not there: a camera off, a microphone unplugged, a field never sent."""

from collections.abc import Mapping
from typing import Any

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.crossmodal._inputs import check_word, ends, mean, zeros
from perturbations.crossmodal._reference import CrossReference
from perturbations.errors import NotApplicable, explain

FILLS = ("absent", "zeros", "mean")


@perturbation(coupling="mask", missing=True, measure="changed")
def missing_input(
    value: Mapping[str, Any],
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of samples", high=1.0),
    fill: str = "absent",
    lost: int = 1,
    reference: CrossReference | None = None,
) -> Noisy | Mapping[str, Any]:
    """The last input is gone, the others are right; `fill` says what the model gets in its place.

    absent: None. zeros: zeros of the same shape, an empty text, a row of zeros without categories. mean: the mean of
    each channel over the clean data, the same at every place (a picture of one colour, a constant signal; a row of
    column means and most frequent categories); text has none. An input that is None already stays so. At least one input
    remains: by the order in which they are named, any of them but all can be lost.

    Severity: the probability that a sample loses the input.

    Settings:
        fill: absent, zeros or mean.
        lost: how many of the inputs named, from the last, are lost together.

    Raises:
        BadSetting: `fill` is another word, or no input would be lost, or none remain.
        NotApplicable: the content has no zero or no mean, or the inputs that would remain are missing already.

    References:
        Ma et al., Are Multimodal Transformers Robust to Missing Modality?, CVPR 2022.
    """
    check_word(fill, FILLS, "fill")
    names = ends(value, lost)
    _check_remaining(value, names)
    names = [name for name in names if value[name] is not None]
    if not names or draw.uniform(stream="where") >= share:
        return value
    gone = {name: _stand_in(value[name], name, fill, reference) for name in names}
    return Noisy({**value, **gone}, report={"lost": ",".join(names)})


def _check_remaining(value: Mapping[str, Any], names: list[str]) -> None:
    """Refuse to take away all that there is."""
    if all(content is None for name, content in value.items() if name not in names):
        hint = "leave the sample out, or name an input first that it has"
        expected = f"an input that remains without {' and '.join(names)}"
        raise NotApplicable(explain(expected, "inputs", list(value), hint))


def _stand_in(content: Any, name: str, fill: str, reference: CrossReference | None) -> Any:
    if fill == "zeros":
        return zeros(content, name)
    if fill == "mean":
        return mean(content, name, reference.inputs.get(name) if reference else None)
    return None
