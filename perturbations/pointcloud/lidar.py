"""A scanning lidar at work: its beams, its echoes, its motion. All of it is for scans, which have a sensor."""

import math

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, did_you_mean, explain
from perturbations.pointcloud._beams import MOST, beams_of, halving_order
from perturbations.pointcloud._fields import Fields, Sensor, full_scale, need, place_of
from perturbations.pointcloud._modality import Clouds
from perturbations.pointcloud._points import Floats, most_of, smallest, without

_PATTERNS = ("random", "even")
_DARKEST = 0.01
"""Intensity that an echo of intensity 0 is taken to have, as a share of full scale: it was strong enough to be measured."""


@perturbation(batched=True, coupling="mask", keeps=("dtype",), measure="changed")
def beam_loss(
    clouds: Clouds,
    draw: Draw,
    *,
    share: Dose = Ladder(0.25, 0.5, 0.625, 0.75, 0.875, unit="share of beams", high=1.0),
    pattern: str = "random",
    beams: int = 0,
    sensor: Sensor | None = None,
    fields: Fields | None = None,
    keep_size: bool = False,
) -> Noisy:
    """Beams of a lidar fail, or a lidar with fewer beams took the scan: all points of those beams are lost.

    The share is of the beams that have points, up to a whole beam; one beam is always left. Beams lost at one severity are
    lost at every higher one.

    Severity: 25, 50, 62.5, 75, 87.5 % of the beams (severity 0.2 to 1). Robo3D loses 16, 32, 48 of 64, MultiCorrupt keeps
        16, 8, 4 of 32.

    Settings:
        pattern: "random", or "even": every second beam first, then every second of the others, as between two lidars.
        beams: tell beams by elevation, in so many slices from the lowest point to the highest; 0 reads the column of rings.
        keep_size: lost points become copies of points that are left, for models of a fixed size.

    Raises:
        BadSetting: there is no such pattern, or the number of beams is out of range.
        NotApplicable: the cloud has no rings and `beams` is 0.

    References:
        Kong et al. 2023, "Robo3D: towards robust and reliable 3D perception against corruptions" (beam missing, cross
        sensor).
    """
    if pattern not in _PATTERNS:
        hint = did_you_mean(str(pattern), _PATTERNS)
        raise BadSetting(explain(f"one of {', '.join(_PATTERNS)}", "pattern", pattern, hint))
    beam = beams_of(clouds, fields, sensor, beams, "beam loss")
    chance = draw.uniform((len(clouds), MOST), stream="beam")
    lost = np.zeros(beam.shape, dtype=bool)
    gone = 0
    for row, mine, ranks in zip(lost, beam, chance, strict=True):
        present = np.flatnonzero(np.bincount(mine, minlength=MOST))
        order = ranks[present] + (halving_order(len(present)) if pattern == "even" else 0.0)
        failed = smallest(order[None], most_of(share, len(present)))[0]
        gone = int(failed.sum())
        dead = np.zeros(MOST, dtype=bool)
        dead[present[failed]] = True
        row[:] = dead[mine]
    return without(clouds, lost, draw, keep_size=keep_size, report={"beams lost": gone})


@perturbation(batched=True, coupling="mask", measure="changed")
def crosstalk(
    clouds: Clouds,
    draw: Draw,
    *,
    share: Dose = Ladder(0.004, 0.008, 0.012, 0.016, 0.02, unit="share of points", high=1.0),
    sensor: Sensor,
) -> Noisy:
    """Pulses of another lidar are taken for echoes: some points stand at any distance on their beam.

    Each point is hit independently. Where it then stands is uniform between the nearest and the farthest point of its cloud,
    because a foreign pulse has no relation in time; a point hit at one severity is hit alike at every higher one.

    Severity: 0.4, 0.8, 1.2, 1.6, 2 % of the points (severity 0.2 to 1).

    References:
        Dong et al. 2023, "Benchmarking robustness of 3D object detection to common corruptions in autonomous driving"
        (crosstalk: the same shares; there a hit point moves by 3 m RMS in all directions).
    """
    from perturbations.pointcloud._kernels.chance import mistimed

    keys = draw.key("hit"), draw.key("distance")
    out, hits = mistimed(clouds, place_of(sensor), share, *keys)
    return Noisy(out, report={"hits": int(hits[0])} if len(clouds) == 1 else {})


@perturbation(batched=True, coupling="mask", keeps=("dtype",), measure="changed")
def weak_return_loss(
    clouds: Clouds,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.35, 0.5, unit="share of points", high=1.0),
    sensor: Sensor,
    fields: Fields | None = None,
    keep_size: bool = False,
) -> Noisy:
    """A tired laser or a dirty window: the weakest echoes are not detected, those of dark and of distant surfaces.

    An echo's strength is intensity / distance^2, times an exponential draw: the power of light from a rough surface
    fluctuates so (speckle). The weakest share is lost; what is lost at one severity is lost at every higher one.

    Severity: 5, 10, 20, 35, 50 % of the points (severity 0.2 to 1). Our choice.

    Settings:
        keep_size: lost points become copies of points that are left, for models of a fixed size.

    Raises:
        NotApplicable: the cloud has no column of intensities.

    References:
        Goodman 1985, "Statistical optics" (speckle). Kong et al. 2023, "Robo3D" (incomplete echoes).
    """
    from perturbations.pointcloud._kernels.chance import waits
    from perturbations.pointcloud._kernels.places import reach

    column = need(fields, clouds.shape[2], "intensity", "weak-return loss")
    distance = reach(clouds, place_of(sensor))
    strength = reflectivity(clouds[..., column])
    # An exponential number of mean m is an exponential number of mean 1 times m: a wait at the rate 1 / m.
    scores = waits(distance * distance / strength, draw.key("speckle"))
    lost = smallest(scores, most_of(share, clouds.shape[1]))
    return without(clouds, lost, draw, keep_size=keep_size)


@perturbation(batched=True, coupling="codec", measure="displacement")
def range_quantisation(
    clouds: Clouds,
    draw: Draw,
    *,
    step: Dose = Ladder(0.02, 0.05, 0.1, 0.25, 0.5, unit="m"),
    sensor: Sensor,
) -> Clouds:
    """A coarse clock: distances come in steps, so that surfaces fall into shells about the sensor.

    The distance from the sensor is rounded to a multiple of the step, and to one step where it would be none. Nothing is drawn.

    Severity: 2, 5, 10, 25, 50 cm (severity 0.2 to 1). Our choice; common lidars have steps of 2 to 4 mm.

    References:
        Velodyne LiDAR, "HDL-64E S3 user's manual" (distances in steps of 2 mm); the amounts are our choice.
    """
    from perturbations.pointcloud._kernels.moves import along
    from perturbations.pointcloud._kernels.places import reach

    place = place_of(sensor)
    distance = reach(clouds, place)
    level = np.maximum(np.rint(distance / step), 1.0) * step
    return along(clouds, place, np.where(distance > 0, level - distance, 0.0))


@perturbation(batched=True, coupling="additive", measure="displacement")
def motion_distortion(
    clouds: Clouds,
    draw: Draw,
    *,
    travel: Dose = Ladder(0.25, 0.5, 1.0, 2.0, 3.0, unit="m a turn"),
    sensor: Sensor,
) -> Noisy:
    """A lidar that drives while it turns, without compensation: the scan is torn where the turn begins and ends.

    A turn begins behind, at azimuth -180 degrees, and goes anticlockwise; the points of phase f in [0, 1) are moved by
    -(f - 1/2) times the travel in a drawn level direction, so that those at azimuth 0 stand right. The report gives the
    direction.

    Severity: 0.25, 0.5, 1, 2, 3 m a turn (severity 0.2 to 1): 9, 18, 36, 72, 108 km/h at ten turns a second. Our choice.

    References:
        Zhang and Singh 2014, "LOAM: lidar odometry and mapping in real-time" (motion distortion of a sweep).
    """
    from perturbations.pointcloud._kernels.places import azimuths

    phase = azimuths(clouds, place_of(sensor)) / (2 * math.pi)
    heading = 2 * math.pi * draw.uniform((len(clouds),), stream="heading")
    ways = [(math.cos(each), math.sin(each)) for each in heading.tolist()]
    out = clouds.copy()
    for axis in range(2):
        ahead = travel * np.array([way[axis] for way in ways])[:, None]
        out[..., axis] = clouds[..., axis] - ahead * phase
    return Noisy(out, report={"heading, °": math.degrees(heading[0])} if len(clouds) == 1 else {})


def reflectivity(intensity: Floats) -> Floats:
    """Return intensities as shares of full scale, none of them below that of the darkest echo."""
    return np.maximum(intensity / full_scale(intensity)[:, None], _DARKEST)
