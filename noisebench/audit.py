"""The audit: a run of a plan and everything that is read off it; the only thing a report reads."""

import importlib
import math
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from noisebench._header import COMPLETE, STOPPED, make_header
from noisebench._record import Record
from noisebench._rundir import GALLERY, HEADER, LEDGER, locked, open_ledger, write_header
from noisebench._specimen import export
from noisebench.curve import Curve, Estimate
from noisebench.data import Dataset
from noisebench.errors import DataError, LedgerError, MetricError, PlanError
from noisebench.ledger import Ledger
from noisebench.metrics import Metric, get_metric
from noisebench.models import Model, as_model
from noisebench.plan import CLEAN, Cell, Condition, Plan, Selection, make_plan
from noisebench.run import Interrupted, Progress, execute
from perturbations.errors import did_you_mean, explain

__all__ = ["Audit", "audit", "load"]

MOST_LABELS = 50
"""Most labels of a slice; a target with more of them is not a label."""

_CLEAN_KEY = Cell(Condition(None, 0.0)).key
MetricLike = str | Metric | Callable[..., Any]


class Audit:
    """One finished (or interrupted) run: header, curves, failures, gallery."""

    def __init__(self, directory: Path | str, *, holder: Any = None) -> None:
        """Read a run directory.

        Args:
            directory: where the run is.
            holder: what keeps a temporary directory alive.

        Raises:
            LedgerError: there is no run, or a damaged one.
        """
        self.directory = Path(directory)
        self._record = Record(self.directory)
        self._holder = holder
        self._made: dict[tuple[str, str], Curve] = {}

    def __repr__(self) -> str:
        return "\n".join(self.verdict)

    @property
    def header(self) -> dict[str, Any]:
        """Resolved configuration, versions, hashes, description of data, model and plan."""
        return self._record.header

    @property
    def complete(self) -> bool:
        """Whether every cell has every sample; otherwise curves rest on the samples that every cell has."""
        return self._record.complete

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """What was scored; the first one draws the curves."""
        return tuple(map(_metric, self.header["metrics"]))

    @property
    def sweeps(self) -> tuple[str, ...]:
        """The sweeps in their text form."""
        return tuple(each["sweep"] for each in self.header["sweeps"])

    @cached_property
    def curves(self) -> Mapping[str, Curve]:
        """The curve of every sweep that has one, made when asked for."""
        return _Curves(self, tuple(n for n in self.sweeps if n not in self._without_curve))

    def __getitem__(self, name: str) -> Curve:
        return self.curves[self.find(name)]

    def find(self, name: str) -> str:
        """Return the sweep that a text form, or an unambiguous name of a noise, means.

        Raises:
            PlanError: there is none, or there are several.
        """
        if name in self.sweeps:
            return name
        fitting = [each["sweep"] for each in self.header["sweeps"] if _means(each, name)]
        if len(fitting) == 1:
            return str(fitting[0])
        if fitting:
            raise PlanError(explain("one sweep", "name", name, f"say which: {' or '.join(fitting)}"))
        if name in self.header["skipped"]:
            reason = f"it was not tested: {self.header['skipped'][name]}"
            raise PlanError(explain("a sweep of this audit", "name", name, reason))
        hint = did_you_mean(name, self.sweeps)
        raise PlanError(explain("a sweep of this audit", "name", name, hint))

    def curve(self, name: str, *, metric: str | None = None) -> Curve:
        """Return the curve of a sweep in one of the audit's metrics; the first by default."""
        sweep = self.find(name)
        chosen = self._metric(metric)
        if (sweep, chosen.name) not in self._made:
            self._made[sweep, chosen.name] = self._curve(sweep, chosen, None, sweep)
        return self._made[sweep, chosen.name]

    def slices(self, name: str, *, metric: str | None = None) -> dict[str, dict[str, Curve]]:
        """Return a sweep's curves on every declared slice, and on every target where targets are labels."""
        sweep, chosen = self.find(name), self._metric(metric)
        columns = dict(self._record.slices())
        targets = self._record.column("target")
        if targets is not None and _are_labels(targets):
            columns.setdefault("target", targets)
        found: dict[str, dict[str, Curve]] = {}
        for column, labels in columns.items():
            for label in sorted(set(map(str, labels))):
                rows = np.array([i for i, each in enumerate(labels) if str(each) == label])
                title = f"{sweep}, {column} = {label}"
                curve = self._curve(sweep, chosen, rows, title)
                found.setdefault(column, {})[label] = curve
        return found

    @property
    def clean(self) -> Estimate:
        """The metric on untouched data, with its interval and n."""
        if not self.curves:
            raise DataError(f"no curve could be made\n  {'; '.join(self._without_curve.values())}")
        return next(iter(self.curves.values())).clean

    @cached_property
    def failures(self) -> list[dict[str, Any]]:
        """Every missing evaluation: cell, sweep, severity, replicate, id and reason."""
        return [
            {"cell": key, **_cell_facts(key), "id": name, "reason": why}
            for key in self.header["cells"]
            for name, why in self._record.failures(key)
        ]

    @cached_property
    def skipped(self) -> dict[str, str]:
        """Noises that were not tested, with the reason."""
        return dict(self.header["skipped"]) | self._without_curve

    @cached_property
    def samples(self) -> list[dict[str, Any]]:
        """One sample of each input, clean and under every noise."""
        return self._record.samples()

    @cached_property
    def distortion(self) -> dict[str, dict[float, dict[str, float]]]:
        """Sweep to severity to the mean of every measure of distortion."""
        return {each["sweep"]: self._distortion(each) for each in self.header["sweeps"]}

    @property
    def references(self) -> dict[str, Any]:
        """Fitted statistics of the clean data that noises used, by input, as plain data."""
        return dict(self._record.ledger.get("references") or {})

    @cached_property
    def verdict(self) -> tuple[str, ...]:
        """What came out, in sentences."""
        return _verdict(self)

    def to_table(self) -> list[dict[str, Any]]:
        """Return a row per sweep and severity: estimate, band, n, dose, distortion, missing."""
        return [row for name, curve in self.curves.items() for row in _table_rows(self, name, curve)]

    def export_parquet(self, path: Path | str) -> Path:
        """Write a row per cell and sample; needs the extra `parquet`.

        Raises:
            MissingExtra: pyarrow is not installed.
        """
        from noisebench._export import write_parquet

        return write_parquet(self._record, self.metrics, Path(path))

    def save(self, path: Path | str) -> Path:
        """Copy the audit into a directory of its own.

        Raises:
            LedgerError: the directory holds another audit.
        """
        target = Path(path)
        if target.resolve() == self.directory.resolve():
            return target
        if (target / LEDGER).exists():
            hint = "give a new directory"
            raise LedgerError(explain("a directory without an audit", "path", str(path), hint))
        with locked(target):
            self._record.ledger.copy(target / LEDGER)
            export(self.samples, target / GALLERY)
            shutil.copyfile(self.directory / HEADER, target / HEADER)
        return target

    def report(self, path: Path | str | None = None) -> Any:
        """Write the report as HTML and Markdown; beside the audit unless a directory is given."""
        # By name: the report knows the audit, not the other way round.
        report = importlib.import_module("noisebench.report")
        return report.write_report(self, self.directory if path is None else Path(path))

    @cached_property
    def _without_curve(self) -> dict[str, str]:
        """Sweeps whose curve cannot be made, because too much is missing."""
        found: dict[str, str] = {}
        for sweep in {each["sweep"] for each in self.failures}:
            for name in self.sweeps if sweep == CLEAN else (sweep,):
                try:
                    self.curve(name)
                except (DataError, MetricError) as error:
                    found[name] = " ".join(str(error).split())
        return found

    def _metric(self, name: str | None) -> Metric:
        if name is None:
            return self.metrics[0]
        for metric in self.metrics:
            if metric.name == name:
                return metric
        hint = did_you_mean(name, [metric.name for metric in self.metrics])
        raise MetricError(explain("a metric of this audit", "metric", name, hint))

    def _columns(self, metric: Metric) -> slice:
        widths = self.header.get("widths") or [1] * len(self.metrics)
        place = [each.name for each in self.metrics].index(metric.name)
        return slice(sum(widths[:place]), sum(widths[: place + 1]))

    def _curve(self, sweep: str, metric: Metric, rows: Any, title: str) -> Curve:
        known = next(each for each in self.header["sweeps"] if each["sweep"] == sweep)
        record, columns = self._record, self._columns(metric)
        clean = record.scores(_CLEAN_KEY, columns)
        outcomes = np.stack([
            np.stack([record.scores(key, columns) for key in keys]) for keys in self._keys(known)
        ])  # fmt: skip
        chosen = np.arange(len(clean)) if rows is None else rows
        if not len(chosen):
            hint = "run the audit again with the same run_dir to go on"
            raise DataError(f"no sample has been through every cell yet\n  {hint}")
        groups = record.column("group")
        ids = [record.ids[record.common[i]] for i in chosen]
        return Curve.from_outcomes(
            severities=known["severities"],
            clean=clean[chosen],
            outcomes=outcomes[:, :, chosen],
            metric=metric,
            name=title,
            groups=None if groups is None else [groups[i] for i in chosen],
            ids=ids,
            chance=self._chance(metric),
            confidence=self.header["config"]["confidence"],
            bootstrap=self.header["config"]["bootstrap"],
            seed=self.header["plan"]["seed"],
            doses=_doses(known["doses"]),
            unit=known["unit"],
            reproduce=_reproduce(known, self.header),
        )

    def _keys(self, known: Mapping[str, Any]) -> list[list[str]]:
        """Return the keys of a sweep's cells: by severity, then by replicate."""
        prefix, count = f"{known['sweep']}|s=", known["replicates"]
        keys = [key for key in self.header["cells"] if key.startswith(prefix)]
        return [keys[i : i + count] for i in range(0, len(keys), count)]

    def _distortion(self, known: Mapping[str, Any]) -> dict[float, dict[str, float]]:
        found: dict[float, dict[str, float]] = {}
        for severity, keys in zip(known["severities"], self._keys(known), strict=True):
            parts = [self._record.distortion(key) for key in keys]
            names = dict.fromkeys(name for part in parts for name in part)
            found[severity] = {
                n: float(np.mean([part[n] for part in parts if n in part])) for n in names
            }
        return found

    def _chance(self, metric: Metric) -> float | None:
        """Return the best constant predictor's value on all evaluated samples, for slices too."""
        known = self._record.column("target")
        if metric.needs_clean:
            shown = self._record.predictions(_CLEAN_KEY)
            known = [_label(shown[self._record.ids[i]]) for i in self._record.common]
        if not known or any(each is None for each in known):
            return None
        try:
            return metric.chance(np.asarray(known) if not isinstance(known[0], str) else known)
        except (MetricError, TypeError, ValueError):
            return None


class _Curves(Mapping[str, Curve]):
    """Curves by sweep, each made when first asked for."""

    def __init__(self, audit: Audit, names: Sequence[str]) -> None:
        self._audit, self._names = audit, tuple(names)

    def __getitem__(self, name: str) -> Curve:
        if name not in self._names:
            raise KeyError(name)
        return self._audit.curve(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def audit(
    model: Any,
    data: Dataset,
    *,
    perturbations: Selection | Iterable[Selection] = "all",
    metric: MetricLike | Sequence[MetricLike] = "accuracy",
    severities: int | Iterable[float] = 5,
    replicates: int = 1,
    seed: int = 0,
    run_dir: Path | str | None = None,
    batch_size: int = 256,
    workers: int = 1,
    device: Any = None,
    distortion: str = "subset",
    gallery: bool = True,
    confidence: float = 0.95,
    bootstrap: int = 2000,
    name: str = "",
    command: str = "",
    progress: Progress | None = None,
) -> Audit:
    """Put noise into data and measure how a model takes it.

    Args:
        model: a callable, a torch module, a scikit-learn estimator, or anything with `predict`.
        data: what the model is for.
        perturbations: sweeps, names, modalities, patterns, or "all".
        metric: a name, a Metric, a function (outputs, targets) -> (n,), or several; the first draws the curves.
        severities: how many equal steps up to 1, or the severities themselves.
        replicates: draws of every noise.
        seed: seed of all noise and of the order of the visit.
        run_dir: where the run is kept; the same call on the same directory resumes. None keeps nothing.
        batch_size: samples in a model call.
        workers: threads that make noise while the model predicts; 0 makes it between the calls.
        device: where a torch module runs.
        distortion: what distortion is measured on: "subset" (256 samples), "all" or "none".
        gallery: whether to keep a clean and a noisy value of each noise.
        confidence: of bands and intervals.
        bootstrap: number of resamples behind them.
        name: title for the report.
        command: what makes this audit again, for the report.
        progress: told of steps done, steps in all (0 when unknown), and what was just done.

    Raises:
        NoisebenchError: the model, the data, the metric or the plan is not what it should be.
        Interrupted: Ctrl-C; the message says how to go on.
    """
    if not isinstance(data, Dataset):
        hint = 'make one: nb.Dataset({"image": images}, targets=labels)'
        raise DataError(explain("a Dataset", "data", data, hint))
    _check_run(batch_size, workers)
    chosen = _metrics(metric, data)
    ready = as_model(model, device=device, containers=data.containers)
    plan = make_plan(
        data, perturbations, metrics=[each.name for each in chosen], severities=severities,
        replicates=replicates, seed=seed, distortion=distortion,
    )  # fmt: skip
    config = {
        "perturbations": [str(sweep) for sweep in plan.sweeps], "metric": chosen[0].name,
        "severities": list(plan.severities), "replicates": replicates, "seed": seed,
        "batch_size": batch_size, "workers": workers, "distortion": distortion, "gallery": gallery,
        "confidence": confidence, "bootstrap": bootstrap,
    }  # fmt: skip
    header = make_header(ready, data, plan, chosen, config) | {"name": name, "command": command}
    holder = tempfile.TemporaryDirectory(prefix="noisebench-") if run_dir is None else None
    directory = Path(holder.name if holder else str(run_dir))
    _run(ready, data, plan, chosen, header, directory, durable=holder is None, progress=progress)
    return Audit(directory, holder=holder)


def load(path: Path | str) -> Audit:
    """Read an audit from its run directory.

    Raises:
        LedgerError: there is no audit, or a damaged one.
    """
    return Audit(path)


def _run(
    model: Model,
    data: Dataset,
    plan: Plan,
    metrics: Sequence[Metric],
    header: dict[str, Any],
    directory: Path,
    *,
    durable: bool,
    progress: Progress | None,
) -> None:
    with locked(directory), closing(open_ledger(directory, plan, durable=durable)) as ledger:
        header["created"] = _created(ledger, header["created"])
        fresh = not (directory / HEADER).exists()
        if fresh:
            write_header(directory, header)
        config = header["config"]
        try:
            execute(
                model, data, plan, metrics, ledger, batch_size=config["batch_size"],
                workers=config["workers"], gallery=config["gallery"], progress=progress,
            )  # fmt: skip
        except Interrupted as stop:
            _finish(ledger, directory, header, STOPPED)
            raise Interrupted(_how_to_go_on(str(stop), directory, kept=durable)) from None
        except BaseException:
            if fresh:
                _finish(ledger, directory, header, STOPPED)
            raise
        _finish(ledger, directory, header, COMPLETE)
        ledger.seal()


def _finish(ledger: Ledger, directory: Path, header: dict[str, Any], status: str) -> None:
    findings = {key: ledger.get(key) for key in ("nondeterminism", "warnings", "widths", "samples")}
    header |= {"status": status} | {k: v for k, v in findings.items() if v is not None}
    if header["data"]["samples"] is None:
        header["data"]["samples"] = findings["samples"]
    write_header(directory, header)
    if status == COMPLETE and header["config"]["gallery"]:
        from noisebench._specimen import unpack

        export([unpack(*each) for each in ledger.specimens()], directory / GALLERY)


def _created(ledger: Ledger, now: str) -> str:
    created = ledger.get("created")
    if created is None:
        ledger.put("created", now)
        ledger.commit()
    return str(created or now)


def _how_to_go_on(stop: str, directory: Path, *, kept: bool) -> str:
    if kept:
        return f"{stop}\n  run the same command again, with run_dir={str(directory)!r}, to go on"
    return f"{stop.partition(';')[0]}\n  nothing was kept; give run_dir= to be able to go on"


def _metrics(metric: MetricLike | Sequence[MetricLike], data: Dataset) -> tuple[Metric, ...]:
    several = isinstance(metric, list | tuple)
    found = tuple(get_metric(each) for each in (metric if several else [metric]))  # type: ignore[union-attr,list-item]
    names = [each.name for each in found]
    if not found or len(set(names)) < len(names):
        raise MetricError(explain("metrics with different names", "metric", names))
    unlabelled = data.indexable and data.targets is None
    for each in found:
        if each.needs_targets and unlabelled:
            hint = 'give Dataset(targets=...), or use metric="agreement", which compares with the clean prediction'
            raise MetricError(explain(f"targets for {each.name}", "targets", None, hint))
    return found


def _check_run(batch_size: object, workers: object) -> None:
    for name, value, least in (("batch_size", batch_size, 1), ("workers", workers, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise PlanError(explain(f"a whole number of at least {least}", name, value))


def _metric(known: Mapping[str, Any]) -> Metric:
    try:
        return get_metric(known["name"])
    except MetricError:
        fields = {k: known[k] for k in ("unit", "higher_is_better", "low", "high", "binary")}
        return Metric(known["name"], _not_here, needs_clean=known["needs_clean"], **fields)


def _not_here(outputs: Any, targets: Any) -> Any:  # noqa: ARG001 - the form of a scorer
    raise MetricError("the user's own metric is not stored with the audit; its scores are")


def _means(known: Mapping[str, Any], name: str) -> bool:
    sweep = known["sweep"]
    if name == sweep.partition(":")[2]:
        return True
    noises = [each.partition("(")[0] for each in known["noises"]]
    inputs = ",".join(known["inputs"])
    return [name] in (noises, known["noises"], [f"{inputs}:{n}" for n in known["noises"]])


def _cell_facts(key: str) -> dict[str, Any]:
    sweep, severity, replicate = key.rsplit("|", 2)
    return {"sweep": sweep, "severity": float(severity[2:]), "replicate": int(replicate[2:])}


def _doses(doses: Sequence[Any]) -> list[float] | None:
    return None if any(each is None for each in doses) else [float(each) for each in doses]


def _label(prediction: Any) -> Any:
    return prediction[0] if isinstance(prediction, list | tuple) and prediction else prediction


def _are_labels(targets: Sequence[Any]) -> bool:
    kinds = all(isinstance(each, int | str | bool) for each in targets)
    return kinds and 1 < len(set(targets)) <= min(MOST_LABELS, max(2, len(targets) // 2))


def _reproduce(known: Mapping[str, Any], header: Mapping[str, Any]) -> str:
    config = header["config"]
    return (
        f"nb.audit(model, data, perturbations=[{known['sweep']!r}], metric={config['metric']!r}, "
        f"severities={known['severities']}, replicates={config['replicates']}, seed={config['seed']})"
    )


def _table_rows(audit: Audit, name: str, curve: Curve) -> Iterator[dict[str, Any]]:
    doses = curve.doses or (None,) * len(curve.severities)
    for i, severity in enumerate(curve.severities):
        yield {
            "sweep": name,
            "severity": severity,
            "dose": doses[i],
            "unit": curve.unit,
            "metric": curve.metric,
            "estimate": float(curve.estimate[i]),
            "low": float(curve.low[i]),
            "high": float(curve.high[i]),
            "n": curve.n,
            "missing": int(curve.missing.per_severity[i]),
            **audit.distortion[name].get(severity, {}),
        }


def _verdict(audit: Audit) -> tuple[str, ...]:
    if not audit.curves:
        return ("No curve could be made.", *(f"{k}: {v}" for k, v in audit.skipped.items()))
    clean = audit.clean
    losses = {name: _loss(curve) for name, curve in audit.curves.items()}
    worst = max(losses, key=lambda name: losses[name])
    lines = [
        f"{audit.metrics[0].name} is {clean.value:.3g} [{clean.low:.3g}, {clean.high:.3g}] on untouched "
        f"data (n = {clean.n}).",
        f"Of {len(losses)} noises, {worst} costs most: {audit.curves[worst]!r}.",
    ]
    if not audit.complete:
        lines.append("The run is not finished; run it again with the same run_dir to go on.")
    if audit.failures:
        lines.append(f"{len(audit.failures)} evaluations failed and count as missing.")
    return (*lines, *(f"Not tested: {name}: {why}" for name, why in audit.skipped.items()))


def _loss(curve: Curve) -> float:
    sign = 1 if curve.higher_is_better else -1
    lost = sign * (curve.estimate[0] - np.asarray(curve.estimate[1:]).mean())
    return float(lost) if math.isfinite(lost) else -math.inf
