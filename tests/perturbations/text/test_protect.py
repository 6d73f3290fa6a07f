"""Protected places survive every noise, in place by the mapping."""

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations import Context
from perturbations._laws._specimen import specimen
from perturbations.errors import BadValue, NotApplicable
from perturbations.text._edits import Edits
from perturbations.text._protect import align, guard

NAMES = [name for name in pt.names(modality="text") if not pt.get(name).requires]
PATTERN = r"\d{4}-\d\d-\d\d|\S+@\S+"
TEXT = "Write to anna@example.org before 2026-11-23 and do not be late, it was a positive surprise."


@pytest.mark.parametrize("name", NAMES)
@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12), st.integers(0, 9))
@settings(max_examples=12, deadline=None)
def test_protected_places_survive_in_place(name, before, between, after, sample):
    meant = specimen(pt.get(name)).values[sample]
    text = f"{before}2026-11-23{between} {meant} a@b{after}"
    facts = {"protect": (r"\d{4}-\d\d-\d\d", "a@b")}
    try:
        noisy = pt.get(name).apply(text, 1.0, sample=sample, facts=facts)
    except NotApplicable:  # a letter of another script that was drawn beside the sentence
        assume(False)
    for pattern in facts["protect"]:
        for match in re.finditer(pattern, text):
            start, stop = noisy.mapping.project(*match.span()) if noisy.mapping else match.span()
            assert match[0] == noisy.value[start:stop]


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_protects_as_one_by_one(name):
    facts = {"protect": PATTERN, "protect_words": ("positive",)}
    one, two, three = specimen(pt.get(name)).values[:3]
    texts = [f"{one} 2026-11-23", f"2026-11-23 {two} positive", three] * 60
    many = pt.get(name).batch(texts, 1.0, samples=range(180), facts=facts)
    alone = [pt.get(name)(text, 1.0, sample=i, facts=facts) for i, text in enumerate(texts[:6])]
    assert alone == many[:6]
    assert all("2026-11-23" in each for each in many[::3])


def test_only_edits_that_touch_a_place_are_dropped():
    noise = pt.get("text/full-scramble")
    free = noise.apply(TEXT, 1.0, sample="a")
    kept = noise.apply(TEXT, 1.0, sample="a", facts={"protect": PATTERN})
    places = [match.span() for match in re.finditer(PATTERN, TEXT)]
    expected = [e for e in free.mapping if not any(e[0] <= b and a <= e[1] for a, b in places)]
    assert expected == list(kept.mapping)
    assert len(free.mapping) - len(expected) == kept.report["protected"] > 0
    assert len(expected) == kept.report["edits"]
    assert len(expected) / kept.report["eligible"] == kept.report["share"]


def test_without_facts_nothing_changes():
    noise = pt.get("text/swap")
    plain, empty = (noise.apply(TEXT, 1.0, sample=1, facts=f) for f in (None, {"protect": ()}))
    assert plain == empty
    assert guard(Context({"rate": 3})) is None


@pytest.mark.parametrize(
    ("facts", "survives"),
    [
        ({"protect": PATTERN}, ["2026-11-23", "anna@example.org"]),
        ({"protect": re.compile("LATE", re.IGNORECASE)}, ["late"]),
        ({"protect": (0, 5)}, ["Write"]),
        ({"protect": [(0, 5), {"start": 9, "end": 13}]}, ["Write", "anna"]),
        ({"protect": (PATTERN, (0, 5))}, ["Write", "2026-11-23"]),
        ({"protect_words": ("Positive", "was")}, ["positive", "was"]),
        ({"protect_words": ["surprise"], "protect": "late"}, ["surprise", "late"]),
    ],
)
def test_forms_of_the_facts(facts, survives):
    noisy = pt.get("text/full-scramble")(TEXT, 1.0, sample="b", facts=facts)
    assert noisy != TEXT
    assert all(each in noisy for each in survives)


def test_words_are_whole_words_but_in_scripts_without_spaces():
    found = guard(Context({"protect_words": ("it", "好")}))
    assert found is not None
    spared = found("it fits 今天好吗", "xx fxxs xxxxx").mapping
    assert [] == [e for e in spared if e[0] < 2]
    every = Edits(tuple((i, i + 1, "x") for i in range(13)))
    kept = {e[0] for e in found("it fits 今天好吗 ok.", pt.Noisy("", every)).mapping}
    assert {0, 1, 2, 9, 10, 11} == set(range(13)) - kept  # and what stands right beside


def test_a_noise_without_edits_is_compared_word_by_word():
    @pt.perturbation("text/shouted", family="test", keeps=(), registered=False)
    def shouted(
        text: str, draw: pt.Draw, *, share: pt.Dose = pt.Ladder(0.1, 0.2, 0.3, 0.4, 1.0, unit="x")
    ) -> str:
        """Everything is shouted."""
        return text.upper()

    noisy = shouted.apply(TEXT, 1.0, facts={"protect": PATTERN})
    assert "WRITE TO anna@example.org BEFORE 2026-11-23 AND" in noisy.value
    assert noisy.mapping.apply(TEXT) == noisy.value
    assert shouted.batch([TEXT], 1.0, samples=["a"], facts={"protect": PATTERN}) == [noisy.value]


@given(st.text("ab \n", max_size=30), st.text("ab \n", max_size=30))
@settings(max_examples=100, deadline=None)
def test_aligned_edits_make_the_noisy_text(clean, noisy):
    assert align(clean, noisy).apply(clean) == noisy


@pytest.mark.parametrize(
    ("facts", "match"),
    [
        ({"protect": "(["}, "a regular expression"),
        ({"protect": 3}, "what to protect"),
        ({"protect": [(5, 2)]}, "0 <= start <= end"),
        ({"protect": [("a", "b")]}, "a span"),
        ({"protect": (0, 10_000)}, "within the text's"),
        ({"protect_words": ("",)}, "not empty"),
        ({"protect_words": (3,)}, "not empty"),
    ],
)
def test_malformed_facts_are_named_errors(facts, match):
    with pytest.raises(BadValue, match=match):
        pt.get("text/swap")(TEXT, 1.0, sample="a", facts=facts)


REORDERING = ["text/order-destroyed", "text/shuffle-words"]


@pytest.mark.parametrize("name", REORDERING)
@given(st.lists(st.sampled_from(["a", "b,", "keep", "c.", "2026-11-23", "d"]), max_size=14))
@settings(max_examples=60, deadline=None)
def test_no_word_is_doubled_or_lost_beside_protected_ones(name, words):
    text = " ".join(words)
    facts = {"protect": r"\d{4}-\d\d-\d\d", "protect_words": ("keep",)}
    for severity in (0.4, 1.0):
        noisy = pt.get(name).apply(text, severity, sample=text, facts=facts)
        after = noisy.value.split()
        assert sorted(words) == sorted(after)
        guarded = [i for i, word in enumerate(words) if word in ("keep", "2026-11-23")]
        assert [words[i] for i in guarded] == [after[i] for i in guarded]
        assert noisy.report.get("protected", 0) == 0
        assert noisy.report["eligible"] <= len(words) - len(guarded)


@pytest.mark.parametrize("name", REORDERING)
def test_spans_have_no_place_where_words_changed_places(name):
    noisy = pt.get(name).apply(TEXT, 1.0, sample="a", facts={"protect": PATTERN})
    later = pt.get("text/drop-character").apply(noisy.value, 1.0, sample="a")
    for mapping in (noisy.mapping, noisy.mapping.then(later.mapping)):
        with pytest.raises(BadValue, match="the order of the words is destroyed"):
            pt.project_spans([(9, 25)], mapping)


def test_spans_beyond_the_text_are_refused():
    noisy = pt.get("text/drop-character").apply("I saw Anna", 1.0, sample="a")
    later = pt.get("text/swap").apply(noisy.value, 1.0, sample="a")
    assert pt.project_spans([(6, 10)], noisy.mapping)
    for mapping in (noisy.mapping, noisy.mapping.then(later.mapping)):
        with pytest.raises(BadValue, match="within the text's 10 code points"):
            pt.project_spans([(6, 11)], mapping)
