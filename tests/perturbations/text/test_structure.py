import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations.errors import BadSetting
from perturbations.text._sentences import SENTENCES
from perturbations.text._words import units
from perturbations.text.structure import FUNCTION_WORDS

ORDER, CONTENT = pt.get("text/order-destroyed"), pt.get("text/content-destroyed")
ENGLISH = [text for text in SENTENCES if text.isascii() and "\n" not in text]
ALL = {"share": 1.0}
VOWELS = "aeiou"


def shape(text):
    out = []
    for sign in text:
        kind = "d" if sign in "0123456789" else "v" if sign.lower() in VOWELS else "c"
        out.append((kind, sign.isupper()) if sign.isascii() and sign.isalnum() else sign)
    return out


def tokens(text):
    return [text[a:b] for a, b in units(text)]


@given(text=st.text("abC dé\u0301. \n中文字1", max_size=40))
@settings(max_examples=100, deadline=None)
def test_order_destroyed_keeps_the_multiset_of_tokens_and_every_gap(text):
    for severity in (0.4, 1.0):
        noisy = ORDER(text, severity, sample=text)
        assert sorted(noisy) == sorted(text)
        spaces = [c for c in text if c.isspace()]
        assert [c for c in noisy if c.isspace()] == spaces


def test_order_destroyed_keeps_the_multiset_of_words():
    for text in ENGLISH:
        for severity in (0.2, 0.6, 1.0):
            noisy = ORDER(text, severity, sample=text)
            assert sorted(noisy.split()) == sorted(text.split())


def test_every_token_leaves_its_place_at_share_one():
    for count in range(2, 20):
        text = " ".join(f"w{i}" for i in range(count))
        noisy = ORDER.apply(text, dose=ALL, sample=count)
        assert noisy.report["edits"] == noisy.report["eligible"] == count
        assert all(a != b for a, b in zip(text.split(), noisy.value.split(), strict=True))


def test_one_token_has_no_order():
    assert ORDER.apply("alone!", 1.0, sample="s").report["eligible"] == 0


def test_tokens_come_from_the_whole_text():
    text = " ".join(f"w{i}" for i in range(100))
    moved = [abs(int(w[1:]) - i) for i, w in enumerate(ORDER(text, 1.0, sample=1).split())]
    assert sum(moved) / 100 == pytest.approx(100 / 3, abs=12)


def test_content_destroyed_keeps_the_shape_of_every_token():
    for text in [*ENGLISH, "Flat 3b, 10-12 p.m.! NASA's\tQ1"]:
        noisy = CONTENT(text, dose=ALL, sample=text)
        assert shape(noisy) == shape(text)


def test_every_letter_and_digit_changes_at_share_one():
    for text in ENGLISH[:40]:
        noisy = CONTENT(text, dose=ALL, sample=text)
        assert all((a != b) == a.isalnum() for a, b in zip(text, noisy, strict=True))


def test_letters_beyond_ascii_become_others_of_their_script_in_the_text():
    text = "Бабушка испекла пирог"
    noisy = CONTENT(text, dose=ALL, sample="s")
    assert len(noisy) == len(text)
    assert set(noisy) <= set(text)
    assert noisy[0] == "Б"  # the only capital
    assert all(a != b for a, b in zip(text[1:], noisy[1:], strict=True) if a != " ")


def test_both_destroy_the_same_share_of_the_same_tokens():
    text = " ".join(f"w{i}" for i in range(4000)) + " ... --"
    for severity in (0.2, 0.4, 0.6, 0.8, 1.0):
        reports = [noise.apply(text, severity, sample="s").report for noise in (ORDER, CONTENT)]
        assert reports[0]["requested"] == reports[1]["requested"] == pytest.approx(severity)
        assert reports[0]["eligible"] == reports[1]["eligible"] == 4000
        assert reports[0]["share"] == pytest.approx(reports[1]["share"], abs=0.05)
    assert dict(ORDER.ladders) == dict(CONTENT.ladders)


@pytest.mark.parametrize("noise", [ORDER, CONTENT])
def test_function_words_can_be_kept(noise):
    noise = noise.with_settings(function_words="keep")
    for text in ENGLISH[:40]:
        noisy = noise(text, dose=ALL, sample=text)
        for before, after in zip(text.split(), noisy.split(), strict=True):
            kept = before.strip(".,;?").lower() in FUNCTION_WORDS
            assert (before == after) or not kept


def test_function_words_are_touched_or_kept():
    with pytest.raises(BadSetting, match="touch, keep"):
        ORDER.with_settings(function_words="drop")("a b", 0.5, sample="s")


def test_punctuation_alone_is_neither_order_nor_content():
    for noise in (ORDER, CONTENT):
        assert noise("a — b … c", 1.0, sample="s").split()[1::2] == ["—", "…"]
