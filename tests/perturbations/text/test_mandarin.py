from collections import Counter

import pytest

import perturbations as pt
from perturbations.errors import BadSetting, NotApplicable
from perturbations.text.scripts._sentences_chinese import CHINESE

pypinyin = pytest.importorskip("pypinyin")

from perturbations.text.scripts import _pinyin, mandarin  # noqa: E402 - after the skip

LONG = "\n".join(CHINESE * 8)
WHOLE = {"dose": {"share": 1.0}, "sample": "s"}


def noisy(errors, text=LONG, **given):
    return pt.get("text/pinyin-homophone", errors=errors).apply(text, **(WHOLE | given))


def sounds(character):
    """All readings of a character, without tones."""
    style = pypinyin.Style.NORMAL
    return set(pypinyin.pinyin(character, style=style, heteronym=True)[0])


def level_one(character):
    code = character.encode("gb2312")
    return len(code) == 2 and 0xB0 <= code[0] <= 0xD7


def edited(result, text=LONG):
    """Every edit as the character, how pypinyin reads it in its sentence, and the new character."""
    readings = dict(_pinyin.read(text))
    return [(text[start], readings[start], new) for start, _, new in result.mapping]


def test_level_one_of_gb_2312_has_3755_characters():
    assert 3755 == len(set(_pinyin.common()))
    assert "啊座" == _pinyin.common()[0] + _pinyin.common()[-1]


def test_every_new_character_is_common_and_the_length_stays():
    for errors in ("sighan", "same-tone", "any-tone", "fuzzy"):
        result = noisy(errors)
        assert len(LONG) == len(result.value)
        assert all(level_one(new) for _, _, new in result.mapping)


@pytest.mark.parametrize("errors", ["same-tone", "any-tone"])
def test_a_homophone_is_read_as_the_character_it_replaces(errors):
    for old, reading, new in edited(noisy(errors)):
        assert old != new
        assert reading[:-1].replace("v", "ü") in {each.replace("v", "ü") for each in sounds(new)}


def test_the_pinyin_of_a_text_with_homophones_is_that_of_the_text():
    clean, changed = (pypinyin.lazy_pinyin(text) for text in (LONG, noisy("same-tone").value))
    differing = sum(one != two for one, two in zip(clean, changed, strict=True))
    assert differing / len(clean) < 0.05  # new neighbours make words that read otherwise


def test_fuzzy_syllables_are_mutual_and_differ_by_one_of_the_pairs():
    known = _pinyin.readings().plain
    assert {"zen", "zheng"} == set(_pinyin.fuzzy_syllables("zhen"))
    assert {"lang", "nan"} == set(_pinyin.fuzzy_syllables("nang"))
    for syllable in known:
        for other in _pinyin.fuzzy_syllables(syllable):
            assert other != syllable
            assert syllable in _pinyin.fuzzy_syllables(other)
            assert other in known


def test_fuzzy_errors_are_of_fuzzy_syllables():
    for _, reading, new in edited(noisy("fuzzy")):
        assert sounds(new) & set(_pinyin.fuzzy_syllables(reading[:-1]))


def test_kinds_of_error_come_as_often_as_in_the_counted_errors():
    """Chi-square on the kinds, with three degrees of freedom; 16.3 is exceeded once in a thousand."""
    result = noisy("sighan")
    expected: Counter[str] = Counter()
    for at, reading in _pinyin.read(LONG):
        kinds, ends, *_ = mandarin._options("sighan", LONG[at], reading)
        for kind, low, high in zip(kinds, (0.0, *ends), ends, strict=False):
            expected[kind] += high - low
    found = result.report["kinds"]
    assert sum(found.values()) == len(result.mapping) > 5000
    assert sum((found[kind] - n) ** 2 / n for kind, n in expected.items()) < 16.3


def test_weights_are_the_published_ones_where_every_kind_is_possible():
    kinds, ends, *_ = mandarin._options("sighan", "只", "zhi3")
    assert ("same-tone", "other-tone", "fuzzy", "mistyped") == kinds
    assert pytest.approx((0.524, 0.787, 0.854, 1.0)) == ends


def test_partners_come_in_proportion_to_their_weight():
    partners, upto = mandarin._options("same-tone", "是", "shi4")[2:]
    assert partners[0] == _pinyin.same_tone("是", "shi4")
    steps = 40_000
    found = Counter(
        mandarin._picked(mandarin._options("same-tone", "是", "shi4"), i / steps)[1]
        for i in range(steps)
    )
    for one, low, high in zip(partners[0], (0.0, *upto[0]), upto[0], strict=False):
        assert found[one] == pytest.approx(steps * (high - low), abs=2)


@pytest.mark.parametrize(
    ("hanzi", "reading", "likely"),
    [
        ("他", "ta1", "她它"),
        ("的", "de5", "地得"),
        ("在", "zai4", "再载"),
        ("做", "zuo4", "作坐座"),
    ],
)
def test_frequent_partners_are_nearly_always_picked(hanzi, reading, likely):
    _, _, (partners, *_), (upto, *_) = mandarin._options("sighan", hanzi, reading)
    shares = {one: high - low for one, low, high in zip(partners, (0.0, *upto), upto, strict=False)}
    assert sum(shares[one] for one in likely) > 0.95


def test_traditional_text_stays_traditional():
    text = "這個們說幾後還會時現來對學開長間問話國後發電視聽見"
    for i in range(40):
        changed = noisy("sighan", text, sample=str(i)).value
        assert all(len(one.encode("big5")) == 2 for one in changed)
        pairs = zip(text, changed, strict=True)
        assert not {"們们", "個个", "幾几", "後后", "聽听"} & {one + two for one, two in pairs}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (name, text)
        for name in ("pinyin-homophone", "pinyin-leak", "hanzi-shape", "hanzi-variant")
        for text in ("東京で未だ食べた", "大韓民國 대한민국")
    ],
)
def test_japanese_and_korean_are_no_chinese(name, text):
    noise = pt.get(f"text/{name}")
    with pytest.raises(NotApplicable, match="kana or Hangul"):
        noise(text, 0.5, sample="s")
    with pytest.raises(NotApplicable, match="language='ja'"):
        noise("未来", 0.5, sample="s", facts={"language": "ja"})
    for code in ("zh", "zh-Hant-TW", "yue"):
        noise(text, 0.5, sample="s", facts={"language": code})


def test_a_character_is_read_as_its_word_has_it():
    readings = [reading for _, reading in _pinyin.read("银行, 行走, 行长, 重庆")]
    assert ["yin2", "hang2", "xing2", "zou3", "hang2", "zhang3", "chong2", "qing4"] == readings


def test_de_is_taken_for_its_two_sisters():
    assert {"地", "得"} <= set(_pinyin.same_tone("的", "de5"))


def test_pinyin_that_leaks_is_the_reading_without_tone():
    leak = pt.get("text/pinyin-leak")
    assert "lvse，nver 3.5" == leak("绿色，女儿 3.5", **WHOLE)
    text = "".join(CHINESE)
    assert "".join(pypinyin.lazy_pinyin(text)) == leak(text, **WHOLE)


def test_one_letter_off_is_a_distance_of_one():
    from perturbations.text._distance import myers

    known = sorted(_pinyin.readings().plain)[::7]
    for one in known:
        for two in known:
            assert (myers(one, two) == 1) == _pinyin._one_off(one, two)


def test_an_unknown_kind_of_error_is_named():
    with pytest.raises(BadSetting, match="sighan, same-tone"):
        noisy("tone", "你好")
