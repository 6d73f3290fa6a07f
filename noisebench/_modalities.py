"""The selection `modalities`: the sweeps that an account of the inputs of a model needs.

    modalities                                                one noise per input, chosen by its modality
    modalities(digit=image/contrast, fill=zeros, at=0.6)      another noise, filling, or one severity for joint noise

Noise in every input alone and in all subsets of inputs; noise in one input with the others absent; every proper subset of
inputs absent; every input shuffled across samples; and, where two inputs are sampled in time, each moved against the
others.

Why: the cells that an account compares are many and must fit together, so nobody should have to write them down.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, zip_longest
from typing import Any

from noisebench._grammar import Sweep, parse_sweep, split
from noisebench._obstacle import find_obstacle, nothing_to_change, obstacle
from noisebench._roles import ABSENCE, IN_TIME, OFFSET, SHUFFLE
from noisebench._values import present
from noisebench.data import Dataset
from noisebench.errors import PlanError
from perturbations.crossmodal._joined import STANDING
from perturbations.errors import did_you_mean, explain

WORD = "modalities"

WHOLE = 3
"""Inputs up to which joint noise is measured at every severity; with more, at one."""

MIDDLE = 0.6
"""Severity of joint noise in more inputs than that (our choice)."""

OFFSET_STEPS = 10
"""Offsets in each direction, at least: 20, 40, 60, 80, 102, 125, 155, 185, 292 and 400 ms (our choice)."""

MOST = 6
"""Inputs whose subsets are all measured, at most: 64 cells."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the brackets say."""

    noises: Mapping[str, str] = field(default_factory=dict)
    """Input to a noise, or to a chain of them."""
    fill: str = ""
    at: float | None = None
    severities: Sequence[float] = (1.0,)
    """Of the plan: whether a noise can run is tried at the highest."""


def is_account(item: str) -> bool:
    """Tell whether a selection is this one."""
    return item.partition("(")[0].strip() == WORD


def account_sweeps(
    item: str, dataset: Dataset, severities: Sequence[float] = (1.0,)
) -> tuple[list[Sweep], dict[str, str]]:
    """Return the sweeps of an account, and what of it cannot run, with reasons.

    Args:
        item: the selection.
        dataset: what the noise goes into.
        severities: of the plan.

    Raises:
        PlanError: the brackets say something unknown, or the data has fewer than two inputs.
    """
    wanted = replace(_read(item, dataset), severities=severities)
    there = _present(dataset)
    skipped = {
        f"{WORD}: {name}": "it is missing in every sample"
        for name in dataset.inputs
        if name not in there
    }
    if len(there) < 2:
        raise PlanError(
            explain("data with two inputs or more", "perturbation", item, _too_few(there, dataset))
        )
    chains = _chains(wanted, there, dataset, skipped)
    sweeps = []
    for text in _texts(wanted, there, chains, dataset, skipped):
        sweep = parse_sweep(text, dataset)
        if sweep.free and sweep.parts[0].noise.name == OFFSET:
            sweep = _with_offsets(sweep, dataset, severities)
        reason = obstacle(sweep, dataset, sweep.severities or severities)
        if reason is None:
            sweeps.append(sweep)
        else:
            skipped[str(sweep)] = reason
    _check_fill(wanted, sweeps, skipped)
    return sweeps, skipped


def _too_few(there: Sequence[str], dataset: Dataset) -> str:
    """Say why an account has no two inputs to compare, and what to do."""
    gone = [name for name in dataset.inputs if name not in there]
    if not gone:
        return f"the data set has {', '.join(dataset.inputs)} alone"
    one = len(gone) == 1
    lost = f"{', '.join(gone)} {'is' if one else 'are'} missing in every sample"
    return f"{lost}: give some samples {'it' if one else 'them'}, or audit the noises of {', '.join(there) or 'another input'} alone"


def _with_offsets(sweep: Sweep, dataset: Dataset, severities: Sequence[float]) -> Sweep:
    """Return a sweep of offsets at tenths of the severity besides the plan's, as far as the values are long enough.

    Where a peak lies and where a window ends can only be said to within the steps of the grid.
    """
    steps = sorted({*(k / OFFSET_STEPS for k in range(1, OFFSET_STEPS + 1)), *severities})
    while len(steps) > 1 and (found := find_obstacle(sweep, dataset, steps)) and found.in_values:
        steps.pop()
    return replace(sweep, severities=tuple(steps))


def _check_fill(wanted: Wanted, sweeps: Sequence[Sweep], skipped: Mapping[str, str]) -> None:
    """Refuse a filling with which no input at all can be absent."""
    lone = [sweep for sweep in sweeps if any(part.noise.name == ABSENCE for part in sweep.parts)]
    if wanted.fill and not lone:
        why = next((reason for text, reason in skipped.items() if ABSENCE in text), "")
        raise PlanError(
            explain("a filling that some input can have", f"{WORD}(fill=)", wanted.fill, why)
        )


def _read(item: str, dataset: Dataset) -> Wanted:
    _, opened, inside = item.strip().partition("(")
    if opened and not inside.endswith(")"):
        raise PlanError(explain("a closing bracket", "perturbation", item))
    pairs = [each.partition("=") for each in split(inside[:-1], ",")] if inside[:-1].strip() else []
    given = {name.strip(): text.strip() for name, _, text in pairs}
    known = (*dataset.inputs, "fill", "at")
    for name, text in given.items():
        if name not in known or not text:
            hint = (
                f"{did_you_mean(name, known)}; such as {WORD}({dataset.inputs[0]}=image/contrast)"
            )
            raise PlanError(
                explain(f"input=noise, fill= or at= in {WORD}(...)", "setting", name, hint)
            )
    noises = {name: text for name, text in given.items() if name in dataset.inputs}
    return Wanted(noises, given.get("fill", ""), _severity(given.get("at"), item))


def _severity(text: str | None, item: str) -> float | None:
    if text is None:
        return None
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found <= 1:
        raise PlanError(explain("a severity in (0, 1] after at=", "perturbation", item))
    return found


def _present(dataset: Dataset) -> tuple[str, ...]:
    """Return the inputs that some sample has."""
    there: set[str] = set()
    for batch in dataset.batches(256):
        there.update(name for name in dataset.inputs if present(batch.inputs[name]))
        if len(there) == len(dataset.inputs):
            break
    return tuple(name for name in dataset.inputs if name in there)


Chains = Mapping[str, Sequence[str]]
"""Input to its noises, one after the other."""


def _chains(
    wanted: Wanted, there: Iterable[str], dataset: Dataset, skipped: dict[str, str]
) -> Chains:
    """Return the noises of every input that can have one."""
    found: dict[str, Sequence[str]] = {}
    for name in there:
        if name in wanted.noises:
            steps = split(wanted.noises[name], ">")
            sweep = parse_sweep(_chained({name: steps}), dataset)
            reason = obstacle(sweep, dataset, wanted.severities)
            if reason is not None:
                raise PlanError(
                    explain("a noise that can run on this data", "sweep", str(sweep), reason)
                )
            found[name] = steps
        elif noise := _standing_for(name, dataset, wanted.severities):
            found[name] = [noise]
        else:
            modality = dataset.modalities[name]
            skipped[f"{WORD}: noise in {name}"] = f"no noise of modality {modality} can run on it"
    return found


def _standing_for(name: str, dataset: Dataset, severities: Sequence[float]) -> str:
    """Return the noise that stands for an input, or the first of its modality that can run; empty where none can."""
    from perturbations import names

    modality = dataset.modalities[name]
    listed = names(modality=modality)
    first = [each for each in listed if each == STANDING.get(modality)]
    for noise in (*first, *listed):
        sweep = parse_sweep(f"{name}:{noise}", dataset)
        reason = obstacle(sweep, dataset, severities)
        if reason is None and nothing_to_change(sweep, dataset) is None:
            return noise
    return ""


def _texts(
    wanted: Wanted,
    there: Sequence[str],
    chains: Chains,
    dataset: Dataset,
    skipped: dict[str, str],
) -> Iterator[str]:
    """Yield the sweeps in their text form."""
    for name in chains:
        yield _chained({name: chains[name]})
    yield from _joint(wanted, chains, skipped)
    for name in chains:
        gone = _absence(there, [other for other in there if other != name], wanted.fill)
        yield f"{_chained({name: chains[name]})} > {gone}"
    most = len(there) - 1 if len(there) <= MOST else 1
    for size in range(1, most + 1):
        yield from (_absence(there, gone, wanted.fill) for gone in combinations(there, size))
    for name in there:
        yield f"{_last(name, there)}:{SHUFFLE}@1"
    for name in _movable(there, dataset):
        yield f"{_last(name, there)}:{OFFSET}"
        yield f"{_last(name, there)}:{OFFSET}(direction=early)"


def _movable(there: Sequence[str], dataset: Dataset) -> list[str]:
    """Return the inputs to move in time: of two, the last, as it is late when the first is early."""
    timed = [name for name in there if dataset.modalities[name] in IN_TIME]
    return timed[1:] if len(timed) <= 2 else timed


def _joint(wanted: Wanted, chains: Chains, skipped: dict[str, str]) -> Iterator[str]:
    """Yield noise in all subsets of two inputs or more, at all severities or at one."""
    if len(chains) > MOST:
        skipped[f"{WORD}: joint noise"] = (
            f"{len(chains)} inputs have {2 ** len(chains)} subsets; all are measured up to {MOST} inputs"
        )
        return
    at = MIDDLE if wanted.at is None and len(chains) > WHOLE else wanted.at
    for size in range(2 if at is None else 1, len(chains) + 1):
        for names in combinations(chains, size):
            yield _chained({name: chains[name] for name in names}, at)


def _chained(chains: Chains, at: float | None = None) -> str:
    """Write noise in several inputs at once, each with its own chain."""
    steps = zip_longest(*([(name, noise) for noise in chain] for name, chain in chains.items()))
    return " > ".join(
        " + ".join(f"{name}:{_fixed(noise, at)}" for name, noise in filter(None, step))
        for step in steps
    )


def _fixed(noise: str, at: float | None) -> str:
    return noise if at is None or len(split(noise, "@")) > 1 else f"{noise}@{at:g}"


def _absence(there: Sequence[str], gone: Sequence[str], fill: str) -> str:
    """Write that inputs are absent in every sample."""
    kept = (name for name in there if name not in gone)
    settings: dict[str, Any] = {"fill": fill} if fill else {}
    if len(gone) > 1:
        settings["lost"] = len(gone)
    said = ", ".join(f"{name}={value}" for name, value in settings.items())
    return f"{','.join([*kept, *gone])}:{ABSENCE}{f'({said})' if said else ''}@1"


def _last(name: str, there: Sequence[str]) -> str:
    """Write the inputs with one as the last, on which noise between inputs acts."""
    return ",".join([*(other for other in there if other != name), name])
