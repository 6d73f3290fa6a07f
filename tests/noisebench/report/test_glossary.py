"""Noises explain themselves in the report."""

import math

from noisebench.report import _glossary
from noisebench.report._sweeps import Inputs, read


def test_entry_gives_ladder_unit_and_source() -> None:
    entry = _glossary.entry("image/gaussian-noise")
    assert entry.ladders[0].startswith("sigma: 0.08, 0.12, 0.18, 0.26, 0.38 ")
    assert "none = 0" in entry.ladders[0]
    assert any("2019" in reference for reference in entry.references)


def test_unknown_noise_is_named_only() -> None:
    assert "Not known to this installation." == _glossary.entry("image/no-such").summary
    assert math.isnan(_glossary.ladder_dose("image/no-such", 0.5, {}))
    assert "" == _glossary.ladder_unit("image/no-such")


def test_measures_come_with_units() -> None:
    inputs = Inputs({"digit": "image"})
    assert "PSNR 18.2 dB" == _glossary.distortion_words({"psnr": 18.2}, "image", inputs)
    assert "digit PSNR 18.2 dB" == _glossary.distortion_words({"digit.psnr": 18.2}, "x", inputs)
    assert "" == _glossary.distortion_words({"psnr": math.nan}, "image", inputs)


def test_sweeps_are_read() -> None:
    assert (("a", "b"), ("image/fog", "audio/hum(x=1)"), "joint") == _facts(
        "a:image/fog@0.4 + b:audio/hum(x=1)"
    )
    assert (("v", "a"), ("crossmodal/time-offset",), "between") == _facts(
        "v,a:crossmodal/time-offset"
    )
    assert ((), ("image/fog", "image/jpeg-compression"), "chain") == _facts(
        "image/fog > image/jpeg-compression"
    )


def _facts(sweep: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    reading = read(sweep)
    return reading.inputs, reading.noises, reading.kind
