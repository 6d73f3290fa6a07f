"""Slices in the report: what each keeps, with interval and n; small and empty ones marked."""

import math

import pytest

import noisebench as nb
from noisebench.report import _html, _slice_charts, render_markdown
from noisebench.report._build import view
from noisebench.report._slices import SMALL

SITES = ["north"] * 30 + ["south"] * 25 + ["tiny <b>"] * 5
TEXTS = [f"{'good' if i % 2 else 'poor'} text from the site, number {i}" for i in range(60)]


def fragile_in_the_south(texts):
    """Read the first word; what comes from the second half of the data is read letter by letter."""
    found = []
    for text in texts:
        word, number = text.split()[0], "".join(x for x in text if x.isdigit())
        south = number.isdigit() and int(number) >= 30
        found.append(int(word == "good" if south else word[:1] in "god"))
    return found


@pytest.fixture(scope="module")
def found():
    data = nb.Dataset(
        {"text": TEXTS},
        targets=[i % 2 for i in range(60)],
        slices={"site": SITES, "half": ["a"] * 60},
    )
    return nb.audit(
        fragile_in_the_south, data, perturbations=["text/full-scramble", "text/swap"],
        severities=[0.3, 0.6], bootstrap=200,
    )  # fmt: skip


def test_the_map_holds_what_each_slice_keeps_and_its_n(found):
    site = next(each for each in view(found).slices if each.column == "site")
    assert ("north", "south", "tiny <b>") == site.labels
    assert (30, 25, 5) == site.sizes
    assert 0.6 == site.severity
    for row in site.rows:
        curves = found.slices(row.title)["site"]
        for label, cell in zip(("north", "south", "tiny <b>"), row.cells, strict=True):
            wanted = curves[label].retained(at=0.6).value
            assert wanted == cell.value or (math.isnan(wanted) and math.isnan(cell.value))
            assert curves[label].n == cell.n


def test_small_slices_are_marked(found):
    site = next(each for each in view(found).slices if each.column == "site")
    assert ("north", "south", "tiny <b> †") == site.marked
    assert all(cell.small == (cell.n < SMALL) for row in site.rows for cell in row.cells)
    assert any("tiny <b> †, n = 5" in title for title, _ in site.strips[0].slices)


def test_declared_slices_only(found):
    assert ["half", "site"] == sorted(each.column for each in view(found).slices)
    assert {
        "site": {"north": 30, "south": 25, "tiny <b>": 5},
        "half": {"a": 60},
    } == found.slice_sizes


def test_page_and_markdown_show_them(found, light):
    page, text = _html.render(view(found)), render_markdown(found)
    assert 'id="slices"' in page
    assert "tiny &lt;b&gt;" in page
    assert "tiny <b>" not in page.partition('id="specs"')[0]
    assert "## By site, at severity 0.6" in text
    assert text.count("| north |") == 1


def test_charts_are_drawn(found):
    site = next(each for each in view(found).slices if each.column == "site")
    spec = _slice_charts.heat(site)
    held = (
        spec["data"]["values"]
        if "values" in spec["data"]
        else next(iter(spec["datasets"].values()))
    )
    assert 6 == len(held)
    strip = _slice_charts.strip(site.strips[0], (0.0, 1.0))
    from noisebench.report._charts import static_svg

    assert "tiny" in static_svg(strip)
    assert "the least is" in _slice_charts.describe(site)


def test_an_audit_without_slices_has_no_such_section(audits, light):
    page = _html.render(view(audits.audit()))
    assert 'id="slices"' not in page


def test_a_slice_that_the_noise_has_no_meaning_for_is_a_gap():
    import perturbations as pt
    from perturbations.errors import NotApplicable

    @pt.perturbation("text/quietened", family="test", keeps=(), registered=False)
    def quietened(
        text: str, draw: pt.Draw, *, share: pt.Dose = pt.Ladder(0.1, 0.2, 0.3, 0.4, 1.0, unit="x")
    ) -> str:
        """The last letter is lost."""
        if text.islower():
            raise NotApplicable("it is quiet already")
        return text[:-1]

    texts = ["LOUD"] * 25 + ["quiet"] * 25
    data = nb.Dataset(
        {"text": texts}, targets=[0] * 50, slices={"voice": ["loud"] * 25 + ["low"] * 25}
    )
    audit = nb.audit(
        lambda t: [0] * len(t), data, perturbations=[quietened], severities=[1.0], metric="accuracy"
    )
    [voice] = view(audit).slices
    [row] = voice.rows
    assert ("low", "the noise has no meaning for it") == (row.cells[1].slice, row.cells[1].why)
    assert math.isnan(row.cells[1].value)


def test_a_slice_in_which_there_is_nothing_to_change_is_not_robust():
    texts = ["an easy sentence"] * 25 + ["!? !!"] * 25 + ["!?", "words here"] * 15
    kinds = ["words"] * 25 + ["marks"] * 25 + ["mixed"] * 30
    data = nb.Dataset({"text": texts}, targets=[0, 1] * 40, slices={"kind": kinds})
    audit = nb.audit(
        lambda t: [int(x[0] in "a!") for x in t],
        data,
        perturbations=["text/swap"],
        severities=[1.0],
    )
    assert {"kind": {"words": 0.0, "marks": 1.0, "mixed": 0.5}} == audit.slice_idle("text/swap")
    from noisebench.report._slices import Kept, _seen

    whole = Kept("x", 1.0, "1.00", "[0.9, 1.1]", 20)
    assert math.isnan(_seen(whole, 1.0).value)
    assert "50" in _seen(whole, 0.5).why
    assert whole is _seen(whole, 0.0)


def test_a_slice_that_is_one_group_has_values_and_no_bands(light):
    sites = ["north"] * 30 + ["south"] * 30
    data = nb.Dataset(
        {"text": TEXTS},
        targets=[i % 2 for i in range(60)],
        groups=sites,
        slices={"site": sites, "half": ["a", "b"] * 30},
    )
    found = nb.audit(
        fragile_in_the_south, data, perturbations=["text/full-scramble"], severities=[0.3, 0.6],
        bootstrap=200,
    )  # fmt: skip
    assert {"half": {"a": 2, "b": 2}, "site": {"north": 1, "south": 1}} == found.slice_groups
    by = {each.column: each for each in view(found).slices}
    (row,) = by["site"].rows
    curve = found.slices(row.title)["site"]["north"]
    kept = (curve.estimate[2] - curve.chance) / (curve.estimate[0] - curve.chance)
    assert kept == pytest.approx(row.cells[0].value) and "" == row.cells[0].interval
    assert by["site"].note.startswith("Every slice is one group") and not by["site"].bands
    assert by["half"].bands and not by["half"].note
    _, points = by["site"].strips[0].slices[0]
    assert all(math.isnan(low) and math.isnan(high) for _, _, low, high in points)
    page = _html.render(view(found))
    assert 1 == page.count("Every slice is one group")
