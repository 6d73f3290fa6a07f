"""The law suite is itself examined: each lawless noise breaks exactly its law."""

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest

from perturbations import Dose, Ladder, Noisy, perturbation
from perturbations._action import Action
from perturbations._time_map import TimeMap
from perturbations.errors import BadValue
from perturbations.testing import LAWS, LawBroken

RUNGS = (0.02, 0.04, 0.06, 0.08, 0.10)
DOC = """Noise for the examination of the laws.

Severity: the spread.

References: none; made for this test.
"""


def lawful(image, draw, *, sigma: Dose = Ladder(*RUNGS, unit="σ")):
    return image + sigma * draw.normal(image.shape)


def make(function, **declared):
    function.__doc__ = DOC if function.__doc__ is None else function.__doc__
    name = f"image/lawless-{function.__name__.replace('_', '-')}"
    noise = perturbation(name, family="test", registered=False, **declared)(function)
    MADE[name] = replace(noise, recipe=(_again, (name,), {}))
    return MADE[name]


MADE = {}


def _again(name):
    return MADE[name]


def global_state(image, draw, *, sigma: Dose = Ladder(*RUNGS, unit="σ")):
    random.random()
    return lawful(image, draw, sigma=sigma)


def batch_dependent(images, draw, *, sigma: Dose = Ladder(*RUNGS, unit="σ")):
    return images + sigma * draw.normal(images.shape) * (1 + 1e-3 * (len(images) > 1))


def redraws(image, draw, *, sigma: Dose = Ladder(*RUNGS, unit="σ")):
    return image + sigma * np.sign(draw.normal(image.shape, stream=f"{sigma}"))


_calls = itertools.count()


def undetermined(image, draw, *, sigma: Dose = Ladder(*RUNGS, unit="σ")):
    return image + sigma * draw.normal(image.shape) * (1 + 1e-2 * (next(_calls) % 7))


def same_for_all(image, draw, *, sigma: Dose = Ladder(*RUNGS, unit="σ")):
    return image + sigma * (np.arange(image.size).reshape(image.shape) % 2)


def undocumented(image, draw, *, sigma: Dose = Ladder(*RUNGS, unit="σ")):
    """Noise."""
    return lawful(image, draw, sigma=sigma)


def shrinking(image, draw, *, sigma: Dose = Ladder(*RUNGS, unit="σ")):
    return image + (0.11 - sigma) * draw.normal(image.shape)


def unlike_declared(image, draw, *, sigma: Dose = Ladder(*RUNGS, unit="σ")):
    return lawful(image, draw, sigma=sigma)


def fails_on_one_pixel(image, draw, *, sigma: Dose = Ladder(*RUNGS, unit="σ")):
    if image.size == 1:
        raise IndexError("too small")
    return lawful(image, draw, sigma=sigma)


def unpicklable(image, draw, *, sigma: Dose = Ladder(*RUNGS, unit="σ")):
    return lawful(image, draw, sigma=sigma)


def no_group(image, draw, *, sigma: Dose = Ladder(*RUNGS, unit="σ")):
    return lawful(image, draw, sigma=sigma)


LAWLESS = [
    (
        make(no_group, action=Action("noise that is added twice", "twice", lossless=True)),
        {"undone"},
    ),
    (make(global_state), {"global-state-untouched"}),
    (make(batch_dependent, batched=True), {"batch-independent"}),
    (make(redraws), {"coupled"}),
    (make(same_for_all), {"different-samples"}),
    (make(undocumented), {"documented"}),
    (make(unlike_declared, coupling="mask"), {"coupled"}),
    (make(unlike_declared, coupling="codec"), {"coupled"}),
    (replace(make(unpicklable), recipe=None), {"pickles"}),
]
MANY = [
    # These break their own law, and cannot help to break some that follow from it.
    (make(undetermined), "deterministic"),
    (make(shrinking), "monotone"),
    (make(fails_on_one_pixel), "edges-defined"),
]


def broken(noise):
    found = set()
    for name, law in LAWS.items():
        try:
            law(noise)
        except LawBroken:
            found.add(name)
    return found


def test_a_lawful_noise_breaks_no_law():
    assert set() == broken(make(lawful))


@pytest.mark.parametrize(("noise", "laws"), LAWLESS, ids=lambda x: getattr(x, "name", ""))
def test_a_lawless_noise_breaks_exactly_its_law(noise, laws):
    assert laws == broken(noise)


@pytest.mark.parametrize(("noise", "law"), MANY, ids=lambda x: getattr(x, "name", x))
def test_a_noise_that_breaks_more_is_found_by_its_own_law_too(noise, law):
    assert law in broken(noise)


def test_a_noise_that_looks_for_numbers_itself_is_looked_after():
    """One that says so and does not lets NaN in and out."""

    def divide(clip, draw, *, factor: Dose = Ladder(1, 2, 3, 4, 5, unit="x"), careful=False):
        with np.errstate(all="ignore"):
            noisy = clip * (clip / clip) * factor
        if careful and not np.isfinite(noisy).all():
            raise BadValue("NaN")
        return noisy

    divide.__doc__ = DOC
    noise = perturbation("audio/lawless-divide", family="test", scans=True, registered=False)(
        divide
    )
    with pytest.raises(LawBroken, match="no value of the modality"):
        LAWS["obeys-contract"](noise)
    with pytest.raises(LawBroken, match="is accepted"):
        LAWS["errors-are-named"](noise)
    LAWS["errors-are-named"](noise.with_settings(careful=True))


def test_a_noise_that_moves_time_is_examined_by_where_moments_go():
    """A wave that is late by a whole turn looks as it did, its moments do not."""

    def delay(series, draw, *, steps: Dose = Ladder(1, 2, 3, 4, 5, unit="steps"), redrawn=False):
        stream = f"{steps}" if redrawn else ""
        late = steps * (1 if draw.uniform(stream=stream) < 0.5 else -1)
        values = np.roll(series.values, int(late), axis=1)
        length = series.shape[1]
        return Noisy(series.moved(values, rows=None), TimeMap.linear(length, delay=late))

    declared = {"coupling": "transform", "family": "test", "registered": False}
    delay.__doc__ = DOC
    noise = perturbation("timeseries/lawless-delay", **declared)(delay)
    LAWS["coupled"](noise)
    with pytest.raises(LawBroken, match="no closer than two draws"):
        LAWS["coupled"](noise.with_settings(redrawn=True))


@pytest.mark.parametrize("moves", [False, True])
def test_a_noise_that_loses_readings_of_a_series_without_saying_so_is_stopped(moves):
    def loses(series, draw, *, share: Dose = Ladder(*RUNGS, unit="share")):
        values = np.where(draw.uniform(series.shape) < 0.5, np.nan, series.values)
        return series.moved(values, rows=None) if moves else values

    noise = perturbation("timeseries/lawless-loses", family="test", registered=False)(loses)
    with pytest.raises(Exception, match="finite numbers from timeseries/lawless-loses"):
        noise(np.zeros((40, 2)), 0.5, sample="a")
    # Where rows move, a gap that was there may be anywhere.
    gaps = np.full((40, 2), np.nan)
    if moves:
        assert np.isnan(noise(gaps, 0.5, sample="a")).all()


def test_a_noise_that_writes_its_input_is_stopped():
    def writes(image, draw, *, sigma: Dose = Ladder(*RUNGS, unit="σ")):
        image += sigma
        return image

    noise = make(writes, native=True)
    with pytest.raises(ValueError, match="read-only"):
        noise(np.zeros((4, 4)), 0.5, sample="a")


def test_a_noise_that_makes_nan_without_saying_so_is_stopped():
    def nan(image, draw, *, sigma: Dose = Ladder(*RUNGS, unit="σ")):
        return image * np.nan

    with pytest.raises(Exception, match="finite numbers from image/lawless-nan"):
        make(nan)(np.zeros((4, 4)), 0.5, sample="a")


def test_a_noise_that_changes_the_shape_without_saying_so_is_stopped():
    def crops(image, draw, *, sigma: Dose = Ladder(*RUNGS, unit="σ")):
        return image[1:]

    with pytest.raises(Exception, match="to keep the shape"):
        make(crops)(np.zeros((4, 4)), 0.5, sample="a")


def test_an_exemption_needs_a_reason():
    with pytest.raises(Exception, match="a reason for one of"):
        make(lawful, exempt={"monotone": ""})
