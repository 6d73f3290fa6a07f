"""A torch module as a model: in eval and inference mode, and as it was afterwards."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from noisebench.data._column import is_table, is_tensor
from noisebench.errors import ModelError
from noisebench.models._model import Inputs, argument
from noisebench.models._safe import reason
from perturbations._frames import cells, is_frame
from perturbations.errors import explain


class TorchModel:
    """A `torch.nn.Module` that gets tensors and gives NumPy.

    Axes stay as the data has them: images in (n, H, W, C) arrive in (n, H, W, C). Floating-point
    values take the module's own floating dtype, so 64-bit images become 32-bit; integers, 8-bit
    images among them, stay integers. A list becomes a list of tensors, strings stay strings.
    Tensors are copies: a module that writes to its input harms no data.
    """

    copies_inputs = True
    """The tensors are this adapter's own, so nobody else needs to copy the arrays first."""

    def __init__(self, module: Any, *, device: Any = None) -> None:
        self.module = module
        self.changed_inputs: tuple[str, ...] = ()
        held = [*module.parameters(), *module.buffers()]
        floating = [each.dtype for each in held if each.dtype.is_floating_point]
        self._dtype = floating[0] if floating else None
        self._device = device if device is not None else (held[0].device if held else "cpu")
        if device is not None:
            _move(module, device)

    @property
    def name(self) -> str:
        """The module's class."""
        return type(_own(self.module)).__name__

    @property
    def absent(self) -> Any:
        """What the module declares for absent inputs; None where it declares nothing."""
        return getattr(self.module, "absent", None)

    def predict(self, inputs: Inputs) -> Any:
        """Run the module and return its output as NumPy.

        Raises:
            ModelError: the output holds no tensor with one row a sample.
        """
        return self._called(lambda given: self._output(self.module(argument(given))), inputs)

    @property
    def embedder(self) -> Callable[[Inputs], Any] | None:
        """What shows embeddings: a method `embed` of the module; None where it has none."""
        hook = getattr(self.module, "embed", None)
        if not callable(hook):
            return None
        return lambda inputs: self._called(
            lambda given: {name: self._output(rows) for name, rows in hook(given).items()}, inputs
        )

    def _called(self, function: Callable[[dict[str, Any]], Any], inputs: Inputs) -> Any:
        """Call a function of tensors in eval and inference mode, and note which of them it changed."""
        import torch

        with answering(self._device):
            given = {name: self._tensors(values) for name, values in inputs.items()}
            before = {name: _versions(values) for name, values in given.items()}
            try:
                with evaluating(self.module), torch.inference_mode():
                    return function(given)
            finally:
                changed = (name for name in given if _versions(given[name]) != before[name])
                self.changed_inputs = tuple(changed)

    def describe(self) -> dict[str, Any]:
        """Return kind, class, number of parameters, dtype and device."""
        module = _own(self.module)
        return {
            "kind": "torch",
            "name": self.name,
            "defined": f"{type(module).__module__}.{type(module).__qualname__}",
            "parameters": sum(each.numel() for each in module.parameters()),
            "dtype": str(self._dtype or "none").removeprefix("torch."),
            "device": str(self._device),
        }

    def _tensors(self, values: Any) -> Any:
        if is_frame(values):
            values = cells(values).astype(float)
        elif is_table(values):
            values = values.to_numpy(dtype=float)
        if isinstance(values, list | tuple):
            return [self._tensor(value) for value in values]
        return self._tensor(values)

    def _tensor(self, value: Any) -> Any:
        import torch

        if not isinstance(value, np.ndarray) or value.dtype.kind not in "biufc":
            return value
        tensor = torch.from_numpy(np.array(value, dtype=value.dtype.newbyteorder("=")))
        if tensor.is_floating_point():
            tensor = tensor.to(self._dtype or torch.float32)
        return tensor.to(self._device)

    def _output(self, output: Any) -> Any:
        if isinstance(output, Mapping) and "logits" in output:
            output = output["logits"]
        if is_tensor(output):
            return _numpy(output)
        if isinstance(output, list):
            return [_numpy(each) if is_tensor(each) else each for each in output]
        hint = "wrap the module in a function that returns one tensor with a row a sample"
        raise ModelError(explain(f"a tensor or a list from {self.name}", "output", output, hint))


@contextmanager
def evaluating(module: Any) -> Iterator[None]:
    """Put a module and all its submodules in eval mode, and each back as it was, come what may."""
    modes = [(each, each.training) for each in module.modules()]
    if not any(training for _, training in modes):
        yield
        return
    was = module.training
    try:
        module.eval()
    except NotImplementedError:
        # An exported program stays in the mode in which it was exported.
        yield
        return
    try:
        yield
    finally:
        module.train(was)
        for each, training in modes:
            each.training = training


@contextmanager
def answering(device: Any) -> Iterator[None]:
    """Run a model, and tell a fault of its samples from a device that is lost to the process.

    Raises:
        ModelError: after a fault of the model, the device does nothing any more; no sample is to blame for what follows.
    """
    try:
        yield
    except RuntimeError as error:
        why = lost(device)
        if not why:
            raise
        hint = f"{reason(error)}; start again in a new process; device='cpu' finds the sample"
        raise ModelError(explain("a device that still answers", "device", device, hint)) from error


def lost(device: Any) -> str:
    """Say why a device does nothing any more, as CUDA's after a failed assertion; empty where it works."""
    import torch

    try:
        torch.zeros(1, device=device).item()
    except torch.OutOfMemoryError:
        return ""
    except RuntimeError as error:
        return reason(error)
    return ""


def _move(module: Any, device: Any) -> None:
    import torch

    try:
        torch.empty(0, device=device)
        module.to(device)
    except (AssertionError, RuntimeError, TypeError) as error:
        hint = f"{reason(error)}; here are: {', '.join(_devices())}"
        raise ModelError(explain("a device that torch can use", "device", device, hint)) from error


def _devices() -> list[str]:
    import torch

    found = torch.accelerator.current_accelerator(check_available=True)
    count = torch.accelerator.device_count() if found else 0
    return ["cpu", *(f"{found.type}:{i}" for i in range(count))]


def _own(module: Any) -> Any:
    """Return the user's module, out of what torch.compile puts around it."""
    return getattr(module, "_orig_mod", module)


def _versions(values: Any) -> list[int]:
    """Return torch's counts of in-place writes to the tensors of one input."""
    tensors = values if isinstance(values, list) else [values]
    return [each._version for each in tensors if is_tensor(each)]  # noqa: SLF001 - no public name


def _numpy(tensor: Any) -> np.ndarray:
    tensor = tensor.detach().cpu()
    if str(tensor.dtype) in {"torch.bfloat16", "torch.float16"}:
        tensor = tensor.float()
    return np.asarray(tensor.numpy())
