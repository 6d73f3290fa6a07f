"""Single values are drawn without an imaging package."""

import base64
import struct
import zlib
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import noisebench as nb
from noisebench.report import _gallery, _picture
from noisebench.report._build import view
from noisebench.report._sweeps import Inputs


def decoded(data: bytes, channels: int) -> np.ndarray:
    width, height = struct.unpack(">II", data[16:24])
    start = data.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", data[start - 8 : start - 4])
    rows = np.frombuffer(zlib.decompress(data[start : start + length]), np.uint8)
    return rows.reshape(height, 1 + width * channels)[:, 1:].reshape(height, width, channels)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_png_holds_the_pixels(channels: int) -> None:
    pixels = np.arange(2 * 3 * channels, dtype=np.uint8).reshape(2, 3, channels)
    assert np.array_equal(pixels, decoded(_picture.png(pixels), channels))


@pytest.mark.parametrize(
    "value",
    [
        np.zeros((1, 1)),
        np.full((5, 4, 3), np.nan),
        np.zeros((300, 7, 2), np.uint8),
        np.ones((9, 9, 7), np.float32),
        np.zeros((4, 4, 1), np.uint8)[::2],
    ],
)
def test_any_image_is_drawn_small(value: np.ndarray) -> None:
    figure = _picture.image(value, "x")
    assert figure.form == "image"
    assert max(figure.width, figure.height) <= _picture.SIDE


@pytest.mark.parametrize(
    ("value", "width"),
    [
        (np.zeros((9, 6, 8, 3), np.uint8), 4 * 8 + 3 * 2),
        (np.zeros((2, 6, 8), np.float32), 2 * 8 + 2),
        (np.zeros((1, 300, 200, 4), np.uint16), 40),
        (np.zeros((5, 4, 4, 7), np.uint8), 4 * 4 + 3 * 2),
    ],
)
def test_a_clip_is_a_strip_of_frames(value: np.ndarray, width: int) -> None:
    figure = _gallery.figure("video", None, value, "x")
    assert ("strip", width) == (figure.form, figure.width)


def test_a_strip_shows_the_first_and_the_last_frame() -> None:
    clip = np.repeat(np.arange(0, 250, 25, dtype=np.uint8), 4).reshape(10, 2, 2)
    figure = _picture.strip(clip, "x")
    shown = decoded(base64.b64decode(figure.png), 1)[0, ::4, 0]
    assert [0, 75, 150, 225] == shown.tolist()
    assert "frames 1, 4, 7, 10 of 10, 2 × 2 px" == figure.note


def test_sixteen_bits_are_drawn_as_eight() -> None:
    figure = _picture.image(np.full((2, 2), 257 * 99, np.uint16), "x")
    assert 99 == decoded(base64.b64decode(figure.png), 1).max()


RED_SKY = np.zeros((20, 30, 3), np.uint8)
RED_SKY[:10] = 200, 40, 10
CHW = {"layout": "CHW"}
BANDS = {"channels": "bands"}


def bands(count: int) -> np.ndarray:
    extra = np.full((20, 30, count - 3), 99, np.uint8)
    return np.concatenate([RED_SKY, extra], axis=-1)


@pytest.mark.parametrize(
    ("value", "facts"),
    [
        (RED_SKY, {}),
        (RED_SKY.transpose(2, 0, 1), CHW),
        (RED_SKY[..., ::-1], {"channels": "BGR"}),
        (RED_SKY[..., ::-1].transpose(2, 0, 1), CHW | {"channels": "BGR"}),
        (RED_SKY * np.uint16(257), {}),
        ((RED_SKY * np.uint16(257)).transpose(2, 0, 1), CHW),
        ((RED_SKY / 255).astype(np.float32).transpose(2, 0, 1), CHW),
        (bands(7), {}),
        (bands(4), BANDS),
        (bands(8).transpose(2, 0, 1) / 255, CHW | BANDS),
    ],
)
def test_an_image_is_drawn_in_its_size_and_colours(value: np.ndarray, facts: dict) -> None:
    figure = _gallery.figure("image", None, value, "x", facts)
    assert (30, 20, "30 × 20 px") == (figure.width, figure.height, figure.note)
    np.testing.assert_array_equal(RED_SKY, decoded(base64.b64decode(figure.png), 3))
    clip = _gallery.figure("video", None, np.stack([value] * 2), "x", facts)
    assert "frames 1, 2 of 2, 30 × 20 px" == clip.note
    shown = decoded(base64.b64decode(clip.png), 3)
    np.testing.assert_array_equal(RED_SKY, shown[:, :30])
    np.testing.assert_array_equal(RED_SKY, shown[:, 32:])


def test_one_channel_first_alpha_and_two_bands_are_drawn() -> None:
    grey = RED_SKY[..., 0]
    for value, facts in (
        (grey, CHW),
        (grey[None], CHW),
        (np.stack([grey, grey * 0], axis=-1), {"channels": "grey-alpha"}),
        (np.stack([grey, grey]), CHW | BANDS),
    ):
        figure = _gallery.figure("image", None, value, "x", facts)
        np.testing.assert_array_equal(grey, decoded(base64.b64decode(figure.png), 1)[..., 0])
    alpha = np.concatenate([RED_SKY, RED_SKY[..., :1]], axis=-1)
    swapped = alpha[..., [2, 1, 0, 3]].transpose(2, 0, 1)
    figure = _gallery.figure("image", None, swapped, "x", CHW | {"channels": "BGRA"})
    np.testing.assert_array_equal(alpha, decoded(base64.b64decode(figure.png), 4))


def test_the_gallery_of_an_audit_knows_the_layout() -> None:
    images = np.stack([RED_SKY.transpose(2, 0, 1)] * 4)
    data = nb.Dataset({"image": images}, [0] * 4, facts={"image": CHW})
    found = nb.audit(lambda x: [0] * len(x), data, perturbations="image/contrast", severities=1)
    shown = view(found).walls[0]
    assert (30, 20) == (shown.clean[0].width, shown.clean[0].height)
    np.testing.assert_array_equal(RED_SKY, decoded(base64.b64decode(shown.clean[0].png), 3))
    assert (30, 20) == (shown.exhibits[0].figures[0].width, shown.exhibits[0].figures[0].height)


@pytest.mark.parametrize("value", [np.zeros((0, 3)), np.zeros(3), "words", None])
def test_what_is_no_image_is_said(value: Any) -> None:
    assert "words" == _gallery.figure("image", None, value, "x").form
    assert "words" == _gallery.figure("video", None, value, "x").form


def test_text_changes_are_marked_within_the_word() -> None:
    found = [
        (change.kind, change.text) for change in _picture.changes("a quick fox", "a quivk fox")
    ]
    assert [
        ("kept", "a "), ("kept", "qui"), ("removed", "c"), ("added", "v"), ("kept", "k"),
        ("kept", " fox"),
    ] == found  # fmt: skip


@pytest.mark.parametrize(("clean", "noisy"), [("", ""), ("", "new"), ("old", ""), ("é", "è")])
def test_changes_give_both_texts_back(clean: str, noisy: str) -> None:
    changes = _picture.changes(clean, noisy)
    assert clean == "".join(c.text for c in changes if c.kind != "added")
    assert noisy == "".join(c.text for c in changes if c.kind != "removed")


def test_missing_values_are_gaps_in_a_trace() -> None:
    series = np.array([[0.0], [1.0], [np.nan], [1.0], [0.0]])
    assert 2 == _picture.signal(None, series, "timeseries", "x").traces[0].noisy.count("M")


@pytest.mark.parametrize(
    "value",
    [np.zeros(1), np.zeros(0), np.full((5, 2), np.nan), np.arange(9), np.zeros((2, 50_000))],
)
def test_any_signal_is_drawn_within_bounds(value: np.ndarray) -> None:
    figure = _picture.signal(value, value, "audio", "x")
    assert all(len(trace.noisy) < 5_000 for trace in figure.traces)


def test_row_shows_changed_cells_first() -> None:
    figure = _picture.row({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": None}, "x")
    assert ("b", "2", "missing", True) == (
        figure.cells[0].name, figure.cells[0].clean, figure.cells[0].noisy, figure.cells[0].changed,
    )  # fmt: skip
    assert "1 of 2 cells changed" == figure.note


def test_gallery_keeps_within_its_bytes(
    audits: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_gallery, "BYTES", 10)
    walls, note = _gallery.walls(audits.rich().samples, {}, Inputs())
    assert "left out" in note
    assert "text" in {figure.form for wall in walls for figure in wall.clean}


def test_what_became_of_every_input_is_said(audits: SimpleNamespace) -> None:
    walls, _ = _gallery.walls(audits.rich().samples, {}, Inputs({"digit": "image"}))
    captions = [figure.caption for figure in walls[-1].exhibits[0].figures]
    assert ["digit: as it was", "speech: replaced"] == captions


@pytest.mark.parametrize(("modality", "layout"), [("timeseries", "CT"), ("audio", "TC")])
def test_a_declared_layout_is_drawn_by_channels(modality: str, layout: str) -> None:
    value = np.zeros((2, 80) if layout == "CT" else (80, 2))
    figure = _picture.signal(None, value, modality, "x", {"layout": layout})
    assert 2 == len(figure.traces) and figure.note.startswith("80 ")


def frames_card(target: Any, before: Any, after: Any) -> Any:
    record = {
        "sweep": "audio/white-noise", "severity": 1.0, "modality": "audio", "input": "audio", "sample": "a",
        "clean": np.zeros(8), "noisy": np.ones(8), "distortion": {"snr": -1.7e-9}, "target": target,
        "prediction_clean": before, "prediction_noisy": after,
    }  # fmt: skip
    return _gallery.exhibit(record, {}, Inputs({"audio": "audio"}))


def test_frames_are_told_as_a_strip_and_never_marked_as_changed() -> None:
    shown = frames_card(np.array([0, 1, 1, 0]), "▁█▁▁ 1 of 4", "▁██▁ 2 of 4")
    assert (
        "model: ▁█▁▁ 1 of 4 → ▁██▁ 2 of 4 (true: ▁██▁ 2 of 4 frames in 1 run)" == shown.prediction
    )
    assert not shown.flipped
    assert "SNR 0 dB" == shown.distortion


def test_one_label_that_is_another_is_marked() -> None:
    shown = frames_card("pendulum", "pendulum", "abduction")
    assert shown.flipped and shown.prediction.endswith("(true: pendulum)")
