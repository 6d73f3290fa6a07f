"""What PCM cannot hold is counted and said: noise that is clipped, and noise below a step."""

import numpy as np
import pytest

import noisebench as nb
from noisebench.report._build import view

TIMES = np.arange(4000) / 8000


def audit(peak: int, noises: list[str]):
    clips = [
        np.rint(peak * np.sin(2 * np.pi * (200 + 10 * i) * TIMES)).astype(np.int16)
        for i in range(12)
    ]
    data = nb.Dataset(
        {"a": clips}, [0, 1] * 6, modalities={"a": "audio"}, facts={"a": {"rate": 8000}}
    )
    return nb.audit(lambda batch: [0] * len(batch), data, perturbations=noises, severities=5)


@pytest.fixture(scope="module")
def loud():
    return audit(30000, ["audio/white-noise", "audio/low-pass"])


def test_the_share_clipped_and_the_ratio_that_came_out_are_said(loud):
    found = loud.distortion["audio/white-noise"]
    assert 0 == found[0.2]["clipped"] < 0.2 < found[1.0]["clipped"] < 0.4
    said = next(each for each in loud.verdict if "clips" in each)
    share, snr = 100 * found[1.0]["clipped"], found[1.0]["snr"]
    assert f"audio/white-noise {share:.3g} % at severity 1 (SNR {snr:.2f} dB, not 0 dB)" in said
    assert said in view(loud).remarks


def test_the_points_of_the_curve_show_it(loud):
    points = next(each for each in view(loud).ranked if "white" in each.name).points
    assert points[-1].distortion.endswith("clipped") and "clipped" not in points[1].distortion


def test_a_dose_at_which_nothing_changes_is_said(loud):
    expected = "Came out as they went in, all measured samples: audio/low-pass at severity 0.2. "
    assert any(each.startswith(expected) for each in loud.verdict)
    assert any(each.startswith(expected) for each in view(loud).remarks)


def test_noise_below_a_step_is_a_dose_at_which_nothing_changes():
    found = audit(3, ["audio/white-noise"])
    assert any("audio/white-noise at severities 0.2 and 0.4." in each for each in found.verdict)
    assert not any("clips" in each for each in found.verdict)
