"""Entities move with their text: a real finder of dates and addresses under noise elsewhere."""

import re

import numpy as np
import pytest

import noisebench as nb
from noisebench._grammar import parse_sweep
from noisebench._moved import move_targets
from noisebench._noise import Source, context_of, make_noise
from noisebench.errors import DataError, PlanError
from noisebench.metrics import get_metric
from noisebench.plan import expand

ENTITIES = {"DATE": r"\b\d{4}-\d\d-\d\d\b", "MAIL": r"\b[\w.]+@[\w.]+\w\b"}
TEXTS = [
    f"Please write to {name}@example.org before 2026-{month:02d}-17 or on 2027-{month:02d}-01, "
    "whatever the weather may be in the mountains by then."
    for name in ("anna", "b.carlson", "dora")
    for month in range(1, 13)
]


def find(texts):
    """Find dates and addresses by regular expressions."""
    return [
        [
            {"start": match.start(), "end": match.end(), "label": label}
            for label, pattern in ENTITIES.items()
            for match in re.finditer(pattern, text)
        ]
        for text in texts
    ]


def letters(**options) -> nb.Dataset:
    return nb.Dataset({"text": TEXTS}, targets=find(TEXTS), **options)


def audit(data, noise, **options):
    return nb.audit(
        find, data, perturbations=noise, metric="span-f1", severities=[0.4, 1.0], **options
    )


NOISES = ["text/keyboard-typo", "text/drop-character", "text/keyboard-typo > text/full-scramble"]


@pytest.mark.parametrize("noise", NOISES)
def test_a_finder_of_protected_entities_is_perfect_and_looks_broken_when_spans_stay(noise):
    kept = audit(letters(moves={"text": "spans"}, protect=True), [noise])
    assert kept.clean.value == 1
    assert kept[noise].estimate.tolist() == [1, 1, 1]
    assert {0} == {kinds["spans"]["lost"] for kinds in kept.moved[kept.sweeps[0]].values()}
    facts = {"text": {"protect": tuple(ENTITIES.values())}}
    by_pattern = audit(letters(moves={"text": "spans"}, facts=facts), [noise])
    assert by_pattern[noise].estimate.tolist() == [1, 1, 1]


def test_spans_that_stay_make_a_perfect_finder_look_broken():
    facts = {"text": {"protect": tuple(ENTITIES.values())}}
    still = audit(letters(facts=facts), ["text/drop-character"])
    assert still["text/drop-character"].estimate[-1] < 0.5


def test_entities_that_are_not_protected_are_hit():
    free = audit(letters(moves={"text": "spans"}), ["text/keyboard-typo"])
    assert free["text/keyboard-typo"].estimate[-1] < 0.6


def test_lost_spans_are_counted_and_said():
    data = nb.Dataset(
        {"text": ["a b c d e f g h"] * 40},
        targets=[[(i, i + 1) for i in range(0, 15, 2)]] * 40,
        moves={"text": "spans"},
    )
    found = nb.audit(
        lambda texts: [[(m.start(), m.end()) for m in re.finditer(r"\S", t)] for t in texts],
        data, perturbations=["text/drop-character"], metric="span-f1", severities=[1.0],
    )  # fmt: skip
    kinds = found.moved["text/drop-character"][1.0]["spans"]
    assert kinds["count"] == 320
    assert 0.1 < kinds["lost"] < 0.3
    assert found["text/drop-character"].estimate[-1] == 1
    assert any("spans" in line and "% lost" in line for line in found.verdict)
    assert found.to_table()[-1]["spans lost"] == kinds["lost"]


def test_samples_with_nothing_left_to_find_are_left_out_and_counted():
    ends = ["a word, then the end"] * 30
    data = nb.Dataset(
        {"text": [*ends, *(f"{text} by 2026-11-23" for text in ends)]},
        targets=[[(16, 19)]] * 30 + [[(0, 1), (24, 33)]] * 30,
        moves={"text": "spans"},
    )
    found = nb.audit(
        lambda texts: [[] for _ in texts],
        data, perturbations=["text/truncation"], metric="span-f1", severities=[0.2, 1.0],
    )  # fmt: skip
    curve = found["text/truncation"]
    assert curve.estimate.tolist() == [0, 0, 0]
    assert 30 <= curve.n < 60
    said = f"{60 - curve.n} of 60 samples left out: nothing left to find: all of its spans are lost"
    assert said in " ".join(found.verdict)
    assert said in curve.missing.text
    assert found.moved["text/truncation"][1.0]["spans"]["count"] == 90
    assert not found.data_problems


def test_a_noise_that_leaves_nothing_to_find_has_no_curve():
    data = nb.Dataset(
        {"text": ["a word, then the end"] * 30},
        targets=[[(16, 19)]] * 30,
        moves={"text": "spans"},
    )
    found = audit(data, ["text/truncation"])
    assert not found.curves
    assert "30 of 30 samples left out" in found.skipped["text/truncation"]


def test_spans_of_a_noise_without_edits_are_moved_by_comparison():
    import perturbations as pt

    @pt.perturbation("text/greeted", family="test", keeps=(), registered=False)
    def greeted(
        text: str, draw: pt.Draw, *, share: pt.Dose = pt.Ladder(0.1, 0.2, 0.3, 0.4, 1.0, unit="x")
    ) -> str:
        """Somebody says hello first."""
        return "Hello! " + text

    found = audit(letters(moves={"text": "spans"}), [greeted])
    assert found.curves[found.sweeps[0]].estimate.tolist() == [1, 1, 1]


def test_protected_spans_follow_a_chain():
    data = letters(moves={"text": "spans"}, protect=True)
    batch = data.take(data.ids)
    sweep = parse_sweep("text/drop-character > text/full-scramble > text/swap", data)
    source = Source.of(batch, protect=True)
    noised = make_noise(sweep, 1.0, 0, batch.inputs, source, context_of(data))
    moved = move_targets(noised, batch.targets, data.moves)
    for clean, noisy, before, after in zip(
        TEXTS, noised.inputs["text"], batch.targets, moved.targets, strict=True
    ):
        assert clean != noisy
        pairs = zip(before, after, strict=True)
        assert all(clean[a["start"] : a["end"]] == noisy[b["start"] : b["end"]] for a, b in pairs)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"protect": True}, "spans to protect"),
        ({"moves": {"text": "span"}}, "did you mean spans"),
        ({"facts": {"text": {"protect": "(["}}}, "a regular expression"),
    ],
)
def test_declarations_that_cannot_be_meant_are_named_errors(options, match):
    with pytest.raises(DataError, match=match):
        letters(**options)


def test_protection_is_part_of_what_the_data_is():
    free, kept = letters(moves={"text": "spans"}), letters(moves={"text": "spans"}, protect=True)
    assert free.fingerprint() != kept.fingerprint()
    assert kept.subset([0, 1]).protect


@pytest.mark.parametrize(
    ("came", "wanted", "expected"),
    [
        ([(0, 3, "A"), (5, 9, "B")], [(0, 3, "A"), (5, 9, "B")], 1.0),
        ([(0, 3, "A")], [(0, 3, "A"), (5, 9, "B")], 2 / 3),
        ([(0, 3, "B")], [(0, 3, "A")], 0.0),
        ([(0, 4)], [(0, 3)], 0.0),
        ([(0, 3), (0, 3)], [(0, 3)], 2 / 3),
        ([], [], 1.0),
        ([{"start": 0, "end": 3, "label": "A"}], {"spans": [(0, 3)], "labels": ["A"]}, 1.0),
        (np.array([[0, 3], [4, 5]]), [(0, 3)], 2 / 3),
    ],
)
def test_span_f1_in_closed_form(came, wanted, expected):
    metric = get_metric("span-f1")
    assert expected == pytest.approx(metric.of(metric.scores([came], [wanted])))


def test_span_f1_counts_over_the_corpus_and_failures_miss_everything():
    metric = get_metric("span-f1")
    came, wanted = [[(0, 1)], [(0, 1), (2, 3), (4, 5)]], [[(0, 1)], [(0, 1)]]
    assert metric.of(metric.scores(came, wanted)) == pytest.approx(2 * 2 / (2 * 2 + 2))
    rows = metric.scores([None, [(0, 1)]], wanted)
    assert np.isnan(rows[0]).all()
    assert metric.worst(np.array([[1.0, 2.0, 3.0]])).tolist() == [[0, 0, 4]]


@pytest.mark.parametrize("bad", [[3], [{"start": 1}], {"boxes": []}, [("a", "b")], 3])
def test_span_f1_says_what_it_takes(bad):
    from noisebench.errors import MetricError

    with pytest.raises(MetricError, match="span"):
        get_metric("span-f1").scores([bad], [[(0, 1)]])


@pytest.mark.parametrize("noise", ["text/order-destroyed", "text/swap > text/shuffle-words"])
def test_spans_have_no_place_under_a_noise_that_reorders(noise):
    with pytest.raises(PlanError, match="spans have no place in it"):
        audit(letters(moves={"text": "spans"}), [noise])
    _, skipped = expand("text", letters(moves={"text": "spans"}, protect=True))
    assert "spans have no place in it" in skipped["text/order-destroyed"]
    assert "spans have no place in it" in skipped["text/shuffle-words"]
    assert not expand("text", letters())[1].keys() & {"text/order-destroyed", "text/shuffle-words"}
