"""Measured coverage of the intervals of an account, by simulation with known truth."""

import numpy as np
import pytest
from scipy.special import expit

from noisebench.modalities._attribution import attributions, subsets
from noisebench.modalities._below import worse_than_absent
from noisebench.modalities._compensation import compensations
from noisebench.modalities._interaction import interactions
from tests.noisebench.modalities.toys import cells, state

pytestmark = pytest.mark.slow

KEYS = ("a~", "b~", "a~ b~", "a~ b0", "a0 b~", "a0", "b0")
CASES = {
    "middle": ([2.5, 0.5, 1.0, -1.0, -1.5, -1.0, 0.8, 1.0], 0.1),
    "ceiling": ([6.0, 5.0, 5.5, 4.0, 1.0, 2.0, 4.0, 4.0], 0.1),
    "floor": ([2.0, -1.0, -1.0, -3.5, -4.0, -4.0, 0.0, 0.0], 0.0),
}
SPREAD = 2.0
"""Standard deviation of the difficulty of samples, on the logit scale."""
LINEAR = {"shapley a", "shapley b", "total", "metric", "absent a", "absent b"}
"""What changes its sign with the direction of the metric."""
RUNS = 500
LEAST = 0.92


def drawn(rng, n: int, logits, *, cluster: int = 1, soft: bool = False) -> np.ndarray:
    """Scores of n samples in every cell; half of the luck of a sample is the same in all cells."""
    ease = np.repeat(rng.normal(size=n // cluster) * SPREAD, cluster)
    chances = expit(np.asarray(logits)[:, None] + ease)
    if soft:
        return np.clip(chances + 0.1 * rng.normal(size=chances.shape), 0, None)
    luck, own = rng.random(n), rng.random(chances.shape)
    luck = np.where(rng.random(chances.shape) < 0.5, luck, own)
    return (luck < chances).astype(float)


def truth(logits, *, soft: bool = False) -> dict[str, float]:
    rng = np.random.default_rng(7)
    means = drawn(rng, 400_000, logits, soft=soft).mean(axis=1)
    if not soft:
        ease = rng.normal(size=400_000) * SPREAD
        means = np.array([expit(logit + ease).mean() for logit in logits])
    return dict(zip(("", *KEYS), means.tolist(), strict=True))


def expected(known: dict[str, float], chance: float) -> dict[str, float]:
    clean = known[""]
    loss = {key: clean - value for key, value in known.items()}
    signs = {"": 1, "a~": -1, "b~": -1, "a~ b~": 1}

    def over(scale):
        return sum(sign * scale(known[key]) for key, sign in signs.items())

    return {
        "shapley a": (loss["a~"] + loss["a~ b~"] - loss["b~"]) / 2,
        "shapley b": (loss["b~"] + loss["a~ b~"] - loss["a~"]) / 2,
        "lead": abs(loss["a~"] - loss["b~"]),
        "total": loss["a~ b~"],
        "compensation a": (known["a~"] - known["a~ b0"]) / (clean - known["a~ b0"]),
        "compensation b": (known["b~"] - known["a0 b~"]) / (clean - known["a0 b~"]),
        "metric": over(lambda p: p),
        "log-retention": over(lambda p: np.log(abs(p - chance))),
        "logit": over(lambda p: np.log(p / (1 - p))),
        "absent a": known["a~"] - known["a0"],
        "absent b": known["b~"] - known["b0"],
    }


def intervals(made) -> dict[str, tuple[float, float]]:
    (found,) = attributions(made)
    one = {part.input: part.loss for part in found.parts}
    names = ("a", "b")
    places = {k: made.places[v] for k, v in subsets(state("a~ b~"), names).items()}
    (pair,) = interactions(made, places, names, 1.0)
    sign = 1 if found.parts[0].input == "a" else -1
    edges = {f"shapley {name}": (each.low, each.high) for name, each in one.items()}
    edges["total"] = (found.total.low, found.total.high)
    edges["lead"] = tuple(sorted((sign * found.lead.low, sign * found.lead.high)))
    edges |= {scale: (each.low, each.high) for scale, each in pair.scales.items()}
    for each in compensations(made):
        share = each.shares[0]
        if share is not None:
            edges[f"compensation {each.input}"] = (share.low, share.high)
    for each in worse_than_absent(made):
        edges[f"absent {each.inputs[0]}"] = (each.low[1], each.high[1])
    return edges


def coverage(logits, chance: float, n: int, runs: int = RUNS, **options) -> dict[str, float]:
    metric = "mae" if options.get("soft") else "accuracy"
    known = truth(logits, soft=options.get("soft", False))
    wanted = expected(known, chance)
    if metric == "mae":
        wanted = {k: -v if k in LINEAR else v for k, v in wanted.items()}
    wanted["lead"] = wanted["shapley a"] - wanted["shapley b"]
    hits: dict[str, list[bool]] = {}
    for run in range(runs):
        clean, *rest = drawn(np.random.default_rng([run, n]), n, logits, **options)
        cluster = options.get("cluster", 1)
        groups = None if cluster == 1 else np.repeat(np.arange(n // cluster), cluster)
        sweeps = dict(zip(KEYS, rest, strict=True))
        made = cells(clean, sweeps, chance=chance, groups=groups, metric=metric, bootstrap=200)
        for name, (low, high) in intervals(made).items():
            hits.setdefault(name, []).append(low <= wanted[name] <= high)
    return {name: float(np.mean(each)) for name, each in hits.items() if len(each) > runs / 2}


@pytest.mark.parametrize("n", [50, 200])
@pytest.mark.parametrize("case", CASES)
def test_intervals_of_0_1_scores_cover_the_truth(case: str, n: int) -> None:
    found = coverage(*CASES[case], n)
    assert {"shapley a", "shapley b", "compensation a", "metric", "logit"} <= set(found)
    assert {} == {name: share for name, share in found.items() if share < LEAST}


def test_intervals_cover_the_truth_where_groups_of_samples_are_alike() -> None:
    found = coverage(*CASES["middle"], 400, cluster=8)
    assert {} == {name: share for name, share in found.items() if share < LEAST}


def test_intervals_of_real_valued_scores_cover_the_truth() -> None:
    found = coverage([-3.0, -1.0, -1.5, 0.0, 1.0, 0.5, -0.5, -0.5], 0.9, 100, soft=True)
    assert {"shapley a", "compensation a", "metric"} <= set(found)
    assert {} == {name: share for name, share in found.items() if share < LEAST}
