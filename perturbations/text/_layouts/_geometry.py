"""Where keys lie: rows from the digits down, and the rows of a phone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

Rows = tuple[str, ...]
"""Characters of the keys of each row, from the left; a space stands for a key that types no character."""

ANSI = (0.0, 1.5, 1.75, 2.25)
ISO = (0.0, 1.5, 1.75, 1.25)
"""Where the first key of each row lies, in key widths from the left; ISO has one key more beside Shift."""


_TENSE = "ㅃㅉㄸㄲㅆㅒㅖ"
"""What Shift makes of Korean letters."""


class Key(NamedTuple):
    """What a key types with one combination of modifiers, and where its centre is."""

    character: str
    x: float
    y: float
    level: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A keyboard: what its keys type plain, with Shift, and with AltGr."""

    plain: Rows
    shifted: Rows
    left: tuple[float, ...]
    phone: Rows
    """The rows of letters on a phone, which lie centred one below the other."""
    altgr: tuple[Rows, ...] = ()
    """With AltGr, and with AltGr and Shift."""

    def keys(self) -> tuple[Key, ...]:
        """Return the characters of the keyboard, each at its key."""
        return tuple(
            Key(character, self.left[row] + column, row, level)
            for level, rows in enumerate((self.plain, self.shifted, *self.altgr))
            for character, column, row in _cells(rows)
        )

    def phone_keys(self) -> tuple[Key, ...]:
        """Return the letters of the phone, each at its key, plain and shifted."""
        widest = max(map(len, self.phone))
        upper = self._shifted_letters()
        return tuple(
            Key(typed, (widest - len(self.phone[row])) / 2 + column, row, level)
            for character, column, row in _cells(self.phone)
            for level, typed in enumerate((character, upper.get(character)))
            if typed is not None
        )

    def _shifted_letters(self) -> dict[str, str]:
        keys = zip("".join(self.plain), "".join(self.shifted), strict=True)
        return {one: two for one, two in keys if two.isupper() or two in _TENSE}


def _cells(rows: Rows) -> Iterator[tuple[str, int, int]]:
    for row, characters in enumerate(rows):
        for column, character in enumerate(characters):
            if character != " ":
                yield character, column, row
