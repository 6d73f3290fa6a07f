"""Small torch networks that fuse a scan and a recording early, late, or through a gate; trained in seconds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench.demos._torch import one_thread
from noisebench.demos.spoken_digits import (
    FLOOR,
    PIXELS,
    SEED,
    Pairs,
    features,
    scan_features,
    speech_features,
)
from perturbations._extras import require

DIGITS, HIDDEN = 10, 64
EPOCHS, BATCH, RATE = 30, 128, 5e-3
LOST = 0.3
"""Probability that a training sample lacks an input, for the network that is trained for that."""


@dataclass(frozen=True)
class FusionReader:
    """A network on standardised features of both inputs; an absent input or value becomes its training mean."""

    network: Any
    means: NDArray[np.float64]
    spreads: NDArray[np.float64]

    def __call__(self, inputs: Any) -> NDArray[np.float64]:
        """Return probabilities (n, 10) for the inputs `digit` and `speech`."""
        import torch

        rows = features(inputs["digit"], inputs["speech"])
        scaled = standardised(rows, self.means, self.spreads)
        with torch.inference_mode(), one_thread():
            return np.asarray(self.network(torch.from_numpy(scaled)).exp().numpy())


def standardised(
    rows: NDArray[np.float64], means: NDArray[np.float64], spreads: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return features of mean 0 and spread 1; a missing one is 0."""
    return ((np.where(np.isnan(rows), means, rows) - means) / spreads).astype(np.float32)


def networks() -> dict[str, Callable[[int], Any]]:
    """Return how to make each untrained network, given the number of features; each returns log-probabilities."""
    require("torch", extra="torch")
    import torch
    from torch import nn

    def perceptron(inside: int, outside: int) -> nn.Module:
        return nn.Sequential(nn.Linear(inside, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, outside))

    class Early(nn.Module):  # type: ignore[misc]
        """One perceptron on both inputs side by side."""

        def __init__(self, width: int) -> None:
            super().__init__()
            self.both = perceptron(width, DIGITS)

        def forward(self, rows: torch.Tensor) -> torch.Tensor:
            return self.both(rows).log_softmax(1)

    class Late(nn.Module):  # type: ignore[misc]
        """A perceptron for each input; their probabilities are averaged."""

        def __init__(self, width: int) -> None:
            super().__init__()
            self.scan, self.speech = (
                perceptron(PIXELS, DIGITS),
                perceptron(width - PIXELS, DIGITS),
            )

        def forward(self, rows: torch.Tensor) -> torch.Tensor:
            scan = self.scan(rows[:, :PIXELS]).softmax(1)
            speech = self.speech(rows[:, PIXELS:]).softmax(1)
            return ((scan + speech) / 2).log()

    class Gated(nn.Module):  # type: ignore[misc]
        """A gate, which sees both inputs, mixes what each of them says (Arevalo et al. 2017)."""

        def __init__(self, width: int) -> None:
            super().__init__()
            self.scan = nn.Linear(PIXELS, HIDDEN)
            self.speech = nn.Linear(width - PIXELS, HIDDEN)
            self.gate, self.head = nn.Linear(width, HIDDEN), nn.Linear(HIDDEN, DIGITS)

        def forward(self, rows: torch.Tensor) -> torch.Tensor:
            gate = self.gate(rows).sigmoid()
            scan = self.scan(rows[:, :PIXELS]).tanh()
            speech = self.speech(rows[:, PIXELS:]).tanh()
            return self.head(gate * scan + (1 - gate) * speech).log_softmax(1)

    return {"early fusion": Early, "late fusion": Late, "gated fusion": Gated}


def trained(pairs: Pairs) -> dict[str, FusionReader]:
    """Return every network trained on the same pairs, and the gated one also on pairs that lack an input now and then."""
    rows = np.concatenate([scan_features(pairs.scans), speech_features(pairs.speech)], axis=1)
    means, spreads = rows.mean(axis=0), np.maximum(rows.std(axis=0), FLOOR)
    scaled = standardised(rows, means, spreads)
    made = {name: (make, 0.0) for name, make in networks().items()}
    made["gated, trained with gaps"] = (made["gated fusion"][0], LOST)
    with one_thread():
        fitted = {
            name: _fit(make, scaled, pairs.labels, lost) for name, (make, lost) in made.items()
        }
    return {name: FusionReader(each, means, spreads) for name, each in fitted.items()}


def _fit(
    make: Callable[[int], Any], rows: NDArray[np.float32], labels: NDArray[np.int64], lost: float
) -> Any:
    """Train a network by Adam; the global random state of torch is as before."""
    import torch

    rng = np.random.default_rng(SEED)
    inputs, targets = torch.from_numpy(rows), torch.from_numpy(labels)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        network = make(rows.shape[1])
    steps = torch.optim.Adam(network.parameters(), lr=RATE, weight_decay=1e-4)
    for _ in range(EPOCHS * len(rows) // BATCH):
        chosen = torch.from_numpy(rng.integers(0, len(rows), BATCH))
        seen = inputs[chosen] * torch.from_numpy(_kept(rng, rows.shape[1], lost))
        loss = torch.nn.functional.nll_loss(network(seen), targets[chosen])
        steps.zero_grad()
        loss.backward()
        steps.step()
    return network.eval()


def _kept(rng: np.random.Generator, width: int, lost: float) -> NDArray[np.float32]:
    """Return 1 for what a batch's samples have, 0 for an input that one of them lacks; never for both."""
    kept = np.ones((BATCH, width), dtype=np.float32)
    which = rng.random(BATCH)
    kept[which < lost / 2, :PIXELS] = 0
    kept[which > 1 - lost / 2, PIXELS:] = 0
    return kept
