from itertools import pairwise

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadSetting, MissingFact

DROPOUT = pt.get("audio/dropout")
RATE = 1000
FACTS = {"rate": RATE}


def lost(share, sample="a", samples=20_000, **settings):
    clip = np.ones(samples)
    return (
        DROPOUT.with_settings(**settings)(clip, dose={"share": share}, sample=sample, facts=FACTS)
        == 0
    )


@pytest.mark.parametrize("share", [0.05, 0.4, 0.9])
def test_lost_slots_are_binomial(share):
    slots = 1000
    found = np.array([lost(share, sample=i).mean() for i in range(60)])
    spread = np.sqrt(share * (1 - share) / slots)
    assert abs(found.mean() - share) < 4 * spread / np.sqrt(len(found))
    assert 0.7 < found.std() / spread < 1.3


def test_runs_of_lost_slots_are_geometric():
    edges = np.diff(lost(0.4, samples=400_000).astype(int))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    lengths = (ends[ends > starts[0]][: len(starts) - 1] - starts[: len(starts) - 1]) / 20
    assert (lengths == np.round(lengths)).all()
    assert lengths.mean() == pytest.approx(1 / 0.6, rel=0.05)
    assert np.mean(lengths == 1) == pytest.approx(0.6, abs=0.03)


def test_what_is_lost_stays_lost():
    masks = [lost(share) for share in (0.1, 0.3, 0.6, 1.0)]
    assert all((low <= high).all() for low, high in pairwise(masks))
    assert masks[-1].all()


def test_the_gap_is_in_milliseconds_and_begins_at_any_phase():
    phases = {
        int(np.flatnonzero(np.diff(lost(0.5, sample=i).astype(int)))[0]) % 20 for i in range(40)
    }
    assert len(phases) > 8
    longer = np.flatnonzero(np.diff(lost(0.5, gap=50.0).astype(int)))
    assert (np.diff(longer) % 50 == 0).all()


def test_all_channels_are_lost_together():
    noisy = DROPOUT(np.ones((3, 4000)), 1.0, facts=FACTS)
    assert (noisy == noisy[0]).all()
    assert 0 < np.mean(noisy == 0) < 1


def test_the_report_gives_the_realised_share():
    noisy = DROPOUT.apply(np.ones(5000), 1.0, facts=FACTS)
    assert noisy.report["share"] == np.mean(noisy.value == 0)


def test_rate_and_gap_are_checked():
    with pytest.raises(MissingFact):
        DROPOUT(np.ones(10), 0.5)
    with pytest.raises(MissingFact, match="positive sampling rate"):
        DROPOUT(np.ones(10), 0.5, facts={"rate": 0})
    with pytest.raises(BadSetting, match="gap"):
        DROPOUT.with_settings(gap=0.0)(np.ones(10), 0.5, facts=FACTS)
