"""Scans of made streets by a simulated lidar: rays of beams and azimuths against ground, boxes and posts."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations._draw import Draw

Floats = NDArray[np.float64]

BEAMS, AZIMUTHS = 16, 72
ELEVATIONS = (-24.0, 4.0)
"""Degrees of the lowest and the highest beam."""
HEIGHT = 1.8
"""Metres of the sensor above the ground."""
REACH = 120.0
_NOISE = 0.02
"""Metres: standard deviation of a range."""


class _Scene(NamedTuple):
    """What stands on the ground."""

    centres: Floats
    """(k, 3): of the boxes."""
    halves: Floats
    """(k, 3): half of their sizes."""
    posts: Floats
    """(m, 3): x, y and radius."""
    albedo: Floats
    """(1 + k + m,): of the ground, the boxes, the posts."""


def scan(draw: Draw) -> NDArray[np.float32]:
    """Return one scan: x, y, z in metres from the sensor, intensity in [0, 1] and ring, in the order of firing."""
    scene = _scene(draw)
    rays, ring = _rays()
    ranges, cosines, thing = _cast(rays, scene)
    noise = _NOISE * draw.normal(len(rays), stream="range")
    shade = 0.8 + 0.4 * draw.uniform(len(rays), stream="shade")
    intensity = np.clip(scene.albedo[thing] * cosines * shade, 0, 1)
    hit = ranges < REACH
    xyz = rays[hit] * (ranges + noise)[hit, None]
    return np.column_stack([xyz, intensity[hit], ring[hit]]).astype(np.float32)


def _rays() -> tuple[Floats, NDArray[np.int64]]:
    """Return directions, azimuth by azimuth, and the beam of each."""
    up = np.radians(np.linspace(*ELEVATIONS, BEAMS))
    turn = 2 * math.pi * np.arange(AZIMUTHS) / AZIMUTHS - math.pi
    level = np.cos(up)
    rays = np.stack(
        [
            level * np.cos(turn)[:, None],
            level * np.sin(turn)[:, None],
            np.broadcast_to(np.sin(up), (AZIMUTHS, BEAMS)),
        ],
        axis=-1,
    )
    return rays.reshape(-1, 3), np.tile(np.arange(BEAMS), AZIMUTHS)


def _scene(draw: Draw) -> _Scene:
    """Draw cars and houses around the sensor, houses far off, and posts; none of them where the sensor stands."""
    near, far, posts = (int(draw.integers(4, 9, stream=name)) for name in ("near", "far", "posts"))
    car = np.array([2.0, 1.0, 0.6]) + draw.uniform((near, 3), stream="car") * [3.0, 1.5, 2.0]
    house = np.array([8.0, 8.0, 4.0]) + draw.uniform((far, 3), stream="house") * [16.0, 16.0, 6.0]
    places = [
        _around(draw, near, "car place", 7.0, 35.0),
        _around(draw, far, "house place", 40.0, 90.0),
    ]
    size = np.concatenate([car, house])
    centres = np.column_stack([np.concatenate(places), size[:, 2] / 2 - HEIGHT])
    thin = 0.1 + 0.3 * draw.uniform(posts, stream="thin")
    where = _around(draw, posts, "post place", 3.0, 25.0)
    albedo = 0.1 + 0.8 * draw.uniform(1 + near + far + posts, stream="albedo")
    return _Scene(centres, size / 2, np.column_stack([where, thin]), albedo)


def _around(draw: Draw, count: int, stream: str, near: float, far: float) -> Floats:
    turn, reach = draw.uniform((2, count), stream=stream)
    distance = near + (far - near) * reach
    angle = 2 * math.pi * turn
    return np.stack([distance * np.cos(angle), distance * np.sin(angle)], axis=1)


def _cast(rays: Floats, scene: _Scene) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return the range of the first hit of every ray, the cosine of its incidence, and what it hit."""
    ground = np.where(rays[:, 2] < 0, -HEIGHT / np.minimum(rays[:, 2], -1e-9), np.inf)
    boxes, flat = _boxes(rays, scene)
    posts, round_ = _posts(rays, scene.posts)
    ranges = np.concatenate([ground[:, None], boxes, posts], axis=1)
    cosines = np.concatenate([-rays[:, 2:], flat, round_], axis=1)
    first = np.argmin(ranges, axis=1)
    row = np.arange(len(rays))
    return ranges[row, first], np.abs(cosines[row, first]), first


def _boxes(rays: Floats, scene: _Scene) -> tuple[Floats, Floats]:
    """Intersect with boxes along the axes, by slabs."""
    steep = np.where(np.abs(rays) < 1e-9, 1e-9, rays)[:, None, :]
    near = (scene.centres - scene.halves) / steep
    far = (scene.centres + scene.halves) / steep
    enter, leave = np.minimum(near, far), np.maximum(near, far)
    start, stop = enter.max(axis=2), leave.min(axis=2)
    face = np.argmax(enter, axis=2)
    cosine = np.take_along_axis(np.broadcast_to(steep, enter.shape), face[..., None], axis=2)
    return np.where((start > 0) & (start < stop), start, np.inf), cosine[..., 0]


def _posts(rays: Floats, posts: Floats) -> tuple[Floats, Floats]:
    """Intersect with endless upright cylinders."""
    level = np.hypot(rays[:, 0], rays[:, 1])[:, None]
    along = rays[:, :2] / level
    nearest = along @ posts[:, :2].T
    square = (posts[:, :2] ** 2).sum(axis=1) - nearest**2
    depth = posts[:, 2] ** 2 - square
    reach = np.where(depth > 0, nearest - np.sqrt(np.maximum(depth, 0)), -1.0)
    cosine = np.sqrt(np.maximum(depth, 0)) / posts[:, 2] * level
    return np.where(reach > 0, reach / level, np.inf), cosine
