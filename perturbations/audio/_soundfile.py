"""Clips through the coders that libsndfile brings along."""

import io
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perturbations._extras import require
from perturbations.errors import NotApplicable, explain

Clip = NDArray[np.floating[Any]]

_BLOCK = 65536
"""Frames that are written at once: its Vorbis coder keeps a whole block on the stack."""


class Form(NamedTuple):
    """A container, a coder, and how much it compresses: from 0 (least) to 1."""

    container: str
    coder: str
    compression: float | None = None


class Coded(NamedTuple):
    """What came back."""

    clip: NDArray[np.float32]
    kilobits: float
    """Bit rate of the file, kbit/s."""


def round_trip(clip: Clip, rate: float, form: Form) -> Coded:
    """Encode and decode a clip (C, T).

    Raises:
        NotApplicable: the coder does not take the clip's rate or channels.
        MissingExtra: soundfile is not installed.
    """
    soundfile = require("soundfile", extra="audio")
    file = io.BytesIO()
    options = {} if form.compression is None else {"compression_level": form.compression}
    try:
        with soundfile.SoundFile(
            file, "w", round(rate), len(clip), form.coder, format=form.container, **options
        ) as sink:
            for start in range(0, clip.shape[-1], _BLOCK):
                sink.write(np.ascontiguousarray(clip[:, start : start + _BLOCK].T))
        size = file.tell()
        file.seek(0)
        decoded, _ = soundfile.read(file, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, TypeError) as error:
        raise NotApplicable(_explain(form, rate, clip, error)) from error
    made = np.zeros(clip.shape, dtype=np.float32)
    whole = decoded[: clip.shape[-1]].T
    made[:, : whole.shape[-1]] = whole
    return Coded(made, size * 8 / 1000 / (clip.shape[-1] / rate))


def _explain(form: Form, rate: float, clip: Clip, error: Exception) -> str:
    hint = f"libsndfile says: {error}; soundfile 0.13 or later brings the coders along"
    return explain(f"a clip that {form.coder} takes ({len(clip)} channel(s))", "rate", rate, hint)
