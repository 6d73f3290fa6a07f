"""Which sweeps a selection names on a data set, and what of it cannot run there, with the reason."""

import fnmatch
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from noisebench._actions import WORD as ACTIONS
from noisebench._actions import action_sweeps, is_actions
from noisebench._grammar import CROSSMODAL, Sweep, on_inputs, parse_sweeps, read_inputs
from noisebench._modalities import WORD, account_sweeps, is_account
from noisebench._obstacle import find_obstacle, first_line, nothing_to_change, obstacle
from noisebench._pairs import WORD as PAIRS
from noisebench._pairs import is_pairs, pair_sweeps
from noisebench.data import Dataset
from noisebench.errors import PlanError
from perturbations import Perturbation
from perturbations.errors import MissingExtra, UnknownPerturbation, did_you_mean, explain

Selection = str | Perturbation | Sweep


def expand(
    selection: Selection | Iterable[Selection],
    dataset: Dataset,
    severities: Sequence[float] = (1.0,),
) -> tuple[tuple[Sweep, ...], dict[str, str]]:
    """Return the sweeps that a selection names on a data set, and what of it cannot run, with reasons.

    "all", a modality ("image", "left:image"), a preset ("imagenet-c") and a pattern ("image/*") select groups; anything
    else is a sweep. "modalities" is what an account of several inputs needs, "invariance" what is known of group actions
    needs, "pairs(...)" noises in twos. Noises of presets are only selected by name,
    preset or pattern within the preset; a preset that puts noise into all inputs at once has a sweep of that besides.

    Args:
        selection: what is asked for.
        dataset: what the noise goes into.
        severities: at which it will; whether a noise can run is tried at the highest.

    Raises:
        PlanError: a name, an input or a pattern finds nothing, or a sweep named exactly cannot run: a package, a fact or a
            setting is wrong, or it has no meaning for the values and is the only one.
    """
    items = [selection] if isinstance(selection, str | Perturbation | Sweep) else list(selection)
    if not items:
        raise PlanError(explain("at least one noise", "perturbations", items))
    sweeps: dict[str, Sweep] = {}
    skipped: dict[str, str] = {}
    for item in items:
        made = _selected(item, dataset, severities, alone=len(items) == 1)
        sweeps |= {text: sweep for text, sweep in made[0].items() if not _fuller(sweeps, text)}
        skipped |= made[1]
    return tuple(sweeps.values()), {k: v for k, v in skipped.items() if k not in sweeps}


def check_one_curve(selection: object, dataset: Dataset) -> None:
    """Refuse a selection of many noises where one curve is wanted, before anything is measured.

    Raises:
        PlanError: it is a group, or what an account of many cells needs.
    """
    if not isinstance(selection, str) or not isinstance(dataset, Dataset):
        return
    if is_account(selection):
        how = "noisebench.audit(model, data, perturbations=['modalities']).modalities()"
    elif is_actions(selection) or is_pairs(selection):
        answer = "invariance()" if is_actions(selection) else "topology().composition"
        how = f"noisebench.audit(model, data, perturbations=[{selection!r}]).{answer}"
    elif _group(selection, dataset) is not None:
        how = f"noisebench.audit(model, data, perturbations=[{selection!r}]), and a curve of it by name"
    else:
        return
    expected = "one condition, such as image/shot-noise, as a curve is of one"
    raise PlanError(explain(expected, "noise", selection, f"use {how}"))


def _fuller(sweeps: Mapping[str, Sweep], text: str) -> bool:
    """Tell whether a sweep is there already, with severities of its own besides the plan's."""
    return text in sweeps and bool(sweeps[text].severities)


def _selected(
    item: Selection, dataset: Dataset, severities: Sequence[float], *, alone: bool
) -> tuple[dict[str, Sweep], dict[str, str]]:
    """Return the sweeps of one item of a selection, and what of it cannot run."""
    if isinstance(item, str) and (planned := _planned(item, severities)):
        found, skipped = planned(item, dataset)
        return {str(sweep): sweep for sweep in found}, skipped
    names = _group(item, dataset) if isinstance(item, str) else None
    if names is None:
        return _exact(item, dataset, severities, alone=alone)
    skipped = {}
    fitting = []
    for sweep in _sweeps_of(names[0], names[1], dataset, skipped):
        reason = obstacle(sweep, dataset, severities) or nothing_to_change(sweep, dataset)
        if reason is None:
            fitting.append(sweep)
        else:
            skipped[str(sweep)] = reason
    return {str(sweep): sweep for sweep in (*fitting, *_at_once(str(item), fitting))}, skipped


def _planned(
    item: str, severities: Sequence[float]
) -> Callable[[str, Dataset], tuple[list[Sweep], dict[str, str]]] | None:
    """Return what plans a selection of cells that belong together; None where it is no such selection."""
    if is_account(item):
        return partial(account_sweeps, severities=severities)
    if is_actions(item):
        return action_sweeps
    return pair_sweeps if is_pairs(item) else None


def _exact(
    item: Selection, dataset: Dataset, severities: Sequence[float], *, alone: bool
) -> tuple[dict[str, Sweep], dict[str, str]]:
    """Return the sweeps that an item names exactly, and those among several items that have no meaning for the data."""
    found: dict[str, Sweep] = {}
    skipped: dict[str, str] = {}
    for sweep in _named(item, dataset):
        reason = find_obstacle(sweep, dataset, severities)
        if reason is None:
            found[str(sweep)] = sweep
        elif reason.in_values and not alone:
            skipped[str(sweep)] = reason.why
        else:
            raise PlanError(
                explain("a noise that can run on this data", "sweep", str(sweep), reason.why)
            )
    return found, skipped


def _named(item: Selection, dataset: Dataset) -> tuple[Sweep, ...]:
    if isinstance(item, Sweep):
        found: tuple[Sweep, ...] = (item,)
    elif isinstance(item, Perturbation):
        found = on_inputs(item, dataset)
        if not found:
            raise PlanError(explain(f"data of modality {item.modality}", "noise", str(item)))
    else:
        found = parse_sweeps(item, dataset)
    return found


def _group(item: str, dataset: Dataset) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return (inputs, names of noises) when the item names a group, None when it names a sweep."""
    from perturbations import modalities, names, presets

    inputs, colon, rest = item.partition(":")
    rest = (rest if colon else item).strip()
    if any(sign in rest for sign in "(>+@ "):
        return None
    if rest == "all":
        found = names()
    elif rest in modalities():
        _check_modality((rest,), item, dataset)
        found = names(modality=rest)
    elif rest in presets():
        _check_modality(presets()[rest].modalities, item, dataset)
        found = names(preset=rest)
    elif any(sign in rest for sign in "*?["):
        preset = rest.partition("/")[0]
        listed = names(preset=preset) if preset in presets() else names()
        found = tuple(fnmatch.filter(listed, rest))
    elif "/" in rest:
        return None
    else:
        hint = did_you_mean(rest, (*modalities(), *presets(), *names(), WORD, PAIRS, ACTIONS))
        words = "modalities, invariance, pairs(...) or all"
        expected = f"a noise, a modality, a preset, a pattern, {words}"
        raise PlanError(explain(expected, "perturbation", item, hint))
    if not found:
        raise PlanError(
            explain(
                "a pattern that some noise matches",
                "perturbation",
                item,
                did_you_mean(rest, names()),
            )
        )
    return (read_inputs(inputs, dataset) if colon else ()), found


def _at_once(item: str, singles: Sequence[Sweep]) -> Iterable[Sweep]:
    """Yield the sweep of a preset in which every input has its noise at once, where the preset has such a condition."""
    from perturbations import presets

    found = presets().get((item.partition(":")[2] or item).strip())
    inputs = [name for sweep in singles for name in sweep.inputs]
    if found and found.joint is not None and len(inputs) == len(set(inputs)) > 1:
        parts = [part for sweep in singles for part in sweep.parts]
        noises = [part.noise.with_settings(**found.joint) for part in parts]
        yield Sweep(tuple(replace(p, noise=n) for p, n in zip(parts, noises, strict=True)))


def _check_modality(modalities: Sequence[str], item: str, dataset: Dataset) -> None:
    """Demand an input of one of these modalities."""
    present = set(dataset.modalities.values())
    between = {CROSSMODAL} if len(dataset.inputs) > 1 else set()
    if not (present | between).isdisjoint(modalities):
        return
    if CROSSMODAL in modalities:
        raise PlanError(explain("data with two inputs or more", "perturbation", item))
    expected = f"an input of modality {' or '.join(modalities)}"
    hint = f"the data set has {', '.join(sorted(present))}"
    raise PlanError(explain(expected, "perturbation", item, hint))


def _sweeps_of(
    inputs: Sequence[str], names: Sequence[str], dataset: Dataset, skipped: dict[str, str]
) -> Iterable[Sweep]:
    from perturbations import get

    for name in names:
        try:
            noise = get(name)
        except (UnknownPerturbation, MissingExtra) as error:
            skipped[name] = first_line(error)
            continue
        yield from on_inputs(noise, dataset, of=inputs)
