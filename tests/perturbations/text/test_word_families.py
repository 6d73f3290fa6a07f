"""What noises of words, tokens, case, punctuation and white space have in common, on any text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations.errors import NotApplicable
from perturbations.text._graphemes import graphemes
from perturbations.text._modality import edges

FAMILIES = ("words", "casing", "punctuation", "whitespace", "masking", "structure", "natural")
PRESETS = ("belinkov-bisk", "belinkov-bisk-released")
NAMES = [
    *(name for family in FAMILIES for name in pt.names(modality="text", family=family)),
    *(name for preset in PRESETS for name in pt.names(preset=preset)),
]
anything = st.text(st.characters(exclude_categories=()), max_size=40) | st.text(
    "abC e\u0301👨\u200d👩🇩🇪 \r\n\t.,'-12中Ж\u0915\u094d", max_size=30
)


def made(noise, text, severity):
    try:
        return noise.apply(text, severity, sample="s")
    except NotApplicable:
        return None


def test_there_are_noises_of_every_family():
    assert len(NAMES) == 33


@pytest.mark.parametrize("name", NAMES)
@given(text=anything)
@settings(max_examples=25, deadline=None)
def test_edits_give_the_noisy_text_and_back_and_tear_no_character(name, text):
    noisy = made(pt.get(name), text, 1.0)
    if noisy is None:
        return
    mapping = noisy.mapping
    assert mapping.apply(text) == noisy.value
    assert mapping.inverse(text).apply(noisy.value) == text
    whole = {*graphemes(text).starts}
    assert all(start in whole and stop in whole for start, stop, _ in mapping)
    assert all(text[start:stop] != new for start, stop, new in mapping)
    assert noisy.report["eligible"] >= len(mapping)


@pytest.mark.parametrize("name", NAMES)
@given(text=anything)
@settings(max_examples=15, deadline=None)
def test_edits_at_a_severity_are_among_those_above(name, text):
    noise = pt.get(name)
    before = set()
    for severity in (0.1, 0.5, 1.0):
        noisy = made(noise, text, severity)
        after = set(noisy.mapping) if noisy else set()
        assert before <= after
        before = after


@pytest.mark.parametrize("name", NAMES)
def test_edge_values_are_defined(name):
    for text in edges().values():
        noisy = made(pt.get(name), text, 1.0)
        assert noisy is None or noisy.mapping.apply(text) == noisy.value
