"""Frames with a column of every kind and dtype, for the tests of tables."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "float32": np.array([1.5, np.nan, -0.0], dtype=np.float32),
            "int8": np.array([127, -128, 3], dtype=np.int8),
            "bool": [True, False, True],
            "größe": [1.0, 2.0, np.nan],
            "text": ["a", None, "ß"],
            "category": pd.Categorical(
                ["x", None, "y"], categories=["y", "x", "unused"], ordered=True
            ),
            "Int64": pd.array([1, None, 2**60 + 1], dtype="Int64"),
            "Float64": pd.array([1.5, None, 2.5], dtype="Float64"),
            "boolean": pd.array([True, None, False], dtype="boolean"),
            "date": pd.to_datetime(["2024-01-01", None, "2024-01-03"]),
            "zoned": pd.to_datetime(["2024-01-01", None, "2024-01-03"]).tz_localize("Europe/Rome"),
            "object": np.array([None, 3, np.nan], dtype=object),
            "never": np.array([None, None, None], dtype=object),
        },
        index=pd.Index(["b", "a", "a"], name="id"),
    )


COLUMNS = {
    "int": [1, None, 2**62 + 1],
    "float": [1.5, float("nan"), None],
    "text": ["a", None, "ß"],
    "flag": [True, None, False],
    "day": [datetime.date(2024, 1, 2), None, datetime.date(1, 1, 1)],
    "time": [
        datetime.datetime.fromisoformat("2024-01-02T03"),
        None,
        datetime.datetime.fromisoformat("2024-07-02T03:00:00.000005"),
    ],
    "span": [datetime.timedelta(seconds=3), None, datetime.timedelta(days=-3)],
    "clock": [datetime.time(3), None, datetime.time(4)],
    "list": [[1], [2, 3], None],
    "nothing": [None, None, None],
}


def polars_frame():
    return pl.DataFrame(COLUMNS).with_columns(
        pl.col("time").dt.replace_time_zone("Europe/Rome").alias("zoned"),
        pl.col("text").cast(pl.Categorical).alias("category"),
        pl.col("text").cast(pl.Enum(["ß", "a"])).alias("enum"),
        pl.col("float").cast(pl.Decimal(10, 2), strict=False).alias("decimal"),
    )


def arrow_table():
    table = pa.table(COLUMNS)
    zoned = table["time"].cast(pa.timestamp("us", tz="Europe/Rome"))
    coded = table["text"].combine_chunks().dictionary_encode()
    return table.append_column("zoned", zoned).append_column("category", coded)
