"""Models whose invariance is known in closed form, and what an audit says of them."""

import json

import numpy as np
import pytest

import noisebench as nb
import perturbations as pt

N = 120


def pictures(n=N, size=10):
    """Pictures of noise in which the first pixel of the top row is dark or bright, and so is its last, on its own."""
    rng = np.random.default_rng(0)
    images = rng.integers(100, 120, (n, size, size), dtype=np.uint8)
    first, last = rng.random(n) < 0.5, rng.random(n) < 0.5
    images[:, 0, 0], images[:, 0, -1] = 255 * first, 255 * last
    return images, first, last


def audited(model, data, noises, **options):
    known = {"severities": [0.5, 1.0], "bootstrap": 200, "distortion": "all"}
    return nb.audit(model, data, perturbations=noises, **(known | options))


def first_pixel(images):
    return [int(image[0, 0] > 128) for image in images]


def test_a_model_that_is_invariant_makes_no_error_and_loses_nothing():
    images, *_ = pictures()
    level = np.arange(N) % 2
    images[level == 1] += 100
    data = nb.Dataset({"image": images}, level)
    found = audited(lambda x: [int(i.mean() > 150) for i in x], data, ["image/flip"]).invariance()
    flip = found["image/flip"]
    assert [0.0, 0.0] == [each.error.value for each in flip.sizes]
    assert 1.0 == flip.orbit.value
    assert [(0.0, 0.0, 0.0)] * 2 == [
        (s.split.total.value, s.split.lost.value, s.split.missing.value) for s in flip.sizes
    ]
    assert "costs no accuracy that shows" in found.findings[0]


def test_a_model_that_looks_at_one_pixel_errs_where_its_mirror_image_is_another():
    images, first, last = pictures()
    found = audited(first_pixel, nb.Dataset({"image": images}, first.astype(int)), ["image/flip"])
    flip = found.invariance()["image/flip"]
    other = float((first != last).mean())
    error, split = flip.sizes[-1].error, flip.sizes[-1].split
    assert other == pytest.approx(error.value)
    assert error.low < other < error.high
    assert 1 - other == pytest.approx(flip.orbit.value)
    assert (other, 0.0) == pytest.approx((split.missing.value, split.lost.value))
    assert (0.0, 0.0) == (split.lost.low, split.lost.high)
    assert (2, True, 3) == (flip.order, flip.lossless, flip.values)
    assert "takes nothing out of the input" in found.invariance().findings[0]


def test_what_is_pushed_out_of_the_picture_is_information_and_no_missing_invariance():
    """A model that finds a spot wherever it is loses just those that are gone, and putting the picture back gains nothing."""
    rng = np.random.default_rng(1)
    images = np.zeros((N, 12, 12), dtype=np.uint8)
    there = np.arange(N) % 2
    for image, spot in zip(images, there, strict=True):
        image[tuple(rng.integers(0, 12, 2))] = 255 * spot
    data = nb.Dataset({"image": images}, there)
    run = audited(
        lambda x: [int(i.max() > 128) for i in x], data, ["image/shift", "image/shift(undone=true)"]
    )
    split = run.invariance()["image/shift"].sizes[-1].split
    assert 0 == split.missing.value
    assert split.total.value == split.lost.value == pytest.approx(_pushed_out(images), abs=1e-12)
    assert split.lost.low > 0


def _pushed_out(images):
    noise = pt.get("image/shift")
    gone = [
        not noise(image, 1.0, sample=str(i), input="image").any()
        for i, image in enumerate(images)
        if image.any()
    ]
    return sum(gone) / len(images)


def test_loss_and_its_two_parts_add_up_with_a_model_of_the_world():
    images, first, _ = pictures()
    run = audited(
        first_pixel, nb.Dataset({"image": images}, first.astype(int)), ["invariance"], replicates=2
    )
    for acted in run.invariance().actions:
        for size in acted.sizes:
            parts = size.split.lost.value + size.split.missing.value
            assert size.split.total.value == pytest.approx(parts)
            for each in (size.split.total, size.split.lost, size.split.missing):
                assert each.low <= each.value <= each.high


def test_a_number_moves_by_as_much_as_the_gain():
    rng = np.random.default_rng(0)
    clips = (0.01 * rng.normal(size=(60, 1, 400))).astype(np.float32)
    data = nb.Dataset(
        {"clip": clips}, [float(np.abs(c).mean()) for c in clips],
        modalities={"clip": "audio"}, facts={"clip": {"rate": 8000}},
    )  # fmt: skip
    run = audited(
        lambda x: np.array([np.abs(c).mean() for c in x], dtype=np.float64), data,
        ["audio/gain(direction=up)"], metric="mae", severities=[0.4],
    )  # fmt: skip
    (size,) = run.invariance()["audio/gain(direction=up)"].sizes
    assert 10 ** (6 / 20) - 1 == pytest.approx(size.error.value, rel=1e-5)


def spots(n=N, size=24):
    """A bright square in each picture, with its box."""
    rng = np.random.default_rng(2)
    images, boxes = np.zeros((n, size, size), dtype=np.uint8), []
    for image in images:
        x, y = rng.integers(2, size - 7, 2)
        image[y : y + 5, x : x + 5] = 255
        boxes.append(np.array([[x, y, x + 5, y + 5]], dtype=float))
    return nb.Dataset({"image": images}, boxes, moves={"image": "boxes"})


def square(images):
    """Find the square where it is."""
    found = []
    for image in images:
        rows, columns = np.nonzero(image > 128)
        found.append(
            np.array([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]], dtype=float)
        )
    return found


def a_third_off(images):
    """Find it always at the wrong place beside it, so that it is never right, but wrong in the same way everywhere."""
    return [each + np.array([0, 4, 0, 4]) for each in square(images)]


def stubborn(images):
    """Say what was right once."""
    return [np.array([[3.0, 3.0, 8.0, 8.0]])] * len(images)


def test_a_detector_that_follows_makes_no_error_of_equivariance():
    run = audited(square, spots(), ["image/flip"], metric="box-f1")
    flip = run.invariance()["image/flip"]
    assert flip.equivariant
    assert flip.orbit is None
    assert [0.0, 0.0] == [each.error.value for each in flip.sizes]
    assert "moved along" in run.invariance().findings[-1]


def test_equivariance_is_not_being_right():
    run = audited(a_third_off, spots(), ["image/flip"], metric="box-f1")
    assert 0.0 == run.clean.value
    assert [0.0, 0.0] == [each.error.value for each in run.invariance()["image/flip"].sizes]


def test_a_detector_that_never_moves_is_wrong_in_the_pictures_that_were_mirrored():
    run = audited(stubborn, spots(), ["image/flip"], metric="box-f1")
    half, whole = (each.error.value for each in run.invariance()["image/flip"].sizes)
    flip, still = pt.get("image/flip"), np.arange(24.0).reshape(1, 24).repeat(24, axis=0)
    turned = [
        bool(flip(still.astype(np.uint8), 0.5, sample=str(i), input="image")[0, 0])
        for i in range(N)
    ]
    assert (np.mean(turned), 1.0) == pytest.approx((half, whole))


def test_a_resumed_run_knows_as_much_of_equivariance(tmp_path):
    whole = audited(square, spots(), ["image/shift"], metric="box-f1", run_dir=tmp_path / "a")
    calls = iter(range(2))

    def tired(images):
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return square(images)

    with pytest.raises(KeyboardInterrupt):
        audited(
            tired, spots(), ["image/shift"], metric="box-f1", run_dir=tmp_path / "b", batch_size=64
        )
    again = audited(
        square, spots(), ["image/shift"], metric="box-f1", run_dir=tmp_path / "b", batch_size=64
    )
    assert whole.invariance().to_json() == again.invariance().to_json()


def test_equivariance_that_was_not_measured_is_said_to_be_so():
    data = spots()
    run = audited(lambda x: [np.zeros((0, 4))] * len(x), data, ["image/flip"], metric="box-f1")
    assert run.invariance()["image/flip"].sizes[-1].error.value == 0.0
    none = audited(square, data, ["image/flip"], metric="box-f1", distortion="none")
    (why,) = [e.why for e in none.invariance().unsaid if "equivariance" in e.what]
    assert "no sample was measured" in why


def test_it_is_plain_data_without_gaps():
    images, first, _ = pictures(40)
    run = audited(first_pixel, nb.Dataset({"image": images}, first.astype(int)), ["invariance"])
    found = run.invariance()
    text = json.dumps(found.to_json(), allow_nan=False)
    assert {"sizes", "orbits", "unsaid", "sentences"} <= set(json.loads(text))
    assert found.n == 40
    assert all(each.endswith(".") for each in found.sentences)
    assert list(found.actions) == sorted(found.actions, key=lambda each: -each.missing)


@pytest.mark.slow
def test_what_is_said_is_in_the_report(tmp_path):
    images, first, _ = pictures(40)
    run = audited(first_pixel, nb.Dataset({"image": images}, first.astype(int)), ["invariance"])
    paths = run.report(tmp_path)
    for text in (paths.html.read_text("utf-8"), paths.markdown.read_text("utf-8")):
        assert "What the model sees as the same" in text
        assert "information lost" in text
        assert "nan" not in text.split("What the model sees as the same")[1].split("</section>")[0]


def test_what_puts_back_is_no_noise_of_its_own():
    images, first, _ = pictures(60)
    run = audited(first_pixel, nb.Dataset({"image": images}, first.astype(int)), ["invariance"])
    assert any("undone" in name for name in run.sweeps)
    assert not any("undone" in name for name in run.topology().names)
    assert not any("undone" in line for line in run.verdict)


def test_a_vote_over_the_orbit_is_the_answer_that_most_values_get():
    images, first, _ = pictures()
    data = nb.Dataset({"image": images}, first.astype(int))
    run = audited(first_pixel, data, ["image/flip"], severities=[0.25, 0.5, 1.0])
    flip = pt.get("image/flip")
    hits = []
    for i, image in enumerate(images):
        seen = [flip(image, s, sample=str(i), input="image") for s in (0.0, 0.25, 0.5, 1.0)]
        votes = first_pixel(seen)
        most = max(dict.fromkeys(votes), key=votes.count)
        hits.append(most == first[i])
    voted = run.invariance()["image/flip"].voted
    assert np.mean(hits) == pytest.approx(voted.value)
    assert "a vote over them would have" in str(run.invariance())


# -- what cannot be said ------------------------------------------------------------------------------


def reasons(found):
    return {each.what: each.why for each in found.unsaid}


def test_without_a_group_action_there_is_nothing_to_say():
    images, first, _ = pictures(30)
    run = audited(
        first_pixel, nb.Dataset({"image": images}, first.astype(int)), ["image/gaussian-noise"]
    )
    found = run.invariance()
    assert () == found.actions
    assert "no sweep of the audit is a group action" in str(found)


def test_a_loss_that_was_not_undone_cannot_be_taken_apart():
    images, first, _ = pictures(60)
    run = audited(first_pixel, nb.Dataset({"image": images}, first.astype(int)), ["image/shift"])
    found = run.invariance()
    assert found["image/shift"].sizes[0].split is None
    assert found["image/shift"].sizes[0].error is not None
    (why,) = reasons(found).values()
    assert "was not put back" in why
    assert 'perturbations=["invariance"]' in why


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        (np.zeros(40, dtype=int), "at chance"),
        (np.arange(40) % 2, "at chance"),
    ],
    ids=["one class", "guessing"],
)
def test_a_model_at_chance_has_no_loss_to_take_apart(targets, said):
    images, *_ = pictures(40)
    run = audited(lambda x: [0] * len(x), nb.Dataset({"image": images}, targets), ["image/flip"])
    found = run.invariance()
    assert found["image/flip"].sizes[-1].split is None
    assert 0.0 == found["image/flip"].sizes[-1].error.value
    assert said in " ".join(reasons(found).values())


@pytest.mark.parametrize("n", [1, 2, 6])
def test_few_samples_have_wide_intervals_or_a_reason(n):
    images, first, _ = pictures(n)
    run = audited(first_pixel, nb.Dataset({"image": images}, first.astype(int)), ["invariance"])
    found = run.invariance()
    text = json.dumps(found.to_json(), allow_nan=False)
    assert "nan" not in text.lower().replace("invarian", "")
    assert "nan" not in str(found)
    flip = found["image/flip"]
    assert flip.sizes[-1].error.high - flip.sizes[-1].error.low > 0.3


def test_groups_are_resampled():
    images, first, _ = pictures(60)
    data = [
        nb.Dataset({"image": images}, first.astype(int), groups=g)
        for g in (None, [i // 10 for i in range(60)])
    ]
    one, many = (
        audited(first_pixel, each, ["image/flip"]).invariance()["image/flip"] for each in data
    )
    assert one.orbit.value == many.orbit.value
    assert (one.orbit.low, one.orbit.high) != (many.orbit.low, many.orbit.high)


def test_samples_that_fail_count_as_another_answer():
    images, first, _ = pictures(40)

    def fragile(batch):
        if len(batch) > 1 or batch[0][0, 0] != batch[0][0, -1]:
            raise ValueError("too odd")
        return first_pixel(batch)

    run = audited(
        fragile, nb.Dataset({"image": images}, first.astype(int)), ["image/flip"], batch_size=8
    )
    assert "nan" not in str(run.invariance())


def test_text_is_acted_on_by_case():
    texts = ["Anna saw Bert"] * 20 + ["nobody came"] * 20
    data = nb.Dataset({"text": texts}, [1] * 20 + [0] * 20)
    found = audited(
        lambda x: [int("a" in t.lower().split()[0]) for t in x], data, ["invariance"]
    ).invariance()
    assert 1.0 == found["text/random-case"].orbit.value


def test_where_sampling_stopped_early_nothing_is_compared():
    images, first, _ = pictures(N)
    gates = [nb.Gate(perturbation="image/flip", retains=0.9, at=1.0)]
    run = audited(
        first_pixel, nb.Dataset({"image": images}, first.astype(int)), ["image/flip"], gates=gates,
        budget="auto", distortion="none",
    )  # fmt: skip
    assert "sampling stopped early" in str(run.invariance())
