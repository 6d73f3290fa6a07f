"""The measurement of a point: where it is, and how strongly it answers."""

import math

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.pointcloud._fields import Fields, Sensor, full_scale, need, place_of
from perturbations.pointcloud._modality import Clouds
from perturbations.pointcloud._points import counted, smallest


@perturbation(batched=True, coupling="additive", measure="displacement")
def jitter(
    clouds: Clouds,
    draw: Draw,
    *,
    sigma: Dose = Ladder(
        0.01, 0.02, 0.03, 0.04, 0.05, unit="share of the radius (standard deviation)"
    ),
) -> Clouds:
    """A sensor that measures places inexactly, in all directions alike.

    Adds an independent normal number to x, y and z of every point; its standard deviation is a share of the largest
    distance of a point from the centroid, so that a cloud in the unit sphere gets the published noise.

    Severity: sigma = 1, 2, 3, 4, 5 % of the radius (severity 0.2 to 1).

    References:
        Ren et al. 2022, "Benchmarking and analyzing point cloud classification under corruptions" (ModelNet-C, jitter).
    """
    from perturbations.pointcloud._kernels.moves import scattered
    from perturbations.pointcloud._kernels.places import spheres

    return scattered(clouds, draw.key("noise"), sigma * spheres(clouds)[1])


@perturbation(batched=True, coupling="mask", measure="changed")
def outliers(
    clouds: Clouds,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.02, 0.05, 0.1, 0.2, unit="share of points", high=1.0),
) -> Noisy:
    """Gross errors: some points are reported anywhere, as at edges that the beam splits on, or after a wrong match.

    The points of the lowest drawn ranks are put anywhere in the ball about the centroid that holds the cloud, uniformly; a
    point that is wrong at one severity is wrong alike at every higher one. The number of points stays.

    Severity: 1, 2, 5, 10, 20 % of the points (severity 0.2 to 1). Our choice.

    References:
        Sun et al. 2022, "Benchmarking robustness of 3D point cloud recognition against common corruptions" (ModelNet40-C,
        impulse noise and background noise); the amounts are our choice.
    """
    from perturbations.pointcloud._kernels.chance import strewn
    from perturbations.pointcloud._kernels.places import spheres

    n, count = clouds.shape[:2]
    wrong = smallest(draw.uniform((n, count), stream="rank"), counted(share, count))
    out = strewn(clouds, wrong, draw.key("place"), *spheres(clouds))
    return Noisy(out, report={"wrong": int(wrong.sum())} if n == 1 else {})


@perturbation(batched=True, coupling="additive", measure="displacement")
def range_noise(
    clouds: Clouds,
    draw: Draw,
    *,
    sigma: Dose = Ladder(0.02, 0.04, 0.06, 0.08, 0.1, unit="m (standard deviation)"),
    sensor: Sensor,
) -> Clouds:
    """A lidar that times the echo inexactly: points move along their beams, never across.

    Adds a normal number to the distance from the sensor of every point of a cloud in metres.

    Severity: sigma = 2, 4, 6, 8, 10 cm (severity 0.2 to 1).

    References:
        Dong et al. 2023, "Benchmarking robustness of 3D object detection to common corruptions in autonomous driving"
        (Gaussian noise of lidars: the same amounts, in all directions).
    """
    from perturbations.pointcloud._kernels.moves import along

    return along(clouds, place_of(sensor), sigma * draw.normal(clouds.shape[:2], stream="range"))


@perturbation(batched=True, coupling="additive", measure="displacement")
def angle_noise(
    clouds: Clouds,
    draw: Draw,
    *,
    sigma: Dose = Ladder(0.02, 0.05, 0.1, 0.2, 0.4, unit="° (standard deviation)", high=10.0),
    sensor: Sensor,
) -> Clouds:
    """A lidar whose mirror trembles: points move across their beams, farther ones more, and keep their distance nearly.

    Adds two independent normal numbers, each the dose in radians times the distance from the sensor, in the two directions
    across the beam.

    Severity: sigma = 0.02, 0.05, 0.1, 0.2, 0.4 degrees (severity 0.2 to 1); a beam of a common lidar is 0.1 to 0.2 degrees
        from the next. Our choice.

    References:
        Glennie and Lichti 2010, "Static calibration and analysis of the Velodyne HDL-64E S2" (encoder and beam angles);
        the amounts are our choice.
    """
    from perturbations.pointcloud._kernels.moves import swayed

    noise = math.radians(sigma) * draw.normal((*clouds.shape[:2], 2), stream="angle")
    return swayed(clouds, place_of(sensor), noise)


@perturbation(batched=True, coupling="transform", measure="other-columns")
def intensity_noise(
    clouds: Clouds,
    draw: Draw,
    *,
    sigma: Dose = Ladder(
        0.02, 0.05, 0.1, 0.2, 0.35, unit="standard deviation (full scale = 1)", high=10.0
    ),
    fields: Fields | None = None,
) -> Clouds:
    """Echoes whose strength is measured inexactly: the intensity varies, places stay.

    Adds an independent normal number to the column of intensities and clips it to full scale, which is 1, or 255 for a cloud
    with larger intensities than 1.

    Severity: sigma = 2, 5, 10, 20, 35 % of full scale (severity 0.2 to 1). Our choice.

    Raises:
        NotApplicable: the cloud has no column of intensities.

    References:
        Kashani et al. 2015, "A review of lidar radiometric processing" (what intensity depends on); the amounts are our
        choice.
    """
    column = need(fields, clouds.shape[2], "intensity", "intensity noise")
    clean = clouds[..., column]
    full = full_scale(clean)[:, None]
    noise = sigma * full * draw.normal(clean.shape, stream="intensity")
    out = clouds.copy()
    out[..., column] = np.clip(clean + noise, np.minimum(clean, 0), full)
    return out
