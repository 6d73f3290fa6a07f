"""What became of the dose: unchanged samples, samples without a candidate, samples that a noise has no meaning for."""

import numpy as np
import pytest

import noisebench as nb
import perturbations as pt
from noisebench._realised import same
from noisebench.errors import PlanError
from perturbations.errors import NotApplicable, explain
from perturbations.text._edits import noised

TEXTS = ["nothing at all to see here"] * 15 + ["!!! ???"] * 5
"""Five of twenty have no letter that could be swapped within a word."""


@pt.perturbation("text/vowels-doubled", family="test", coupling="mask", keeps=(), registered=False)
def vowels_doubled(
    text: str,
    draw: pt.Draw,
    *,
    share: pt.Dose = pt.Ladder(0.1, 0.2, 0.3, 0.4, 1.0, unit="share", high=1.0),
) -> pt.Noisy:
    """Vowels are held too long; a text in capitals has no vowels here."""
    if text.isupper():
        raise NotApplicable(explain("a text in small letters", "text", text))
    places = [i for i, letter in enumerate(text) if letter in "aeiou"]
    hit = draw.uniform(len(places)) < share
    edits = [(i, i + 1, text[i] * 2) for i, chosen in zip(places, hit, strict=True) if chosen]
    return noised(text, edits, requested=share, eligible=len(places))


def audit(texts, noise, **options):
    data = nb.Dataset({"text": texts}, targets=[0] * len(texts))
    model = options.pop("model", lambda batch: [0] * len(batch))
    return nb.audit(model, data, perturbations=[noise], severities=[0.2, 1.0], **options)


def test_shares_of_unchanged_samples_and_of_those_without_a_candidate():
    found = audit(TEXTS, vowels_doubled)
    shares = found.distortion[found.sweeps[0]]
    assert shares[1.0]["unchanged"] == shares[1.0]["no_candidate"] == 0.25
    assert shares[0.2]["unchanged"] > 0.25 == shares[0.2]["no_candidate"]
    assert {"edit_rate", "tokens_changed"} <= set(shares[1.0])
    assert found.to_table()[-1]["no_candidate"] == 0.25
    said = next(line for line in found.verdict if "nothing that the noise could change" in line)
    assert "text/vowels-doubled 25 %" in said and "not as robust" in said


def test_they_are_kept_per_sample_in_the_ledger():
    found = audit(TEXTS, vowels_doubled)
    record = found._record
    key = next(key for key in found.header["cells"] if "|s=1" in key)
    [row] = record.rows(key)
    flags = row.distortion["measures"]["no_candidate"]
    texts = [TEXTS[int(record.ids[row.start + at])] for at in row.distortion["at"]]
    assert [float(text == "!!! ???") for text in texts] == flags


def test_a_chain_has_a_candidate_when_one_of_its_noises_has():
    chain = "text/keyboard-typo(layout=qwerty) > text/drop-character"
    found = audit(["123 456", "abc def"] * 10, chain)
    assert {0.0} == {each["no_candidate"] for each in found.distortion[found.sweeps[0]].values()}


def test_the_report_says_so():
    found = audit(TEXTS, vowels_doubled)
    from noisebench.report._build import view

    page = view(found)
    assert any("not as robust" in remark for remark in page.remarks)
    assert "25\N{NARROW NO-BREAK SPACE}% unchanged" in page.ranked[0].points[-1].distortion


def test_other_modalities_have_a_share_of_unchanged_samples_too():
    images = np.stack([np.full((8, 8, 3), 255 * (i < 3), np.uint8) for i in range(12)])
    data = nb.Dataset({"image": images}, targets=[0] * 12)
    found = nb.audit(
        lambda batch: [0] * len(batch), data, perturbations=["image/flip"], severities=[1.0]
    )
    assert found.distortion["image/flip"][1.0]["unchanged"] == 1.0
    assert "no_candidate" not in found.distortion["image/flip"][1.0]


def test_samples_that_a_noise_has_no_meaning_for_are_left_out_and_said():
    texts = ["LOUD TEXT"] * 30 + ["a quiet one"] * 10
    model = lambda batch: [int(text.isupper()) for text in batch]
    found = audit(texts, vowels_doubled, model=model)
    name = found.sweeps[0]
    assert 30 == len(found.left_out[name])
    assert {each["id"] for each in found.failures} == set(found.left_out[name])
    assert 10 == found[name].n
    assert [1, 1, 1] == found[name].estimate.tolist()
    assert any("30 of 40 samples left out" in line for line in found.verdict)


def test_the_clean_value_is_of_all_samples_where_some_curve_has_them():
    texts = ["LOUD TEXT"] * 30 + ["a quiet one"] * 10
    data = nb.Dataset(
        {"text": texts}, targets=[0] * 40, slices={"loud": [int(t.isupper()) for t in texts]}
    )
    model = lambda batch: [int(text.isupper()) for text in batch]
    noises = [vowels_doubled, "text/swap"]
    found = nb.audit(model, data, perturbations=noises, severities=[1.0])
    assert (40, 0.25) == (found.clean.n, found.clean.value)
    assert ["0"] == list(found.slices(found.sweeps[0])["loud"])
    assert ["0", "1"] == list(found.slices("text/swap")["loud"])


def test_a_noise_without_a_meaning_for_all_samples_is_refused_by_name():
    with pytest.raises(PlanError, match="small letters"):
        audit(["LOUD TEXT"] * 30, vowels_doubled)


def test_a_meaning_far_down_the_data_is_found():
    found = audit(["LOUD TEXT"] * 200 + ["a quiet one"] * 10, vowels_doubled)
    assert 10 == found.curves[found.sweeps[0]].n


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("a", "a", True),
        ("a", "b", False),
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), True),
        (np.array([1]), np.array([1, 2]), False),
        (np.array(["a", None], object), np.array(["a", None], object), True),
    ],
)
def test_equal_values(one, two, expected):
    assert expected == same(one, two)
