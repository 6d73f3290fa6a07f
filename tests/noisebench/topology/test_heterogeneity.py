"""How far two maps are apart: laws in closed form, planted differences, and error rates by simulation."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

import noisebench as nb
from noisebench.errors import PlanError
from noisebench.modalities import Unsaid
from noisebench.topology import Heterogeneity, Regions, between, together
from noisebench.topology._heterogeneity import heterogeneity_of
from noisebench.topology._permuted import dealt, share_of, swapped
from noisebench.topology._regions import regions_of
from tests.noisebench.topology.planted import noise, planted, profile, strengths
from tests.noisebench.topology.test_runs import NOISES, N, above, audited, margins

SAME = [0, 0, 0, 1, 1, 1]
OTHER = [0, 1, 0, 1, 0, 1]
AB = ("a", "b")


def named(latent, ids=None):
    made = profile(*(noise(f"x{i}", column) for i, column in enumerate(latent.T)))
    return made if ids is None else replace(made, ids=tuple(ids))


def models(rng, n, first=SAME, second=SAME, *, own=0.8):
    """Return two models of the same samples: how weak a sample is, alone and to a family of noises, is theirs in part."""
    common = rng.normal(size=(n, 1))

    def one(families):
        codes = np.asarray(families)
        each = rng.normal(size=(n, codes.max() + 1))[:, codes]
        return named(common + 1.5 * each + own * rng.normal(size=(n, len(codes))))

    return one(first), one(second)


def slices(rng, n, first=SAME, second=SAME):
    options = {"family": 1.5, "own": 0.8, "rng": rng}
    return (
        named(strengths(n, first, **options), (f"a{i}" for i in range(n))),
        named(strengths(2 * n, second, **options), (f"b{i}" for i in range(2 * n))),
    )


# -- laws ----------------------------------------------------------------------------------------------


def test_a_map_is_not_apart_from_itself():
    one = named(strengths(100, SAME))
    found = heterogeneity_of(one, one, AB)
    assert (0, 1, True) == (found.apart.value, found.p, found.paired)
    assert found.likeness == pytest.approx(1)
    assert np.allclose(found.places[0], found.places[1], atol=0.02)
    assert () == found.gaps


def test_which_map_comes_first_changes_nothing_but_signs():
    one, other = models(np.random.default_rng(0), 300, second=OTHER)
    found, back = heterogeneity_of(one, other, AB), heterogeneity_of(other, one, AB[::-1])
    assert found.apart.value == pytest.approx(back.apart.value)
    assert found.likeness == pytest.approx(back.likeness)
    assert [each.difference.value for each in found.gaps] == pytest.approx(
        [-each.difference.value for each in back.gaps]
    )


@pytest.mark.parametrize("made", [models, slices])
def test_noises_that_change_company_are_found(made):
    one, other = made(np.random.default_rng(1), 500, second=OTHER)
    found = heterogeneity_of(one, other, AB)
    assert found.sure
    assert found.paired == (made is models)
    assert found.apart.low > 0.1
    # Pairs within a family of one model alone, 3 + 3 of each, less those that are together in both.
    assert {("x0", "x1"), ("x1", "x2"), ("x3", "x4"), ("x4", "x5")} <= {e.names for e in found.gaps}
    assert ("x0", "x2") not in {each.names for each in found.gaps}
    assert "a and b do not see one map" in repr(found).lower()


def test_what_is_alike_on_one_map_only_is_named():
    one, other = models(np.random.default_rng(2), 800, second=[0, 0, 0, 1, 2, 3])
    said = repr(heterogeneity_of(one, other, AB))
    assert "Alike for both: x0, x1 and x2." in said
    assert "Alike for a only: x3, x4 and x5." in said


def test_where_no_difference_is_shown_none_is_told():
    one, other = models(np.random.default_rng(3), 200)
    said = repr(heterogeneity_of(one, other, AB))
    assert said.startswith("No difference between the maps of a and b is shown")
    assert " only: " not in said
    assert "differ most" not in said


def test_distances_that_move_without_losing_their_pattern_are_alike():
    one, other = models(np.random.default_rng(4), 800, own=0.5)
    weak = models(np.random.default_rng(4), 800, own=2.0)[1]
    found = heterogeneity_of(one, weak, AB)
    assert found.sure
    assert found.likeness > 0.8
    assert "their pattern is shared" in repr(found)
    assert heterogeneity_of(one, other, AB).likeness > 0.8


def test_of_four_noises_no_pattern_can_be_told():
    one, other = models(np.random.default_rng(0), 100, [0, 0, 1, 1], [0, 0, 1, 1])
    said = repr(heterogeneity_of(one, other, AB))
    assert "4 noises are too few to tell whether their pattern is shared" in said


def test_groups_of_samples_are_swapped_together():
    rng = np.random.default_rng(5)
    one, other = models(rng, 60, second=OTHER)
    rows, groups = np.repeat(np.arange(60), 10), np.repeat(np.arange(60), 10)
    again = [
        profile(*(each.take(rows) for each in known.noises), groups=groups)
        for known in (one, other)
    ]
    apart = [heterogeneity_of(*known, AB).apart for known in ((one, other), again)]
    assert apart[1].high - apart[1].low == pytest.approx(apart[0].high - apart[0].low, rel=0.1)


def test_plain_data_goes_through_json():
    made = heterogeneity_of(*models(np.random.default_rng(1), 300, second=OTHER), AB)
    found = json.loads(json.dumps(made.to_json(), allow_nan=False))
    assert {"apart", "p", "likeness", "moved", "gaps", "sentences"} <= set(found)


# -- error rates ---------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("made", "drawn"), [(models, swapped), (slices, dealt)])
def test_one_map_is_called_two_no_more_often_than_claimed(made, drawn):
    rng = np.random.default_rng(6)
    ps = []
    for _ in range(150):
        observed, null = drawn(*made(rng, 60))
        ps.append(share_of(float((observed**2).sum()), (null**2).sum(axis=1)))
    for level in (0.05, 0.2):
        assert abs((np.array(ps) < level).mean() - level) <= 3.5 * math.sqrt(
            level * (1 - level) / 300
        )


@pytest.mark.slow
def test_how_far_maps_are_apart_is_covered():
    truth = heterogeneity_of(
        *models(np.random.default_rng(7), 60_000, second=OTHER), AB
    ).apart.value
    rng, hits, values = np.random.default_rng(8), 0, []
    for _ in range(50):
        found = heterogeneity_of(*models(rng, 150, second=OTHER), AB).apart
        hits += found.low <= truth <= found.high
        values.append(found.value)
    assert 0.85 <= hits / 50 <= 1
    assert np.mean(values) == pytest.approx(truth, abs=0.02)


@pytest.mark.slow
def test_maps_without_a_common_pattern_are_hardly_called_alike():
    rng = np.random.default_rng(9)
    called = 0
    for _ in range(50):
        first, second = (
            rng.permutation([0, 0, 0, 0, 1, 1, 1, 1]),
            rng.permutation([0, 0, 0, 0, 1, 1, 1, 1]),
        )
        found = heterogeneity_of(*slices(rng, 100, first, second), AB)
        called += found.likeness_p < 0.05
    assert called / 50 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 50)


# -- what cannot be said -------------------------------------------------------------------------------


def test_fewer_than_three_common_noises_make_no_map():
    one, other = models(np.random.default_rng(0), 100)
    why = heterogeneity_of(one.only(["x0", "x1"]), other, AB)
    assert why.startswith("it takes 3 noises, and only 2 of the noises have a place on both maps")
    assert "x2: it was measured for b only" in why


def test_noises_at_other_severities_are_not_compared():
    latent = strengths(100, SAME)
    other = profile(*(noise(f"x{i}", c, grid=(0.25, 0.5, 1.0)) for i, c in enumerate(latent.T)))
    assert "it was measured at other severities" in heterogeneity_of(named(latent), other, AB)


def test_fewer_than_20_samples_make_no_map():
    one = named(strengths(100, SAME))
    few = replace(named(strengths(19, SAME)), ids=tuple(f"other{i}" for i in range(19)))
    assert "fewer than 20 break says nothing" in heterogeneity_of(one, few, AB)


def test_ties_everywhere_have_no_map():
    """All samples break in one step under every noise."""
    flat = planted(40, [0, 0, 0])
    flat = replace(
        flat, noises=tuple(replace(e, broken=np.ones_like(e.broken)) for e in flat.noises)
    )
    why = heterogeneity_of(flat, planted(40, [0, 0, 0]), AB)
    assert "it takes 3 noises, and no noise has a place on both maps" in why
    assert "break in one step of the severities" in why


# -- inputs --------------------------------------------------------------------------------------------


def inputs(families, names, n=400, seed=0):
    made = planted(n, families, family=2.0, own=0.4, seed=seed)
    return replace(
        made,
        noises=tuple(
            replace(each, inputs=(name,)) for each, name in zip(made.noises, names, strict=True)
        ),
    )


def test_inputs_whose_noises_break_their_own_samples_are_regions():
    (found,) = regions_of(inputs([0, 0, 0, 0, 1, 1, 1, 1], ["eye"] * 4 + ["ear"] * 4))
    assert found.across.value > max(each.value for each in found.within) + 0.2
    assert found.own_p < 0.05
    assert "surely break the same samples more" in repr(found)


def test_inputs_whose_noises_are_of_one_kind_are_no_regions():
    (found,) = regions_of(inputs([0, 1, 0, 1, 0, 1, 0, 1], ["eye"] * 4 + ["ear"] * 4))
    assert found.own_p > 0.05
    assert "is not shown" in repr(found)


def test_maps_of_two_shapes_are_apart():
    (found,) = regions_of(inputs([0] * 5 + [1, 2, 3, 4, 5], ["eye"] * 5 + ["ear"] * 5))
    assert found.apart > 0.2
    assert found.p < 0.05


def test_an_input_with_few_noises_has_no_shape():
    why = regions_of(inputs([0, 0, 0, 1], ["eye"] * 3 + ["ear"]))
    assert "eye has 3, ear has 1" in why


# -- runs ----------------------------------------------------------------------------------------------


def low(series):
    """A model that looks at the first half alone."""
    return [int(np.asarray(one)[:12].mean() > 0) for one in series]


@pytest.fixture(scope="module")
def compared():
    return nb.compare(
        {"whole": above, "half": low}, margins(), perturbations=NOISES, severities=[0.25, 0.5, 0.75, 1.0],
        bootstrap=200, distortion="none", gallery=False,
    )  # fmt: skip


def test_a_comparison_says_how_far_the_maps_of_its_models_are_apart(compared):
    found = compared.heterogeneity("whole", "half")
    assert isinstance(found, Heterogeneity)
    assert ("whole", "half") == found.labels
    assert found.paired


def test_slices_are_compared_with_the_rest():
    data = margins(400)
    sliced = nb.Dataset(
        {"wave": data.take(data.ids).inputs["wave"]}, data.targets, modalities={"wave": "timeseries"},
        facts=data.facts, slices={"side": ["left" if t else "right" for t in data.targets]},
    )  # fmt: skip
    run = audited(data=sliced)
    (found,) = run.heterogeneity()
    assert isinstance(found, Heterogeneity)
    assert {"side left", "side right"} == set(found.labels)
    assert not found.paired
    with pytest.raises(PlanError, match="did you mean"):
        run.heterogeneity(by="sied")


def test_slices_that_are_not_shown_to_differ_are_told_together():
    rng = np.random.default_rng(3)
    same = [heterogeneity_of(*slices(rng, 150), (f"side {k}", "the rest")) for k in range(3)]
    same = [replace(each, p=0.4) for each in same]
    (said,) = together([*same, Unsaid("a", "b")])
    assert said.startswith("No difference from the map of the rest is shown for side 0, side 1 and")
    assert "p = 0.4 or more" in said
    sure = replace(same[0], p=0.01)
    assert together([sure]) == sure.sentences
    assert together([sure, *same[1:]]) == (*sure.sentences, together(same[1:])[0])
    assert together(same[:1]) == same[0].sentences


def test_a_run_with_one_input_and_no_slice_has_nothing_to_compare():
    assert () == audited(noises=NOISES[:3]).heterogeneity()
    assert () == audited(lambda series: [i % 3 % 2 for i in range(len(series))]).heterogeneity()


def test_a_model_at_chance_has_no_map_to_compare():
    good, luck = audited(), audited(lambda series: [i % 3 % 2 for i in range(len(series))])
    found = between(good, luck, ("good", "luck"), metric="accuracy")
    assert isinstance(found, Unsaid)
    assert "luck: " in found.why
    assert "chance" in found.why


def test_a_metric_that_one_run_lacks_is_said():
    run = audited(noises=NOISES[:3])
    found = between(run, run, ("one", "two"), metric="f1")
    assert "one: f1 was not scored" == found.why


def test_maps_of_too_few_samples_say_so():
    run = audited(data=margins(18))
    assert "fewer than 20" in between(run, run, AB, metric="accuracy").why


def test_regions_of_a_real_run_are_said_or_why_not():
    data = margins()
    waves = data.take(data.ids).inputs["wave"]
    both = nb.Dataset(
        {"one": waves, "two": -waves}, data.targets, modalities=dict.fromkeys(("one", "two"), "timeseries"),
        facts={name: {"rate": 24} for name in ("one", "two")},
    )  # fmt: skip

    def model(inputs):
        pairs = zip(inputs["one"], inputs["two"], strict=True)
        return [int(np.asarray(a).mean() - np.asarray(b).mean() > 0) for a, b in pairs]

    noises = [f"{name}:{each}" for name in ("one", "two") for each in NOISES]
    found = audited(model, both, noises).heterogeneity(by="inputs")
    assert N == len(data)
    assert all(isinstance(each, Regions | Unsaid) for each in found)
    assert found
