"""Tables put together wrongly: cells of another row, columns exchanged, rows off by one, records doubled or not updated.

Why: the number of rows stays, since every sample keeps its target. Where a faulty table would have one row twice and lose
another, the row that is lost holds here what stands in its place.
"""

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, Peers, perturbation
from perturbations.errors import NotApplicable, explain
from perturbations.tabular._columns import Ints, Mask
from perturbations.tabular._moves import Draft, pairs, starts_of
from perturbations.tabular._other_rows import before, register, replaced, rows_at
from perturbations.tabular._pick import from_reference
from perturbations.tabular._reference import TableReference
from perturbations.tabular._report import changed_cells, done
from perturbations.tabular._table import Cells, Columns, Table, any_cell


@perturbation(coupling="mask", measure="changed")
def cell_swap(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="share of cells", high=1.0),
    columns: Columns = (),
    reference: TableReference,
) -> Noisy:
    """A cell holds the value of another row: every column keeps its distribution, the row no longer fits together.

    The other row's value is drawn from the reference: one of 201 observed quantiles of a column of numbers or dates, a
    label by its frequency. It is the same at every severity. Missing cells stay missing. A cell may draw the value that it
    has; the report's `changed` is the share of cells that really differ.

    Severity: the probability that a cell is replaced.

    Settings:
        columns: names or positions of the columns to change; all when empty.

    References:
        Schelter et al., JENGA (EDBT 2021): swapped values.
    """
    table = value.only(columns)
    hit, there = table.hit(draw, share), table.present
    cells = Cells(*(h & t for h, t in zip(hit, there, strict=True)))
    noisy = from_reference(table, cells, table.uniform(draw, "other row"), reference)
    width = max(len(value.kinds), 1)
    return done(value, noisy, requested=share, changed=lambda: changed_cells(value, noisy) / width)


@perturbation(coupling="mask", measure="changed")
def stale_value(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="share of cells", high=1.0),
    columns: Columns = (),
    peers: Peers,
) -> Noisy:
    """A field is not updated: it still shows what the record before held, as a cache or a form that was not cleared.

    The record before is the row before in the data set's order; the first row has none, and stays. A cell whose record
    before misses it, stays.

    Severity: the probability that a cell is stale.

    Settings:
        columns: names or positions of the columns to change; all when empty.

    Raises:
        MissingPeers: the data is a stream, which has no other rows to take from.
        NotApplicable: the data set has fewer than two rows.

    References:
        our own choice of ladder; Batini and Scannapieco, Data and Information Quality (2016): currency.
    """
    table = value.only(columns)
    places = before(register(peers, draw), draw)
    hit = table.hit(draw, share)
    rows = (places >= 0) & any_cell(hit)
    noisy = _taken(table, rows, peers, places, hit)
    earlier = (places >= 0)[:, None]
    able = Cells(*(earlier & there for there in table.present))
    return done(value, noisy, requested=share, eligible=able)


@perturbation(coupling="mask", measure="changed")
def duplicated_row(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.25, 0.5, 1.0, unit="share of rows", high=1.0),
    columns: Columns = (),
    peers: Peers,
) -> Noisy:
    """A record is there twice, and once in the place of another: a join on the wrong key, a double insert.

    One keyed cycle through all rows of the data set gives every row its partner; a hit row holds the partner's cells, the
    same ones at every severity. At 1 every row is another's, and every row is still there exactly once.

    Severity: the probability that a row is overwritten.

    Settings:
        columns: names or positions of the columns that come from the wrong row; all when empty.

    Raises:
        MissingPeers: the data is a stream, which has no other rows to take from.
        NotApplicable: the data set has fewer than two rows.

    References:
        Naumann and Herschel, An Introduction to Duplicate Detection (2010); the ladder is our choice.
    """
    table = value.only(columns)
    places = np.atleast_1d(register(peers, draw).partners(draw))
    rows = table.hit_rows(draw, share)
    return _of_rows(value, _taken(table, rows, peers, places), share, rows)


@perturbation(coupling="mask", measure="changed")
def shifted_rows(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.25, 0.5, 1.0, unit="share of rows", high=1.0),
    columns: Columns = (),
    peers: Peers,
) -> Noisy:
    """A block of rows is off by one: a cell too many was pasted, and all below it slipped down.

    One block of rows that follow each other in the data set's order, its start drawn once for the run, holds in every row
    the row before; the first row of the data set holds the last. The block grows with severity from the same start. With
    `columns` only these slip, and no longer fit their neighbours.

    Severity: the share of the rows that the block takes.

    Settings:
        columns: names or positions of the columns that slip; all when empty.

    Raises:
        MissingPeers: the data is a stream, which has no other rows to take from.
        NotApplicable: the data set has fewer than two rows.

    References:
        Panko, What we know about spreadsheet errors, J. End User Computing 10 (1998): mechanical errors of pasting.
    """
    table, found = value.only(columns), register(peers, draw)
    size = len(peers)
    start = int(draw.shared("block").uniform() * size)
    places = np.atleast_1d(found.places(draw))
    # One that is not in the data set stands anywhere in it, by its own key.
    places = np.where(places >= 0, places, draw.integers(0, size, (len(value),), stream="anywhere"))
    rows = (places - start) % size < share * size
    return _of_rows(value, _taken(table, rows, peers, (places - 1) % size), share, rows)


@perturbation(coupling="mask", measure="changed")
def swapped_fields(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.25, 0.5, unit="share of rows", high=1.0),
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """Two fields of a form are filled in the wrong way round: height for weight, first name for last name.

    The pair is drawn per row among the columns of one kind that can hold each other's cells (text and text, whole numbers
    of one dtype), each pair as likely, and is the same at every severity. A column whose dtype lists its labels stays. Integer columns are rounded to nearest, and saturate. The same draw twice gives the
    clean row back, but for such rounding.

    Severity: the probability that a row has such a pair; the ladder is our choice.

    Settings:
        columns: names or positions of the columns to draw from, such as two that are easily exchanged; all when empty.

    Raises:
        NotApplicable: there are no two columns of one kind that can hold each other's cells.

    References:
        Schelter et al., JENGA (EDBT 2021): swapped columns; Christen, Data Matching (2012): swapped names.
    """
    table = value.only(columns)
    found = pairs(table)
    numbers = draw.uniform((len(value), 2), stream="where")
    rows, draft = numbers[:, 0] < share, Draft(table)
    if found:
        hit = np.flatnonzero(rows)
        chosen = np.array(found)[starts_of(numbers[hit, 1], len(found))]
        draft.exchange(hit, chosen[:, 0], chosen[:, 1])
    return _of_rows(value, draft.table(), share, rows)


@perturbation(
    coupling="mask",
    measure="changed",
    scope="device",
    exempt={
        "different-samples": "one file for the whole run: its columns are exchanged in every row"
    },
)
def swapped_columns(
    value: Table,
    draw: Draw,
    *,
    count: Dose = Ladder(1, 2, 3, 4, 6, unit="pairs of columns", scale="integer"),
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """Columns are mapped wrongly: an export has them in another order, and every row has two contents exchanged.

    Pairs of columns of one kind that can hold each other's cells are drawn once for the run, none twice; more are exchanged at a higher severity, and those of
    a lower one among them. A column whose dtype lists its labels stays. Integer columns are rounded to nearest, and
    saturate.

    Severity: how many pairs are exchanged; all that there are where they are fewer.

    Settings:
        columns: names or positions of the columns to draw from; all when empty.

    Raises:
        NotApplicable: there are no two columns of one kind that can hold each other's cells.

    References:
        Schelter et al., JENGA (EDBT 2021): swapped columns.
    """
    table = value.only(columns)
    found = pairs(table)
    order = np.argsort(draw.row(0).uniform((len(found),), stream="pairs"), kind="stable")
    draft, used, rows = Draft(table), set[int](), np.arange(len(value))
    for one, other in (found[k] for k in order.tolist()):
        if len(used) < 2 * count and used.isdisjoint((one, other)):
            used |= {one, other}
            draft.move(one, other, rows)
            draft.move(other, one, rows)
    return done(value, draft.table(), requested=count)


@perturbation(coupling="mask", missing=True, measure="changed")
def shifted_cells(
    value: Table,
    draw: Draw,
    *,
    share: Dose = Ladder(0.02, 0.05, 0.1, 0.25, 0.5, unit="share of rows", high=1.0),
    columns: Columns = (),
    reference: TableReference | None = None,
) -> Noisy:
    """A separator too many: a comma in a name, and from there on every cell of the row stands one column to the right.

    The column where it happens is drawn per row, and is the same at every severity; its cell is empty, those from there on
    move, and the last one falls off. What its new column cannot hold (text among numbers, a date among flags, a label that
    its dtype does not list) is missing, as a reader that coerces leaves it. Integer and boolean columns of numpy become
    float64.

    Severity: the probability that a row is shifted; the ladder is our choice.

    Settings:
        columns: names or positions of the columns within which cells move; all when empty.

    Raises:
        NotApplicable: there are no two columns.

    References:
        RFC 4180 (CSV), section 2: fields with commas should be quoted; van den Burg et al., Wrangling messy CSV files, Data
        Mining and Knowledge Discovery 33 (2019).
    """
    table = value.only(columns)
    places = np.flatnonzero(table.open)
    if len(places) < 2:
        raise NotApplicable(explain("a table with two columns", "columns", list(value.kinds)))
    numbers = draw.uniform((len(value), 2), stream="where")
    rows, start = numbers[:, 0] < share, starts_of(numbers[:, 1], len(places))
    hit, draft = np.flatnonzero(rows), Draft(table)
    for k, place in enumerate(places.tolist()):
        draft.move(place, -1, hit[start[hit] == k])
        if k:
            draft.move(place, int(places[k - 1]), hit[start[hit] < k])
    return _of_rows(value, draft.table(), share, rows)


def _taken(
    table: Table, rows: Mask, peers: Peers, places: Ints, cells: Cells | None = None
) -> Table:
    """Return the table in which some rows, or cells of them, are those of other rows."""
    if not rows.any():
        return table
    return replaced(table, np.flatnonzero(rows), rows_at(table, peers, places[rows]), cells)


def _of_rows(value: Table, noisy: Table, share: float, rows: Mask) -> Noisy:
    """Return the noisy table of a noise whose unit is a row."""
    every = np.ones(len(value), dtype=bool)

    def make() -> Mask:
        return rows & (changed_cells(value, noisy) > 0)

    return done(value, noisy, requested=share, eligible=every, edits=make)
