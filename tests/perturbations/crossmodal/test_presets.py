"""Published sets of noise between inputs keep their published constants, and their signs."""

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import NotApplicable

FACTS = {"sound": {"modality": "audio", "rate": 8000}, "film": {"modality": "video", "rate": 25}}
EARLY, LATE = pt.get("itu-r-bt1359/sound-early"), pt.get("itu-r-bt1359/sound-late")


def offsets(noise):
    sound = np.random.default_rng(0).normal(size=8000)
    return [
        noise.apply({"film": 1, "sound": sound}, severity, sample="s", facts=FACTS).report["offset_ms"]
        for severity in (0.2, 0.4, 0.6, 0.8, 1.0)
    ]  # fmt: skip


def test_sound_is_detected_and_rejected_at_the_thresholds_of_the_recommendation():
    early, late = offsets(EARLY), offsets(LATE)
    assert [-45, -90] == [early[1], early[3]]
    assert [125, 185] == [late[1], late[3]]
    assert [-22.5, -67.5, -180] == [early[0], early[2], early[4]]
    assert [62.5, 155, 370] == [late[0], late[2], late[4]]


def test_doses_have_the_signs_of_the_recommendation():
    assert 45.0 == EARLY.doses(0.4)["advance"]
    assert -125.0 == LATE.doses(0.4)["advance"]
    assert ("itu-r-bt1359/sound-early", "itu-r-bt1359/sound-late") == pt.names(
        preset="itu-r-bt1359"
    )
    assert "crossmodal" == EARLY.modality


def test_the_sound_is_named_last():
    value = {"sound": np.zeros(8000), "film": np.zeros((20, 4, 4), np.uint8)}
    with pytest.raises(NotApplicable, match=r"sound, or a series.*\n.*name the sound last"):
        LATE(value, 0.4, sample="s", facts=FACTS)
