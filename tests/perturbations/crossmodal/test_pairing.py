"""Pairs that do not belong together: who gets whose content, at which share."""

from dataclasses import dataclass

import pytest
from scipy import stats

import perturbations as pt
from perturbations.errors import BadValue, MissingPeers, NotApplicable

PAIR = pt.get("crossmodal/mispairing")


@dataclass
class Peers:
    samples: dict

    @property
    def ids(self):
        return tuple(self.samples)

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, sample):
        return self.samples[sample]


def data(n):
    return Peers({f"id-{i}": {"image": i, "audio": f"sound {i}"} for i in range(n)})


def mispaired(peers, share, ids=None, **given):
    ids = peers.ids if ids is None else ids
    values = [peers[i] for i in ids]
    return PAIR.batch(values, dose={"share": share}, samples=ids, peers=peers, **given)


@pytest.mark.parametrize("n", [2, 3, 50])
def test_at_1_everyone_is_mispaired_and_every_content_is_seen_once(n):
    peers = data(n)
    noisy = mispaired(peers, 1.0)
    assert [row["image"] for row in noisy] == list(range(n))
    assert sorted(row["audio"] for row in noisy) == sorted(f"sound {i}" for i in range(n))
    assert all(row["audio"] != f"sound {row['image']}" for row in noisy)


def test_the_partner_is_the_same_at_every_severity_and_choices_are_nested():
    peers = data(40)
    full = mispaired(peers, 1.0)
    before = set()
    for severity in (0.1, 0.3, 0.5, 0.8, 1.0):
        noisy = PAIR.batch([peers[i] for i in peers.ids], severity, samples=peers.ids, peers=peers)
        chosen = {i for i, row in enumerate(noisy) if row["audio"] != f"sound {i}"}
        assert before <= chosen
        assert all(noisy[i] == full[i] for i in chosen)
        before = chosen
    assert len(before) == 40


def test_the_share_of_mispaired_samples_is_the_dose():
    peers = data(2000)
    noisy = mispaired(peers, 0.3)
    chosen = sum(row["audio"] != f"sound {row['image']}" for row in noisy)
    interval = stats.binomtest(chosen, 2000, 0.3).proportion_ci(0.9999)
    assert interval.low <= 0.3 <= interval.high


def test_pairs_do_not_depend_on_batch_or_order():
    peers = data(20)
    whole = dict(zip(peers.ids, mispaired(peers, 1.0), strict=True))
    part = ["id-7", "id-3", "id-11"]
    assert mispaired(peers, 1.0, part) == [whole[i] for i in part]
    turned = Peers(dict(reversed(list(peers.samples.items()))))
    assert mispaired(turned, 1.0, part) == [whole[i] for i in part]
    done = PAIR.apply(peers["id-7"], dose={"share": 1.0}, sample="id-7", peers=peers)
    assert peers[done.report["partner"]]["audio"] == whole["id-7"]["audio"]


def test_another_replicate_is_another_pairing():
    peers = data(30)
    assert mispaired(peers, 1.0) != mispaired(peers, 1.0, replicate=1)
    assert mispaired(peers, 1.0) != mispaired(peers, 1.0, seed=1)


def test_a_sample_from_elsewhere_takes_any_content():
    peers = data(5)
    noisy = PAIR({"image": -1, "audio": "own"}, dose={"share": 1.0}, sample="new", peers=peers)
    assert noisy["audio"].startswith("sound ")


def test_mispairing_names_what_it_lacks():
    value = {"image": 1, "audio": "own"}
    with pytest.raises(MissingPeers, match="a stream has none"):
        PAIR(value, 0.5, sample="a")
    with pytest.raises(NotApplicable, match="expected at least two samples, got n=1"):
        PAIR(value, 1.0, sample="id-0", peers=data(1))
    with pytest.raises(BadValue, match="expected the input 'depth' in the sample"):
        PAIR({"image": 1, "depth": 2}, 1.0, sample="id-0", peers=data(3))
