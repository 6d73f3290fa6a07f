"""Toys whose account is known in closed form."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from noisebench.curve._records import Estimate
from noisebench.modalities._grid import _whole
from noisebench.modalities._interaction import COMPOUND, DEPENDS, NONE, OVERLAP, _verdict
from tests.noisebench.modalities.toys import cells, share, told

FULL = ("a~", "b~", "a~ b~", "a0", "b0", "a~ b0", "a0 b~", "a?", "b?")


def logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def account(clean, values, **options):
    chance = options.pop("chance", 0.0)
    return told(cells(clean, dict(zip(FULL, values, strict=True)), chance=chance, **options))


def test_additive_logits_interact_on_every_scale_but_their_own():
    start, a, b = 2.0, 1.5, 1.0
    shares = [logistic(start - loss) for loss in (0, a, b, a + b)]
    one = shares[0] - shares[1] - shares[2] + shares[3]
    made = told(
        cells(share(shares[0], 40_000), dict(zip(("a~", "b~", "a~ b~"), shares[1:], strict=True)))
    )
    (found,) = made.interactions
    assert 0 == pytest.approx(found.scales["logit"].value, abs=2e-3)
    assert one == pytest.approx(found.scales["metric"].value, abs=1e-4)
    assert found.scales["logit"].low < 0 < found.scales["logit"].high
    assert found.scales["metric"].high < 0
    assert found.verdict == DEPENDS
    assert (
        "they compound on accuracy and log-retention, no interaction is shown on its logit"
        in found.text
    )


def test_independent_losses_add_up_on_the_scale_of_what_is_retained():
    chance, keep_a, keep_b = 0.1, 0.6, 0.7
    values = [chance + 0.8 * kept for kept in (keep_a, keep_b, keep_a * keep_b)]
    made = told(cells(0.9, dict(zip(("a~", "b~", "a~ b~"), values, strict=True)), chance=chance))
    (found,) = made.interactions
    assert 0 == pytest.approx(found.scales["log-retention"].value, abs=2e-3)


def test_an_and_gate_loses_all_by_either_input_so_its_losses_overlap():
    made = account(1.0, [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    (found,) = made.interactions
    assert 0.5 == pytest.approx(found.scales["metric"].value)
    assert math.log(2) == pytest.approx(found.scales["log-retention"].value, abs=0.01)
    assert found.verdict == OVERLAP
    assert [0.25, 0.25] == pytest.approx([part.loss.value for part in made.attribution.parts])
    assert made.attribution.lead.low < 0 < made.attribution.lead.high


def test_an_or_gate_loses_nothing_by_one_input_so_its_losses_compound():
    (found,) = account(1.0, [1.0, 1.0, 0.5, 1.0, 1.0, 0.5, 0.5, 1.0, 1.0]).interactions
    assert -0.5 == pytest.approx(found.scales["metric"].value)
    assert found.verdict == COMPOUND


def test_no_loss_is_no_interaction():
    (found,) = account(0.9, [0.9] * 9).interactions
    assert found.verdict == NONE


def test_parts_of_the_loss_add_up_to_the_loss():
    values = {
        "a~": 0.8, "b~": 0.7, "c~": 0.85, "a~ b~": 0.5, "a~ c~": 0.75, "b~ c~": 0.62,
        "a~ b~ c~": 0.4,
    }  # fmt: skip
    made = told(cells(0.9, values, inputs=("a", "b", "c")))
    parts = {part.input: part.loss.value for part in made.attribution.parts}
    assert 0.5 == pytest.approx(sum(parts.values()))
    loss = {key: 0.9 - value for key, value in values.items()}
    expected = (
        loss["a~"] / 3
        + (loss["a~ b~"] - loss["b~"]) / 6
        + (loss["a~ c~"] - loss["c~"]) / 6
        + (loss["a~ b~ c~"] - loss["b~ c~"]) / 3
    )
    assert expected == pytest.approx(parts["a"])
    assert "b" == made.attribution.parts[0].input
    assert made.attribution.lead.low > 0


def test_losses_that_are_alike_do_not_get_a_first():
    made = account(0.9, [0.7, 0.7, 0.5, 0.7, 0.7, 0.5, 0.5, 0.5, 0.5])
    assert "cannot be told" in made.attribution.text


def test_clean_inputs_that_carry_the_model_make_good_all_and_useless_ones_nothing():
    made = account(0.9, [0.9, 0.5, 0.5, 0.9, 0.5, 0.5, 0.5, 0.5, 0.5])
    shares = {each.input: each.shares[0] for each in made.compensation}
    assert 1.0 == pytest.approx(shares["a"].value)
    assert 0.0 == pytest.approx(shares["b"].value)
    assert shares["a"].low > 0.9
    assert shares["b"].high < 0.1


def test_compensation_is_undefined_where_the_noisy_input_alone_does_as_well_as_all():
    made = account(0.9, [0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9])
    assert [None, None] == [each.shares[0] for each in made.compensation]
    assert "undefined" in made.compensation[0].text
    assert any("what clean inputs make good" in each.what for each in made.unsaid)
    json.dumps(made.to_json(), allow_nan=False)


def test_noise_that_costs_more_than_absence_is_told_first_and_from_where():
    grid = cells(
        0.95,
        {"a~": [0.9, 0.7, 0.5], "b~": [0.94, 0.9, 0.85], "a0": 0.8, "b0": 0.7},
        severities=(0.2, 0.6, 1.0),
        chance=0.1,
    )
    made = told(grid)
    first, second = made.worse_than_absent
    assert (("a",), 0.6) == (first.inputs, first.onset)
    assert (0.6, 1.0) == first.worse
    assert second.onset is None
    assert 0.4 == pytest.approx(first.crossing.severity, abs=0.01)
    assert first.crossing.low < 0.4 < first.crossing.high
    assert None is second.crossing.severity
    assert made.sentences[0].startswith("Worse than absent: from severity 0.6 on, a~ on a costs")
    assert any("nowhere" in each.text for each in made.worse_than_absent)


def test_an_input_that_does_harm_even_clean_is_told():
    made = told(cells(0.7, {"a~": 0.6, "a0": 0.9}, chance=0.1))
    assert 0.0 == made.worse_than_absent[0].onset
    assert made.sentences[0].startswith(
        "Worse than absent: even clean, the model does worse than without a (accuracy 0.700 against 0.900 without a, "
    )
    assert "a~ on a takes it to 0.600 at severity 1" in made.sentences[0]


def test_what_holds_even_clean_is_said_once_for_all_noises():
    values = {"a~": 0.5, "b~": 0.6, "a0 b0": 0.95, "a0 c0": 0.3, "b0 c0": 0.3}
    made = told(cells(0.9, values, inputs=("a", "b", "c"), chance=0.1))
    (found,) = [each for each in made.sentences if each.startswith("Negative fusion")]
    assert "does worse than with c alone (accuracy 0.900 against 0.950" in found
    assert "a~ on a takes it to 0.500 at severity 1, b~ on b takes it to 0.600" in found


def test_a_severity_without_a_loss_is_not_chosen_however_near_to_half_it_is():
    values = {"a~": [1.0, 0.6], "b~": [1.0, 0.6], "a~ b~": [1.0, 0.35]}
    made = told(cells(1.0, values, severities=(0.5, 1.0), chance=0.75))
    assert 1.0 == made.at
    assert any("Noise in all inputs costs 0.000" in each for each in made.sentences)
    assert any("at severity 0.5 no interaction on any scale (0.000" in e for e in made.sentences)


def test_where_no_loss_is_sure_the_largest_is_told():
    values = {"a~": [0.9, 0.899], "b~": [0.9, 0.9], "a~ b~": [0.9, 0.8985]}
    assert 1.0 == told(cells(0.9, values, severities=(0.5, 1.0), chance=0.1)).at


def test_an_interval_that_touches_zero_in_the_digits_shown_shows_no_interaction():
    wide = [Estimate(-0.015, -0.0291, -0.0004, 9, ""), Estimate(0.0, -1.1, 1.1, 9, "")]
    assert NONE == _verdict(dict(zip(("log-retention", "logit"), wide, strict=True)))
    sure = Estimate(-0.015, -0.025, -0.005, 9, "")
    assert DEPENDS == _verdict({"log-retention": sure, "logit": wide[1]})


def test_an_unused_input_is_named_as_such_and_its_flat_curves_as_no_robustness():
    grid = cells(0.9, {"a~": 0.9, "a?": 0.9, "a0": 0.9, "b?": 0.3}, chance=0.1)
    made = told(grid, flat={"a": ("image/a",)})
    a, b = made.reliance
    assert (True, False) == (a.unused, b.unused)
    assert (False, True) == (a.used, b.used)
    assert 0 == a.shuffled.value
    assert 0.6 == pytest.approx(b.shuffled.value)
    assert 0.75 == pytest.approx(b.share)
    assert made.sentences[0].startswith("Robust because unused: the model does not rely on a")
    assert "image/a" in made.sentences[0]


def test_few_samples_cannot_show_that_an_input_is_unused():
    made = told(cells(share(0.9, 20), {"a?": 0.9, "b?": 0.3}, chance=0.1))
    assert not made.reliance[0].unused
    assert made.reliance[0].most > 0.05


def test_the_fused_model_is_compared_with_the_best_input_that_is_left():
    grid = cells(
        0.95,
        {
            "a~": [0.9, 0.6], "a0 b0": 0.5, "a0 c0": 0.75, "b0 c0": 0.9, "a0": 0.9, "b0": 0.9,
            "c0": 0.9,
        },
        inputs=("a", "b", "c"),
        severities=(0.5, 1.0),
        chance=0.1,
    )  # fmt: skip
    (found,) = told(grid).negative_fusion
    assert "with b alone" == found.against
    assert 0.75 == found.reference
    assert 0.75 == pytest.approx(found.crossing.severity, abs=0.01)
    assert any(each.startswith("Negative fusion: ") for each in told(grid).sentences)


def test_every_subset_of_the_inputs_is_told_with_its_value():
    values = {
        "a0": 0.8, "b0": 0.9, "c0": 0.85, "a0 b0": 0.5, "a0 c0": 0.75, "b0 c0": 0.6, "a~": 0.7,
    }  # fmt: skip
    made = told(cells(0.95, values, inputs=("a", "b", "c"), chance=0.1))
    found = {each.inputs: round(each.value.value, 3) for each in made.subsets}
    expected = {
        ("a", "b", "c"): 0.95, ("a", "c"): 0.9, ("a", "b"): 0.85, ("b", "c"): 0.8,
        ("b",): 0.75, ("a",): 0.6, ("c",): 0.5,
    }  # fmt: skip
    assert expected == found
    assert [*expected] == [*found]
    (said,) = [each for each in made.sentences if "by the inputs that are there" in each]
    assert "with all inputs 0.950" in said
    assert "with a and c 0.900" in said
    assert "with b alone 0.750" in said
    assert 7 == len(made.to_tables()["subsets"])


def test_a_loss_counts_the_other_way_round():
    rng = np.random.default_rng(0)
    base = rng.gamma(4.0, 0.25, size=400)
    sweeps = {"a~": base + 2.0, "a0": base + 0.5, "b~": base + 0.2, "a~ b~": base + 2.3}
    made = told(cells(base, sweeps, metric="log-loss", chance=4.0))
    assert 1.0 == made.worse_than_absent[0].onset
    parts = {part.input: part.loss.value for part in made.attribution.parts}
    assert {"a": 2.05, "b": 0.25} == pytest.approx(parts)
    (found,) = made.interactions
    assert {"metric", "log-retention"} == set(found.scales)
    assert "no share" in found.undefined["logit"]


def test_nothing_is_called_at_the_floor():
    made = account(0.9, [0.12, 0.12, 0.1, 0.5, 0.5, 0.1, 0.1, 0.5, 0.5], chance=0.1)
    (found,) = made.interactions
    assert "cannot be told" == found.verdict
    assert "may be at chance" in found.undefined["log-retention"]


def test_one_severity_of_a_sweep_is_not_told_twice():
    grid = cells(0.95, {"a~": [0.9, 0.7, 0.5], "a0": 0.8}, severities=(0.2, 0.6, 1.0), chance=0.1)
    assert 1 == len(told(grid).worse_than_absent)
    sweep = grid.lines[0]
    part = replace(sweep, states=sweep.states[1:2], levels=sweep.levels[1:2], severities=(0.6,))
    assert [sweep] == _whole([sweep, part]) == _whole([sweep, replace(sweep, name="again")])
