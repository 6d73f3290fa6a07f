"""Text from data cannot act: not in a page, a script, Markdown or a terminal."""

import json

import pytest

from noisebench.report import _text


@pytest.mark.parametrize(
    ("expected", "hostile"),
    [
        ("a␛[31mb", "a\x1b[31mb"),
        ("␀", "\0"),
        ("⟨U+202E⟩txt", "\u202etxt"),
        ("⟨U+2066⟩", "\u2066"),
        ("⟨U+200B⟩", "\u200b"),
        ("⟨U+D800⟩", "\ud800"),
        ("⟨U+0085⟩", "\x85"),
        ("⟨U+2028⟩", "\u2028"),
        ("שלום 👩‍🚀 é", "שלום 👩‍🚀 é"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_acting_characters_become_visible(expected: str, hostile: str) -> None:
    assert expected == _text.plain(hostile)


def test_long_text_says_how_much_is_left_out() -> None:
    assert "aaa … (7 more characters)" == _text.plain("a" * 10, 3)


def test_script_json_reads_back_and_cannot_close_its_script() -> None:
    value = {"k": "</script><!--&\u2028\u2029>"}
    text = _text.script_json(value)
    assert not set("<>&\u2028\u2029") & set(text)
    assert value == json.loads(text)


@pytest.mark.parametrize(
    ("expected", "hostile"),
    [
        ("a&#124;b", "a|b"),
        ("\\`code\\`", "`code`"),
        ("&lt;img&gt;", "<img>"),
        ("\\[x\\](javascript:1)", "[x](javascript:1)"),
        ("https&#58;//evil.example", "https://evil.example"),
        ("www&#46;evil.example", "www.evil.example"),
        ("&#64;&#8203;maintainer", "@maintainer"),
        ("\\#1", "#1"),
        ("\\\\&#124;", "\\|"),
        ("&amp;\\#124;", "&#124;"),
        ("snake_case", "snake_case"),
        ("\\_all\\_", "_all_"),
        ("one line", "one\n\nline"),
    ],
)
def test_markdown_shows_text_as_it_is(expected: str, hostile: str) -> None:
    assert expected == _text.markdown(hostile)


def test_fence_outgrows_backticks() -> None:
    assert "`````text\na ```` b\n`````" == _text.fence("a ```` b")
