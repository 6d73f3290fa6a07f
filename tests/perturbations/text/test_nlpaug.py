import pickle
import random

import numpy as np
import pytest

import perturbations as pt
from perturbations import Ladder
from perturbations import testing as laws
from perturbations.errors import BadDeclaration
from perturbations.text._sentences import SENTENCES

pytestmark = pytest.mark.slow  # nlpaug takes seconds to import, since it loads pandas and torch

LADDER = Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="share of a word's characters")
WORDS = Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="share of words")


def keyboard(**more):
    fixed = {"aug_word_p": 1.0} | more
    return pt.from_nlpaug(
        "char.KeyboardAug",
        name="text/nlpaug-keyboard",
        parameter="aug_char_p",
        ladder=LADDER,
        **fixed,
    )


def deletion():
    return pt.from_nlpaug(
        "word.RandomWordAug",
        name="text/nlpaug-delete",
        parameter="aug_p",
        ladder=WORDS,
        action="delete",
    )


@pytest.mark.parametrize("law", laws.LAWS)
@pytest.mark.parametrize("make", [keyboard, deletion])
def test_an_augmenter_obeys_the_laws(make, law):
    laws.LAWS[law](make())


def test_global_randomness_neither_matters_nor_moves():
    noise = keyboard()
    random.seed(1)
    np.random.seed(1)
    first = noise(SENTENCES[0], 0.6, sample="a")
    before = random.getstate(), np.random.get_state()[1].tolist()
    second = noise(SENTENCES[0], 0.6, sample="a")
    assert first == second != SENTENCES[0]
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


def test_global_randomness_is_put_back_when_the_augmenter_fails():
    class Failing:
        def __init__(self, aug_p):
            random.random()

        def augment(self, text):
            raise RuntimeError("no")

    noise = pt.from_nlpaug(Failing, name="text/failing", parameter="aug_p", ladder=WORDS)
    before = random.getstate()
    with pytest.raises(RuntimeError):
        noise("text", 0.5)
    assert random.getstate() == before


def test_the_ceiling_of_ten_words_is_gone():
    text = " ".join(["word"] * 100)
    assert len(deletion()(text, 1.0, sample="s").split()) < 25


def test_a_floor_that_the_caller_fixes_is_kept():
    noise = pt.from_nlpaug(
        "word.RandomWordAug",
        name="text/nlpaug-delete",
        parameter="aug_p",
        ladder=WORDS,
        action="delete",
        aug_min=3,
    )
    assert len(noise("a b c d e f", dose={"aug_p": 0.01}, sample="s").split()) == 3


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_blank_texts_come_back(text):
    assert keyboard()(text, 1.0) == text


def test_white_space_around_a_text_stays_and_the_edits_say_the_rest():
    noisy = keyboard().apply("  Hello   world \n", 1.0, sample="a")
    assert noisy.value.startswith("  ")
    assert noisy.value.endswith(" \n")
    assert noisy.mapping.apply("  Hello   world \n") == noisy.value


def test_equal_parts_make_equal_noises():
    assert keyboard() == keyboard() == pickle.loads(pickle.dumps(keyboard()))
    assert keyboard() != keyboard(min_char=2)


def test_a_native_dose_has_the_name_of_the_parameter():
    assert keyboard().doses(dose={"aug_char_p": 0.3}) == {"aug_char_p": 0.3}


@pytest.mark.parametrize(
    ("augmenter", "parameter", "message"),
    [
        ("char.KeybordAug", "aug_char_p", "did you mean KeyboardAug"),
        ("KeyboardAug", "aug_char_p", "for example char.KeyboardAug"),
        ("char.KeyboardAug", "aug_chr_p", "did you mean aug_char_p"),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_one(augmenter, parameter, message):
    with pytest.raises(BadDeclaration, match=message):
        pt.from_nlpaug(augmenter, name="text/x", parameter=parameter, ladder=LADDER)
