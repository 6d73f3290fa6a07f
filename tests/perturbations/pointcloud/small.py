"""Small clouds for the tests."""

import numpy as np

import perturbations as pt

HERE = {"sensor": (0.0, 0.0, 0.0)}
"""Facts of a scan."""


def ball(n=2000, seed=0):
    """Return points uniform in the unit ball."""
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, 3))
    points /= np.linalg.norm(points, axis=1)[:, None]
    return points * rng.uniform(size=(n, 1)) ** (1 / 3)


def sphere(n=2000, seed=0):
    """Return points uniform on the unit sphere."""
    points = np.random.default_rng(seed).normal(size=(n, 3))
    return points / np.linalg.norm(points, axis=1)[:, None]


def scan(n=2000, rings=16, seed=0):
    """Return a scan: x, y, z in metres all around the sensor, intensity, ring."""
    rng = np.random.default_rng(seed)
    turn, reach = rng.uniform(-np.pi, np.pi, n), rng.uniform(3, 60, n)
    ring = rng.integers(0, rings, n)
    up = np.radians(-24 + 28 * ring / max(rings - 1, 1))
    level = reach * np.cos(up)
    xyz = [level * np.cos(turn), level * np.sin(turn), reach * np.sin(up)]
    return np.stack([*xyz, rng.uniform(0.05, 1, n), ring], axis=1)


def make(name, cloud, severity=None, sample="a", facts=None, **given):
    """Return the noisy cloud."""
    settings = given.pop("settings", {})
    noise = pt.get(name, **settings)
    return noise(cloud, severity, sample=sample, facts=HERE if facts is None else facts, **given)


def applied(name, cloud, severity=None, sample="a", facts=None, **given):
    """Return the noisy cloud with mapping and report."""
    settings = given.pop("settings", {})
    noise = pt.get(name, **settings)
    known = HERE if facts is None else facts
    return noise.apply(cloud, severity, sample=sample, facts=known, **given)


def rms(values):
    """Return the root mean square."""
    return float(np.sqrt(np.mean(np.square(values))))
