"""Charts state both axes, the clean level and the chance level."""

import json
import re
from types import SimpleNamespace as Makers
from typing import Any

import pytest

from noisebench.report import _build, _charts


def chart(audits: Makers, **changes: Any) -> dict[str, Any]:
    values = [0.96, 0.95, 0.91, 0.78, 0.52, 0.24]
    curve = audits.curve(values, doses=[0, 0.08, 0.12, 0.18, 0.26, 0.38], **changes)
    view = _build.view(audits.audit({"image:image/gaussian-noise": curve}))
    return _charts.spec(view.ranked[0], view.domain, view.metric, view.confidence)


def test_both_axes_are_named(audits: Makers) -> None:
    titles = re.findall(r'"title": "([^"]*)"', json.dumps(chart(audits), ensure_ascii=False))
    assert {"σ (full scale = 1)", "severity", "accuracy"} == set(titles)


def test_clean_is_dashed_and_chance_is_dotted(audits: Makers) -> None:
    layers = chart(audits)["layer"]
    dashes = [layer["mark"].get("strokeDash") for layer in layers]
    assert [[6, 4], [1.5, 3]] == [dash for dash in dashes if dash]


def test_no_chance_no_line(audits: Makers) -> None:
    layers = chart(audits, chance=None)["layer"]
    assert 1 == sum("strokeDash" in layer["mark"] for layer in layers)


@pytest.mark.parametrize(
    ("values", "expected"), [([0.9, 0.1], (0.0, 1.0)), ([2.0, 9.0], (0.0, 9.4))]
)
def test_vertical_range_is_common(
    values: list[float], expected: tuple[float, float], audits: Makers
) -> None:
    curve = audits.curve(values, half=0.0, chance=None)
    domain = _build.view(audits.audit({"image/contrast": curve})).domain
    assert expected == pytest.approx(domain, abs=0.06)


@pytest.mark.slow
def test_picture_needs_no_script_and_follows_the_page_colours(audits: Makers) -> None:
    svg = _charts.static_svg(chart(audits))
    assert "var(--series)" in svg
    assert not re.search(r"<script|\sstyle=|#[0-9a-f]{6}", svg)


@pytest.mark.slow
def test_bundle_can_be_inlined() -> None:
    bundle = _charts.bundle().lower()
    assert "vegaembed" in bundle
    assert not re.search(r"</script|<!--|\r", bundle)
