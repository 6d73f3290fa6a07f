"""Noise of point clouds against the same in plain numpy: no installed library makes it.

The peer is what one would write by hand: vectorised, with numpy's own generator, without keys, mappings or checks. A batch is 32
clouds of 1024 points, as a model of shapes gets them; a frame is one scan of 120,000 points with intensity and ring.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import perturbations as pt
from tests.benchmarks.clock import cpu

HEAD = ("noise", "ours", "plain numpy", "ratio", "bound by")
Peer = Callable[[Any, Any], Any]

CLOUDS, POINTS, FRAME = 32, 1024, 120_000
SEVERITY = 0.6


def clouds() -> Any:
    """Return a batch of clouds on unit spheres."""
    points = np.random.default_rng(0).normal(size=(CLOUDS, POINTS, 3))
    return (points / np.linalg.norm(points, axis=2, keepdims=True)).astype(np.float32)


def frame() -> Any:
    """Return one scan of 64 beams: x, y, z, intensity, ring."""
    rng = np.random.default_rng(0)
    turn, reach = rng.uniform(-math.pi, math.pi, FRAME), rng.uniform(3, 80, FRAME)
    ring = np.arange(FRAME) % 64
    up = np.radians(-24 + 28 * ring / 63)
    xyz = [reach * np.cos(up) * np.cos(turn), reach * np.cos(up) * np.sin(turn), reach * np.sin(up)]
    return np.stack([*xyz, rng.uniform(size=FRAME), ring], axis=1).astype(np.float32)


def rows() -> list[tuple[str, ...]]:
    """Return noise, our time, numpy's, the ratio, and what bounds ours."""
    batch, scan = clouds(), frame()
    return [
        *(_row(name, peer, batch, CLOUDS, "cloud of 1024 points") for name, peer in SHAPES.items()),
        *(
            _row(name, peer, scan[None], 1, "scan of 120,000 points")
            for name, peer in SCANS.items()
        ),
    ]


def _row(name: str, peer: Peer, values: Any, count: int, what: str) -> tuple[str, ...]:
    noise, rng = pt.get(name), np.random.default_rng(0)
    keys, facts = pt.sample_keys(range(count)), {"sensor": (0.0, 0.0, 0.0)}
    make = partial(noise.batch, values, SEVERITY, samples=keys, facts=facts)
    ours = cpu(make) / count
    theirs = cpu(partial(peer, values, rng)) / count
    us = [f"{each * 1e6:.{0 if each > 1e-5 else 1}f} us" for each in (ours, theirs)]
    return (f"{name}, a {what}", us[0], us[1], f"{theirs / ours:.2f}x", "compute")


def jitter(values: Any, rng: Any) -> Any:
    """Add normal numbers of 3 % of the radius."""
    apart = values - values.mean(axis=1, keepdims=True)
    radius = np.sqrt((apart**2).sum(axis=2)).max(axis=1)
    return values + (0.03 * radius[:, None, None] * rng.normal(size=values.shape)).astype("f4")


def drop_global(values: Any, rng: Any) -> Any:
    """Keep a random half."""
    return np.stack([v[np.sort(rng.permutation(len(v))[: len(v) // 2])] for v in values])


def drop_local(values: Any, rng: Any) -> Any:
    """Drop the nearest to some points, one hole after the other."""
    out = []
    for cloud in values:
        left = cloud
        sizes = np.bincount(rng.integers(rng.integers(1, 8), size=int(0.3 * len(cloud))))
        for size in sizes:
            apart = ((left - left[rng.integers(len(left))]) ** 2).sum(axis=1)
            left = left[np.sort(np.argpartition(apart, size)[size:])]
        out.append(left)
    return np.stack(out)


def add_global(values: Any, rng: Any) -> Any:
    """Add points in the ball."""
    n, more = len(values), int(0.03 * values.shape[1])
    unit = rng.normal(size=(n, more, 3))
    unit /= np.linalg.norm(unit, axis=2, keepdims=True)
    centre = values.mean(axis=1, keepdims=True)
    radius = np.sqrt(((values - centre) ** 2).sum(axis=2)).max(axis=1)[:, None, None]
    added = centre + radius * unit * np.cbrt(rng.uniform(size=(n, more, 1)))
    return np.concatenate([values, added.astype("f4")], axis=1)


def add_local(values: Any, rng: Any) -> Any:
    """Add clumps about some points."""
    out = []
    for cloud in values:
        more = int(0.3 * len(cloud))
        groups = rng.integers(1, 8)
        member = rng.integers(groups, size=more)
        centre = cloud[rng.integers(len(cloud), size=groups)]
        spread = rng.uniform(0.075, 0.125, groups)
        added = centre[member] + spread[member, None] * rng.normal(size=(more, 3))
        far = np.linalg.norm(added, axis=1, keepdims=True)
        added = np.where(far > 1, added / far, added)
        out.append(np.concatenate([cloud, added.astype("f4")]))
    return np.stack(out)


def rotation(values: Any, rng: Any) -> Any:
    """Turn by a rotation vector."""
    axis = rng.normal(size=(len(values), 3))
    x, y, z = (axis / np.linalg.norm(axis, axis=1, keepdims=True)).T
    zero = np.zeros_like(x)
    k = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=1).reshape(-1, 3, 3)
    angle = math.radians(18)
    turn = np.eye(3) + math.sin(angle) * k + (1 - math.cos(angle)) * (k @ k)
    centre = values.mean(axis=1, keepdims=True)
    return ((values - centre) @ turn.transpose(0, 2, 1) + centre).astype("f4")


def outliers(values: Any, rng: Any) -> Any:
    """Put 5 % anywhere in the ball."""
    unit = rng.normal(size=values.shape)
    unit *= np.cbrt(rng.uniform(size=values.shape[:2]))[..., None] / np.linalg.norm(
        unit, axis=2, keepdims=True
    )
    wrong = rng.uniform(size=values.shape[:2]) < 0.05
    return np.where(wrong[..., None], unit.astype("f4"), values)


def elastic(values: Any, rng: Any) -> Any:
    """Bend by eight Gaussian bumps."""
    places, pushes = rng.normal(size=(2, len(values), 8, 3))
    square = ((values[:, :, None] - places[:, None]) ** 2).sum(axis=3)
    field = np.exp(-2 * square) @ pushes
    gain = 0.09 / np.sqrt((field**2).sum(axis=2).mean(axis=1))
    return (values + gain[:, None, None] * field).astype("f4")


def range_noise(values: Any, rng: Any) -> Any:
    """Move along the beam."""
    reach = np.linalg.norm(values[..., :3], axis=2)
    out = values.copy()
    out[..., :3] *= (1 + 0.06 * rng.normal(size=reach.shape) / reach)[..., None]
    return out


def beam_loss(values: Any, rng: Any) -> Any:
    """Drop 40 of 64 beams."""
    return [v[~np.isin(v[:, 4], rng.permutation(64)[:40])] for v in values]


def crosstalk(values: Any, rng: Any) -> Any:
    """Put 1.2 % at any distance."""
    reach = np.linalg.norm(values[..., :3], axis=2)
    hit = rng.uniform(size=reach.shape) < 0.012
    false = rng.uniform(reach.min(), reach.max(), size=reach.shape)
    out = values.copy()
    out[..., :3] *= np.where(hit, false / reach, 1)[..., None]
    return out


def field_of_view(values: Any, rng: Any) -> Any:
    """Drop a third of the azimuths."""
    out = []
    for v in values:
        away = np.arctan2(v[:, 1], v[:, 0]) - rng.uniform(-math.pi, math.pi)
        out.append(v[np.abs((away + math.pi) % (2 * math.pi) - math.pi) > math.pi / 3])
    return out


def fog(values: Any, rng: Any) -> Any:
    """Weaken echoes and move the far ones to the sensor, with the table given."""
    reach = np.linalg.norm(values[..., :3], axis=2)
    out = values.copy()
    out[..., 3] *= np.exp(-0.04 * reach)
    far = reach > 86
    near = 4.7 * reach / (reach + 10 * rng.uniform(-1, 1, size=reach.shape))
    out[..., :3] *= np.where(far, near / reach, 1)[..., None]
    return out


SHAPES: dict[str, Peer] = {
    "pointcloud/jitter": jitter,
    "pointcloud/drop-global": drop_global,
    "pointcloud/drop-local": drop_local,
    "pointcloud/add-global": add_global,
    "pointcloud/add-local": add_local,
    "pointcloud/outliers": outliers,
    "pointcloud/rotation": rotation,
    "pointcloud/elastic-deformation": elastic,
}
SCANS: dict[str, Peer] = {
    "pointcloud/jitter": lambda v, rng: np.concatenate([jitter(v[..., :3], rng), v[..., 3:]], 2),
    "pointcloud/range-noise": range_noise,
    "pointcloud/beam-loss": beam_loss,
    "pointcloud/crosstalk": crosstalk,
    "pointcloud/field-of-view": field_of_view,
    "pointcloud/fog": fog,
}


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row))
