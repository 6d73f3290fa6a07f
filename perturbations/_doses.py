"""From a severity, or a native dose that the others follow, to the dose of every ladder of a noise."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from perturbations._ladder import Ladder
from perturbations.errors import BadDose, BadSeverity, did_you_mean, explain

Ladders = Mapping[str, Ladder]
Facts = Mapping[str, Any]


def doses_of(
    name: str,
    ladders: Ladders,
    severity: float | None,
    dose: Mapping[str, float] | None,
    facts: Facts,
) -> dict[str, float]:
    """Return the doses of the noise `name`, by ladder.

    Raises:
        BadSeverity: the severity is not in [0, 1], or both or neither of severity and dose are given.
        BadDose: a dose names no ladder, or is outside its domain.
    """
    if (severity is None) == (dose is None):
        given = {"severity": severity, "dose": dose}
        raise BadSeverity(
            explain("either severity= or dose=", "arguments", given, "give one of them")
        )
    if dose is not None:
        return _native_doses(name, ladders, dose, facts)
    severity = _check_severity(severity)
    if severity == 0:
        return {each: ladder.no_dose(facts) for each, ladder in ladders.items()}
    return {each: ladder.dose(severity, facts) for each, ladder in ladders.items()}


def _native_doses(
    noise: str, ladders: Ladders, dose: Mapping[str, float], facts: Facts
) -> dict[str, float]:
    for name in dose:
        if name not in ladders:
            raise BadDose(
                explain(f"a ladder of {noise}", "dose", name, did_you_mean(name, ladders))
            )
    doses = {name: ladders[name].check(value, name) for name, value in dose.items()}
    if len(doses) < len(ladders) and doses:
        leader = next(name for name in ladders if name in doses)
        severity = ladders[leader].severity(doses[leader], facts)
        doses = doses_of(noise, ladders, severity, None, facts) | doses
    if not doses:
        raise BadDose(explain(f"a dose of {', '.join(ladders)}", "dose", dict(dose)))
    return doses


def _check_severity(severity: object) -> float:
    if type(severity) is float and 0 <= severity <= 1:
        return severity
    number = isinstance(severity, int | float | np.floating | np.integer)
    if not number or isinstance(severity, bool) or not 0 <= float(severity) <= 1:  # type: ignore[arg-type]
        hint = "0 is the untouched value, 1 the worst case; a physical amount goes into dose={...}"
        raise BadSeverity(explain("a number in [0, 1]", "severity", severity, hint))
    return float(severity)  # type: ignore[arg-type]
