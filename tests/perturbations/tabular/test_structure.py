"""Tables are put together wrongly: cells, columns and rows end up where they do not belong."""

import decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats
from sklearn.datasets import load_breast_cancer

import perturbations as pt
from perturbations.errors import BadValue, MissingPeers, NotApplicable
from tests.perturbations.tabular.statistics import within

CELLS, STALE, TWICE, SLIPPED, FIELDS, COLUMNS, SHIFTED = map(
    pt.get,
    (
        "tabular/cell-swap",
        "tabular/stale-value",
        "tabular/duplicated-row",
        "tabular/shifted-rows",
        "tabular/swapped-fields",
        "tabular/swapped-columns",
        "tabular/shifted-cells",
    ),
)


@pytest.fixture(scope="module")
def cancer():
    return load_breast_cancer(as_frame=True).data


class Peers:
    """A data set's rows by id, one at a time, or many where it can."""

    def __init__(self, table, *, many):
        self.table, self.ids = table, [f"row-{i}" for i in range(len(table))]
        self.asked = 0
        if many:
            self.take = self._take

    def __len__(self):
        return len(self.ids)

    def __getitem__(self, sample):
        self.asked += 1
        return self._rows([self.ids.index(sample)])

    def _take(self, places):
        return self._rows(places)

    def _rows(self, at):
        return self.table[at] if isinstance(self.table, pl.DataFrame) else self.table.iloc[at]


def batch(noise, table, share=1.0, *, many=True, **given):
    peers = {"peers": Peers(table, many=many)} if noise.declared.peers else {}
    reference = noise.fit(table) if noise.declared.needs_reference else None
    ids = [f"row-{i}" for i in range(len(table))]
    return noise.batch(
        table, dose={"share": share}, samples=ids, reference=reference, **peers, **given
    )


def numbered(n=200):
    return pd.DataFrame(
        {"a": np.arange(n), "b": np.arange(n) * 10.0, "c": [f"r{i}" for i in range(n)]}
    )


def test_swapped_cells_keep_every_marginal(cancer):
    noisy = batch(CELLS, cancer)
    values = [stats.ks_2samp(noisy[name], cancer[name]).pvalue for name in cancer.columns]
    assert min(values) > 0.05 / len(values)
    assert all(noisy[name].isin(cancer[name]).all() for name in cancer.columns)
    # the rows no longer fit together
    assert abs(np.corrcoef(noisy["mean radius"], noisy["mean area"])[0, 1]) < 0.2


def test_swapped_labels_keep_their_frequencies():
    table = pd.DataFrame({"c": pd.Categorical(["a"] * 600 + ["b"] * 300 + [None] * 100)})
    noisy = batch(CELLS, table)
    counts = noisy["c"].value_counts().reindex(["a", "b"])
    assert stats.chisquare(counts, [600, 300]).pvalue > 0.001
    assert noisy["c"].isna().equals(table["c"].isna())
    assert noisy.dtypes.equals(table.dtypes)


def test_swapped_dates_and_texts_are_those_of_other_rows():
    table = pd.DataFrame(
        {"d": pd.date_range("2024-01-01", periods=300), "t": [f"note {i}" for i in range(300)]}
    )
    noisy = batch(CELLS, table)
    assert noisy["d"].isin(table["d"]).all()
    assert noisy["t"].isin(table["t"]).all()
    assert (noisy != table).mean().min() > 0.97


def test_text_of_any_width_can_be_swapped_in():
    reference = CELLS.fit(np.array([["abcdefgh"]]))
    noisy = CELLS.batch(np.array([["x"]]), dose={"share": 1.0}, samples=["a"], reference=reference)
    assert [["abcdefgh"]] == noisy.tolist()


@pytest.mark.parametrize("many", [True, False])
def test_a_stale_cell_holds_what_the_row_before_held(many):
    table = numbered()
    noisy = batch(STALE, table, 0.3, many=many)
    before = table.shift(1)
    stale = noisy != table
    assert not stale.iloc[0].any(), "nothing came before the first row"
    for name in table:
        assert (noisy[name][stale[name]] == before[name][stale[name]]).all()
    assert within(stale.iloc[1:].to_numpy().sum(), 199 * 3, 0.3)
    assert noisy.dtypes.equals(table.dtypes)


def test_a_missing_cell_of_the_row_before_makes_nothing_stale():
    table = pd.DataFrame({"a": [1.0, np.nan, 3.0, 4.0]})
    assert [1.0, 1.0, 3.0, 3.0] == batch(STALE, table)["a"].tolist()


def test_a_duplicated_row_stands_in_the_place_of_another():
    table = numbered()
    noisy = batch(TWICE, table)
    assert (noisy["a"] != table["a"]).all()
    assert sorted(noisy["a"]) == sorted(table["a"]), "at 1 every row is there once"
    assert (noisy["b"] == noisy["a"] * 10).all(), "rows stay whole"
    assert (noisy["c"] == "r" + noisy["a"].astype(str)).all()
    some = batch(TWICE, table, 0.3)
    hit = some["a"] != table["a"]
    assert within(hit.sum(), 200, 0.3)
    pd.testing.assert_frame_equal(some[hit], noisy[hit])


def test_rows_can_be_taken_at_once_or_one_by_one():
    table = numbered()
    for noise in (STALE, TWICE, SLIPPED):
        pd.testing.assert_frame_equal(
            batch(noise, table, 0.5, many=True), batch(noise, table, 0.5, many=False)
        )


def test_frames_of_other_libraries_take_rows_too():
    table = numbered(40)
    for noise in (STALE, TWICE, SLIPPED):
        noisy = batch(noise, pl.DataFrame(table.to_dict("list")), 0.5)
        assert noisy.to_dict(as_series=False) == batch(noise, table, 0.5).to_dict("list")


def test_a_block_of_rows_slips_by_one():
    table = numbered()
    before = np.zeros(200, dtype=bool)
    for share in (0.1, 0.25, 0.5, 1.0):
        noisy = batch(SLIPPED, table, share)
        hit = (noisy["a"] != table["a"]).to_numpy()
        assert hit.sum() == 200 * share
        assert (noisy["a"] == (table["a"] - 1) % 200)[hit].all(), "each holds the row before"
        starts = np.flatnonzero(hit & ~np.roll(hit, 1))
        assert len(starts) == (share < 1), "it is one block"
        assert (hit | ~before).all(), "which grows"
        before = hit


def test_columns_can_slip_alone():
    table = numbered()
    noisy = batch(SLIPPED.with_settings(columns=["b"]), table)
    assert (noisy["b"] == (table["b"] - 10) % 2000).all()
    assert noisy[["a", "c"]].equals(table[["a", "c"]])


@pytest.mark.parametrize("noise", [STALE, TWICE, SLIPPED], ids=str)
def test_rows_of_a_stream_or_of_one_row_have_none_to_take_from(noise):
    with pytest.raises(MissingPeers, match="a stream has none"):
        noise(np.ones(3), 0.5, sample="a")
    with pytest.raises(NotApplicable, match="at least two samples"):
        batch(noise, numbered(1))
    # a row that is not in the data set: nothing came before it, and any row may stand in its place
    other = noise(numbered(9).iloc[[3]], 1.0, sample="z", peers=Peers(numbered(9), many=True))
    assert other.shape == (1, 3)


def test_fields_of_a_kind_are_filled_in_the_wrong_way_round():
    table = pd.DataFrame(
        {"x": [1.0] * 900, "y": [2.0] * 900, "z": [3.0] * 900, "s": ["a"] * 900, "t": ["b"] * 900}
    )
    noisy = batch(FIELDS, table, 0.5)
    rows = noisy.apply(tuple, axis=1)
    wanted = {(2, 1, 3, "a", "b"), (3, 2, 1, "a", "b"), (1, 3, 2, "a", "b"), (1, 2, 3, "b", "a")}
    counts = rows[rows != (1, 2, 3, "a", "b")].value_counts()
    assert wanted == set(counts.index)
    assert within(counts.sum(), 900, 0.5)
    assert stats.chisquare(counts).pvalue > 0.001, "each pair is as likely"
    pd.testing.assert_frame_equal(batch(FIELDS, noisy, 0.5), table)


def test_two_named_fields_are_exchanged():
    table = pd.DataFrame({"height": [180.0], "weight": [80.0], "age": [40.0]})
    noisy = batch(FIELDS.with_settings(columns=["height", "weight"]), table)
    assert [80.0, 180.0, 40.0] == noisy.iloc[0].tolist()


def test_pairs_of_columns_are_exchanged_in_every_row(cancer):
    before = set()
    for count in (1, 4, 99):
        noisy = COLUMNS.batch(cancer, dose={"count": count}, samples=range(len(cancer)))
        moved = {
            (i, j)
            for i in range(30)
            for j in range(30)
            if i != j and (noisy.iloc[:, i] == cancer.iloc[:, j]).all()
        }
        assert len(moved) == 2 * min(count, 15)
        assert all((j, i) in moved for i, j in moved)
        assert before <= moved
        before = moved


def test_a_separator_too_many_shifts_the_cells_behind_it():
    table = pd.DataFrame({"a": [1.0] * 800, "b": [2.0] * 800, "c": [3.0] * 800, "d": [4.0] * 800})
    noisy = batch(SHIFTED, table, 0.5)
    rows = noisy.fillna(0).apply(tuple, axis=1)
    counts = rows[rows != (1, 2, 3, 4)].value_counts()
    assert {(0, 1, 2, 3), (1, 0, 2, 3), (1, 2, 0, 3), (1, 2, 3, 0)} == set(counts.index)
    assert within(counts.sum(), 800, 0.5)
    assert stats.chisquare(counts).pvalue > 0.001, "each column is as likely"


def test_what_its_new_column_cannot_hold_is_missing():
    table = pd.DataFrame(
        {
            "n": [1.5] * 300,
            "word": ["x"] * 300,
            "listed": pd.Categorical(["p"] * 300),
            "flag": [True] * 300,
            "day": pd.to_datetime(["2024-01-01"] * 300),
            "whole": [7] * 300,
        }
    )
    noisy = batch(SHIFTED, table)
    assert noisy["n"].dropna().eq(1.5).all()
    assert {"x"} == set(noisy["word"].dropna()), "a number is no label"
    assert {"p"} == set(noisy["listed"].dropna()), "a label that is not listed is none"
    assert noisy["day"].isna().mean() > 0.7
    assert {"flag": "float64", "whole": "float64"} == {
        name: str(dtype) for name, dtype in noisy.dtypes.items() if dtype != table.dtypes[name]
    }


@pytest.mark.parametrize("noise", [FIELDS, COLUMNS], ids=str)
def test_columns_that_have_no_like_are_not_exchanged(noise):
    table = pd.DataFrame({"a": [1.0], "b": ["x"], "c": [True]})
    with pytest.raises(NotApplicable, match="a table with two columns of one kind"):
        noise.batch(table, 1.0, samples="a")
    with pytest.raises(NotApplicable, match="a table with two columns"):
        SHIFTED.batch(table[["a"]], 1.0, samples="a")


@pytest.mark.parametrize("noise", [FIELDS, COLUMNS], ids=str)
@pytest.mark.parametrize(
    "other",
    [
        np.array([1, "two", 3.5, None], dtype=object),
        np.array([decimal.Decimal(1), decimal.Decimal("2.5")] * 2, dtype=object),
        pd.period_range("2024", periods=4, freq="M"),
        np.array([b"x", b"y"] * 2, dtype=object),
        [1j, 2j, 3j, 4j],
    ],
    ids=["mixed", "decimals", "periods", "bytes", "complex"],
)
def test_only_columns_that_can_hold_each_others_cells_are_exchanged(noise, other):
    table = pd.DataFrame({"zip": pd.Series(list("abcd"), dtype="str"), "other": other})
    with pytest.raises(NotApplicable, match="that can hold each other's cells"):
        noise.batch(table, 1.0, samples="abcd", reference=noise.fit(table))
    table["more"] = table["other"].iloc[::-1].to_numpy()
    noisy = noise.batch(table, dose={next(iter(noise.ladders)): 1.0}, samples="abcd")
    assert noisy["zip"].equals(table["zip"])
    assert list(noisy["other"]) == list(table["more"])
    assert noisy.dtypes.equals(table.dtypes)


def test_a_word_among_whole_numbers_that_are_categories_is_missing():
    table = pd.DataFrame({"word": ["x"] * 50, "zip": [94043] * 50, "code": [7] * 50})
    noisy = batch(SHIFTED, table, facts={"kinds": {"zip": "categorical", "code": "categorical"}})
    assert {94043} == set(noisy["zip"].dropna()) and noisy["zip"].isna().any()
    assert {94043} == set(noisy["code"].dropna())


def test_a_named_column_that_is_not_there_is_named():
    with pytest.raises(BadValue, match=r"got columns='heigth'.*\n.*did you mean height"):
        batch(FIELDS.with_settings(columns=["heigth"]), pd.DataFrame({"height": [1.0], "b": [2.0]}))


def test_units_of_rows_and_of_cells_are_counted_as_such():
    row = numbered(9).iloc[[3]]
    known = {"sample": "row-3", "peers": Peers(numbered(9), many=True)}
    report = TWICE.apply(row, dose={"share": 1.0}, **known).report
    assert (1, 1) == (report["eligible"], report["edits"])
    report = STALE.apply(row, dose={"share": 1.0}, **known).report
    assert (3, 3) == (report["eligible"], report["edits"])
    first = STALE.apply(numbered(9).iloc[[0]], 1.0, **(known | {"sample": "row-0"})).report
    assert 0 == first["eligible"]


def test_a_swapped_cell_may_draw_its_own_value_and_says_so():
    table = pd.DataFrame({"a": ["x", "x", "y"], "b": [1, 2, 3]})
    reference = CELLS.fit(table)
    rows = [table.iloc[[i]] for i in range(3)]
    done = [
        CELLS.apply(r, dose={"share": 1.0}, sample=s, reference=reference)
        for s in range(40)
        for r in rows
    ]
    assert all(
        d.report["changed"] == pt.distance("tabular", rows[i % 3], d.value)["changed"]
        for i, d in enumerate(done)
    )
    assert {0.0, 0.5, 1.0} == {d.report["changed"] for d in done}
