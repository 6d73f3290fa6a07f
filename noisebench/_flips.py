"""How often a sample's prediction flips as its noise grows: flip probability over the severities of one sweep.

Why not ImageNet-P's flip rate: there the frames are a video, here they are the severities of one draw; the formula is the same.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from noisebench._known import label
from noisebench._robustness import config_of
from noisebench.curve import Estimate
from noisebench.curve._answers import answers
from noisebench.curve._records import Missing, number, percent, span
from noisebench.curve._sample import Sample
from noisebench.errors import MetricError
from noisebench.metrics import Metric
from noisebench.metrics.robustness import flips
from noisebench.plan import Cell, Condition
from perturbations.errors import explain

if TYPE_CHECKING:
    from noisebench._audit import Audit

_CLEAN_KEY = Cell(Condition(None, 0.0)).key


def flip_rate(
    audit: "Audit", known: Mapping[str, Any], keys: Sequence[Sequence[str]], *, noise: bool | None
) -> Estimate:
    """Return the flip probability of one sweep.

    Args:
        audit: the audit.
        known: the sweep as the header describes it.
        keys: of its cells, by severity, then by replicate.
        noise: whether to compare with the clean prediction; by default where the noise's name says "noise".
    """
    if noise is None:
        noise = any("noise" in each.partition("(")[0] for each in known["noises"])
    lost = audit.left_out.get(known["sweep"], {})
    rows, places = _flips(audit, keys, lost, noise=noise)
    config, left_out = config_of(audit), len(audit._record.common) - len(places)  # noqa: SLF001
    sample = _sample(audit, rows, places)
    made = answers(
        sample, chance=None, confidence=config["confidence"], bootstrap=config["bootstrap"],
        seed=config["seed"],
    ).value(0)  # fmt: skip
    steps = ", ".join(f"{each:g}" for each in (0, *known["severities"]))
    against = "the clean prediction" if noise else "the severity before"
    gaps = f"; {left_out} samples without a prediction at some severity left out" * bool(left_out)
    text = (
        f"flip probability of {known['sweep']}: {number(made.value)} {span(made.low, made.high)}, each of the "
        f"severities {steps} compared with {against}{gaps}; these are severities of one draw and no frames of "
        f"ImageNet-P, and nothing divides it by AlexNet's, so it is no mFR "
        f"({percent(config['confidence'])} interval, n = {made.n})"
    )
    return Estimate(made.value, made.low, made.high, made.n, text)


def _flips(
    audit: "Audit", keys: Sequence[Sequence[str]], lost: Mapping[str, str], *, noise: bool
) -> tuple[np.ndarray, list[int]]:
    """Return each sample's share of flips, averaged over replicates, and which of the evaluated samples they are."""
    record = audit._record  # noqa: SLF001 - a part of the audit in a file of its own
    clean = record.predictions(_CLEAN_KEY)
    noisy = [[record.predictions(key) for key in level] for level in keys]
    rows, places = [], []
    for place, index in enumerate(record.common):
        name = record.ids[index]
        if name in lost:
            continue
        replicates = [
            [label(shown[name]) for shown in (clean, *one)] for one in zip(*noisy, strict=True)
        ]
        if all(each is not None for one in replicates for each in one):
            _demand_labels(replicates[0], audit.metrics[0])
            rows.append(float(flips(replicates, noise=noise).mean()))
            places.append(place)
    if not rows:
        hint = "see audit.failures for the reasons"
        raise MetricError(explain("predictions at every severity", "samples", 0, hint))
    return np.array(rows), places


def _demand_labels(predictions: Sequence[Any], metric: Metric) -> None:
    for each in predictions:
        if isinstance(each, float | list | dict):
            hint = "only labels and texts flip; score accuracy or agreement first"
            raise MetricError(
                explain(f"labels, as {metric.name} keeps them", "prediction", each, hint)
            )


def _sample(audit: "Audit", rows: np.ndarray, places: Sequence[int]) -> Sample:
    record = audit._record  # noqa: SLF001 - as above
    groups = record.column("group")
    codes = None
    if groups is not None:
        chosen = [str(groups[place]) for place in places]
        codes = np.unique(chosen, return_inverse=True)[1].astype(np.int64)
    metric = Metric("flip-probability", _no_scores, higher_is_better=False, low=0.0, high=1.0)
    ids = tuple(record.ids[record.common[place]] for place in places)
    scores = (rows[np.newaxis, :, np.newaxis],)
    return Sample(metric, (0.0,), ids, scores, codes, binary=False, missing=Missing(0, (0,), 0, ""))


def _no_scores(outputs: Any, targets: Any) -> Any:  # noqa: ARG001 - the form of a scorer
    raise MetricError("flips are read off stored predictions, not scored")
