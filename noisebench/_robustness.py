"""The published summary numbers of an audit of a preset: mCE, relative mCE, mPC, rPC, and how often predictions flip.

Every number is the one of `metrics.robustness`, with an interval from resampled samples (or groups). A resample is the same
for all corruptions, levels and the clean pass, since they saw the same samples.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from noisebench.curve import Estimate
from noisebench.curve._bands import Resamples, resample
from noisebench.curve._bounds import normal, ratio
from noisebench.curve._curve import need
from noisebench.curve._moments import Moments, moments
from noisebench.curve._records import number, percent, span
from noisebench.curve._sample import Sample
from noisebench.errors import MetricError
from noisebench.metrics import Metric
from noisebench.metrics import robustness as published
from noisebench.metrics._errors import checked
from perturbations.errors import explain

if TYPE_CHECKING:
    from noisebench._audit import Audit

Floats = NDArray[np.float64]
Normaliser = str | Mapping[str, Sequence[float]]

LEVELS = (0.2, 0.4, 0.6, 0.8, 1.0)
"""The severities of the published levels 1 to 5."""

_NOT_STORED = "noise with the published constants, not the stored data"


class Known(NamedTuple):
    """A normaliser with published errors."""

    said: str
    """What to call it."""
    errors: Mapping[str, Sequence[float]]
    """Of every corruption, levels 1 to 5; where only their mean is published, five times the mean."""
    clean: float | None
    """Its error on clean data; None where no verified number is known."""


class Definition(NamedTuple):
    """What mCE is on a preset."""

    corruptions: tuple[str, ...]
    known: Mapping[str, Known]
    """Published normalisers by name."""
    whole: float
    """The normaliser's own mCE: 100 or 1, as the benchmark writes it."""


ALEXNET = Known("AlexNet (errors on ImageNet's 1000 classes at 224 px)", published.ALEXNET, None)
DGCNN = Known(
    "DGCNN (mean errors on ModelNet40 at 1024 points)",
    {name: (error,) * len(LEVELS) for name, error in published.DGCNN.items()},
    published.DGCNN_CLEAN,
)
DEFINED: Mapping[str, Definition] = {
    "imagenet-c": Definition(published.CORRUPTIONS, {"alexnet": ALEXNET}, 100.0),
    "cifar-c": Definition(published.CORRUPTIONS, {}, 100.0),
    "modelnet-c": Definition(tuple(published.DGCNN), {"dgcnn": DGCNN}, 1.0),
}
"""Presets on which mCE is defined."""


@dataclass(frozen=True, slots=True)
class Corrupted:
    """What an audit knows of one preset: the scores of every corruption, all over the same samples."""

    preset: str
    names: tuple[str, ...]
    samples: tuple[Sample, ...]
    """One per corruption, with the clean pass and the five levels."""
    config: Mapping[str, Any]
    """Confidence, number of resamples and seed."""

    def errors(self) -> dict[str, list[float]]:
        """Return errors by corruption, levels 1 to 5."""
        shares = [sample.per_sample().mean(axis=1)[1:] for sample in self.samples]
        return {n: (1 - each).tolist() for n, each in zip(self.names, shares, strict=True)}

    def resampled(self) -> tuple[Floats, Floats, int]:
        """Return values (corruptions, severities), the same of every resample, and the number of units."""
        drawn = resample(self.samples, bootstrap=self.config["bootstrap"], seed=self.config["seed"])
        axes = (len(self.names), 1 + len(LEVELS))
        return drawn.estimate.reshape(axes), drawn.draws.reshape(-1, *axes), drawn.units

    def moments(self, drawn: Resamples, metric: Metric) -> Moments:
        """Return what is known of sums over corruptions and levels, in a range that `metric` states."""
        one = replace(self.samples[0], metric=metric, binary=False)
        return moments(one, drawn, chance=None)

    def coverage(self) -> str:
        """Say how many of the preset's corruptions were tested."""
        from perturbations import names

        known = [each.partition("/")[2] for each in names(preset=self.preset)]
        left_out = [each for each in known if each not in self.names]
        whole = DEFINED.get(self.preset)
        if not left_out or (whole is not None and self.names == whole.corruptions):
            return f"{len(self.names)} corruptions"
        which = ", ".join(left_out) if len(left_out) <= 4 else f"{len(left_out)} others"
        return f"{len(self.names)} of {len(known)} corruptions (without {which})"

    def said(self, what: str, unit: str, value: float, low: float, high: float) -> Estimate:
        """Return an estimate with its sentence."""
        n, least, most = self.samples[0].n, min(low, value), max(high, value)
        over = f"over {self.coverage()} at {len(LEVELS)} levels"
        gaps = "; a missing output counts as wrong" * any(each.missing for each in self.samples)
        text = (
            f"{what}: {number(value)}{unit} {span(least, most)} {over}, {_NOT_STORED}{gaps} "
            f"({percent(self.config['confidence'])} interval, n = {n})"
        )
        return Estimate(value, least, most, n, text)


def corrupted(audit: "Audit", metric: str | None, names: Sequence[str] | None = None) -> Corrupted:
    """Read the sweeps of the audit's preset: all that there are, or those of these corruptions.

    Raises:
        MetricError: there is no preset, or corruptions or levels are missing.
    """
    preset, sweeps = _sweeps(audit)
    chosen = tuple(sweeps) if names is None else tuple(names)
    _demand(audit, preset, sweeps, chosen)
    samples = [need(audit.curve(sweeps[n], metric=metric), "a summary").sample for n in chosen]
    return Corrupted(preset, chosen, _paired(samples), config_of(audit))


def config_of(audit: "Audit") -> dict[str, Any]:
    """Return confidence, number of resamples and seed."""
    known = audit.header["config"]
    seed = audit.header["plan"]["seed"]
    return {"confidence": known["confidence"], "bootstrap": known["bootstrap"], "seed": seed}


def _sweeps(audit: "Audit") -> tuple[str, dict[str, str]]:
    """Return the preset that the audit tested, and its sweeps by the corruption's bare name."""
    found: dict[str, dict[str, str]] = {}
    for known in audit.header["sweeps"]:
        first, _, name = str(known["noises"][0]).partition("/")
        plain = len(known["noises"]) == len(known["inputs"]) == 1 and "@" not in known["sweep"]
        if not plain or first == known["modality"]:
            continue
        taken = found.setdefault(first, {})
        if name in taken:
            both = [taken[name], known["sweep"]]
            hint = "audit one input at a time"
            raise MetricError(explain(f"one sweep of {first}/{name}", "sweeps", both, hint))
        taken[name] = known["sweep"]
    for preset in ("imagenet-c", "cifar-c", *found):
        if preset in found:
            return preset, found[preset]
    hint = 'nb.audit(model, data, perturbations=["imagenet-c"])'
    raise MetricError(explain("an audit of a preset", "sweeps", list(audit.sweeps), hint))


def _demand(audit: "Audit", preset: str, sweeps: Mapping[str, str], names: Sequence[str]) -> None:
    """Demand that every corruption was tested, at the five published levels."""
    missing = [name for name in names if name not in sweeps]
    if missing:
        skipped = {k: v for k, v in audit.skipped.items() if k.rpartition("/")[2] in missing}
        said = "; ".join(f"{k}: {v}" for k, v in skipped.items())
        hint = said or f'nb.audit(model, data, perturbations=["{preset}"])'
        expected = f"all {len(names)} corruptions of {preset}"
        raise MetricError(explain(expected, "missing", ", ".join(missing), hint))
    wanted = {sweeps[name] for name in names}
    for known in audit.header["sweeps"]:
        if known["sweep"] in wanted and tuple(known["severities"]) != LEVELS:
            expected = f"the levels 1 to 5 of {known['sweep']}, severities {LEVELS}"
            hint = "severities=5 measures them"
            raise MetricError(explain(expected, "severities", known["severities"], hint))


def _paired(samples: Sequence[Sample]) -> tuple[Sample, ...]:
    """Return the samples on the ids that all of them have."""
    common = set(samples[0].ids).intersection(*(each.ids for each in samples[1:]))
    if all(len(each.ids) == len(common) for each in samples):
        return tuple(samples)
    return tuple(
        each.take(np.array([i for i, name in enumerate(each.ids) if name in common]))
        for each in samples
    )


def mce(audit: "Audit", normaliser: Normaliser) -> Estimate:
    """Return mCE as the preset writes it: in percent, or as a ratio."""
    preset, defined = _defined(audit)
    found = corrupted(audit, _accuracy(audit), defined.corruptions)
    base = _normaliser(normaliser, preset, defined)
    value = published.mean_corruption_error(found.errors(), base.errors, defined.corruptions)
    sums = [sum(base.errors[name]) for name in found.names]
    what = f"mCE of {found.preset} against {base.said}"
    return _against(found, what, value, np.array(sums), defined, relative=False)


def relative_mce(audit: "Audit", normaliser: Normaliser, clean_error: float | None) -> Estimate:
    """Return relative mCE (RmCE) as the preset writes it: in percent, or as a ratio."""
    preset, defined = _defined(audit)
    base = _normaliser(normaliser, preset, defined)
    clean = base.clean if clean_error is None else clean_error
    if clean is None:
        who = base.said.partition(" (")[0]
        hint = f"pass clean_error=, a share; that of {who} is not verified here, so none is assumed"
        expected = "the normaliser's error on clean data"
        raise MetricError(explain(expected, "clean_error", None, hint))
    found = corrupted(audit, _accuracy(audit), defined.corruptions)
    value = published.relative_mean_corruption_error(
        found.errors(),
        clean_error=1 - float(found.samples[0].per_sample()[0].mean()),
        normaliser_clean_error=clean,
        normaliser=base.errors,
        corruptions=defined.corruptions,
    )
    sums = [sum(base.errors[name]) - len(LEVELS) * clean for name in found.names]
    what = f"relative mCE of {found.preset} against {base.said}"
    return _against(found, what, value, np.array(sums), defined, relative=True)


def mpc(audit: "Audit") -> Estimate:
    """Return mPC in the metric's own unit."""
    found = corrupted(audit, None)
    made = _performances(found)
    low, high = (float(edge[1]) for edge in made.interval(normal(found.config["confidence"])))
    what = f"mPC ({found.samples[0].metric.name}) under {found.preset}"
    return found.said(what, "", float(made.mean[1]), low, high)


def rpc(audit: "Audit") -> Estimate:
    """Return rPC, a share of the clean performance."""
    found = corrupted(audit, None)
    made = _performances(found)
    clean, noisy = made.mean
    mean, cov = made.pair(np.array([0.0, 1.0]))
    low, high = ratio(mean, cov, made.critical(found.config["confidence"]))
    if not clean > 0 or math.isnan(low):
        text = "undefined: the performance on clean data may be zero"
        return Estimate(math.nan, math.nan, math.nan, found.samples[0].n, text)
    what = f"rPC ({found.samples[0].metric.name}) under {found.preset}"
    return found.said(what, "", float(noisy / clean), low, high)


def _defined(audit: "Audit") -> tuple[str, Definition]:
    """Demand a preset on which mCE is defined."""
    preset, _ = _sweeps(audit)
    if preset not in DEFINED:
        hint = "audit.mpc() and audit.rpc() are for any preset"
        expected = f"an audit of {' or '.join(DEFINED)}, on which mCE is defined"
        raise MetricError(explain(expected, "preset", preset, hint))
    return preset, DEFINED[preset]


def _accuracy(audit: "Audit") -> str:
    names = [metric.name for metric in audit.metrics]
    if "accuracy" not in names:
        hint = 'nb.audit(..., metric=["accuracy", ...]); other metrics have audit.mpc() and audit.rpc()'
        raise MetricError(explain("the metric accuracy for mCE", "metrics", names, hint))
    return "accuracy"


def _normaliser(given: Normaliser, preset: str, defined: Definition) -> Known:
    """Return a normaliser's errors by name, and what to call it."""
    if not isinstance(given, str):
        return Known("the given normaliser", checked(given, "normaliser"), None)
    known = {name for each in DEFINED.values() for name in each.known}
    if given.lower() not in known:
        hint = "or pass a mapping from corruption name to its five errors"
        expected = " or ".join(f'"{name}"' for name in sorted(known))
        raise MetricError(explain(expected, "normaliser", given, hint))
    if given.lower() not in defined.known:
        theirs = " or ".join(f'"{name}"' for name in defined.known)
        own = f"take {theirs}" if theirs else f"{preset} has no published one: pass yours"
        hint = f"{own}, or take audit.mpc(), which nothing normalises"
        raise MetricError(explain(f"a normaliser measured on {preset}", "normaliser", given, hint))
    return defined.known[given.lower()]


def _against(
    found: Corrupted,
    what: str,
    percent: float,
    sums: Floats,
    defined: Definition,
    *,
    relative: bool,
) -> Estimate:
    """Return a mean of errors over sums of a normaliser's, with the interval of the same resampled."""
    _, draws, units = found.resampled()
    errors = 1 - draws
    added = errors[..., 1:].sum(axis=2) - (len(LEVELS) * errors[..., 0] if relative else 0)
    drawn = (defined.whole * added / sums).mean(axis=1)
    most = defined.whole * len(LEVELS) * float((1 / sums).mean())
    metric = replace(
        found.samples[0].metric, low=-most if relative else 0.0, high=most, higher_is_better=False
    )
    value = percent * defined.whole / 100
    made = found.moments(Resamples(np.array([value]), drawn[:, None], units), metric)
    low, high = (float(edge[0]) for edge in made.interval(normal(found.config["confidence"])))
    return found.said(what, " %" if defined.whole == 100 else "", value, low, high)


def _performances(found: Corrupted) -> Moments:
    """Return the moments of the clean performance and of mPC."""
    metric = found.samples[0].metric
    if not metric.higher_is_better:
        hint = "mPC and rPC are of performances; take accuracy or another score"
        raise MetricError(explain("a metric where higher is better", "metric", metric.name, hint))
    estimate, draws, units = found.resampled()
    both = [
        np.stack([each[..., 0, 0], each[..., 1:].mean(axis=(-2, -1))], axis=-1)
        for each in (estimate, draws)
    ]
    return found.moments(Resamples(both[0], both[1], units), metric)
