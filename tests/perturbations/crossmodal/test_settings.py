"""Noise between inputs obeys the laws with other settings too."""

import pytest

import perturbations.testing as laws

SETTINGS = [
    "missing-input(fill=zeros)",
    "missing-input(fill=last)",
    "missing-input(fill=mean)",
    "missing-input(fill=empty)",
    "missing-input(fill=learned)",
    "missing-in-bursts(burst=6.0, fill=last)",
    "missing-by-client(concentration=0.2, fill=zeros)",
    "missing-independently(fill=zeros)",
    "missing-input-mar(direction=tails)",
    "missing-input-mnar(direction=high, fill=zeros)",
    "partial-loss(fill=missing)",
    "time-offset(direction=early, fill=zeros)",
    "time-offset(reads=between)",
    "clock-drift(direction=early, fill=zeros, since=2.0)",
    "offset-jitter(seconds=0.2)",
    "different-clocks(fill=zeros)",
    "frame-drop(then=close)",
    "frame-drop(burst=3.0, then=zeros)",
    "input-freeze(after=late)",
    "reordered-frames(packet=5.0)",
    "stale-input(burst=3.0)",
    "conflict(by=group)",
    "nearest-neighbour(like=image, nearest=3)",
    "extrinsic-rotation(axis=yaw, border=reflect)",
    "calibration-drift(axis=pitch)",
    "joint(cause=common)",
    "weather(kind=rain)",
    "weather(kind=snow)",
]


@pytest.mark.slow
@laws.parametrize([f"crossmodal/{text}" for text in SETTINGS])
def test_law(noise, law):
    law(noise)
