"""Noise in several inputs at once: equal margins, the dependence that was asked for, and parts that are what they are alone."""

import numpy as np
import pytest
from scipy import stats

import perturbations as pt
from perturbations._laws._compare import same
from perturbations._modality import modality
from perturbations.crossmodal._corpus import FACTS, corpus
from perturbations.crossmodal._joined import STANDING
from perturbations.errors import BadSetting, MissingFact, NotApplicable

JOINT, WEATHER = pt.get("crossmodal/joint"), pt.get("crossmodal/weather")
TWO = JOINT.with_settings(noises="image=image/contrast,audio=audio/white-noise")
CAUSES = ("independent", "common", "opposed")


def samples(n=1):
    return [{name: value[name] for name in ("image", "audio")} for value in corpus(n)]


def severities(cause, n=3000, strength=1.0):
    noise = JOINT.with_settings(cause=cause, noises="a=text/swap,b=text/swap")
    facts = {"a": {"modality": "text"}, "b": {"modality": "text"}}
    told = [
        noise.apply({"a": "", "b": ""}, dose={"strength": strength}, sample=i, facts=facts).report
        for i in range(n)
    ]
    return np.array([[each["severity of a"], each["severity of b"]] for each in told])


@pytest.mark.parametrize("cause", CAUSES)
def test_each_input_sees_the_same_severities_as_often_whatever_the_cause(cause):
    found = severities(cause, strength=0.8)
    for column in found.T:
        assert stats.kstest(column, stats.uniform(0, 0.8).cdf).pvalue > 1e-3


def test_severities_hang_together_as_the_cause_says():
    n = 3000
    independent, common, opposed = (severities(cause, n) for cause in CAUSES)
    assert abs(np.corrcoef(independent.T)[0, 1]) < 4 / np.sqrt(n)
    assert np.array_equal(common[:, 0], common[:, 1])
    assert np.allclose(opposed.sum(axis=1), 1)


def test_the_same_samples_are_hit_at_every_strength():
    high, low = severities("independent", 50, 1.0), severities("independent", 50, 0.4)
    assert np.allclose(low, 0.4 * high)


@pytest.mark.parametrize("cause", CAUSES)
def test_a_part_is_the_noise_that_it_is_alone(cause):
    value, noise = samples()[0], TWO.with_settings(cause=cause)
    done = noise.apply(value, 0.6, sample="s", facts=FACTS)
    severity = done.report["severity of image"]
    alone = pt.get("image/contrast")(value["image"], severity, sample="s")
    assert same(done.value["image"], alone)
    snr = pt.distance("audio", value["audio"], done.value["audio"])["snr"]
    dose = pt.get("audio/white-noise").doses(done.report["severity of audio"])["snr"]
    assert dose == pytest.approx(snr, abs=0.1)


def test_the_text_form_parses_back():
    for text in (
        str(TWO),
        'crossmodal/joint(noises="a=text/swap > text/keyboard-typo(layout=azerty),b=image/fog")',
    ):
        noise = pt.get(text)
        assert noise == pt.get(str(noise))
        assert noise.settings["noises"] in str(noise)


def test_noises_in_one_input_act_in_the_order_in_which_they_are_written():
    value = samples()[0]
    orders = [
        pt.get(f'crossmodal/joint(cause=common, noises="image={order},audio=audio/white-noise")')
        for order in ("image/contrast > image/brightness", "image/brightness > image/contrast")
    ]
    done = [noise.apply(value, 1.0, sample="s", facts=FACTS) for noise in orders]
    severity = done[0].report["severity of image"]
    first = pt.get("image/contrast")(value["image"], severity, sample="s")
    assert same(done[0].value["image"], pt.get("image/brightness")(first, severity, sample="s"))
    assert not same(done[0].value["image"], done[1].value["image"])


def test_without_names_every_input_has_the_noise_of_its_modality():
    value = corpus(1)[0]
    reference = modality("crossmodal").fit(corpus(20), FACTS)
    done = JOINT.apply(value, 1.0, sample="s", facts=FACTS, reference=reference)
    assert set(value) == {name.removeprefix("severity of ") for name in done.report}
    changed = {name for name in value if not same(value[name], done.value[name])}
    assert changed >= set(value) - {"text"}
    for kind, noise in STANDING.items():
        assert kind == pt.get(noise).modality


def test_what_the_parts_need_reaches_them():
    rows = [
        {"form": {"age": float(20 + i), "city": "x"}, "audio": sample["audio"]}
        for i, sample in enumerate(samples(12))
    ]
    facts = {"form": {"modality": "tabular"}, "audio": FACTS["audio"]}
    reference = modality("crossmodal").fit(rows, facts)

    class Peers:
        ids = tuple(f"id-{i}" for i in range(12))

        def __len__(self):
            return 12

        def __getitem__(self, sample):
            return rows[int(sample.removeprefix("id-"))]

    text = 'crossmodal/joint(noises="form=tabular/numeric-noise,audio=audio/babble")'
    known = {"facts": facts, "reference": reference, "peers": Peers()}
    done = pt.get(text).apply(rows[3], 1.0, sample="id-3", **known)
    alone = pt.get("audio/babble")(
        rows[3]["audio"],
        done.report["severity of audio"],
        sample="id-3",
        facts={"rate": 2000},
        peers=_only(Peers(), "audio"),
    )
    assert alone.shape == done.value["audio"].shape
    assert done.value["form"]["age"] != rows[3]["form"]["age"]
    with pytest.raises(MissingFact, match="audio/low-pass in 'audio'"):
        pt.get('crossmodal/joint(noises="form=tabular/numeric-noise,audio=audio/low-pass")')(
            rows[0], 1.0, sample="a", **known | {"facts": facts | {"audio": {"modality": "audio"}}}
        )


def _only(peers, name):
    class Only:
        ids = peers.ids

        def __len__(self):
            return len(peers)

        def __getitem__(self, sample):
            return peers[sample][name]

    return Only()


def test_places_move_with_every_input():
    value = samples()[0]
    noise = pt.get('crossmodal/joint(noises="image=image/scale,audio=audio/shift")')
    done = noise.apply(value, 1.0, sample="s", facts=FACTS)
    assert {"image", "audio"} == set(done.mapping)
    assert (done.mapping["image"].points([(1.0, 1.0)]) != [1.0, 1.0]).any()
    assert done.report["severity of audio"] > 0.02
    assert 0.4 != done.mapping["audio"].times([0.4])[0]


def test_what_is_missing_stays_so():
    value = samples()[0] | {"audio": None}
    done = TWO.with_settings(cause="common").apply(value, 1.0, sample="s", facts=FACTS)
    assert done.value["audio"] is None
    assert not same(done.value["image"], value["image"])


def test_devices_differ_from_run_to_run_and_not_from_sample_to_sample():
    noise = pt.get(
        'crossmodal/joint(cause=common, noises="image=image/prnu,audio=audio/white-noise")'
    )
    flat = {"image": np.full((16, 16), 0.5), "audio": samples()[0]["audio"]}

    def pattern(sample, seed=0):
        done = noise.apply(flat, 1.0, sample=sample, seed=seed, facts=FACTS)
        return done.value["image"] - 0.5

    one, two = pattern("a"), pattern("b")
    assert np.corrcoef(one.ravel(), two.ravel())[0, 1] > 0.8
    assert abs(np.corrcoef(one.ravel(), pattern("a", seed=1).ravel())[0, 1]) < 0.3


@pytest.mark.parametrize(
    ("noises", "words"),
    [
        ("image", r"input=noise for each input.*\n.*camera=image/fog"),
        (
            "imag=image/fog,audio=audio/white-noise",
            r"an input that is named.*\n.*did you mean image",
        ),
        (
            "image=image/fgo,audio=audio/white-noise",
            r"noise in image: .*\n.*did you mean image/fog",
        ),
        ("image=audio/white-noise,audio=audio/white-noise", "a noise of its modality in 'image'"),
        ("image=image/fog,image=image/rain", r"each input once.*\n.*image=image/fog > image/rain"),
        ("image=crossmodal/mispairing,audio=audio/white-noise", "a noise of its modality"),
    ],
)
def test_noises_that_do_not_fit_are_named(noises, words):
    with pytest.raises(BadSetting, match=words):
        JOINT.with_settings(noises=noises)(samples()[0], 0.5, sample="s", facts=FACTS)


def test_joint_noise_is_in_two_inputs_and_opposed_noise_in_just_two():
    value = samples()[0]
    with pytest.raises(NotApplicable, match="noise in two inputs"):
        JOINT.with_settings(noises="image=image/fog")(value, 0.5, sample="s", facts=FACTS)
    with pytest.raises(BadSetting, match="one of independent, common, opposed"):
        JOINT.with_settings(cause="storm")(value, 0.5, sample="s", facts=FACTS)
    three = value | {"text": "x"}
    with pytest.raises(BadSetting, match="two noises that are opposed"):
        JOINT.with_settings(cause="opposed")(three, 0.5, sample="s", facts=FACTS)


def test_all_sensors_are_in_one_weather():
    value = {name: corpus(1)[0][name] for name in ("text", "image", "video", "cloud")}
    done = WEATHER.apply(value, 1.0, sample="s", facts=FACTS)
    told = set(done.report.values())
    assert 1 == len(told)
    severity = told.pop()
    assert done.value["text"] is value["text"]
    for name, kind in (("image", "image"), ("video", "video"), ("cloud", "pointcloud")):
        facts = {k: v for k, v in FACTS[name].items() if k != "modality"}
        assert not same(done.value[name], value[name])
        alone = pt.get(f"{kind}/fog")(value[name], severity, sample="s", facts=facts)
        before, after = (pt.distance(kind, value[name], each) for each in (alone, done.value[name]))
        first = next(iter(before))
        assert before[first] == pytest.approx(after[first], rel=0.5)
    with pytest.raises(NotApplicable, match="two sensors in the weather"):
        WEATHER(samples()[0], 1.0, sample="s", facts=FACTS)
    with pytest.raises(BadSetting, match="one of fog, rain, snow"):
        WEATHER.with_settings(kind="hail")(value, 1.0, sample="s", facts=FACTS)
