"""Which adapter fits what the user has; packages are recognised by the type, never imported."""

from collections.abc import Mapping
from typing import Any

from noisebench.data import Container
from noisebench.errors import ModelError
from noisebench.models._callable import CallableModel
from noisebench.models._model import Model
from noisebench.models._sklearn import SklearnModel
from noisebench.models._torch import TorchModel
from perturbations.errors import explain


def as_model(
    obj: Any, *, device: Any = None, containers: Mapping[str, Container] | None = None
) -> Model:
    """Make a model of what the user has.

    A torch module, a scikit-learn estimator, anything with `.predict`, or a callable. With one
    input, the user's code gets the values themselves; with several, a mapping from input name.

    Args:
        obj: the model, or what can be one.
        device: where a torch module runs and stays, such as "cuda"; the device of its parameters if None.
        containers: `Dataset.containers`, so that a callable gets tensors where the data had them.

    Raises:
        ModelError: it is none of these, or a device was given for something other than torch.
    """
    if _comes_from(obj, "torch.nn") and hasattr(obj, "eval"):
        return TorchModel(obj, device=device)
    if device is not None:
        hint = "only a torch.nn.Module is moved; a function places its own arrays"
        raise ModelError(explain("device=None for a model outside torch", "device", device, hint))
    if isinstance(obj, Model) and not isinstance(obj, type):
        return obj
    return _other(obj, containers or {})


def _other(obj: Any, containers: Mapping[str, Container]) -> Model:
    if isinstance(obj, type):
        hint = f"make one: {obj.__name__}(...)"
        raise ModelError(explain("a model rather than its class", "class", obj.__name__, hint))
    if _comes_from(obj, "sklearn") or _is_estimator(obj):
        return SklearnModel(obj)
    if callable(getattr(obj, "predict", None)):
        return CallableModel(obj.predict, of=obj, containers=containers)
    if callable(obj):
        return CallableModel(obj, containers=containers)
    hint = "wrap it in a function that takes a batch and returns one output a sample"
    expected = "a callable, a torch module, a scikit-learn estimator or an object with .predict"
    raise ModelError(explain(expected, "model", obj, hint))


def _comes_from(obj: Any, package: str) -> bool:
    """Tell whether one of the object's classes is defined in a package."""
    return any(
        kind.__module__ == package or kind.__module__.startswith(f"{package}.")
        for kind in type(obj).__mro__
    )


def _is_estimator(obj: Any) -> bool:
    """Tell whether an object keeps scikit-learn's conventions without being its subclass."""
    return all(callable(getattr(obj, name, None)) for name in ("fit", "predict", "get_params"))
