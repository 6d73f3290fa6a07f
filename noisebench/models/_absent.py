"""What a model has learned to see where an input is absent: its own hook, asked for when a noise leaves the place open.

A model declares it as `absent`: a mapping from input name to one value of that input, or a function of the name.

    class Fusion(torch.nn.Module):
        def absent(self, name):
            return self.tokens[name]

    predict.absent = {"speech": silence}

Why: zeros are a content like any other, and None breaks most models. A model that was trained with missing inputs has a
value of its own for them, which only it knows.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from noisebench.data._column import is_tensor, to_numpy
from noisebench.errors import ModelError
from noisebench.models._model import Inputs, Model
from perturbations.crossmodal._learned import LEARNED
from perturbations.errors import did_you_mean, explain

Hook = Callable[[str], Any] | Mapping[str, Any]


def hook_of(model: Model) -> Hook | None:
    """Return what a model declares as `absent`; None where it declares nothing of the sort."""
    found = getattr(model, "absent", None)
    return found if callable(found) or isinstance(found, Mapping) else None


def check_hook(model: Model, inputs: Iterable[str]) -> None:
    """Refuse a model that has not learned what to see where some inputs are absent.

    Raises:
        ModelError: it declares nothing, or nothing for one of them.
    """
    for name in inputs:
        learned(model, name)


def learned(model: Model, name: str) -> Any:
    """Return the value of an input that stands for its absence.

    Raises:
        ModelError: the model declares none.
    """
    hook = hook_of(model)
    if hook is None:
        hint = (
            f"give it one: model.absent = {{{name!r}: value}}, or a method absent(name); "
            "without one, use fill=zeros or fill=absent"
        )
        raise ModelError(
            explain(f"a hook for absence of the model {model.name}", "absent", None, hint)
        )
    value = hook.get(name) if isinstance(hook, Mapping) else hook(name)
    if value is None:
        known = list(hook) if isinstance(hook, Mapping) else []
        hint = did_you_mean(name, known) if known else "return one value of that input"
        expected = f"what the model {model.name} has learned for an absent {name!r}"
        raise ModelError(explain(expected, f"absent({name!r})", None, hint))
    return to_numpy(value) if is_tensor(value) else value


def filled(model: Model, inputs: Inputs) -> Inputs:
    """Return inputs in which the model's own values stand where a noise has left the place open.

    Raises:
        ModelError: the model declares none.
    """
    left = [name for name, values in inputs.items() if _has_open(values)]
    return {**inputs, **{name: _filled(model, name, inputs[name]) for name in left}}


def _has_open(values: Any) -> bool:
    return isinstance(values, list) and any(value is LEARNED for value in values)


def _filled(model: Model, name: str, values: list[Any]) -> Any:
    """Return the values of one input, as an array where all of them are arrays of one kind."""
    own = learned(model, name)
    whole = [own if value is LEARNED else value for value in values]
    if not all(isinstance(value, np.ndarray) for value in whole):
        return whole
    dtype = next((each.dtype for each in values if each is not LEARNED), own.dtype)
    whole = [value.astype(dtype) if value is own else value for value in whole]
    return np.stack(whole) if len({(v.shape, v.dtype) for v in whole}) == 1 else whole
