"""The selection `invariance`: every group action that the inputs of the data allow, done and undone.

    invariance                      all of them, on every input
    left:invariance                 on one input

Why: what a model loses under a turn is partly gone from the picture (corners, sharpness) and partly still there, unseen by
the model. The picture turned back has lost just as much and looks as it should, so it tells the two apart.
"""

from noisebench._grammar import Sweep, on_inputs, read_inputs
from noisebench._obstacle import nothing_to_change, obstacle
from noisebench.data import Dataset
from noisebench.errors import PlanError
from perturbations._action import UNDONE
from perturbations.errors import explain

WORD = "invariance"


def is_actions(item: str) -> bool:
    """Tell whether a selection is this one."""
    return item.rpartition(":")[2].strip() == WORD


def action_sweeps(item: str, dataset: Dataset) -> tuple[list[Sweep], dict[str, str]]:
    """Return the sweeps of all group actions on the data, and what of it cannot run, with reasons.

    Raises:
        PlanError: no group acts on an input of such a modality.
    """
    from perturbations import get, names

    chosen, colon, _ = item.rpartition(":")
    inputs = read_inputs(chosen, dataset) if colon else ()
    sweeps: list[Sweep] = []
    skipped: dict[str, str] = {}
    kinds = {dataset.modalities[name] for name in inputs or dataset.inputs}
    for name in names():
        noise = get(name) if name.partition("/")[0] in kinds else None
        if noise is None or noise.action is None:
            continue
        both = [noise]
        if not noise.action.keeps_all(noise.settings):
            both.append(noise.with_settings(**{UNDONE: True}))
        for each in both:
            for sweep in on_inputs(each, dataset, of=inputs):
                reason = obstacle(sweep, dataset) or nothing_to_change(sweep, dataset)
                if reason is None:
                    sweeps.append(sweep)
                else:
                    skipped[str(sweep)] = reason
    if not sweeps and not skipped:
        hint = f"the data has {', '.join(sorted(kinds))}"
        expected = "an input that some noise of the catalogue acts on as a group"
        raise PlanError(explain(expected, "perturbation", item, hint))
    return sweeps, skipped
