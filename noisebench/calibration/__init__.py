"""Doses that can be compared: what a severity amounts to, measured, and the severities at which noises are equal."""

from noisebench.calibration._field import Nearest
from noisebench.calibration._job import Cost
from noisebench.calibration._lock import NAME, read, to_plain
from noisebench.calibration._make import LADDER, calibrate, prepare
from noisebench.calibration._nearest import nearest_noise
from noisebench.calibration._sample import left_over
from noisebench.calibration._table import Calibration, Doses, Point, Rung, Source

__all__ = [
    "LADDER",
    "NAME",
    "Calibration",
    "Cost",
    "Doses",
    "Nearest",
    "Point",
    "Rung",
    "Source",
    "calibrate",
    "left_over",
    "nearest_noise",
    "prepare",
    "read",
    "to_plain",
]
