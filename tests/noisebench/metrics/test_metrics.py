"""Metrics against scikit-learn and jiwer, and against closed forms."""

import math
import pickle
from itertools import pairwise

import jiwer
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from noisebench.errors import MetricError
from noisebench.metrics import Metric, custom, get_metric, names

SETTINGS = settings(max_examples=30, deadline=None)

SENTENCES = st.lists(
    st.tuples(st.text("ab ", max_size=12), st.text("abc ", max_size=12)), min_size=1, max_size=6
)


@st.composite
def labelled(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Targets and scores of 3 classes for up to 30 samples."""
    n = draw(st.integers(2, 30))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return rng.integers(0, 3, n), rng.normal(size=(n, 3))


def softmax(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores)
    return shifted / shifted.sum(axis=1, keepdims=True)


def value(name: str, outputs: object, targets: object, **settings: object) -> float:
    metric = get_metric(name, **settings)  # type: ignore[arg-type]
    return metric.of(metric.scores(outputs, targets))


def test_all_names_are_known_in_order() -> None:
    assert names() == (
        "accuracy", "agreement", "box-f1", "cer", "ece", "event-f1", "exact-match", "f1",
        "frame-accuracy", "frame-f1", "iou", "keypoint-error", "log-loss", "mae", "point-iou", "rmse", "segment-f1", "span-f1", "wer",
    )  # fmt: skip
    assert [get_metric(name).name for name in names()] == list(names())


@SETTINGS
@given(labelled())
def test_accuracy_equals_sklearn(data: tuple[np.ndarray, np.ndarray]) -> None:
    y, scores = data
    assert oracle.accuracy_score(y, scores.argmax(1)) == pytest.approx(value("accuracy", scores, y))


@SETTINGS
@given(labelled())
def test_f1_equals_sklearn_macro(data: tuple[np.ndarray, np.ndarray]) -> None:
    y, scores = data
    expected = oracle.f1_score(y, scores.argmax(1), average="macro")
    assert expected == pytest.approx(value("f1", scores, y))


@SETTINGS
@given(labelled())
def test_f1_of_text_labels_equals_f1_of_their_numbers(data: tuple[np.ndarray, np.ndarray]) -> None:
    y, scores = data
    words = np.array(["cat", "dog", "emu"])
    assert value("f1", scores, y) == pytest.approx(value("f1", words[scores.argmax(1)], words[y]))


@SETTINGS
@given(labelled())
def test_log_loss_equals_sklearn(data: tuple[np.ndarray, np.ndarray]) -> None:
    y, scores = data
    expected = oracle.log_loss(y, softmax(scores), labels=[0, 1, 2])
    assert expected == pytest.approx(value("log-loss", softmax(scores), y))
    assert expected == pytest.approx(value("log-loss", scores, y, logits=True))


@SETTINGS
@given(labelled())
def test_errors_equal_sklearn(data: tuple[np.ndarray, np.ndarray]) -> None:
    y, scores = data
    assert oracle.root_mean_squared_error(y, scores[:, 0]) == pytest.approx(
        value("rmse", scores[:, 0], y)
    )
    assert oracle.mean_absolute_error(y, scores[:, 0]) == pytest.approx(
        value("mae", scores[:, :1], y)
    )


@SETTINGS
@given(SENTENCES)
def test_word_and_character_errors_equal_jiwer(pairs: list[tuple[str, str]]) -> None:
    said = [pair[0] for pair in pairs]
    heard = [pair[1] for pair in pairs]
    assume(all(text.strip() for text in said))
    assert jiwer.wer(said, heard) == pytest.approx(value("wer", heard, said))
    assert jiwer.cer(said, heard) == pytest.approx(value("cer", heard, said))


def test_empty_reference_counts_what_was_written() -> None:
    metric = get_metric("wer")
    rows = metric.scores(["a b", ""], ["", "c"])
    assert [[2.0, 0.0], [1.0, 1.0]] == rows.tolist()
    assert metric.of(rows) == 3.0
    assert metric.of(metric.scores([""], [""])) == 0.0
    assert metric.of(metric.scores(["x"], [""])) == math.inf


def test_calibration_error_in_closed_form() -> None:
    confident = np.array([[0.9, 0.1]] * 10)
    targets = [0] * 6 + [1] * 4
    assert value("ece", confident, targets) == pytest.approx(0.3)


def test_calibration_error_equals_a_loop_over_bins() -> None:
    rng = np.random.default_rng(0)
    p, y = softmax(rng.normal(size=(500, 4))), rng.integers(0, 4, 500)
    top, hit = p.max(1), p.argmax(1) == y
    edges = np.linspace(0, 1, 16)
    bins = [(top > a) & (top <= b) for a, b in pairwise(edges)]
    expected = sum(b.mean() * abs(hit[b].mean() - top[b].mean()) for b in bins if b.any())
    assert value("ece", p, y) == pytest.approx(expected)


@pytest.mark.parametrize("name", ["accuracy", "f1", "log-loss", "ece"])
def test_batches_scored_apart_join_to_the_whole(name: str) -> None:
    rng = np.random.default_rng(1)
    p, y = softmax(rng.normal(size=(40, 3))), np.array(["x", "y", "z"])[rng.integers(0, 3, 40)]
    metric = get_metric(name, classes=["x", "y", "z"])
    apart = np.concatenate([metric.scores(p[:7], y[:7]), metric.scores(p[7:], y[7:])])
    assert np.array_equal(apart, metric.scores(p, y))


@pytest.mark.parametrize("name", names())
def test_order_of_samples_does_not_matter(name: str) -> None:
    rng = np.random.default_rng(2)
    metric = get_metric(name)
    rows = metric.scores(*_some(name, rng))
    assert metric.of(rows) == pytest.approx(metric.of(rng.permutation(rows)))


@pytest.mark.parametrize("name", names())
def test_metrics_pickle(name: str) -> None:
    metric = get_metric(name)
    again = pickle.loads(pickle.dumps(metric))
    some = _some(name, np.random.default_rng(3))
    assert np.array_equal(metric.scores(*some), again.scores(*some))


def _places(rng: np.random.Generator) -> dict[str, tuple[object, ...]]:
    low = rng.uniform(0, 3, (2, 5, 3, 2))
    return {
        "iou": tuple(rng.integers(0, 3, (2, 5, 4, 4))),
        "box-f1": tuple(np.concatenate([low, low + 5], axis=3)),
        "point-iou": tuple(rng.integers(0, 3, (2, 5, 12))),
        "keypoint-error": tuple(low),
        "span-f1": tuple(rng.integers(0, 3, (2, 5, 4, 2)).cumsum(axis=-1)),
        "event-f1": tuple(low[..., 0]),
        "segment-f1": tuple(low.cumsum(axis=-1)),
        "frame-accuracy": tuple(rng.integers(-1, 2, (2, 5, 9))),
        "frame-f1": tuple(rng.integers(-1, 2, (2, 5, 9))),
    }


def _some(name: str, rng: np.random.Generator) -> tuple[object, ...]:
    if name in ("wer", "cer"):
        return ["a b", "c", "d e f"], ["a c", "c", "e f"]
    if name in _places(rng):
        return _places(rng)[name]
    y, p = rng.integers(0, 3, 20), softmax(rng.normal(size=(20, 3)))
    if name == "agreement":
        return p, None, p[::-1]
    if name in ("rmse", "mae"):
        return p[:, 0], y
    return (p.argmax(1) if name == "exact-match" else p), y


@pytest.mark.parametrize(
    ("name", "targets", "expected"),
    [
        ("accuracy", [0, 0, 0, 1], 0.75),
        ("exact-match", ["a", "b", "a", "a"], 0.75),
        ("log-loss", [0, 0, 1, 1], math.log(2)),
        ("f1", [0, 0, 0, 1], 2 * 0.75 / 1.75 / 2),
        ("rmse", [0.0, 2.0], 1.0),
        ("mae", [0.0, 0.0, 3.0], 1.0),
        ("wer", ["a"], 1.0),
        ("cer", ["a"], 1.0),
        ("agreement", [1, 1, 0, 1], 0.75),
    ],
)
def test_chance_is_the_best_constant_predictor(
    name: str, targets: list[object], expected: float
) -> None:
    assert get_metric(name).chance(targets) == pytest.approx(expected)


def test_chance_means_nothing_for_calibration_or_without_targets() -> None:
    assert get_metric("ece").chance([0, 1]) is None
    assert get_metric("accuracy").chance(None) is None


def test_f1_chance_is_what_answering_the_majority_scores() -> None:
    targets = [0, 0, 0, 1, 2]
    assert get_metric("f1").chance(targets) == pytest.approx(value("f1", [0] * 5, targets))


def test_a_row_that_is_not_finite_is_missing() -> None:
    outputs = np.array([[0.2, 0.8], [np.nan, 0.5], [np.inf, 0.0]])
    rows = get_metric("accuracy").scores(outputs, [1, 1, 0])
    assert [False, True, True] == np.isnan(rows[:, 0]).tolist()
    rows = get_metric("log-loss").scores(outputs, [1, 1, 0])
    assert [False, True, True] == np.isnan(rows[:, 0]).tolist()


def test_none_is_missing_in_any_list() -> None:
    assert np.isnan(get_metric("accuracy").scores(["a", None], ["a", "b"])[1, 0])
    assert np.isnan(get_metric("accuracy").scores([[0.1, 0.9], None], [1, 1])[1, 0])
    assert np.isnan(get_metric("rmse").scores([1.0, None], [1.0, 2.0])[1, 0])
    assert np.isnan(get_metric("wer").scores([None, "a"], ["a", "a"])[0]).all()


def test_failures_count_as_the_worst_value() -> None:
    assert get_metric("accuracy").worst(np.full((2, 1), np.nan)).tolist() == [[0.0], [0.0]]
    assert get_metric("wer").worst(np.array([[1.0, 5.0]])).tolist() == [[5.0, 5.0]]
    assert get_metric("ece").worst(np.full((1, 2), np.nan)).tolist() == [[1.0, 0.0]]
    assert np.isnan(get_metric("rmse").worst(np.array([[1.0]]))).all()


def test_a_failed_sample_is_a_miss_for_f1_and_no_class() -> None:
    metric = get_metric("f1")
    rows = metric.scores([0, 1, 1], [0, 1, 0])
    failed = np.concatenate([rows[:2], metric.worst(rows[2:])])
    assert metric.of(failed) == pytest.approx((2 / 3 + 1) / 2)


class Tensor:
    """A tensor of another framework, as far as metrics look at it."""

    dtype = "float32"

    def __init__(self, values: object) -> None:
        self.values = np.asarray(values)

    def __len__(self) -> int:
        return len(self.values)

    def detach(self) -> "Tensor":
        return self

    def cpu(self) -> "Tensor":
        return self

    def numpy(self) -> np.ndarray:
        return self.values


def test_tensors_columns_and_booleans_are_read() -> None:
    metric = get_metric("accuracy")
    assert metric.scores(Tensor([[0.1, 0.9]]), [1]).tolist() == [[1.0]]
    assert metric.scores(np.array([[1], [0]]), [1, 1]).tolist() == [[1.0], [0.0]]
    assert metric.scores(np.array([True, False]), [1, 1]).tolist() == [[1.0], [0.0]]
    assert metric.scores([Tensor([0.1, 0.9])], [1]).tolist() == [[1.0]]


def test_text_targets_with_columns_need_classes() -> None:
    outputs = np.array([[0.9, 0.1], [0.2, 0.8]])
    named = get_metric("accuracy", classes=["cat", "dog"])
    assert named.scores(outputs, ["cat", "cat"]).tolist() == [[1.0], [0.0]]
    with pytest.raises(MetricError, match=r"classes=\[") as caught:
        get_metric("accuracy").scores(outputs, ["cat", "dog"])
    assert "texts" in str(caught.value)


def test_one_column_is_the_probability_of_class_one() -> None:
    assert value("log-loss", np.array([0.8, 0.4]), [1, 0]) == pytest.approx(
        -(math.log(0.8) + math.log(0.6)) / 2
    )


@pytest.mark.parametrize(
    ("name", "outputs", "targets", "message"),
    [
        ("accuracy", [0.3, 0.7], [0, 1], "labels: whole numbers or texts"),
        ("accuracy", [1], [0, 1], "as many outputs as samples"),
        ("accuracy", ["a"], [0], "numeric labels"),
        ("accuracy", np.zeros((2, 3, 4)), [0, 1], "one prediction per sample"),
        ("accuracy", [[1, 2], [1]], [0, 1], "rows of one shape"),
        ("accuracy", 3, [0, 1], "one row per sample"),
        ("log-loss", [0, 1], [0, 1], "predict_proba"),
        ("log-loss", [[3.0, 4.0]], [1], "logits=True"),
        ("log-loss", [[0.5, 0.5]], [2], "targets among 2 columns"),
        ("rmse", ["a"], [1.0], "wer"),
        ("rmse", [[1.0, 2.0]], [1.0], "outputs of shape"),
        ("wer", [1.0], ["a"], "list of texts"),
        ("accuracy", [1], None, "agreement"),
        ("agreement", [1], None, "clean outputs"),
    ],
)
def test_what_does_not_fit_is_explained(
    name: str, outputs: object, targets: object, message: str
) -> None:
    with pytest.raises(MetricError, match=message) as caught:
        get_metric(name).scores(outputs, targets)
    assert "got " in str(caught.value)


def test_unknown_names_and_arguments_are_explained() -> None:
    with pytest.raises(MetricError, match="did you mean accuracy"):
        get_metric("acuracy")
    with pytest.raises(MetricError, match="no classes for rmse"):
        get_metric("rmse", classes=[1, 2])
    with pytest.raises(MetricError, match="no logits for accuracy"):
        get_metric("accuracy", logits=True)


def closeness(outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    return -np.abs(outputs - targets)


def test_a_function_becomes_a_metric() -> None:
    metric = get_metric(closeness)
    assert isinstance(metric, Metric)
    assert metric.name == "closeness"
    assert metric.scores(np.array([1.0, 2.0]), np.array([1.0, 4.0])).tolist() == [[0.0], [-2.0]]
    assert custom(closeness, name="near", higher_is_better=False).higher_is_better is False


def test_a_function_that_returns_a_mean_is_refused() -> None:
    with pytest.raises(MetricError, match="one"):
        get_metric(lambda outputs, targets: 0.5).scores([1, 2], [1, 2])


def test_predictions_are_kept_compactly() -> None:
    accuracy = get_metric("accuracy")
    assert accuracy.prediction(np.array([[0.1, 0.9], [np.nan, 0.0]])) == [(1, 0.9), None]
    assert accuracy.prediction(np.array([[3.0, -1.0]])) == [(0, None)]
    assert accuracy.prediction(["cat", None]) == ["cat", None]
    assert get_metric("rmse").prediction(np.array([1.5, np.nan])) == [1.5, None]


def test_a_metric_prints_its_range_and_direction() -> None:
    assert repr(get_metric("wer")) == "Metric(wer: 0 to inf errors per word, lower is better)"
    assert str(get_metric("wer")) == "wer"


def test_lone_surrogates_and_right_to_left_texts_are_labels() -> None:
    assert value("exact-match", ["\ud800", "שלום"], ["\ud800", "שלם"]) == 0.5
