"""Which noise, at which severity, is nearest to data from the field that has no clean version."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from noisebench._expand import Selection, expand
from noisebench._grammar import Sweep
from noisebench._header import native_dose
from noisebench._noise import context_of
from noisebench._references import fit_references, from_plain, to_plain
from noisebench.calibration._encoder import Encoder, encoder_of
from noisebench.calibration._field import HALF, NEAR, NONE_NEAR, NOTHING, SURE, Nearest, Rival
from noisebench.calibration._field_data import field_samples
from noisebench.calibration._make import without_dose
from noisebench.calibration._sample import ranked
from noisebench.calibration._search import (
    FEWEST,
    Progress,
    Search,
    above,
    grid_of,
    quantiles,
    root,
)
from noisebench.calibration._space import spread
from noisebench.calibration._transport import directions
from noisebench.data import Batch, Dataset
from noisebench.errors import CalibrationError, NoisebenchError, PlanError
from noisebench.models import as_model
from noisebench.plan import Plan
from perturbations import sample_keys
from perturbations.errors import PerturbationError, did_you_mean, explain

STANDING_IN = 4
"""How many times as many clean samples as the noise is put into stand in for the field, where there are so many."""


def nearest_noise(
    field: Any,
    data: Dataset,
    noises: Selection | Iterable[Selection] = "all",
    *,
    input: str | None = None,
    encoder: Any = "input",
    model: Any = None,
    levels: int = 9,
    samples: int = 256,
    projections: int = 64,
    resamples: int = 200,
    confidence: float = 0.95,
    seed: int = 0,
    batch_size: int = 256,
    device: Any = None,
    progress: Progress | None = None,
) -> Nearest:
    """Return which noise at which severity makes clean data most like data from the field.

    The field data needs no labels and no clean version. The answer prints as sentences: the noise with its severity and
    an interval, which others it cannot be told from, and whether anything else differs; or that no noise is near; or
    that there is nothing to explain. It is true where a noise is near.

    Args:
        field: samples from the field, of one input: a Dataset, or values such as the data set holds.
        data: clean samples.
        noises: sweeps, names, modalities, patterns, or "all".
        input: which input, where the data has several.
        encoder: where sets are compared: "input" (the raw values), "model" (its own features), a function or a module, as in
            `calibrate`. A model forgets what it does not need, and with it what tells noises apart.
        model: whose features may serve.
        levels: severities from 0 to 1 that are tried first.
        samples: most samples of each set that are used.
        projections: directions along which sets are compared.
        resamples: draws of the samples behind shares, intervals and p-values.
        confidence: of the interval.
        seed: of noise, directions and draws.
        batch_size: samples in a call of the encoder.
        device: where a torch module runs.
        progress: told of noises done, noises in all, and what is next.

    Raises:
        CalibrationError: there are too few samples, the field data is of another kind, or the input is left open.
        ModelError: the encoder shows no features.
        PlanError: no noise can run on this input.

    References: Rabin et al. 2011 (the distance); Alvarez-Melis and Fusi 2020 (distances between data sets).
    """
    _check(data, levels=levels, samples=samples, projections=projections, resamples=resamples)
    name = _input_of(data, input)
    sweeps = _sweeps_of(noises, data, name)
    inside, outside = _halves(data, samples)
    seen = field_samples(field, data, name, samples)
    ready = None if model is None else as_model(model, device=device, containers=data.containers)
    made = encoder_of(encoder, data, inside, model=ready, batch_size=batch_size)
    search = _search(data, name, sweeps, made, (inside, outside, seen), projections, seed)
    search.try_all(sweeps, grid_of(levels), progress)
    return _found(search, sweeps, data, resamples, confidence)


def _check(data: object, **counts: object) -> None:
    if not isinstance(data, Dataset):
        hint = 'make one: nb.Dataset({"image": images})'
        raise CalibrationError(explain("a Dataset of clean samples", "data", data, hint))
    least = {"levels": 3, "samples": FEWEST, "projections": 4, "resamples": 19}
    for name, value in counts.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < least[name]:
            raise CalibrationError(
                explain(f"a whole number of at least {least[name]}", name, value)
            )
    if not data.indexable:
        raise CalibrationError(
            explain("clean data in memory", "data", "a stream", "read it into lists")
        )


def _input_of(data: Dataset, name: str | None) -> str:
    if name is None and len(data.inputs) > 1:
        hint = f"say which: input={data.inputs[0]!r}"
        raise CalibrationError(explain("one input", "inputs", list(data.inputs), hint))
    chosen = data.inputs[0] if name is None else name
    if chosen not in data.inputs:
        hint = did_you_mean(str(chosen), data.inputs)
        raise CalibrationError(explain(f"one of {', '.join(data.inputs)}", "input", chosen, hint))
    return chosen


def _sweeps_of(noises: Any, data: Dataset, name: str) -> tuple[Sweep, ...]:
    """Return the noises on one input whose severity varies."""
    sweeps, skipped = expand(noises, data)
    found = tuple(each for each in sweeps if each.inputs == (name,) and not without_dose(each))
    if not found:
        reasons = "; ".join(f"{noise}: {why}" for noise, why in skipped.items())
        raise PlanError(
            explain(f"a noise on {name} whose severity varies", "noises", noises, reasons)
        )
    return found


def _halves(data: Dataset, samples: int) -> tuple[Batch, Batch]:
    """Return clean samples for the noise, and others that stand in for the field."""
    n = min(samples, len(data) // 2)
    if n < FEWEST:
        raise CalibrationError(explain(f"{2 * FEWEST} clean samples or more", "data", len(data)))
    order = [data.ids[i] for i in ranked(sample_keys(data.ids))]
    return data.take(order[:n]), data.take(order[n : n + STANDING_IN * samples])


def _search(
    data: Dataset,
    name: str,
    sweeps: tuple[Sweep, ...],
    encoder: Encoder,
    batches: tuple[Batch, Batch, Batch],
    projections: int,
    seed: int,
) -> Search:
    inside, outside, seen = batches
    plan = Plan(sweeps, (1.0,), 1, seed, (), "", data.size, data.indexable)
    # References are read back as a run reads them from its ledger.
    fitted = json.loads(json.dumps(to_plain(fit_references(data, plan))))
    context = context_of(data, seed=seed, references=from_plain(fitted, data))
    features = encoder.features(name, inside.inputs, len(inside))
    spread(features, name)  # refuses features that are all the same
    along = directions(features, projections, seed)
    shown = along(_features(encoder, name, seen, along.size))
    rng = np.random.default_rng(seed)
    return Search(name, encoder, context, along, inside, outside, shown, rng, data.protect)


def _features(encoder: Encoder, name: str, seen: Batch, size: int) -> Any:
    """Return features of the field.

    Raises:
        CalibrationError: there are none, or not as many as of clean values.
    """
    try:
        found = encoder.features(name, seen.inputs, len(seen))
    except (PerturbationError, ValueError, KeyError) as error:
        if isinstance(error, NoisebenchError):
            raise
        raise CalibrationError(f"the field data is not what {name} is: {error}") from error
    if found.shape[1] != size:
        expected = f"field data with {size} features of {name}, as clean data has"
        hint = (
            "the same columns, channels and size; or an encoder that gives as many of every value"
        )
        raise CalibrationError(explain(expected, "features", found.shape[1], hint))
    return found


def _found(
    search: Search, sweeps: Sequence[Sweep], data: Dataset, resamples: int, confidence: float
) -> Nearest:
    gaps, nearest = search.to_field(), search.nearest()
    if not nearest:
        few = f"fewer than {FEWEST} samples of {search.name} can take any of them"
        raise PlanError(
            explain("a noise that samples can take", "noises", [*map(str, sweeps)], few)
        )
    text, place = next(iter(nearest.items()))
    best, clean, far = search.sets[place], float(gaps[0]), float(gaps[place])
    sweep = next(each for each in sweeps if str(each) == text)
    itself, gains = search.by_chance(resamples)
    differs, nearer = above(itself, clean), above(gains, clean - far)
    own = search.alone(sweep, best, resamples)
    shares = search.resampled(nearest, resamples)
    low, high = quantiles(shares.severities[text], confidence)
    explained = _explained(clean, far, itself if own is None else own)
    part = sweep.free or sweep.parts[0]
    return Nearest(
        state=_state(differs, nearer, explained), noise=text, severity=best.severity,
        low=min(low, best.severity), high=max(high, best.severity),
        dose=native_dose(part, best.severity, data), unit=part.noise.unit,
        distance=math.sqrt(far), clean=math.sqrt(clean), itself=root(itself),
        alone=math.nan if own is None else math.sqrt(float(np.quantile(own, confidence))),
        explained=explained, differs=differs, nearer=nearer, rivals=_rivals(search, gaps, nearest, shares.wins),
        n=len(search.inside), n_field=search.field.shape[1], confidence=confidence,
        features=search.encoder.name, note=search.encoder.note,
    )  # fmt: skip


def _explained(clean: float, far: float, own: Any) -> float:
    """Return the share of the squared distance beyond chance that a noise takes away."""
    least = float(np.mean(own))
    return float(np.clip((clean - far) / (clean - least), 0, 1)) if clean > least else 1.0


def _state(differs: float, nearer: float, explained: float) -> str:
    if nearer <= SURE and explained >= HALF:
        return NEAR
    return NOTHING if min(differs, nearer) > SURE else NONE_NEAR


def _rivals(
    search: Search, gaps: Any, nearest: Mapping[str, int], shares: Mapping[str, float]
) -> tuple[Rival, ...]:
    return tuple(
        Rival(text, search.sets[i].severity, math.sqrt(gaps[i]), shares.get(text, 0.0))
        for text, i in nearest.items()
    )
