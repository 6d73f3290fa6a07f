"""Samples that no noise came into are left out of curves and said; they are no fault of the model and no robustness."""

import numpy as np
import pytest

import noisebench as nb
from noisebench._left_out import LeftOut, left_out
from noisebench._rank import worst_first
from noisebench._skipped import grouped
from noisebench.errors import DataError
from noisebench.report._build import view
from perturbations.errors import BadValue, NotApplicable

SATURATE, CONTRAST = "image/saturate", "image/contrast"
NOISES = [SATURATE, CONTRAST]


def pictures(n: int = 8) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 255, (12, 12, 3)).astype(np.uint8) for _ in range(n)]


def with_grey(n: int = 8) -> nb.Dataset:
    images = pictures(n)
    images[2] = images[2][..., 0]
    return nb.Dataset({"image": images}, [0, 1] * (n // 2), ids=[f"p{i}" for i in range(n)])


def with_faults() -> nb.Dataset:
    images = [(each / 255).astype(np.float32) for each in pictures()]
    images[3][0, 0] = np.nan
    images[5] *= 255
    return nb.Dataset({"image": images}, [0, 1] * 4, ids=[f"p{i}" for i in range(8)])


class Right:
    """Gives one answer whatever the noise did."""

    def __init__(self, answer: int = 0) -> None:
        self.answer = answer

    def __call__(self, images) -> list[int]:
        return [self.answer] * len(images)


def audit(data, model=None, noises=NOISES, **options):
    model = model or Right()
    return nb.audit(model, data, perturbations=noises, severities=[0.5, 1.0], **options)


def constant(data: nb.Dataset) -> nb.Dataset:
    return nb.Dataset({"image": data.take(data.ids).inputs["image"]}, [0] * len(data), ids=data.ids)


@pytest.fixture(scope="module")
def grey():
    return audit(constant(with_grey()))


@pytest.fixture(scope="module")
def faulty():
    return audit(constant(with_faults()))


def test_a_sample_that_noise_has_no_meaning_for_leaves_its_curve_at_every_severity(grey):
    assert grey[SATURATE].n == 7 and grey[CONTRAST].n == 8 == grey.clean.n
    assert "p2" not in grey[SATURATE].ids
    np.testing.assert_array_equal(1, grey[SATURATE].estimate)
    assert grey[SATURATE].missing.text.startswith("1 of 8 samples left out: ")
    assert not grey[SATURATE].missing and not grey[CONTRAST].missing.text
    assert list(grey.left_out[SATURATE]) == ["p2"] and not grey.data_problems


def test_the_clean_point_is_over_the_same_samples():
    data = with_grey()
    found = audit(data)
    labels = dict(zip(data.ids, data.targets, strict=True))
    kept = [labels[name] == 0 for name in data.ids if name != "p2"]
    assert found[SATURATE].estimate[0] == pytest.approx(np.mean(kept))
    assert found.clean.value == pytest.approx(0.5)


def test_verdict_and_report_say_what_is_left_out(grey):
    sentence = next(each for each in grey.verdict if each.startswith(SATURATE))
    assert "1 of 8 samples left out: " in sentence
    assert not any("failed" in each for each in grey.verdict)
    shown = view(grey)
    assert any(each == sentence for each in shown.remarks)
    assert not any("failed" in each for each in shown.remarks)
    card = next(each for each in shown.ranked if SATURATE in each.name)
    assert card.n == 7 and "left out" in card.missing
    assert SATURATE in shown.failure_effect and "worst" not in shown.failure_effect


def test_a_gate_passes_and_says_it():
    def right(outputs, targets):
        return np.asarray(outputs) == np.asarray(targets)

    verdict = audit(constant(with_grey(32)), metric=right)[SATURATE].retains(0.7, at=1.0)
    assert verdict and verdict.n == 31
    assert any("left out" in each for each in verdict.explanation)


def mostly_grey(coloured: int, n: int) -> nb.Dataset:
    images = [each if i < coloured else each[..., 0] for i, each in enumerate(pictures(n))]
    return nb.Dataset({"image": images}, [0] * n, ids=[f"p{i}" for i in range(n)])


@pytest.mark.parametrize(("coloured", "n"), [(1, 12), (2, 60)])
def test_a_noise_that_means_nothing_to_nearly_all_samples_is_not_tested(coloured, n):
    found = audit(mostly_grey(coloured, n))
    assert [CONTRAST] == list(found.curves)
    assert found.skipped[SATURATE].startswith(f"{n - coloured} of {n} samples left out")
    assert [CONTRAST] == [each.name for each in view(found).ranked]
    assert 1 == sum("left out" in each for each in found.verdict)


@pytest.mark.parametrize(("coloured", "n"), [(2, 12), (8, 200)])
def test_a_few_of_few_samples_are_a_curve_and_eight_of_many(coloured, n):
    assert coloured == audit(mostly_grey(coloured, n))[SATURATE].n


def test_tables_count_them(grey):
    rows = {row["sweep"]: row for row in grey.to_table()}
    assert rows[SATURATE]["left_out"] == 1 and rows[SATURATE]["n"] == 7
    assert rows[CONTRAST]["left_out"] == 0 == rows[SATURATE]["missing"]


def test_failures_keep_every_evaluation(grey):
    assert {(each["sweep"], each["id"]) for each in grey.failures} == {(SATURATE, "p2")}


def test_models_are_compared_on_what_both_have():
    found = nb.compare(
        {"a": Right(0), "b": Right(1)}, with_grey(), perturbations=NOISES, severities=[1.0]
    )
    difference = found.difference(SATURATE, "a", "b")
    assert difference.n == 7 and found.difference(CONTRAST, "a", "b").n == 8
    assert difference.estimate[0] == pytest.approx((3 - 4) / 7)
    np.testing.assert_allclose(difference.estimate, difference.estimate[0])


def test_bad_values_leave_every_curve_and_come_first(faulty):
    assert {name: each.n for name, each in faulty.curves.items()} == {SATURATE: 6, CONTRAST: 6}
    assert sorted(faulty.data_problems["image"]) == ["p3", "p5"]
    assert all(curve.estimate.min() == 1 for curve in faulty.curves.values())
    shown = view(faulty)
    assert shown.remarks[0].startswith(
        "Data problem: 1 of 8 samples left out of every curve of image"
    )
    said = " ".join(shown.remarks[:2])
    assert "p3" in said and "p5" in said and "255" in said and "NaN" in said
    assert not any(each.startswith(SATURATE) for each in shown.remarks)


def test_failures_of_the_model_still_count_as_the_worst_value():
    def picky(images):
        if any(image.ndim == 3 and image[0, 0, 0] > 200 for image in images):
            raise ValueError("too bright")
        return [0] * len(images)

    found = audit(constant(with_grey(16)), picky, [SATURATE])
    assert found[SATURATE].n == 15 and found[SATURATE].missing
    assert "left out" in found[SATURATE].missing.text and "worst" in found[SATURATE].missing.text
    assert any("failed and count as the worst" in each for each in found.verdict)


def test_where_all_are_left_out_nothing_is_tested():
    from perturbations import Dose, Ladder, perturbation
    from perturbations.errors import NotApplicable

    @perturbation("image/choosy", family="test", registered=False)
    def choosy(image, draw, *, amount: Dose = Ladder(1, 2, 3, 4, 5, unit="x")):
        """Refuse everything when weak."""
        if amount < 4:
            raise NotApplicable("too weak")
        return image

    data = nb.Dataset({"image": pictures(4)}, [0] * 4)
    found = audit(data, noises=[choosy, CONTRAST])
    assert list(found.curves) == [CONTRAST] and found.clean.n == 4
    assert found.skipped == {"image/choosy": "4 of 4 samples left out: too weak"}
    assert "Not tested: image/choosy: 4 of 4 samples left out: too weak" in found.verdict
    assert not audit(data, noises=[choosy]).curves


def brittle(error: Exception, *, by_draw: bool = False):
    """Return a noise that fails on bright pictures, or on the tenth of all pictures that it draws."""
    from perturbations import Dose, Ladder, perturbation

    @perturbation("image/brittle", family="test", registered=False)
    def noise(image, draw, *, amount: Dose = Ladder(0.1, 0.2, 0.3, 0.4, 0.5, unit="x")):
        """Break on some pictures."""
        if draw.uniform() < amount if by_draw else image[0, 0, 0] > 0.9:
            raise error
        return image

    return noise


def one_bright(n: int) -> nb.Dataset:
    images = pictures(n)
    for row, image in enumerate(images):
        image[0, 0, 0] = 255 if row == 3 else 0
    return nb.Dataset({"image": images}, [0] * n)


CRASHED = ZeroDivisionError("bright")
SPARED = "the noise itself failed on 1 sample (3), so that a curve would be one of the samples that it spared: "


def test_a_noise_that_crashes_is_not_tested_and_charged_to_nobody():
    found = audit(one_bright(6), noises=[brittle(CRASHED), CONTRAST])
    assert list(found.curves) == [CONTRAST] and found[CONTRAST].n == 6
    assert found.skipped == {"image/brittle": f"{SPARED}ZeroDivisionError: bright"}
    assert f"Not tested: image/brittle: {SPARED}ZeroDivisionError: bright" in found.verdict
    assert not any(each.startswith("image/brittle:") for each in found.verdict)
    assert not any("failed and count as the worst" in each for each in found.verdict)
    with pytest.raises(DataError, match="spared"):
        found["image/brittle"]


def test_a_refusal_of_a_value_leaves_the_curve_of_that_noise_alone():
    found = audit(one_bright(6), noises=[brittle(BadValue("too bright")), CONTRAST])
    assert found.left_out == {"image/brittle": {"3": "too bright"}, CONTRAST: {}}
    assert found["image/brittle"].n == 5 and found[CONTRAST].n == 6 and not found.data_problems


@pytest.mark.parametrize("error", [NotApplicable, BadValue])
def test_a_refusal_that_depends_on_the_draw_is_no_refusal_of_the_value(error):
    data = nb.Dataset({"image": pictures(40)}, [0] * 40)
    found = audit(data, noises=[brittle(error("unlucky"), by_draw=True), CONTRAST])
    assert list(found.curves) == [CONTRAST] and found[CONTRAST].n == 40
    assert found.skipped["image/brittle"].endswith("unlucky (under some draws)")


@pytest.mark.parametrize("at", [0.2, 1.0])
def test_a_gate_on_a_noise_that_crashes_stays_open_and_says_why(at):
    gate = nb.Gate(perturbation="image/brittle", retains=0.5, at=at)
    data = nb.Dataset({"image": pictures(64)}, [0, 1] * 32)
    noise = brittle(CRASHED, by_draw=True)
    found = audit(data, noises=[noise, CONTRAST], budget="auto", gates=[gate])
    (judged,) = found.gates
    assert judged.verdict.state == "inconclusive"
    assert "not tested: the noise itself failed: ZeroDivisionError: bright" in str(judged.verdict)
    assert "would decide" not in str(judged.verdict).replace("no number of samples is known to", "")


def test_iterating_over_an_audit_gives_the_names_of_its_curves(grey):
    assert list(grey) == NOISES == [name for name in grey if name in grey]
    assert "image/fog" not in grey


def test_a_resumed_run_leaves_out_the_same(tmp_path, grey):
    data, calls = constant(with_grey()), []

    class Tired(Right):
        def __call__(self, images):
            calls.append(1)
            if len(calls) == 4:
                raise KeyboardInterrupt
            return super().__call__(images)

    with pytest.raises(KeyboardInterrupt):
        audit(data, Tired(), run_dir=tmp_path, batch_size=3, workers=0)
    resumed = audit(data, Tired(), run_dir=tmp_path, batch_size=4)
    assert resumed.left_out == grey.left_out and resumed.to_table() == grey.to_table()


def test_slices_of_samples_left_out_alone_have_no_curve():
    images = pictures(6)
    images[2] = images[2][..., 0]
    data = nb.Dataset({"image": images}, [0] * 6, slices={"kind": ["c", "c", "g", "c", "c", "c"]})
    found = audit(data)
    assert set(found.slices(SATURATE)["kind"]) == {"c"}
    assert set(found.slices(CONTRAST)["kind"]) == {"c", "g"}


def test_a_fault_in_one_input_leaves_the_curves_of_others():
    sweeps = [
        {"sweep": "a:image/fog", "inputs": ["a"]},
        {"sweep": "b:image/fog", "inputs": ["b"]},
        {"sweep": "a:image/fog + b:image/fog", "inputs": ["a", "b"]},
    ]
    bad = [{"sweep": "a:image/fog", "id": "x", "reason": "value: BadValue: NaN"}]
    found = left_out(bad, sweeps)
    assert {k: dict(v) for k, v in found.by_sweep.items()} == {
        "a:image/fog": {"x": "NaN"},
        "b:image/fog": {},
        "a:image/fog + b:image/fog": {"x": "NaN"},
    }
    clean = [{"sweep": "clean", "id": "x", "reason": "ValueError"}]
    assert found.charged(bad) == [] and found.charged(clean) == clean
    model = [{"sweep": "a:image/fog", "id": "y", "reason": "ValueError: noise"}]
    assert found.charged(model) == model
    assert LeftOut().sentences(4) == []


def sees_good(texts):
    return [int("good" in text) for text in texts]


def plain_texts() -> nb.Dataset:
    return nb.Dataset({"text": ["a good day", "a bad day"] * 30}, targets=[1, 0] * 30)


def test_a_noise_that_changed_nothing_is_not_called_robust():
    noises = ["text/html-unescape", "text/full-scramble", "text/drop-character"]
    found = nb.audit(sees_good, plain_texts(), perturbations=noises, severities=[0.5, 1.0])
    assert found["text/html-unescape"].estimate.tolist() == [1, 1, 1]
    said = "Found nothing that could be changed in any measured sample: text/html-unescape;"
    assert found.verdict[1].startswith(said)
    assert "Of 2 noises, text/full-scramble costs most" in found.verdict[2]
    shown = view(found)
    assert shown.remarks[0].startswith(said)
    assert "of 2 noises tried, text/full-scramble hurts most" in shown.verdict
    assert "html-unescape" not in shown.verdict
    assert len(shown.ranked) == 3


def test_with_nothing_changed_nothing_was_tested():
    found = nb.audit(sees_good, plain_texts(), perturbations="text/html-unescape", severities=[1.0])
    assert "text/html-unescape found nothing to change in any sample" in view(found).verdict
    assert not any("lowers it" in line or "costs" in line for line in found.verdict)


def test_the_table_the_sentences_and_the_report_name_one_worst_noise():
    noises = ["text/full-scramble", "text/drop-character", "text/drop-word"]
    found = nb.audit(sees_good, plain_texts(), perturbations=noises, severities=[0.1, 0.2, 1.0])
    first = worst_first(found.curves)
    assert first == [curve.name for curve in view(found).ranked]
    assert any(f"{first[0]} costs most" in line for line in found.verdict)


def test_equal_reasons_are_said_once():
    skipped = {"a": "why", "b": "because", "c": "why"}
    assert grouped(skipped) == ["a, c: why", "b: because"]
