"""Every image noise on scanned digits, as a support vector machine and a small convolutional network see it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noisebench.data import Dataset
from noisebench.demos import digits
from noisebench.demos._demo import Demo, Loaded
from noisebench.demos._torch import one_thread
from perturbations._extras import require

NOTE = """\
The 1,797 scanned digits of the audit `digits` (Alpaydin and Kaynak 1998, UCI machine learning repository, CC BY 4.0;
bundled with scikit-learn), interpolated to 32 by 32 pixels of 8 bits, under every image noise that has a meaning for grey
pictures. The model is the support vector machine on 8 by 8 means. Half of the digits train it and the other half are audited. Doses
in pixels are those of photographs, so that a shift or a streak of 32 pixels is everything here."""

RIVALS = """\
The network has two convolutions and is trained on the same half of the digits, without noise. Both models are good on clean digits:
what differs is the map, which noises hurt and which of them are alike."""

EPOCHS, BATCH, RATE = 20, 64, 2e-3
SEED = 1998
"""Seed of weights and batches."""


@dataclass(frozen=True)
class DigitNetwork:
    """A convolutional network on 32 by 32 pixels."""

    network: Any

    def __call__(self, images: Any) -> NDArray[np.float64]:
        """Return probabilities (n, 10)."""
        import torch

        planes = torch.from_numpy(planes_of(images))
        with torch.inference_mode(), one_thread():
            return np.asarray(self.network(planes).softmax(1).double().numpy())


def planes_of(images: Any) -> NDArray[np.float32]:
    """Return images of 8 bits as one plane each of mean about 0, (n, 1, 32, 32)."""
    grey = np.asarray(images, dtype=np.float32)[:, np.newaxis]
    return np.asarray(grey / 127.5 - 1.0, dtype=np.float32)


def network() -> Any:
    """Return the untrained network; the global random state of torch is as before."""
    require("torch", extra="torch")
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        return nn.Sequential(
            nn.Conv2d(1, 16, 5, stride=2, padding=2), nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(), nn.Linear(32 * 8 * 8, 64), nn.ReLU(), nn.Linear(64, 10),
        )  # fmt: skip


def trained(images: NDArray[np.uint8], labels: NDArray[np.int64]) -> DigitNetwork:
    """Return a network trained on images by Adam."""
    import torch

    made, rng = network(), np.random.default_rng(SEED)
    planes, targets = torch.from_numpy(planes_of(images)), torch.from_numpy(labels)
    steps = torch.optim.Adam(made.parameters(), lr=RATE)
    with one_thread():
        for _ in range(EPOCHS * len(labels) // BATCH):
            chosen = torch.from_numpy(rng.integers(0, len(labels), BATCH))
            loss = torch.nn.functional.cross_entropy(made(planes[chosen]), targets[chosen])
            steps.zero_grad()
            loss.backward()
            steps.step()
    return DigitNetwork(made.eval())


def rivals() -> tuple[dict[str, Any], Dataset]:
    """Return both models, trained on the same half of the digits, and the other half."""
    machine, data = digits.load()
    network = trained(*digits.training())
    return {"support vectors": machine, "convolutions": network}, data


def load() -> Loaded:
    """Return the support vector machine and the half of the digits that it has not seen."""
    return digits.load()


def demo() -> Demo:
    """Return the demo."""
    return Demo(
        name="atlas",
        title="Scanned digits under every image noise",
        note=NOTE,
        loader=load,
        sweeps=("image",),
        seconds=120.0,
        rivals=rivals,
        rivals_need=("torch",),
        rivals_note=RIVALS,
    )
