"""What a value with several inputs is, and how far a noisy one is from it."""

import numpy as np
import pandas as pd
import pytest

import perturbations as pt
from perturbations.crossmodal._corpus import FACTS
from perturbations.errors import BadValue

LATE = pt.get("crossmodal/time-offset")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"audio": 1}, "at least two input names"),
        ([1, 2], "at least two input names"),
        ({0: 1, 1: 2}, "expected input names that are text"),
    ],
)
def test_what_is_no_pair_of_inputs_is_named(value, words):
    with pytest.raises(BadValue, match=words):
        LATE(value, 0.5, sample="a", facts=FACTS)


def test_distance_says_whether_anything_changed_or_went():
    clean = {"a": np.array([1.0, np.nan]), "b": pd.DataFrame({"x": [1.0]})}
    copy = {"a": clean["a"].copy(), "b": clean["b"].copy()}
    assert pt.distance("crossmodal", clean, copy) == {
        "changed": 0.0,
        "missing": 0.0,
        "hit": 0.0,
    }
    assert pt.distance("crossmodal", clean, clean | {"b": None}) == {
        "changed": 1.0,
        "missing": 1.0,
        "hit": 1.0,
    }
    moved = clean | {"a": np.array([np.nan, 1.0])}
    assert pt.distance("crossmodal", clean, moved) == {
        "changed": 1.0,
        "missing": 0.0,
        "hit": 1.0,
    }
    with pytest.raises(BadValue, match="expected the inputs a, b"):
        pt.distance("crossmodal", clean, {"a": 1})
