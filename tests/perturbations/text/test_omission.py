from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations.text._distance import levenshtein
from perturbations.text._graphemes import graphemes
from perturbations.text._sentences import SENTENCES

NOISE = pt.get("text/drop-character")
ALL = " ".join(SENTENCES)
CLUSTERS = st.sampled_from(
    ["a", "b", " ", "\n", "\r\n", "e\u0301", "👨‍👩‍👧‍👦", "👍🏽", "❤️", "🇩🇪", "क्षि", "\ud800", "ש"]
)


def is_subsequence(short, long):
    rest = iter(long)
    return all(part in rest for part in short)


def test_the_share_of_missing_characters_is_the_dose():
    for share in (0.01, 0.1, 0.5):
        report = NOISE.apply(ALL, dose={"share": share}, sample="s").report
        spread = sqrt(share * (1 - share) / report["eligible"])
        assert report["share"] == pytest.approx(share, abs=4 * spread)


def test_at_dose_one_only_line_breaks_are_left():
    assert NOISE("one\r\ntwo\n", dose={"share": 1.0}, sample="s") == "\r\n\n"


@given(st.lists(CLUSTERS, max_size=30), st.floats(0.3, 1), st.integers(0, 99))
@settings(max_examples=80, deadline=None)
def test_characters_go_whole_or_stay_whole(clusters, severity, sample):
    text = "".join(clusters)
    noisy = NOISE.apply(text, severity, sample=sample)
    starts = graphemes(text).starts
    assert noisy.mapping.apply(text) == noisy.value
    assert all(start in starts and stop in starts for start, stop, _ in noisy.mapping)
    assert is_subsequence(noisy.value, text)


def test_the_distance_is_the_number_of_characters_dropped():
    for text in SENTENCES:
        noisy = NOISE.apply(text, 1.0, sample=text)
        dropped = sum(stop - start for start, stop, _ in noisy.mapping)
        assert levenshtein(text, noisy.value) == dropped


def test_edits_at_a_severity_are_among_those_above():
    for text in SENTENCES:
        before = set()
        for severity in (0.1, 0.4, 0.8, 1.0):
            after = set(NOISE.apply(text, severity, sample=text).mapping)
            assert before <= after
            before = after


def test_an_empty_text_has_nothing_to_drop():
    noisy = NOISE.apply("", 1.0, sample="s")
    assert noisy.value == ""
    assert noisy.report["eligible"] == 0
