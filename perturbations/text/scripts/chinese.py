"""Errors of Chinese as it looks: characters of like shape, and punctuation in the wrong width."""

import re
from functools import cache

from perturbations import Dose, Draw, Ladder, Noisy, perturbation
from perturbations.text.scripts._pinyin import HANZI
from perturbations.text.scripts._script import any_of, demand, demand_known, exchanged, found
from perturbations.text.scripts._shapes import OWN, shapes

_EAST_ASIAN = re.compile(f"{HANZI.pattern[:-1]}ぁ-ゖァ-ヺ]")
_WIDTHS = ("both", "half", "full")
_TYPED_FOR = {"。": ".", "、": ",", "“": '"', "”": '"', "‘": "'", "’": "'"}
"""What is typed for marks that have no twin of the other width."""


@perturbation(coupling="mask", keeps=())
def hanzi_shape(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(
        0.01, 0.03, 0.08, 0.15, 0.3, unit="share of hanzi with a look-alike", high=1.0
    ),
    table: str = OWN,
) -> Noisy:
    """A character is read or written as one of like shape: 未 for 末, 己 for 已.

    A unit is a hanzi of a group of look-alikes. The edit puts another one of its groups there, each as likely.

    Severity: share of the hanzi with a look-alike that become one.

    Args:
        table: "own" for our groups of well-known look-alikes, "pycorrector" for those of that package, where it is
            installed, or the path of a file with a group per line; tabs and spaces between characters do not
            matter, lines that start with # are comments.

    Raises:
        BadSetting: the file cannot be read, or a line of it holds fewer than two characters.
        MissingExtra: the table is "pycorrector" and it is not installed.
        NotApplicable: the text has no hanzi.

    References: Liu et al., Visually and Phonologically Similar Characters in Incorrect Chinese Words, ACM TALIP 2011
        (46% of learners' errors look alike); our groups and the rungs are our choice.
    """
    options = shapes(table)
    demand(text, HANZI, "Chinese")
    return exchanged(text, found(text, any_of(options)), options, draw, share)


@perturbation(coupling="mask", keeps=())
def east_asian_width(
    text: str,
    draw: Draw,
    *,
    share: Dose = Ladder(0.05, 0.1, 0.2, 0.4, 0.8, unit="share of marks and digits", high=1.0),
    to: str = "both",
) -> Noisy:
    """Punctuation and digits come in the wrong width: a comma of Latin in Chinese, or a digit as wide as a hanzi.

    A unit is an ASCII digit or mark, its full-width twin, or one of 。 、 “ ” ‘ ’, for which . , " and ' are typed. The
    edit writes the other width. Letters and white space stay.

    Severity: share of the marks and digits that change width.

    Args:
        to: "half" or "full" width, where only marks of the other one are units, or "both".

    Raises:
        BadSetting: no such width.
        NotApplicable: the text has neither hanzi nor kana.

    References: Unicode 15.0, block Halfwidth and Fullwidth Forms (NFKC restores what has a twin); the rungs are our
        choice.
    """
    demand_known("to", to, _WIDTHS)
    demand(text, _EAST_ASIAN, "Chinese or Japanese")
    options = _other_width(to)
    return exchanged(text, found(text, any_of(options)), options, draw, share)


@cache
def _other_width(to: str) -> dict[str, str]:
    narrow = [chr(code) for code in range(0x21, 0x7F) if not chr(code).isalpha()]
    full = {one: chr(ord(one) + 0xFEE0) for one in narrow}
    half = {wide: one for one, wide in full.items()} | _TYPED_FOR
    return {"full": full, "half": half, "both": full | half}[to]
