from collections import Counter
from math import sqrt

import pytest

import perturbations as pt
from perturbations.errors import BadSetting
from perturbations.text._sentences import SENTENCES

ALL = {"share": 1.0}


@pytest.mark.parametrize("name", ["mask-tokens", "random-tokens"])
@pytest.mark.parametrize("share", [0.15, 0.5])
def test_the_share_of_tokens_is_one_minus_alpha_bar(name, share):
    text = " ".join(f"w{i}" for i in range(5000))
    report = pt.get(f"text/{name}").apply(text, dose={"share": share}, sample="s").report
    assert report["eligible"] == 5000
    assert report["share"] == pytest.approx(share, abs=4 * sqrt(share * (1 - share) / 5000))


def test_every_token_is_masked_at_share_one():
    noisy = pt.get("text/mask-tokens", mask="<mask>")("one, two\t 3!", dose=ALL, sample="s")
    assert noisy == "<mask> <mask>\t <mask>"


def test_chinese_is_masked_by_the_character():
    assert pt.get("text/mask-tokens", mask="口")("今天 好", dose=ALL, sample="s") == "口口 口"


def test_random_tokens_are_other_places_of_the_text():
    text = "a b c d"
    noise = pt.get("text/random-tokens")
    counts = Counter(noise(text, dose=ALL, sample=i).split()[0] for i in range(3000))
    assert set(counts) == {"b", "c", "d"}
    assert sum((n - 1000) ** 2 / 1000 for n in counts.values()) < 13.8  # 0.1% point, 2 degrees


def test_one_token_has_no_other():
    report = pt.get("text/random-tokens").apply("alone", dose=ALL, sample="s").report
    assert (report["eligible"], report["edits"]) == (1, 0)


def test_a_vocabulary_is_drawn_from_evenly(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("x\n\ny \nx\nz\n", encoding="utf-8")
    noise = pt.get("text/random-tokens", vocabulary=str(path))
    counts = Counter(noise("word " * 3000, dose=ALL, sample="s").split())
    assert set(counts) == {"x", "y", "z"}
    assert sum((n - 1000) ** 2 / 1000 for n in counts.values()) < 13.8


def test_a_vocabulary_that_cannot_be_used_says_why(tmp_path):
    empty = tmp_path / "empty.txt"
    empty.write_text("\n")
    for path, match in ((empty, "at least one token"), (tmp_path / "none.txt", "No such file")):
        with pytest.raises(BadSetting, match=match):
            pt.get("text/random-tokens", vocabulary=str(path))("word", 0.5, sample="s")


def test_white_space_stays():
    for text in (*SENTENCES[:20], "  a\n\tb  c\r\n"):
        for name in ("mask-tokens", "random-tokens"):
            noisy = pt.get(f"text/{name}")(text, 1.0, sample=text)
            assert [c for c in noisy if c.isspace()] == [c for c in text if c.isspace()]
