"""What is in the air between a lidar and the scene. Doses are in metres and millimetres an hour: for scans in metres.

Clouds without intensities are taken as surfaces that send back 30 % of the light.
"""

import math
from typing import NamedTuple

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.pointcloud import _fog
from perturbations.pointcloud._fields import Fields, Sensor, find, full_scale, place_of
from perturbations.pointcloud._mapping import PointMap
from perturbations.pointcloud._modality import Clouds
from perturbations.pointcloud._points import Floats, without
from perturbations.pointcloud.lidar import reflectivity

_PLAIN = 0.3
"""Reflectivity of a surface whose intensity is not known."""
_FOG_SPREAD = 10.0
"""Metres about the target's range over which the place of a fog echo is spread, as published."""

_DIVERGENCE = 3e-3
"""Radians: full angle of the beam, as published."""
_NEAREST = 1.5
"""Metres within which a lidar measures nothing, as published."""
_LARGEST = 10.0
"""Millimetres of the largest drop that is looked for."""
_PRECISION = 0.09
"""Metres: accuracy of a range, as published."""
_WEAKEST = 0.9 / 200.0**2
"""Power of a surface that reflects 90 % at 200 m: what the lidar can just measure, as published."""
_SMALLEST = 0.05
"""Millimetres of the smallest drop that is drawn, as published."""


class Fall(NamedTuple):
    """Rain or snow: how many drops there are of which size, and what they reflect."""

    number: float
    """Drops in a cubic metre and a millimetre of size, at size 0."""
    slope: float
    """1/mm: the number falls by e^-slope with every millimetre."""
    mirror: float
    """Share of the light that a drop sends back at normal incidence."""

    def drops(self) -> Floats:
        """Return number above the smallest, slope, smallest size, reflectivity and extinction.

        Extinction is twice the cross-sections of all drops (large drops: geometric optics and diffraction).
        """
        count = self.number * math.exp(-self.slope * _SMALLEST) / self.slope
        extinction = math.pi * 1e-6 * self.number / self.slope**3
        return np.array([count, self.slope, _SMALLEST, self.mirror, extinction])


@perturbation(batched=True, coupling="mask", measure="changed")
def fog(
    clouds: Clouds,
    draw: Draw,
    *,
    visibility: Dose = Ladder(
        600, 300, 150, 100, 50, unit="m visibility", none=math.inf, scale="reciprocal", low=5.0
    ),
    sensor: Sensor,
    fields: Fields | None = None,
) -> Noisy:
    """Fog weakens the echo of a surface and answers itself: far points are replaced by a haze of points near the sensor.

    With alpha = ln 20 / visibility an echo from r is weakened by exp(-2 alpha r). The fog's own strongest answer to the pulse (20 ns
    long, seen from 0.9 m on, backscatter 0.046 / visibility) comes from a few metres; where it is stronger, the point moves
    there along its beam, with the published spread (a factor r / (r + 10 m u), u uniform in [-1, 1]). Intensities become
    those of the stronger answer. A point that is an echo of fog is one in all thicker fog. The report counts them.

    Severity: a visibility (meteorological optical range) of 600, 300, 150, 100, 50 m (severity 0.2 to 1): the published alpha of 0.005 to 0.06.

    References:
        Hahner et al. 2021, "Fog simulation on real lidar point clouds for 3D object detection in adverse weather".
    """
    from perturbations.pointcloud._kernels.weather import fogged

    column = find(fields, clouds.shape[2], "intensity") or 0
    table = _fog.answer(visibility)
    out, echoes = fogged(
        clouds,
        place_of(sensor),
        draw.key("spread"),
        alpha=_fog.extinction(visibility),
        strength=table.strength,
        ranges=table.range,
        step=_fog.STEP,
        spread=_FOG_SPREAD,
        column=column,
        full=full_scale(clouds[..., column]),
    )
    if len(clouds) > 1:
        return Noisy(out)
    source = np.where(echoes[0], -1, np.arange(clouds.shape[1]))
    mapping = PointMap(source, clouds.shape[1], clouds[0, :0])
    return Noisy(out, mapping, {"fog echoes": int(echoes.sum())})


@perturbation(batched=True, coupling="transform", keeps=("dtype",), measure="chamfer")
def rain(
    clouds: Clouds,
    draw: Draw,
    *,
    fall: Dose = Ladder(2, 5, 10, 25, 50, unit="mm/h", high=300.0),
    sensor: Sensor,
    fields: Fields | None = None,
    keep_size: bool = False,
) -> Noisy:
    """Drops weaken echoes and answer themselves: dark distant points are lost, some points stand in the air near the sensor.

    Drops are spread at random over the volume of the beam (3 mrad), 8000 exp(-L D) of them in a cubic metre and millimetre of
    diameter, L = 4.1 fall^-0.21 /mm. An echo from r has power i exp(-2 alpha r) / r^2 with intensity i; a drop has the
    power of its share of the beam. The strongest is what is measured; a point is lost where none reaches the power of 90 %
    at 200 m, or of the cloud's own weakest echo. The range of a weakened echo becomes less certain.

    Severity: 2, 5, 10, 25, 50 mm/h (severity 0.2 to 1): from light rain to a cloudburst. Our choice.

    Settings:
        keep_size: lost points become copies of points that are left, for models of a fixed size.

    References:
        Kilic et al. 2021, "Lidar light scattering augmentation (LISA)"; Marshall and Palmer 1948, "The distribution of
        raindrops with size".
    """
    falling = Fall(8000.0, 4.1 * fall**-0.21, _fresnel(1.328))
    return _fallen(clouds, draw, falling, sensor, fields, keep_size=keep_size)


@perturbation(batched=True, coupling="transform", keeps=("dtype",), measure="chamfer")
def snow(
    clouds: Clouds,
    draw: Draw,
    *,
    fall: Dose = Ladder(0.5, 1, 2.5, 5, 10, unit="mm/h of water", high=100.0),
    sensor: Sensor,
    fields: Fields | None = None,
    keep_size: bool = False,
) -> Noisy:
    """Flakes weaken echoes and answer themselves: the air around the sensor fills with points, and far ones are lost.

    As `rain`, with flakes in place of drops: 7600 fall^-0.87 exp(-L D) of them in a cubic metre and millimetre of diameter,
    L = 2.55 fall^-0.48 /mm, made of ice. No snow lies on the ground.

    Severity: 0.5, 1, 2.5, 5, 10 mm/h of water (severity 0.2 to 1): from flurries to a heavy fall. Our choice.

    Settings:
        keep_size: lost points become copies of points that are left, for models of a fixed size.

    References:
        Kilic et al. 2021, "Lidar light scattering augmentation (LISA)"; Gunn and Marshall 1958, "The distribution with size
        of aggregate snowflakes".
    """
    falling = Fall(7600.0 * fall**-0.87, 2.55 * fall**-0.48, _fresnel(1.3031))
    return _fallen(clouds, draw, falling, sensor, fields, keep_size=keep_size)


def _fallen(
    clouds: Clouds,
    draw: Draw,
    falling: Fall,
    sensor: Sensor,
    fields: Fields | None,
    *,
    keep_size: bool,
) -> Noisy:
    from perturbations.pointcloud._kernels.weather import rained

    column = find(fields, clouds.shape[2], "intensity") or 0
    bright = np.full(clouds.shape[:2], _PLAIN)
    if column:
        bright = reflectivity(clouds[..., column])
    place = place_of(sensor)
    out, fate = rained(
        clouds,
        place,
        draw.key("drops"),
        bright,
        drops=falling.drops(),
        lidar=np.array([_DIVERGENCE, _NEAREST, _LARGEST, _PRECISION, _WEAKEST]),
        column=column,
        full=full_scale(clouds[..., column]),
    )
    report = {"echoes of drops": int((fate == 1).sum())}
    return without(out, fate == 2, draw, keep_size=keep_size, empty=place, report=report)


def _fresnel(index: float) -> float:
    """Return the share of light that a surface of this refractive index sends back at normal incidence."""
    return ((index - 1) / (index + 1)) ** 2
