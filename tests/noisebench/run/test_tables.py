"""Tables of any library go through an audit as they are, and what was understood of them is said."""

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import noisebench as nb
import perturbations as pt
from noisebench import _distortion, _realised
from noisebench.data import Dataset
from noisebench.data._peers import Peers
from noisebench.errors import PlanError
from noisebench.report._build import view
from perturbations._frames import is_frame

N = 90
CELLS = {
    "height": [160.0 + i % 37 if i % 11 else None for i in range(N)],
    "children": [i % 4 for i in range(N)],
    "city": [("Rom", "Zürich", "Oslo")[i % 3] for i in range(N)],
    "member": [i % 5 == 0 for i in range(N)],
    "born": [dt.date(1990, 1 + i % 12, 1 + i % 28) for i in range(N)],
}
FRAMES = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "arrow": pa.table}
LABELS = np.array([(each or 0) > 178 for each in CELLS["height"]], dtype=int)
NOISES = [
    "tabular/missing",
    "tabular/missing-mar",
    "tabular/label-typo",
    "tabular/duplicated-row",
    "tabular/day-month-swap",
]


def dataset(make, **given):
    return Dataset({"people": make(CELLS)}, LABELS, **given)


def audit(make, noises=NOISES, seen=None, **given):
    def model(frame):
        if seen is not None:
            seen.add(type(frame))
        heights = np.asarray(frame["height"], dtype=object)
        return [int(not pd.isna(each) and each > 178) for each in heights]

    return nb.audit(model, dataset(make), perturbations=noises, severities=[0.4, 1.0], **given)


@pytest.mark.parametrize("name", FRAMES)
def test_a_model_gets_frames_of_the_kind_that_the_data_is(name):
    seen = set()
    found = audit(FRAMES[name], seen=seen)
    assert {type(FRAMES[name](CELLS))} == seen
    assert set(NOISES) == set(found.curves)
    assert [] == found.failures


def test_every_library_gives_the_same_curves_and_distortion():
    audits = [audit(make) for make in FRAMES.values()]
    curves = [{n: c.estimate.tolist() for n, c in found.curves.items()} for found in audits]
    assert curves[0] == curves[1] == curves[2]
    assert audits[0].distortion == audits[1].distortion == audits[2].distortion
    assert audits[0].distortion["tabular/missing"][1.0]["missing"] == pytest.approx(0.49, abs=0.06)


@pytest.mark.slow
@pytest.mark.parametrize("name", FRAMES)
def test_what_is_measured_at_once_is_what_is_measured_row_by_row(name, monkeypatch):
    # pandas takes a column whose dtype made room for gaps for another one, even where none came.
    noises = NOISES[1:] if name != "pandas" else NOISES[2:]
    whole = audit(FRAMES[name], noises)
    slow = dataclasses.replace(pt.modality("tabular"), distances=None)
    looks_up = lambda kind: slow if kind == "tabular" else pt.modality(kind)
    for module in (_distortion, _realised):
        monkeypatch.setattr(module, "modality", looks_up)
    monkeypatch.setattr(_realised, "_eligible_at_once", _one_by_one)
    by_row = audit(FRAMES[name], noises)
    assert whole.distortion == by_row.distortion
    swapped = whole.distortion["tabular/day-month-swap"][1.0]
    assert 0 < swapped["no_candidate"] == swapped["unchanged"] < 1


def _one_by_one(sweep, severity, replicate, inputs, rows, source, context):
    return {
        row: _realised._eligible(sweep, severity, replicate, inputs, row, source, context)
        for row in rows
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", FRAMES)
def test_a_finished_audit_is_saved_reported_and_read_again(name, tmp_path):
    found = audit(FRAMES[name], ["tabular/cell-swap"], run_dir=tmp_path / "run")
    page = found.report(tmp_path).html.read_text()
    assert "birth" not in page
    assert "truth values (1)" in page
    again = nb.load(tmp_path / "run")
    assert found.references == again.references
    assert "height" in str(again.samples[0]["clean"])


def test_what_was_understood_is_in_the_header():
    said = audit(pl.DataFrame, ["tabular/missing"]).header["data"]["understood"]["people"]
    assert "height, children" == said["numbers (2)"]
    assert "city (3 labels)" == said["categories (1)"]
    assert "born" == said["dates (1)"]
    assert "4 different whole numbers only" in said["note on children"]
    facts = {"people": {"kinds": {"children": "categorical"}}}
    data = dataset(pl.DataFrame, facts=facts)
    again = nb.audit(
        lambda x: [0] * len(x), data, perturbations="tabular/missing", severities=[1.0]
    )
    assert "note on children" not in again.header["data"]["understood"]["people"]


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
def test_a_data_set_of_frames_is_inferred_sliced_and_fingerprinted(make):
    data = dataset(make)
    assert {"people": "tabular"} == data.modalities
    part = data.subset([3, 5])
    assert type(data.take(["3", "5"]).inputs["people"]) is type(make(CELLS))
    assert part.fingerprint() == data.subset(np.arange(N) % 90 == 3).fingerprint() or len(part) == 2
    assert data.fingerprint() == dataset(make).fingerprint()
    changed = make(CELLS | {"city": ["Rom"] * N})
    assert data.fingerprint() != Dataset({"people": changed}, LABELS).fingerprint()


def test_a_null_and_nan_are_different_data():
    one, other = (Dataset({"t": pl.DataFrame({"a": [1.0, x]})}) for x in (None, float("nan")))
    assert one.fingerprint() != other.fingerprint()


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
def test_peers_give_many_rows_at_once(make):
    frame = make(CELLS)
    peers = Peers({"people": frame}, tuple("abc"), {"a": 0, "b": 1, "c": 2}).only("people")
    found = peers.take([2, 0])
    assert type(found) is type(frame)
    assert [162.0, None] == [
        None if pd.isna(x) else x for x in np.asarray(found["height"], dtype=object)
    ]
    assert 1 == len(peers["b"])


def test_a_table_without_dates_skips_their_noises_with_the_reason():
    data = Dataset(
        {"t": np.random.default_rng(0).normal(size=(40, 3))}, modalities={"t": "tabular"}
    )
    model = lambda x: np.zeros(len(x))
    found = nb.audit(model, data, perturbations="tabular", severities=[1.0], metric="agreement")
    assert {"tabular/day-month-swap", "tabular/label-typo", "tabular/category-swap"} <= set(
        found.skipped
    )
    assert "a table with a date column" in found.skipped["tabular/year-error"]
    assert not set(found.skipped) & {
        "tabular/missing-mar",
        "tabular/outlier",
        "tabular/swapped-columns",
    }
    with pytest.raises(PlanError, match="a table with a date column"):
        nb.audit(model, data, perturbations="tabular/year-error", metric="agreement")


def test_a_batch_of_frames_is_told_from_other_values():
    assert is_frame(pa.table(CELLS))
    assert not is_frame(pd.DataFrame(CELLS))


def zips(column):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "zip": column,
            "city": pd.Series(list("abcd") * 30, dtype="str"),
            "mass": rng.normal(40.0, 2.0, 120),
            "mixed": np.array([1, "two", 3.5, None] * 30, dtype=object),
        }
    )
    kinds = {"kinds": {"zip": "categorical"}}
    return Dataset({"t": table}, [0, 1] * 60, facts={"t": kinds})


CODES = {
    "words": pd.Series([str(n % 7) for n in range(120)], dtype="str"),
    "ints": np.arange(120) % 7,
    "complex": np.arange(120) % 7 + 1j,
    "periods": pd.period_range("2024", periods=120, freq="M"),
    "categories": pd.Categorical([str(n % 7) for n in range(120)]),
}


@pytest.mark.parametrize("name", CODES)
def test_every_noise_takes_every_row_whatever_a_column_of_categories_is_made_of(name):
    noises = [
        *("tabular/swapped-columns", "tabular/swapped-fields", "tabular/shifted-cells"),
        *("tabular/disguised-missing", "tabular/unseen-category", "tabular/changed-unit"),
        *("tabular/label-typo", "tabular/category-swap"),
    ]
    found = nb.audit(
        lambda frame: [0] * len(frame),
        zips(CODES[name]),
        perturbations=noises,
        severities=[0.4, 1],
        seed=3,
    )
    assert {120} == {found[name].n for name in found}
    assert set(noises) == {*found, *found.skipped}
    assert set(found.skipped) <= {"tabular/swapped-columns", "tabular/swapped-fields"}
    assert all("hold each other's cells" in why for why in found.skipped.values())
    assert name != "words" or not found.skipped


def test_a_column_of_categories_gets_the_damage_and_stays_one():
    seen = set()

    def model(frame):
        seen.add((str(frame["zip"].dtype), frozenset(frame["zip"])))
        return [0] * len(frame)

    data = zips(pd.Categorical(["Zürich", "Genève"] * 60))
    names = ["typo", "case", "space", "encoding"]
    noises = [f"tabular/label-{each}(columns=[zip])" for each in names]
    noises += ["tabular/truncated-label(columns=[zip])", "tabular/unseen-category(columns=[zip])"]
    found = nb.audit(model, data, perturbations=noises, severities=[1.0])
    assert {"category"} == {dtype for dtype, _ in seen}
    assert all(found.distortion[name][1.0]["changed"] > 0 for name in found)
    assert 6 == len(found.curves) and 7 == len(seen)


LEVELS = "tabular/missing-columns", "tabular/swapped-columns", "tabular/changed-unit"


@pytest.mark.parametrize("replicates", [1, 3])
def test_noise_whose_draw_all_rows_share_says_what_its_interval_knows(replicates):
    gate = nb.Gate(perturbation="tabular/missing-columns", retains=0.5, at=0.4)
    given = {"noises": [*LEVELS, "tabular/missing"], "replicates": replicates, "gates": [gate]}
    found = audit(pd.DataFrame, **given)
    said = {1: "one draw for all samples: replicates=5", 3: "3 draws, each for all samples"}[
        replicates
    ]
    assert all(said in found[name].shared for name in LEVELS if name in found)
    assert not found["tabular/missing"].shared
    assert any(said in line and "tabular/missing-columns" in line for line in found.verdict)
    assert said in str(found.gates[0].verdict)
    shown = view(found)
    assert any(said in line for line in shown.remarks)
    assert {True, False} == {said in card.shared for card in shown.ranked}


def test_a_gate_that_stops_early_says_that_it_is_about_these_draws():
    gate = nb.Gate(perturbation="tabular/missing-columns", retains=0.5, at=0.4)
    found = audit(pd.DataFrame, noises=LEVELS[:1], gates=[gate], budget="auto")
    assert "bounds are about these draws alone" in str(found.gates[0].verdict)
