"""A model that answers nothing is found out on clean samples, before the whole plan is run on it.

Why: a model that was never fitted, or is fed the wrong form, fails on everything for one reason. What helps is that reason
and the place in the user's own code, not as many rows that say so as there are cells. What was seen stays recorded.
"""

import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noisebench.errors import ModelError
from noisebench.models import Model, predict_once
from noisebench.models._safe import MisfitError
from noisebench.models._safe import reason as said

ENOUGH = 32
"""Clean samples after which a model that failed on all of them alike is given up; all, where there are fewer."""

_OURS = Path(__file__).parent


class Watch:
    """Follows the clean pass from its beginning, to give up a model that fails on every sample for one reason."""

    def __init__(self, model: Model, size: int | None) -> None:
        """Watch a model on a data set of `size` samples; None where that is unknown."""
        self.model, self.size = model, size
        self.reasons: set[str] = set()
        self.seen = self.answered = 0

    def see(self, n: int, failures: Mapping[int, str]) -> str:
        """Take in what became of n more samples, and return the reason to give up, if there is one."""
        self.seen += n
        self.answered += n - len(failures)
        self.reasons |= set(failures.values())
        done = self.seen >= min(ENOUGH, self.size or ENOUGH)
        alike = not self.answered and len(self.reasons) == 1
        return next(iter(self.reasons)) if done and alike else ""

    def give_up(self, inputs: Mapping[str, Any], n: int, reason: str) -> ModelError:
        """Return the error to raise, with the model's own one as its cause."""
        cause = self._cause(inputs, n)
        whole = said(cause) if isinstance(cause, MisfitError) else reason
        first = "" if self.seen == self.size else "of the first "
        lines = [
            f"the model failed on all {first}{self.seen} clean samples, so nothing else was run: {whole}",
            *([place] if cause and (place := _place(cause)) else []),
            "a model takes a batch of n values and returns n outputs, in order; "
            "once it does, run the audit again, with another run_dir if one was given",
        ]
        error = ModelError("\n  ".join(lines))
        error.__cause__ = cause
        return error

    def _cause(self, inputs: Mapping[str, Any], n: int) -> Exception | None:
        # Asked once more, as a whole batch: what it raises then is the error of the user's own call.
        try:
            predict_once(self.model, inputs, n, spare=())
        except Exception as error:  # noqa: BLE001 - whatever a model raises
            return error
        return None


def _place(error: Exception) -> str:
    """Return the first line of the traceback that is not ours."""
    for frame in traceback.extract_tb(error.__traceback__):
        if _OURS not in Path(frame.filename).parents:
            return (
                f"in {Path(frame.filename).name}, line {frame.lineno}, {frame.name}: {frame.line}"
            )
    return ""
