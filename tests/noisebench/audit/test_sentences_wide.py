"""Where bands are wide, an audit says what they are made of and what would narrow them."""

from types import SimpleNamespace

import numpy as np

from noisebench._sentences import wide
from noisebench.curve import Curve


def curve(n: int, share: float) -> Curve:
    rows = (np.random.default_rng(0).random(n) < np.array([[0.95], [share]])).astype(float)
    return Curve.from_outcomes(
        severities=[1.0], clean=rows[0], outcomes=rows[1:], chance=0.1, bootstrap=100
    )


def test_the_widest_band_stands_for_the_others() -> None:
    curves = {"a": curve(60, 0.5), "b": curve(60, 0.7), "c": curve(5000, 0.5)}
    (said,) = wide(curves)
    assert said.startswith("The band is wide under 2 of 3 noises, the widest under a: ± 0.1")
    assert said.endswith("replicates=3 would.")


def test_one_noise_is_called_by_its_name_and_narrow_bands_are_not_spoken_of() -> None:
    assert wide({"a": curve(60, 0.5)})[0].startswith("The band under a is wide: ± ")
    assert wide({"a": curve(5000, 0.5)}) == []


def test_a_curve_without_scores_has_no_account() -> None:
    assert wide({"a": SimpleNamespace(answers=None)}) == []
