"""From values to noisy values: encode, call the function, hold it to its declaration, decode."""

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from perturbations import _containers
from perturbations._draw import Draw
from perturbations._modality import Context, Modality
from perturbations._noisy import Noisy
from perturbations.errors import BadValue, BrokenContract, explain

if TYPE_CHECKING:
    from perturbations._perturbation import Perturbation


_WORTH_COMPARING = 2048
"""Fewer numbers than this are summed sooner than a kernel is called."""


@dataclass(frozen=True, slots=True)
class Making:
    """One noise at one dose on one input."""

    noise: "Perturbation"
    contract: Modality
    context: Context
    arguments: Mapping[str, Any]
    """Keyword arguments of the noise function: doses, settings, facts, reference, peers."""
    back: Mapping[str, Any] | None = None
    """Those that put the value back afterwards, by the same draw; None where it stays noisy."""

    def one(self, value: Any, draw: Draw) -> Noisy:
        """Put the noise into one value."""
        noisy = self._one(value, draw)
        if self.back is None:
            return noisy
        undone = self._undoing.one(noisy.value, draw)
        both = noisy.mapping is not None and undone.mapping is not None
        return replace(undone, mapping=noisy.mapping.then(undone.mapping) if both else None)

    @property
    def _undoing(self) -> "Making":
        return replace(self, arguments=self.back or {}, back=None)

    def _one(self, value: Any, draw: Draw) -> Noisy:
        contract, context = self.contract, self.context
        lift = self.noise.batched and not contract.columnar and contract.many is None
        if contract.columnar or lift:
            draw = Draw(draw.keys[None], draw.run)
        source = self._lifted(value) if lift else value
        working, token = contract.encode(source, context, lift)
        result = self.noise.function(_read_only(working), draw, **self.arguments)
        guard = contract.guard(context) if contract.guard else None
        noisy = result if isinstance(result, Noisy) else Noisy(result)
        self._check(working, noisy.value)
        noisy = guard(working, noisy) if guard else noisy
        out = self._decode(noisy.value, token, lift)
        told = contract.told(working, noisy.value, token) if contract.told else {}
        report = {**noisy.report, **told} if told else noisy.report
        return replace(noisy, value=out[0] if lift else out, report=report)

    def _lifted(self, value: Any) -> Any:
        stack = self.contract.stack
        return value[None] if stack is None or isinstance(value, np.ndarray) else stack([value])

    def many(self, values: Any, draw: Draw) -> Any:
        """Put the noise into a batch; stacked where the noise and the modality can."""
        noisy = self._many(values, draw)
        return noisy if self.back is None else self._undoing.many(noisy, draw)

    def _many(self, values: Any, draw: Draw) -> Any:
        contract = self.contract
        if contract.columnar:
            return self._stack(values, draw)
        if contract.many is not None:
            for value in values:
                contract.check(value, self.context, False)
            make, guarded = self._make_one()
            batched = self.noise.batched and not guarded
            return _containers.like(values, contract.many(make, values, draw, batched))
        if not self.noise.batched or contract.stack is None:
            rows = []
            for i in range(len(values)):
                contract.check(values[i], self.context, False)
                rows.append(self._one(values[i], draw.row(i)).value)
            return _containers.like(values, rows)
        if _containers.is_stacked(values):
            made = self._stack(values, draw)
            return _containers.like(values, made) if isinstance(made, list) else made
        rows = [None] * len(values)
        for bucket in _containers.buckets(values, contract.signature):
            part = Draw(draw.keys[bucket], draw.run)
            stacked = contract.stack([values[i] for i in bucket])
            noisy = contract.unstack(self._stack(stacked, part))
            for i, row in zip(bucket, noisy, strict=True):
                rows[i] = row
        return _containers.like(values, rows)

    def _make_one(self) -> tuple[Callable[[Any, Draw], Any], bool]:
        """Return the noise of one value and its draw, and whether it is kept off protected places."""
        make = partial(self.noise.function, **self.arguments)
        guard = self.contract.guard(self.context) if self.contract.guard else None
        if guard is None:
            return make, False
        return (lambda value, draw: guard(value, make(value, draw))), True

    def whole(self, values: Any, draw: Draw) -> Noisy:
        """Put the noise into a stack, or a container of rows, and say what was done where the noise does."""
        noisy = self._whole(values, draw)
        return noisy if self.back is None else self._undoing.whole(noisy.value, draw)

    def _whole(self, values: Any, draw: Draw) -> Noisy:
        contract, context = self.contract, self.context
        contract.check(values, context, True)
        working, token = contract.encode(values, context, True)
        result = self.noise.function(_read_only(working), draw, **self.arguments)
        noisy = result if isinstance(result, Noisy) else Noisy(result)
        self._check(working, noisy.value)
        return Noisy(self._decode(noisy.value, token, True), noisy.mapping, noisy.report)

    def _stack(self, values: Any, draw: Draw) -> Any:
        return self._whole(values, draw).value

    def _decode(self, noisy: Any, token: Any, stacked: bool) -> Any:  # noqa: FBT001 - the contract's `batched`
        """Return values like those encoded; of a stack that fell apart into different shapes, a list of them.

        Raises:
            BrokenContract: the noise made what values of this kind cannot hold: no fault of the clean value.
        """
        decode, context = self.contract.decode, self.context
        try:
            if isinstance(noisy, list) and stacked:
                return [decode(each[None], token, context, True)[0] for each in noisy]
            return decode(noisy, token, context, stacked)
        except BadValue as error:
            raise BrokenContract(f"{self.noise.name}: {error}") from error

    def _check(self, before: Any, after: Any) -> None:
        if self.contract.held is not None:
            before, after = self.contract.held(before, after)
        if not isinstance(before, np.ndarray):
            return
        if isinstance(after, list) and self.noise.batched and "shape" not in self.noise.keeps:
            if len(after) != len(before):
                expected = f"{len(before)} values from {self.noise.name}"
                raise BrokenContract(explain(expected, "values", len(after)))
            for clean, noisy in zip(before, after, strict=True):
                self._check_one(clean, noisy)
            return
        self._check_one(before, after)

    def _check_one(self, before: Any, after: Any) -> None:
        if not isinstance(after, np.ndarray) or (
            "shape" in self.noise.keeps and after.shape != before.shape
        ):
            kept = f"{self.noise.name} to keep the shape {before.shape}"
            raise BrokenContract(explain(kept, "result", after))
        if self.noise.native and after.dtype != before.dtype:
            raise BrokenContract(
                explain(f"{self.noise.name} to keep {before.dtype}", "result", after)
            )
        looked = self.noise.missing or self.noise.scans
        if not looked and after.dtype.kind == "f" and not _finite(after):
            fresh, known = ~np.isfinite(after), np.isfinite(before)
            fresh &= known if after.shape == before.shape else known.all()
            if fresh.any():
                raise BrokenContract(
                    explain(f"finite numbers from {self.noise.name}", "result", after)
                )


def _read_only(working: Any) -> Any:
    if not isinstance(working, np.ndarray):
        return working
    view = working.view()
    view.flags.writeable = False
    return view


def _finite(values: Any) -> bool:
    """Tell whether floating-point numbers are finite: by comparing words where kernels are loaded, else by their sum."""
    kernels = sys.modules.get("perturbations._kernels")
    comparable = values.dtype in (np.float32, np.float64) and values.flags.c_contiguous
    if kernels is None or not comparable or values.size < _WORTH_COMPARING:
        return math.isfinite(values.sum())
    return math.isfinite(kernels.peak(values))
