"""What was understood of a table is said, and so is what may be wrong with it."""

import datetime

import numpy as np
import pandas as pd
import pytest

import perturbations as pt
from perturbations.errors import BadValue

N = 60
GENERATOR = np.random.default_rng(0)


def said(frame, **facts):
    return pt.modality("tabular").describe(frame, facts)


def test_kinds_are_listed_with_the_columns_of_each():
    frame = pd.DataFrame(
        {
            "height": GENERATOR.normal(size=N),
            "species": ["a", "b", "c"] * 20,
            "one": ["x"] * N,
            "tame": [True, False] * 30,
            "born": [datetime.date(2024, 1, 1 + i % 28) for i in range(N)],
            "note": [f"note {i}" for i in range(N)],
        }
    )
    assert {
        "numbers (1)": "height",
        "categories (2)": "species (3 labels), one (1 label)",
        "truth values (1)": "tame",
        "free text, or names of single rows (1)": "note",
        "dates (1)": "born",
        "note on one": "holds one value only",
    } == said(frame)


def test_many_columns_are_not_all_listed():
    found = said(GENERATOR.normal(size=(5, 30)))
    assert {"numbers (30)": "0, 1, 2, 3, 4, 5, 6, 7, and 22 more"} == found


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (np.arange(N) % 3 + 2007, "3 different whole numbers only; if they are codes"),
        (np.arange(N) % 2, 'if it is a flag, declare its kind: "boolean"'),
        (np.arange(N) + 1, 'keep noise off it with the fact "protect"'),
        (
            [f"2024-01-{1 + i % 9:02}" for i in range(N)],
            'text that reads as dates; if it is, declare its kind: "date"',
        ),
        ([f"{i % 9}.5" for i in range(N)], "text that reads as numbers"),
        ([None] * N, "holds nothing"),
        ([5] * N, "holds one value only"),
    ],
    ids=["codes", "flag", "key", "dates", "numbers", "nothing", "constant"],
)
def test_a_column_that_may_be_misunderstood_is_named(cells, words):
    assert words in said(pd.DataFrame({"c": cells}))["note on c"]


@pytest.mark.parametrize(
    "cells",
    [
        np.arange(N) % 30,
        GENERATOR.normal(size=N),
        GENERATOR.integers(0, 1000, N),
        ["a", "2024-01-01"] * 30,
        [1, 2, 3],
    ],
    ids=["many codes", "measured", "amounts", "mixed text", "few rows"],
)
def test_there_is_no_doubt_about_other_columns(cells):
    assert "note on c" not in said(pd.DataFrame({"c": cells}))


def test_what_is_declared_is_not_doubted():
    frame = pd.DataFrame({"year": np.arange(N) % 3 + 2007})
    assert {"numbers (1)": "year"} == said(frame, kinds={"year": "numeric"})
    assert {"categories (1)": "year (3 labels)"} == said(frame, kinds={"year": "categorical"})


def test_what_noise_is_kept_off_is_not_doubted():
    frame = pd.DataFrame({"id": np.arange(N) + 1, "code": np.arange(N) + 5})
    assert "note on id" in said(frame) and "note on code" in said(frame)
    assert "note on id" not in said(frame, protect=["id"])
    assert "note on code" in said(frame, protect="id")


def test_facts_that_do_not_fit_are_named():
    with pytest.raises(BadValue, match=r"did you mean year\?"):
        said(pd.DataFrame({"year": [1]}), kinds={"yaer": "numeric"})
