from math import sqrt

import pytest

import perturbations as pt
from perturbations.text._sentences import SENTENCES
from perturbations.text._tables import confusions

NOISE = pt.get("text/ocr-confusion")
ALL = " ".join(SENTENCES)


def test_look_alikes_are_mutual_and_never_the_character_itself():
    table = confusions()
    assert {"0", "o", "O", "l", "1", "C", "G"} <= set(table)
    for character, alike in table.items():
        assert character not in alike
        assert all(character in table[other] for other in alike)


def test_every_edit_is_a_look_alike_and_the_share_is_the_dose():
    noisy = NOISE.apply(ALL, 0.8, sample="s")
    assert all(new in confusions()[ALL[a:b]] for a, b, new in noisy.mapping)
    spread = sqrt(0.25 * 0.75 / noisy.report["eligible"])
    assert noisy.report["share"] == pytest.approx(0.25, abs=4 * spread)


def test_print_goes_from_one_error_in_two_hundred_characters_to_one_in_eight():
    rates = [pt.distance("text", ALL, NOISE(ALL, s, sample="s"))["edit_rate"] for s in (0.2, 1.0)]
    assert 0.003 < rates[0] < 0.008
    assert 0.1 < rates[1] < 0.15


def test_characters_without_a_look_alike_are_left_alone():
    assert NOISE("xyz 漢字 é", 1.0, sample="s") == "xyz 漢字 é"
