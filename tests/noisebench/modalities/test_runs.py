"""Accounts of whole audits: models whose weakness is known, data with a planted fault, and audits that cannot answer."""

import json
import math

import numpy as np
import pytest

from noisebench.audit import audit, load
from noisebench.data import Dataset
from noisebench.errors import PlanError
from noisebench.plan import Part, Sweep, parse_sweep
from perturbations import Dose, Draw, Ladder, perturbation

GONE = "crossmodal/missing-input@1"
MIXED = "crossmodal/mispairing@1"


@perturbation("timeseries/wander", family="test", registered=False)
def wander(
    series,
    draw: Draw,
    *,
    sigma: Dose = Ladder(0.4, 0.8, 1.2, 1.6, 2.0, unit="σ (units of the data)"),
):
    """Add the same normal number to the whole series.

    Severity: its standard deviation.
    """
    return series.values + sigma * draw.normal(1)


def normal(value: float) -> float:
    return 0.5 * math.erfc(-value / math.sqrt(2))


def signals(n: int, spreads: dict[str, float], seed: int = 0) -> Dataset:
    """A sign that every input shows with normal noise of known spread."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    inputs = {
        name: (2.0 * labels - 1)[:, None, None] + spread * rng.normal(size=(n, 1, 1))
        for name, spread in spreads.items()
    }
    return Dataset(inputs, labels, modalities=dict.fromkeys(inputs, "timeseries"))


def average(inputs) -> np.ndarray:
    """Decide by the mean of the inputs that are there."""
    sums = np.zeros(len(next(iter(inputs.values()))))
    for values in inputs.values():
        sums += [0.0 if each is None else float(each[0, 0]) for each in values]
    return (sums > 0).astype(int)


def noisy(*names: str) -> Sweep:
    return Sweep(tuple(Part((name,), wander) for name in names))


def lone(name: str, other: str, data: Dataset) -> Sweep:
    gone = parse_sweep(f"{name},{other}:{GONE}", data).parts[0]
    return Sweep((Part((name,), wander), Part(gone.inputs, gone.noise, gone.at, position=1)))


def everything(data: Dataset) -> list:
    return [
        noisy("a"), noisy("b"), noisy("a", "b"), lone("a", "b", data), lone("b", "a", data),
        f"a,b:{GONE}", f"b,a:{GONE}", f"a,b:{MIXED}", f"b,a:{MIXED}",
    ]  # fmt: skip


SPREADS = {"a": 0.6, "b": 0.8}


@pytest.fixture(scope="module")
def fused(tmp_path_factory):
    data = signals(4000, SPREADS)
    return audit(
        average, data, perturbations=everything(data), severities=[0.2, 1.0], bootstrap=400,
        run_dir=tmp_path_factory.mktemp("fused"), gallery=False,
    )  # fmt: skip


def accuracy(sigma: dict[str, float], names: str = "ab") -> float:
    """Of the mean of inputs in closed form; `sigma` is the spread of the noise in each."""
    variance = sum(SPREADS[name] ** 2 + sigma.get(name, 0.0) ** 2 for name in names)
    return normal(len(names) / math.sqrt(variance))


def near(expected: float, estimate, errors: float = 4 / 1.96) -> bool:
    half = (estimate.high - estimate.low) / 2
    return abs(expected - estimate.value) <= errors * half


def test_the_mean_of_two_signals_has_its_closed_form_in_every_part(fused):
    found = fused.modalities(at=1.0)
    sigma = {"a": 2.0, "b": 2.0}
    clean, both = accuracy({}), accuracy(sigma)
    single = {name: accuracy({name: 2.0}) for name in "ab"}
    for part in found.attribution.parts:
        other = "b" if part.input == "a" else "a"
        phi = (clean - single[part.input] + single[other] - both) / 2
        assert near(phi, part.loss)
        assert near(clean - single[part.input], part.single)
    assert near(clean - both, found.attribution.total)
    for each in found.compensation:
        alone = accuracy(sigma, each.input)
        assert near((single[each.input] - alone) / (clean - alone), each.shares[-1])
    value = clean - single["a"] - single["b"] + both
    (pair,) = [each for each in found.interactions if each.severity == 1.0]
    assert near(value, pair.scales["metric"])
    for each in found.reliance:
        other = "b" if each.input == "a" else "a"
        shuffled = (clean + normal(0.0)) / 2
        assert near(clean - accuracy({}, other), each.absent)
        assert near(clean - shuffled, each.shuffled)


def test_what_is_worse_than_absent_follows_from_the_variances(fused):
    found = {each.inputs: each for each in fused.modalities().worse_than_absent}
    for name, other in ("ab", "ba"):
        absent = accuracy({}, other)
        for severity, sigma in ((0.2, 0.4), (1.0, 2.0)):
            expected = accuracy({name: sigma}) - absent
            each = found[name,]
            place = each.severities.index(severity)
            assert each.low[place] <= expected <= each.high[place]
        assert (1.0 in found[name,].worse) == (accuracy({name: 2.0}) < absent - 0.03)
    assert found["b",].onset == 1.0


def test_the_order_of_sweeps_changes_nothing(fused):
    data = signals(4000, SPREADS)
    again = audit(
        average, data, perturbations=everything(data)[::-1], severities=[0.2, 1.0], bootstrap=400,
        gallery=False,
    ).modalities(at=1.0)  # fmt: skip
    found = fused.modalities(at=1.0)
    assert [part.loss for part in found.attribution.parts] == [
        part.loss for part in again.attribution.parts
    ]
    assert {e.input: e.shuffled for e in found.reliance} == {
        e.input: e.shuffled for e in again.reliance
    }
    assert set(found.sentences) == set(again.sentences)


def test_a_loaded_audit_tells_the_same(fused):
    assert load(fused.directory).modalities().to_json() == fused.modalities().to_json()
    json.dumps(fused.modalities().to_json(), allow_nan=False)


def test_every_number_has_its_interval_and_its_n(fused):
    tables = fused.modalities().to_tables()
    for name in ("worse_than_absent", "attribution", "compensation", "negative_fusion"):
        assert tables[name]
        for row in tables[name]:
            assert row["n"] == 4000
            assert row["low"] <= row["high"]


def test_an_audit_without_a_complete_grid_at_a_severity_says_which_there_are(fused):
    with pytest.raises(PlanError, match=r"every subset of noisy inputs was measured: \[0.2, 1.0\]"):
        fused.modalities(at=0.5)


def test_a_model_that_ignores_an_input_does_not_rely_on_it():
    data = signals(600, {"a": 0.4, "b": 0.4})

    def first(inputs):
        return average({"a": inputs["a"]})

    found = audit(first, data, perturbations=everything(data), gallery=False).modalities()
    a, b = found.reliance
    assert (False, True) == (a.unused, b.unused)
    assert 0.0 == b.shuffled.value == b.absent.value
    assert ("b:timeseries/wander",) == b.flat
    assert any("Robust because unused: the model does not rely on b" in s for s in found.sentences)
    loss = {part.input: part.loss for part in found.attribution.parts}
    assert 0.0 == loss["b"].value
    assert {("b",): None}.items() <= {
        each.inputs: each.onset for each in found.worse_than_absent
    }.items()


def test_a_model_without_a_hook_for_absence_is_told_what_to_do():
    data = signals(200, {"a": 0.4, "b": 0.4})

    def strict(inputs):
        return (np.stack(inputs["a"]) + np.stack(inputs["b"]))[:, 0, 0] > 0

    run = audit(strict, data, perturbations=everything(data), severities=1, gallery=False)
    found = run.modalities()
    assert () == found.worse_than_absent == found.compensation
    why = {each.what: each.why for each in found.unsaid}
    told = why["whether noise in a is worse than its absence"]
    assert told.startswith("the model fails where an input is absent (")
    assert (
        "let it take None for an absent input, or put something in its place, modalities(fill=zeros)"
        in told
    )
    assert 1 == str(found).count("fill=zeros")
    assert 1 == str(run).count(
        "let it take None for an absent input, or put something in its place with fill=zeros"
    )
    assert found.attribution is not None
    assert all(each.shuffled and not each.absent for each in found.reliance)


def test_zeros_in_the_place_of_an_input_serve_where_none_does_not():
    data = signals(200, {"a": 0.4, "b": 0.4})
    zeros = "crossmodal/missing-input(fill=zeros)@1"
    sweeps = [noisy("a"), f"b,a:{GONE}", f"b,a:{zeros}"]

    def strict(inputs):
        return (np.stack(inputs["a"]) + np.stack(inputs["b"]))[:, 0, 0] > 0

    found = audit(strict, data, perturbations=sweeps, severities=1, gallery=False).modalities()
    assert ["zeros"] == [each.fill for each in found.worse_than_absent]
    assert "(zeros in its place)" in found.worse_than_absent[0].text


def test_an_input_that_is_always_missing_is_said_to_be():
    data = signals(100, {"a": 0.4, "b": 0.4})
    empty = Dataset(
        {"a": [*data.take(data.ids).inputs["a"]], "b": [None] * 100},
        data.targets,
        modalities=data.modalities,
    )
    sweeps = [noisy("a"), f"a,b:{GONE}", f"a,b:{MIXED}", f"b,a:{MIXED}"]
    found = audit(average, empty, perturbations=sweeps, severities=1, gallery=False).modalities()
    assert ["a"] == [each.input for each in found.reliance]
    assert "Cannot be said: anything about b: it is missing in every sample of the data." in (
        found.sentences
    )


def test_a_model_at_chance_has_nothing_to_attribute():
    data = signals(100, {"a": 0.4, "b": 0.4})

    def constant(inputs):
        return np.zeros(len(inputs["a"]), dtype=int)

    found = audit(
        constant, data, perturbations=everything(data), severities=1, gallery=False
    ).modalities()
    assert None is found.attribution
    assert "the model is at chance on clean data" in found.sentences[0]


def test_one_sample_has_no_interval():
    data = signals(1, {"a": 0.1, "b": 0.1})
    found = audit(
        average, data, perturbations=[noisy("a"), f"b,a:{GONE}"], severities=1, gallery=False
    ).modalities()
    (why,) = found.unsaid
    assert "an interval needs at least 2 samples" in why.why
    json.dumps(found.to_json(), allow_nan=False)


def test_data_with_one_input_has_no_account():
    data = signals(20, {"a": 0.4})
    found = audit(average_of_one, data, perturbations=[noisy("a")], severities=1, gallery=False)
    with pytest.raises(PlanError, match="two inputs or more"):
        found.modalities()


def average_of_one(values) -> np.ndarray:
    return np.asarray(values)[:, 0, 0] > 0


def test_an_audit_without_such_cells_says_how_to_get_them():
    data = signals(60, {"a": 0.4, "b": 0.4})
    between = "a,b:crossmodal/mispairing@0.4"
    found = audit(average, data, perturbations=[between], gallery=False).modalities()
    assert 'audit with perturbations=["modalities"]' in found.sentences[0]


RATE = 100
STEP_MS = 10


def clicks(n: int, late: int, seed: int = 0) -> Dataset:
    """Two streams with a click each; the second one's comes `late` steps after the first one's."""
    rng = np.random.default_rng(seed)
    at = rng.integers(60, 90, size=n)
    labels = rng.integers(0, 2, size=n)
    streams = np.zeros((2, n, 160, 1))
    streams[0, np.arange(n), at, 0] = 1.0
    streams[1, np.arange(n), at + late, 0] = 2.0 * labels - 1
    facts = {"rate": RATE}
    return Dataset(
        {"video": streams[0], "sound": streams[1]},
        labels,
        modalities={"video": "timeseries", "sound": "timeseries"},
        facts={"video": facts, "sound": facts},
    )


def listen(inputs) -> np.ndarray:
    """Hear what sounds within 30 ms of the click that is seen; guess otherwise."""
    seen = np.asarray(inputs["video"])[:, :, 0].argmax(axis=1)
    sound = np.asarray(inputs["sound"])[:, :, 0]
    near = [row[max(at - 3, 0) : at + 4].sum() for row, at in zip(sound, seen, strict=True)]
    return (np.array(near) > 0).astype(int)


LATE = "video,sound:crossmodal/time-offset"


@pytest.mark.parametrize(
    "sweeps",
    [
        [LATE, "sound,video:crossmodal/time-offset"],
        [LATE, f"{LATE}(direction=early)"],
        [f"{LATE}@lag={ms}" for ms in (-400, -185, -125, -80, -40, 40, 80)],
    ],
)
def test_sound_that_is_120_ms_late_in_the_data_is_found_with_its_sign(sweeps):
    found = audit(listen, clicks(400, late=12), perturbations=sweeps, gallery=False).modalities()
    (curve,) = found.offsets
    assert "sound" == curve.input
    assert -130 == curve.peak  # 125 ms in steps of 10 ms; nearest on the grid to -120 ms
    assert curve.shifted
    assert curve.peak_low < -120 < curve.peak_high
    assert "in the data sound seems to be about 130 ms late" in curve.text


def test_one_signed_axis_can_be_drawn_of_one_input():
    late = "video,sound:crossmodal/time-offset"
    early = "video,sound:crossmodal/time-offset(direction=early)"
    single = "video,sound:crossmodal/time-offset@lag=-60"
    found = audit(listen, clicks(400, late=12), perturbations=[late, early, single], gallery=False)
    (curve,) = found.modalities().offsets
    assert "In this data sound seems to be about 130 ms late" in str(found).splitlines()[1]
    assert (-400, -190, -130, -80, -60, -40, 0, 40, 80, 130, 190, 400) == curve.offsets
    assert -130 == curve.peak
    assert curve.shifted


def test_the_thresholds_of_viewers_are_one_asymmetric_axis():
    preset = "video,sound:itu-r-bt1359"
    found = audit(listen, clicks(400, late=0), perturbations=[preset], gallery=False)
    (curve,) = found.modalities().offsets
    assert "sound" == curve.input
    # At 100 steps a second the thresholds -90, -45, 125 and 185 become whole steps.
    assert (-180, -90, -70, -50, -20, 0, 60, 130, 160, 190, 370) == curve.offsets
    assert not curve.shifted


def test_sound_that_is_in_time_shows_no_fault():
    sweeps = ["video,sound:crossmodal/time-offset", "sound,video:crossmodal/time-offset"]
    found = audit(listen, clicks(400, late=0), perturbations=sweeps, gallery=False).modalities()
    (curve,) = found.offsets
    assert not curve.shifted
    assert curve.peak == 0
    assert 0 < curve.width < 160


def test_what_could_not_be_planned_is_told_with_its_reason():
    data = signals(60, {"a": 0.4, "b": 0.4})
    found = audit(average, data, perturbations="modalities", severities=1, gallery=False)
    why = {each.what: each.why for each in found.modalities().unsaid}
    told = why["how far the inputs may be apart in time"]
    assert "crossmodal/time-offset could not be measured" in told
    assert "the fact 'rate'" in told


def test_three_inputs_are_compared_with_each_of_them_alone():
    data = signals(300, {"a": 0.4, "b": 1.5, "c": 1.5})
    found = audit(average, data, perturbations="modalities", severities=[1.0], gallery=False)
    account = found.modalities()
    assert ("a", "b", "c") == account.inputs
    assert 3 == len(account.attribution.parts)
    assert 3 == len(account.interactions)
    assert {"a", "b", "c"} == {each.input for each in account.compensation}
    against = {each.inputs: each.against for each in account.negative_fusion}
    assert "with a alone" == against["b",] == against["c",] == against["b", "c"]
    assert "with a alone" not in (against["a",], against["a", "b"])
    assert not any("alone" in each.what for each in account.unsaid)
