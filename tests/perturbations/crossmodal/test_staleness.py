"""Streams that deliver old samples: how old, in which runs, and never two by chance."""

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pytest

import perturbations as pt
from perturbations.errors import BadSetting, BadValue, MissingFact, MissingPeers, NotApplicable

STALE, LAG = pt.get("crossmodal/stale-input"), pt.get("crossmodal/lagging-input")


@dataclass
class Peers:
    count: int
    named: dict | None = None
    gone: frozenset = frozenset()

    @cached_property
    def ids(self):
        return tuple(f"id-{i}" for i in range(self.count))

    def __len__(self):
        return self.count

    def __getitem__(self, sample):
        i = int(sample.removeprefix("id-"))
        return {"camera": i, "radar": i, "lidar": None if i in self.gone else i}

    def labels(self, name):
        return (self.named or {}).get(name)


def seen(noise, peers, dose, **given):
    values = [peers[sample] for sample in peers.ids]
    noisy = noise.batch(values, dose=dose, samples=peers.ids, peers=peers, **given)
    return np.array([[row["camera"], row["radar"], row["lidar"]] for row in noisy], dtype=float)


def test_a_stale_input_is_the_latest_that_was_fresh():
    found = seen(STALE, Peers(500), {"share": 0.5})
    assert (found[:, 0] == np.arange(500)).all()
    lidar = found[:, 2].astype(int)
    fresh = lidar == np.arange(500)
    for i in range(1, 500):
        assert (i if fresh[i] else lidar[i - 1]) == lidar[i]
    assert fresh[0]
    assert abs(fresh.sum() - 250) < 4 * np.sqrt(125)


def test_runs_of_stale_samples_have_the_mean_that_was_set():
    lidar = seen(STALE.with_settings(burst=5.0), Peers(20_000), {"share": 0.3})[:, 2]
    stale = lidar != np.arange(20_000)
    lengths = [sum(1 for _ in run) for hit, run in itertools.groupby(stale) if hit]
    assert abs(np.mean(lengths) - 5) < 4 * np.sqrt(0.8) * 5 / np.sqrt(len(lengths))


def test_sensors_hang_together_only_where_that_is_declared():
    alone = seen(STALE, Peers(300), {"share": 0.6})
    assert (alone[:, 1] == np.arange(300)).all()
    both = seen(STALE.with_settings(stale=2), Peers(300), {"share": 0.6})
    assert (both[:, 1] == both[:, 2]).all()
    assert (both[:, 0] == np.arange(300)).all()
    with pytest.raises(BadSetting, match="1 to 2 of 3 inputs, got stale=3"):
        seen(STALE.with_settings(stale=3), Peers(5), {"share": 0.6})


def test_sequences_do_not_mix():
    peers = Peers(60, {"drive": [i % 3 for i in range(60)]})
    lidar = seen(STALE.with_settings(by="drive"), peers, {"share": 1.0})[:, 2]
    assert [i % 3 for i in range(60)] == lidar.tolist()
    with pytest.raises(MissingFact, match="labels named 'drive'"):
        seen(STALE.with_settings(by="drive"), Peers(5), {"share": 1.0})


def test_what_was_missing_is_not_held():
    lidar = seen(STALE, Peers(4, gone=frozenset({1, 2})), {"share": 1.0})[:, 2]
    assert [0, 0, 0, 0] == lidar.tolist()


def test_the_age_is_told():
    peers = Peers(50)
    for i in range(50):
        done = STALE.apply(peers[f"id-{i}"], dose={"share": 0.7}, sample=f"id-{i}", peers=peers)
        assert i - done.value["lidar"] == done.report.get("age", 0)


def test_a_lag_is_the_same_for_all_but_the_first():
    lidar = seen(LAG, Peers(10), {"lag": 4})[:, 2]
    assert [0, 0, 0, 0, 0, 1, 2, 3, 4, 5] == lidar.tolist()
    peers = Peers(10, {"group": [0] * 5 + [1] * 5})
    assert [0, 0, 0, 1, 2, 5, 5, 5, 6, 7] == seen(LAG, peers, {"lag": 2})[:, 2].tolist()


def test_old_samples_need_an_order():
    value = {"camera": 1, "lidar": 2}
    for noise in (STALE, LAG):
        with pytest.raises(MissingPeers, match="a stream has none"):
            noise(value, 0.5, sample="a")
        assert value is noise(value, 1.0, sample="elsewhere", peers=Peers(3))
    with pytest.raises(BadValue, match="the inputs depth in the sample 'id-0'"):
        LAG({"camera": 1, "depth": 2}, 1.0, sample="id-1", peers=Peers(3))


def test_samples_that_each_stand_alone_are_no_sequence():
    peers = Peers(4, {"group": [0, 1, 2, 3]})
    for noise in (STALE, LAG):
        with pytest.raises(
            NotApplicable, match=r"two samples, got by='group'.*\n.*whole recordings"
        ):
            noise(peers["id-0"], 0.5, sample="id-0", peers=peers)
