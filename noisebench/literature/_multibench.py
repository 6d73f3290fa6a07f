"""MultiBench's relative and effective robustness of every sweep of an audit, and the chance-normalised forms beside them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from noisebench.errors import MetricError
from noisebench.literature._levels import Source, gridded, places
from noisebench.literature._paired import matching, metric_of
from noisebench.literature._robustness import Robustness, robustness
from perturbations.errors import did_you_mean, explain

if TYPE_CHECKING:
    from noisebench._audit import Audit


@dataclass(frozen=True, slots=True, repr=False)
class MultiBench(Mapping[str, Robustness]):
    """MultiBench's numbers by sweep: one for each input that is noisy alone, and one for all at once."""

    rows: tuple[Robustness, ...]
    missing: str = ""
    """Which numbers need more than was given."""

    def __getitem__(self, sweep: str) -> Robustness:
        fitting = [row for row in self.rows if sweep in {row.sweep, row.sweep.partition(":")[2]}]
        if len(fitting) == 1:
            return fitting[0]
        hint = did_you_mean(sweep, list(self))
        raise MetricError(explain("a sweep at MultiBench's levels", "sweep", sweep, hint))

    def __iter__(self) -> Iterator[str]:
        return iter([row.sweep for row in self.rows])

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        shown = [each for row in self.rows for each in row.summaries]
        told = dict.fromkeys(f"{s.name}: {s.better}; {s.caveat}" for s in shown if s.caveat)
        return "\n".join([*map(repr, self.rows), *told, *filter(None, [self.missing])])

    def to_table(self) -> list[dict[str, Any]]:
        """Return a row per sweep and number."""
        return [{"sweep": row.sweep, **each.row()} for row in self.rows for each in row.summaries]


def multibench_of(
    audit: "Audit",
    *,
    reference: Source | None = None,
    methods: Mapping[str, Source] | None = None,
    metric: str | None = None,
    sweeps: Iterable[str] | None = None,
    last: float | None = None,
) -> MultiBench:
    """Return MultiBench's numbers of every sweep that was measured at its levels.

    Args:
        audit: of the model.
        reference: the late-fusion model that effective robustness is against.
        methods: other models by name, over which the min-max form is wanted.
        metric: one of the audit's; the first by default.
        sweeps: names or patterns; by default all that have the levels.
        last: the last noise level; by default the last that was measured in steps of 0.1.

    Raises:
        MetricError: no sweep has the levels, or another model's curves do not fit.
    """
    scored = metric_of(audit, metric).name
    grids = gridded(audit)
    if sweeps is not None:
        grids = {name: grids[name] for name in matching(grids, sweeps)}
    found = {sweep: places(grid, last) for sweep, grid in grids.items()}
    rows = tuple(
        robustness(audit, sweep, at, scored, reference, methods or {})
        for sweep, at in found.items()
        if at
    )
    if not rows:
        upto = "0.8 or further" if last is None else f"{last:g}"
        hint = 'perturbations=["multibench"], severities=[k / 10 for k in range(1, 10)]'
        expected = f"a sweep at the noise levels 0.1, 0.2, ... up to {upto}"
        raise MetricError(explain(expected, "severities", sorted(set(grids.values())), hint))
    needs = "MultiBench effective robustness needs a late-fusion model: audit.multibench(reference=other_audit)"
    return MultiBench(rows, needs if reference is None else "")
