"""Frames of other libraries than pandas are recognised, sliced, joined and compared without knowing which they are."""

import subprocess
import sys

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from perturbations._frames import concatenate, is_frame, is_lazy, same_frames, take_rows

DATA = {
    "a": [1, None, 3],
    "f": [1.0, float("nan"), None],
    "s": ["x", None, "z"],
    "l": [[1, 2], [2], None],
}
FRAMES = {
    "polars": pl.DataFrame(DATA),
    "arrow": pa.table(DATA),
    "narwhals": nw.from_native(pl.DataFrame(DATA)),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_rows_come_back_in_a_frame_of_the_same_kind(frame):
    assert is_frame(frame)
    ends = take_rows(frame, np.array([2, 0]))
    assert type(ends) is type(frame)
    assert same_frames(take_rows(ends, slice(1, 2)), take_rows(frame, slice(0, 1)))


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_rows_are_joined_in_their_order(frame):
    rows = [take_rows(frame, slice(i, i + 1)) for i in range(3)]
    assert same_frames(concatenate(rows), frame)
    assert not same_frames(concatenate(rows[::-1]), frame)


def test_a_null_is_not_nan_and_one_dtype_not_another():
    assert not same_frames(
        pl.DataFrame({"a": [None, 1.0]}), pl.DataFrame({"a": [float("nan"), 1.0]})
    )
    assert not same_frames(pl.DataFrame({"a": [1]}), pl.DataFrame({"a": [1.0]}))
    assert not same_frames(pl.DataFrame({"a": [1]}), pl.DataFrame({"a": [1, 2]}))


@pytest.mark.parametrize(
    "value", [pd.DataFrame(DATA), np.zeros((2, 2)), [1], {"a": 1}, "abc", None, pl.Series([1])]
)
def test_other_values_are_no_frames(value):
    assert not is_frame(value)
    assert not is_lazy(value)


def test_a_query_is_no_frame_before_it_is_computed():
    query = pl.LazyFrame(DATA)
    assert not is_frame(query)
    assert is_lazy(query)
    assert is_frame(query.collect())


def test_narwhals_is_not_loaded_for_arrays_and_texts():
    code = (
        "import sys, numpy as np; from perturbations._frames import is_frame;"
        "print([is_frame(v) for v in (np.zeros(2), [1], {}, 'a', None)], 'narwhals' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split("\n")[0] == "[False, False, False, False, False] False"
