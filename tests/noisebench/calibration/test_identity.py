"""Hashes of models and encoders: they follow what was learned, and nothing else."""

import functools

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from noisebench.calibration._identity import identity

ROWS = np.random.default_rng(0).normal(size=(40, 3))
LABELS = (ROWS[:, 0] > 0).astype(int)
WEIGHTS = np.ones(3)


def module(seed):
    torch.manual_seed(seed)
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))


def fitted(labels=LABELS):
    return LogisticRegression().fit(ROWS, labels)


def enclosing(weights):
    return lambda rows: rows @ weights


def reads_a_global(rows):
    return rows @ WEIGHTS


class Reader:
    __slots__ = ("inner", "scale")

    def __init__(self, scale, inner=None):
        self.scale, self.inner = scale, inner


def test_a_module_is_its_parameters():
    assert identity(module(0)) == identity(module(0))
    assert identity(module(0)) != identity(module(1))


def test_an_estimator_is_what_it_has_fitted():
    assert identity(fitted()) == identity(fitted())
    assert identity(fitted()) != identity(fitted(1 - LABELS))


def test_a_function_is_what_it_encloses():
    assert identity(enclosing(WEIGHTS)) == identity(enclosing(WEIGHTS.copy()))
    assert identity(enclosing(WEIGHTS)) != identity(enclosing(2 * WEIGHTS))


def test_a_function_is_what_it_reads_of_its_module(monkeypatch):
    before = identity(reads_a_global)
    monkeypatch.setitem(globals(), "WEIGHTS", 3 * WEIGHTS)
    assert identity(reads_a_global) != before


def test_an_object_is_its_fields_however_deep():
    made = [identity(Reader(1.0, {"a": [fitted(), Reader(s)]})) for s in (1.0, 1.0, 2.0)]
    assert made[0] == made[1] != made[2]


def test_partials_and_methods_are_what_they_hold():
    one, other = (functools.partial(np.dot, WEIGHTS * k) for k in (1, 2))
    assert identity(one) != identity(other)
    assert identity(fitted().predict) != identity(fitted(1 - LABELS).predict)


def test_the_last_bits_of_another_machine_do_not_count():
    assert identity(enclosing(WEIGHTS)) == identity(enclosing(WEIGHTS * (1 + 1e-9)))
    assert identity(enclosing(WEIGHTS)) != identity(enclosing(WEIGHTS * (1 + 1e-3)))


@pytest.mark.parametrize("thing", [None, 3, "name", b"x", np.float32(2), [np.nan, np.inf, 0.0]])
def test_anything_has_a_hash(thing):
    assert 16 == len(identity(thing))


def test_an_object_that_holds_itself_has_one():
    made = Reader(1.0)
    made.inner = made
    assert 16 == len(identity(made))
