import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import perturbations as pt
from perturbations.errors import NotApplicable
from perturbations.text._homophones import groups, homophones
from perturbations.text._number_words import NUMBER, by_digit, cardinal, integers, ordinal, spoken
from perturbations.text._sentences import SENTENCES
from perturbations.text._spoken import FILLERS, FUNCTION_WORDS

ALL = " ".join(SENTENCES[:80])


def full(name, text, sample="s", **facts):
    return pt.get(f"text/{name}")(text, dose={"share": 1.0}, sample=sample, facts=facts)


def test_there_are_many_groups_of_homophones_and_each_relation_goes_both_ways():
    assert len(groups()) >= 150
    assert all(len(set(group)) == len(group) > 1 for group in groups())
    for word, others in homophones().items():
        assert all(word in map(str.lower, homophones()[other.lower()]) for other in others)


def test_a_word_becomes_one_that_sounds_like_it_in_the_same_case():
    assert full("asr-homophone", "Their NIGHT, won") in {
        f"{a} KNIGHT, one" for a in ("There", "They're")
    }
    assert full("asr-homophone", "THEY’RE") in {"THERE", "THEIR"}
    assert full("asr-homophone", "theirs one's a-one", "t") == "theirs one's a-won"


def test_homophones_are_for_english():
    for facts, text in (({"language": "de"}, "ein Text"), ({}, "今天天气")):
        with pytest.raises(NotApplicable):
            full("asr-homophone", text, **facts)
    assert full("asr-homophone", "sea", language="en-GB") == "see"


def test_normalised_text_has_no_capitals_and_no_punctuation():
    assert full("asr-normalisation", ALL) == re.sub(r"[.,;:?](?!\d)", "", ALL).lower()
    text = "“Well — it's 1,240.50, isn’t it?” (No-one said: e-mail!)"
    assert full("asr-normalisation", text) == "well it's 1,240.50 isn’t it no-one said e-mail"


def test_turkish_has_two_letters_i():
    assert full("asr-normalisation", "İstanbul, ISI!", language="tr-TR") == "istanbul ısı"
    assert full("asr-normalisation", "ISI", language="en") == "isi"


def test_what_is_normal_already_is_not_counted():
    report = pt.get("text/asr-normalisation").apply("Two words are not", 1.0, sample="s").report
    assert report["eligible"] == 1


@given(st.text(max_size=30))
@settings(max_examples=100, deadline=None)
def test_normalising_twice_is_normalising_once(text):
    once = full("asr-normalisation", text)
    assert full("asr-normalisation", once).lower().split() == once.lower().split()


@pytest.mark.parametrize("language", sorted(FILLERS))
def test_fillers_are_those_of_the_language(language):
    noise = pt.get("text/asr-disfluency(kind=filler)")
    noisy = noise.apply(ALL, dose={"share": 1.0}, sample="s", facts={"language": language})
    assert {new.strip() for _, _, new in noisy.mapping} == set(FILLERS[language])


def test_hesitations_take_nothing_away_and_come_in_their_parts():
    text = "elephant " * 3000
    noisy = pt.get("text/asr-disfluency").apply(text, dose={"share": 1.0}, sample="s")
    kinds = Counter(
        "repetition" if new == "elephant " else "restart" if new.endswith("- ") else "filler"
        for _, _, new in noisy.mapping
    )
    observed = [kinds[kind] for kind in ("filler", "repetition", "restart")]
    assert stats.chisquare(observed, [1800, 900, 300]).pvalue > 1e-3
    assert {new for _, _, new in noisy.mapping if new[-2] == "-"} == {"e- ", "el- ", "ele- "}


def test_a_language_without_fillers_is_refused():
    with pytest.raises(NotApplicable, match="language"):
        full("asr-disfluency", "jakiś tekst", language="pl")


_VALUE = {cardinal(n): n for n in range(20)} | {cardinal(n): n for n in range(20, 100, 10)}


def heard(words):
    total, group = 0, 0
    for word in words.split():
        if word in ("thousand", "million"):
            total, group = total + group * {"thousand": 1000, "million": 10**6}[word], 0
        elif word == "hundred":
            group *= 100
        elif word != "and":
            group += _VALUE[word]
    return total + group


@given(st.integers(0, 999_999_999), st.sampled_from([" ", " and "]))
@settings(max_examples=200, deadline=None)
def test_integers_are_heard_as_what_was_said(number, join):
    assert heard(cardinal(number, join=join)) == number


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("3", "three"), ("0", "zero"), ("1990", "nineteen ninety"), ("1905", "nineteen oh five"),
        ("2005", "two thousand five"), ("2026", "twenty twenty six"), ("1900", "nineteen hundred"),
        ("1,240", "one thousand two hundred forty"), ("007", "zero zero seven"), ("3.14", "three point one four"),
        ("50%", "fifty percent"), ("21st", "twenty first"), ("12th", "twelfth"), ("30th", "thirtieth"),
        ("7:30", "seven thirty"), ("9:00", "nine o'clock"), ("10:05", "ten oh five"), ("1000000", "one million"),
        ("1234567890", "one two three four five six seven eight nine zero"), ("2000", "two thousand"),
        ("1500 people", "fifteen hundred"),
    ],
)  # fmt: skip
def test_numbers_are_said_in_the_usual_way_first(written, said):
    assert said == spoken(NUMBER.search(written))[0]


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23",
        "+49-30-123",
        "v1.2.3",
        "A4",
        "1,24",
        "4x",
        "10.0.0.1",
        "1:2:3",
        "٣",
        "$5.50",
        "$ 5",
        "5 €",
        "5€",
        "£1,000",
        "1/2",
        "24/7",
        "3-5",
        "3–5",
        "3 – 5",
        "3 - 5",
        "7:30:15",
        "7.30:15",
        "25:61",
        "7:30pm",
        "±5",
        "#5",
        "5°C",
        "№5",
        "50%/60%",
        "5 %€",
    ],
)
def test_dates_versions_and_parts_of_words_are_left_alone(text):
    assert full("asr-number-words", text) == text


def test_numbers_stand_in_the_text_where_the_digits_stood():
    assert full("asr-number-words", "In 3 weeks, (5).") == "In three weeks, (five)."
    assert ordinal("one hundred one") == "one hundred first"
    assert by_digit("42") == "four two"
    assert integers("00") == ("zero zero", "oh oh")


@pytest.mark.parametrize("language", sorted(FUNCTION_WORDS))
def test_function_words_come_and_go(language):
    words = FUNCTION_WORDS[language]
    assert full("asr-lost-function-words", f"{' '.join(words)} end", language=language) == "end"
    noise = pt.get("text/asr-added-function-words")
    noisy = noise.apply("x " * 900, dose={"share": 1.0}, sample="s", facts={"language": language})
    assert {new.strip() for _, _, new in noisy.mapping} == set(words)


def test_only_whole_function_words_are_lost():
    assert full("asr-lost-function-words", "The theme of an island, is it?") == "theme island, it?"


def test_punctuation_alone_goes_with_the_white_space_before_it_but_no_end_of_line():
    assert full("asr-normalisation", "one -- two\n — three !") == "one two\n three"


def test_a_long_run_of_blanks_takes_no_time():
    assert full("asr-normalisation", " " * 50_000 + "!") == ""
