"""`preview`: one noise in one file."""

import csv
import wave
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

import perturbations as pt


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def picture(path):
    cv2 = pytest.importorskip("cv2", reason="extra image is not installed")
    pixels = np.zeros((12, 10, 3), np.uint8)
    pixels[..., 0], pixels[..., 2] = 200, np.arange(10) * 20
    path.write_bytes(cv2.imencode(path.suffix, pixels[..., ::-1])[1].tobytes())
    return cv2, pixels


def sound(path, width, channels=1):
    tone = 0.5 * np.sin(np.arange(400) * 0.3)
    levels = np.rint(tone * 2.0 ** (8 * width - 1)).astype("<i4").view(np.uint8).reshape(-1, 4)
    raw = levels[:, :width].copy()
    if width == 1:
        raw = raw + np.uint8(128)
    with wave.open(str(path), "wb") as sink:
        sink.setnchannels(channels)
        sink.setsampwidth(width)
        sink.setframerate(8000)
        sink.writeframes(np.repeat(raw, channels, axis=0).tobytes())
    return tone


def test_a_picture_becomes_a_strip_of_clean_and_noisy_ones(cli, here):
    cv2, pixels = picture(here / "a.png")
    said = cli("preview", "image/gaussian-noise", "a.png", "--severities", "0.4,1")
    assert 0 == said.status, said.err
    strip = cv2.imread("a.gaussian-noise.clean-0.4-1.png")[..., ::-1]
    assert (12, 3 * 10 + 2 * 4, 3) == strip.shape
    assert np.array_equal(pixels, strip[:, :10])
    noise = pt.get("image/gaussian-noise")
    assert np.array_equal(noise(pixels, 0.4, sample="a.png"), strip[:, 14:24])
    for expected in ("sigma", "psnr (dB)", "0.12", "wrote", "noisebench run"):
        assert expected in said.out


def test_a_missing_package_names_its_extra(cli, here, monkeypatch):
    (here / "a.png").write_bytes(b"x")
    monkeypatch.setitem(__import__("sys").modules, "cv2", None)
    said = cli("preview", "image/gaussian-noise", "a.png")
    assert 5 == said.status
    assert "noisebench[image]" in said.err


def test_a_text_is_shown_with_its_changes_and_not_written(cli, here):
    (here / "a.txt").write_text("The quick brown [bold]fox[/bold] jumps over the lazy dog, twice.")
    said = cli("preview", "text/drop-character", "a.txt", "--severities", "1")
    assert 0 == said.status
    assert "[-" in said.out
    assert "bold" in said.out
    assert "edit_rate" in said.out
    assert ["a.txt"] == [path.name for path in here.iterdir()]


def test_a_text_is_written_where_asked(cli, here):
    (here / "a.txt").write_bytes("Größe\r\nund Menge".encode())
    cli("preview", "text/drop-character", "a.txt", "--severities", "1", "--out", "b.txt")
    expected = pt.get("text/drop-character")("Größe\r\nund Menge", 1.0, sample="a.txt")
    assert expected.encode() == (here / "b.txt").read_bytes()


@pytest.mark.parametrize(("width", "channels"), [(1, 1), (2, 2), (3, 1), (4, 1)])
def test_a_sound_keeps_rate_channels_and_level(cli, here, width, channels):
    tone = sound(here / "a.wav", width, channels)
    said = cli("preview", "audio/white-noise", "a.wav", "--severities", "0.2", "--out", "o")
    assert 0 == said.status, said.err
    with wave.open("o/a.white-noise.0.2.wav") as source:
        assert (channels, 8000, 400) == (
            source.getnchannels(),
            source.getframerate(),
            source.getnframes(),
        )
        wide = source.getsampwidth()
        raw = np.frombuffer(source.readframes(400), np.uint8).reshape(-1, wide)
    assert max(width, 2) == wide
    levels = np.zeros((len(raw), 4), np.uint8)
    levels[:, 4 - wide :] = raw
    noisy = levels.view("<i4").reshape(-1, channels)[:, 0] / 2.0**31
    assert abs(noisy - tone).max() < 0.05


def test_a_sound_tells_its_rate_to_the_noise(cli, here):
    sound(here / "a.wav", 2)
    said = cli("preview", "audio/low-pass", "a.wav", "--severities", "1")
    assert 0 == said.status, said.err


def test_a_series_keeps_what_is_no_number(cli, here):
    lines = "".join(f"day {i},{i * 0.5},{'' if i == 3 else i * i}\n" for i in range(20))
    (here / "s.csv").write_text(f"when,x,y\n{lines}")
    said = cli("preview", "timeseries/additive-noise", "s.csv", "--severities", "0.4")
    assert 0 == said.status, said.err
    assert "kept as they are: when" in said.out
    assert "fitted on this file" in said.out
    rows = list(csv.reader((here / "s.additive-noise.0.4.csv").read_text().splitlines()))
    assert ["when", "x", "y"] == rows[0]
    assert [f"day {i}" for i in range(20)] == [row[0] for row in rows[1:]]
    assert "" == rows[4][2]
    assert float(rows[5][1]) != 2.0


def test_a_table_changes_only_where_the_noise_does(cli, here):
    lines = "".join(f"{20 + i};{'Rome' if i % 2 else 'Oslo'};{1000.50 + i}\n" for i in range(30))
    (here / "t.csv").write_text(f"age;city;income\n{lines}")
    said = cli("preview", "tabular/missing", "t.csv", "--severities", "0.4")
    assert 0 == said.status, said.err
    before = [line.split(";") for line in (here / "t.csv").read_text().splitlines()]
    after = [line.split(";") for line in (here / "t.missing.0.4.csv").read_text().splitlines()]
    cells = [
        pair for old, new in zip(before, after, strict=True) for pair in zip(old, new, strict=True)
    ]
    assert {"kept", "gone"} == {"kept" if a == b else "gone" for a, b in cells}
    assert all(b in (a, "") for a, b in cells)


def test_dates_of_a_table_are_read_as_dates(cli, here):
    lines = "".join(f"2024-03-{i:02},{i}\n" for i in range(1, 21))
    (here / "t.csv").write_text(f"born,age\n{lines},4\n")
    said = cli("preview", "tabular/day-month-swap", "t.csv", "--severities", "1")
    assert 0 == said.status, said.err
    assert "read as dates: born" in said.out
    after = (here / "t.day-month-swap.1.csv").read_text().splitlines()
    assert ["2024-04-03,4", "2024-03-20,20", ",4"] == [after[4], after[20], after[21]]


CLOUD = np.array([[1.0, 2.0, 0.5], [3.0, -4.0, 0.25], [0.1, 0.2, 0.3], [5.0, 6.0, 7.0]] * 5)
CLOUD[:, 0] += np.arange(20)


def noisy_cloud(name, cloud, severity, sample, **facts):
    return pt.get(name)(cloud, severity, sample=sample, facts=facts)


def test_a_cloud_saved_by_numpy_comes_back_as_one(cli, here):
    np.save("a.npy", CLOUD.astype(np.float32))
    said = cli("preview", "pointcloud/jitter", "a.npy", "--severities", "0.4,1")
    assert 0 == said.status, said.err
    found = np.load("a.jitter.0.4.npy")
    assert np.array_equal(
        noisy_cloud("pointcloud/jitter", CLOUD.astype(np.float32), 0.4, "a.npy"), found
    )
    assert np.float32 == found.dtype
    for expected in ("sigma", "chamfer", "wrote", "noisebench run"):
        assert expected in said.out


def test_a_cloud_may_lose_points_and_keeps_what_its_columns_are(cli, here):
    lines = "".join(f"p{i};{z};{i / 10};{x};{y}\n" for i, (x, y, z) in enumerate(CLOUD.tolist()))
    (here / "c.csv").write_text(f"name;Z;intensity;X;Y\n{lines}")
    said = cli("preview", "pointcloud/drop-global", "c.csv", "--severities", "0.6")
    assert 0 == said.status, said.err
    assert "left out: name" in said.out
    rows = list(
        csv.reader((here / "c.drop-global.0.6.csv").read_text().splitlines(), delimiter=";")
    )
    assert ["X", "Y", "Z", "intensity"] == rows[0]
    found = np.array(rows[1:], float)
    clean = np.column_stack([CLOUD, np.arange(20) / 10])
    assert np.array_equal(noisy_cloud("pointcloud/drop-global", clean, 0.6, "c.csv"), found)
    assert 10 == len(found)


def test_rows_of_numbers_are_a_cloud(cli, here):
    text = "# x y z\n" + "".join(" ".join(map(str, row)) + "\n" for row in CLOUD.tolist())
    (here / "a.xyz").write_text(text + "\n")
    said = cli("preview", "pointcloud/add-local", "a.xyz", "--severities", "0.2")
    assert 0 == said.status, said.err
    found = np.loadtxt("a.add-local.0.2.xyz")
    assert np.array_equal(CLOUD, found[:20])
    assert 22 == len(found)


@pytest.mark.parametrize("kind", ["ascii", "binary_little_endian", "binary_big_endian"])
def test_vertices_of_a_ply_file_are_a_cloud(cli, here, kind):
    sign = {"ascii": "<", "binary_little_endian": "<", "binary_big_endian": ">"}[kind]
    dtype = [("red", "u1"), *((axis, f"{sign}f4") for axis in "zxy")]
    table = np.zeros(20, dtype)
    table["red"] = np.arange(20) * 10
    for i, axis in enumerate("xyz"):
        table[axis] = CLOUD[:, i]
    head = (
        f"ply\nformat {kind} 1.0\ncomment made\nelement vertex 20\nproperty uchar red\nproperty float z\n"
        "property float x\nproperty float32 y\nelement face 1\nproperty list uchar int vertex_indices\nend_header\n"
    )
    rows = "".join(" ".join(map(str, row)) + "\n" for row in table.tolist()) + "3 0 1 2\n"
    body = rows.encode() if kind == "ascii" else table.tobytes() + b"\x03" + bytes(12)
    (here / "a.ply").write_bytes(head.encode() + body)
    said = cli("preview", "pointcloud/drop-global", "a.ply", "--severities", "0.6")
    assert 0 == said.status, said.err
    assert "left out, as points come and go: face" in said.out
    again = cli("preview", "pointcloud/jitter", "a.drop-global.0.6.ply", "--severities", "1")
    assert 0 == again.status, again.err
    written = (here / "a.drop-global.0.6.ply").read_bytes()
    assert b"comment made\nelement vertex 10\n" in written
    assert b"face" not in written
    data = written.partition(b"end_header\n")[2]
    if kind == "ascii":
        found = np.array([tuple(line.split()) for line in data.decode().splitlines()], dtype)
    else:
        found = np.frombuffer(data, dtype)
    assert all(row in table.tolist() for row in found.tolist())
    assert 10 == len(found)


def test_a_scan_of_kitti_has_its_sensor_at_the_origin(cli, here):
    scan = np.column_stack([CLOUD, np.linspace(0, 1, 20)]).astype(np.float32)
    (here / "000001.bin").write_bytes(scan.tobytes())
    said = cli("preview", "pointcloud/range-noise", "000001.bin", "--severities", "1")
    assert 0 == said.status, said.err
    assert "its sensor at the origin" in said.out
    found = np.frombuffer((here / "000001.range-noise.1.bin").read_bytes(), np.float32).reshape(
        -1, 4
    )
    facts = {"sensor": (0.0, 0.0, 0.0), "fields": ("intensity",)}
    expected = noisy_cloud("pointcloud/range-noise", scan, 1.0, "000001.bin", **facts)
    assert np.array_equal(expected, found)


def test_a_scan_of_nuscenes_has_rings(cli, here):
    scan = np.column_stack([CLOUD, np.linspace(0, 1, 20), np.arange(20) % 4]).astype(np.float32)
    (here / "a.pcd.bin").write_bytes(scan.tobytes())
    said = cli(
        "preview", "pointcloud/beam-loss", "a.pcd.bin", "--severities", "0.4", "--out", "b.bin"
    )
    assert 0 == said.status, said.err
    found = np.frombuffer((here / "b.bin").read_bytes(), np.float32).reshape(-1, 5)
    assert 2 == len(set(found[:, 4].tolist()))


def test_the_file_that_is_read_is_never_written_to(cli, here):
    (here / "a.txt").write_text("untouched words")
    said = cli("preview", "text/swap", "a.txt", "--severities", "1", "--out", "a.txt")
    assert 2 == said.status
    assert "untouched words" == (here / "a.txt").read_text()


@pytest.mark.parametrize(
    ("noise", "name", "content", "expected"),
    [
        ("image/contrast", "a.txt", b"words", ".png"),
        ("image/contrast", "a.png", b"no picture", "decoded"),
        ("image/contrast", "a.png", b"", "decoded"),
        ("audio/clipping", "a.wav", b"RIFFxxxx", "PCM"),
        ("text/swap", "a.txt", b"\xff\xfe", "UTF-8"),
        ("timeseries/drift", "a.csv", b"x,y\na,b\n", "numbers"),
        ("pointcloud/jitter", "a.obj", b"v 1 2 3\n", ".ply"),
        ("pointcloud/jitter", "a.npy", b"no array", "saved by numpy"),
        ("pointcloud/jitter", "a.csv", b"x,y\n1,2\n", "three columns of numbers"),
        ("pointcloud/jitter", "a.xyz", b"1 2 3\n4 5\n", "rows of as many numbers"),
        ("pointcloud/jitter", "a.xyz", b"1 2\n3 4\n", "columns are x, y, z"),
        ("pointcloud/jitter", "a.bin", b"123", "points of 4 numbers"),
        ("pointcloud/jitter", "a.ply", b"ply\nformat ascii 1.0\n", "whole header"),
        (
            "pointcloud/jitter",
            "a.ply",
            b"ply\nformat ascii 1.0\nelement face 1\nend_header\n",
            "vertices come first",
        ),
        (
            "pointcloud/jitter",
            "a.ply",
            b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n1\n",
            "x, y and z",
        ),
        (
            "pointcloud/jitter",
            "a.ply",
            b"ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty float z\nend_header\n1 2 3\n",
            "2 vertices",
        ),
        ("timeseries/drift", "a.csv", b"1,2\n3,4\n", "names the columns"),
        ("tabular/missing", "a.csv", b"x,y\n1\n", "line 2"),
        ("tabular/missing", "a.csv", b"x,y\n", "at least one row"),
        ("crossmodal/mispairing", "a.txt", b"words", "a single file"),
        ("text/swop", "a.txt", b"words", "did you mean"),
        ("text/swap", "gone.txt", None, "No such file"),
    ],
)
def test_a_wrong_file_is_a_sentence(cli, here, noise, name, content, expected):
    if content is not None:
        (here / name).write_bytes(content)
    if name == "a.png":
        pytest.importorskip("cv2", reason="extra image is not installed")
    said = cli("preview", noise, name)
    assert 2 == said.status
    assert expected in said.err


def photograph(height=40, width=48):
    rows, columns = np.mgrid[:height, :width]
    return np.stack([rows * 5, columns * 5, 255 - rows - columns], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp"])
@pytest.mark.parametrize("kept", [0.3, 0.7, 0.95])
def test_a_picture_that_ends_too_early_is_never_taken_for_a_whole_one(cli, here, suffix, kept):
    cv2 = pytest.importorskip("cv2", reason="extra image is not installed")
    data = cv2.imencode(suffix, photograph())[1].tobytes()
    (here / f"a{suffix}").write_bytes(data)
    whole = cli("preview", "image/gaussian-noise", f"a{suffix}")
    assert 0 == whole.status, whole.err
    (here / f"b{suffix}").write_bytes(data[: int(len(data) * kept)])
    said = cli("preview", "image/gaussian-noise", f"b{suffix}")
    assert 2 == said.status
    assert "ends too early" in said.err or "decoded" in said.err
    assert not list(here.glob("b.gaussian-noise*"))


def test_sixteen_bits_keep_their_depth_until_the_picture_is_written(cli, here):
    cv2 = pytest.importorskip("cv2", reason="extra image is not installed")
    deep = photograph() // 2 * np.uint16(257) + np.uint16(7)
    (here / "deep.png").write_bytes(cv2.imencode(".png", deep)[1].tobytes())
    said = cli("preview", "image/gaussian-noise", "deep.png", "--severities", "0.4")
    assert 0 == said.status, said.err
    assert "16 bits" in said.out
    written = next(here.glob("deep.gaussian-noise*.png"))
    strip = cv2.imdecode(np.frombuffer(written.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(strip[:, :48], photograph() // 2)


def test_transparency_is_kept(cli, here):
    cv2 = pytest.importorskip("cv2", reason="extra image is not installed")
    alpha = np.arange(40 * 48).reshape(40, 48, 1).astype(np.uint8)
    picture = np.concatenate([photograph(), alpha], axis=-1)
    (here / "clear.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    said = cli("preview", "image/impulse-noise", "clear.png", "--severities", "1")
    assert 0 == said.status, said.err
    written = next(here.glob("clear.impulse-noise*.png"))
    strip = cv2.imdecode(np.frombuffer(written.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(strip[:, -48:, 3], alpha[..., 0])
    assert (strip[:, -48:, :3] != picture[..., :3]).any()


def test_a_contact_sheet_shows_every_noise_of_pictures(cli, here):
    cv2 = pytest.importorskip("cv2", reason="extra image is not installed")
    (here / "a.png").write_bytes(cv2.imencode(".png", photograph())[1].tobytes())
    said = cli("preview", "image", "a.png", "--severities", "0.4")
    assert 0 == said.status, said.err
    page = cv2.imread(str(here / "a.image.jpg"))
    known = len(pt.names(modality="image"))
    left_out = said.out.count("left out:")
    assert f"{known - left_out} noises" in said.out
    assert page.shape[1] > 6 * 224
    assert page.shape[0] > -(-(known - left_out) // 6) * 224


@pytest.mark.parametrize(
    ("group", "name", "expected"),
    [
        ("crossmodal", "a.png", "put it into a data set"),
        ("text", "a.png", "UTF-8"),
        ("imag", "a.png", "did you mean"),
        ("image", "b.txt", ".png"),
    ],
)
def test_a_sheet_of_something_else_is_a_sentence(cli, here, group, name, expected):
    picture(here / "a.png")
    (here / "b.txt").write_text("words")
    said = cli("preview", group, name)
    assert 2 == said.status
    assert expected in said.err


def test_a_long_text_says_how_much_of_it_is_shown(cli, tmp_path):
    file = tmp_path / "long.txt"
    file.write_text("some words of a text " * 2000)
    said = cli("preview", "text/swap", file)
    assert said.status == 0
    assert "shown: the first 400 of 42,000 characters" in said.out


def stamped_sheet(path, head, stamp, rows=60):
    start = datetime(2026, 11, 29, tzinfo=UTC)
    lines = "".join(
        f"{stamp(start + i * timedelta(milliseconds=5), i)},{0.5 * (i % 7)},{i}\n"
        for i in range(rows)
    )
    path.write_text(f"{head},x,y\n{lines}")


@pytest.mark.parametrize("head", ["", "time", "Timestamp", "taken at"])
def test_a_column_of_stamps_tells_the_times(cli, here, head):
    stamped_sheet(here / "s.csv", head, lambda at, _: at.isoformat())
    said = cli("preview", "timeseries/mains-hum", "s.csv", "--severities", "0.4")
    assert 0 == said.status, said.err
    assert f"times are those of the column {head or 'without a name'}" in said.out
    assert "kept as they are" not in said.out
    after = (here / "s.mains-hum.0.4.csv").read_text().splitlines()
    before = (here / "s.csv").read_text().splitlines()
    assert [row.partition(",")[0] for row in before] == [row.partition(",")[0] for row in after]


def test_a_column_of_seconds_tells_the_times_and_one_that_counts_rows_does_not(cli, here):
    stamped_sheet(here / "s.csv", "time", lambda _, i: 0.005 * i)
    said = cli("preview", "timeseries/mains-hum", "s.csv", "--severities", "0.4")
    assert 0 == said.status and "the column time" in said.out
    stamped_sheet(here / "c.csv", "", lambda _, i: i)
    said = cli("preview", "timeseries/mains-hum", "c.csv")
    assert 2 == said.status and "--rate 100" in said.err and "named time" in said.err
    said = cli("preview", "timeseries/drift", "c.csv", "--severities", "1")
    assert "kept as they are: without a name" in said.out
    rows = (here / "c.drift.1.csv").read_text().splitlines()[1:]
    assert [str(i) for i in range(60)] == [row.partition(",")[0] for row in rows]


@pytest.mark.parametrize("head", ["", "time"])
def test_rows_that_are_lost_leave_the_file_with_their_stamps(cli, here, head):
    stamp = (lambda at, _: at.isoformat()) if head else (lambda _, i: i)
    stamped_sheet(here / "s.csv", head, stamp)
    said = cli("preview", "timeseries/lost-samples(end=shorten)", "s.csv", "--severities", "1")
    assert 0 == said.status, said.err
    before = (here / "s.csv").read_text().splitlines()
    after = (here / "s.lost-samples.1.csv").read_text().splitlines()
    assert len(after) < len(before)
    assert set(after) < set(before)


def test_wrong_stamps_are_written_and_measured(cli, here):
    stamped_sheet(here / "s.csv", "time", lambda at, _: at.isoformat())
    noise = "timeseries/clock-skew(moves=stamps)"
    said = cli("preview", noise, "s.csv", "--severities", "1")
    assert 0 == said.status, said.err
    assert "stamps" in said.out
    after = (here / "s.clock-skew.1.csv").read_text().splitlines()
    before = (here / "s.csv").read_text().splitlines()
    assert before[1] == after[1] and before[-1] != after[-1]
    assert before[-1].partition(",")[2] == after[-1].partition(",")[2]


def test_the_parts_of_a_clip_are_the_other_voices(cli, here):
    tone = np.sin(np.arange(4000) * 0.3) * np.linspace(0.1, 0.6, 4000)
    with wave.open(str(here / "a.wav"), "wb") as sink:
        sink.setnchannels(1)
        sink.setsampwidth(2)
        sink.setframerate(8000)
        sink.writeframes(np.rint(tone * 32767).astype("<i2").tobytes())
    said = cli("preview", "audio/babble", "a.wav", "--severities", "1")
    assert 0 == said.status, said.err
    assert "the other voices are 8 parts of this file" in said.out


def test_sound_that_is_no_wav_is_read_where_soundfile_is(cli, here):
    soundfile = pytest.importorskip("soundfile", reason="extra audio is not installed")
    soundfile.write(here / "a.flac", 0.5 * np.sin(np.arange(4000) * 0.3), 8000)
    said = cli("preview", "audio/white-noise", "a.flac", "--severities", "0.4")
    assert 0 == said.status, said.err
    assert "8000 Hz" in said.out and (here / "a.white-noise.0.4.wav").exists()
    (here / "b.flac").write_bytes(b"fLaC no sound")
    assert "a sound file" in cli("preview", "audio/white-noise", "b.flac").err


@pytest.mark.slow
@pytest.mark.parametrize("modality", ["audio", "timeseries", "tabular"])
def test_a_whole_modality_is_a_table_of_distances(cli, here, modality):
    if modality == "audio":
        sound(here / "a.wav", 2)
    else:
        stamped_sheet(here / "a.csv", "time", lambda at, _: at.isoformat())
    name = "a.wav" if modality == "audio" else "a.csv"
    said = cli("preview", modality, name)
    assert 0 == said.status, said.err
    shown = [each for each in pt.names(modality=modality) if each in said.out]
    assert len(shown) == len(pt.names(modality=modality))
    assert "severity" in said.out and "Next: one of them" in said.out
    assert [name] == [path.name for path in here.iterdir()]
    assert "name one noise to write files" in cli("preview", modality, name, "--out", "x").err
