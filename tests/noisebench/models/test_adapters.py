"""Adapters: what the user has becomes a model, and is left as it was."""

import functools

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC
from torch import nn

from noisebench.data import Dataset
from noisebench.errors import ModelError
from noisebench.models import (
    CallableModel,
    SklearnModel,
    TorchModel,
    as_model,
    safe_predict,
)

ROWS = np.random.default_rng(0).normal(size=(40, 3))
LABELS = (ROWS[:, 0] > 0).astype(int)


class Predictor:
    def predict(self, values):
        return [len(value) for value in values]


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Flatten(), nn.Linear(12, 4), nn.BatchNorm1d(4), nn.Dropout(0.5)
        )

    def forward(self, images):
        return self.body(images)


def test_one_input_is_given_as_its_values_and_several_as_a_mapping():
    seen = []
    model = as_model(lambda given: seen.append(given) or [0, 0])
    model.predict({"text": ["a", "b"]})
    model.predict({"text": ["a", "b"], "row": [1, 2]})
    assert seen == [["a", "b"], {"text": ["a", "b"], "row": [1, 2]}]


def test_each_kind_gets_its_adapter():
    fitted = LogisticRegression().fit(ROWS, LABELS)
    kinds = {
        CallableModel: [len, functools.partial(sum, start=1), Predictor()],
        SklearnModel: [fitted, make_pipeline(LogisticRegression())],
        TorchModel: [Network(), nn.Linear(2, 2)],
    }
    for kind, models in kinds.items():
        assert all(isinstance(as_model(model), kind) for model in models)


def test_a_model_is_already_one():
    model = as_model(len)
    assert as_model(model) is model


def test_names_and_descriptions_are_readable():
    assert as_model(len).name == "len"
    assert as_model(functools.partial(sum, start=1)).name == "sum"
    assert as_model(Predictor()).name == "Predictor"
    assert as_model(Predictor().predict).name == "Predictor.predict"
    assert as_model(Predictor()).describe()["defined"].endswith("test_adapters.Predictor")
    assert as_model(make_pipeline(LinearRegression())).name == "LinearRegression"
    assert as_model(Network()).describe()["parameters"] == 60


ERRORS = {
    "a class": (lambda: as_model(Predictor), "make one: Predictor"),
    "a number": (lambda: as_model(3), "wrap it in a function"),
    "a device": (lambda: as_model(len, device="cpu"), "only a torch.nn.Module is moved"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_what_is_no_model_is_an_error_that_says_what_to_do(name):
    make, words = ERRORS[name]
    with pytest.raises(ModelError, match=words):
        make()


def test_a_callable_gets_tensors_where_the_data_had_them():
    data = Dataset({"image": torch.ones(4, 2, 2, dtype=torch.float16)})
    model = as_model(lambda images: images.sum((1, 2)), containers=data.containers)
    outcome = safe_predict(model, data.take(data.ids).inputs, 4)
    assert outcome.outputs.tolist() == [4, 4, 4, 4]
    assert outcome.outputs.dtype == np.float16


def test_an_estimator_gives_probabilities_when_columns_are_labels():
    model = as_model(LogisticRegression().fit(ROWS, LABELS))
    assert model.predict({"row": ROWS}).shape == (40, 2)
    assert model.describe()["outputs"] == "probabilities"


def test_an_estimator_with_named_classes_gives_the_names():
    names = np.array(["no", "yes"])[LABELS]
    model = as_model(LogisticRegression().fit(ROWS, names))
    assert set(model.predict({"row": ROWS})) == {"no", "yes"}
    assert model.classes == ("no", "yes")


def test_an_estimator_without_probabilities_predicts():
    assert as_model(SVC().fit(ROWS, LABELS)).predict({"row": ROWS}).shape == (40,)
    assert as_model(LinearRegression().fit(ROWS, ROWS[:, 0])).predict({"row": ROWS}).shape == (40,)


def test_a_data_frame_reaches_the_estimator_with_its_columns():
    frame = pd.DataFrame(ROWS, columns=list("abc"))
    model = as_model(LogisticRegression().fit(frame, LABELS))
    outcome = safe_predict(model, {"row": frame.iloc[:5]}, 5)
    assert outcome.failures == {}
    assert outcome.warnings == ()


def test_images_are_refused_by_an_estimator_but_not_by_a_pipeline():
    images = np.zeros((40, 2, 2))
    flat = LogisticRegression().fit(images.reshape(40, -1), LABELS)
    with pytest.raises(ModelError, match="flatten in a function"):
        safe_predict(as_model(flat), {"image": images}, 40)
    pipeline = make_pipeline(FunctionTransformer(lambda x: x.reshape(len(x), -1)), flat)
    assert as_model(pipeline).predict({"image": images}).shape == (40, 2)


def test_an_estimator_of_several_inputs_is_refused():
    model = as_model(LogisticRegression().fit(ROWS, LABELS))
    with pytest.raises(ModelError, match="join the inputs into one table"):
        model.predict({"a": ROWS, "b": ROWS})


def modes(module):
    return [each.training for each in module.modules()]


def test_a_module_runs_in_eval_mode_and_is_put_back_submodule_by_submodule():
    network = Network().train()
    network.body[2].eval()
    before = modes(network)
    running = network.body[2].running_mean.clone()
    model = as_model(network)
    images = np.random.default_rng(0).random((6, 2, 2, 3))
    first, second = (model.predict({"image": images}) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert modes(network) == before
    assert torch.equal(running, network.body[2].running_mean)


def test_a_module_is_put_back_when_it_raises():
    network = Network().train()
    outcome = safe_predict(as_model(network), {"image": np.zeros((2, 9, 9, 3))}, 2)
    assert set(outcome.failures) == {0, 1}
    assert all(modes(network))


def test_a_module_in_eval_mode_stays_there():
    network = Network().eval()
    as_model(network).predict({"image": np.zeros((2, 2, 2, 3))})
    assert not any(modes(network))


class Recorder(nn.Module):
    def forward(self, given):
        self.seen = given
        self.grad = torch.is_grad_enabled()
        values = next(iter(given.values())) if isinstance(given, dict) else given
        return torch.zeros(len(values))


def seen_by(values, **inputs):
    module = Recorder()
    as_model(module).predict({"x": values, **inputs})
    return module.seen


def test_floats_take_the_modules_dtype_and_integers_stay():
    assert seen_by(np.zeros((2, 4, 4, 3))).dtype == torch.float32
    assert seen_by(np.zeros((2, 4, 4, 3), np.uint8)).dtype == torch.uint8
    assert seen_by(np.zeros((2, 4, 4, 3))).shape == (2, 4, 4, 3)
    doubled = as_model(nn.Linear(3, 1).double())
    assert doubled.predict({"x": np.zeros((2, 3), np.float32)}).dtype == np.float64


def test_ragged_lists_arrive_as_lists_of_tensors_and_text_as_text():
    ragged = seen_by([np.zeros((2, 3)), np.zeros((4, 3))])
    assert [tuple(one.shape) for one in ragged] == [(2, 3), (4, 3)]
    assert seen_by(["a", "b"]) == ["a", "b"]


def test_a_numeric_table_several_inputs_and_odd_arrays_arrive_as_tensors():
    assert seen_by(pd.DataFrame(ROWS)).shape == (40, 3)
    assert set(seen_by(np.zeros(2), y=np.zeros(2))) == {"x", "y"}
    big = np.zeros((2, 4), ">f4")[:, ::-1]
    big.flags.writeable = False
    assert seen_by(big).dtype == torch.float32


def test_no_gradients_are_recorded():
    module = Recorder()
    as_model(module).predict({"x": np.zeros(2)})
    assert not module.grad


class Answer(nn.Module):
    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def forward(self, values):
        return self.answer


def test_outputs_are_numpy_whatever_the_precision():
    half = as_model(Answer(torch.ones(2, 3, dtype=torch.bfloat16))).predict({"x": np.zeros(2)})
    assert half.dtype == np.float32
    logits = as_model(Answer({"logits": torch.ones(2, 3)})).predict({"x": np.zeros(2)})
    assert logits.shape == (2, 3)
    assert as_model(Answer([torch.ones(1), "b"])).predict({"x": np.zeros(2)})[1] == "b"


def test_a_tuple_from_a_module_is_refused_with_the_way_out():
    with pytest.raises(ModelError, match="returns one tensor"):
        as_model(Answer((torch.ones(2), torch.ones(2)))).predict({"x": np.zeros(2)})


@pytest.mark.parametrize("network", [Network(), nn.Flatten()], ids=["parameters", "none"])
def test_a_device_that_is_not_there_is_an_error_that_lists_those_that_are(network):
    with pytest.raises(ModelError, match=r"(?s)device='nonsense'.*here are: cpu"):
        as_model(network, device="nonsense")


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_an_exported_program_runs_in_the_mode_in_which_it_was_exported():
    network, values = nn.Linear(3, 2).eval(), np.ones((4, 3), np.float32)
    program = torch.export.export(network, (torch.ones(4, 3),)).module()
    expected = network(torch.from_numpy(values)).detach().numpy()
    np.testing.assert_allclose(expected, as_model(program).predict({"x": values}), rtol=1e-6)


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_a_compiled_module_goes_by_its_own_name():
    network = nn.Linear(3, 2)
    assert as_model(network).describe() == as_model(torch.compile(network)).describe()


class Broken(nn.Module):
    def forward(self, values):
        raise torch.AcceleratorError("device-side assert triggered")


def test_a_device_lost_to_the_process_is_no_fault_of_the_samples(monkeypatch):
    model, inputs = as_model(Broken()), {"x": np.zeros((4, 3))}
    assert len(safe_predict(model, inputs, 4).failures) == 4
    monkeypatch.setattr("noisebench.models._torch.lost", lambda device: "it does nothing any more")
    with pytest.raises(ModelError, match=r"still answers.*cpu.*(?s:.*)device-side assert"):
        safe_predict(model, inputs, 4)
