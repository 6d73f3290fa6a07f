"""Inputs that are missing for a reason: because of what another input holds, or of what they hold themselves."""

from collections.abc import Mapping, Sequence
from typing import Any

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.crossmodal._chance import chance_of, input_of
from perturbations.crossmodal._inputs import check_word
from perturbations.crossmodal._loss import to_lose, without
from perturbations.crossmodal._reference import CrossReference
from perturbations.crossmodal._stand_in import OWN_FILLS
from perturbations.errors import BadSetting, explain

Value = Mapping[str, Any]


@perturbation(family="absence", coupling="mask", missing=True, measure="changed")
def missing_input_mar(
    value: Value,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of samples", high=1.0),
    driver: str = "",
    direction: str = "low",
    strength: float = 2.0,
    fill: str = "absent",
    lost: int = 1,
    facts: Mapping[str, Any],
    reference: CrossReference,
) -> Noisy | Value:
    """The last input is missing where another input says so: the lidar fails in the dark, the microphone in the wind (MAR).

    The driver is an input that is not lost; its level is the mean brightness of a picture or clip, the root mean square of a
    sound or series, the number of words of a text or points of a cloud, a number in a table's row (input.column). A sample
    loses its last input with the probability expit(a + strength * score); the score is in [-1, 1] by the rank of the level
    among the clean samples, and a is solved so that the mean over them is exactly the dose. A missing driver has rank 1/2.

    Severity: the expected share of samples that lose the input.

    Settings:
        driver: name of the input, or input.column; the first one named when it is empty.
        direction: the levels at which more is lost: low, high, tails (both ends) or middle.
        strength: log odds ratio between the upper and the lower quartile of levels; 2 is our choice (odds 7 to 1).
        fill: absent, zeros, empty, mean or learned, as in missing-input.
        lost: how many of the inputs named, from the last, are lost together.

    Raises:
        BadSetting: there is no such direction, driver or fill, or no input would be lost, or none remain.
        NotApplicable: the driver has no level, or the same in all clean samples; or the content has no zero or no mean.

    References:
        Rubin, Inference and missing data, Biometrika 63 (1976): missing at random.
        Schouten, Lugtig and Vink, Generating missing values for simulation purposes, J. Stat. Comput. Simul. 88 (2018).
    """
    names = _lost_by_chance(value, fill, lost)
    chosen = driver or next(iter(value))
    if input_of(chosen, value) in list(value)[-lost:]:
        hint = "missing-input-mnar loses an input because of what it is itself"
        raise BadSetting(explain("a driver that is not lost", "driver", chosen, hint))
    law = (share, direction, strength)
    chance = chance_of(value, chosen, facts, reference, law)
    return _by_chance(value, draw, chance, names, fill, facts, reference)


@perturbation(family="absence", coupling="mask", missing=True, measure="changed")
def missing_input_mnar(
    value: Value,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of samples", high=1.0),
    driver: str = "",
    direction: str = "low",
    strength: float = 2.0,
    fill: str = "absent",
    lost: int = 1,
    facts: Mapping[str, Any],
    reference: CrossReference,
) -> Noisy | Value:
    """The last input is missing because of what it is: the camera switches off in the dark, the loud clip is rejected (MNAR).

    As missing-input-mar, but the level is that of the last input itself.

    Severity: the expected share of samples that lose the input.

    Settings:
        driver: for a row of a table, which of its numbers: input.column; the last input when it is empty.
        direction: the levels at which more is lost: low, high, tails (both ends) or middle.
        strength: log odds ratio between the upper and the lower quartile of levels; 2 is our choice (odds 7 to 1).
        fill: absent, zeros, empty, mean or learned, as in missing-input.
        lost: how many of the inputs named, from the last, are lost together.

    Raises:
        BadSetting: there is no such direction, column or fill, or no input would be lost, or none remain.
        NotApplicable: the input has no level, or the same in all clean samples; or the content has no zero or no mean.

    References:
        Rubin, Inference and missing data, Biometrika 63 (1976): missing not at random.
        Schouten, Lugtig and Vink, Generating missing values for simulation purposes, J. Stat. Comput. Simul. 88 (2018).
    """
    names = _lost_by_chance(value, fill, lost)
    last = list(value)[-1]
    if driver and input_of(driver, value) != last:
        hint = "missing-input-mar loses an input because of another"
        raise BadSetting(explain(f"a level of the input {last!r}", "driver", driver, hint))
    law = (share, direction, strength)
    chance = chance_of(value, driver or last, facts, reference, law)
    return _by_chance(value, draw, chance, names, fill, facts, reference)


def _lost_by_chance(value: Value, fill: str, lost: int) -> list[str]:
    """Return which inputs are to be lost where no other sample's stands in their place."""
    check_word(fill, OWN_FILLS, "fill")
    return to_lose(value, fill, lost)


def _by_chance(
    value: Value,
    draw: Draw,
    chance: float,
    names: Sequence[str],
    fill: str,
    facts: Mapping[str, Any],
    reference: CrossReference,
) -> Noisy | Value:
    if not names or draw.uniform(stream="where") >= chance:
        return value
    return without(value, names, fill, facts, reference)
