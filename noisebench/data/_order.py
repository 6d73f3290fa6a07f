"""The order in which samples are visited: keyed, the same on every machine and numpy."""

import hashlib

import numpy as np

GOLDEN = 0x9E3779B97F4A7C15
"""The odd constant of splitmix64 (Steele, Lea and Flood 2014)."""


def keyed_order(size: int, seed: int) -> np.ndarray:
    """Return a random order of 0..size-1 that depends on size and seed alone.

    Every position gets the splitmix64 number of (seed, position); sorting them is the order.
    """
    digest = hashlib.blake2b(f"noisebench/order/1|{seed}".encode(), digest_size=8).digest()
    start = np.uint64(int.from_bytes(digest, "little"))
    with np.errstate(over="ignore"):
        z = start + np.arange(1, size + 1, dtype=np.uint64) * np.uint64(GOLDEN)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return np.argsort(z, kind="stable")
