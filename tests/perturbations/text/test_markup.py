import csv
import html
import io
import json

from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations.text._sentences_world import WORLD

TEXTS = st.text(max_size=20)


def full(text, value, sample="s"):
    return pt.get(f"text/{text}")(value, dose={"share": 1.0}, sample=sample)


@given(TEXTS | st.sampled_from(WORLD), st.integers(0, 9))
@settings(max_examples=100, deadline=None)
def test_escapes_of_a_page_are_undone_by_reading_it(text, sample):
    assert html.unescape(full("html-escape", text, sample)) == text
    twice = full("html-escape(times=2)", text, sample)
    assert html.unescape(html.unescape(twice)) == text


def test_escapes_are_the_usual_ones():
    assert full("html-escape", "<a & b>") == "&lt;a &amp; b&gt;"
    assert full("html-escape(times=2)", "&") == "&amp;amp;"
    assert {full("html-escape", "é", i) for i in range(20)} == {"&#233;", "&#xE9;"}


def test_entities_are_read_once_too_often():
    for text in WORLD:
        assert full("html-unescape", text) == html.unescape(text)
    assert full("html-unescape", "&nosuch; & &lt;b&gt;") == "&nosuch; & <b>"


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_at_dose_one_a_text_is_the_inside_of_a_json_string(text):
    assert full("escape-sequence", text) == json.dumps(text)[1:-1]


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_at_dose_one_a_text_is_the_inside_of_a_csv_cell(text):
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="").writerow([text])
    assert full("escape-sequence(form=csv)", text) == out.getvalue()[1:-1]


def test_markup_stands_around_words_and_takes_nothing_away():
    forms = {full("markup-residue", "word", i) for i in range(200)}
    assert {"<br>word", "**word**", "&nbsp;word", "[word](#)"} <= forms
    assert len(forms) == 16
    assert all("word" in form for form in forms)
    assert all(c not in full("markup-residue(kind=html)", "one two three") for c in "*_`#")
