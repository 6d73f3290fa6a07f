"""mCE and its kin of an audit: the pure functions' numbers, with an interval."""

from types import SimpleNamespace

import numpy as np
import pytest

import noisebench as nb
from noisebench import _robustness
from noisebench.curve import Curve
from noisebench.errors import MetricError
from noisebench.metrics import get_metric
from noisebench.metrics import robustness as published
from tests.noisebench.small import classify, dataset, digits

N = 300
LEVELS = [0.2, 0.4, 0.6, 0.8, 1.0]


def outcomes(names=published.CORRUPTIONS, n=N, seed=0):
    """Return hits of a model: each sample has a strength, the same under every corruption."""
    strength = np.random.default_rng(seed).uniform(size=n)
    limits = {name: np.array(published.ALEXNET.get(name, (0.5,) * 5)) * 0.8 for name in names}
    clean = (strength > 0.2).astype(float)
    return clean, {name: (strength > each[:, None]).astype(float) for name, each in limits.items()}


def synthetic(preset="imagenet-c", severities=LEVELS, metrics=("accuracy",), skipped=None, **given):
    """Return what the summaries read of an audit, made of scores without a run."""
    clean, hits = outcomes(**given)
    sweeps = [
        {
            "sweep": f"{preset}/{name}", "noises": [f"{preset}/{name}"], "inputs": ["image"],
            "modality": "image", "severities": list(severities),
        }
        for name in hits
    ]  # fmt: skip
    curves = {
        f"{preset}/{name}": Curve.from_outcomes(severities=severities, clean=clean, outcomes=rows[: len(severities)], bootstrap=400)
        for name, rows in hits.items()
    }  # fmt: skip
    config = {"confidence": 0.95, "bootstrap": 400}
    return SimpleNamespace(
        header={"sweeps": sweeps, "config": config, "plan": {"seed": 0}},
        metrics=tuple(get_metric(each) for each in metrics),
        sweeps=tuple(curves),
        skipped=skipped or {},
        curve=lambda sweep, metric=None: curves[sweep],
    )


@pytest.fixture(scope="module")
def whole():
    return synthetic()


def per_sample(weights, clean_weight=0.0):
    """Return each sample's own contribution to a weighted sum of errors."""
    clean, hits = outcomes()
    over = sum(weights[name] * (1 - rows).sum(axis=0) for name, rows in hits.items())
    return over + clean_weight * (1 - clean)


def test_mce_is_the_published_number_with_a_paired_interval(whole):
    _, hits = outcomes()
    errors = {name: 1 - rows.mean(axis=1) for name, rows in hits.items()}
    found = _robustness.mce(whole, "alexnet")
    assert published.mean_corruption_error(errors) == found.value
    each = per_sample({name: 100 / 15 / sum(row) for name, row in published.ALEXNET.items()})
    assert each.mean() == pytest.approx(found.value)
    half = 1.968 * each.std(ddof=1) / np.sqrt(N)
    assert half == pytest.approx(found.high - found.value, rel=0.12)
    assert half == pytest.approx(found.value - found.low, rel=0.12)


def test_the_sentence_says_what_it_is(whole):
    text = str(_robustness.mce(whole, "alexnet").text)
    assert text.startswith(
        "mCE of imagenet-c against AlexNet (errors on ImageNet's 1000 classes at 224 px): "
    )
    assert "over 15 corruptions at 5 levels" in text
    assert "not the stored data" in text
    assert "(95 % interval, n = 300)" in text


def test_relative_mce_wants_the_normalisers_clean_error(whole):
    with pytest.raises(MetricError, match="not verified"):
        _robustness.relative_mce(whole, "alexnet", None)
    clean, hits = outcomes()
    errors = {name: 1 - rows.mean(axis=1) for name, rows in hits.items()}
    expected = published.relative_mean_corruption_error(
        errors, clean_error=1 - clean.mean(), normaliser_clean_error=0.3
    )
    found = _robustness.relative_mce(whole, "alexnet", 0.3)
    assert expected == found.value
    weights = {name: 100 / 15 / (sum(row) - 1.5) for name, row in published.ALEXNET.items()}
    each = per_sample(weights, -5 * sum(weights.values()))
    assert each.mean() == pytest.approx(found.value)
    assert 1.968 * each.std(ddof=1) / np.sqrt(N) == pytest.approx(
        found.high - found.value, rel=0.12
    )


def test_mpc_and_rpc_are_not_normalised(whole):
    clean, hits = outcomes()
    mean = np.mean([rows.mean() for rows in hits.values()])
    mpc, rpc = _robustness.mpc(whole), _robustness.rpc(whole)
    assert mean == pytest.approx(mpc.value)
    assert mean / clean.mean() == pytest.approx(rpc.value)
    assert mpc.low < mpc.value < mpc.high
    assert rpc.low < rpc.value < rpc.high
    assert mpc.text.startswith("mPC (accuracy) under imagenet-c")
    assert "mCE" not in mpc.text + rpc.text


def test_pairing_makes_rpc_tighter_than_its_parts(whole):
    mpc, rpc = _robustness.mpc(whole), _robustness.rpc(whole)
    assert (rpc.high - rpc.low) / rpc.value < (mpc.high - mpc.low) / mpc.value


def test_a_missing_corruption_or_level_or_metric_is_named():
    few = synthetic(names=published.CORRUPTIONS[:13], skipped={"imagenet-c/pixelate": "too small"})
    with pytest.raises(MetricError, match=r"missing=.pixelate, jpeg-compression.[^!]*too small"):
        _robustness.mce(few, "alexnet")
    with pytest.raises(MetricError, match="levels 1 to 5 of imagenet-c/gaussian-noise"):
        _robustness.mce(synthetic(severities=LEVELS[:3]), "alexnet")
    with pytest.raises(MetricError, match="accuracy for mCE"):
        _robustness.mce(synthetic(metrics=["f1"]), "alexnet")
    assert "over 13 of 15 corruptions" in _robustness.mpc(few).text


def test_cifar_c_has_no_normaliser_but_the_one_that_is_passed():
    small = synthetic("cifar-c", n=60)
    with pytest.raises(MetricError, match="a normaliser measured on cifar-c"):
        _robustness.mce(small, "alexnet")
    with pytest.raises(MetricError, match="a normaliser measured on cifar-c"):
        _robustness.relative_mce(small, "alexnet", 0.2)
    own = dict.fromkeys(published.CORRUPTIONS, (0.5,) * 5)
    found = _robustness.mce(small, own)
    assert found.text.startswith("mCE of cifar-c against the given normaliser")
    with pytest.raises(MetricError, match='"alexnet"'):
        _robustness.mce(small, "resnet50")
    with pytest.raises(MetricError, match="a list has no names"):
        _robustness.mce(small, list(own.values()))


def test_a_perfect_model_still_has_an_interval():
    perfect = dict.fromkeys(published.CORRUPTIONS, (0.0,) * 5)
    found = synthetic(n=50)
    ones = Curve.from_outcomes(severities=LEVELS, clean=np.ones(50), outcomes=np.ones((5, 50)), bootstrap=100)  # fmt: skip
    found.curve = lambda sweep, metric=None: ones
    mce = _robustness.mce(found, "alexnet")
    assert published.mean_corruption_error(perfect) == mce.value == mce.low == 0
    assert mce.high > 1


def test_an_audit_without_a_preset_says_how_to_get_one(ran):
    for ask in (lambda: ran.mce("alexnet"), ran.mpc, ran.rpc):
        with pytest.raises(MetricError, match="imagenet-c"):
            ask()
    with pytest.raises(MetricError, match="imagenet-c"):
        ran.relative_mce("alexnet")


@pytest.fixture(scope="module")
def ran():
    return nb.audit(classify, dataset(), perturbations=["image/gaussian-noise", "image/contrast"], replicates=2, bootstrap=200)  # fmt: skip


def _labels(audit, sweep, replicate):
    record = audit._record
    keys = [key for key in audit.header["cells"] if key.startswith(f"{sweep}|") and key.endswith(f"={replicate}")]  # fmt: skip
    columns = [record.predictions(key) for key in ("clean|s=0|r=0", *keys)]
    return [[column[name] for column in columns] for name in record.ids]


@pytest.mark.parametrize(
    ("sweep", "noise"), [("image/gaussian-noise", True), ("image/contrast", False)]
)
def test_flips_follow_the_severities_and_noise_is_compared_with_the_clean_prediction(
    ran, sweep, noise
):
    both = [published.flip_probability(_labels(ran, sweep, k), noise=noise) for k in range(2)]
    found = ran.flip_rate(sweep)
    assert np.mean(both) == pytest.approx(found.value)
    assert 0 < found.low < found.value < found.high < 1
    assert ("the clean prediction" if noise else "the severity before") in found.text
    assert "no frames of ImageNet-P" in found.text
    other = ran.flip_rate(sweep, noise=not noise)
    assert found.value != other.value


def test_flips_need_labels():
    audit = nb.audit(
        lambda x: np.asarray(x).mean(axis=(1, 2)) / 7, dataset(12), perturbations="image/contrast", metric="mae", severities=2, bootstrap=100,
    )  # fmt: skip
    with pytest.raises(MetricError, match="labels"):
        audit.flip_rate("image/contrast")


@pytest.mark.slow
def test_a_real_audit_of_the_preset_has_every_number():
    colour = np.repeat(np.kron(digits(24)[0], np.ones((1, 4, 4), np.uint8))[..., None], 3, axis=3)
    data = nb.Dataset({"image": colour}, digits(24)[1])
    audit = nb.audit(
        lambda x: classify(np.asarray(x)[:, ::4, ::4, 0]), data, perturbations=["imagenet-c"], bootstrap=200
    )  # fmt: skip
    mce = audit.mce("alexnet")
    assert 0 <= mce.low <= mce.value <= mce.high
    assert 0 <= audit.mpc().value <= 1
    assert audit.rpc().value <= 1.2
    assert (
        audit.relative_mce("alexnet", clean_error=0.4).low
        < audit.relative_mce("alexnet", clean_error=0.4).high
    )
    assert 0 <= audit.flip_rate("imagenet-c/gaussian-noise").value <= 1


CLOUDS = tuple(published.DGCNN)


def clouds(shift=0.0, clean=None, **given):
    """Return an audit of modelnet-c whose errors are DGCNN's, times a factor, exactly: 1000 samples."""
    n = 1000
    rank = (np.arange(n) + 0.5) / n
    rows = {
        name: np.tile((rank > error * (1 + shift)).astype(float), (5, 1))
        for name, error in published.DGCNN.items()
    }
    kept = (rank > (published.DGCNN_CLEAN if clean is None else clean)).astype(float)
    audit = synthetic("modelnet-c", names=CLOUDS, n=n, **given)
    curves = {
        f"modelnet-c/{name}": Curve.from_outcomes(severities=LEVELS, clean=kept, outcomes=each, bootstrap=100)
        for name, each in rows.items()
    }  # fmt: skip
    audit.curve = lambda sweep, metric=None: curves[sweep]
    return audit


def test_dgcnn_against_itself_is_one():
    audit = clouds()
    mce, rmce = _robustness.mce(audit, "dgcnn"), _robustness.relative_mce(audit, "dgcnn", None)
    assert 1.0 == pytest.approx(mce.value, abs=1e-12)
    assert 1.0 == pytest.approx(rmce.value, abs=1e-12)
    assert mce.low < 1 < mce.high
    assert rmce.low < 1 < rmce.high


def test_mce_of_clouds_is_a_ratio_and_says_of_what():
    found = _robustness.mce(clouds(), "DGCNN")
    assert str(found.text).startswith(
        "mCE of modelnet-c against DGCNN (mean errors on ModelNet40 at 1024 points): 1.0"
    )
    assert "over 7 corruptions at 5 levels" in found.text
    assert "%" not in found.text.partition(" over ")[0]


def test_relative_mce_of_clouds_is_of_what_corruption_adds():
    """A model without clean errors that errs as DGCNN does adds more, corruption by corruption."""
    found = _robustness.relative_mce(clouds(clean=0.0), "dgcnn", None)
    rows = published.DGCNN.values()
    expected = np.mean([error / (error - published.DGCNN_CLEAN) for error in rows])
    assert expected == pytest.approx(found.value)


def test_a_normaliser_is_of_its_own_preset():
    with pytest.raises(MetricError, match=r'measured on modelnet-c[^!]*take "dgcnn"'):
        _robustness.mce(clouds(), "alexnet")
    with pytest.raises(MetricError, match=r'measured on imagenet-c[^!]*take "alexnet"'):
        _robustness.mce(synthetic(), "dgcnn")
    with pytest.raises(MetricError, match='"alexnet" or "dgcnn"'):
        _robustness.mce(clouds(), "pointnet")


def test_clouds_may_have_a_normaliser_of_ones_own():
    own = {name.replace("drop-", "dropout_"): (0.5,) * 5 for name in CLOUDS}
    found = _robustness.mce(clouds(), own)
    assert np.mean([*published.DGCNN.values()]) / 0.5 == pytest.approx(found.value)
    with pytest.raises(MetricError, match="missing of the normaliser"):
        _robustness.mce(clouds(), {"scale": (0.5,) * 5})
    with pytest.raises(MetricError, match="clean_error"):
        _robustness.relative_mce(clouds(), own, None)


def test_mce_is_of_the_fifteen_and_of_no_other_set():
    other = synthetic("imagenet-c-bar", n=60)
    with pytest.raises(MetricError, match="on which mCE is defined"):
        _robustness.mce(other, "alexnet")
