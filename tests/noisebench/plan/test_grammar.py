"""The text form of sweeps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noisebench._grammar import parse_sweep, parse_sweeps, split
from noisebench.data import Dataset
from noisebench.errors import PlanError

PICTURES = np.zeros((3, 8, 8), dtype=np.uint8)
SOUND = np.zeros((3, 100), dtype=np.float32)


@pytest.fixture(scope="module")
def two() -> Dataset:
    return Dataset(
        {"left": PICTURES, "right": PICTURES, "speech": SOUND, "text": ["a", "b", "c"]},
        modalities={"left": "image", "right": "image", "speech": "audio"},
        facts={"speech": {"rate": 8000}},
    )


@pytest.fixture(scope="module")
def single() -> Dataset:
    return Dataset({"picture": PICTURES}, modalities={"picture": "image"})


def test_a_single_input_is_not_named(single):
    assert str(parse_sweep("picture:image/contrast", single)) == "image/contrast"
    assert parse_sweep("image/contrast", single).parts[0].inputs == ("picture",)


def test_one_of_several_inputs_is_named(two):
    assert str(parse_sweep("left:image/contrast", two)) == "left:image/contrast"


def test_an_open_input_means_each_that_fits(two):
    sweeps = parse_sweeps("image/contrast", two)
    assert ["left:image/contrast", "right:image/contrast"] == [str(s) for s in sweeps]
    with pytest.raises(PlanError, match="name the input: left:image/contrast or right"):
        parse_sweep("image/contrast", two)


def test_an_open_chain_runs_on_each_input(two):
    sweeps = parse_sweeps("image/contrast > image/occlusion", two)
    assert str(sweeps[1]) == "right:image/contrast > right:image/occlusion"


def test_positions_follow_the_chain(two):
    sweep = parse_sweep("left:image/contrast + text/swap > left:image/occlusion", two)
    assert [0, 0, 1] == [part.position for part in sweep.parts]
    assert ("left", "text") == sweep.inputs


def test_a_common_cause_has_a_key_of_its_own(two):
    part = parse_sweep("left,right:image/contrast", two).parts[0]
    assert part.group == "left,right"


def test_between_inputs(two):
    sweep = parse_sweep("left,speech:crossmodal/mispairing", two)
    assert str(sweep) == "left,speech:crossmodal/mispairing"


def test_fixed_severity_and_dose(single):
    assert parse_sweep("image/gaussian-noise@0.4", single).parts[0].at == 0.4
    assert parse_sweep("image/gaussian-noise@sigma=0.05", single).parts[0].at == (("sigma", 0.05),)
    assert parse_sweep("image/gaussian-noise@0.4", single).free is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("image/contras", "image/contrast"),
        ("picure:image/contrast", "did you mean picture"),
        ("image/contrast@", "a number after @"),
        ("image/contrast@0", r"a severity in \(0, 1\]"),
        ("image/contrast@1.5", r"a severity in \(0, 1\]"),
        ("image/gaussian-noise@sigmo=1", "did you mean sigma"),
        ("image/gaussian-noise@sigma=-1", "a dose in"),
        ("image/contrast + image/occlusion", "write a >"),
        ("image/contrast > ", "a noise on each side"),
        ("text/swap", "an input of modality text"),
        ("picture:text/swap", "input picture is image"),
        ("crossmodal/mispairing", "two inputs or more"),
        ("picture:crossmodal/mispairing", "the data set has picture alone"),
        ("picture,picture:image/contrast", "each input once"),
        ("", "the text of a sweep"),
    ],
)
def test_errors_say_what_to_do(single, text, words):
    with pytest.raises(PlanError, match=words):
        parse_sweeps(text, single)


def test_noise_between_inputs_on_one_is_told_which_other_there_is(two):
    with pytest.raises(PlanError, match="the changed one last: right,left:crossmodal/mispairing"):
        parse_sweeps("left:crossmodal/mispairing", two)


def test_split_leaves_quotes_and_brackets_whole():
    assert ['"a+b":x', 'y(c="+", d=[1, 2])'] == split('"a+b":x + y(c="+", d=[1, 2])', "+")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("left:image/contrast + text/swap > left:image/occlusion",
         "(left:image/contrast > left:image/occlusion) + text/swap"),
        ("text/swap + left:image/contrast > left:image/occlusion",
         "text/swap + (left:image/contrast > left:image/occlusion)"),
        ("(left:image/contrast > left:image/occlusion) + (text/swap > text/keyboard-typo)",
         "(left:image/contrast > left:image/occlusion) + (text/swap > text/keyboard-typo)"),
        ("left:image/contrast + right:image/occlusion > left,right:crossmodal/mispairing@0.5",
         None),
        ("left:image/contrast > right:image/contrast", "left:image/contrast > right:image/contrast"),
        ("(left:image/contrast)", "left:image/contrast"),
        ("left:image/contrast > left,right:image/occlusion + text/swap > text/keyboard-typo",
         "left:image/contrast > (left,right:image/occlusion + text/swap) > text/keyboard-typo"),
    ],
)  # fmt: skip
def test_brackets_say_which_input_a_chain_is_in(two, text, canonical):
    if canonical is None:
        with pytest.raises(PlanError):
            parse_sweep(text, two)
        return
    sweep = parse_sweep(text, two)
    assert canonical == str(sweep)
    assert sweep == parse_sweep(canonical, two)
    assert [part.position for part in sweep.parts] == sorted(p.position for p in sweep.parts)


def test_noise_between_inputs_follows_brackets_around_what_was_in_them(two):
    text = "(left:image/contrast + right:image/occlusion) > left,right:crossmodal/missing-input@0.5"
    sweep = parse_sweep(text.replace("(", "").replace(")", ""), two)
    assert text == str(sweep)
    assert sweep == parse_sweep(text, two)


numbers = st.floats(0.001, 1, exclude_min=True).map(str) | st.sampled_from(["0.4", "1", "1e-05"])
noises = st.sampled_from(["image/contrast", "image/occlusion", "image/gaussian-noise"])
parts = st.builds(
    lambda side, noise, at: f"{side}:{noise}{at}",
    st.sampled_from(["left", "right", "left,right"]),
    noises,
    st.just("") | numbers.map(lambda n: f"@{n}"),
)
others = st.sampled_from(
    ["text/swap", "speech:audio/white-noise@0.2", "text/keyboard-typo(layout=azerty)"]
)
steps = st.one_of(
    parts,
    others,
    st.builds("{} + {}".format, parts, others),
    st.builds("({} > {}) + {}".format, parts, parts, others),
    st.builds("({} + {}) > left,right,speech:crossmodal/time-offset".format, parts, others),
)


@given(st.lists(steps, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_text_forms_round_trip(two, chain):
    sweep = parse_sweep(" > ".join(chain), two)
    again = parse_sweep(str(sweep), two)
    assert sweep == again
    assert str(sweep) == str(again)
