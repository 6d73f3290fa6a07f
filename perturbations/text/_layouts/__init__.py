"""Keyboards as geometry: which keys lie beside which, computed from where they lie.

Why: the tables that libraries ship have one-way edges and keys beside themselves (24 one-way edges in most of
nlpaug's layouts). Distances between key centres give a relation that is symmetric and irreflexive by
construction, and a new layout is a few strings.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations
from math import hypot

from perturbations.errors import BadSetting, NotApplicable, did_you_mean, explain
from perturbations.text._graphemes import joining
from perturbations.text._layouts._geometry import Key, Layout
from perturbations.text._layouts._hangul import is_letter, last_strays, slips
from perturbations.text._layouts._latin import LATIN
from perturbations.text._layouts._scripts import SCRIPTS

LAYOUTS: Mapping[str, Layout] = {**LATIN, **SCRIPTS}
"""Layouts by name, as printed on the keys."""

AUTO = "auto"
"""Leaves the layout to the language of the input."""
_REACH = {"physical": 1.3, "mobile": 1.45}
"""Keys whose centres are at most this many keys apart are neighbours: on a keyboard up to six of them, a hexagon;
under a thumb those at the corners too."""
_OF_LANGUAGE = {
    "ar": "arabic", "cs": "czech", "de": "qwertz", "en": "qwerty", "es": "spanish", "fr": "azerty",
    "he": "hebrew", "it": "italian", "ko": "korean", "nl": "qwerty", "pl": "polish", "pt": "portuguese",
    "ru": "russian", "th": "thai", "tr": "turkish", "uk": "ukrainian",
}  # fmt: skip
"""The usual keyboard by ISO 639-1 code; most people in the Netherlands type on US QWERTY."""


def layout_of(layout: str, language: str | None) -> str:
    """Return the name of the layout that is meant.

    Raises:
        NotApplicable: it is left to the language, for which there is none.
    """
    if layout != AUTO:
        return layout
    code = (language or "en").replace("_", "-").partition("-")[0].lower()
    if code not in _OF_LANGUAGE:
        hint = "name one: layout=..., known: " + ", ".join(sorted(LAYOUTS))
        expected = f"a language with a keyboard layout ({', '.join(sorted(_OF_LANGUAGE))})"
        raise NotApplicable(explain(expected, "language", language, hint))
    return _OF_LANGUAGE[code]


@cache
def neighbours(layout: str, device: str = "physical") -> Mapping[str, tuple[str, ...]]:
    """Return what a finger that lands one key off types instead of each character, sorted.

    With Shift held, a letter slips onto letters of its case only, so that upper case stays upper case; a combining
    mark slips onto marks only, so that clusters stay whole. Korean has its syllables: one key stroke is off.

    Raises:
        BadSetting: there is no such layout or device.
    """
    near = _near(layout, device)
    return near | slips(near) if _is_korean(near) else near


@cache
def strays(layout: str, device: str = "physical") -> Mapping[str, tuple[str, ...]]:
    """Return what a finger types that presses a neighbouring key along with that of each character, sorted.

    Of a Korean syllable, what it presses along with the last stroke.

    Raises:
        BadSetting: there is no such layout or device.
    """
    near = _near(layout, device)
    return near | last_strays(near) if _is_korean(near) else near


def _near(layout: str, device: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for one, two in _pairs(_keys(layout, device), _REACH[device]):
        found.setdefault(one, set()).add(two)
        found.setdefault(two, set()).add(one)
    return {character: tuple(sorted(others)) for character, others in sorted(found.items())}


def _is_korean(near: Mapping[str, tuple[str, ...]]) -> bool:
    return any(map(is_letter, near))


@cache
def has_marks(layout: str, device: str = "physical") -> bool:
    """Tell whether keys type combining marks: a key stroke is then a code point, not a cluster."""
    return any(_is_mark(key.character) for key in _keys(layout, device))


def _keys(layout: str, device: str) -> tuple[Key, ...]:
    if layout not in LAYOUTS:
        hint = did_you_mean(str(layout), LAYOUTS)
        raise BadSetting(explain("the name of a keyboard layout", "layout", layout, hint))
    if device not in _REACH:
        raise BadSetting(explain("a device", "device", device, did_you_mean(str(device), _REACH)))
    return LAYOUTS[layout].keys() if device == "physical" else LAYOUTS[layout].phone_keys()


def _pairs(keys: tuple[Key, ...], reach: float) -> Iterator[tuple[str, str]]:
    for one, two in combinations(keys, 2):
        alike = one.level == 0 or one.character.isupper() == two.character.isupper()
        if (
            one.level == two.level
            and hypot(one.x - two.x, one.y - two.y) <= reach
            and alike
            and one.character != two.character
            and _is_mark(one.character) == _is_mark(two.character)
        ):
            yield one.character, two.character


@cache
def _is_mark(character: str) -> bool:
    return any(low <= ord(character) <= high for low, high in joining())
