from collections import Counter

import pytest
from scipy import stats

import perturbations as pt
from perturbations.errors import NotApplicable
from perturbations.text._distance import levenshtein
from perturbations.text._lookalikes import lookalikes, shape
from perturbations.text._sentences import SENTENCES

ALL = " ".join(SENTENCES[:80])
CONFUSION = pt.get("text/ocr-confusion")


def full(name, text, sample="s"):
    return pt.get(f"text/{name}")(text, dose={"share": 1.0}, sample=sample)


def test_a_look_alike_is_never_the_shape_itself_and_hardly_longer():
    for source, alike in lookalikes().items():
        assert source not in alike
        assert all(0 < len(other) <= len(source) + 2 for other in alike)


@pytest.mark.parametrize(
    ("one", "other"),
    [("l", "1"), ("l", "I"), ("I", "|"), ("O", "0"), ("rn", "m"), ("cl", "d"), ("vv", "w"), ("5", "S"), ("8", "B"),
     ("e", "c"), ("h", "b"), ("u", "v"), ("ii", "u"), ("li", "h")],
)  # fmt: skip
def test_known_confusions_go_both_ways(one, other):
    assert other in lookalikes()[one]
    assert one in lookalikes()[other]


def test_letters_change_case_only_where_both_cases_look_alike():
    for source, alike in lookalikes().items():
        if len(source) == 1 and source.isalpha():
            changed = {other for other in alike if other.lower() == source.lower()}
            assert not changed or source.lower() in set("cjkopsuvwxz")


def test_pairs_are_one_unit_and_the_longest_is_taken():
    assert [m[0] for m in shape().finditer("corner fill")] == ["c", "o", "rn", "e", "r", "fi", "ll"]
    assert full("ocr-confusion", "rn rn rn rn rn rn", "t").count("m") >= 1


def test_likelier_look_alikes_come_more_often_by_their_weight():
    alike = Counter(lookalikes()["e"])
    noisy = CONFUSION.apply("e" * 4000, dose={"share": 1.0}, sample="s")
    found = Counter(new for _, _, new in noisy.mapping)
    assert set(found) == set(alike)
    expected = [4000 * alike[new] / alike.total() for new in found]
    assert stats.chisquare(list(found.values()), expected).pvalue > 1e-3


def test_print_goes_from_one_error_in_a_hundred_characters_to_one_in_six():
    rates = [
        pt.distance("text", ALL, CONFUSION(ALL, s, sample="s"))["edit_rate"] for s in (0.2, 1.0)
    ]
    assert 0.006 < rates[0] < 0.013
    assert 0.15 < rates[1] < 0.22


def test_scripts_without_a_table_are_refused_and_signs_alone_are_not():
    with pytest.raises(NotApplicable, match="the Latin alphabet"):
        CONFUSION("漢字", 1.0, sample="s")
    assert CONFUSION.apply("§§ ++", 1.0, sample="s").report["eligible"] == 0


def test_hyphens_break_long_words_only_and_undoing_them_restores_the_text():
    broken = full("ocr-hyphen-break", ALL)
    assert broken.replace("-\n", "") == ALL
    assert full("ocr-hyphen-break", "a short text") == "a short text"
    assert full("ocr-hyphen-break", "abcdef") in {"ab-\ncdef", "abc-\ndef", "abcd-\nef"}


def test_every_place_inside_a_word_is_as_likely_to_break():
    found = Counter(full("ocr-hyphen-break", "abcdef", i).index("-") for i in range(600))
    assert set(found) == {2, 3, 4}
    assert stats.chisquare(list(found.values())).pvalue > 1e-3


def test_hyphens_stay_out_of_accented_characters_and_of_scripts_without_hyphenation():
    word = "e\u0301" * 6
    assert {full("ocr-hyphen-break", word, i).index("-") % 2 for i in range(20)} == {0}
    for text in ("我们去公园散步吧今天天气很好", "المكتبة القديمة", "เมื่อวานฝนตกหนัก"):
        with pytest.raises(NotApplicable, match="hyphenation"):
            full("ocr-hyphen-break", text)


def test_lost_spaces_join_words_and_keep_lines():
    assert full("ocr-lost-space", " one two\u00a0 three\nfour ") == " onetwothree\nfour "


def test_spurious_spaces_stand_inside_words_only():
    assert full("ocr-spurious-space", "one two\n3") == "o n e t w o\n3"


def test_specks_and_lost_marks_cost_one_edit_each():
    for name in ("ocr-specks", "ocr-lost-marks", "ocr-spurious-space", "ocr-lost-space"):
        for text in SENTENCES[:20]:
            noisy = pt.get(f"text/{name}").apply(text, 1.0, sample=text)
            size = sum(stop - start + len(new) for start, stop, new in noisy.mapping)
            assert levenshtein(text, noisy.value) == size


def test_marks_vanish_and_letters_stay():
    assert full("ocr-lost-marks", "It's late; we go, e-mail.") == "Its late we go email"
    assert "".join(c for c in full("ocr-specks", "abc") if c.isalpha()) == "abc"
