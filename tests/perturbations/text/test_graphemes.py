from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perturbations.text._graphemes import graphemes
from perturbations.text._modality import edges
from perturbations.text._sentences import SENTENCES

TRICKY = "ae \u0301\u0308\u200d\ufe0f👨👩🏽❤🇩🇪🇫\r\n\t\0\u0915\u094d\u0937\u093f\u1112\u1161\u11ab글각\u0600\ud800"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("abc", ["a", "b", "c"]),
        ("e\u0301a", ["e\u0301", "a"]),
        ("a\r\nb\n\r", ["a", "\r\n", "b", "\n", "\r"]),
        ("👨‍👩‍👧!", ["👨‍👩‍👧", "!"]),
        ("🇩🇪🇫🇷🇪", ["🇩🇪", "🇫🇷", "🇪"]),
        ("❤️👍🏽", ["❤️", "👍🏽"]),
        ("\u1112\u1161\u11ab글", ["\u1112\u1161\u11ab", "글"]),
        ("क्षि", ["क्षि"]),
        ("\ud800\u0301", ["\ud800", "\u0301"]),
        ("\u0301a", ["\u0301", "a"]),
        ("", []),
    ],
)
def test_a_text_is_split_as_readers_count(text, parts):
    assert list(graphemes(text).parts) == parts


@given(st.text(TRICKY, max_size=20))
@settings(max_examples=100, deadline=None)
def test_clusters_make_up_the_text_and_starts_say_where(text):
    parts, starts = graphemes(text)
    assert "".join(parts) == text
    assert [text[a:b] for a, b in pairwise(starts)] == list(parts)


PIECES = [
    *"ae \u0301\u200d\ufe0f👨👩🏽❤🇩🇪\r\n\0\u0600\u202b\u093f\u1112\u1161\u11ab글가",
    "क्",
    "क",
    "ष",
    "ר",
]
"""A virama after a letter that is not Indic is left out: there the oracle is laxer than UAX #29."""


@given(st.lists(st.sampled_from(PIECES), max_size=10).map("".join))
@settings(max_examples=200, deadline=None)
def test_clusters_are_those_of_an_independent_implementation(text):
    regex = pytest.importorskip("regex", reason="the oracle is an optional package")
    assert list(graphemes(text).parts) == regex.findall(r"\X", text)


def test_sentences_and_edge_values_split_as_an_independent_implementation_does():
    regex = pytest.importorskip("regex", reason="the oracle is an optional package")
    for text in (*SENTENCES, *edges().values()):
        if "\ud800" not in text:
            assert list(graphemes(text).parts) == regex.findall(r"\X", text)
