"""The second stage: pairs chosen from the curves, their cost told first, added to a run, and continued."""

import json

import numpy as np
import pytest

import noisebench as nb
from noisebench.compose import compose, plan_pairs
from noisebench.errors import DataError, LedgerError, PlanError
from tests.noisebench.topology.test_runs import NOISES, N, above, audited, margins


@pytest.fixture
def run(tmp_path):
    return audited(run_dir=tmp_path / "run")


def silent(*args, **options):
    return compose(*args, tell=None, **options)


def test_the_cost_is_told_before_the_model_is_called(run):
    said = []

    def model(series):
        assert said
        return above(series)

    compose(run, model, margins(), cells=12, tell=said.append)
    assert "noises in twos, each at the severity at which it leaves 80 % of the samples" in said[0]
    assert "cells: clean + " in said[0]
    assert f"{N} samples" in said[0]


@pytest.mark.parametrize("cells", [7, 12, 40])
def test_no_more_cells_are_spent_than_the_budget_has(run, cells):
    made = silent(run, above, margins(), cells=cells)
    assert 4 < len(made.pairs.header["cells"]) <= cells


def test_each_noise_alone_leaves_the_matched_share(run):
    found = silent(run, above, margins(), cells=40).topology().composition
    last = {each.name: 1 - each.never for each in run.topology().survival}
    for pair in found.pairs:
        for name, alone in zip((pair.first, pair.second), pair.alone, strict=True):
            reaches = last[name.rpartition("@")[0]] > 0.2
            assert not reaches or abs(alone.value - 0.8) < 0.1


def test_a_topology_tells_how_noises_combine_once_that_is_measured(run):
    before = run.topology()
    assert before.composition is None
    assert any("how noises combine" in each for each in before.sentences)
    after = silent(run, above, margins(), cells=40).topology()
    assert after.composition.pairs
    assert not any("how noises combine" in each for each in after.sentences)
    assert {"pairs", "itself"} <= {name for name, rows in after.to_tables().items() if rows}
    json.dumps(after.to_json(), allow_nan=False)


def test_each_noise_has_its_sham(run):
    found = silent(run, above, margins(), cells=40).topology().composition
    assert {each.name for each in found.itself} == set(found.noises)


def test_shares_are_what_the_cells_of_the_run_say(run):
    """All samples are right without noise here, so that what is left is the accuracy of a cell."""
    made = silent(run, above, margins(), cells=40)
    for pair in made.topology().composition.pairs:
        cells = [
            made.pairs[f"{a} > {b}"].estimate[-1]
            for a, b in ((pair.first, pair.second), (pair.second, pair.first))
        ]
        assert cells == pytest.approx([pair.forward.value, pair.backward.value])
        assert pair.order.value == pytest.approx(cells[0] - cells[1])
        assert pair.both.value == pytest.approx(sum(cells) / 2)


def test_the_audit_itself_stays_as_it_was(run):
    before = run.to_table()
    assert before == silent(run, above, margins(), cells=12).to_table()


def test_it_is_read_back_and_saved_with_the_run(run, tmp_path):
    made = silent(run, above, margins(), cells=12)
    wanted = made.topology().to_json()
    assert wanted == nb.load(run.directory).topology().to_json()
    assert wanted == nb.load(made.save(tmp_path / "copy")).topology().to_json()


def test_a_larger_budget_adds_to_what_is_there(run):
    small = silent(run, above, margins(), cells=8)
    cells = small.pairs.header["cells"]
    called = []

    def model(series):
        called.append(len(series))
        return above(series)

    large = silent(small, model, margins(), cells=16)
    assert cells == large.pairs.header["cells"][: len(cells)]
    assert len(large.pairs.header["cells"]) > len(cells)
    assert sum(called) < N * len(large.pairs.header["cells"])


def test_a_smaller_budget_keeps_what_is_there(run):
    large = silent(run, above, margins(), cells=16)
    cells = large.pairs.header["cells"]
    assert cells == silent(large, above, margins(), cells=8).pairs.header["cells"]


def test_the_noises_may_be_named_in_the_order_of_the_world(run):
    names = ["timeseries/spikes", "timeseries/bias"]
    plan = plan_pairs(run, margins(), noises=names, listed=True, itself=False)
    alone = [str(sweep) for sweep in plan.sweeps if len(sweep.parts) == 1]
    assert names == [each.partition("@")[0] for each in alone]
    assert 3 == len(plan.sweeps)


def test_an_audit_can_spend_on_pairs_at_once(tmp_path, capsys):
    made = audited(run_dir=tmp_path, compose=12)
    assert made.topology().composition is not None
    assert "noises in twos" in capsys.readouterr().out


def test_an_audit_without_two_noises_to_pair_says_why_and_is_kept(capsys):
    made = audited(noises=NOISES[:1], compose=12)
    assert made.complete
    assert "no noises in twos: " in capsys.readouterr().out


# -- what is refused -----------------------------------------------------------------------------------


def test_another_model_is_refused(run):
    with pytest.raises(LedgerError, match="answers otherwise"):
        silent(run, lambda series: [1 - each for each in above(series)], margins(), cells=12)


def test_other_data_is_refused(run):
    other = margins(N - 2)
    with pytest.raises(DataError, match="the data that was audited"):
        silent(run, above, other, cells=12)
    with pytest.raises(DataError, match="the Dataset that was audited"):
        silent(run, above, [1, 2], cells=12)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"cells": 4}, "at least 7 cells, for two noises"),
        ({"cells": True}, "a whole number of cells"),
        ({"kept": 1.0}, "a share between 0 and 1"),
        ({"noises": ["timeseries/bias"]}, "two noises that break samples"),
        ({"noises": ["timeseries/bias", "timeseries/spike"]}, "did you mean"),
    ],
)
def test_what_cannot_be_planned_is_refused(run, options, expected):
    with pytest.raises(PlanError, match=expected):
        silent(run, above, margins(), **({"cells": 40} | options))


def test_noises_that_break_nothing_cannot_be_paired(tmp_path):
    run = audited(run_dir=tmp_path, noises=["timeseries/time-shift", "timeseries/gain-error"])
    with pytest.raises(PlanError, match="too many to see what it does with another"):
        silent(run, above, margins())


def test_an_unfinished_audit_is_refused(tmp_path):
    def stop(done, total, what):
        if done >= 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audited(run_dir=tmp_path, batch_size=80, progress=stop)
    with pytest.raises(PlanError, match="a finished audit"):
        silent(nb.load(tmp_path), above, margins())


# -- pairs in the plan ---------------------------------------------------------------------------------


def test_pairs_of_the_plan_itself_are_read_as_well():
    noises = [*NOISES[:3], "pairs(timeseries/bias, timeseries/spikes, at=0.5, itself=yes)"]
    found = audited(noises=noises).topology().composition
    (pair,) = found.pairs
    assert ("timeseries/bias@0.5", "timeseries/spikes@0.5") == (pair.first, pair.second)
    assert pair.order is not None


# -- bad input -----------------------------------------------------------------------------------------

ONLY = "pairs(timeseries/bias, timeseries/spikes, at=0.5, itself=yes)"


def test_pairs_without_a_varying_severity_still_combine():
    made = audited(noises=[ONLY]).topology()
    (pair,) = made.composition.pairs
    assert pair.both.n == made.n
    assert all("cannot be told" in repr(each) for each in made.composition.itself)


def test_a_model_at_chance_has_no_pairs():
    def luck(series):
        return [i % 3 % 2 for i in range(len(series))]

    assert audited(luck, noises=[ONLY]).topology().composition is None
    with pytest.raises(PlanError, match="so which samples break is luck"):
        silent(audited(luck), luck, margins())


def test_one_class_has_no_pairs():
    data = margins()
    one = nb.Dataset(
        {"wave": data.take(data.ids).inputs["wave"]}, [1] * N, modalities={"wave": "timeseries"}, facts=data.facts,
    )  # fmt: skip
    made = audited(lambda series: [1] * len(series), one, [ONLY]).topology()
    assert made.composition is None


def test_fewer_than_20_samples_have_no_pairs():
    with pytest.raises(PlanError, match="fewer than 20 break says nothing"):
        silent(audited(data=margins(18)), above, margins(18))
    made = audited(data=margins(18), noises=[*NOISES[:2], ONLY]).topology()
    assert made.composition is None
    assert made.unsaid


def test_a_metric_of_all_samples_together_has_no_pairs():
    def sure(series):
        p = 1 / (1 + np.exp(-4 * np.array([np.asarray(one).mean() for one in series])))
        return np.stack([1 - p, p], axis=1)

    run = audited(sure, metric=["ece", "accuracy"])
    with pytest.raises(PlanError, match="no single sample can break"):
        silent(run, sure, margins())
    made = audited(sure, metric=["accuracy", "ece"], noises=[ONLY]).topology(metric="ece")
    assert made.composition is None
    assert "ece is of many samples together" in made.unsaid[0].why


def test_a_loss_without_a_bound_has_no_pairs():
    def level(series):
        return np.array([np.asarray(one).mean() for one in series])

    made = audited(level, metric="mae", noises=[ONLY]).topology()
    assert made.composition is None
    assert made.unsaid


@pytest.mark.parametrize("answer", [0, 1])
def test_samples_that_are_all_broken_or_all_kept_by_a_pair_have_defined_parts(answer):
    """Noise at its highest either leaves a constant model as right as before, or breaks whatever is of the other class."""

    def loud(series):
        return [
            answer if np.asarray(one).std() > 1 else int(np.asarray(one).mean() > 0)
            for one in series
        ]

    made = audited(loud, noises=["pairs(timeseries/bias@0.2, timeseries/additive-noise@1)"])
    found = made.topology()
    json.dumps(found.to_json(), allow_nan=False)
    assert found.composition is not None or found.unsaid
