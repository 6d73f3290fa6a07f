"""Breaking severities: what counts as broken, which samples can break, and censoring."""

import numpy as np
import pytest

from noisebench.curve._sample import gather
from noisebench.metrics import Metric, get_metric
from noisebench.metrics._metric import Metric as Described
from noisebench.topology._breaking import Breaking, broken_in, unbounded, unfit
from noisebench.topology._survival import survival_of
from tests.noisebench.topology.planted import noise, profile


def sample(clean, outcomes, metric="accuracy"):
    severities = (0.5, 1.0)
    return gather(
        metric=get_metric(metric) if isinstance(metric, str) else metric,
        severities=severities, clean=np.array(clean, float), outcomes=np.array(outcomes, float),
        ids=None, groups=None,
    )  # fmt: skip


def test_a_sample_breaks_where_it_is_wrong_and_one_that_is_wrong_clean_cannot():
    broken, can = broken_in(sample([1, 1, 1, 0], [[1, 0, 1, 1], [0, 0, 1, 0]]))
    assert [True, True, True, False] == can.tolist()
    assert [[False, True, False], [True, True, False]] == broken[:, 0, :3].tolist()


def test_the_breaking_severity_is_the_middle_of_its_step_and_the_end_where_it_never_breaks():
    hurt = np.array([[[1, 0, 0]], [[1, 1, 0]]], bool)
    assert [0.25, 0.75, 1.0] == Breaking("x", (0.5, 1.0), hurt, True).severity.tolist()


def test_the_mean_breaking_severity_is_the_area_under_what_is_left():
    one = noise("x", np.random.default_rng(0).normal(size=300))
    left = np.array([1.0, *one.kept])
    assert np.isclose(np.trapezoid(left, [0.0, *one.severities]), one.severity.mean())


def test_a_score_that_is_no_0_or_1_breaks_where_half_of_it_above_the_worst_is_lost():
    share = Metric("share", lambda o, t: o, low=0.0, high=1.0)
    broken, can = broken_in(sample([0.8, 0.8, 0.0], [[0.5, 0.3, 0.0], [0.4, 0.9, 0.0]], share))
    assert [[False, True], [True, False]] == broken[:, 0, :2].tolist()
    assert [True, True, False] == can.tolist()


def test_a_loss_breaks_towards_its_upper_bound():
    loss = Metric("loss", lambda o, t: o, higher_is_better=False, low=0.0, high=4.0)
    broken, _ = broken_in(sample([0.0, 1.0], [[1.9, 2.6], [2.1, 2.4]], loss))
    assert [[False, True], [True, False]] == broken[:, 0].tolist()


def test_a_word_error_rate_breaks_towards_the_empty_text():
    rows = np.array([[[0, 4], [1, 4]], [[1, 4], [3, 4]]], float)
    made = gather(
        metric=get_metric("wer"), severities=(0.5, 1.0), clean=np.array([[0, 4], [0, 4]], float),
        outcomes=rows, ids=None, groups=None,
    )  # fmt: skip
    broken, _ = broken_in(made)
    assert [[False, False], [False, True]] == broken[:, 0].tolist()


@pytest.mark.parametrize("name", ["mae", "rmse", "log-loss"])
def test_a_loss_without_a_bound_has_no_half(name):
    assert broken_in(sample([0.1, 0.2], [[0.2, 0.3], [9.0, 8.0]], name)) is None
    assert f"{name} has no upper bound" in unbounded(get_metric(name))
    assert "Metric(..., high=...)" in unbounded(get_metric(name))


def test_a_metric_of_many_samples_together_breaks_none():
    assert "ece is of many samples together" in unfit(get_metric("ece"))
    ratio = Described("ratio", lambda o, t: o, combine=lambda means: means[..., 0] / means[..., 1])
    assert "ratio is of many samples together" in unfit(ratio)
    assert not any(unfit(get_metric(name)) for name in ("accuracy", "f1", "wer", "iou", "box-f1"))


def test_draws_are_averaged_and_fewer_draws_of_the_clean_pass_serve_all():
    made = sample([1, 1], [[[1, 0], [1, 1]], [[0, 0], [0, 1]]])
    broken, _ = broken_in(made)
    found = Breaking("x", (0.5, 1.0), broken, False)
    assert (2, 2, 2) == broken.shape
    assert [0.75, 0.625] == found.severity.tolist()


def test_a_sample_that_recovers_is_counted_and_told():
    hurt = np.zeros((2, 1, 40), bool)
    hurt[0, 0, :10] = True
    hurt[1, 0, 5:20] = True
    found = Breaking("x", (0.5, 1.0), hurt, True)
    assert 5 / 80 == found.recovered
    told = survival_of(found, profile(found))
    assert not told.valid
    assert "6.2 % are right again under more noise" in repr(told)
    assert 0.5 == told.never
