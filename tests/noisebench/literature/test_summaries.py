"""MMI, mRA, RCE, mRR, mCE and mRRA of audits: the definitions', with paired intervals, under their citations."""

import math

import numpy as np
import pytest

import noisebench as nb
from noisebench.errors import MetricError
from noisebench.literature import summaries_of
from noisebench.metrics import custom
from noisebench.metrics import multimodal as published
from tests.noisebench.literature.made import audit_of, falling
from tests.noisebench.small import classify, dataset

N = 400
GRID = (0.2, 0.4, 0.6, 0.8, 1.0)
FOG, BLUR = "image/fog", "image/blur"


def audits(n=N):
    """Return a model and a better one, each under two noises of five levels."""
    made = []
    for name, ends in (("mine", (0.9, 0.5, 0.7)), ("base", (0.95, 0.65, 0.8))):
        clean, fog = falling(n, ends[0], ends[1], levels=5)
        _, blur = falling(n, ends[0], ends[2], levels=5)
        made.append(audit_of({FOG: fog, BLUR: blur}, clean, severities=GRID, name=name))
    return made


@pytest.fixture(scope="module")
def both():
    return audits()


def performances(audit):
    curves = {name: curve.estimate for name, curve in audit.curves.items()}
    return {name: each[1:] for name, each in curves.items()}, float(curves[FOG][0])


def test_the_numbers_are_those_of_the_definitions(both):
    mine, base = both
    found = summaries_of(mine, baseline=base)
    own, clean = performances(mine)
    other, _ = performances(base)
    expected = {
        "MMI": published.multimodal_impact_score(own, clean),
        "mRA": published.mean_resistance_ability(own, clean),
        "RCE": published.relative_corruption_error(own, clean),
        "mRR": published.mean_resilience_rate(own, clean),
        "mRRA": published.mean_relative_resistance_ability(own, other),
        "mCE": published.mean_corruption_error_against(own, other),
    }
    assert expected == pytest.approx({name: float(found[name]) for name in expected})


def test_mmi_and_mra_are_complementary_with_their_intervals(both):
    found = summaries_of(both[0])
    lost, kept = found["MMI"].estimate, found["mRA"].estimate
    assert (1 - lost.value, 1 - lost.high, 1 - lost.low) == pytest.approx((kept.value, kept.low, kept.high))  # fmt: skip
    assert lost.low < lost.value < lost.high
    assert (False, True) == (found["MMI"].higher_is_better, found["mRA"].higher_is_better)


def test_a_baseline_against_itself_is_100_percent_and_0(both):
    found = summaries_of(both[1], baseline=both[1])
    mce = found["mCE"].estimate
    assert (100, 100, 100) == (mce.value, mce.low, mce.high)
    assert 0 == pytest.approx(float(found["mRRA"]))


def test_intervals_are_of_paired_samples(both):
    """The delta method on each sample's own errors, both models at once."""
    mine, base = both
    found = summaries_of(mine, baseline=base)["mCE"].estimate
    influence = np.zeros(N)
    for name in (FOG, BLUR):
        own, other = (1 - audit.curve(name).scores[1:].sum(axis=0) / 5 for audit in (mine, base))
        share = own.mean() / other.mean()
        influence += 50 * (own - share * other) / other.mean()
    half = 1.966 * influence.std(ddof=1) / np.sqrt(N)
    assert half == pytest.approx(found.value - found.low, rel=0.12)
    unpaired = audit_of(
        {name: base.curve(name).scores[1:, ::-1] for name in (FOG, BLUR)},
        base.curve(FOG).scores[0, ::-1],
        severities=GRID,
        ids=[str(i) for i in range(N)],
    )
    wider = summaries_of(mine, baseline=unpaired)["mCE"].estimate
    assert wider.high - wider.low > 1.2 * (found.high - found.low)


def test_every_noise_has_numbers_of_its_own(both):
    mine, base = both
    found = summaries_of(mine, baseline=base)
    own, clean = performances(mine)
    other, _ = performances(base)
    fog = found.by_sweep[FOG]
    assert 3 == len(fog)
    numbers = [
        published.resistance_ability(own[FOG], clean),
        published.relative_resistance_ability(own[FOG], other[FOG]),
        published.mean_corruption_error_against({FOG: own[FOG]}, {FOG: other[FOG]}),
    ]
    assert numbers == pytest.approx([float(each) for each in fog.values()])
    titles = ["RA", "RRA", "CE"]
    assert titles == [each.name for each in fog.values()]


def test_names_come_with_their_citation_and_are_found_by_either(both):
    found = summaries_of(both[0], baseline=both[1])
    assert [
        "MMI (Qiu et al. 2022)",
        "mRA (Beemelmanns et al. 2024)",
        "RCE (Dong et al. 2023)",
        "mRR (Kong et al. 2023)",
        "mRRA (Beemelmanns et al. 2024)",
        "mCE (Hendrycks and Dietterich 2019; Kong et al. 2023)",
    ] == list(found)
    assert found["MMI (Qiu et al. 2022)"] is found["MMI"]
    assert "MMI" in found
    with pytest.raises(MetricError, match="did you mean MMI"):
        found["MMII"]


def test_a_number_that_needs_a_baseline_says_so(both):
    found = summaries_of(both[0])
    assert "mCE" not in found
    with pytest.raises(MetricError, match="baseline=other_audit"):
        found["mCE"]
    assert "baseline=other_audit" in repr(found)


def test_the_sentence_says_direction_cover_caveat_interval_and_n(both):
    text = str(summaries_of(both[0])["MMI"])
    assert text.startswith("MMI (Qiu et al. 2022): 0.")
    for part in (
        "lower is better",
        "over 2 noises at 5 severities to 1",
        "not normalised by chance",
        "(95 % interval, n = 400)",
    ):
        assert part in text
    assert "over image/fog at 5 severities" in str(summaries_of(both[0], sweeps=FOG)["MMI"])


def test_a_table_has_every_number_with_its_bounds(both):
    rows = summaries_of(both[0], baseline=both[1]).to_table()
    assert 6 + 2 * 3 == len(rows)
    assert [None] * 6 == [row["sweep"] for row in rows[:6]]
    assert all(row["low"] <= row["value"] <= row["high"] for row in rows)


def test_noises_can_be_chosen_by_pattern(both):
    own, clean = performances(both[0])
    found = summaries_of(both[0], sweeps=["*/fog"])
    assert published.multimodal_impact_score({FOG: own[FOG]}, clean) == pytest.approx(float(found["MMI"]))  # fmt: skip
    with pytest.raises(MetricError, match="did you mean image/fog"):
        summaries_of(both[0], sweeps=["image/fo"])


def test_only_single_noises_whose_severity_varies_count(both):
    clean, rows = both[0].curve(FOG).scores[0], both[0].curve(FOG).scores[1:]
    joint = audit_of({FOG: rows, "a/x + b/y": rows, "a/x > a/y": rows}, clean, severities=GRID)
    assert "over image/fog" in str(summaries_of(joint)["MMI"])
    fixed = audit_of({FOG: rows}, clean, severities=GRID, at=0.4)
    with pytest.raises(MetricError, match="one noise whose severity varies"):
        summaries_of(fixed)


def test_noises_that_the_baseline_lacks_are_left_out(both):
    mine, base = both
    clean, rows = base.curve(FOG).scores[0], base.curve(FOG).scores[1:]
    less = audit_of({FOG: rows}, clean, severities=GRID, name="base")
    assert "over image/fog" in str(summaries_of(mine, baseline=less)["mCE"])
    coarser = audit_of({FOG: rows[:3]}, clean, severities=GRID, name="base")
    with pytest.raises(MetricError, match=r"nb\.compare"):
        summaries_of(mine, baseline=coarser)


def test_a_model_at_chance_has_nothing_to_lose_and_this_is_said():
    clean, rows = falling(N, 0.5, 0.5, levels=5)
    found = summaries_of(audit_of({FOG: rows}, clean, severities=GRID))
    for each in found.values():
        assert math.isnan(each.estimate.value)
        assert f"{each.title}: undefined: the model is at chance" == str(each)


def test_a_baseline_that_cannot_normalise_is_said_in_words(both):
    mine = both[0]
    perfect = audit_of(
        {name: np.ones((5, N)) for name in (FOG, BLUR)}, np.ones(N), severities=GRID, name="ideal"
    )
    found = summaries_of(mine, baseline=perfect)
    assert "undefined: the baseline makes no error under image/fog, image/blur" in str(found["mCE"])
    assert math.isnan(float(found["mCE"]))
    assert float(found["mRRA"]) < 0
    blind = audit_of(
        {name: np.zeros((5, N)) for name in (FOG, BLUR)}, np.ones(N), severities=GRID, name="blind"
    )
    assert "performs at nothing under" in str(summaries_of(mine, baseline=blind)["mRRA"])


def test_a_baseline_that_hardly_errs_leaves_no_interval_and_this_is_said(both):
    rows = np.ones((5, N))
    rows[:, 0] = 0
    rare = audit_of({FOG: rows, BLUR: rows}, np.ones(N), severities=GRID, name="rare")
    found = summaries_of(both[0], baseline=rare)["mCE"]
    assert found.estimate.value > 100
    assert math.isnan(found.estimate.low)
    assert "no interval: in some resamples there is nothing to divide by" in str(found)


def test_losses_have_no_such_numbers():
    clean = np.random.default_rng(0).uniform(size=50)
    audit = audit_of({FOG: clean + np.ones((5, 1))}, clean, severities=GRID, metric="mae")
    with pytest.raises(MetricError, match="a metric where higher is better"):
        summaries_of(audit)


def test_a_score_of_another_range_has_no_mce_and_this_is_said():
    clean = np.random.default_rng(0).uniform(5, 9, size=60)
    metric = custom(lambda outputs, targets: outputs, name="points", low=0.0)
    audit = audit_of({FOG: clean - np.ones((5, 1))}, clean, severities=GRID, metric=metric, chance=1.0)  # fmt: skip
    found = summaries_of(audit, baseline=audit)
    with pytest.raises(MetricError, match=r"a score in \[0, 1\], which points is not"):
        found["mCE"]
    assert 0 == float(found["mRRA"])
    assert 1 / clean.mean() == pytest.approx(float(found["MMI"]))


def test_mce_against_a_real_audit():
    grid = {"severities": 2, "bootstrap": 100, "perturbations": ["image/contrast"]}
    found = nb.compare({"plain": classify, "blind": lambda x: np.zeros(len(x))}, dataset(), **grid)
    mce = found["blind"].mce(found["plain"])
    assert mce.text.startswith("mCE (Hendrycks and Dietterich 2019; Kong et al. 2023): ")
    table = found.summaries("plain")
    assert 100 == pytest.approx(float(table["plain"]["mCE"]))
    assert mce.value == float(table["blind"]["mCE"]) > 100
    assert "of plain, which has 100 %" in mce.text
    assert float(found["plain"].summaries()["MMI"]) > 0
    lines = repr(table).splitlines()
    assert list(table) == lines[0].split()
    assert 1 == len({line.index("[") for line in lines[1:] if "[" in line and "%" not in line})
    assert {"plain"} <= {row["model"] for row in table.to_table()}
    assert len(table) * len(table["plain"].to_table()) == len(table.to_table())
