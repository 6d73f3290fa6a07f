"""Frames that are lost, late, early or shown for too long; nothing inside a frame changes.

Each mapping gives, for every frame shown, the number of the clean frame that stands there (-1 for none).
"""

import numpy as np

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, did_you_mean, explain
from perturbations.video._modality import Clip
from perturbations.video._sources import Sources, per_second, shown

_CONCEALMENTS = ("freeze", "black")
_LONGEST = 0.5
"""The last rung of `freeze`, for which the start leaves room."""


@perturbation(native=True, coupling="transform", measure="frames-changed")
def frame_drop(
    clip: Clip,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.3, 0.5, unit="share of frames", high=1.0),
    concealment: str = "freeze",
) -> Noisy:
    """Frames that never arrive: in their place the last good frame stays on the screen, or the screen is black.

    Every frame but the first is lost with probability `share`, independently. A frame lost at one severity is lost at
    every higher one; when its neighbour before is lost too, an earlier frame stands there, so that with "freeze" places
    that are hit need not keep their values. The report gives the share that was lost.

    Severity: 5, 10, 20, 30, 50 % of the frames (severity 0.2 to 1). Our choice: from an unsteady link to every other frame.

    Settings:
        concealment: "freeze" shows the last good frame again, "black" shows nothing.

    Raises:
        BadSetting: there is no such concealment.

    References:
        ITU-T P.930 (1996), "Principles of a reference impairment system for video" (jerkiness).
    """
    if concealment not in _CONCEALMENTS:
        hint = did_you_mean(concealment, _CONCEALMENTS)
        expected = f"one of {', '.join(_CONCEALMENTS)}"
        raise BadSetting(explain(expected, "concealment", concealment, hint))
    lost = draw.uniform(len(clip), stream="lost") < share
    lost[0] = False
    here = np.arange(len(clip))
    sources = np.where(lost, -1, here)
    if concealment == "freeze":
        sources = np.maximum.accumulate(sources)
    return shown(clip, sources, share=float(lost.mean()))


@perturbation(native=True, coupling="mask", measure="frames-changed")
def freeze(
    clip: Clip,
    draw: Draw,
    *,
    share: Dose = Ladder(0.1, 0.2, 0.3, 0.4, _LONGEST, unit="share of the clip", high=1.0),
    rate: float | None = None,
) -> Noisy:
    """The picture stands still for a while, then goes on where the scene is by now: what happened meanwhile is lost.

    The clip freezes once. One frame is repeated from a drawn start on, never the first frame, for `share` of the clip,
    rounded to whole frames; the start leaves room for the worst rung, so that a harsher freeze begins at the same frame
    and lasts longer. Where the input's `rate` is known, the report gives the length in seconds.

    Severity: 10, 20, 30, 40, 50 % of the clip (severity 0.2 to 1). Our choice.

    Raises:
        MissingFact: the `rate` is no positive number.

    References:
        VQEG Multimedia Group Test Plan 1.21 (2008), "pausing with skipping".
    """
    count = len(clip)
    length, room = (min(int(part * count + 0.5), count - 1) for part in (share, _LONGEST))
    # Beyond the worst rung the freeze begins earlier, as early as it must.
    last = count - max(length, room)
    start = min(1 + int(draw.uniform(stream="start") * last), last)
    sources = np.arange(count)
    sources[start : start + length] = start - 1
    known = per_second(rate)
    lasting = {"seconds": length / known} if known else {}
    return shown(clip, sources, start=start, frames=length, **lasting)


@perturbation(native=True, coupling="transform", measure="frames-changed")
def reorder(
    clip: Clip,
    draw: Draw,
    *,
    window: Dose = Ladder(1.5, 2, 3, 4, 5, unit="frames of delay", none=1.0, low=1.0),
) -> Noisy:
    """Frames that arrive out of order and are shown as they arrive: no buffer sorts them.

    Frame k arrives at time k + delay, with a delay uniform over `window` frames; the drawn part of the delay is the same
    at every severity. Up to a window of one frame nothing can overtake. The report gives the number of frames that stand
    elsewhere and the farthest displacement that came of it.

    Severity: delays of up to 1.5, 2, 3, 4, 5 frames (severity 0.2 to 1). Our choice.

    References:
        Morton et al. 2006, "Packet reordering metrics", RFC 4737.
    """
    arrival = np.arange(len(clip)) + window * draw.uniform(len(clip), stream="delay")
    return shown(clip, np.argsort(arrival, kind="stable"))


@perturbation(native=True, coupling="codec", measure="frames-changed")
def low_frame_rate(
    clip: Clip,
    draw: Draw,
    *,
    hold: Dose = Ladder(2, 3, 4, 6, 10, unit="frame times", none=1.0, scale="integer", low=1),
    rate: float | None = None,
) -> Noisy:
    """A camera or a link at a fraction of the rate: each frame shown stays for several frame times.

    Frames 0, hold, 2 hold, ... are kept and the others repeat the one before; the clip's length stays. Nothing is drawn.
    Where the input's `rate` is known, the report gives the rate that is left.

    Severity: every frame stays for 2, 3, 4, 6, 10 frame times (severity 0.2 to 1): 30 frames per second become 15, 10,
        7.5, 5 and 3.

    Raises:
        MissingFact: the `rate` is no positive number.

    References:
        ITU-T P.910, "Subjective video quality assessment methods for multimedia applications" (reduced frame rates).
    """
    here: Sources = np.arange(len(clip))
    known = per_second(rate)
    left = {"rate": known / hold} if known else {}
    return shown(clip, here // int(hold) * int(hold), **left)
