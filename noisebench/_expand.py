"""Which sweeps a selection names on a data set, and what of it cannot run there, with the reason."""

import fnmatch
import warnings
from collections.abc import Iterable, Sequence

import numpy as np

from noisebench._grammar import CROSSMODAL, Part, Sweep, on_inputs, parse_sweeps, read_inputs
from noisebench.data import Batch, Dataset
from noisebench.errors import PlanError
from perturbations import Perturbation
from perturbations.errors import (
    BadDose,
    BadSetting,
    BadValue,
    MissingExtra,
    MissingFact,
    MissingPeers,
    NotApplicable,
    UnknownPerturbation,
    did_you_mean,
    explain,
)

Selection = str | Perturbation | Sweep

_SPREAD = 128
"""Samples from all over the data that it is tried on besides."""

TRIED = 8
"""Samples that a noise may refuse before it counts as having no meaning for the data."""

_OF_THE_CONDITION = (BadSetting, BadDose, MissingFact, MissingExtra, MissingPeers)
"""What no other sample can mend."""

LOOKED = 64
"""Samples that a noise of a group is tried on to find one in which it has something to change."""


def expand(
    selection: Selection | Iterable[Selection], dataset: Dataset
) -> tuple[tuple[Sweep, ...], dict[str, str]]:
    """Return the sweeps that a selection names on a data set, and what of it cannot run, with reasons.

    "all", a modality ("image", "left:image"), a preset ("imagenet-c") and a pattern ("image/*") select groups; anything
    else is a sweep. Noises of presets are only selected by name, preset or pattern within the preset.

    Raises:
        PlanError: a name, an input or a pattern finds nothing, or a sweep named exactly cannot run.
    """
    items = [selection] if isinstance(selection, str | Perturbation | Sweep) else list(selection)
    if not items:
        raise PlanError(explain("at least one noise", "perturbations", items))
    sweeps: dict[str, Sweep] = {}
    skipped: dict[str, str] = {}
    for item in items:
        names = _group(item, dataset) if isinstance(item, str) else None
        if names is None:
            sweeps |= {str(sweep): sweep for sweep in _exact(item, dataset)}
            continue
        for sweep in _sweeps_of(names[0], names[1], dataset, skipped):
            reason = obstacle(sweep, dataset) or _nothing_to_change(sweep, dataset)
            if reason is None:
                sweeps[str(sweep)] = sweep
            else:
                skipped[str(sweep)] = reason
    return tuple(sweeps.values()), {k: v for k, v in skipped.items() if k not in sweeps}


def obstacle(sweep: Sweep, dataset: Dataset) -> str | None:
    """Return why a sweep cannot run on this data; None when nothing stands in its way."""
    for part in sweep.parts:
        reason = _missing_extra(part.noise) or _missing_context(part, dataset)
        if reason is None:
            reason = _trial(part, dataset)
        if reason is not None:
            return reason
    return None


def _exact(item: Selection, dataset: Dataset) -> tuple[Sweep, ...]:
    if isinstance(item, Sweep):
        found: tuple[Sweep, ...] = (item,)
    elif isinstance(item, Perturbation):
        found = on_inputs(item, dataset)
        if not found:
            raise PlanError(explain(f"data of modality {item.modality}", "noise", str(item)))
    else:
        found = parse_sweeps(item, dataset)
    for sweep in found:
        reason = obstacle(sweep, dataset)
        if reason is not None:
            raise PlanError(
                explain("a noise that can run on this data", "sweep", str(sweep), reason)
            )
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
        hint = did_you_mean(rest, (*modalities(), *presets(), *names()))
        expected = "a noise, a modality, a preset, a pattern or all"
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
            skipped[name] = _first_line(error)
            continue
        yield from on_inputs(noise, dataset, of=inputs)


def _missing_extra(noise: Perturbation) -> str | None:
    from perturbations._extras import missing

    lacking = missing(tuple(noise.requires))
    if not lacking:
        return None
    return f'needs pip install "noisebench[{",".join(lacking)}]"'


def _missing_context(part: Part, dataset: Dataset) -> str | None:
    declared = part.noise.declared
    if declared.peers and not dataset.indexable:
        return "needs the other samples, which a stream does not have"
    if part.noise.modality == CROSSMODAL:
        return None
    required = [fact for fact, needed in declared.facts.items() if needed and fact != "facts"]
    required += ["rate" for ladder in part.noise.ladders.values() if ladder.none == "nyquist"]
    for name in part.inputs:
        for fact in required:
            if fact not in dataset.facts.get(name, {}):
                return (
                    f'needs the fact {fact!r}: Dataset(..., facts={{"{name}": {{"{fact}": ...}}}})'
                )
    return None


def _trial(part: Part, dataset: Dataset) -> str | None:
    """Try the noise on a few samples until one takes it: whether it has a meaning here depends on the values.

    Samples of one kind often stand together (a language, a site), so that some from all over the data are tried as well
    before a noise is said to have no meaning here.
    """
    first = next(iter(dataset.batches(TRIED, order_seed=None)))
    refused = _refusal(part, dataset, first)
    if not isinstance(refused, NotApplicable) or not dataset.indexable or len(dataset) <= TRIED:
        return None if refused is None else _refused(refused, len(first))
    spread = _spread(dataset, _SPREAD)
    refused = _refusal(part, dataset, spread)
    return None if refused is None else _refused(refused, len(spread))


def _spread(dataset: Dataset, most: int) -> Batch:
    """Return samples from all over the data; the first ones of a stream."""
    if not dataset.indexable:
        return next(iter(dataset.batches(most, order_seed=None)))
    places = np.linspace(0, len(dataset) - 1, min(most, len(dataset))).astype(int)
    return dataset.take([dataset.ids[i] for i in np.unique(places)])


def _nothing_to_change(sweep: Sweep, dataset: Dataset) -> str | None:
    """Return a reason where a noise that counts its candidates found none in any sample: its curve would look robust."""
    (part,) = sweep.parts
    if part.noise.modality == CROSSMODAL or _candidates(part, dataset, _spread(dataset, 1)) != 0:
        return None
    batch = _spread(dataset, LOOKED)
    if _candidates(part, dataset, batch) != 0:
        return None
    return f"nothing in the {len(batch)} samples tried that it could change"


def _candidates(part: Part, dataset: Dataset, batch: Batch) -> float | None:
    """Return how many candidates the noise found, up to the first; None where it does not say."""
    from noisebench._noise import context_of, keyed, known
    from noisebench._values import one

    context = context_of(dataset)
    amount = keyed(part, 1.0, 0, context)
    for row, name in ((row, name) for row in range(len(batch)) for name in part.inputs):
        try:
            noisy = part.noise.apply(
                one(batch.inputs[name], row),
                sample=batch.ids[row],
                group=None if batch.groups is None else batch.groups[row],
                **amount,
                **known(part.noise, name, context),
            )
        except NotApplicable:
            continue
        except Exception:  # noqa: BLE001 - a fault shows in the run, with its reason
            return None
        found = noisy.report.get("eligible")
        if found is None or found > 0:
            return None if found is None else float(found)
    return 0.0


def _refused(error: Exception, tried: int) -> str:
    if isinstance(error, BadValue):
        return f"refused all of the first {tried} samples: {_first_line(error)}"
    return _first_line(error)


def _refusal(part: Part, dataset: Dataset, batch: Batch) -> Exception | None:
    """Return why every sample of a batch is refused; None when one is not, or for a fault that the run will show."""
    from noisebench._noise import Source, apply_part, context_of
    from noisebench._values import select

    context, source = context_of(dataset), Source.of(batch, protect=dataset.protect)
    refused: Exception | None = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for row in range(len(batch)):
            index = np.array([row])
            try:
                apply_part(part, select(batch.inputs, index), source.rows(index), 1.0, context)
            except _OF_THE_CONDITION as error:
                return error
            except (BadValue, NotApplicable) as error:
                refused = error
            except Exception:  # noqa: BLE001 - any other fault shows in the run, with its reason
                return None
            else:
                return None
    return refused


def _first_line(error: Exception) -> str:
    return "; ".join(line.strip() for line in str(error).splitlines())
