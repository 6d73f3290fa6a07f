"""`preview`: one noise in one file."""

import csv
import wave

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
        ("text", "a.png", "image, a preset"),
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
