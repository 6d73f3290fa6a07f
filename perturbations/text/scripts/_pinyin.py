"""Hanzi by their reading: what an input method offers for a syllable, among the common characters.

Syllables are written as they are typed: lv for lü, a tone as a digit, 5 for the neutral one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from types import ModuleType
from typing import NamedTuple

from perturbations._extras import require

HANZI = re.compile("[㐀-䶿一-鿿〇豈-龎\U00020000-\U000323af]")
HANZI_RUN = re.compile("[㐀-䶿一-鿿〇豈-龎\U00020000-\U000323af]+")

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"), ("r", "l"))
_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))
_INITIAL = re.compile("([zcs]h|[bpmfdtnlgkhjqxrzcsyw]?)(.*)")

_SECOND_READINGS = """
地 de5 得 de5 得 dei3 的 di4 着 zhao2 了 liao3 长 zhang3 重 chong2 行 hang2 乐 yue4 还 huan2 为 wei2 只 zhi1
教 jiao1 都 du1 中 zhong4 种 zhong4 量 liang2 分 fen4 间 jian4 相 xiang4 应 ying4 当 dang4 发 fa4 干 gan1
处 chu4 背 bei1 空 kong4 难 nan4 便 pian2 假 jia4 传 zhuan4 弹 dan4 调 diao4 降 xiang2 觉 jiao4 少 shao4
省 xing3 数 shu3 似 shi4 好 hao4 过 guo5 们 men5 吧 ba5 吗 ma5 呢 ne5 啊 a5 么 me5
"""
"""Readings that a character has besides its first, where it is often taken for another one of that sound."""


class Readings(NamedTuple):
    """The common characters by what is typed for them."""

    toned: Mapping[str, str]
    """By syllable and tone."""
    plain: Mapping[str, str]
    """By syllable."""


def pypinyin() -> ModuleType:
    """Return the package that knows how hanzi are read.

    Raises:
        MissingExtra: it is not installed.
    """
    return require("pypinyin", extra="chinese")


def read(text: str) -> Iterator[tuple[int, str]]:
    """Yield where the hanzi of a text are, and how each is read there: by word, where a word decides."""
    pypinyin()
    for run in HANZI_RUN.finditer(text):
        for i, reading in enumerate(_read(run[0])):
            if reading.isascii() and reading[-1:].isdigit():
                yield run.start() + i, reading


@lru_cache(maxsize=1 << 12)
def _read(run: str) -> tuple[str, ...]:
    """Read a run of hanzi; what has no reading comes back as it is."""
    known = pypinyin()
    found = known.lazy_pinyin(
        run, style=known.Style.TONE3, neutral_tone_with_five=True, errors=list
    )
    return tuple(found) if len(found) == len(run) else ("",) * len(run)


@cache
def common() -> str:
    """Return the 3755 characters of level 1 of GB 2312, which are in order of their reading."""
    codes = ((row, cell) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return "".join(
        bytes(code).decode("gb2312") for code in codes if code < (0xD7, 0xFA)
    )  # the last five places of the level are empty


@cache
def readings() -> Readings:
    """Return the common characters by reading: the first of each, and some second ones."""
    second = _SECOND_READINGS.split()
    pairs = [(_read(one)[0], one) for one in common()]
    pairs += zip(second[1::2], second[::2], strict=True)
    plain = ((reading[:-1], one) for reading, one in pairs)
    return Readings(_gathered(pairs), _gathered(plain))


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, dict[str, None]] = {}
    for reading, one in pairs:
        found.setdefault(reading, {})[one] = None
    return {reading: "".join(ones) for reading, ones in found.items()}


def same_tone(hanzi: str, reading: str) -> str:
    """Return the other common characters with the same syllable and tone."""
    return readings().toned.get(reading, "").replace(hanzi, "")


def other_tone(hanzi: str, reading: str) -> str:
    """Return the common characters with the same syllable in another tone, and in this one in no word."""
    here = readings().toned.get(reading, "") + hanzi
    return _without(readings().plain.get(reading[:-1], ""), here)


def any_tone(hanzi: str, reading: str) -> str:
    """Return the other common characters with the same syllable."""
    return readings().plain.get(reading[:-1], "").replace(hanzi, "")


def fuzzy(hanzi: str, reading: str) -> str:
    """Return the common characters whose syllable is often taken for this one."""
    known = readings().plain
    return _without("".join(known[each] for each in fuzzy_syllables(reading[:-1])), hanzi)


def mistyped(hanzi: str, reading: str) -> str:
    """Return the common characters whose syllable is one letter away, and not merely fuzzy."""
    known = readings().plain
    near = "".join(known[each] for each in _mistyped_syllables(reading[:-1]))
    return _without(near, any_tone("", reading) + hanzi)


@cache
def _mistyped_syllables(syllable: str) -> tuple[str, ...]:
    merged = fuzzy_syllables(syllable)
    return tuple(
        each for each in readings().plain if each not in merged and _one_off(syllable, each)
    )


@cache
def fuzzy_syllables(syllable: str) -> tuple[str, ...]:
    """Return the syllables that southern speech and fuzzy input merge with one.

    >>> fuzzy_syllables("zhen")
    ('zen', 'zheng')
    """
    initial, final = _INITIAL.findall(syllable)[0]
    starts = [two for one, two in _either(_INITIALS) if one == initial]
    others = [start + final for start in starts]
    longer, shorter = (tuple(each) for each in zip(*_FINALS, strict=True))
    if syllable.endswith(longer):
        others.append(syllable[:-1])
    elif syllable.endswith(shorter):
        others.append(f"{syllable}g")
    return tuple(each for each in others if each in readings().plain)


def _either(pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for one, two in pairs:
        yield one, two
        yield two, one


def _one_off(one: str, two: str) -> bool:
    """Tell whether one letter is changed, added or missing."""
    if len(one) > len(two):
        one, two = two, one
    if len(two) - len(one) > 1:
        return False
    same = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), len(one))
    rest = one[same + 1 :] if len(one) == len(two) else one[same:]
    return one != two and rest == two[same + 1 :]


def _without(characters: str, unwanted: str) -> str:
    return "".join(dict.fromkeys(one for one in characters if one not in unwanted))
