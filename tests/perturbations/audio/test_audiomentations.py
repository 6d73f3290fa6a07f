import pickle
import random
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import perturbations as pt
from perturbations import Ladder, from_audiomentations
from perturbations import testing as laws
from perturbations.audio._modality import MODALITY
from perturbations.errors import BadSetting, BrokenContract, MissingFact, NotApplicable

pytest.importorskip("audiomentations", reason="the extra audio is not installed")
FACTS = {"rate": 16000}
DECIBEL = Ladder(40, 30, 20, 10, 0, unit="dB SNR", none=float("inf"), scale="dB")
STILL = {"different-samples": "nothing is drawn"}


def hiss(**options):
    return from_audiomentations(
        "AddGaussianSNR",
        name="audio/their-hiss",
        parameter="snr_db",
        ladder=DECIBEL,
        coupling="additive",
        **options,
    )


def masked(**options):
    ladder = Ladder(0.05, 0.1, 0.2, 0.3, 0.4, unit="share of time")
    return from_audiomentations(
        "TimeMask",
        name="audio/their-mask",
        parameter="band_part",
        ladder=ladder,
        fade_duration=0.0,
        mask_location="end",
        measure="changed",
        exempt=STILL,
        **options,
    )


def tanh():
    return from_audiomentations(
        "TanhDistortion",
        name="audio/their-tanh",
        parameter=("min_distortion", "max_distortion"),
        ladder=Ladder(0.1, 0.3, 0.5, 0.7, 0.9, unit="distortion"),
        exempt=STILL,
    )


def tone(seconds=0.5):
    return (0.4 * np.sin(np.arange(int(16000 * seconds)) * 0.2)).astype(np.float32)


@laws.parametrize([hiss(), masked(), tanh()])
def test_law(noise, law):
    law(noise)


def test_the_dose_is_the_transforms_parameter():
    clip = tone(4)
    noisy = hiss()(clip, 0.8, facts=FACTS)
    assert pt.distance("audio", clip, noisy)["snr"] == pytest.approx(10.0, abs=0.2)


def test_it_makes_what_the_seeded_transform_makes():
    import audiomentations

    from perturbations._draw import Draw, sample_keys
    from perturbations._global_random import seeded

    clip, noise = tone(), hiss()
    draw = Draw.of(
        sample_keys(["a"]), seed=0, perturbation=noise.name, input="", position=0, replicate=0
    )
    with seeded(int(draw.row(0).key("audiomentations"))):
        expected = audiomentations.AddGaussianSNR(20.0, 20.0, p=1.0)(clip, 16000)
    assert np.array_equal(expected, noise(clip, dose={"snr_db": 20.0}, sample="a", facts=FACTS))


def test_the_global_generators_go_on_as_if_nothing_had_happened():
    random.seed(3)
    np.random.seed(3)
    expected = random.random(), np.random.random()
    random.seed(3)
    np.random.seed(3)
    hiss()(tone(), 0.5, facts=FACTS)
    assert (random.random(), np.random.random()) == expected


def test_they_are_restored_when_the_transform_fails():
    before = random.getstate()
    noise = from_audiomentations(
        "LowPassFilter",
        name="audio/their-low-pass",
        parameter="cutoff_freq",
        ladder=Ladder(6000, 4000, 2000, 1000, 500, unit="Hz", none="nyquist", scale="log"),
    )
    with pytest.raises(NotApplicable, match="LowPassFilter says"):
        noise(tone(), dose={"cutoff_freq": 0.0}, facts=FACTS)
    assert random.getstate() == before


def test_threads_do_not_disturb_each_other():
    noise, clips = hiss(), MODALITY.corpus(12)
    alone = [noise(clip, 0.6, sample=i, facts=FACTS) for i, clip in enumerate(clips)]
    with ThreadPoolExecutor(4) as pool:
        made = pool.map(lambda i: noise(clips[i], 0.6, sample=i, facts=FACTS), range(12))
    assert all(map(np.array_equal, alone, made))


def test_channels_of_a_mono_transform_get_equal_parameters():
    noise = from_audiomentations(
        "RepeatPart",
        name="audio/their-repeat",
        parameter="repeats",
        ladder=Ladder(1, 2, 3, 4, 5, unit="repeats", scale="integer"),
        keeps=("dtype",),
        min_part_duration=0.05,
        max_part_duration=0.05,
    )
    clip = np.stack([tone(), tone()])
    noisy = noise(clip, 0.4, facts=FACTS)
    assert noisy.shape[1] > clip.shape[1]
    assert np.array_equal(noisy[0], noisy[1])


def test_another_length_is_an_error_unless_declared():
    options = {
        "name": "audio/their-stretch",
        "parameter": "rate",
        "ladder": Ladder(1.1, 1.2, 1.3, 1.4, 1.5, unit="speed", none=1.0),
        "leave_length_unchanged": False,
        "exempt": STILL,
    }
    with pytest.raises(BrokenContract, match="keeps="):
        from_audiomentations("TimeStretch", **options)(tone(), 0.6, facts=FACTS)
    assert tuple(from_audiomentations("TimeStretch", **options).ladders) == ("rate_dose",)
    free = from_audiomentations("TimeStretch", keeps=("dtype",), **options)
    assert free(tone(), 1.0, facts=FACTS).size == pytest.approx(8000 / 1.5, rel=0.02)


def test_dtype_is_kept_without_a_warning():
    assert hiss()(tone().astype(np.float64), 0.5, facts=FACTS).dtype == np.float64


def test_pickles_compare_equal():
    noise = masked()
    assert pickle.loads(pickle.dumps(noise)) == noise
    assert noise != tanh()


def test_a_registered_one_is_found_by_name():
    from perturbations import _registry

    noise = hiss(registered=True)
    try:
        assert pt.get("audio/their-hiss") is noise
    finally:
        _registry._KNOWN.pop("audio/their-hiss")


@pytest.mark.parametrize(
    ("transform", "options", "message"),
    [
        ("AddGausianSNR", {}, "did you mean AddGaussianSNR"),
        (dict, {}, "a waveform transform"),
        ("AddGaussianSNR", {"parameter": "snr"}, "known: max_snr_db, min_snr_db"),
        ("AddGaussianSNR", {"p": 0.5}, "p is always 1"),
        ("AddGaussianSNR", {"loud": 1}, "an argument of AddGaussianSNR"),
        ("RoomSimulator", {"parameter": "min_size_x"}, "use_ray_tracing=False"),
    ],
)
def test_what_cannot_be_is_a_named_error(transform, options, message):
    options = {"parameter": "snr_db"} | options
    with pytest.raises(BadSetting, match=message):
        from_audiomentations(transform, name="audio/x", ladder=DECIBEL, **options)


def test_a_refused_value_names_the_transform():
    noise = from_audiomentations(
        "Mp3Compression",
        name="audio/their-mp3",
        parameter="bitrate",
        ladder=Ladder(64, 48, 32, 16, 8, unit="kbit/s", none=320, scale="integer"),
    )
    with pytest.raises(BadSetting, match="Mp3Compression"):
        noise(tone(), dose={"bitrate": 1}, facts=FACTS)


def test_the_rate_is_needed():
    with pytest.raises(MissingFact, match="rate"):
        hiss()(tone(), 0.5)
