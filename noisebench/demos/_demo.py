"""What a demo is, and where its data is found."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from noisebench.data import Dataset
from perturbations.errors import MissingExtra


class Loaded(NamedTuple):
    """A trained model and the data to audit it on, which it has not seen."""

    model: Any
    data: Dataset


@dataclass(frozen=True)
class Demo:
    """An audit that can be run as it is."""

    name: str
    """What the command line calls it."""

    title: str
    """One line for lists and the head of the report."""

    note: str
    """One paragraph: where the data comes from, its licence, and what not to conclude."""

    loader: Callable[[], Loaded]
    """Trains the model and reads the data; deterministic, a few seconds at most."""

    sweeps: tuple[str, ...]
    """The conditions to run, in the text form of the plan."""

    metric: str = "accuracy"
    """Name of the metric."""

    severities: int | tuple[float, ...] = 5
    """How many severities, or which."""

    replicates: int = 1
    """Repetitions with other draws."""

    compose: int = 0
    """Most cells for noises in twos, after the run."""

    seconds: float = 10.0
    """What the whole audit takes on two cores, roughly."""

    rivals: Callable[[], tuple[dict[str, Any], Dataset]] | None = None
    """Makes several models by name and data that none of them has seen, for a comparison; None where there is one."""

    rivals_need: tuple[str, ...] = ()
    """Extras that the comparison needs besides `demo`."""

    rivals_note: str = ""
    """What readers of the comparison should know besides `note`."""

    @cached_property
    def loaded(self) -> Loaded:
        """The model and the data, made at the first use.

        Raises:
            MissingExtra: a package that the data comes from is not installed.
        """
        return self.loader()

    @property
    def model(self) -> Any:
        """The model under audit."""
        return self.loaded.model

    @property
    def data(self) -> Dataset:
        """The samples that the audit runs on."""
        return self.loaded.data

    @property
    def arguments(self) -> dict[str, Any]:
        """What `audit` and `compare` are told besides models and data."""
        given = self.severities
        return {
            "perturbations": list(self.sweeps),
            "severities": given if isinstance(given, int) else list(given),
            "replicates": self.replicates,
            "metric": self.metric,
        }

    @property
    def slices(self) -> tuple[str, ...]:
        """Names of the declared slices that the report breaks down by."""
        return tuple(self.data.slices)


def files_of(package: str, *, line: str = 'pip install "noisebench[demo]"') -> Path:
    """Return the folder of an installed package without importing it.

    Args:
        package: its import name.
        line: the command that installs it.

    Raises:
        MissingExtra: the package is not installed.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtra(
            f"the demo needs the package {package}, which is not installed\n"
            f"  install it with: {line}"
        )
    return Path(spec.submodule_search_locations[0])
