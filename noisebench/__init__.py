"""What happens to your model when the world gets noisy: degradation curves with honest uncertainty.

    import noisebench as nb
    data = nb.Dataset({"image": images}, targets=labels)
    audit = nb.audit(model, data, perturbations=["image"], metric="accuracy")
    audit["image/shot-noise"].retains(0.9, at=0.4)

Nothing heavy is imported until a name is used: importing this package loads no numpy.
"""

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from noisebench.affinity import Affinity, affinity
    from noisebench.audit import Audit, audit, load
    from noisebench.calibration import Calibration, Nearest, calibrate, nearest_noise
    from noisebench.compare import Comparison, compare
    from noisebench.compose import compose
    from noisebench.curve import Curve, Verdict
    from noisebench.data import Dataset
    from noisebench.errors import (
        CalibrationError,
        ConfigError,
        DataError,
        LedgerError,
        MetricError,
        ModelError,
        NoisebenchError,
        PlanError,
        ReportError,
    )
    from noisebench.gate import Gate
    from noisebench.metrics import Metric
    from noisebench.models import Model

__version__ = "0.1.0"

_HOMES = {
    "noisebench.affinity": ("Affinity", "affinity"),
    "noisebench.audit": ("Audit", "audit", "load"),
    "noisebench.calibration": ("Calibration", "Nearest", "calibrate", "nearest_noise"),
    "noisebench.compare": ("Comparison", "compare"),
    "noisebench.compose": ("compose",),
    "noisebench.curve": ("Curve", "Verdict"),
    "noisebench.data": ("Dataset",),
    "noisebench.errors": (
        "CalibrationError",
        "ConfigError",
        "DataError",
        "LedgerError",
        "MetricError",
        "ModelError",
        "NoisebenchError",
        "PlanError",
        "ReportError",
    ),
    "noisebench.gate": ("Gate",),
    "noisebench.metrics": ("Metric",),
    "noisebench.models": ("Model",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Affinity",
    "Audit",
    "Calibration",
    "CalibrationError",
    "Comparison",
    "ConfigError",
    "Curve",
    "DataError",
    "Dataset",
    "Gate",
    "LedgerError",
    "Metric",
    "MetricError",
    "Model",
    "ModelError",
    "Nearest",
    "NoisebenchError",
    "PlanError",
    "ReportError",
    "Verdict",
    "affinity",
    "audit",
    "calibrate",
    "compare",
    "compose",
    "load",
    "nearest_noise",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'noisebench' has no attribute {name!r}")
    found = getattr(importlib.import_module(_HOME_OF[name]), name)
    globals()[name] = found
    return found


class _Package(ModuleType):
    """This package; `nb.audit` stays the function although its module has the same name."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME_OF and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
