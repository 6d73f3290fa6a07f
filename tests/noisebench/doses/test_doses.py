"""Noises at equal dose: harm beside detection, and one input against another."""

import json
from dataclasses import replace

import numpy as np
import pytest

import noisebench as nb
from noisebench.cli._table import at_dose, dose_columns
from noisebench.curve import Curve
from noisebench.doses import Measured
from noisebench.doses._versus import Line, line_of, versus, weights
from noisebench.errors import CalibrationError
from tests.noisebench.calibration.made import Shows, pairs
from tests.noisebench.small import classify, digits

NOISES = ["image/contrast", "image/gaussian-noise", "text/drop-character", "text/keyboard-typo"]


def one(sweep="a:x/n", *, dose=0.1, severity=0.5, **known):
    """Return one noise at one dose of which nothing is special."""
    values = {
        "sweep": sweep, "input": sweep.partition(":")[0], "modality": "image", "dose": dose, "state": "met",
        "severity": severity, "reached": dose, "native": 1.0, "unit": "u", "displacement": dose, "lost": dose,
        "value": 0.9, "low": 0.85, "high": 0.95, "kept": 0.9, "kept_low": 0.85, "kept_high": 0.95,
        "auc": 0.5, "auc_low": 0.4, "auc_high": 0.6, "p": 0.5, "n": 100, "pairs": 64,
    }  # fmt: skip
    return Measured(**values | known)


@pytest.mark.parametrize(
    ("kept", "auc", "kind"),
    [
        ((0.5, 0.4, 0.6), (0.5, 0.4, 0.6), "silent and harmful"),
        ((0.5, 0.4, 0.6), (0.95, 0.9, 1.0), "noticed and harmful"),
        ((1.0, 0.98, 1.0), (0.5, 0.4, 0.6), "silent and harmless"),
        ((1.0, 0.98, 1.0), (0.95, 0.9, 1.0), "noticed and harmless"),
        ((0.9, 0.8, 0.95), (0.5, 0.4, 0.6), ""),
        ((0.5, 0.4, 0.6), (0.7, 0.6, 0.8), ""),
        ((np.nan,) * 3, (0.5, 0.4, 0.6), ""),
        ((0.5, 0.4, 0.6), (np.nan,) * 3, ""),
    ],
)
def test_a_kind_is_named_where_both_sides_are_sure(kept, auc, kind):
    found = one(
        **dict(zip(("kept", "kept_low", "kept_high"), kept, strict=True)),
        **dict(zip(("auc", "auc_low", "auc_high"), auc, strict=True)),
    )
    assert kind == found.kind


def test_levels_between_measured_doses_are_on_a_straight_line_and_none_is_beyond():
    line = Line("n", (0.0, 0.1, 0.4), (0, 2, 3))
    np.testing.assert_allclose([0.5, 0, 0.5, 0], weights(line, 0.05, 4))
    np.testing.assert_allclose([0, 0, 2 / 3, 1 / 3], weights(line, 0.2, 4))
    np.testing.assert_allclose([0, 0, 0, 1], weights(line, 0.42, 4))
    assert weights(line, 0.8, 4) is None


def test_a_dose_that_does_not_rise_is_where_the_noise_is_strongest():
    curve = made(0, [1.0, 0.9, 0.8, 0.7])
    found = [
        one("n", severity=s, displacement=d) for s, d in ((0.25, 0.1), (0.5, 0.1), (0.75, 0.3))
    ]
    assert Line("n", (0.0, 0.1, 0.3), (0, 2, 3)) == line_of("n", found, curve, "displacement")


def made(seed, accuracies, *, n=400, ids=None):
    """Return a curve at severities 0.25, 0.5, ...: the same samples are right without noise, and break in an order of its own."""
    right = round(accuracies[0] * n)
    order = np.concatenate([np.random.default_rng(seed).permutation(right), np.full(n - right, n)])
    levels = np.round(np.array(accuracies) * n)[:, None] > order
    severities = [0.25 * (i + 1) for i in range(len(accuracies) - 1)]
    names = ids or [f"s{i}" for i in range(n)]
    return Curve.from_outcomes(
        severities=severities, clean=levels[0].astype(float), outcomes=levels[1:].astype(float),
        ids=names, chance=0.1, name="c",
    )  # fmt: skip


DOSES = (0.05, 0.1, 0.2)


def contest(first, second, *, bits=None, ids=None):
    """Compare noises of an input a with noises of an input b: accuracies at DOSES, and shares of the bits lost there."""
    curves, measured = {}, []
    for side, rows in (("a", first), ("b", second)):
        for k, row in enumerate(rows):
            name = f"{side}:x/{k}"
            curves[name] = made(hash_of(name), [0.95, *row], ids=ids if side == "b" else None)
            lost = DOSES if bits is None else bits[side]
            measured += [
                one(name, dose=d, displacement=d, lost=b, severity=0.25 * (i + 1))
                for i, (d, b) in enumerate(zip(DOSES, lost, strict=True))
            ]
    return versus(curves, measured, "a", "b", 0.95)


def hash_of(name):
    return sum(map(ord, name))


def test_an_input_is_more_robust_where_both_axes_say_so():
    found = contest([[0.94, 0.93, 0.92]] * 2, [[0.8, 0.7, 0.5]] * 2)
    assert "a" == found.better
    assert [1, 1] == [side.sign for side in found.sides]
    assert "Is a more robust than b here? Yes, on both axes of dose" in said(found)
    expected = np.mean([0.94 - 0.8, 0.93 - 0.7, 0.92 - 0.5]) / 0.85
    assert expected == pytest.approx(found.sides[0].value, abs=1e-3)
    turned = contest([[0.8, 0.7, 0.5]] * 2, [[0.94, 0.93, 0.92]] * 2)
    assert "b" == turned.better
    assert "No, less, on both axes" in said(turned)


def test_axes_that_disagree_say_nothing():
    # The noise of a costs more at equal displacement, and less at equal bits: it loses bits four times as fast.
    found = contest(
        [[0.85, 0.75, 0.6]], [[0.9, 0.82, 0.7]],
        bits={"a": (0.2, 0.4, 0.8), "b": (0.05, 0.1, 0.2)},
    )  # fmt: skip
    assert [-1, 1] == [side.sign for side in found.sides]
    assert "" == found.better
    assert "It is not said, as the two axes of dose contradict each other" in said(found)


def test_what_is_not_decided_and_what_hardly_differs_are_told_apart():
    open_ = contest([[0.9, 0.85, 0.8]], [[0.9, 0.85, 0.79]])
    assert "" == open_.better
    assert "neither axis of dose decides it" in said(open_)
    alike = contest([[0.95, 0.95, 0.95]], [[0.95, 0.95, 0.95]])
    assert alike.alike
    assert "They differ by less than 0.010" in said(alike)


@pytest.mark.parametrize(
    ("lasts", "doses", "short"),
    [
        ((3, 1, 1), (0.05,), 0),  # one of three
        ((3, 3, 1), DOSES, 1),  # half, rounded up
        ((3, 3, 3, 1, 1, 1, 1), DOSES, 4),  # three
        ((3, 3, 1, 1, 1, 1, 1), (0.05,), 0),
    ],
)
def test_doses_go_as_far_as_half_of_the_noises_do_or_three(lasts, doses, short):
    measured, curves = [], {}
    reach = {"a:x/0": 3, "a:x/1": 3} | {f"b:x/{k}": last for k, last in enumerate(lasts)}
    for name, last in reach.items():
        curves[name] = made(hash_of(name), [0.95, 0.9, 0.8, 0.7])
        measured += [
            one(name, dose=d, displacement=d, lost=d, severity=0.25 * (i + 1) if i < last else None)
            for i, d in enumerate(DOSES)
        ]
    found = versus(curves, measured, "a", "b", 0.95)
    assert doses == found.sides[0].doses
    assert short == len(found.sides[0].short)
    left = f"{short} others do" if short > 1 else "1 other does"
    assert bool(short) == (f"{left} not reach that far" in said(found))


def test_no_dose_in_common_is_said():
    curves = {name: made(hash_of(name), [0.95, 0.9, 0.8, 0.7]) for name in ("a:x/0", "b:x/0")}
    measured = [one("a:x/0"), one("b:x/0", severity=None)]
    assert "there is no dose of displacement and bits lost that" in said(
        versus(curves, measured, "a", "b", 0.95)
    )


def test_an_answer_that_hangs_on_one_noise_says_so():
    found = contest([[0.95, 0.95, 0.95], [0.3, 0.2, 0.1]], [[0.9, 0.85, 0.8]] * 2)
    assert "b" == found.better
    assert {"a:x/1"} == {side.pivot for side in found.sides}
    assert "it hangs on a:x/1, without which the sign turns" in said(found)


def test_chance_level_models_few_samples_and_other_samples_are_not_compared():
    curves = {name: made(hash_of(name), [0.1, 0.1, 0.1, 0.1]) for name in ("a:x/0", "b:x/0")}
    found = versus(curves, [one("a:x/0"), one("b:x/0")], "a", "b", 0.95)
    assert "the model is at chance" in found.reason
    few = {name: made(1, [0.9, 0.8], n=19) for name in ("a:x/0", "b:x/0")}
    assert (
        "19 samples, fewer than 20"
        in versus(few, [one("a:x/0"), one("b:x/0")], "a", "b", 0.95).reason
    )
    other = contest([[0.9, 0.8, 0.7]], [[0.9, 0.8, 0.7]], ids=[f"o{i}" for i in range(400)])
    assert "are of other samples" in said(other)


def test_the_interval_covers_the_difference():
    """Two inputs whose samples break independently: the interval has the true difference in 95 % of data sets."""
    hits = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        curves = {}
        for name, share in (("a:x/0", 0.9), ("b:x/0", 0.8)):
            outcomes = (rng.random((1, 120)) < share).astype(float)
            curves[name] = Curve.from_outcomes(
                severities=[0.5], clean=np.ones(120), outcomes=outcomes, chance=0.0, bootstrap=100,
                ids=[f"{i}" for i in range(120)],
            )  # fmt: skip
        found = versus(curves, [one("a:x/0", dose=0.05), one("b:x/0", dose=0.05)], "a", "b", 0.95)
        hits += found.sides[0].low <= 0.1 <= found.sides[0].high
    assert 200 * 0.95 - 4 * np.sqrt(200 * 0.95 * 0.05) <= hits


def said(found):
    from noisebench.doses._sentences import versus_words

    return versus_words(found)


@pytest.fixture(scope="module")
def audit():
    return nb.audit(Shows(), pairs(), perturbations=NOISES, calibrated=True, bootstrap=200)


@pytest.mark.slow
def test_an_audit_has_its_doses(audit):
    found = audit.doses()
    assert len(audit.curves) * 5 == len(found.measured)
    by_severity = {m.sweep: m for m in found.measured if m.severity is not None and m.dose == 0.2}
    for name, each in by_severity.items():
        curve = audit.curves[name]
        place = curve.severities.index(each.severity)
        assert curve.estimate[place] == each.value
        assert 64 == each.pairs
    assert ("image", "text") == (found.versus[0].first, found.versus[0].second)
    json.dumps(found.to_json(), allow_nan=False)
    assert found is audit.doses()


@pytest.mark.slow
def test_a_noise_that_does_not_reach_a_dose_has_no_value_there(audit):
    found = audit.doses()
    for each in found.unreachable:
        assert np.isnan(each.value)
        assert each.reached < each.dose
    lines = [line for line in found.findings if "Not every dose is reached" in line]
    assert bool(found.unreachable) == bool(lines)


@pytest.mark.slow
def test_a_table_on_a_terminal_has_columns_for_doses_and_says_unreachable(audit):
    assert (0.2, 0.8) == dose_columns(audit, 80)
    assert audit.calibration.doses == dose_columns(audit, 200)
    for each in audit.doses().measured:
        shown = at_dose(audit, each.sweep, each.dose)
        assert shown == "unreachable" if each.severity is None else f"{each.value:.3f} [" in shown
    assert "-" == at_dose(audit, "no/such", 0.2)


@pytest.mark.slow
def test_silent_and_harmful_noise_is_named(audit):
    found = audit.doses()
    quiet = replace(
        found, measured=(one("image/contrast", kept=0.4, kept_low=0.3, kept_high=0.5, dose=0.4),)
    )
    assert (
        "Silent and harmful, so that a guard that reads the same features lets it pass: image/contrast at dose 0.4"
        in str(quiet)
    )
    sure = one(kept=1.0, kept_low=0.99, kept_high=1.0)
    assert "Silent and harmful: none of 1 noises and doses" in str(replace(found, measured=(sure,)))
    assert "with 100 samples, 64 of them for detectors" in str(replace(found, measured=(one(),)))
    chance = one(kept=np.nan, kept_low=np.nan, kept_high=np.nan)
    assert "no performance above chance to lose" in str(replace(found, measured=(chance,)))


def test_an_audit_that_is_not_calibrated_has_no_doses():
    found = nb.audit(Shows(), pairs(30), perturbations=["image/contrast"], bootstrap=100)
    with pytest.raises(CalibrationError, match="calibrated=True"):
        found.doses()


def hard(n, *, model, labels=None):
    """Audit a model at equal dose on few scans, and return its report's text of that part."""
    images, known = digits(n)
    data = nb.Dataset({"image": images}, known if labels is None else labels)
    return nb.audit(
        model, data, perturbations=["image/contrast", "image/gaussian-noise"], calibrated=True, bootstrap=100
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "model", "labels", "why"),
    [
        (12, classify, None, "with 12 samples, 12 of them for detectors"),
        (60, lambda images: np.full(len(images), 99), None, "no performance above chance to lose"),
        (
            40,
            lambda images: np.full(len(images), 3),
            [3] * 40,
            "no performance above chance to lose",
        ),
    ],
    ids=["few", "all wrong", "one class"],
)
def test_hard_data_has_reasons_and_never_a_nan(n, model, labels, why, tmp_path):
    audit = hard(n, model=model, labels=labels)
    found = audit.doses()
    assert why in str(found)
    assert "nan" not in str(found)
    text = audit.report(tmp_path).markdown.read_text(encoding="utf-8")
    part = text[text.index("## At equal dose") :].partition("\n## ")[0]
    assert "nan" not in part.lower().replace("nano", "")
    json.dumps(found.to_json(), allow_nan=False)
