"""Alignment and uniformity of embeddings: closed forms, hooks of models, intervals."""

import math

import numpy as np
import pytest
from scipy.special import i0

from noisebench._embedded import measures
from noisebench.audit import audit
from noisebench.modalities._embedding import Seen, embeddings
from noisebench.models import MisfitError, as_model, embedder, unit_rows
from tests.noisebench.modalities.test_runs import average, noisy, signals


def circle(angles) -> np.ndarray:
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def test_embeddings_that_are_the_same_are_aligned_and_opposite_ones_are_4_apart():
    rows = circle(np.linspace(0, 3, 7))
    assert 0 == pytest.approx(measures({"a": rows, "b": rows})["alignment a,b"].max())
    assert 4 == pytest.approx(measures({"a": rows, "b": -rows})["alignment a,b"].min())


def test_one_point_has_uniformity_0_and_a_full_circle_its_closed_form():
    point = measures({"a": np.repeat(circle([0.3]), 9, axis=0)})["uniformity a"]
    assert 0 == pytest.approx(math.log(point.mean()))
    n = 2000
    around = measures({"a": circle(2 * np.pi * np.arange(n) / n)})["uniformity a"]
    without_itself = (n * math.exp(-4) * i0(4) - 1) / (n - 1)
    assert math.log(without_itself) == pytest.approx(math.log(around.mean()))


def test_embeddings_of_different_length_have_no_alignment():
    assert {"uniformity a", "uniformity b"} == set(
        measures({"a": np.eye(3), "b": np.eye(3)[:, :2]})
    )


@pytest.mark.parametrize(
    ("shown", "message"),
    [
        ([1, 2], "embeddings by input"),
        ({"c": np.eye(2)}, "embeddings of a, b, got 'c'"),
        ({"a": np.eye(3)}, r"finite embeddings \(2, d\) of a"),
        ({"a": np.full((2, 2), np.nan)}, "finite embeddings"),
        ({"a": np.zeros(2)}, "finite embeddings"),
    ],
)
def test_what_is_no_embedding_is_refused_in_words(shown, message):
    with pytest.raises(MisfitError, match=message):
        unit_rows(shown, {"a": [0, 1], "b": [0, 1]}, 2)


class Open:
    """Averages two signals, and shows each of them as a point on a circle."""

    def predict(self, inputs):
        return average(inputs)

    def embed(self, inputs):
        return {name: circle(np.stack(list(rows))[:, 0, 0] / 2) for name, rows in inputs.items()}


SWEEPS = [noisy("a"), "b,a:crossmodal/missing-input@1", "b,a:crossmodal/mispairing@1"]


def test_noise_in_one_input_takes_embeddings_apart():
    data = signals(300, {"a": 0.2, "b": 0.2})
    found = audit(Open(), data, perturbations=SWEEPS, severities=[1.0], gallery=False).modalities()
    rows = {(e.kind, e.inputs, e.sweep): e for e in found.embeddings}
    apart = rows["alignment", ("a", "b"), "a:timeseries/wander"]
    assert apart.clean.value < 0.1 < apart.change.low
    assert 256 == apart.value.n
    assert apart.change.value == pytest.approx(apart.value.value - apart.clean.value)
    shuffled = rows["alignment", ("a", "b"), "b,a:crossmodal/mispairing@1"]
    assert shuffled.change.low > 0
    still = rows["uniformity", ("b",), "a:timeseries/wander"]
    assert 0 == still.change.value == still.change.high
    assert not any("missing-input" in sweep for _, _, sweep in rows)
    assert any(
        "timeseries/wander at severity 1 takes the alignment of a and b" in s
        for s in found.sentences
    )
    assert not any("embeddings" in each.what for each in found.unsaid)


def test_a_model_that_shows_none_is_told_how_to():
    data = signals(60, {"a": 0.2, "b": 0.2})
    found = audit(average, data, perturbations=SWEEPS, severities=[1.0], gallery=False).modalities()
    why = {each.what: each.why for each in found.unsaid}
    assert "give it a method embed(inputs)" in why["alignment and uniformity of embeddings"]


def test_a_hook_that_fails_is_warned_of_and_changes_no_score():
    data = signals(60, {"a": 0.2, "b": 0.2})

    class Broken(Open):
        def embed(self, inputs):
            raise ValueError("no weights")

    made = audit(Broken(), data, perturbations=SWEEPS, severities=[1.0], gallery=False)
    assert () == made.modalities().embeddings
    assert ["the model's embed failed: ValueError: no weights"] == made.header["warnings"]
    plain = audit(average, data, perturbations=SWEEPS, severities=[1.0], gallery=False)
    assert made.to_table() == plain.to_table()


def test_a_hook_that_writes_to_its_input_harms_nothing():
    data = signals(60, {"a": 0.2, "b": 0.2})

    class Rough(Open):
        def embed(self, inputs):
            shown = super().embed(inputs)
            for rows in inputs.values():
                for row in rows:
                    row[...] = 0
            return shown

    made = audit(Rough(), data, perturbations=SWEEPS, severities=[1.0], gallery=False)
    plain = audit(average, data, perturbations=SWEEPS, severities=[1.0], gallery=False)
    assert made.to_table() == plain.to_table()


def test_functions_and_objects_may_have_the_hook():
    def plain(inputs):
        return average(inputs)

    assert None is embedder(as_model(plain))
    plain.embed = Open().embed
    assert None is not embedder(as_model(plain))
    assert None is not embedder(as_model(Open()))


def test_a_torch_module_shows_embeddings_in_inference_mode():
    torch = pytest.importorskip("torch")

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.line = torch.nn.Linear(1, 2)

        def forward(self, inputs):
            return sum(self.line(x[:, 0]) for x in inputs.values())

        def embed(self, inputs):
            assert not self.training
            return {name: self.line(x[:, 0]) for name, x in inputs.items()}

    batch = {name: np.ones((4, 1, 1)) for name in "ab"}
    shown = embedder(as_model(Net()))(batch)
    assert {"a": (4, 2), "b": (4, 2)} == {name: rows.shape for name, rows in shown.items()}
    assert all(isinstance(rows, np.ndarray) for rows in shown.values())


@pytest.mark.slow
@pytest.mark.parametrize("grouped", [False, True])
def test_intervals_cover_the_truth(grouped: bool) -> None:
    n, runs, step = 120, 500, 1.0
    size = 4 if grouped else 1
    rng = np.random.default_rng(5)

    def drawn(rng, n):
        angle = np.repeat(rng.normal(size=n // size), size) + 0.3 * rng.normal(size=n)
        a = circle(angle + 0.2 * rng.normal(size=n))
        return a, circle(angle), circle(angle + step * rng.normal(size=n))

    big = drawn(rng, 8000)
    truth = [
        {k: v.mean() for k, v in measures({"a": a, "b": big[1]}).items()} for a in (big[0], big[2])
    ]
    wanted = {
        "alignment a,b": truth[1]["alignment a,b"] - truth[0]["alignment a,b"],
        "uniformity a": math.log(truth[1]["uniformity a"] / truth[0]["uniformity a"]),
    }
    hits: dict[str, list[bool]] = {name: [] for name in wanted}
    for run in range(runs):
        a, b, noise = drawn(np.random.default_rng(run), n)
        by_id = [
            {k: dict(zip(map(str, range(n)), v, strict=True)) for k, v in measures(m).items()}
            for m in ({"a": a, "b": b}, {"a": noise, "b": b})
        ]
        groups = {str(i): i // size for i in range(n)} if grouped else None
        for each in embeddings(Seen(by_id[0], [("s", "n", 1.0, by_id[1])], groups, 0.95)):
            name = f"{each.kind} {','.join(each.inputs)}"
            if name in wanted:
                hits[name].append(each.change.low <= wanted[name] <= each.change.high)
    assert {} == {name: np.mean(each) for name, each in hits.items() if np.mean(each) < 0.92}
