"""Noise in tables against pandas and numpy: CPU time a thousand rows, in one process and one thread."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

import perturbations as pt
from perturbations.tabular._corpus import corpus
from tests.benchmarks.clock import cpu

HEAD = ("noise", "table", "ours", "by hand, with pandas and numpy", "ratio", "bar")
ROWS, COLUMNS = 10_000, 20
SEVERITY = 0.6
BARS = {"tabular/missing": 4.0}
"""How many times faster than the usual line of pandas."""

Row = tuple[str, ...]
Peer = Callable[[pd.DataFrame, float, np.random.Generator], pd.DataFrame]


def rows() -> list[Row]:
    """Return noise, table, our time, what the usual lines take, the ratio and the bar."""
    import numba

    numba.set_num_threads(1)
    numbers, wines = _numbers(), _wines()
    out = []
    for name in pt.names(modality="tabular"):
        noise = pt.get(name)
        table = numbers if _for_numbers(noise, numbers) else wines
        ours = _ours(noise, table)
        peer = PEERS.get(name.partition("/")[2])
        theirs = None if peer is None else _theirs(peer, noise, table)
        what = f"{ROWS} x {COLUMNS} numbers" if table is numbers else f"{len(wines)} mixed rows"
        out.append(_row(name, what, ours, theirs))
    return [*out, *_containers(numbers)]


def _numbers() -> pd.DataFrame:
    cells = np.random.default_rng(0).normal(50, 10, size=(ROWS, COLUMNS)).round(3)
    return pd.DataFrame(cells, columns=[f"c{j}" for j in range(COLUMNS)])


def _wines() -> pd.DataFrame:
    """Return measured wines over and over: numbers, categories, texts, flags and dates."""
    frame = pd.concat([pd.DataFrame(corpus(178))] * 20, ignore_index=True)
    return frame.assign(bottled=pd.to_datetime(frame["bottled"]))


class _Peers:
    """The rows of a frame, many at once."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.table, self.ids = table, [str(i) for i in range(len(table))]

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, sample: str) -> pd.DataFrame:
        return self.take([int(sample)])

    def take(self, places: Any) -> pd.DataFrame:
        return self.table.iloc[places]


def _for_numbers(noise: pt.Perturbation, numbers: pd.DataFrame) -> bool:
    try:
        _batch(noise, numbers.iloc[:50])
    except pt.errors.NotApplicable:
        return False
    return True


def _batch(noise: pt.Perturbation, table: Any) -> Any:
    keys, known = pt.sample_keys(map(str, range(len(table)))), _known(noise, table)
    return noise.batch(table, SEVERITY, samples=keys, **known)


def _known(noise: pt.Perturbation, table: Any) -> dict[str, Any]:
    known: dict[str, Any] = {}
    if noise.declared.reference:
        known["reference"] = noise.fit(table)
    if noise.declared.peers:
        known["peers"] = _Peers(table)
    return known


def _ours(noise: pt.Perturbation, table: Any) -> float:
    keys, known = pt.sample_keys(map(str, range(len(table)))), _known(noise, table)
    return cpu(lambda: noise.batch(table, SEVERITY, samples=keys, **known)) / len(table)


def _theirs(peer: Peer, noise: pt.Perturbation, table: pd.DataFrame) -> float:
    dose, generator = next(iter(noise.doses(SEVERITY).values())), np.random.default_rng(0)
    return cpu(lambda: peer(table, dose, generator)) / len(table)


def _row(name: str, what: str, ours: float, theirs: float | None) -> Row:
    bar = BARS.get(name)
    return (
        name,
        what,
        _us(ours),
        "-" if theirs is None else _us(theirs),
        "-" if theirs is None else f"{theirs / ours:.1f}x",
        "-" if bar is None else f"{bar:g}x",
    )


def _us(seconds: float) -> str:
    return f"{seconds * 1e9:.0f} us"


def _containers(numbers: pd.DataFrame) -> list[Row]:
    """Measure one noise in the other containers of the same numbers."""
    import polars as pl
    import pyarrow as pa

    noise = pt.get("tabular/missing")
    made = {
        "array": numbers.to_numpy(),
        "polars": pl.DataFrame(numbers.to_dict("list")),
        "arrow": pa.Table.from_pandas(numbers),
    }
    return [
        _row(f"{noise.name} in {kind}", f"{ROWS} x {COLUMNS} numbers", _ours(noise, table), None)
        for kind, table in made.items()
    ]


def _below(table: pd.DataFrame, share: Any, generator: np.random.Generator) -> Any:
    return generator.random(table.shape) < share


def _missing(table: pd.DataFrame, share: float, generator: np.random.Generator) -> pd.DataFrame:
    return table.mask(_below(table, share, generator))


def _mar(table: pd.DataFrame, share: float, generator: np.random.Generator) -> pd.DataFrame:
    rank = table["c0"].rank(pct=True).to_numpy()
    chance = 1 / (1 + np.exp(-(np.log(share / (1 - share)) + 2 * (2 * rank - 1))))
    return table.mask(_below(table, chance[:, None], generator))


def _mnar(table: pd.DataFrame, share: float, generator: np.random.Generator) -> pd.DataFrame:
    rank = table.rank(pct=True).to_numpy()
    chance = 1 / (1 + np.exp(-(np.log(share / (1 - share)) + 2 * (2 * rank - 1))))
    return table.mask(_below(table, chance, generator))


def _gauss(table: pd.DataFrame, sigma: float, generator: np.random.Generator) -> pd.DataFrame:
    return table + generator.normal(size=table.shape) * (sigma * table.std().to_numpy())


def _proportional(
    table: pd.DataFrame, sigma: float, generator: np.random.Generator
) -> pd.DataFrame:
    return table * (1 + sigma * generator.normal(size=table.shape))


def _outlier(table: pd.DataFrame, share: float, generator: np.random.Generator) -> pd.DataFrame:
    side = generator.choice([-10.0, 10.0], size=table.shape) * table.std().to_numpy()
    return table.mask(_below(table, share, generator), table + side)


def _flip(table: pd.DataFrame, share: float, generator: np.random.Generator) -> pd.DataFrame:
    return table.mask(_below(table, share, generator), -table)


def _disguise(table: pd.DataFrame, share: float, generator: np.random.Generator) -> pd.DataFrame:
    return table.mask(_below(table, share, generator), -999.0)


def _round(table: pd.DataFrame, digits: float, _: np.random.Generator) -> pd.DataFrame:
    scale = 10.0 ** (np.floor(np.log10(table.abs())) - digits + 1)
    return (table / scale).round() * scale


def _heap(table: pd.DataFrame, share: float, generator: np.random.Generator) -> pd.DataFrame:
    return table.mask(_below(table, share, generator), (table / 0.005).round() * 0.005)


def _swap(table: pd.DataFrame, share: float, generator: np.random.Generator) -> pd.DataFrame:
    other = generator.permuted(table.to_numpy(), axis=0)
    return table.mask(_below(table, share, generator), other)


def _unit(table: pd.DataFrame, share: float, generator: np.random.Generator) -> pd.DataFrame:
    cells = table.to_numpy(copy=True)
    rows = np.flatnonzero(generator.random(len(table)) < share)
    cells[rows, generator.integers(0, table.shape[1], len(rows))] *= 1000
    return pd.DataFrame(cells, index=table.index, columns=table.columns)


def _stale(table: pd.DataFrame, share: float, generator: np.random.Generator) -> pd.DataFrame:
    return table.mask(_below(table, share, generator), table.shift(1))


PEERS: dict[str, Peer] = {
    "missing": _missing,
    "missing-mar": _mar,
    "missing-mnar": _mnar,
    "numeric-noise": _gauss,
    "proportional-noise": _proportional,
    "outlier": _outlier,
    "sign-flip": _flip,
    "disguised-missing": _disguise,
    "rounding": _round,
    "heaping": _heap,
    "cell-swap": _swap,
    "unit-error": _unit,
    "stale-value": _stale,
}
"""What somebody writes who needs the fault once, without keys, nesting, kinds of column or exact expectation."""


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row))
