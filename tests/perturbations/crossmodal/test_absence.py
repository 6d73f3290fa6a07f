"""Inputs that are not there: which are lost, how often, and what stands in their place."""

import copy
import itertools
import json
import pickle
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import perturbations as pt
from perturbations._draw import Draw
from perturbations._laws._compare import same
from perturbations._modality import modality
from perturbations.crossmodal._chance import chance_of
from perturbations.crossmodal._clients import Client, client_of
from perturbations.crossmodal._learned import LEARNED
from perturbations.crossmodal._levels import levels
from perturbations.errors import BadSetting, MissingFact, MissingPeers, NotApplicable

LOST = pt.get("crossmodal/missing-input")


def lose(value, fill="absent", share=1.0, sample="a", facts=None, rows=None):
    noise = LOST.with_settings(fill=fill)
    rows = [value] if rows is None else rows
    reference = modality("crossmodal").fit(rows, facts or {})
    return noise(value, dose={"share": share}, sample=sample, facts=facts, reference=reference)


def test_missing_input_takes_its_share_and_is_nested():
    lost = {
        share: {
            i
            for i in range(2000)
            if lose({"a": 1, "b": 2}, share=share, sample=str(i))["b"] is None
        }
        for share in (0.2, 0.6)
    }
    assert lost[0.2] < lost[0.6]
    interval = stats.binomtest(len(lost[0.6]), 2000, 0.6).proportion_ci(0.9999)
    assert interval.low <= 0.6 <= interval.high


def test_only_the_last_input_is_lost_and_the_others_are_the_same_objects():
    image = np.ones((2, 2))
    value = {"image": image, "text": "hello"}
    noisy = lose(value)
    assert noisy["image"] is image
    assert noisy == {"image": image, "text": None}
    assert value["text"] == "hello"


@pytest.mark.parametrize(
    ("content", "zero"),
    [
        (np.full((2, 3), 5, dtype=np.uint8), np.zeros((2, 3), dtype=np.uint8)),
        (np.array([0.5, np.nan], dtype=np.float32), np.zeros(2, dtype=np.float32)),
        ("hello", ""),
        ({"age": 3, "height": 1.8, "city": "Roma"}, {"age": 0, "height": 0.0, "city": None}),
        (None, None),
    ],
)
def test_zeros_say_nothing_in_the_same_shape(content, zero):
    assert same(lose({"a": 1, "b": content}, "zeros")["b"], zero)


@pytest.mark.slow
def test_zeros_of_a_tensor_are_a_tensor():
    torch = pytest.importorskip("torch")
    noisy = lose({"a": 1, "b": torch.ones(2, 3)}, "zeros")["b"]
    assert torch.equal(noisy, torch.zeros(2, 3))


MEANS = {
    "grey image": (
        "image", [np.zeros((2, 2), np.uint8), np.full((2, 2), 255, np.uint8)], np.full((2, 2), 128, np.uint8)
    ),
    "colour image": (
        "image", [np.zeros((1, 2, 3)), np.broadcast_to([1.0, 0.5, 0.0], (1, 2, 3))],
        np.broadcast_to([0.5, 0.25, 0.0], (1, 2, 3)),
    ),
    "stereo": (
        "audio", [np.array([[1.0, 3.0], [0.0, 0.0]]), np.array([[2.0, 2.0], [4.0, 0.0]])],
        np.array([[2.0, 2.0], [1.0, 1.0]]),
    ),
    "mono of other lengths": ("audio", [np.array([1.0, 3.0]), np.array([5.0])], np.array([3.0, 3.0])),
    "series with gaps": (
        "timeseries", [np.array([[1.0, np.nan], [3.0, 8.0]]), np.full((2, 2), np.nan)],
        np.array([[2.0, 8.0], [2.0, 8.0]]),
    ),
    "clip": (
        "video", [np.zeros((2, 1, 1, 2)), np.broadcast_to([1.0, 0.5], (3, 1, 1, 2))],
        np.broadcast_to([0.6, 0.3], (2, 1, 1, 2)),
    ),
    "cloud": ("pointcloud", [np.array([[1.0, 2.0, 3.0], [3.0, 0.0, 1.0]])], np.array([[2.0, 1.0, 2.0]] * 2)),
    "table row": (
        "tabular", [{"a": 1.0, "b": "x"}, {"a": 3.0, "b": "y"}, {"a": 8.0, "b": "y"}], {"a": 4.0, "b": "y"}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MEANS)
def test_the_mean_is_that_of_each_channel_over_the_clean_data(name):
    kind, contents, mean = MEANS[name]
    rows = [{"a": 0, "b": content} for content in contents]
    noisy = lose(rows[0], "mean", facts={"b": {"modality": kind}}, rows=rows)["b"]
    assert same(noisy, np.array(mean) if isinstance(mean, np.ndarray) else mean)


def test_the_reference_reads_back_equal_from_json():
    rows = [{"t": {"x": 1.0, "y": "u"}, "text": "hi", "audio": np.ones((2, 5))}]
    facts = {
        "t": {"modality": "tabular"},
        "text": {"modality": "text"},
        "audio": {"modality": "audio"},
    }
    contract = modality("crossmodal")
    reference = contract.fit(rows, facts)
    assert set(reference.inputs) == {"t", "audio"}
    back = contract.read_reference(json.loads(json.dumps(reference.to_json(), allow_nan=False)))
    assert back == reference


def test_inputs_of_undeclared_kind_have_a_mean_when_they_are_numbers():
    rows = [{"a": {"x": 1}, "b": np.array([1.0, 3.0]), "c": [1, 2], "d": None, "e": np.zeros(0)}]
    reference = modality("crossmodal").fit(rows, {})
    assert {name: mean.channels for name, mean in reference.inputs.items()} == {"b": (2.0,)}


def test_what_has_no_stand_in_is_named():
    with pytest.raises(NotApplicable, match="text has no mean: use fill=absent or fill=zeros"):
        lose({"a": 1, "b": "text"}, "mean")
    with pytest.raises(NotApplicable, match=r"the clean data: pass reference=noise.fit\(rows\)"):
        LOST.with_settings(fill="mean")({"a": 1, "b": np.ones(3)}, dose={"share": 1.0}, sample="a")
    with pytest.raises(NotApplicable, match="an input 'b' with a zero"):
        lose({"a": 1, "b": [1, 2]}, "zeros")
    with pytest.raises(
        BadSetting,
        match=r"one of absent, zeros, empty, mean, learned, last, got fill='zero'.*\n.*did you mean zeros",
    ):
        lose({"a": 1, "b": "text"}, "zero")


THREE = {"a": 1, "b": "two", "c": np.ones(3)}


@pytest.mark.parametrize(("lost", "gone"), [(1, {"c"}), (2, {"b", "c"})])
def test_the_last_inputs_are_lost_together(lost, gone):
    noise = LOST.with_settings(lost=lost)
    done = noise.apply(THREE, dose={"share": 1.0}, sample="s")
    assert gone == {name for name, content in done.value.items() if content is None}
    assert ",".join(sorted(gone)) == done.report["lost"]
    assert list(done.value) == list(THREE)


def test_every_subset_but_all_can_be_lost():
    names = "abc"
    subsets = set()
    for order in itertools.permutations(names):
        value = {name: THREE[name] for name in order}
        for lost in (1, 2):
            noisy = LOST.with_settings(lost=lost)(value, dose={"share": 1.0}, sample="s")
            subsets.add(frozenset(name for name in names if noisy[name] is None))
    assert 2**3 - 2 == len(subsets)


def test_inputs_lost_together_are_lost_in_the_same_samples():
    noise = LOST.with_settings(lost=2)
    noisy = [noise(THREE, dose={"share": 0.4}, sample=i) for i in range(200)]
    assert {(True, True), (False, False)} == {(v["b"] is None, v["c"] is None) for v in noisy}


def test_at_least_one_input_remains():
    for lost in (0, 3):
        with pytest.raises(BadSetting, match="expected 1 to 2 of 3 inputs, got lost="):
            LOST.with_settings(lost=lost)(THREE, 0.5, sample="s")
    alone = {"a": None, "b": "text"}
    for share in (0.1, 1.0):
        with pytest.raises(NotApplicable, match="an input that remains without b"):
            LOST(alone, dose={"share": share}, sample="s")


def within(hits, n, share, sigmas=4.0):
    """Tell whether a count of independent trials is within so many standard errors of what is expected."""
    return abs(hits - n * share) <= sigmas * np.sqrt(n * share * (1 - share)) + 1e-9


@pytest.mark.parametrize(
    ("content", "kind", "empty"),
    [
        ("hello", "text", ""),
        (np.ones((5, 4), np.float32), "pointcloud", np.ones((0, 4), np.float32)),
        (np.ones((2, 50)), "audio", np.ones((2, 0))),
        (np.ones((50, 3)), "timeseries", np.ones((0, 3))),
    ],
)
def test_what_is_empty_has_nothing_in_it(content, kind, empty):
    facts = {"b": {"modality": kind}}
    assert same(lose({"a": 1, "b": content}, "empty", facts=facts)["b"], empty)


def test_a_picture_cannot_be_empty():
    with pytest.raises(NotApplicable, match="an input 'b' that can be empty"):
        lose({"a": 1, "b": np.ones((2, 2))}, "empty", facts={"b": {"modality": "image"}})


@pytest.mark.parametrize(("fill", "x"), [("zeros", 0.0), ("mean", 2.0)])
def test_readings_in_a_frame_are_filled_under_their_stamps(fill, x):
    stamps = pd.date_range("2026-03-01", periods=4, freq="1s")
    frame = pd.DataFrame({"x": [1.0, 3.0, np.nan, 2.0], "n": [4, 4, 4, 4]}, stamps)
    facts = {"b": {"modality": "timeseries"}}
    noisy = lose({"a": 1, "b": frame}, fill, facts=facts)["b"]
    expected = pd.DataFrame({"x": [x] * 4, "n": [0 if fill == "zeros" else 4] * 4}, stamps)
    pd.testing.assert_frame_equal(expected, noisy)


def test_what_the_model_has_learned_is_one_sign_that_survives_copies():
    sign = lose({"a": 1, "b": "text"}, "learned")["b"]
    assert sign is LEARNED
    assert copy.deepcopy(sign) is sign
    assert pickle.loads(pickle.dumps(sign)) is sign
    measured = pt.distance("crossmodal", {"a": 1, "b": "x"}, {"a": 1, "b": sign})
    assert {"changed": 1.0, "missing": 1.0, "hit": 1.0} == measured


@dataclass
class Peers:
    """Samples in a row: each has its number as its sound."""

    count: int
    groups: list | None = None

    @cached_property
    def ids(self):
        return tuple(f"id-{i}" for i in range(self.count))

    def __len__(self):
        return self.count

    def __getitem__(self, sample):
        return {"image": "seen", "sound": int(sample.removeprefix("id-"))}

    def labels(self, name):
        return self.groups if name == "group" else None


def sounds(noise, peers, share, **given):
    """Return what every sample hears."""
    values = [peers[sample] for sample in peers.ids]
    noisy = noise.batch(
        values, dose={"share": share}, samples=peers.ids, peers=peers, facts={}, **given
    )
    return [row["sound"] for row in noisy]


def test_the_last_value_is_that_of_the_latest_sample_that_was_not_lost():
    peers = Peers(400)
    noise = LOST.with_settings(fill="last")
    gone = {i for i, heard in enumerate(sounds(LOST, peers, 0.6)) if heard is None}
    heard = sounds(noise, peers, 0.6)
    for i in range(400):
        fresh = i
        while fresh in gone and fresh > 0:
            fresh -= 1
        assert fresh == heard[i]


def test_the_last_value_never_comes_from_another_group():
    peers = Peers(40, [i % 2 for i in range(40)])
    heard = sounds(LOST.with_settings(fill="last"), peers, 1.0)
    assert [i % 2 for i in range(40)] == heard
    assert [0] * 40 == sounds(LOST.with_settings(fill="last"), Peers(40), 1.0)


def test_a_last_value_needs_the_other_samples():
    with pytest.raises(MissingPeers, match="a stream has none"):
        LOST.with_settings(fill="last")({"a": 1, "b": 2}, 1.0, sample="s")


BURSTS = pt.get("crossmodal/missing-in-bursts")


def runs(flags):
    return [sum(1 for _ in run) for hit, run in itertools.groupby(flags) if hit]


@pytest.mark.parametrize(("share", "burst"), [(0.1, 1.0), (0.2, 4.0), (0.4, 8.0)])
def test_runs_are_geometric_and_the_share_is_lost(share, burst):
    n = 20_000
    lost = [each is None for each in sounds(BURSTS.with_settings(burst=burst), Peers(n), share)]
    mean = max(burst, 1 / (1 - share))
    found = runs(lost)
    stay = 1 - 1 / mean
    # A chain's share scatters by its correlation time; a geometric mean by sqrt(stay) / (1 - stay).
    spread = np.sqrt(n * share * (1 - share) * (1 + stay) / (1 - stay))
    assert abs(sum(lost) - n * share) < 4 * spread
    assert abs(np.mean(found) - mean) < 4 * np.sqrt(stay) * mean / np.sqrt(len(found))
    ones = sum(length == 1 for length in found)
    assert within(ones, len(found), 1 - stay)


def test_runs_are_nested_and_do_not_cross_groups():
    peers = Peers(600, [i // 5 for i in range(600)])
    noise = BURSTS.with_settings(burst=50.0)
    before = set()
    for share in (0.1, 0.3, 0.6, 1.0):
        lost = {i for i, heard in enumerate(sounds(noise, peers, share)) if heard is None}
        assert before <= lost
        before = lost
    assert 600 == len(before)
    firsts = sum(
        each is None
        for i, each in enumerate(sounds(noise, Peers(6000, [i // 5 for i in range(6000)]), 0.3))
        if i % 5 == 0
    )
    assert within(firsts, 1200, 0.3)


def test_runs_hold_the_value_from_before_them():
    peers = Peers(300)
    noise = BURSTS.with_settings(burst=6.0)
    lost = [each is None for each in sounds(noise, peers, 0.4)]
    held = sounds(noise.with_settings(fill="last"), peers, 0.4)
    for i in range(1, 300):
        assert (held[i - 1] if lost[i] else i) == held[i]


def test_a_run_is_at_least_one_sample_long():
    with pytest.raises(BadSetting, match=r"a mean run of at least 1 sample, got burst=0\.5"):
        sounds(BURSTS.with_settings(burst=0.5), Peers(3), 0.5)


CLIENTS = pt.get("crossmodal/missing-by-client")


@pytest.mark.parametrize("concentration", [0.3, 2.0, 20.0])
def test_clients_lose_as_often_as_a_beta_and_which_by_a_dirichlet_distribution(concentration):
    clients, share, inputs = 1500, 0.3, 3
    peers = Peers(clients, list(range(clients)))
    draw = Draw.of(
        pt.sample_keys(peers.ids), seed=0, perturbation="x", input="", position=0, replicate=0
    )
    found = [client_of(peers, "group", draw.row(i), concentration, inputs) for i in range(clients)]
    rates = np.array([each.rate(share) for each in found])
    law = stats.beta(concentration * share, concentration * (1 - share))
    assert stats.kstest(rates, law.cdf).pvalue > 1e-4
    assert abs(rates.mean() - share) < 4 * law.std() / np.sqrt(clients)
    shares = np.diff([each.bounds for each in found], axis=1, prepend=0.0)
    own = stats.beta(concentration / inputs, concentration * (1 - 1 / inputs))
    for column in shares.T:
        assert abs(column.mean() - 1 / inputs) < 4 * own.std() / np.sqrt(clients)
        fourth = own.stats("k") + 3
        spread = own.var() * np.sqrt((fourth - 1) / clients)
        assert abs(column.var() - own.var()) < 4 * spread
    assert np.allclose(shares.sum(axis=1), 1)


def test_the_rate_of_a_client_never_falls_and_at_1_all_is_lost():
    client = Client(0.37, 0.5, np.array([0.5, 1.0]))
    rates = [client.rate(share) for share in np.linspace(0.01, 1, 100)]
    assert (np.diff(rates) >= 0).all()
    assert 1.0 == rates[-1]


def test_one_input_is_lost_at_a_time_and_clients_differ():
    peers = Peers(3000, [i % 10 for i in range(3000)])
    values = [peers[sample] for sample in peers.ids]
    noise = CLIENTS.with_settings(concentration=0.5)
    noisy = noise.batch(values, dose={"share": 0.5}, samples=peers.ids, peers=peers, facts={})
    gone = np.array([[row["image"] is None, row["sound"] is None] for row in noisy])
    assert gone.sum(axis=1).max() == 1
    by_client = gone.reshape(300, 10, 2).mean(axis=0)
    assert by_client.sum(axis=1).std() > 0.15
    worst = noise.batch(values, dose={"share": 1.0}, samples=peers.ids, peers=peers, facts={})
    assert all((row["image"] is None) != (row["sound"] is None) for row in worst)


def test_clients_must_be_declared():
    with pytest.raises(MissingFact, match="groups=labels"):
        sounds(CLIENTS, Peers(5), 0.5)
    with pytest.raises(BadSetting, match="above 0, got concentration=0"):
        sounds(CLIENTS.with_settings(concentration=0.0), Peers(4, [0, 0, 1, 1]), 0.5)
    with pytest.raises(NotApplicable, match="two inputs that are there"):
        CLIENTS({"a": 1, "b": None}, 0.5, sample="id-0", peers=Peers(4, [0, 0, 1, 1]))


ANY = pt.get("crossmodal/missing-independently")


@pytest.mark.parametrize("share", [0.3, 0.8, 1.0])
def test_inputs_are_lost_on_their_own_and_one_remains(share):
    names, n = "abc", 4000
    value = dict.fromkeys(names, "there")
    noisy = [ANY(value, dose={"share": share}, sample=i) for i in range(n)]
    gone = np.array([[row[name] is None for name in names] for row in noisy])
    assert gone.sum(axis=1).max() <= 2
    for column in gone.T:
        assert within(column.sum(), n, share - share**3 / 3)
    if share < 1:
        both = (gone[:, 0] & gone[:, 1]).sum()
        assert within(both, n, share**2 - 2 * share**3 / 3)
        assert 7 == len({tuple(row) for row in gone})


def test_what_is_missing_already_is_not_what_remains():
    value = {"a": None, "b": "x", "c": "y"}
    for i in range(50):
        noisy = ANY(value, dose={"share": 1.0}, sample=i)
        assert {"x", "y", None} >= {noisy["b"], noisy["c"]}
        assert (noisy["b"] is None) != (noisy["c"] is None)
    with pytest.raises(NotApplicable, match="an input that remains"):
        ANY(dict.fromkeys("ab"), 0.5, sample="s")


MAR, MNAR = pt.get("crossmodal/missing-input-mar"), pt.get("crossmodal/missing-input-mnar")
SCENES = {"camera": {"modality": "image"}, "lidar": {"modality": "pointcloud"}}


def scenes(n):
    """Return pictures of rising brightness, each with a cloud of falling size."""
    return [
        {"camera": np.full((3, 3), i / n), "lidar": np.ones((2 * (n - i), 3))} for i in range(n)
    ]


@pytest.mark.parametrize("noise", [MAR, MNAR])
@pytest.mark.parametrize("direction", ["low", "high", "tails", "middle"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.93])
def test_over_the_clean_data_the_expected_share_is_exact(noise, direction, share):
    rows = scenes(500)
    reference = modality("crossmodal").fit(rows, SCENES)
    driver = "camera" if noise is MAR else "lidar"
    chances = [chance_of(row, driver, SCENES, reference, (share, direction, 2.0)) for row in rows]
    assert share == pytest.approx(np.mean(chances), abs=1e-9)
    chosen = noise.with_settings(direction=direction)
    noisy = chosen.batch(
        rows, dose={"share": share}, samples=range(500), facts=SCENES, reference=reference
    )
    assert within(sum(row["lidar"] is None for row in noisy), 500, share)


def test_in_the_dark_the_lidar_fails_more_often_by_the_odds_that_were_set():
    rows = scenes(4000)
    reference = modality("crossmodal").fit(rows, SCENES)
    chance = [
        chance_of(rows[i], "camera", SCENES, reference, (0.4, "low", 2.0)) for i in (1000, 3000)
    ]
    odds = [p / (1 - p) for p in chance]
    assert 2.0 == pytest.approx(np.log(odds[0] / odds[1]), abs=0.02)
    noisy = MAR.batch(
        rows, dose={"share": 0.4}, samples=range(4000), facts=SCENES, reference=reference
    )
    lost = np.array([row["lidar"] is None for row in noisy])
    assert lost[:2000].mean() > lost[2000:].mean() + 0.2


def test_a_missing_driver_has_the_middle_rank():
    rows = scenes(100)
    reference = modality("crossmodal").fit(
        [*rows, {"camera": None, "lidar": np.ones((1, 3))}], SCENES
    )
    law = (0.3, "low", 2.0)
    dark, none, bright = (
        chance_of({"camera": each}, "camera", SCENES, reference, law)
        for each in (np.zeros((3, 3)), None, np.ones((3, 3)))
    )
    assert bright < none < dark


def test_numbers_of_a_table_drive_by_their_column():
    facts = {"form": {"modality": "tabular"}, "cam.left": {"modality": "image"}}
    rows = [
        {"form": {"age": float(i), "city": "x"}, "cam.left": np.full((2, 2), i)} for i in range(60)
    ]
    reference = modality("crossmodal").fit(rows, facts)
    assert {"form.age", "cam.left"} == set(reference.levels)
    by_age = MAR.with_settings(driver="form.age")
    noisy = by_age.batch(
        rows, dose={"share": 0.5}, samples=range(60), facts=facts, reference=reference
    )
    assert within(sum(row["cam.left"] is None for row in noisy), 60, 0.5)
    with pytest.raises(NotApplicable, match=r"driver= to one of form\.age"):
        MAR(rows[0], 0.5, sample="s", facts=facts, reference=reference)
    with pytest.raises(BadSetting, match=r"a driver that is not lost.*\n.*missing-input-mnar"):
        MAR.with_settings(driver="cam.left")(
            rows[0], 0.5, sample="s", facts=facts, reference=reference
        )
    with pytest.raises(BadSetting, match=r"a level of the input 'cam.left'.*\n.*missing-input-mar"):
        MNAR.with_settings(driver="form.age")(
            rows[0], 0.5, sample="s", facts=facts, reference=reference
        )


def test_a_driver_must_differ_and_be_there():
    rows = [{"camera": np.zeros((2, 2)), "lidar": np.ones((i + 1, 3))} for i in range(9)]
    reference = modality("crossmodal").fit(rows, SCENES)
    known = {"sample": "s", "facts": SCENES, "reference": reference}
    with pytest.raises(NotApplicable, match="a driver whose level differs, got driver='camera'"):
        MAR(rows[0], 0.5, **known)
    with pytest.raises(BadSetting, match=r"input\.column of a table.*\n.*did you mean camera"):
        MAR.with_settings(driver="camra")(rows[0], 0.5, **known)
    with pytest.raises(BadSetting, match=r"one of high, low, tails, middle.*\n.*did you mean low"):
        MNAR.with_settings(direction="lo")(rows[0], 0.5, **known)
    with pytest.raises(BadSetting, match="a positive finite number"):
        MNAR.with_settings(strength=0.0)(rows[0], 0.5, **known)
    with pytest.raises(BadSetting, match="one of absent, zeros, empty, mean, learned, got"):
        MNAR.with_settings(fill="last")(rows[0], 0.5, **known)


@pytest.mark.parametrize(
    ("content", "kind", "level"),
    [
        (np.array([[0.25, 0.75]]), "image", 0.5),
        (np.array([3.0, -4.0, np.nan]), "timeseries", np.sqrt(12.5)),
        (np.array([3, 4], dtype=np.int16), "audio", np.sqrt(12.5)),
        ("a word or two", "text", 4.0),
        (np.ones((7, 4)), "pointcloud", 7.0),
        (pd.DataFrame({"x": [3.0, 4.0]}), "timeseries", np.sqrt(12.5)),
    ],
)
def test_levels_are_what_one_calls_bright_loud_long_and_large(content, kind, level):
    assert {"": pytest.approx(level)} == levels(content, kind)
