"""The other clips of a data set, as voices that talk at the same time."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perturbations import Draw, Peers
from perturbations._containers import to_numpy
from perturbations._modality import Context
from perturbations.audio._modality import Waveform, check, encode
from perturbations.errors import BadValue, NotApplicable, explain

Voice = NDArray[np.float64]
"""A voice of power 1, (T,)."""

_FEW = 512
"""In a data set of no more clips than this, all are put in a drawn order; in a larger one some are drawn."""
_SPARE = 32
"""Clips that are drawn besides, for those that are silent, unreadable, the clip itself or drawn twice."""


def voices(
    peers: Peers, clip: Waveform, draw: Draw, talkers: int, facts: Mapping[str, Any]
) -> list[Voice]:
    """Return up to so many other clips that sound, in a drawn order, in mono and at equal power.

    Raises:
        NotApplicable: there is none.
    """
    found: list[Voice] = []
    for sample in _order(peers.ids, draw, talkers):
        voice = _voice(peers[sample], clip, facts)
        if voice is not None:
            found.append(voice)
        if len(found) == talkers:
            return found
    if not found:
        hint = "babble is made of the other clips; this data set has none that sounds"
        raise NotApplicable(explain("another clip that is not silent", "clips", len(peers), hint))
    return found


def babble_of(found: Sequence[Voice], draw: Draw, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return voices added up, each from a drawn moment on and again and again, on all channels (C, T)."""
    moments = draw.uniform(len(found), stream="moments")
    total = np.zeros(shape[-1])
    for voice, moment in zip(found, moments, strict=True):
        start = int(moment * voice.size)
        total += np.resize(np.concatenate([voice[start:], voice[:start]]), shape[-1])
    return np.ascontiguousarray(np.broadcast_to(total, shape), dtype=np.float32)


def _order(ids: Sequence[str], draw: Draw, talkers: int) -> Iterator[str]:
    if len(ids) <= _FEW:
        places = draw.permutation(len(ids), stream="talkers").tolist()
    else:
        drawn = draw.integers(0, len(ids), 2 * talkers + _SPARE, stream="talkers")
        places = list(dict.fromkeys(drawn.tolist()))
    return (ids[place] for place in places)


def _voice(value: Any, clip: Waveform, facts: Mapping[str, Any]) -> Voice | None:
    """Return a clip of the data set in mono and of power 1; None for one that cannot be a voice here."""
    array, context = to_numpy(value)[0], Context(facts)
    try:
        check(array, context, False)
    except BadValue:
        return None
    working = encode(array, context, False)[0]
    if working.shape == clip.shape and np.array_equal(working, clip):
        return None
    mono = working.mean(axis=0, dtype=np.float64)
    power = float(np.mean(mono * mono)) if mono.size else 0.0
    return mono / np.sqrt(power) if power > 0.0 else None
