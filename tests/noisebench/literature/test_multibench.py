"""MultiBench's numbers of an audit: the definitions', with paired intervals, and words where they are undefined."""

import math

import numpy as np
import pytest

import noisebench as nb
from noisebench.errors import MetricError
from noisebench.literature import multibench_of
from noisebench.metrics import multibench as published
from tests.noisebench.literature.made import LEVELS, audit_of, falling
from tests.noisebench.small import classify, pair, read

N = 400
TEXT = "multibench/text"


def audits(n=N, **options):
    """Return a model, and another on the same samples whose accuracy falls less far."""
    clean, rows = falling(n, 0.9, 0.55)
    base, other = falling(n, 0.85, 0.7)
    mine = audit_of({TEXT: rows, "multibench/image": rows[::-1]}, clean, **options)
    late = audit_of({TEXT: other, "multibench/image": other[::-1]}, base, name="late", **options)
    return mine, late


@pytest.fixture(scope="module")
def both():
    return audits()


def values(audit, sweep=TEXT):
    return audit.curve(sweep).estimate


def test_the_numbers_are_those_of_the_definitions(both):
    mine, late = both
    found = multibench_of(mine, reference=late)[TEXT]
    own, base = values(mine), values(late)
    assert published.relative_robustness(own) == pytest.approx(found.relative.estimate.value)
    assert published.effective_robustness(own, base) == pytest.approx(found.effective.estimate.value)  # fmt: skip
    assert published.retained_area(own, 0.5) == pytest.approx(found.retained_area.estimate.value)
    expected = published.effective_robustness_on_retention(own, base, 0.5)
    assert expected == pytest.approx(found.effective_on_retention.estimate.value)


def test_the_area_of_retained_performance_is_the_curves_own_area(both):
    area, found = both[0].curve(TEXT).area, multibench_of(both[0])[TEXT].retained_area.estimate
    assert (area.value, area.low, area.high) == pytest.approx((found.value, found.low, found.high))


def test_intervals_are_those_of_paired_samples(both):
    """A sum over levels of one sample's scores is a number of its own, so the interval is that of a mean."""
    mine, late = both
    found = multibench_of(mine, reference=late)[TEXT]
    own, base = mine.curve(TEXT).scores, late.curve(TEXT).scores
    area = 0.1 * (own[1:] + own[:-1]).sum(axis=0) / 2
    gap = (own - own[0] - base + base[0]).sum(axis=0)
    for each, estimate in ((area, found.relative.estimate), (gap, found.effective.estimate)):
        assert each.mean() == pytest.approx(estimate.value)
        half = 1.966 * each.std(ddof=1) / np.sqrt(N)
        assert half == pytest.approx(estimate.value - estimate.low, rel=0.12)
        assert half == pytest.approx(estimate.high - estimate.value, rel=0.12)


def test_samples_are_paired_by_their_ids_and_not_by_their_places(both):
    mine, late = both
    order = np.random.default_rng(1).permutation(N)
    shuffled = audit_of(
        {TEXT: late.curve(TEXT).scores[1:, order]},
        late.curve(TEXT).scores[0, order],
        ids=[str(i) for i in order],
        name="late",
    )
    straight, turned = (multibench_of(mine, reference=each)[TEXT].effective.estimate for each in (late, shuffled))  # fmt: skip
    assert (straight.value, straight.low) == pytest.approx((turned.value, turned.low))


def test_only_samples_that_both_models_have_count(both):
    mine, late = both
    some = audit_of({TEXT: late.curve(TEXT).scores[1:, :300]}, late.curve(TEXT).scores[0, :300])
    found = multibench_of(mine, reference=some)[TEXT]
    assert 300 == found.effective.estimate.n == found.relative.estimate.n
    other = audit_of({TEXT: late.curve(TEXT).scores[1:]}, late.curve(TEXT).scores[0], ids=[f"x{i}" for i in range(N)])  # fmt: skip
    with pytest.raises(MetricError, match="samples in common"):
        multibench_of(mine, reference=other)


def test_a_stored_curve_is_a_reference_that_does_not_vary(both):
    mine, late = both
    stored = {TEXT: values(late).tolist()}
    found = multibench_of(mine, reference=stored)
    expected = published.effective_robustness(values(mine), stored[TEXT])
    assert expected == pytest.approx(found[TEXT].effective.estimate.value)
    assert "the stored curve" in str(found[TEXT].effective)
    other = found["multibench/image"].effective
    assert math.isnan(other.estimate.value)
    assert "there is no stored curve of multibench/image" in str(other)


def test_a_stored_curve_has_to_fit(both):
    mine = both[0]
    with pytest.raises(MetricError, match="did you mean multibench/text"):
        multibench_of(mine, reference={"multibench/txt": [0.5] * 10})
    with pytest.raises(MetricError, match=r"the 10 levels from 0[^!]*last=0.8"):
        multibench_of(mine, reference={TEXT: [0.5] * 9, "multibench/image": [0.5] * 10})
    with pytest.raises(MetricError, match="an audit or stored curves"):
        multibench_of(mine, reference=[0.5] * 10)


def test_a_reference_that_was_not_measured_there_is_said_in_words(both):
    mine, late = both
    short = audit_of({TEXT: late.curve(TEXT).scores[1:5]}, late.curve(TEXT).scores[0], name="late")
    found = multibench_of(mine, reference=short)[TEXT]
    for each in (found.effective, found.effective_on_retention):
        assert math.isnan(each.estimate.value)
        assert "late was not measured under multibench/text at these levels" in str(each)
    assert found.relative.estimate.value > 0


def test_a_model_at_chance_retains_nothing_and_this_is_said(both):
    clean, rows = falling(N, 0.5, 0.5)
    guesser = audit_of({TEXT: rows}, clean, name="guesser")
    found = multibench_of(guesser, reference=both[1])[TEXT]
    for each in (found.retained_area, found.effective_on_retention):
        assert math.isnan(each.estimate.value)
        assert "undefined: the model is at chance" in str(each)
    against = multibench_of(both[0], reference=guesser)[TEXT].effective_on_retention
    assert "guesser is at chance" in str(against)
    flat = {TEXT: [0.5] * 10, "multibench/image": [0.5] * 10}
    stored = multibench_of(both[0], reference=flat)[TEXT].effective_on_retention
    assert "undefined: the stored curve is at chance" in str(stored)


def test_a_model_against_itself_is_0_by_definition(both):
    found = multibench_of(both[0], reference=both[0])[TEXT]
    for each in (found.effective.estimate, found.effective_on_retention.estimate):
        assert (0, 0, 0) == (each.value, each.low, each.high)


def test_without_a_reference_effective_robustness_says_what_it_needs(both):
    found = multibench_of(both[0])
    assert found[TEXT].effective is None
    assert "reference=other_audit" in repr(found)


def test_the_protocols_levels_are_looked_up_among_the_severities():
    clean, rows = falling(60, 0.9, 0.5, levels=12)
    grid = (0.05, *LEVELS, 0.95, 1.0)
    found = multibench_of(audit_of({TEXT: rows}, clean, severities=grid))[TEXT]
    assert (0.0, *LEVELS, 1.0) == found.levels
    kept = [0, *range(2, 11), 12]
    own = audit_of({TEXT: rows}, clean, severities=grid).curve(TEXT).estimate[kept]
    assert published.relative_robustness(own) == pytest.approx(found.relative.estimate.value)
    cut = multibench_of(audit_of({TEXT: rows}, clean, severities=grid), last=0.9)[TEXT]
    assert (0.0, *LEVELS) == cut.levels


def test_a_grid_of_other_levels_is_refused():
    clean, rows = falling(60, 0.9, 0.5, levels=5)
    coarse = audit_of({TEXT: rows}, clean, severities=(0.2, 0.4, 0.6, 0.8, 1.0))
    with pytest.raises(MetricError, match=r"0.1, 0.2, ... up to 0.8 or further[^!]*severities="):
        multibench_of(coarse)
    short = audit_of({TEXT: rows}, clean, severities=LEVELS[:5])
    with pytest.raises(MetricError, match=r"up to 0\.8"):
        multibench_of(short)
    assert 6 == len(multibench_of(short, last=0.5)[TEXT].levels)


def test_sweeps_that_act_at_once_have_numbers_and_chains_have_none(both):
    clean, rows = both[0].curve(TEXT).scores[0], both[0].curve(TEXT).scores[1:]
    names = ("a/x + b/y", "a/x > b/y", "a/x")
    assert ["a/x", "a/x + b/y"] == list(multibench_of(audit_of(dict.fromkeys(names, rows), clean)))


def test_losses_count_as_they_are_and_lower_is_better():
    rng = np.random.default_rng(3)
    clean = rng.uniform(0, 1, 80)
    rows = clean + np.linspace(0.1, 2, 9)[:, None]
    mine = audit_of({TEXT: rows}, clean, metric="mae", chance=3.0)
    base = audit_of({TEXT: rows + 1}, clean, metric="mae", chance=3.0, name="late")
    found = multibench_of(mine, reference=base)[TEXT]
    assert not found.relative.higher_is_better
    assert not found.effective.higher_is_better
    assert found.effective_on_retention.higher_is_better
    assert -9 == pytest.approx(found.effective.estimate.value)
    assert found.effective_on_retention.estimate.value > 0


def test_numbers_are_exported_under_their_full_citation_only(both):
    rows = multibench_of(both[0], reference=both[1]).to_table()
    titles = {row["number"] for row in rows}
    assert {
        "MultiBench relative robustness (Liang et al. 2021)",
        "MultiBench effective robustness (Liang et al. 2021)",
        "area of retained performance",
        "effective robustness on retention",
    } == titles
    assert all(row["low"] <= row["value"] <= row["high"] for row in rows)
    assert {"multibench/text", "multibench/image"} == {row["sweep"] for row in rows}


def test_the_min_max_form_comes_on_request_and_says_what_is_wrong_with_it(both):
    mine, late = both
    assert multibench_of(mine, reference=late)[TEXT].relative_min_max is None
    better = {sweep: [0.95] * 10 for sweep in mine.sweeps}
    found = multibench_of(mine, reference=late, methods={"late": late, "ideal": better})[TEXT]
    relative = {"mine": values(mine), "late": values(late), "ideal": [0.95] * 10}
    areas = {name: published.relative_robustness(each) for name, each in relative.items()}
    assert published.min_max(areas)["mine"] == pytest.approx(found.relative_min_max.estimate.value)
    gaps = {n: published.effective_robustness(each, values(late)) for n, each in relative.items()}
    assert published.min_max(gaps)["mine"] == pytest.approx(found.effective_min_max.estimate.value)
    assert "of this model, late, ideal" in str(found.relative_min_max)
    assert "changes with every method" in str(found.relative_min_max)


def test_equal_methods_have_no_min_max_form(both):
    mine = both[0]
    found = multibench_of(mine, methods={"twin": mine})[TEXT].relative_min_max
    assert math.isnan(found.estimate.value)
    assert "0 / 0" in str(found)


def test_a_sweep_that_is_not_there_is_named(both):
    with pytest.raises(MetricError, match="did you mean multibench/text"):
        multibench_of(both[0])["multibench/txt"]
    with pytest.raises(MetricError, match="a metric of this audit"):
        multibench_of(both[0], metric="f1")


@pytest.mark.slow
def test_the_interval_of_effective_robustness_covers_the_truth():
    """Two models that lose the same in truth, 300 data sets of 60 samples each: 95 % intervals hold 0."""
    inside = 0
    for seed in range(300):
        clean, rows = falling(60, 0.9, 0.6, seed=2 * seed)
        base, other = falling(60, 0.9, 0.6, seed=2 * seed + 1)
        mine, late = (audit_of({TEXT: r}, c, bootstrap=200) for r, c in ((rows, clean), (other, base)))  # fmt: skip
        found = multibench_of(mine, reference=late)[TEXT].effective.estimate
        inside += found.low <= 0 <= found.high
    assert inside / 300 > 0.95 - 4 * np.sqrt(0.05 * 0.95 / 300)


def test_a_comparison_gives_every_model_against_one_of_them():
    models = {"reader": read, "late": lambda x: classify(np.stack(x["image"]))}
    grid = [k / 10 for k in range(1, 10)]
    found = nb.compare(models, pair(40), perturbations=["image/contrast"], severities=grid, bootstrap=100)  # fmt: skip
    numbers = found.multibench("late", min_max=True)
    assert 0 == numbers["late"]["image/contrast"].effective.estimate.value
    assert numbers["reader"]["image/contrast"].effective.estimate.value > 0
    assert numbers["reader"]["image/contrast"].effective_min_max.estimate.value == 1
    own = found["reader"].multibench(reference=found["late"])
    assert repr(own["image/contrast"]) in repr(own)


def test_no_sample_leaves_the_evaluated_set_under_joint_noise():
    """The program deletes samples whose noisy text has no known word, so that its curves are of survivors."""
    grid = [k / 10 for k in range(1, 10)]
    found = nb.audit(read, pair(40), perturbations="multibench", severities=grid, bootstrap=100)
    joint = found["multibench/image(divided_by=3) + multibench/text(divided_by=3)"]
    assert 40 == joint.n == found.multibench()[joint.name].relative.estimate.n
    assert not found.failures
    assert not any(found.left_out.values())
