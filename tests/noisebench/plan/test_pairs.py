"""The selection `pairs`: every noise alone, in twos in both orders or at once, and what is refused."""

import numpy as np
import pytest

from noisebench.data import Dataset
from noisebench.errors import PlanError
from noisebench.plan import make_plan, parse_sweep
from tests.noisebench.small import dataset, pair

TWO = "pairs(image/gaussian-noise, image/contrast, at=0.4)"


def planned(item, data=None, **options):
    return [str(s) for s in make_plan(data or dataset(20), [item], **options).sweeps]


def test_each_noise_alone_and_both_in_both_orders():
    assert [
        "image/gaussian-noise@0.4",
        "image/contrast@0.4",
        "image/gaussian-noise@0.4 > image/contrast@0.4",
        "image/contrast@0.4 > image/gaussian-noise@0.4",
    ] == planned(TWO)


def test_every_sweep_parses_back_and_has_one_severity():
    data = dataset(20)
    plan = make_plan(data, [TWO])
    for sweep in plan.sweeps:
        assert sweep == parse_sweep(str(sweep), data)
        assert (0.4,) == plan.severities_of(sweep)


def test_each_may_have_a_severity_or_a_dose_of_its_own():
    item = "pairs(image/gaussian-noise@sigma=0.1, image/contrast@0.7)"
    assert "image/gaussian-noise@sigma=0.1 > image/contrast@0.7" in planned(item)


def test_the_order_of_the_list_alone_where_it_is_that_of_the_world():
    item = (
        "pairs(image/defocus-blur, image/shot-noise, image/jpeg-compression, at=0.2, order=listed)"
    )
    assert 6 == len(planned(item))
    assert "image/shot-noise@0.2 > image/defocus-blur@0.2" not in planned(item)


def test_noises_on_different_inputs_come_together_and_have_no_order():
    found = planned("pairs(image/contrast, text/swap, at=0.6)", pair(20))
    assert "image/contrast@0.6 + text/swap@0.6" == found[-1]
    assert 3 == len(found)


def test_noise_between_inputs_comes_after_or_before():
    found = planned("pairs(image/contrast@0.6, image,text:crossmodal/mispairing@0.5)", pair(20))
    assert [
        "image/contrast@0.6 > image,text:crossmodal/mispairing@0.5",
        "image,text:crossmodal/mispairing@0.5 > image/contrast@0.6",
    ] == found[2:]


def test_every_noise_after_itself():
    found = planned("pairs(image/gaussian-noise, image/contrast, at=0.4, itself=yes)")
    assert "image/gaussian-noise@0.4 > image/gaussian-noise@0.4" in found
    assert 6 == len(found)


def test_a_longer_list_begins_with_the_same_sweeps():
    longer = TWO.replace(", at", ", image/brightness, at")
    assert planned(TWO) == planned(longer)[:4]
    assert 9 == len(planned(longer))


def test_noise_after_itself_is_drawn_anew():
    data = dataset(4)
    sweep = parse_sweep("image/gaussian-noise@0.4 > image/gaussian-noise@0.4", data)
    assert [0, 1] == [part.position for part in sweep.parts]


def test_a_noise_that_several_inputs_suit_is_put_into_each():
    images = np.zeros((4, 8, 8), np.uint8)
    both = Dataset(
        {"left": images, "right": images}, modalities=dict.fromkeys(("left", "right"), "image")
    )
    found = planned("pairs(image/contrast@0.5, left:image/brightness@0.5)", both)
    assert "left:image/contrast@0.5 + right:image/contrast@0.5" in found


def test_what_cannot_run_is_skipped_with_its_reason():
    plan = make_plan(pair(20), ["pairs(image/contrast, text/swap, image/fog, at=0.5)"])
    assert all(why for why in plan.skipped.values())


def test_a_plan_without_a_varying_severity_names_none():
    words = make_plan(dataset(20), ["image/contrast@0.4", "image/fog@0.7"]).describe()
    assert "clean + 2 sweeps at severities or doses of their own, 1 replicate" in words


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("pairs", "two different noises or more"),
        ("pairs()", "two different noises or more"),
        ("pairs(image/contrast@0.4)", "two different noises or more"),
        ("pairs(image/contrast@0.4, image/contrast@0.4)", "two different noises or more"),
        ("pairs(image/contrast, image/brightness)", "a severity for image/contrast"),
        ("pairs(image/contrast@0.4, image/brightness", "a closing bracket"),
        ("pairs(image/contrast, image/brightness, at=2)", r"a severity in \(0, 1\]"),
        ("pairs(image/contrast, image/brightness, at=0.4, order=up)", "order=both or listed"),
        ("pairs(image/contrast, image/brightness, at=0.4, itsef=yes)", "did you mean"),
        ("pairs(image/contrast, image/brightnes, at=0.4)", "did you mean"),
        ("pairs(image/contrast > image/fog, image/brightness, at=0.4)", "single noises"),
    ],
)
def test_what_is_no_pair_is_refused(item, expected):
    with pytest.raises(PlanError, match=expected):
        planned(item)
