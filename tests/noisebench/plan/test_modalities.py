"""The selection `modalities`: all cells that an account needs, by one word."""

import numpy as np
import pytest

from noisebench.data import Dataset
from noisebench.errors import PlanError
from noisebench.plan import expand, make_plan

N = 12


def data(**kinds: str) -> Dataset:
    rng = np.random.default_rng(0)
    made = {
        "image": rng.integers(0, 255, (N, 8, 8), np.uint8),
        "text": [f"the letter number {i} is here" for i in range(N)],
        "audio": rng.normal(size=(N, 600)).astype(np.float32) / 8,
        "timeseries": rng.normal(size=(N, 600, 2)),
    }
    facts = {
        name: {"rate": 1000} for name, kind in kinds.items() if kind in ("audio", "timeseries")
    }
    inputs = {name: made[kind] for name, kind in kinds.items()}
    return Dataset(inputs, np.arange(N) % 2, modalities=kinds, facts=facts)


def texts(selection, dataset: Dataset) -> list[str]:
    return [str(sweep) for sweep in expand(selection, dataset)[0]]


def test_two_inputs_need_nine_sweeps():
    assert texts("modalities", data(seen="image", read="text")) == [
        "image/gaussian-noise",
        "text/keyboard-typo",
        "image/gaussian-noise + text/keyboard-typo",
        "image/gaussian-noise > seen,read:crossmodal/missing-input@1",
        "text/keyboard-typo > read,seen:crossmodal/missing-input@1",
        "read,seen:crossmodal/missing-input@1",
        "seen,read:crossmodal/missing-input@1",
        "read,seen:crossmodal/mispairing@1",
        "seen,read:crossmodal/mispairing@1",
    ]


def test_brackets_name_another_noise_another_filling_and_one_severity():
    found = texts(
        "modalities(seen=image/contrast, fill=zeros, at=0.4)", data(seen="image", read="text")
    )
    assert found[0] == "image/contrast"
    assert "image/contrast@0.4 + text/keyboard-typo@0.4" in found
    assert "seen,read:crossmodal/missing-input(fill=zeros)@1" in found
    assert {"image/contrast@0.4", "text/keyboard-typo@0.4"} <= set(found)


def test_a_chain_may_stand_for_an_input():
    found = texts(
        "modalities(seen=image/contrast > image/gaussian-noise, read=text/swap)",
        data(seen="image", read="text"),
    )
    assert found[0] == "image/contrast > image/gaussian-noise"
    assert found[2] == "(image/contrast > image/gaussian-noise) + text/swap"
    assert found[3] == (
        "image/contrast > image/gaussian-noise > seen,read:crossmodal/missing-input@1"
    )


def test_settings_of_a_noise_stay_with_it():
    found = texts(
        "modalities(read=text/keyboard-typo(layout=azerty))", data(seen="image", read="text")
    )
    assert "text/keyboard-typo(layout=azerty)" in found


def test_two_inputs_of_one_modality_are_told_apart():
    found = texts("modalities", data(left="image", right="image"))
    assert found[2] == "left:image/gaussian-noise + right:image/gaussian-noise"


def test_inputs_that_are_sampled_in_time_are_moved_both_ways():
    found = texts("modalities", data(film="timeseries", sound="audio"))
    assert found[-2:] == [
        "film,sound:crossmodal/time-offset",
        "film,sound:crossmodal/time-offset(direction=early)",
    ]
    three = texts("modalities", data(a="timeseries", b="audio", c="timeseries"))
    assert 6 == sum("time-offset" in each for each in three)


def test_offsets_are_measured_at_tenths_besides_the_severities_of_the_plan():
    plan = make_plan(data(film="timeseries", sound="audio"), "modalities", severities=[0.25, 1.0])
    found = {str(sweep): plan.severities_of(sweep) for sweep in plan.sweeps}
    late = "film,sound:crossmodal/time-offset"
    assert (0.1, 0.2, 0.25, 0.3) == found[late][:4]
    assert 11 == len(found[late]) == len(found[f"{late}(direction=early)"])
    assert {(0.25, 1.0), (1.0,)} == {at for text, at in found.items() if "time-offset" not in text}
    assert [*found[late]] == plan.identity()["severities of sweeps"][late]


def test_offsets_go_as_far_as_the_values_are_long():
    rng = np.random.default_rng(0)
    streams = {"a": rng.normal(size=(N, 200, 1)), "b": rng.normal(size=(N, 200, 1))}
    short = Dataset(
        streams,
        modalities=dict.fromkeys(streams, "timeseries"),
        facts={name: {"rate": 1000} for name in streams},
    )
    plan = make_plan(short, "modalities", severities=[0.2, 0.4])
    found = {str(sweep): plan.severities_of(sweep) for sweep in plan.sweeps}
    assert (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8) == found["a,b:crossmodal/time-offset"]
    assert not plan.skipped


def test_the_mean_may_stand_for_an_absent_input_of_any_kind():
    kinds = data(a="image", b="audio", c="timeseries")
    found = texts("modalities(fill=mean)", kinds)
    assert 6 + 3 == sum("missing-input(fill=mean" in each for each in found)
    assert not expand("a,b:crossmodal/missing-input(fill=mean)", kinds)[1]


def test_a_picture_has_no_time_to_be_late_in():
    assert not any(
        "time-offset" in each for each in texts("modalities", data(a="image", b="audio"))
    )


def test_three_inputs_have_all_subsets():
    found = texts("modalities", data(a="image", b="text", c="audio"))
    joint = [each for each in found if " + " in each]
    absent = [each for each in found if "missing-input" in each and "/gaussian" not in each]
    assert 4 == len(joint)
    assert 6 + 2 == len(absent)
    assert "a,b,c:crossmodal/missing-input(lost=2)@1" in found
    assert "image/gaussian-noise > a,b,c:crossmodal/missing-input(lost=2)@1" in found
    assert 3 == sum("mispairing" in each for each in found)


def test_joint_noise_in_many_inputs_is_measured_at_one_severity():
    dataset = data(a="image", b="image", c="image", d="image")
    plan = make_plan(dataset, "modalities", severities=[0.5, 1.0])
    found = {str(sweep): plan.severities_of(sweep) for sweep in plan.sweeps}
    joint = {text: at for text, at in found.items() if " + " in text}
    assert 11 == len(joint)
    assert {(0.6,)} == set(joint.values())
    assert (0.6,) == found["a:image/gaussian-noise@0.6"]
    assert (0.5, 1.0) == found["a:image/gaussian-noise"]


def test_seven_inputs_have_too_many_subsets_and_it_is_said():
    dataset = data(**dict.fromkeys("abcdefg", "image"))
    sweeps, skipped = expand("modalities", dataset)
    assert not any(" + " in str(sweep) for sweep in sweeps)
    assert "128 subsets" in skipped["modalities: joint noise"]
    assert 7 + 7 + 7 + 7 == len(sweeps)


def test_an_input_that_is_always_missing_is_left_out_and_said():
    pictures = np.zeros((N, 8, 8), np.uint8)
    inputs = {"a": pictures, "b": [None] * N, "c": ["some words here"] * N}
    dataset = Dataset(
        inputs, np.arange(N) % 2, modalities={"a": "image", "b": "audio", "c": "text"}
    )
    sweeps, skipped = expand("modalities", dataset)
    assert not any("b" in sweep.inputs for sweep in sweeps)
    assert "missing in every sample" in skipped["modalities: b"]
    only = Dataset({"a": pictures, "b": [None] * N}, modalities={"a": "image", "b": "audio"})
    with pytest.raises(
        PlanError, match=r"two inputs or more.*\n  b is missing in every sample: give"
    ):
        expand("modalities", only)


def test_a_noise_that_cannot_run_gives_way_to_another_of_its_modality():
    dataset = Dataset(
        {"a": np.zeros((N, 8, 8), np.uint8), "b": ["我们今天去学校"] * N},
        modalities={"a": "image", "b": "text"},
    )
    found = texts("modalities", dataset)
    assert found[1].startswith("text/")
    assert found[1] != "text/keyboard-typo"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("modalities(sean=image/contrast)", "did you mean seen"),
        ("modalities(seen)", "input=noise"),
        ("modalities(seen=image/contrast", "closing bracket"),
        ("modalities(at=2)", r"severity in \(0, 1\]"),
        ("modalities(at=high)", r"severity in \(0, 1\]"),
        ("modalities(seen=image/contrasts)", "did you mean image/contrast"),
        ("modalities(seen=text/swap)", "an input of modality text"),
        ("modalities(fill=nothing)", "one of absent"),
        ("modalitys", "did you mean modalities"),
    ],
)
def test_a_mistake_in_the_selection_is_explained(text, message):
    with pytest.raises(PlanError, match=message):
        expand(text, data(seen="image", read="text"))


def test_one_input_has_no_account():
    with pytest.raises(PlanError, match="two inputs or more"):
        expand("modalities", data(seen="image"))


def test_the_plan_says_how_many_cells_are_for_the_account_and_for_what():
    said = make_plan(data(seen="image", read="text"), "modalities").describe()
    assert "30 cells" in said
    assert (
        "29 of them for the account of modalities: noise in one input 10; noise in several inputs 5; "
        "noise in one input, the others absent 10; inputs absent 2; "
        "an input shuffled across samples 2" in said
    )


def test_a_plan_of_noise_alone_says_nothing_of_an_account():
    assert "account" not in make_plan(data(seen="image", read="text"), "image/contrast").describe()
