"""English numbers as they are said: integers up to 999,999,999, years, decimals, ordinals, times, digit by digit."""

import re
from functools import cache

_SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
_ROUND = "zero ten twenty thirty forty fifty sixty seventy eighty ninety"
_ONES, _TENS = _SMALL.split(), _ROUND.split()
_SCALES = ((1_000_000, "million"), (1_000, "thousand"))
_LONGEST = 9
"""Numbers of more digits are said one by one."""
_ORDINAL = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_YEARS = range(1100, 2100)

_CURRENCY = r"$¢£¤¥฿\u20a0-\u20cf"
_SIGNS = r"/\\#№§°±×÷=<>^~@&*+_|%‰−"
"""Signs that make one thing with the number beside them, and are not said by it."""
_BLANK = r"[ \u00a0\u202f]"
NUMBER = re.compile(
    rf"""(?<![\w.,:'’{_CURRENCY}{_SIGNS}-])(?<![{_CURRENCY}]{_BLANK})(?<![0-9][–—])(?<![0-9]{_BLANK}[–—-]{_BLANK})(?:
        (?P<hour>[01]?[0-9]|2[0-4]):(?P<minute>[0-5][0-9])
      | (?P<ordinal>[0-9]{{1,6}})(?:st|nd|rd|th)
      | (?P<whole>[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+)(?:\.(?P<part>[0-9]+))?(?P<percent>{_BLANK}?%)?
    )(?!\w|[.,:'’][0-9]|{_BLANK}?[{_CURRENCY}%]|[{_SIGNS}]|-[0-9]|{_BLANK}?[–—]{_BLANK}?[0-9]|{_BLANK}-{_BLANK}?[0-9])""",
    re.VERBOSE,
)
"""A number on its own: not a part of a word, an amount of money, a range, a date, a version or a telephone number."""


def spoken(match: re.Match[str]) -> tuple[str, ...]:
    """Return the ways in which a number that `NUMBER` found is said, the most usual first."""
    if match["hour"]:
        return _time(int(match["hour"]), int(match["minute"]))
    if match["ordinal"]:
        return tuple(ordinal(way) for way in integers(match["ordinal"]))
    digits = match["whole"].replace(",", "")
    ways = integers(digits, year=not (match["part"] or match["percent"] or "," in match["whole"]))
    after = f" point {by_digit(match['part'])}" if match["part"] else ""
    after += " percent" if match["percent"] else ""
    return tuple(way + after for way in ways)


@cache
def integers(digits: str, *, year: bool = False) -> tuple[str, ...]:
    """Return the ways in which a string of digits is said.

    >>> integers("1990", year=True)[0]
    'nineteen ninety'
    """
    if (len(digits) > 1 and digits[0] == "0") or len(digits) > _LONGEST:
        return tuple(dict.fromkeys((by_digit(digits), by_digit(digits).replace("zero", "oh"))))
    number = int(digits)
    ways = [cardinal(number), cardinal(number, join=" and ")]
    if 1100 <= number < 10_000 and number % 100 == 0 and number % 1000:
        ways.append(f"{cardinal(number // 100)} hundred")
    if year and len(digits) == 4 and number in _YEARS:
        ways = [*_year(number), *ways]
    return tuple(dict.fromkeys(ways))


def cardinal(number: int, *, join: str = " ") -> str:
    """Return an integer from 0 to 999,999,999 in words; `join` stands between hundreds and the rest."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10] + (f" {_ONES[number % 10]}" if number % 10 else "")
    if number < 1000:
        rest = f"{join}{cardinal(number % 100)}" if number % 100 else ""
        return f"{_ONES[number // 100]} hundred{rest}"
    size, name = next(scale for scale in _SCALES if number >= scale[0])
    head, rest_of = divmod(number, size)
    if not rest_of:
        return f"{cardinal(head, join=join)} {name}"
    between = join if rest_of < 100 else " "
    return f"{cardinal(head, join=join)} {name}{between}{cardinal(rest_of, join=join)}"


def ordinal(words: str) -> str:
    """Return the ordinal of a cardinal in words."""
    head, space, last = words.rpartition(" ")
    if last in _ORDINAL:
        return head + space + _ORDINAL[last]
    return head + space + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")


def by_digit(digits: str) -> str:
    """Return digits one by one."""
    return " ".join(_ONES[int(digit)] for digit in digits)


def _year(number: int) -> tuple[str, ...]:
    century, rest = divmod(number, 100)
    if 2000 <= number < 2010 or rest == 0:
        return () if number % 1000 == 0 or number >= 2000 else (f"{cardinal(century)} hundred",)
    low = f"oh {_ONES[rest]}" if rest < 10 else cardinal(rest)
    return (f"{cardinal(century)} {low}",)


def _time(hour: int, minute: int) -> tuple[str, ...]:
    if minute == 0:
        return (f"{cardinal(hour)} o'clock",) if 0 < hour <= 12 else (f"{cardinal(hour)} hundred",)
    low = f"oh {_ONES[minute]}" if minute < 10 else cardinal(minute)
    return (f"{cardinal(hour)} {low}",)
