"""What a noise is besides noise: a group that acts on values, so that every dose can be undone.

With its draw held, such a noise is a group of one parameter: doses add, multiply, or a second time undoes the first. What a
model loses under it was not taken out of the value but for what rounding and the edge of the frame take, which is
measured by undoing it. No other noise can pass these laws: what it destroys does not come back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from perturbations.errors import BadDeclaration, explain

UNDONE = "undone"
"""Setting of every group action: the value is put back, so that what is left of the noise is what it destroys."""

_INVERSES: dict[str, Callable[[float], float]] = {
    "sum": lambda dose: -dose,
    "product": lambda dose: 1 / dose,
    "twice": lambda dose: dose,
}


@dataclass(frozen=True, slots=True)
class Action:
    """How a noise acts as a group."""

    group: str
    """In words: "turns of the plane"."""
    law: str
    """How two doses of one draw compose: "sum", "product", or "twice": the second undoes the first."""
    lossless: bool | Mapping[str, object] = False
    """Whether nothing is lost but for rounding in the last digit, so that the whole value can be had back; or the settings
    with which that is so."""

    def __post_init__(self) -> None:
        if self.law not in _INVERSES:
            raise BadDeclaration(
                explain(f"one of {', '.join(_INVERSES)}", "law of a group", self.law)
            )

    @property
    def order(self) -> int | None:
        """How often it is applied until nothing is changed; None where doses go on without end."""
        return 2 if self.law == "twice" else None

    def inverse(self, dose: float) -> float:
        """Return the dose that undoes a dose of the same draw."""
        return _INVERSES[self.law](dose)

    def keeps_all(self, settings: Mapping[str, object]) -> bool:
        """Tell whether nothing is lost with these settings of the noise."""
        if isinstance(self.lossless, bool):
            return self.lossless
        return all(settings.get(name) == value for name, value in self.lossless.items())

    def undoing(self, arguments: Mapping[str, Any], dose: str) -> dict[str, Any]:
        """Return the arguments of a noise function that undo it.

        Args:
            arguments: of the noise.
            dose: name of its ladder.
        """
        return {**arguments, dose: self.inverse(arguments[dose])}
