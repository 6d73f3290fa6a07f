"""How noises combine: what two of them leave unbroken together, against what each leaves alone.

Of the samples that are right without noise, r_i, r_j and r_ij are the shares that are left by either noise and by both; J is the
share that either noise leaves alone, sample by sample. Two parts make up the excess over independence (Bliss):

    r_ij - r_i r_j  =  (J - r_i r_j)  +  (r_ij - J)
                       shared difficulty  true interaction

Shared difficulty: the same weak samples fall to either, so fewer fall in all. True interaction, below 0: together they break
samples that neither breaks alone. Whether losses combine worse than independent ones depends on the scale; that is called
only where log-retention, above chance, and the logit of the metric agree. Order: r_ij less r_ji. All p-values are adjusted over
pairs by Benjamini and Hochberg.

References: Bliss 1939, The toxicity of poisons applied jointly; Loewe and Muischnek 1926; Benjamini and Hochberg 1995.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from noisebench.curve._bounds import normal
from noisebench.curve._multiplicity import benjamini_hochberg
from noisebench.curve._records import Estimate, number, percent, span
from noisebench.modalities import Unsaid
from noisebench.topology._breaking import Breaking
from noisebench.topology._crossed import Crossed, Square
from noisebench.topology._itself import Itself, Twice, curve_name, itself_of
from noisebench.topology._pull import Floats, Pulled, Units

SURE = 0.05
"""False discoveries among the pairs that are called, at most."""

WORSE, BETTER, NONE, DEPENDS, UNKNOWN = (
    "worse than independent", "better than independent", "as independent", "depends on the scale", "cannot be told",
)  # fmt: skip

FLOOR = "what both leave may be chance"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two noises at once."""

    first: str
    """The sweep of each alone, at its severity."""
    second: str
    joint: bool
    """They act at the same time, on different inputs."""
    alone: tuple[Estimate, Estimate]
    """Share of the samples that each leaves."""
    both: Estimate
    """Share that both leave, the mean over orders."""
    forward: Estimate
    """With the first noise first."""
    backward: Estimate | None
    excess: Estimate
    """Over the product of the two: below 0 they break more than if they were independent."""
    shared: Estimate
    """The part of the excess that comes from the same samples being weak for both."""
    interaction: Estimate
    """The part that comes from the noises acting together: below 0 they break samples that neither breaks alone."""
    p: float
    """Of no true interaction, adjusted over pairs."""
    order: Estimate | None
    """Forward less backward; None where there is one order."""
    order_p: float | None
    scales: dict[str, Estimate]
    """Excess on log-retention and on the logit, where they are defined."""
    undefined: dict[str, str]
    verdict: str
    """`worse than independent`, `better than independent`, `as independent`, `depends on the scale` or `cannot be told`."""

    @property
    def sure(self) -> bool:
        """Whether there surely is a true interaction."""
        return self.p < SURE

    @property
    def ordered(self) -> bool:
        """Whether the order surely matters."""
        return self.order_p is not None and self.order_p < SURE

    def __repr__(self) -> str:
        sign = "+" if self.joint else "and"
        one, other = self.alone
        return (
            f"{self.first} {sign} {self.second}: both leave {_said(self.both)} of the samples, alone {number(one.value)} and "
            f"{number(other.value)}, so {number(one.value * other.value)} if they were independent; excess "
            f"{_said(self.excess)} = {_said(self.shared)} shared difficulty + {_said(self.interaction)} true interaction; {self.verdict}"
        )

    def row(self) -> dict[str, Any]:
        """Return plain data."""
        found: dict[str, Any] = {
            "first": self.first, "second": self.second, "at_once": self.joint,
            "first_alone": self.alone[0].value, "second_alone": self.alone[1].value,
        }  # fmt: skip
        for name in ("both", "forward", "backward", "excess", "shared", "interaction", "order"):
            found |= _numbers(name, getattr(self, name))
        for name in ("log-retention", "logit"):
            found |= _numbers(name, self.scales.get(name))
        return found | {
            "p": self.p, "order_p": self.order_p, "verdict": self.verdict,
            "undefined": dict(self.undefined), "n": self.both.n,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class Composition:
    """How every two of some noises combine."""

    pairs: tuple[Pair, ...]
    """The one with the strongest true interaction first."""
    itself: tuple[Itself, ...]
    """Noises after themselves, where that was measured: what doses do that add up."""
    n: int
    confidence: float
    unsaid: tuple[Unsaid, ...] = ()

    @property
    def noises(self) -> tuple[str, ...]:
        """The sweeps of the noises alone, in the order in which they were planned."""
        return tuple(dict.fromkeys(n for p in self.pairs for n in (p.first, p.second)))

    def of(self, one: str, other: str) -> Pair | None:
        """Return the pair of two noises, whatever their order."""
        wanted = {one, other}
        return next((pair for pair in self.pairs if {pair.first, pair.second} == wanted), None)

    def __repr__(self) -> str:
        return "\n".join([*map(repr, self.pairs), *map(repr, self.itself)])

    def rows(self) -> list[dict[str, Any]]:
        """Return a row per pair."""
        return [pair.row() for pair in self.pairs]


def composition_of(cells: Crossed, curves: Mapping[str, Breaking] | None = None) -> Composition:
    """Return how the noises of some cells combine.

    Args:
        cells: of pairs, and of each noise alone.
        curves: noises at several severities by name, over the same samples.
    """
    made = [_pair(cells, square) for square in cells.squares]
    ps = benjamini_hochberg([pair.p for pair in made])
    orders = benjamini_hochberg([1.0 if p.order_p is None else p.order_p for p in made if p.order])
    verdicts = _verdicts(cells, made)
    left = iter(orders.tolist())
    pairs = [
        replace(
            pair, p=float(p), order_p=None if pair.order is None else next(left), verdict=verdict
        )
        for pair, p, verdict in zip(made, ps, verdicts, strict=True)
    ]
    pairs.sort(key=lambda pair: (not pair.sure, pair.interaction.value))
    return Composition(
        pairs=tuple(pairs),
        itself=tuple(itself_of(each) for each in _twice(cells, curves or {})),
        n=cells.n,
        confidence=cells.confidence,
        unsaid=cells.left_out,
    )


def _twice(cells: Crossed, curves: Mapping[str, Breaking]) -> Iterator[Twice]:
    """Yield the noises that come after themselves."""
    for noise, sweep in cells.itself.values():
        curve = curves.get(curve_name(noise.sweep))
        yield Twice(
            name=noise.sweep,
            text=noise.text,
            at=noise.at,
            facts=cells.facts.get(noise.inputs[0], {}),
            once=cells.kept[noise.sweep],
            both=cells.kept[sweep],
            units=cells.units,
            confidence=cells.confidence,
            curve=curve if curve is not None and curve.broken.shape[2] == cells.n else None,
        )


def _pair(cells: Crossed, square: Square) -> Pair:
    one, other = cells.kept[square.first.sweep], cells.kept[square.second.sweep]
    forward = cells.kept[square.forward]
    backward = None if square.backward is None else cells.kept.get(square.backward)
    both = forward if backward is None else (forward + backward) / 2
    alone = one * other
    r, s = float(one.mean()), float(other.mean())
    moved = s * (one - r) + r * (other - s)
    order = None if backward is None else _contrast(cells, forward - backward, forward - backward)
    interaction = _contrast(cells, both - alone, both - alone)
    scales, undefined = _scales(cells, square)
    return Pair(
        first=square.first.sweep,
        second=square.second.sweep,
        joint=square.joint,
        alone=(_share(cells, one), _share(cells, other)),
        both=_share(cells, both),
        forward=_share(cells, forward),
        backward=None if backward is None else _share(cells, backward),
        excess=_contrast(cells, both - r * s, both - both.mean() - moved),
        shared=_contrast(cells, alone - r * s, alone - alone.mean() - moved),
        interaction=interaction,
        p=_p(cells, both - alone),
        order=order,
        order_p=None if backward is None else _p(cells, forward - backward),
        scales=scales,
        undefined=undefined,
        verdict="",
    )


def _share(cells: Crossed, values: Floats) -> Estimate:
    """Return a share of the samples with Wilson's bounds, for as many samples as would know as much."""
    value = float(values.mean())
    known = Pulled.of(np.array([value]), [values - value], cells.units)
    critical = known.critical(cells.confidence)
    spread, variance = value * (1 - value), float(known.error[0]) ** 2
    n = (
        min(max(spread / variance, 1.0), float(cells.n))
        if variance > 0 < spread
        else float(cells.units.real)
    )
    centre = (value + critical**2 / (2 * n)) / (1 + critical**2 / n)
    half = critical * math.sqrt(spread / n + critical**2 / (4 * n**2)) / (1 + critical**2 / n)
    low, high = max(min(centre - half, value), 0.0), min(max(centre + half, value), 1.0)
    return Estimate(value, low, high, cells.n, _text(cells, value, low, high))


def _contrast(cells: Crossed, values: Floats, influence: Floats) -> Estimate:
    """Return a difference of shares with bounds that have width where no sample differs."""
    value = float(values.mean())
    centre, error, critical = _shrunk(cells, value, influence)
    low, high = min(centre - critical * error, value), max(centre + critical * error, value)
    return Estimate(value, low, high, cells.n, _text(cells, value, low, high))


def _shrunk(cells: Crossed, value: float, influence: Floats) -> tuple[float, float, float]:
    """Return centre and standard error of a difference with one more sample for it and one against it (Bonett and Price 2012)."""
    known = Pulled.of(np.array([value]), [influence - influence.mean()], cells.units)
    n = float(cells.units.real)
    variance = float(known.error[0]) ** 2
    second = (n * (n * variance + value**2) + 2) / (n + 2)
    centre = n * value / (n + 2)
    return (
        centre,
        math.sqrt(max(second - centre**2, 0.0) / (n + 2)),
        known.critical(cells.confidence),
    )


def _p(cells: Crossed, values: Floats) -> float:
    """Return the two-sided p-value of no difference."""
    centre, error, critical = _shrunk(cells, float(values.mean()), values)
    # Few groups make t wider than the normal; the same factor turns z.
    wide = critical / normal(cells.confidence)
    return math.erfc(abs(centre) / max(error * wide, 1e-12) / math.sqrt(2))


Scaled = tuple[float, Floats, Units, float]
"""Excess on a scale, every sample's influence on it, whose samples they are, and variance that no sample shows."""


def _scales(cells: Crossed, square: Square) -> tuple[dict[str, Estimate], dict[str, str]]:
    found: dict[str, Estimate] = {}
    undefined: dict[str, str] = {}
    for name, scale in (("log-retention", _log_retention), ("logit", _logit)):
        made = scale(cells, square)
        if isinstance(made, str):
            undefined[name] = made
            continue
        value, influence, units, unseen = made
        known = Pulled.of(np.array([value]), [influence - influence.mean()], units)
        half = known.critical(cells.confidence) * math.hypot(float(known.error[0]), unseen**0.5)
        found[name] = Estimate(
            value,
            value - half,
            value + half,
            len(units.of),
            _text(cells, value, value - half, value + half),
        )
    return found, undefined


def _both(square: Square, of: Mapping[str, Floats]) -> Floats:
    forward = of[square.forward]
    backward = None if square.backward is None else of.get(square.backward)
    return np.asarray(forward if backward is None else (forward + backward) / 2)


def _log_retention(cells: Crossed, square: Square) -> Scaled | str:
    """Return log r_ij - log r_i - log r_j, with r above what guessing leaves."""
    floor = (cells.chance or 0.0) if cells.right else 0.0
    value, influence = 0.0, np.zeros(cells.n)
    columns = (
        (1.0, _both(square, cells.kept)),
        (-1.0, cells.kept[square.first.sweep]),
        (-1.0, cells.kept[square.second.sweep]),
    )
    for sign, column in columns:
        if _share(cells, column).low <= floor or floor >= 1:
            return FLOOR
        drawn = _drawn_in(column, cells.n)
        above = (drawn - floor) / (1 - floor)
        value += sign * math.log(above)
        influence = influence + sign * (column - column.mean()) / (drawn - floor)
    return value, influence, cells.units, 0.0


def _logit(cells: Crossed, square: Square) -> Scaled | str:
    """Return the excess of the logit of the metric over the sum of both losses, on all evaluated samples."""
    if not cells.right:
        return f"{cells.metric.name} is no share of right answers"
    value, influence, unseen = 0.0, np.zeros(len(cells.clean)), 0.0
    columns = (
        (1.0, _both(square, cells.right)),
        (-1.0, cells.right[square.first.sweep]),
        (-1.0, cells.right[square.second.sweep]),
        (1.0, cells.clean),
    )
    for sign, column in columns:
        drawn = _drawn_in(column, len(column))
        value += sign * math.log(drawn / (1 - drawn))
        influence = influence + sign * (column - column.mean()) / (drawn * (1 - drawn))
        # A column in which all samples are the same shows no variance, though its logit is the least known of all.
        unseen += 0.0 if column.std() else 1 / (drawn * (1 - drawn) * (len(column) + 2))
    return value, influence, cells.all_units, unseen


def _drawn_in(column: Floats, n: int) -> float:
    """Return a share with one more sample right and one wrong."""
    return float((column.sum() + 1) / (n + 2))


def _verdicts(cells: Crossed, pairs: Sequence[Pair]) -> list[str]:
    """Call a pair where both scales agree: by the weaker of their p-values, adjusted over pairs."""
    weaker, signs = [], []
    for pair in pairs:
        known = [pair.scales[name] for name in pair.scales]
        ps = [_p_of(each, cells) for each in known]
        ways = {math.copysign(1, each.value) for each in known}
        agree = len(known) == 2 and len(ways) == 1
        weaker.append(max(ps) if agree else 1.0)
        signs.append(ways.pop() if agree else 0.0)
    adjusted = benjamini_hochberg(weaker)
    return [
        _verdict(pair, float(p), sign, cells)
        for pair, p, sign in zip(pairs, adjusted, signs, strict=True)
    ]


def _verdict(pair: Pair, p: float, sign: float, cells: Crossed) -> str:
    if len(pair.scales) < 2:
        return UNKNOWN
    if p < SURE:
        return BETTER if sign > 0 else WORSE
    sure = [_p_of(each, cells) < SURE for each in pair.scales.values()]
    return DEPENDS if any(sure) else NONE


def _p_of(found: Estimate, cells: Crossed) -> float:
    half = (found.high - found.low) / 2
    z = abs(found.value) / max(half, 1e-12) * normal(cells.confidence)
    return math.erfc(z / math.sqrt(2))


def _text(cells: Crossed, value: float, low: float, high: float) -> str:
    units = cells.units
    groups = f" in {units.real} groups" if units.grouped else ""
    return f"{number(value)} {span(low, high)} ({percent(cells.confidence)} interval, n = {cells.n}{groups})"


def _said(found: Estimate) -> str:
    return f"{number(found.value)} {span(found.low, found.high)}"


def _numbers(name: str, found: Estimate | None) -> dict[str, float | None]:
    values = (None,) * 3 if found is None else (found.value, found.low, found.high)
    return dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))
