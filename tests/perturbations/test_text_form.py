import pytest
from hypothesis import given
from hypothesis import strategies as st

from perturbations import _text_form
from perturbations.errors import BadSetting, UnknownPerturbation

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=4,
)


@given(st.dictionaries(st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True), VALUES, max_size=4))
def test_what_is_written_reads_back(settings):
    text = _text_form.write("text/keyboard-typo", settings)
    name, back = _text_form.read(text)
    assert ("text/keyboard-typo", settings) == (name, back)
    assert {k: type(v) for k, v in settings.items()} == {k: type(v) for k, v in back.items()}


def test_words_need_no_quotes():
    assert _text_form.read("text/keyboard-typo( layout = azerty , rate=2)") == (
        "text/keyboard-typo",
        {"layout": "azerty", "rate": 2},
    )


@pytest.mark.parametrize("text", ["", "fog", "Image/fog", "image/", "image/fog extra", "image fog"])
def test_a_text_without_the_form_of_a_name_is_refused(text):
    with pytest.raises(UnknownPerturbation, match="modality/name"):
        _text_form.read(text)


@pytest.mark.parametrize(
    "text", ["a/b(x)", "a/b(=1)", "a/b(x=1 2)", 'a/b(x="open)', "a/b(x=[1)", "a/b(x=NaN)"]
)
def test_settings_that_cannot_be_read_are_refused(text):
    with pytest.raises((BadSetting, UnknownPerturbation)):
        _text_form.read(text)
