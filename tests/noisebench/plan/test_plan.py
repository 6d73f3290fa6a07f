"""Plans: which cells, in which order, under which identity."""

import numpy as np
import pytest

import perturbations as pt
from noisebench._header import describe_sweep
from noisebench.data import Dataset
from noisebench.errors import DataError, PlanError
from noisebench.plan import expand, grid, make_plan, parse_sweep

PICTURES = np.zeros((3, 8, 8), dtype=np.uint8)


@pytest.fixture
def data() -> Dataset:
    return Dataset({"image": PICTURES, "text": ["a", "b", "c"]}, targets=[0, 1, 0])


@pytest.fixture
def silent() -> Dataset:
    return Dataset({"sound": np.zeros((3, 50), np.float32)}, modalities={"sound": "audio"})


def stream() -> Dataset:
    records = [{"id": i, "inputs": {"image": p, "text": "a"}} for i, p in enumerate(PICTURES)]
    return Dataset.stream(records, modalities={"image": "image", "text": "text"})


def two_series(*, steps: int, rate: int = 0) -> Dataset:
    streams = {name: np.zeros((3, steps, 1)) for name in ("a", "b")}
    facts = {name: {"rate": rate} for name in streams} if rate else {}
    return Dataset(streams, modalities=dict.fromkeys(streams, "timeseries"), facts=facts)


def test_clean_comes_first_and_once(data):
    plan = make_plan(data, ["image/contrast", "text/swap"], severities=[0.5, 1], replicates=2)
    keys = [cell.key for cell in plan.cells]
    assert keys[:3] == ["clean|s=0|r=0", "image/contrast|s=0.5|r=0", "image/contrast|s=0.5|r=1"]
    assert len(keys) == 1 + 2 * 2 * 2


def test_deterministic_noise_is_not_repeated(data):
    plan = make_plan(data, ["image/jpeg-compression"], replicates=3)
    assert len(plan.cells) == 1 + 5


def test_a_fixed_sweep_has_one_severity(data):
    plan = make_plan(data, ["image/contrast@0.4", "image/contrast@0.2 + text/swap"])
    assert plan.severities_of(plan.sweeps[0]) == (0.4,)
    assert plan.severities_of(plan.sweeps[1]) == (0.2, 0.4, 0.6, 0.8, 1.0)


@pytest.mark.parametrize("sigma", [0.03, 0.12, 0.9])
def test_a_fixed_dose_is_one_condition_that_stands_in_one_place(data, sigma):
    plan = make_plan(data, [f"image/gaussian-noise@sigma={sigma:g}"], severities=[0.5])
    assert (1.0,) == plan.severities_of(plan.sweeps[0])
    assert f"image/gaussian-noise@sigma={sigma:g}" == str(plan.sweeps[0])


def test_a_fixed_dose_of_any_sign_has_no_severity_but_its_dose():
    timed = two_series(steps=100, rate=100)
    plan = make_plan(timed, [f"a,b:crossmodal/time-offset@lag={ms}" for ms in (-90, 46, 90)])
    assert {(1.0,)} == {plan.severities_of(sweep) for sweep in plan.sweeps}
    told = [describe_sweep(sweep, plan, timed) for sweep in plan.sweeps]
    assert [[-90.0], [46.0], [90.0]] == [each["doses"] for each in told]


def test_a_noise_is_tried_at_the_severities_that_are_asked_for():
    short = two_series(steps=20, rate=100)
    offset = "a,b:crossmodal/time-offset"
    assert [offset] == [str(s) for s in make_plan(short, offset, severities=[0.2, 0.8]).sweeps]
    with pytest.raises(PlanError, match="leaves some of the 200 ms"):
        make_plan(short, offset)


def test_a_noise_without_a_meaning_for_the_data_is_told_where_others_can_run():
    short = two_series(steps=20, rate=100)
    plan = make_plan(short, ["a,b:crossmodal/time-offset", "a:timeseries/drift"])
    assert ["a:timeseries/drift"] == [str(sweep) for sweep in plan.sweeps]
    assert "offset_ms=400" in plan.skipped["a,b:crossmodal/time-offset"]
    with pytest.raises(PlanError, match="the fact 'rate'"):
        make_plan(two_series(steps=20), ["a,b:crossmodal/time-offset", "a:timeseries/drift"])


def test_a_modality_selects_its_noises(data):
    sweeps, skipped = expand("image", data)
    assert {s.parts[0].noise.modality for s in sweeps} == {"image"}
    assert {*map(str, sweeps), *skipped} == set(pt.names(modality="image"))
    assert "image/white-balance" in skipped
    assert "red, green and blue" in skipped["image/white-balance"]


def test_a_preset_selects_its_noises_and_nothing_else_does(data):
    sweeps, skipped = expand("cifar-c", data)
    assert {*map(str, sweeps), *skipped} == set(pt.names(preset="cifar-c"))
    some, _ = expand("cifar-c/*-noise", data)
    assert {"cifar-c/gaussian-noise", "cifar-c/shot-noise"} < set(map(str, some))
    everything, _ = expand("all", data)
    assert not any(part.noise.preset for sweep in everything for part in sweep.parts)


def test_a_preset_for_several_modalities_selects_each_input_and_all_of_them_at_once():
    reviews = ["a wonderful story", "terrible acting", "neither here nor there"]
    both = Dataset({"image": PICTURES, "text": reviews}, targets=[0, 1, 0])
    sweeps, skipped = expand("multibench", both)
    joint = "multibench/image(divided_by=3) + multibench/text(divided_by=3)"
    assert ["multibench/image", "multibench/text", joint] == list(map(str, sweeps))
    assert joint == str(parse_sweep(joint, both))
    assert not skipped
    assert ["multibench/image"] == [str(each) for each in expand("image:multibench", both)[0]]
    alone = Dataset({"image": PICTURES}, targets=[0, 1, 0])
    assert ["multibench/image"] == [str(each) for each in expand("multibench", alone)[0]]


def test_inputs_of_one_modality_are_named_where_all_are_noisy():
    two = Dataset({"a": PICTURES, "b": PICTURES}, modalities={"a": "image", "b": "image"})
    joint = expand("multibench", two)[0][-1]
    assert "a:multibench/image(divided_by=3) + b:multibench/image(divided_by=3)" == str(joint)


def test_a_preset_that_fits_no_input_is_refused(silent):
    rows = Dataset({"cloud": [np.zeros((9, 3))] * 2}, modalities={"cloud": "pointcloud"})
    with pytest.raises(PlanError, match="an input of modality audio or image or tabular"):
        expand("multibench", rows)
    assert ["multibench/audio"] == [str(each) for each in expand("multibench", silent)[0]]


def test_a_pattern_selects_by_name(data):
    sweeps, _ = expand("image/*-blur", data)
    assert {"image/defocus-blur", "image/motion-blur"} <= {str(s) for s in sweeps}


def test_a_modality_of_one_input():
    two = Dataset({"a": PICTURES, "b": PICTURES}, modalities={"a": "image", "b": "image"})
    sweeps, _ = expand("a:image/con*", two)
    assert ["a:image/contrast"] == [str(s) for s in sweeps]


def test_all_includes_noise_between_inputs(data):
    sweeps, skipped = expand("all", data)
    assert "image,text:crossmodal/mispairing" in {str(s) for s in sweeps}
    assert "image,text:crossmodal/time-offset" in skipped


def test_what_a_group_cannot_run_is_skipped_with_the_reason(silent):
    _, skipped = expand("audio", silent)
    assert "needs the fact 'rate'" in skipped["audio/low-pass"]


def test_what_is_named_exactly_must_run(silent):
    with pytest.raises(PlanError, match="needs the fact 'rate'"):
        expand("audio/low-pass", silent)


def test_a_stream_has_no_peers():
    _, skipped = expand("crossmodal", stream())
    assert "stream" in skipped["image,text:crossmodal/mispairing"]
    with pytest.raises(PlanError, match="stream"):
        expand("image,text:crossmodal/mispairing", stream())


def test_missing_extras_are_named(data, monkeypatch):
    from perturbations import _extras

    monkeypatch.setitem(_extras.PACKAGES, "image", ("no_such_package_here",))
    _, skipped = expand("image", data)
    assert 'pip install "noisebench[image]"' in skipped["image/jpeg-compression"]


@pytest.mark.parametrize(
    ("selection", "words"),
    [
        ("imag", "did you mean image"),
        ("audio", "an input of modality audio"),
        ("image/nothing-*", "some noise matches"),
        ([], "at least one noise"),
        ("image/contrats", "did you mean image/contrast"),
    ],
)
def test_selections_that_find_nothing(data, selection, words):
    with pytest.raises(PlanError, match=words):
        expand(selection, data)


@pytest.mark.parametrize("bad", [0, -1, True, 2.5, [], [0.0], [1.2], [float("nan")], "5", ["a"]])
def test_bad_severities(bad):
    with pytest.raises(PlanError, match="severit"):
        grid(bad)


def test_grids():
    assert grid(2) == (0.5, 1.0)
    assert grid([1, 0.25, 0, 0.25]) == (0.25, 1.0)


@pytest.mark.parametrize("bad", [{"replicates": 0}, {"seed": 1.5}, {"distortion": "some"}])
def test_bad_numbers(data, bad):
    with pytest.raises(PlanError, match=next(iter(bad))):
        make_plan(data, "image/contrast", **bad)


def test_the_hash_is_of_what_decides_the_numbers(data):
    one = make_plan(data, ["image/contrast"])
    assert (
        one.hash() == make_plan(data, "image/contrast", severities=[0.2, 0.4, 0.6, 0.8, 1]).hash()
    )
    others = [
        make_plan(data, ["image/occlusion"]),
        make_plan(data, ["image/contrast"], seed=1),
        make_plan(data, ["image/contrast"], severities=4),
        make_plan(data, ["image/contrast"], replicates=2),
        make_plan(data, ["image/contrast"], metrics=["f1"]),
        make_plan(data, ["image/contrast"], distortion="all"),
        make_plan(data.subset([0, 1]), ["image/contrast"]),
    ]
    assert len({one.hash(), *(plan.hash() for plan in others)}) == 8


def test_a_plan_describes_itself(data):
    plan = make_plan(data, ["image/contrast"], severities=2)
    text = plan.describe(batch_size=2, seconds=3.2)
    assert "3 cells: clean + 1 sweep at severities 0.5, 1, 1 replicate" in text
    assert "7 model calls on batches of 2, 3 samples" in text
    assert "about 3 s" in text


def test_a_noise_that_refuses_every_value_is_not_run():
    data = Dataset({"image": np.full((9, 4, 4), 200.0)}, targets=[0] * 9)
    with pytest.raises(
        PlanError, match=r"refused all of the first 8 samples: expected values in \[0, 1\]"
    ):
        make_plan(data, ["image/occlusion"])
    with pytest.raises(PlanError, match="refused all"):
        make_plan(data, "image")


def test_a_noise_that_takes_some_values_is_run():
    images = np.full((9, 4, 4), 200.0)
    images[5] = 0.5
    data = Dataset({"image": images}, targets=[0] * 9)
    assert make_plan(data, ["image/occlusion"]).sweeps


BAD_SETTINGS = [
    ("text/keyboard-typo(layout=azertz)", "did you mean azerty"),
    ("text/shuffle-words(window=1)", "at least 2"),
]


@pytest.mark.parametrize(("noise", "match"), BAD_SETTINGS)
def test_a_setting_that_the_noise_does_not_take_is_found_before_anything_runs(noise, match):
    with pytest.raises(PlanError, match=match):
        make_plan(Dataset({"text": ["some words of a text"] * 3}), [noise])


def test_a_malformed_table_is_found_before_anything_runs(tmp_path):
    table = tmp_path / "malformed.tsv"
    table.write_text("abc\n")
    with pytest.raises(PlanError, match=r"line 1 of .*malformed\.tsv"):
        make_plan(Dataset({"text": ["abc"]}), [f'text/natural-typo(table="{table}")'])


def test_several_languages_for_one_input_are_refused():
    with pytest.raises(DataError, match="a language code"):
        Dataset({"text": ["a"]}, facts={"text": {"language": ["de", "fr"]}})


def test_a_noise_of_a_group_that_finds_nothing_to_change_is_not_tested():
    texts = ["only plain words here"] * 200
    sweeps, skipped = expand("text", Dataset({"text": texts}))
    assert skipped["text/html-unescape"] == "nothing in the 64 samples tried that it could change"
    assert "text/html-unescape" not in map(str, sweeps)
    assert "text/swap" in map(str, sweeps)
    texts[-1] = "Fish &amp; chips"
    assert "text/html-unescape" in map(str, expand("text/*", Dataset({"text": texts}))[0])
    assert expand("text/html-unescape", Dataset({"text": texts[:9]}))[1] == {}
