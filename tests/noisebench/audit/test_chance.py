"""Chance is known of targets that are too big for the record, such as labels of frames."""

import numpy as np
import pytest

import noisebench as nb
from noisebench.report._build import view

RNG = np.random.default_rng(0)
FRAMES = (RNG.random((40, 20)) < 0.3).astype(int)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    clips = np.repeat(FRAMES, 50, axis=1) * RNG.normal(size=(40, 1000))
    data = nb.Dataset(
        {"sound": clips}, FRAMES, modalities={"sound": "audio"}, facts={"sound": {"rate": 8000}}
    )

    def loud(batch):
        return (np.abs(np.asarray(batch)).reshape(-1, 20, 50).max(axis=2) > 1).astype(int)

    return nb.audit(
        loud,
        data,
        perturbations=["audio/white-noise"],
        metric=["frame-accuracy", "frame-f1"],
        severities=[1.0],
        run_dir=tmp_path_factory.mktemp("run"),
    )


def test_the_commonest_label_of_all_frames_is_chance(found):
    share = FRAMES.mean()
    assert found.chance() == pytest.approx(1 - share)
    assert found.chance("frame-f1") == pytest.approx(2 * share / (1 + share))
    assert found["audio/white-noise"].chance == found.chance() == nb.load(found.directory).chance()
    assert dict(view(found).at_a_glance)["chance"] == f"{1 - share:.3g}"


def test_targets_that_are_missing_are_not_too_big():
    targets = [0, None, 1, 1] * 3
    data = nb.Dataset({"text": ["some words"] * 12}, targets)
    found = nb.audit(
        lambda batch: [1] * len(batch), data, perturbations=["text/swap"], severities=[1.0]
    )
    assert "chance" not in found.header


def test_cards_show_frames_as_strips(found):
    cards = [card for wall in view(found).walls for card in wall.exhibits]
    assert cards and not any(card.flipped for card in cards)
    assert all("of 20 frames in" in card.prediction.partition("(true: ")[2] for card in cards)
