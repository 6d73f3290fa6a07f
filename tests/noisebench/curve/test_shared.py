"""Where all samples share a draw, replicates tell what another draw would do, and samples do not."""

import numpy as np
import pytest

from noisebench.curve import Curve
from noisebench.curve._sample import gather
from noisebench.curve._shared import between
from noisebench.metrics import custom, get_metric

KEPT = (0.9, 0.4, 0.7, 0.95, 0.2)
"""Share of 200 samples that stay right under each of five draws."""


def scores(kept=KEPT, n: int = 200) -> np.ndarray:
    return np.stack([np.arange(n) < round(n * share) for share in kept]).astype(float)[None]


def curve(outcomes=None, *, shared: bool = True, metric="accuracy", **given) -> Curve:
    outcomes = scores() if outcomes is None else outcomes
    clean = given.pop("clean", np.ones(outcomes.shape[-1]))
    return Curve.from_outcomes(
        severities=[1.0], clean=clean, outcomes=outcomes, metric=metric, shared=shared, **given
    )


def test_what_draws_add_to_the_variance_is_that_of_their_mean():
    sample = gather(
        metric=get_metric("accuracy"), severities=[1.0], clean=np.ones(200), outcomes=scores(), ids=None, groups=None
    )  # fmt: skip
    found = between(sample)
    assert np.var(KEPT, ddof=1) / 5 == pytest.approx(found[1, 1])
    assert [0, 0, 0] == [found[0, 0], found[0, 1], found[1, 0]]


def loss(outputs, targets):
    return outputs - targets


@pytest.mark.parametrize(("metric", "unit"), [("accuracy", 1.0), (custom(loss), 2.5)])
def test_intervals_hold_what_other_draws_do(metric, unit):
    given = {"metric": metric, "clean": np.full(200, unit)}
    alone, both = (curve(scores() * unit, shared=shared, **given) for shared in (False, True))
    assert alone.estimate.tolist() == both.estimate.tolist()
    # Student's t with 4 degrees of freedom; bounds of shares stay between 0 and 1.
    half = 2.776 * np.std(KEPT, ddof=1) / 5**0.5 * unit
    value = both.value(at=1.0)
    assert 0.9 * half < (value.high - value.low) / 2 < 1.3 * half
    narrow = alone.value(at=1.0)
    assert narrow.high - narrow.low < 0.5 * (value.high - value.low)
    assert alone.value(at=0.0).low == pytest.approx(both.value(at=0.0).low, abs=1e-3), (
        "clean has no draw"
    )
    if metric == "accuracy":
        assert alone.retains(0.5, at=1.0) and not both.retains(0.5, at=1.0)
    assert both.low[1] < value.low + 1e-9


def test_draws_that_do_the_same_add_nothing():
    same = scores((0.7,) * 5)
    assert curve(same).low.tolist() == curve(same, shared=False).low.tolist()


def test_one_draw_is_said_and_changes_no_number():
    one, alone = curve(scores((0.9,))), curve(scores((0.9,)), shared=False)
    assert one.low.tolist() == alone.low.tolist()
    advice = "one draw for all samples: replicates=5 or more tells how much that matters"
    assert advice in repr(one) and advice in str(one.retains(0.5, at=1.0))
    assert "replicates=3" not in one.uncertainty.text
    assert not alone.shared and "draw" not in repr(alone)


def test_several_draws_are_said_to_be_held():
    assert "5 draws, each for all samples: intervals hold how they differ" == curve().shared
    assert curve(scores((0.9, 0.8))).shared.endswith("replicates=5 or more narrow them")
    assert "no number of samples would" in curve(chance=0.0).uncertainty.text
    assert curve().uncertainty.draws > 0.9


def test_it_is_kept_in_json():
    found = curve()
    assert found.shared == Curve.from_json(found.to_json()).shared
    assert "shared" not in curve(shared=False).to_json()


@pytest.mark.slow
@pytest.mark.parametrize(("n", "replicates"), [(60, 2), (300, 3), (300, 5), (60, 10)])
def test_they_cover_what_is_lost_over_all_draws(n, replicates):
    rng, runs, hits = np.random.default_rng(n + replicates), 200, np.zeros(2)
    for _ in range(runs):
        kept = rng.beta(4, 2, size=replicates)
        clean = rng.uniform(size=n) < 0.9
        lucky, stays = rng.uniform(size=(2, replicates, n))
        noisy = np.where(stays < kept[:, None], clean, lucky < 0.3)[None].astype(float)
        found = curve(noisy, clean=clean.astype(float), chance=0.3, bootstrap=200)
        for k, (bounds, truth) in enumerate(
            [(found.value(at=1.0), 0.7), (found.retained(at=1.0), 2 / 3)]
        ):
            hits[k] += bounds.low <= truth <= bounds.high
    assert (hits / runs > 0.95 - 4 * (0.95 * 0.05 / runs) ** 0.5).all()
