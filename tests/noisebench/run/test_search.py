"""Following samples to where they break: which questions, in which order, and when not at all."""

import numpy as np
import pytest

from noisebench._search import Search, questions
from noisebench.errors import MetricError
from noisebench.ledger import Row


def followed(truth, *, levels, size, most=200, sweep="a"):
    """Run a search to its end on (1 + levels, size) right or wrong answers."""
    search = Search({sweep: (tuple(range(1, levels + 1)),)}, size, "accuracy")
    for span in search.spans(most):
        while wanted := search.wanted(span):
            for cell, places in wanted.items():
                for place in places:
                    search.see(Row(cell, int(place), np.array([[float(truth[cell, place])]])))
            search.look()
    return search


def broken(ends, levels):
    """Return right or wrong answers of samples that break at a level: 0 is wrong from the start."""
    return np.arange(levels + 1)[:, None] < np.asarray(ends)


def test_with_even_expectations_the_middle_is_asked_first():
    order = questions(np.ones(8))
    assert 4 == order[0, 8]
    assert 2 == order[0, 4]
    assert 6 == order[4, 8]


def test_where_nothing_breaks_the_strongest_is_asked_first():
    assert 7 == questions(np.array([0.5] * 7 + [90.0]))[0, 8]


def test_the_order_costs_no_more_than_the_best_of_all_trees():
    counts = np.array([5.0, 1.0, 1.0, 9.0])
    order = questions(counts)

    def cost(low, high):
        if high - low < 2:
            return 0.0
        middle = order[low, high]
        return counts[low:high].sum() + cost(low, middle) + cost(middle, high)

    def least(low, high):
        if high - low < 2:
            return 0.0
        splits = (least(low, m) + least(m, high) for m in range(low + 1, high))
        return counts[low:high].sum() + min(splits)

    assert least(0, 4) == cost(0, 4)


def test_samples_that_stay_broken_are_known_in_full_from_a_few_questions():
    rng = np.random.default_rng(0)
    truth = broken(rng.integers(0, 18, 1000), 16)
    search = followed(truth, levels=16, size=1000)
    assert search.complete
    assert not search.full("a")
    assert (truth[1:] == search.followed("a")[:, 0]).all()
    made, full = search.calls()
    assert 16_000 == full
    assert made < 0.35 * full
    assert 0.0 == search.comes_back("a")


def test_samples_that_come_back_are_measured_in_full():
    rng = np.random.default_rng(1)
    truth = rng.random((9, 400)) < 0.7
    search = followed(truth, levels=8, size=400)
    assert search.full("a")
    assert 400 * 8 == search.calls()[0]
    assert (truth[1:] == search.measured("a")[:, 0]).all()
    assert search.comes_back("a") > 0.02


def test_few_samples_are_measured_in_full():
    search = followed(broken([3] * 40, 8), levels=8, size=40)
    assert 40 == search.checked
    assert (320, 320) == search.calls()


@pytest.mark.parametrize("end", [0, 1, 9])
def test_all_wrong_all_broken_at_once_and_all_right_are_defined(end):
    truth = broken([end] * 600, 8)
    search = followed(truth, levels=8, size=600)
    assert search.complete
    assert (truth[1:] == search.followed("a")[:, 0]).all()
    later = search.calls()[0] - 8 * search.checked
    assert later <= {0: 0, 1: 1, 9: 1}[end] * 540, (
        "one question, or none where the clean one is wrong"
    )


def test_how_a_run_is_cut_changes_nothing():
    truth = broken(np.random.default_rng(2).integers(0, 10, 300), 8)
    one, other = (followed(truth, levels=8, size=300, most=most) for most in (300, 17))
    assert (one.followed("a") == other.followed("a")).all()
    assert one.calls() == other.calls()


def test_a_search_begins_again_where_it_was_left():
    truth = broken(np.random.default_rng(3).integers(0, 10, 300), 8)
    whole = followed(truth, levels=8, size=300)
    again = Search(whole.grid, 300, "accuracy")
    for cell, scores in whole.scores.items():
        for place in np.flatnonzero(scores >= 0):
            again.see(Row(cell, int(place), np.array([[float(scores[place])]])))
    again.look()
    assert again.complete
    assert whole.calls() == again.calls()


def test_a_noise_that_some_samples_cannot_have_is_measured_in_full():
    search = Search({"a": ((1, 2),)}, 60, "accuracy")
    ones = np.ones((60, 1))
    search.see(Row(0, 0, ones))
    for cell in (1, 2):
        search.see(Row(cell, 0, ones, {3: "noise a: NotApplicable: grey"}))
    search.look()
    assert search.full("a")
    assert [3] == np.flatnonzero(search.lost("a")).tolist()


def test_scores_between_are_refused_in_words():
    search = Search({"a": ((1,),)}, 60, "iou")
    with pytest.raises(MetricError, match=r"scores of 0 or 1 of iou, got score=0\.5"):
        search.see(Row(0, 0, np.full((60, 1), 0.5)))
