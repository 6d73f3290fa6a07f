"""Several models on the same data under the very same noise: curves side by side, paired differences."""

import importlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

from noisebench._calibrated import Calibrated
from noisebench.audit import Audit, MetricLike, audit
from noisebench.calibration import calibrate
from noisebench.curve import Difference, difference
from noisebench.data import Dataset
from noisebench.errors import ConfigError, ReportError
from noisebench.literature import Beside, MultiBench, Summaries
from noisebench.modalities import Unsaid
from noisebench.plan import Selection
from noisebench.run import Progress
from noisebench.topology import Heterogeneity, between
from perturbations.errors import did_you_mean, explain

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Comparison:
    """One audit per model; every sample got the same noise in each."""

    audits: Mapping[str, Audit]
    """Model's name to its audit."""
    name: str = ""
    """Title of the report."""
    note: str = ""
    """What readers of the report should know of models and data."""
    directory: Path | None = None
    """Where the runs are kept; None where they are not."""
    _made: dict[tuple[str, str, str], Difference] = field(default_factory=dict)
    _maps: dict[tuple[str, str, str], Heterogeneity | Unsaid] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Audit:
        if name not in self.audits:
            hint = did_you_mean(name, self.audits)
            raise ConfigError(explain("a model of this comparison", "name", name, hint))
        return self.audits[name]

    @property
    def sweeps(self) -> tuple[str, ...]:
        """The sweeps for which every model has a curve."""
        first, *rest = self.audits.values()
        return tuple(n for n in first.curves if all(n in other.curves for other in rest))

    def difference(self, name: str, first: str, second: str) -> Difference:
        """Return the first model's curve minus the second's, paired over samples, with a band.

        Args:
            name: a sweep.
            first: a model's name.
            second: another model's name.
        """
        sweep = self[first].find(name)
        key = (sweep, first, second)
        if key not in self._made:
            curves = (self[first].curve(sweep), self[second].curve(sweep))
            self._made[key] = difference(*curves, names=(first, second))
        return self._made[key]

    @property
    def differences(self) -> dict[str, dict[tuple[str, str], Difference]]:
        """Return the difference of every two models, by sweep."""
        pairs = list(combinations(self.audits, 2))
        return {n: {pair: self.difference(n, *pair) for pair in pairs} for n in self.sweeps}

    def heterogeneity(
        self, first: str, second: str, *, metric: str | None = None
    ) -> Heterogeneity | Unsaid:
        """Return how far two models' maps of the noises are apart, with a p-value by swapping the models sample by sample.

        It is about the samples that both get right without noise, and says in words what differs; or why that cannot be said.

        Args:
            first: a model's name.
            second: another model's name.
            metric: one of the audits', with a score for every sample; the first by default.
        """
        one, other = self[first], self[second]
        key, chosen = (first, second), metric or one.metrics[0].name
        if (*key, chosen) not in self._maps:
            self._maps[*key, chosen] = between(one, other, key, metric=chosen)
        return self._maps[*key, chosen]

    def summaries(
        self, baseline: str, *, metric: str | None = None, sweeps: Iterable[str] | None = None
    ) -> Beside[Summaries]:
        """Return by model the summary numbers of the literature, with one of the models as baseline; see `Audit.summaries`."""
        base, chosen = self[baseline], sweeps if isinstance(sweeps, str | None) else list(sweeps)
        return Beside(
            {
                name: audit.summaries(baseline=base, metric=metric, sweeps=chosen)
                for name, audit in self.audits.items()
            }
        )

    def multibench(
        self,
        reference: str,
        *,
        min_max: bool = False,
        metric: str | None = None,
        sweeps: Iterable[str] | None = None,
        last: float | None = None,
    ) -> Beside[MultiBench]:
        """Return by model MultiBench's numbers, with one of the models as the late-fusion reference; see `Audit.multibench`.

        Args:
            reference: name of the late-fusion model.
            min_max: also give the min-max form over the models, whose caveats are those of `methods` there.
            metric: one of the audits'; the first by default.
            sweeps: names or patterns of sweeps; by default all that have the levels.
            last: the last noise level.
        """
        base, chosen = self[reference], sweeps if isinstance(sweeps, str | None) else list(sweeps)
        return Beside(
            {
                name: audit.multibench(
                    reference=base,
                    methods={n: a for n, a in self.audits.items() if min_max and n != name},
                    metric=metric,
                    sweeps=chosen,
                    last=last,
                )
                for name, audit in self.audits.items()
            }
        )

    def to_table(self) -> list[dict[str, Any]]:
        """Return a row per sweep, severity and pair of models: both values, difference, band, n."""
        return [
            row
            for name, pairs in self.differences.items()
            for pair, found in pairs.items()
            for row in self._rows(name, pair, found)
        ]

    def report(self, path: Path | str | None = None) -> Any:
        """Write curves of all models and their paired differences as HTML and Markdown.

        Raises:
            ReportError: no directory is given, and the runs themselves are kept nowhere.
        """
        if path is None and self.directory is None:
            hint = "name one, comparison.report('reports/mine'), or keep the runs with run_dir="
            raise ReportError(explain("a directory for the report", "path", path, hint))
        # By name: the report knows the comparison, not the other way round.
        report = importlib.import_module("noisebench.report")
        return report.write_comparison(self, Path(path or self.directory or "."))

    def _rows(self, name: str, pair: tuple[str, str], found: Difference) -> list[dict[str, Any]]:
        first, second = (self.audits[model].curve(name) for model in pair)
        return [
            {
                "sweep": name,
                "severity": severity,
                "metric": found.metric,
                "first": pair[0],
                "second": pair[1],
                "first_value": float(first.estimate[i]),
                "second_value": float(second.estimate[i]),
                "difference": float(found.estimate[i]),
                "low": float(found.low[i]),
                "high": float(found.high[i]),
                "n": found.n,
                "better": found.better[i],
            }
            for i, severity in enumerate(found.severities)
        ]

    def __repr__(self) -> str:
        lines = [f"{len(self.audits)} models under the same noise: {', '.join(self.audits)}"]
        for name, pairs in self.differences.items():
            lines += [f"{name}: {found!r}" for found in pairs.values()]
        return "\n".join(lines)


def compare(
    models: Mapping[str, Any],
    data: Dataset,
    *,
    perturbations: Selection | Iterable[Selection] = "all",
    metric: MetricLike | list[MetricLike] = "accuracy",
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
    calibrated: Calibrated = False,
    name: str = "",
    note: str = "",
    progress: Progress | None = None,
) -> Comparison:
    """Audit several models under the very same noise.

    `models` maps a name to each model, `run_dir` holds a directory per model, and `name` and `note` head the report;
    everything else is as for `audit`, but that `calibrated=True` measures doses in the raw input, which all models
    share.

    Raises:
        ConfigError: fewer than two models, or names that would share a directory.
        NoisebenchError: as for `audit`.
    """
    _check(models)
    perturbations = _kept(perturbations)
    severities = severities if isinstance(severities, int) else list(severities)
    if calibrated is True:
        calibrated = calibrate(
            data,
            perturbations,
            encoder="input",
            seed=seed,
            batch_size=batch_size,
            progress=progress,
        )
    audits = {
        called: audit(
            model, data, perturbations=perturbations, metric=metric, severities=severities,
            replicates=replicates, seed=seed, run_dir=run_dir and Path(run_dir) / slug(called),
            batch_size=batch_size, workers=workers, device=device, distortion=distortion,
            gallery=gallery, confidence=confidence, bootstrap=bootstrap, calibrated=calibrated,
            name=called, progress=progress,
        )
        for called, model in models.items()
    }  # fmt: skip
    kept = None if run_dir is None else Path(run_dir)
    return Comparison(audits, name=name, note=note, directory=kept)


def slug(name: str) -> str:
    """Return a name that is fit for a directory."""
    return re.sub(r"[^\w.-]+", "-", name).strip(".-") or "model"


def _kept(perturbations: Selection | Iterable[Selection]) -> Selection | list[Selection]:
    """Return a selection that can be read once for every model."""
    if isinstance(perturbations, Iterable) and not isinstance(perturbations, str):
        return list(perturbations)
    return perturbations


def _check(models: Mapping[str, Any]) -> None:
    if not isinstance(models, Mapping) or len(models) < 2:
        hint = 'give {"a": model_a, "b": model_b}; one model alone goes to audit'
        raise ConfigError(explain("two models or more by name", "models", models, hint))
    slugs = [slug(name) for name in models]
    if len(set(slugs)) < len(slugs):
        raise ConfigError(
            explain("names that differ in more than punctuation", "models", list(models))
        )
