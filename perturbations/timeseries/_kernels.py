"""Compiled loops over dense series: number k of a series is a function of its key and k, in any batch.

Why: numpy needs several passes over a batch for what one loop does in one; the noise of a reading costs less than the
memory that the passes go through. Arguments of shape (n or 1, T or 1) hold for all series, or steps, where they have one row.
"""

import math

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import bits64, jit, uniform64
from perturbations._kernels import normal_of

Values = NDArray[np.float64]
Keys = NDArray[np.uint64]
Mask = NDArray[np.bool_]
Steps = NDArray[np.int64]

NAN, ZERO, HOLD, CHORD = range(4)
"""What stands in the place of lost readings."""


@jit
def add_normals(values: Values, keys: Keys, scale: Values, cubics: Values, out: Values) -> None:
    """Add independent normal numbers of the spread `scale` (C,)."""
    count, steps, channels = values.shape
    for i in range(count):
        flat = out[i].reshape(steps * channels)
        for k in range(flat.size):
            flat[k] = normal_of(bits64(keys[i], k), cubics)
        for t in range(steps):
            for c in range(channels):
                out[i, t, c] = values[i, t, c] + scale[c] * out[i, t, c]


@jit
def add_walk(
    values: Values, keys: Keys, scale: Values, roots: Values, cubics: Values, out: Values
) -> None:
    """Add a random walk whose step t has the spread roots[., t] scale[c]; out needs no order of steps in time."""
    count, steps, channels = values.shape
    place = np.empty(channels)
    for i in range(count):
        place[:] = 0.0
        root = roots[i % roots.shape[0]]
        for t in range(steps):
            for c in range(channels):
                place[c] += root[t] * normal_of(bits64(keys[i], t * channels + c), cubics)
                out[i, t, c] = values[i, t, c] + scale[c] * place[c]


@jit
def add_outer(values: Values, along: Values, across: Values, out: Values) -> None:
    """Add along[., t] across[., c]: (n or 1, T or 1) and (n or 1, C)."""
    count, steps, channels = values.shape
    wide = int(along.shape[1] > 1)
    for i in range(count):
        strength, height = along[i % along.shape[0]], across[i % across.shape[0]]
        for t in range(steps):
            part = strength[t * wide]
            for c in range(channels):
                out[i, t, c] = values[i, t, c] + part * height[c]


@jit
def quantise(values: Values, low: Values, step: Values, levels: float, out: Values) -> None:
    """Put each reading into the middle of its step; a channel with a step of 0 stays."""
    count, steps, channels = values.shape
    for i in range(count):
        for t in range(steps):
            for c in range(channels):
                x = values[i, t, c]
                if step[c] > 0 and not math.isnan(x):
                    place = math.floor((x - low[c]) / step[c])
                    x = low[c] + (min(max(place, 0.0), levels - 1.0) + 0.5) * step[c]
                out[i, t, c] = x


@jit
def powers(values: Values, noise: Values, signal: Values, power: Values) -> None:
    """Return the variance of each channel (n, C) and the mean square of the noise, over the readings that are there."""
    count, steps, channels = values.shape
    for i in range(count):
        for c in range(channels):
            there, total, low, high = 0, 0.0, np.inf, -np.inf
            for t in range(steps):
                x = values[i, t, c]
                if not math.isnan(x):
                    there += 1
                    total += x
                    low, high = min(low, x), max(high, x)
            mean, square, noisy = total / max(there, 1), 0.0, 0.0
            for t in range(steps):
                x = values[i, t, c]
                if not math.isnan(x):
                    square += (x - mean) ** 2
                    noisy += noise[i, t, c] ** 2
            # The variance of equal numbers is 0, also where their mean is not exact.
            signal[i, c] = square / max(there, 1) if high > low else 0.0
            power[i, c] = noisy / max(there, 1)


@jit
def chain(
    keys: Keys, first: Values, enter: Values, stay: Values, lost: Mask, count_of: Steps
) -> None:
    """Run two-state chains: which steps (n, T, K) are lost, each of K links on its own, and how many of each series.

    A number below `enter` loses the step whatever came before, one at or above `stay` keeps it, and one between them
    repeats the step before; the first step is lost below `first`. All three are (n or 1, T or 1).
    """
    count, steps, links = lost.shape
    wide = int(enter.shape[1] > 1)
    for i in range(count):
        comes, keeps = enter[i % enter.shape[0]], stay[i % stay.shape[0]]
        begin = first[i % first.shape[0], 0]
        total = 0
        for c in range(links):
            before = False
            for t in range(steps):
                u = uniform64(keys[i], t * links + c)
                # Without a branch, which would be guessed wrong at every turn.
                before = (u < comes[t * wide]) | (before & (u < keeps[t * wide]))
                if t == 0:
                    before = u < begin
                lost[i, t, c] = before
                total += before
        count_of[i] = total


@jit
def fill(values: Values, lost: Mask, at: Values, how: int, out: Values) -> None:
    """Fill the lost readings that were there; `lost` is (n, T).

    Held and interpolated ones come from the nearest kept readings on either side; where there is only one, from that, and
    a channel that has kept none is zeros.
    """
    for i in range(len(values)):
        out[i] = values[i]
        if how < HOLD:
            _blank(lost[i], np.nan if how == NAN else 0.0, out[i])
            continue
        for c in range(values.shape[2]):
            _bridge(values[i, :, c], lost[i], at[i % at.shape[0]], how == CHORD, out[i, :, c])


@jit
def _blank(lost: Mask, level: float, out: Values) -> None:
    for t in range(lost.size):
        if lost[t]:
            for c in range(out.shape[1]):
                if not math.isnan(out[t, c]):
                    out[t, c] = level


@jit
def _bridge(x: Values, lost: Mask, time: Values, chord: bool, out: Values) -> None:
    """Fill the gaps of one channel; each reading is looked at a fixed number of times, however the gaps lie."""
    left, right, seen, start = -1, -1, 0, 0
    while start < x.size:
        if not lost[start]:
            start += 1
            continue
        stop = start
        while stop < x.size and lost[stop]:
            stop += 1
        t = start - 1
        while t >= seen and math.isnan(x[t]):
            t -= 1
        left = t if t >= seen else left
        if right < stop:
            right = stop
            while right < x.size and (lost[right] or math.isnan(x[right])):
                right += 1
        _fill_gap(x, time, start, stop, left, right, chord, out)
        seen = start = stop


@jit
def _fill_gap(
    x: Values, time: Values, start: int, stop: int, left: int, right: int, chord: bool, out: Values
) -> None:
    """Fill one gap of one channel; `left` is -1 and `right` the length where there is no kept reading on that side."""
    left = left if left >= 0 else right
    right = right if right < x.size else left
    none = left >= x.size
    for t in range(start, stop):
        if math.isnan(x[t]):
            continue
        if none:
            out[t] = 0.0
        elif not chord or right <= left:
            out[t] = x[left]
        else:
            width = time[right] - time[left]
            part = min(max((time[t] - time[left]) / width, 0.0), 1.0) if width else 0.0
            out[t] = x[left] + part * (x[right] - x[left])


@jit
def stick(values: Values, moment: Steps, start: Steps, length: int, out: Values) -> None:
    """Repeat the reading of one moment over a run of steps: or the last one before it that is there, or the next."""
    count, steps, channels = values.shape
    for i in range(count):
        for c in range(channels):
            from_ = moment[i]
            while from_ > 0 and math.isnan(values[i, from_, c]):
                from_ -= 1
            while from_ < steps - 1 and math.isnan(values[i, from_, c]):
                from_ += 1
            for t in range(steps):
                x = values[i, t, c]
                held = start[i] <= t < start[i] + length and not math.isnan(x)
                out[i, t, c] = values[i, from_, c] if held else x


@jit
def spike(values: Values, hits: Keys, ways: Keys, share: Values, jump: Values, out: Values) -> int:
    """Move each reading by jump[c], up or down, with the probability share[., t]; return how many were hit."""
    count, steps, channels = values.shape
    total = 0
    for i in range(count):
        row = i % share.shape[0]
        for t in range(steps):
            most = share[row, t % share.shape[1]]
            for c in range(channels):
                k = t * channels + c
                x = values[i, t, c]
                if uniform64(hits[i], k) < most:
                    total += 1
                    x += jump[c] if uniform64(ways[i], k) < 0.5 else -jump[c]
                out[i, t, c] = x
    return total


@jit
def _slope(values: Values, time: Values, t: int, c: int) -> float:
    """Return the slope of the parabola through a reading and its neighbours; of the chord where one is missing."""
    x = values[t, c]
    before = after = 0.0
    left, right = False, False
    if t > 0:
        before = (x - values[t - 1, c]) / (time[t] - time[t - 1])
        left = not math.isnan(before)
    if t < time.size - 1:
        after = (values[t + 1, c] - x) / (time[t + 1] - time[t])
        right = not math.isnan(after)
    if left and right:
        last, next_ = time[t] - time[t - 1], time[t + 1] - time[t]
        return (before * next_ + after * last) / (last + next_)
    if left:
        return before
    return after if right else 0.0


@jit
def read_at(values: Values, at: Values, asked: Values, out: Values) -> None:
    """Read series at other moments, by cubics with the slopes of parabolas; the outermost readings are held.

    Exact for parabolas at any spacing. Between a missing reading and another there is none. `at` must ascend.
    """
    count, steps, channels = values.shape
    for i in range(count):
        x, time = values[i], at[i % at.shape[0]]
        for j in range(asked.shape[1]):
            moment = asked[i % asked.shape[0], j]
            left = min(max(np.searchsorted(time, moment, side="right") - 1, 0), steps - 1)
            if moment <= time[left] or left == steps - 1:
                out[i, j] = x[left]
                continue
            width = time[left + 1] - time[left]
            p = (moment - time[left]) / width
            for c in range(channels):
                rise = x[left + 1, c] - x[left, c]
                start = _slope(x, time, left, c) * width - rise
                end = rise - _slope(x, time, left + 1, c) * width
                bend = p * (1 - p) * ((1 - p) * start + p * end)
                out[i, j, c] = x[left, c] + p * rise + bend


@jit
def compact(values: Values, lost: Mask, out: Values, rows: Steps, left: Steps) -> None:
    """Close up what is left of each series; rows says which clean row came, and beyond `left` repeats the last one."""
    count, steps, channels = values.shape
    for i in range(count):
        place = 0
        for t in range(steps):
            if not lost[i, t]:
                rows[i, place] = t
                place += 1
        left[i] = place
        for t in range(steps):
            if t >= place:
                rows[i, t] = rows[i, place - 1] if place else 0
            for c in range(channels):
                out[i, t, c] = values[i, rows[i, t], c] if place else 0.0


@jit
def repeat(twice: Mask, rows: Steps, left: Steps) -> None:
    """Say which clean row stands at each step when some come twice; beyond `left` the last one."""
    for i in range(twice.shape[0]):
        place = 0
        for t in range(twice.shape[1]):
            for _ in range(1 + twice[i, t]):
                if place < rows.shape[1]:
                    rows[i, place] = t
                    place += 1
        left[i] = place
        for t in range(place, rows.shape[1]):
            rows[i, t] = twice.shape[1] - 1


@jit
def average(values: Values, width: int, out: Values) -> None:
    """Return each reading as the mean of the last `width` ones that are there; what is missing stays missing."""
    count, steps, channels = values.shape
    for i in range(count):
        for t in range(steps):
            for c in range(channels):
                total, there = 0.0, 0
                for s in range(max(t - width + 1, 0), t + 1):
                    x = values[i, s, c]
                    if not math.isnan(x):
                        total += x
                        there += 1
                missing = math.isnan(values[i, t, c])
                out[i, t, c] = np.nan if missing else total / there


@jit
def leak(values: Values, weights: Values, centre: Values, gain: Values, out: Values) -> None:
    """Add to each channel c the sum over d of gain[., t] weights[i, c, d] (x[d] - centre[d]); what is missing adds nothing."""
    count, steps, channels = values.shape
    for i in range(count):
        row = i % gain.shape[0]
        for t in range(steps):
            strength = gain[row, t % gain.shape[1]]
            for c in range(channels):
                total = 0.0
                for d in range(channels):
                    away = values[i, t, d] - centre[d]
                    if not math.isnan(away):
                        total += weights[i, c, d] * away
                out[i, t, c] = values[i, t, c] + strength * total
