"""Profiles of noises with known structure: samples break when a latent load exceeds their strength."""

from string import ascii_letters

import numpy as np

from noisebench.metrics import get_metric
from noisebench.topology._breaking import Breaking
from noisebench.topology._profile import Profile
from noisebench.topology._pull import Units

GRID = (0.2, 0.4, 0.6, 0.8, 1.0)


def strengths(n: int, families, *, shared=1.0, family=1.0, own=1.0, seed=0, rng=None) -> np.ndarray:
    """Return latent strengths (n, noises): of the sample, of the sample for a family of noises, and by luck."""
    rng = np.random.default_rng(seed) if rng is None else rng
    codes = np.asarray(families)
    common, each = rng.normal(size=(n, 1)), rng.normal(size=(n, codes.max() + 1))
    return shared * common + family * each[:, codes] + own * rng.normal(size=(n, len(codes)))


def broken(latent: np.ndarray, grid=GRID) -> np.ndarray:
    """Return (severities, n) for strengths (n,): equal shares of the samples break in each step, and as many never."""
    limits = np.quantile(latent, np.arange(1, len(grid) + 1) / (len(grid) + 1))
    return latent[None] <= limits[:, None]


def noise(name: str, *draws: np.ndarray, deterministic=None, grid=GRID) -> Breaking:
    """Make a noise of the strengths (n,) of every draw."""
    fixed = len(draws) == 1 if deterministic is None else deterministic
    return Breaking(name, grid, np.stack([broken(each, grid) for each in draws], axis=1), fixed)


def profile(*noises: Breaking, groups=None, seed=0) -> Profile:
    """Put noises side by side."""
    n = noises[0].broken.shape[2]
    codes = None if groups is None else np.unique(groups, return_inverse=True)[1]
    ids = tuple(f"s{i}" for i in range(n))
    units = Units.make(codes, n, seed=seed)
    return Profile(tuple(noises), ids, units, get_metric("accuracy"), 0.95, n)


def planted(n: int, families, **options) -> Profile:
    """Return a profile whose noises are named by their family: `a0`, `a1`, `b0`, ..."""
    latent = strengths(n, families, **options)
    names = [f"{ascii_letters[f]}{list(families[:i]).count(f)}" for i, f in enumerate(families)]
    return profile(*(noise(name, column) for name, column in zip(names, latent.T, strict=True)))
