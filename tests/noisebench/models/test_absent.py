"""A model says by its hook what it has learned to see where an input is absent."""

import numpy as np
import pytest

import noisebench as nb
from noisebench.errors import ModelError
from noisebench.models import as_model, safe_predict
from noisebench.models._absent import check_hook, filled
from perturbations.crossmodal._learned import LEARNED

N = 40
LEARNT = "left,right:crossmodal/missing-input(fill=learned)@1"


def data(n: int = N) -> nb.Dataset:
    rng = np.random.default_rng(0)
    labels = np.arange(n) % 2
    left, right = (labels[:, None] + 0.1 * rng.normal(size=(n, 4)) for _ in range(2))
    return nb.Dataset(
        {"left": left, "right": right.astype(np.float32)},
        labels,
        modalities={"left": "timeseries", "right": "timeseries"},
    )


class Fusion:
    """A model that knows the middle of each input."""

    def __init__(self, absent=None):
        self.seen = []
        if absent is not None:
            self.absent = absent

    def predict(self, inputs):
        self.seen.append(inputs["right"])
        mean = [np.mean([a.mean(), b.mean()]) for a, b in zip(*inputs.values(), strict=True)]
        return (np.array(mean) > 0.5).astype(int)


def run(model, sweep=LEARNT, **options):
    return nb.audit(model, data(), perturbations=[sweep], severities=[1.0], **options)


TOKEN = np.full(4, 0.5)


@pytest.mark.parametrize("absent", [{"right": TOKEN}, {"right": TOKEN}.get])
def test_the_model_sees_what_it_has_learned(absent):
    model = Fusion(absent)
    found = run(model)
    assert 1.0 == found[LEARNT].estimate[-1]
    last = model.seen[-1]
    assert isinstance(last, np.ndarray)
    assert (last == 0.5).all()
    assert 1.0 == found.distortion[LEARNT][1.0]["missing"]


def test_a_function_declares_it_as_an_attribute():
    def predict(inputs):
        return [int(each.mean() > 0.5) for each in inputs["left"]]

    predict.absent = {"right": TOKEN}
    assert 1.0 == run(predict)[LEARNT].estimate[-1]


def test_a_module_declares_it_as_a_method():
    torch = pytest.importorskip("torch")

    class Module(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.token = torch.nn.Parameter(torch.full((4,), 0.5))

        def absent(self, name):
            return self.token if name == "right" else None

        def forward(self, inputs):
            mean = (inputs["left"] + inputs["right"]).mean(dim=1) / 2
            return torch.stack([1 - mean, mean], dim=1)

    assert 1.0 == run(Module())[LEARNT].estimate[-1]


def test_a_model_without_a_hook_is_refused_before_anything_runs():
    model = Fusion()
    with pytest.raises(ModelError) as caught:
        run(model)
    assert not model.seen
    said = str(caught.value)
    assert "a hook for absence of the model Fusion" in said
    assert "model.absent = {'right': value}" in said
    assert "use fill=zeros or fill=absent" in said


def test_a_hook_that_does_not_know_the_input_is_named():
    with pytest.raises(ModelError, match=r"learned for an absent 'right'.*\n.*did you mean righ"):
        run(Fusion({"righ": TOKEN}))
    with pytest.raises(ModelError, match=r"absent\('right'\)=None.*\n.*return one value"):
        check_hook(as_model(Fusion(lambda name: None)), ["right"])


def test_all_inputs_that_may_be_lost_are_asked_for():
    several = "left,right:crossmodal/missing-independently(fill=learned)"
    with pytest.raises(ModelError, match="an absent 'left'"):
        run(Fusion({"right": TOKEN}), several)
    assert 0.5 <= run(Fusion({"right": TOKEN, "left": TOKEN}), several)[several].estimate[-1]


def test_values_of_other_shapes_stay_a_list():
    model = as_model(Fusion({"right": np.zeros(3)}))
    given = filled(model, {"left": np.ones((2, 4)), "right": [np.ones(4), LEARNED]})
    assert isinstance(given["right"], list)
    assert [4, 3] == [len(each) for each in given["right"]]


def test_values_take_the_dtype_of_those_that_are_there():
    model = as_model(Fusion({"right": TOKEN}))
    right = [np.ones(4, np.float32), LEARNED]
    given = filled(model, {"left": np.ones((2, 4)), "right": right})["right"]
    assert (np.float32, (2, 4)) == (given.dtype, given.shape)


def test_inputs_without_a_gap_stay_the_very_objects():
    inputs = {"left": np.ones((2, 4)), "right": [np.ones(4), None]}
    given = filled(as_model(Fusion()), inputs)
    assert given["right"] is inputs["right"]
    outcome = safe_predict(as_model(Fusion()), {"left": [1], "right": [LEARNED]} | inputs, 2)
    assert 1 == len(outcome.failures)


def test_an_account_may_rest_on_what_the_model_has_learned():
    tokens = {"left": TOKEN, "right": TOKEN}
    found = nb.audit(
        Fusion(tokens),
        data(),
        perturbations=["modalities(fill=learned)"],
        severities=[1.0],
        gallery=False,
    ).modalities()
    assert {"left", "right"} == {each.input for each in found.reliance}
    fills = {each.fill for each in found.worse_than_absent}
    assert fills <= {"learned"}
    with pytest.raises(ModelError, match="learned for an absent 'left'"):
        nb.audit(Fusion({"right": TOKEN}), data(), perturbations=["modalities(fill=learned)"])
