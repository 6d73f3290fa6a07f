"""Noise of every modality: named, keyed, lawful, with severities that mean something.

Examples:
    >>> import perturbations as pt
    >>> noise = pt.get("text/swap")
    >>> noise("what a noise", severity=0.0, sample="line-1")
    'what a noise'
"""

from perturbations._albumentations import from_albumentations
from perturbations._audiomentations import from_audiomentations
from perturbations._declaration import Setting
from perturbations._decorator import perturbation
from perturbations._draw import Draw, sample_keys
from perturbations._ladder import Dose, Ladder
from perturbations._modality import Context, Measure, Modality, modalities, modality
from perturbations._moved import project_spans
from perturbations._nlpaug import from_nlpaug
from perturbations._noisy import Noisy, Peers
from perturbations._perturbation import FittedOnBatch, Perturbation
from perturbations._presets import Preset, preset
from perturbations._registry import get, names, presets
from perturbations._transform import Transform
from perturbations.distance import distance, measures

__all__ = [
    "Context",
    "Dose",
    "Draw",
    "FittedOnBatch",
    "Ladder",
    "Measure",
    "Modality",
    "Noisy",
    "Peers",
    "Perturbation",
    "Preset",
    "Setting",
    "Transform",
    "distance",
    "from_albumentations",
    "from_audiomentations",
    "from_nlpaug",
    "get",
    "measures",
    "modalities",
    "modality",
    "names",
    "perturbation",
    "preset",
    "presets",
    "project_spans",
    "sample_keys",
]
