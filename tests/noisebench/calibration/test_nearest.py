"""Which noise data from the field is nearest to: planted noises, clean data, other differences, bad input."""

import json
import math

import numpy as np
import pytest

import noisebench as nb
import perturbations as pt
from noisebench.calibration._nearest import nearest_noise
from noisebench.errors import CalibrationError, ModelError, PlanError
from tests.noisebench.calibration.made import Shows, pairs
from tests.noisebench.small import WORDS, digits

IMAGE = ["image/gaussian-noise", "image/contrast", "image/defocus-blur", "image/brightness"]
FAST = {"resamples": 99, "samples": 150}


@pytest.fixture(scope="module")
def scans():
    """Clean scans, and others."""
    images, _ = digits(1700)
    order = np.random.default_rng(3).permutation(len(images))
    images = images[order]
    return nb.Dataset({"image": images[:900]}, ids=[f"c{i}" for i in range(900)]), images[900:]


def planted(noise, severity, values):
    names = [f"field {i}" for i in range(len(values))]
    return pt.get(noise).batch(values, severity=severity, samples=names, seed=99)


@pytest.mark.parametrize(
    ("noise", "severity"),
    [("image/contrast", 0.5), ("image/gaussian-noise", 0.4), ("image/defocus-blur", 0.3)],
)
def test_a_planted_noise_is_found_with_its_severity(scans, noise, severity):
    clean, others = scans
    found = nearest_noise(planted(noise, severity, others[:150]), clean, IMAGE, **FAST)
    assert found
    assert noise == found.noise
    assert found.low <= severity <= found.high or abs(found.severity - severity) <= 0.0625
    assert found.explained > 0.9
    assert found.distance <= found.alone
    assert (150, 150) == (found.n, found.n_field)
    assert found.rivals[0].share > 0.9


def test_clean_data_is_near_to_nothing(scans):
    clean, others = scans
    found = nearest_noise(others[:150], clean, IMAGE, **FAST)
    assert "nothing" == found.state
    assert not found
    assert str(found).startswith("Nothing: the 150 samples from the field cannot be told")


@pytest.mark.slow
def test_clean_data_is_rarely_taken_for_noisy(scans):
    images = digits(1700)[0]
    wrong = 0
    for seed in range(40):
        order = np.random.default_rng(seed).permutation(len(images))
        clean = nb.Dataset({"image": images[order[:700]]}, ids=[f"{seed}-{i}" for i in range(700)])
        field = images[order[700:800]]
        found = nearest_noise(field, clean, IMAGE, samples=100, levels=5, resamples=99, seed=seed)
        wrong += found.state == "near"
    # Two looks at 5 % each; noise must also take away half of the distance: 40 draws, 4 standard errors.
    assert wrong <= 40 * 0.05 + 4 * math.sqrt(40 * 0.05 * 0.95)


def test_another_difference_is_near_to_no_noise(scans):
    clean, others = scans
    found = nearest_noise(np.rot90(others[:150], axes=(1, 2)), clean, IMAGE, **FAST)
    assert "none near" == found.state
    assert not found
    assert "differ from clean data" in str(found)
    assert "none of 4 noises is near" in str(found)
    assert found.differs <= 0.05


def test_noise_and_another_difference_are_both_said(scans):
    clean, others = scans
    moved = planted("image/contrast", 0.5, np.roll(others[:150], 1, axis=2))
    found = nearest_noise(moved, clean, IMAGE, **FAST)
    assert "image/contrast" == found.noise
    assert found.distance > found.alone
    assert "Something else differs as well" in str(found)


def test_noises_that_cannot_be_told_apart_are_named(scans):
    clean, others = scans
    field = planted("image/gaussian-noise", 0.4, others[:150])
    # Diffusion is Gaussian noise, but for a factor.
    found = nearest_noise(field, clean, ["image/gaussian-noise", "image/diffusion"], **FAST)
    assert 1 == len(found.tied)
    assert f"cannot be told from {found.tied[0]}" in str(found)


def test_the_model_s_own_features_serve_and_other_inputs_are_clean_ones():
    data = pairs(300)
    clean, rest = data.subset(range(200)), data.take(data.ids[200:])
    model = Shows()
    field = planted("image/contrast", 0.6, rest.inputs["image"])
    found = nearest_noise(
        field,
        clean,
        IMAGE,
        input="image",
        model=model,
        encoder="model",
        resamples=99,
        levels=5,
        samples=100,
    )
    assert "image/contrast" == found.noise
    assert "features of Shows" == found.features
    assert model.shown > 0


def test_series_that_are_off_are_told_from_noisy_ones():
    rng = np.random.default_rng(0)
    waves = np.sin(np.arange(60) / 4 + rng.uniform(0, 6, (300, 1)))[:, :, None]
    series = waves + 0.05 * rng.normal(size=waves.shape)
    clean = nb.Dataset(
        {"s": series[:200]}, modalities={"s": "timeseries"}, facts={"s": {"rate": 10.0}}
    )
    noises = ["timeseries/additive-noise", "timeseries/burst-dropout", "timeseries/bias"]
    noise, names = pt.get("timeseries/bias"), [f"f{i}" for i in range(100)]
    reference = noise.fit(list(series[:200]))
    field = noise.batch(
        series[200:], severity=0.5, samples=names, seed=5, facts={"rate": 10.0}, reference=reference
    )
    assert "timeseries/bias" == nearest_noise(field, clean, noises, resamples=99).noise


def test_it_is_the_same_every_time_and_prints_as_plain_data(scans):
    clean, others = scans
    field = planted("image/contrast", 0.3, others[:60])
    options = FAST | {"samples": 60, "levels": 5, "resamples": 19}
    one, other = (nearest_noise(field, clean, IMAGE, **options) for _ in range(2))
    assert one == other
    table = one.to_table()
    assert sorted(row["distance"] for row in table) == [row["distance"] for row in table]
    assert {*IMAGE} == {row["noise"] for row in table}
    json.dumps(one.to_json(), allow_nan=False)


def test_the_input_must_be_said_where_there_are_several():
    data = pairs(60)
    with pytest.raises(CalibrationError, match="one input"):
        nearest_noise(["a"] * 30, data)
    with pytest.raises(CalibrationError, match="did you mean text"):
        nearest_noise(["a"] * 30, data, input="texts")


@pytest.mark.parametrize(
    ("field", "message"),
    [
        (lambda images: images[:19], "20 samples from the field or more"),
        (lambda images: images[:50].astype(np.float32) / 255, "as uint8 of shape"),
        (lambda images: np.pad(images[:50], ((0, 0), (4, 4), (4, 4))), r"uint8 of shape \(16, 16\)"),
        (lambda images: np.stack([images[:50]] * 3, axis=-1), r"uint8 of shape \(8, 8, 3\)"),
        (lambda images: nb.Dataset({"photo": images[:50]}), "the input image in the field data"),
        (lambda images: nb.Dataset({"image": ["a"] * 50}, modalities={"image": "text"}), "field data of modality image"),
        (lambda images: ["a", "b"] * 20, "field data"),
    ],
    ids=["few", "floats", "larger", "colour", "other input", "text", "strings"],
)  # fmt: skip
def test_field_data_of_another_kind_is_refused(scans, field, message):
    clean, others = scans
    with pytest.raises(CalibrationError, match=message):
        nearest_noise(field(others), clean, IMAGE, **FAST)


def test_rows_with_other_columns_are_refused():
    rows = np.random.default_rng(0).normal(size=(100, 3))
    clean = nb.Dataset({"t": rows}, modalities={"t": "tabular"})
    for field in (rows[:40, :2], np.pad(rows[:40], ((0, 0), (0, 1)))):
        with pytest.raises(CalibrationError, match="field data"):
            nearest_noise(field, clean, ["tabular/numeric-noise"])
    shifted = nearest_noise(rows[:40] + 9.0, clean, ["tabular/numeric-noise"], resamples=39)
    assert "none near" == shifted.state


def test_too_little_or_constant_clean_data_is_refused():
    images = digits(60)[0]
    with pytest.raises(CalibrationError, match="40 clean samples or more"):
        nearest_noise(images, nb.Dataset({"image": images[:39]}), IMAGE)
    with pytest.raises(CalibrationError, match="differ between samples"):
        nearest_noise(images, nb.Dataset({"image": np.repeat(images[:1], 60, axis=0)}), IMAGE)
    stream = nb.Dataset.stream(lambda: iter([]), modalities={"image": "image"})
    with pytest.raises(CalibrationError, match="in memory"):
        nearest_noise(images, stream, IMAGE)


def test_wrong_settings_and_encoders_are_refused(scans):
    clean, others = scans
    for setting in ({"levels": 2}, {"samples": 5}, {"projections": 1}, {"resamples": 3}):
        with pytest.raises(CalibrationError, match=next(iter(setting))):
            nearest_noise(others[:50], clean, IMAGE, **setting)
    with pytest.raises(PlanError, match="whose severity varies"):
        nearest_noise(others[:50], clean, ["image/contrast@0.5"])

    def broken(images):
        raise RuntimeError("out of memory")

    with pytest.raises(ModelError, match="out of memory"):
        nearest_noise(others[:50], clean, IMAGE, encoder=broken)
    with pytest.raises(ModelError, match="finite"):
        nearest_noise(
            others[:50], clean, IMAGE, encoder=lambda images: np.full((len(images), 3), np.nan)
        )


def test_words_are_found_in_texts():
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(WORDS, 12)) for _ in range(400)]
    clean = nb.Dataset({"text": texts[:300]})
    noises = ["text/keyboard-typo", "text/drop-character", "text/swap"]
    field = planted("text/drop-character", 0.5, texts[300:])
    found = nearest_noise(field, clean, noises, resamples=99, samples=100)
    assert "text/drop-character" == found.noise
    assert abs(found.severity - 0.5) <= 0.2
