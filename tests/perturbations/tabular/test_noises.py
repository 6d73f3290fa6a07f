"""What every noise in tables keeps, whatever the table is and whatever holds it."""

import datetime as dt
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations._frames import is_frame, same_frames
from perturbations._laws._compare import same
from perturbations.errors import BadDose, MissingReference, NotApplicable
from perturbations.tabular._corpus import corpus
from perturbations.tabular._forms import rows_of

ALL = [pt.get(name) for name in pt.names(modality="tabular")]
MASKS = [noise for noise in ALL if noise.coupling == "mask" and noise.scope == "sample"]
IDS = [f"s-{i}" for i in range(178)]
every = pytest.mark.parametrize("noise", ALL, ids=str)


class Peers:
    """The rows of a container by id."""

    def __init__(self, table):
        self.rows, self.ids = rows_of(table), IDS[: len(table)]

    def __len__(self):
        return len(self.ids)

    def __getitem__(self, sample):
        return self.rows[self.ids.index(sample)]


@pytest.fixture(scope="module")
def wines():
    return pd.DataFrame(corpus(60)).astype({"cultivar": "category"})


def known(noise, table, facts=None):
    """Return what the noise wants to know of a whole table."""
    found = {"facts": facts or {}}
    if noise.declared.reference:
        found["reference"] = noise.fit(table, facts=facts)
    if noise.declared.peers:
        found["peers"] = Peers(table)
    return found


def batch(noise, table, severity=None, **given):
    facts = given.pop("facts", None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return noise.batch(
            table, severity, samples=IDS[: len(table)], **(known(noise, table, facts) | given)
        )


@every
def test_a_batch_equals_its_rows_in_any_order(noise, wines):
    context = known(noise, wines)
    whole = batch(noise, wines, 0.7)
    order = [5, 2, 9, 0]
    part = noise.batch(wines.iloc[order], 0.7, samples=[IDS[i] for i in order], **context)
    # Which labels a dtype of categories lists besides its own follows from the rows: those that they hold.
    pd.testing.assert_frame_equal(part, whole.iloc[order], check_categorical=False)
    for i in order:
        alone = noise(wines.iloc[[i]], 0.7, sample=IDS[i], **context)
        pd.testing.assert_frame_equal(alone, whole.iloc[[i]], check_categorical=False)


def plain(table):
    """Return the cells of a table as rows of Python objects, with None for missing and days for dates."""
    if is_frame(table):
        rows = (
            table.rows()
            if isinstance(table, pl.DataFrame)
            else [tuple(r.values()) for r in table.to_pylist()]
        )
    elif isinstance(table, pd.DataFrame):
        rows = list(table.astype(object).itertuples(index=False, name=None))
    else:
        rows = [tuple(row.values()) for row in table]
    return [tuple(map(_plain, row)) for row in rows]


def _plain(cell):
    if (
        cell is None
        or cell is pd.NaT
        or cell is pd.NA
        or (isinstance(cell, float) and np.isnan(cell))
    ):
        return None
    if isinstance(cell, dt.datetime):
        return cell.isoformat()
    return cell


@every
def test_the_same_noise_is_made_in_every_container(noise):
    rows = [row | {"tasted": row["tasted"].astimezone(dt.UTC)} for row in corpus(40)]
    rows = [{k: v for k, v in row.items() if k != "comment"} for row in rows]
    frames = {
        "mappings": rows,
        "pandas": pd.DataFrame(rows),
        "polars": pl.DataFrame(rows),
        "arrow": pa.Table.from_pylist(rows),
    }
    found = {name: plain(batch(noise, table, 0.8)) for name, table in frames.items()}
    assert found["polars"] == found["arrow"] == found["pandas"]
    assert found["polars"] == found["mappings"]


@every
@pytest.mark.parametrize("make", [pl.DataFrame, pa.Table.from_pylist], ids=["polars", "arrow"])
def test_frames_of_other_libraries_keep_their_schema(noise, make):
    table = make([{k: v for k, v in row.items() if k != "comment"} for row in corpus(40)])
    for severity in (0.3, 1.0):
        noisy = batch(noise, table, severity)
        assert type(noisy) is type(table)
        assert noisy.schema == table.schema
    assert not same_frames(noisy, table)


@pytest.mark.parametrize("noise", MASKS, ids=str)
def test_masks_are_nested_and_their_values_stay(noise, wines):
    before, clean = None, wines.astype(object)
    for severity in (0.1, 0.3, 0.6, 1.0):
        after = batch(noise, wines, severity).astype(object)
        if before is not None:
            moved = ~((before == clean) | (before.isna() & clean.isna()))
            kept = (after == before) | (after.isna() & before.isna())
            assert kept.to_numpy()[moved.to_numpy()].all()
        before = after


@every
def test_the_frame_given_is_never_written_to(noise, wines):
    before = wines.copy(deep=True)
    noisy = batch(noise, wines, 1.0)
    noisy.iloc[:, 0] = 0.0
    pd.testing.assert_frame_equal(wines, before)
    cells = np.arange(12.0).reshape(4, 3) + 1.5
    kept = cells.copy()
    try:
        batch(noise, cells, 1.0)[:] = 5
    except NotApplicable:
        return
    assert np.array_equal(cells, kept)


@every
def test_an_index_of_any_kind_is_kept(noise, wines):
    twice = wines.set_index(pd.Index(["a", "b"] * 30, name="key"))
    noisy = batch(noise, twice, 1.0)
    assert noisy.index.equals(twice.index)
    assert list(noisy.columns) == list(twice.columns)
    pd.testing.assert_frame_equal(noisy.reset_index(drop=True), batch(noise, wines, 1.0))


@every
def test_dtypes_do_not_depend_on_the_draw(noise, wines):
    context = known(noise, wines)
    found = [
        noise.batch(wines[i : i + 1], 0.05, samples=[IDS[i]], **context).dtypes for i in range(8)
    ]
    assert all(each.equals(found[0]) for each in found)
    if not noise.missing:
        assert found[0].equals(wines.dtypes)


EDGES = {
    "no rows": np.zeros((0, 3)),
    "no columns": np.zeros((3, 0)),
    "one row": np.array([[1.5, 2.5]]),
    "all missing": np.full((3, 2), np.nan),
    "constant": np.ones((3, 2)),
    "text": np.array([["a", "b"], ["c", "d"]]),
    "dates": np.array([["2024-01-01", "NaT"], ["2024-05-06", "2024-02-29"]], dtype="M8[s]"),
    "categories": pd.DataFrame({"a": pd.Categorical(["x", "y"]), "b": pd.Categorical(["x", None])}),
    "nothing": pd.DataFrame({"a": np.array([None, None], dtype=object)}),
    "mixed objects": pd.DataFrame(
        {"a": np.array([1, "x", None, 2.5, True], dtype=object), "b": [1, 2, 3, 4, 5]}
    ),
    "zones": pd.DataFrame({"a": pd.to_datetime(["2024-01-01", None]).tz_localize("Asia/Tokyo")}),
    "spans": pd.DataFrame(
        {"a": pd.to_timedelta([1, None], "h"), "b": pd.to_timedelta([2, 3], "h")}
    ),
    "huge whole numbers": np.array([[2**63 - 1, -(2**63)], [0, 1]]),
}


@every
@pytest.mark.parametrize("name", EDGES)
def test_edge_tables_are_defined_or_refused_by_name(noise, name):
    value = EDGES[name]
    for severity in (0.0, 0.3, 1.0):
        try:
            noisy = batch(noise, value, severity)
        except NotApplicable:
            continue
        assert type(noisy) is type(value)
        assert noisy.shape == value.shape
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            assert not np.isinf(noisy).any()
        if not noise.missing and isinstance(value, pd.DataFrame):
            assert noisy.dtypes.map(str).equals(value.dtypes.map(str))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(ALL),
    st.floats(0.01, 1.0),
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.floats(-1e6, 1e6), st.integers(-1000, 1000)),
            st.one_of(st.none(), st.text(max_size=3), st.booleans()),
            st.one_of(st.none(), st.dates()),
        ),
        min_size=2,
        max_size=6,
    ),
)
def test_any_mixed_rows_keep_columns_types_and_what_is_missing(noise, severity, cells):
    rows = [{"ß": number, "b": other, "d": day} for number, other, day in cells]
    facts = {"kinds": {"ß": "numeric", "b": "categorical", "d": "date"}}
    try:
        noisy = batch(noise, rows, severity, facts=facts)
    except NotApplicable:
        return
    assert [["ß", "b", "d"]] * len(rows) == [list(row) for row in noisy]
    for before, after in zip(rows, noisy, strict=True):
        if not noise.missing and not noise.declared.peers and noise.family != "structure":
            assert {k for k, v in before.items() if v is None} == {
                k for k, v in after.items() if v is None
            }
            assert type(before["ß"]) is type(after["ß"])
            assert type(before["d"]) is type(after["d"])


@every
def test_the_report_says_what_was_done_and_to_which_kinds(noise, wines):
    context = known(noise, wines)
    rows = wines.iloc[:30]
    done = noise.apply_batch(rows, 1.0, samples=IDS[:30], **context)
    pd.testing.assert_frame_equal(done.value, noise.batch(rows, 1.0, samples=IDS[:30], **context))
    eligible, edits, share = (done.report[name] for name in ("eligible", "edits", "share"))
    assert eligible.shape == edits.shape == (30,)
    assert (edits <= eligible).all()
    assert np.array_equal(
        share, np.where(eligible > 0, edits / np.maximum(eligible, 1), np.nan), equal_nan=True
    )
    differs = [
        any(each.values())
        for each in pt.modality("tabular").distances(rows, done.value, pt.Context())
    ]
    assert differs == (edits > 0).tolist()
    kinds = set(
        pt.modality("tabular").encode(wines, pt.Context(reference=noise.fit(wines)), True)[0].kinds
    )
    assert set(done.report["untouched_kinds"]) < kinds
    alone = noise.apply(wines.iloc[[3]], 1.0, sample=IDS[3], **context).report
    assert (alone["eligible"], alone["edits"]) == (eligible[3], edits[3])


@every
def test_protected_columns_stay(noise, wines):
    kept = [
        name
        for name in wines
        if name not in ("alcohol", "ash", "region", "note", "tasted", "strong")
    ]
    noisy = batch(noise, wines, 1.0, facts={"protect": kept})
    pd.testing.assert_frame_equal(noisy[kept], wines[kept])
    assert not noisy.equals(wines)


@every
def test_ladders_have_units_and_shares_stay_shares(noise):
    ladder = next(iter(noise.ladders.values()))
    assert ladder.unit
    if ladder.unit.startswith("share"):
        assert (0.0, 1.0) == (ladder.low, ladder.high)
    assert all(line.strip() for line in (noise.summary, noise.doc.partition("Severity:")[2]))


@every
def test_families_are_named_in_their_order(noise):
    assert noise.family in pt.modality("tabular").families


def test_missing_is_written_as_each_column_writes_it():
    value = pd.DataFrame(
        {
            "float": [1.5],
            "int": [1],
            "bool": [True],
            "Int64": pd.array([1], dtype="Int64"),
            "text": pd.array(["a"], dtype="str"),
            "category": pd.Categorical(["x"]),
            "date": pd.to_datetime(["2024-01-01"]),
            "object": pd.Series(["a"], dtype=object),
            "mixed": np.array([3], dtype=object),
        }
    )
    noisy = batch(pt.get("tabular/missing"), value, dose={"share": 1.0})
    assert noisy.isna().all(axis=None)
    expected = {"int": "float64", "bool": "float64"}
    assert {name: str(dtype) for name, dtype in noisy.dtypes.items()} == {
        name: expected.get(name, str(dtype)) for name, dtype in value.dtypes.items()
    }
    assert noisy["object"].iloc[0] is None
    assert isinstance(noisy["mixed"].iloc[0], float)
    assert noisy["Int64"].iloc[0] is pd.NA
    assert noisy["date"].iloc[0] is pd.NaT


def test_missing_text_is_marked_as_the_reference_column_marks_it():
    rows = [{"a": "x"}, {"a": float("nan")}, {"a": "y"}]
    noise = pt.get("tabular/missing")
    marked = noise(rows[0], dose={"share": 1.0}, sample="s", reference=noise.fit(rows))["a"]
    assert isinstance(marked, float)
    assert noise(rows[0], dose={"share": 1.0}, sample="s")["a"] is None


def test_whole_columns_that_noise_may_not_touch_keep_their_dtype():
    value = pd.DataFrame({"id": [1, 2], "x": [3, 4]})
    noisy = batch(pt.get("tabular/missing").with_settings(columns=["x"]), value, 1.0)
    assert ["int64", "float64"] == [str(dtype) for dtype in noisy.dtypes]
    assert np.dtype(int) == batch(pt.get("tabular/missing"), np.ones((1, 2), dtype=int), 0.0).dtype


def test_what_is_needed_is_named():
    row = np.ones(3)
    with pytest.raises(MissingReference, match="reference for tabular/numeric-noise"):
        pt.get("tabular/numeric-noise")(row, 0.5, sample="a")
    with pytest.raises(BadDose, match="share"):
        pt.get("tabular/missing")(row, dose={"share": 1.5}, sample="a")
    assert (3,) == pt.get("tabular/missing")(row, 0.5, sample="a").shape


def test_a_batch_without_reference_says_that_it_fits_on_itself():
    noise, value = pt.get("tabular/numeric-noise"), np.arange(6.0).reshape(3, 2)
    with pytest.warns(pt.FittedOnBatch, match="numeric-noise"):
        first = noise.batch(value, 0.5, samples=IDS[:3])
    assert same(first, batch(noise, value, 0.5))
