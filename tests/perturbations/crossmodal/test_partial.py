"""Inputs of which a part is gone: which parts there are, how many go, and that the rest stays."""

import numpy as np
import pandas as pd
import pytest

import perturbations as pt
from perturbations.crossmodal._parts import KINDS
from perturbations.errors import BadSetting, MissingFact, NotApplicable

PART = pt.get("crossmodal/partial-loss")


def lose(content, kind, share=0.5, part="", fill="zeros", sample="s", **facts):
    noise = PART.with_settings(part=part, fill=fill)
    known = {"b": {"modality": kind, **facts}}
    return noise.apply({"a": 1, "b": content}, dose={"share": share}, sample=sample, facts=known)


IMAGE = np.arange(1, 16 * 20 * 3 + 1).reshape(16, 20, 3).astype(np.uint16)
SERIES = np.arange(1.0, 97.0).reshape(32, 3)


@pytest.mark.parametrize(
    ("content", "kind", "part", "count", "axes"),
    [
        (IMAGE, "image", "patch", 16, None),
        (IMAGE, "image", "channel", 3, (0, 1)),
        (np.stack([IMAGE] * 5), "video", "frame", 5, (1, 2, 3)),
        (np.stack([IMAGE] * 5), "video", "channel", 3, (0, 1, 2)),
        (SERIES.T.copy(), "audio", "channel", 3, (1,)),
        (SERIES.T.copy(), "audio", "segment", 16, (0,)),
        (SERIES, "timeseries", "channel", 3, (0,)),
        (SERIES, "timeseries", "segment", 16, (1,)),
    ],
)
def test_whole_parts_become_zero_and_the_rest_stays(content, kind, part, count, axes):
    done = lose(content, kind, part=part)
    noisy = done.value["b"]
    assert count == done.report["parts"]
    assert noisy.dtype == content.dtype
    gone = noisy == 0
    assert np.array_equal(noisy[~gone], content[~gone])
    assert done.report["part"] == pytest.approx(len(done.mapping) / count)
    if axes is not None:
        some = gone.any(axis=axes)
        assert np.array_equal(some, gone.all(axis=axes))
        assert some.mean() == pytest.approx(done.report["part"])


def test_patches_are_those_of_a_grid_of_four_by_four_in_every_frame():
    clip = np.stack([IMAGE, IMAGE + 1])
    noisy = lose(clip, "video", 0.3, "patch").value["b"]
    gone = (noisy == 0).reshape(2, 4, 4, 4, 5, 3)
    whole = gone.all(axis=(2, 4, 5))
    assert np.array_equal(whole, gone.any(axis=(2, 4, 5)))
    assert np.array_equal(whole[0], whole[1])
    assert 0 < whole.mean() < 1


def test_the_share_is_lost_and_losses_are_nested():
    found = {
        share: [set(lose(IMAGE, "image", share, sample=i).mapping or ()) for i in range(300)]
        for share in (0.2, 0.6)
    }
    assert all(a <= b for a, b in zip(found[0.2], found[0.6], strict=True))
    count = sum(map(len, found[0.6]))
    assert abs(count - 0.6 * 4800) < 4 * np.sqrt(0.24 * 4800)


@pytest.mark.parametrize("kind", KINDS)
def test_one_part_always_remains(kind):
    contents = {"image": IMAGE, "video": np.stack([IMAGE] * 3), "audio": SERIES.T.copy(),
                "timeseries": SERIES, "text": "One. Two! Three?", "pointcloud": ring()}  # fmt: skip
    for part in KINDS[kind]:
        done = lose(contents[kind], kind, 1.0, part)
        count = done.report["parts"]
        assert (count - 1) / count == pytest.approx(done.report["part"])


def ring(n=640):
    """Return points all around the sensor on eight rings of elevation, with the ring as the last column."""
    angle, number = (np.arange(n) + 0.5) * 2 * np.pi / n, np.arange(n) % 8
    points = [10 * np.cos(angle), 10 * np.sin(angle), number - 4.0, np.full(n, 0.5), number]
    return np.stack(points, axis=1).astype(np.float32)


def test_lost_beams_and_sectors_leave_no_point():
    cloud = ring()
    done = lose(cloud, "pointcloud", part="beam")
    noisy = done.value["b"]
    assert 8 == done.report["parts"]
    assert len(set(noisy[:, 4])) == 8 - round(8 * done.report["part"])
    assert np.array_equal(noisy, cloud[np.isin(cloud[:, 4], noisy[:, 4])])
    assert np.array_equal(cloud[done.mapping.source], noisy)
    alone = lose(cloud[:, :3], "pointcloud", part="beam").report["parts"]
    assert 8 == alone  # eight of the sixteen slices of elevation hold points
    done = lose(cloud, "pointcloud", part="sector")
    assert 16 == done.report["parts"]
    turn = np.floor(np.arctan2(done.value["b"][:, 1], done.value["b"][:, 0]) / np.pi * 8 % 16)
    assert len(set(turn.tolist())) == 16 - round(16 * done.report["part"])


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("A dog runs. It is wet! Is it late?", 3),
        ("One sentence", 1),
        ("No end. but more", 2),
        ("他来了。她走了！", 2),
        ('He said "no." Then he left.', 2),
        ("", 0),
    ],
)
def test_sentences_end_with_their_marks(text, count):
    if count < 2:
        with pytest.raises(NotApplicable, match=f"several parts, got parts={count}"):
            lose(text, "text")
    else:
        assert count == lose(text, "text").report["parts"]


def test_sentences_are_cut_out_and_spans_move():
    text = "Anna came. Bob saw her. Then it rained."
    for i in range(20):
        done = lose(text, "text", sample=i)
        left = done.value["b"]
        kept = [
            each for each in ("Anna came. ", "Bob saw her. ", "Then it rained.") if each in left
        ]
        assert left == "".join(kept)
        if "Bob" in left and done.mapping is not None:
            start, stop = pt.project_spans([(11, 14)], done.mapping)[0]
            assert "Bob" == left[start:stop]


def test_readings_may_be_missing_and_stay_missing():
    gaps = np.where(SERIES > 90, np.nan, SERIES)
    noisy = lose(gaps, "timeseries", fill="missing").value["b"]
    gone = np.isnan(noisy)
    assert gone.all(axis=0).any()
    assert np.array_equal(noisy[~gone], gaps[~gone])
    frame = pd.DataFrame(gaps, pd.date_range("2026-03-01", periods=32, freq="1s"), list("xyz"))
    zero = lose(frame, "timeseries").value["b"]
    assert zero.isna().equals(frame.isna())
    assert zero.index.equals(frame.index)
    with pytest.raises(NotApplicable, match="use fill=zeros"):
        lose(IMAGE, "image", fill="missing")


def test_parts_must_be_known():
    with pytest.raises(BadSetting, match="one of patch, channel, got part='beam'"):
        lose(IMAGE, "image", part="beam")
    with pytest.raises(BadSetting, match="one of zeros, missing"):
        lose(IMAGE, "image", fill="mean")
    with pytest.raises(MissingFact, match="the fact 'modality' of the input 'b'"):
        PART({"a": 1, "b": IMAGE}, 0.5, sample="s", facts={})
    with pytest.raises(NotApplicable, match="tabular/missing loses cells"):
        lose({"x": 1.0}, "tabular")
    with pytest.raises(NotApplicable, match=r"several parts, got parts=1.*\n.*missing-input"):
        lose(IMAGE[..., 0], "image", part="channel")
    with pytest.raises(NotApplicable, match="the input 'b': expected a finite clip"):
        lose(np.array([np.nan, 1.0]), "audio")
