"""Where features come from, and what is refused."""

import numpy as np
import pytest
import torch

from noisebench.calibration._encoder import encoder_of
from noisebench.data import Dataset
from noisebench.errors import CalibrationError, ModelError
from noisebench.models import as_model

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (12, 6, 6)).astype(np.uint8)
TEXTS = [f"line {k} of a text" for k in range(12)]


class Shows:
    def __init__(self, rows=None, names=("image", "text")):
        self.rows, self.names = rows, names

    def predict(self, inputs):
        return [0] * len(inputs["image"])

    def embed(self, inputs):
        if self.rows is not None:
            return self.rows
        found = {
            "image": np.asarray(inputs["image"], float).reshape(len(inputs["image"]), -1),
            "text": np.array([[len(t), t.count("e")] for t in inputs["text"]], float),
        }
        return {name: found[name] for name in self.names}


@pytest.fixture
def data():
    return Dataset({"image": IMAGES, "text": TEXTS})


@pytest.fixture
def pictures():
    return Dataset({"image": IMAGES})


def made(data, given, model=None, **options):
    clean = data.take(data.ids)
    wrapped = None if model is None else as_model(model)
    return encoder_of(given, data, clean, model=wrapped, **{"batch_size": 5} | options), clean


def test_a_models_own_features_are_taken_where_it_shows_them(data):
    encoder, clean = made(data, None, Shows())
    assert "model" == encoder.kind
    assert (12, 36) == encoder.features("image", clean.inputs, 12).shape
    assert (12, 2) == encoder.features("text", clean.inputs, 12).shape
    assert "do not compare one model with another" in encoder.note


def test_batches_do_not_change_features(data):
    one, clean = made(data, None, Shows(), batch_size=5)
    other, _ = made(data, None, Shows(), batch_size=100)
    rows = [each.features("text", clean.inputs, 12) for each in (one, other)]
    assert rows[0].tolist() == rows[1].tolist()


def test_without_them_raw_input_is_taken_and_that_is_said(data):
    encoder, _ = made(data, None, lambda inputs: [0] * len(inputs["image"]))
    assert "input" == encoder.kind
    assert not encoder.calls
    assert "shows no features of its own" in encoder.note
    assert "know spelling and no meaning" in encoder.note


def test_features_of_the_model_that_it_does_not_show_are_an_error(data):
    with pytest.raises(ModelError, match="a model that shows features"):
        made(data, "model", lambda inputs: [0] * 12)
    with pytest.raises(ModelError, match="a model that shows features, for model"):
        made(data, "model")


def test_an_input_that_the_model_does_not_show_is_an_error(data):
    encoder, clean = made(data, None, Shows(names=("image",)))
    with pytest.raises(ModelError, match="features of the input 'text'") as error:
        encoder.features("text", clean.inputs, 12)
    assert "encoder='input' needs no features" in str(error.value)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (np.zeros(12), r"got features=an array of shape \(12,\)|average over time"),
        (np.zeros((12, 3, 4)), "average over time or places first"),
        (np.zeros((11, 3)), r"shape \(11, 3\)"),
        (np.zeros((12, 0)), r"shape \(12, 0\)"),
        (np.full((12, 3), np.nan), "12 of 12 rows are NaN or infinite"),
        ([["a"]] * 12, r"features \(12, d\) of image"),
    ],
)
def test_features_of_another_shape_are_an_error(pictures, rows, said):
    encoder, clean = made(pictures, lambda images: rows, batch_size=100)
    with pytest.raises(ModelError, match=said):
        encoder.features("image", clean.inputs, 12)


def test_an_encoder_that_fails_says_so(pictures):
    encoder, clean = made(pictures, lambda images: 1 / 0)
    with pytest.raises(ModelError, match="failed on image: ZeroDivisionError"):
        encoder.features("image", clean.inputs, 12)


def test_an_encoder_of_several_inputs_names_them(data):
    encoder, clean = made(data, lambda inputs: np.zeros((len(inputs["text"]), 2)))
    with pytest.raises(ModelError, match=r"features by input .* as there are 2 inputs"):
        encoder.features("text", clean.inputs, 12)


def test_an_encoder_for_each_input(data):
    encoder, clean = made(data, {"text": lambda texts: np.array([[len(t)] for t in texts], float)})
    assert (12, 1) == encoder.features("text", clean.inputs, 12).shape
    with pytest.raises(CalibrationError, match="an encoder for every input with noise"):
        encoder.features("image", clean.inputs, 12)
    with pytest.raises(CalibrationError, match="an input of the data"):
        made(data, {"txt": len})


def test_a_torch_module_is_an_encoder(pictures):
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(36, 5))

    def encode(images):
        return net(torch.from_numpy(images).float()).detach()

    for given, values in ((encode, IMAGES), (net, (IMAGES / 255).astype(np.float32))):
        encoder, clean = made(Dataset({"image": values}), given)
        assert (12, 5) == encoder.features("image", clean.inputs, 12).shape


def test_the_encoder_may_write_to_what_it_is_given(pictures):
    def encode(images):
        images[:] = 0
        return np.ones((len(images), 2))

    encoder, clean = made(pictures, encode)
    encoder.features("image", clean.inputs, 12)
    assert IMAGES.any()


def test_an_unknown_word_is_an_error(data):
    with pytest.raises(CalibrationError, match="'model', 'input' or a function") as error:
        made(data, "modle")
    assert "did you mean model" in str(error.value)
