"""The share of information that noise keeps, where a formula says it.

erasure          1 - e                                           e: share of what is gone
substitution     1 - (H2(p) + p log2(q - 1)) / log2 q            p: share replaced by another of q symbols, each as likely
Gaussian         I(s) / I(rounding)                              see `_spectrum`
quantisation     b / b0                                          b of b0 bits
invertible       1                                               what moves, turns or scales loses nothing: harm there is lack of invariance

Why by name: what a noise does to information is no part of its declaration. A noise without an entry is measured by
re-identification, as every noise is besides.

References: Cover and Thomas 2006, chapter 7.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench.calibration._raw import arrays
from noisebench.calibration._spectrum import kept, spectrum
from perturbations import Context, modality

Floats = NDArray[np.float64]


def erasure(gone: float) -> float:
    """Return the share of information kept where a share of the symbols is gone."""
    return 1.0 - gone


def substitution(share: float, symbols: int) -> float:
    """Return the share of information kept where a share of the symbols becomes another one, each as likely.

    Examples:
        >>> substitution(0.5, 2)
        0.0
    """
    if symbols < 2:
        return 1.0
    lost = binary_entropy(share) + share * math.log2(symbols - 1)
    return max(1.0 - lost / math.log2(symbols), 0.0)


def binary_entropy(share: float) -> float:
    """Return the entropy of a coin in bits."""
    if share in {0.0, 1.0}:
        return 0.0
    return -share * math.log2(share) - (1 - share) * math.log2(1 - share)


@dataclass
class Clean:
    """Clean values of one input, and what formulas ask of them."""

    kind: str
    values: Any
    facts: Mapping[str, Any]

    @cached_property
    def signals(self) -> list[Floats]:
        """Values on a grid, channels last."""
        return arrays(self.kind, self.values, self.facts)

    @cached_property
    def spectrum(self) -> Floats:
        """Variances along waves, in the values' own units."""
        return spectrum(self.signals)

    @cached_property
    def relative(self) -> Floats:
        """Variances along waves, of channels in their standard deviations."""
        scale = self.spread
        return spectrum([each / scale for each in self.signals])

    @cached_property
    def spread(self) -> Floats:
        """Standard deviation of each channel; 1 where there is none."""
        std = np.concatenate([each.reshape(-1, each.shape[-1]) for each in self.signals]).std(
            axis=0
        )
        return np.where(std > 0, std, 1.0)

    @cached_property
    def power(self) -> float:
        """Mean square of the values."""
        return float(np.mean([np.mean(each**2) for each in self.signals]))

    @cached_property
    def dtype(self) -> Any:
        """Of the first value's numbers; None where it is no array."""
        return getattr(self.values[0], "dtype", None)

    @cached_property
    def bits(self) -> int | None:
        """Bits of a number: those of its integers, or of the grid that all floats are on, else those of the finest converters."""
        if self.dtype is None or self.dtype.kind not in "iuf":
            return None
        if self.dtype.kind != "f":
            return 8 * int(self.dtype.itemsize)
        return next((bits for bits in _GRIDS if self._on_grid(bits)), FINEST)

    def _on_grid(self, bits: int) -> bool:
        levels = 2.0 ** (bits - 1) if self.kind == "audio" else 2.0**bits - 1
        return self.kind != "timeseries" and all(
            np.allclose(each * levels, np.rint(each * levels), rtol=0, atol=0.01)
            for each in self.signals
        )

    @property
    def step(self) -> float:
        """The step of numbers of full scale 1."""
        return 2.0 ** ((self.kind == "audio") - (self.bits or FINEST))


FINEST = 24
"""Bits of the finest converters; more digits of a float are no information."""

_GRIDS = (8, 16)

Doses = Mapping[str, float]
Measures = Mapping[str, float]
Formula = Callable[[Doses, Clean], float | None]


def _gaussian(doses: Doses, clean: Clean) -> float | None:
    return None if clean.bits is None else kept(clean.spectrum, doses["sigma"], clean.step)


def _at_ratio(doses: Doses, clean: Clean) -> float | None:
    if clean.bits is None or clean.power <= 0:
        return None
    return kept(clean.spectrum, math.sqrt(clean.power) * 10 ** (-doses["snr"] / 20), clean.step)


def _relative(doses: Doses, clean: Clean) -> float | None:
    if clean.bits is None or any(np.isnan(each).any() for each in clean.signals):
        return None
    # A channel spans some six of its standard deviations.
    return kept(clean.relative, doses["sigma"], 6 * clean.step)


def _quantised(doses: Doses, clean: Clean) -> float | None:
    return None if clean.bits is None else min(doses["bits"] / clean.bits, 1.0)


def _gone(doses: Doses, clean: Clean) -> float | None:  # noqa: ARG001 - as the others
    return erasure(doses["share"])


def _whole(doses: Doses, clean: Clean) -> float | None:  # noqa: ARG001 - as the others
    return 1.0


def _unclipped(doses: Doses, clean: Clean) -> float | None:  # noqa: ARG001 - as the others
    return 1.0 if clean.dtype is not None and clean.dtype.kind == "f" else None


def _tokens(doses: Doses, clean: Clean) -> float | None:
    from perturbations.text._words import units

    counts = [len(units(str(text))) for text in clean.values]
    return float(np.mean([substitution(doses["share"], count) for count in counts]))


def _flags(doses: Doses, clean: Clean) -> float | None:
    kinds = modality("tabular").encode(clean.values, Context(clean.facts), True)[0].kinds
    return substitution(doses["share"], 2) if set(kinds) == {"boolean"} else None


_INVERTIBLE = (
    "image/flip", "video/flip", "audio/polarity", "timeseries/bias", "timeseries/gain-error",
    "timeseries/polarity-flip", "pointcloud/rotation", "pointcloud/scale", "pointcloud/stretch",
    "pointcloud/shear", "pointcloud/translation",
)  # fmt: skip

FORMULAS: Mapping[str, tuple[str, Formula]] = {
    "image/gaussian-noise": ("additive Gaussian", _gaussian),
    "video/gaussian-noise": ("additive Gaussian", _gaussian),
    "audio/white-noise": ("additive Gaussian", _at_ratio),
    "timeseries/additive-noise": ("additive Gaussian", _relative),
    "image/quantisation": ("quantisation", _quantised),
    "video/quantisation": ("quantisation", _quantised),
    "audio/bit-depth": ("quantisation", _quantised),
    "text/mask-tokens": ("erasure", _gone),
    "text/random-tokens": ("substitution", _tokens),
    "tabular/flag-flip": ("substitution", _flags),
    "audio/dropout": ("erasure", _gone),
    "image/impulse-noise": ("erasure", _gone),
    "image/dead-pixels": ("erasure", _gone),
    "pointcloud/drop-global": ("erasure", _gone),
    "audio/gain": ("invertible", _unclipped),
    "audio/dc-offset": ("invertible", _unclipped),
    **dict.fromkeys(_INVERTIBLE, ("invertible", _whole)),
}
"""Noise to the name of its law and the formula; parameters are native doses."""


def law_of(noise: Any, measures: Measures, doses: Doses, clean: Clean) -> tuple[str, float] | None:
    """Return the name of the law of a noise and the share of information kept; None where no formula says it.

    Args:
        noise: the perturbation.
        measures: mean distortions; where all that changed is missing, the noise is an erasure.
        doses: the native doses.
        clean: the clean values.
    """
    known = FORMULAS.get(noise.name)
    if known is not None:
        share = known[1](doses, clean)
        return None if share is None or not math.isfinite(share) else (known[0], share)
    gone, changed = measures.get("missing"), measures.get("changed")
    if gone is not None and gone == changed:
        return "erasure", erasure(gone)
    return None
