import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perturbations import Ladder
from perturbations.errors import BadDeclaration, BadDose, MissingFact

LADDERS = {
    "linear": Ladder(1, 2, 3, 4, 10, unit="u"),
    "log": Ladder(1, 10, 100, 1000, 10000, unit="u", scale="log"),
    "log from a mildest": Ladder(25, 18, 15, 10, 7, unit="quality", none=100, scale="log"),
    "photons": Ladder(60, 25, 12, 5, 3, unit="photons", none=math.inf, scale="reciprocal"),
    "snr": Ladder(30, 20, 10, 5, 0, unit="dB", none=math.inf, scale="dB"),
    "nyquist": Ladder(7000, 4000, 2000, 1000, 500, unit="Hz", none="nyquist", scale="log"),
}
FACTS = {"rate": 16_000}


@pytest.mark.parametrize("ladder", LADDERS.values(), ids=LADDERS)
def test_the_rungs_stand_at_the_published_severities(ladder):
    for i, rung in enumerate(ladder.rungs, start=1):
        assert ladder.dose(i / 5, FACTS) == pytest.approx(rung)


@pytest.mark.parametrize("ladder", LADDERS.values(), ids=LADDERS)
@given(a=st.floats(1e-6, 1), b=st.floats(1e-6, 1))
def test_a_dose_moves_one_way_with_severity(ladder, a, b):
    low, high = sorted((a, b))
    change = ladder.dose(high, FACTS) - ladder.dose(low, FACTS)
    assert change * (ladder.rungs[1] - ladder.rungs[0]) >= -1e-9


@pytest.mark.parametrize("ladder", LADDERS.values(), ids=LADDERS)
def test_a_dose_tends_to_none_with_severity(ladder):
    none = ladder.no_dose(FACTS)
    near = ladder.dose(1e-9, FACTS)
    assert near > 150 if math.isinf(none) else near == pytest.approx(none, abs=1e-4)


@pytest.mark.parametrize("ladder", LADDERS.values(), ids=LADDERS)
@given(severity=st.floats(0.01, 1))
def test_a_severity_is_found_from_its_dose(ladder, severity):
    dose = ladder.dose(severity, FACTS)
    assert ladder.dose(ladder.severity(dose, FACTS), FACTS) == pytest.approx(dose)


def test_an_integer_ladder_gives_whole_doses():
    ladder = Ladder(1, 2, 3, 5, 9, unit="px", scale="integer")
    assert {ladder.dose(i / 50, {}) % 1 for i in range(1, 51)} == {0}


@pytest.mark.parametrize("rungs", [(1, 2, 3), (1, 1, 2, 3, 4), (1, 3, 2, 4, 5)])
def test_rungs_are_five_and_strictly_monotone(rungs):
    with pytest.raises(BadDeclaration, match="five strictly monotone rungs"):
        Ladder(*rungs, unit="u")


def test_a_dose_that_no_severity_gives_is_refused():
    with pytest.raises(BadDose, match="a dose within 0 and 10 u"):
        LADDERS["linear"].severity(11, {})


@pytest.mark.parametrize("dose", [-1, math.nan, "1", None, True])
def test_a_native_dose_outside_its_domain_is_refused(dose):
    with pytest.raises(BadDose, match="got sigma="):
        LADDERS["linear"].check(dose, "sigma")


def test_a_ladder_that_ends_at_nyquist_needs_the_rate():
    with pytest.raises(MissingFact, match="sampling rate"):
        LADDERS["nyquist"].dose(0.1, {})


def test_a_ladder_pickles():
    for ladder in LADDERS.values():
        assert pickle.loads(pickle.dumps(ladder)) == ladder


@pytest.mark.parametrize("rate", [np.int64(16000), np.float32(16000), 16000.0])
def test_a_rate_may_be_any_real_number(rate):
    assert 8000.0 == LADDERS["nyquist"].no_dose({"rate": rate})


@pytest.mark.parametrize("rate", [None, "16000", True])
def test_what_is_no_rate_is_a_missing_fact(rate):
    with pytest.raises(MissingFact, match="sampling rate"):
        LADDERS["nyquist"].no_dose({"rate": rate})
