"""How noises combine, for a report: a map of every two, a table with both parts of the excess, and the sham."""

from collections.abc import Callable, Mapping, Sequence

from noisebench.curve import Estimate
from noisebench.report import _numbers
from noisebench.report._modalities_table import prose
from noisebench.report._text import line
from noisebench.report._topology_view import CompositionView, Heat, HeatCell
from noisebench.topology import Composition, Itself, Pair

Titled = Callable[[str], str]


def composition_view(found: Composition | None, titled: Titled) -> CompositionView | None:
    """Return the view of noises in twos; None where there are none.

    Args:
        found: what was measured.
        titled: says what a noise is called, by the sweep of its curve.
    """
    if found is None:
        return None
    names = {name: _named(name, titled) for name in found.noises}
    order = [name for name in names if any(_has_order(pair, name) for pair in found.pairs)]
    return CompositionView(
        interaction=_heat(found, names, list(names), _interaction),
        order=_heat(found, names, order, _order) if order else None,
        rows=tuple(_row(pair, names) for pair in found.pairs),
        itself=tuple(_twice(each, titled) for each in found.itself),
        open=tuple((prose(each.what), prose(each.why)) for each in found.unsaid),
        n=_numbers.count(found.n),
    )


def _named(sweep: str, titled: Titled) -> str:
    """Return a noise with its severity or dose."""
    name, _, amount = sweep.rpartition("@")
    return f"{titled(name)} at {line(amount)}"


def _has_order(pair: Pair, name: str) -> bool:
    return pair.order is not None and name in {pair.first, pair.second}


def _interaction(pair: Pair, _row: str) -> tuple[Estimate, bool]:
    return pair.interaction, pair.sure


def _order(pair: Pair, row: str) -> tuple[Estimate, bool] | None:
    """Return the order effect, the noise of the row first."""
    known = pair.order
    if known is None:
        return None
    if pair.first == row:
        return known, pair.ordered
    turned = Estimate(-known.value, -known.high, -known.low, known.n, known.text)
    return turned, pair.ordered


def _heat(
    found: Composition,
    names: Mapping[str, str],
    shown: Sequence[str],
    known: Callable[[Pair, str], tuple[Estimate, bool] | None],
) -> Heat:
    """Return the lower triangle of what is known of every two noises."""
    cells = []
    for i, row in enumerate(shown):
        for j, column in enumerate(shown[:i]):
            pair = found.of(row, column)
            one = None if pair is None else known(pair, row)
            if one is not None:
                cells.append(_cell((i, j), (names[row], names[column]), one))
    top = max((abs(cell.value) for cell in cells), default=0.0)
    return Heat(tuple(names[name] for name in shown), tuple(cells), top)


def _cell(at: tuple[int, int], both: tuple[str, str], known: tuple[Estimate, bool]) -> HeatCell:
    found, sure = known
    value, interval = _numbers.parts(found.value, found.low, found.high)
    tip = {"row": both[0], "column": both[1], "value": f"{value} {interval}"}
    return HeatCell(*at, found.value, f"{_signed(found.value)}{'*' * sure}", tip)


def _row(pair: Pair, names: Mapping[str, str]) -> tuple[str, ...]:
    one, other = (each.value for each in pair.alone)
    return (
        names[pair.first],
        names[pair.second],
        _text(pair.both),
        f"{_two(one)} × {_two(other)} = {_two(one * other)}",
        _text(pair.shared),
        _text(pair.interaction) + "*" * pair.sure,
        "at once"
        if pair.joint
        else "–"
        if pair.order is None
        else _text(pair.order) + "*" * pair.ordered,
        pair.verdict,
    )


def _twice(found: Itself, titled: Titled) -> tuple[str, ...]:
    index = "–" if found.index is None else f"{_text(found.index)}, expected 1"
    return (
        _named(found.name, titled),
        _two(found.alone),
        _two(found.both),
        _two(found.alone**2),
        index,
        found.adds,
    )


def _text(found: Estimate) -> str:
    return _numbers.estimate(found.value, found.low, found.high)


def _signed(value: float) -> str:
    text = f"{value:+.2f}"
    return "0" if float(text) == 0 else text.replace("-", _numbers.MINUS)


def _two(share: float) -> str:
    return f"{share:.2f}"
