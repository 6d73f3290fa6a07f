"""Which marks a script puts on its letters, which of them are taken for each other, and which letters are.

Why our own: the marks are the nonspacing ones (category Mn) of each script's blocks in Unicode 17, written down
because `unicodedata` changes with the Python version. Which marks and letters are confused is our judgement, from
pairs that sound or look alike.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple


class Script(NamedTuple):
    """What one script has of marks; ranges of code points are in hexadecimal."""

    letters: str
    """The blocks of the script; none where marks alone tell that it is meant."""
    marks: str
    """Its nonspacing marks."""
    usual: str = ""
    """Those of them that writers leave out: vowel points, tones, nuktas and signs of nasals, not vowel signs."""
    swaps: str = ""
    """Groups of marks that are taken for each other, as code points."""
    forms: str = ""
    """Groups of letters that are taken for each other."""
    last: str = ""
    """The same, of letters at the end of a word."""


SCRIPTS = {
    "latin": Script(
        letters="",
        marks="300-36F 1AB0-1ABD 1ABF-1ACE 1DC0-1DFF 20D0-20DC 20E1 20E5-20F0 FE20-FE2F",
        usual="300-36F 1AB0-1ABD 1ABF-1ACE 1DC0-1DFF 20D0-20DC 20E1 20E5-20F0 FE20-FE2F",
        swaps="300,301,302,303,309,323 306,30C 308,304,30B 327,328",
    ),
    "arabic": Script(
        letters="600-6FF 750-77F 8A0-8FF FB50-FDFF FE70-FEFC",
        marks="610-61A 64B-65F 670 6D6-6DC 6DF-6E4 6E7-6E8 6EA-6ED 898-89F 8CA-8E1 8E3-8FF",
        usual="610-61A 64B-65F 670 6D6-6DC 6DF-6E4 6E7-6E8 6EA-6ED 898-89F 8CA-8E1 8E3-8FF",
        swaps="64E,64F,650,652 64B,64C,64D",
        forms="اأإآ وؤ ضظ ذز",
        last="هة ىي",
    ),
    "hebrew": Script(
        letters="590-5FF FB1D-FB4F",
        marks="591-5BD 5BF 5C1-5C2 5C4-5C5 5C7 FB1E",
        usual="591-5BD 5BF 5C1-5C2 5C4-5C5 5C7 FB1E",
        swaps="5B7,5B8,5B2 5B6,5B5,5B1 5B0,5B6 5B9,5B3 5B4,5B5 5C1,5C2",
        forms="אע כק חכ טת סש בו",
        last="כך מם נן פף צץ",
    ),
    "syriac": Script(
        letters="700-74F 860-86F",
        marks="711 730-74A",
        usual="711 730-74A",
    ),
    "thaana": Script(
        letters="780-7BF",
        marks="7A6-7B0",
        swaps="7A6,7A7 7A8,7A9 7AA,7AB 7AC,7AD 7AE,7AF",
    ),
    "devanagari": Script(
        letters="900-97F A8E0-A8FF",
        marks="900-902 93A 93C 941-948 94D 951-957 962-963 A8E0-A8F1 A8FF",
        usual="900-902 93C",
        swaps="941,942 947,948 901,902",
        forms="िी ुू ेै ोौ ंँ इई उऊ एऐ ओऔ शषस बव नण",
    ),
    "bengali": Script(
        letters="980-9FF",
        marks="981 9BC 9C1-9C4 9CD 9E2-9E3 9FE",
        usual="981 9BC",
        swaps="9C1,9C2",
        forms="িী ুূ ইঈ উঊ শষস নণ জয রড",
    ),
    "gurmukhi": Script(
        letters="A00-A7F",
        marks="A01-A02 A3C A41-A42 A47-A48 A4B-A4D A51 A70-A71 A75",
        usual="A01-A02 A3C A70-A71",
        swaps="A41,A42 A47,A48 A4B,A4C A02,A70",
        forms="ਿੀ ੁੂ ੇੈ ੋੌ ਇਈ ਉਊ",
    ),
    "gujarati": Script(
        letters="A80-AFF",
        marks="A81-A82 ABC AC1-AC5 AC7-AC8 ACD AE2-AE3 AFA-AFF",
        usual="A81-A82 ABC",
        swaps="AC1,AC2 AC7,AC8 A81,A82",
        forms="િી ુૂ ેૈ ઇઈ ઉઊ શષસ નણ",
    ),
    "tamil": Script(
        letters="B80-BFF",
        marks="B82 BC0 BCD",
        usual="B82",
        forms="ிீ ுூ ெே ொோ லளழ நனண ரற",
    ),
    "telugu": Script(
        letters="C00-C7F",
        marks="C00 C04 C3C C3E-C40 C46-C48 C4A-C4D C55-C56 C62-C63",
        usual="C00 C04 C3C",
        swaps="C3F,C40 C46,C47 C4A,C4B",
        forms="ిీ ుూ ెే ొో శషస నణ లళ",
    ),
    "kannada": Script(
        letters="C80-CFF",
        marks="C81 CBC CBF CC6 CCC-CCD CE2-CE3",
        usual="C81 CBC",
        forms="ುೂ ಶಷಸ ನಣ ಲಳ",
    ),
    "malayalam": Script(
        letters="D00-D7F",
        marks="D00-D01 D3B-D3C D41-D44 D4D D62-D63",
        usual="D00-D01",
        swaps="D41,D42",
        forms="ിീ ുൂ ശഷസ നണ ലള രറ",
    ),
    "sinhala": Script(
        letters="D80-DFF",
        marks="D81 DCA DD2-DD4 DD6",
        usual="D81",
        swaps="DD2,DD3 DD4,DD6",
        forms="ිී ුූ නණ ලළ",
    ),
    "thai": Script(
        letters="E00-E7F",
        marks="E31 E34-E3A E47-E4E",
        usual="E48-E4B",
        swaps="E48,E49,E4A,E4B E34,E35,E36,E37 E38,E39 E31,E47",
        forms="กถภ ขชซ คตด ฎฏ บป ผฝพฟ นม รธ ลส ศส ใไ ทฑ",
    ),
    "lao": Script(
        letters="E80-EFF",
        marks="EB1 EB4-EBC EC8-ECE",
        usual="EC8-ECB",
        swaps="EC8,EC9,ECA,ECB EB4,EB5,EB6,EB7 EB8,EB9",
    ),
    "tibetan": Script(
        letters="F00-FFF",
        marks="F18-F19 F35 F37 F39 F71-F7E F80-F84 F86-F87 F8D-F97 F99-FBC FC6",
        swaps="F72,F80 F7A,F7B F7C,F7D",
    ),
    "myanmar": Script(
        letters="1000-109F",
        marks="102D-1030 1032-1037 1039-103A 103D-103E 1058-1059 105E-1060 1071-1074 1082 1085-1086 108D 109D",
        usual="1036-1037",
        swaps="102D,102E 102F,1030",
    ),
    "khmer": Script(
        letters="1780-17FF",
        marks="17B4-17B5 17B7-17BD 17C6 17C9-17D3 17DD",
        usual="17C9-17CD 17D0",
        swaps="17B7,17B8 17B9,17BA 17BB,17BC",
    ),
    "kana": Script(letters="", marks="3099-309A", swaps="3099,309A"),
}
"""By name. Latin stands for all that takes the general combining marks: Greek and Cyrillic as well."""


def codes(written: str) -> Iterator[int]:
    """Yield the code points of ranges in hexadecimal."""
    for span in written.split():
        low, _, high = span.partition("-")
        yield from range(int(low, 16), int(high or low, 16) + 1)


@cache
def body(written: str) -> str:
    """Return ranges in hexadecimal as the body of a character class."""
    ends = ((low, high or low) for low, _, high in (s.partition("-") for s in written.split()))
    return "".join(rf"\U{int(low, 16):08X}-\U{int(high, 16):08X}" for low, high in ends)


@lru_cache(maxsize=1 << 14)
def script_of(character: str) -> str:
    """Return which script a letter or mark tells of; nothing for digits, punctuation and scripts without marks."""
    return next((name for name in SCRIPTS if _tells(name).match(character)), "")


@cache
def _tells(name: str) -> re.Pattern[str]:
    script = SCRIPTS[name]
    own = f"(?=[{body(script.letters)}])" if script.letters else "(?!.)"
    return re.compile(rf"{own}[^\W\d_]|[{body(script.marks)}]", re.DOTALL)


@cache
def owners(names: tuple[str, ...], role: str = "marks") -> dict[str, str]:
    """Return which of some scripts each of their marks belongs to: of all of them, or only of the usual ones."""
    return {chr(code): name for name in names for code in codes(getattr(SCRIPTS[name], role))}


def swaps(script: Script) -> list[str]:
    """Return the groups of marks that are taken for each other."""
    return [
        "".join(chr(int(code, 16)) for code in group.split(",")) for group in script.swaps.split()
    ]
