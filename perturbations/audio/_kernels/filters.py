"""Recursive filters, run forward and backward over a clip.

Why: a section of second order is bound by the latency of its own feedback, so two sections go through a clip together: the
second works on a sample while the first is at the next. States stay in registers; sums are in double precision.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations._jit import jit

Floats = NDArray[np.float64]
Clips = NDArray[np.floating[Any]]


@jit
def _extend(clip: Floats, pad: int, out: Floats) -> None:
    """Write the clip with its mirror image of `pad` samples at both ends into `out`: what came before was much like it."""
    last = clip.size - 1
    for i in range(pad):
        out[i] = clip[pad - i]
        out[pad + clip.size + i] = clip[last - 1 - i]
    for i in range(clip.size):
        out[pad + i] = clip[i]


@jit
def _two_sections(
    x: Floats, one: Floats, two: Floats, start: Floats, level: float, step: int
) -> None:
    """Run two sections over `x` in place, from its first sample (step 1) or its last (step -1).

    `start` holds the states of each section for a constant input of one, `level` the constant that the input begins with.
    """
    b0, b1, b2, a1, a2 = one[0], one[1], one[2], one[4], one[5]
    c0, c1, c2, d1, d2 = two[0], two[1], two[2], two[4], two[5]
    place = 0 if step > 0 else x.size - 1
    u1, u2, v1, v2 = start[0] * level, start[1] * level, start[2] * level, start[3] * level
    for _ in range(x.size):
        value = x[place]
        middle = b0 * value + u1
        u1 = b1 * value - a1 * middle + u2
        u2 = b2 * value - a2 * middle
        done = c0 * middle + v1
        v1 = c1 * middle - d1 * done + v2
        v2 = c2 * middle - d2 * done
        x[place] = done
        place += step


@jit
def _there_and_back(
    clip: Floats, sections: Floats, starts: Floats, pad: int, work: Floats, out: Floats
) -> None:
    _extend(clip, pad, work)
    for step in (1, -1):
        level = work[0] if step > 0 else work[work.size - 1]
        for pair in range(0, len(sections), 2):
            _two_sections(work, sections[pair], sections[pair + 1], starts[pair // 2], level, step)
    for i in range(clip.size):
        out[i] = work[pad + i]


def there_and_back(clips: Clips, sections: Floats, starts: Floats, pad: int) -> Clips:
    """Return clips (n, C, T) filtered forward and backward; an even number of sections of second order."""
    flat = np.ascontiguousarray(clips).reshape(-1, clips.shape[-1])
    out, work = np.empty_like(flat), np.empty(flat.shape[1] + 2 * pad)
    for i in range(len(flat)):
        _there_and_back(flat[i], sections, starts, pad, work, out[i])
    return out.reshape(clips.shape)
