"""Models: whatever the user has, behind one `predict`, and a call that survives its faults."""

from noisebench.models._absent import check_hook
from noisebench.models._adapt import as_model
from noisebench.models._callable import CallableModel
from noisebench.models._embed import Embedder, Embeds, embedder, unit_rows
from noisebench.models._model import Model
from noisebench.models._safe import MisfitError, Outcome, copied, predict_once, reason, safe_predict
from noisebench.models._sklearn import SklearnModel
from noisebench.models._torch import TorchModel

__all__ = [
    "CallableModel",
    "Embedder",
    "Embeds",
    "MisfitError",
    "Model",
    "Outcome",
    "SklearnModel",
    "TorchModel",
    "as_model",
    "check_hook",
    "copied",
    "embedder",
    "predict_once",
    "reason",
    "safe_predict",
    "unit_rows",
]
