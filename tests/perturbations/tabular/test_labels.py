"""Labels and texts are written otherwise, and only as their column can hold it."""

import pandas as pd
import polars as pl
import pytest
from rapidfuzz.distance import Levenshtein

import perturbations as pt
from perturbations.errors import BadSetting, NotApplicable
from tests.perturbations.tabular.statistics import within

TYPO, SPACE, CASE, CUT, ENCODING = map(
    pt.get,
    (
        "tabular/label-typo",
        "tabular/label-space",
        "tabular/label-case",
        "tabular/truncated-label",
        "tabular/label-encoding",
    ),
)
ALL = (TYPO, SPACE, CASE, CUT, ENCODING)
N = 2000


def penguins(n=N):
    kinds = ["Adelie", "Chinstrap", "Gentoo"]
    return pd.DataFrame({"species": [kinds[i % 3] for i in range(n)]})


def batch(noise, table, share=1.0, **given):
    return noise.batch(table, dose={"share": share}, samples=range(len(table)), **given)


@pytest.mark.parametrize(
    "kind", ["keyboard-typo", "transposition", "doubling", "insertion", "drop-character"]
)
def test_a_misspelt_label_is_one_or_two_edits_away(kind):
    table = penguins(300)
    noisy = batch(TYPO.with_settings(kind=kind), table)
    edits = [
        Levenshtein.distance(a, b) for a, b in zip(table["species"], noisy["species"], strict=True)
    ]
    assert min(edits) >= 1, "every label that is hit changes"
    assert sum(edits) / len(edits) < 3
    assert noisy["species"].nunique() > 20, "labels alike are misspelt each in its own way"


def test_a_long_text_gets_a_typo_in_every_twenty_letters():
    text = "the quick brown fox jumps over the lazy dog " * 20
    table = pd.DataFrame({"note": [text] * 20})
    noisy = batch(TYPO, table)
    rate = [Levenshtein.distance(text, each) / len(text.replace(" ", "")) for each in noisy["note"]]
    assert sum(rate) / len(rate) == pytest.approx(0.05, abs=0.01)


@pytest.mark.parametrize("noise", [TYPO, SPACE, CASE], ids=str)
def test_a_share_of_the_labels_is_hit(noise):
    table = penguins()
    assert within((batch(noise, table, 0.2)["species"] != table["species"]).sum(), N, 0.2)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("any", {"Blue Whale ", " Blue Whale", "Blue  Whale", "Blue Whale\u00a0"}),
        ("trailing", {"Blue Whale "}),
        ("leading", {" Blue Whale"}),
        ("doubled", {"Blue  Whale"}),
        ("no-break", {"Blue Whale\u00a0"}),
    ],
)
def test_blanks_stand_where_nobody_sees_them(kind, wanted):
    table = pd.DataFrame({"c": ["Blue Whale"] * 100})
    noisy = batch(SPACE.with_settings(kind=kind), table)
    assert wanted == set(noisy["c"])
    assert {"Blue Whale"} == {" ".join(label.split()) for label in noisy["c"]}


@pytest.mark.parametrize(
    ("kind", "label", "wanted"),
    [
        ("any", "Blue whale", {"BLUE WHALE", "blue whale", "Blue Whale"}),
        ("any", "ADELIE", {"adelie", "Adelie"}),
        ("upper", "straße", {"STRASSE"}),
        ("title", "Adelie", {"Adelie"}),
        ("any", "企鹅", {"企鹅"}),
    ],
)
def test_capitals_differ(kind, label, wanted):
    table = pd.DataFrame({"c": [label] * 100})
    assert wanted == set(batch(CASE.with_settings(kind=kind), table)["c"])


def test_a_field_cuts_off_what_does_not_fit():
    table = pd.DataFrame(
        {"c": ["Adelie", "Chinstrap", "日本のペンギン", None], "n": [1.5, 2.0, 3.0, 4.0]}
    )
    noisy = CUT.batch(table, dose={"length": 6}, samples=range(4))
    assert ["Adelie", "Chinst", "日本のペンギ"] == noisy["c"].tolist()[:3]
    assert pd.isna(noisy["c"][3])
    assert noisy["n"].equals(table["n"])


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("mojibake", "MÃ¼ller"),
        ("replacement-character", "M\ufffdller"),
        ("question-mark", "M?ller"),
    ],
)
def test_an_export_is_read_in_the_wrong_encoding(kind, wanted):
    table = pd.DataFrame({"c": ["Müller", "Meyer"]})
    assert [wanted, "Meyer"] == batch(ENCODING.with_settings(kind=kind), table)["c"].tolist()


def test_mojibake_can_be_undone():
    noisy = batch(ENCODING, pd.DataFrame({"c": ["Zürich"]}))["c"]
    assert noisy[0].encode("cp1252").decode("utf-8") == "Zürich"


def test_a_label_in_ascii_is_no_candidate():
    row = {"a": "Meyer", "b": "Müller", "c": None}
    report = ENCODING.apply(row, 1.0, sample="a").report
    assert (1, 1) == (report["eligible"], report["edits"])


@pytest.mark.parametrize("noise", ALL, ids=str)
@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"c": pd.Categorical(["Müller-Lüdenscheidt", "b"])}),
        pl.DataFrame({"c": pl.Series(["ä", "b"], dtype=pl.Enum(["ä", "b"]))}),
    ],
    ids=["pandas", "polars"],
)
def test_a_dtype_that_lists_its_labels_takes_the_damage_in(noise, table):
    if "truncated" in str(noise):
        table = table[:1]
    noisy = noise.batch(table, 1.0, samples="ab"[: len(table)])["c"]
    words = noise.batch(_as_text(table), 1.0, samples="ab"[: len(table)])["c"]
    assert list(words) == list(noisy)
    assert type(noisy.dtype) is type(table["c"].dtype)
    assert list(noisy) != list(table["c"]) or len(table["c"][0]) == 1


def _as_text(table):
    return table.astype(str) if isinstance(table, pd.DataFrame) else table.cast(pl.String)


@pytest.mark.parametrize("noise", ALL, ids=str)
def test_a_column_that_holds_no_word_is_not_called_robust(noise):
    with pytest.raises(
        NotApplicable, match=r"that can hold any word(.|\n)*a column of int64 holds"
    ):
        noise.batch(
            pd.DataFrame({"c": [1, 2]}), 1.0, samples="ab", facts={"kinds": {"c": "categorical"}}
        )


@pytest.mark.parametrize("noise", ALL, ids=str)
def test_a_table_without_labels_is_not_called_robust(noise):
    with pytest.raises(
        NotApplicable,
        match="a table with a categorical or text column that can hold any word, got columns=",
    ):
        noise({"a": 1.5, "b": True}, 1.0, sample="a")


@pytest.mark.parametrize("noise", ALL, ids=str)
def test_labels_that_are_no_text_stay(noise):
    table = pd.DataFrame({"c": [3, 8], "d": ["Zürich an der Limmat, im Kanton Zürich", None]})
    facts = {"kinds": {"c": "categorical"}}
    noisy = noise.batch(table, 1.0, samples="ab", facts=facts)
    assert noisy["c"].equals(table["c"])
    assert noisy["d"].isna().equals(table["d"].isna())


@pytest.mark.parametrize("container", [pd.DataFrame, pl.DataFrame])
def test_a_label_is_misspelt_alike_in_every_container_and_batch(container):
    cells = {"c": ["Adelie", "Gentoo", "Chinstrap"] * 20}
    noisy = list(batch(TYPO, container(cells), 0.8)["c"])
    assert noisy == [
        TYPO({"c": label}, dose={"share": 0.8}, sample=i)["c"] for i, label in enumerate(cells["c"])
    ]


def test_the_language_of_the_input_says_which_keys_are_near():
    table = pd.DataFrame({"c": ["пингвин"] * 50})
    facts = {"language": "ru"}
    assert (batch(TYPO, table, facts=facts)["c"] != table["c"]).all()


@pytest.mark.parametrize(
    ("noise", "kind", "words"),
    [
        (TYPO, "keybord-typo", "did you mean keyboard-typo"),
        (SPACE, "tab", "expected one of trailing, leading, doubled, no-break"),
        (CASE, "camel", "expected one of upper, lower, title"),
        (ENCODING, "latin", "expected one of mojibake"),
    ],
)
def test_a_kind_that_is_not_there_is_named(noise, kind, words):
    with pytest.raises(BadSetting, match=words):
        batch(noise.with_settings(kind=kind), penguins(3))
