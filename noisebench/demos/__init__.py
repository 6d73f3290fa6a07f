"""Audits of real models on real data that run offline: what a user tries first.

Every demo is one module with a `demo()` function; its data comes from an installed package, is
generated to a standard, or was written for the project, and its note says which.
"""

import importlib
import importlib.util
from pathlib import Path

from noisebench.demos._demo import Demo
from noisebench.errors import ConfigError
from perturbations.errors import did_you_mean, explain

__all__ = ["DEFAULT", "Demo", "load", "names"]

DEFAULT = "spoken-digits"
"""The demo that runs when none is named."""


def names() -> tuple[str, ...]:
    """Return the names of all demos, the default first."""
    found = {path.stem for path in Path(__file__).parent.glob("[!_]*.py")}
    rest = sorted(stem.replace("_", "-") for stem in found)
    return (DEFAULT, *(name for name in rest if name != DEFAULT))


def load(name: str = DEFAULT) -> Demo:
    """Return a demo; its model is trained and its data read when they are first asked for.

    Raises:
        ConfigError: there is no such demo.
    """
    if name not in names():
        raise ConfigError(explain("the name of a demo", "name", name, did_you_mean(name, names())))
    module = importlib.import_module(f"noisebench.demos.{name.replace('-', '_')}")
    made: Demo = module.demo()
    return made
