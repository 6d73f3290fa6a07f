"""A patch hides the share that it says, grows around its centre and stays in the frame."""

from itertools import pairwise

import numpy as np
import pytest

import perturbations as pt

OCCLUSION = pt.get("image/occlusion")


@pytest.mark.parametrize("severity", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("shape", [(200, 300, 3), (128, 128)])
def test_the_hidden_share_is_the_declared_one(severity, shape):
    share = OCCLUSION.doses(severity)["share"]
    image = np.zeros(shape, np.uint8)
    for sample in range(20):
        noisy = OCCLUSION.apply(image, severity, sample=sample)
        assert noisy.report["share"] == (noisy.value != 0).mean()
        assert noisy.report["share"] == pytest.approx(share, abs=0.012)


def test_patches_are_nested():
    image = np.zeros((37, 53), np.float32)
    for sample in range(10):
        hidden = [OCCLUSION(image, s, sample=sample) > 0 for s in np.arange(0.1, 1.01, 0.1)]
        for smaller, larger in pairwise(hidden):
            assert not (smaller & ~larger).any()


def test_centres_lie_all_over_the_frame():
    image = np.zeros((50, 50), np.uint8)
    times = sum(OCCLUSION(image, 0.2, sample=i) > 0 for i in range(400))
    assert times.min() > 0
    reports = [OCCLUSION.apply(image, 0.2, sample=i).report for i in range(50)]
    assert any(r["top"] == 0 for r in reports)
    assert any(r["right"] == 50 for r in reports)


def test_the_whole_frame_at_share_one():
    noisy = OCCLUSION(np.zeros((7, 5, 3), np.uint8), dose={"share": 1.0}, sample="a")
    assert (noisy == 128).all()


def test_the_fill_is_a_setting():
    noise = pt.get("image/occlusion(fill=1)")
    assert noise(np.zeros((9, 9)), 1.0, sample="a").max() == 1
    with pytest.raises(pt.errors.BadSetting, match=r"expected a level in \[0, 1\], got fill=2"):
        pt.get("image/occlusion", fill=2.0)(np.zeros((9, 9)), 1.0)
