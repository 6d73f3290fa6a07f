"""Keyboards as geometry: which keys lie beside which, computed from where they lie.

Why: the tables that libraries ship have one-way edges and keys beside themselves (24 one-way edges in most of
nlpaug's layouts). Distances between key centres give a relation that is symmetric and irreflexive by
construction, and a new layout is eight strings.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import hypot

from perturbations.errors import BadSetting, did_you_mean, explain

_ANSI = (0.0, 1.5, 1.75, 2.25)
_ISO = (0.0, 1.5, 1.75, 1.25)
"""Where the first key of each row lies, in key widths from the left; ISO has one key more beside Shift."""
_REACH = 1.3
"""Keys whose centres are at most this many key widths apart are neighbours: up to six of them, a hexagon."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A keyboard: rows from the digits down, once plain and once with Shift; a space is no key."""

    plain: tuple[str, str, str, str]
    shifted: tuple[str, str, str, str]
    left: tuple[float, float, float, float]


LAYOUTS: Mapping[str, Layout] = {
    "qwerty": Layout(
        ("`1234567890-=", "qwertyuiop[]\\", "asdfghjkl;'", "zxcvbnm,./"),
        ("~!@#$%^&*()_+", "QWERTYUIOP{}|", 'ASDFGHJKL:"', "ZXCVBNM<>?"),
        _ANSI,
    ),
    "azerty": Layout(
        ("²&é\"'(-è_çà)=", "azertyuiop^$", "qsdfghjklmù*", "<wxcvbn,;:!"),
        (" 1234567890°+", "AZERTYUIOP¨£", "QSDFGHJKLM%µ", ">WXCVBN?./§"),
        _ISO,
    ),
    "qwertz": Layout(
        ("^1234567890ß´", "qwertzuiopü+", "asdfghjklöä#", "<yxcvbnm,.-"),
        ('°!"§$%&/()=?`', "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ'", ">YXCVBNM;:_"),
        _ISO,
    ),
    "dvorak": Layout(
        ("`1234567890[]", "',.pyfgcrl/=\\", "aoeuidhtns-", ";qjkxbmwvz"),
        ("~!@#$%^&*(){}", '"<>PYFGCRL?+|', "AOEUIDHTNS_", ":QJKXBMWVZ"),
        _ANSI,
    ),
}
"""US QWERTY and Dvorak (ANSI), French AZERTY and German QWERTZ (ISO), as printed on the keys."""


@cache
def neighbours(layout: str) -> Mapping[str, tuple[str, ...]]:
    """Return what a finger that lands one key off types instead of each character, sorted.

    With Shift held, a letter slips onto letters only, so that upper case stays upper case.

    Raises:
        BadSetting: there is no such layout.
    """
    if layout not in LAYOUTS:
        hint = did_you_mean(str(layout), LAYOUTS)
        raise BadSetting(explain("the name of a keyboard layout", "layout", layout, hint))
    keyboard = LAYOUTS[layout]
    found: dict[str, set[str]] = {}
    for rows, shift in ((keyboard.plain, False), (keyboard.shifted, True)):
        for one, two in _pairs(rows, keyboard.left):
            if not shift or one.isupper() == two.isupper():
                found.setdefault(one, set()).add(two)
                found.setdefault(two, set()).add(one)
    return {character: tuple(sorted(near)) for character, near in sorted(found.items())}


def _pairs(rows: tuple[str, ...], left: tuple[float, ...]) -> Iterator[tuple[str, str]]:
    keys = [
        (character, left[row] + column, row)
        for row, characters in enumerate(rows)
        for column, character in enumerate(characters)
        if character != " "
    ]
    for (one, x, y), (two, u, v) in combinations(keys, 2):
        if hypot(x - u, y - v) <= _REACH:
            yield one, two
