"""An audit as a file: `audit.toml`, or `[tool.noisebench]` in pyproject.toml.

Why: the resolved form, every default filled in, is what a run stores; unknown keys are errors, so that a typing
error in a key can never silently run another audit.
"""

import importlib
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from noisebench.errors import ConfigError
from perturbations.errors import did_you_mean, explain

if TYPE_CHECKING:
    from noisebench.gate import Gate

NAMES = ("audit.toml", "noisebench.toml")
"""Files looked for, from the working folder upwards, before pyproject.toml."""

Severity = Annotated[float, Field(ge=0, le=1)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelSection(_Section):
    """Which model is audited."""

    load: str
    """`package.module:object`: a callable, a torch module or an estimator."""
    device: str | None = None
    """Where a torch module runs."""


class DataSection(_Section):
    """Which data it is audited on."""

    load: str
    """`package.module:object`: a Dataset, or a function without arguments that returns one."""


class SweepSection(_Section):
    """Which noise at which severities, and how it is measured."""

    perturbations: str | list[str] = "all"
    severities: Annotated[int, Field(ge=1, le=100)] | list[Severity] = 5
    replicates: int = Field(default=1, ge=1)
    seed: int = 0
    metric: str | list[str] = "accuracy"
    batch_size: int = Field(default=256, ge=1)
    workers: int = Field(default=1, ge=0)
    distortion: Literal["subset", "all", "none"] = "subset"
    calibrated: bool | str = False
    """Whether every noise runs at severities of equal dose; or the lock file that has them."""
    compose: int = Field(default=0, ge=0)
    """Most cells to spend, after the run, on noises in twos that are chosen from its curves; 0 measures none."""
    budget: Literal["auto", "bisect", "locate"] | None = None
    """`auto` stops sampling where the gates are decided; `bisect` follows each sample to where it breaks; `locate`
    finds where a tenth is lost."""
    claim: Literal["set", "population"] | None = None
    """Whether gates are about these samples or about all samples like them."""
    bounds: tuple[float, float] | None = None
    """Least and largest score of a sample, where the metric does not bound it."""


class DoseSection(_Section):
    """A dose in the unit of the noise."""

    dose: float


class GateSection(_Section):
    """A demand on every curve whose noise matches; see `noisebench.Gate`."""

    perturbation: str = "*"
    retains: float | None = None
    no_worse_than: str | None = None
    """Run directory of the audit to compare with, from the configuration's folder."""
    no_cliff: float | None = None
    tolerance_at_least: float | DoseSection | None = None
    at: float | list[float] | None = None
    margin: float | None = None
    drop: float = 0.1
    aim: float | None = None
    inconclusive: Literal["warn", "fail"] = "warn"

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        try:
            self.gate(Path())
        except ConfigError as error:
            raise ValueError(" ".join(str(error).split())) from None
        return self

    def gate(self, folder: Path) -> "Gate":
        """Return it as a gate; a baseline is looked for from a folder."""
        from noisebench.gate import Gate

        said = self.model_dump()
        if self.no_worse_than is not None:
            said["no_worse_than"] = str(folder / self.no_worse_than)
        return Gate(**said)


class AffinitySection(_Section):
    """How models are trained on noise; see `noisebench.affinity`."""

    fit: str
    """`package.module:function`: from a Dataset to a trained model."""
    test: str | None = None
    """`package.module:object`: data to test on; by default half of the data is held out."""
    natural: str | None = None
    """`package.module:object`: data with the noise of the field in it; or the name of a noise that stands for it."""
    perturbations: str | list[str] | None = None
    """Noises; by default those of the sweep."""
    at: Annotated[float, Field(gt=0, le=1)] = 0.6
    fits: int | None = Field(default=None, ge=2)
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5


class AuditConfig(_Section):
    """A whole audit."""

    name: str = "audit"
    run_dir: str | None = None
    model: ModelSection
    data: DataSection
    sweep: SweepSection = SweepSection()
    gates: list[GateSection] = []
    affinity: AffinitySection | None = None


def find_config(folder: Path) -> Path:
    """Return the configuration that is nearest above a folder.

    Raises:
        ConfigError: there is none.
    """
    for place in (folder, *folder.parents):
        for name in NAMES:
            if (place / name).is_file():
                return place / name
        project = place / "pyproject.toml"
        if project.is_file() and "noisebench" in _read(project).get("tool", {}):
            return project
    hint = "name a file or a demo: noisebench run audit.toml; noisebench run spoken-digits"
    raise ConfigError(explain(f"{' or '.join(NAMES)} here or above", "folder", str(folder), hint))


def read_config(path: Path, overrides: Mapping[str, Any] | None = None) -> AuditConfig:
    """Read a configuration; `overrides` replace keys of the sweep.

    Raises:
        ConfigError: the file is missing, is no TOML, or has an unknown or wrong key.
    """
    if not path.is_file():
        raise ConfigError(explain("a configuration file or a demo", "path", str(path)))
    content = _read(path)
    if path.name == "pyproject.toml":
        content = content.get("tool", {}).get("noisebench", {})
    given = {key: value for key, value in (overrides or {}).items() if value is not None}
    if given:
        sweep = content.get("sweep", {})
        content = content | {"sweep": (sweep if isinstance(sweep, dict) else {}) | given}
    try:
        return AuditConfig.model_validate(content)
    except ValidationError as error:
        raise ConfigError(_explain_all(error, path)) from None


def load_object(spec: str, *, folder: Path) -> Any:
    """Import `package.module:object`, with the configuration's folder on the import path.

    Raises:
        ConfigError: the text has another form, or there is no such module or object.
    """
    module, colon, name = spec.partition(":")
    if not colon or not module or not name:
        raise ConfigError(explain("package.module:object", "load", spec))
    for place in (str(folder), str(Path.cwd())):
        if place not in sys.path:
            sys.path.insert(0, place)
    try:
        found: Any = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
        hint = f"looked in {folder} and in the installed packages"
        raise ConfigError(explain("a module that can be imported", "load", spec, hint)) from error
    for part in name.split("."):
        if not hasattr(found, part):
            hint = did_you_mean(part, [each for each in dir(found) if each[0] != "_"])
            raise ConfigError(explain(f"an object {part!r} in {module}", "load", spec, hint))
        found = getattr(found, part)
    return found


def load_data(spec: str, *, folder: Path) -> Any:
    """Import a data set, or call the function that returns one.

    Raises:
        ConfigError: what came is not a Dataset.
    """
    from noisebench.data import Dataset

    found = load_object(spec, folder=folder)
    data = found() if callable(found) and not isinstance(found, Dataset) else found
    if not isinstance(data, Dataset):
        hint = "return noisebench.Dataset({name: values}, targets=...)"
        raise ConfigError(explain("a noisebench.Dataset", f"data from {spec}", data, hint))
    return data


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is no readable TOML: {error}") from error


def _explain_all(error: ValidationError, path: Path) -> str:
    lines = [f"{path}: {len(error.errors())} problem(s)"]
    for each in error.errors():
        where = ".".join(str(part) for part in each["loc"])
        said = each["type"] in ("missing", "value_error")
        came = "" if said else f", got {each['input']!r}"
        message = "unknown key" if each["type"] == "extra_forbidden" else each["msg"]
        message = message.removeprefix("Value error, ")
        lines.append(f"  {where}: {message}{came}{_near(each['loc'], each['type'])}")
    return "\n".join(lines)


def _near(place: tuple[int | str, ...], kind: str) -> str:
    if kind != "extra_forbidden":
        return ""
    sections: dict[str, type[_Section]] = {
        "model": ModelSection,
        "data": DataSection,
        "sweep": SweepSection,
        "gates": GateSection,
        "affinity": AffinitySection,
    }
    section = sections.get(str(place[0]), AuditConfig) if len(place) > 1 else AuditConfig
    return f"; {did_you_mean(str(place[-1]), section.model_fields)}"
