"""Where features come from: the model itself, an encoder that was given, or the raw input."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench._values import select
from noisebench.calibration._identity import identity
from noisebench.calibration._raw import MEANINGS, VERSION, Raw, raw_features
from noisebench.data import Batch, Dataset
from noisebench.data._column import is_tensor, to_numpy
from noisebench.errors import CalibrationError, ModelError
from noisebench.models import Model, as_model, copied, embedder, reason
from perturbations.errors import did_you_mean, explain

Floats = NDArray[np.float64]
Values = Mapping[str, Any]
Function = Callable[[dict[str, Any]], Any]

KINDS = ("model", "input")


@dataclass(frozen=True, slots=True)
class Encoder:
    """Features of one input of the data, among values of all inputs."""

    kind: str
    """`model`, `given` or `input`."""
    name: str
    hash: str
    function: Callable[[str, dict[str, Any]], Any]
    """(input, values of all inputs) -> (n, d)."""
    note: str = ""
    """What the reader should know of these features."""
    calls: bool = True
    """Whether a model is called for them."""
    batch_size: int = 256

    def features(self, name: str, inputs: Values, n: int) -> Floats:
        """Return (n, d) for one input.

        Raises:
            ModelError: the encoder failed, or returned what are no features.
        """
        if not self.calls:
            return checked(self.function(name, dict(inputs)), n, self.name, name)
        parts = []
        for start in range(0, n, self.batch_size):
            rows = np.arange(start, min(start + self.batch_size, n))
            given = {each: copied(values) for each, values in select(inputs, rows).items()}
            parts.append(checked(self._call(name, given), len(rows), self.name, name))
        return np.concatenate(parts)

    def _call(self, name: str, given: dict[str, Any]) -> Any:
        try:
            return self.function(name, given)
        except (ModelError, CalibrationError):
            raise
        except Exception as error:
            hint = "it gets what the model gets, and returns (n, d), or {input: (n, d)}"
            raise ModelError(f"{self.name} failed on {name}: {reason(error)}\n  {hint}") from error


def checked(rows: Any, n: int, who: str, name: str) -> Floats:
    """Return features as an array of finite numbers, one row a sample.

    Raises:
        ModelError: they are not.
    """
    found = to_numpy(rows) if is_tensor(rows) else rows
    try:
        array = np.asarray(found, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ModelError(
            explain(f"features ({n}, d) of {name} from {who}", "features", rows)
        ) from error
    if array.ndim != 2 or len(array) != n or not array.shape[1]:
        hint = "one row of numbers a sample: average over time or places first, or flatten"
        came = f"an array of shape {array.shape}"
        raise ModelError(explain(f"features ({n}, d) of {name} from {who}", "features", came, hint))
    if not np.isfinite(array).all():
        broken = int((~np.isfinite(array)).any(axis=1).sum())
        hint = f"{broken} of {n} rows are NaN or infinite"
        raise ModelError(explain(f"finite features of {name} from {who}", "features", array, hint))
    return array


def encoder_of(
    given: Any, data: Dataset, clean: Batch, *, model: Model | None, batch_size: int
) -> Encoder:
    """Return where features come from.

    Args:
        given: "model", "input", a function, a module, or a function for each input by name; None takes the model's own
            features where it shows them, else the raw input.
        data: what is calibrated.
        clean: the calibration samples, which raw features are fitted on.
        model: whose features may serve.
        batch_size: samples in a call.

    Raises:
        ModelError: the model shows no features, or the encoder is none.
        CalibrationError: the word or an input's name is not known.
    """
    if given is None:
        shown = None if model is None else embedder(model)
        if model is not None and shown is not None:
            return _own(model, batch_size)
        why = "" if model is None else f"{model.name} shows no features of its own: "
        return _raw(data, clean, why)
    if isinstance(given, str):
        if given not in KINDS:
            hint = did_you_mean(given, KINDS)
            raise CalibrationError(
                explain("'model', 'input' or a function", "encoder", given, hint)
            )
        return _raw(data, clean, "") if given == "input" else _own(model, batch_size)
    if isinstance(given, Mapping):
        return _by_input(given, data, batch_size)
    wrapped = as_model(given, containers=data.containers)

    def show(name: str, inputs: dict[str, Any]) -> Any:
        return picked(wrapped.predict(inputs), name, inputs, wrapped.name)

    return Encoder("given", wrapped.name, identity(given), show, batch_size=batch_size)


def picked(found: Any, name: str, inputs: Values, who: str) -> Any:
    """Return the features of one input from those of all that are shown.

    Raises:
        ModelError: it is not among them.
    """
    if isinstance(found, Mapping):
        if name not in found:
            hint = f"it shows {', '.join(map(str, found)) or 'none'}; encoder='input' needs no features"
            raise ModelError(
                explain(f"features of the input {name!r} from {who}", "input", name, hint)
            )
        return found[name]
    if len(inputs) > 1:
        hint = "return {input: (n, d)}, or give an encoder for each input by name"
        expected = f"features by input from {who}, as there are {len(inputs)} inputs"
        raise ModelError(explain(expected, "features", found, hint))
    return found


def _own(model: Model | None, batch_size: int) -> Encoder:
    shown = None if model is None else embedder(model)
    if model is None or shown is None:
        who = "model" if model is None else model.name
        hint = "give the model a method embed(inputs) -> {input: (n, d)}, an encoder, or encoder='input'"
        raise ModelError(explain(f"a model that shows features, for {who}", "embed", None, hint))
    hook = shown
    name = f"features of {model.name}"
    note = "doses are in the model's own features, so they do not compare one model with another"
    made = identity(_inner(model))
    return Encoder(
        "model", name, made, lambda n, inputs: picked(hook(inputs), n, inputs, name), note,
        batch_size=batch_size,
    )  # fmt: skip


def _inner(model: Model) -> Any:
    """Return what an adapter wraps."""
    for attribute in ("of", "function", "module", "estimator"):
        found = getattr(model, attribute, None)
        if found is not None:
            return found
    return model


def _by_input(given: Mapping[str, Any], data: Dataset, batch_size: int) -> Encoder:
    for name in given:
        if name not in data.inputs:
            hint = did_you_mean(str(name), data.inputs)
            raise CalibrationError(
                explain("an encoder for an input of the data", "input", name, hint)
            )
    models = {n: as_model(each, containers=data.containers) for n, each in given.items()}

    def shown(name: str, inputs: dict[str, Any]) -> Any:
        if name not in models:
            hint = f"there are encoders for {', '.join(models)}"
            raise CalibrationError(
                explain("an encoder for every input with noise", "input", name, hint)
            )
        return models[name].predict({name: inputs[name]})

    called = ", ".join(f"{models[name].name} for {name}" for name in models)
    return Encoder("given", called, identity(dict(given)), shown, batch_size=batch_size)


@dataclass(frozen=True, slots=True)
class _Fitted:
    """Raw features of every input, fitted when first asked for."""

    data: Dataset
    clean: Batch
    made: dict[str, Raw] = field(default_factory=dict)

    def __call__(self, name: str, inputs: dict[str, Any]) -> Any:
        if name not in self.made:
            kind, facts = self.data.modalities[name], self.data.facts.get(name, {})
            self.made[name] = raw_features(kind, self.clean.inputs[name], facts)
        return self.made[name](inputs[name])


def _raw(data: Dataset, clean: Batch, why: str) -> Encoder:
    kinds = dict.fromkeys(data.modalities.values())
    words = [f"{kind}: {MEANINGS.get(kind, 'standardised pixels')}" for kind in kinds]
    note = f"{why}doses are in the raw input ({'; '.join(words)})"
    made = f"input/{VERSION}"
    return Encoder("input", "raw input", made, _Fitted(data, clean), note, calls=False)
