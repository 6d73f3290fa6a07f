"""Categories become others, as often and in the way that was asked for."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats

import perturbations as pt
from perturbations.errors import NotApplicable
from perturbations.tabular._fit import fit
from perturbations.tabular._similar import partners
from tests.perturbations.tabular.statistics import within

SWAP, SIMILAR, UNSEEN, FLAG = map(
    pt.get,
    (
        "tabular/category-swap",
        "tabular/similar-category",
        "tabular/unseen-category",
        "tabular/flag-flip",
    ),
)
GENERATOR = np.random.default_rng(3)
N = 6000


def column(labels, shares, n=N, dtype=object):
    return pd.DataFrame({"c": pd.Series(GENERATOR.choice(labels, n, p=shares), dtype=dtype)})


def batch(noise, table, share, **given):
    reference = given.pop("reference", None) or noise.fit(table, facts=given.get("facts"))
    return noise.batch(
        table, dose={"share": share}, samples=range(len(table)), reference=reference, **given
    )


@pytest.mark.parametrize("dtype", [object, "str", "category"])
def test_a_category_becomes_another_by_its_frequency(dtype):
    table = column(["a", "b", "c"], [0.6, 0.3, 0.1], dtype=dtype)
    noisy = batch(SWAP, table, 1.0)
    assert (noisy["c"] != table["c"]).all()
    assert noisy.dtypes.equals(table.dtypes)
    counts = table["c"].value_counts()
    for own in "abc":
        found = noisy["c"][table["c"] == own].value_counts()
        others = counts.drop(own)
        expected = others / others.sum() * found.sum()
        assert stats.chisquare(found.reindex(others.index), expected).pvalue > 0.001


def test_a_share_of_the_categories_is_hit():
    table = column(["a", "b", "c"], [0.6, 0.3, 0.1])
    for noise in (SWAP, SIMILAR, UNSEEN):
        assert within((batch(noise, table, 0.25)["c"] != table["c"]).sum(), N, 0.25)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (
            ["Iran", "Iraq", "Italy", "France"],
            {"Iran": "Iraq", "Iraq": "Iran", "Italy": "Iran", "France": "Iran"},
        ),
        ([10, 11, 20, 19], {10: 11, 11: 10, 20: 19, 19: 20}),
        (
            ["male", "female", "unknown"],
            {"male": "female", "female": "male", "unknown": "female"},
        ),
    ],
)
def test_a_look_alike_is_the_label_with_the_fewest_edits_or_the_nearest_number(values, wanted):
    reference = fit([{"c": v} for v in values], {"kinds": {"c": "categorical"}}).labelled[0]
    found = dict(
        zip(reference.labels, (reference.labels[i] for i in partners(reference)), strict=True)
    )
    assert wanted == found


def test_in_a_declared_order_the_look_alike_is_the_neighbour():
    sizes = pd.Categorical(
        ["S", "M", "M", "L", "XL"], categories=["S", "M", "L", "XL"], ordered=True
    )
    table = pd.DataFrame({"c": sizes})
    assert ["M", "S", "S", "M", "L"] == batch(SIMILAR, table, 1.0)["c"].tolist()


def test_distances_between_labels_are_levenshteins():
    from rapidfuzz.distance import Levenshtein

    from perturbations.tabular._similar import _edits

    words = ["", "a", "kitten", "sitting", "Müller", "Mueller", "flaw", "lawn"]
    found = _edits(words)
    wanted = [[Levenshtein.distance(a, b) / max(len(a), len(b), 1) for b in words] for a in words]
    np.testing.assert_allclose(found, wanted)


def test_an_unseen_category_is_one_new_label_a_column():
    table = pd.DataFrame({"word": ["a", "b"] * 10, "code": [3, 8] * 10})
    facts = {"kinds": {"code": "categorical"}}
    noisy = batch(UNSEEN, table, 1.0, facts=facts)
    assert {"unseen"} == set(noisy["word"])
    assert {9} == set(noisy["code"])
    assert noisy["code"].dtype == table["code"].dtype
    taken = pd.DataFrame({"word": ["a", "unseen"]})
    assert {"unseen_"} == set(batch(UNSEEN, taken, 1.0)["word"])
    assert {"new"} == set(batch(UNSEEN.with_settings(label="new"), taken, 1.0)["word"])


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"c": pd.Categorical(["a", "b"])}),
        pl.DataFrame({"c": pl.Series(["a", "b"], dtype=pl.Enum(["a", "b"]))}),
    ],
    ids=["pandas", "polars"],
)
def test_a_dtype_that_lists_its_labels_lists_a_new_one_too(table):
    noisy = batch(UNSEEN, table, 1.0)["c"]
    assert ["unseen", "unseen"] == list(noisy)
    assert type(noisy.dtype) is type(table["c"].dtype)


def test_a_listed_category_that_the_reference_brings_and_the_dtype_lacks_is_listed():
    reference = SWAP.fit(pd.DataFrame({"c": ["new", "old"]}))
    table = pd.DataFrame({"c": pd.Categorical(["old"])})
    noisy = batch(SWAP, table, 1.0, reference=reference)["c"]
    assert ["new"] == noisy.tolist() and ["old", "new"] == noisy.cat.categories.tolist()


def test_a_column_that_holds_no_new_label_stays_and_alone_is_not_called_robust():
    both = pd.DataFrame({"c": [1j, 2j] * 4, "d": ["a", "b"] * 4})
    noisy = batch(UNSEEN, both, 1.0)
    assert noisy["c"].equals(both["c"]) and {"unseen"} == set(noisy["d"])
    with pytest.raises(NotApplicable, match="a column that can hold a new label"):
        batch(UNSEEN, both[["c"]], 1.0)


def test_a_category_that_the_reference_lacks_can_still_be_swapped():
    reference = SWAP.fit(pd.DataFrame({"c": ["a", "b"]}))
    table = pd.DataFrame({"c": ["z"] * 40})
    assert {"a", "b"} == set(batch(SWAP, table, 1.0, reference=reference)["c"])
    assert {"z"} == set(batch(SIMILAR, table, 1.0, reference=reference)["c"])


def test_missing_and_lonely_categories_stay():
    table = pd.DataFrame({"c": ["a", None, "b"] * 5, "one": ["x"] * 15})
    for noise in (SWAP, SIMILAR):
        noisy = batch(noise, table, 1.0)
        assert noisy["c"].isna().equals(table["c"].isna())
        assert noisy["one"].equals(table["one"])


FLAGS = {
    "bool": pd.Series([True, False, True]),
    "boolean": pd.Series([True, None, False], dtype="boolean"),
    "numbers": pd.Series([0, 1, 1]),
    "words": pd.Series(["yes", "no", "yes"], dtype=object),
}


@pytest.mark.parametrize("name", FLAGS)
def test_flags_flip_and_flip_back(name):
    table = pd.DataFrame({"c": FLAGS[name]})
    facts = {"kinds": {"c": "boolean"}}
    reference = FLAG.fit(table, facts=facts)
    once = batch(FLAG, table, 1.0, facts=facts, reference=reference)
    assert once.dtypes.equals(table.dtypes)
    differs = (once["c"] != table["c"]).fillna(value=False)
    assert differs.equals(table["c"].notna().astype(differs.dtype))
    pd.testing.assert_frame_equal(batch(FLAG, once, 1.0, facts=facts, reference=reference), table)


def test_a_flag_that_is_always_true_can_be_wrong_too():
    assert [False] == batch(FLAG, pd.DataFrame({"c": [True]}), 1.0)["c"].tolist()
    words = pd.DataFrame({"c": ["yes"]})
    facts = {"kinds": {"c": "boolean"}}
    done = FLAG.apply(
        words, dose={"share": 1.0}, sample="a", facts=facts, reference=FLAG.fit(words, facts=facts)
    )
    assert 0 == done.report["eligible"], "what the other word is cannot be known"


def test_tables_of_other_kinds_are_not_called_robust():
    numbers = pd.DataFrame({"a": [1.0, 2.0]})
    for noise, kind in (
        (SWAP, "categorical"),
        (SIMILAR, "categorical"),
        (UNSEEN, "categorical"),
        (FLAG, "boolean"),
    ):
        with pytest.raises(NotApplicable, match=f"a table with a {kind} column, got columns="):
            batch(noise, numbers, 0.5)
