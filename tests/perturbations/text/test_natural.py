import subprocess
import sys

import pytest

import perturbations as pt
from perturbations.errors import BadSetting, MissingExtra
from perturbations.text import _tables
from perturbations.text._distance import levenshtein
from perturbations.text._sentences import SENTENCES
from perturbations.text._tables import misspellings

NOISE = pt.get("text/natural-typo")


@pytest.fixture
def table(tmp_path):
    def write(content, name="table.txt"):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return str(path)

    return write


def test_the_english_table_is_found_without_importing_nlpaug():
    code = (
        "import sys; from perturbations.text._tables import misspellings;"
        "misspellings('en'); assert 'nlpaug' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_every_pair_of_the_english_table_is_a_misspelling():
    english = misspellings("en")
    rights = list(english)
    assert 8_000 < len(rights) < 13_000
    for right in rights[::7]:
        wrongs = english[right].words
        assert right == right.lower()
        assert len(set(wrongs)) == len(wrongs)
        assert all(wrong != right and levenshtein(right, wrong) <= 2 for wrong in wrongs)


def test_every_replacement_is_a_pair_of_the_table():
    english = misspellings("en")
    for text in SENTENCES[:82]:
        noisy = NOISE.apply(text, 1.0, sample=text)
        assert noisy.mapping.apply(text) == noisy.value
        for start, stop, wrong in noisy.mapping:
            assert wrong.lower() in english[text[start:stop].lower()].words
        assert len(noisy.mapping) == noisy.report["eligible"]


def test_edits_at_a_severity_are_among_those_above():
    for text in SENTENCES[:40]:
        before = set()
        for severity in (0.1, 0.4, 0.8, 1.0):
            after = set(NOISE.apply(text, severity, sample=text).mapping)
            assert before <= after
            before = after


@pytest.mark.parametrize(
    "content",
    [
        "definite definate definit\n",
        "definate->definite\ndefinit->definite, defined,\n",
        "definite\tdefinate\n",
    ],
)
def test_three_formats_of_tables_are_read(table, content):
    assert "definate" in misspellings(table(content))["definite"].words


def test_only_the_right_word_becomes_the_wrong_one(table):
    noise = NOISE.with_settings(table=table("receive recieve\n"))
    assert noise("recieve receive", 1.0, sample="s") == "recieve recieve"


def test_case_and_punctuation_around_a_word_stay(table):
    noise = NOISE.with_settings(table=table("receive recieve\nbelieve beleive\n"))
    text = "“Receive”, (RECEIVE) don't-believe  receive-d\tI\u00a0believe!\r\n"
    expected = "“Recieve”, (RECIEVE) don't-believe  receive-d\tI\u00a0beleive!\r\n"
    assert noise(text, 1.0, sample="s") == expected


def test_a_part_of_a_word_with_a_combining_mark_is_no_word(table):
    noise = NOISE.with_settings(table=table("cafe caffe\ns z\n"))
    assert noise("cafe\u0301s", 1.0, sample="s") == "cafe\u0301s"


@pytest.mark.parametrize(
    "pair",
    ["same same", "luck lucky)", "plina p?lina", "cat elephant", "word 'word", "Lila lila"],
)
def test_damage_and_other_words_are_no_misspellings(table, pair):
    content = f"{pair}\nreceive recieve\n"
    assert set(misspellings(table(content))) == {"receive"}


def test_errors_that_are_words_themselves_are_counted(table):
    noise = NOISE.with_settings(table=table("from form\nform forn\n"))
    assert noise.apply("from", 1.0, sample="s").report["real_words"] == 1


def test_each_error_of_a_word_is_as_likely(table):
    noise = NOISE.with_settings(table=table("word wrod wird wort\n"))
    noisy = noise("word " * 3000, 1.0, sample="s").split()
    counts = [noisy.count(error) for error in ("wrod", "wird", "wort")]
    assert sum((n - 1000) ** 2 / 1000 for n in counts) < 13.8  # 0.1% point, 2 degrees of freedom


def test_a_text_without_a_known_word_is_reported_not_refused():
    report = NOISE.apply("漢字 xqzzq", 1.0, sample="s").report
    assert (report["eligible"], report["edits"], report["share"]) == (0, 0, None)


def test_a_table_that_is_rewritten_is_read_again(table):
    assert set(misspellings(table("one onee\n"))) == {"one"}
    assert set(misspellings(table("three theree\n"))) == {"three"}


def test_a_missing_file_says_what_a_table_may_be():
    with pytest.raises(BadSetting, match=r"table='no/such'.*\n.*'en', 'codespell'"):
        NOISE.with_settings(table="no/such")("word", 0.5, sample="s")


def test_a_file_without_misspellings_says_which_lines_count(table):
    with pytest.raises(BadSetting, match="at least one misspelling") as error:
        misspellings(table("one elephant\n\n"))
    assert '"wrong->right"' in str(error.value)


def test_without_nlpaug_the_error_names_the_extra(monkeypatch):
    _tables._shipped.cache_clear()
    monkeypatch.setattr(_tables.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r'pip install "noisebench\[text\]"'):
        NOISE("word", 0.5, sample="s")


@pytest.mark.slow
def test_the_hash_seed_of_the_process_does_not_matter():
    code = (
        "import perturbations as pt; from perturbations.text._sentences import SENTENCES as S;"
        "names = ['swap', 'full-scramble', 'natural-typo', 'random-tokens', 'content-destroyed'];"
        "print(ascii([pt.get('text/' + n)(s, 1.0, sample=s) for n in names for s in S]))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**__import__("os").environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            timeout=120,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(found) == 1
