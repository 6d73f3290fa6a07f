"""The topology of real runs: what it says, and the reason in words for what it cannot say."""

import json
import math

import numpy as np
import pytest

import noisebench as nb
from noisebench.errors import MetricError, PlanError
from noisebench.topology._breaking import Breaking
from noisebench.topology._make import topology
from tests.noisebench.topology.planted import planted, profile

N = 160
NOISES = [
    "timeseries/bias",
    "timeseries/drift",
    "timeseries/baseline-wander",
    "timeseries/burst-dropout(fill=zero)",
    "timeseries/spikes",
]


def margins(n: int = N) -> nb.Dataset:
    """Flat series whose level is right of 0 or left of it, some by more than others."""
    rng = np.random.default_rng(0)
    sign = np.where(np.arange(n) % 2, 1.0, -1.0)
    level = sign * rng.uniform(0.05, 2.0, n)
    series = level[:, None, None] + 0.05 * rng.normal(size=(n, 24, 1))
    return nb.Dataset(
        {"wave": series}, (sign > 0).astype(int), modalities={"wave": "timeseries"},
        facts={"wave": {"rate": 24}},
    )  # fmt: skip


def above(series) -> list[int]:
    return [int(np.asarray(one).mean() > 0) for one in series]


def audited(model=above, data=None, noises=NOISES, **options):
    known = {"severities": [0.25, 0.5, 0.75, 1.0], "bootstrap": 200, "distortion": "none"}
    return nb.audit(model, data or margins(), perturbations=noises, **(known | options))


@pytest.fixture(scope="module")
def found():
    return audited(replicates=3).topology()


def test_it_prints_as_sentences_and_its_parts_as_tables(found):
    assert all(each.endswith(".") for each in found.sentences)
    assert "\n".join(found.sentences) == repr(found)
    assert repr(found.distances).startswith(f"breaking severity distance of {len(found.names)} ")
    assert found.names == found.distances.names


def test_it_is_about_the_samples_that_are_right_without_noise(found):
    run = audited(noises=NOISES[:2])
    right = round(float(run.clean.value) * N)
    assert (right, N) == (run.topology().n, run.topology().of)
    assert found.n == right


def test_a_distance_has_an_interval_and_an_n_and_is_symmetric(found):
    first, second = found.names[:2]
    one, other = found.distances[first, second], found.distances[second, first]
    assert one.low < one.value < one.high
    assert (one.value, one.n) == (other.value, found.n)
    assert 0 == found.distances[first, first].value


def test_another_draw_of_a_noise_is_at_a_distance_of_its_own(found):
    own = found.distances.own["timeseries/bias"]
    assert 0 <= own.value < 1
    assert "timeseries/bias and another draw of it" in repr(own)


def test_failure_is_compared_where_draws_make_its_reliability_known(found):
    assert set(found.geometries) == {"breaking severity", "failure"}
    assert len(found.failure) >= 2


def test_one_draw_leaves_failure_unsaid_and_says_what_would_help():
    made = audited(noises=NOISES[:3]).topology()
    why = next(each.why for each in made.unsaid if "in failure" in each.what)
    assert made.failure is None
    assert "audit with replicates=2 or more" in why


def test_plain_data_has_no_nan_and_goes_through_json(found):
    text = json.dumps(found.to_json(), allow_nan=False)
    assert json.loads(text)["names"] == list(found.names)
    assert {"survival", "distances", "groups", "map", "suite", "unsaid"} <= set(found.to_tables())


def test_a_noise_that_is_not_there_gets_a_hint_or_the_reason_why_it_is_left_out(found):
    with pytest.raises(PlanError, match="did you mean"):
        _ = found.distances["timeseries/bais", "timeseries/bias"]


def test_chains_and_fixed_severities_are_no_noises_of_their_own():
    noises = [*NOISES[:2], "timeseries/bias > timeseries/drift", "timeseries/spikes@0.5"]
    assert set(NOISES[:2]) == {each.name for each in audited(noises=noises).topology().survival}


def test_the_same_run_gives_the_same_topology(found):
    again = audited(replicates=3).topology()
    assert found.to_json() == again.to_json()


# -- what cannot be said -------------------------------------------------------------------------------


def why(topology, what="the topology of noises") -> str:
    return next(each.why for each in topology.unsaid if each.what == what)


def test_one_noise_has_no_distance():
    made = audited(noises=NOISES[:1]).topology()
    assert made.distances is None
    assert "it takes 2 noises, and one noise has an order" in why(made, "how far noises are apart")
    assert 1 == len(made.survival)


def test_two_noises_have_a_distance_but_no_map():
    made = audited(noises=NOISES[:2]).topology()
    assert 2 == len(made.distances)
    assert "it takes 3 noises, and 2 noises have an order" in why(made, "a map of noises")


def test_one_severity_still_orders_what_breaks_before_what_does_not():
    made = audited(noises=NOISES[:3], severities=[1.0]).topology()
    assert made.map is not None


def test_a_noise_that_breaks_nothing_has_no_place():
    made = audited(noises=[*NOISES[:2], "timeseries/time-shift"]).topology()
    assert f"none of the {made.n} samples breaks" in why(made, "where timeseries/time-shift lies")
    assert "timeseries/time-shift" in {each.name for each in made.survival}


def test_samples_that_all_break_at_once_have_no_order():
    everything = np.ones((2, 1, 40), bool)
    made = topology(
        profile(*planted(40, [0, 0]).noises, Breaking("x", (0.5, 1.0), everything, True))
    )
    assert "all 40 samples break in one step of the severities" in why(made, "where x lies")


def test_few_that_break_elsewhere_are_too_few_to_order():
    few = np.zeros((2, 1, 40), bool)
    few[:, 0, :9] = True
    made = topology(profile(*planted(40, [0, 0]).noises, Breaking("x", (0.5, 1.0), few, True)))
    assert "fewer than 10 of 40 samples" in why(made, "where x lies")


def test_noises_that_lie_nowhere_for_one_reason_are_told_together():
    noises = [*NOISES[:2], "timeseries/time-shift", "timeseries/gain-error"]
    what = "where timeseries/time-shift and timeseries/gain-error lie"
    assert "none of the 160 samples breaks" in why(audited(noises=noises).topology(), what)


def test_a_model_that_is_never_right_has_nothing_to_break():
    made = audited(lambda series: [1 - label for label in above(series)]).topology()
    assert "worse than chance" in why(made) or "no sample is right" in why(made)


def test_a_model_at_chance_breaks_by_luck():
    made = audited(lambda series: [i % 3 % 2 for i in range(len(series))]).topology()
    assert "the model is at chance (accuracy" in why(made)
    assert "so which samples break is luck" in why(made)


def test_one_class_is_chance_itself():
    data = margins()
    one = nb.Dataset(
        {"wave": data.take(data.ids).inputs["wave"]}, np.ones(N, int),
        modalities={"wave": "timeseries"}, facts=data.facts,
    )  # fmt: skip
    assert "chance" in why(audited(lambda series: [1] * len(series), one).topology())


def test_fewer_than_20_samples_say_nothing():
    made = audited(data=margins(18)).topology()
    assert "of 18 samples are right without noise, and the order in which fewer than 20" in why(
        made
    )


def test_a_loss_without_a_bound_must_declare_one():
    def level(series):
        return np.array([np.asarray(one).mean() for one in series])

    assert "mae has no upper bound" in why(audited(level, metric="mae").topology())


def test_a_metric_of_all_samples_together_is_refused_by_name():
    def sure(series):
        p = 1 / (1 + np.exp(-4 * np.array([np.asarray(one).mean() for one in series])))
        return np.stack([1 - p, p], axis=1)

    run = audited(sure, metric=["accuracy", "ece"], noises=NOISES[:2])
    assert "ece is of many samples together" in why(run.topology(metric="ece"))
    with pytest.raises(MetricError):
        run.topology(metric="f1")


def test_an_audit_of_chains_only_has_no_noise_of_its_own():
    made = audited(noises=["timeseries/bias > timeseries/drift"]).topology()
    assert "no noise of its own with a varying severity" in why(made)


@pytest.mark.parametrize("kept", [0.0, 1.0, 7])
def test_a_share_that_is_none_is_refused(kept):
    with pytest.raises(PlanError, match="a share between 0 and 1"):
        audited(noises=NOISES[:2]).topology(kept=kept)


def test_groups_of_samples_are_what_is_drawn_again():
    data = margins()
    inputs = {"wave": data.take(data.ids).inputs["wave"]}
    known = {"modalities": {"wave": "timeseries"}, "facts": data.facts}
    grouped = nb.Dataset(inputs, data.targets, groups=np.arange(N) // 8, **known)
    made = audited(data=grouped, noises=NOISES[:3]).topology()
    assert "in 20 groups" in made.distances.ground


def test_a_run_that_was_stopped_rests_on_what_it_has(tmp_path):
    seen = 0

    def stop(done, total, what):
        nonlocal seen
        seen = done
        if done >= 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audited(run_dir=tmp_path, batch_size=80, noises=NOISES[:2], progress=stop)
    made = nb.load(tmp_path).topology()
    assert 0 < made.of < N
    assert not any(
        isinstance(v, float) and math.isnan(v)
        for row in made.to_tables()["survival"]
        for v in row.values()
    )
