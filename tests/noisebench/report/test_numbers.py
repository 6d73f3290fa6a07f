"""Numbers are written by one rule."""

import math

import pytest

from noisebench.report import _numbers


@pytest.mark.parametrize(
    ("expected", "value", "low", "high"),
    [
        ("0.96 [0.94, 0.98]", 0.96, 0.94, 0.98),
        ("0.934 [0.921, 0.949]", 0.9342, 0.921, 0.949),
        ("0.997 [0.990, 1.000]", 0.9972, 0.99, 0.9997),
        ("1235 [1180, 1290]", 1234.6, 1180, 1290),
        ("−0.02 [−0.05, 0.01]", -0.02, -0.05, 0.01),
        ("1 [1, 1]", 1.0, 1.0, 1.0),
        ("0.5", 0.5, math.nan, math.nan),
        ("–", math.nan, 0.1, 0.2),
        ("–", None, None, None),
    ],
)
def test_interval_decides_the_digits(
    expected: str, value: float | None, low: float | None, high: float | None
) -> None:
    assert expected == _numbers.estimate(value, low, high)


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("0.123", 0.12345),
        ("1230", 1234.0),
        ("0", 0.0),
        ("−0.5", -0.5),
        ("∞", math.inf),
        ("−∞", -math.inf),
        ("–", math.nan),
        ("1.50e−7", 1.5e-7),
        ("100", 99.96),
    ],
)
def test_number_has_three_figures(expected: str, value: float) -> None:
    assert expected == _numbers.number(value)


@pytest.mark.parametrize(
    ("expected", "value", "unit"),
    [
        ("0.12 σ", 0.12, "σ (full scale = 1)"),
        ("∞ dB SNR", math.inf, "dB SNR"),
        ("30°", 30.0, "°"),
        ("5", 5.0, ""),
        ("14\u202f% of words", 0.14, "share of words"),
        ("level 3", 3.0, "level"),
    ],
)
def test_dose_comes_with_its_unit(expected: str, value: float, unit: str) -> None:
    assert expected == _numbers.quantity(value, unit)


@pytest.mark.parametrize(
    ("expected", "value", "unit"),
    [
        ("1 pair of columns", 1, "pairs of columns"),
        ("2 pairs of columns", 2, "pairs of columns"),
        ("1 bit", 1, "bits"),
        ("1 ms", 1, "ms (standard deviation)"),
        ("1 kbit/s", 1, "kbit/s"),
        ("1 times the saturation", 1, "times the saturation"),
    ],
)
def test_one_of_a_unit_is_written_as_one(expected: str, value: float, unit: str) -> None:
    assert expected == _numbers.quantity(value, unit)


def test_negative_zero_is_zero() -> None:
    assert "0.0 [−0.3, 0.3]" == _numbers.estimate(-0.0001, -0.3, 0.3)


def test_percent_and_count() -> None:
    assert ["0.15\u202f%", "12.3\u202f%", "< 0.01\u202f%"] == [
        _numbers.percent(share) for share in (0.0015, 0.1234, 0.00001)
    ]
    assert "12\u202f345" == _numbers.count(12345)


def test_sparkline_shows_missing_as_gap() -> None:
    assert "█▄ ▁" == _numbers.spark([1.0, 0.49, math.nan, 0.0], 0, 1)


def test_a_level_of_nothing_is_nothing() -> None:
    assert "0 dB" == _numbers.quantity(-1.7e-9, "dB")
    assert "20.1 dB SNR" == _numbers.quantity(20.1024, "dB SNR")
