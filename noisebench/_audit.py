"""One run read back: curves, failures, gallery, distortion; the only thing a report reads."""

import importlib
import shutil
import weakref
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from noisebench import _robustness
from noisebench._bisected import WHY as BISECTED_WHY
from noisebench._bisected import followed_curve, searched
from noisebench._curves import Curves
from noisebench._evaluated import Evaluated
from noisebench._flips import flip_rate
from noisebench._gates import judge, judged_early
from noisebench._idle import idle_by_slice
from noisebench._known import (
    are_labels,
    cell_facts,
    means,
    metric_of,
)
from noisebench._left_out import LeftOut, left_out
from noisebench._levels import levels_of
from noisebench._locate import Locate, located, located_curve
from noisebench._moved import counted, shares
from noisebench._record import Record
from noisebench._robustness import Normaliser
from noisebench._rundir import AFFINITY, GALLERY, HEADER, LEDGER, PAIRS, locked
from noisebench._search import Search
from noisebench._sentences import table_rows, verdict
from noisebench._specimen import export
from noisebench._stopped import BISECT, IN_FULL, LOCATE, early_curve, seen
from noisebench.affinity import Affinity, affinity_of
from noisebench.calibration import Calibration
from noisebench.calibration._lock import from_plain
from noisebench.curve import Curve, Estimate
from noisebench.curve._level import Level
from noisebench.doses import EqualDoses, doses_of
from noisebench.errors import (
    CalibrationError,
    DataError,
    LedgerError,
    MetricError,
    PlanError,
    ReportError,
)
from noisebench.gate import STOPPED_WHY, Gate, Judgement, Stopper, gates_of
from noisebench.invariance import Invariance, invariance_of
from noisebench.literature import MultiBench, Source, Summaries, multibench_of, summaries_of
from noisebench.metrics import Metric
from noisebench.modalities import Account, Unsaid, account_of
from noisebench.plan import CLEAN
from noisebench.topology import Heterogeneity, Regions, Topology, topology_of, within
from perturbations.errors import did_you_mean, explain


class Audit:
    """One finished (or interrupted) run: header, curves, failures, gallery."""

    def __init__(
        self,
        directory: Path | str,
        *,
        temporary: bool = False,
        gates: Sequence[Gate] | None = None,
    ) -> None:
        """Read a run directory.

        Args:
            directory: where the run is.
            temporary: whether the directory goes when the audit does.
            gates: what is asked of its curves; by default what its header says.

        Raises:
            LedgerError: there is no run, or a damaged one.
        """
        self.directory = Path(directory)
        self._record = Record(self.directory)
        self.temporary = temporary
        self._asked = gates
        if temporary:
            weakref.finalize(self, shutil.rmtree, self.directory, ignore_errors=True)
        weakref.finalize(self, self._record.ledger.close)
        self._made: dict[tuple[str, str], Curve] = {}
        self._accounts: dict[tuple[float | None, str], Account] = {}
        self._equal_doses: EqualDoses | None = None
        self._invariances: dict[str, Invariance] = {}
        self._topologies: dict[tuple[float | None, str], Topology] = {}

    def __repr__(self) -> str:
        return "\n".join(self.verdict)

    @property
    def header(self) -> dict[str, Any]:
        """Resolved configuration, versions, hashes, description of data, model and plan."""
        return self._record.header

    @property
    def complete(self) -> bool:
        """Whether every cell has every sample; otherwise curves rest on the samples that every cell has.

        Where sampling stops early: whether the gates are decided, or there are no more samples.
        """
        if self.bisected:
            return self._search.complete
        if self.located:
            return self._locate.complete
        return self._record.complete or (self.stopped and not self._stopper.wanted())

    @property
    def partial(self) -> bool:
        """Whether not every sample was measured at every severity, by design: then some answers are not given."""
        return "budget" in self.header

    @property
    def stopped(self) -> bool:
        """Whether sampling stops where gates are decided or a loss is located, so that severities have other numbers of samples."""
        return self.partial and not self.bisected

    @property
    def located(self) -> bool:
        """Whether samples were taken to find where a share is lost."""
        return self.partial and self.header["budget"]["mode"] == LOCATE

    @property
    def bisected(self) -> bool:
        """Whether samples were followed to where they break."""
        return self.partial and self.header["budget"]["mode"] == BISECT

    @property
    def calls(self) -> tuple[int, int]:
        """Noisy model calls that were made, counted by samples, and those of a full run of the cells that were asked about."""
        if self.bisected:
            return self._search.calls()
        if self.located:
            return self._locate.calls()
        if self.stopped:
            return self._stopper.calls()
        noisy = (len(self.header["cells"]) - 1) * len(self._record.ids)
        return noisy, noisy

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """What was scored; the first one draws the curves."""
        return tuple(map(metric_of, self.header["metrics"]))

    @property
    def sweeps(self) -> tuple[str, ...]:
        """The sweeps in their text form."""
        return tuple(each["sweep"] for each in self.header["sweeps"])

    @cached_property
    def curves(self) -> Mapping[str, Curve]:
        """The curve of every sweep that has one, made when asked for."""
        return Curves(self, tuple(n for n in self.sweeps if n not in self._without_curve))

    def __getitem__(self, name: str) -> Curve:
        return self.curve(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.curves)

    def __contains__(self, name: object) -> bool:
        return name in self.curves

    def find(self, name: str) -> str:
        """Return the sweep that a text form, or an unambiguous name of a noise, means.

        Raises:
            PlanError: there is none, or there are several.
        """
        if name in self.sweeps:
            return name
        fitting = [each["sweep"] for each in self.header["sweeps"] if means(each, name)]
        if len(fitting) == 1:
            return str(fitting[0])
        if fitting:
            raise PlanError(
                explain("one sweep", "name", name, f"say which: {' or '.join(fitting)}")
            )
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
            self._made[sweep, chosen.name] = self._curve(sweep, chosen)
        return self._made[sweep, chosen.name]

    @cached_property
    def slice_sizes(self) -> dict[str, dict[str, int]]:
        """Declared slice to label to its number of evaluated samples."""
        columns = {} if self.partial else self._record.slices()
        return {name: dict(Counter(map(str, labels))) for name, labels in columns.items()}

    @cached_property
    def slice_groups(self) -> dict[str, dict[str, int]]:
        """Declared slice to label to the number of groups that its samples are of; empty where no groups are declared."""
        if self.stopped or self._evaluated.groups is None:
            return {}
        groups = list(map(str, self._evaluated.groups))
        return {
            name: {
                label: len(
                    {g for g, each in zip(groups, labels, strict=True) if str(each) == label}
                )
                for label in set(map(str, labels))
            }
            for name, labels in self._record.slices().items()
        }

    def slice_idle(self, name: str) -> dict[str, dict[str, float]]:
        """Return by declared slice and label the share of the measured samples that a sweep could change nothing in.

        It is the largest over severities; a label without measured samples is left out.
        """
        levels = self._evaluated.keys(self.find(name))
        return idle_by_slice(self._record, [key for level in levels for key in level])

    def slices(
        self, name: str, *, metric: str | None = None, targets: bool = True
    ) -> dict[str, dict[str, Curve]]:
        """Return a sweep's curves on every declared slice, and on every target where targets are labels.

        A slice that the noise has no meaning for has no curve; nothing has one where not every sample was measured everywhere.

        Args:
            name: of the sweep.
            metric: one of the audit's; the first by default.
            targets: whether to slice by target as well.
        """
        sweep, chosen = self.find(name), self._metric(metric)
        if self.partial:
            return {}
        columns = dict(self._record.slices())
        wanted = self._record.column("target") if targets else None
        if wanted is not None and are_labels(wanted):
            columns.setdefault("target", wanted)
        found: dict[str, dict[str, Curve]] = {}
        for column, labels in columns.items():
            for value in sorted(set(map(str, labels))):
                rows = np.array([i for i, each in enumerate(labels) if str(each) == value])
                if not len(self._evaluated.kept(sweep, rows)):
                    continue
                title = f"{sweep}, {column} = {value}"
                curve = self._evaluated.curve(sweep, chosen, rows, title)
                found.setdefault(column, {})[value] = curve
        return found

    @property
    def clean(self) -> Estimate:
        """The metric on untouched data, with its interval and n."""
        if not self.curves:
            raise DataError(f"no curve could be made\n  {'; '.join(self._without_curve.values())}")
        fullest = min(self.curves, key=lambda name: len(self.left_out.get(name, ())))
        return self.curves[fullest].clean

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the evaluated samples."""
        return self._evaluated.ids

    def chance(self, metric: str | None = None) -> float | None:
        """Return the value of the best constant predictor in one of the audit's metrics; None where that is unknown."""
        return self._evaluated.chance(self._metric(metric))

    @cached_property
    def groups(self) -> int | None:
        """How many groups the evaluated samples are of, which intervals resample; None where none are declared."""
        found = self._evaluated.groups
        return None if found is None else len(set(map(str, found)))

    @cached_property
    def failures(self) -> list[dict[str, Any]]:
        """Every missing evaluation: cell, sweep, severity, replicate, id and reason.

        Those of samples that a curve leaves out are among them; see `left_out`.
        """
        return [
            {"cell": key, **cell_facts(key), "id": name, "reason": why}
            for key in self.header["cells"]
            for name, why in self._record.failures(key)
        ]

    @property
    def left_out(self) -> Mapping[str, Mapping[str, str]]:
        """Sweep to id to the reason why the sample is in no point of its curve: no noise came into it."""
        return self._left_out.by_sweep

    @property
    def data_problems(self) -> Mapping[str, Mapping[str, str]]:
        """Input to id to what is wrong with the sample's value or target; it is left out of every curve of that input."""
        return self._left_out.faults

    @cached_property
    def _left_out(self) -> LeftOut:
        return left_out(self.failures, self.header["sweeps"])

    @cached_property
    def _evaluated(self) -> Evaluated:
        return Evaluated(self._record, self.metrics, self._left_out)

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
        """Sweep to severity to the mean of every measure of distortion.

        With them come the shares of the measured samples that are `unchanged`, and, where the noise says how much it
        could have changed, that had `no_candidate`: nothing for the noise to change.
        """
        return {sweep: self._distortion(sweep) for sweep in self.sweeps}

    @cached_property
    def moved(self) -> dict[str, dict[float, dict[str, dict[str, float]]]]:
        """Sweep to severity to kind of target to its `count`, and the shares `lost` and `clipped`, where targets moved."""
        found = {sweep: self._moved(sweep) for sweep in self.sweeps}
        return {sweep: by_severity for sweep, by_severity in found.items() if by_severity}

    @cached_property
    def calibration(self) -> Calibration | None:
        """The doses that the severities are equal in; None where the audit is not calibrated."""
        known = self.header.get("calibration")
        return None if known is None else from_plain(known)

    @cached_property
    def _levels(self) -> dict[str, Level]:
        """The doses over which noises are compared."""
        found = self.calibration
        return {} if found is None else levels_of(found, self.sweeps)

    def doses(self) -> EqualDoses:
        """Return what the noises cost at equal dose, which do harm unnoticed, and whether one input takes noise better.

        Raises:
            CalibrationError: the audit is not calibrated, or stopped early.
        """
        if self.calibration is None or self.partial:
            hint = "run it with calibrated=True, or noisebench run --calibrated"
            why = IN_FULL if self.partial else hint
            raise CalibrationError(explain("a calibrated audit", "calibration", None, why))
        if self._equal_doses is None:
            self._equal_doses = doses_of(self, self.calibration)
        return self._equal_doses

    @property
    def references(self) -> dict[str, Any]:
        """Fitted statistics of the clean data that noises used, by input, as plain data."""
        return dict(self._record.ledger.get("references") or {})

    @cached_property
    def verdict(self) -> tuple[str, ...]:
        """What came out, in sentences."""
        return verdict(self)

    @cached_property
    def gates(self) -> tuple[Judgement, ...]:
        """What the gates of this audit asked of its curves, and the answers, judged together."""
        if self.stopped and not self.located:
            return judged_early(self.header, self._record.ids, self._stopper)
        return judge(self, self._gates())

    @cached_property
    def pairs(self) -> "Audit | None":
        """The run of noises in twos that was added to this one; None where there is none."""
        there = (self.directory / PAIRS / HEADER).exists()
        return Audit(self.directory / PAIRS) if there else None

    def refreshed(self) -> "Audit":
        """Return this audit with what was added to its directory since it was read."""
        vars(self).pop("pairs", None)
        self._topologies.clear()
        return self

    @property
    def multimodal(self) -> bool:
        """Whether the data has several inputs and was run in full, so that there is an account of modalities."""
        return len(self.header["data"]["modalities"]) > 1 and not self.partial

    def modalities(self, *, at: float | None = None, metric: str | None = None) -> Account:
        """Return which input fails, which makes up for it, and which was never used.

        It uses whatever cells the audit has, and says what is missing for what it cannot answer; an audit with
        `perturbations=["modalities"]` has all of them.

        Args:
            at: severity of the attribution of the loss to inputs; None takes, of those at which noise in all inputs
                surely costs something, the one at which it leaves nearest to half of the performance above chance.
            metric: one of the audit's; the first by default.

        Raises:
            PlanError: the data has fewer than two inputs, or the grid of cells is not complete at the severity.
        """
        chosen = self._metric(metric).name
        self._need_all("an account of modalities")
        if (at, chosen) not in self._accounts:
            self._accounts[at, chosen] = account_of(self, at=at, metric=chosen)
        return self._accounts[at, chosen]

    def topology(self, *, metric: str | None = None, kept: float | None = None) -> Topology:
        """Return how the noises relate to each other: which break the same samples, and which few are enough.

        It is about all single noises that were measured at several severities, says what follows in plain words, and for
        what it cannot say the reason.

        Args:
            metric: one of the audit's, with a score for every sample; the first by default.
            kept: share of the samples that is left unbroken where failures are compared; by default 0.8 or 0.5, whichever
                more noises can be brought to.
        """
        chosen = self._metric(metric).name
        if kept is not None and not 0 < kept < 1:
            raise PlanError(explain("a share between 0 and 1", "kept", kept))
        if self.partial:
            sure, why = self.header["config"]["confidence"], self._not_everywhere
            unsaid = (Unsaid("the topology of noises", f"it {why}"),)
            return Topology(chosen, sure, n=0, of=len(self.ids), unsaid=unsaid)
        if (kept, chosen) not in self._topologies:
            self._topologies[kept, chosen] = topology_of(self, metric=chosen, kept=kept)
        return self._topologies[kept, chosen]

    def invariance(self, *, metric: str | None = None) -> Invariance:
        """Return what the model sees as the same: how often a turn, a shift, another level changes its answer.

        It is about the sweeps in which a group acts on an input. Where the action was undone as well, the loss is taken apart
        into what it takes out of the input and what an invariant model would spare; an audit with
        `perturbations=["invariance"]` has all that is needed. What it cannot say it says, with the reason.

        Args:
            metric: one of the audit's, that losses are in; the first by default.
        """
        chosen = self._metric(metric).name
        if chosen not in self._invariances:
            self._invariances[chosen] = invariance_of(self, metric=chosen)
        return self._invariances[chosen]

    @cached_property
    def affinity(self) -> Affinity | None:
        """Which noise stands for which, where models were trained on noise in a folder `affinity` of the run; else None."""
        folder = self.directory / AFFINITY
        return affinity_of(folder) if (folder / LEDGER).exists() else None

    def heterogeneity(
        self, *, by: str | None = None, metric: str | None = None
    ) -> tuple[Heterogeneity | Regions | Unsaid, ...]:
        """Return how far the maps of the noises are apart: on one input and another, on one slice and all other samples.

        Each has a p-value by permutation and prints as sentences; where it cannot be said, the reason stands in its place.
        Two models are compared by `nb.compare(...).heterogeneity`.

        Args:
            by: `inputs`, or a declared slice; by default inputs, where there are several, and all slices.
            metric: one of the audit's, with a score for every sample; the first by default.
        """
        known = [*(["inputs"] if self.multimodal else []), *self.slice_sizes]
        if by is not None and by not in known:
            hint = did_you_mean(by, known)
            raise PlanError(
                explain("inputs, where there are several, or a declared slice", "by", by, hint)
            )
        chosen = [by] if by is not None else known
        return within(self, metric=self._metric(metric), by=chosen)

    def labels(self, name: str) -> tuple[str, ...]:
        """Return the label of every evaluated sample in a declared slice, in the order of `ids`."""
        columns = self._record.slices()
        if name not in columns:
            raise PlanError(explain("a declared slice", "name", name, did_you_mean(name, columns)))
        return tuple(map(str, columns[name]))

    def summaries(
        self,
        *,
        baseline: "Audit | None" = None,
        metric: str | None = None,
        sweeps: Iterable[str] | None = None,
    ) -> Summaries:
        """Return MMI, mRA, RCE and mRR, and against another model mCE and mRRA; see `noisebench.metrics.multimodal`.

        Each stands under its citation, says what it covers and what it must not be read as, and has an interval from
        resampled samples, paired with those of the baseline.

        Args:
            baseline: audit of the model that mCE and mRRA compare with, on the same data and noises.
            metric: one of the audit's, of which higher is better; the first by default.
            sweeps: names or patterns of the noises that are averaged; by default all single ones whose severity varies.

        Raises:
            MetricError: no noise is left, or the metric is a loss.
        """
        self._need_all("a published summary")
        return summaries_of(self, baseline=baseline, metric=metric, sweeps=sweeps)

    def multibench(
        self,
        *,
        reference: Source | None = None,
        methods: Mapping[str, Source] | None = None,
        metric: str | None = None,
        sweeps: Iterable[str] | None = None,
        last: float | None = None,
    ) -> MultiBench:
        """Return MultiBench's relative and effective robustness of every sweep at its noise levels 0.1, 0.2, ...

        They are as its evaluation script defines them, raw, and have the chance-normalised forms beside them: the area of
        retained performance, and effective robustness on retention; see `noisebench.metrics.multibench`.

        Args:
            reference: the late-fusion model that effective robustness is against: its audit on the same data, or curves by
                sweep, with the level 0. The curves stored in MultiBench's script were made with other noises than ours.
            methods: other models by name, for the min-max form over them and this one: it changes with every method that is added or
                left out, gives the worst 0 and the best 1 whatever lies between, and serves to redraw published tables only.
            metric: one of the audit's; the first by default.
            sweeps: names or patterns of sweeps; by default all that have the levels.
            last: the last noise level; by default the last that was measured in steps of 0.1, at least 0.8.

        Raises:
            MetricError: no sweep has the levels, or another model's curves do not fit.
        """
        self._need_all("a published summary")
        return multibench_of(
            self, reference=reference, methods=methods, metric=metric, sweeps=sweeps, last=last
        )

    def mce(self, normaliser: "Normaliser | Audit") -> Estimate:
        """Return mCE of an audit of imagenet-c or cifar-c in percent, of modelnet-c as a ratio; see `metrics.robustness`.

        Against the audit of another model it is over all noises that both have, as `summaries` gives it.

        Args:
            normaliser: "alexnet" on imagenet-c (the published errors, of 1000 classes at 224 px: a meaning only there),
                "dgcnn" on modelnet-c (the published errors on ModelNet40 at 1024 points), errors by corruption name,
                levels 1 to 5, or the audit of another model.

        Raises:
            MetricError: a corruption, a level or the metric accuracy is missing, or a published normaliser is asked to
                normalise another preset than its own.
        """
        self._need_all("mCE")
        if isinstance(normaliser, Audit):
            return self.summaries(baseline=normaliser)["mCE"].estimate
        return _robustness.mce(self, normaliser)

    def relative_mce(self, normaliser: Normaliser, *, clean_error: float | None = None) -> Estimate:
        """Return relative mCE (RmCE of modelnet-c); `clean_error` is the normaliser's, and known of "dgcnn" only."""
        self._need_all("relative mCE")
        return _robustness.relative_mce(self, normaliser, clean_error)

    def mpc(self) -> Estimate:
        """Return mPC, the mean of the first metric over the preset's corruptions and levels; nothing normalises it."""
        self._need_all("mPC")
        return _robustness.mpc(self)

    def rpc(self) -> Estimate:
        """Return rPC, mPC as a share of the first metric on clean data."""
        self._need_all("rPC")
        return _robustness.rpc(self)

    def flip_rate(self, name: str, *, noise: bool | None = None) -> Estimate:
        """Return how often a sample's prediction flips along the severities of a sweep, from the clean one on.

        It is the flip probability FP = mean of 1[f(s_j) differs from f(s_j-1)] over steps and samples, or from f(clean)
        for a `noise` sweep. The severities of one draw stand in for frames: it is neither ImageNet-P's flip
        probability nor, as nothing normalises it, a flip rate FR or mFR.

        Args:
            name: of the sweep.
            noise: compare with the clean prediction; by default where the noise's name says "noise", as published.
        """
        sweep = self.find(name)
        self._need_all("a flip rate")
        known, keys = self._evaluated.sweeps[sweep], self._evaluated.keys(sweep)
        return flip_rate(self, known, keys, noise=noise)

    def to_table(self) -> list[dict[str, Any]]:
        """Return a row per sweep and severity: estimate, band, n, dose, distortion, missing."""
        return [row for name, curve in self.curves.items() for row in table_rows(self, name, curve)]

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
        if self.pairs is not None:
            self.pairs.save(target / PAIRS)
        trained = self.directory / AFFINITY
        if (trained / LEDGER).exists():
            shutil.copytree(trained, target / AFFINITY)
        return target

    def report(self, path: Path | str | None = None) -> Any:
        """Write the report as HTML and Markdown; beside the audit unless a directory is given.

        Raises:
            ReportError: no directory is given, and the audit itself is kept nowhere.
        """
        if path is None and self.temporary:
            hint = "name one, audit.report('reports/mine'), or keep the run with run_dir="
            raise ReportError(explain("a directory for the report", "path", path, hint))
        # By name: the report knows the audit, not the other way round.
        report = importlib.import_module("noisebench.report")
        return report.write_report(self, self.directory if path is None else Path(path))

    @cached_property
    def _without_curve(self) -> dict[str, str]:
        """Sweeps whose curve cannot be made, because too much is missing."""
        found: dict[str, str] = {}
        refused = {name for name, reasons in self.left_out.items() if reasons}
        refused |= set(self.sweeps) if self.partial else set()
        for sweep in {each["sweep"] for each in self.failures} | refused:
            for name in self.sweeps if sweep == CLEAN else (sweep,):
                try:
                    self.curve(name)
                except (DataError, MetricError) as error:
                    found[name] = " ".join(str(error).split())
        return found

    def _gates(self) -> Sequence[Gate]:
        """Return what is asked, as it was given or as the header says it."""
        said = self.header["config"].get("gates", ())
        return gates_of(said) if self._asked is None else self._asked

    @cached_property
    def _search(self) -> Search:
        """What followed the samples, once it has seen everything that there is."""
        return searched(self._record, self.metrics[0])

    @cached_property
    def _locate(self) -> Locate:
        """What located the losses, once it has seen everything that there is."""
        return located(self._record, self.metrics[0])

    def _need_all(self, what: str) -> None:
        """Refuse what needs all samples at every severity."""
        if self.partial:
            raise DataError(f"{what} {self._not_everywhere}\n  {IN_FULL}")

    @property
    def _not_everywhere(self) -> str:
        """Say why an answer is not given."""
        if self.stopped and self.calls[0] == self.calls[1]:
            return "needs a full run, and this one had a budget: it was run where it was asked about, and nowhere else"
        why = STOPPED_WHY if self.stopped else BISECTED_WHY
        return f"needs the same samples at every severity, but {why}"

    @cached_property
    def _stopper(self) -> Stopper:
        """What decided, once it has seen everything that there is."""
        return seen(self._record, self.metrics[0], self._gates())

    def _curve(self, sweep: str, metric: Metric) -> Curve:
        if not self.partial:
            made = self._evaluated.curve(sweep, metric, None, sweep)
            return replace(made, level=self._levels.get(sweep))
        if metric.name != self.metrics[0].name:
            raise DataError(f"sampling stopped early for {self.metrics[0].name} alone\n  {IN_FULL}")
        if why := self._left_out.broken.get(sweep):
            raise DataError(why)
        if self.bisected:
            return followed_curve(self._evaluated, self._search, sweep, metric)
        if self.located:
            return located_curve(self._record, self._locate, sweep)
        return early_curve(self._record, self._stopper, sweep)

    def _metric(self, name: str | None) -> Metric:
        if name is None:
            return self.metrics[0]
        for metric in self.metrics:
            if metric.name == name:
                return metric
        hint = did_you_mean(name, [metric.name for metric in self.metrics])
        raise MetricError(explain("a metric of this audit", "metric", name, hint))

    def _distortion(self, sweep: str) -> dict[float, dict[str, float]]:
        found: dict[float, dict[str, float]] = {}
        for severity, keys in self._evaluated.by_severity(sweep):
            parts = [self._record.distortion(key) for key in keys]
            names = dict.fromkeys(name for part in parts for name in part)
            found[severity] = {
                n: float(np.mean([part[n] for part in parts if n in part])) for n in names
            }
        return found

    def _moved(self, sweep: str) -> dict[float, dict[str, dict[str, float]]]:
        pairs = self._evaluated.by_severity(sweep)
        found = {s: shares(counted([self._record.moved(key) for key in keys])) for s, keys in pairs}
        return {severity: kinds for severity, kinds in found.items() if kinds}
