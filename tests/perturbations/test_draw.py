import numpy as np
import pytest
from scipy import stats

from perturbations import Draw, sample_keys
from perturbations._kernels import poisson_quantile


def draw(*ids, **changed):
    given = {"seed": 0, "perturbation": "x/y", "input": "", "position": 0, "replicate": 0} | changed
    keys = sample_keys(ids)
    return Draw.of(keys if len(ids) > 1 else keys[0], **given)


def test_a_sample_draws_the_same_alone_and_in_a_batch():
    for method in ("bits", "uniform", "normal"):
        alone = getattr(draw("b"), method)((3, 5))
        batch = getattr(draw("a", "b", "c"), method)((3, 3, 5))
        assert (alone == batch[1]).all()


def test_compiled_and_plain_words_are_the_same():
    assert (draw("a").bits(100) == draw("a").bits(20_000)[:100]).all()


@pytest.mark.parametrize("part", ["seed", "perturbation", "input", "position", "replicate"])
def test_every_part_of_the_key_matters(part):
    other = "other" if part in ("perturbation", "input") else 1
    assert not (draw("a").bits(4) == draw("a", **{part: other}).bits(4)).any()


def test_streams_and_samples_are_unlike():
    words = [draw(i).bits(8, stream=s) for i in ("a", "b") for s in ("", "where", "what")]
    assert len({int(w) for row in words for w in row}) == 48


def test_ids_are_read_as_text():
    assert (sample_keys([17, "x"]) == sample_keys(["17", "x"])).all()


def test_uniform_numbers_are_uniform():
    assert stats.kstest(draw("a").uniform(100_000), "uniform").pvalue > 1e-3


def test_normal_numbers_are_normal_far_into_the_tails():
    numbers = draw("a").normal(1_000_000)
    assert stats.kstest(numbers[:200_000], "norm").pvalue > 1e-3
    assert np.mean(np.abs(numbers) > 4) == pytest.approx(2 * stats.norm.sf(4), rel=0.5)


def test_normal_numbers_are_the_inverse_distribution_of_their_words():
    d = draw("a")
    words = d.bits(100_000)
    tails = (((words & np.uint64(2**63 - 1)) >> np.uint64(10)) | np.uint64(1)) * 2.0**-54
    expected = np.where(words >> np.uint64(63), 1, -1) * stats.norm.ppf(tails)
    assert d.normal(100_000) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("rate", [0.0, 0.3, 5.0, 63.0, 65.0, 3000.0])
def test_poisson_counts_are_the_quantiles_of_their_uniforms(rate):
    d = draw("a")
    counts = d.poisson(np.full(20_000, rate))
    expected = stats.poisson.ppf(d.uniform(20_000), rate) if rate else np.zeros(20_000)
    assert (counts == np.maximum(expected, 0)).all()


def test_poisson_counts_rise_with_the_rate():
    counts = [draw("a").poisson(np.full(1000, rate)) for rate in (1, 10, 63, 65, 200)]
    assert (np.diff(counts, axis=0) >= 0).all()


@pytest.mark.parametrize("rate", [1e-3, 3.999, 4.0, 4.5, 11.0, 999.0, 1001.0, 1e6])
def test_poisson_counts_are_exact_next_to_the_steps_of_the_distribution(rate):
    spread = 3.5 * np.sqrt(rate)
    counts = np.unique(np.rint(np.linspace(max(rate - spread, 0), rate + spread, 300)))
    steps = stats.poisson.cdf(counts, rate)
    counts = counts[steps < 1 - 1e-6]
    steps = steps[steps < 1 - 1e-6]
    for shift, more in ((-1e-10, 0), (1e-10, 1)):
        words = ((steps * (1 + shift)) * 2.0**53).astype(np.uint64) << np.uint64(11)
        assert (poisson_quantile(np.full(steps.size, rate), words) == counts + more).all()


def test_poisson_counts_rise_with_the_rate_where_the_method_changes():
    words = draw("a").bits(500)
    rates = np.concatenate([np.linspace(3.9, 4.1, 41), np.geomspace(4.2, 2e3, 100)])
    counts = [poisson_quantile(np.full(500, rate), words) for rate in rates]
    assert (np.diff(counts, axis=0) >= 0).all()


@pytest.mark.parametrize("rate", [0.0, 1.0, 30.0, 2000.0])
def test_the_rarest_words_have_counts(rate):
    words = np.array([0, 2**63 - 1, 2**63, 2**64 - 1], dtype=np.uint64)
    counts = poisson_quantile(np.full(4, rate), words)
    assert (np.diff(counts) >= 0).all()
    assert (abs(counts - rate) <= 20 + 9 * np.sqrt(rate)).all()


def test_permutations_are_permutations_and_uniform():
    rows = draw(*range(6000)).permutation(3)
    assert (np.sort(rows) == [0, 1, 2]).all()
    _, counts = np.unique(rows @ [9, 3, 1], return_counts=True)
    assert stats.chisquare(counts).pvalue > 1e-3


def test_integers_lie_in_their_range():
    found = draw("a").integers(-2, 3, 10_000)
    assert set(found.tolist()) == {-2, -1, 0, 1, 2}


def test_a_shared_draw_is_the_same_for_all_samples():
    assert draw("a").shared("device").bits() == draw("b").shared("device").bits()
    assert draw("a").shared("device").bits() != draw("a").shared("dataset").bits()


def test_a_batch_refuses_a_shape_that_does_not_start_with_its_size():
    with pytest.raises(ValueError, match="starts with the batch size 2"):
        draw("a", "b").uniform((3, 2))


def test_many_keys_made_in_one_pass_are_those_of_few():
    samples = sample_keys(range(20_000))
    given = {"seed": 3, "perturbation": "x", "input": "a", "position": 0, "replicate": 1}
    many = Draw.of(samples, **given)
    stream = many.key("where")
    few = Draw.of(samples[:50], **given)
    assert np.array_equal(stream[:50], few.key("where"))
    assert np.array_equal(many.keys[:50], few.keys)
    assert np.array_equal(many.key("other")[:50], few.key("other"))
