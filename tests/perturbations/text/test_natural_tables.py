import json
from collections import Counter

import pytest

import perturbations as pt
from perturbations.errors import BadSetting, MissingExtra, NotApplicable
from perturbations.text import _tables
from perturbations.text._tables import lines_by_word, misspellings


@pytest.fixture
def table(tmp_path):
    def write(content, name="table.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Put a package with one data file on the path, as if it were installed."""

    def install(name, file, content):
        path = tmp_path.joinpath(name, *file.split("/"))
        path.parent.mkdir(parents=True)
        (tmp_path / name / "__init__.py").write_text("raise ImportError('only data are read')")
        path.write_text(content, encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))

    return install


def chi_square(counts, expected):
    assert set(counts) == set(expected)
    return sum((counts[word] - n) ** 2 / n for word, n in expected.items())


def test_errors_come_in_proportion_to_their_weight(table):
    path = table("word\twrod\t5\nword\twird\t3\nword\twort\t1.0\nword\tword2\t0\n", "t.tsv")
    noisy = pt.get("text/natural-typo", table=path)("word " * 7200, 1.0, sample="s").split()
    assert chi_square(Counter(noisy), {"wrod": 4000, "wird": 2400, "wort": 800}) < 13.8


@pytest.mark.parametrize("heading", ["correct\terror\n", "Correct\tError\tWeight\r\n"])
def test_a_heading_is_no_misspelling(table, heading):
    assert list(misspellings(table(heading + "word\twrod\n"))) == ["word"]
    assert list(misspellings(table("word\twrod\ncorrect\terror\n"), 9)) == ["word", "correct"]


def test_a_folder_and_what_may_not_be_read_are_named(tmp_path, table, monkeypatch):
    noise = pt.get("text/natural-typo", table=str(tmp_path))
    with pytest.raises(BadSetting, match="is a folder"):
        noise("word", 0.5, sample="s")
    with pytest.raises(BadSetting, match="is a folder"):
        lines_by_word(str(tmp_path))
    path = table("word wrod\n", "locked.txt")

    def refuse(self):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(BadSetting, match=r"Permission denied.*locked\.txt"):
        misspellings(path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "line 1"),
        ("[1]", "list"),
        ('{"a": [["b"], ["x"]]}', "'x' is no number"),
        ('{"a": 3}', "'a'"),
    ],
)
def test_malformed_json_is_named(table, content, why):
    with pytest.raises(BadSetting, match=r"table\.json") as error:
        misspellings(table(content, "table.json"))
    assert why in str(error.value)


@pytest.mark.parametrize("name", ["en", "codespell", "augmentex", "augmentex-ru"])
def test_a_table_of_another_language_is_refused(name):
    with pytest.raises(NotApplicable, match="language='de'"):
        pt.get("text/natural-typo", table=name)("Wort", 0.5, sample="s", facts={"language": "de"})


def test_a_table_of_the_user_is_of_any_language(table):
    noise = pt.get("text/natural-typo", table=table("Wort Wotr\n"))
    given = {"dose": {"share": 1.0}, "sample": "s", "facts": {"language": "de"}}
    assert noise("Wort", **given) == "Wotr"


@pytest.mark.parametrize(
    ("content", "line", "why"),
    [
        ("good god\nalone\n", 2, "no error after the word"),
        ("a->b\n\n->right\n", 3, "one side of the arrow"),
        ("wrong->\n", 1, "one side of the arrow"),
        ("wrong->a,,b,\n", 1, "one side of the arrow"),
        ("right\twrnog\t-1\n", 1, "finite number of at least 0"),
        ("right\twrnog\tnan\n", 1, "finite number of at least 0"),
        ("# comment\nright\t\t3\n", 2, "a cell is empty"),
        ("right\twrnog\t\n\nright\twrnog\tfew\n", 3, "the weight 'few' is no number"),
        ("right\twrnog\t1\tx\n", 1, "4 columns"),
        (b"good god\nbad b\xff\n", 2, "can't decode byte"),
    ],
)
def test_a_malformed_line_is_named_with_its_number(table, content, line, why):
    path = table(content)
    with pytest.raises(BadSetting, match=f"line {line}") as error:
        pt.get("text/natural-typo", table=path)("word", 0.5, sample="s")
    assert why in str(error.value)
    assert "table.txt" in str(error.value)


def test_most_is_the_edit_distance_of_the_farthest_error(table):
    path = table("word wrd wrdo wrong1\n")
    near = {most: misspellings(path, most)["word"].words for most in (1, 2, 4)}
    assert near == {1: ("wrd",), 2: ("wrd", "wrdo"), 4: ("wrd", "wrdo", "wrong1")}
    with pytest.raises(BadSetting, match="at least 1 edit"):
        misspellings(path, 0)


CODESPELL = """abandonne->abandonned, abandoned,
teh->the
thge->the
alot->a lot
tthe->the, disabled due to a remark with a, comma
form->from, "a remark
"""


def test_codespell_is_read_where_it_is_installed(package):
    package("codespell_lib", "data/dictionary.txt", CODESPELL)
    known = misspellings("codespell")
    assert known["the"].words == ("teh", "thge", "tthe")
    assert known["abandoned"].words == ("abandonne",)
    assert set(known) == {"the", "abandonned", "abandoned", "from"}
    noisy = pt.get("text/natural-typo", table="codespell")("The cat", 1.0, sample="s")
    assert noisy in {"Teh cat", "Thge cat", "Tthe cat"}


@pytest.mark.parametrize(
    ("name", "folder", "right", "wrong"),
    [("augmentex", "eng", "word", "wrod"), ("augmentex-ru", "rus", "слово", "слвоо")],
)
def test_augmentex_is_read_with_its_weights_where_it_is_installed(
    package, name, folder, right, wrong
):
    shown = {right: [[wrong, right[1:]], [0.75, 0.25]]}
    package("augmentex", f"static_data/{folder}/pc/orfo_words.json", json.dumps(shown))
    noisy = pt.get("text/natural-typo", table=name)(f"{right} " * 4000, 1.0, sample="s").split()
    assert chi_square(Counter(noisy), {wrong: 3000, right[1:]: 1000}) < 10.8


@pytest.mark.parametrize("name", ["codespell", "augmentex", "augmentex-ru"])
def test_a_package_that_is_not_installed_is_named(monkeypatch, name):
    monkeypatch.setattr(_tables.importlib.util, "find_spec", lambda module: None)
    with pytest.raises(MissingExtra, match=f"pip install {name.removesuffix('-ru')}$"):
        pt.get("text/natural-typo", table=name)("word", 0.5, sample="s")


def test_the_last_line_of_a_word_counts_in_the_released_reading(table):
    path = table("word one two\nWord far\nword wrod wrod x\n")
    assert lines_by_word(path) == {"word": ("wrod", "wrod", "x"), "Word": ("far",)}


def test_a_line_without_error_is_named_in_the_released_reading(table):
    with pytest.raises(BadSetting, match=r"line 2 of .*table\.txt"):
        lines_by_word(table("word wrod\nalone\n"))
