"""Numbers are mistyped digit by digit, as they are written."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perturbations as pt
from perturbations.errors import BadSetting
from perturbations.tabular._numbers import decade, digits, of_digits
from tests.perturbations.tabular.statistics import within

SLIP, SWAP, WRONG = map(
    pt.get, ("tabular/decimal-slip", "tabular/digit-transposition", "tabular/wrong-digit")
)
ALL = (SLIP, SWAP, WRONG)


def typed(noise, cells, share=1.0, *, like=None, **given):
    cells = np.asarray(cells, dtype=float)[:, None]
    reference = noise.fit(cells if like is None else np.asarray(like, dtype=float)[:, None])
    noisy = noise.batch(
        cells, dose={"share": share}, samples=range(len(cells)), reference=reference, **given
    )
    return noisy[:, 0]


def test_a_point_slips_to_either_side():
    clean = np.array([7.25, 0.5, 123.4, -2.0] * 500)
    noisy = typed(SLIP, clean, like=[0.01, 1.0, 200.0])
    up, down = np.isclose(noisy, clean * 10), np.isclose(noisy, clean / 10)
    assert (up | down).all()
    assert within(up.sum(), len(clean), 0.5)


def test_whole_numbers_stay_whole():
    clean = np.array([73, 5, 1200, 40] * 300)
    noisy = typed(SLIP, clean)
    wanted = {73: {730, 7}, 5: {50}, 1200: {12000, 120}, 40: {400, 4}}
    assert all(after in wanted[before] for before, after in zip(clean, noisy, strict=True))
    far = typed(SLIP.with_settings(places=2), clean)
    assert {(73, 7300), (5, 500), (1200, 12)} <= set(zip(clean.tolist(), far.tolist(), strict=True))


def neighbours(text):
    """Return the numbers that come of a transposition of two neighbouring digits that differ."""
    found, places = set(), [i for i, sign in enumerate(text) if sign.isdigit()]
    for i, j in pairwise(places):
        if text[i] != text[j]:
            signs = list(text)
            signs[i], signs[j] = signs[j], signs[i]
            found.add(float("".join(signs)))
    return found


def test_neighbouring_digits_trade_places():
    clean = [72.53, 19.63, 10.01, -45.06, 88.80] * 200
    noisy = typed(SWAP, clean)
    by_number = {}
    for before, after in zip(clean, noisy.tolist(), strict=True):
        by_number.setdefault(before, set()).add(after)
    assert by_number == {x: neighbours(f"{x:.2f}") for x in set(clean)}


def test_every_pair_is_as_likely():
    noisy = typed(SWAP, [1234.0] * 6000)
    values, counts = np.unique(noisy, return_counts=True)
    assert [1243, 1324, 2134] == values.tolist()
    assert all(within(count, 6000, 1 / 3) for count in counts)


def test_equal_digits_have_no_pair():
    assert [77.0, 5.0, 0.0, 11.0] == typed(SWAP, [77, 5, 0, 11]).tolist()
    row = SWAP.apply(
        np.array([77.0, 12.0]),
        dose={"share": 1.0},
        sample="a",
        reference=SWAP.fit(np.array([[77.0, 12.0]])),
    )
    assert (1, 1) == (row.report["eligible"], row.report["edits"])


def test_one_digit_is_another_one():
    noisy = typed(WRONG, [407.0] * 20_000)
    before = np.array([list("407")] * len(noisy))
    after = np.array([list(f"{int(x):03}") for x in noisy])
    assert ((before != after).sum(axis=1) == 1).all()
    assert all(within(count, len(noisy), 1 / 3) for count in (before != after).sum(axis=0))
    values, counts = np.unique(noisy, return_counts=True)
    assert len(values) == 27
    assert all(within(count, len(noisy), 1 / 27) for count in counts)


@pytest.mark.parametrize("noise", ALL, ids=str)
def test_a_share_of_the_numbers_is_hit(noise):
    clean = np.random.default_rng(0).integers(1000, 9999, 5000)
    clean = clean[clean % 1111 != 0]
    noisy = typed(noise, clean, 0.3)
    assert within((noisy != clean).sum(), len(clean), 0.3)


@pytest.mark.parametrize("noise", [SWAP, WRONG], ids=str)
def test_what_a_number_has_beyond_its_last_digit_stays(noise):
    clean = np.random.default_rng(0).normal(5, 2, 400)
    noisy = typed(noise, clean)
    moved = np.abs(noisy) - np.abs(clean)
    assert (np.abs(moved / 0.001 - np.rint(moved / 0.001)) < 1e-6).all()
    assert (np.sign(noisy) == np.sign(clean)).all()


@settings(max_examples=200, deadline=None)
@given(st.integers(-(10**14), 10**14), st.integers(-6, 6))
def test_digits_come_back(whole, power):
    number = np.array([float(f"{whole}e{power}")])
    step = np.array([float(f"1e{power}")])
    found, exact = digits(number, step)
    assert exact.all()
    assert abs(whole) == found[0]
    assert of_digits(found, found, number, step) == number


def test_the_decade_is_that_of_the_leading_digit():
    numbers = np.array([1.0, 9.99, 10.0, 999.0, 1000.0, 0.1, 0.099, -5.0, 1e300, 5e-324])
    assert [0, 0, 1, 2, 3, -1, -2, 0, 300] == decade(numbers)[:-1].tolist()
    assert decade(numbers)[-1] <= -323


@pytest.mark.parametrize("noise", ALL, ids=str)
def test_numbers_without_digits_to_tell_stay(noise):
    clean = np.array([np.nan, 0.0, np.inf, -np.inf])
    assert np.array_equal(typed(noise, clean, like=[1.5, 2.5]), clean, equal_nan=True)
    assert np.isfinite(typed(noise, [1.7e308, -1e300, 1e20], like=[1.5, 2.5])).all()


def test_a_point_slips_by_at_least_one_place():
    with pytest.raises(BadSetting, match="a number of places from 1 to 15, got places=0"):
        typed(SLIP.with_settings(places=0), [1.5, 2.5])
