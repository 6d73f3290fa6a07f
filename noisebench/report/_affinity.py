"""Which noise stands for which, for a report: findings in words, the matrix, what predicts the natural noise, every number."""

from collections.abc import Mapping
from typing import Any

from noisebench.affinity import Affinity, Predictor, Transfer
from noisebench.report import _numbers
from noisebench.report._affinity_view import AffinityView, GainCell, GainRow, PredictorRow
from noisebench.report._modalities_table import prose
from noisebench.report._text import line
from noisebench.report._topology import title_of
from noisebench.report._view import CurveView

CLEAN = "clean"


def affinity_of(audit: Any, curves: Mapping[str, CurveView]) -> AffinityView | None:
    """Return the view of the models that were trained on noise beside an audit; None where there are none."""
    found: Affinity | None = audit.affinity
    if found is None:
        return None
    names = {each: title_of(each, curves) for each in (*found.sources, *found.targets)}
    targets = found.targets if found.transfers else ()
    # In the order of the columns, so that what was trained on a noise meets it on the diagonal.
    sources = tuple(each for each in targets if each in found.sources and each != CLEAN)
    return AffinityView(
        findings=tuple(prose(each) for each in found.findings),
        open=tuple((prose(each.what), prose(each.why)) for each in found.unsaid),
        at=_numbers.number(found.at),
        n=_numbers.count(found.n),
        trained_on=_numbers.count(found.trained_on),
        sources=tuple(names[each] for each in sources),
        targets=tuple(names[each] for each in targets),
        cells=tuple(
            _cell(found[source, target], i, j, names)
            for i, source in enumerate(sources)
            for j, target in enumerate(targets)
        ),
        natural=line(found.natural) if found.natural and "/" in found.natural else "",
        predictors=tuple(_predictor(each, names) for each in found.predictors),
        rows=tuple(_row(each, names) for each in found.transfers.values()),
    )


def _cell(each: Transfer, row: int, column: int, names: Mapping[str, str]) -> GainCell:
    star = "*" if each.helps or each.harms else ""
    return GainCell(
        row,
        column,
        each.gain.value,
        f"{round(each.gain.value, 2) + 0.0:+.2f}{star}".replace("-", "−"),
        f"trained on {names[each.source]}, under {names[each.target]}: {line(each.gain.text)}; value {line(each.value.text)}",
    )


def _row(each: Transfer, names: Mapping[str, str]) -> GainRow:
    parts = (each.value, each.gain, each.recovered, each.wins)
    return GainRow(
        names[each.source],
        names[each.target],
        tuple(map(_parts, parts)),
        f"{each.affinity:.2f}",
    )


def _predictor(each: Predictor, names: Mapping[str, str]) -> PredictorRow:
    parts = (each.gain, each.recovered, each.models, each.samples)
    return PredictorRow(names.get(each.noise, line(each.noise)), tuple(map(_parts, parts)))


def _parts(found: Any) -> tuple[str, str]:
    if found is None:
        return "–", ""
    if found.low == found.value == found.high:
        return _numbers.number(found.value), ""
    return _numbers.parts(found.value, found.low, found.high)
