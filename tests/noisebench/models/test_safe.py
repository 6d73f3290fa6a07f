"""Faulty models: only the guilty samples fail, each with a reason, and no data is harmed."""

import time
import weakref

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

import noisebench as nb
from noisebench.models import as_model, safe_predict
from noisebench.models._safe import LONGEST

VALUES = np.arange(37.0)


def outcome_of(function, values=VALUES):
    return safe_predict(as_model(function), {"x": values}, len(values))


def test_a_sound_model_is_called_once_and_its_array_comes_back():
    calls = []
    outcome = outcome_of(lambda x: calls.append(1) or x * 2)
    assert len(calls) == 1
    np.testing.assert_array_equal(outcome.outputs, VALUES * 2)
    assert outcome.failures == {}
    assert outcome.warnings == ()


def test_only_the_guilty_samples_fail_and_the_others_keep_their_outputs():
    def picky(x):
        if np.isin(x, (3, 20, 36)).any():
            raise ValueError("bad\n  row")
        return x + 1

    outcome = outcome_of(picky)
    assert outcome.failures == dict.fromkeys((3, 20, 36), "ValueError: bad row")
    good = np.setdiff1d(np.arange(37), (3, 20, 36))
    np.testing.assert_array_equal(outcome.outputs[good], VALUES[good] + 1)
    assert np.isnan(outcome.outputs[[3, 20, 36]]).all()


def test_labels_that_cannot_hold_nan_become_a_list_with_none():
    def picky(x):
        if (x == 2).any():
            raise KeyError("two")
        return x.astype(int)

    outcome = outcome_of(picky, np.arange(4.0))
    assert list(outcome.outputs) == [0, 1, None, 3]
    assert outcome.failures == {2: "KeyError: 'two'"}


def test_a_model_that_always_raises_fails_every_sample():
    outcome = outcome_of(lambda _: 1 / 0)
    assert set(outcome.failures) == set(range(37))
    assert list(outcome.outputs) == [None] * 37


def test_running_out_of_memory_on_a_batch_is_met_with_smaller_ones():
    def greedy(x):
        if len(x) > 5:
            raise MemoryError
        return x

    outcome = outcome_of(greedy)
    assert outcome.failures == {}
    np.testing.assert_array_equal(outcome.outputs, VALUES)


def test_what_a_failed_batch_held_is_free_before_its_halves_are_tried():
    class Activations:
        pass

    alive = []

    def greedy(x):
        held = Activations()
        assert [each for each in alive if each() is not None] == []
        alive.append(weakref.ref(held))
        if len(x) > 5:
            raise MemoryError
        return x

    assert outcome_of(greedy).failures == {}
    halved = len(alive)
    assert halved > 8
    series = np.random.default_rng(0).normal(size=(8, 50))
    data = nb.Dataset({"x": series}, targets=list(range(8)), modalities={"x": "timeseries"})
    noises = ["timeseries/additive-noise"]
    audit = nb.audit(lambda x: [0] * len(greedy(x)), data, perturbations=noises, severities=1)
    assert len(alive) > halved
    assert "failed" not in str(audit)


def test_an_interrupt_is_not_a_fault_of_a_sample():
    def stopped(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outcome_of(stopped)


def test_a_dropped_sample_is_found():
    outcome = outcome_of(lambda x: x[x != 11])
    assert outcome.failures == {11: "expected 1 outputs, got an array of shape (0,)"}


WRONG = {
    "a scalar array": (lambda _: np.float64(3), "got float64"),
    "a number": (lambda _: 3.0, "got float"),
    "nothing": (lambda _: None, "got NoneType"),
    "a string": (lambda x: "a" * len(x), "got str"),
    "a mapping": (lambda x: dict.fromkeys(range(len(x))), "got dict"),
    "a generator": (lambda x: (v for v in x), "got generator"),
    "too many": (lambda x: [*x, 0], "got 2"),
    "zero axes": (lambda _: np.array(3), "array of shape ()"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_one_output_a_sample_is_a_reason(name):
    function, words = WRONG[name]
    outcome = outcome_of(function, np.arange(3.0))
    assert set(outcome.failures) == {0, 1, 2}
    assert all(words in why and why.startswith("expected 1") for why in outcome.failures.values())


def test_nan_rows_are_reasons():
    def holed(x):
        out = np.stack([x, x], axis=1)
        out[5, 1] = np.nan
        return out

    assert outcome_of(holed, VALUES[:8]).failures == {5: "output is NaN"}


def test_infinite_outputs_are_answers():
    assert outcome_of(lambda x: np.full(len(x), -np.inf)).failures == {}


def test_none_and_nan_in_lists_are_reasons():
    answers = ["a", None, float("nan"), np.array([np.nan]), torch.tensor([float("nan")])]
    failures = outcome_of(lambda _: answers, np.arange(5.0)).failures
    assert failures == {1: "output is None", **dict.fromkeys((2, 3, 4), "output is NaN")}


def test_tensors_series_and_tables_are_outputs_too():
    assert isinstance(outcome_of(torch.from_numpy).outputs, np.ndarray)
    assert outcome_of(lambda x: pd.Series(x * 1)).outputs.shape == (37,)
    assert outcome_of(lambda x: pd.DataFrame({"a": x, "b": x})).outputs.shape == (37, 2)


def test_a_reason_is_one_short_line():
    def verbose(_):
        raise RuntimeError("line\n" * 500)

    (why,) = outcome_of(verbose, VALUES[:1]).failures.values()
    assert len(why) <= LONGEST
    assert "\n" not in why


def test_an_exception_without_words_is_named():
    def silent(_):
        raise ValueError

    assert outcome_of(silent, VALUES[:1]).failures == {0: "ValueError"}


def writes_array(x):
    x *= 0
    return [0] * len(x)


def writes_items(x):
    for item in x:
        item[:] = 0
    return [0] * len(x)


def writes_list(x):
    x.reverse()
    return [0] * len(x)


def writes_table(x):
    x["a"] = 0.0
    return x["a"]


def sorts(x):
    x.sort()
    return x


CHANGES = {
    "an array": (writes_array, np.arange(1.0, 5)),
    "an order": (sorts, np.arange(5.0)[::-1]),
    "odd bytes": (writes_array, np.arange(1, 6, dtype=np.uint8)),
    "with holes": (writes_array, np.array([1.0, np.nan, 3])[:, None][:, ::-1]),
    "read-only": (writes_array, np.broadcast_to(np.float32(1), (4, 3))),
    "items": (writes_items, [np.ones(2), np.ones(3)]),
    "a list": (writes_list, ["a", "b", "c"]),
    "a table": (writes_table, pd.DataFrame({"a": [1.0, np.nan], "b": [3, 4]})),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_model_that_writes_to_its_input_is_named_and_harms_nothing(name):
    function, values = CHANGES[name]
    kept = [np.array(each) for each in (values.to_numpy() if hasattr(values, "iloc") else values)]
    outcome = outcome_of(function, values)
    expected = f"model {function.__name__} changed its input 'x' in place; it was a copy"
    assert outcome.warnings == (expected,)
    assert outcome.failures == {}
    now = values.to_numpy() if hasattr(values, "iloc") else values
    for before, after in zip(kept, now, strict=True):
        np.testing.assert_array_equal(before, after)


def test_reading_nan_is_not_writing():
    assert outcome_of(lambda x: [0] * len(x), np.array([np.nan, 1.0])[::-1]).warnings == ()
    table = pd.DataFrame({"a": [np.nan, 1.0], "c": [None, "x"]})
    assert outcome_of(lambda x: [0] * len(x), table).warnings == ()
    absent = [None, np.array([np.nan, 1.0])]
    assert outcome_of(lambda x: [0] * len(x), absent).warnings == ()


class Writer(nn.Module):
    def forward(self, values):
        return values.mul_(2)


def test_a_module_that_writes_to_its_input_is_named_and_harms_nothing():
    values = np.ones((3, 2), np.float32)
    outcome = outcome_of(Writer(), values)
    assert outcome.warnings == ("model Writer changed its input 'x' in place; it was a copy",)
    np.testing.assert_array_equal(values, np.ones((3, 2)))
    np.testing.assert_array_equal(outcome.outputs, np.full((3, 2), 2))


def test_several_inputs_are_halved_together():
    def both(given):
        if "bad" in given["text"]:
            raise ValueError("bad")
        return given["row"]["a"].to_numpy()

    inputs = {"text": ["x", "bad", "y"], "row": pd.DataFrame({"a": [1.0, 2, 3]})}
    outcome = safe_predict(as_model(both), inputs, 3)
    assert outcome.failures == {1: "ValueError: bad"}
    assert outcome.outputs[[0, 2]].tolist() == [1, 3]


def test_an_empty_batch_needs_no_call():
    outcome = safe_predict(as_model(lambda _: 1 / 0), {"x": VALUES[:0]}, 0)
    assert len(outcome.outputs) == 0


def test_a_call_costs_little_more_than_the_model():
    images, answer = np.zeros((256, 8, 8), np.uint8), np.zeros((256, 10))
    model = as_model(lambda _: answer)
    timings = []
    for _ in range(300):
        start = time.perf_counter()
        safe_predict(model, {"image": images}, 256)
        timings.append(time.perf_counter() - start)
    assert min(timings) < 100e-6
