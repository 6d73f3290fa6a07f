"""Noise as a callable for training pipelines."""

import hashlib
import pickle
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from perturbations._draw import Draw, sample_keys

if TYPE_CHECKING:
    from perturbations._perturbation import Perturbation


class Transform:
    """Put noise into one value; keyed by its content and the epoch, so workers never repeat each other's noise.

    Call it as `transform(value)`, or with `sample=` where the id is known. `epoch` is set by the training loop;
    an item gets the same noise twice in one epoch and new noise in the next.
    """

    def __init__(
        self,
        noise: "Perturbation",
        severity: float | tuple[float, float],
        seed: int,
        context: Mapping[str, Any],
    ) -> None:
        self.noise = noise
        self.severity = severity
        self.seed = seed
        self.context = dict(context)
        self.epoch = 0
        for bound in severity if isinstance(severity, tuple) else (severity,):
            noise.doses(bound, facts=self.context.get("facts"))

    def __call__(self, value: Any, *, sample: object = None) -> Any:
        """Return the noisy value; a severity given as (low, high) is drawn uniformly for each value."""
        key = _fingerprint(value) if sample is None else str(sample)
        return self.noise(
            value,
            self._severity(key),
            sample=key,
            seed=self.seed,
            replicate=self.epoch,
            **self.context,
        )

    def __repr__(self) -> str:
        return f"<transform {self.noise} at severity {self.severity}>"

    def _severity(self, key: str) -> float:
        if not isinstance(self.severity, tuple):
            return self.severity
        low, high = self.severity
        draw = Draw.of(
            sample_keys([key])[0],
            seed=self.seed,
            perturbation="severity",
            input="",
            position=0,
            replicate=self.epoch,
        )
        return float(low + (high - low) * draw.uniform())


def _fingerprint(value: Any) -> str:
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray) and value.dtype != object:
        content = np.ascontiguousarray(value).tobytes()
    elif isinstance(value, str):
        content = value.encode("utf-8", "surrogatepass")
    else:
        content = pickle.dumps(value)
    return hashlib.blake2b(content, digest_size=16).hexdigest()
