"""What one test measures, and the rows that the summary prints."""

import math
import re
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noisebench.pytest_plugin._live import LiveCurve

if TYPE_CHECKING:
    from noisebench.audit import Audit
    from noisebench.curve import Curve, Verdict
    from noisebench.data import Dataset

Row = dict[str, Any]


class Results:
    """Curves and verdicts of a session, as plain data that can cross processes."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def lines(self, width: int) -> list[str]:
        """Return the summary: a line for every curve, with what was demanded of it."""
        rows = sorted(self.rows, key=lambda row: (row["test"], row["sweep"]))
        name = min(max((len(row["sweep"]) for row in rows), default=5), max(width - 62, 20))
        head = f"{'noise':<{name}}  {'metric':<10} {'clean':>7} {'worst':>7} {'area':>6} {'n':>6}  verdicts"
        return [head, *(_line(row, name) for row in rows)]


class Bench:
    """The fixture: curves and audits of this test."""

    def __init__(
        self, *, test: str, results: Results, seed: int, folder: str | None, tolerant: bool
    ) -> None:
        self._test, self._results, self._seed, self._folder = test, results, seed, folder
        self._tolerant = tolerant
        self._verdicts: list[tuple[str, Verdict]] = []
        self._rows: dict[str, Row] = {}
        self._passing: list[tempfile.TemporaryDirectory[str]] = []

    def curve(
        self,
        model: Any,
        data: "Dataset",
        noise: str,
        *,
        metric: Any = "accuracy",
        severities: int | Sequence[float] = 5,
        budget: str | None = None,
        **options: Any,
    ) -> "Curve | LiveCurve":
        """Return the curve of one condition.

        Args:
            model: what `noisebench.audit` takes.
            data: a Dataset.
            noise: a condition, such as "image/shot-noise" or "a:image/fog + b:audio/white-noise".
            metric: name of a metric, or a function (outputs, targets) -> scores.
            severities: how many, or which.
            budget: "auto" calls the model only when something is asserted, and no more often than that takes; "bisect" and
                "locate" are those of `noisebench.audit`.
            options: what else `noisebench.audit` takes.

        Raises:
            PlanError: the condition is a group of noises, or cannot run.
        """
        from noisebench._expand import check_one_curve

        check_one_curve(noise, data)
        if budget == "auto":
            given = {"perturbations": [noise], "metric": metric, "budget": budget, **options}
            return LiveCurve(partial(self.audit, model, data, **given), severities, self._live())
        audit = self.audit(
            model, data, perturbations=[noise], metric=metric, severities=severities, budget=budget,
            **options,
        )  # fmt: skip
        return audit[audit.sweeps[0] if len(audit.sweeps) == 1 else noise]

    def audit(self, model: Any, data: "Dataset", **options: Any) -> "Audit":
        """Run an audit as `noisebench.audit` does, with the session's seed; its curves enter the summary."""
        from noisebench.audit import audit

        options = {"seed": self._seed, "run_dir": self._place(), "name": self._test} | options
        found = audit(model, data, **options)
        for name, curve in found.curves.items():
            self._enter(name, _row(self._test, name, curve))
        if self._folder:
            found.report()
        return found

    def _enter(self, name: str, row: Row) -> None:
        """Put a curve into the summary; one that is measured further stays the same row."""
        known = self._rows.get(name)
        if known is not None and known["live"] and row["live"]:
            known.update({**row, "verdicts": known["verdicts"]})
            return
        self._rows[name] = row
        self._results.rows.append(row)

    def _live(self) -> Path:
        """Return the folder that a curve is measured in, assertion by assertion; a passing one unless reports are kept."""
        place = self._place()
        if place is not None:
            return place
        passing = tempfile.TemporaryDirectory(prefix="noisebench-")
        self._passing.append(passing)
        return Path(passing.name)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear of every verdict that is reached inside."""
        # pytest imports the bench only when a test asks for the fixture.
        from noisebench.curve import heard

        with heard(self._hear, tolerant=self._tolerant):
            yield
        for passing in self._passing:
            passing.cleanup()

    def explanations(self) -> list[str]:
        """Return why each verdict that is not a pass is none."""
        return ["\n".join(v.explanation) for _, v in self._verdicts if v.state != "pass"]

    def properties(self) -> list[tuple[str, object]]:
        """Return what JUnit reports keep of this test."""
        rows = [(f"noisebench.{row['sweep']}", _summary(row)) for row in self._rows.values()]
        gates = [
            (f"noisebench.gate.{name}", f"{verdict.asked}: {verdict.explanation[0]}")
            for name, verdict in self._verdicts
        ]
        return [*rows, *gates]

    def _hear(self, name: str, verdict: "Verdict") -> None:
        self._verdicts.append((name, verdict))
        saved = "" if verdict.saved is None else f" ({verdict.saved:,} calls saved)"
        text = f"{verdict.asked}: {verdict.state}{saved}"
        if name in self._rows and text not in self._rows[name]["verdicts"]:
            self._rows[name]["verdicts"].append(text)
        if verdict.tolerated and verdict.state == "inconclusive":
            from noisebench.errors import InconclusiveWarning

            warnings.warn(InconclusiveWarning(str(verdict)), stacklevel=2)

    def _place(self) -> Path | None:
        if not self._folder:
            return None
        safe = re.sub(r"[^A-Za-z0-9_.-]+", "-", self._test).strip("-.")
        place = Path(self._folder) / safe[-100:]
        number = len(self._rows)
        return place if number == 0 else place.with_name(f"{place.name}-{number}")


def _row(test: str, name: str, curve: "Curve") -> Row:
    after = [float(value) for value in curve.estimate[1:]]
    worst = min(after) if curve.higher_is_better else max(after)
    return {
        "test": test,
        "sweep": name,
        "metric": curve.metric,
        "clean": float(curve.estimate[0]),
        "worst": worst,
        "area": float(curve.area.value),
        "n": int(curve.n),
        "live": curve.counts is not None,
        "verdicts": [],
    }


def _summary(row: Row) -> str:
    return f"clean {row['clean']:.4g}, worst {row['worst']:.4g}, n {row['n']}"


def _line(row: Row, name: int) -> str:
    sweep = row["sweep"] if len(row["sweep"]) <= name else row["sweep"][: name - 1] + "…"
    area = "     -" if math.isnan(row["area"]) else f"{row['area']:>6.3f}"
    numbers = f"{row['clean']:>7.3f} {row['worst']:>7.3f} {area} {row['n']:>6}"
    return f"{sweep:<{name}}  {row['metric']:<10} {numbers}  {'; '.join(row['verdicts']) or '-'}"
