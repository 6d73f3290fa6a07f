"""A curve that is measured when something is asserted of it, and only as far as that takes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from noisebench.audit import Audit
    from noisebench.curve import Curve, Verdict


class LiveCurve:
    """Makes what a curve makes of its demands, with a model that is called until each is decided.

    Every assertion is judged by itself, and goes on from the samples that earlier ones evaluated.
    """

    def __init__(
        self,
        run: "Callable[..., Audit]",
        severities: int | Sequence[float],
        folder: Path,
    ) -> None:
        """Call nothing yet.

        Args:
            run: the audit, but for gates, severities and the run directory.
            severities: how many, or which; those that a demand names join them.
            folder: where runs are kept, one for every grid of severities.
        """
        self._run, self._severities, self._folder = run, severities, folder
        self._audit: Audit | None = None
        self._grids: list[Any] = []

    def __repr__(self) -> str:
        return (
            "a curve that nothing was asserted of yet"
            if self._audit is None
            else repr(self.measured)
        )

    def __getattr__(self, name: str) -> Any:
        """Say which answers a curve with a budget has, where another answer of a curve is asked for.

        Raises:
            DataError: curves of a full run have that.
        """
        from noisebench.curve import Curve
        from noisebench.errors import DataError

        if name.startswith("_") or not hasattr(Curve, name):
            raise AttributeError(f"a curve with a budget has no {name}")
        hint = f"after an assertion, .measured.{name} answers as far as that went; or leave budget out to measure all of it"
        raise DataError(
            f'with budget="auto" a curve has retains, no_worse_than, no_cliff and tolerance_at_least, and no {name} of its own\n'
            f"  {hint}"
        )

    @property
    def measured(self) -> "Curve":
        """The curve as far as it is measured.

        Raises:
            DataError: nothing was asserted yet.
        """
        from noisebench.errors import DataError

        if self._audit is None:
            hint = "assert something of it first, or leave budget out to measure all of it"
            raise DataError(
                f"with a budget, a curve is measured when something is asserted\n  {hint}"
            )
        return next(iter(self._audit.curves.values()))

    def retains(self, share: float, *, at: float, aim: float | None = None) -> "Verdict":
        """Judge whether at least a share of the performance above chance is left at a severity."""
        return self._judged(retains=share, at=at, aim=aim)

    def no_worse_than(
        self,
        baseline: Any,
        margin: float,
        *,
        at: float | Sequence[float] | None = None,
        aim: float | None = None,
    ) -> "Verdict":
        """Judge whether at most a margin is lost against a baseline: an audit, or its run directory."""
        return self._judged(no_worse_than=baseline, margin=margin, at=at, aim=aim)

    def no_cliff(self, *, drop: float, aim: float | None = None) -> "Verdict":
        """Judge whether no step of severity costs more than a share of the clean performance above chance."""
        return self._judged(no_cliff=drop, aim=aim)

    def tolerance_at_least(
        self,
        severity: float | None = None,
        *,
        dose: float | None = None,
        drop: float = 0.1,
        aim: float | None = None,
    ) -> "Verdict":
        """Judge whether less than a share of the performance above chance is lost up to a severity, or up to a dose."""
        wanted = severity if dose is None else {"dose": dose}
        return self._judged(tolerance_at_least=wanted, drop=drop, aim=aim)

    def _judged(self, **asked: Any) -> "Verdict":
        from noisebench.gate import Gate, grid_with

        gate = Gate(**asked)
        grid = grid_with(self._severities, [gate])
        if grid not in self._grids:
            self._grids.append(grid)
        number = self._grids.index(grid)
        place = self._folder if number == 0 else self._folder / f"grid-{number}"
        self._audit = self._run(severities=grid, gates=[gate], run_dir=place)
        (found,) = (each.verdict for each in self._audit.gates)
        return found
