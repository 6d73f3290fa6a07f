"""Cells of two noises with a known law: which samples break under either, and under both."""

from itertools import combinations

import numpy as np

from noisebench.metrics import get_metric
from noisebench.topology._crossed import Crossed, Noise, Square
from noisebench.topology._pull import Units


def alone(name: str, *, at=0.5) -> Noise:
    return Noise(f"{name}@{at:g}", name, ("image",), at, "additive")


def crossed(
    single: dict[str, np.ndarray],
    both: dict[tuple[str, str], np.ndarray],
    *,
    clean: int = 0,
    groups=None,
    chance=0.0,
    twice=None,
) -> Crossed:
    """Put cells together.

    Args:
        single: noise to which samples it leaves (n,).
        both: two noises to which samples they leave in that order; the other order may be there besides.
        clean: samples that are wrong without noise, besides.
        groups: of each sample.
        chance: of the metric.
        twice: noise to which samples it leaves after itself.
    """
    noises = {name: alone(name) for name in single}
    kept = {noises[name].sweep: np.asarray(left, float) for name, left in single.items()}
    squares = []
    for first, second in combinations(single, 2):
        if (first, second) not in both:
            continue
        one, other = noises[first], noises[second]
        forward, backward = f"{one.sweep} > {other.sweep}", f"{other.sweep} > {one.sweep}"
        kept[forward] = np.asarray(both[first, second], float)
        if (second, first) in both:
            kept[backward] = np.asarray(both[second, first], float)
        squares.append(Square(one, other, forward, backward if backward in kept else None, False))
    itself = {}
    for name, left in (twice or {}).items():
        sweep = f"{noises[name].sweep} > {noises[name].sweep}"
        kept[sweep], itself[noises[name].sweep] = np.asarray(left, float), (noises[name], sweep)
    n = len(next(iter(kept.values())))
    codes = None if groups is None else np.unique(groups, return_inverse=True)[1]
    wrong = np.zeros(clean)
    return Crossed(
        squares=tuple(squares),
        itself=itself,
        kept=kept,
        right={name: np.concatenate([left, wrong]) for name, left in kept.items()},
        clean=np.concatenate([np.ones(n), wrong]),
        units=Units.make(codes, n),
        all_units=Units.make(None, n + clean),
        metric=get_metric("accuracy"),
        chance=chance,
        confidence=0.95,
        ids=tuple(f"s{i}" for i in range(n)),
    )


def independent(
    rng: np.random.Generator, n: int, count: int, *, left=0.8, weak=0.0, clean=0
) -> Crossed:
    """Return noises that break samples by themselves alone: any two leave just what each of them leaves.

    Args:
        rng: what samples are drawn from.
        n: samples.
        count: noises.
        left: share that each leaves.
        weak: spread of a difficulty that all noises share, in standard deviations of each noise's own luck.
    """
    load = weak * rng.normal(size=(n, 1)) + rng.normal(size=(n, count))
    survives = load > _quantile(1 - left) * np.sqrt(1 + weak**2)
    names = [f"x{i}" for i in range(count)]
    single = {name: survives[:, i] for i, name in enumerate(names)}
    both = {(a, b): single[a] & single[b] for a in names for b in names if a != b}
    return crossed(single, both)


def chained(rng: np.random.Generator, n: int, *, more=0.0, first=0.0, left=0.8) -> Crossed:
    """Return two noises of which each draw is anew: both orders break beyond the two alone by luck of their own.

    Args:
        rng: what samples are drawn from.
        n: samples.
        more: share of the samples left by either that both break together.
        first: share that is broken besides where the first acts first.
        left: share that each leaves.
    """
    one, other = rng.random((2, n)) < left
    together = one & other & (rng.random(n) >= more)
    return crossed(
        {"a": one, "b": other},
        {("a", "b"): together & (rng.random(n) >= first), ("b", "a"): together},
    )


def _quantile(share: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(share))
