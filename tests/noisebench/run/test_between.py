"""Noise between inputs in a run: what it tells, the targets that move with an input, the labels that it goes by."""

import numpy as np
import pytest

import noisebench as nb
from noisebench._between import Still, followed
from noisebench.errors import PlanError
from noisebench.plan import make_plan
from perturbations._time_map import TimeMap

RATE = 100


def clicks(n: int = 12, **options) -> nb.Dataset:
    """Return recordings with one click each, beside a picture that says nothing."""
    moments = 20 + np.arange(n) % 6 + 30 * (np.arange(n) // 6)
    sound = np.zeros((n, 100), dtype=np.float32)
    sound[np.arange(n), moments] = 1
    targets = [np.array([(moment + 0.5) / RATE]) for moment in moments]
    return nb.Dataset(
        {"picture": np.zeros((n, 4, 4), dtype=np.uint8), "sound": sound},
        targets=targets,
        modalities={"picture": "image", "sound": "audio"},
        facts={"sound": {"rate": RATE}},
        **options,
    )


def listen(inputs) -> list[np.ndarray]:
    """Find the click."""
    return [np.array([(int(np.argmax(sound)) + 0.5) / RATE]) for sound in inputs["sound"]]


LATE = "picture,sound:crossmodal/time-offset(fill=zeros)"


def audit(data, **options):
    chosen = {"perturbations": [LATE], "metric": "event-f1", "severities": [0.6, 1.0]}
    return nb.audit(listen, data, **chosen | options)


def test_events_move_with_an_input_that_is_late():
    moving, still = audit(clicks(moves={"sound": "times"})), audit(clicks())
    assert [1, 1] == moving[LATE].estimate[1:].tolist()
    assert 0 == still[LATE].estimate[-1]
    assert 0.0 == moving.moved[LATE][1.0]["times"]["lost"]


def test_what_values_do_not_show_is_told():
    found = audit(clicks())
    assert 130 == pytest.approx(found.distortion[LATE][0.6]["misalignment"])
    assert 400 == pytest.approx(found.distortion[LATE][1.0]["misalignment"])
    early = "picture,sound:crossmodal/time-offset(direction=early)@0.4"
    chain = f"{early} > {LATE}"
    told = audit(clicks(), perturbations=[chain]).distortion[chain][1.0]
    assert 400 == pytest.approx(told["misalignment"])


def test_a_value_that_stays_keeps_the_mapping_before_and_after_it():
    moved = TimeMap.linear(1.0, delay=0.2)
    assert moved is followed(moved, Still())
    assert moved is followed(Still(), moved)
    assert 3 == Still().move("times", 3).target


def test_labels_that_no_noise_goes_by_are_not_part_of_a_plan():
    plans = [
        make_plan(clicks(slices={"class": ["a"] * 6 + [other] * 6}), LATE) for other in ("b", "c")
    ]
    assert plans[0].hash() == plans[1].hash()


CONFLICT = "picture,sound:crossmodal/conflict"


def test_labels_that_a_noise_goes_by_are_part_of_the_plan():
    halves, thirds = [i // 6 for i in range(12)], [i // 4 for i in range(12)]
    plans = [make_plan(clicks(slices={"class": each}), CONFLICT) for each in (halves, thirds)]
    assert plans[0].hash() != plans[1].hash()
    again = make_plan(clicks(slices={"class": halves}), CONFLICT)
    assert plans[0].hash() == again.hash()


def test_a_noise_without_its_labels_is_refused_when_it_is_planned():
    with pytest.raises(PlanError, match=r'slices=\{"class": labels\}'):
        make_plan(clicks(), CONFLICT)
    skipped = make_plan(clicks(), "crossmodal").skipped
    assert "labels named 'class'" in skipped[CONFLICT]


def test_slices_and_groups_say_which_samples_are_of_one_class():
    labels = [i // 6 for i in range(12)]
    for data, sweep in (
        (clicks(slices={"class": labels}), CONFLICT),
        (clicks(groups=labels), "picture,sound:crossmodal/conflict(by=group)"),
    ):
        found = audit(data, perturbations=[sweep], severities=[1.0])
        assert 0 == found[sweep].estimate[-1]


def test_a_driver_that_is_not_there_is_refused_when_it_is_planned():
    with pytest.raises(PlanError, match="expected an input, or input"):
        make_plan(clicks(), "picture,sound:crossmodal/missing-input-mar(driver=pitcure)")
    with pytest.raises(PlanError, match="a driver whose level differs"):
        make_plan(clicks(), "picture,sound:crossmodal/missing-input-mar")


def test_what_drives_an_absence_is_fitted_once_and_kept():
    data = clicks()
    data.inputs  # the pictures are all black, so the sound drives itself
    sweep = "picture,sound:crossmodal/missing-input-mnar(fill=zeros)"
    with pytest.raises(PlanError, match="a driver whose level differs"):
        make_plan(data, sweep)
    sound = np.outer(np.arange(1, 13), np.ones(50)).astype(np.float32)
    loud = nb.Dataset(
        {"picture": np.zeros((12, 4, 4), dtype=np.uint8), "sound": sound},
        targets=[np.array([0.1])] * 12,
        modalities={"picture": "image", "sound": "audio"},
        facts={"sound": {"rate": RATE}},
    )
    found = audit(loud, perturbations=[sweep])
    assert 0 < found.distortion[sweep][0.6]["changed"] < 1
    known = found._record.ledger.get("references")["picture,sound"]
    assert 12 == sum(known["levels"]["sound"]["counts"])


JOINT = (
    'picture,sound:crossmodal/joint(cause=%s, noises="picture=image/brightness, '
    'sound=audio/white-noise > audio/shift(direction=late)")'
)


def test_joint_noise_is_measured_in_each_input_and_targets_move_with_theirs():
    sweep = JOINT % "common"
    found = audit(clicks(moves={"sound": "times"}), perturbations=[sweep], severities=[1.0])
    measured = found.distortion[sweep][1.0]
    assert measured["sound.snr"] < 30
    assert np.isfinite(measured["picture.psnr"])
    assert {"sound", "picture"} == {name.partition(".")[0] for name in measured} - {"unchanged"}
    assert 12 == found.moved[sweep][1.0]["times"]["count"]
    assert sweep in found.curves


def test_joint_noise_reaches_the_report():
    from noisebench.report import render_markdown

    sweep = JOINT % "opposed"
    found = audit(clicks(), perturbations=[sweep], severities=[0.4, 1.0])
    text = render_markdown(found)
    assert "crossmodal / joint" in text
    assert "picture, sound" in text


def test_joint_noise_that_does_not_fit_is_refused_when_it_is_planned():
    with pytest.raises(PlanError, match="each input once"):
        make_plan(
            clicks(),
            'picture,sound:crossmodal/joint(noises="picture=image/fog,picture=image/rain")',
        )


def test_a_noise_that_could_change_nothing_is_not_run_as_one_of_a_group():
    data = nb.Dataset(
        {"picture": np.zeros((12, 4, 4), dtype=np.uint8), "sound": [None] * 12},
        targets=[np.array([0.1])] * 12,
        modalities={"picture": "image", "sound": "audio"},
        facts={"sound": {"rate": RATE}},
    )
    skipped = make_plan(data, ["crossmodal", "image/contrast"]).skipped
    for noise in ("missing-input", "time-offset", "mispairing"):
        said = skipped[f"picture,sound:crossmodal/{noise}"]
        assert "sound is missing in all 12 samples tried" == said


def test_one_sample_has_nobody_to_be_paired_with_and_nothing_before_it():
    lone = clicks().subset([3])
    for noise, why in (("mispairing", "at least two samples"), ("stale-input", "a sequence of at")):
        with pytest.raises(PlanError, match=why):
            make_plan(lone, f"picture,sound:crossmodal/{noise}")


@pytest.mark.parametrize(
    "sweep",
    [
        'picture,said:crossmodal/joint(noises="picture=image/brightness,said=text/keyboard-typo")',
        "picture,said:crossmodal/partial-loss",
    ],
)
def test_spans_that_are_protected_stay_and_move(sweep):
    texts = [f"Yesterday it rained. Then Anna {i} went home. She was wet." for i in range(20)]
    spans = [[(26, 30)]] * 20
    data = nb.Dataset(
        {"picture": np.full((20, 4, 4), 90, dtype=np.uint8), "said": texts},
        spans,
        moves={"said": "spans"},
        protect=True,
    )
    seen = []

    def find(inputs):
        seen.extend(inputs["said"])
        return [[(each.index("Anna"), each.index("Anna") + 4)] for each in inputs["said"]]

    found = nb.audit(find, data, perturbations=[sweep], metric="span-f1", severities=[1.0])
    assert 1.0 == found[sweep].estimate[-1]
    assert any(each not in texts for each in seen)
