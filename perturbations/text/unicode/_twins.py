"""Characters that look the same in two scripts, and letters by the marks they carry, as code points.

Why our own: short lists of what fonts draw alike are facts; that two twins have one skeleton under UTS #39 is
tested against the published data where a package has them.
"""

from collections.abc import Mapping
from functools import cache

CYRILLIC = {
    "a": 0x430, "c": 0x441, "d": 0x501, "e": 0x435, "h": 0x4BB, "i": 0x456, "j": 0x458, "l": 0x4C0,
    "o": 0x43E, "p": 0x440, "q": 0x51B, "s": 0x455, "v": 0x475, "w": 0x51D, "x": 0x445, "y": 0x443,
    "A": 0x410, "B": 0x412, "C": 0x421, "E": 0x415, "G": 0x50C, "H": 0x41D, "I": 0x406, "J": 0x408,
    "K": 0x41A, "M": 0x41C, "O": 0x41E, "P": 0x420, "S": 0x405, "T": 0x422, "V": 0x474, "X": 0x425,
    "Y": 0x4AE,
}  # fmt: skip
GREEK = {
    "a": 0x3B1, "i": 0x3B9, "o": 0x3BF, "p": 0x3C1, "u": 0x3C5, "v": 0x3BD, "y": 0x3B3,
    "A": 0x391, "B": 0x392, "E": 0x395, "F": 0x3DC, "H": 0x397, "I": 0x399, "J": 0x37F, "K": 0x39A,
    "M": 0x39C, "N": 0x39D, "O": 0x39F, "P": 0x3A1, "T": 0x3A4, "X": 0x3A7, "Y": 0x3A5, "Z": 0x396,
}  # fmt: skip
OTHERS = {
    "o": 0x585, "A": 0x13AA, "B": 0x13F4, "C": 0x13DF, "D": 0x13A0, "E": 0x13AC, "G": 0x13C0, "H": 0x13BB,
    "J": 0x13AB, "K": 0x13E6, "L": 0x13DE, "M": 0x13B7, "O": 0x555, "P": 0x13E2, "R": 0x13A1, "S": 0x13DA,
    "T": 0x13A2, "U": 0x54D, "V": 0x13D9, "W": 0x13B3, "Z": 0x13C3,
}  # fmt: skip
"""Armenian and Cherokee twins of Latin letters."""
SCRIPTS: Mapping[str, tuple[Mapping[str, int], ...]] = {
    "any": (CYRILLIC, GREEK, OTHERS),
    "cyrillic": (CYRILLIC,),
    "greek": (GREEK,),
}
"""Twins of Latin letters by setting."""


@cache
def twins(script: str) -> Mapping[str, tuple[str, ...]]:
    """Return the twins of each character, in both directions: Latin to the script, and the script to Latin."""
    found: dict[str, list[str]] = {}
    for table in SCRIPTS[script]:
        for latin, point in table.items():
            found.setdefault(latin, []).append(chr(point))
            found.setdefault(chr(point), []).append(latin)
    return {character: tuple(others) for character, others in found.items()}


_MARKED = """
aàáâäãåāăą cçćčċ dď eèéêëēėęě gğģġ hĥħ iìíîïīį jĵ kķ lĺľļł nñńňņ oòóôöõøōő rŕřŗ sśšşș tťţț
uùúûüūůűų wŵ yýÿŷ zźżž ơờớởỡợ ưừứửữự âầấẩẫậ êềếểễệ ôồốổỗộ ăằắẳẵặ αά εέ ηή ιίϊΐ οό υύϋΰ ωώ еёѐ ийѝ іїі уў гґѓ кќ
"""
"""Letters that differ only in their marks, of alphabets in use."""


@cache
def marked() -> Mapping[str, tuple[str, ...]]:
    """Return the letters that differ from each letter only in their marks, of the same case."""
    found: dict[str, dict[str, None]] = {}
    for group in _MARKED.split():
        for cased in (group, group.upper()):
            letters = [letter for letter in dict.fromkeys(cased) if letter.isalpha()]
            for letter in letters:
                others = dict.fromkeys(other for other in letters if other != letter)
                found.setdefault(letter, {}).update(others)
    return {letter: tuple(others) for letter, others in found.items() if others}


@cache
def plain() -> frozenset[str]:
    """Return the letters of `marked` that carry no mark."""
    first = "acdeghijklnorstuwyz" + "αεηιουω" + "еиіугк"
    return frozenset(first + first.upper())
