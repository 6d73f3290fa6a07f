"""Trainings whose matrix is known in closed form, and what cannot be said of others."""

import json

import numpy as np
import pytest

import noisebench as nb
from noisebench.affinity._natural import over_models, over_samples
from noisebench.affinity._ordinal import duels, weights
from noisebench.errors import DataError, LedgerError, MetricError, ModelError, PlanError
from noisebench.run import Interrupted
from tests.noisebench.affinity.corners import (
    ACROSS,
    CORNERS,
    DOWN,
    Corner,
    field,
    fit,
    pictures,
    world,
)

NOISES = [ACROSS, DOWN]


def trained(hook=fit, data=None, noises=NOISES, **options):
    return nb.affinity(hook, data or world(), noises, **({"bootstrap": 200} | options))


@pytest.fixture(scope="module")
def found():
    return trained(natural=field())


def right(place, corner, images, answers):
    """Return how often a corner, seen after the noise that moves the answer to a place, is the answer."""
    flips = {(0, 0): lambda x: x, (0, -1): np.fliplr, (-1, 0): np.flipud}
    seen = [int(flips[place](image)[corner] > 128) for image in images]
    return float(np.mean(np.array(seen) == answers))


def test_training_on_a_noise_fixes_that_noise_and_no_other(found):
    held = []
    trained(lambda data: held.append(set(data.ids)) or fit(data))
    images, answers = pictures()
    test = [i for i in range(200) if f"w{i}" not in held[0]]
    for source, corner in CORNERS.items():
        for target, place in CORNERS.items():
            value = right(place, corner, images[test], answers[test])
            assert value == pytest.approx(found[source, target].value.value)
            assert (value == 1) == (source == target)
    for noise in NOISES:
        own = found[noise, noise]
        assert own.helps
        assert own.gain.low > 0.3
        assert 1.0 == pytest.approx(own.recovered.value)
        assert own.affinity == max(found[source, noise].affinity for source in found.sources)
    for pair in ((ACROSS, DOWN), (DOWN, ACROSS)):
        assert not found[pair].helps
        assert found[pair].recovered.low < 0.2
    assert all(found[noise, "clean"].harms for noise in NOISES)


def test_the_noise_that_is_the_natural_one_predicts_it(found):
    best, other = found.predictors
    assert DOWN == best.noise
    assert 1.0 == pytest.approx(best.recovered.value)
    assert best.gain.value == found["natural", "natural"].gain.value
    assert 1.0 == pytest.approx(best.samples.value)
    assert best.models.value == pytest.approx(1.0)
    assert other.gain.high < best.gain.low
    assert other.samples.value < 0.5
    assert "flip(axis=vertical)@1 helps most against the natural noise" in str(found)


def test_no_noise_that_helps_is_said_in_words():
    found = trained(natural=field(flip=lambda x: np.flipud(np.fliplr(x))))
    assert "no synthetic noise surely helps against the natural noise" in str(found).lower()


def test_a_noise_of_the_library_can_stand_for_the_natural_one():
    found = trained(natural=DOWN, noises=[ACROSS])
    assert DOWN == found.natural
    assert [ACROSS] == [each.noise for each in found.predictors]
    assert not found[ACROSS, DOWN].helps


def test_few_noises_that_stand_for_all_are_named(found):
    assert {ACROSS, DOWN} == set(found.cover)


def test_weights_of_each_column_add_up_to_one_and_wins_are_shares(found):
    for target in found.targets:
        cells = [found[source, target] for source in found.sources]
        assert 1.0 == pytest.approx(sum(each.affinity for each in cells))
        assert all(0 <= e.wins.low <= e.wins.value <= e.wins.high <= 1 for e in cells)


def test_nothing_that_was_trained_on_is_tested():
    seen = []

    def hook(data):
        seen.append(set(data.ids))
        return fit(data)

    found = trained(hook, natural=field())
    assert {frozenset(each) for each in seen} == {frozenset(seen[0])}
    assert len(seen[0]) + found.n == 200


def test_groups_stay_on_one_side():
    groups = [i // 4 for i in range(200)]
    seen = {}

    def hook(data):
        seen.update(dict.fromkeys(map(int, data.groups)))
        return fit(data)

    found = trained(hook, world(groups=groups))
    assert 200 - 4 * len(seen) == found.n
    assert 25 == len(seen)


def test_targets_move_with_the_noise_that_is_trained_on():
    seen = {}

    def hook(data):
        name = "noisy" if "clean" in seen else "clean"
        seen[name] = dict(zip(data.ids, data.targets, strict=True))
        return lambda images: [np.array([[0.0, 0.0, 2.0, 2.0]])] * len(images)

    images = np.zeros((40, 8, 8), dtype=np.uint8)
    boxes = [np.array([[0.0, 0.0, 2.0, 2.0]])] * 40
    data = nb.Dataset({"image": images}, boxes, moves={"image": "boxes"})
    trained(hook, data, [ACROSS], metric="box-f1")
    assert all(np.allclose(box, [[0, 0, 2, 2]]) for box in seen["clean"].values())
    assert all(np.allclose(box, [[6, 0, 8, 2]]) for box in seen["noisy"].values())


def test_it_is_plain_data_without_gaps(found):
    text = json.dumps(found.to_json(), allow_nan=False)
    assert {"transfers", "predictors", "unsaid", "sentences", "cost"} <= set(json.loads(text))
    assert all(each.endswith(".") for each in found.sentences)


# -- going on, and budgets ------------------------------------------------------------------------------


def test_an_interrupted_training_keeps_every_finished_fit(tmp_path, found):
    calls = []

    def tired(data):
        calls.append(len(data))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return fit(data)

    def named(data):  # the hook is known by its name
        return tired(data)

    with pytest.raises(Interrupted, match="interrupted after 2 of 4 models; all of them are kept"):
        trained(named, natural=field(), run_dir=tmp_path)
    with pytest.raises(LedgerError, match="a finished training run"):
        nb.affinity.__globals__["affinity_of"](tmp_path)
    again = trained(named, natural=field(), run_dir=tmp_path)
    assert 5 == len(calls)
    assert again.to_json() == found.to_json()


def test_without_a_folder_nothing_is_kept():
    def stop(data):
        raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="nothing was kept; give run_dir="):
        trained(stop)


def test_a_budget_trains_on_what_costs_most_and_can_be_raised(tmp_path):
    calls = []

    def counted(data):
        calls.append(len(data))
        return fit(data)

    mild = "image/brightness@0.01"
    first = trained(counted, noises=[mild, ACROSS], fits=2, run_dir=tmp_path)
    assert ("clean", ACROSS) == first.sources
    assert f"what training on {mild} is worth: the budget was 2 models" in str(first)
    second = trained(counted, noises=[mild, ACROSS], run_dir=tmp_path)
    assert {"clean", ACROSS, mild} == set(second.sources)
    assert 3 == len(calls)


def test_the_cost_is_said_before_anything_runs():
    from noisebench.affinity import prepare

    job = prepare(fit, world(), NOISES, natural=field(), fits=3, batch_size=50)
    assert job.cost == (
        "3 models to fit of 4: those that cost most, each on 100 samples; each is tested on 4 sets: "
        "24 model calls on batches of 50"
    )


def test_another_plan_in_the_folder_is_refused(tmp_path):
    trained(run_dir=tmp_path, noises=[ACROSS])
    with pytest.raises(LedgerError, match="models of another plan"):
        trained(run_dir=tmp_path, noises=[DOWN])


def test_progress_tells_of_every_model():
    told = []
    trained(progress=lambda done, total, what: told.append((done, total, what)))
    assert told[0] == (0, 3, "fitting on clean")
    assert told[-1] == (3, 3, "trained")


# -- what is wrong --------------------------------------------------------------------------------------


def test_a_hook_that_fails_on_clean_data_is_an_error():
    def broken(data):
        raise ValueError("singular")

    with pytest.raises(ModelError, match="the hook fit on clean data failed: ValueError: singular"):
        trained(broken)


def test_a_hook_that_returns_nothing_is_an_error():
    with pytest.raises(ModelError, match="a model from the hook fit on clean data"):
        trained(lambda data: None)


def test_a_hook_that_is_no_function_is_an_error():
    with pytest.raises(ModelError, match="a function from data to a trained model"):
        trained(hook="fit")


def test_a_fit_that_fails_on_a_noise_is_left_out_with_the_reason():
    clean, _ = pictures()

    def picky(data):
        images = data.take(data.ids).inputs["image"]
        if any(
            not np.array_equal(i, clean[int(n[1:])]) for n, i in zip(data.ids, images, strict=True)
        ):
            raise RuntimeError("did not converge")
        return fit(data)

    found = trained(picky, natural=field())
    assert ("clean",) == found.sources
    assert "did not converge" in str(found)
    assert "it takes a model that was trained on clean data and one" in str(found)
    json.dumps(found.to_json(), allow_nan=False)


@pytest.mark.parametrize(
    ("answers", "why"),
    [(np.zeros(200, dtype=int), "at chance"), (np.arange(200) % 2, "chance")],
    ids=["one class", "guessing"],
)
def test_models_at_chance_have_nothing_to_compare(answers, why):
    images, _ = pictures()
    data = nb.Dataset({"image": images}, answers)
    found = trained(lambda data: Corner((3, 3)), data)
    assert {} == found.transfers
    assert why in str(found)


def test_few_samples_have_wide_intervals():
    found = trained(data=world(12))
    assert "nan" not in str(found)
    json.dumps(found.to_json(), allow_nan=False)


def test_too_few_samples_are_an_error():
    with pytest.raises(DataError, match="4 samples or more to train and test on"):
        trained(data=world(3))


def test_fewer_than_four_models_have_no_order():
    found = trained(natural=field(), noises=[DOWN])
    assert all(each.models is None for each in found.predictors)
    assert "it takes 4 models, and there are 3" in str(found)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"at": 0}, PlanError, "a severity above 0"),
        ({"fits": 1}, PlanError, "a whole number of at least 2"),
        ({"share": 1.0}, PlanError, "a share between 0 and 1"),
        ({"metric": "agreement"}, MetricError, "a metric on targets"),
        ({"natural": "image/*"}, PlanError, "one noise"),
        ({"test": world(50)}, DataError, "a test set of other samples"),
        (
            {"natural": nb.Dataset({"text": ["a", "b"]}, [0, 1])},
            DataError,
            "the inputs of the clean",
        ),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(options, error, said):
    with pytest.raises(error, match=said):
        trained(**options)


def test_data_without_targets_are_refused():
    images, _ = pictures()
    with pytest.raises(DataError, match="indexable data with targets"):
        trained(data=nb.Dataset({"image": images}))


# -- the numbers ----------------------------------------------------------------------------------------


def test_consistent_odds_have_their_own_weights():
    truth = np.array([0.5, 0.3, 0.2])
    won = truth[:, None] / (truth[:, None] + truth[None])
    assert truth == pytest.approx(weights(won))


def test_ties_count_half():
    won = duels(np.array([[1.0, 0.0], [1.0, 1.0]])).mean(axis=2)
    assert [[0.5, 0.25], [0.75, 0.5]] == won.tolist()


def _sample(rows, ids=None):
    rows = np.asarray(rows, dtype=float)
    curve = nb.Curve.from_outcomes(
        severities=[(k + 1) / len(rows) for k in range(len(rows) - 1)], clean=rows[0], outcomes=rows[1:], ids=ids,
    )  # fmt: skip
    return curve.answers.sample


def test_models_in_the_same_order_correlate_by_one_and_reversed_by_minus_one():
    rng = np.random.default_rng(0)
    rows = [(rng.random(400) < p).astype(float) for p in (0.2, 0.4, 0.6, 0.8, 0.95)]
    known = {"confidence": 0.95, "bootstrap": 200, "seed": 0}
    same = over_models(_sample(rows), _sample(rows), **known)
    other = over_models(_sample(rows), _sample(rows[::-1]), **known)
    assert (1.0, -1.0) == pytest.approx((same.value, other.value))
    assert same.low > 0.8
    assert other.high < -0.8


def test_models_that_are_all_alike_have_no_order():
    rows = np.ones((5, 50))
    rows[:, 0] = 0
    assert over_models(_sample(rows), _sample(rows), confidence=0.95, bootstrap=50, seed=0) is None


def test_samples_that_break_together_correlate():
    rng = np.random.default_rng(1)
    broken = (rng.random(300) < 0.5).astype(float)
    mixed = np.where(rng.random(300) < 0.2, 1 - broken, broken)
    known = {"confidence": 0.95, "bootstrap": 400, "seed": 0}
    found = over_samples(_sample([broken] * 2), _sample([mixed] * 2), **known)
    assert found.low < np.corrcoef(broken, mixed)[0, 1] < found.high
    assert found.value == pytest.approx(np.corrcoef(broken, mixed)[0, 1])
    apart = over_samples(
        _sample([broken] * 2), _sample([mixed] * 2, ids=[f"x{i}" for i in range(300)]), **known
    )
    assert apart is None


# -- something real -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_digits_that_were_trained_on_a_noise_are_read_better_under_it_and_its_kin(tmp_path):
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression

    bunch = load_digits()
    images = (bunch.images / 16 * 255).astype(np.uint8)
    data = nb.Dataset({"image": images}, bunch.target)

    def flat(batch):
        return np.asarray(batch, dtype=float).reshape(len(batch), -1) / 255

    def regression(given):
        batch = given.take(given.ids)
        made = LogisticRegression(max_iter=300).fit(flat(batch.inputs["image"]), batch.targets)
        return lambda batch: made.predict(flat(batch))

    noises = ["image/gaussian-noise", "image/impulse-noise", "image/rotation"]
    model = regression(data)
    audit = nb.audit(model, data, perturbations=noises, severities=[0.8], run_dir=tmp_path)
    found = nb.affinity(regression, data, noises, at=1.0, run_dir=tmp_path / "affinity")
    assert found["image/rotation", "image/rotation"].helps
    assert found["image/impulse-noise", "image/gaussian-noise"].gain.value > (
        found["image/rotation", "image/gaussian-noise"].gain.value
    )
    again = nb.load(tmp_path)
    assert again.affinity.to_json() == found.to_json()
    for text in (
        audit.report().html.read_text("utf-8"),
        audit.report().markdown.read_text("utf-8"),
    ):
        assert "Which noise stands for which" in text
