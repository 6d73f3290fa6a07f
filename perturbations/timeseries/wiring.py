"""Channels on the wrong wire, on a loose one, on two at once, or on none."""

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations._action import Action
from perturbations.errors import NotApplicable, explain
from perturbations.timeseries._gaps import check_burst, in_bursts
from perturbations.timeseries._reference import Reference, flat, means, quantile, spread
from perturbations.timeseries._schedule import acting, check_schedule, said, strength
from perturbations.timeseries._series import Series, Values
from perturbations.timeseries._settings import one_of

_ABOUT = ("zero", "mean")
_READS = ("zero", "rail")
_FILLS = ("nan", "zero", "mean")
_REACHES = ("all", "neighbours")


@perturbation(
    batched=True,
    coupling="mask",
    action=Action("signs of the channels", "twice", lossless=True),
)
def polarity_flip(
    series: Series,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of channels", high=1.0),
    about: str = "zero",
    reference: Reference | None = None,
) -> Noisy:
    """Two leads the wrong way round, or a sensor mounted upside down: a channel has the wrong sign.

    Each channel is flipped with the probability of the dose: x becomes -x, or 2 mean - x about the mean of the clean data. A
    channel flipped at one severity is flipped at every higher one.

    Severity: share of channels flipped.

    Settings:
        about: what stays in its place: "zero", or the "mean" of the channel over all clean series.

    Raises:
        BadSetting: there is no such place.
        MissingReference: the mean is asked for, and not known.

    References: Batchvarov et al. 2007, Incorrect electrode cable connection during electrocardiographic recording.
    """
    one_of("about", about, _ABOUT)
    hit = _channels(draw, series, share)
    twice = 2.0 * means(reference, series.shape[-1], "about") if about == "mean" else 0.0
    noisy = np.where(hit[:, np.newaxis], twice - series.values, series.values)
    return Noisy(noisy, report={"flipped": hit.sum(axis=1).tolist()})


@perturbation(
    batched=True,
    coupling="mask",
    action=Action("swaps of channels", "twice", lossless=True),
)
def channel_swap(
    series: Series,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.25, 0.5, 0.75, 1.0, unit="share of pairs of channels", high=1.0),
) -> Noisy:
    """Connectors in the wrong sockets: channels have changed places.

    The channels are put into pairs by a draw (one is left where their number is odd), and each pair changes places with the
    probability of the dose. A pair swapped at one severity is swapped at every higher one.

    Severity: share of the pairs that change places.

    Raises:
        NotApplicable: there is only one channel.

    References: Batchvarov et al. 2007, Incorrect electrode cable connection during electrocardiographic recording.
    """
    count, _, channels = series.shape
    _demand_two(series, "to swap")
    order, pairs = draw.permutation(channels, stream="pairs"), channels // 2
    hit = draw.uniform((count, pairs), stream="hit") < share
    left, right = order[:, 0 : 2 * pairs : 2], order[:, 1 : 2 * pairs : 2]
    source = np.tile(np.arange(channels), (count, 1))
    row = np.arange(count)[:, np.newaxis]
    source[row, left] = np.where(hit, right, left)
    source[row, right] = np.where(hit, left, right)
    noisy = np.take_along_axis(series.values, source[:, np.newaxis], axis=2)
    # Channels change places with what was missing in them.
    return Noisy(series.moved(noisy, rows=None), report={"channels": source.tolist()})


@perturbation(batched=True)
def cross_talk(
    series: Series,
    draw: Draw,
    *,
    coupling: Dose = Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="share of the other channels"),
    reach: str = "all",
    schedule: str = "constant",
    period: float = 0.0,
    rate: float | None = None,
    reference: Reference,
) -> Noisy:
    """Cables side by side: what moves in one channel shows in the others.

    x + coupling * W (x - mean), a mixing matrix: in standard deviations of the channels over all clean series, the weights of
    each row are drawn evenly and add up to 1, with 0 on the diagonal. Offsets do not couple. A channel without spread takes and
    gives nothing; what is missing gives nothing. The report of one series holds the whole matrix.

    Severity: coupling, the sum of what leaks into a channel.

    Settings:
        reach: "all" other channels, or the "neighbours" before and after.
        schedule, period: when it acts: constant, or a ramp, diurnal, burst or regime of so many seconds (steps where no
            time is known); series with dates share it.

    Raises:
        BadSetting: there is no such reach or schedule, or it needs a period.
        NotApplicable: there is only one channel.

    References: Paul 2006, Introduction to Electromagnetic Compatibility, chapter 9 (crosstalk).
    """
    from perturbations.timeseries._kernels import leak

    one_of("reach", reach, _REACHES)
    check_schedule(schedule, period)
    _demand_two(series, "to couple")
    std = spread(reference, series.shape[-1])
    acts = acting(series, draw, series.moments(rate), schedule, period)
    weights = _weights(draw, series, reach) * np.divide.outer(std, np.where(std > 0, std, np.inf))
    out, gain = np.empty(series.shape), np.ascontiguousarray(strength(coupling, acts))
    leak(series.values, weights, np.array(reference.mean), gain, out)
    mixing = np.eye(series.shape[-1]) + coupling * weights
    report = flat(std) | said(acts)
    return Noisy(out, report=report | ({"mixing": mixing[0].tolist()} if len(series) == 1 else {}))


def _weights(draw: Draw, series: Series, reach: str) -> Values:
    """Return what leaks into each channel from each other one, (n, C, C), rows of sum 1."""
    count, _, channels = series.shape
    apart = np.abs(np.subtract.outer(np.arange(channels), np.arange(channels)))
    reached = (apart > 0) & ((apart == 1) | (reach == "all"))
    # Above 0, so that the sum is, too.
    drawn = reached * (1.0 - draw.uniform((count, channels, channels), stream="weights"))
    return np.asarray(drawn / drawn.sum(axis=2, keepdims=True))


@perturbation(batched=True, coupling="mask")
def electrode_off(
    series: Series,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.05, 0.1, 0.2, 0.4, 0.7, unit="share of the time of each channel", high=1.0
    ),
    burst: float = 50.0,
    seconds: float = 0.0,
    reads: str = "zero",
    schedule: str = "constant",
    period: float = 0.0,
    rate: float | None = None,
    reference: Reference | None = None,
) -> Noisy:
    """Contacts that come off and back on: each channel for itself reads nothing for a while.

    A two-state chain in each channel, as in burst dropout for all of them: the expected share of the time is the dose. While it is
    off, a channel reads 0, or the end of its range, the largest reading of the clean data. A step off at one severity is off at
    every higher one. Missing values stay missing.

    Severity: share of the time that a channel is off; our choice.

    Settings:
        burst: mean time off in steps, at least 1.
        seconds: mean time off in seconds instead; 0 for steps.
        reads: "zero", or the "rail" of an amplifier whose input floats.
        schedule, period: when it acts: constant, or a ramp, diurnal, burst or regime of so many seconds (steps where no
            time is known), by which the share is multiplied; series with dates share it.

    Raises:
        BadSetting: `burst` is below 1, `seconds` below 0, or there is no such reading or schedule.
        MissingFact: `seconds` is set, and neither stamps nor a rate are known.
        MissingReference: the rail is asked for, and not known.

    References: Gilbert 1960, Capacity of a Burst-Noise Channel.
    """
    check_burst(burst, seconds)
    one_of("reads", reads, _READS)
    check_schedule(schedule, period)
    level = quantile(reference, 1.0, series.shape[-1], "reads") if reads == "rail" else 0.0
    time = series.moments(rate)
    acts = acting(series, draw, time, schedule, period)
    off = in_bursts(draw.key("steps"), series.shape, strength(share, acts), burst, seconds, time)
    noisy = np.where(off.steps & ~series.missing, level, series.values)
    return Noisy(noisy, report={"off": off.shares} | said(acts))


@perturbation(batched=True, coupling="mask", missing=True, measure="changed")
def missing_channel(
    series: Series,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.2, 0.4, 0.6, 0.8, unit="share of channels", high=1.0),
    fill: str = "nan",
    reference: Reference | None = None,
) -> Noisy:
    """A sensor that is not there: whole channels are missing from the first step to the last.

    Each channel is missing with the probability of the dose, so that one in (1 / dose)^C series of C channels has none left. A
    channel missing at one severity is missing at every higher one.

    Severity: share of channels missing.

    Settings:
        fill: "nan" (missing), "zero", or "mean" (of the channel over all clean series), as far as there were readings.

    Raises:
        BadSetting: there is no such fill.
        MissingReference: the mean is asked for, and not known.

    References: Ma et al. 2022, Are Multimodal Transformers Robust to Missing Modality?
    """
    one_of("fill", fill, _FILLS)
    hit = _channels(draw, series, share)
    levels = {"nan": np.nan, "zero": 0.0}
    level = means(reference, series.shape[-1], "fill") if fill == "mean" else levels[fill]
    gone = hit[:, np.newaxis] & ~series.missing
    return Noisy(np.where(gone, level, series.values), report={"lost": hit.sum(axis=1).tolist()})


def _channels(draw: Draw, series: Series, share: float) -> NDArray[np.bool_]:
    """Return which channels are hit, (n, C), each on its own."""
    return np.asarray(draw.uniform((len(series), series.shape[-1]), stream="channels") < share)


def _demand_two(series: Series, what: str) -> None:
    if series.shape[-1] < 2:
        hint = "leave this noise out for series of one channel"
        raise NotApplicable(explain(f"two channels or more {what}", "series", series.values, hint))
