"""Damage to a coded stream: what is lost in one frame is wrong in all that are predicted from it.

Why our own model and no encoder: a real stream depends on the encoder's version, and its loss cannot be coupled across
severities. Prediction without motion keeps what matters, errors that stay and add up until the next key frame.
"""

import numpy as np
from numpy.typing import NDArray

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.errors import BadSetting, explain
from perturbations.video._modality import Clip

Mask = NDArray[np.bool_]
_LOSSES = ("independent", "bursts")


@perturbation(native=True, coupling="transform")
def codec_loss(
    clip: Clip,
    draw: Draw,
    *,
    share: Dose = Ladder(0.01, 0.03, 0.05, 0.1, 0.2, unit="share of packets", high=1.0),
    loss: str = "independent",
    burst: float = 4.0,
    block: int = 16,
    key_every: int = 12,
) -> Noisy:
    """Packets of a coded video are lost: strips of blocks stay behind, and their error drags on until the next key frame.

    A packet holds one row of blocks of one frame, coded as its difference from the frame before. Where it is lost, the
    decoder leaves in place what it showed last, and adds the later differences to that: with x the clean and y the shown
    frame, y(t) = y(t-1) + x(t) - x(t-1) where the packet came, y(t) = y(t-1) where it did not, and y(t) = x(t) where a
    packet of a key frame came; clipped to [0, 1]. The first frame always arrives. Losses of one severity are losses at
    every higher one. Nothing moves inside a block, and every frame is predicted from the one before: no motion vectors.
    The report gives the share of packets that were lost, and the share of picture lines that are wrong.

    Severity: 1, 3, 5, 10, 20 % of the packets (severity 0.2 to 1): the rates of Wenger's error patterns, and 1 % below.

    Settings:
        loss: "independent", or "bursts": a Gilbert model, whose long-run share of losses is `share`.
        burst: mean number of packets in a burst, from 1 up; only for "bursts".
        block: side of a block in pixels.
        key_every: frames from one key frame to the next; 1 makes every frame a key frame.

    Raises:
        BadSetting: `loss` is another word, or a number is too small.

    References:
        Wenger 1999, "Error patterns for Internet experiments", ITU-T SG16 Q15-I-16r1 (3, 5, 10, 20 %).
        Gilbert 1960, "Capacity of a burst-noise channel", Bell System Technical Journal 39.
    """
    _check(loss, burst, block, key_every)
    frames, height = clip.shape[:2]
    rows = -(-height // block)
    lost = _lost(draw, frames * rows, share, burst if loss == "bursts" else None)
    lost = lost.reshape(frames, rows)
    lost[0] = False
    value, wrong = _shown(clip, np.repeat(lost, block, axis=1)[:, :height], key_every)
    share_lost = float(lost[1:].mean()) if frames > 1 else 0.0
    return Noisy(value, report={"share": share_lost, "wrong": wrong})


def _check(loss: str, burst: float, block: int, key_every: int) -> None:
    if loss not in _LOSSES:
        raise BadSetting(explain(f"one of {', '.join(_LOSSES)}", "loss", loss))
    for name, number in (("burst", burst), ("block", block), ("key_every", key_every)):
        if not number >= 1:
            raise BadSetting(explain("a number of at least 1", name, number))


def _lost(draw: Draw, packets: int, share: float, burst: float | None) -> Mask:
    """Return which packets are lost; those of a smaller share are among those of a larger one.

    In a burst the next packet is lost with probability 1 - 1 / burst, outside with what makes the long-run share right. One
    uniform number decides each step, so the chain of a larger share is never in a better state.
    """
    chance = draw.uniform(packets, stream="lost")
    if burst is None or share >= 1:
        return np.asarray(chance < share)
    stay = max(1 - 1 / burst, share)
    begin = share * (1 - stay) / (1 - share)
    lost, state = np.empty(packets, dtype=np.bool_), bool(chance[0] < share)
    for place, number in enumerate(chance.tolist()):
        state = number < (stay if state else begin) if place else state
        lost[place] = state
    return lost


def _shown(clip: Clip, lost: Mask, key_every: int) -> tuple[Clip, float]:
    """Return what the decoder shows when these lines are lost, and the share of lines that are wrong."""
    exact, full = (np.int32, 255) if clip.dtype == np.uint8 else (clip.dtype, 1)
    out = np.array(clip, order="C")
    error = np.zeros(clip.shape[1:], dtype=exact)
    wrong = 0
    for time in range(1, len(clip)):
        missed = lost[time]
        error[missed] += np.subtract(clip[time - 1, missed], clip[time, missed], dtype=exact)
        if time % key_every == 0:
            error[~missed] = 0
        off = np.flatnonzero(error.any(axis=(1, 2)))
        out[time, off] = np.clip(clip[time, off] + error[off], 0, full)
        wrong += len(off)
    return out, wrong / (clip.shape[0] * clip.shape[1])
