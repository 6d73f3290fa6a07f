"""A report of what is awkward has numbers and words in it, and nothing that is not a number."""

from types import SimpleNamespace as Makers

import numpy as np
import pytest

from noisebench.curve import Curve
from noisebench.report import _build, _markdown

ONES = np.ones(30)
LOSS = np.random.default_rng(0).exponential(size=30)

CURVES: dict[str, dict[str, object]] = {
    "all right": {"clean": ONES, "outcomes": [ONES] * 5, "chance": 0.1},
    "all wrong": {"clean": 0 * ONES, "outcomes": [0 * ONES] * 5, "chance": 0.1},
    "all wrong but clean": {"clean": ONES, "outcomes": [0 * ONES] * 5, "chance": 0.1},
    "one sample": {"clean": [1.0], "outcomes": [[0.0]] * 5, "chance": 0.1},
    "one loss": {"clean": [1.0], "outcomes": [[2.0]] * 5, "metric": "mae"},
    "ties": {"clean": ONES, "outcomes": [ONES] * 5, "metric": "mae", "chance": 5.0},
    "no chance": {"clean": LOSS, "outcomes": [LOSS * s for s in (1, 2, 3, 4, 5)], "metric": "mae"},
}  # fmt: skip


@pytest.mark.parametrize("case", CURVES)
def test_no_nan_in_the_report(case: str, audits: Makers) -> None:
    curve = Curve.from_outcomes(severities=[0.2, 0.4, 0.6, 0.8, 1.0], bootstrap=100, **CURVES[case])  # type: ignore[arg-type]
    audit = audits.audit({"image:image/contrast": curve}, clean=curve.clean)
    view = _build.view(audit)
    text = _markdown.render(view).lower()
    assert "nan" not in text.replace("nanmean", "")
    assert view.ranked[0].fit
    assert view.ranked[0].uncertainty


def test_half_of_what_is_lost_stands_in_the_table_where_a_sigmoid_says_it(audits: Makers) -> None:
    view = _build.view(audits.audit())
    assert ("0.55", "[0.52, 0.58]") == view.ranked[0].half_parts
    assert ("–", "") == view.ranked[1].half_parts
    assert "No fit: flat: nothing is surely lost up to severity 1." == view.ranked[1].fit
    text = _markdown.render(view)
    assert "half lost from" in text
    assert "half lost from" not in _markdown.render(
        _build.view(audits.audit({"image/contrast": audits.curve([0.9, 0.9], tolerance=None)}))
    )
