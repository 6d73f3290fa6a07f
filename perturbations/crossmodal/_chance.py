"""The chance that a sample loses an input, by the level of one of its inputs."""

from collections.abc import Iterable, Mapping
from typing import Any

from perturbations.crossmodal._levels import levels
from perturbations.crossmodal._reference import CrossReference
from perturbations.errors import BadSetting, NotApplicable, did_you_mean, explain
from perturbations.tabular._chance import check_law


def chance_of(
    value: Mapping[str, Any],
    driver: str,
    facts: Mapping[str, Any],
    reference: CrossReference,
    law: tuple[float, str, float],
) -> float:
    """Return the chance by the level of the driver; the law is share, direction and strength.

    Raises:
        BadSetting: there is no such driver, or the law is none.
        NotApplicable: the driver has no level, or the same in all clean samples.
    """
    share, direction, strength = law
    check_law(direction, strength)
    name = input_of(driver, value)
    if not name:
        hint = did_you_mean(driver, value)
        raise BadSetting(explain("an input, or input.column of a table", "driver", driver, hint))
    known, part = reference.levels.get(driver), driver.removeprefix(name)
    if known is None or not known.differ:
        numbers = [each for each in reference.levels if each.startswith(f"{name}.")]
        hint = "its level is the same everywhere, or it has none"
        hint = f"set driver= to one of {', '.join(numbers)}" if numbers and not part else hint
        raise NotApplicable(explain("a driver whose level differs", "driver", driver, hint))
    kind = str((facts.get(name) or {}).get("modality", ""))
    level = levels(value[name], kind).get(part)
    return known.chance(level, share, direction, strength)


def input_of(driver: str, names: Iterable[str]) -> str:
    """Return the input that a driver is of: itself, or what comes before the column; empty where there is none."""
    fitting = [name for name in names if driver == name or driver.startswith(f"{name}.")]
    return max(fitting, key=len, default="")
