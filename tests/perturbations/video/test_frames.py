"""Image noises over time: each frame its own draw, one draw for all, or one that moves on."""

import pickle

import numpy as np
import pytest

import perturbations as pt
from perturbations import Dose, Draw, Ladder, Noisy
from perturbations._draw import sample_keys
from perturbations.errors import BadDeclaration, BadSetting, NotApplicable, explain
from perturbations.video.frames import lift

STILL = np.repeat(np.full((1, 12, 10, 3), 128, np.uint8), 4, axis=0)


def image_noise(name, **options):
    """Return a noise that adds what it draws, and says at what time."""

    @pt.perturbation(f"image/{name}", family="test", registered=False, **options)
    def add(
        image, draw, *, amount: Dose = Ladder(0.01, 0.02, 0.03, 0.04, 0.05, unit="σ"), sign: int = 1
    ):
        """A test noise."""
        return image + sign * amount * draw.normal(image.shape)

    return add


@pt.perturbation("image/drift", family="test", registered=False, frames="moving")
def drift(
    image, draw, *, amount: Dose = Ladder(0.1, 0.2, 0.3, 0.4, 0.5, unit="x"), time: float = 0.0
):
    """A band that walks down the frame."""
    row = int(draw.uniform() * len(image) + time) % len(image)
    out = np.array(image)
    out[row] = amount
    return Noisy(out, mapping=row, report={"row": row, "amount": amount})


@pt.perturbation("image/drift-many", family="test", registered=False, frames="moving", batched=True)
def drift_many(
    image, draw, *, amount: Dose = Ladder(0.1, 0.2, 0.3, 0.4, 0.5, unit="x"), time: float = 0.0
):
    """A band that walks down the frame, in batches."""
    out = np.array(image)
    for i, start in enumerate(draw.uniform((len(image),))):
        out[i, int(start * image.shape[1] + time) % image.shape[1]] = amount
    return out


def draw_for(noise, frames=1):
    return Draw.of(
        sample_keys(["s"] * frames), seed=0, perturbation=noise.name, input="", position=0,
        replicate=0,
    )  # fmt: skip


def test_every_image_noise_is_a_noise_of_clips():
    for name in pt.names(modality="image"):
        image, clip = pt.get(name), pt.get(f"video/{name.partition('/')[2]}")
        for what in ("ladders", "settings", "coupling", "family", "exempt", "requires", "measure"):
            assert getattr(image, what) == getattr(clip, what)
        assert image.summary == clip.summary
        assert f"In a clip: `{name}` in every frame; " in clip.doc
        assert "time" not in clip.settings | dict(clip.declared.facts)


def test_no_preset_is_lifted():
    bare = {name.partition("/")[2] for name in pt.names(modality="video")}
    own = {"frame-drop", "freeze", "reorder", "low-frame-rate", "codec-loss"}
    assert bare - own == {name.partition("/")[2] for name in pt.names(modality="image")}


@pytest.mark.parametrize("batched", [False, True])
def test_independent_frames_have_draws_of_their_own(batched):
    noise = lift(image_noise("own", batched=batched))
    clip = STILL.astype(np.float64) / 255
    added = (noise(clip, 1.0, sample="s") - clip).reshape(4, -1)
    correlation = np.corrcoef(added)[np.triu_indices(4, 1)]
    assert np.abs(correlation).max() < 4 / np.sqrt(added.shape[1])
    assert 0.05 == pytest.approx(added.std(), rel=0.05)


def test_a_frame_keeps_its_noise_when_the_clip_goes_on():
    noise = pt.get("video/gaussian-noise")
    assert np.array_equal(noise(STILL, 0.6, sample="s")[:2], noise(STILL[:2], 0.6, sample="s"))


def test_batched_or_not_a_frame_gets_the_same_noise():
    clip = STILL.astype(np.float64) / 255
    one, many = (lift(image_noise("same", batched=each)) for each in (False, True))
    assert np.array_equal(one(clip, 0.5, sample="s"), many(clip, 0.5, sample="s"))


@pytest.mark.parametrize("batched", [False, True])
def test_fixed_noise_is_the_same_in_every_frame(batched):
    found = lift(image_noise("dirt", frames="fixed", batched=batched))(STILL, 1.0, sample="s")
    assert (found == found[0]).all()
    assert (found != STILL).any()


def test_a_device_is_the_same_in_all_clips_and_frames():
    noise = lift(image_noise("sensor", scope="device"))
    found = [noise(STILL, 1.0, sample=name) for name in "ab"]
    assert (found[0] == found[0][0]).all()
    assert np.array_equal(*found)


@pytest.mark.parametrize("frames", ["fixed", "moving"])
@pytest.mark.parametrize("batched", [False, True])
def test_a_clip_of_one_frame_is_the_image(frames, batched):
    image = {"fixed": image_noise("one", frames="fixed", batched=batched)}
    image["moving"] = drift_many if batched else drift
    noise, frame = image[frames], STILL[0] / 255
    clip = lift(noise)
    alone = noise.function(
        frame[None] if batched else frame, draw_for(noise, 1) if batched else draw_for(noise).row(0),
        amount=0.3, **noise.settings,
    )  # fmt: skip
    there = clip.function(frame[None], draw_for(noise).row(0), amount=0.3, **noise.settings)
    alone, there = (each.value if isinstance(each, Noisy) else each for each in (alone, there))
    assert np.array_equal(alone if batched else alone[None], there)


@pytest.mark.parametrize("noise", [drift, drift_many])
def test_moving_noise_moves_with_the_frames(noise):
    clip = np.zeros((6, 12, 10, 3), np.uint8)
    found = lift(noise)(clip, 1.0, sample="s")
    rows = [int(np.flatnonzero(frame.any(axis=(1, 2)))[0]) for frame in found]
    assert [(rows[0] + k) % 12 for k in range(6)] == rows


def test_reports_and_mappings_come_frame_by_frame_where_they_differ():
    found = lift(drift).apply(np.zeros((3, 12, 10), np.uint8), 1.0, sample="s")
    assert found.report["row"] == list(found.mapping)
    assert 0.5 == found.report["amount"]
    assert 3 == len(set(found.mapping))


@pytest.mark.parametrize("batched", [False, True])
def test_a_pattern_that_stands_still_has_one_mapping_for_all_frames(batched):
    @pt.perturbation("image/tilt", family="test", registered=False, frames="fixed", batched=batched)
    def tilt(image, draw, *, angle: Dose = Ladder(1, 2, 3, 4, 5, unit="degrees")):
        """A test noise, which gives its mapping for a single image only."""
        single = not batched or len(image) == 1
        return Noisy(image * 0.5, mapping=angle, report={"angle": angle}) if single else image * 0.5

    found = lift(tilt).apply(STILL, 0.6, sample="s")
    assert (3, {"angle": 3}) == (found.mapping, found.report)
    assert STILL.shape == found.value.shape


def test_what_moves_takes_the_time():
    for name in pt.names(modality="image"):
        if pt.get(name).frames == "moving":
            assert "time" in pt.get(name).declared.facts, f"{name} moves, but takes no time"


def test_settings_reach_the_image_noise():
    noise = pt.get("video/occlusion(fill=1.0)")
    assert (noise(STILL // 4, 1.0, sample="s") == 255).any()
    with pytest.raises(BadSetting):
        pt.get("video/occlusion", fill=2.0)(STILL, 1.0)


def test_what_does_not_apply_to_a_frame_does_not_apply_to_the_clip():
    @pt.perturbation("image/never", family="test", registered=False)
    def never(image, draw, *, dose: Dose = Ladder(1, 2, 3, 4, 5, unit="x")):
        """A test noise."""
        raise NotApplicable(explain("colour", "image", image))

    with pytest.raises(NotApplicable):
        lift(never)(STILL, 0.5)


def test_a_lifted_noise_of_your_own_pickles():
    noise = lift(drift.with_settings())
    assert "video/drift" == str(noise)
    back = pickle.loads(pickle.dumps(lift(pt.get("image/occlusion", fill=0.25))))
    assert 0.25 == back.settings["fill"]
    assert np.array_equal(back(STILL, 0.5), lift(pt.get("image/occlusion", fill=0.25))(STILL, 0.5))


def test_only_image_noises_are_lifted():
    with pytest.raises(BadDeclaration, match="single images"):
        lift(pt.get("text/swap"))


@pytest.mark.slow
def test_a_transform_of_albumentations_becomes_a_noise_of_clips():
    pytest.importorskip("albumentations", reason="needs the extra image")
    ladder = Ladder(0.08, 0.12, 0.18, 0.26, 0.38, unit="standard deviation")
    grain = pt.from_albumentations(
        "GaussNoise", name="image/grain", parameter="std_range", ladder=ladder
    )
    noise = lift(grain)
    found = pickle.loads(pickle.dumps(noise))(STILL, 0.6, sample="s")
    assert np.array_equal(noise(STILL, 0.6, sample="s"), found)
    assert (found[0] != found[1]).any()
