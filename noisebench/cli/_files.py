"""Files of users as values of a modality, and noisy values as bytes of such a file."""

import io
import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from noisebench.cli._clouds import read_cloud
from noisebench.cli._sheet import Sheet, read_sheet
from noisebench.cli._stamps import stamped
from noisebench.errors import ConfigError
from perturbations import Perturbation
from perturbations._extras import require
from perturbations.errors import explain

SUFFIXES = {
    "image": (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff"),
    "audio": (".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff", ".aif", ".au"),
    "timeseries": (".csv",),
    "tabular": (".csv",),
    "pointcloud": (".npy", ".csv", ".xyz", ".ply", ".bin"),
}
"""What a file of each modality is called; text may be called anything."""

GAP = 4
"""White pixels between the pictures of a strip."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as a value, and the way back."""

    value: Any
    suffix: str
    """Of the files that are written."""
    to_bytes: Callable[[Any], bytes]
    """What a file with a noisy value holds; for a picture, a strip of all of them."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    remark: str = ""
    """What the user should know about how the file was read."""


def open_file(noise: Perturbation, file: Path, rate: float | None) -> Opened:
    """Read a file as a value of the noise's modality.

    Raises:
        ConfigError: the file is missing, unreadable, or of another kind than the noise is for.
        MissingExtra: a package is needed that is not installed.
    """
    modality = noise.modality
    known = SUFFIXES.get(modality)
    if known is None and modality != "text":
        hint = "put it into a data set: noisebench export, or noisebench run"
        expected = "a noise on a single file (a picture, a sound, a table, a cloud, a text)"
        raise ConfigError(explain(expected, "noise", noise.name, hint))
    if known is not None and file.suffix.lower() not in known:
        hint = f"{noise.name} is for {modality}; other noises: noisebench list"
        raise ConfigError(explain(f"a file named {' or '.join(known)}", "file", str(file), hint))
    try:
        data = file.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise ConfigError(explain("a file that can be read", "file", str(file), why)) from error
    if modality in ("timeseries", "tabular"):
        return _sheet(modality, read_sheet(data, file), rate)
    if modality == "pointcloud":
        return _cloud(data, file, noise)
    return {"image": _image, "text": _text, "audio": _audio}[modality](data, file)


def strip(pictures: list[Any]) -> Any:
    """Return pictures side by side on white."""
    height, channels = pictures[0].shape[0], pictures[0].shape[2:]
    white = np.iinfo(pictures[0].dtype).max
    gap = np.full((height, GAP, *channels), white, pictures[0].dtype)
    pieces = [piece for picture in pictures for piece in (picture, gap)]
    return np.concatenate(pieces[:-1], axis=1)


def beyond_full_scale(clip: Any) -> str:
    """Say how many samples of a clip a file of integers cannot hold."""
    clipped = int(np.count_nonzero(np.abs(clip) > 1))
    return (
        f"{clipped} of {clip.size} samples are beyond full scale; the file clips them"
        if clipped
        else ""
    )


def _image(data: bytes, file: Path) -> Opened:
    from noisebench.report._picture import png

    cv2 = require("cv2", extra="image")
    # Only PNG may hold transparency; of the others, a camera's orientation mark is obeyed.
    flags = cv2.IMREAD_UNCHANGED if file.suffix.lower() == ".png" else cv2.IMREAD_ANYCOLOR
    found = cv2.imdecode(np.frombuffer(data, np.uint8), flags) if data else None
    if found is None or _is_cut_off(data):
        why = "it cannot be decoded" if found is None else "it ends too early: part of it is lost"
        raise ConfigError(explain("a picture", "file", str(file), why))
    if found.dtype not in {np.dtype(np.uint8), np.dtype(np.uint16)}:
        raise ConfigError(explain("8 or 16 bits a channel", "file", str(file), str(found.dtype)))
    if found.ndim == 3:
        found = found[..., [2, 1, 0, 3][: found.shape[2]]]
    remark = "16 bits a channel; the picture that is written has 8" if found.itemsize == 2 else ""
    return Opened(
        np.ascontiguousarray(found), ".png", lambda seen: png(_eight_bits(seen)), remark=remark
    )


def _eight_bits(picture: Any) -> Any:
    return np.rint(picture / 257).astype(np.uint8) if picture.dtype == np.uint16 else picture


def _is_cut_off(data: bytes) -> bool:
    """Tell whether a file lacks its end; decoders fill what is lost with grey and say nothing."""
    if data.startswith(b"\xff\xd8"):
        return data.rfind(b"\xff\xd9") < data.rfind(b"\xff\xda")
    if data.startswith(b"\x89PNG"):
        return b"IEND" not in data
    if data.startswith(b"RIFF"):
        return len(data) < 8 + int.from_bytes(data[4:8], "little")
    return data.startswith(b"BM") and len(data) < int.from_bytes(data[2:6], "little")


def _text(data: bytes, file: Path) -> Opened:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        hint = f"{error.reason} at byte {error.start}"
        raise ConfigError(explain("text in UTF-8", "file", str(file), hint)) from error
    return Opened(text, file.suffix or ".txt", lambda noisy: noisy.encode("utf-8", "surrogatepass"))


def _audio(data: bytes, file: Path) -> Opened:
    if file.suffix.lower() != ".wav":
        return _other_audio(data, file)
    try:
        with wave.open(io.BytesIO(data)) as source:
            form = source.getparams()
            frames = source.readframes(form.nframes)
    except (wave.Error, EOFError) as error:
        hint = f"{error or 'it ends too early'}; export it as 16-bit PCM, or as flac"
        raise ConfigError(explain("a PCM wav file", "file", str(file), hint)) from error
    clip = _from_pcm(frames, form.sampwidth).reshape(-1, form.nchannels).T
    value = clip[0] if form.nchannels == 1 else clip

    def to_bytes(noisy: Any) -> bytes:
        return _wav(np.atleast_2d(noisy), max(form.sampwidth, 2), form.framerate)

    remark = f"{form.framerate} Hz, {form.nchannels} channel(s), {8 * form.sampwidth} bit"
    return Opened(np.ascontiguousarray(value), ".wav", to_bytes, {"rate": form.framerate}, remark)


def _other_audio(data: bytes, file: Path) -> Opened:
    """Read what is no wav file; noisy clips are written as wav of 16 bits.

    Raises:
        ConfigError: it cannot be decoded.
        MissingExtra: soundfile is not installed.
    """
    soundfile = require("soundfile", extra="audio")
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as source:
            frames = source.read(dtype="float32", always_2d=True)
            rate = source.samplerate
    except (soundfile.SoundFileError, RuntimeError) as error:
        raise ConfigError(explain("a sound file", "file", str(file), str(error))) from error
    clip = np.ascontiguousarray(frames.T)
    value = clip[0] if len(clip) == 1 else clip
    remark = f"{rate} Hz, {len(clip)} channel(s); noisy clips are written as wav of 16 bit"
    return Opened(
        value, ".wav", lambda noisy: _wav(np.atleast_2d(noisy), 2, rate), {"rate": rate}, remark
    )


def _from_pcm(frames: bytes, width: int) -> Any:
    """Return samples of full scale 1; 8-bit samples are unsigned, the wider ones little-endian."""
    frames = frames[: len(frames) // width * width]
    if width == 1:
        return (np.frombuffer(frames, np.uint8).astype(np.float32) - 128) / 128
    if width == 3:
        wide = np.zeros((len(frames) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(frames, np.uint8).reshape(-1, 3)
        return (wide.reshape(-1).view("<i4") / 2.0**31).astype(np.float32)
    return (np.frombuffer(frames, f"<i{width}") / 2.0 ** (8 * width - 1)).astype(np.float32)


def _wav(clip: Any, width: int, rate: int) -> bytes:
    top = 2.0 ** (8 * width - 1)
    levels = np.clip(np.rint(clip.T.astype(np.float64) * top), -top, top - 1).astype("<i4")
    raw = np.ascontiguousarray(levels).view(np.uint8).reshape(-1, 4)[:, :width].tobytes()
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sink:
        sink.setnchannels(len(clip))
        sink.setsampwidth(width)
        sink.setframerate(rate)
        sink.writeframes(raw)
    return buffer.getvalue()


def _sheet(modality: str, sheet: Sheet, rate: float | None) -> Opened:
    if modality == "tabular":
        kinds = {"kinds": dict.fromkeys(sheet.dates, "date")} if sheet.dates else {}
        remark = f"read as dates: {', '.join(sheet.dates)}" if sheet.dates else ""
        return Opened(sheet.rows(), ".csv", sheet.with_rows, kinds, remark)
    facts = {} if rate is None else {"rate": rate}
    if (found := stamped(sheet)) is not None:
        return Opened(found.frame, ".csv", found.to_bytes, facts, found.remark)
    kept = [name for name in sheet.header if name not in sheet.numeric]
    remark = f"not numeric and kept as they are: {', '.join(kept)}" if kept else ""
    return Opened(sheet.series(), ".csv", sheet.with_series, facts, remark)


def _cloud(data: bytes, file: Path, noise: Perturbation) -> Opened:
    """Read a cloud; for noise of lidars, and in a lidar's own format, its sensor stands at the origin."""
    found = read_cloud(data, file)
    facts: dict[str, Any] = {} if found.fields is None else {"fields": found.fields}
    said = [found.remark] if found.remark else []
    if file.suffix.lower() == ".bin" or noise.declared.facts.get("sensor"):
        facts["sensor"] = (0.0, 0.0, 0.0)
        said.append("taken as a scan in metres, with its sensor at the origin")
    return Opened(found.points, file.suffix.lower(), found.to_bytes, facts, "; ".join(said))
