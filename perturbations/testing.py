"""The laws of noise as a test suite, for our perturbations and for yours.

    import perturbations.testing as laws

    @laws.parametrize(["image/my-noise"])
    def test_law(noise, law):
        law(noise)

Each law is a function that takes a perturbation and raises `LawBroken` with what it saw. `LAWS` has them by name.
"""

import json
import math
import os
import pickle
import random
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from perturbations._action import UNDONE
from perturbations._extras import missing
from perturbations._laws._compare import digest, frozen, same
from perturbations._laws._coupling import check_coupled
from perturbations._laws._specimen import CORPUS, Specimen, specimen
from perturbations._perturbation import Perturbation
from perturbations._registry import get, names
from perturbations.errors import BadDose, BadSeverity, BadValue, NotApplicable, PerturbationError

SEVERITIES = (0.05, 0.2, 0.4, 0.6, 0.8, 1.0)
_FEW = 6
_SAME, _SAME_DB = 1e-3, 60.0
"""How near a value is that is the same but for rounding: as a share of how far it was moved, or in dB."""

Law = Callable[[Perturbation], None]


class LawBroken(AssertionError):
    """A perturbation breaks a law."""


def identity_at_zero(noise: Perturbation) -> None:
    """Severity 0 returns the very object that was given, alone and in a batch."""
    case = specimen(noise)
    for value in case.values[:_FEW]:
        _demand(case.make(value, 0.0) is value, "severity 0 does not return the value itself")
    for name, value in case.contract.edges().items():
        same_object = case.make(value, 0.0, **case.context(value)) is value
        _demand(same_object, f"severity 0 does not return the edge value {name!r} itself")
    few = case.values[:_FEW]
    _demand(case.batch(few, 0.0, case.ids[:_FEW]) is few, "severity 0 does not return the batch")


def input_untouched(noise: Perturbation) -> None:
    """The value that was given is never written to."""
    case = specimen(noise)
    few = case.values[:_FEW]
    before = [frozen(value) for value in few]
    for value, sample in zip(few, case.ids[:_FEW], strict=True):
        case.make(value, 1.0, sample)
    case.batch(few, 1.0, case.ids[:_FEW])
    _demand([frozen(value) for value in few] == before, "the input was written to")


def deterministic(noise: Perturbation) -> None:
    """The same key gives the same noise, in any order of calls."""
    case = specimen(noise)
    for value, sample in zip(case.values[:_FEW], case.ids[:_FEW], strict=True):
        first = case.make(value, 0.6, sample)
        case.make(value, 0.6, "other")
        _demand(same(first, case.make(value, 0.6, sample)), f"{sample} differs at the second call")


def batch_independent(noise: Perturbation) -> None:
    """Noise does not depend on batch size, order or subset: a batch equals one by one, bit for bit."""
    case = specimen(noise)
    values, ids = list(case.values[:16]), list(case.ids[:16])
    whole = list(_rows(case.batch(values, 0.6, ids)))
    for i, (value, sample) in enumerate(zip(values, ids, strict=True)):
        _demand(same(case.make(value, 0.6, sample), whole[i]), f"{sample} differs in a batch")
    order = list(range(len(ids)))[::-2]
    part = _rows(case.batch([values[i] for i in order], 0.6, [ids[i] for i in order]))
    for i, row in zip(order, part, strict=True):
        _demand(same(row, whole[i]), f"{ids[i]} differs in another order and subset")


def worker_independent(noise: Perturbation) -> None:
    """Noise does not depend on the thread that makes it."""
    case = specimen(noise)
    pairs = list(zip(case.values[:_FEW], case.ids[:_FEW], strict=True)) * 2
    with ThreadPoolExecutor(4) as pool:
        threaded = list(pool.map(lambda pair: case.make(pair[0], 0.6, pair[1]), pairs))
    alone = [case.make(value, 0.6, sample) for value, sample in pairs]
    _demand(all(map(same, threaded, alone)), "threads get other noise")


def different_samples(noise: Perturbation) -> None:
    """Other samples, inputs, seeds, replicates and places in a chain get other noise."""
    case = specimen(noise)
    if noise.coupling == "codec" or "different-samples" in noise.exempt:
        return
    for changed in (
        {"sample": "t"},
        {"input": "b"},
        {"seed": 1},
        {"replicate": 1},
        {"position": 1},
    ):
        other = any(
            not same(
                case.make(value, s, sample), case.make(value, s, **({"sample": sample} | changed))
            )
            for value, sample in zip(case.values, case.ids, strict=True)
            for s in (0.4, 1.0)
        )
        _demand(other, f"another {next(iter(changed))} gets the same noise")


def coupled(noise: Perturbation) -> None:
    """Severities hang together in the declared form."""
    if "coupled" not in noise.exempt:
        wrong = check_coupled(specimen(noise))
        _demand(not wrong, f"not coupled as {noise.coupling}: {wrong}")


def obeys_contract(noise: Perturbation) -> None:
    """Noisy values belong to the modality and keep what the declaration says, edge values included."""
    case = specimen(noise)
    for name, value in zip(case.ids[:_FEW], case.values, strict=False):
        for severity in (0.2, 1.0):
            _check_output(case, name, value, severity, case.context())
    for name, value in case.contract.edges().items():
        for severity in (0.2, 1.0):
            _check_output(case, name, value, severity, case.context(value))


def edges_defined(noise: Perturbation) -> None:
    """Empty, one-element and other edge values give a value, or say that the noise does not apply."""
    case = specimen(noise)
    for name, value in case.contract.edges().items():
        before = frozen(value)
        for severity in SEVERITIES:
            try:
                case.make(value, severity, name, **case.context(value))
                case.batch([value], severity, [name], **case.context(value))
            except NotApplicable:
                pass
            except Exception as error:  # noqa: BLE001 - whatever it is, it breaks the law
                _demand(False, f"edge value {name!r} at severity {severity:g}: {error!r}")
        _demand(frozen(value) == before, f"edge value {name!r} was written to")


def global_state_untouched(noise: Perturbation) -> None:
    """The random states of Python, numpy and torch are as they were."""
    case = specimen(noise)
    before = _global_states()
    case.make(case.values[0], 0.6)
    case.batch(case.values[:_FEW], 0.6, case.ids[:_FEW])
    _demand(same(_global_states(), before), "a global random state moved")


def text_form_round_trips(noise: Perturbation) -> None:
    """The text form parses back to an equal noise."""
    case = specimen(noise)
    if not case.registered:
        return
    for changed in ({}, dict(noise.settings)):
        there = noise.with_settings(**changed)
        back = get(str(there))
        _demand(
            back == there and dict(back.settings) == dict(there.settings),
            f"{there} reads as {back}",
        )


def pickles(noise: Perturbation) -> None:
    """A noise survives pickling, and makes the same noise after."""
    case = specimen(noise)
    try:
        back = pickle.loads(pickle.dumps(noise))  # noqa: S301 - our own bytes
    except Exception as error:
        raise LawBroken(f"{noise} does not survive pickling: {error!r}") from error
    _demand(back == noise, f"{noise} unpickles as {back}")
    twin = Specimen(back, case.registered)
    value = case.values[0]
    _demand(same(case.make(value, 0.6), twin.make(value, 0.6)), "noise differs after pickling")


def errors_are_named(noise: Perturbation) -> None:
    """A bad severity, dose or value raises the error that says so."""
    case = specimen(noise)
    value = case.values[0]
    for severity in (-0.1, 1.1, math.nan, math.inf, "0.5", True):
        _raises(BadSeverity, partial(case.make, value, severity), f"severity {severity!r}")
    first = next(iter(noise.ladders))
    for dose in ({}, {"no-such-dose": 1.0}, {first: math.nan}, {first: "1"}):
        _raises(BadDose, partial(case.make, value, None, dose=dose), f"dose {dose!r}")
    for name, bad in case.contract.bad().items():
        _raises(BadValue, partial(case.make, bad, 0.6), f"the bad value {name!r}")


def documented(noise: Perturbation) -> None:
    """Every ladder has a unit; the docstring says what happens, what a severity is, and the source."""
    for name, ladder in noise.ladders.items():
        _demand(bool(ladder.unit.strip()), f"the ladder {name!r} has no unit")
    _demand(bool(noise.summary.strip()), "no docstring")
    for section in ("Severity:", "References:"):
        _demand(section in noise.doc, f"the docstring has no section {section!r}")


def monotone(noise: Perturbation) -> None:
    """Distortion never decreases with severity: in the mean, and per sample for masks and sums."""
    case = specimen(noise)
    if "monotone" in noise.exempt:
        return
    _demand(len(case.values) >= CORPUS, f"the corpus has only {len(case.values)} samples")
    found = np.array([case.distortions(severity) for severity in SEVERITIES])
    found = np.clip(found, -1e6, 1e6)  # the SNR of an untouched value is infinite
    means = found.mean(axis=1)
    slack = 1e-9 * (1 + np.abs(means[:-1]))
    _demand(
        (np.diff(means) >= -slack).all(), f"mean {noise.measure} by severity: {np.round(means, 5)}"
    )
    if noise.coupling in ("mask", "additive"):
        drop = -np.diff(found, axis=0).min(initial=0.0)
        _demand(
            drop <= 1e-4 * (1 + np.abs(found).max()),
            f"a sample's {noise.measure} decreases by {drop:.3g}",
        )


def undone(noise: Perturbation) -> None:
    """What a group action moves it moves back: the value is nearer than it was and, where nothing is lost, the same."""
    if noise.action is None:
        return
    kept = noise.action.lossless
    sort = noise.with_settings(**kept) if isinstance(kept, Mapping) else noise
    back, moved = (
        np.asarray(Specimen(each, False).distortions(1.0))
        for each in (sort.with_settings(**{UNDONE: True}), sort)
    )
    closer = float(np.median(back)) <= float(np.median(moved))
    _demand(closer, f"undone, values are further away in {noise.measure} than done")
    if kept:
        decibels = specimen(noise).contract.measures[noise.measure].sign < 0
        far = back.max()
        most = -_SAME_DB if decibels else _SAME * np.abs(moved).max()
        _demand(far <= most, f"undone, a value is {abs(far):.3g} {noise.measure} from what it was")


LAWS: dict[str, Law] = {
    law.__name__.replace("_", "-"): law
    for law in (
        identity_at_zero,
        input_untouched,
        deterministic,
        batch_independent,
        worker_independent,
        different_samples,
        coupled,
        obeys_contract,
        edges_defined,
        global_state_untouched,
        text_form_round_trips,
        pickles,
        errors_are_named,
        documented,
        monotone,
        undone,
    )
}
"""Every law of one noise, by name; `process_independent` is the law of a whole catalogue."""


def parametrize(noises: Iterable[Perturbation | str]) -> Callable[[Callable[..., Any]], Any]:
    """Turn `test(noise, law)` into one pytest item for every noise and law; skipped where a noise's extra is missing."""
    import pytest

    each = [get(noise) if isinstance(noise, str) else noise for noise in noises]
    cases = [
        pytest.param(noise, law, id=f"{noise}-{name}", marks=_skips(noise))
        for noise in each
        for name, law in LAWS.items()
    ]
    return pytest.mark.parametrize(("noise", "law"), cases)


def _skips(noise: Perturbation) -> list[Any]:
    import pytest

    lacking = missing(tuple(noise.requires))
    reason = f"the extra {', '.join(lacking)} is not installed"
    return [pytest.mark.skip(reason=reason)] if lacking else []


def process_independent(catalogue: Iterable[str] | None = None) -> None:
    """A fresh process with another hash seed makes the same noise, for the whole catalogue at once."""
    listed = [
        name
        for name in (names() if catalogue is None else catalogue)
        if not missing(tuple(get(name).requires))
    ]
    here = fingerprints(listed)
    environment = os.environ | {"PYTHONHASHSEED": "4242"}
    command = [sys.executable, "-m", "perturbations.testing", *listed]
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        command, env=environment, capture_output=True, text=True, check=False
    )
    _demand(done.returncode == 0, f"the other process failed: {done.stderr[-2000:]}")
    there = json.loads(done.stdout)
    differing = [name for name in listed if here[name] != there[name]]
    _demand(not differing, f"another process makes other noise: {', '.join(differing)}")


def fingerprints(catalogue: Iterable[str]) -> dict[str, str]:
    """Return a digest of the noise that each perturbation makes on the first values of its corpus."""
    out = {}
    for name in catalogue:
        case = specimen(get(name))
        few = [case.make(v, 0.6, s) for v, s in zip(case.values[:_FEW], case.ids, strict=False)]
        out[name] = digest(few)
    return out


def _check_output(
    case: Specimen, name: str, value: Any, severity: float, context: dict[str, Any]
) -> None:
    try:
        noisy = case.make(value, severity, name, **context)
    except Exception:  # noqa: BLE001 - the law on edge values says what failed
        return
    where = f"{name!r} at severity {severity:g}"
    if not case.noise.missing:
        try:  # severity 0 checks the value, whatever the noise itself looks at
            replace(case.noise, scans=False)(noisy, 0.0, sample=name, **context)
        except PerturbationError as error:
            _demand(False, f"{where} is no value of the modality: {error}")
    shapes = getattr(value, "shape", None), getattr(noisy, "shape", None)
    if "shape" in case.noise.keeps and "keeps-shape" not in case.noise.exempt:
        _demand(shapes[0] == shapes[1], f"{where}: shape {shapes[0]} became {shapes[1]}")
    if "dtype" in case.noise.keeps and not case.noise.missing:
        kinds = getattr(value, "dtype", type(value)), getattr(noisy, "dtype", type(noisy))
        _demand(kinds[0] == kinds[1], f"{where}: {kinds[0]} became {kinds[1]}")


def _rows(batch: Any) -> list[Any]:
    return list(batch)


def _global_states() -> list[Any]:
    legacy = np.random.get_state(legacy=False)  # noqa: NPY002 - this state is what is examined
    state = [random.getstate(), *legacy["state"].values()]
    torch = sys.modules.get("torch")
    if torch is not None:
        state.append(torch.get_rng_state().numpy())
    return [list(each) if isinstance(each, tuple) else each for each in state]


def _raises(error: type[Exception], call: Callable[[], Any], what: str) -> None:
    try:
        call()
    except error:
        return
    except Exception as other:
        raise LawBroken(f"{what} raises {other!r}, not {error.__name__}") from other
    raise LawBroken(f"{what} is accepted")


def _demand(holds: bool, message: str) -> None:  # noqa: FBT001 - an assertion with a message
    if not holds:
        raise LawBroken(message)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(fingerprints(sys.argv[1:])))
