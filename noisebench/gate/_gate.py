"""A gate: what is asked of every curve whose noise matches, and what an open answer means."""

import fnmatch
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

from noisebench.errors import ConfigError
from perturbations.errors import did_you_mean, explain

KINDS = ("retains", "no_worse_than", "no_cliff", "tolerance_at_least")
"""What can be asked; a gate asks one of them."""

DROP = 0.1
"""Share of the performance above chance whose loss a tolerance is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A demand on every curve whose noise matches. Exactly one of the four demands is given."""

    perturbation: str = "*"
    """A name or a pattern such as `image/*`, matched against the whole condition and the noise's name."""
    retains: float | None = None
    """Share of the clean performance above chance that must be kept `at` a severity, or at several."""
    no_worse_than: Any = None
    """An audit of the model before, its run directory, or a curve: at most `margin` may be lost against it on the same samples."""
    no_cliff: float | None = None
    """Largest share of the clean performance above chance that one step of severity may cost."""
    tolerance_at_least: float | Mapping[str, float] | None = None
    """Severity, or {"dose": ...}, up to which less than `drop` must be lost."""
    at: float | Sequence[float] | None = None
    """Severity or severities; `no_worse_than` without it is about all of them, the clean data too."""
    margin: float | None = None
    """In units of the metric."""
    drop: float = DROP
    """For `tolerance_at_least`: the share of the performance above chance that may not be lost."""
    aim: float | None = None
    """For claims about the population that stop early: what a good model reaches. Where that is surely missed and a failure
    is not near, sampling stops and the gate stays open. By default two fifths of the loss that is allowed."""
    inconclusive: Literal["warn", "fail"] = "warn"
    """What an open answer does to the exit status."""

    def __post_init__(self) -> None:
        if self.kind == "retains" and self.at is None:
            raise ConfigError(explain("a severity for retains", "at", None, "for example at=0.4"))
        self._check_shares()
        self._check_margin()
        if self.inconclusive not in ("warn", "fail"):
            raise ConfigError(explain("warn or fail", "inconclusive", self.inconclusive))
        for severity in self.severities:
            if not 0 <= severity <= 1:
                raise ConfigError(explain("a severity in [0, 1]", "at", severity))

    @property
    def kind(self) -> str:
        """Which of the demands is made."""
        asked = [name for name in KINDS if getattr(self, name) is not None]
        if len(asked) != 1:
            hint = f"a gate asks one of {', '.join(KINDS)}; write several gates to ask several"
            raise ConfigError(explain("one demand", "gate", " and ".join(asked) or None, hint))
        return asked[0]

    @property
    def severities(self) -> tuple[float, ...]:
        """The severities that it names, ascending."""
        if self.at is None:
            return ()
        return tuple(sorted({float(s) for s in _listed(self.at)}))

    @property
    def wanted(self) -> tuple[float, ...]:
        """Severities above 0 that a plan must have for this gate."""
        tolerated = self.tolerance_at_least
        named = self.severities if tolerated is None else _listed(tolerated)
        return tuple(float(s) for s in named if s > 0)

    def matches(self, sweep: str) -> bool:
        """Tell whether a sweep is asked, by its text form or the name of its noise."""
        noise = sweep.partition(":")[2] or sweep
        bare = noise.partition("(")[0]
        return any(fnmatch.fnmatchcase(each, self.perturbation) for each in (sweep, noise, bare))

    def chosen(self, sweeps: Sequence[str]) -> list[str]:
        """Return the sweeps that it is about.

        Raises:
            ConfigError: there is none, so the gate would pass unseen.
        """
        names = [name for name in sweeps if self.matches(name)]
        if not names:
            hint = f"tested: {', '.join(sweeps)}"
            raise ConfigError(explain("a gate on a tested noise", "gate", self.perturbation, hint))
        return names

    def to_json(self) -> dict[str, Any]:
        """Return what was said, for the record; a baseline by its run directory."""
        said = {name: getattr(self, name) for name in self.__slots__}
        baseline = said["no_worse_than"]
        if baseline is not None:
            said["no_worse_than"] = str(getattr(baseline, "directory", baseline))
        if self.at is not None:
            said["at"] = list(self.severities)
        return {name: value for name, value in said.items() if value is not None}

    def _check_shares(self) -> None:
        tolerated = self.tolerance_at_least
        if isinstance(tolerated, Mapping) and set(tolerated) != {"dose"}:
            hint = 'for example 0.4, or {"dose": 0.18} in the unit of the noise'
            raise ConfigError(
                explain("a severity or a dose", "tolerance_at_least", tolerated, hint)
            )
        shares = {"retains": self.retains, "no_cliff": self.no_cliff, "drop": self.drop}
        if isinstance(tolerated, int | float):
            shares["tolerance_at_least"] = tolerated
        for name, share in shares.items():
            if share is not None and not 0 < share <= 1:
                hint = "0.9 is nine tenths of the clean performance above chance"
                raise ConfigError(explain("a number above 0, at most 1", name, share, hint))

    def _check_margin(self) -> None:
        if (self.kind == "no_worse_than") != (self.margin is not None):
            hint = 'for example no_worse_than="runs/before", margin=0.02'
            raise ConfigError(
                explain("a margin with no_worse_than, and only there", "margin", self.margin, hint)
            )
        if self.margin is not None and not (math.isfinite(self.margin) and self.margin >= 0):
            hint = "how much of the metric may be lost against the baseline"
            raise ConfigError(explain("a number of at least 0", "margin", self.margin, hint))


def gates_of(given: Any) -> tuple[Gate, ...]:
    """Return gates from gates, mappings of what they say, or one of either.

    Raises:
        ConfigError: something is no gate, or says what gates do not.
    """
    several = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    return tuple(map(_gate, several))


def grid_with(severities: Any, gates: Sequence[Gate]) -> Any:
    """Return the severities of a plan with those that gates name."""
    asked = sorted({severity for gate in gates for severity in gate.wanted})
    if not asked or isinstance(severities, str):
        return severities
    whole = isinstance(severities, int) and not isinstance(severities, bool)
    given = [i / severities for i in range(1, severities + 1)] if whole else list(severities)
    return sorted({round(float(s), 12) for s in (*given, *asked)})


def _gate(given: Any) -> Gate:
    if isinstance(given, Gate):
        return given
    if not isinstance(given, Mapping):
        hint = 'for example nb.Gate(perturbation="image/*", retains=0.9, at=0.4)'
        raise ConfigError(explain("a gate", "gates", given, hint))
    known = [each.name for each in fields(Gate)]
    for name in given:
        if name not in known:
            hint = did_you_mean(str(name), known)
            raise ConfigError(explain("a key of a gate", "key", name, hint))
    return Gate(**given)


def _listed(at: Any) -> tuple[float, ...]:
    """Return one severity or several as a tuple; a dose names none."""
    if isinstance(at, Mapping):
        return ()
    return (at,) if isinstance(at, int | float) else tuple(at)
