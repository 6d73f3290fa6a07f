"""MultiBench's noise in text: what the protocol describes, and none of what its program does besides."""

from collections import Counter
from math import sqrt

import pytest

import perturbations as pt
from perturbations.errors import BadSetting, NotApplicable
from perturbations.text._sentences import SENTENCES

LETTERS = "abcdefgh"
ROUNDS = 4000
LONG = " ".join([LETTERS] * ROUNDS)


def noise(*parts, **settings):
    chosen = {"parts": parts} if parts else {}
    return pt.get("multibench/text", **chosen, **settings)


def words(made, level, text=LONG):
    return made(text, level, sample="s").split(" ")


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_the_level_is_the_share_of_longer_words_that_are_hit(level):
    hit = sum(word != LETTERS for word in words(noise("omit"), level)) / ROUNDS
    assert level == pytest.approx(hit, abs=4 * sqrt(level * (1 - level) / ROUNDS))


def test_severity_is_the_level_itself():
    assert [0.1, 0.3, 0.9] == pytest.approx([noise().doses(s)["level"] for s in (0.1, 0.3, 0.9)])


def test_a_joint_level_is_divided():
    assert words(noise(divided_by=3.0), 0.9) == words(noise(), 0.3)
    with pytest.raises(BadSetting, match="at least 1"):
        noise(divided_by=0.5)(LONG, 0.5)


def test_every_part_is_as_likely():
    """Lengths tell the parts apart: repeat adds one letter, omit takes one, the three others keep all."""
    lengths = Counter(len(word) for word in words(noise(), 1.0))
    for share, length in ((0.2, 9), (0.2, 7), (0.6, 8)):
        assert share == pytest.approx(
            lengths[length] / ROUNDS, abs=4 * sqrt(share * (1 - share) / ROUNDS)
        )


def test_swap_exchanges_two_inner_neighbours():
    expected = {LETTERS[:i] + LETTERS[i + 1] + LETTERS[i] + LETTERS[i + 2 :] for i in range(1, 6)}
    assert expected == set(words(noise("swap"), 1.0))


def test_shuffle_keeps_the_ends_and_the_letters():
    found = words(noise("shuffle"), 1.0)
    assert {("a", "h", tuple(LETTERS))} == {(w[0], w[-1], tuple(sorted(w))) for w in found}
    assert len(set(found)) > 500


def test_a_typo_is_one_letter_of_the_same_case():
    for clean, made in (("letters", str.islower), ("LETTERS", str.isupper)):
        for word in words(noise("typo"), 1.0, " ".join([clean] * 300)):
            assert 1 == sum(a != b for a, b in zip(word, clean, strict=True))
            assert made(word)


def test_repeat_doubles_any_letter_and_omit_drops_an_inner_one():
    doubled = {LETTERS[: i + 1] + LETTERS[i:] for i in range(8)}
    dropped = {LETTERS[:i] + LETTERS[i + 1 :] for i in range(1, 7)}
    assert doubled == set(words(noise("repeat"), 1.0))
    assert dropped == set(words(noise("omit"), 1.0))


def test_words_of_fewer_than_five_letters_are_never_hit():
    text = "four five (and) 12345 it's a-b-c you the w0rd x86 naïv"
    assert text == noise()(text, 1.0)


def test_text_is_not_rewritten_whatever_the_level():
    """The program lower-cases, turns digits into N and addresses into L, and sets punctuation apart, at level 0 too."""
    text = "<br />See https://example.org: 3 of 10 said NO, didn't it?\n~*[x]|  end"
    for level in (0.0, 1e-12):
        assert text == noise()(text, level)
    noisy = noise()("Ask 12 <b>Professors</b>, today!", 1.0)
    assert noisy.startswith("Ask 12 <b>")
    assert "</b>, " in noisy
    assert noisy.endswith("!")


def test_a_higher_level_hits_the_same_words_and_more():
    made = noise()
    for sample, text in enumerate(SENTENCES[:20]):
        edits = [set(made.apply(text, s, sample=sample).mapping) for s in (0.2, 0.5, 0.9)]
        assert edits[0] <= edits[1] <= edits[2]


def test_an_unknown_part_is_named():
    with pytest.raises(BadSetting, match="did you mean swap"):
        noise("swp")(LONG, 0.5)
    with pytest.raises(BadSetting, match="some of swap, shuffle"):
        pt.get("multibench/text", parts=())(LONG, 0.5)


def test_scripts_without_spaces_have_no_words_to_hit():
    with pytest.raises(NotApplicable):
        noise()("今天天气很好，我们去公园散步吧。", 0.5)
